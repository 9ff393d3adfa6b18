"""`register`, `update`, `enable`, `disable`, `deregister`: a request in, a changed file out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.options import catalog_folder, catalog_option, color_option
from catalogctl.errors import ApiError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalogctl.calls.performing import Answer, Change
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.opening import Opened
    from catalogctl.problem import Problem

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "yaml"]),
    help="How to print the answer.  [default: table on a terminal, else json]",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print the answer alone.")


def _call(
    catalog: Path | None,
    plan: Callable[[Opened], Change],
    *,
    format_: str | None,
    color: str,
    quiet: bool,
) -> int:
    """Make one call and print its answer; 1 when it is refused, with what `validate` would say."""
    from catalogctl.calls.performing import perform
    from catalogctl.calls.refusing import RefusedError

    folder = catalog_folder(catalog)
    chosen = format_ or ("table" if sys.stdout.isatty() else "json")
    try:
        answer = perform(folder, plan)
    except RefusedError as refused:
        _tell(refused.problems, refused.instead, folder, color)
        return _refused(refused, chosen, color)
    except ApiError as error:
        if chosen != "json":
            raise
        return _refused(error, chosen, color)
    if not quiet:
        _tell(answer.warnings, answer.change.instead, folder, color)
        _say_what_changed(answer, folder)
    _print(answer.info, "get", chosen, color)
    return 0


def _refused(error: ApiError, format_: str, color: str) -> int:
    """Print why a call was refused, as an answer, where a program listens (product contract, 4)."""
    if format_ == "json":
        members = {"error": error.code, "message": error.message, "pointer": error.pointer}
        _print({**members}, "error", format_, color)
    return 1


def _print(answer: JSON, call: str, format_: str, color: str) -> None:
    from catalogctl.cli import terminal
    from catalogctl.report.answers import render_answer

    out = terminal.facts(sys.stdout, color)
    text = render_answer(
        call, answer, format_, color=out.color, width=out.width, unicode=out.unicode
    )
    click.echo(text, nl=False, color=True)


def _tell(
    problems: Sequence[Problem], instead: Mapping[str, bytes | None], folder: Path, color: str
) -> None:
    """Write problems to stderr as `validate` does, with the lines of the files as they would be."""
    from catalogctl import report
    from catalogctl.cli import terminal
    from catalogctl.cli.sources import lines_of, source_line
    from catalogctl.source.folder import label_of

    if not problems:
        return
    label = label_of(folder, Path.cwd())
    texts = {
        f"{label}/{path}" if label and path.startswith(("plugins/", "versions/")) else path: data
        for path, data in instead.items()
    }

    def line(file: str, number: int) -> str | None:
        if file not in texts:
            return source_line(file, number)
        lines = lines_of(texts[file] or b"")
        return lines[number - 1] if 0 < number <= len(lines) else None

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


def _say_what_changed(answer: Answer, folder: Path) -> None:
    from catalogctl.cli.terminal import clean
    from catalogctl.source.folder import label_of

    label = label_of(folder, Path.cwd())
    if not answer.change.files:
        click.echo("nothing to change", err=True)
    for each in answer.change.files:
        verb = "removed" if each.after is None else "added" if each.before is None else "changed"
        click.echo(f"{verb} {clean(str(Path(label, each.path)))}", err=True)


def _request(source: str) -> tuple[JSONObject, bytes | None]:
    """Return the request in a file or on stdin, and its text where that is YAML."""
    from catalogctl.calls.requests import MAX_REQUEST_SIZE, read_request

    if source == "-":
        data = sys.stdin.buffer.read(MAX_REQUEST_SIZE + 1)
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(MAX_REQUEST_SIZE + 1)
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            raise UsageError(f"can't read the request {source}: {cause}") from error
    value, is_yaml = read_request(source, data)
    return value, data if is_yaml else None


@click.command("update")
@click.argument("plugin_id")
@click.option(
    "-f", "--file", "file", metavar="FILE|-", help="An UpdatePluginRequest, JSON or YAML."
)
@click.option("--name", help="Another name.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Set one member.")
@click.option("--unset", multiple=True, metavar="PATH", help="Take one member out.")
@catalog_option
@format_option
@color_option
@quiet_option
def update_command(
    plugin_id: str,
    file: str | None,
    name: str | None,
    settings: tuple[str, ...],
    unset: tuple[str, ...],
    catalog: Path | None,
    format_: str | None,
    color: str,
    quiet: bool,
) -> int:
    """Change a plugin's file and print its PluginInfo.

    Each field that the request of -f names is replaced whole; null takes it out. --set and --unset
    change one member below a field: PATH is tags.icon, labels.0, or a JSON pointer such as
    /tags/a.b; VALUE is JSON where it is JSON, else text. All else in the file stays as it is, and
    nothing is written unless the whole catalog stays valid.

    \b
    Examples:
      catalogctl update plugin-jira-noti-protocol --name "Jira"
      catalogctl update plugin-jira-noti-protocol --set tags.tier=gold
      catalogctl update plugin-jira-noti-protocol --set 'labels=["jira"]'
      echo '{"labels": null}' | catalogctl update plugin-jira-noti-protocol -f -

    Exit codes: 0 fine, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.patching import Patch, update
    from catalogctl.calls.requests import pointer_of, read_value

    if file is None and name is None and not settings and not unset:
        raise UsageError("say what to change: -f, --name, --set or --unset")
    fields = _request(file)[0] if file is not None else {}
    if name is not None:
        fields = {**fields, "name": name}
    put: dict[str, JSON] = {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: write PATH=VALUE")
        put[pointer_of(path)] = read_value(value)
    patch = Patch(fields, put, tuple(map(pointer_of, unset)))
    return _call(
        catalog,
        lambda opened: update(opened, plugin_id, patch),
        format_=format_,
        color=color,
        quiet=quiet,
    )


@click.command("enable")
@click.argument("plugin_id")
@catalog_option
@format_option
@color_option
@quiet_option
def enable_command(
    plugin_id: str, catalog: Path | None, format_: str | None, color: str, quiet: bool
) -> int:
    """Enable a plugin: its state becomes ENABLED.

    \b
    Example:
      catalogctl enable plugin-aws-sns-mon-webhook

    Exit codes: 0 fine, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.states import state_change

    return _call(
        catalog,
        lambda opened: state_change(opened, plugin_id, "ENABLED"),
        format_=format_,
        color=color,
        quiet=quiet,
    )


@click.command("disable")
@click.argument("plugin_id")
@catalog_option
@format_option
@color_option
@quiet_option
def disable_command(
    plugin_id: str, catalog: Path | None, format_: str | None, color: str, quiet: bool
) -> int:
    """Disable a plugin: it stays listed, but can't be used.

    \b
    Example:
      catalogctl disable plugin-aws-sns-mon-webhook

    Exit codes: 0 fine, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.states import state_change

    return _call(
        catalog,
        lambda opened: state_change(opened, plugin_id, "DISABLED"),
        format_=format_,
        color=color,
        quiet=quiet,
    )


@click.command("deregister")
@click.argument("plugin_id")
@catalog_option
@format_option
@color_option
@quiet_option
def deregister_command(
    plugin_id: str, catalog: Path | None, format_: str | None, color: str, quiet: bool
) -> int:
    """Take a plugin out of the catalog: its file, and its lock.

    \b
    Example:
      catalogctl deregister plugin-aws-sns-mon-webhook

    Exit codes: 0 fine, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.states import deregistration

    return _call(
        catalog,
        lambda opened: deregistration(opened, plugin_id),
        format_=format_,
        color=color,
        quiet=quiet,
    )


COMMANDS = {
    "update": update_command,
    "enable": enable_command,
    "disable": disable_command,
    "deregister": deregister_command,
}
