"""Play each attack on a signed catalog against the real command, and print a line for it.

    .venv/bin/python -m benchmarks.attacks

Each is seen by two machines: one that has read the catalog before, and one with another home that
has not. Exit code 1 if one of them shows something that it should not.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.published import GET, Reply, Site
from support.signed import HOUR, METADATA, TIMESTAMP, Machine, Signing, flipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOGIN = Reply(200, b"<!doctype html><title>Log in</title>")
NEW, OLD = "edition 2", "edition 1"


@dataclass
class Scene:
    """A signed catalog, its host, and what belongs to an attack on it."""

    folder: Path
    signing: Signing
    site: Site
    older: dict[str, bytes]
    newer: dict[str, bytes]

    def path(self, ending: str) -> str:
        """Return the path of the newer edition that ends so."""
        return next(path for path in self.newer if path.endswith(ending))

    def part(self) -> str:
        """Return the part of the hashes that lists the file that is read."""
        paths = (path for path in self.newer if path.startswith("trust/hashes/"))
        return next(path for path in paths if f'"{GET}"'.encode() in self.newer[path])

    def flip(self, path: str) -> None:
        """Flip a bit of a file."""
        data = self.newer[path]
        self.site.files[path] = flipped(data, data.index(b":") + 2)

    def endless(self, ending: str) -> None:
        """Answer the requests for a file without an end."""
        reply = Reply(200, b'{"signed": "', length=10**12, flood=b"x" * 65536)
        self.site.spoil = lambda request: reply if ending in request.path else None

    def drip(self, path: str) -> None:
        """Answer the requests for a file with a byte each half second."""
        reply = Reply(200, b"{", length=len(self.newer[path]), drip=0.5)
        self.site.spoil = lambda request: reply if request.path.startswith(path) else None

    def rotated(self) -> Signing:
        """Return the signing of the catalog after its online key was replaced."""
        own = self.folder / f"rotated-{time.monotonic_ns()}"
        shutil.copytree(self.signing.folder, own)
        signing = Signing(own, key=str(own / "keys/online.pem"))
        signing.rotated()
        return signing


class Attack(NamedTuple):
    """What a host does, and what the machine that has seen the catalog and another one show."""

    words: str
    seen: str
    unseen: str
    play: Callable[[Scene], None]


def _other_keys(scene: Scene) -> None:
    scene.site.files = Signing.new(scene.folder / "thief").signed(1, "thief")


def _other_root(scene: Scene) -> None:
    thief = Signing.new(scene.folder / "thief-2")
    thief.rotated()
    data = (thief.folder / "roots/2.root.json").read_bytes()
    scene.site.files[f"{METADATA}2.root.json"] = data


def _other_catalog(scene: Scene) -> None:
    keys = scene.signing.folder / "keys"
    scene.site.files = Signing.new(scene.folder / "other", "repo-2", keys).signed(1, "other")


def _old_key(scene: Scene) -> None:
    new = scene.rotated().signed(3, "third")
    stolen = Signing(scene.signing.folder, key=scene.signing.key).signed(3, "stolen", ago=-5)
    scene.site.files = {**stolen, f"{METADATA}2.root.json": new[f"{METADATA}2.root.json"]}


def _rotation(scene: Scene) -> None:
    scene.site.files = scene.rotated().signed(2, "rotation")


def _set(scene: Scene, path: str, data: bytes | None) -> None:
    if data is None:
        del scene.site.files[path]
    else:
        scene.site.files[path] = data


def _files(scene: Scene, files: dict[str, bytes]) -> None:
    scene.site.files = dict(files)


def _login(scene: Scene) -> None:
    scene.site.spoil = lambda _: LOGIN


def attacks() -> Iterator[Attack]:
    """Yield each attack, then what an honest host may do."""
    same = "TAMPERED"
    yield Attack("flips a bit of a file", NEW, same, lambda it: it.flip(GET))
    yield Attack("flips a bit of a part", NEW, same, lambda it: it.flip(it.part()))
    for role in ("snapshot", "targets"):
        ending = f".{role}.json"
        flip = _flipping(ending)
        yield Attack(f"flips a bit of the {role}", NEW, same, flip)
    yield Attack("answers 404 for a signed file", NEW, same, lambda it: _set(it, GET, None))
    yield Attack(
        "serves a file of an older edition", NEW, same, lambda it: _set(it, GET, it.older[GET])
    )
    yield Attack("serves an older tree", "ROLLBACK", OLD, lambda it: _files(it, it.older))
    yield Attack(
        "keeps a tree past its timestamp",
        "EXPIRED",
        "EXPIRED",
        lambda it: _files(it, it.signing.signed(2, "expired", life=0)),
    )
    yield Attack("signs with other keys", "SIGNATURE", "SIGNATURE", _other_keys)
    yield Attack("adds a root by other keys", "SIGNATURE", "SIGNATURE", _other_root)
    yield Attack(
        "flips a bit of the timestamp", "SIGNATURE", "SIGNATURE", lambda it: it.flip(TIMESTAMP)
    )
    yield Attack("serves another catalog of the keys", "IDENTITY", "IDENTITY", _other_catalog)
    yield Attack(
        "serves no trust/",
        "MISSING",
        "MISSING",
        lambda it: _files(it, {p: d for p, d in it.newer.items() if not p.startswith("trust/")}),
    )
    yield Attack(
        "serves no targets", NEW, "MISSING", lambda it: _set(it, it.path(".targets.json"), None)
    )
    for name, seen in (("timestamp.json", "LIMIT"), ("2.root.json", "LIMIT"), (".targets", NEW)):
        yield Attack(f"answers {name} endlessly", seen, "LIMIT", _endless(name))
    yield Attack("answers a file endlessly", NEW, same, _endless("get/plugin-a.json"))
    yield Attack("drips the timestamp", "LIMIT", "LIMIT", lambda it: it.drip(TIMESTAMP))
    yield Attack("answers all with a login page", "no answer", "MISSING", _login)
    yield Attack("uses the old key after a rotation", "SIGNATURE", "SIGNATURE", _old_key)
    yield Attack("is honest: rotates its key", NEW, NEW, _rotation)
    yield Attack(
        "is honest: renews", NEW, NEW, lambda it: _files(it, it.signing.signed(2, "renewed"))
    )


def _flipping(ending: str) -> Callable[[Scene], None]:
    return lambda scene: scene.flip(scene.path(ending))


def _endless(ending: str) -> Callable[[Scene], None]:
    return lambda scene: scene.endless(ending)


def shown_by(machine: Machine, *options: str) -> str:
    """Return what a machine shows: an edition, or why it shows none."""
    done = machine.get(*options)
    if done.code == 0:
        return str(json.loads(done.out)["name"]).partition(" of ")[2]
    if not done.out:
        return "no answer"
    return str(json.loads(done.out)["error"]).removeprefix("ERROR_TRUST_")


def main() -> int:
    """Play all attacks; return 1 if a machine shows what it should not."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        signing = Signing.new(folder / "signing")
        older, newer = signing.signed(1, "older", ago=3 * HOUR), signing.signed(2, "newer", ago=60)
        print(f"{'the host …':36}{'who has seen it':18}{'who has not':14}seconds")
        for number, attack in enumerate(attacks()):
            site = Site(dict(newer))
            site.start()
            seen = Machine(site, folder / f"seen-{number}", signing.root)
            seen.name()
            attack.play(Scene(folder, signing, site, older, newer))
            began = time.monotonic()
            shown = (
                shown_by(seen, "--require-fresh"),
                shown_by(seen.other(folder / f"unseen-{number}")),
            )
            seconds = time.monotonic() - began
            site.stop()
            is_right = shown == (attack.seen, attack.unseen)
            wrong += not is_right
            verdict = "" if is_right else f"  EXPECTED {attack.seen}, {attack.unseen}"
            print(f"{attack.words:36}{shown[0]:18}{shown[1]:14}{seconds:.1f}{verdict}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
