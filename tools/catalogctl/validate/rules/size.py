"""A rule about what one plugin adds to the published tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.validate.finding import Entry, Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

MEBIBYTE = 1024 * 1024
MAX_PUBLISHED = 24 * MEBIBYTE
"""Bytes that the lists may have of one plugin; its page and the pages of its labels come on top."""
OTHER_COPIES = 8
"""Files that hold PluginInfo beside those of the labels: its own, the lists, one for each facet."""
_SMALL = 32 * 1024


@rule("published-size")
def published_size(entry: Entry, _: Settings) -> Iterator[Finding]:
    """PluginInfo, which stands in the list of each label, adds no more than that in all."""
    data = entry.document.data
    labels = entry.request.get("labels")
    if not isinstance(labels, list) or (len(data) < _SMALL and b"*" not in data):
        return
    copies = len({label for label in labels if isinstance(label, str)}) + OTHER_COPIES
    size = len(msgspec.json.encode(entry.request)) * copies
    if size > MAX_PUBLISHED:
        message = (
            f"with {len(labels)} labels the plugin would be published {copies} times,"
            f" {size // MEBIBYTE} MiB in all; at most {MAX_PUBLISHED // MEBIBYTE} are allowed"
        )
        yield Finding("/labels", message, "shorten its template and tags, or take labels out")
