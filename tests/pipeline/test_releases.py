"""What `releases.json`, `health.json` and the feed of releases tell of a catalog."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from catalogctl.lock import Moved
from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.publish.releases import NEWEST
from support.catalogs import SETTINGS, plugin, write_catalog
from support.git import Repository, at, shown
from support.locks import lock_text, version
from support.schemas import validators

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = (f"plugins/plugin-{letter}.yaml" for letter in "abc")
ATOM = "{http://www.w3.org/2005/Atom}"
MOVED = Moved(at="2026-02-01T00:00:00Z", before=f"sha256:{1:064x}", tag="1.0", after=None)


def publish(folder: Path, now: str | None = None) -> Path:
    out = folder.parent / "public"
    asked = BuildOptions(
        folder, out, {}, base_url="https://plugins.example.org/", now=now, durable=False
    )
    built = build(asked)
    assert built.published, built.problems
    return out


def read(out: Path, name: str) -> Any:
    value = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    assert validators(name.capitalize()).accept(value), value
    return value


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository.new(tmp_path / "catalog")
    files: dict[str, str | None] = {
        "catalog.yaml": SETTINGS,
        A: plugin("plugin-a"),
        B: plugin("plugin-b", state="DISABLED"),
        C: plugin("plugin-c", deprecated="{reason: old}"),
        "versions/plugin-a.json": lock_text(
            "plugin-a",
            [
                version("1.1", "2026-01-10T00:00:00.000Z"),
                version("1.1-rc1", "2026-01-09T23:00:00+00:00"),
                version("1.0", None),
            ],
        ),
        "versions/plugin-b.json": lock_text(
            "plugin-b", [version("0.9", "2025-03-01T00:00:00Z")], history=[MOVED]
        ),
    }
    repository.commit("Start", files, time=at("2026-02-01"))
    return repository


def test_releases_are_counted_by_month_and_the_newest_are_named(repository: Repository) -> None:
    """Pre-releases are named, and not counted; without a push, the first sight is the release."""
    assert read(publish(repository.folder), "releases") == {
        "months": [{"month": "2025-03", "count": 1}, {"month": "2026-01", "count": 2}],
        "latest": [
            {
                "plugin_id": plugin_id,
                "version": tag,
                "released_at": time,
                "prerelease": tag.endswith("rc1"),
            }
            for plugin_id, tag, time in (
                ("plugin-a", "1.0", "2026-01-31T12:00:00.000Z"),
                ("plugin-a", "1.1", "2026-01-10T00:00:00.000Z"),
                ("plugin-a", "1.1-rc1", "2026-01-09T23:00:00.000Z"),
                ("plugin-b", "0.9", "2025-03-01T00:00:00.000Z"),
            )
        ],
    }


def test_the_newest_releases_may_all_be_of_one_plugin(tmp_path: Path) -> None:
    many = [version(f"1.{n}", f"2025-05-01T00:00:{n:02}Z") for n in reversed(range(NEWEST + 9))]
    files = {
        A: plugin("plugin-a"),
        "versions/plugin-a.json": lock_text("plugin-a", many),
        B: plugin("plugin-b"),
        "versions/plugin-b.json": lock_text("plugin-b", [version("2", "2025-05-01T00:00:58.5Z")]),
    }
    latest = read(publish(write_catalog(tmp_path / "catalog", files)), "releases")["latest"]
    tags = ["2", *(each.tag for each in many)]
    assert [each["version"] for each in latest] == tags[:NEWEST]


def test_health_names_the_plugins_that_need_care(repository: Repository) -> None:
    assert read(publish(repository.folder), "health") == {
        "now": "2026-02-01T00:00:00.000Z",
        "deprecated": ["plugin-c"],
        "disabled": ["plugin-b"],
        "without_versions": ["plugin-c"],
        "without_release_for_a_year": [],
        "moved_tags": ["plugin-b"],
    }


def test_health_changes_when_a_plugin_does_or_a_release_becomes_a_year_old(
    repository: Repository,
) -> None:
    """A commit beside the catalog changes nothing else; a time that was asked for is told."""
    first = (publish(repository.folder) / "health.json").read_bytes()
    repository.commit("beside", {"notes.txt": "a"}, time=at("2026-02-20"))
    out = publish(repository.folder)
    assert (out / "health.json").read_bytes() == first
    repository.commit("a year later", {"notes.txt": "b"}, time=at("2026-03-04"))
    health = read(publish(repository.folder), "health")
    assert health["without_release_for_a_year"] == ["plugin-b"]
    assert health["now"] == shown(at("2026-03-01"))
    repository.commit("change", {A: plugin("plugin-a", labels="[x]")}, time=at("2026-03-05"))
    assert read(publish(repository.folder), "health")["now"] == shown(at("2026-03-05"))
    repository.commit("gone", {C: None}, time=at("2026-03-06"))
    assert read(publish(repository.folder), "health")["now"] == shown(at("2026-03-06"))
    asked = "2027-06-01T00:00:00.000Z"
    health = read(publish(repository.folder, now=asked), "health")
    assert (health["now"], health["without_release_for_a_year"]) == (
        asked,
        ["plugin-a", "plugin-b"],
    )


def test_the_feed_of_releases_has_nothing_else(repository: Repository) -> None:
    more = [version("1.2", "2026-02-02T00:00:00Z"), version("1.1", None)]
    repository.commit(
        "release",
        {"versions/plugin-a.json": lock_text("plugin-a", more), B: plugin("plugin-b")},
    )
    feed = ET.fromstring((publish(repository.folder) / "releases.atom").read_bytes())
    titles = [each.findtext(f"{ATOM}title") for each in feed.findall(f"{ATOM}entry")]
    assert titles == [
        "New version: The plugin-a 1.2",
        "New version: The plugin-b 0.9",
        "New versions: The plugin-a 1.1, 1.1-rc1, 1.0",
    ]
    assert feed.findtext(f"{ATOM}title") == "Plugin catalog · Releases"
    links = {each.get("rel"): each.get("href") for each in feed.findall(f"{ATOM}link")}
    assert links["alternate"] == "https://plugins.example.org/news/"


def test_a_feed_without_releases_does_not_change_with_each_commit(tmp_path: Path) -> None:
    repository = Repository.new(tmp_path / "catalog")
    repository.commit("Start", {"catalog.yaml": SETTINGS, A: plugin("plugin-a")})
    first = (publish(repository.folder) / "releases.atom").read_bytes()
    repository.commit("beside", {"notes.txt": "a"})
    assert (publish(repository.folder) / "releases.atom").read_bytes() == first


def test_outside_git_there_are_releases_but_no_feed_entries(tmp_path: Path) -> None:
    files = {
        A: plugin("plugin-a"),
        "versions/plugin-a.json": lock_text("plugin-a", [version("1", "2025-05-01T00:00:00Z")]),
    }
    now = "2026-01-01T00:00:00.000Z"
    out = publish(write_catalog(tmp_path / "catalog", files), now=now)
    assert read(out, "releases")["months"] == [{"month": "2025-05", "count": 1}]
    assert read(out, "health")["now"] == now
    assert ET.fromstring((out / "releases.atom").read_bytes()).findall(f"{ATOM}entry") == []


def test_the_news_tell_who_was_deprecated_when_and_who_left(repository: Repository) -> None:
    """A plugin that was registered as deprecated is only new; a second build reads on."""
    repository.commit(
        "Deprecate",
        {A: plugin("plugin-a", deprecated="{reason: b does it}")},
        time=at("2026-02-03"),
    )
    repository.commit(
        "Again", {A: plugin("plugin-a", deprecated="{reason: b does}")}, time=at("2026-02-04")
    )
    repository.commit("Nobody used it", {C: None}, time=at("2026-03-01"))
    out = publish(repository.folder)
    february = (out / "news/2026-02/index.html").read_text()
    march = (out / "news/2026-03/index.html").read_text()
    tags = re.findall(r'<bdi>([^<]+)</bdi>.*?<span class="tag [a-z]+">([^<]+)<', february)
    assert tags[0] == ("The plugin-a", "Deprecated")
    assert [tag for _, tag in tags].count("Deprecated") == 1
    assert february.count("b does<") == 1
    assert "Nobody used it" in march
