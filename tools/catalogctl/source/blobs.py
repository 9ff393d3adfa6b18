"""Read blobs by their ids: one `git cat-file --batch` for all."""

from __future__ import annotations

import contextlib
import threading
from typing import IO, TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.source.folder import MAX_YAML_SIZE
from catalogctl.source.git import Git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_SKIPPED_AT_ONCE = 1 << 20


def read_blobs(
    git: Git, names: Sequence[str], limit: int = MAX_YAML_SIZE
) -> Iterator[bytes | None]:
    """Yield the content of each blob; None for one that is over the limit or no blob.

    `names` are ids, or what git understands as one (`REVISION:PATH` without a line break).
    OutsideError when one is missing.
    """
    if not names:
        return
    with git.conversation("cat-file", "--batch", "--buffer") as (asked, said):
        writer = threading.Thread(target=_ask, args=(asked, names))
        writer.start()
        try:
            for name in names:
                yield _answer(git, said, name, limit)
        finally:
            said.close()
            writer.join()


def committed_file(folder: Path, path: str) -> bytes | None:
    """Return a file below a folder as the last commit has it; None where no commit has it."""
    with contextlib.suppress(OutsideError):
        return next(read_blobs(Git(folder), [f"HEAD:./{path}"]))
    return None


def _ask(asked: IO[bytes], names: Iterable[str]) -> None:
    try:
        asked.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        asked.close()
    except OSError:  # git has ended, and the reader says why
        return


def _answer(git: Git, said: IO[bytes], name: str, limit: int) -> bytes | None:
    """Read `ID TYPE SIZE`, the content and a line feed."""
    head = said.readline().split()
    if len(head) != 3 or not head[2].isdigit():  # noqa: PLR2004  (id, type, size)
        raise OutsideError(
            f"git can't read {git.folder}: {name} is missing"
            " (fetch it with git fetch --refetch, or clone without --filter)"
        )
    size = int(head[2])
    if head[1] != b"blob" or size > limit:
        left = size + 1
        while left > 0 and (piece := said.read(min(left, _SKIPPED_AT_ONCE))):
            left -= len(piece)
        return None
    return said.read(size + 1)[:-1]
