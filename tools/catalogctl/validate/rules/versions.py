"""Define the rule about `versions.pattern`, which determines the tags that are versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.jsontypes import as_object
from catalogctl.regexps import compiled
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

LONGEST = 255
"""Most characters of a pattern that is compiled; the schema reports a longer one."""


@rule("versions-pattern", field="versions")
def versions_pattern(entry: Entry, _: Settings) -> Iterator[Finding]:
    """`versions.pattern` compiles in RE2, which matches in linear time."""
    pattern = as_object(entry.request.get("versions")).get("pattern")
    if not isinstance(pattern, str) or len(pattern) > LONGEST:
        return
    import re2

    try:
        compiled(pattern)
    except re2.error:
        hint = "close its brackets; look-around and back-references are not supported"
        yield Finding(
            "/versions/pattern", f"the pattern {verbatim(pattern)} does not compile", hint
        )
