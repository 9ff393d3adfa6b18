"""Define what people wrote about a plugin beside its file: documents, pictures and an icon."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from catalogctl.picture_formats import picture_format
from catalogctl.source.document_folders import CHANGELOG, README

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.source.document_folders import PluginFile, ReadDocuments

PICTURES = "assets/plugins"
"""The folder of the pictures of all plugins in the published tree."""
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


NO_DOCUMENTS = PluginDocuments()


def plugin_documents(plugin_id: str, read: ReadDocuments) -> PluginDocuments:
    """Return the documents of a plugin, from files without errors."""
    texts = {name: each.data.decode("utf-8-sig") for name, each in read.texts.items()}
    return PluginDocuments(
        readme=texts.get(README, ""),
        changelog=texts.get(CHANGELOG, ""),
        pictures={name: _picture(plugin_id, each) for name, each in read.pictures.items()},
        icon=_icon(plugin_id, read.icons),
    )


def _icon(plugin_id: str, icons: Sequence[PluginFile]) -> Picture | None:
    return _picture(plugin_id, icons[0]) if icons else None


def _picture(plugin_id: str, file: PluginFile) -> Picture:
    found = picture_format(file.data)
    name = hashlib.sha256(file.data).hexdigest()[:_NAME_DIGITS]
    path = f"{PICTURES}/{plugin_id}/{name}.{'svg' if found is None else found.name}"
    width, height = (0, 0) if found is None else (found.width, found.height)
    return Picture(path, file.data, width, height)
