"""CONTRIBUTING.md, as a new author would try it: what it says to paste and to type works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl import Catalog
from catalogctl.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
AUTHORS = TEXT[TEXT.index("## For plugin authors") : TEXT.index("## For tool developers")]
PLUGIN_ID = "plugin-example-mon-webhook"


def blocks(language: str) -> list[str]:
    """Return the blocks of one language in the authors' part, without their indentation."""
    found = re.findall(rf"(?ms)^( *)```{language}\n(.*?)^ *```$", AUTHORS)
    return [re.sub(rf"(?m)^{indent}", "", text) for indent, text in found]


def git(folder: Path, *arguments: str) -> str:
    told = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return told.stdout


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the shipped catalog, in which `make install` was typed."""
    for name in ("catalog", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A new author")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "author@example.org")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", "catalog", "schemas")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_pasted_in_the_browser_is_a_valid_plugin(clone: Path) -> None:
    (example,) = blocks("yaml")
    assert f"`{PLUGIN_ID}.yaml`" in AUTHORS
    (clone / "catalog" / "plugins" / f"{PLUGIN_ID}.yaml").write_text(example)
    assert main(["validate"]) == 0
    assert main(["fmt", "--check"]) == 0
    assert Catalog.open(clone).get(PLUGIN_ID)["provider"] == "example"


def test_what_is_pasted_wrongly_is_told_at_its_line(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = blocks("yaml")
    wrong = example.replace("image: example/", "image: Example/")
    (clone / "catalog" / "plugins" / f"{PLUGIN_ID}.yaml").write_text(wrong)
    assert main(["validate", "--format", "github"]) == 1
    shown = capsys.readouterr().out
    assert f"file=catalog/plugins/{PLUGIN_ID}.yaml,line=4" in shown


def test_the_commands_lead_from_nothing_to_a_commit_and_back(clone: Path) -> None:
    first, later = blocks("sh")
    run = shell(clone)
    assert run(first).returncode == 0
    assert git(clone, "diff", "--name-status", "main", "HEAD").split() == [
        "A",
        f"catalog/plugins/{PLUGIN_ID}.yaml",
    ]
    assert git(clone, "status", "--short", "catalog") == ""
    assert run(f'export PATH="$PWD/.venv/bin:$PATH"\n{later}').returncode == 0
    assert git(clone, "status", "--short", "catalog").split() == [
        "D",
        f"catalog/plugins/{PLUGIN_ID}.yaml",
    ]


def shell(folder: Path) -> Callable[[str], Any]:
    def run(script: str) -> subprocess.CompletedProcess[str]:
        told = subprocess.run(
            ["bash", "-eu", "-c", script],
            cwd=folder,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "Traceback" not in told.stderr
        return told

    return run


def test_every_command_that_authors_are_told_of_is_there() -> None:
    from catalogctl.cli.main import GROUPS

    known = {name for names in GROUPS.values() for name in names}
    for name in re.findall(r"catalogctl ([a-z-]+)", AUTHORS):
        assert name in known


def test_every_place_that_a_list_names_is_there() -> None:
    _, _, lists = TEXT.partition("The usual changes,")
    places = set(re.findall(r"`([\w./]+(?:/|\.(?:py|toml|yaml|html|js|md)))`", lists))
    assert {"validate/__init__.py", "report/problem_reports.py", "tests/browser/"} <= places
    roots = (ROOT, ROOT / "tools" / "catalogctl")
    assert [each for each in sorted(places) if not any((r / each).exists() for r in roots)] == []


@pytest.mark.parametrize(
    ("place", "table"),
    [
        ("validate/__init__.py", "RULES"),
        ("cli/main.py", "GROUPS"),
        ("publish/site/site_pages.py", "KINDS"),
        ("report/problem_reports.py", "FORMATS"),
    ],
)
def test_every_table_that_a_list_names_is_there(place: str, table: str) -> None:
    assert f"`{place}`: its line in `{table}`" in TEXT
    module = (ROOT / "tools" / "catalogctl" / place).read_text("utf-8")
    assert re.search(rf"(?m)^{table}(?::.*)? = ", module)
