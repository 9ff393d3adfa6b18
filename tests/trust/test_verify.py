"""`verify --trust`: the signatures, then index, manifest, parts of the hashes, and files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.published import GET, INDEX, Reply
from support.publishing import write_tree
from support.signed import METADATA, TIMESTAMP, Machine, Signing, flipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.commands import Done
    from support.published import Site


def verify(machine: Machine, *options: str) -> tuple[int, list[dict[str, str]]]:
    """Return how `verify` of the site ends, and the differences that it finds."""
    done: Done = machine.run("verify", machine.site.url, "--format", "json", *options)
    assert "Traceback" not in done.err
    return done.code, json.loads(done.out)["differences"] if done.out else []


def kinds(machine: Machine) -> dict[str, str]:
    """Return the kind of each difference by path; there must be one."""
    code, rows = verify(machine)
    assert code == 1
    return {row["path"]: row["kind"] for row in rows}


def test_a_signed_tree_is_whole(machine: Machine) -> None:
    """R-35: and without a root, it is said to be unsigned."""
    done = machine.run("verify", machine.site.url)
    assert (done.code, done.out) == (0, "")
    assert "every file is as manifest.json (signed) says" in done.err


def test_what_was_not_pinned_is_called_unsigned(machine: Machine) -> None:
    """R-35: once."""
    machine.root = None
    done = machine.run("verify", machine.site.url)
    assert done.err.count("unsigned") == 1


def test_each_file_is_compared(machine: Machine, site: Site, older: dict[str, bytes]) -> None:
    """R-30: and a tree with its own manifest is not the one that is signed."""
    part = next(path for path in site.files if path.startswith("trust/hashes/"))
    right = dict(site.files)
    for path in (GET, "index.html", part):
        site.files = {**right, path: flipped(right[path], 5)}
        assert kinds(machine) == {path: "changed"}
    site.files = {path: data for path, data in right.items() if path != part}
    assert kinds(machine) == {part: "missing"}
    site.files = {**right, INDEX: right[INDEX] + b" "}
    assert kinds(machine) == {INDEX: "changed"}
    plain = {path: data for path, data in older.items() if not path.startswith("trust/")}
    site.files = {**right, **plain}
    assert "manifest.json" in kinds(machine)


def _missing(site: Site, _: Signing) -> None:
    del site.files[TIMESTAMP]


def _signature(site: Site, _: Signing) -> None:
    site.files[TIMESTAMP] = b'{"signed": {}, "signatures": []}'


def _expired(site: Site, signing: Signing) -> None:
    site.files |= signing.signed(2, "expired-verify", life=0)


def _identity(site: Site, signing: Signing) -> None:
    folder = signing.folder / "other-verify"
    other = Signing.new(folder, "repo-2", signing.folder / "keys")
    site.files = other.signed(2, "tree")


def _limit(site: Site, _: Signing) -> None:
    reply = Reply(200, b"{", length=10**9)
    site.spoil = lambda request: reply if request.path.startswith(f"{METADATA}2.root") else None


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("missing-signature", _missing),
        ("signature", _signature),
        ("expired", _expired),
        ("identity", _identity),
        ("limit", _limit),
    ],
)
def test_what_is_wrong_with_the_signatures_is_a_row(
    machine: Machine, signing: Signing, kind: str, spoil: Callable[[Site, Signing], None]
) -> None:
    """R-31, R-33."""
    spoil(machine.site, signing)
    assert kinds(machine) == {"trust/": kind}


def test_a_rollback_is_a_row(machine: Machine, older: dict[str, bytes]) -> None:
    """R-32: for a machine that has seen the newer edition."""
    assert verify(machine) == (0, [])
    machine.site.files = dict(older)
    machine.root = None
    assert kinds(machine) == {"trust/": "rollback"}


def test_a_folder_is_verified_likewise(
    machine: Machine, newer: dict[str, bytes], signing: Signing, tmp_path: Path
) -> None:
    """R-30: without a trust state, and with the root alone."""
    part = next(path for path in newer if path.startswith("trust/hashes/"))
    for number, path in enumerate((None, part, "index.json", TIMESTAMP)):
        files = dict(newer) if path is None else {**newer, path: flipped(newer[path], 9)}
        tree = write_tree(tmp_path / str(number), files)
        done = machine.run("verify", tree, "--trust", signing.root, "--format", "json")
        rows = json.loads(done.out)["differences"]
        wrong = "trust/" if path == TIMESTAMP else path
        assert [row["path"] for row in rows] == ([] if wrong is None else [wrong]), rows
        assert done.code == (0 if path is None else 1)
        assert ("no file of" in done.err) is (path == TIMESTAMP), done.err
    assert machine.remembered == []
