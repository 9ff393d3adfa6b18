"""Real git repositories, for tests: files and times in, commits out, whatever this machine prefers.

repository = Repository.new(folder)
first = repository.commit("add x", {"plugins/x.yaml": "…"}, time=at("2026-01-02"))
repository.branch("side"); repository.switch("main"); repository.merge("side")
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIRST = 1_767_225_600
"""2026-01-01, the time of a repository's first commit; each later one follows a minute after."""


def at(text: str) -> int:
    """Return a time, such as 2026-01-02 or 2026-01-02T03:04:05, in seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def shown(seconds: int) -> str:
    """Return a time as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def environment(time: int = FIRST, author: str = "Ann <ann@example.org>") -> dict[str, str]:
    """Return an environment in which git answers alike on every machine."""
    name, _, mail = author.partition(" <")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": mail.rstrip(">"),
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": mail.rstrip(">"),
        "GIT_AUTHOR_DATE": f"@{time} +0000",
        "GIT_COMMITTER_DATE": f"@{time} +0000",
        "LC_ALL": "C",
    }


@dataclass(slots=True)
class Repository:
    """A work tree with its repository; `time` is that of the next commit, in seconds."""

    folder: Path
    time: int = FIRST
    author: str = "Ann <ann@example.org>"
    options: tuple[str, ...] = field(default_factory=tuple)

    @classmethod
    def new(cls, folder: Path) -> Repository:
        """Make an empty repository with the branch main."""
        folder.mkdir(parents=True, exist_ok=True)
        repository = cls(folder)
        repository.git("init", "--quiet", "-b", "main")
        return repository

    def git(self, *arguments: str | Path, data: bytes | None = None) -> str:
        """Run git here and return what it says; its failure is the test's."""
        done = subprocess.run(
            ["git", "-C", self.folder, *self.options, *arguments],
            input=data,
            capture_output=True,
            env=environment(self.time, self.author),
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr.decode() + done.stdout.decode())
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files by path; None deletes one."""
        for path, text in files.items():
            file = self.folder / path
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(
        self,
        message: str = "change",
        files: Mapping[str, str | bytes | None] | None = None,
        *,
        time: int | None = None,
    ) -> str:
        """Commit everything, a minute after the last commit or at a time; return its id."""
        self.write(files or {})
        self.time = self.time if time is None else time
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", message)
        return self._done()

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Make a branch and switch to it."""
        self.git("switch", "--quiet", "-c", name, start)

    def switch(self, name: str) -> None:
        """Switch to a branch."""
        self.git("switch", "--quiet", name)

    def merge(
        self,
        branch: str,
        *options: str,
        files: Mapping[str, str | bytes | None] | None = None,
        time: int | None = None,
    ) -> str:
        """Merge a branch by a merge commit, `files` in it as they are to be; return its id."""
        self.time = self.time if time is None else time
        if files is None:
            self.git("merge", "--quiet", "--no-ff", "--no-edit", *options, branch)
            return self._done()
        subprocess.run(
            ["git", "-C", self.folder, "merge", "--quiet", "--no-ff", "--no-commit", branch],
            capture_output=True,
            env=environment(self.time, self.author),
            check=False,  # a conflict is what `files` resolves
        )
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "-m", f"Merge {branch}")
        return self._done()

    def merge_away(self, commit: str) -> None:
        """Leave a commit out of the files of main by merges; its parent is where they begin."""
        self.branch("without", f"{commit}~1")
        self.merge("main", "--strategy=ours")
        self.switch("main")
        self.merge("without")

    def blob(self, path: str, revision: str = "HEAD") -> str:
        """Return the id of a committed file."""
        return self.git("rev-parse", f"{revision}:{path}")

    def _done(self) -> str:
        self.time += 60
        return self.git("rev-parse", "HEAD")
