"""The write calls: `register`, `update`, `enable`, `disable`, and `deregister`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import options
from catalogctl.cli.completion import members, plugin_ids
from catalogctl.cli.inputs import read_input
from catalogctl.cli.output import note
from catalogctl.cli.write_calls import make_call
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from catalogctl.calls.planned_change import WriteRequest
    from catalogctl.calls.update import Patch
    from catalogctl.cli.output import Output
    from catalogctl.jsontypes import JSON, JSONObject

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
"""The fields of a register request that have an option, with their help texts."""

plugin_argument = click.argument("plugin_id", shell_complete=plugin_ids)


def _write_options(command: options.Command) -> options.Command:
    """Add the options shared by all write calls."""
    how_to_print = options.output(
        options.format_("table", "json", "yaml", words="How to print the answer."),
        options.color,
        options.quiet("Print only the answer."),
    )
    return options.catalog(options.cache(how_to_print(command)))


def _request_options(command: options.Command) -> options.Command:
    for name, words in reversed(_REQUEST_OPTIONS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, help=words)(command)
    return command


@click.command("register")
@click.option("-f", "--file", "file", metavar="FILE|-", help="A CreatePluginRequest, JSON or YAML.")
@_request_options
@click.option("--label", "labels", multiple=True, help="A label; may be repeated.")
@click.option("--description", help="What it does, in one sentence.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Set any member.")
@click.option("--interactive", "-i", is_flag=True, help="Prompt for the fields on a terminal.")
@_write_options
def register_command(
    file: str | None,
    interactive: bool,
    catalog: Path,
    cache: Path | None,
    output: Output,
    **fields: Any,
) -> int:
    """Add a plugin to the catalog and print its PluginInfo.

    The request of -f is an API request; it may also contain the additional fields of a plugin file
    (plugin_id, state, registry_url, versions, maintainers, deprecated). Options override it.
    Nothing is written unless the whole catalog stays valid. A long description, release notes and
    an icon are files of their own: docs/<plugin_id>/README.md and CHANGELOG.md, and
    icons/<plugin_id>.svg or .png.

    \b
    Examples:
      catalogctl register -f request.json
      catalogctl register --name "AWS SNS" --image acme/aws-sns \\
        --service-type monitoring.Webhook
      catalogctl register --interactive

    Exit codes: 0 success, 1 refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.register import registration

    values = _values(**fields)
    if file is None and not values and not interactive:
        raise UsageError("say what to register: -f, options such as --image, or --interactive")
    request = functools.cache(
        lambda: _create_request(file, values, catalog if interactive else None)
    )
    return make_call(catalog, cache, lambda opened: registration(opened, *request()), output)


def _values(
    *, labels: Sequence[str], description: str | None, settings: Sequence[str], **fields: str | None
) -> dict[str, JSON]:
    """Return the values of the options by pointer."""
    values: dict[str, JSON] = {
        f"/{name}": text for name, text in fields.items() if text is not None
    }
    if labels:
        values["/labels"] = list(labels)
    return values | _description(description) | _settings(settings)


def _create_request(
    file: str | None, values: dict[str, JSON], catalog: Path | None
) -> tuple[WriteRequest, dict[str, JSON]]:
    """Return a register request, and the values that override it.

    If a catalog is given, prompt for missing fields, unless the request will be refused.
    """
    request = _read_request(file)
    if catalog is not None and not request.is_flawed:
        from catalogctl.cli.prompts import ask_for_request
        from catalogctl.pipeline.open_catalog import open_catalog

        given = {
            **request.fields,
            **{pointer.split("/")[1]: value for pointer, value in values.items()},
        }
        values = {**ask_for_request(open_catalog(catalog), given), **values}
    return request, values


def _read_request(source: str | None) -> WriteRequest:
    """Return the request in a file or on stdin."""
    from catalogctl.calls.call_requests import MAX_REQUEST_SIZE, read_request
    from catalogctl.calls.planned_change import WriteRequest

    if source is None:
        return WriteRequest({})
    return read_request(source, read_input(source, "the request", MAX_REQUEST_SIZE))


def _description(text: str | None) -> dict[str, JSON]:
    return {} if text is None else {"/tags/description": text}


