"""The project's documents: there, whole, and true where a program can tell."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])

# The words of the Apache License 2.0, one blank between them: layout differs between copies.
LICENCE_SHA256 = "0ffddef9e48f8a09aed5caf2d44f7ba1c1be2d9b8e0a6f693b1635b2d5566645"

# What a file of the project never says: where it was written. (In brackets, so that this file
# does not say it either.)
MACHINE = re.compile(
    rb"(?<![\w.~-])(?:/[w]ork/|/[r]oot/|/[h]ome/\w|/[U]sers/\w|/[f]arm/|/[o]pt/py)"
    rb"|\b[s]hared/(?:spec|seed|data|style|mockups|hooks)"
)


def tracked() -> list[Path]:
    """Return every file of the project that git knows."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name.decode() for name in names.split(b"\0") if name]


def headings(document: Path) -> set[str]:
    """Return the anchors of a document's headings."""
    text = document.read_text(encoding="utf-8")
    titles = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    "name",
    [
        *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"),
        *("docs/architecture.md", "docs/dependencies.md", "docs/problems.md"),
        *("docs/README.md", "docs/glossary.md"),
    ],
)
def test_a_document_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```$", "", document.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = document.parent / path if path else document
        assert linked.exists(), target
        if anchor:
            assert anchor in headings(linked), target


@pytest.mark.parametrize("person", ["author", "maintainer", "consumer"])
def test_the_readme_leads_each_of_three_people_in_five_steps(person: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (section,) = [
        each for each in re.split(r"(?m)^## ", text) if f"(docs/tutorials/{person}.md)" in each
    ]
    assert re.findall(r"(?m)^(\d)\. ", section) == ["1", "2", "3", "4", "5"]


def test_the_index_of_the_documents_leads_to_each_of_them() -> None:
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([\w/-]+\.md)\)", text))
    folder = ROOT / "docs"
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.md")
        if path.parent.name != "decisions"
    }
    assert there - linked == {"README.md"}


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    words = " ".join(text.split())
    assert words.startswith("Apache License Version 2.0, January 2004")
    assert hashlib.sha256(words.encode()).hexdigest() == LICENCE_SHA256
    assert PROJECT["project"]["license"] == "Apache-2.0"


def test_each_dependency_has_one_line_that_says_why() -> None:
    """R-51: and no line is left of one that is gone."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", text))
    groups = {
        "At run time": PROJECT["project"]["dependencies"],
        "With the extra `publish`": PROJECT["project"]["optional-dependencies"]["publish"],
        "With the extra `gateway`": PROJECT["project"]["optional-dependencies"]["gateway"],
        "With the extra `trust`": PROJECT["project"]["optional-dependencies"]["trust"],
        "For development": PROJECT["dependency-groups"]["dev"],
    }
    for title, requirements in groups.items():
        rows = re.findall(r"(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", sections[title])[1:]
        named = [name for name, _, _ in rows if not name.startswith("-")]
        wanted = {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in requirements}
        assert named == sorted(named)
        assert named == sorted(wanted)
        assert all(len(why) > 10 for name, why, _ in rows if not name.startswith("-"))


def test_the_document_of_dependencies_names_what_is_outside_python() -> None:
    """R-51: every action of a workflow, and every Debian package that the tests install."""
    section = (ROOT / "docs/dependencies.md").read_text("utf-8").partition("## Outside Python")[2]
    workflows = [path.read_text("utf-8") for path in ROOT.glob(".github/workflows/*.yml")]
    used = {name for text in workflows for name in re.findall(r"uses: ([\w-]+/[\w-]+)@", text)}
    cells = re.findall(r"(?m)^\| ([^|]+) \| [^|]+ \| [^|]*`\.github/workflows/", section)
    named = [name for cell in cells for name in cell.split(", ")]
    assert sorted(named) == sorted(used)
    script = (ROOT / "tools/setup/packages.sh").read_text("utf-8")
    installed = re.findall(r"(?m)^need \S+ (\S+)|missing\+=\(([a-z-]+)\)", script)
    (packages,) = re.findall(r"(?m)^\| ([^|]+) \| [^|]+ \| [^|]*packages\.sh`", section)
    assert packages.split(", ") == sorted({a or b for a, b in installed} - {"git"})


def test_the_changelog_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    titles = re.findall(r"(?m)^## (.*)$", text)
    assert titles[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", title) for title in titles[1:])
    sections = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"(?m)^### (.*)$", text)) <= sections


def test_the_security_page_says_what_is_not_promised() -> None:
    """R-55: the catalog vouches for the text, not for what the image does."""
    promised, _, rest = (
        (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What is not promised")
    )
    assert "## What is promised" in promised
    assert "vouches for the text, not for what the image does" in rest


def test_no_file_says_where_it_was_written() -> None:
    told = [
        f"{path.relative_to(ROOT)}: {found[0].decode()}"
        for path in tracked()
        if path.is_file() and (found := MACHINE.search(path.read_bytes()))
    ]
    assert told == []


def test_no_text_is_left_to_be_written() -> None:
    left = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b")
    suffixes = {".py", ".md", ".js", ".css", ".html", ".sh", ".yml", ".yaml", ".toml"}
    told = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in suffixes and path.is_file() and left.search(path.read_text("utf-8"))
    ]
    assert told == []
