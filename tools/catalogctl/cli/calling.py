"""`register`, `update`, `enable`, `disable`, `deregister`: a request in, a changed file out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.answering import make_call
from catalogctl.cli.completing import members, plugin_ids
from catalogctl.cli.options import catalog_folder, catalog_option, color_option
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.jsontypes import JSON, JSONObject

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "yaml"]),
    help="How to print the answer.  [default: table on a terminal, else json]",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print the answer alone.")


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


_REQUEST_OPTIONS = {
    "name": "The plugin's name, as people read it.",
    "image": "The image, without host and tag.",
    "service_type": "What it is for, as service.Purpose.",
    "provider": "The cloud or product that it works with.",
    "registry_type": "AWS_PUBLIC_ECR, or DOCKER_HUB for every other registry.",
    "registry_url": "The registry's host.",
    "domain_id": "The domain that it belongs to.",
    "plugin_id": "Its id, and the file's name.  [default: the image's name]",
}
"""The fields of a request of register that are options, with their help."""


def _request_options(command: Callable[..., int]) -> Callable[..., int]:
    for name, words in reversed(_REQUEST_OPTIONS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, help=words)(command)
    return command


@click.command("register")
@click.option("-f", "--file", "file", metavar="FILE|-", help="A CreatePluginRequest, JSON or YAML.")
@_request_options
@click.option("--label", "labels", multiple=True, help="A label; may be repeated.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Set any member.")
@click.option("--interactive", "-i", is_flag=True, help="Ask for the fields, at a terminal.")
@catalog_option
@format_option
@color_option
@quiet_option
def register_command(
    file: str | None,
    labels: tuple[str, ...],
    settings: tuple[str, ...],
    interactive: bool,
    catalog: Path | None,
    format_: str | None,
    color: str,
    quiet: bool,
    **fields: str | None,
) -> int:
    """Add a plugin to the catalog and print its PluginInfo.

    The request of -f is that of the API, as it stands; it may also have the fields that a plugin
    file has beside it (plugin_id, state, registry_url, versions, maintainers, deprecated). Options
    win over it. Nothing is written unless the whole catalog stays valid.

    \b
    Examples:
      catalogctl register -f request.json
      catalogctl register --name "AWS SNS" --image acme/aws-sns \\
        --service-type monitoring.Webhook
      catalogctl register --interactive

    Exit codes: 0 fine, 1 refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.registering import registration

    put: dict[str, JSON] = {f"/{name}": text for name, text in fields.items() if text is not None}
    if labels:
        put["/labels"] = list(labels)
    put |= _settings(settings)
    if file is None and not put and not interactive:
        raise UsageError("say what to register: -f, options such as --image, or --interactive")
    request, text = _request(file) if file is not None else ({}, None)
    if interactive:
        from catalogctl.cli.asking import ask_for_request
        from catalogctl.pipeline.opening import open_catalog

        given = {**request, **{pointer.split("/")[1]: None for pointer in put}}
        put = {**ask_for_request(open_catalog(catalog_folder(catalog)), given), **put}
    return make_call(
        catalog,
        lambda opened: registration(opened, request, text, put),
        format_=format_,
        color=color,
        quiet=quiet,
    )


def _settings(settings: Sequence[str]) -> dict[str, JSON]:
    """Return the values of --set by their pointers."""
    from catalogctl.calls.requests import pointer_of, read_value

    put: dict[str, JSON] = {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: write PATH=VALUE")
        put[pointer_of(path)] = read_value(value)
    return put


@click.command("update")
@click.argument("plugin_id", shell_complete=plugin_ids)
@click.option(
    "-f", "--file", "file", metavar="FILE|-", help="An UpdatePluginRequest, JSON or YAML."
)
@click.option("--name", help="Another name.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    shell_complete=members,
    help="Set one member.",
)
@click.option(
    "--unset",
    multiple=True,
    metavar="PATH",
    shell_complete=members,
    help="Take one member out.",
)
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
    from catalogctl.calls.requests import pointer_of

    if file is None and name is None and not settings and not unset:
        raise UsageError("say what to change: -f, --name, --set or --unset")
    fields = _request(file)[0] if file is not None else {}
    if name is not None:
        fields = {**fields, "name": name}
    patch = Patch(fields, _settings(settings), tuple(map(pointer_of, unset)))
    return make_call(
        catalog,
        lambda opened: update(opened, plugin_id, patch),
        format_=format_,
        color=color,
        quiet=quiet,
    )


@click.command("enable")
@click.argument("plugin_id", shell_complete=plugin_ids)
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

    return make_call(
        catalog,
        lambda opened: state_change(opened, plugin_id, "ENABLED"),
        format_=format_,
        color=color,
        quiet=quiet,
    )


@click.command("disable")
@click.argument("plugin_id", shell_complete=plugin_ids)
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

    return make_call(
        catalog,
        lambda opened: state_change(opened, plugin_id, "DISABLED"),
        format_=format_,
        color=color,
        quiet=quiet,
    )


@click.command("deregister")
@click.argument("plugin_id", shell_complete=plugin_ids)
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

    return make_call(
        catalog,
        lambda opened: deregistration(opened, plugin_id),
        format_=format_,
        color=color,
        quiet=quiet,
    )


COMMANDS = {
    "register": register_command,
    "update": update_command,
    "enable": enable_command,
    "disable": disable_command,
    "deregister": deregister_command,
}
