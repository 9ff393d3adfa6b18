"""A lock is taken in the bytes that `resolve` writes, and is refused at the first thing wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.lock import LockFlaw, decode, encode
from catalogctl.times import parse_time
from catalogctl.validate.lock_rules import check_lock
from catalogctl.validate.message_schemas import violations
from support.catalogs import plugin, write_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

CATALOGCTL = Path(sys.executable).with_name("catalogctl")
MIB = 2**20
REQUEST: Any = {
    "plugin_id": "plugin-x",
    "registry_type": "DOCKER_HUB",
    "registry_url": "registry.hub.docker.com",
    "image": "acme/plugin-x",
    "name": "X",
}
DIGEST = "sha256:" + "0123456789abcdef" * 4
TIME = "2026-03-01T00:00:00.000Z"


def version(tag: str) -> dict[str, Any]:
    return {
        "digest": DIGEST,
        "first_seen": TIME,
        "media_type": "application/vnd.oci.image.index.v1+json",
        "platforms": ["linux/amd64", "linux/arm64/v8"],
        "prerelease": False,
        "pushed_at": "2026-02-27T10:11:12.678901Z",
        "size": 31_000_004,
        "tag": tag,
    }


def sound() -> dict[str, Any]:
    return {
        "history": [{"at": TIME, "from": DIGEST, "tag": "1.5.1", "to": None}],
        "latest": "1.5.2",
        "lock_version": 1,
        "other_tags": {"latest": DIGEST},
        "plugin_id": "plugin-x",
        "removed": [{"digest": DIGEST, "last_seen": TIME, "tag": "1.0"}],
        "resolved_via": "hub",
        "source": {name: REQUEST[name] for name in ("image", "registry_type", "registry_url")},
        "total_count": 2,
        "versions": [version("1.5.2"), version("1.5.1")],
    }


def written(lock: Any) -> bytes:
    """Return a value as `resolve` lays out a lock."""
    return (json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def found(data: bytes) -> list[str]:
    """Return the messages of what is wrong with a lock."""
    _, problems = check_lock("x.json", "plugin-x", data, REQUEST)
    return [problem.message for problem in problems]


UNKNOWN = dict.fromkeys(version(""), None) | {"tag": "1.5.2", "prerelease": False}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="all known"),
        pytest.param({"versions": [UNKNOWN], "total_count": 1}, id="only the tag known"),
        pytest.param({"versions": [], "total_count": 0, "latest": None}, id="no version"),
        pytest.param({"latest": None}, id="no version with a manifest"),
        pytest.param({"other_tags": {}, "history": [], "removed": []}, id="nothing beside"),
        pytest.param({"resolved_via": "manual"}, id="by hand"),
    ],
)
def test_a_lock_as_resolve_writes_it_is_taken(change: dict[str, Any]) -> None:
    data = written(sound() | change)
    assert found(data) == []
    lock = decode(data)
    assert not isinstance(lock, LockFlaw)
    assert encode(lock) == data


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-01", "2024-02-29T10:00", "2026-12-31T23:59:59", "2026-11-30T00:00:00.123456789Z",
        "2026-01-01T23:30:00-05:00", "2026-01-01T23:30:00+0530",
    ],
)  # fmt: skip
def test_a_time_may_be_written_in_each_form_that_is_read(time: str) -> None:
    lock = sound()
    lock["versions"][0]["pushed_at"] = time
    assert found(written(lock)) == []
    assert parse_time(time) is not None


def test_sizes_and_platforms_may_be_absent() -> None:
    lock = sound()
    for each in lock["versions"]:
        del each["size"], each["platforms"]
    assert found(written(lock)) == []


TEXT = written(sound()).decode()
HERE = "the lock is not byte for byte as resolve writes it, from here on"
# (what to replace, with what, what the line holds where it stands, what is said)
OTHERWISE = {
    "a key twice": (
        '      "digest": "sha',
        f'      "digest": "{DIGEST[:-1]}0",\n      "digest": "sha',
        f"{DIGEST[:-1]}0",
        HERE,
    ),
    "a key twice at the top": ('  "latest"', '  "latest": "1.0",\n  "latest"', '"1.0"', HERE),
    "keys in another order": (
        '  "latest": "1.5.2",\n  "lock_version": 1,',
        '  "lock_version": 1,\n  "latest": "1.5.2",',
        "lock_version",
        HERE,
    ),
    "another indent": ('  "latest"', '    "latest"', '    "latest"', HERE),
    "an other tag twice": (
        '    "latest": "sha', '    "latest": null,\n    "latest": "sha', '"latest": null', HERE,
    ),
    "other tags in another order": (
        '    "latest": "sha', '    "x": null,\n    "latest": "sha', '"x": null', HERE,
    ),
    "a carriage return": ('"1.5.2",\n', '"1.5.2",\r\n', '"1.5.2",\r', HERE),
    "no line feed at the end": ("]\n}\n", "]\n}", "}", HERE),
    "a second one": ("]\n}\n", "]\n}\n\n", "", HERE),
    "a number in another form": (
        '"total_count": 2', '"total_count": 2.0', "total_count", "total_count is not what it",
    ),
    "an unknown member": (
        '  "latest"', '  "lately": 1,\n  "latest"', "lately", '"lately" is not a member of a lock',
    ),
    "an unknown member of a version": (
        '"tag": "1.5.1"\n    }\n  ]',
        '"tag": "1.5.1",\n      "x~/": []\n    }\n  ]',
        '"x~/"',
        "is not a member of a lock",
    ),
    "a member that is missing": (
        '      "prerelease": false,\n', "", "{", "versions.0 has no prerelease",
    ),
    "a text where a number should be": (
        '31000004,\n      "tag": "1.5.1"', '"1",\n      "tag": "1.5.1"', '"size": "1"',
        "versions.1.size is not what it should be: expected int",
    ),
    "an escape": ('"1.5.1"', '"1.5\\u002e1"', "u002e", "has a character that none has"),
    "a bidi character": ("linux/arm", "linux/\u202earm", "\u202e", "a character that none has"),
    "a delete character": ("linux/arm", "linux/\x7farm", "\x7f", "a character that none has"),
    "a C1 character": ("12.678901Z", "12.678901\x85Z", "\x85", "a character that none has"),
    "a line feed in a text": ("12.678901Z", "12.678901\nZ", "12.678901", "is not JSON: invalid"),
    "an open bracket": ("  ]\n}\n", "", "", "is not JSON: input data was truncated"),
    "a tag that is none": (
        '"1.5.1",\n      "to"', '"1.5.1/x",\n      "to"', "1.5.1/x", "history.0.tag does not have",
    ),
    "a digest that is none": ('"to": null', '"to": "sha256:0"', "sha256:0", "history.0.to does"),
    "a time that is none": (TIME, "yesterday", "yesterday", "history.0.at does not have the form"),
    **{
        f"a time that is none, {time}": (TIME, time, time, "history.0.at does not have the form")
        for time in (
            "2026-99-99T99:99:99.000Z", "2026-02-30", "2026-04-31", "2026-13-01", "0000-01-01",
            "2026-01-01T24:00:00Z", "2016-12-31T23:59:60Z", "2026-01-01T", "2026-01-01ZZZ",
            "2026-01-01T10", "2026-01-01T10:00:00.Z", "2026-01-01T10:00:00+99:00",
        )
    },
    "another tag that is none": ('"latest": "sha', '"-x": "sha', '"-x"', "other_tags.-x does not"),
    "a platform that is none": (
        "linux/amd64", "a platform", "a platform", "versions.0.platforms.0 does not have",
    ),
    "a version among the other tags": (
        '    "latest": "sha', '    "1.5.1": "sha', '"1.5.1": "sha', "is one of the versions, too",
    ),
    "a version among the removed": (
        '"tag": "1.0"', '"tag": "1.5.1"', "1.5.1", "removed.0.tag is one of the versions, too",
    ),
    "a latest that is no version": (
        '"latest": "1.5.2"', '"latest": "9"', '"latest": "9"', "latest is 9, which is none of the",
    ),
    "a wrong count": (
        '"total_count": 2', '"total_count": 3', "total_count", "is 3, but there are 2 different",
    ),
    "a version twice": (
        '"tag": "1.5.1"\n    }\n  ]', '"tag": "1.5.2"\n    }\n  ]', "total_count", "there are 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "expected"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_resolve_does_not_write_is_refused_where_it_stands(
    old: str, new: str, line: str, expected: str
) -> None:
    """Q-23."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    _, [problem] = check_lock("x.json", "plugin-x", text.encode(), REQUEST)
    assert problem.code == "lock-broken"
    assert expected in problem.message
    assert line in text.split("\n")[problem.line - 1]
    assert "catalogctl resolve" in problem.hint


