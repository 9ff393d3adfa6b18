"""A catalog with lists in parts, and what one change makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalogctl.source.settings import SiteSettings
from support import site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.build_context import BuildContext

COUNT = 1100
BUILD = site.context(site=SiteSettings(index_shard_size=1000), base_url="https://catalog.example/")
"""More plugins than a list and an index have in one file, by default and by this setting."""


def plugins(**tags: str) -> list[Plugin]:
    """Return the plugins in base order; `tags` are those of one in the middle."""
    return [plugin(number, **(tags if number == COUNT // 2 else {})) for number in range(COUNT)]


def plugin(number: float, /, **tags: str) -> Plugin:
    """Return a plugin that stands at a place in the order of names."""
    name = f"{number:09.3f}"
    labels: JSON = [f"label-{int(number) % 7}"]
    plugin_id = f"plugin-{name.replace('.', '-')}"
    return site.plugin(plugin_id, f"Plugin {name}", labels=labels, tags={**tags})


def tree(of: list[Plugin], build: BuildContext = BUILD) -> dict[str, bytes]:
    """Return the files of their catalog by path."""
    return site.tree(of, build)


def index_of(files: Mapping[str, bytes]) -> Any:
    """Return the index of a tree."""
    return json.loads(files["index.json"])


def paths_of(entry: Mapping[str, Any]) -> list[str]:
    """Return the paths of a list's files, by its entry in the index."""
    return [part["path"] for part in entry.get("parts", [entry])]
