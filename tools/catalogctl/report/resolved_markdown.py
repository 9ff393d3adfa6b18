"""The report of a `resolve` run as Markdown: the body of a pull request.

What comes from a registry stands in code spans, where no link, mention or HTML lives (R-05).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report import resolved_text
from catalogctl.report.cleaning import clean
from catalogctl.report.counts import many
from catalogctl.resolve.outcome import OutcomeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.resolve.outcome import ResolveReport

_MOST = 10
_LONGEST = 60_000
"""Characters; GitHub takes 65,536."""


def render(report: ResolveReport) -> str:
    """Return the report, moved tags first, cut where a pull request's body ends."""
    lines: list[str] = []
    room = _LONGEST
    parts = [f"{clean(resolved_text.summary(report))}\n", *_moved(report), *_changed(report)]
    for line in (*parts, *_failed(report)):
        room -= len(line) + 1
        if room < 0:
            lines.append("\nThere is more: `catalogctl resolve --check` shows it.")
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def _moved(report: ResolveReport) -> Iterator[str]:
    rows = [(outcome, moved) for outcome in report.outcomes for moved in outcome.changes.moved]
    if not rows:
        return
    yield "### Moved tags\n"
    yield "The same tag now names another image. Make sure that its publisher meant it.\n"
    yield "| plugin | tag | from | to |"
    yield "| --- | --- | --- | --- |"
    for outcome, moved in rows:
        before, after = moved.before or "", moved.after or ""
        yield _row(outcome.plugin_id, moved.tag, before, after)
    yield ""


def _changed(report: ResolveReport) -> Iterator[str]:
    outcomes = report.of(OutcomeState.CHANGED, OutcomeState.ORPHAN)
    if not outcomes:
        return
    yield "### Locks\n"
    yield "| plugin | new versions | removed | latest |"
    yield "| --- | --- | --- | --- |"
    for outcome in outcomes:
        changes = outcome.changes
        latest = outcome.latest
        new = _listed(each.tag for each in changes.new)
        gone = "no such plugin" if outcome.state is OutcomeState.ORPHAN else ""
        cells = (
            _code(outcome.plugin_id),
            many(outcome.total_count, "version") if changes.is_fresh else new,
            gone or _listed(each.tag for each in changes.removed),
            _code(latest) if latest else "",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _failed(report: ResolveReport) -> Iterator[str]:
    lines = resolved_text.failures(report)
    if lines:
        yield "### Not fresh, and notes\n"
        yield from (f"- {_code(line)}" for line in lines)


def _listed(tags: Iterable[str]) -> str:
    every = list(tags)
    more = f" and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return ", ".join(map(_code, every[:_MOST])) + more


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_code, cells))} |"


def _code(text: str) -> str:
    """Return a text as a code span in a table: no backtick and no bar ends it."""
    inside = clean(text).replace("`", "'").replace("|", "\N{BROKEN BAR}")
    return f"`{inside}`"
