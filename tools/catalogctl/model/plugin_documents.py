"""Define what people wrote about a plugin beside its file: documents, pictures and an icon."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

README, CHANGELOG = "README.md", "CHANGELOG.md"
_NAME_DIGITS = 16


class Picture(msgspec.Struct, frozen=True, gc=False):
    """A picture: its path in the published tree, its bytes, and its size in pixels.

    The path consists of the plugin's id and of the hash of the bytes. A drawing has no size: 0.
    """

    path: str
    data: bytes
    width: int
    height: int


class PluginDocuments(msgspec.Struct, frozen=True, gc=False):
    """The documents of a plugin, "" without one, and the pictures that they show, by file name."""

    readme: str = ""
    changelog: str = ""
    pictures: Mapping[str, Picture] = {}
    icon: Picture | None = None


def picture_path(plugin_id: str, data: bytes, ending: str) -> str:
    """Return the path of a plugin's picture in the published tree."""
    name = hashlib.sha256(data).hexdigest()[:_NAME_DIGITS]
    return f"assets/plugins/{plugin_id}/{name}.{ending}"
