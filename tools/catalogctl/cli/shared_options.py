"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalogctl.errors import UsageError
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")

catalog_option = click.option(
    "--catalog",
    "catalog",
    type=click.Path(path_type=Path),
    help="The folder that holds catalog.yaml.  [default: found upward from here]",
)
color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output.  [default: auto, on a terminal]",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes to use.  [default: one a core, for large catalogs]",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print no summary and no progress.")
now_option = click.option(
    "--now",
    metavar="TIME",
    help="Reference time of timediff queries, such as 2026-01-31T12:00:00Z."
    "  [default: the commit's time]",
)


def catalog_folder(given: Path | None) -> Path:
    """Return the catalog's folder: the one given, or the nearest one upward."""
    from catalogctl.source.folder import find_catalog

    if given is None:
        return find_catalog(Path.cwd())
    if given.parts[:1] in (("http:",), ("https:",)):
        raise UsageError(
            "--catalog names a folder: get, list, get-versions and stat take --from URL"
        )
    if not given.is_dir():
        raise UsageError(f"{given} is no folder: --catalog names the folder with catalog.yaml")
    return given


def reference_time(given: str | None) -> str | None:
    """Return `--now` as the API writes times; UsageError when it is no time."""
    if given is None:
        return None
    moment = parse_time(given)
    if moment is None:
        raise UsageError(f"--now {given} is no time: write 2026-01-31T12:00:00Z")
    return moment


def web_address(given: str | None) -> str | None:
    """Return `--base-url` with one slash at its end; UsageError when it is not a web address."""
    if given is None:
        return None
    from urllib.parse import urlsplit

    from catalogctl.validate.settings_rules import is_folder_address

    try:
        parts = urlsplit(given)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not is_folder_address(given):
        raise UsageError(
            f"--base-url {given} is not the address of a folder: write https://host/path/"
        )
    return given.rstrip("/") + "/"
