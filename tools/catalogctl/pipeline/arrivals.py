"""Order plugins that claim the same thing by when they came to claim it.

The one that stands there longest is in the right: the problem of a clash belongs into the file
that came later. That is asked of git only where there is a clash.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.source.blobs import read_blobs
from catalogctl.source.document import parse
from catalogctl.source.git import Git, lies_in_git
from catalogctl.source.git_log import read_log
from catalogctl.validate.between_plugins import claim
from catalogctl.validate.effective_request import effective
from catalogctl.validate.finding import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import Settings
    from catalogctl.validate.between_plugins import Claim

MOST_READ = 5_000
"""Earlier states of files that are read for that; beyond, the order of the files counts."""

_MANY = 50
"""Files from which on git is asked for the whole folder."""


def by_arrival(
    opened: OpenCatalog, groups: Sequence[Sequence[Claim]], key: Callable[[Claim], str]
) -> list[list[Claim]]:
    """Return each group in the order in which its plugins came to claim what `key` says.

    A file that a comparison found added comes after one that it found changed, and both after the
    others; then what is not committed. Outside git, the files stay in their order.
    """
    stems = [each.stem for group in groups for each in group]
    states = _states(opened.path, stems) if stems else {}
    read = _ClaimReader(opened, states)

    def rank(each: Claim) -> tuple[int, float]:
        place = f"plugins/{each.stem}.yaml"
        return opened.touched.get(place, 0), -read.since(place, key(each), key)

    return [sorted(group, key=rank) for group in groups]


def _states(catalog: Path, stems: Sequence[str]) -> dict[str, list[tuple[int, str | None]]]:
    """Return the states of files, newest first: how many commits ago each came, and its blob."""
    paths = [f"plugins/{stem}.yaml" for stem in stems]
    if not lies_in_git(catalog.resolve()):
        return {}
    states: dict[str, list[tuple[int, str | None]]] = {path: [] for path in paths}
    folders = paths if len(paths) <= _MANY else ["plugins"]
    try:
        for number, commit in enumerate(read_log(Git(catalog), paths=folders)):
            for change in commit.changes:
                if change.path in states:
                    states[change.path].append((number, change.after))
    except OutsideError:  # no commit yet, or git has reasons of its own: validate needs no git
        return {}
    return states


class _ClaimReader:
    """Reads what files claimed in their earlier states."""

    def __init__(
        self, opened: OpenCatalog, states: dict[str, list[tuple[int, str | None]]]
    ) -> None:
        self._settings = opened.settings
        self._states = states
        names = [blob for each in states.values() for _, blob in each if blob is not None]
        names = list(dict.fromkeys(names))[:MOST_READ]
        try:
            contents = dict(zip(names, read_blobs(Git(opened.path), names), strict=True))
        except OutsideError:  # a partial clone
            contents = {}
        self._claims = {
            name: _claimed(data, self._settings) for name, data in contents.items() if data
        }

    def since(self, place: str, claimed: str, key: Callable[[Claim], str]) -> float:
        """Return how many commits ago a file came to claim a thing; less than 0: not committed."""
        if not self._states:
            return 0
        since = -math.inf
        for number, blob in self._states.get(place, []):
            then = self._claims.get(blob) if blob is not None else None
            if then is None or key(then) != claimed:
                break
            since = number
        return since


def _claimed(data: bytes, settings: Settings) -> Claim:
    document = parse("", "", data)
    return claim(Entry(document, effective(document.value, settings)))
