"""What a host, a mirror or the network can do to a signed catalog, and that each is noticed.

Each test is a row of the table in docs/trust.md: a real server, the real command.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import TrustCode, TrustError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.trust.editions import SignedEditions
from catalogctl.trust.key_files import signer_of
from catalogctl.trust.metadata_source import WebPlace
from catalogctl.trust.pins import pin_of
from catalogctl.trust.trust_state import TrustState
from support.published import GET, PLUGIN, Reply, Request, Site, sha256
from support.signed import METADATA, TIMESTAMP, Machine, Signing, age, flipped, unencrypted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalogctl.trust.pins import Pin

FRESH = "--require-fresh"


def only(files: Mapping[str, bytes], ending: str) -> str:
    """Return the one path that ends so."""
    (path,) = (path for path in files if path.endswith(ending))
    return path


def part_of(files: Mapping[str, bytes], path: str) -> str:
    """Return the part of the hashes that lists a file."""
    (part,) = (
        name
        for name, data in files.items()
        if name.startswith("trust/hashes/") and f'"{path}"'.encode() in data
    )
    return part


def instead(path: str, reply: Reply) -> Callable[[Request], Reply | None]:
    """Return what answers the requests for a path, past caches too, with a reply."""
    return lambda request: reply if request.path.partition("?")[0] == path else None


FLIPPED: dict[str, Callable[[Mapping[str, bytes]], str]] = {
    "a file": lambda _: GET,
    "a part": lambda files: part_of(files, GET),
    "the snapshot": lambda files: only(files, ".snapshot.json"),
    "the targets": lambda files: only(files, ".targets.json"),
}


@pytest.mark.parametrize("which", FLIPPED.values(), ids=FLIPPED)
def test_a_flipped_bit_is_noticed(
    machine: Machine, site: Site, which: Callable[[Mapping[str, bytes]], str]
) -> None:
    """R-31: and a machine that has seen the right bytes needs no others."""
    path = which(site.files)
    right = site.files[path]
    site.files[path] = flipped(right, right.index(b":") + 2)
    assert machine.code() == "TAMPERED"
    assert not (machine.home / "cache").exists()
    site.files[path] = right
    assert machine.name() == "plugin-a of edition 2"


def test_each_bit_of_a_timestamp_is_signed(machine: Machine, site: Site) -> None:
    """R-31: at some places of it."""
    right = site.files[TIMESTAMP]
    for at in range(1, len(right), 60):
        site.files[TIMESTAMP] = flipped(right, at)
        assert machine.code() in {"SIGNATURE", "MISSING"}
    site.files[TIMESTAMP] = flipped(right, right.index(b"sha256") + 10)
    assert machine.code() == "SIGNATURE"


def test_a_signed_file_that_is_gone_is_noticed(machine: Machine, site: Site) -> None:
    """R-31: but a file that is not signed is just not there."""
    del site.files[GET]
    assert machine.code() == "TAMPERED"
    assert TIMESTAMP + "?" in "".join(site.asked)
    gone = machine.get(plugin="plugin-c")
    assert (gone.code, json.loads(gone.out)["error"]) == (1, "ERROR_NOT_FOUND")


def test_a_file_of_an_older_edition_is_noticed(
    machine: Machine, site: Site, older: dict[str, bytes]
) -> None:
    """R-31."""
    site.files[GET] = older[GET]
    assert machine.code() == "TAMPERED"


def test_an_older_tree_with_its_own_signatures_is_noticed(
    machine: Machine, site: Site, older: dict[str, bytes], tmp_path: Path
) -> None:
    """R-32: by a machine that has seen the newer one; another one can't know."""
    assert machine.name() == "plugin-a of edition 2"
    site.files = dict(older)
    assert machine.name(), "within a minute nothing is asked"
    assert machine.code(FRESH) == "ROLLBACK"
    assert machine.other(tmp_path / "other").name() == "plugin-a of edition 1"


@pytest.mark.parametrize("is_there", [True, False])
def test_what_is_remembered_outlives_a_process_that_ended_while_replacing_it(
    machine: Machine, site: Site, older: dict[str, bytes], *, is_there: bool
) -> None:
    """R-32: where names can't be exchanged, the old metadata are moved aside for a moment."""
    assert machine.name() == "plugin-a of edition 2"
    (metadata,) = {path.parent for path in machine.remembered if path.name == "timestamp.json"}
    aside = metadata.with_name("metadata.new-old")
    if is_there:
        shutil.copytree(metadata, aside)
    else:
        metadata.rename(aside)
    newer, site.files = site.files, dict(older)
    assert machine.code(FRESH) == "ROLLBACK"
    site.files = newer
    assert machine.name(FRESH) == "plugin-a of edition 2"
    assert not aside.exists()


