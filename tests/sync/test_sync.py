"""`sync` takes an upstream's plugins over, guards what is committed, and writes only news."""

from __future__ import annotations

import gzip
import json
import shutil
import time
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from catalogctl.catalog import Catalog
from catalogctl.errors import UsageError
from catalogctl.fetch.fetch_limits import FetchLimits
from catalogctl.files import replace_files
from catalogctl.pipeline.check import check
from catalogctl.report import sync_report
from catalogctl.source.upstream_files import decode_plugin, encode_upstream_file, taken_plugin
from catalogctl.sync import sync_catalog, upstream_tree
from catalogctl.sync.sync_catalog import SyncOptions
from catalogctl.sync.sync_outcome import Takeover, UpstreamState
from catalogctl.sync.verifying import verify_upstreams
from support.catalogs import plugin, write_catalog
from support.killing import KILLED, end, kill_at, start
from support.published import Reply, Site, sha256
from support.upstream_hosts import IDS, Pair, plugin_files, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

API = "repository/v1/plugin"
ALL = f"{API}/list/all.json"
VERSIONS = f"{API}/list/versions.json"
VERSIONS_OF_A = f"{API}/get-versions/plugin-a.json"


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Editions of the other catalog: the first, one with changes, and one without most plugins."""
    folder = tmp_path_factory.mktemp("trees")
    later = {**plugin_files(*IDS[:-1]), "plugins/plugin-a.yaml": plugin("plugin-a", labels="[New]")}
    many = plugin_files(*(f"plugin-{number:02}" for number in range(30)))
    few = plugin_files(*(f"plugin-{number:02}" for number in range(20)))
    return {
        "first": published(folder, plugin_files(*IDS)),
        "later": published(folder, later, epoch=1_767_300_000),
        "many": published(folder, many),
        "few": published(folder, few, epoch=1_767_300_000),
    }


@pytest.fixture
def pair(tmp_path: Path, trees: dict[str, dict[str, bytes]]) -> Iterator[Pair]:
    """A catalog that has one plugin of its own, and its upstream."""
    host = Site(dict(trees["first"]))
    host.start()
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-own.yaml": plugin("plugin-own")})
    made = Pair(catalog, host)
    made.configure()
    yield made
    host.stop()


def info(tree: Mapping[str, bytes], plugin_id: str) -> Any:
    return json.loads(tree[f"{API}/get/{plugin_id}.json"])


def test_the_first_run_takes_every_plugin_as_it_is_published(pair: Pair) -> None:
    found = pair.outcome()
    assert (found.state, found.added, found.refused) == (UpstreamState.CHANGED, [*IDS], {})
    files = pair.files()
    assert set(files) == {"source.json", *(f"plugins/{each}.json" for each in IDS)}
    taken = json.loads(files["plugins/plugin-a.json"])
    assert list(taken) == ["upstream_version", "plugin", "versions", "sha256"]
    assert taken["plugin"] == info(pair.host.files, "plugin-a")
    assert taken["versions"] == ["1.1"]
    assert taken["sha256"]["get"] == sha256(pair.host.files[f"{API}/get/plugin-a.json"])
    source = json.loads(files["source.json"])
    assert source["manifest_sha256"] == sha256(pair.host.files["manifest.json"])
    assert (source["total_count"], source["url"]) == (6, pair.host.url)
    assert check(pair.catalog).problems == ()
    published_as = Catalog.open(pair.catalog).get("plugin-a")
    assert published_as["repository_info"] == {
        "repository_id": "repo-theirs",
        "name": "Marketplace",
        "repository_type": "remote",
    }


def test_without_news_nothing_is_written_and_hardly_anything_asked(pair: Pair) -> None:
    pair.outcome()
    before = {path: path.stat().st_mtime_ns for path in pair.catalog.rglob("*")}
    pair.host.requests.clear()
    found = pair.outcome()
    assert (found.state, found.requests) == (UpstreamState.UNCHANGED, 2)
    assert pair.host.asked == ["index.json", "manifest.json"]
    assert {path: path.stat().st_mtime_ns for path in pair.catalog.rglob("*")} == before


def test_news_change_the_files_that_they_are_about(
    pair: Pair, trees: dict[str, dict[str, bytes]]
) -> None:
    pair.outcome()
    before = pair.files()
    pair.host.files = dict(trees["later"])
    checked = pair.sync(check=True)
    assert (checked.exit_code, pair.files()) == (1, before)
    assert any("days behind" in note for note in checked.outcomes[0].notes)
    found = pair.outcome()
    # One commit's time is that of all its files, so each plugin's dates are new in this edition.
    assert (found.removed, "plugin-a" in found.changed) == (["plugin-f"], True)
    after = pair.files()
    assert set(before) - set(after) == {"plugins/plugin-f.json"}
    assert pair.sync(check=True).exit_code == 0


def test_a_catalog_without_a_list_of_versions_is_asked_for_those_of_what_changed(
    pair: Pair,
) -> None:
    index = json.loads(pair.host.files["index.json"])
    del index["lists"]["versions"]
    files = replaced(pair.host.files, {"index.json": json.dumps(index).encode()})
    pair.host.files = files
    found = pair.outcome()
    assert found.added == [*IDS]
    assert json.loads(pair.files()["plugins/plugin-a.json"])["versions"] == ["1.1"]
    assert found.requests == 3 + len(IDS)


def replaced(tree: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a tree with other files, and a manifest that names them."""
    files = {**tree, **new}
    rows = json.loads(tree["manifest.json"])["files"]
    for row in rows:
        if row["path"] in new:
            data = new[row["path"]]
            row.update(size=len(data), sha256=sha256(data))
    manifest = {"schema_version": 1, "files": rows}
    return {**files, "manifest.json": json.dumps(manifest).encode() + b"\n"}


