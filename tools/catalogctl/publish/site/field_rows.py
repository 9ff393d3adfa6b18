"""Build the record of a plugin: all fields of PluginInfo, as `get` answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.publish.site.escaping import SafeHtml, content
from catalogctl.publish.site.options_form import pretty

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject


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
    """Return the value of a field: text as it is, anything else as JSON."""
    if not value:
        return "&#8211;"
    if not isinstance(value, str):
        return f'<pre tabindex="0"><code>{content(pretty(value))}</code></pre>'
    return content(value)
