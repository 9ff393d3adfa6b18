"""Format the report of a `resolve` run as text, as JSON, or as the body of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.body_length import shortened_body
from catalogctl.report.cleaning import clean
from catalogctl.report.counts import many
from catalogctl.report.run_reports import whole_text
from catalogctl.report.safe_output import json_text
from catalogctl.resolve.image_outcomes import OutcomeState
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.lock import LockedVersion, Removed
    from catalogctl.resolve.image_outcomes import ImageOutcome, ResolveReport

_MOST_NEW, _MOST_OTHERS, _MOST_IN_CELL = 20, 5, 10
_KEPT = {
    OutcomeState.KEPT: "its lock is unchanged",
    OutcomeState.EMPTY: "its lock is unchanged",
    OutcomeState.FROZEN: "its lock is unchanged (--frozen-tags)",
}


def render(report: ResolveReport, format_: str) -> str:
    """Return a report in one of the FORMATS, ending with a line feed."""
    return FORMATS[format_](report)


def _text(report: ResolveReport) -> str:
    return whole_text(changes(report), failures(report), summary(report))


def changes(report: ResolveReport) -> str:
    """Return what changed, plugin by plugin, or "" if nothing did."""
    outcomes = report.of(OutcomeState.CHANGED, OutcomeState.FROZEN, OutcomeState.ORPHAN)
    return "".join(f"{clean(line)}\n" for outcome in outcomes for line in _lines(outcome))


def failures(report: ResolveReport) -> list[str]:
    """Return one line for each image without a fresh lock, and for each note or warning."""
    lines = [_failure(each) for each in report.of(*_KEPT)]
    for outcome in report.outcomes:
        if outcome.unreached:
            count = many(outcome.unreached, "digest")
            lines.append(
                f"{outcome.plugin_id}: no time was left for {count}; the next run looks them up"
            )
        lines += [f"{outcome.plugin_id}: {note}" for note in outcome.notes]
    return [clean(line) for line in (*lines, *report.warnings)]


def summary(report: ResolveReport) -> str:
    """Return the last line of a run."""
    would = "would change" if report.is_check else "changed"
    counts = {
        would: len(report.of(OutcomeState.CHANGED, OutcomeState.ORPHAN)),
        "unchanged": len(report.of(OutcomeState.UNCHANGED)),
        "kept as they were": len(report.of(*_KEPT)),
    }
    parts = [f"{count:,} {word}" for word, count in counts.items() if count or word == would]
    moved = sum(len(outcome.changes.moved) for outcome in report.outcomes)
    if moved:
        parts.append(f"{many(moved, 'tag')} moved")
    took = f"{report.requests:,} requests in {report.seconds:.1f} s"
    return f"locks: {', '.join(parts)}; {took}"


def _failure(outcome: ImageOutcome) -> str:
    """Return the line for an image that failed: plugin, host, cause, and attempts, if any."""
    if outcome.changes.moved and outcome.state is OutcomeState.FROZEN:
        moved = outcome.changes.moved[0]
        cause = f"{moved.tag} moved from {moved.before} to {moved.after}"
    else:
        cause = outcome.cause
    is_kept = outcome.state is OutcomeState.KEPT
    tries = f" ({many(outcome.attempts, 'attempt')})" if is_kept and outcome.attempts else ""
    host = f"{outcome.host}: " if outcome.host else ""
    return f"{outcome.plugin_id}: {host}{cause}{tries}; {_KEPT[outcome.state]}"


def _lines(outcome: ImageOutcome) -> Iterator[str]:
    """Yield what is new in one lock: each version, or their number if all are new."""
    if outcome.state is OutcomeState.ORPHAN:
        yield f"{outcome.plugin_id}: its lock is removed, since there is no such plugin"
        return
    changes = outcome.changes
    if outcome.cause:
        return
    yield f"{outcome.plugin_id} ({outcome.host}/{outcome.image})"
    yield from (
        f"  ! {each.tag} moved from {each.before} to {each.after}" for each in changes.moved
    )
    if changes.is_fresh:
        latest = f", latest {outcome.latest}" if outcome.latest else ""
        yield f"  new lock: {many(outcome.total_count, 'version')}{latest}"
        return
    yield from (
        f"  + {each.tag}  {each.digest or 'digest not known'}" for each in changes.new[:_MOST_NEW]
    )
    if len(changes.new) > _MOST_NEW:
        yield f"  + and {len(changes.new) - _MOST_NEW} more"
    yield from (f"  - {each.tag} is gone" for each in changes.removed)
    if changes.digests:
        yield f"  {many(changes.digests, 'digest')} became known"
    if changes.is_reordered:
        yield "  its tags are versions by another rule, or in another order"
    if changes.others:
        yield f"  other tags: {first_of(changes.others, _MOST_OTHERS)}"


def _markdown(report: ResolveReport) -> str:
    """Return the body of a pull request, moved tags first, truncated if it is too long.

    Text from a registry is in code spans, where links, mentions and HTML have no effect (R-05).
    """
    lines = [f"{clean(summary(report))}\n", *_moved(report), *_changed(report)]
    more = "There is more: `catalogctl resolve --check` shows it."
    return shortened_body((*lines, *_not_fresh(report)), more)


def _moved(report: ResolveReport) -> Iterator[str]:
    rows = [
        [_code(text or "") for text in (outcome.plugin_id, moved.tag, moved.before, moved.after)]
        for outcome in report.outcomes
        for moved in outcome.changes.moved
    ]
    if rows:
        yield "### Moved tags\n"
        yield "The same tag now names another image. Make sure that its publisher meant it.\n"
        yield from _table("| plugin | tag | from | to |", rows)


def _changed(report: ResolveReport) -> Iterator[str]:
    rows = [
        [
            _code(outcome.plugin_id),
            many(outcome.total_count, "version")
            if outcome.changes.is_fresh
            else _tags(outcome.changes.new),
            "no such plugin"
            if outcome.state is OutcomeState.ORPHAN
            else _tags(outcome.changes.removed),
            _code(outcome.latest) if outcome.latest else "",
        ]
        for outcome in report.of(OutcomeState.CHANGED, OutcomeState.ORPHAN)
    ]
    if rows:
        yield "### Locks\n"
        yield from _table("| plugin | new versions | removed | latest |", rows)


def _table(heading: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield heading
    yield "| --- | --- | --- | --- |"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)
    yield ""


def _tags(versions: Iterable[LockedVersion | Removed]) -> str:
    return first_of([_code(each.tag) for each in versions], _MOST_IN_CELL)


def _not_fresh(report: ResolveReport) -> Iterator[str]:
    lines = failures(report)
    if lines:
        yield "### Not fresh, and notes\n"
        yield from (f"- {_code(line)}" for line in lines)


def _code(text: str) -> str:
    """Return a text as a code span in a table, which no backtick or bar in the text can end."""
    inside = clean(text).replace("`", "'").replace("|", "\N{BROKEN BAR}")
    return f"`{inside}`"


def _json(report: ResolveReport) -> str:
    """Return the report as one JSON object: every plugin with its outcome."""
    value: JSONObject = {
        "started_at": report.started_at,
        "seconds": round(report.seconds, 1),
        "requests": report.requests,
        "check": report.is_check,
        "exit_code": report.exit_code,
        "counts": {state.value: len(report.of(state)) for state in OutcomeState},
        "warnings": list(report.warnings),
        "plugins": [_plugin(outcome) for outcome in report.outcomes],
    }
    return json_text(value, unicode=True)


def _plugin(outcome: ImageOutcome) -> JSONObject:
    changes = outcome.changes
    return {
        "plugin_id": outcome.plugin_id,
        "registry": outcome.host,
        "image": outcome.image,
        "state": outcome.state.value,
        "latest": outcome.latest,
        "total_count": outcome.total_count,
        "new": [{"tag": each.tag, "digest": each.digest} for each in changes.new],
        "removed": [{"tag": each.tag, "digest": each.digest} for each in changes.removed],
        "moved": [
            {"tag": each.tag, "from": each.before, "to": each.after} for each in changes.moved
        ],
        "is_fresh": changes.is_fresh,
        "other_tags": list(changes.others),
        "digests": changes.digests,
        "cause": outcome.cause,
        "attempts": outcome.attempts,
        "unreached": outcome.unreached,
        "notes": list(outcome.notes),
    }


FORMATS: dict[str, Callable[[ResolveReport], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
}