def changed(tree: Mapping[str, bytes], plugin_id: str, value: bytes) -> dict[str, bytes]:
    """Return a tree, whole by its hashes, in which a plugin is another value."""
    old = tree[f"{API}/get/{plugin_id}.json"].rstrip(b"\n")
    listed = tree[ALL].replace(old, value)
    assert listed != tree[ALL]
    index = json.loads(tree["index.json"])
    index["lists"]["all"].update(size=len(listed), sha256=sha256(listed))
    new = {
        ALL: listed,
        f"{API}/get/{plugin_id}.json": value + b"\n",
        "index.json": json.dumps(index).encode(),
    }
    return replaced(tree, new)


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "image": ({"image": "evil.example/x/plugin-b"}, "names a host"),
    "name": ({"name": "a\nb"}, "line break"),
    "id": ({"plugin_id": "plugin-c"}, "listed twice"),
    "path": ({"plugin_id": "../../x"}, ""),
    "device": ({"plugin_id": "con"}, ""),
    "secret": ({"registry_config": {"password": "x"}}, "secret"),
    "token": ({"tags": {"x": "ghp_" + "a" * 36}}, "ghp_"),
    "bidi": ({"tags": {"x": "a\u202eb"}}, "U+202E"),
    "control": ({"tags": {"x\u0007": "b"}}, "U+0007"),
    "number": ({"tags": {"x": [{"y": 2**53 + 1}]}}, "/tags/x/0/y: a number that has no exact form"),
    "invisible": ({"provider": "a\u200bws"}, "U+200B"),
    "state": ({"state": "BROKEN"}, "state"),
    "registry": ({"registry_url": "javascript:alert(1)"}, "registry_url"),
    "missing": ({"service_type": None}, "service_type"),
    "labels": ({"labels": {"a": "b"}}, "labels"),
    "large": ({"tags": {"x": "y" * 300_000}}, "bytes"),
    "date": ({"created_at": "yesterday"}, "created_at"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_plugin_that_breaks_a_rule_keeps_its_old_file(pair: Pair, name: str) -> None:
    pair.outcome()
    before = pair.files()
    fields, reason = HOSTILE[name]
    value = {**info(pair.host.files, "plugin-b"), **fields}
    value = {key: each for key, each in value.items() if each is not None}
    pair.host.files = changed(pair.host.files, "plugin-b", json.dumps(value).encode())
    report = pair.sync(allow_removals=True)
    (found,) = report.outcomes
    assert report.exit_code == 1
    assert any(reason in each for each in found.refused.values()), found
    after = pair.files()
    if "plugin_id" not in fields:
        assert list(found.refused) == ["plugin-b"]
        assert after == before
    assert not [each for each in check(pair.catalog).problems if each.severity == "error"]


def test_a_value_that_is_no_plugin_is_refused_and_the_others_are_taken(pair: Pair) -> None:
    for value in (b"17", b"[[[]]]", b'"x"', b"[" * 200 + b"]" * 200, b'{"plugin_id":7}'):
        pair.host.files = changed(pair.host.files, "plugin-b", value)
        found = pair.outcome()
        assert (len(found.refused), found.plugins) == (1, 5), value
        pair.host.files = changed_back(pair.host.files, value)


def changed_back(tree: Mapping[str, bytes], value: bytes) -> dict[str, bytes]:
    plain = json.dumps({"plugin_id": "plugin-b", "image": "x"}).encode()
    listed = tree[ALL].replace(value, plain, 1)
    return {**tree, ALL: listed, f"{API}/get/plugin-b.json": plain + b"\n"}


def test_numbers_and_members_are_kept_as_they_were_written(pair: Pair) -> None:
    text = pair.host.files[f"{API}/get/plugin-b.json"].rstrip(b"\n")
    text = text.replace(
        b'"tags":{}', b'"tags":{"a":1.10,"b":4.0,"c":1e3,"a2":"\\u00e9","d":9007199254740992}'
    )
    pair.host.files = changed(pair.host.files, "plugin-b", text)
    pair.outcome()
    written = pair.files()["plugins/plugin-b.json"]
    for literal in (b'"a": 1.10', b'"b": 4.0', b'"c": 1e3', b'"d": 9007199254740992'):
        assert literal in written
    assert check(pair.catalog).problems == ()


def test_unknown_fields_are_left_out_and_named_once(pair: Pair) -> None:
    for plugin_id in ("plugin-b", "plugin-c"):
        value = {**info(pair.host.files, plugin_id), "colour": "red"}
        pair.host.files = changed(pair.host.files, plugin_id, json.dumps(value).encode())
    found = pair.outcome()
    assert [note for note in found.notes if "colour" in note] == found.notes
    assert b"colour" not in pair.files()["plugins/plugin-b.json"]


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" * 400])
def test_a_filter_does_not_look_at_a_plugin_with_a_number_that_is_refused(
    pair: Pair, number: bytes
) -> None:
    pair.configure(filter="[{k: plugin_id, v: plugin-f, o: not}]")
    text = pair.host.files[f"{API}/get/plugin-b.json"].rstrip(b"\n")
    text = text.replace(b'"tags":{}', b'"tags":{"a":' + number + b"}")
    pair.host.files = changed(pair.host.files, "plugin-b", text)
    found = pair.outcome()
    assert found.refused == {"plugin-b": "/tags/a: a number that has no exact form"}
    assert found.added == ["plugin-a", "plugin-c", "plugin-d", "plugin-e"]


def test_only_what_matches_the_filter_is_taken(pair: Pair) -> None:
    pair.configure(filter="[{k: plugin_id, v: [plugin-a, plugin-b], o: in}]")
    assert pair.outcome().added == ["plugin-a", "plugin-b"]
    pair.configure(filter="[{k: plugin_id, v: [plugin-b, plugin-c], o: in}]")
    found = pair.outcome()
    assert (found.added, found.removed) == (["plugin-c"], ["plugin-a"])
    pair.configure(filter="[{k: provider, o: like}]")
    codes = [each.code for each in check(pair.catalog).problems]
    assert codes == ["upstream-settings"]


def test_a_held_plugin_stays_as_it_is_committed(
    pair: Pair, trees: dict[str, dict[str, bytes]]
) -> None:
    pair.outcome()
    before = pair.files()
    pair.configure(hold="[plugin-a, plugin-f]")
    pair.host.files = dict(trees["later"])
    pair.outcome()
    after = pair.files()
    for plugin_id in ("plugin-a", "plugin-f"):
        assert after[f"plugins/{plugin_id}.json"] == before[f"plugins/{plugin_id}.json"]


def test_an_unknown_upstream_is_told_with_those_that_there_are(pair: Pair) -> None:
    names = [f"other-{letter}" for letter in "hgfedcba"]
    upstream = "  - {{name: {0}, url: 'https://{0}.example.org/', repository_id: repo-{0}}}\n"
    with (pair.catalog / "catalog.yaml").open("a") as settings:
        settings.writelines(upstream.format(name) for name in names)
    with pytest.raises(UsageError, match=f"it has {', '.join(['theirs', *names])}$"):
        pair.sync(wanted=["their"])


class TestGuards:
    """Each leaves the files of the upstream as they are, with exit code 1."""

    def guarded(self, pair: Pair, cause: str, **options: Any) -> None:
        before = pair.files()
        report = pair.sync(**options)
        (found,) = report.outcomes
        assert (found.state, report.exit_code) == (UpstreamState.GUARDED, 1)
        assert cause in found.cause
        assert pair.files() == before

    def test_another_repository(self, pair: Pair) -> None:
        pair.configure(repository_id="repo-other")
        self.guarded(pair, "is repository repo-theirs")

    def test_an_older_edition(self, pair: Pair, trees: dict[str, dict[str, bytes]]) -> None:
        pair.host.files = dict(trees["later"])
        pair.outcome()
        pair.host.files = dict(trees["first"])
        self.guarded(pair, "older than the edition that was taken")
        assert pair.outcome(allow_older=True).state is UpstreamState.CHANGED

    @pytest.mark.parametrize(
        ("member", "value", "cause"),
        [
            ("name", "Mar\u202eket", "repository_info.name has U+202E, which is refused"),
            ("name", "a\u0007b", "repository_info.name has U+0007, which is refused"),
            ("name", "n" * 256, "repository_info.name has 256 characters; at most 255 are allowed"),
            ("commit", "\u202e", "commit has U+202E, which is refused"),
        ],
    )
    def test_a_repository_that_is_refused_once_it_is_committed(
        self, pair: Pair, member: str, value: str, cause: str
    ) -> None:
        index = json.loads(pair.host.files["index.json"])
        index["source" if member == "commit" else "repository_info"][member] = value
        pair.host.files = replaced(pair.host.files, {"index.json": json.dumps(index).encode()})
        self.guarded(pair, f"can't be taken: {cause}")

    @pytest.mark.parametrize("left", [{}, {"now": None}])
    def test_an_edition_that_does_not_say_from_when_it_is(
        self, pair: Pair, trees: dict[str, dict[str, bytes]], left: dict[str, None]
    ) -> None:
        pair.outcome()
        index = json.loads(trees["later"]["index.json"])
        del index["now"]
        data = json.dumps({**index, **left}).encode()
        pair.host.files = replaced(trees["later"], {"index.json": data})
        self.guarded(pair, "index.json does not say from when it is")

    def test_many_plugins_gone(self, pair: Pair, trees: dict[str, dict[str, bytes]]) -> None:
        pair.host.files = dict(trees["many"])
        pair.outcome()
        pair.host.files = dict(trees["few"])
        self.guarded(pair, "10 of 30 plugins are gone")
        assert len(pair.outcome(allow_removals=True).removed) == 10

    def test_too_many_plugins(self, pair: Pair) -> None:
        pair.configure(max_plugins="5")
        self.guarded(pair, "it has 6 plugins; max_plugins is 5")
        # Without news, too.
        pair.configure()
        pair.outcome()
        pair.configure(max_plugins="5")
        self.guarded(pair, "it has 6 plugins; max_plugins is 5")

    def test_an_index_that_names_a_file_outside(self, pair: Pair) -> None:
        index = json.loads(pair.host.files["index.json"])
        index["lists"]["all"]["parts"] = [
            {"path": "../../etc/passwd", "sha256": "0" * 64, "size": 9, "count": 1}
        ]
        pair.host.files = replaced(pair.host.files, {"index.json": json.dumps(index).encode()})
        self.guarded(pair, "names a file without a path")

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            (ALL, b'{"results":[' + b"[" * 5000 + b"]" * 5000 + b"]}"),
            (VERSIONS, b'{"results":[' + b"[" * 5000 + b"]" * 5000 + b"]}"),
            (VERSIONS, b'{"x":' + b"[" * 5000 + b"]" * 5000 + b',"results":[]}'),
            (VERSIONS, b'{"results":[{"plugin_id":"plugin-a","results":["\xff"]}]}'),
            (VERSIONS_OF_A, b'{"results":["\xff"]}'),
            (VERSIONS_OF_A, b'{"x":' + b"[" * 5000 + b"]" * 5000 + b',"results":[]}'),
        ],
    )
    def test_an_answer_that_is_not_a_list(self, pair: Pair, path: str, data: bytes) -> None:
        index = json.loads(pair.host.files["index.json"])
        for each in index["lists"].values():
            if each["path"] == path:
                each.update(size=len(data), sha256=sha256(data))
        if path == VERSIONS_OF_A:
            del index["lists"]["versions"]
        new = {path: data, "index.json": json.dumps(index).encode()}
        pair.host.files = replaced(pair.host.files, new)
        self.guarded(pair, f"{path} is not a list of {'plugins' if path == ALL else 'versions'}")


