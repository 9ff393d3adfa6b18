"""Read the passphrases of keys, from a file or the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from catalogctl.cli.terminal import facts
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def passphrase_from(file: Path | None) -> Callable[[str], bytes]:
    """Return what gives the passphrase of a key, from a file or the terminal."""

    def passphrase(name: str) -> bytes:
        if file is not None:
            from catalogctl.trust.key_files import read_key_file

            lines = read_key_file(file).splitlines()
            if not lines or not lines[0]:
                raise UsageError(f"{file} has no passphrase in its first line")
            return lines[0]
        return _asked(name)

    return passphrase


def _asked(name: str) -> bytes:
    """Ask for a passphrase at the terminal; twice if it is for new keys."""
    if not (facts(sys.stdin).tty and facts(sys.stderr).tty):
        needs = f"the passphrase of {name}" if name else "a passphrase for the new root keys"
        raise UsageError(f"there is no terminal to ask for {needs}: give --passphrase-file FILE")
    words = f"Passphrase of {name}" if name else "Passphrase for the new root keys"
    given: str = click.prompt(words, hide_input=True, confirmation_prompt=not name, err=True)
    return given.encode()