def test_signatures_that_were_never_renewed_are_noticed(
    machine: Machine, site: Site, signing: Signing
) -> None:
    """R-33: by a machine that has not seen them while they lived."""
    site.files = signing.signed(2, "expired", life=0)
    expect_expired(machine)


def test_signatures_that_are_not_renewed_are_noticed(
    machine: Machine, site: Site, signing: Signing
) -> None:
    """R-33: by a machine that has seen them, from the second on in which they expire."""
    for life in (2, 8, 32):
        site.files = signing.signed(2, f"short-{life}", life=life)
        signed = time.time()
        if machine.get().code == 0:
            break
    time.sleep(max(0.0, signed + life - time.time()))
    expect_expired(machine)
    site.stop()
    expect_expired(machine)


def expect_expired(machine: Machine) -> None:
    error = json.loads(machine.get().out)
    assert error["error"] == "ERROR_TRUST_EXPIRED"
    assert "timestamp.json expired at 20" in error["message"]
    assert "this machine's clock says 20" in error["message"]


def test_other_keys_are_noticed(
    machine: Machine, site: Site, signing: Signing, tmp_path: Path
) -> None:
    """R-31: pinned by the file, or by its hash."""
    other = Signing.new(tmp_path / "other")
    site.files = other.signed(2, "tree")
    error = json.loads(machine.get().out)
    assert error["error"] == "ERROR_TRUST_SIGNATURE"
    expected, found = (
        signer_of(Path(each.key).read_bytes(), "", unencrypted).public_key.keyid[:12]
        for each in (signing, other)
    )
    assert f"(expected: keys {expected}…; found: {found}…)" in error["message"]
    machine.root = f"sha256:{'0' * 64}"
    assert machine.code() == "SIGNATURE"
    assert machine.remembered == []


def test_a_next_root_by_other_keys_is_noticed(machine: Machine, site: Site, tmp_path: Path) -> None:
    """R-31."""
    other = Signing.new(tmp_path / "other")
    other.rotated()
    site.files[f"{METADATA}2.root.json"] = (other.folder / "roots/2.root.json").read_bytes()
    assert machine.code() == "SIGNATURE"


def test_no_other_root_is_made_to_lead_to_the_remembered_one(
    site: Site, signing: Signing, tmp_path: Path
) -> None:
    """R-31: the host puts it before the next root, which it has not signed."""
    own, other = Signing.new(tmp_path / "own"), Signing.new(tmp_path / "other")
    own.rotated()
    site.files = own.signed(2, "tree")
    first, right = f"{METADATA}1.root.json", own.root.read_bytes()
    with closing(Fetcher({})) as fetcher:
        place, state = WebPlace(site.url, fetcher), TrustState(site.url, tmp_path / "state")

        def expect_pinned(pin: Pin, data: bytes | None) -> None:
            site.files.pop(first, None)
            site.files |= {} if data is None else {first: data}
            with pytest.raises(TrustError, match="is not a root of the catalog") as caught:
                SignedEditions(place, state, pin).newest()
            assert caught.value.code is TrustCode.PINNED

        SignedEditions(place, state, pin_of(own.folder / "roots/2.root.json")).newest()
        for pin in (pin_of(other.root), pin_of(f"sha256:{sha256(other.root.read_bytes())}")):
            for data in (other.root.read_bytes(), signing.root.read_bytes(), b"", b"{}", right):
                expect_pinned(pin, data)
        expect_pinned(pin_of(own.root), None)
        site.files[first] = right
        SignedEditions(place, state, pin_of(own.root)).newest()


def test_only_the_first_root_can_be_pinned_by_its_hash(
    machine: Machine, site: Site, tmp_path: Path
) -> None:
    own = Signing.new(tmp_path / "own")
    own.rotated()
    site.files = own.signed(2, "tree")
    machine.root = f"sha256:{sha256((own.folder / 'roots/2.root.json').read_bytes())}"
    done = machine.get()
    assert (done.code, json.loads(done.out)["error"]) == (3, "ERROR_TRUST_SIGNATURE")
    assert "a later root is only pinned by its file" in json.loads(done.out)["message"]
    machine.root = own.folder / "roots/2.root.json"
    assert machine.name() == "plugin-a of edition 2"


