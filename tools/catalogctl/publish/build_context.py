"""Define the context of a build and the type of a published file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.publish.upstreams import Upstream
    from catalogctl.source.settings import Settings, SiteSettings

File: TypeAlias = "tuple[str, bytes]"
"""A published file: its path in the tree (with "/") and its bytes."""


class LazyFile(NamedTuple):
    """A published file that is made only if it changed; `key` identifies what it is made of."""

    path: str
    key: Callable[[], bytes]
    make: Callable[[], bytes]


def with_bytes(file: File | LazyFile) -> File:
    """Return a file with its bytes."""
    return (file.path, file.make()) if isinstance(file, LazyFile) else file


class Extras(NamedTuple):
    """Which files each plugin has in addition to its page and its answers."""

    badges: bool
    feeds: bool


def extras(settings: SiteSettings, plugins: int, base_url: str | None) -> Extras:
    """Return the extras in a catalog of so many plugins; a large one has to ask for them.

    Feeds consist of absolute addresses, so there are none without `base_url`.
    """
    is_small = plugins <= settings.extras_up_to
    badges = is_small if settings.badges is None else settings.badges
    return Extras(badges=badges, feeds=is_small and base_url is not None)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The values shared by all files of one build.

    `base_url` ends with "/" unless it is None. `now` and `commit_time` are UTC with milliseconds
    ("2022-01-01T08:02:38.000Z"). Outside git, `commit` and `commit_time` are None. `upstreams` are
    the other repositories that the catalog answers for, in the order in which they are asked.
    `root_sha256` is the hash of the first root, None if the catalog is not signed.
    """

    settings: Settings
    base_url: str | None
    now: str
    commit: str | None
    commit_time: str | None
    generator: str
    extras: Extras
    upstreams: Sequence[Upstream] = ()
    root_sha256: str | None = None
