"""A plugin's versions in, the rows of their tables out.

These are most of a page and are made ten thousand times over, so they are joined here, not in a
template: every text of a column is escaped at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from catalogctl.publish.site import words
from catalogctl.publish.site.escaping import contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.model.plugin import Version

UNFOLDED = 30
"""Versions that are shown before the rest is folded away."""
_NOTHING = "&#8211;"
_NEWEST = ' <span class="mark ok">Newest</span>'


@dataclass(frozen=True, slots=True)
class Table:
    """Some of the versions: how many they are, and their rows."""

    count: int
    rows: Markup


@dataclass(frozen=True, slots=True)
class Versions:
    """The tables of a page, and the titles of their columns."""

    count: int
    heads: tuple[str, ...]
    tables: tuple[Table, ...]


def versions(found: Sequence[Version], latest: str | None) -> Versions:
    """Return the tables of a plugin's versions, newest first; a column nobody fills is left out."""
    if not found:
        return Versions(0, (), ())
    tags = contents(version.tag for version in found)
    newest = [_NEWEST if version.tag == latest else "" for version in found]
    columns: list[Sequence[str]] = [tags, newest]
    heads = ["Version"]
    for head, texts in (
        ("Published", contents(words.day(version.pushed_at) for version in found)),
        ("Size", [words.size(version.size) for version in found]),
        ("Digest", _digests(version.digest or "" for version in found)),
        ("Platforms", [_platforms(version.platforms) for version in found]),
    ):
        if any(texts):
            heads.append(head)
            columns.append([text or _NOTHING for text in texts])
    cells = "".join(f'<td data-label="{head}">%s</td>' for head in heads[1:])
    line = f"<tr><td><code>%s</code>%s</td>{cells}</tr>"
    rows = [line % cells for cells in zip(*columns, strict=True)]
    parts = (rows[:UNFOLDED], rows[UNFOLDED:])
    # Every text in them was escaped above.
    tables = tuple(Table(len(part), Markup("\n".join(part))) for part in parts if part)  # noqa: S704
    return Versions(len(found), tuple(heads), tables)


def _digests(digests: Iterable[str]) -> list[str]:
    return [
        f'<span><code class="digest" data-copy="digest">{shown}</code></span>' if shown else ""
        for shown in contents(digests)
    ]


@lru_cache(maxsize=1000)
def _platforms(platforms: tuple[str, ...] | None) -> str:
    return ", ".join(contents(platforms or ()))
