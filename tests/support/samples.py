"""The plugins that the site's tests show: one of each kind, and those made of attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from catalogctl.model.plugin_documents import PluginDocuments
from catalogctl.publish.upstreams import TakenEdition, Upstream
from support.pictures import png
from support.site import documented, plugin

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin

ATTACK = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{ 7*7 }}${7*7}</title></pre>"""
LONG = "x" * 10_000
SCHEMA: JSON = {
    "type": "object",
    "required": ["project"],
    "properties": {
        "project": {"type": "string", "title": "Project", "minLength": 4.0},
        "severity": {"enum": ["LOW", "HIGH"], "default": "LOW", "description": "How bad."},
        "region": {"type": "string", "pattern": "^[a-z]{2}-[a-z]+-[0-9]$"},
        "accounts": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "limits": {
            "type": "object",
            "title": "Limits",
            "properties": {
                "window": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 60},
                "strict": {"type": "boolean"},
            },
        },
        "api_token": {"type": "string", "default": "hunter2"},
    },
}
KINDS = {
    "home": "",
    "plugin": "plugins/plugin-options/",
    "disabled": "plugins/plugin-disabled/",
    "facet": "labels/",
    "value": "service-types/monitoring.Webhook/",
    "news": "news/",
    "month": "news/2026-11/",
    "stats": "stats/",
    "result": "stats/by-provider/",
    "api": "api/",
    "console": "api/console/",
    "removed": "removed/",
    "tombstone": "plugins/plugin-gone/",
    "own": "pages/about/",
    "add": "pages/add-a-plugin/",
    "not found": "404.html",
}
"""A page of each kind that the site has, by its path."""
VIEWS = {
    **KINDS,
    "results": "?q=usual&provider=aws",
    "nothing found": "?q=zzzzzz",
    "answer": "api/console/#name=by-provider",
}
"""The same, and what scripts make of some of them."""
OWN_PAGE = """# About *us*

We keep [plugins](../../stats/), and see [the web](https://a.example/).

- one
- two

> quoted

```
catalogctl validate
```

| a | b |
| - | - |
| 1 | 2 |
"""


CHANGELOG = """# Changes

## 2.0.0

- **New:** what it [says](https://a.example/2.0.0).
"""


def plugins() -> list[Plugin]:
    """A catalog with two pages of plugins, one of each kind among them."""
    special = [
        plugin(
            "plugin-options",
            "Options and Versions",
            template={"options": {"schema": SCHEMA}},
            versions=["2.0.0", "1.2.0"],
            labels=["aws", "라우드", "عربي"],
            capability={"supported_schema": ["aws_access_key"]},
            tags={
                "description": "Has all that a page can show.",
                "homepage": "https://one.example/",
                "source": "https://github.com/acme/one",
                "license": "Apache-2.0",
            },
        ),
        plugin(
            "plugin-disabled",
            "Disabled Collector",
            state="DISABLED",
            service_type="inventory.Collector",
            deprecated={"reason": "it is old", "successor": "plugin-options"},
        ),
        plugin("plugin-long", "Long" * 60, provider=None, labels=["x" * 200]),
        plugin(
            "plugin-cloudwatch",
            "CloudWatch Café",
            provider="azure",
            service_type="monitoring.DataSource",
            tags={"description": "Reads metrics."},
            created_at="2026-11-01T00:00:00.000Z",
            updated_at="2026-11-20T00:00:00.000Z",
        ),
    ]
    special[0] = replace(special[0], documents=PluginDocuments(OWN_PAGE, CHANGELOG))
    usual = [
        plugin(f"plugin-usual-{number:02}", f"Usual {number:02}", labels=["usual"])
        for number in range(30)
    ]
    return [*special, *usual]


