"""Every code of problem: its wrong example has exactly the problems at its carets, its right none.

A listing of files has no lines to point at: there the code alone is expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl import resources
from catalogctl.codes import Code, ExampleFile, all_codes
from catalogctl.pipeline.author_suggestions import suggest_for_all
from catalogctl.pipeline.check import check
from catalogctl.problem import Problem, Severity
from support.catalogs import LOCK, PLUGIN, carets, without_carets, write_catalog
from support.pictures import png

if TYPE_CHECKING:
    from pathlib import Path

QUERY = all_codes()["query"].right
CONTENTS = {"plugins": PLUGIN, "queries": QUERY, "versions": LOCK}
DOMAIN = "domain_id: domain-1\n"
UNDEMONSTRATED = {
    "validators-disagree": "no input is known that makes the two validators differ",
    "unreadable": "a named pipe can't be written down; pipeline/test_check.py makes one",
    "file-too-large": "300 KiB can't be written down; pipeline/test_check.py makes them",
    "published-size": "250 KiB can't be written down; validate/test_size.py makes them",
    "picture-format": "a picture can't be written down; validate/test_documents.py has some",
    "picture-count": "21 pictures are too many to list; validate/test_documents.py makes them",
    "icon-png": "a picture can't be written down; validate/test_documents.py has some",
    "schemas-outdated": "seen beside a catalog only; new_catalog/test_starter_update.py has it",
    "not-utf-8": "a byte that is not UTF-8 can't be written down; source/test_yaml.py has one",
}
_TWO_STATES = "seen between two states of a catalog only; tests/diff has them"
UNDEMONSTRATED |= {
    code.code: _TWO_STATES for code in all_codes().values() if code.section == "change"
}
_OF_SYNC = "the file has a hash of its content; validate/test_upstream_files.py makes some"
UNDEMONSTRATED |= dict.fromkeys(
    ("upstream-broken", "upstream-edited", "upstream-orphan", "upstream-shadowed"), _OF_SYNC
)
SHOWN = [code for code in all_codes().values() if code.code not in UNDEMONSTRATED]
UNMARKED = (ExampleFile.LOCK, ExampleFile.IMPORTED, ExampleFile.README, ExampleFile.ICON)
"""The kinds of files that would be broken by a caret line, so they are written without."""


def parts(code: Code, text: str) -> dict[str, str]:
    """Return the files of an example by their paths in the catalog."""
    first, *others = text.split("--- plugins/")
    files = {code.file.value: first}
    for other in others:
        name, _, content = other.partition("\n")
        files[f"plugins/{name}"] = content
    return files


def build_example(folder: Path, code: Code, text: str) -> Path:
    """Write the catalog that an example is about, sound but for the example itself."""
    if code.file is ExampleFile.FILES:
        bare = code.code == "settings-missing" and text == code.wrong
        return build_files(folder, text, settings=not bare)
    files: dict[str, str | bytes] = {"plugins/plugin-hyperbilling.yaml": DOMAIN + PLUGIN}
    files["site/logo.svg"] = "<svg/>"
    if code.file is ExampleFile.README and "screen.png" in code.right:
        files["docs/plugin-hyperbilling/screen.png"] = png(1, 1)
    if code.file is ExampleFile.PLUGIN:
        del files["plugins/plugin-hyperbilling.yaml"]
    for path, content in parts(code, text).items():
        files[path] = without_carets(content) if code.file in UNMARKED else content
    return write_catalog(folder, files)


def build_files(folder: Path, text: str, *, settings: bool) -> Path:
    """Make the files that a listing names, beside a catalog.yaml or without."""
    catalog = write_catalog(folder, {"plugins/plugin-hyperbilling.yaml": DOMAIN + PLUGIN})
    if not settings:
        (catalog / "catalog.yaml").unlink()
    for line in text.splitlines():
        name, _, target = line.partition(" -> ")
        path = catalog / name
        if name == "catalog.yaml":
            continue
        path.parent.mkdir(exist_ok=True, parents=True)
        path.unlink(missing_ok=True)
        if target:
            path.symlink_to(target)
        else:
            path.write_bytes(content_of(path, text))
    return catalog


def content_of(path: Path, listing: str) -> bytes:
    """Return the content of a listed file; a document shows every listed picture."""
    if path.suffix == ".png":
        return png(1, 1)
    if path.suffix == ".svg":
        return all_codes()["icon-svg"].right.encode()
    if path.suffix == ".md":
        return b"![](screen.png)" if "screen.png" in listing else b"Text."
    folder = path.parent.name
    content = DOMAIN + PLUGIN if folder == "plugins" else CONTENTS[folder]
    return content.replace("plugin-hyperbilling", path.stem).encode()


def found_in(folder: Path, code: Code, text: str) -> list[Problem]:
    catalog = build_example(folder, code, text)
    if code.severity is Severity.SUGGESTION:  # an example of one lacks other things, too
        return [each for each in suggest_for_all(catalog, catalog) if each.code == code.code]
    return list(check(catalog, working=catalog).problems)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.code)
def test_a_wrong_example_has_exactly_the_problems_at_its_carets(code: Code, tmp_path: Path) -> None:
    found = found_in(tmp_path / "catalog", code, code.wrong)
    assert code.code in {problem.code for problem in found}
    if code.file is ExampleFile.FILES:
        assert {problem.code for problem in found} == {code.code}
        return
    expected = [
        (path, *caret)
        for path, text in parts(code, code.wrong).items()
        for caret in carets(text, in_file=code.file not in UNMARKED)
    ]
    places = [(each.file, each.line, each.column, each.code) for each in found]
    assert sorted(places) == sorted(expected)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.code)
def test_a_right_example_has_no_problem(code: Code, tmp_path: Path) -> None:
    assert found_in(tmp_path / "catalog", code, code.right) == []


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.code)
def test_a_problem_says_what_is_wrong_and_is_as_severe_as_its_code(
    code: Code, tmp_path: Path
) -> None:
    for problem in found_in(tmp_path / "catalog", code, code.wrong):
        assert problem.message
        assert not problem.message[0].isupper() or problem.message.startswith("ERROR_")
        assert not problem.message.endswith(".")
        assert not problem.hint.endswith(".")
        assert all_codes()[problem.code].severity is problem.severity


@pytest.mark.parametrize("code", all_codes().values(), ids=lambda code: code.code)
def test_a_code_says_what_it_means_and_where_it_is_from(code: Code) -> None:
    assert code.meaning.endswith(".")
    assert code.source
    assert code.severity in Severity
    assert (code.code in UNDEMONSTRATED) or (code.wrong and code.right)


def test_each_folder_of_examples_is_that_of_a_code() -> None:
    folders = {path.name for path in resources.folder("codes").iterdir() if path.is_dir()}
    assert folders == {name for name, code in all_codes().items() if code.wrong or code.right}


def test_every_code_that_a_rule_has_is_in_the_table() -> None:
    from catalogctl.validate import RULES

    assert {rule.code for rule in RULES} <= set(all_codes())
