"""The command itself: what it prints, writes and leaves, also when it is killed or run twice."""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.pipeline.check import check
from catalogctl.report.resolve_report import failures
from catalogctl.resolve.image_outcomes import OutcomeState
from support import commands
from support.broken import SILENCE, bomb, busy
from support.faults import need_strace, strace_killing
from support.loopback import Asked, Reply, Server
from support.registries import Images, error
from support.resolving import LATER, LOCAL, FakeClock, at, catalog, lock, locks, run, tags
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CATALOGCTL = Path(sys.executable).with_name("catalogctl")
TAGS = {"1.0": "one", "1.1": "two", "latest": "two"}


@pytest.fixture
def images() -> Images:
    return Images({f"acme/plugin-{letter}": dict(TAGS) for letter in "abc"})


@pytest.fixture
def server(images: Images) -> Iterator[Server]:
    with Server(images) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, server: Server) -> Path:
    plugins = at(server.host, "plugin-a", "plugin-b", "plugin-c")
    return catalog(tmp_path / "catalog", {server.host: LOCAL}, plugins)


def command(folder: Path, *options: str) -> list[str]:
    return [str(CATALOGCTL), "resolve", "--catalog", str(folder), *options]


def resolve(folder: Path, *options: str) -> commands.Done:
    environ = commands.environment(SOURCE_DATE_EPOCH="1767225600")
    return commands.run("resolve", "--catalog", folder, *options, env=environ)


def test_what_changed_goes_to_stdout_and_the_rest_to_stderr(folder: Path, images: Images) -> None:
    done = resolve(folder)
    assert done.code == 0
    assert done.out.count("new lock: 2 versions, latest 1.1") == 3
    assert done.err.startswith("locks: 3 changed; 12 requests in ")
    images.images["acme/plugin-b"]["1.2"] = "three"
    images.images["acme/plugin-b"]["1.1"] = "moved"
    done = resolve(folder, "--quiet")
    lines = done.out.splitlines()
    assert [line.split(" from ")[0] for line in lines[1:]] == [
        "  ! 1.1 moved",
        lines[2],
    ]
    assert lines[2].startswith("  + 1.2  sha256:")
    assert done.err == ""


def test_check_writes_nothing_and_says_whether_something_would_change(
    folder: Path, images: Images
) -> None:
    done = resolve(folder, "--check")
    assert (done.code, (folder / "versions").exists()) == (1, False)
    assert resolve(folder).code == 0
    before = locks(folder)
    assert resolve(folder, "--check").code == 0
    images.images["acme/plugin-a"]["1.2"] = "three"
    assert resolve(folder, "--check").code == 1
    images.fault = lambda asked: Reply(403) if "plugin-b" in asked.path else None
    assert resolve(folder, "--check").code == 3
    assert locks(folder) == before


def test_only_the_named_plugins_are_asked_for(folder: Path, server: Server) -> None:
    assert resolve(folder, "plugin-b").code == 0
    assert sorted(locks(folder)) == ["plugin-b.json"]
    assert all("plugin-b" in asked.path for asked in server.log)
    done = resolve(folder, "plugin-x")
    assert done.code == 1
    assert "plugin-x" in done.err


def test_an_invalid_catalog_asks_nothing(folder: Path, server: Server) -> None:
    (folder / "plugins" / "plugin-b.yaml").write_text("name: B\n", encoding="utf-8")
    done = resolve(folder)
    assert (done.code, server.log) == (1, [])
    assert "plugin-b.yaml:1" in done.err


REPORTS = {"report.json": "json", "report.md": "markdown", "report.txt": "text"}


@pytest.mark.parametrize(("name", "format_"), REPORTS.items(), ids=REPORTS)
def test_a_report_is_written_beside(folder: Path, images: Images, name: str, format_: str) -> None:
    """R-05, R-06: what a registry says can be no link, mention, command or control."""
    resolve(folder)
    images.images["acme/plugin-a"]["1.1"] = "moved"
    hostile = "see [x](https://evil.example.org) @all `<img>`|\x1b[31m\n::error::"
    reply = error(403, "DENIED", hostile)
    images.fault = lambda asked: reply if "plugin-b" in asked.path else None
    path = folder.parent / name
    done = resolve(folder, "--report", str(path), "--format", format_)
    text = path.read_text(encoding="utf-8")
    assert done.code == 3
    assert all(line.isprintable() and not line.startswith("::") for line in text.splitlines())
    if format_ == "json":
        value = json.loads(text)
        assert (value["exit_code"], value["counts"]["kept"]) == (3, 1)
        (moved,) = value["plugins"][0]["moved"]
        assert moved["to"] == lock(folder, "plugin-a")["versions"][0]["digest"]
        assert json.loads(done.out)["plugins"] == value["plugins"]
    elif format_ == "markdown":
        assert "### Moved tags" in text
        outside = "".join(text.split("`")[::2])
        assert "evil" not in outside
        assert "@" not in outside
    else:
        assert "! 1.1 moved from" in text
        assert "plugin-b: " in text