def test_another_catalog_of_the_same_keys_is_noticed(
    machine: Machine, site: Site, signing: Signing, tmp_path: Path
) -> None:
    """R-31: whether it has a next root or not; nothing of it is remembered."""
    other = Signing.new(tmp_path / "other", "repo-2", signing.folder / "keys")
    right = site.files
    site.files = other.signed(2, "tree")
    assert machine.code() == "IDENTITY"
    assert machine.remembered == []
    site.files = right
    assert machine.name() == "plugin-a of edition 2"


def test_a_tree_without_signatures_is_noticed(machine: Machine, site: Site, tmp_path: Path) -> None:
    """R-35: pinned, or seen before; a machine that pins nothing reads on."""
    signed = dict(site.files)
    assert machine.name() == "plugin-a of edition 2"
    site.files = {path: data for path, data in signed.items() if not path.startswith("trust/")}
    assert machine.code(FRESH) == "MISSING"
    machine.root = None
    assert machine.code(FRESH) == "MISSING"
    other = machine.other(tmp_path / "other")
    assert other.name() == "plugin-a of edition 2"
    del signed[only(signed, ".targets.json")]
    site.files = signed
    other.root = machine.root
    assert machine.other(tmp_path / "third").name()


def test_missing_targets_are_noticed(machine: Machine, site: Site) -> None:
    """R-35."""
    del site.files[only(site.files, ".targets.json")]
    assert machine.code() == "MISSING"


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("timestamp.json", "LIMIT"),
        ("2.root.json", "LIMIT"),
        (".targets.json", "LIMIT"),
        (f"get/{PLUGIN}.json", "TAMPERED"),
    ],
)
def test_an_endless_answer_is_cut_off(machine: Machine, site: Site, ending: str, code: str) -> None:
    """R-34: after at most 8 MB."""
    endless = Reply(200, b'{"signed": "', length=10**12, flood=b"x" * 65536)
    site.spoil = lambda request: endless if ending in request.path else None
    assert machine.code() == code
    assert site.flooded < 8_000_000


def test_a_dripping_answer_ends(machine: Machine, site: Site, tmp_path: Path) -> None:
    """Q-44: within 35 s, metadata and files, whether the machine has seen the catalog or not."""
    assert machine.name() == "plugin-a of edition 2"
    age(machine, 120)
    drip = Reply(200, b"{", length=len(site.files[TIMESTAMP]), drip=0.5)
    site.spoil = instead(TIMESTAMP, drip)
    codes: dict[str, str] = {}
    slow: dict[str, Site] = {}
    for path in (TIMESTAMP, GET):
        drip = Reply(200, b"{", length=len(site.files[path]), drip=0.5)
        slow[path] = Site(dict(site.files), instead(path, drip))
    began = time.monotonic()

    def ask(path: str) -> None:
        other = Machine(slow[path], tmp_path / path.replace("/", "-"), machine.root)
        codes[path] = other.code()

    def ask_again() -> None:
        codes["seen before"] = machine.code()

    threads = [threading.Thread(target=ask, args=(path,)) for path in slow]
    threads.append(threading.Thread(target=ask_again))
    for each in slow.values():
        each.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in slow.values():
        each.stop()
    assert codes == {TIMESTAMP: "LIMIT", GET: "LIMIT", "seen before": "LIMIT"}
    assert time.monotonic() - began < 35


LOGIN = b"<!doctype html><title>Log in</title>"


@pytest.mark.parametrize(
    ("status", "words"), [(200, "did not answer with signed metadata"), (403, "answered 403")]
)
def test_a_login_page_leaves_what_is_kept(
    machine: Machine, site: Site, tmp_path: Path, status: int, words: str
) -> None:
    """Q-44, R-37: with its age; a machine that keeps nothing says so."""
    assert machine.name() == "plugin-a of edition 2"
    site.spoil = lambda _: Reply(status, LOGIN, (("Content-Type", "text/html"),))
    age(machine, 120)
    done = machine.get()
    assert (done.code, json.loads(done.out)["name"]) == (0, "plugin-a of edition 2")
    assert f"{words}: this is its answer from 2 minutes ago" in done.err
    assert machine.get(FRESH).code == 3
    assert machine.other(tmp_path / "other").code() == "MISSING"
