"""Print the result of a command: requested data to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from catalogctl.cli.terminal import Facts, clean, facts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from catalogctl.jsontypes import JSON
    from catalogctl.problem import Problem
    from catalogctl.redaction import Line
    from catalogctl.report.run_reports import RunReporter
    from catalogctl.report.view import Summary, View

    LineOf: TypeAlias = Callable[[str, int], Line | None]


Run = TypeVar("Run")


def print_line(line: str) -> None:
    """Print one line to stdout, without characters that control a terminal."""
    click.echo(clean(line))


def note(line: str) -> None:
    """Print one line to stderr, without characters that control a terminal."""
    click.echo(clean(line), err=True)


def say(line: str) -> None:
    """Print one line to stderr, prefixed with the program's name."""
    click.echo(f"catalogctl: {clean(line)}", err=True)


@dataclass(frozen=True, slots=True)
class Output:
    """How a command prints: its options `--format`, `--color`, and `--quiet`."""

    format: str | None = None
    color: str = "auto"
    quiet: bool = False

    @property
    def stdout(self) -> Facts:
        """What stdout can show."""
        return facts(sys.stdout, self.color)

    @property
    def answer_format(self) -> str:
        """The format of an answer: `--format`, else a table on a terminal, else JSON."""
        return self.format or ("table" if self.stdout.tty else "json")

    def summary(self, line: str) -> None:
        """Print the summary line of a command to stderr, unless `--quiet` is given."""
        if not self.quiet:
            note(line)

    def answer(
        self,
        call: str,
        answer: JSON,
        newest: Mapping[str, str | None] | None = None,
        *,
        format_: str = "",
    ) -> None:
        """Print the answer of a call; `newest` has the versions shown in a table of plugins."""
        from catalogctl.report.answer_text import render_answer

        text = render_answer(call, answer, format_ or self.answer_format, self.stdout, newest)
        click.echo(text, nl=False, color=True)

    def problems(
        self,
        problems: Sequence[Problem],
        folder: Path,
        summary: Summary,
        *,
        line_of: LineOf | None = None,
        show_all: bool = False,
    ) -> None:
        """Print the problems of the catalog in `folder` to stdout, in the requested format."""
        from catalogctl.cli.source_lines import FOR_HOSTS, named_for_hosts
        from catalogctl.report.problem_reports import render

        if self.format in FOR_HOSTS:
            problems = named_for_hosts(problems, folder, os.environ)
        view = self._view(sys.stdout, line_of, show_all=show_all)
        text = render(problems, summary, self.format or "text", view)
        click.echo(text, nl=False, color=True)

    def warn(
        self,
        problems: Sequence[Problem],
        *,
        summary: Summary | None = None,
        line_of: LineOf | None = None,
    ) -> None:
        """Print problems to stderr as `validate` does, then the summary unless `--quiet`."""
        from catalogctl.report.problem_reports import render
        from catalogctl.report.view import Summary

        view = self._view(sys.stderr, line_of)
        text = render(problems, summary or Summary(0, None, 0), "text", view)
        click.echo(text, nl=False, err=True, color=True)
        if summary is not None and not self.quiet:
            self.count(problems, summary)

    def count(self, problems: Sequence[Problem], summary: Summary) -> None:
        """Print the numbers of problems and of files read to stderr."""
        from catalogctl.report.counts import summary_line

        unicode = facts(sys.stderr, self.color).unicode
        click.echo(summary_line(problems, summary, unicode=unicode), err=True)

    def _view(
        self, stream: TextIO | None, line_of: LineOf | None, *, show_all: bool = False
    ) -> View:
        from catalogctl.cli.source_lines import source_line
        from catalogctl.report.view import View

        out = facts(stream, self.color)
        return View(
            line_of or source_line,
            color=out.color,
            unicode=out.unicode,
            show_all=show_all,
            width=out.width,
        )


def print_report(reporter: RunReporter[Run], done: Run, file: Path | None, output: Output) -> None:
    """Print changes to stdout, failures and the summary to stderr, and write the report file."""
    from catalogctl.files import write_atomic
    from catalogctl.report.run_reports import format_of

    is_text = output.format == "text"
    click.echo(
        reporter.changes(done) if is_text else reporter.render(done, str(output.format)), nl=False
    )
    for line in reporter.failures(done):
        say(line)
    output.summary(reporter.summary(done))
    if file is not None:
        write_atomic(file, reporter.render(done, format_of(file.name)).encode())
