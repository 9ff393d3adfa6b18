"""Print problems on a stream of the command, with the lines of source that they are about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias

import click

from catalogctl.cli.source_lines import source_line
from catalogctl.cli.terminal import facts
from catalogctl.report.counts import summary_line
from catalogctl.report.problem_reports import render
from catalogctl.report.view import Summary, View
from catalogctl.source.folder import label_of
from catalogctl.source.secret_places import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalogctl.problem import Problem
    from catalogctl.redaction import Line

    LineOf: TypeAlias = Callable[[str, int], Line | None]

NOTHING_READ = Summary(0, None, 0)


def view_of(
    stream: TextIO | None, color: str, *, line_of: LineOf = source_line, show_all: bool = False
) -> View:
    """Return how problems are shown on a stream."""
    out = facts(stream, color)
    return View(line_of, color=out.color, unicode=out.unicode, show_all=show_all, width=out.width)


def tell_problems(
    problems: Sequence[Problem],
    color: str,
    *,
    summary: Summary | None = None,
    line_of: LineOf = source_line,
) -> None:
    """Print problems to stderr as `validate` does; with a summary, its line ends them."""
    view = view_of(sys.stderr, color, line_of=line_of)
    text = render(problems, summary or NOTHING_READ, "text", view)
    click.echo(text, nl=False, err=True, color=True)
    if summary is not None:
        click.echo(summary_line(problems, summary, unicode=view.unicode), err=True)


def lines_of(overlay: Mapping[str, bytes | None], folder: Path) -> LineOf:
    """Return what shows lines of a catalog's files as they would be after a change."""
    label = label_of(folder, Path.cwd())
    texts = {
        f"{label}/{path}" if label and path.startswith(("plugins/", "versions/")) else path: data
        for path, data in overlay.items()
    }

    def line(file: str, number: int) -> Line | None:
        if file not in texts:
            return source_line(file, number)
        every = lines(texts[file] or b"")
        return every[number - 1] if 0 < number <= len(every) else None

    return line
