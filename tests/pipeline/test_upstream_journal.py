"""The journal and the tombstones say what was taken from upstreams, and when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from support import schemas, upstreams
from support.catalogs import plugin
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path

MANY = {f"plugin-many-{number:02}": ["1.0"] for number in range(51)}


def placed(files: dict[str, bytes]) -> dict[str, str]:
    return {f"catalog/{path}": data.decode() for path, data in files.items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    git = Repository.new(tmp_path_factory.mktemp("journal") / "repository")
    start = {
        "catalog/catalog.yaml": upstreams.settings("one", "two"),
        "catalog/plugins/plugin-own.yaml": plugin("plugin-own"),
        **placed(upstreams.files("one", {"plugin-a": ["1.0"], "plugin-b": ["1.0"]})),
    }
    git.commit("First", start)
    changed = upstreams.plugin_file(upstreams.info("plugin-a", labels=["new"]), ["1.1"])
    gone = "catalog/upstream/one/plugins/plugin-b.json"
    git.commit("Sync", {"catalog/upstream/one/plugins/plugin-a.json": changed.decode(), gone: None})
    git.commit("Take two", placed(upstreams.files("two", MANY)))
    return git


def published(git: Repository, **options: Any) -> Path:
    out = git.folder.parent / "public"
    built = build(BuildOptions(git.folder / "catalog", out, environ={}, **options))
    assert built.published, built.problems
    return out


def test_entries_say_what_happened_to_each_plugin_and_many_are_counted(made: Repository) -> None:
    tree = published(made)
    page = json.loads((tree / "changes/1.json").read_bytes())
    assert list(schemas.validators("Changes").explaining.iter_errors(page)) == []
    entries = [each for each in page["changes"] if each.get("event") == "upstream"]
    told = [(e["repository_id"], e.get("plugin_id"), e.get("change")) for e in entries]
    assert told == [
        ("repo-one", "plugin-a", "added"),
        ("repo-one", "plugin-b", "added"),
        ("repo-one", "plugin-a", "changed"),
        ("repo-one", "plugin-b", "removed"),
        ("repo-two", None, None),
    ]
    assert entries[-1]["counts"] == {"added": 51, "changed": 0, "removed": 0}
    assert [each["seq"] for each in page["changes"]] == [*range(1, 7)]
    assert {each["call"] for each in entries} == {None}
    index = json.loads((tree / "changes/index.json").read_bytes())
    assert index["total_count"] == 6


def test_a_plugin_that_is_gone_there_is_a_removed_one(made: Repository) -> None:
    removed = json.loads((published(made) / "removed.json").read_bytes())["removed"]
    assert [(each["plugin_id"], each["reason"]) for each in removed] == [("plugin-b", "Sync")]


def test_the_journal_is_the_same_if_it_is_read_on(made: Repository, tmp_path: Path) -> None:
    whole = (published(made) / "changes/1.json").read_bytes()
    made.git("checkout", "--quiet", "HEAD~2")
    published(made, cache=tmp_path / "cache")
    made.git("checkout", "--quiet", "main")
    tree = published(made, cache=tmp_path / "cache")
    assert (tree / "changes/1.json").read_bytes() == whole
