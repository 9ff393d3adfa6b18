"""Name the site's scripts, styles and images by their content hash, so they never change.

Other people's programs import the query engine from `query.js`, which leads to the hashed one.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rcssmin import cssmin

from catalogctl import resources
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.site.accent import accent_styles
from catalogctl.publish.site.snippets import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.texts import Texts
    from catalogctl.source.settings import SiteSettings

STYLES = {
    "site": ("tokens", "base", "lists", "plugin", "news", "pages", "modes"),
    "console": ("console",),
    "stats": ("stats",),
}
"""The published style sheets and the files that each consists of; every page loads `site`."""
SCRIPTS = (
    *("theme", "site", "notfound", "search-engine", "search-rows", "search", "near"),
    *("json-values", "pattern", "references", "formats", "check", "form", "versions", "try-it"),
    *("query-worker", "complete", "query-snippets", "answer-table", "console"),
)
"""Scripts that pages load or start as a worker."""
QUERY_SCRIPT = "query.js"
"""The path of the query engine for other programs (docs/query-javascript.md)."""
PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_TEXT_KEYS = re.compile(r'\b(?:t|counted|parts|inParts)\("(\w+)"')
_IMPORT = re.compile(r'(?<=from ")\.{1,2}/[\w./-]+\.js(?=")')


@dataclass(frozen=True, slots=True)
class Assets:
    """The asset files and their names, `<name>.<first 8 hex digits of the sha256>.<suffix>`."""

    files: tuple[File, ...]
    names: dict[str, str]
    mark_type: str


def assets(settings: SiteSettings, logo: bytes | None, t: Texts) -> Assets:
    """Return the assets of a site; `logo` is the content of the image named in the settings."""
    suffix = PurePosixPath(settings.logo or "").suffix.lower()
    if logo is not None and suffix in PICTURES:
        mark = logo
    else:
        mark, suffix = resources.read_text("site/icons/mark.svg").encode(), ".svg"
    named = {"mark": _named("mark", suffix, mark)}
    for name in STYLES:
        added = accent_styles(settings.accent) if name == "site" else ""
        named[f"{name}.css"] = _named(name, ".css", (_style_sheet(name) + added).encode())
    named["manifest"] = _named(
        "site", ".webmanifest", _web_manifest(settings, named["mark"][0], PICTURES[suffix])
    )
    named.update(_scripts(t))
    engine = f'export * from "./assets/{named["query"][0]}";\n'
    files = ((f"assets/{name}", data) for name, data in named.values())
    return Assets(
        files=(*files, (QUERY_SCRIPT, engine.encode())),
        names={key: name for key, (name, _) in named.items()},
        mark_type=PICTURES[suffix],
    )


def _style_sheet(name: str) -> str:
    """Return a published style sheet without comments, and without the spaces of its layout."""
    texts = [resources.read_text(f"site/css/{file}.css") for file in STYLES[name]]
    return str(cssmin("\n".join(texts)))


def _scripts(t: Texts) -> Iterator[tuple[str, File]]:
    """Yield each script and each imported module with its published file.

    The texts that a script uses are inserted at its start.
    """
    files: dict[str, File] = {}
    for key in SCRIPTS:
        _script(f"{key}.js", files)
    for path, (name, data) in files.items():
        key = path.removesuffix(".js")
        texts = t.of(sorted(set(_TEXT_KEYS.findall(data.decode()))))
        if texts:
            line = (
                f"globalThis.catalogTexts = {{ ...globalThis.catalogTexts, ...{quoted(texts)} }};\n"
            )
            yield key, _named(key, ".js", line.encode() + data)
        else:
            yield key, (name, data)


def _script(path: str, files: dict[str, File]) -> str:
    """Return the published name of a script in `site/js`, after adding its imports to `files`.

    Imports are rewritten to the published names, which contain the hash of the content.
    """
    if path not in files:
        folder = posixpath.dirname(path)

        def published(found: re.Match[str]) -> str:
            return "./" + _script(posixpath.normpath(posixpath.join(folder, found[0])), files)

        text = _IMPORT.sub(published, resources.read_text(f"site/js/{path}"))
        name = path.removesuffix(".js").replace("/", "-")
        files[path] = _named(name, ".js", text.encode())
    return files[path][0]


def _named(name: str, suffix: str, data: bytes) -> File:
    return f"{name}.{hashlib.sha256(data).hexdigest()[:8]}{suffix}", data


def _web_manifest(settings: SiteSettings, mark: str, media_type: str) -> bytes:
    """Return the manifest for a home screen shortcut (W3C «Web App Manifest»)."""
    return json_file(
        {
            "name": settings.title,
            "start_url": "../",
            "display": "browser",
            "icons": [{"src": mark, "type": media_type, "sizes": "any"}],
        }
    )
