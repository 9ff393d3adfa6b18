"""What the published tree tells of a history: the journal, the tombstones, the feeds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from catalogctl.errors import OutsideError
from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.publish.journal_files import PAGE_SIZE
from support.catalogs import SETTINGS, plugin
from support.git import FIRST, Repository, shown
from support.locks import lock_of
from support.schemas import validators

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSON

BASE_URL = "https://plugins.example.org/"
ATOM = "{http://www.w3.org/2005/Atom}"
X, Y = "plugins/plugin-x.yaml", "plugins/plugin-y.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository.new(tmp_path / "catalog")
    repository.commit("Start", {"catalog.yaml": SETTINGS, "plugins/.gitkeep": ""})
    return repository


def publish(repository: Repository) -> Path:
    out = repository.folder.parent / "public"
    asked = BuildOptions(repository.folder, out, {}, "catalogctl", base_url=BASE_URL, durable=False)
    built = build(asked)
    assert built.published, built.problems
    return out


def read(file: Path, message: str) -> Any:
    value: JSON = json.loads(file.read_text(encoding="utf-8"))
    assert validators(message).accept(value), (file, value)
    return value


def journal(repository: Repository) -> list[tuple[str, str, str]]:
    """Return (call, plugin_id, commit) of every entry, and hold what else they say."""
    out = publish(repository)
    index = read(out / "changes/index.json", "ChangesIndex")
    entries = [
        entry for page in index["pages"] for entry in read(out / page["path"], "Changes")["changes"]
    ]
    assert [entry["seq"] for entry in entries] == list(range(1, index["total_count"] + 1))
    return [(entry["call"], entry["plugin_id"], entry["commit"]) for entry in entries]


def removed(repository: Repository) -> list[dict[str, str]]:
    found: list[dict[str, str]] = read(publish(repository) / "removed.json", "Removed")["removed"]
    return found


def test_each_commit_is_told_by_its_calls(repository: Repository) -> None:
    steps: list[tuple[dict[str, str | None], list[str]]] = [
        ({X: plugin("plugin-x")}, ["register"]),
        ({X: "# hello\n" + plugin("plugin-x")}, []),
        ({X: plugin("plugin-x", labels="[a]")}, ["update"]),
        ({X: plugin("plugin-x", labels="[a]", state="DISABLED")}, ["disable"]),
        ({X: plugin("plugin-x", labels="[b]", state="ENABLED")}, ["update", "enable"]),
        ({"notes.txt": "hello", "versions/.gitkeep": ""}, []),
        ({X: None}, ["deregister"]),
        ({X: plugin("plugin-x", state="DISABLED")}, ["register", "disable"]),
    ]
    expected = []
    for number, (files, calls) in enumerate(steps):
        commit = repository.commit(f"step {number}", files)
        expected += [(call, "plugin-x", commit) for call in calls]
    assert journal(repository) == expected


@pytest.mark.parametrize("state", ["ENABLED", "DISABLED"])
@pytest.mark.parametrize("now", ["as committed", "changed since"])
def test_a_registration_is_told_as_it_was_committed(
    repository: Repository, state: str, now: str
) -> None:
    """A file that stands as it was registered is not read from git; one that was changed is."""
    commit = repository.commit("register", {X: plugin("plugin-x", state=state)})
    if now == "changed since":
        other = "ENABLED" if state == "DISABLED" else "DISABLED"
        repository.write({X: plugin("plugin-x", state=other)})
    calls = ["register", "disable"] if state == "DISABLED" else ["register"]
    assert journal(repository) == [(call, "plugin-x", commit) for call in calls]


def test_an_entry_has_the_blobs_before_and_after(repository: Repository) -> None:
    commit = repository.commit("add", {X: plugin("plugin-x")})
    first, time = repository.blob(X), repository.time - 60
    repository.commit("change", {X: plugin("plugin-x", labels="[a]")})
    entries = read(publish(repository) / "changes/1.json", "Changes")["changes"]
    assert entries[0] == {
        "seq": 1,
        "time": shown(time),
        "commit": commit,
        "call": "register",
        "plugin_id": "plugin-x",
        "before": None,
        "after": first,
    }
    assert (entries[1]["before"], entries[1]["after"]) == (first, repository.blob(X))


def test_a_merge_is_when_its_pull_request_took_effect(repository: Repository) -> None:
    first = repository.commit("add", {X: plugin("plugin-x")})
    before = journal(repository)
    repository.branch("side", "HEAD~1")
    repository.commit("early", {Y: plugin("plugin-y")}, time=FIRST + 5)
    repository.switch("main")
    merge = repository.merge("side", time=FIRST + 9999)
    assert before == [("register", "plugin-x", first)]
    assert journal(repository) == [*before, ("register", "plugin-y", merge)]


def test_a_journal_is_told_in_pages_of_which_full_ones_never_change(
    repository: Repository,
) -> None:
    files = {f"plugins/p{number:04}.yaml": plugin(f"p{number:04}") for number in range(PAGE_SIZE)}
    repository.commit("many", files)
    out = publish(repository)
    first = (out / "changes/1.json").read_bytes()
    repository.commit("one more", {X: plugin("plugin-x")})
    publish(repository)
    assert (out / "changes/1.json").read_bytes() == first
    (entry,) = read(out / "changes/2.json", "Changes")["changes"]
    assert (entry["seq"], entry["plugin_id"]) == (PAGE_SIZE + 1, "plugin-x")


LOCK = "versions/plugin-x.json"


def test_each_commit_that_changes_versions_is_told_beside_the_calls(
    repository: Repository,
) -> None:
    steps: list[tuple[dict[str, str | None], list[Any]]] = [
        ({X: plugin("plugin-x")}, ["register"]),
        ({LOCK: lock_of(("1.1", 2), ("1.0", 1))}, [[["1.1", "1.0"], [], [], "1.1"]]),
        ({LOCK: lock_of(("1.2", 3), ("1.1", 2))}, [[["1.2"], [], ["1.0"], "1.2"]]),
        ({LOCK: lock_of(("1.2", 4), ("1.1", 2))}, [[[], ["1.2"], [], "1.2"]]),
        ({LOCK: lock_of(("1.2", 4), ("1.1", 2), latest="1.1")}, [[[], [], [], "1.1"]]),
        ({LOCK: lock_of(("1.2", 4), ("1.1", 2), latest="1.1").replace("oci", "hub")}, []),
        (
            {LOCK: lock_of(("1.3", 5)), X: plugin("plugin-x", labels="[a]")},
            ["update", [["1.3"], [], ["1.2", "1.1"], "1.3"]],
        ),
        ({LOCK: None}, [[[], [], ["1.3"], None]]),
        ({LOCK: lock_of(("1.3", 5))}, [[["1.3"], [], [], "1.3"]]),
        ({X: None, LOCK: None}, ["deregister"]),
        ({LOCK: "{"}, []),
        ({LOCK: '{"versions": [{"tag": "a\\nb"}]}'}, []),
        ({LOCK: None}, []),
    ]
    expected = []
    for number, (files, told) in enumerate(steps):
        commit = repository.commit(f"step {number}", files)
        expected += [(each, commit) for each in told]
    entries = read(publish(repository) / "changes/1.json", "Changes")["changes"]
    members = ("added", "moved", "removed", "latest_version")
    found = [(each["call"] or [each[name] for name in members], each["commit"]) for each in entries]
    assert found == expected
    assert [each["seq"] for each in entries] == list(range(1, len(entries) + 1))
    assert {each["event"] for each in entries if each["call"] is None} == {"versions"}
    assert all("event" not in each for each in entries if each["call"])


def test_new_versions_are_news_in_both_feeds_and_have_a_date_in_the_index(
    repository: Repository,
) -> None:
    repository.commit("add", {X: plugin("plugin-x"), Y: plugin("plugin-y")})
    repository.commit("lock", {LOCK: lock_of(("1.0", 1))})
    out = publish(repository)
    rows = {each["plugin_id"]: each for each in read(out / "index.json", "Index")["plugins"]}
    assert rows["plugin-x"]["released_at"] == "2026-01-31T12:00:00.000Z"
    assert (rows["plugin-y"]["latest_version"], rows["plugin-y"]["released_at"]) == (None, None)
    repository.commit("newer", {LOCK: lock_of(("1.2", 3), ("1.1", 2), ("1.0", 1))})
    time = shown(repository.time - 60)
    out = publish(repository)
    rows = {each["plugin_id"]: each for each in read(out / "index.json", "Index")["plugins"]}
    assert rows["plugin-x"]["released_at"] == "2026-01-30T11:10:09.876Z"
    assert rows["plugin-x"]["updated_at"] < time
    for path in ("feed.atom", "plugins/plugin-x/feed.atom"):
        feed = ET.fromstring((out / path).read_bytes())
        newest, before = feed.findall(f"{ATOM}entry")[:2]
        assert newest.findtext(f"{ATOM}title") == "New versions: The plugin-x 1.2, 1.1"
        assert newest.findtext(f"{ATOM}content") == "New versions: 1.2, 1.1. Latest version: 1.2."
        assert (newest.findtext(f"{ATOM}updated"), feed.findtext(f"{ATOM}updated")) == (time, time)
        assert before.findtext(f"{ATOM}title") == "New version: The plugin-x 1.0"
        ids = [each.text for each in feed.iter(f"{ATOM}id")]
        assert len(ids) == len(set(ids))
    other = ET.fromstring((out / "plugins/plugin-y/feed.atom").read_bytes())
    assert len(other.findall(f"{ATOM}entry")) == 1


class TestTombstones:
    def test_a_deregistered_plugin_has_one_and_get_stays_not_found(
        self, repository: Repository
    ) -> None:
        repository.commit("add", {X: plugin("plugin-x")})
        assert removed(repository) == []
        time = repository.time
        commit = repository.commit("Take x out\n\nNobody used it.", {X: None})
        assert removed(repository) == [
            {"plugin_id": "plugin-x", "time": shown(time), "commit": commit, "reason": "Take x out"}
        ]
        out = repository.folder.parent / "public"
        assert not (out / "repository/v1/plugin/get/plugin-x.json").exists()
        assert "Take x out" in (out / "removed/index.html").read_text()

    def test_it_names_the_successor_that_the_file_named(self, repository: Repository) -> None:
        old = plugin("plugin-x", deprecated="{reason: old, successor: plugin-y}")
        repository.commit("add", {X: old, Y: plugin("plugin-y")})
        repository.commit("gone", {X: None})
        assert removed(repository)[0]["successor"] == "plugin-y"

    def test_it_tells_the_reason_that_the_file_gave_apart_from_the_commit(
        self, repository: Repository
    ) -> None:
        old = plugin("plugin-x", deprecated="{reason: nobody runs it}")
        repository.commit("add", {X: old, Y: plugin("plugin-y")})
        repository.commit("Tidy up", {X: None, Y: None})
        told = {each["plugin_id"]: each for each in removed(repository)}
        assert told["plugin-x"]["reason"] == told["plugin-y"]["reason"] == "Tidy up"
        assert told["plugin-x"]["deprecated"] == "nobody runs it"
        assert "deprecated" not in told["plugin-y"]

    def test_a_rename_names_the_new_id(self, repository: Repository) -> None:
        repository.commit("add", {X: plugin("plugin-x")})
        repository.commit("rename", {X: None, Y: plugin("plugin-y", name="The plugin-x")})
        assert [each["successor"] for each in removed(repository)] == ["plugin-y"]
        assert [entry[:2] for entry in journal(repository)][1:] == [
            ("deregister", "plugin-x"),
            ("register", "plugin-y"),
        ]

    def test_one_that_is_registered_again_has_none(self, repository: Repository) -> None:
        for files in ({X: plugin("plugin-x")}, {X: None}, {X: plugin("plugin-x")}):
            repository.commit("change", files)
        assert removed(repository) == []

    def test_behind_a_merge_the_commit_that_did_it_says_why(self, repository: Repository) -> None:
        repository.commit("add", {X: plugin("plugin-x")})
        repository.branch("side")
        repository.commit("The service was shut down", {X: None})
        repository.commit("Something else", {Y: plugin("plugin-y")})
        repository.switch("main")
        merge = repository.merge("side")
        (tombstone,) = removed(repository)
        assert tombstone["reason"] == "The service was shut down"
        assert tombstone["commit"] == merge

    def test_it_has_no_credential_of_what_no_rule_checks(self, repository: Repository) -> None:
        """R-14: not of a commit's subject, nor of a file that was deleted."""
        token, start = "ghp_" + "A" * 30, "x" * 185
        repository.commit("add", {X: plugin("plugin-x", deprecated=f"{{reason: {token}}}")})
        repository.commit(f"{start} {token}", {X: None})
        (tombstone,) = removed(repository)
        assert tombstone["reason"] == f"{start} ghp_\N{HORIZONTAL ELLIPSIS}"
        assert tombstone["deprecated"] == "ghp_\N{HORIZONTAL ELLIPSIS}"

    def test_a_hostile_subject_is_text(self, repository: Repository) -> None:
        """R-41, R-44."""
        repository.commit("add", {X: plugin("plugin-x")})
        repository.commit("<script>alert(1)</script> ${{ x }} ::error::", {X: None})
        page = (publish(repository) / "removed/index.html").read_text()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


