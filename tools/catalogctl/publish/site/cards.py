"""Render a plugin's card, which appears on every list that contains the plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogctl.content_hash import combined
from catalogctl.publish.site import links, texts

if TYPE_CHECKING:
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.site.page_templates import Templates
    from catalogctl.publish.site.texts import Texts

ON_A_CARD = 400
"""The maximum length of a description on a card, as cards repeat on many lists."""


class Cards:
    """The cards of one build, rendered once per relative path to the root and reused.

    `key` identifies what every card shows that is not its plugin's and not of the settings.
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

    def key_of(self, row: PluginSummary) -> bytes:
        """Return what identifies everything that a plugin's card shows of the plugin."""
        key = self._keys.get(row.plugin_id)
        if key is None:
            key = self._keys[row.plugin_id] = combined(row)
        return key

    def card(self, row: PluginSummary, root: str) -> str:
        """Return a plugin's card for pages with this relative path to the root."""
        key = row.plugin_id, root
        if key not in self._rendered:
            self._rendered[key] = self._templates.render("card", self._values(row, root))
        return self._rendered[key]

    def _values(self, row: PluginSummary, root: str) -> dict[str, Any]:
        common = common_values(row, self._image_hosts, self._t)
        description = row.description
        if len(description) > ON_A_CARD:
            description = texts.short(description, ON_A_CARD)
        return {"root": root, **common, "labels": row.labels, "description": description}


def common_values(row: PluginSummary, image_hosts: tuple[str, ...], t: Texts) -> dict[str, Any]:
    """Return the values shown on both a plugin's card and its page."""
    return {
        "plugin_id": row.plugin_id,
        "name": row.name,
        "letters": texts.letters(row.name),
        "icon": row.icon_path or None,
        "picture": links.picture(row.icon, image_hosts),
        "enabled": row.state == "ENABLED",
        "deprecated": row.deprecated is not None,
        "description": row.description,
        "service_type": row.service_type,
        "colour": texts.colour(row.service_type),
        "provider": row.provider,
        "latest_version": row.versions.latest,
        "updated_at": row.updated_at,
        "updated_day": t.day(row.updated_at),
    }
