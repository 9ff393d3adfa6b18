from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.files import row
from catalogctl.publish.manifest import Listed, manifest, manifest_pieces, read_manifest

SEGMENTS = st.text("abAB-._~%09", min_size=1, max_size=3).filter(lambda s: s not in {".", ".."})
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)


def test_every_file_is_listed_but_those_for_the_host() -> None:
    """R-30"""
    paths = ["b.json", "_headers", ".nojekyll", "manifest.json", "a/_headers", "a-b", "a/b"]
    read = json.loads(manifest(row(path, b"12") for path in paths))
    digest = hashlib.sha256(b"12").hexdigest()
    assert read == {
        "schema_version": 1,
        "files": [
            {"path": path, "size": 2, "sha256": digest}
            for path in ("a-b", "a/_headers", "a/b", "b.json")
        ],
    }


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_a_manifest_in_pieces_is_the_whole_one(count: int) -> None:
    rows = [row(f"{n}", b"") for n in range(count)]
    data = b"".join(manifest_pieces(rows))
    assert data == manifest(reversed(rows))
    assert list(read_manifest(data)) == sorted(str(n) for n in range(count))
    assert data.endswith(b"]}\n")


@given(st.sets(PATHS, max_size=8))
def test_files_are_sorted_by_path_and_distinct_without_case(paths: set[str]) -> None:
    """R-12: names, also those of folders, differ in more than case."""
    names = {path[:end] for path in paths for end in ends(path)}
    rows = [row(path, b"") for path in paths]
    if len({name.lower() for name in names}) == len(names):
        listed = [file["path"] for file in json.loads(manifest(rows))["files"]]
        assert listed == sorted(path for path in paths if path[0] != ".")
    elif not any(path[0] == "." for path in paths):
        with pytest.raises(ValueError, match="differ only by case"):
            manifest(rows)


def ends(path: str) -> list[int]:
    return [n for n, letter in enumerate(path) if letter == "/"] + [len(path)]


CLASHES = [("a/B", "a/b"), ("A/x", "a/y"), ("A", "a/b"), ("a/B/c", "a/b"), ("a/b/c", "a/B/d")]


@pytest.mark.parametrize("paths", CLASHES, ids=" ".join)
def test_names_that_differ_only_by_case_are_refused(paths: tuple[str, str]) -> None:
    """R-12"""
    with pytest.raises(ValueError, match="differ only by case"):
        manifest(row(path, b"") for path in paths)


def as_json(**changes: object) -> bytes:
    file = {"path": "a", "size": 1, "sha256": "0" * 64} | changes
    return json.dumps({"schema_version": 1, "files": [file]}).encode() + b"\n"


def test_a_manifest_is_read_back() -> None:
    assert read_manifest(as_json()) == {"a": Listed("a", 1, "0" * 64)}


def test_fields_of_a_later_version_are_no_obstacle() -> None:
    assert read_manifest(as_json(type="text/plain")) == {"a": Listed("a", 1, "0" * 64)}


HOSTILE: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"<html>", "not JSON"),
    "nothing": (b"", "not JSON"),
    "not UTF-8": (b'{"schema_version":1,"files":[{"path":"\xff"}]}\n', "not JSON"),
    "another shape": (b"[]", "not JSON"),
    "no files": (b'{"schema_version":1}\n', "not JSON"),
    "files of another shape": (b'{"schema_version":1,"files":{}}\n', "not JSON"),
    "nested deep": (b'{"schema_version":1,"files":' + b"[" * 100_000, "not JSON"),
    "a later version": (b'{"schema_version":2,"files":[]}\n', "schema_version 2"),
    "no line feed": (b'{"schema_version":1,"files":[]}', "line feed"),
    "an absolute path": (as_json(path="/etc/passwd"), "lists '/etc/passwd'"),
    "a path upward": (as_json(path="a/../../b"), "can't be a file"),
    "a path with a zero": (as_json(path="a\0"), "can't be a file"),
    "itself": (as_json(path="manifest.json"), "can't be a file"),
    "a long path": (as_json(path="a" * 5000), "can't be a file"),
    "a size below zero": (as_json(size=-1), "size or sha256"),
    "a size beyond all disks": (as_json(size=2**60), "size or sha256"),
    "a size that is no number": (as_json(size="1"), "not JSON"),
    "a hash in capitals": (as_json(sha256="A" * 64), "size or sha256"),
    "a short hash": (as_json(sha256="0"), "size or sha256"),
    "one file twice": (manifest([row("a", b""), row("a", b"1")]), "lists a twice"),
}


@pytest.mark.parametrize(("data", "words"), HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_manifest_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_manifest(data)