class TestFeeds:
    def entries(self, file: Path) -> list[tuple[str, str]]:
        feed = ET.parse(file).getroot()
        found = [
            (entry.findtext(f"{ATOM}title", ""), entry.findtext(f"{ATOM}id", ""))
            for entry in feed.findall(f"{ATOM}entry")
        ]
        assert len({identity for _, identity in found}) == len(found)
        return found

    def test_they_tell_the_newest_calls_first(self, repository: Repository) -> None:
        repository.commit("add", {X: plugin("plugin-x"), Y: plugin("plugin-y")})
        repository.commit("off", {X: plugin("plugin-x", state="DISABLED")})
        repository.commit("gone", {Y: None})
        out = publish(repository)
        titles = [title for title, _ in self.entries(out / "feed.atom")]
        assert titles == [
            "Deregistered: plugin-y",
            "Disabled: The plugin-x",
            "Registered: plugin-y",
            "Registered: The plugin-x",
        ]
        own = [title for title, _ in self.entries(out / "plugins/plugin-x/feed.atom")]
        assert own == ["Disabled: The plugin-x", "Registered: The plugin-x"]

    def test_an_entry_keeps_its_id(self, repository: Repository) -> None:
        repository.commit("add", {X: plugin("plugin-x")})
        before = self.entries(publish(repository) / "feed.atom")
        repository.commit("change", {X: plugin("plugin-x", labels="[a]")})
        assert self.entries(publish(repository) / "feed.atom")[1:] == before


