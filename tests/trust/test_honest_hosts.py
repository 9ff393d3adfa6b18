"""What an honest host may do: nothing of it stops a consumer who has pinned the first root."""

from __future__ import annotations

import json
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tuf.api.metadata import Timestamp

from catalogctl.client.cache import Cache
from catalogctl.trust.pins import pin_of
from catalogctl.trust.signed_metadata import encoded
from catalogctl.trust.trusted_reader import TrustedReader
from support import long_lists
from support.published import ALL, GET, Reply, Request, Site, sha256
from support.publishing import complete
from support.signed import HOUR, METADATA, TIMESTAMP, Machine, Signing, age

if TYPE_CHECKING:
    from catalogctl.trust.signing import Signer

FRESH = "--require-fresh"


@pytest.fixture
def own(signing: Signing, tmp_path: Path) -> Signing:
    """Return the same keys and root, for a test to rotate them."""
    shutil.copytree(signing.folder, tmp_path / "own", ignore=shutil.ignore_patterns("trees"))
    return Signing(tmp_path / "own", key=str(tmp_path / "own/keys/online.pem"))


def test_a_first_read_is_six_requests_and_later_ones_are_two(machine: Machine, site: Site) -> None:
    """Within a minute it is none, and what is kept with its signed hash is not asked for."""
    assert machine.name() == "plugin-a of edition 2"
    assert [path.rpartition(".")[0] for path in map(last, site.asked)] == [
        "2.root",
        "timestamp",
        *(f"{json.loads(site.files[TIMESTAMP])['signed']['version']}.{role}" for role in ROLES),
        last(site.asked[4]).rpartition(".")[0],
        "plugin-a",
    ]
    site.requests.clear()
    assert machine.name() == "plugin-a of edition 2"
    assert site.asked == []
    age(machine, 61)
    assert machine.name() == "plugin-a of edition 2"
    assert list(map(last, site.asked)) == ["2.root.json", "timestamp.json"]
    site.requests.clear()
    assert machine.name(FRESH) == "plugin-a of edition 2"
    assert list(map(last, site.asked)) == ["2.root.json", "timestamp.json"]


ROLES = ("snapshot", "targets")


def last(path: str) -> str:
    return path.rpartition("/")[2]


def test_the_hash_of_the_first_root_is_enough(machine: Machine, site: Site) -> None:
    machine.root = f"sha256:{sha256(site.files[f'{METADATA}1.root.json'])}"
    assert machine.name() == "plugin-a of edition 2"
    machine.root = None
    age(machine, 61)
    site.files[TIMESTAMP] = b'{"signed": {}, "signatures": []}'
    assert machine.code() == "SIGNATURE", "checked from now on, without --trust"


def test_a_new_edition_is_read(machine: Machine, site: Site, older: dict[str, bytes]) -> None:
    """R-32: and only what changed is asked for."""
    newer, site.files = site.files, dict(older)
    assert machine.name() == "plugin-a of edition 1"
    site.files = newer
    assert machine.name(FRESH) == "plugin-a of edition 2"


