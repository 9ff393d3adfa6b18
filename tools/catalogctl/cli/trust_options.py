"""Declare the options that several commands of `trust` share, and what they need.

Use them through the module: `@trust_options.roots`.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import Any

import click

from catalogctl.cli import options

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
ONLINE_KEY = "CATALOGCTL_ONLINE_KEY"
"""The environment variable with the online key in PEM, for CI."""

roots = click.option(
    "--roots",
    metavar="DIR",
    type=FOLDER,
    help="The folder of the roots.  [default: trust/ of the nearest catalog upward]",
)
passphrase = click.option(
    "--passphrase-file",
    metavar="FILE",
    type=FILE,
    help="Read the passphrase of root keys from the first line of a file.  [default: ask]",
)


def needs_extra(command: options.Command) -> options.Command:
    """Let a command raise UsageError if the packages of the extra are missing."""

    @wraps(command)
    def checked(**values: Any) -> Any:
        from catalogctl.trust.extra import require_extra

        require_extra()
        return command(**values)

    checked_command: options.Command = checked
    return checked_command


def roots_folder(given: Path | None) -> Path:
    """Return the folder of the roots: the given one, or that of the nearest catalog."""
    from catalogctl.files.tree_paths import TRUST

    return given if given is not None else options.catalog_folder(None) / TRUST
