"""docs/python.md: its examples are run, offline as well, and mypy reads them."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import catalogctl
from catalogctl import Catalog
from support.published import PLUGIN, Site, edition, info
from support.schemas import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs/python.md").read_text(encoding="utf-8")
EXAMPLES = [
    example for example in doctest.DocTestParser().parse(PAGE) if not isinstance(example, str)
]


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```python\n(.*?)```\n", PAGE, re.DOTALL)
    assert found is not None, name
    return found[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of somebody's own project."""
    return tmp_path_factory.mktemp("own")


def mypy(text: str, folder: Path) -> list[str]:
    """Return the errors that mypy finds in a program."""
    (folder / "program.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "program.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [line.partition(": ")[2] for line in done.stdout.splitlines() if ": error: " in line]


def test_the_examples_of_the_page_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert len(EXAMPLES) > 15
    test = doctest.DocTest(EXAMPLES, {}, "python.md", "docs/python.md", 0, PAGE)
    told: list[str] = []
    result = doctest.DocTestRunner().run(test, out=told.append)
    assert (result.failed, "".join(told)) == (0, "")


def test_each_error_of_the_page_is_one_of_the_package() -> None:
    """docs/compatibility.md promises them: what `catalogctl.__all__` names."""
    named = re.findall(r"(?m)^\| `(\w+Error)` \|", PAGE)
    exported = [name for name in catalogctl.__all__ if name.endswith("Error")]
    assert sorted(named) == sorted(exported)
    assert all(issubclass(getattr(catalogctl, name), Exception) for name in named)


def test_a_listed_catalog_answers_without_its_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of the page, whose last line is run when the host is gone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    site = Site(edition(1))
    site.start()
    text = block("offline").replace("https://plugins.example.org/", site.url)
    opened, listed, got = text.replace("plugin-aws-sns-mon-webhook", PLUGIN).splitlines()
    known = {"Catalog": Catalog}
    exec(f"{opened}\n{listed}", known)
    site.stop()
    assert eval(got, known) == info(PLUGIN)
    assert "this is its answer from less than a minute ago" in capsys.readouterr().out
    again: dict[str, object] = {"Catalog": Catalog}
    exec(opened, again)
    assert eval(got.replace(PLUGIN, "plugin-b"), again) == info("plugin-b")


def test_the_types_of_the_page_are_checked_as_it_says(folder: Path) -> None:
    """A field of a request that does not exist is a mistake, and is the only one."""
    (line,) = mypy(block("mypy"), folder)
    assert f"```text\n{line}\n```" in PAGE
    assert mypy("".join(example.source for example in EXAMPLES), folder) == []


MISTAKES = {
    'catalog.list(state="enabled")': "incompatible type",
    "catalog.list(name=5)": "incompatible type",
    'catalog.stat({"distinct": "name"}, provider="aws")': "Unexpected keyword argument",
    'catalog.saved("stat", "by-state", provider="aws")': "No overload variant",
    'catalog.saved("lists", "webhooks")': "No overload variant",
    'catalog.get("plugin-a")["imagge"]': 'has no key "imagge"',
    'catalog.get_versions("plugin-a")["versions"]': 'has no key "versions"',
    'catalog.list()["results"][0]["imagge"]': 'has no key "imagge"',
    'catalog.saved("list", "webhooks")["count"]': 'has no key "count"',
}


def test_other_mistakes_are_found_by_types_too(folder: Path) -> None:
    program = ["from catalogctl import Catalog", 'catalog = Catalog.open("catalog")', *MISTAKES]
    found = mypy("\n".join(program) + "\n", folder)
    assert len(found) == len(MISTAKES)
    for line, expected in zip(found, MISTAKES.values(), strict=True):
        assert expected in line