def test_a_damaged_lock_is_healed_and_one_without_a_plugin_goes(folder: Path) -> None:
    """Q-23."""
    resolve(folder)
    whole = locks(folder)
    (folder / "versions" / "plugin-a.json").write_text("{", encoding="utf-8")
    wrong = lock(folder, "plugin-b") | {"plugin_id": "plugin-c"}
    text = json.dumps(wrong, indent=2, sort_keys=True) + "\n"
    (folder / "versions" / "plugin-b.json").write_text(text, encoding="utf-8")
    (folder / "versions" / "plugin-old.json").write_text("[]", encoding="utf-8")
    codes = {problem.code for problem in check(folder).problems}
    assert codes == {"lock-broken", "lock-plugin-id"}
    done = resolve(folder)
    assert done.code == 0
    assert "plugin-old: its lock is removed" in done.out
    assert {n: data for n, (data, _) in locks(folder).items()} == {
        n: data for n, (data, _) in whole.items()
    }
    assert check(folder).problems == ()


# (what is changed in the text of a lock)
DAMAGED = {
    "compact": lambda text: json.dumps(json.loads(text)),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "a key twice": lambda text: text.replace('  "latest":', '  "latest": "0.9",\n  "latest":', 1),
    "an unknown member": lambda text: text.replace("{", '{\n  "else": 1,', 1),
    "a hidden character": lambda text: text.replace("acme", "ac\u202eme"),
    "cut": lambda text: text[:100],
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_lock_in_other_bytes_is_refused_and_resolve_heals_it(
    folder: Path, damage: Callable[[str], str]
) -> None:
    """Q-23: also where it says the same."""
    assert resolve(folder).code == 0
    file = folder / "versions" / "plugin-a.json"
    good = file.read_text(encoding="utf-8")
    file.write_bytes(damage(good).encode())
    [problem] = check(folder).problems
    assert (problem.code, "catalogctl resolve" in problem.hint) == ("lock-broken", True)
    assert resolve(folder).code == 0
    assert file.read_text(encoding="utf-8") == good
    assert check(folder).problems == ()


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}||||||| base\n{{\n=======\n{theirs}>>>>>>> other\n"


def without(text: str, tag: str) -> str:
    """Return a lock that does not know a version, and is otherwise the same."""
    value = json.loads(text)
    value["versions"] = [each for each in value["versions"] if each["tag"] != tag]
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def with_twice(text: str, **changed: str) -> str:
    """Return a lock that has its oldest version a second time, changed so."""
    value = json.loads(text)
    value["versions"].append(value["versions"][-1] | changed)
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


# (what is done to the text of a lock by hand, whether everything in it can still be read)
MENDED: dict[str, tuple[Callable[[str], str], bool]] = {
    "another count": (lambda text: text.replace('"total_count": 3', '"total_count": 4'), True),
    "a note": (lambda text: text.replace("{", '{"note": [1],', 1), True),
    "a note on a version": (lambda text: text.replace('"digest"', '"note": 1, "digest"'), True),
    "a latest that is none": (lambda text: text.replace('"latest": "1.2"', '"latest": "9"'), True),
    "no layout": (lambda text: json.dumps(json.loads(text)), True),
    "another plugin": (lambda text: text.replace('"plugin-a"', '"plugin-b"'), True),
    "a conflict about the count": (
        lambda text: text.replace(
            '  "total_count": 3,\n',
            conflict('  "total_count": 3,\n', '  "total_count": 4,\n'),
        ),
        True,
    ),
    "sides that know different tags": (
        lambda text: conflict(without(text, "1.0"), without(text, "1.2")), True,
    ),
    "a tag that the second side knows": (lambda text: conflict(without(text, "1.1"), text), True),
    "a conflict whose first side is no lock": (lambda text: conflict("{\n", text), False),
    "a time": (lambda text: text.replace("2025-12-31T", "yesterday T"), False),
    "no list of the removed": (lambda text: text.replace('"removed": []', '"removed": 1'), False),
    "other tags under another name": (lambda text: text.replace("other_tags", "other"), False),
    "another tag that can be none": (
        lambda text: text.replace('"latest": "sha', '"la test": "sha'), False,
    ),
    "another tag twice": (
        lambda text: text.replace('"other_tags": {', '"other_tags": {"latest": null,'), False,
    ),
    "another tag that is a version": (
        lambda text: text.replace('"other_tags": {', '"other_tags": {"1.0": null,'), False,
    ),
    "a version without a digest": (lambda text: text.replace('"digest"', '"sum"', 1), False),
    "a size": (lambda text: text.replace('"pre', '"size": -1, "pre', 1), False),
    "platforms": (lambda text: text.replace('"pre', '"platforms": ["a b"], "pre', 1), False),
    "a digest twice": (lambda text: text.replace('"digest"', '"digest": null, "digest"'), False),
    "a version twice": (with_twice, True),
    "a version twice, with two digests": (
        lambda text: with_twice(text, digest=f"sha256:{64 * '0'}"), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "is_whole"), MENDED.values(), ids=MENDED)
def test_what_a_lock_knew_survives_an_edit_by_hand(
    folder: Path, images: Images, damage: Callable[[str], str], *, is_whole: bool
) -> None:
    """R-23: and a tag that moved meanwhile is still found."""
    run(folder, "plugin-a", now="2025-12-31T00:00:00.000Z")
    images.images["acme/plugin-a"] |= {"1.1": "moved", "1.2": "three"}
    run(folder, "plugin-a")
    file = folder / "versions" / "plugin-a.json"
    good = file.read_text(encoding="utf-8")
    assert len(json.loads(good)["history"]) == 1
    file.write_text(damage(good), encoding="utf-8")
    assert {problem.code for problem in check(folder).problems} & {"lock-broken", "lock-plugin-id"}
    images.images["acme/plugin-a"]["1.2"] = "moved, too"
    frozen = run(folder, "plugin-a", now=LATER, frozen=True)
    assert (frozen.exit_code, frozen.outcomes[0].state) == (1, OutcomeState.FROZEN)
    assert file.read_text(encoding="utf-8") == damage(good)
    images.images["acme/plugin-a"]["1.2"] = "three"
    (resolved,) = run(folder, "plugin-a", now=LATER).outcomes
    assert resolved.notes[0].startswith("its lock was not byte" if is_whole else "its lock is dam")
    assert len(lock(folder, "plugin-a")["history"]) == 1
    assert not resolved.changes.is_reordered
    if is_whole:
        assert file.read_text(encoding="utf-8") == good


@pytest.mark.parametrize("text", ["", "{", "[]", '{"source": 1}', "[" * 100_000])
def test_a_lock_of_which_nothing_can_be_read_is_told_and_kept_if_tags_are_frozen(
    folder: Path, text: str
) -> None:
    file = folder / "versions" / "plugin-a.json"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    report = run(folder, "plugin-a", frozen=True)
    assert (report.exit_code, file.read_text(encoding="utf-8")) == (1, text)
    told = "its lock is damaged, and not all that it knew of the tags can be read"
    kept = f"{told}: bring it back from git; its lock is unchanged (--frozen-tags)"
    assert failures(report) == [f"plugin-a: {report.outcomes[0].host}: {kept}"]
    (resolved,) = run(folder, "plugin-a").outcomes
    assert resolved.notes == (f"{told}: to keep that, bring it back from git, and resolve again",)
    assert check(folder).problems == ()


def test_a_stale_lock_is_made_anew(folder: Path, server: Server, images: Images) -> None:
    resolve(folder)
    images.images["acme/plugin-new"] = {"2.0": "another"}
    plugin = folder / "plugins" / "plugin-a.yaml"
    text = plugin.read_text(encoding="utf-8")
    plugin.write_text(
        text.replace("acme/plugin-a", "acme/plugin-new") + "plugin_id: plugin-a\n", encoding="utf-8"
    )
    assert [problem.code for problem in check(folder).problems] == ["lock-stale"]
    assert resolve(folder).code == 0
    assert check(folder).problems == ()
    value = lock(folder, "plugin-a")
    assert (value["latest"], value["removed"], value["history"]) == ("2.0", [], [])
    assert value["source"]["registry_url"] == server.host


def test_a_pattern_decides_which_tags_are_versions(folder: Path, images: Images) -> None:
    images.images["acme/plugin-a"] = {"3.9-ubi8": "a", "3.10-ubi8": "b", "latest": "b"}
    done = resolve(folder, "plugin-a")
    assert done.code == 0
    assert "no tag is a version; 2 tags look like variants -ubi8" in done.err
    assert tags(folder, "plugin-a") == []
    with (folder / "plugins" / "plugin-a.yaml").open("a", encoding="utf-8") as file:
        file.write('versions: {pattern: "(?P<version>[0-9.]+)-ubi8"}\n')
    assert resolve(folder, "plugin-a").code == 0
    assert tags(folder, "plugin-a") == ["3.10-ubi8", "3.9-ubi8"]
    assert list(lock(folder, "plugin-a")["other_tags"]) == ["latest"]


def note(done: commands.Done) -> list[str]:
    """Return the notes on a plugin, without its name."""
    lines = [line.removeprefix("catalogctl: plugin-a: ") for line in done.err.splitlines()]
    return [line for line in lines if not line.startswith("locks: ")]


# (tags, the pattern of the plugin's file, what is told of tags that are left out)
LEFT_OUT = {
    "a word of its own": ("1.0.0 2.0.0.Final", "", "2.0.0.Final looks like a version and is"),
    "two endings": (
        "1.0.0 2.0.0.GA 2.1.0-ga 3-alpine",
        "",
        "2.0.0.GA, 2.1.0-ga look like versions and are",
    ),
    "a word in front": ("1.0.0 release-1.1.0", "", "release-1.1.0 looks like a version and is"),
    "letters in front": ("1.0.0 r2.0.0", "", "r2.0.0 looks like a version and is"),
    "variants of what is left out": (
        "1.0.0 2.0.0.Final 2.0.0.Final-amd64 2.0.0.Final-arm64", "",
        "2.0.0.Final looks like a version and is",
    ),
    "another image than the pattern takes": (
        "1.0-ubi8 1.0 2.0-ubi9",
        "(?P<version>[0-9.]+)-ubi8",
        "2.0-ubi9 looks like a version and is",
    ),
    "a release of which the candidate counts": (
        "2.0-rc1 2.0-rc1-alpine 2.0.Final", "", "2.0.Final looks like a version and is",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("listed", "pattern", "expected"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_tags_that_look_like_versions_are_named_once_with_the_pattern_that_takes_them(
    folder: Path, images: Images, listed: str, pattern: str, expected: str
) -> None:
    file = folder / "plugins" / "plugin-a.yaml"
    start = file.read_text(encoding="utf-8")
    if pattern:
        file.write_text(f"{start}versions: {{pattern: '{pattern}'}}\n", encoding="utf-8")
    images.images["acme/plugin-a"] = dict.fromkeys([*listed.split(), "latest", "1"], "one")
    before, told = set(), note(resolve(folder, "plugin-a"))
    before.update(tags(folder, "plugin-a"))
    assert len(told) == 1
    assert told[0].startswith(f"{expected} left out: to take ")
    assert note(resolve(folder, "plugin-a")) == []
    proposed = re.search(r"versions: \{pattern: '.*'\}", told[0])
    assert proposed is not None
    file.write_text(f"{start}{proposed[0]}\n", encoding="utf-8")
    assert resolve(folder, "plugin-a").code == 0
    named = re.split(r",? ", expected.partition(" look")[0])
    assert set(tags(folder, "plugin-a")) >= {*before, *named}
    assert lock(folder, "plugin-a")["latest"] in {*before, *named}


def test_a_pattern_that_takes_none_of_the_variants_is_not_proposed(
    folder: Path, images: Images
) -> None:
    images.images["acme/plugin-a"] = dict.fromkeys(["7-alpine", "8-alpine", "latest"], "one")
    told = "no tag is a version; 2 tags look like variants -alpine: write versions: {pattern: …}"
    assert note(resolve(folder, "plugin-a")) == [f"{told} in the plugin's file"]


def test_where_each_tag_has_a_word_in_front_the_pattern_is_told(
    folder: Path, images: Images
) -> None:
    images.images["acme/plugin-a"] = dict.fromkeys(["r1.0", "release2.0", "latest"], "one")
    pattern = r"(?:r|release)(?P<version>[0-9]+(?:\.[0-9]+)+)"
    told = f"no tag is a version: write versions: {{pattern: '{pattern}'}} in the plugin's file"
    assert run(folder, "plugin-a").outcomes[0].notes == (told,)


def test_variants_builds_and_moving_tags_are_not_named(folder: Path, images: Images) -> None:
    listed = "1.0.0 v1.0.0 1.0.0-alpine 1.0.0-alpine3.19 v1.0.0-4-g1a2b3c4 1.1.0-2-g1a2b3c4 1.0.x"
    others = "latest sha256-0123456789abcdef.sig 20240101 1a2b3c4 pr-12 3-alpine 1.0 1.0-debug"
    images.images["acme/plugin-a"] = dict.fromkeys(f"{listed} {others}".split(), "one")
    assert note(resolve(folder, "plugin-a")) == []


def test_a_tag_without_a_manifest_is_never_the_latest(folder: Path, images: Images) -> None:
    images.fault = lambda asked: (
        error(404, "MANIFEST_UNKNOWN", "unknown") if asked.path.endswith("/2.0") else None
    )
    images.images["acme/plugin-a"]["2.0"] = "three"
    expected = ["1 listed tag has no manifest, 2.0: 1.1 stays the latest"]
    for options in ((), ("--recheck", "0"), ("--verify",)):
        assert note(resolve(folder, "plugin-a", *options)) == expected
        value = lock(folder, "plugin-a")
        assert (value["latest"], value["versions"][0]["tag"]) == ("1.1", "2.0")
    assert check(folder).problems == ()
    images.fault = lambda _: None
    assert note(resolve(folder, "plugin-a")) == []
    assert lock(folder, "plugin-a")["latest"] == "2.0"
    images.fault = lambda asked: Reply(404) if asked.path.endswith("/2.0") else None
    assert note(resolve(folder, "plugin-a", "--recheck", "0")) == []
    assert note(resolve(folder, "plugin-a")) == expected
    assert lock(folder, "plugin-a")["latest"] == "1.1"


def test_where_only_other_tags_have_a_manifest_no_version_is_the_latest(
    folder: Path, images: Images
) -> None:
    images.images["acme/plugin-a"] = {"1.0": "one", "latest": "one"}
    images.fault = lambda asked: Reply(404) if asked.path.endswith("/1.0") else None
    expected = ["1 listed tag has no manifest, 1.0: there is no latest version"]
    assert note(resolve(folder, "plugin-a")) == expected
    assert lock(folder, "plugin-a")["latest"] is None
    assert check(folder).problems == ()


def test_without_a_manifest_of_any_newest_version_the_one_before_stays_the_latest(
    folder: Path, images: Images, server: Server
) -> None:
    """Decision 161: those whose digest is known are looked up, too, until one has a manifest."""
    known = {f"1.{minor}": "x" for minor in range(4)}
    images.images["acme/plugin-a"] = dict(known)
    assert note(resolve(folder, "plugin-a")) == []
    images.images["acme/plugin-a"] |= {f"2.{minor}": "y" for minor in range(5)}
    without: list[str] = ["/2."]
    images.fault = lambda asked: (
        error(404, "MANIFEST_UNKNOWN", "unknown")
        if "/manifests/" in asked.path and any(part in asked.path for part in without)
        else None
    )
    five = "5 listed tags have no manifest, such as 2.4, 2.3, 2.2 and 2 more: 1.3 stays the latest"
    six = "6 listed tags have no manifest, such as 2.4, 2.3, 2.2 and 3 more: 1.2 stays the latest"
    for _ in range(2):
        before = len(server.log)
        assert note(resolve(folder, "plugin-a")) == [five]
        assert lock(folder, "plugin-a")["latest"] == "1.3"
        asked = [each.path.rpartition("/")[2] for each in server.log[before:]]
        assert sorted(asked) == ["1.3", *(f"2.{minor}" for minor in range(5)), "list"]
    without.append("/1.3")
    assert note(resolve(folder, "plugin-a")) == [six]
    kept = locks(folder)
    without.append("/1.")
    done = resolve(folder, "plugin-a")
    assert (done.code, locks(folder)) == (3, kept)
    assert "it lists tags, but has the manifest of none that was asked for" in done.err


def keeping(*parts: str, status: int = 404) -> Callable[[Asked], Reply | None]:
    """Give out no tag that contains one of these."""

    def fault(asked: Asked) -> Reply | None:
        tag = asked.path.partition("/manifests/")[2]
        is_meant = bool(tag) and any(part in tag for part in parts)
        return error(status, "UNKNOWN", "no") if is_meant else None

    return fault


# (tags, those without a manifest, the latest version then)
NO_MANIFEST = {
    "all but those that are no versions": ([*(f"1.{minor}" for minor in range(8))], ["1."], None),
    "the newest of pre-releases": (["1.0-rc1", "1.0-rc2"], ["rc2"], "1.0-rc1"),
    "the only release": (["1.0-rc1", "1.0"], ["1.0"], None),
    "a release below a pre-release": (["1.0", "1.1", "2.0-rc1"], ["1.1"], "1.0"),
    "releases, but not the pre-release": (["1.0", "0.9", "2.0-rc1"], ["1.0", "0.9"], "2.0-rc1"),
}


@pytest.mark.parametrize(("listed", "missing", "latest"), NO_MANIFEST.values(), ids=NO_MANIFEST)
def test_the_latest_version_has_a_manifest_whichever_digests_are_looked_up(
    folder: Path, images: Images, listed: list[str], missing: list[str], latest: str | None
) -> None:
    """Decision 161: nor does it go back and forth between runs."""
    images.images["acme/plugin-a"] = dict.fromkeys([*listed, "latest"], "one")
    run(folder, "plugin-a")
    images.fault = keeping(*missing)
    every: list[dict[str, Any]] = [{}, {"recheck": 0}, {"verify": True}, {}, {"recheck": 0}]
    for options in every:
        assert run(folder, "plugin-a", **options).exit_code == 0
        assert lock(folder, "plugin-a")["latest"] == latest


def test_where_too_many_have_no_manifest_the_next_run_finds_the_latest(
    folder: Path, images: Images, server: Server
) -> None:
    """Decision 161: a registry with a fault is asked for few; a version in doubt is no latest."""
    listed = ["1.0", *(f"2.{minor}" for minor in range(40))]
    images.images["acme/plugin-a"] = dict.fromkeys([*listed, "latest"], "one")
    run(folder, "plugin-a")
    images.fault = keeping("2.")
    before = len(server.log)
    run(folder, "plugin-a")
    assert lock(folder, "plugin-a")["latest"] is None
    assert len(server.log) - before == 1 + 1 + 5 + 20
    for recheck in (5, 0):
        run(folder, "plugin-a", recheck=recheck)
        assert lock(folder, "plugin-a")["latest"] == "1.0"


@pytest.mark.parametrize("status", [400, 403, 410, 412, 451])
def test_a_tag_that_is_refused_stops_no_other(folder: Path, images: Images, status: int) -> None:
    """Decision 522: it is never the latest, and its digest is what was known."""
    run(folder, "plugin-a")
    images.images["acme/plugin-a"]["1.2"] = "three"
    images.fault = keeping("1.2", status=status)
    (resolved,) = run(folder, "plugin-a").outcomes
    assert resolved.notes == (f"1 listed tag is refused, 1.2 ({status}): 1.1 stays the latest",)
    value = lock(folder, "plugin-a")
    assert (value["latest"], value["versions"][0]["digest"]) == ("1.1", None)
    images.fault = keeping("1.0", "latest", status=status)
    (resolved,) = run(folder, "plugin-a").outcomes
    assert resolved.notes == (f"2 listed tags are refused, such as 1.0, latest ({status})",)
    value = lock(folder, "plugin-a")
    assert (value["latest"], all(each["digest"] for each in value["versions"])) == ("1.2", True)


def test_of_tags_that_are_all_refused_few_are_asked_for(
    folder: Path, images: Images, server: Server
) -> None:
    images.images["acme/plugin-a"] = {f"1.{minor}": "x" for minor in range(99)}
    images.fault = keeping("1.", status=403)
    report = run(folder, "plugin-a")
    assert "answered 403 when asked for 1." in report.outcomes[0].cause
    assert (report.exit_code, len(server.log) < 30) == (3, True)


def test_a_deadline_after_a_missing_manifest_leaves_the_rest_to_the_next_run(
    folder: Path, images: Images
) -> None:
    """R-22: what was not reached may have a manifest."""
    clock = FakeClock()

    def slow(asked: Asked) -> Reply | None:
        if "/manifests/" not in asked.path:
            return None
        clock.sleep(60)
        return error(404, "MANIFEST_UNKNOWN", "unknown")

    images.images = {"acme/plugin-a": {"1.0": "x", "1.1": "x", "1.2": "x"}}
    images.fault = slow
    report = run(folder, "plugin-a", deadline=100, clock=clock)
    (resolved,) = report.outcomes
    assert (report.exit_code, resolved.state) == (3, OutcomeState.CHANGED)
    assert 0 < resolved.unreached < 3


def test_a_new_version_that_is_not_the_newest_is_told(folder: Path, images: Images) -> None:
    images.images["acme/plugin-a"] = {"1.81": "a", "1.82": "b"}
    assert note(resolve(folder, "plugin-a")) == []
    images.images["acme/plugin-a"]["1.9"] = "c"
    expected = ["1.9 is new, but older than 1.82; the latest version is 1.82"]
    assert note(resolve(folder, "plugin-a")) == expected
    assert note(resolve(folder, "plugin-a")) == []
    images.images["acme/plugin-a"] |= {"1.90": "d", "1.91": "e"}
    assert note(resolve(folder, "plugin-a")) == []
    images.images["acme/plugin-a"] |= {"1.92": "f", "1.7": "g", "1.8": "h"}
    expected = ["1.8, 1.7 are new, but older than 1.91; the latest version is 1.92"]
    assert note(resolve(folder, "plugin-a")) == expected
    images.images["acme/plugin-a"] |= {"1.6": "i", "latest": "i"}
    images.fault = keeping("1.")
    told = note(resolve(folder, "plugin-a", "--verify"))
    assert told[1] == "1.6 is new, but older than 1.92; there is no latest version"


def test_killed_in_the_middle_a_run_leaves_whole_locks_and_the_next_one_finishes(
    folder: Path, images: Images
) -> None:
    """Q-20, Q-24: k locks are new, the others as before, and no half is left beside them."""
    resolve(folder)
    old = {n: data for n, (data, _) in locks(folder).items()}
    for content in images.images.values():
        content["1.2"] = "new"
    reached = threading.Event()

    def stuck(asked: Asked) -> Reply | None:
        if "plugin-c" not in asked.path:
            return None
        reached.set()
        return SILENCE

    images.fault = stuck
    with subprocess.Popen(command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert reached.wait(60)
        wait_until(lambda: {tags(folder, f"plugin-{letter}")[0] for letter in "ab"} == {"1.2"})
        run.kill()
    (folder / "versions" / ".plugin-a.json.0123456789abcdef.tmp").write_bytes(b"{")
    assert check(folder).problems == ()
    assert (folder / "versions" / "plugin-c.json").read_bytes() == old["plugin-c.json"]
    images.fault = lambda _: None
    assert resolve(folder).code == 0
    assert [tags(folder, f"plugin-{letter}")[0] for letter in "abc"] == ["1.2"] * 3
    assert sorted(path.name for path in (folder / "versions").iterdir()) == sorted(old)
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.yaml", "plugins", "versions"]


def test_two_runs_at_once_take_turns(folder: Path, images: Images) -> None:
    """Q-22: both end well; one that may not wait names the other's process."""
    reached, go_on = threading.Event(), threading.Event()

    def held(_: Asked) -> None:
        reached.set()
        go_on.wait(60)

    images.fault = held
    with subprocess.Popen(command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        assert reached.wait(60)
        done = resolve(folder, "--wait", "0")
        assert done.code == 3
        assert f"versions is being resolved by process {first.pid}" in done.err
        with subprocess.Popen(
            command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as second:
            go_on.set()
            assert (first.wait(60), second.wait(60)) == (0, 0)
    assert tags(folder, "plugin-a") == ["1.1", "1.0"]
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.yaml", "plugins", "versions"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_ends_at_once(
    folder: Path, images: Images, sent: signal.Signals, code: int
) -> None:
    """Q-09: though a registry keeps it waiting."""
    reached = threading.Event()

    def stuck(_: Asked) -> Reply:
        reached.set()
        return SILENCE

    images.fault = stuck
    with subprocess.Popen(command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert reached.wait(60)
        began = time.monotonic()
        run.send_signal(sent)
        _, err = run.communicate(timeout=30)
        assert time.monotonic() - began < 10
    assert run.returncode == code
    assert b"Traceback" not in err
    assert not (folder / "versions").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.yaml", "plugins"]


def test_a_deadline_leaves_the_rest_to_the_next_run(folder: Path, images: Images) -> None:
    """R-22: digests for which there was no time are null, and looked up by the next run."""
    clock = FakeClock()

    def slow(asked: Asked) -> None:
        if "/manifests/" in asked.path:
            clock.sleep(20)

    images.images = {"acme/plugin-a": {f"1.{number}": "x" for number in range(40)}}
    images.fault = slow
    report = run(folder, "plugin-a", deadline=100, clock=clock)
    assert report.exit_code == 3
    unknown = sum(each["digest"] is None for each in lock(folder, "plugin-a")["versions"])
    assert 0 < unknown < 40
    assert report.outcomes[0].unreached == unknown
    images.fault = lambda _: None
    report = run(folder, "plugin-a", now=LATER)
    assert (report.exit_code, report.outcomes[0].changes.digests) == (0, unknown)
    assert all(each["digest"] for each in lock(folder, "plugin-a")["versions"])


def test_a_registry_that_warns_is_quoted_once(folder: Path, images: Images) -> None:
    def warn(asked: Asked) -> Reply:
        images.fault = lambda _: None
        reply = images(asked)
        images.fault = warn
        return Reply(
            reply.status, reply.body, {**reply.headers, "Warning": '299 - "read only on Sunday"'}
        )

    images.fault = warn
    done = resolve(folder)
    assert done.code == 0
    assert done.err.count("says: read only on Sunday") == 1


def test_a_full_disk_is_told_and_no_half_is_left(
    folder: Path, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-21: the lock that can't be written stays, and the others are written."""
    run(folder)
    before = locks(folder)
    for content in images.images.values():
        content["1.2"] = "new"
    real = os.write

    def full(handle: int, data: bytes) -> int:
        if b'"plugin_id": "plugin-b"' in bytes(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, data)

    monkeypatch.setattr("os.write", full)
    report = run(folder, now=LATER)
    monkeypatch.undo()
    (kept,) = report.of(OutcomeState.KEPT)
    assert (report.exit_code, kept.plugin_id) == (3, "plugin-b")
    assert "no space left on device" in kept.cause
    assert locks(folder)["plugin-b.json"] == before["plugin-b.json"]
    assert tags(folder, "plugin-c")[0] == "1.2"
    assert sorted(locks(folder)) == sorted(before)


def test_killed_at_each_step_of_writing_every_lock_is_whole(folder: Path, images: Images) -> None:
    """Q-20, Q-24: at the n-th flush to the disk, rename and unlink of a run."""
    need_strace()
    calls = "rename,renameat,renameat2,unlink,unlinkat,fsync,mkdir,mkdirat"
    images.images = {name: {"1.0": "one"} for name in images.images}
    run(folder)
    for step in itertools.count(1):
        for content in images.images.values():
            content[f"1.{step}"] = "new"
        before = {name: data for name, (data, _) in locks(folder).items()}
        told = subprocess.run(
            [*strace_killing(calls, step), *command(folder)], capture_output=True, check=False
        )
        assert check(folder).problems == ()
        for letter in "abc":
            data = (folder / "versions" / f"plugin-{letter}.json").read_bytes()
            is_new = tags(folder, f"plugin-{letter}")[0] == f"1.{step}"
            assert is_new or data == before[f"plugin-{letter}.json"]
        if told.returncode == 0:
            break
        assert told.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}
        assert run(folder).exit_code == 0
    assert step > 2 * 3
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.yaml", "plugins", "versions"]


def test_hostile_answers_take_little_memory(folder: Path, images: Images) -> None:
    """R-22: less than 400 MB, though each of many answers unpacks to 64 MiB."""
    images.fault = lambda _: bomb()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    code, kilobytes = map(int, done.stdout.split())
    assert done.stderr.count("more than 16 MiB") == 3
    assert code == 3
    assert kilobytes < 400 * 1024


_MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A process of its own to start the command: the kernel counts the starter's memory, too, and a
process that has run a thousand tests is large."""


def test_a_terminal_shows_plugins_requests_and_who_is_waited_for(
    folder: Path, images: Images, server: Server
) -> None:
    left = [busy("3")]
    images.fault = lambda _: left.pop() if left else None
    shown = b""
    environ = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "160"}
    terminal, end = pty.openpty()
    with subprocess.Popen(command(folder), stdin=end, stdout=end, stderr=end, env=environ) as it:
        os.close(end)
        with contextlib.suppress(OSError):  # a terminal whose other end is gone says EIO
            while data := os.read(terminal, 4096):
                shown += data
    os.close(terminal)
    assert it.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert re.search(rf"resolving .* 0/3 .* requests?, waiting for {server.host}", text)
    assert "locks: 3 changed; 13 requests" in text
