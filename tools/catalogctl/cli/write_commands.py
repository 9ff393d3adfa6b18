"""`register`, `update`, `enable`, `disable`, `deregister`: the write calls."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import click

from catalogctl.cli.completion import members, plugin_ids
from catalogctl.cli.inputs import read_input
from catalogctl.cli.shared_options import catalog_folder, catalog_option, color_option
from catalogctl.cli.write_calls import make_call
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

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
    from catalogctl.calls.call_requests import MAX_REQUEST_SIZE, read_request

    data = read_input(source, "the request", MAX_REQUEST_SIZE)
    value, is_yaml = read_request(source, data)
    return value, data if is_yaml else None


def _registered(
    file: str | None, put: dict[str, JSON], catalog: Path | None, *, interactive: bool
) -> tuple[JSONObject, bytes | None, dict[str, JSON]]:
    """Return a request of register, its text, and the values that win over it."""
    request, text = _request(file) if file is not None else ({}, None)
    if not interactive:
        return request, text, put
    from catalogctl.cli.prompts import ask_for_request
    from catalogctl.pipeline.open_catalog import open_catalog

    given = {**request, **{pointer.split("/")[1]: None for pointer in put}}
    answers = ask_for_request(open_catalog(catalog_folder(catalog)), given)
    return request, text, {**answers, **put}


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
@click.option("--description", help="What it does, in one sentence.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Set any member.")
@click.option("--interactive", "-i", is_flag=True, help="Ask for the fields, at a terminal.")
@catalog_option
@format_option
@color_option
@quiet_option
def register_command(
    file: str | None,
    labels: tuple[str, ...],
    description: str | None,
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
    from catalogctl.calls.register import registration

    put: dict[str, JSON] = {f"/{name}": text for name, text in fields.items() if text is not None}
    if labels:
        put["/labels"] = list(labels)
    if description is not None:
        put["/tags/description"] = description
    put |= _settings(settings)
    if file is None and not put and not interactive:
        raise UsageError("say what to register: -f, options such as --image, or --interactive")
    request = cache(lambda: _registered(file, put, catalog, interactive=interactive))
    return make_call(
        catalog,
        lambda opened: registration(opened, *request()),
        format_=format_,
        color=color,
        quiet=quiet,
    )


def _settings(settings: Sequence[str]) -> dict[str, JSON]:
    """Return the values of --set by their pointers."""
    from catalogctl.calls.call_requests import looks_like_json, pointer_of, read_value
    from catalogctl.calls.settable_fields import is_text
    from catalogctl.cli.terminal import clean

    put: dict[str, JSON] = {}
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: write PATH=VALUE")
        pointer = pointer_of(path)
        put[pointer] = value = read_value(text, pointer)
        if value == text and looks_like_json(text) and not is_text(pointer):
            click.echo(clean(f"note: --set {path}: {_TAKEN_AS_TEXT}"), err=True)
    return put


_TAKEN_AS_TEXT = "the value is taken as text, for written back as JSON it would not be the same"


@click.command("update")
@click.argument("plugin_id", shell_complete=plugin_ids)
@click.option(
    "-f", "--file", "file", metavar="FILE|-", help="An UpdatePluginRequest, JSON or YAML."
)
@click.option("--name", help="Another name.")
@click.option("--description", help="Another description (tags.description).")
@click.option("--add-label", "added", multiple=True, metavar="LABEL", help="A label more.")
@click.option("--remove-label", "removed", multiple=True, metavar="LABEL", help="A label less.")
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
    description: str | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
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
    /tags/a.b. A field that is text takes VALUE as text; elsewhere VALUE is JSON where writing it
    back gives the same text (7, true, [1, 2], but not 1.10 or 1e5), else text. All else in the file
    stays as it is, and nothing is written unless the whole catalog stays valid.

    \b
    Examples:
      catalogctl update plugin-jira-noti-protocol --name "Jira"
      catalogctl update plugin-jira-noti-protocol --add-label issues
      catalogctl update plugin-jira-noti-protocol --set tags.tier=gold
      catalogctl update plugin-jira-noti-protocol --set 'labels=["jira"]'
      echo '{"labels": null}' | catalogctl update plugin-jira-noti-protocol -f -

    Exit codes: 0 fine, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.call_requests import pointer_of
    from catalogctl.calls.update import Patch, update

    put = _settings(settings)
    if description is not None:
        put = {"/tags/description": description, **put}
    if file is None and name is None and not (put or unset or added or removed):
        raise UsageError("say what to change: -f, --name, --add-label, --set, --unset, …")
    named: JSONObject = {} if name is None else {"name": name}
    request = cache(lambda: _request(file)[0] if file is not None else {})
    patch = partial(Patch, values=put, removed=tuple(map(pointer_of, unset)))
    return make_call(
        catalog,
        lambda opened: update(
            opened,
            plugin_id,
            patch({**request(), **named}, added_labels=added, removed_labels=removed),
        ),
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
    from catalogctl.calls.enable_disable import state_change

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
    from catalogctl.calls.enable_disable import state_change

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
    from catalogctl.calls.enable_disable import deregistration

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
