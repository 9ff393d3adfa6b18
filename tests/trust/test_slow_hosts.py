"""What a machine that has seen a catalog makes of a host that is slow, or silent (decision 431).

The decision is made in-process, with short limits; test_attacks.py waits for the real ones.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

import pytest

from catalogctl.client.tree_reader import NoAnswerError
from catalogctl.errors import TrustCode, TrustError
from catalogctl.fetch.fetch_limits import FetchLimits
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.trust.editions import SignedEditions
from catalogctl.trust.metadata_source import WebPlace
from catalogctl.trust.pins import pin_of
from catalogctl.trust.signed_metadata import DAY
from catalogctl.trust.trust_state import TrustState
from support.published import Reply, Site
from support.signed import TIMESTAMP, Signing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalogctl.fetch.response import WholeResponse
    from catalogctl.trust.editions import FoundEdition

    Find: TypeAlias = Callable[..., FoundEdition]

SECONDS = 0.5
DRIP = Reply(200, b"{", length=400, drip=0.05)
SILENCE = Reply(200, b"{", length=400, drip=5)


class QuickPlace(WebPlace):
    """A tree at a URL, of which each file may take half a second."""

    def ask(
        self, path: str, most: int, *, query: str = "", seconds: float = SECONDS
    ) -> WholeResponse:
        return super().ask(path, most, query=query, seconds=seconds)


@pytest.fixture
def trust_state(tmp_path: Path, site: Site) -> TrustState:
    return TrustState(site.url, tmp_path / "trust")


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    limits = FetchLimits(seconds=SECONDS, silence=0.2)
    with closing(Fetcher({}, limits=limits)) as opened:
        yield opened


@pytest.fixture
def find(site: Site, trust_state: TrustState, fetcher: Fetcher, signing: Signing) -> Find:
    """Return what finds the newest edition of the site, each time a day later."""

    def found(**how: bool) -> FoundEdition:
        place, pin = QuickPlace(site.url, fetcher), pin_of(signing.root)
        now = trust_state.refreshed_at() + DAY
        return SignedEditions(place, trust_state, pin, clock=lambda: now, **how).newest()

    return found


def spoil(site: Site, ending: str, reply: Reply) -> None:
    """Let the site answer each request for a file that ends so with a reply."""
    site.spoil = lambda request: reply if request.path.partition("?")[0].endswith(ending) else None


@pytest.mark.parametrize("ending", ["2.root.json", TIMESTAMP, ".snapshot.json", ".targets.json"])
def test_metadata_that_drip_are_an_error(
    site: Site, find: Find, older: dict[str, bytes], ending: str
) -> None:
    """Q-44: what is kept is not shown, and nothing is lost of it."""
    newer, site.files = site.files, dict(older)
    seen = find()
    site.files = newer
    spoil(site, ending, DRIP)
    with pytest.raises(TrustError, match=f"{ending} did not answer within 0.5 s") as caught:
        find()
    assert caught.value.code is TrustCode.LIMIT
    site.stop()
    assert find().edition.index == seen.edition.index


@pytest.mark.parametrize("ending", ["2.root.json", TIMESTAMP])
def test_a_host_that_says_nothing_is_down(site: Site, find: Find, ending: str) -> None:
    """R-37: what is kept goes on, unless the host must answer."""
    seen = find()
    spoil(site, ending, SILENCE)
    found = find()
    assert found.edition.index == seen.edition.index
    assert f"{ending} sent nothing for 0.2 s" in found.trouble
    with pytest.raises(NoAnswerError, match="sent nothing"):
        find(require_fresh=True)
