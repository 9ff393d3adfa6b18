"""Build the rows of the table with all fields of a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.publish.site import texts
from catalogctl.publish.site.escaping import SafeHtml, content
from catalogctl.publish.site.options_form import pretty

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.site.texts import Texts

LONG = 400
"""The length above which a text gets a scroll bar and must be keyboard-focusable."""
_PLAIN = frozenset(
    {"plugin_id", "registry_url", "state", "registry_type", "created_at", "updated_at"}
)
"""Fields that are short and ASCII; the others may have any language and length."""


def rows(info: JSONObject, t: Texts) -> SafeHtml:
    """Return a row for each field of PluginInfo; an empty or missing field shows a dash."""
    # The field names come from the PluginInfo schema, so they are safe.
    return SafeHtml(
        "\n".join(
            f'<tr><th scope="row">{field}</th>{_cell(field, info.get(field), t)}</tr>'
            for field in schemas.fields("PluginInfo")
        )
    )


def _cell(field: str, value: JSON, t: Texts) -> str:
    """Return the cell of a field."""
    if not value:
        return "<td>&#8211;</td>"
    if not isinstance(value, str):
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return f"<td>{_struct(field, value, t)}</td>"
        value = ", ".join(map(str, value))
    if field in _PLAIN:
        return f"<td>{content(value)}</td>"
    if len(value) > LONG:
        return f'<td><div dir="auto" tabindex="0">{content(value)}</div></td>'
    return f'<td dir="auto">{content(value)}</td>'


def _struct(field: str, value: JSON, t: Texts) -> str:
    """Return a value's JSON with a summary: a struct's member names, or a list's length."""
    if isinstance(value, dict):
        summary = texts.short(", ".join(value), 80)
    else:
        summary = t.counted("count_items", len(value)) if isinstance(value, list) else ""
    return (
        f'<details><summary>{content(summary)}</summary><div class="code"><pre tabindex="0">'
        f'<code data-copy="{field}">{content(pretty(value))}</code></pre></div></details>'
    )
