"""Define the rules about a plugin's image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.invisible import without_strays
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.rules.hosts import image_without_host
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

MAX_PARTS = 3
_PART = re.compile(r"[a-z0-9]++(?>(?:(?:\.|__?+|-++)[a-z0-9]++)*)")
_NAME = re.compile(r"[a-z0-9]++(?>(?:-++[a-z0-9]++)*)")
_IMAGE = re.compile(rf"(?>(?:{_PART.pattern}/){{0,{MAX_PARTS - 1}}}){_NAME.pattern}")


def is_image_name(text: str) -> bool:
    """Return whether a text is valid as the last part of an image."""
    return _NAME.fullmatch(text) is not None


@rule("image-shape")
def image_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """An image has 1 to 3 parts as in OCI, only hyphens in the name, and no tag or digest."""
    image = entry.text("image")
    if not image.strip() or _is_well_formed(image):
        return
    image = without_strays(image_without_host(entry))
    if not _is_well_formed(image):
        *path, name = image.split("/")
        yield Finding("/image", *_say(image, path, name))


def _is_well_formed(image: str) -> bool:
    return _IMAGE.fullmatch(image) is not None


def _say(image: str, path: list[str], name: str) -> tuple[str, str]:
    """Return message and hint for an image that is not well formed."""
    if "@" in image:
        return f"image {verbatim(image)} has a digest", f"write {image.partition('@')[0]}"
    if ":" in name:
        hint = f"write {image.rpartition(':')[0]}: versions come from the registry"
        return f"image {verbatim(image)} has a tag", hint
    if image != image.lower():
        return f"image {verbatim(image)} has capital letters", f"write {image.lower()}"
    if len(path) >= MAX_PARTS:
        count = len(path) + 1
        hint = "write [path/[path/]]name; the registry's host goes into registry_url"
        return (
            f"image {verbatim(image)} has {count} parts; at most {MAX_PARTS} are allowed",
            hint,
        )
    if all(map(_PART.fullmatch, path)):
        hint = "use lower-case letters, digits and single hyphens between them"
        return f"image name {verbatim(name)} is not well formed", hint
    hint = "each part is lower-case letters and digits, joined by . _ __ or hyphens"
    return f"image {verbatim(image)} is not well formed", hint


@rule("image-name-too-long")
def image_name_too_long(entry: Entry, settings: Settings) -> Iterator[Finding]:
    """The part of the image after the last "/" has at most 40 characters (seed, register)."""
    name, limit = image_without_host(entry).rpartition("/")[2], settings.image_name_max_length
    if len(name) > limit:
        message = (
            f"image name {verbatim(name)} has {len(name)} characters; at most {limit} are allowed"
        )
        hint = 'only the part after the last "/" counts: shorten that part'
        yield Finding("/image", message, hint)
