"""Make the rows of the tables of a plugin's versions.

They are most of a page, so they are joined here rather than in a template.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from markupsafe import escape

from catalogctl.publish.site.escaping import SafeHtml, escape_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.lock import LockedVersion
    from catalogctl.publish.site.texts import Texts

UNFOLDED = 30
"""Versions that are shown before the rest is folded away."""
_NOTHING = "&#8211;"
_DIGEST = '<span><code class="digest" data-copy="digest">%s</code></span>'


class Table(msgspec.Struct, frozen=True, gc=False):
    """Some of the versions: how many they are if they are folded away, and their rows."""

    older: str
    rows: SafeHtml


class Versions(msgspec.Struct, frozen=True):
    """The tables of a page, and the titles of their columns."""

    count: int
    heads: tuple[str, ...]
    tables: tuple[Table, ...]


class _Column(msgspec.Struct, frozen=True, gc=False):
    """A column: its title, its escaped texts, and what stands around each, to fill in by `%`."""

    head: str
    texts: list[str]
    around: str = "%s"

    def filled(self) -> _Column:
        """Return the column with a dash where a text is missing."""
        if "" not in self.texts:
            return self
        texts = [self.around % text if text else _NOTHING for text in self.texts]
        return _Column(self.head, texts)


def versions(found: Sequence[LockedVersion], latest: str | None, say: Texts) -> Versions:
    """Return the tables of a plugin's versions, newest first; a column nobody fills is left out.

    Pre-releases stand below the stable versions: the first row is the one to take.
    """
    if not found:
        return Versions(0, (), ())
    found = sorted(found, key=lambda version: version.prerelease)
    count, size = len(found), say.size
    tags = [version.tag for version in found]
    texts = escape_texts(
        [
            *tags,
            *say.days([version.pushed_at for version in found]),
            *[version.digest or "" for version in found],
            *[size(version.size or None) for version in found],
        ]
    )
    columns = [
        _Column(say("published"), texts[count : 2 * count]),
        _Column(say("size"), texts[3 * count :]),
        _Column(say("digest"), texts[2 * count : 3 * count], _DIGEST),
        _Column(say("platforms"), [_platforms(version.platforms or ()) for version in found]),
    ]
    columns = [column.filled() for column in columns if any(column.texts)]
    before = _mark(say("prerelease"), "warn")
    marks = [before if version.prerelease else "" for version in found]
    if latest in tags:
        marks[tags.index(latest)] += _mark(say("newest"), "ok")
    line = _line(tuple([(column.head, column.around) for column in columns]))
    cells = _side_by_side([texts[:count], marks, *[column.texts for column in columns]])
    unfolded = UNFOLDED * (len(columns) + 2)
    tables = [Table("", _rows(line, min(count, UNFOLDED), cells[:unfolded]))]
    if count > UNFOLDED:
        older = say.counted("older", count - UNFOLDED)
        tables.append(Table(older, _rows(line, count - UNFOLDED, cells[unfolded:])))
    heads = (say("version"), *[column.head for column in columns])
    return Versions(count, heads, tuple(tables))


def _side_by_side(columns: list[list[str]]) -> list[str]:
    """Return the texts of columns of one length row by row."""
    width = len(columns)
    cells = [""] * (width * len(columns[0]))
    for at, texts in enumerate(columns):
        cells[at::width] = texts
    return cells


def _rows(line: str, count: int, cells: list[str]) -> SafeHtml:
    """Return a row for each version; its texts are escaped, and all are filled in at once."""
    return SafeHtml(_lines(line, count) % tuple(cells))


@lru_cache(maxsize=100)
def _lines(line: str, count: int) -> str:
    return "\n".join([line] * count)


@lru_cache(maxsize=100)
def _line(columns: tuple[tuple[str, str], ...]) -> str:
    """Return a row to fill in by `%`; a narrow window shows the heads beside the cells."""
    cells = "".join(
        f'<td data-label="{escape(head).replace("%", "%%")}">{around}</td>'
        for head, around in columns
    )
    return f"<tr><td><code>%s</code>%s</td>{cells}</tr>"


@lru_cache(maxsize=10)
def _mark(word: str, kind: str) -> str:
    return f' <span class="mark {kind}">{escape(word)}</span>'


@lru_cache(maxsize=1000)
def _platforms(platforms: tuple[str, ...]) -> str:
    return ", ".join(escape_texts(platforms))
