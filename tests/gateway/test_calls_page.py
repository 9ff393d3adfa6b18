"""What docs/calls.md and docs/gateway.md say of calls, paths and errors is what is served."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogctl.cli.main import GROUPS
from catalogctl.gateway.error_codes import status_of
from catalogctl.gateway.methods import METHODS, UNSUPPORTED
from catalogctl.gateway.rest import PATHS

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = {name for names in GROUPS.values() for name in names}


def rows(page: str, first: str) -> list[list[str]]:
    """Return the cells of the table whose head begins with a word."""
    text = (DOCS / page).read_text(encoding="utf-8")
    (table,) = re.findall(rf"(?m)^\| {first}[^\n]*\n\| --- [^\n]*\n((?:\|[^\n]*\n)+)", text)
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def served(cell: str) -> list[tuple[str, str]]:
    """Return the methods and paths that a cell names."""
    return re.findall(r"(GET|POST) `([^`]+)`", cell)


def test_every_call_is_made_as_the_page_says() -> None:
    text = (DOCS / "calls.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^\| `(\w+)` \|(.*)$", text)
    named = {f"Plugin.{call}" for call, _ in lines}
    plugin = {name for name in (*METHODS, *UNSUPPORTED) if name.startswith("Plugin.")}
    assert named == plugin
    for call, cells in lines:
        assert set(re.findall(r"`catalogctl ([a-z-]+)", cells)) <= COMMANDS
        if f"Plugin.{call}" in METHODS:
            assert f"`Plugin.{call}`" in cells
            ((method, path),) = served(cells)
            assert getattr(PATHS[f"/{path}"][method], "name", "") == f"Plugin.{call}"


def test_every_path_of_the_gateway_is_on_its_page() -> None:
    named = {
        (path, method): call.strip("`")
        for cell, call in rows("gateway.md", "paths")
        for method, path in served(cell)
    }
    answered = {
        (path[1:], method): what.name
        for path, methods in PATHS.items()
        for method, what in methods.items()
        if not isinstance(what, str)
    }
    full = {key: name if "." in name else f"Plugin.{name}" for key, name in named.items()}
    assert full == answered


@pytest.mark.parametrize("row", rows("gateway.md", "code"), ids=lambda row: row[0])
def test_every_error_has_the_statuses_of_its_row(row: list[str]) -> None:
    code, _, grpc, http = row
    assert tuple(status_of(code)) == (grpc, int(http))
