"""Build the record of a plugin: all fields of PluginInfo, as `get` answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.publish.site.escaping import SafeHtml, content
from catalogctl.publish.site.options_form import pretty

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

_SHORT = 100
"""Characters of JSON that are shown on one line."""


def rows(info: JSONObject) -> SafeHtml:
    """Return each field of PluginInfo as a term and its value; a missing field shows a dash."""
    # The field names come from the PluginInfo schema, so they are safe.
    return SafeHtml(
        "".join(
            f"<dt>{field}</dt><dd>{_value(info.get(field))}</dd>"
            for field in schemas.fields("PluginInfo")
        )
    )


def _value(value: JSON) -> str:
    """Return the value of a field: text as it is, anything else as JSON, on one line if short."""
    if value is None or value == "":
        return "\u2013"
    if isinstance(value, str):
        return content(value)
    line = pretty(value, indent=0)
    if not value:
        return line
    if len(line) <= _SHORT:
        return f"<code>{content(line)}</code>"
    return f'<pre tabindex="0"><code>{content(pretty(value))}</code></pre>'
