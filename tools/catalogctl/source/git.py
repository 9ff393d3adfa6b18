"""Run git in a folder and return its output, without prompts, network access or a pager.

The user's environment and configuration affect only two things: where git is found, and which
folders of other owners are trusted (`safe.directory`). The repository's own configuration is not
trusted: no program that it names is run, and settings that could change the output are overridden
(hardening R-18). Nothing is ever fetched, so a partial clone answers from the objects it has, or an
error explains what to do.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from catalogctl.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

_LONGEST = 120.0
"""Timeout of a command, in seconds: enough to read all files of the largest catalog when busy.

A walk over the history (`Git.stream`) may take longer.
"""

_PIPE = 1 << 20
"""Size of the output pipe in bytes, so that git need not stop after each 64 KiB."""

_OVERRIDDEN = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=true",
    "core.pager=cat",
    "color.ui=false",
    "log.follow=false",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.mailmap=false",
    "i18n.logOutputEncoding=UTF-8",
    "diff.relative=false",
    "diff.ignoreSubmodules=all",
)
"""Settings of a repository that could change the output, set to their defaults."""

_NEUTRAL = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_FILTER = r"^filter\."

_CONFIGURATION = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
_DUBIOUS = "dubious ownership"
_DUBIOUS_FOLDER = re.compile(r"dubious ownership in repository at '(?P<folder>[^\n]+)'")

_DAMAGED = "objects are missing or damaged: fetch them with git fetch --refetch, or clone it again"
_SIGNS_OF_DAMAGE = ("object", "corrupt", "bad tree", "could not read", "unable to read", "inflate")
_FIXES = {
    _DUBIOUS: (
        "another user owns the repository: trust it with git config --global --add"
        " safe.directory {top}"
    ),
    "promisor remote": (
        "the clone is partial and lacks what was asked for: get it with git fetch --refetch"
        " --no-filter, or clone without --filter"
    ),
    "not a git repository": "its .git is damaged or was only partly cloned: clone it again",
    "unknown revision": "fetch that revision first: git fetch origin, or fetch-depth: 0 in CI",
    **dict.fromkeys(_SIGNS_OF_DAMAGE, _DAMAGED),
}
"""What to do by a part of git's error; the first one that it contains counts."""


