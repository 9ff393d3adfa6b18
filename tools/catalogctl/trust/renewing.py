"""Renew the signatures of an edition before they expire, without the tree that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.errors import SigningError
from catalogctl.trust.published_signatures import has_root, read_signatures
from catalogctl.trust.signed_metadata import DAY, seconds_left
from catalogctl.trust.signing import check_edition, check_signer, last_signatures, signatures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.trust.metadata_source import TreePlace
    from catalogctl.trust.signing import Signer

RENEW_ALL_BELOW = 60 * DAY
"""With fewer seconds left, what lives for a year is signed anew, too."""


def renewed(place: TreePlace, signer: Signer, commit: str | None) -> Iterator[tuple[str, bytes]]:
    """Yield the path and bytes of each new file of `trust/`, in the order in which to write them.

    The signatures that are there must hold, except for their age. Raise SigningError if they don't,
    or are of another commit than `commit`: a host could have an old edition signed anew.
    """
    check_signer(signer)
    old = read_signatures(place, signer.roots)
    edition = old.edition
    check_edition(edition, signer)
    if commit is not None and edition.commit != commit:
        raise SigningError(
            f"{place.name} holds the edition of commit {edition.commit}, not of {commit}: publish"
            " that one, or name the commit whose edition may be signed anew: --commit"
        )
    version = max(signer.now, old.timestamp.signed.version + 1)
    long_lived = (old.snapshot.signed, old.targets.signed)
    if min(seconds_left(each, signer.now) for each in long_lived) < RENEW_ALL_BELOW:
        yield from signatures(old.targets.signed.targets, version, signer)
        return
    *roots, timestamp = last_signatures(old.snapshot, version, signer)
    if not has_root(place, signer.roots.newest.version):
        yield from roots
    yield timestamp
