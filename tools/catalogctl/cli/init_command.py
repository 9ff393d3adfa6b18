"""`catalogctl init`: create a catalog repository."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.new_catalog import Start


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="The repository's name.  [default: the folder's name]")
@click.option("--title", help="The site's title.  [default: the name]")
@click.option("--repository-id", metavar="ID", help="Its repository_id.  [default: generated]")
@click.option("--domain-id", metavar="ID", help="Its plugins' domain_id.  [default: generated]")
@click.option(
    "--tool",
    metavar="PIN",
    help="The catalogctl that its workflows install: a wheel's URL with #sha256=…, or"
    " git+URL@COMMIT.  [default: where this one was installed from]",
)
@options.quiet()
def init_command(folder: Path, tool: str | None, quiet: bool, **answers: str | None) -> int:
    """Create a catalog repository in DIR, ready for its first pull request.

    Writes catalog.yaml, an example plugin, workflows, editor and pre-commit settings, issue and
    pull request templates, CODEOWNERS, and a README. Values without an option are prompted for on
    a terminal, and take their default elsewhere.

    \b
    Examples:
      catalogctl init plugins
      catalogctl init plugins --name Marketplace --domain-id domain-123456789012 \\
        --tool git+https://git.example/x@4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345

    Exit codes: 0 success, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.new_catalog import installed_from, pinned, write_starter
    from catalogctl.source.git import start_repository

    pin = pinned(tool) if tool is not None else installed_from()
    count = write_starter(folder, _start(folder, answers, pin))
    start_repository(folder)
    if not pin:
        file = f"{folder}/.github/catalogctl.txt"
        message = "the workflows fail until they know what to install: pin the tool in"
        note(f"{message} {file}, which says how")
    if not quiet:
        note(f"wrote {count} files into {folder}; next: git add, git commit, git push")
    return 0


def _start(folder: Path, answers: Mapping[str, str | None], pin: str) -> Start:
    """Return the catalog's names and ids, prompting on a terminal for missing options."""
    from catalogctl.cli.terminal import facts
    from catalogctl.new_catalog import Start, suggested_id

    can_ask = facts(sys.stdin).tty and facts(sys.stderr).tty

    def answer(field: str, question: str, default: str) -> str:
        given = answers[field]
        if given is None and can_ask:
            return str(click.prompt(question, default=default, err=True))
        return default if given is None else given

    name = answer("name", "Name of the repository", folder.resolve().name or "catalog")
    return Start(
        name=name,
        title=answer("title", "Title of the site", name),
        repository_id=answer("repository_id", "repository_id", suggested_id("repo", name)),
        domain_id=answer("domain_id", "domain_id of its plugins", suggested_id("domain", name)),
        tool=pin,
    )
