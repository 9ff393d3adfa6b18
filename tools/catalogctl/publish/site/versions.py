"""A plugin's versions in, the rows of their tables out.

These are most of a page and are made ten thousand times over, so they are joined here, not in a
template: every text of a column is escaped at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from catalogctl.publish.site import words

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
    columns = [_tags(found, latest)]
    heads = ["Version"]
    for head, texts in (
        ("Published", [words.day(version.pushed_at) for version in found]),
        ("Size", [words.size(version.size) for version in found]),
        ("Digest", [version.digest or "" for version in found]),
        ("Platforms", [", ".join(version.platforms or ()) for version in found]),
    ):
        if any(texts):
            heads.append(head)
            columns.append(_cells(head, texts, found))
    rows = [f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True)]
    parts = (rows[:UNFOLDED], rows[UNFOLDED:])
    # Every text in them was escaped below.
    tables = tuple(Table(len(part), Markup("\n".join(part))) for part in parts if part)  # noqa: S704
    return Versions(len(found), tuple(heads), tables)


def _tags(found: Sequence[Version], latest: str | None) -> list[str]:
    tags = escaped(version.tag for version in found)
    return [
        f"<td><code>{tag}</code>{_NEWEST if version.tag == latest else ''}</td>"
        for tag, version in zip(tags, found, strict=True)
    ]


def _cells(head: str, texts: list[str], found: Sequence[Version]) -> list[str]:
    shown = escaped(texts)
    if head != "Digest":
        return [f'<td data-label="{head}">{text or _NOTHING}</td>' for text in shown]
    tags = escaped(version.tag for version in found)
    return [
        f'<td data-label="Digest"><span><code class="digest" data-copy="digest of {tag}">{text}'
        "</code></span></td>"
        if text
        else f'<td data-label="Digest">{_NOTHING}</td>'
        for text, tag in zip(shown, tags, strict=True)
    ]


def escaped(texts: Iterable[str]) -> list[str]:
    """Return each text escaped; they are escaped together, which is many times faster.

    No text of a plugin file or a lock holds a control character; one from elsewhere loses it.
    """
    given = list(texts)
    joined = "\0".join(given)
    if joined.count("\0") >= len(given):
        joined = "\0".join(text.replace("\0", "") for text in given)
    return str(escape(joined)).split("\0")