HOSTILE_MARKDOWN = f"""\
# {ATTACK}

## location

{ATTACK}

<iframe src="https://evil.example/"></iframe> <a href="javascript:alert(1)" onclick="alert(1)">x</a>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](&#106;avascript:alert(1))
[d](data:text/html,<script>alert(1)</script>) [e](//evil.example) [f](vbscript:x)
<javascript:alert(1)>
[g](https://a.example "\\" onmouseover=alert(1) x=") [h](https://good.example@evil.example/) [i][r]

![x](https://evil.example/x.png) ![y](data:image/svg+xml,<svg/onload=alert(1)>)
![z](//evil.example/)
![w" onerror="alert(1)](a.png "t\\" onload=\\"alert(1)") [![v](http://evil.example/v.png)](javascript:a)

[r]: javascript:alert(1) "x"

| <b>a</b> | b |
| -: | :-: |
| {ATTACK} | [x](javascript:alert(1)) |

~~~js"><script>alert(1)</script>
{ATTACK}
~~~

{"x" * 3000}

{"> " * 15}deep
"""
HOSTILE_NOTES = f"## 1.0.0\n\n{HOSTILE_MARKDOWN.replace('# ', '### ')}"
HOSTILE_DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"
 onload="fetch('https://evil.example/onload')"><script>fetch('https://evil.example/script')</script>
<style>@import url(https://evil.example/style);</style>
<image href="https://evil.example/image.png" width="9" height="9"/>
<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"
 ><iframe src="https://evil.example/frame"/><img src="x" onerror="alert(1)"/></body></foreignObject>
<rect width="9" height="9" fill="teal"/></svg>
"""
"""What `validate` refuses; a page and a host have to hold against it all the same."""


def hostile() -> list[Plugin]:
    """Plugins whose strings are attacks."""
    options: JSON = {ATTACK: {"default": ATTACK, "title": ATTACK, "pattern": "(a+)+$"}}
    attacked = plugin(
        "plugin-hostile",
        ATTACK,
        service_type=ATTACK,
        provider="__proto__",
        labels=[ATTACK, "constructor", LONG],
        capability={ATTACK: [ATTACK], "__proto__": ATTACK},
        registry_config={"x": ATTACK},
        tags={
            "description": ATTACK,
            ATTACK: "javascript:alert(1)",
            "icon": "https://x.example/",
            "data": "data:text/html,<script>alert(1)</script>",
            "long": LONG,
        },
        template={
            "options": {"schema": {"properties": options}},
            ATTACK: {"schema": {"properties": options}},
        },
        versions=["1.0.0"],
        deprecated={"reason": ATTACK, "successor": ATTACK, "since": ATTACK},
    )
    beside: dict[str, str | bytes] = {
        "docs/plugin-hostile/README.md": HOSTILE_MARKDOWN,
        "docs/plugin-hostile/CHANGELOG.md": f"## 1.0.0\n\n{HOSTILE_MARKDOWN}".replace(
            "## l", "### l"
        ),
        "docs/plugin-hostile/a.png": png(3, 2),
        "icons/plugin-hostile.svg": HOSTILE_DRAWING,
    }
    return [
        documented(attacked, beside),
        plugin("plugin-hostile-long", LONG, provider="constructor", tags={"description": LONG}),
        plugin("plugin-hostile-plain", "Plain", provider="=cmd()", labels=["-1+1", "@sum"]),
    ]


def hostile_upstream() -> Upstream:
    """Another repository whose every string is an attack."""
    made = plugin(
        "plugin-theirs",
        f"{ATTACK} of another",
        service_type=ATTACK,
        provider=None,
        labels=[ATTACK],
        tags={"description": ATTACK, ATTACK: "javascript:alert(1)", "homepage": "javascript:x"},
        template={ATTACK: {"schema": {"properties": {ATTACK: {"title": ATTACK}}}}},
        registry_url="javascript:alert(1)",
    )
    info = {"repository_id": ATTACK, "name": ATTACK, "repository_type": "remote"}
    edition = TakenEdition("https://theirs.example/", None, None, None)
    row = replace(made.summary, repository=ATTACK)
    return Upstream("theirs", info, edition, [row], segment="theirs")


def written(files: dict[str, bytes], folder: Path) -> Path:
    """Write the files of a site below a folder; return the folder."""
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder
