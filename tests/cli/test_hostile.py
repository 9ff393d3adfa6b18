"""Nothing in a file, a file's name or an argument is obeyed by a terminal or a runner."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from support.catalogs import plugin, write_catalog
from support.commands import run
from support.texts import commands, controls

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [
    b"::error::forged.yaml",
    b"a\n::warning file=x::forged.yaml",
    b"\x1b[31mred.yaml",
    b"caf\xe9\r.yaml",
    "\u202eltr.yaml".encode(),
    b"##[error]x.yaml",
]
TEXTS = {
    "a command": '"::error::forged"',
    "another command": '"##[warning]forged"',
    "percent signs": '"%0A::error::forged%25"',
    "an escape": '"\\e[2J\\x9b31m"',
    "a direction mark": '"\\u202Etxt"',
    "a line separator": '"a\\u2028::error::b"',
    "a tab and a formula": '"\\t=1+1"',
    "quotes": "'\"]}'",
}
ARGUMENTS = ["\x1b[31mred\u202e", "::error::x", "a\n::error::b", "##[error]caf\udce9"]
FORMATS = ["text", "json", "github", "sarif"]


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog in which every name and every text is an attack, and most are refused."""
    catalog = write_catalog(tmp_path_factory.mktemp("bad") / "catalog")
    for name in NAMES:
        with open(os.fsencode(catalog / "plugins") + b"/" + name, "wb") as file:  # noqa: PTH123  (bytes)
            file.write(b"name: [\x07 ::error::forged\n")
    for number, text in enumerate(TEXTS.values()):
        fields = f"state: {text}\n{text}: 1\nlabels: [{text}, ' ']\nregistry_url: {text}\n"
        (catalog / "plugins" / f"plugin-{number}.yaml").write_text(plugin("x", name=text) + fields)
    return catalog


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog that is valid, though its texts would be commands and formulas elsewhere."""
    texts = ["'::error::x'", "'##[error]x'", "'=1+1'", "'@x'", "'%0A'"]
    tags = '{a: "\\u2028::error::x\\n::error::y", b: "\\t=1"}'
    files = {
        f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}", name=text, tags=tags)
        for n, text in enumerate(texts)
    }
    return write_catalog(tmp_path_factory.mktemp("good") / "catalog", files)


@pytest.mark.parametrize("format_", FORMATS)
def test_no_file_and_no_name_speaks_through_a_report(bad: Path, format_: str) -> None:
    """R-04, R-06."""
    done = run("validate", "--format", format_, "--all", cwd=bad)
    assert done.code == 1
    assert controls(done.out + done.err) == set()
    lines = done.out.splitlines()
    if format_ == "github":
        assert all(line.startswith(("::error file=", "::warning file=")) for line in lines)
        assert len(lines) == len(commands(done.out))
        json_lines = run("validate", "--format", "json", cwd=bad).out
        assert len(lines) == json_lines.count('"code": ')
    else:
        assert commands(done.out) == []
    assert commands(done.err) == []


@pytest.mark.parametrize("format_", ["table", "json", "yaml", "csv", "ndjson"])
def test_no_value_speaks_through_an_answer(good: Path, format_: str) -> None:
    """R-04, R-06, R-46."""
    done = run("list", "--format", format_, cwd=good)
    assert done.code == 0, done.err
    assert controls(done.out + done.err) == set()
    assert commands(done.out + done.err) == []


@pytest.mark.parametrize("argument", ARGUMENTS, ids=ascii)
def test_no_argument_speaks_through_a_message(
    good: Path,
    argument: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R-06: the wrong word is repeated, and never obeyed."""
    monkeypatch.chdir(good)
    for arguments in (
        [argument],
        [f"--{argument}"],
        ["get", argument, "--format", "table"],
        ["get", argument, "--format", "json"],
        ["list", "--format", argument],
        ["list", "--from", f"/{argument}"],
        ["list", "--query", f"{argument}.json"],
        ["list", "--now", argument],
        ["validate", argument],
        ["validate", "--catalog", argument],
        ["explain", argument],
        ["verify", f"/{argument}"],
    ):
        code = main(arguments)
        shown = "".join(capsys.readouterr())
        assert code in {1, 2, 3}, arguments
        assert shown, arguments
        assert controls(shown) == set(), arguments
        assert commands(shown) == [], arguments
