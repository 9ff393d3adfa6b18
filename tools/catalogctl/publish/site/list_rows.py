"""Render a plugin's row, which appears on every list that contains the plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogctl.content_hash import combined
from catalogctl.publish.site.avatars import avatar
from catalogctl.query.plugin_search import short
from catalogctl.web_addresses import picture

if TYPE_CHECKING:
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.site.escaping import SafeHtml
    from catalogctl.publish.site.page_templates import Templates
    from catalogctl.publish.site.texts import Texts

IN_A_ROW = 400
"""The maximum length of a description in a row, as rows repeat on many lists."""


class ListRows:
    """The rows of one build, rendered once per relative path to the root and reused.

    `key` identifies what every row shows that is not its plugin's and not of the settings.
    """

    def __init__(
        self, templates: Templates, image_hosts: tuple[str, ...], t: Texts, key: bytes
    ) -> None:
        self.key = key
        self._templates = templates
        self._image_hosts = image_hosts
        self._t = t
        self._rendered: dict[tuple[str, str], str] = {}
        self._keys: dict[str, bytes] = {}

    def key_of(self, plugin: PluginSummary) -> bytes:
        """Return what identifies everything that a plugin's row shows of the plugin."""
        key = self._keys.get(plugin.plugin_id)
        if key is None:
            key = self._keys[plugin.plugin_id] = combined(plugin)
        return key

    def row(self, plugin: PluginSummary, root: str) -> str:
        """Return a plugin's row for pages with this relative path to the root."""
        key = plugin.plugin_id, root
        if key not in self._rendered:
            self._rendered[key] = self._templates.render("row", self._values(plugin, root))
        return self._rendered[key]

    def _values(self, plugin: PluginSummary, root: str) -> dict[str, Any]:
        common = common_values(plugin, root, self._image_hosts, self._t)
        description = plugin.description
        if len(description) > IN_A_ROW:
            description = short(description, IN_A_ROW)
        return {"root": root, **common, "description": description}


def common_values(
    plugin: PluginSummary,
    root: str,
    image_hosts: tuple[str, ...],
    t: Texts,
    *,
    size: str = "",
) -> dict[str, Any]:
    """Return the values shown both in a plugin's row and on its page; `size` is the avatar's."""
    released_at = plugin.versions.released_at
    return {
        "plugin_id": plugin.plugin_id,
        "name": plugin.name,
        "icon": plugin.icon_path or None,
        "avatar": plugin_avatar(plugin, root, image_hosts, size=size),
        "enabled": plugin.state == "ENABLED",
        "deprecated": plugin.deprecated is not None,
        "description": plugin.description,
        "service_type": plugin.service_type,
        "kind": t.words.of(plugin.service_type),
        "provider": plugin.provider,
        "provider_word": t.words.of(plugin.provider) if plugin.provider else "",
        "latest_version": plugin.versions.latest,
        "released_at": released_at,
        "released_day": t.day(released_at),
        "repository": plugin.repository,
    }


def plugin_avatar(
    plugin: PluginSummary, root: str, image_hosts: tuple[str, ...], *, size: str = ""
) -> SafeHtml:
    """Return the avatar of a plugin, with its own icon if it has one."""
    icon = plugin.icon_path
    shown = f"{root}{icon}" if icon else picture(plugin.icon, image_hosts)
    enabled = plugin.state == "ENABLED"
    return avatar(plugin.provider, plugin.service_type, enabled=enabled, picture=shown, size=size)
