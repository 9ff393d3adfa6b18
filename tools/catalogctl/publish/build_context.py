"""The values that publish shares: what a build is, and what a list needs of a plugin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject
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


class RenderedPlugin(msgspec.Struct, frozen=True, gc=False):
    r"""What the site makes of one plugin: its page, its card, the address of its picture.

    In the card "\0" stands for the relative way to the root; there is a picture when pages may
    show it.
    """

    page: File
    card: str
    picture: str | None


class PluginSummary(msgspec.Struct, frozen=True, gc=False):
    r"""What the shared files (lists, index, feed, pages with cards) need of one plugin.

    Made beside the plugin's own files, so it is small and can be pickled. `info` is the encoded
    PluginInfo, `sha256` that of the `get` file and `versions_sha256` that of the `get-versions`
    file, `card` the HTML of the plugin on list pages, in which "\0" stands for the relative way to
    the root; `description` is `tags.description` when that is a string, else ""; `picture` is the
    address of a picture that pages may show.
    """

    plugin_id: str
    name: str
    info: bytes
    state: str
    service_type: str
    provider: str | None
    registry_type: str
    registry_url: str
    image: str
    labels: tuple[str, ...]
    created_at: str
    updated_at: str
    latest_version: str | None
    released_at: str | None
    deprecated: JSONObject | None
    sha256: str
    versions_sha256: str
    card: str
    description: str
    picture: str | None = None