@pytest.mark.parametrize("place", ["first", "last"])
def test_an_upstream_that_can_not_be_asked_stops_no_other_one(pair: Pair, place: str) -> None:
    address = "url: 'https://bad.example.org/'"
    bad = f"  - {{name: bad, {address}, repository_id: repo-bad, trust: no.json}}\n"
    file = pair.catalog / "catalog.yaml"
    text, head = file.read_text(), "upstreams:\n"
    file.write_text(text.replace(head, head + bad) if place == "first" else text + bad)
    report = pair.sync()
    found = {each.name: each.state for each in report.outcomes}
    assert found == {"bad": UpstreamState.UNUSABLE, "theirs": UpstreamState.CHANGED}
    assert (report.exit_code, len(pair.files())) == (2, 7)
    missing = pair.catalog / "no.json"
    line = f"bad: trust {missing} does not exist: name the catalog's 1.root.json, or sha256:HEX"
    assert sync_report.failures(report) == [f"{line}; its files are unchanged"]
    verified = verify_upstreams(SyncOptions(pair.catalog, {}))
    assert [each.state for each in verified.outcomes].count(UpstreamState.UNUSABLE) == 1


def test_an_old_edition_is_told(pair: Pair) -> None:
    pair.configure(max_age="1h")
    found = pair.outcome(environ={"SOURCE_DATE_EPOCH": "1768262400"})
    assert found.notes == ["its edition is from 2026-01-01T00:00:00.000Z, 12 days ago"]
    assert found.state is UpstreamState.CHANGED


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(200, b"<html>login</html>"),
        Reply(302, headers=(("Location", "http://other.example/"),)),
        Reply(200, b"{}", length=9),
    ],
)
def test_a_host_that_answers_wrongly_leaves_the_files_and_ends_with_3(
    pair: Pair, reply: Reply
) -> None:
    pair.outcome()
    before = pair.files()
    pair.host.spoil = lambda _: reply
    report = pair.sync()
    assert (report.exit_code, pair.files()) == (3, before)


