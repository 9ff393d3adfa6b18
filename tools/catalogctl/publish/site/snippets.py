"""Build ready-to-copy snippets, with every value quoted for the snippet's language."""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.jsontypes import as_object
from catalogctl.publish.endpoints import GET, filled
from catalogctl.publish.site import links
from catalogctl.publish.site.escaping import SafeHtml, content
from catalogctl.publish.site.option_schemas import option_members, prefilled
from catalogctl.validate.template_references import References

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin

_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_TOKEN = re.compile(r'"(?>(?:[^"\\]|\\.)*)"?|([0-9.]+)(e?)')
_NAME = re.compile("[A-Za-z][A-Za-z0-9_-]*")
_WORDS = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
"""Names that YAML readers take for something other than text; form.js has them too."""


class Snippet(NamedTuple):
    """One snippet: the id of its section, its title and its text."""

    id: str
    title: str
    text: SafeHtml


encode = msgspec.json.Encoder().encode


def quoted(value: JSON) -> str:
    """Return the value as JSON that means the same in YAML, Python and JavaScript.

    Line ends of YAML 1.1 and JavaScript that JSON does not escape are escaped. Numbers with an
    exponent get a dot, without which YAML 1.1 reads text. This works for strings, numbers, and
    lists and objects of them; Python spells true, false and null differently.
    """
    if type(value) is str:
        text = encode(value).decode()
    else:
        text = _TOKEN.sub(_dotted, json.dumps(value, ensure_ascii=False))
    if text.isascii() and "\x7f" not in text:
        return text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _dotted(found: re.Match[str]) -> str:
    """Return a token of JSON, with a dot before the exponent of a number."""
    digits, exponent = found[1], found[2]
    return f"{digits}.0e" if exponent and "." not in digits else found[0]


def plain(name: str) -> str:
    """Return a name as YAML: unquoted if it can't be read as anything else, as most names are."""
    return name if _NAME.fullmatch(name) and name.lower() not in _WORDS else quoted(name)


def snippets(plugin: Plugin, base_url: str | None) -> list[Snippet]:
    """Return the snippets that use a plugin; without a base URL, they use `CATALOG_URL`."""
    summary = plugin.summary
    way = filled(GET, {"plugin_id": summary.plugin_id})
    if base_url:
        python = _python(quoted(base_url), plugin)
        address = quoted(base_url + way)
    else:
        python = "import os\n\n" + _python('os.environ["CATALOG_URL"]', plugin)
        address = f"`${{process.env.CATALOG_URL}}/{way}`"
    found = [
        ("use-yaml", "YAML", plugin_info(plugin)),
        ("use-curl", "curl", curl(way, base_url)),
        ("use-python", "Python", python),
        ("use-js", "JavaScript", _javascript(address)),
    ]
    if summary.versions.latest:
        host = links.pull_host(summary.registry_url)
        image = quote(f"{host}/{summary.image}:{summary.versions.latest}")
        found.append(("use-docker", "Docker", f"docker pull {image}"))
    return [Snippet(key, title, SafeHtml(content(text))) for key, title, text in found]


def curl(way: str, base_url: str | None) -> str:
    """Return the command that fetches a path of the catalog."""
    return f"curl -fsS {quote(base_url + way)}" if base_url else f'curl -fsS "$CATALOG_URL/{way}"'


def plugin_info(plugin: Plugin) -> str:
    """Return the `plugin_info` that uses the plugin, as YAML, with default options."""
    lines = ["plugin_info:", f"  plugin_id: {plain(plugin.summary.plugin_id)}"]
    if plugin.summary.versions.latest:
        lines += [f"  version: {quoted(plugin.summary.versions.latest)}", "  upgrade_mode: MANUAL"]
    else:
        lines.append("  upgrade_mode: AUTO")
    return "\n".join([*lines, *_options(plugin.info["template"])])


def _options(template: JSON) -> list[str]:
    """Return the lines of `options`: each default, and a comment for each other required one."""
    schema = as_object(as_object(as_object(template).get("options")).get("schema"))
    references = References(schema)
    properties, required = option_members(schema, references)
    defaults, missing = [], []
    for name, option in properties.items():
        if default := prefilled(name, references.follow(option), references):
            defaults.append(f"    {plain(name)}: {quoted(default[0])}")
        elif name in required:
            missing.append(f"    # {plain(name)} is required")
    return ["  options:" if defaults else "  options: {}", *defaults, *missing]


def _python(location: str, plugin: Plugin) -> str:
    name = quoted(plugin.summary.plugin_id)
    lines = [
        "from catalogctl import Catalog",
        "",
        f"catalog = Catalog.open({location})",
        f"plugin = catalog.get({name})",
    ]
    if plugin.versions:
        lines.append(f"versions = catalog.get_versions({name})")
    return "\n".join(lines)


def _javascript(url: str) -> str:
    return (
        f"const answer = await fetch({url});\n"
        "if (!answer.ok) throw new Error(`HTTP ${answer.status}`);\n"
        "const plugin = await answer.json();"
    )
