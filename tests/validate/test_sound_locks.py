"""A lock that is taken at a glance is one in which the closer look finds nothing."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.validate.locks import check_lock
from catalogctl.validate.sound_locks import sound_lock

REQUEST: Any = {
    "plugin_id": "plugin-x",
    "registry_type": "DOCKER_HUB",
    "registry_url": "registry.hub.docker.com",
    "image": "acme/plugin-x",
    "name": "X",
}
DIGEST = "sha256:" + "0123456789abcdef" * 4


def version(tag: str) -> dict[str, Any]:
    return {
        "digest": DIGEST,
        "first_seen": "2026-03-01T00:00:00.000Z",
        "media_type": "application/vnd.oci.image.index.v1+json",
        "platforms": ["linux/amd64", "linux/arm64"],
        "prerelease": False,
        "pushed_at": "2026-02-27T10:11:12.000Z",
        "size": 31_000_004,
        "tag": tag,
    }


def sound() -> dict[str, Any]:
    return {
        "history": [],
        "latest": "1.5.2",
        "lock_version": 1,
        "other_tags": {"latest": DIGEST},
        "plugin_id": "plugin-x",
        "removed": [],
        "resolved_via": "hub",
        "source": {name: REQUEST[name] for name in ("image", "registry_type", "registry_url")},
        "total_count": 2,
        "versions": [version("1.5.2"), version("1.5.1")],
    }


def at_a_glance(lock: Any) -> bool:
    return sound_lock(json.dumps(lock).encode(), "plugin-x", REQUEST) is not None


def found(lock: Any) -> list[str]:
    problems = check_lock("x.json", "plugin-x", json.dumps(lock).encode(), REQUEST)
    return [problem.code for problem in problems]


def test_a_lock_as_resolve_writes_it_is_sound() -> None:
    assert at_a_glance(sound())
    assert found(sound()) == []


BARE = {"tag": "1.5.2"}


@pytest.mark.parametrize(
    "change",
    [
        {"versions": [BARE], "total_count": 1},
        {"versions": [{**BARE, "digest": None, "platforms": None}], "total_count": 1},
        {"other_tags": {}},
        {"resolved_via": "manual"},
    ],
)
def test_what_a_lock_may_leave_out_is_sound_too(change: dict[str, Any]) -> None:
    assert at_a_glance(sound() | change)
    assert found(sound() | change) == []


@pytest.mark.parametrize(
    "change",
    [
        {"removed": [{"tag": "1.0"}]},
        {"history": [{"tag": "1.0"}]},
        {"versions": [], "total_count": 0, "latest": None},
        {"lock_version": 1.0},
    ],
)
def test_a_rare_but_right_lock_is_left_to_the_closer_look(change: dict[str, Any]) -> None:
    assert not at_a_glance(sound() | change)
    assert found(sound() | change) == []


NEARLY = ["sah256:" + "0" * 64, "sha256" + "0" * 64 + ":", "0sha256:" + "0" * 63, "0" * 71]
NEARLY += ["sha256:" + "0" * 63 + ":", "sha256:" + "g" * 64, "sha256:" + "0" * 63 + "é"]


@pytest.mark.parametrize("digest", NEARLY)
def test_what_is_nearly_a_digest_is_none(digest: str) -> None:
    lock = sound()
    lock["versions"][0]["digest"] = digest
    assert not at_a_glance(lock)
    assert found(lock) == ["lock-broken"]


ODD: st.SearchStrategy[Any] = (
    st.sampled_from(
        [
            None,
            True,
            0,
            -1,
            1.0,
            1.5,
            [],
            {},
            [None],
            ["linux/amd64"],
            ["x" * 256],
            [1],
            BARE,
            [BARE],
        ]
    )
    | st.sampled_from(
        ["", "x", "\n", "1.5.2", "1.5.2\n", ".", "a" * 129, DIGEST, DIGEST + "\n", DIGEST.upper()]
    )
    | st.sampled_from(
        [
            "a\nb",
            "2026-01-01" + "x" * 25 + "\n2026-01-01",
            DIGEST + "0",
            "2026-01-01",
            "2026-01-01\n",
            "2026",
            "9" * 256,
            "2026-01-01" + "x" * 26,
        ]
    )
    | st.sampled_from(NEARLY)
)
PATHS = [
    *[[name] for name in sound()],
    ["other_tags", "latest"],
    ["other_tags", ".x"],
    ["other_tags", "x\n"],
    *[["source", name] for name in ("image", "registry_type", "registry_url", "else")],
    *[["versions", index, name] for index in (0, 1) for name in (*version(""), "else")],
    ["else"],
]


@pytest.mark.parametrize(
    "change",
    [
        {"versions": [{"tag": "a\nb"}], "total_count": 1, "latest": "a\nb"},
        {"other_tags": {"a\nb": None}},
        {"versions": [{**BARE, "pushed_at": "2026-01-01\n2026-01-01"}], "total_count": 1},
        {"versions": [{**BARE, "first_seen": "2026-01-01" + "x" * 25 + "\n2026-01-01"}]},
    ],
)
def test_one_value_with_a_line_break_is_not_taken_for_two(change: dict[str, Any]) -> None:
    assert not at_a_glance(sound() | change)


@given(st.lists(st.tuples(st.sampled_from(PATHS), ODD), min_size=1, max_size=2))
@settings(max_examples=1500, deadline=None)
def test_what_is_taken_at_a_glance_is_right(changes: list[tuple[list[Any], Any]]) -> None:
    lock = sound()
    for path, odd in changes:
        owner: Any = lock
        try:
            for step in path[:-1]:
                owner = owner[step]
            owner[path[-1]] = deepcopy(odd)
        except (TypeError, LookupError):  # the first change took away what the second is about
            continue
    if at_a_glance(lock):
        assert found(lock) == []
