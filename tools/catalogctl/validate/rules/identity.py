"""Define the rules about a plugin's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.device_names import is_device_name
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.rules.hosts import image_without_host
from catalogctl.validate.rules.image import is_image_name
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings


@rule("plugin-id-shape")
def plugin_id_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A plugin_id is at most 64 lower-case letters, digits and hyphens, a letter first."""
    plugin_id = _plugin_id(entry)
    if is_plugin_id(plugin_id):
        return
    hint = "use lower-case letters, digits and hyphens, a letter first, 64 characters at most"
    if _is_written(entry):
        message = f"plugin_id {verbatim(plugin_id)} is not well formed"
        yield Finding("/plugin_id", message, hint)
    elif is_image_name(plugin_id):  # otherwise, image-shape reports it
        message = f"the image's name {verbatim(plugin_id)} is not a plugin_id"
        yield Finding("/image", message, f"add a plugin_id: {hint}")


@rule("plugin-id-file")
def plugin_id_is_the_file_name(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A plugin_id, written or taken from the image's name, equals the file's stem."""
    plugin_id = _plugin_id(entry)
    if plugin_id == entry.stem:
        return
    file = f"{entry.stem}.yaml"
    if _is_written(entry):
        message = f"plugin_id {verbatim(plugin_id)} is not the name of its file, {file}"
        yield Finding("/plugin_id", message, _one_name(plugin_id, entry.stem, "write"))
    elif is_image_name(plugin_id):
        message = f"the image's name {verbatim(plugin_id)} is not the name of the file, {file}"
        yield Finding("/image", message, _one_name(plugin_id, entry.stem, "add"))


@rule("device-name")
def device_name(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A plugin_id, which is used in file names, is not the name of a Windows device."""
    plugin_id = _plugin_id(entry)
    if is_device_name(plugin_id):
        pointer = "/plugin_id" if _is_written(entry) else "/image"
        yield Finding(pointer, *device("plugin_id", plugin_id))


def device(kind: str, name: str) -> tuple[str, str]:
    """Return message and hint for a name that is the name of a Windows device."""
    message = (
        f"{kind} {verbatim(name)} is the name of a device on Windows: no file there can have it"
    )
    return message, f"choose another {kind}, such as my-{name}"


def _plugin_id(entry: Entry) -> str:
    """Return the plugin_id that the file has, or else the name of the image that it means."""
    if _is_written(entry):
        return entry.text("plugin_id")
    return image_without_host(entry).rpartition("/")[2]


def _is_written(entry: Entry) -> bool:
    """Return whether the file itself has a plugin_id that is a string."""
    return isinstance(entry.document.value.get("plugin_id"), str)


def _one_name(plugin_id: str, stem: str, verb: str) -> str:
    """Return the hint for giving file and plugin_id one name; it suggests only valid names."""
    ways = []
    if is_plugin_id(plugin_id):
        ways.append(f"rename the file to {plugin_id}.yaml")
    if is_plugin_id(stem):
        ways.append(f"{verb} plugin_id: {stem}")
    return ", or ".join(ways) or "rename the file, and give it the same plugin_id"