def test_a_host_that_is_gone_leaves_the_files_and_ends_with_3(pair: Pair) -> None:
    pair.outcome()
    before = pair.files()
    pair.host.stop()
    assert pair.sync().exit_code == 3
    assert pair.files() == before


ENDLESS: dict[str, tuple[str, Callable[[], Reply]]] = {
    "a large index": ("index.json", lambda: Reply(200, b" " * (17 << 20))),
    "a packed index": (
        "index.json",
        lambda: Reply(200, gzip.compress(b"[" * (17 << 20)), (("Content-Encoding", "gzip"),)),
    ),
    "a packed manifest": (
        "manifest.json",
        lambda: Reply(200, gzip.compress(b" " * (65 << 20)), (("Content-Encoding", "gzip"),)),
    ),
    "a list of nothing": (ALL, lambda: Reply(200, b'{"results":[' + b"[]," * (1 << 20) + b"1]}")),
    "a dripping index": ("index.json", lambda: Reply(200, b"{", length=1000, drip=0.1)),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_a_hostile_host_answers_is_bounded(pair: Pair, name: str) -> None:
    path, make = ENDLESS[name]
    reply = make()
    pair.host.spoil = lambda request: reply if request.path == path else None
    began = time.monotonic()
    found = pair.outcome(limits=FetchLimits(seconds=2, pause=0))
    assert found.state is UpstreamState.FAILED
    assert time.monotonic() - began < 20
    assert pair.files() == {}


@pytest.mark.parametrize("link", ["upstream", "upstream/theirs", "upstream/theirs/plugins"])
def test_nothing_is_written_through_a_symbolic_link(pair: Pair, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (pair.catalog / link).parent.mkdir(parents=True, exist_ok=True)
    (pair.catalog / link).symlink_to(outside)
    found = pair.outcome()
    assert (found.state, "symbolic link" in found.cause) == (UpstreamState.FAILED, True)
    assert [*outside.iterdir()] == []


def test_an_address_in_a_private_network_has_to_be_allowed(pair: Pair) -> None:
    text = (pair.catalog / "catalog.yaml").read_text()
    (pair.catalog / "catalog.yaml").write_text(text.replace("allow_private: true", "title: T"))
    assert [each.code for each in check(pair.catalog).problems] == ["upstream-settings"]


def test_a_tree_that_changes_meanwhile_is_read_again(
    pair: Pair, trees: dict[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream_tree, "_PAUSE", 0)
    count = 0

    def swap(request: Any) -> None:
        nonlocal count
        count += 1
        if request.path == "manifest.json" and count < 4:
            pair.host.files = dict(trees["later"])

    pair.host.spoil = swap
    found = pair.outcome()
    assert (found.state, found.plugins) == (UpstreamState.CHANGED, 5)
    index = dict(trees["later"])["index.json"]
    pair.host.spoil = lambda request: (
        Reply(200, index + b" ") if request.path == "index.json" else None
    )
    assert pair.outcome().state is UpstreamState.FAILED


@pytest.mark.parametrize("path", [ALL, VERSIONS, VERSIONS_OF_A])
def test_a_file_that_grew_since_the_index_was_read_is_read_again(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(upstream_tree, "_PAUSE", 0)
    if path == VERSIONS_OF_A:
        index = json.loads(pair.host.files["index.json"])
        del index["lists"]["versions"]
        pair.host.files = replaced(pair.host.files, {"index.json": json.dumps(index).encode()})
    grown = [Reply(200, pair.host.files[path] + b" ")]
    pair.host.spoil = lambda request: grown.pop() if request.path == path and grown else None
    found = pair.outcome()
    assert (found.state, found.added, grown) == (UpstreamState.CHANGED, [*IDS], [])


def test_a_token_is_sent_from_the_environment(pair: Pair) -> None:
    pair.configure(token_env="THEIR_TOKEN")
    assert pair.sync().exit_code == 3
    assert pair.outcome(environ={"THEIR_TOKEN": "s3cret"}).state is UpstreamState.CHANGED
    sent = {request.headers.get("Authorization") for request in pair.host.requests}
    assert sent == {"Bearer s3cret"}


def test_an_edit_by_hand_is_an_error_and_sync_takes_it_back(pair: Pair) -> None:
    pair.outcome()
    file = pair.catalog / "upstream/theirs/plugins/plugin-a.json"
    text = file.read_text()
    file.write_text(text.replace('"acme/plugin-a"', '"evil/plugin-a"'))
    assert [each.code for each in check(pair.catalog).problems] == ["upstream-edited"]
    assert pair.outcome().changed == ["plugin-a"]
    assert file.read_text() == text


def test_verify_finds_a_file_that_is_not_what_its_hash_stands_for(pair: Pair) -> None:
    pair.outcome()
    options = SyncOptions(pair.catalog, {})
    assert verify_upstreams(options).exit_code == 0
    file = pair.catalog / "upstream/theirs/plugins/plugin-a.json"
    old = decode_plugin(file.read_bytes())
    value: Any = {**old.info, "image": "evil/plugin-a"}
    hashes = old.sha256
    forged = taken_plugin(value, old.versions, get=hashes.get, get_versions=hashes.get_versions)
    file.write_bytes(encode_upstream_file(forged))
    assert check(pair.catalog).problems == ()
    report = verify_upstreams(options)
    assert (report.exit_code, [*report.outcomes[0].refused]) == (1, ["plugin-a"])
    assert sync_report.summary(report).startswith("5 plugins verified, 1 refused; 4 requests")


def test_verify_also_compares_what_the_filter_no_longer_matches(pair: Pair) -> None:
    pair.outcome()
    pair.configure(filter="[{k: plugin_id, v: [plugin-a], o: in}]")
    report = verify_upstreams(SyncOptions(pair.catalog, {}))
    (found,) = report.outcomes
    assert (report.exit_code, found.refused, found.notes, found.verified) == (0, {}, [], 6)


def test_verify_says_what_it_can_not_compare(
    pair: Pair, trees: dict[str, dict[str, bytes]]
) -> None:
    pair.outcome()
    pair.host.files = dict(trees["later"])
    (found,) = verify_upstreams(SyncOptions(pair.catalog, {})).outcomes
    why = "the upstream has another edition of them"
    assert (found.refused, found.notes) == ({}, [f"6 of 6 files are not verified: {why}"])
    # No hash at all is not what sync writes for a tree.
    file = pair.catalog / "upstream/theirs/plugins/plugin-a.json"
    old = decode_plugin(file.read_bytes())
    file.write_bytes(
        encode_upstream_file(taken_plugin(old.info, old.versions, get=None, get_versions=None))
    )
    report = verify_upstreams(SyncOptions(pair.catalog, {}))
    assert (report.exit_code, [*report.outcomes[0].refused]) == (1, ["plugin-a"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: None,
        lambda _: b"{}\n",
        lambda data: data.replace(b'"repo-theirs"', b'"repo-other"'),
    ],
    ids=["missing", "broken", "of another repository"],
)
def test_a_source_that_can_not_be_used_is_written_anew(
    pair: Pair, spoil: Callable[[bytes], bytes | None]
) -> None:
    pair.outcome()
    source = pair.catalog / "upstream/theirs/source.json"
    before = source.read_bytes()
    source.unlink()
    if (left := spoil(before)) is not None:
        source.write_bytes(left)
    (problem,) = check(pair.catalog).problems
    assert (problem.code, "catalogctl sync" in problem.hint) == ("upstream-broken", True)
    assert pair.sync(check=True).exit_code == 1
    found = pair.outcome()
    assert (found.state, [*found.changed], len(found.notes)) == (UpstreamState.CHANGED, [], 1)
    assert source.read_bytes() == before
    assert pair.outcome().state is UpstreamState.UNCHANGED


def test_what_is_still_refused_is_told_again(pair: Pair) -> None:
    pair.outcome()
    value = json.dumps({**info(pair.host.files, "plugin-a"), "state": "BROKEN"}).encode()
    pair.host.files = changed(pair.host.files, "plugin-a", value)
    renamed = json.dumps({**info(pair.host.files, "plugin-b"), "name": "Renamed"}).encode()
    pair.host.files = changed(pair.host.files, "plugin-b", renamed)
    assert [*pair.outcome().refused] == ["plugin-a"]
    report = pair.sync()
    assert (report.exit_code, [*report.outcomes[0].refused]) == (1, ["plugin-a"])


def test_another_repository_that_will_answer_is_told(pair: Pair) -> None:
    pair.outcome()
    (pair.catalog / "plugins/plugin-c.yaml").write_text(plugin("plugin-c"))
    (pair.catalog / "upstream/theirs/plugins/plugin-a.json").unlink()
    two = "  - {name: two, url: https://two.example.org/, repository_id: repo-two}\n"
    text = (pair.catalog / "catalog.yaml").read_text()
    from support import upstreams

    for path, data in upstreams.files("two", {"plugin-a": []}).items():
        target = pair.catalog / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (pair.catalog / "catalog.yaml").write_text(text + two)
    (found,) = pair.sync(wanted=["theirs"]).outcomes
    assert found.takeovers == [Takeover("plugin-a", "two", "theirs")]


def killed_sync(pair: Pair, step: int) -> int:
    """Run `sync` in a child that is killed at the n-th rename or removal; return how it ended."""

    def work() -> int:
        def armed(folder: Path, files: Any) -> None:
            kill_at(step, {"os.rename", "os.remove", "os.rmdir"})
            replace_files(folder, files)

        with patch.object(sync_catalog, "replace_files", armed):
            return pair.sync().exit_code

    return end(start(work))


def test_killed_at_each_step_each_file_is_old_or_new_and_the_next_run_goes_on(
    pair: Pair, trees: dict[str, dict[str, bytes]]
) -> None:
    pair.outcome()
    before = pair.files()
    pair.host.files = dict(trees["later"])
    pair.sync()
    after = pair.files()
    news = [path for path in before if before[path] != after.get(path)]
    states = set()
    for step in count(1):
        shutil.rmtree(pair.catalog / "upstream")
        write_catalog(pair.catalog, {f"upstream/theirs/{path}": before[path] for path in before})
        pair.configure()
        code = killed_sync(pair, step)
        between = pair.files()
        assert all(data in {before[path], after.get(path)} for path, data in between.items())
        assert before.keys() - between.keys() <= before.keys() - after.keys()
        states.add(frozenset(between.items()))
        if code != KILLED:
            break
        pair.sync()
        assert pair.files() == after
        assert not [*pair.catalog.glob(".*.tmp")]
    assert (code, between) == (0, after)
    # Each rename and removal was seen done and not done: source.json, too, is among the news.
    assert len(states) == len(news) + 1
    assert check(pair.catalog).problems == ()