class Git:
    """A repository, as seen from one folder in its work tree."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._given = dict(os.environ if environ is None else environ)
        self._environ = _cleaned(self._given)
        self._was_asked = False
        self._knows_trust = False

    def ask(self, *arguments: str) -> bytes:
        """Return git's output. Raise OutsideError, with what to do, if it fails."""
        code, answer, error = self.attempt(*arguments)
        if code:
            self.fail(error)
        return answer

    def attempt(self, *arguments: str, given: bytes = b"") -> tuple[int, bytes, str]:
        """Return git's exit code, its output and its stderr; `given` is its input.

        For a repository of another owner, try again if the user's own configuration trusts it.
        """
        self._was_asked = True
        code, answer, error = self._run(arguments, self._environ, given)
        if code and _DUBIOUS in error and self._trust():
            code, answer, error = self._run(arguments, self._environ, given)
        return code, answer, error

    def ask_about_work_tree(self, *arguments: str) -> bytes:
        """Return git's output about the files on the disk, with the repository's filters disabled.

        To compare a file, git runs its `clean` filter, a program that the repository's own
        configuration names.
        """
        code, names, error = self.attempt("config", "-z", "--name-only", "--get-regexp", _FILTER)
        if code > 1:  # 1: no such setting
            self.fail(error)
        # An empty setting means no program; a required filter would fail without one.
        self._configure(
            (name, "false" if name.endswith(".required") else "") for name in texts(names)
        )
        return self.ask(*arguments)

    @contextmanager
    def stream(self, *arguments: str, given: bytes = b"") -> Iterator[IO[bytes]]:
        """Yield git's output as a stream while it reads `given`.

        Raise OutsideError at the end if git failed. A caller that stops early must leave the
        context with an exception, as a closed generator does.
        """
        if not self._was_asked:
            self.ask("rev-parse", "--git-dir")  # finds out whether the user trusts the owner
        errors: list[bytes] = []
        with subprocess.Popen(  # noqa: S603  (git, with arguments of our own)
            self._command(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environ,
            pipesize=_PIPE,
        ) as process:
            stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
            if stdin is None or stdout is None or stderr is None:
                raise OutsideError(f"git gives no answer in {self.folder}")
            writer = threading.Thread(target=_write, args=(stdin, given))
            listener = threading.Thread(target=lambda: errors.append(stderr.read()))
            writer.start()
            listener.start()
            try:
                yield stdout
            except BaseException:
                process.kill()
                raise
            finally:
                listener.join()
                writer.join()
            if process.wait():
                self.fail(b"".join(errors).decode("utf-8", "replace"))

    def fail(self, error: str) -> NoReturn:
        """Raise OutsideError for git's error message, with what to do about it if that is known."""
        fix = next((fix for sign, fix in _FIXES.items() if sign in error.lower()), "")
        lines = [line for line in error.splitlines() if line.strip()]
        first = next((line for line in lines if line.startswith("fatal: ")), "".join(lines[:1]))
        words = first.removeprefix("fatal: ").removeprefix("error: ").strip().rstrip(".")
        dubious = _DUBIOUS_FOLDER.search(error)
        top = dubious["folder"] if dubious else str(self.folder.resolve())
        advice = f" ({fix.replace('{top}', shlex.quote(top))})" if fix else ""
        raise OutsideError(f"git can't read {self.folder}: {words[:300] or 'it failed'}{advice}")

    def _command(self, arguments: Sequence[str]) -> list[str]:
        settings = [part for each in _OVERRIDDEN for part in ("-c", each)]
        return ["git", "--no-pager", "-C", str(self.folder), *settings, *arguments]

    def _run(
        self, arguments: Sequence[str], environ: Mapping[str, str], given: bytes = b""
    ) -> tuple[int, bytes, str]:
        try:
            done = subprocess.run(  # noqa: S603  (git, with arguments of our own)
                self._command(arguments),
                input=given,
                capture_output=True,
                env=environ,
                timeout=_LONGEST,
                check=False,
            )
        except FileNotFoundError as error:
            raise OutsideError(
                f"{self.folder} is in a git repository, and there is no git in PATH: install git"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise OutsideError(
                f"git {arguments[0]} did not answer within {_LONGEST:.0f} s in {self.folder}"
            ) from error
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    def _trust(self) -> bool:
        """Add the folders that the user trusts to the settings; return whether there are any."""
        if self._knows_trust:
            return False
        self._knows_trust = True
        own = {name: self._given[name] for name in _CONFIGURATION if name in self._given}
        environ = {**_without_git(self._given), **own, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        outside = ("-C", "/")  # ignores the repository's own settings
        question = (*outside, "config", "--null", "--get-all", "safe.directory")
        _, folders, _ = self._run(question, environ)
        trusted = texts(folders)
        self._configure(("safe.directory", folder) for folder in trusted)
        return bool(trusted)

    def _configure(self, settings: Iterable[tuple[str, str]]) -> None:
        """Add settings that override those of the repository."""
        count = int(self._environ.get("GIT_CONFIG_COUNT", "0"))
        for name, value in settings:
            self._environ[f"GIT_CONFIG_KEY_{count}"] = name
            self._environ[f"GIT_CONFIG_VALUE_{count}"] = value
            count += 1
        self._environ["GIT_CONFIG_COUNT"] = str(count)


def texts(answer: bytes) -> list[str]:
    """Return the NUL-terminated texts of an answer."""
    return answer.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _write(stdin: IO[bytes], given: bytes) -> None:
    with contextlib.suppress(OSError), stdin:  # git has ended, and the reader reports why
        stdin.write(given)


def _without_git(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}


def _cleaned(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git, without what could redirect it or change its output.

    A server's hook sees the objects of a push only through its environment, so these remain
    available in addition to those of the repository.
    """
    cleaned = {**_without_git(environ), **_NEUTRAL}
    names = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
    objects = os.pathsep.join(environ[name] for name in names if environ.get(name))
    if objects:
        cleaned["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects
    return cleaned


def start_repository(folder: Path) -> Path | None:
    """Create a git repository in a folder, unless it is in one already or git is not installed.

    Return the folder of the repository that it is in, if any.
    """
    found = git_above(folder.resolve())
    if found is None:
        with contextlib.suppress(OutsideError):
            Git(folder).ask("init", "--quiet", "--initial-branch=main")
    return found


def lies_in_git(folder: Path) -> bool:
    """Return whether a folder appears to be in a git repository, without running git."""
    return git_above(folder) is not None


def git_above(folder: Path) -> Path | None:
    """Return the nearest folder that appears to be a git repository, without running git."""
    return next((above for above in (folder, *folder.parents) if _is_repository(above)), None)


def _is_repository(folder: Path) -> bool:
    return os.path.lexists(folder / ".git") or (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    )


def logs_folder(folder: Path) -> Path | None:
    """Return the folder of the reflogs of a folder's repository, or None without one.

    In a worktree or a submodule, `.git` is a file with the path of its own git folder.
    """
    for above in (folder, *folder.parents):
        own = above / ".git"
        if own.is_file():
            own = (
                above / own.read_text(encoding="utf-8", errors="replace").partition(" ")[2].strip()
            )
        if own.is_dir():
            return own / "logs" if (own / "logs").is_dir() else None
    return None
