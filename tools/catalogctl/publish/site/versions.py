"""A plugin's versions in, the rows of their tables out.

These are most of a page and are made ten thousand times over, so they are joined here, not in a
template: every text of a column is escaped at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from catalogctl.publish.site.escaping import contents, escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.model.plugin import Version
    from catalogctl.publish.site.words import Words

UNFOLDED = 30
"""Versions that are shown before the rest is folded away."""
_NOTHING = "&#8211;"


@dataclass(frozen=True, slots=True)
class Table:
    """Some of the versions: how many they are if they are folded away, and their rows."""

    older: str
    rows: Markup


@dataclass(frozen=True, slots=True)
class Versions:
    """The tables of a page, and the titles of their columns."""

    count: int
    heads: tuple[str, ...]
    tables: tuple[Table, ...]


def versions(found: Sequence[Version], latest: str | None, say: Words) -> Versions:
    """Return the tables of a plugin's versions, newest first; a column nobody fills is left out."""
    if not found:
        return Versions(0, (), ())
    tags = contents(version.tag for version in found)
    mark = f' <span class="mark ok">{escaped(say("newest"))}</span>'
    newest = [mark if version.tag == latest else "" for version in found]
    columns: list[Sequence[str]] = [tags, newest]
    heads = [say("version")]
    for key, texts in (
        ("published", contents(say.day(version.pushed_at) for version in found)),
        ("size", contents(say.size(version.size) for version in found)),
        ("digest", _digests(version.digest or "" for version in found)),
        ("platforms", [_platforms(version.platforms) for version in found]),
    ):
        if any(texts):
            heads.append(say(key))
            columns.append([text or _NOTHING for text in texts])
    line = _line(tuple(heads[1:]))
    rows = [line % cells for cells in zip(*columns, strict=True)]
    parts = (rows[:UNFOLDED], rows[UNFOLDED:])
    # Every text in them was escaped above.
    tables = tuple(
        Table(say.counted("older", len(part)), Markup("\n".join(part)))  # noqa: S704
        for part in parts
        if part
    )
    return Versions(len(found), tuple(heads), tables)


@lru_cache(maxsize=100)
def _line(heads: tuple[str, ...]) -> str:
    """Return a row to fill in by `%`; a narrow window shows the heads beside the cells."""
    labels = (escaped(head).replace("%", "%%") for head in heads)
    cells = "".join(f'<td data-label="{label}">%s</td>' for label in labels)
    return f"<tr><td><code>%s</code>%s</td>{cells}</tr>"


def _digests(digests: Iterable[str]) -> list[str]:
    return [
        f'<span><code class="digest" data-copy="digest">{shown}</code></span>' if shown else ""
        for shown in contents(digests)
    ]


@lru_cache(maxsize=1000)
def _platforms(platforms: tuple[str, ...] | None) -> str:
    return ", ".join(contents(platforms or ()))
