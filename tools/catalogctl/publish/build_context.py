"""What a build is, and what a published file is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogctl.source.settings import Settings

File: TypeAlias = "tuple[str, bytes]"
"""A published file: its path in the tree (with "/"), its bytes."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What is the same for every file of one build.

    `base_url` ends with "/" when there is one; `now` and `commit_time` are UTC with milliseconds
    ("2022-01-01T08:02:38.000Z"); outside git there is no commit.
    """

    settings: Settings
    base_url: str | None
    now: str
    commit: str | None
    commit_time: str | None
    generator: str
