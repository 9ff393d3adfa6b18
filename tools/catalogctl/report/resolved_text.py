"""The report of a `resolve` run for people: what changed, and a line for each image that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.cleaning import clean
from catalogctl.report.counts import many
from catalogctl.resolve.outcome import OutcomeState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.resolve.outcome import ImageOutcome, ResolveReport

_MOST, _FEW = 20, 5
_KEPT = {
    OutcomeState.KEPT: "its lock stays as it was",
    OutcomeState.EMPTY: "its lock stays as it was",
    OutcomeState.FROZEN: "its lock stays as it was (--frozen-tags)",
}


def render(report: ResolveReport) -> str:
    """Return the whole report: what changed, what failed, how many."""
    lines = [changes(report).rstrip("\n"), *failures(report), summary(report)]
    return "\n".join(line for line in lines if line) + "\n"


def changes(report: ResolveReport) -> str:
    """Return what changed, plugin by plugin; "" when nothing did."""
    lines = [
        line
        for outcome in report.of(OutcomeState.CHANGED, OutcomeState.FROZEN, OutcomeState.ORPHAN)
        for line in _lines(outcome)
    ]
    return "".join(f"{clean(line)}\n" for line in lines)


def failures(report: ResolveReport) -> list[str]:
    """Return one line for each image without a fresh lock, and for what else is to be known."""
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
    """Return the line that ends a run."""
    would = "would change" if report.is_check else "changed"
    counts = {
        would: len(report.of(OutcomeState.CHANGED, OutcomeState.ORPHAN)),
        "unchanged": len(report.of(OutcomeState.UNCHANGED)),
        "kept as they were": len(report.of(*_KEPT)),
    }
    told = [f"{count:,} {word}" for word, count in counts.items() if count or word == would]
    moved = sum(len(outcome.changes.moved) for outcome in report.outcomes)
    if moved:
        told.append(f"{many(moved, 'tag')} moved")
    took = f"{report.requests:,} requests in {report.seconds:.1f} s"
    return f"locks: {', '.join(told)}; {took}"


def _failure(outcome: ImageOutcome) -> str:
    """Return the line of an image that failed: plugin, host, cause, attempts if there were any."""
    if outcome.state is OutcomeState.FROZEN:
        moved = outcome.changes.moved[0]
        cause = f"{moved.tag} moved from {moved.before} to {moved.after}"
    else:
        cause = outcome.cause
    is_kept = outcome.state is OutcomeState.KEPT
    tries = f" ({many(outcome.attempts, 'attempt')})" if is_kept and outcome.attempts else ""
    host = f"{outcome.host}: " if outcome.host else ""
    return f"{outcome.plugin_id}: {host}{cause}{tries}; {_KEPT[outcome.state]}"


def _lines(outcome: ImageOutcome) -> Iterator[str]:
    """Yield what is new in one lock: its versions singly, or their number when all are new."""
    if outcome.state is OutcomeState.ORPHAN:
        yield f"{outcome.plugin_id}: its lock is taken out, for there is no such plugin"
        return
    changes = outcome.changes
    yield f"{outcome.plugin_id} ({outcome.host}/{outcome.image})"
    yield from (
        f"  ! {each.tag} moved from {each.before} to {each.after}" for each in changes.moved
    )
    if changes.is_fresh:
        latest = f", latest {outcome.latest}" if outcome.latest else ""
        yield f"  new lock: {many(outcome.total_count, 'version')}{latest}"
        return
    yield from (
        f"  + {each.tag}  {each.digest or 'digest not known'}" for each in changes.new[:_MOST]
    )
    if len(changes.new) > _MOST:
        yield f"  + and {len(changes.new) - _MOST} more"
    yield from (f"  - {each.tag} is gone" for each in changes.removed)
    if changes.digests:
        yield f"  {many(changes.digests, 'digest')} became known"
    if changes.is_reordered:
        yield "  its tags are versions by another rule, or in another order"
    if changes.others:
        yield f"  other tags: {_some(changes.others)}"


def _some(tags: Sequence[str]) -> str:
    """Return the first tags, and how many more there are."""
    more = len(tags) - _FEW
    return ", ".join(tags[:_FEW]) + (f" and {more} more" if more > 0 else "")
