"""Run the commands, and turn every error into a message and an exit code.

0 success, 1 the catalog or the request has problems, 2 wrong usage, 3 something outside failed;
130 and 143 after Ctrl-C and SIGTERM (product contract, 4).
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from io import BufferedWriter, FileIO, StringIO, TextIOWrapper
from typing import Any, TextIO

import click

from catalogctl import __version__
from catalogctl.cli.entry_point import (
    INTERRUPTED,
    LITTLE_MEMORY,
    TERMINATED,
    is_out_of_memory,
)
from catalogctl.cli.signal_handlers import Terminated
from catalogctl.errors import CatalogctlError

GROUPS = {
    "Read": {
        "search": "read_commands",
        "list": "read_commands",
        "get": "read_commands",
        "get-versions": "read_commands",
        "stat": "read_commands",
        "repositories": "read_commands",
    },
    "Write": {
        "register": "write_commands",
        "update": "write_commands",
        "enable": "write_commands",
        "disable": "write_commands",
        "deregister": "write_commands",
        "fmt": "fmt_command",
        "import": "import_command",
    },
    "Review": {"diff": "diff_command", "owners": "owners_command"},
    "Start": {"init": "init_command"},
    "Pipeline": {
        "validate": "validate_command",
        "resolve": "resolve_command",
        "sync": "sync_command",
        "build": "build_command",
        "publish": "publish_command",
        "serve": "serve_command",
        "gateway": "gateway_command",
        "verify": "verify_command",
        "trust": "trust_command",
    },
    "Help": {
        "explain": "explain_command",
        "query-id": "read_commands",
        "completion": "completion",
    },
}
"""The commands by heading in the help, each with the module that defines it."""
_MODULES = {name: module for group in GROUPS.values() for name, module in group.items()}
COMPLETION = "_CATALOGCTL_COMPLETE"
"""The environment variable that requests completions, set by the script of `completion`."""


class Commands(click.Group):
    """The group of all commands; a command's module is imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, group by group."""
        del ctx
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing only the module that defines it."""
        del ctx
        if cmd_name not in _MODULES:
            return None
        import importlib

        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"catalogctl.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command. Raise UsageError with the nearest name if there is no such one."""
        from catalogctl.did_you_mean import nearest

        if args[0] not in _MODULES and not args[0].startswith("-"):
            near = nearest(args[0], _MODULES)
            hint = f" Did you mean {near!r}?" if near is not None else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, grouped under their headings."""
        for heading, names in GROUPS.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [
                (name, command.get_short_help_str(200)) for name, command in commands if command
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.version_option(
    __version__,
    prog_name="catalogctl",
    message=f"%(prog)s %(version)s (Python {'.'.join(map(str, sys.version_info[:3]))})",
)
@click.pass_context
def catalogctl(ctx: click.Context) -> None:
    """Maintain a plugin repository without a server: YAML files in, JSON and a site out."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def start() -> int:
    """Prepare the process, run its command line and return the exit code."""
    gc.set_threshold(200_000, 20, 50)  # we create few cycles: this saves a tenth of a run
    _open_closed_streams()
    sys.stdout, sys.stderr = _outliving_its_reader(sys.stdout), _outliving_its_reader(sys.stderr)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # help contains non-ASCII characters
    return main(sys.argv[1:])


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code. Bad input never ends in a traceback."""
    try:
        result = _result(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted; no file was left half-written")
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except CatalogctlError as error:
        _say(_text(error))
        return error.exit_code
    except (OSError, MemoryError, RuntimeError, ImportError) as error:
        _say(_of_the_system(error))
        _discard_stdout()
        return 3
    return result if isinstance(result, int) else 0


_NO_THREAD = "can't start new thread"
"""What Python says where the system allows no more threads."""
_FEW_PROCESSES = "no more processes or threads can be started: raise their limit (ulimit -u)"
_LIMITS = {
    errno.EMFILE: "too many files are open: raise their limit (ulimit -n)",
    errno.ENFILE: "too many files are open on this machine",
    errno.EAGAIN: _FEW_PROCESSES,
    errno.ENOMEM: LITTLE_MEMORY,
}
"""What is said of an error on no file, by its number."""


def _of_the_system(error: OSError | MemoryError | RuntimeError | ImportError) -> str:
    """Return the message for an error of the system. Raise any other error again."""
    if is_out_of_memory(error):
        return LITTLE_MEMORY
    if not isinstance(error, OSError):
        if str(error) != _NO_THREAD:
            raise error
        return _FEW_PROCESSES
    words = (error.strerror or str(error)).lower()
    if error.filename:
        return f"{error.filename}: {words}"
    return _LIMITS.get(error.errno or 0, words)


def _result(arguments: list[str]) -> Any:
    """Run one command, or print completions if a shell requests them."""
    instruction = os.environ.get(COMPLETION)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(catalogctl, {}, "catalogctl", COMPLETION, instruction)
    with catalogctl.make_context("catalogctl", [*arguments]) as context:
        return catalogctl.invoke(context)


def _say(message: str) -> None:
    """Print a line to stderr; imported when needed, because `--version` needs nothing."""
    from catalogctl.cli.output import say

    say(message)


def _show(error: click.ClickException) -> None:
    """Print click's error to stderr, cleaned, because it repeats arguments verbatim."""
    from catalogctl.cli.terminal import clean

    out = StringIO()
    error.show(out)
    click.echo(clean(out.getvalue(), keep_newline=True), nl=False, err=True)


def _text(error: CatalogctlError) -> str:
    """Return an error's message with its place in a query, if any, and its hint."""
    pointer, hint = getattr(error, "pointer", ""), getattr(error, "hint", "")
    place = f", at {pointer}" if pointer.startswith("/query/") else ""
    return f"{error}{place} ({hint})" if hint else f"{error}{place}"


def _open_closed_streams() -> None:
    """Reopen standard streams closed at start (`>&-`), so that no file gets their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


_STDOUT = 1
_NO_WAITING = "it is full, and set not to wait for its reader: write to a file instead"


class _Stream(FileIO):
    """A standard stream whose reader may leave, as in `… | head -1`, or whose disk may be full."""

    def write(self, data: Any, /) -> int:
        """Write, or drop what nobody reads any more: the command goes on (decision 510).

        An error of stderr is ignored, because there is no place left to report it.
        """
        try:
            written = super().write(data)
            if written is None:  # it would have to wait
                raise BlockingIOError(errno.EAGAIN, _NO_WAITING)
        except OSError as error:
            if self.fileno() == _STDOUT and not isinstance(error, BrokenPipeError):
                error.filename = "standard output"
                raise
            _discard(self.fileno())
            return len(data)
        return written


def _outliving_its_reader(stream: TextIO) -> TextIO:
    """Return a standard stream that drops what is written after its reader has left."""
    if not isinstance(stream, TextIOWrapper):
        return stream
    return TextIOWrapper(
        BufferedWriter(_Stream(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
    )


def _discard_stdout() -> None:
    """Redirect stdout, so that Python doesn't flush to a closed pipe on exit."""
    if sys.stdout is not None:
        _discard(sys.stdout.fileno())


def _discard(number: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