def _settings(settings: Sequence[str]) -> dict[str, JSON]:
    """Return the values of --set by pointer. Raise UsageError if one is malformed."""
    from catalogctl.calls.call_requests import is_json_taken_as_text, pointer_of, read_value

    values: dict[str, JSON] = {}
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: write PATH=VALUE")
        pointer = pointer_of(path)
        values[pointer] = value = read_value(text, pointer)
        if is_json_taken_as_text(text, value, pointer):
            reason = "the value is taken as text, because writing it back as JSON would change it"
            note(f"note: --set {path}: {reason}")
    return values


@click.command("update")
@plugin_argument
@click.option(
    "-f", "--file", "file", metavar="FILE|-", help="An UpdatePluginRequest, JSON or YAML."
)
@click.option("--name", help="The new name.")
@click.option("--description", help="The new description (tags.description).")
@click.option("--add-label", "added", multiple=True, metavar="LABEL", help="Add a label.")
@click.option("--remove-label", "removed", multiple=True, metavar="LABEL", help="Remove a label.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    shell_complete=members,
    help="Set one member.",
)
@click.option(
    "--unset", multiple=True, metavar="PATH", shell_complete=members, help="Remove one member."
)
@_write_options
def update_command(
    plugin_id: str, catalog: Path, cache: Path | None, output: Output, **edits: Any
) -> int:
    """Change a plugin's file and print its PluginInfo.

    Each field in the request of -f is replaced as a whole; null removes it. --set and --unset
    change one member below a field: PATH is tags.icon, labels.0, or a JSON pointer such as
    /tags/a.b. For text fields, VALUE is text. For others, VALUE is JSON if writing it back gives
    the same text (7, true, [1, 2], but not 1.10 or 1e5), else text. The rest of the file stays
    unchanged, and nothing is written unless the whole catalog stays valid.

    \b
    Examples:
      catalogctl update plugin-jira-noti-protocol --name "Jira"
      catalogctl update plugin-jira-noti-protocol --add-label issues
      catalogctl update plugin-jira-noti-protocol --set tags.tier=gold
      catalogctl update plugin-jira-noti-protocol --set 'labels=["jira"]'
      echo '{"labels": null}' | catalogctl update plugin-jira-noti-protocol -f -

    Exit codes: 0 success, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.update import update

    patch = _patch(**edits)
    return make_call(catalog, cache, lambda opened: update(opened, plugin_id, patch()), output)


def _patch(
    *,
    file: str | None,
    name: str | None,
    description: str | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    settings: tuple[str, ...],
    unset: tuple[str, ...],
) -> Callable[[], Patch]:
    """Return a function that returns the patch, reading its file once.

    Raise UsageError if there is nothing to change.
    """
    from catalogctl.calls.call_requests import pointer_of
    from catalogctl.calls.update import Patch

    values = _description(description) | _settings(settings)
    if file is None and name is None and not (values or unset or added or removed):
        raise UsageError("say what to change: -f, --name, --add-label, --set, --unset, …")
    named: JSONObject = {} if name is None else {"name": name}
    pointers = tuple(map(pointer_of, unset))

    def patch() -> Patch:
        read = _read_request(file)
        request = read._replace(fields={**read.fields, **named})
        return Patch(request, values, pointers, added, removed)

    return functools.cache(patch)


@click.command("enable")
@plugin_argument
@_write_options
def enable_command(plugin_id: str, catalog: Path, cache: Path | None, output: Output) -> int:
    """Enable a plugin: its state becomes ENABLED.

    \b
    Example:
      catalogctl enable plugin-aws-sns-mon-webhook

    Exit codes: 0 success, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.enable_disable import state_change

    return make_call(
        catalog, cache, lambda opened: state_change(opened, plugin_id, "ENABLED"), output
    )


@click.command("disable")
@plugin_argument
@_write_options
def disable_command(plugin_id: str, catalog: Path, cache: Path | None, output: Output) -> int:
    """Disable a plugin: it stays listed, but can't be used.

    \b
    Example:
      catalogctl disable plugin-aws-sns-mon-webhook

    Exit codes: 0 success, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.enable_disable import state_change

    return make_call(
        catalog, cache, lambda opened: state_change(opened, plugin_id, "DISABLED"), output
    )


@click.command("deregister")
@plugin_argument
@_write_options
def deregister_command(plugin_id: str, catalog: Path, cache: Path | None, output: Output) -> int:
    """Remove a plugin from the catalog: its file, its lock, its documents and its icon.

    \b
    Example:
      catalogctl deregister plugin-aws-sns-mon-webhook

    Exit codes: 0 success, 1 refused or no such plugin, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.enable_disable import deregistration

    return make_call(catalog, cache, lambda opened: deregistration(opened, plugin_id), output)
