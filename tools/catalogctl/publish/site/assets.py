"""The files of `site/` in, assets out: named by their content, so that they never change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.publish.site.accent import accent_styles

if TYPE_CHECKING:
    from catalogctl.publish.values import File
    from catalogctl.source.settings import SiteSettings

STYLES = ("tokens", "base", "lists", "pages")
PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class Assets:
    """The assets' files and their names, each `<name>.<8 hex digits of the sha256>.<suffix>`."""

    files: tuple[File, ...]
    names: dict[str, str]
    mark_type: str


def assets(settings: SiteSettings, logo: bytes | None) -> Assets:
    """Return the assets of a site; `logo` holds the bytes of the picture that the settings name."""
    suffix = PurePosixPath(settings.logo or "").suffix.lower()
    if logo is not None and suffix in PICTURES:
        mark = logo
    else:
        mark, suffix = resources.read_text("site/icons/mark.svg").encode(), ".svg"
    styles = "\n".join(resources.read_text(f"site/css/{name}.css") for name in STYLES)
    contents = {
        "styles": ("site", ".css", (styles + accent_styles(settings.accent)).encode()),
        "mark": ("mark", suffix, mark),
        **{
            f"{name}_script": (name, ".js", resources.read_text(f"site/js/{name}.js").encode())
            for name in ("theme", "site", "filter", "notfound")
        },
    }
    named = {
        key: (f"{name}.{hashlib.sha256(data).hexdigest()[:8]}{ending}", data)
        for key, (name, ending, data) in contents.items()
    }
    return Assets(
        files=tuple((f"assets/{name}", data) for name, data in named.values()),
        names={key: name for key, (name, _) in named.items()},
        mark_type=PICTURES[suffix],
    )