def test_a_compact_lock_is_refused_although_it_says_the_same() -> None:
    _, [problem] = check_lock("x.json", "plugin-x", json.dumps(sound()).encode(), REQUEST)
    assert (problem.line, problem.message) == (1, HERE)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_lock_with_a_byte_changed_is_refused_or_says_something_else(data: st.DataObject) -> None:
    """Two different files never say the same."""
    good = written(sound())
    at = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.binary(max_size=2))
    changed = good[:at] + byte + good[at + 1 :]
    if changed == good or found(changed):
        return
    lock = decode(changed)
    assert not isinstance(lock, LockFlaw)
    assert (encode(lock) == changed, lock != decode(good)) == (True, True)


DIGESTS = [DIGEST, f"{DIGEST}\n", DIGEST.upper(), f"sah256:{'0' * 64}", f"sha256:{'g' * 64}"]
TIMES = ["2026-01-01", "2026-01-01\n", "2026", f"2026-01-01{'x' * 26}"]
TEXTS = ["", "x", "\n", "1.5.2", "1.5.2\n", ".", "a" * 129, "a\nb", "9" * 256, "a/b", "\u202e"]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.0,
    2**60,
    [],
    {},
    [None],
    ["linux/amd64"],
    ["x" * 256],
    [UNKNOWN],
]
ODD: st.SearchStrategy[Any] = st.sampled_from([*VALUES, *TEXTS, *TIMES, *DIGESTS])
PATHS = [
    *[[name] for name in sound()],
    *[["other_tags", name] for name in ("latest", ".x", "x\n")],
    *[["source", name] for name in ("image", "registry_type", "registry_url", "else")],
    *[["versions", index, name] for index in (0, 1) for name in (*version(""), "else")],
    *[["history", 0, name] for name in ("at", "from", "to", "tag", "else")],
    *[["removed", 0, name] for name in ("digest", "last_seen", "tag", "else")],
    ["else"],
]


