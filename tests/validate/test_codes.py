"""Every code of problem: its wrong example is reported at its caret, its right one is fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.codes import CODES, Code, Where
from catalogctl.pipeline.check import check
from catalogctl.problem import Problem, Severity
from support.catalogs import PLUGIN, SETTINGS, carets, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = next(code.right for code in CODES.values() if code.where is Where.LOCK)
QUERY = next(code.right for code in CODES.values() if code.code == "query")
UNDEMONSTRATED = {
    "validators-disagree": "no input is known that makes the two validators differ",
    "unreadable": "a named pipe can't be written down; test_hostile_files makes one",
    "file-too-large": "300 KiB can't be written down; test_hostile_files makes them",
    "not-utf-8": "a byte that is not UTF-8 can't be written down; test_yaml has one",
}

SHOWN = [code for code in CODES.values() if code.code not in UNDEMONSTRATED]


def build_example(folder: Path, code: Code, text: str) -> Path:
    """Write the catalog that an example is about."""
    if code.where is Where.FILES:
        return build_files(folder, text)
    if code.where is Where.SETTINGS:
        return write_catalog(folder, {"plugins/plugin-x.yaml": DOMAIN + PLUGIN_X}, settings=text)
    files: dict[str, str] = {"plugins/plugin-hyperbilling.yaml": PLUGIN}
    first, *others = text.split("--- plugins/")
    files[code.where.value] = first
    for other in others:
        name, _, content = other.partition("\n")
        files[f"plugins/{name}"] = content
    return write_catalog(folder, files)


PLUGIN_X = "name: X\nservice_type: a.B\nimage: acme/plugin-x\n"
DOMAIN = "domain_id: domain-1\n"
CONTENTS = {"plugins": PLUGIN, "queries": QUERY, "versions": LOCKS}


def build_files(folder: Path, text: str) -> Path:
    """Make the files that a listing names."""
    catalog = write_catalog(folder, {"plugins/plugin-hyperbilling.yaml": PLUGIN})
    if text.startswith("plugins/") and "catalog.yaml" in CODES["settings-missing"].right:
        (catalog / "catalog.yaml").write_text(SETTINGS)
    for line in text.splitlines():
        name, _, target = line.partition(" -> ")
        path = catalog / name
        if name == "catalog.yaml":
            continue
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        if target:
            path.symlink_to(target)
        else:
            content = CONTENTS[name.partition("/")[0]]
            path.write_text(content.replace("plugin-hyperbilling", path.stem))
    return catalog


def problems_of(folder: Path, code: Code, text: str) -> list[Problem]:
    catalog = build_example(folder, code, text)
    if code.code == "settings-missing" and text == code.wrong:
        (catalog / "catalog.yaml").unlink()
    return list(check(catalog, working=folder.parent).problems)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.code)
def test_a_wrong_example_is_reported_at_its_caret(code: Code, tmp_path: Path) -> None:
    found = problems_of(tmp_path / "catalog", code, code.wrong)
    assert code.code in {problem.code for problem in found}, found
    for problem in found:
        assert problem.message, problem
        assert CODES[problem.code].severity is problem.severity
    places = {(problem.line, problem.column, problem.code) for problem in found}
    assert set(carets(last_file(code.wrong))) <= places, found


def last_file(text: str) -> str:
    """Return the text of an example's last file: of two plugins the second is at fault."""
    _, divider, last = text.rpartition("--- plugins/")
    return last.partition("\n")[2] if divider else last


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.code)
def test_a_right_example_is_fine(code: Code, tmp_path: Path) -> None:
    found = problems_of(tmp_path / "catalog", code, code.right)
    assert found == []


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_a_code_says_what_it_means_and_where_it_is_from(code: Code) -> None:
    assert code.meaning.endswith(".")
    assert code.source
    assert code.severity in Severity
    assert (code.code in UNDEMONSTRATED) or (code.wrong and code.right)
