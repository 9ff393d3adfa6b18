"""The lookups of an image's tags, whichever answer comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.resolve import lookups
from catalogctl.resolve.failures import RegistryError
from catalogctl.resolve.listing import NoManifest, TagManifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.resolve.lookups import Answer

TAGS = [f"1.{minor}" for minor in reversed(range(60))]


def last_first(
    work: Callable[[str], tuple[str, Answer]], groups: list[list[str]], _threads: int
) -> Iterator[tuple[str, Answer]]:
    return map(work, reversed(groups[0]))


# (which tags are refused, whether the image is given up)
REFUSED = {
    "the 20 newest": (slice(20), True),
    "the 19 newest": (slice(19), False),
    "the 20 oldest": (slice(40, 60), False),
}


@pytest.mark.parametrize(("part", "is_given_up"), REFUSED.values(), ids=REFUSED)
def test_which_answer_comes_first_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, part: slice, *, is_given_up: bool
) -> None:
    """Decision 522."""
    monkeypatch.setattr(lookups, "by_group", last_first)
    refused = TAGS[part]
    asked = []

    def ask(tag: str) -> Answer:
        asked.append(tag)
        return NoManifest(403) if tag in refused else TagManifest("sha256:" + 64 * "0")

    if is_given_up:
        with pytest.raises(RegistryError, match=f"answered 403 when asked for {TAGS[0]}"):
            lookups.look_up(lookups.Asker(ask, threads=4), TAGS)
        assert sorted(asked) == sorted(refused)
    else:
        assert list(lookups.look_up(lookups.Asker(ask, threads=4), TAGS)) == TAGS
