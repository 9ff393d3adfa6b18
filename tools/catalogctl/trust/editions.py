"""Decide which signed edition of a published catalog this machine may believe.

The host is asked; if it gives no metadata, what is remembered goes on until it expires. Nothing
older than what is remembered is ever accepted.
"""

from __future__ import annotations

import hashlib
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from tuf.api.metadata import Root

from catalogctl.client.tree_reader import NoAnswerError
from catalogctl.errors import SigningError, TrustCode, TrustError
from catalogctl.fetch.fetch_errors import FetchError, OverdueError, TooLargeError
from catalogctl.files.tree_paths import TRUST_METADATA
from catalogctl.trust.complaints import OlderTimestampError
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.metadata_source import GONE, NoMetadataError, too_much
from catalogctl.trust.root_chain import chain_of, root_name
from catalogctl.trust.signed_edition import refreshed, remembered
from catalogctl.trust.signed_metadata import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.trust.metadata_source import TreePlace
    from catalogctl.trust.pins import Pin
    from catalogctl.trust.signed_edition import SignedEdition
    from catalogctl.trust.trust_state import TrustState


class FoundEdition(NamedTuple):
    """The newest edition that may be believed.

    `trouble` is why the host could not be asked, "" if it could; `answered_at` is when it last
    answered, in seconds since 1970.
    """

    edition: SignedEdition
    answered_at: float
    trouble: str = ""