def test_a_reader_keeps_the_hashes_of_one_edition(
    machine: Machine, site: Site, older: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it lives."""
    monkeypatch.setenv("XDG_STATE_HOME", str(machine.home))
    pin = pin_of(Path(str(machine.root)))
    reader = TrustedReader(
        site.url, pin, cache=Cache(None), tell=lambda _: None, require_fresh=False
    )
    for files in (older, site.files):
        site.files = files
        reader._find(past_caches=True)
        assert reader.read(GET, lambda _: True) == files[GET]
        assert len(reader._parts) == 1


def test_renewed_signatures_are_read(machine: Machine, site: Site, own: Signing) -> None:
    assert machine.name() == "plugin-a of edition 2"
    before = site.files[TIMESTAMP]
    site.files = own.signed(2, "again")
    assert site.files[TIMESTAMP] != before
    site.requests.clear()
    assert machine.name(FRESH) == "plugin-a of edition 2"
    assert GET not in site.asked


def test_a_rotation_is_followed(machine: Machine, site: Site, own: Signing, tmp_path: Path) -> None:
    """R-31: by who has seen the catalog, and by who pins its first root afterwards."""
    assert machine.name() == "plugin-a of edition 2"
    own.rotated()
    own.rotated()
    site.files = own.signed(3, "rotated", ago=-1)
    assert machine.name(FRESH) == "plugin-a of edition 3"
    assert machine.other(tmp_path / "other").name() == "plugin-a of edition 3"
    machine.root = own.folder / "roots/3.root.json"
    assert machine.name() == "plugin-a of edition 3", "each root of the chain may be pinned"


def test_a_root_that_was_made_since_may_be_pinned_at_once(
    machine: Machine, site: Site, own: Signing
) -> None:
    """R-31: the host is asked, though it answered a second ago."""
    assert machine.name() == "plugin-a of edition 2"
    own.rotated()
    site.files = own.signed(3, "rotated", ago=-1)
    machine.root = own.folder / "roots/2.root.json"
    assert machine.name() == "plugin-a of edition 3"


@pytest.mark.parametrize("by", ["hash", "file"])
def test_a_root_before_the_one_that_is_remembered_may_be_pinned(
    machine: Machine, site: Site, own: Signing, by: str
) -> None:
    """R-31: the roots that the host has between lead from it to the remembered one."""
    own.rotated()
    own.rotated()
    site.files = own.signed(3, "rotated")
    machine.root = own.folder / "roots/3.root.json"
    assert machine.name() == "plugin-a of edition 3"
    machine.root = f"sha256:{sha256(own.root.read_bytes())}" if by == "hash" else own.root
    assert machine.name() == "plugin-a of edition 3"
    site.requests.clear()
    assert machine.name() == "plugin-a of edition 3"
    assert site.asked == [], "that it leads there is remembered"
    machine.root = own.folder / "roots/2.root.json"
    assert machine.name() == "plugin-a of edition 3"


def test_a_stolen_online_key_is_worth_nothing_after_a_rotation(
    machine: Machine, site: Site, own: Signing, tmp_path: Path
) -> None:
    """R-31: nor before it what a thief signed for the far future."""
    stolen = own.signer()
    site.files[TIMESTAMP] = forged(site.files[TIMESTAMP], 10**9, stolen)
    assert machine.name() == "plugin-a of edition 2"
    own.rotated()
    site.files = own.signed(3, "rotated")
    assert machine.name(FRESH) == "plugin-a of edition 3"
    site.files[TIMESTAMP] = forged(site.files[TIMESTAMP], 1, stolen)
    assert machine.code(FRESH) == "SIGNATURE"
    assert machine.other(tmp_path / "other").code() == "SIGNATURE"


def forged(timestamp: bytes, later: int, signer: Signer) -> bytes:
    """Return a timestamp as a later one, signed by someone."""
    about = Timestamp.from_dict(json.loads(timestamp)["signed"])
    about.version += later
    return encoded(about, [signer.key]).data


@pytest.mark.parametrize(("seconds", "code"), [(HOUR - 60, ""), (HOUR + 60, "ROLLBACK")])
def test_an_edge_may_lag_by_an_hour(
    machine: Machine, site: Site, signing: Signing, seconds: int, code: str
) -> None:
    """R-32: what was seen goes on; an hour later it is a rollback."""
    newest = json.loads(site.files[TIMESTAMP])["signed"]["version"]  # the second of signing
    behind = signing.signed(1, f"behind-{seconds}", ago=time.time() - newest + seconds)
    assert machine.name() == "plugin-a of edition 2"
    site.files[TIMESTAMP] = behind[TIMESTAMP]
    if code:
        assert machine.code(FRESH) == code
    else:
        assert machine.name(FRESH) == "plugin-a of edition 2"


def test_an_edge_that_only_caches_is_passed(
    machine: Machine, site: Site, older: dict[str, bytes]
) -> None:
    """R-36: an old timestamp beside new files, until a cache is passed."""
    site.files = {**older, **site.files}
    old = Reply(200, older[TIMESTAMP])
    site.spoil = lambda request: old if request.path == TIMESTAMP else None
    assert machine.name() == "plugin-a of edition 2"
    assert f"{GET}?sha256={sha256(older[GET])}" in site.asked


def test_an_edge_with_an_old_file_is_passed(
    machine: Machine, site: Site, older: dict[str, bytes]
) -> None:
    """R-36."""
    old = Reply(200, older[GET])
    site.spoil = lambda request: old if request.path == GET else None
    assert machine.name() == "plugin-a of edition 2"


def test_a_deploy_between_two_requests_is_no_error(
    machine: Machine, site: Site, older: dict[str, bytes]
) -> None:
    """R-36: the whole list, whose parts the index names."""
    newer, site.files = site.files, {**site.files, **older}

    def deploy(request: Request) -> None:
        if request.path.startswith(ALL):
            site.files = {**site.files, **newer}

    site.spoil = deploy
    done = machine.run("list", "--from", site.url)
    assert done.code == 0, done.out + done.err
    assert [each["name"] for each in json.loads(done.out)["results"]] == [
        "plugin-a of edition 2",
        "plugin-b of edition 2",
    ]


def test_eight_commands_at_once(machine: Machine, site: Site) -> None:
    """One of them asks for the signatures, the others wait for it."""
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(machine.name())) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == ["plugin-a of edition 2"] * 8
    assert site.asked.count(TIMESTAMP) == 1


def test_a_mirror_has_a_trust_state_of_its_own(machine: Machine, older: dict[str, bytes]) -> None:
    """A mirror that copies trust/ is checked likewise."""
    assert machine.name() == "plugin-a of edition 2"
    mirror = Site(dict(older))
    mirror.start()
    try:
        assert Machine(mirror, machine.home, machine.root).name() == "plugin-a of edition 1"
    finally:
        mirror.stop()


def test_a_host_that_is_down_leaves_what_is_kept(machine: Machine, site: Site) -> None:
    """R-37: a file, or one out of the list; and what is not kept is an error that says so."""
    assert machine.run("list", "--from", site.url).code == 0
    site.stop()
    assert machine.name() == "plugin-a of edition 2", "within a minute, unasked"
    age(machine, 7200)
    done = machine.get(plugin="plugin-b")
    assert (done.code, json.loads(done.out)["plugin_id"]) == (0, "plugin-b")
    assert "can't be reached: this is its answer from 2 hours ago" in done.err
    assert done.err.count("\n") == 1
    done = machine.run("get-versions", "plugin-a", "--from", site.url)
    assert (done.code, "no earlier answer is kept" in done.err) == (3, True)


def test_what_was_kept_before_a_root_was_pinned_is_only_used_if_it_is_signed(
    machine: Machine, site: Site, older: dict[str, bytes]
) -> None:
    """R-37: the cache of reads that were not checked."""
    root, machine.root = machine.root, None
    newer, site.files = site.files, dict(older)
    assert machine.name() == "plugin-a of edition 1"
    site.files, machine.root = newer, root
    assert machine.name() == "plugin-a of edition 2"


def test_a_long_list_is_read_in_parts(signing: Signing, tmp_path: Path) -> None:
    """Its parts are signed by way of the index, so no part of the hashes is needed for them."""
    settings = replace(
        long_lists.BUILD.settings, repository_info={"repository_id": signing.repository_id}
    )
    build = replace(long_lists.BUILD, settings=settings)
    files = complete(long_lists.tree(long_lists.plugins(), build))
    own = Signing(signing.folder, key=signing.key)
    site = Site(own.signed_files(files, "long"))
    site.start()
    machine = Machine(site, tmp_path / "home", own.root)
    try:
        done = machine.run("list", "--from", site.url)
        assert done.code == 0, done.out
        assert json.loads(done.out)["total_count"] == long_lists.COUNT
        assert not any(path.startswith("trust/hashes/") for path in site.asked)
        (part, *_) = long_lists.paths_of(long_lists.index_of(files)["lists"]["all"])
        site.files[part] = site.files[part].replace(b"Plugin", b"Plagin")
        shutil.rmtree(machine.home / "cache")
        done = machine.run("list", "--from", site.url)
        assert (done.code, json.loads(done.out)["error"]) == (3, "ERROR_TRUST_TAMPERED")
    finally:
        site.stop()
