"""`catalogctl completion`: complete ids, fields, paths, names, and codes in a shell.

A shell asks on every key press, so candidates come from file names where possible, and a catalog
that can't be read offers none. Only plain names are offered, since a shell would execute others.
Secrets are never shown.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from catalogctl.redaction import has_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSON, JSONObject

SHELLS = ("bash", "zsh", "fish")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> int:
    """Print a script that completes commands, plugin ids, fields, queries, and codes in a shell.

    For zsh, add the line to ~/.zshrc after compinit, with zsh instead of bash. For fish, write the
    script to ~/.config/fish/completions/catalogctl.fish.

    \b
    Examples:
      eval "$(catalogctl completion bash)"       # in ~/.bashrc
      catalogctl completion fish

    Exit codes: 0 success, 2 wrong usage.
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from catalogctl.cli.main import COMPLETION

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"{shell} is not supported")
    group = click.get_current_context().find_root().command
    script = ShellComplete.source(kind(group, {}, "catalogctl", COMPLETION))
    click.echo(script)
    return 0


def plugin_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the ids of the catalog's plugins."""
    del param
    location, folder = ctx.params.get("location"), _catalog(ctx)
    names: list[str] = []
    if isinstance(location, str):
        tree = Path(location, "repository", "v1", "plugin", "get")
        names = _names(tree, ".json") or _names(Path(location, "plugins"), ".yaml")
    elif folder is not None:
        names = _names(folder / "plugins", ".yaml")
    return _offered(names, incomplete)


def fields(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the fields of PluginInfo."""
    from catalogctl import schemas

    del ctx, param
    return _offered(schemas.fields("PluginInfo"), incomplete)


def members(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the paths that `update` may change, such as tags.icon."""
    from catalogctl.source.settings import UPDATABLE

    # While an option still lacks its value, click leaves the arguments in ctx.args.
    folder, plugin_id = _catalog(ctx), ctx.params.get("plugin_id") or next(iter(ctx.args), None)
    paths = [*UPDATABLE]
    if folder is not None and isinstance(plugin_id, str):
        value = _read(folder / "plugins", f"{plugin_id}.yaml")
        paths += [path for name in UPDATABLE for path in _below(name, value.get(name))]
    ends = "=" if param.name == "settings" else ""
    return _offered((f"{path}{ends}" for path in paths), incomplete)


def saved_stats(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the names of saved and built-in statistics."""
    from catalogctl.query import BUILT_IN

    del param
    names, folder = [*BUILT_IN], _catalog(ctx)
    if folder is not None:
        queries = folder / "queries"
        names += [
            name
            for name in _names(queries, ".yaml")
            if _read(queries, f"{name}.yaml").get("kind") == "stat"
        ]
    return _offered(names, incomplete)


def codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the codes of problems, each with its meaning."""
    from catalogctl.codes import all_codes

    del ctx, param
    return [
        CompletionItem(code, help=row.meaning.replace("\n", " "))
        for code, row in all_codes().items()
        if code.startswith(incomplete)
    ]


def _offered(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(name)
        for name in names
        if name.startswith(incomplete)
        and _PLAIN.fullmatch(name.removesuffix("="))
        and not has_token(name)
    ]


def _catalog(ctx: click.Context) -> Path | None:
    """Return the catalog given on the command line or found upward; None if there is none."""
    from catalogctl.cli import options
    from catalogctl.errors import CatalogctlError

    try:
        return options.catalog_folder(ctx.params.get("catalog"))
    except (CatalogctlError, OSError):
        return None


def _names(folder: Path, ending: str) -> list[str]:
    """Return the sorted stems of the matching files in a folder; [] if it can't be read."""
    try:
        return sorted(each.stem for each in folder.iterdir() if each.name.endswith(ending))
    except OSError:
        return []


def _below(path: str, value: JSON) -> Iterator[str]:
    """Yield the paths of all members below a value, except those with a dot in their name."""
    items: Iterable[tuple[str, JSON]] = ()
    if isinstance(value, dict):
        items = ((name, member) for name, member in value.items() if "." not in name)
    elif isinstance(value, list):
        items = ((str(number), element) for number, element in enumerate(value))
    for name, member in items:
        yield f"{path}.{name}"
        yield from _below(f"{path}.{name}", member)


def _read(folder: Path, name: str) -> JSONObject:
    """Return the value of a file; {} if the file can't be read."""
    from catalogctl.source.document import read
    from catalogctl.source.folder import Folder

    return read(Folder(folder.parent, folder.name, ""), name).value
