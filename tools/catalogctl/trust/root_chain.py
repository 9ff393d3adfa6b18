"""Read the roots of a catalog, each of which must be signed as the one before it demands.

They are in `catalog/trust/` in git. The newest may wait for signatures of other maintainers; until
it has them, the one before it counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuf.api.metadata import Root

from catalogctl.errors import OutsideError, SigningError
from catalogctl.files import NotAFileError, cause, read_inside
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.signed_metadata import decoded, repository_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tuf.api.metadata import RootVerificationResult

    from catalogctl.trust.signed_metadata import SignedFile


@dataclass(frozen=True, slots=True)
class RootChain:
    """The roots of a catalog from the first one on; `waiting` lacks signatures to be the next."""

    files: tuple[SignedFile[Root], ...]
    waiting: SignedFile[Root] | None = None

    @property
    def newest(self) -> Root:
        """The newest root that has all its signatures."""
        return self.files[-1].signed

    @property
    def missing(self) -> int:
        """How many more keys must sign the root that waits; 0 if none does."""
        return 0 if self.waiting is None else missing_signatures(self.waiting, self.newest)

    @property
    def repository_id(self) -> str:
        """The repository_id of the catalog."""
        return repository_of(self.files[0].signed)

    @property
    def first_sha256(self) -> str:
        """The hash of the first root, by which consumers may pin the catalog."""
        return hashlib.sha256(self.files[0].data).hexdigest()


def root_name(version: int) -> str:
    """Return the name of the file of a root."""
    return f"{version}.root.json"


def result_of(file: SignedFile[Root], before: Root | None) -> RootVerificationResult:
    """Return which signatures a root has, of those that it and the one before it demand."""
    metadata = file.metadata
    return metadata.signed.get_root_verification_result(
        before, metadata.signed_bytes, metadata.signatures
    )


def missing_signatures(file: SignedFile[Root], before: Root) -> int:
    """Return how many more keys must sign a root; one key may count for it and the one before."""
    result = result_of(file, before)
    old, new = result.first, result.second
    both = min(old.missing, new.missing, len(old.unsigned.keys() & new.unsigned.keys()))
    return old.missing + new.missing - both


def read_roots(folder: Path, *, or_else: str = "name the folder with --roots") -> RootChain:
    """Return the roots in a folder; `or_else` is what to do if it is not the one that was meant.

    Raise SigningError if there are none, or one is wrong.
    """
    chain = chain_of(_files(folder), f"{folder}/")
    if chain is None:
        raise SigningError(
            f"{folder} holds no {root_name(1)}: run catalogctl trust init, or {or_else}"
        )
    return chain


def chain_of(files: Iterable[bytes], place: str) -> RootChain | None:
    """Return the roots with these bytes, in order; None if there are none.

    `place` is what messages put before a file's name. Raise SigningError if a file is not the root
    that belongs there, or one before the last lacks signatures.
    """
    chain: list[SignedFile[Root]] = []
    waiting: SignedFile[Root] | None = None
    for version, data in enumerate(files, start=1):
        name = place + root_name(version)
        if waiting is not None:
            raise SigningError(f"{name} can't count: the root before it lacks signatures")
        file = _checked(data, name, version, chain)
        if result_of(file, chain[-1].signed if chain else None):
            chain.append(file)
        else:
            waiting = file
    if waiting is not None and not chain:
        raise SigningError(f"{place}{root_name(1)} is not signed by its own keys")
    return RootChain(tuple(chain), waiting) if chain else None


def _checked(
    data: bytes, name: str, version: int, chain: list[SignedFile[Root]]
) -> SignedFile[Root]:
    """Return a root. Raise SigningError unless it is this version of the root of the catalog."""
    try:
        file = decoded(data, Root)
    except ValueError as error:
        raise SigningError(f"{name} {error}: bring it back from git") from None
    if file.signed.version != version:
        raise SigningError(f"{name} says that it is version {file.signed.version}")
    repository_id = repository_of(file.signed)
    if not repository_id:
        raise SigningError(f"{name} names no repository_id: make roots with catalogctl trust init")
    if chain and repository_id != repository_of(chain[0].signed):
        raise SigningError(
            f"{name} is of {repository_id}, but the first root of {repository_of(chain[0].signed)}"
        )
    return file


def _files(folder: Path) -> Iterator[bytes]:
    """Yield the bytes of each root in a folder, from the first one on."""
    for version in range(1, LIMITS.roots + 2):
        name = root_name(version)
        try:
            yield read_inside(folder, name, LIMITS.of(name))
        except (FileNotFoundError, NotADirectoryError):
            return
        except NotAFileError as error:
            raise SigningError(f"{folder / name} {error}") from None
        except OSError as error:
            raise OutsideError(f"{folder / name}: {cause(error)}") from error
