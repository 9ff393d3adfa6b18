"""A PluginInfo in, the rows of the table of all its fields out.

Joined here and escaped together, like the rows of versions: they are on every page. Pages of one
shape (which fields are there, and of which kind) share what stands around their texts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from catalogctl.messages import PLUGIN_INFO_FIELDS
from catalogctl.publish.site import words
from catalogctl.publish.site.escaping import contents
from catalogctl.publish.site.options import pretty

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.site.words import Words

LONG = 400
"""Letters from which a text gets a scroll bar, and so has to be reached by the keyboard."""
_PLAIN = frozenset(
    {"plugin_id", "registry_url", "state", "registry_type", "created_at", "updated_at"}
)
"""Fields that are short and ASCII; the others are in any language and of any length."""

_CELLS = {
    "nothing": "<td>&#8211;</td>",
    "plain": "<td>%s</td>",
    "text": '<td dir="auto">%s</td>',
    "long": '<td><div dir="auto" tabindex="0">%s</div></td>',
    "json": (
        "<td><details><summary>%s</summary>"
        '<div class="code"><pre tabindex="0"><code data-copy="{field}">%s</code></pre>'
        "</div></details></td>"
    ),
}
"""What stands around the texts of a field, by its kind."""


def rows(info: JSONObject, say: Words) -> Markup:
    """Return a row for each field of PluginInfo; one that is empty or absent shows a dash."""
    kinds, texts = [], []
    for field in PLUGIN_INFO_FIELDS:
        value = info.get(field)
        if not value:
            kinds.append("nothing")
        elif isinstance(value, str):
            kinds.append("plain" if field in _PLAIN else "long" if len(value) > LONG else "text")
            texts.append(value)
        else:
            kinds.append(_kind(value, texts, say))
    # The names are PluginInfo's own, every other text is escaped.
    return Markup(_table(tuple(kinds)) % tuple(contents(texts)))  # noqa: S704


def _kind(value: JSON, texts: list[str], say: Words) -> str:
    """Add the texts of a list or a struct, and say how they are shown."""
    if isinstance(value, dict):
        texts += (words.short(", ".join(value), 80), pretty(value))
        return "json"
    if not isinstance(value, list):
        return "nothing"
    if not all(isinstance(item, str) for item in value):
        texts += (say.counted("count_items", len(value)), pretty(value))
        return "json"
    text = ", ".join(map(str, value))
    texts.append(text)
    return "long" if len(text) > LONG else "text"


@lru_cache(maxsize=1000)
def _table(kinds: tuple[str, ...]) -> str:
    """Return the rows to fill in by `%`."""
    return "\n".join(
        f'<tr><th scope="row">{field}</th>{_CELLS[kind].replace("{field}", field)}</tr>'
        for field, kind in zip(PLUGIN_INFO_FIELDS, kinds, strict=True)
    )
