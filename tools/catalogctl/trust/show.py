"""Describe roots and signatures: who has signed, and how long they live."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import Root

from catalogctl.errors import SigningError
from catalogctl.files import MANIFEST
from catalogctl.trust.published_signatures import read_signatures
from catalogctl.trust.root_chain import chain_of, read_roots, root_name
from catalogctl.trust.signed_metadata import decoded, repository_of, seconds_left, shown_time

if TYPE_CHECKING:
    from pathlib import Path

    from tuf.api.metadata import Metadata

    from catalogctl.jsontypes import JSONObject
    from catalogctl.trust.metadata_source import TreePlace
    from catalogctl.trust.root_chain import RootChain
    from catalogctl.trust.signed_metadata import SignedFile


@dataclass(frozen=True, slots=True)
class Role:
    """A role: the version and age of its metadata, the ids of its keys and of those that signed."""

    role: str
    version: int
    expires: str
    seconds_left: int
    threshold: int
    keys: tuple[str, ...]
    signatures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What roots and signatures say; what only a signed tree has is None without one.

    `missing` is how many more keys must sign a root that waits.
    """

    repository_id: str
    commit: str | None
    commit_time: str | None
    manifest_sha256: str | None
    first_root_sha256: str | None
    roles: tuple[Role, ...]
    missing: int = 0

    def lacking(self, life: float) -> list[str]:
        """Return what is wrong: signatures that are missing, and roles with less life left."""
        wrong = [
            f"{role.role} has {len(role.signatures)} of {role.threshold} signatures"
            for role in self.roles
            if len(role.signatures) < role.threshold
        ]
        if self.missing:
            noun = "signature" if self.missing == 1 else "signatures"
            wrong.append(f"{root_name(self.roles[0].version)} waits for {self.missing} more {noun}")
        short = [role for role in self.roles if role.seconds_left < life or role.seconds_left <= 0]
        return [*wrong, *(f"{role.role} expires at {role.expires}" for role in short)]

    def to_json(self) -> JSONObject:
        """Return it as `--format json` prints it."""
        roles = [
            {**asdict(role), "keys": [*role.keys], "signatures": [*role.signatures]}
            for role in self.roles
        ]
        shown = {**asdict(self), "roles": [*roles]}
        del shown["missing"]
        return shown


def show_place(place: TreePlace, now: float) -> Shown:
    """Describe the signatures of a published tree. Raise SigningError if one does not hold."""
    found = read_signatures(place)
    root, edition = found.roots.newest, found.edition
    manifest = found.targets.signed.targets.get(MANIFEST)
    files = (found.roots.files[-1], found.timestamp, found.snapshot, found.targets)
    return Shown(
        edition.repository_id,
        edition.commit,
        edition.commit_time,
        None if manifest is None else manifest.hashes.get("sha256"),
        found.roots.first_sha256,
        tuple(_role(each.metadata, root, now) for each in files),
    )


def show_roots(folder: Path, now: float) -> Shown:
    """Describe the newest root in a folder, or the one that waits for signatures."""
    chain = read_roots(folder, or_else="name a root, a built tree or a URL")
    return _root(chain.waiting or chain.files[-1], chain, now)


def show_root(path: Path, data: bytes, now: float) -> Shown:
    """Describe the root in a file; only its own keys say how many signatures it needs."""
    chain = chain_of([data], "") if path.name == root_name(1) else None
    try:
        file = decoded(data, Root)
    except ValueError as error:
        raise SigningError(f"{path} {error}: name a root, a built tree or a URL") from None
    return _root(file, chain, now)


def _root(file: SignedFile[Root], chain: RootChain | None, now: float) -> Shown:
    first = None if chain is None else chain.first_sha256
    role = _role(file.metadata, file.signed, now)
    missing = 0 if chain is None else chain.missing
    return Shown(repository_of(file.signed), None, None, None, first, (role,), missing)


def _role(metadata: Metadata[Any], root: Root, now: float) -> Role:
    """Describe metadata; `root` says whose signatures count."""
    signed = metadata.signed
    result = root.get_verification_result(signed.type, metadata.signed_bytes, metadata.signatures)
    return Role(
        signed.type,
        signed.version,
        shown_time(signed.expires),
        seconds_left(signed, now),
        result.threshold,
        tuple(sorted([*result.signed, *result.unsigned])),
        tuple(sorted(result.signed)),
    )
