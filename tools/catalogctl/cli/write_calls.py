"""Make a write call and print its answer, or why it was refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.shared_options import catalog_folder
from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalogctl.calls.perform import CallResult
    from catalogctl.calls.planned_change import PlannedChange
    from catalogctl.jsontypes import JSON
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem
    from catalogctl.redaction import Line


def make_call(
    catalog: Path | None,
    plan: Callable[[OpenCatalog], PlannedChange],
    *,
    format_: str | None,
    color: str,
    quiet: bool,
) -> int:
    """Make one call and print its answer; 1 when it is refused, with what `validate` would say."""
    from catalogctl.calls.perform import perform
    from catalogctl.calls.planned_change import RefusedError
    from catalogctl.cli import terminal

    folder = catalog_folder(catalog)
    chosen = format_ or ("table" if terminal.facts(sys.stdout).tty else "json")
    try:
        answer = perform(folder, plan)
    except RefusedError as refused:
        tell_problems(refused.problems, refused.overlay, folder, color)
        return _refused(refused, chosen, color)
    except ApiError as error:
        if format_ == "json":
            return _refused(error, chosen, color)
        _refused(error, chosen, color)
        raise  # nobody asked for JSON, so a person may be looking: stderr has the message too
    if not quiet:
        tell_problems(answer.warnings, answer.change.overlay, folder, color)
        _say_what_changed(answer, folder)
    _print(answer.info, "get", chosen if answer.info or chosen == "yaml" else "json", color)
    return 0


def _refused(error: ApiError, format_: str, color: str) -> int:
    """Print why a call was refused, as an answer, where a program listens (product contract, 4)."""
    if format_ == "json":
        _print({**error.to_json()}, "error", format_, color)
    return 1


def _print(answer: JSON, call: str, format_: str, color: str) -> None:
    from catalogctl.cli import terminal
    from catalogctl.report.answer_text import render_answer

    out = terminal.facts(sys.stdout, color)
    text = render_answer(
        call, answer, format_, color=out.color, width=out.width, unicode=out.unicode
    )
    click.echo(text, nl=False, color=True)


def tell_problems(
    problems: Sequence[Problem], overlay: Mapping[str, bytes | None], folder: Path, color: str
) -> None:
    """Write problems to stderr as `validate` does, with the lines of the files as they would be."""
    from catalogctl.cli import terminal
    from catalogctl.cli.source_lines import source_line
    from catalogctl.report import problem_reports as report
    from catalogctl.source.folder import label_of
    from catalogctl.source.secret_places import lines

    if not problems:
        return
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

    err = terminal.facts(sys.stderr, color)
    text = report.render(
        problems,
        report.Summary(0, None, 0),
        "text",
        source_line=line,
        color=err.color,
        unicode=err.unicode,
        show_all=False,
        width=err.width,
    )
    click.echo(text, nl=False, err=True, color=True)


def _say_what_changed(answer: CallResult, folder: Path) -> None:
    from catalogctl.cli.terminal import clean
    from catalogctl.source.folder import label_of

    label = label_of(folder, Path.cwd())
    if not answer.change.files:
        click.echo("nothing to change", err=True)
    for each in answer.change.files:
        verb = "removed" if each.after is None else "added" if each.before is None else "changed"
        click.echo(f"{verb} {clean(str(Path(label, each.path)))}", err=True)