@given(st.lists(st.tuples(st.sampled_from(PATHS), ODD), min_size=1, max_size=2))
@settings(max_examples=400, deadline=None)
def test_a_lock_that_is_taken_keeps_its_schema(changes: list[tuple[list[Any], Any]]) -> None:
    lock = sound()
    for path, odd in changes:
        owner: Any = lock
        try:
            for step in path[:-1]:
                owner = owner[step]
            owner[path[-1]] = deepcopy(odd)
        except (TypeError, LookupError):  # the first change took away what the second is about
            continue
    data = written(lock)
    if found(data) == []:
        assert violations("Lock", lock) == []
        taken = decode(data)
        assert not isinstance(taken, LockFlaw)
        assert encode(taken) == data


def bomb(before: str, element: str, after: str = "") -> bytes:
    """Return a lock of almost 16 MiB, of as many elements as fit."""
    room = 16 * MIB - 1024 - len(before) - len(after)
    return f"{before}{','.join([element] * (room // (len(element) + 1)))}{after}".encode()


HEAD = TEXT.partition('  "versions"')[0]
OF_TAGS = TEXT.partition('    "latest": "sha')[0]
BOMBS: dict[str, Callable[[], bytes]] = {
    "unknown members": lambda: (
        b"{"
        + b",".join(b'"k%d": [1,2,3,4,5,6,7,8,9,10]' % number for number in range(400_000))
        + b"}"
    ),
    "mappings": lambda: bomb("[", "{}", "]"),
    "lists": lambda: bomb("[", "[]", "]"),
    "brackets": lambda: b"[" * (16 * MIB),
    "brackets of a version": lambda: f'{HEAD}  "versions": '.encode() + b"[" * (15 * MIB),
    "empty versions": lambda: bomb(f'{HEAD}  "versions": [', "{}", "]}"),
    "versions": lambda: bomb(f'{HEAD}  "versions": [', json.dumps(UNKNOWN), "]}"),
    "platforms": lambda: bomb(f'{HEAD}  "versions": [{{"platforms": [', '"ab"', "]}]}"),
    "other tags of one name": lambda: bomb(f"{OF_TAGS}", '"a":null', "}}"),
    "other tags": lambda: (
        OF_TAGS.encode() + b",".join(b'"%x":null' % number for number in range(1_000_000)) + b"}}"
    ),
    "text": lambda: TEXT.replace("acme/plugin-x", "a" * (15 * MIB)).encode(),
    "blanks": lambda: b" " * (16 * MIB),
    "digits": lambda: b'{"lock_version": ' + b"1" * (15 * MIB) + b"}",
    "too large": lambda: b"{}" + b" " * (16 * MIB),
}


@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS)
def test_a_hostile_lock_costs_little(tmp_path: Path, make: Callable[[], bytes]) -> None:
    """R-10: in less than 5 s and 400 MB, with exit code 1."""
    folder = write_catalog(tmp_path / "catalog", {"plugins/plugin-x.yaml": plugin("plugin-x")})
    (folder / "versions").mkdir()
    (folder / "versions" / "plugin-x.json").write_bytes(make())
    for command in (["validate", "-q"], ["build", "-q", "--out", str(tmp_path / "public")]):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, str(CATALOGCTL), *command, "--catalog", str(folder)],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        code, kilobytes, seconds = done.stdout.split()
        assert (code, int(kilobytes) < 400 * 1024, float(seconds) < 5) == ("1", True, True), (
            done.stdout
        )


_MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_maxrss, used.ru_utime + used.ru_stime)
"""
"""A process of its own to start the command: the kernel counts the starter's memory, too."""
