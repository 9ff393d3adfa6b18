"""The report of a `resolve` run as JSON: every plugin, with what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalogctl.report.cleaning import clean_quoted
from catalogctl.resolve.outcome import OutcomeState

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.outcome import ImageOutcome, ResolveReport


def render(report: ResolveReport) -> str:
    """Return the report as one JSON object."""
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
    return clean_quoted(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


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
