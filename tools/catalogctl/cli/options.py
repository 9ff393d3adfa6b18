"""Declare and check the options that several commands share.

Use them through the module: `@options.catalog`.
"""

from __future__ import annotations

import os
import re
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from catalogctl.cli.output import Output
from catalogctl.errors import UsageError
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

    Command: TypeAlias = Callable[..., Any]
    Decorator: TypeAlias = Callable[[Command], Command]


def as_value(name: str, kind: type[Any], *options: Decorator) -> Decorator:
    """Add options to a command, and pass those that are fields of `kind` as one value."""
    names = {each.name for each in fields(kind)}

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_value(**values: Any) -> Any:
            own = {option: values.pop(option) for option in names & values.keys()}
            return command(**values, **{name: kind(**own)})

        decorated: Command = with_value
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def catalog_folder(given: Path | None) -> Path:
    """Return the given catalog folder or the nearest one upward. Raise UsageError without one."""
    from catalogctl.source.folder import find_catalog

    if given is None:
        return find_catalog(Path.cwd())
    if given.parts[:1] in (("http:",), ("https:",)):
        raise UsageError(
            "--catalog names a folder: get, list, get-versions and stat take --from URL"
        )
    if not given.is_dir():
        raise UsageError(f"{given} is not a folder: --catalog names the folder with catalog.yaml")
    return given


def _reference_time(given: str | None) -> str | None:
    """Return `--now` in the API's format. Raise UsageError if it is not a time."""
    moment = None if given is None else parse_time(given)
    if given is not None and moment is None:
        raise UsageError(f"--now {given} is not a time: write 2026-01-31T12:00:00Z")
    return moment


def _base_url(given: str | None) -> str | None:
    """Return `--base-url` with one trailing slash. Raise UsageError if it is not a folder's."""
    from urllib.parse import urlsplit

    from catalogctl.validate.settings_rules import is_folder_address

    if given is None:
        return None
    try:
        parts = urlsplit(given)
        is_sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or not is_folder_address(given):
        raise UsageError(
            f"--base-url {given} is not the address of a folder: write https://host/path/"
        )
    return given.rstrip("/") + "/"


def checked_by(read: Callable[[Any], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a callback that reads and checks an option's value, except during completion."""
    return lambda ctx, _, given: given if ctx.resilient_parsing else read(given)


def _catalog(**how: Any) -> Decorator:
    return click.option(
        "--catalog",
        type=click.Path(path_type=Path),
        help="The folder with catalog.yaml.  [default: the nearest one upward]",
        **how,
    )


catalog = _catalog(callback=checked_by(catalog_folder))
given_catalog = _catalog()
"""The option without a default, for commands that don't always need a catalog."""
color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output.  [default: auto, on a terminal]",
)
jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes to use.  [default: one per core, for large catalogs]",
)
now = click.option(
    "--now",
    metavar="TIME",
    callback=checked_by(_reference_time),
    help="Reference time of timediff queries, such as 2026-01-31T12:00:00Z."
    "  [default: the commit's time]",
)
base_url = click.option(
    "--base-url",
    metavar="URL",
    callback=checked_by(_base_url),
    help="Where the tree will be served; overrides site.base_url in catalog.yaml.",
)
domain_id = click.option("--domain-id", help="Only plugins of this domain.")
repository_id = click.option(
    "--repository-id",
    metavar="ID|*",
    help="The repository to ask, or * for all.  [default: the catalog's own]",
)
repository_of_plugin = click.option(
    "--repository-id",
    metavar="ID|*",
    help="The repository to ask.  [default: the first that has the plugin]",
)


_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(option: str, *, least: int = 0) -> Callable[[str], float]:
    """Return what reads a duration of at `least` so many seconds.

    It raises UsageError, which names the option.
    """

    def seconds(given: str) -> float:
        match = _DURATION.fullmatch(given)
        if match is None:
            raise UsageError(f"{option} {given} is not a duration: write 1h, 90m, 45s or 2d")
        length = int(match[1]) * _SECONDS[match[2]]
        if length < least:
            raise UsageError(f"{option} {given} is too short: write {least}s or more")
        return float(length)

    return seconds


trust = click.option(
    "--trust",
    metavar="FILE|sha256:HEX",
    help="Accept only what the keys of this root signed, from now on at this URL."
    "  [default: $CATALOGCTL_TRUST]",
)


def trusted_root(given: str | None, location: str | None) -> str | None:
    """Return the root to pin for a location: `--trust`, or for a URL the environment's, if any.

    An empty `--trust` is returned as it is: it pins nothing, but a root was to be pinned. Raise
    UsageError if `--trust` is given without a URL.
    """
    from catalogctl.fetch.address_or_path import is_address

    if location is not None and is_address(location):
        return (os.environ.get("CATALOGCTL_TRUST") or None) if given is None else given
    if given is not None:
        raise UsageError("--trust checks what a host serves: give a URL with it")
    return None


def wait(what: str) -> Decorator:
    """Return `--wait`: how many seconds to wait for another run."""
    words = f"Seconds to wait for another {what}.  [default: 600]"
    return click.option("--wait", type=click.IntRange(min=0), default=600, help=words)


def quiet(words: str = "Print no summary and no progress.") -> Decorator:
    """Return `--quiet`."""
    return click.option("--quiet", "-q", is_flag=True, help=words)


def format_(*formats: str, words: str = "How to print it.") -> Decorator:
    """Return `--format`. The first format is the default, but a table only on a terminal."""
    is_table = formats[0] == "table"
    default = "table on a terminal, else json" if is_table else formats[0]
    return click.option(
        "--format",
        type=click.Choice(formats),
        default=None if is_table else formats[0],
        help=f"{words}  [default: {default}]",
    )


def output(*options: Decorator) -> Decorator:
    """Add options for printing, passed to the command as `output`."""
    return as_value("output", Output, *options)


cache_options: tuple[Decorator, ...] = (
    click.option(
        "--cache",
        "cache_folder",
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where to keep what the next run can use.  [default: in $XDG_CACHE_HOME/catalogctl]",
    ),
    click.option("--no-cache", is_flag=True, help="Use no cache: do all the work again."),
)


def cache(command: Command) -> Command:
    """Add `--cache` and `--no-cache`, passed as `cache`: the folder, or None for no cache."""

    @wraps(command)
    def with_cache(*, cache_folder: Path | None, no_cache: bool, **values: Any) -> Any:
        from catalogctl.build_cache.cache_place import catalog_cache

        if cache_folder is None and not no_cache:
            cache_folder = catalog_cache(values["catalog"], os.environ)
        return command(cache=None if no_cache else cache_folder, **values)

    decorated: Command = with_cache
    for option in reversed(cache_options):
        decorated = option(decorated)
    return decorated
