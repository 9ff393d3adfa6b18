"""What the reports of `resolve` and `sync` have in common: their formats, and who makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Run_contra = TypeVar("Run_contra", contravariant=True)
_ENDINGS = {".txt": "text", ".md": "markdown"}


class RunReporter(Protocol[Run_contra]):
    """A module that formats the result of a run: `resolve_report` or `sync_report`."""

    def changes(self, report: Run_contra, /) -> str:
        """Return what changed, or "" if nothing did."""

    def failures(self, report: Run_contra, /) -> list[str]:
        """Return one line for each failure and note."""

    def summary(self, report: Run_contra, /) -> str:
        """Return the last line."""

    def render(self, report: Run_contra, format_: str, /) -> str:
        """Return the whole report as "text", "json" or "markdown", ending with a line feed."""


def format_of(name: str) -> str:
    """Return the format for a file's name: by .md or .txt, and otherwise JSON."""
    return next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), "json")


def whole_text(changes: str, failures: Sequence[str], summary: str) -> str:
    """Return a report for people."""
    lines = "".join(f"{line}\n" for line in (*failures, summary))
    return f"{changes}{lines}"
