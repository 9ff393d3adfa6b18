"""`catalogctl init`: create a catalog repository, or bring one up to this catalogctl."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import note, print_line
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.new_catalog.starter_files import Start
    from catalogctl.new_catalog.starter_update import Update

_NAMES = ("name", "title", "repository_id", "domain_id")


@click.command("init")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--name", help="The repository's name.  [default: the folder's name]")
@click.option("--title", help="The site's title.  [default: the name]")
@click.option("--repository-id", metavar="ID", help="Its repository_id.  [default: generated]")
@click.option("--domain-id", metavar="ID", help="Its plugins' domain_id.  [default: generated]")
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "none"]),
    help="Whose workflows to write.  [default: github; with --update, those that are there]",
)
@click.option(
    "--tool",
    metavar="URL|PATH|VERSION",
    help="The catalogctl that checks the catalog: a wheel's address with #sha256=…, a wheel to copy"
    " into the repository, or a release.  [default: this one]",
)
@click.option("--update", is_flag=True, help="Bring the catalog in DIR up to this catalogctl.")
@click.option("--check", is_flag=True, help="With --update: write nothing, exit 1 if it would.")
@options.quiet()
def init_command(
    folder: Path | None,
    ci: str | None,
    tool: str | None,
    update: bool,
    check: bool,
    quiet: bool,
    **answers: str | None,
) -> int:
    """Create a catalog repository in DIR that works at its first push.

    Writes catalog.yaml, an example plugin, workflows, editor and pre-commit settings, a README, and
    what installs this very catalogctl, held to its hash. Values without an option are prompted for
    on a terminal, and take their default elsewhere.

    With --update, bring those files up to this catalogctl. What people changed is kept, and shown
    as a difference if catalogctl changed it too. DIR is then the working directory by default.

    \b
    Examples:
      catalogctl init plugins
      catalogctl init plugins --name Marketplace --domain-id domain-123456789012
      catalogctl init --update --check

    Exit codes: 0 success, 1 --check found something, 2 wrong usage, 3 something outside failed.
    """
    if update:
        _check_names(answers)
        return _update(folder or Path(), ci, tool, check=check, quiet=quiet)
    if folder is None or check:
        raise UsageError(
            "--check needs --update" if folder else "name the folder of the new catalog, DIR"
        )
    _start(folder, ci, tool, answers, quiet=quiet)
    return 0


def _start(
    folder: Path,
    ci: str | None,
    tool: str | None,
    answers: Mapping[str, str | None],
    *,
    quiet: bool,
) -> None:
    """Create a repository and say how to go on."""
    from catalogctl.new_catalog.start import check_names, starter_files, write_starter
    from catalogctl.new_catalog.starter_files import CI
    from catalogctl.new_catalog.tool_pin import default_pin, pin_of
    from catalogctl.source.git import start_repository

    pin = default_pin(os.environ) if tool is None else pin_of(tool, os.environ)
    start, kind = _names(folder, answers), CI(ci or CI.GITHUB)
    check_names(start, kind)
    files = starter_files(start, kind, pin)
    write_starter(folder, files)
    outer = start_repository(folder)
    if outer not in (None, folder.resolve()):
        note(
            f"note: {folder} is part of the repository {outer}, where the workflows of a catalog"
            " don't run: a catalog is the top folder of its repository"
        )
    if not quiet:
        note(f"wrote {len(files)} files into {folder}; next: git add, git commit, git push")


def _update(folder: Path, ci: str | None, tool: str | None, *, check: bool, quiet: bool) -> int:
    """Print what brings a catalog up to this catalogctl and, unless `check` is set, write it."""
    from catalogctl.new_catalog.starter_files import CI
    from catalogctl.new_catalog.starter_update import apply_update, plan_update

    planned = plan_update(folder, ci=CI(ci) if ci else None, tool=tool, environ=os.environ)
    _print(planned)
    if not check and planned.is_needed:
        apply_update(folder, planned)
    if not quiet:
        done = "to update" if check else "updated"
        count = len(planned.files) or 1  # else it is the record
        files = f"{count} file{'' if count == 1 else 's'}"
        note(f"{done}: {files}" if planned.is_needed else "all is up to date")
    return 1 if check and planned.is_needed else 0


def _print(planned: Update) -> None:
    """Print what happens to each file, and the difference where people changed it."""
    from catalogctl.new_catalog.starter_update import Action
    from catalogctl.new_catalog.tool_record import RECORD

    if planned.is_needed and not planned.files:
        print_line(f"{Action.WRITE} {RECORD}")
    for each in planned.files:
        if each.action is Action.KEEP and each.tools is None:
            print_line(f"keep {each.path} (no longer the tool's; delete it)")
            continue
        print_line(f"{each.action} {each.path}")
        if each.action in (Action.KEEP, Action.REPLACE):
            for line in each.difference.splitlines():
                print_line(f"  {line}")


def _check_names(answers: Mapping[str, str | None]) -> None:
    """Raise UsageError if an option is given that is only for a new catalog."""
    given = [name for name in _NAMES if answers[name] is not None]
    if given:
        raise UsageError(f"--{given[0].replace('_', '-')} is for a new catalog, not for --update")


def _names(folder: Path, answers: Mapping[str, str | None]) -> Start:
    """Return the catalog's names and ids, prompting on a terminal for missing options."""
    from catalogctl.cli.terminal import facts
    from catalogctl.new_catalog.starter_files import Start, suggested_id

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
    )
