"""Make a write call and print its answer, or why it was refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.shared_options import catalog_folder
from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.calls.perform import CallResult
    from catalogctl.calls.planned_change import PlannedChange
    from catalogctl.jsontypes import JSON
    from catalogctl.pipeline.open_catalog import OpenCatalog


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
    from catalogctl.cli.output import lines_of, tell_problems

    folder = catalog_folder(catalog)
    chosen = format_ or ("table" if terminal.facts(sys.stdout).tty else "json")
    try:
        answer = perform(folder, plan)
    except RefusedError as refused:
        tell_problems(refused.problems, color, line_of=lines_of(refused.overlay, folder))
        return _refused(refused, chosen, color)
    except ApiError as error:
        if format_ == "json":
            return _refused(error, chosen, color)
        _refused(error, chosen, color)
        raise  # nobody asked for JSON, so a person may be looking: stderr has the message too
    if not quiet:
        line_of = lines_of(answer.change.overlay, folder)
        tell_problems(answer.warnings, color, line_of=line_of)
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
    click.echo(render_answer(call, answer, format_, out), nl=False, color=True)


def _say_what_changed(answer: CallResult, folder: Path) -> None:
    from catalogctl.cli.terminal import clean
    from catalogctl.source.folder import label_of

    label = label_of(folder, Path.cwd())
    if not answer.change.files:
        click.echo("nothing to change", err=True)
    for each in answer.change.files:
        verb = "removed" if each.after is None else "added" if each.before is None else "changed"
        click.echo(f"{verb} {clean(str(Path(label, each.path)))}", err=True)
