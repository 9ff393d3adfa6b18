"""Write the report of a `resolve` run in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report import resolved_json, resolved_markdown, resolved_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.resolve.outcome import ResolveReport

FORMATS: dict[str, Callable[[ResolveReport], str]] = {
    "text": resolved_text.render,
    "json": resolved_json.render,
    "markdown": resolved_markdown.render,
}
_ENDINGS = {".txt": "text", ".md": "markdown"}


def render(report: ResolveReport, format_: str) -> str:
    """Return a report in one of the FORMATS, with a line end."""
    return FORMATS[format_](report)


def format_of(name: str) -> str:
    """Return the format that a file's name asks for: .md, .txt, and JSON for all else."""
    return next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), "json")
