"""Make the rows of the table of all fields of a plugin.

Joined here and escaped together, like the rows of versions: they are on every page. Pages of one
shape (which fields are there, and of which kind) share what stands around their texts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.publish.site import texts
from catalogctl.publish.site.escaping import SafeHtml, escape_texts
from catalogctl.publish.site.options_form import pretty

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.site.texts import Texts

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
    "struct": "<td>%s</td>",
}
"""What stands around the text of a field, by its kind."""


def rows(info: JSONObject, say: Texts) -> SafeHtml:
    """Return a row for each field of PluginInfo; one that is empty or absent shows a dash."""
    kinds, texts, structs = [], [], []
    for field in schemas.fields("PluginInfo"):
        value = info.get(field)
        if not value:
            kinds.append("nothing")
        elif isinstance(value, str):
            kinds.append("plain" if field in _PLAIN else "long" if len(value) > LONG else "text")
            texts.append(value)
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            texts.append(", ".join(map(str, value)))
            kinds.append("long" if len(texts[-1]) > LONG else "text")
        else:
            kinds.append("struct")
            structs.append((len(texts), _struct(field, value, say)))
            texts.append("")
    shown = escape_texts(texts)
    for place, struct in structs:
        shown[place] = struct
    # The names are PluginInfo's own.
    return SafeHtml(_table(tuple(kinds)) % tuple(shown))


def _struct(field: str, value: JSON, say: Texts) -> str:
    """Return the names of a struct's members above its JSON; of a list how many it has."""
    if isinstance(value, dict):
        summary = texts.short(", ".join(value), 80)
    else:
        summary = say.counted("count_items", len(value)) if isinstance(value, list) else ""
    return _folded(field, summary, pretty(value))


def _folded(field: str, summary: str, json: str) -> str:
    summary, json = escape_texts([summary, json])
    return (
        f'<details><summary>{summary}</summary><div class="code">'
        f'<pre tabindex="0"><code data-copy="{field}">{json}</code></pre></div></details>'
    )


@lru_cache(maxsize=1000)
def _table(kinds: tuple[str, ...]) -> str:
    """Return the rows to fill in by `%`."""
    return "\n".join(
        f'<tr><th scope="row">{field}</th>{_CELLS[kind]}</tr>'
        for field, kind in zip(schemas.fields("PluginInfo"), kinds, strict=True)
    )
