"""Lay out lists of cards over pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogctl.publish.site import texts
from catalogctl.publish.site.escaping import SafeHtml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.publish.build_context import PluginSummary
    from catalogctl.publish.site.texts import Texts

AROUND = 2


def pages(
    folder: str, rows: Sequence[PluginSummary], size: int, values: dict[str, Any], say: Texts
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (folder, values) of each page of `size` cards; there is one page at least."""
    last = max(1, -(-len(rows) // size))
    for number in range(1, last + 1):
        path = list_path(folder, number)
        cards = "\n".join(row.card for row in rows[(number - 1) * size : number * size])
        description = texts.short(
            say("list_description", heading=values["heading"], lead=values["lead"])
        )
        yield (
            path,
            {
                **values,
                "page_title": _nth(values["page_title"], number, say),
                "page_description": _nth(description, number, say),
                "total": say.counted("count_plugins", len(rows)),
                "count": len(rows),
                "number": number,
                "pages": last,
                "size": size,
                "pager": pager(number, last, folder),
                # Both come out of templates, the way to the root left open.
                "cards": SafeHtml(cards),
                "facets": SafeHtml(values["facets"]),
            },
        )


def _nth(text: str, number: int, say: Texts) -> str:
    """Return a title or description as that of a page after the first one."""
    return say("of_page", text=text, number=number) if number > 1 else text


def pager(number: int, count: int, folder: str) -> list[tuple[int, str | None]]:
    """Return (page, path) of the pages to offer; path None stands for a gap."""
    near = {1, count, *range(max(1, number - AROUND), min(count, number + AROUND) + 1)}
    offered: list[tuple[int, str | None]] = []
    for page in sorted(near):
        if offered and page - offered[-1][0] > 1:
            offered.append((page - 1, None))
        offered.append((page, list_path(folder, page)))
    return offered


def list_path(folder: str, number: int) -> str:
    """Return the folder of a page of a list; the first page is the list's own address."""
    return folder if number == 1 else f"{folder}page/{number}/"
