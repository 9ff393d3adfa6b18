"""Write problems as one JSON document, in the shape that the contract fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.counts import count
from catalogctl.report.safe_output import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON
    from catalogctl.problem import Problem
    from catalogctl.report.view import Summary, View


def render(problems: Sequence[Problem], summary: Summary, view: View) -> str:
    """Return {files, errors, warnings, problems} (product contract, 4)."""
    counts = count(problems)
    listed: list[JSON] = [{**problem.to_json()} for problem in problems]
    return json_text(
        {
            "files": summary.files,
            "errors": counts.errors,
            "warnings": counts.warnings,
            "problems": listed,
        },
        unicode=view.unicode,
    )
