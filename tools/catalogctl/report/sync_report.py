"""Format the report of a `sync` run as text, as JSON, or as the body of a pull request."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from catalogctl.report.body_length import shortened_body
from catalogctl.report.cleaning import clean
from catalogctl.report.counts import many
from catalogctl.report.inline_code import code
from catalogctl.report.run_reports import whole_text
from catalogctl.report.safe_output import json_text
from catalogctl.sync.sync_outcome import UpstreamState
from catalogctl.wording import repository_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.sync.sync_outcome import SyncReport, Takeover, UpstreamOutcome

_MOST = 50


def render(report: SyncReport, format_: str) -> str:
    """Return a report in one of the FORMATS, ending with a line feed."""
    return FORMATS[format_](report)


def changes(report: SyncReport) -> str:
    """Return what changed, upstream by upstream, or "" if nothing did."""
    return "".join(f"{clean(line)}\n" for each in report.outcomes for line in _changes(each))


def failures(report: SyncReport) -> list[str]:
    """Return one line for each refused plugin, guard, failure, takeover and note."""
    return [clean(line) for each in report.outcomes for line in _failures(each)]


def summary(report: SyncReport) -> str:
    """Return the last line of a run."""
    parts = [_done(report)]
    if refused := sum(len(each.refused) for each in report.outcomes):
        parts.append(f"{refused:,} refused")
    if stopped := sum(bool(each.cause) for each in report.outcomes):
        parts.append(f"{many(stopped, 'upstream')} left as before")
    requests = many(sum(each.requests for each in report.outcomes), "request")
    return f"{', '.join(parts)}; {requests}, {report.seconds:.1f} s"


def _done(report: SyncReport) -> str:
    """Return how many plugins changed or were verified."""
    outcomes = report.outcomes
    verified = [each.verified for each in outcomes if each.verified is not None]
    if verified:
        return f"{many(sum(verified), 'plugin')} verified"
    changed = sum(len(each.added) + len(each.changed) + len(each.removed) for each in outcomes)
    return f"{many(changed, 'plugin')} {'would change' if report.is_check else 'changed'}"


def _text(report: SyncReport) -> str:
    return whole_text(changes(report), failures(report), summary(report))


def _changes(outcome: UpstreamOutcome) -> Iterator[str]:
    for sign, ids in (("+", outcome.added), ("~", outcome.changed), ("-", outcome.removed)):
        for plugin_id in ids[:_MOST]:
            yield f"{sign} {outcome.name}: {plugin_id}"
        if len(ids) > _MOST:
            yield f"{sign} {outcome.name}: {len(ids) - _MOST:,} more"


def _failures(outcome: UpstreamOutcome) -> Iterator[str]:
    name = outcome.name
    if outcome.cause:
        yield f"{name}: {outcome.cause}; its files are unchanged"
    for plugin_id, reason in outcome.refused.items():
        yield f"{name}: {plugin_id} is refused: {reason}"
    for each in outcome.takeovers:
        yield f"{name}: upstream-takeover: {each.plugin_id}: {_move(each)}"
    for note in outcome.notes:
        yield f"{name}: {note}"


def _move(takeover: Takeover) -> str:
    before, after = repository_words(takeover.before), repository_words(takeover.after)
    return f"{after} answers instead of {before}"


def _markdown(report: SyncReport) -> str:
    """Return the report for a pull request; every value of others is inline code."""
    lines = ["## Plugins of other repositories", "", f"{clean(summary(report))}.", ""]
    for each in report.outcomes:
        lines += [f"### {code(each.name)}", "", *_markdown_lines(each), ""]
    return shortened_body(lines, "There is more: `catalogctl sync --check` shows it.")


def _markdown_lines(outcome: UpstreamOutcome) -> Iterator[str]:
    if outcome.now:
        yield f"Edition of {code(outcome.now)}."
        yield ""
    for each in outcome.takeovers:
        yield f"- **{code(each.plugin_id)}: {_move(each)}**"
    for word, ids in (
        ("Added", outcome.added),
        ("Changed", outcome.changed),
        ("Removed", outcome.removed),
    ):
        if ids:
            yield f"- {word}: {_ids(ids)}"
    yield from _refused(outcome.refused)
    for text in (outcome.cause, *outcome.notes):
        if text:
            yield f"- {code(text)}"
    if outcome.verified is not None:
        yield f"- {outcome.verified:,} of {many(outcome.plugins, 'plugin')} verified"
    elif outcome.state is UpstreamState.UNCHANGED:
        yield "- No news"


def _refused(reasons: Mapping[str, str]) -> Iterator[str]:
    for plugin_id, reason in islice(reasons.items(), _MOST):
        yield f"- Refused: {code(plugin_id)}: {code(reason)}"
    if len(reasons) > _MOST:
        yield f"- Refused: {len(reasons) - _MOST:,} more"


def _ids(ids: Sequence[str]) -> str:
    shown = ", ".join(code(each) for each in ids[:_MOST])
    return shown + (f" and {len(ids) - _MOST:,} more" if len(ids) > _MOST else "")


def _json(report: SyncReport) -> str:
    value: JSONObject = {
        "seconds": round(report.seconds, 1),
        "check": report.is_check,
        "exit_code": report.exit_code,
        "upstreams": [_upstream(each) for each in report.outcomes],
    }
    return json_text(value, unicode=True)


def _upstream(outcome: UpstreamOutcome) -> JSONObject:
    return {
        "name": outcome.name,
        "state": outcome.state.value,
        "cause": outcome.cause,
        "now": outcome.now,
        "taken": outcome.taken,
        "plugins": outcome.plugins,
        "added": [*outcome.added],
        "changed": [*outcome.changed],
        "removed": [*outcome.removed],
        "refused": {**outcome.refused},
        "takeovers": [
            {"plugin_id": each.plugin_id, "before": each.before, "after": each.after}
            for each in outcome.takeovers
        ],
        "verified": outcome.verified,
        "notes": [*outcome.notes],
        "requests": outcome.requests,
    }


FORMATS: dict[str, Callable[[SyncReport], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
}
