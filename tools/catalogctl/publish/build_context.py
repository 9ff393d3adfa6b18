"""Define the context of a build and the type of a published file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogctl.source.settings import Settings

File: TypeAlias = "tuple[str, bytes]"
"""A published file: its path in the tree (with "/") and its bytes."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The values shared by all files of one build.

    `base_url` ends with "/" unless it is None. `now` and `commit_time` are UTC with milliseconds
    ("2022-01-01T08:02:38.000Z"). Outside git, `commit` and `commit_time` are None.
    """

    settings: Settings
    base_url: str | None
    now: str
    commit: str | None
    commit_time: str | None
    generator: str
