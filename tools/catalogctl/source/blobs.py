"""Read blobs by their ids, all with one `git cat-file --batch`."""

from __future__ import annotations

import contextlib
import hashlib
from typing import IO, TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.source.folder import MAX_YAML_SIZE
from catalogctl.source.git import Git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_SKIPPED_AT_ONCE = 1 << 20
_SHA1_LENGTH = 40


def blob_ids(data: bytes, like: str) -> tuple[str, ...]:
    """Return the ids under which git may have the content of a file on the disk.

    Different line endings are not a change, because a checkout may convert them. `like` is another
    id of the repository, whose length tells git's algorithm.
    """
    ids = [_blob_id(data, like)]
    if b"\r\n" in data:
        ids.append(_blob_id(data.replace(b"\r\n", b"\n"), like))
    return tuple(ids)


def _blob_id(data: bytes, like: str) -> str:
    algorithm = "sha256" if len(like) > _SHA1_LENGTH else "sha1"
    head = b"blob %d\0" % len(data)
    return hashlib.new(algorithm, head + data, usedforsecurity=False).hexdigest()


def read_blobs(
    git: Git, names: Sequence[str], limit: int = MAX_YAML_SIZE
) -> Iterator[bytes | None]:
    """Yield the content of each blob, or None if it is over the limit or not a blob.

    `names` are ids, or anything git resolves to one (`REVISION:PATH` without a line break);
    `limit` is in bytes. Raise OutsideError if one is missing.
    """
    if not names:
        return
    given = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    with git.stream("cat-file", "--batch", "--buffer", given=given) as answers:
        for name in names:
            yield _answer(git, answers, name, limit)


def committed_file(folder: Path, path: str) -> bytes | None:
    """Return the content of a file below a folder in the last commit, or None if it isn't there."""
    with contextlib.suppress(OutsideError):
        return next(read_blobs(Git(folder), [f"HEAD:./{path}"]))
    return None


def _answer(git: Git, answers: IO[bytes], name: str, limit: int) -> bytes | None:
    """Read one answer: `ID TYPE SIZE`, the content and a line feed."""
    head = answers.readline().split()
    if len(head) != 3 or not head[2].isdigit():  # noqa: PLR2004  (id, type, size)
        raise OutsideError(
            f"git can't read {git.folder}: {name} is missing"
            " (fetch it with git fetch --refetch, or clone without --filter)"
        )
    size = int(head[2])
    if head[1] != b"blob" or size > limit:
        left = size + 1
        while left > 0 and (piece := answers.read(min(left, _SKIPPED_AT_ONCE))):
            left -= len(piece)
        return None
    return answers.read(size + 1)[:-1]
