"""Define the rule about the size that one plugin adds to the published tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.validate.finding import Entry, Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

MEBIBYTE = 1024 * 1024
MAX_PUBLISHED = 24 * MEBIBYTE
"""Bytes of one plugin in all lists, besides its page and the pages of its labels."""
OTHER_COPIES = 8
"""Files with a PluginInfo, besides those of labels: its own, the lists, one for each facet."""
_SMALL = 32 * 1024


@rule("published-size")
def published_size(entry: Entry, _: Settings) -> Iterator[Finding]:
    """All copies of a PluginInfo, such as in the list of each label, fit into MAX_PUBLISHED."""
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
