"""Build the rows of the tables of a plugin's versions.

They make up most of a page, so they are built here and not in a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

from catalogctl.publish.site.escaping import SafeHtml, contents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.lock import LockedVersion
    from catalogctl.publish.site.texts import Texts

UNFOLDED = 30
"""The number of versions shown before the rest is collapsed."""
_NOTHING = "&#8211;"


class Table(NamedTuple):
    """Some of the versions: their rows, and the title with their number if collapsed."""

    older: str
    rows: SafeHtml


@dataclass(frozen=True, slots=True)
class Versions:
    """The tables of a page and their column titles."""

    count: int
    heads: tuple[str, ...]
    tables: tuple[Table, ...]


def versions(found: Sequence[LockedVersion], latest: str | None, t: Texts) -> Versions:
    """Return the tables of a plugin's versions, newest first, without empty columns.

    Pre-releases come after the stable versions, so the first row is the recommended version.
    """
    if not found:
        return Versions(0, (), ())
    found = sorted(found, key=lambda version: version.prerelease)
    columns = [column for column in _columns(found, t) if any(column[1])]
    rows = _rows(found, latest, columns, t)
    tables = [_table("", rows[:UNFOLDED])]
    if len(rows) > UNFOLDED:
        tables.append(_table(t.counted("older", len(rows) - UNFOLDED), rows[UNFOLDED:]))
    heads = (t("version"), *[head for head, _ in columns])
    return Versions(len(rows), heads, tuple(tables))


def _columns(found: Sequence[LockedVersion], t: Texts) -> list[tuple[str, list[str]]]:
    """Return the title of each column and its cells as HTML, "" for unknown values."""
    return [
        (t("published"), contents(t.day(version.pushed_at) for version in found)),
        (t("size"), contents(t.size(version.size) if version.size else "" for version in found)),
        (t("digest"), [_digest(each) for each in contents(one.digest or "" for one in found)]),
        (t("platforms"), contents(", ".join(version.platforms or ()) for version in found)),
    ]


def _digest(digest: str) -> str:
    """Return the cell of a digest that is already HTML, "" if it is unknown."""
    if not digest:
        return ""
    return f'<span><code class="digest" data-copy="digest">{digest}</code></span>'


def _rows(
    found: Sequence[LockedVersion],
    latest: str | None,
    columns: list[tuple[str, list[str]]],
    t: Texts,
) -> list[str]:
    """Return each version's row; narrow windows show the column titles next to the cells."""
    cells = [_tags(found, latest, t)]
    for head, texts in columns:
        start = f'<td data-label="{escape(head)}">'
        cells.append([f"{start}{text or _NOTHING}</td>" for text in texts])
    return [f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True)]


def _tags(found: Sequence[LockedVersion], latest: str | None, t: Texts) -> list[str]:
    """Return the cell of each version's tag, with its marks."""
    before, newest = _mark(t("prerelease"), "warn"), _mark(t("newest"), "ok")
    tags = contents(version.tag for version in found)
    return [
        f"<td><code>{tag}</code>{before if version.prerelease else ''}"
        f"{newest if version.tag == latest else ''}</td>"
        for version, tag in zip(found, tags, strict=True)
    ]


def _mark(word: str, kind: str) -> str:
    return f' <span class="tag {kind}">{escape(word)}</span>'


def _table(older: str, rows: list[str]) -> Table:
    return Table(older, SafeHtml("\n".join(rows)))
