"""`catalogctl init`: start a new catalog repository."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogctl.cli.shared_options import quiet_option


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="The repository's name.  [default: the folder's]")
@click.option("--title", help="The site's title.  [default: the name]")
@click.option("--repository-id", metavar="ID", help="Its repository_id.  [default: made up]")
@click.option("--domain-id", metavar="ID", help="The domain_id of its plugins.  [default: made up]")
@click.option(
    "--tool",
    metavar="PIN",
    help="The catalogctl that its workflows install: a wheel's URL with #sha256=…, or"
    " git+URL@COMMIT.  [default: where this one was installed from]",
)
@quiet_option
def init_command(
    folder: Path,
    name: str | None,
    title: str | None,
    repository_id: str | None,
    domain_id: str | None,
    tool: str | None,
    quiet: bool,
) -> int:
    """Start a catalog repository in DIR, ready for its first pull request.

    Writes catalog.yaml, an example plugin, workflows, settings of editors and of pre-commit,
    templates of issues and pull requests, CODEOWNERS and a README. What no option says is asked
    on a terminal, and has its default elsewhere.

    \b
    Examples:
      catalogctl init plugins
      catalogctl init plugins --name Marketplace --domain-id domain-123456789012 \\
        --tool git+https://git.example/x@4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345

    Exit codes: 0 fine, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli.terminal import facts
    from catalogctl.new_catalog import Start, installed_from, pinned, suggested_id, write_starter
    from catalogctl.source.git import start_repository

    asks = facts(sys.stdin).tty and facts(sys.stderr).tty

    def answer(given: str | None, question: str, default: str) -> str:
        if given is not None or not asks:
            return given if given is not None else default
        return str(click.prompt(question, default=default, err=True))

    chosen = pinned(tool) if tool is not None else installed_from()
    called = answer(name, "Name of the repository", folder.resolve().name or "catalog")
    start = Start(
        name=called,
        title=answer(title, "Title of the site", called),
        repository_id=answer(repository_id, "repository_id", suggested_id("repo", called)),
        domain_id=answer(domain_id, "domain_id of its plugins", suggested_id("domain", called)),
        tool=chosen,
    )
    count = write_starter(folder, start)
    start_repository(folder)
    _tell(folder, count, is_pinned=bool(chosen), quiet=quiet)
    return 0


def _tell(folder: Path, count: int, *, is_pinned: bool, quiet: bool) -> None:
    """Say what was written, and what is still to do."""
    if not is_pinned:
        click.echo(
            "the workflows fail until they know what to install:"
            f" pin the tool in {folder}/.github/catalogctl.txt, which says how",
            err=True,
        )
    if not quiet:
        click.echo(
            f"wrote {count} files into {folder}; next: git add, git commit, git push", err=True
        )


COMMANDS = {"init": init_command}
