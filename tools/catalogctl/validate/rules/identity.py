"""Rules about what a plugin is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

MAX_ID_LENGTH = 64
_PLUGIN_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")


@rule("plugin-id-shape")
def plugin_id_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A plugin_id is lower-case letters, digits and hyphens, at most 64, a letter first."""
    plugin_id = entry.text("plugin_id")
    if not plugin_id or _PLUGIN_ID.fullmatch(plugin_id):
        return
    if "plugin_id" not in entry.document.value and len(plugin_id) <= MAX_ID_LENGTH:
        return  # the image's name, and image-shape says it better
    hint = "use lower-case letters, digits and hyphens, a letter first, 64 characters at most"
    yield Finding("/plugin_id", f"plugin_id {shown(plugin_id)} is not well formed", hint)


@rule("plugin-id-file")
def plugin_id_is_the_file_name(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A plugin_id, written or taken from the image's name, equals the file's stem."""
    plugin_id = entry.text("plugin_id")
    if not plugin_id or plugin_id == entry.stem:
        return
    file = f"{entry.stem}.yaml"
    if "plugin_id" in entry.document.value:
        message = f"plugin_id {shown(plugin_id)} is not the name of its file, {file}"
        hint = f"rename the file to {plugin_id}.yaml, or write plugin_id: {entry.stem}"
        yield Finding("/plugin_id", message, hint)
    else:
        message = f"the image's name {shown(plugin_id)} is not the name of the file, {file}"
        hint = f"rename the file to {plugin_id}.yaml, or add plugin_id: {entry.stem}"
        yield Finding("/image", message, hint)
