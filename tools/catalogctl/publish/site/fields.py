"""The fields of a PluginInfo in, the rows of the table of all fields out.

Joined here and escaped together, like the rows of versions: they are on every page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from catalogctl.publish.site.escaping import contents

if TYPE_CHECKING:
    from collections.abc import Sequence

LONG = 400
"""Letters from which a text gets a scroll bar, and so has to be reached by the keyboard."""
_NOTHING = "&#8211;"
_PLAIN = frozenset(
    {"plugin_id", "registry_url", "state", "registry_type", "created_at", "updated_at"}
)
"""Fields that are short and ASCII; the others are in any language and of any length."""


def rows(fields: Sequence[tuple[str, str, str]]) -> Markup:
    """Return a row for each (field, text, JSON of a struct or ""); an empty one shows a dash."""
    texts = contents([each for _, text, json in fields for each in (text, json)])
    made = [
        f'<tr><th scope="row">{field}</th>{_cell(field, text, json)}</tr>'
        for (field, _, _), text, json in zip(fields, texts[::2], texts[1::2], strict=True)
    ]
    # The names are PluginInfo's own, every other text was escaped.
    return Markup("\n".join(made))  # noqa: S704


def _cell(field: str, text: str, json: str) -> str:
    if json:
        return (
            f"<td><details><summary>{text}</summary>"
            f'<div class="code"><pre tabindex="0"><code data-copy="{field}">{json}</code></pre>'
            "</div></details></td>"
        )
    if field in _PLAIN or not text:
        return f"<td>{text or _NOTHING}</td>"
    if len(text) > LONG:
        return f'<td><div dir="auto" tabindex="0">{text}</div></td>'
    return f'<td dir="auto">{text}</td>'