class SignedEditions:
    """The signed editions of the catalog at a place.

    A `pin` is needed unless the catalog is remembered. With `require_fresh`, the host must answer.
    """

    def __init__(
        self,
        place: TreePlace,
        trust_state: TrustState,
        pin: Pin | None,
        *,
        require_fresh: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.trust_state = trust_state
        self._place = place
        self._pin = pin
        self._require_fresh = require_fresh
        self._clock = clock

    def newest(self, *, past_caches: bool = False) -> FoundEdition:
        """Return the newest edition. Raise TrustError, or NoAnswerError if there is no answer.

        With `past_caches`, the host is asked in any case, in a way that no cache can answer.
        """
        with self.trust_state.locked():
            pinned = self.trust_state.pinned() if self.trust_state.is_known else self._first_root()
            may_be_quiet = not past_caches and not self._require_fresh and self._knows_pin()
            found = self._recent(pinned) if may_be_quiet else None
            if found is None:
                found = self._asked(pinned, past_caches=past_caches)
                self._check_pin()
            return found

    def _recent(self, pinned: bytes) -> FoundEdition | None:
        """Return what is remembered, if the host answered within the last minute."""
        answered_at = self.trust_state.refreshed_at() if self.trust_state.is_known else 0.0
        if not 0 <= self._clock() - answered_at < LIMITS.quiet:
            return None
        try:
            return FoundEdition(
                remembered(self._place, self.trust_state.metadata, pinned), answered_at
            )
        except TrustError:
            return None

    def _asked(self, pinned: bytes, *, past_caches: bool) -> FoundEdition:
        """Ask the host, twice if something is wrong with its first answers."""
        for past in (True,) if past_caches else (False, True):
            try:
                return self._refreshed(pinned, past_caches=past)
            except NoMetadataError as error:
                return self._old(pinned, error)
            except OlderTimestampError as error:
                if past and error.seconds <= LIMITS.lag and self.trust_state.is_known:
                    edition = remembered(self._place, self.trust_state.metadata, pinned)
                    return FoundEdition(edition, self.trust_state.refreshed_at())
                if past:
                    raise
            except TrustError as error:
                if past or error.code is TrustCode.LIMIT:
                    raise
        raise AssertionError  # pragma: no cover  (the last try returns or raises)

    def _refreshed(self, pinned: bytes, *, past_caches: bool) -> FoundEdition:
        with self.trust_state.renewed() as folder:
            edition = refreshed(self._place, folder, pinned, past_caches=past_caches)
        now = self._clock()
        self.trust_state.note_answer(now, pinned)
        return FoundEdition(edition, now)

    def _old(self, pinned: bytes, error: NoMetadataError) -> FoundEdition:
        """Return what is remembered, because the host gives no metadata."""
        if self.trust_state.is_known and not self._require_fresh:
            edition = remembered(self._place, self.trust_state.metadata, pinned)
            return FoundEdition(edition, self.trust_state.refreshed_at(), error.what)
        if error.is_answer and not self.trust_state.is_known:
            raise TrustError(
                TrustCode.MISSING,
                f"{error.what}, and nothing of this catalog is remembered: check the address, and"
                " whether this network asks for a login",
            ) from error
        kept = "" if self.trust_state.is_known else " (and no earlier answer is kept)"
        raise NoAnswerError(error.what + kept, error.what) from error

    def _first_root(self) -> bytes:
        """Return the root that is pinned; if only its hash is, the place's first root with it."""
        if self._pin is None:
            raise AssertionError("a catalog that is neither pinned nor remembered")
        if self._pin.data is not None:
            return self._pin.data
        path = TRUST_METADATA + root_name(1)
        try:
            answer = self._place.ask(path, LIMITS.of(path))
        except (TooLargeError, OverdueError) as error:
            raise too_much(error) from error
        except FetchError as error:
            raise NoAnswerError(f"{error} (and no earlier answer is kept)", str(error)) from error
        name = self._place.name + path
        if answer.status in GONE:
            raise TrustError(TrustCode.MISSING, f"{name} is not there: check the address")
        if answer.status != HTTPStatus.OK:
            raise NoAnswerError(f"{name} answered {answer.status}")
        found = hashlib.sha256(answer.body).hexdigest()
        if found != self._pin.sha256:
            raise TrustError(
                TrustCode.SIGNATURE,
                f"{name} has the sha256 {found[:12]}…, not the pinned {self._pin.sha256[:12]}…:"
                f" compare the pinned hash with that of {root_name(1)} in the catalog's repository,"
                " and use nothing of this host if it is right; a later root is only pinned by its"
                " file",
            )
        return answer.body

    def _knows_pin(self) -> bool:
        """Return whether the user pins no root, or one of the chain that is remembered."""
        return self._pin is None or self._pin.sha256 in self.trust_state.root_hashes()

    def _check_pin(self) -> None:
        """Raise TrustError if the user pins a root that is not of the chain that is remembered."""
        if self._pin is not None and not self._knows_pin() and not self._leads_here(self._pin):
            raise TrustError(
                TrustCode.PINNED,
                f"{self._pin.name} is not a root of the catalog that this machine has checked at"
                f" {self.trust_state.url} before: if that catalog began anew, run catalogctl trust"
                f" forget {self.trust_state.url}, and pin its new root",
            )

    def _leads_here(self, pin: Pin) -> bool:
        """Return whether a pinned root is an earlier one of the chain that is remembered.

        The host has the roots between, each of which the one before must have signed; from the
        pinned one on, they are remembered, too.
        """
        first = self.trust_state.pinned()
        try:
            files = [*self._roots_before(decoded(first, Root).signed.version), first]
            chain = chain_of(files, self._place.name + TRUST_METADATA)
        except (FetchError, SigningError):
            return False
        hashes = [hashlib.sha256(each).hexdigest() for each in files]
        if chain is None or chain.waiting is not None or pin.sha256 not in hashes:
            return False
        start = hashes.index(pin.sha256)
        self.trust_state.keep_roots(start + 1, files[start:-1])
        return True

    def _roots_before(self, version: int) -> Iterator[bytes]:
        """Yield the roots before a version, from the first one on, as far as the host has them."""
        for number in range(1, min(version, LIMITS.roots + 1)):
            path = TRUST_METADATA + root_name(number)
            answer = self._place.ask(path, LIMITS.of(path))
            if answer.status != HTTPStatus.OK:
                return
            yield answer.body
