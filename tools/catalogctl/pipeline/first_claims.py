"""Order plugins that claim the same thing by when they first claimed it.

The oldest claim is valid: the problem of a conflict is reported in the file that came later. Git
is queried only if there is a conflict.
"""

from __future__ import annotations

import contextlib
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
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.validate.between_plugins import Claim

MOST_READ = 5_000
"""The maximum number of earlier file states to read; beyond it, the files' order counts."""

_MANY = 50
"""The number of files above which git is queried for the whole folder."""


def by_arrival(
    opened: OpenCatalog, groups: Sequence[Sequence[Claim]], key: Callable[[Claim], str]
) -> list[list[Claim]]:
    """Return each group in the order in which its plugins first claimed the value of `key`.

    Files that a comparison found to be added come last, after changed ones, after all others;
    among these, uncommitted claims come last. Outside git, the files keep their order.
    """
    stems = [each.stem for group in groups for each in group]
    states = _states(opened.path, stems) if stems else {}
    claims = _earlier_claims(opened, states)

    def since(place: str, value: str) -> float:
        """Return how many commits ago a file first claimed a value; -inf if uncommitted."""
        commits_ago = -math.inf if states else 0
        for number, blob in states.get(place, []):
            earlier = claims.get(blob) if blob is not None else None
            if earlier is None or key(earlier) != value:
                break
            commits_ago = number
        return commits_ago

    def rank(each: Claim) -> tuple[int, float]:
        place = f"plugins/{each.stem}.yaml"
        return opened.touched.get(place, 0), -since(place, key(each))

    return [sorted(group, key=rank) for group in groups]


def _states(catalog: Path, stems: Sequence[str]) -> dict[str, list[tuple[int, str | None]]]:
    """Return the states of files, newest first: each one's age in commits, and its blob."""
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
    except OutsideError:  # no commit yet, or git fails otherwise: validate works without git
        return {}
    return states


def _earlier_claims(
    opened: OpenCatalog, states: Mapping[str, Sequence[tuple[int, str | None]]]
) -> dict[str, Claim]:
    """Return the claims of files in their earlier states, by blob id."""
    blobs = [blob for each in states.values() for _, blob in each if blob is not None]
    blobs = list(dict.fromkeys(blobs))[:MOST_READ]
    claims: dict[str, Claim] = {}
    with contextlib.suppress(OutsideError):  # a partial clone
        for blob, data in zip(blobs, read_blobs(Git(opened.path), blobs), strict=True):
            if data:
                document = parse("", "", data)
                claims[blob] = claim(Entry(document, effective(document.value, opened.settings)))
    return claims
