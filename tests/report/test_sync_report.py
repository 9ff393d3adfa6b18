"""The report of `sync`, as the body of a pull request."""

from __future__ import annotations

from catalogctl.report.sync_report import render
from catalogctl.sync.sync_outcome import SyncReport, UpstreamOutcome, UpstreamState

GITHUB_ACCEPTS = 65_536


def refused(name: str, count: int, reason: str = "its image is not allowed") -> UpstreamOutcome:
    plugins = {f"plugin-{number}": reason for number in range(count)}
    return UpstreamOutcome(name, UpstreamState.CHANGED, refused=plugins)


def test_what_is_not_shown_is_counted() -> None:
    text = render(SyncReport([refused("one", 52)], 1.0), "markdown")
    assert "- Refused: `plugin-49`: `its image is not allowed`\n- Refused: 2 more\n" in text
    assert "52 refused" in text


def test_all_that_fits_is_shown() -> None:
    text = render(SyncReport([refused("one", 50)], 1.0), "markdown")
    assert "more" not in text


def test_a_body_is_never_longer_than_github_accepts() -> None:
    outcomes = [refused(f"upstream-{number}", 50, "x" * 200) for number in range(9)]
    text = render(SyncReport(outcomes, 1.0), "markdown")
    assert len(text) < GITHUB_ACCEPTS
    assert "450 refused" in text
    assert text.endswith("\nThere is more: `catalogctl sync --check` shows it.\n")