def test_no_clock_of_this_machine_is_in_a_tree_of_a_clean_commit(repository: Repository) -> None:
    """Q-32."""
    repository.commit("add", {X: plugin("plugin-x")})
    trees = []
    for epoch in ("1", "4000000000"):
        out = repository.folder.parent / epoch
        environ = {"SOURCE_DATE_EPOCH": epoch}
        build(BuildOptions(repository.folder, out, environ, "catalogctl", BASE_URL, durable=False))
        trees.append((out / "manifest.json").read_bytes())
    assert trees[0] == trees[1]


def test_a_file_that_is_not_committed_has_the_time_of_the_build(repository: Repository) -> None:
    """Product contract, 5: SOURCE_DATE_EPOCH, with a warning."""
    repository.commit("add", {X: plugin("plugin-x"), Y: plugin("plugin-y")})
    repository.write({X: plugin("plugin-x", labels="[a]")})
    told: list[str] = []
    out = repository.folder.parent / "public"
    environ = {"SOURCE_DATE_EPOCH": str(FIRST + 10_000)}
    build(
        BuildOptions(repository.folder, out, environ, "catalogctl", durable=False, tell=told.append)
    )
    dates = [
        (info["created_at"], info["updated_at"])
        for info in (
            json.loads((out / f"repository/v1/plugin/get/{name}.json").read_text())
            for name in ("plugin-x", "plugin-y")
        )
    ]
    committed = shown(FIRST + 60)
    assert dates == [(committed, shown(FIRST + 10_000)), (committed, committed)]
    (warning,) = told
    assert warning.startswith(f"{X} is not committed as it stands: SOURCE_DATE_EPOCH, else")


def test_a_clone_without_old_blobs_is_refused_and_the_fix_is_named(repository: Repository) -> None:
    """Q-30."""
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit("add", {X: plugin("plugin-x")})
    repository.commit("change", {X: plugin("plugin-x", labels="[a]")})
    partial = repository.folder.parent / "partial"
    repository.git("clone", "-q", "--filter=blob:none", f"file://{repository.folder}", partial)
    with pytest.raises(OutsideError, match="git fetch --refetch"):
        publish(Repository(partial))


def test_outside_git_there_is_an_empty_journal(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog"
    (catalog / "plugins").mkdir(parents=True)
    (catalog / "catalog.yaml").write_text(SETTINGS)
    out = publish(Repository(catalog))
    assert read(out / "changes/index.json", "ChangesIndex")["pages"] == []
    assert read(out / "removed.json", "Removed")["removed"] == []
