"""Build the list of a plugin's versions, each with its day, its notes and what its lock says.

They make up most of a page, so they are built here and not in a template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

from catalogctl.publish.site.escaping import SafeHtml, attributes, content, contents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.lock import LockedVersion
    from catalogctl.publish.site.texts import Texts

UNFOLDED = 3
"""The number of stable versions shown before the older ones are collapsed."""
_NAMED = 4
"""Collapsed versions that are named in their summary."""


class VersionList(NamedTuple):
    """The versions of a page: their number, those shown, and those collapsed with their summary."""

    total: int
    shown: SafeHtml
    folded: SafeHtml
    summary: str


def version_list(
    versions: Sequence[LockedVersion],
    latest: str | None,
    notes: Mapping[str, SafeHtml],
    t: Texts,
) -> VersionList:
    """Return the list of a plugin's versions, which are given newest first.

    The newest stable versions come first, then the newest pre-release, if it is newer than they
    are. `notes` has the release notes of versions, as HTML.
    """
    shown, folded = _parted(versions)
    entries = _Entries(latest, notes, t)
    return VersionList(
        len(versions), entries.html(shown), entries.html(folded), _summary(folded, t)
    )


def _parted(
    versions: Sequence[LockedVersion],
) -> tuple[list[LockedVersion], list[LockedVersion]]:
    """Return the versions to show and those to collapse; pre-releases come last in both."""
    stable = [each for each in versions if not each.prerelease]
    before = [each for each in versions if each.prerelease]
    if not stable:
        return before[:UNFOLDED], before[UNFOLDED:]
    upcoming = 1 if versions[0].prerelease else 0
    return (
        stable[:UNFOLDED] + before[:upcoming],
        stable[UNFOLDED:] + before[upcoming:],
    )


def _summary(folded: Sequence[LockedVersion], t: Texts) -> str:
    """Return «12 older: 1.2.0, 1.1.0, …», "" if there are none."""
    if not folded:
        return ""
    tags = [each.tag for each in folded[:_NAMED]]
    named = ", ".join([*tags, "…"] if len(folded) > _NAMED else tags)
    return t("older_versions", older=t.counted("older", len(folded)), versions=named)


class _Entries:
    """Renders the entries of versions."""

    def __init__(self, latest: str | None, notes: Mapping[str, SafeHtml], t: Texts) -> None:
        self._latest = latest
        self._notes = notes
        self._t = t
        self._newest = f' <span class="tag new">{escape(t("newest"))}</span>'
        self._before = f' <span class="tag warn">{escape(t("prerelease"))}</span>'
        self._platforms, self._size, self._digest = (
            f"<div><dt>{content(t(key))}</dt> <dd>" for key in ("platforms", "size", "digest")
        )

    def html(self, versions: Sequence[LockedVersion]) -> SafeHtml:
        """Return the entries of some versions."""
        days, details = self._days(versions), self._details(versions)
        tags = contents([each.tag for each in versions])
        return SafeHtml("".join(map(self._entry, versions, tags, days, details)))

    def _entry(self, version: LockedVersion, tag: str, day: str, details: str) -> str:
        """Return an entry: the tag with its mark and day, then the notes and the details."""
        mark = ""
        if version.prerelease:
            mark = self._before
        elif version.tag == self._latest:
            mark = self._newest
        notes = self._notes.get(version.tag, "")
        return (
            f'<li class="rel"><div class="when"><b>{tag}</b>{mark}{day}</div>'
            f"<div>{notes}{details}</div></li>\n"
        )

    def _days(self, versions: Sequence[LockedVersion]) -> list[str]:
        """Return the day on which each version was pushed, else first seen, "" if unknown."""
        times = [each.pushed_at or each.first_seen or "" for each in versions]
        days = contents([self._t.day(time) for time in times])
        return [
            f' <time datetime="{time}">{day}</time>' if time else ""
            for time, day in zip(attributes(times), days, strict=True)
        ]

    def _details(self, versions: Sequence[LockedVersion]) -> list[str]:
        """Return the platforms, the size and the digest of each version, as far as known."""
        t = self._t
        columns = zip(
            contents([", ".join(each.platforms or ()) for each in versions]),
            contents([t.size(each.size) if each.size else "" for each in versions]),
            attributes([t("digest_of", version=each.tag) for each in versions]),
            contents([each.digest or "" for each in versions]),
            strict=True,
        )
        found = []
        for platforms, size, copied, digest in columns:
            rows = f"{self._platforms}{platforms}</dd></div>" if platforms else ""
            if size:
                rows += f"{self._size}{size}</dd></div>"
            if digest:
                rows += f'{self._digest}<code data-copy="{copied}">{digest}</code></dd></div>'
            found.append(f'<dl class="details">{rows}</dl>' if rows else "")
        return found
