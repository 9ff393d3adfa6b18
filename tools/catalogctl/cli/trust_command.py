"""`catalogctl trust`: sign built trees, and keep the keys and signatures of a catalog."""

from __future__ import annotations

import click

from catalogctl.cli.trust_forget_command import forget_command
from catalogctl.cli.trust_root_commands import init_command, rotate_command
from catalogctl.cli.trust_show_command import show_command
from catalogctl.cli.trust_sign_commands import renew_command, sign_command


@click.group("trust")
def trust_command() -> None:
    """Sign built trees, so that consumers notice what their host changes.

    Needs the packages of catalogctl[trust]. docs/trust.md begins with five commands.

    \b
    Examples:
      catalogctl trust init --keys ~/catalog-keys
      catalogctl trust sign public --key ~/catalog-keys/online.pem
      catalogctl trust show https://plugins.example.org/

    Exit codes: 0 success, 1 wrong keys or signatures, 2 wrong usage, 3 something outside failed.
    """


for _command in (
    init_command,
    sign_command,
    renew_command,
    rotate_command,
    show_command,
    forget_command,
):
    trust_command.add_command(_command)
