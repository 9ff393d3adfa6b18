"""Build the page «Add a plugin» of a catalog whose repository is known."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from catalogctl.web_addresses import web_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.site.site_context import SharedValues, Site

NAME = "add-a-plugin"
PLUGIN_ID = "plugin-example-mon-webhook"
_FIELDS = {
    "name": "Example Webhook",
    "service_type": "monitoring.Webhook",
    "image": f"example/{PLUGIN_ID}",
    "provider": "example",
}


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the page if the settings name the repository and the catalog has none of its own."""
    repository = web_link(site.context.settings.site.repository_url)
    if repository is None or any(page.name == NAME for page in site.own_pages):
        return
    file = shared.rows[0].file if shared.rows else "plugins/"
    values = {
        "folder": file[: file.rindex("/") + 1],
        "file": f"{PLUGIN_ID}.yaml",
        "example": _example(site.context),
        "commands": _commands(site.context, repository),
        "page_title": site.titled(site.t("add_a_plugin")),
        "page_description": site.t("add_lead"),
    }
    yield site.page("add", f"pages/{NAME}/", values, current="")


def _domain(context: BuildContext) -> dict[str, str]:
    """Return the field that a plugin file needs unless the settings have a default for it."""
    is_default = "domain_id" in context.settings.defaults
    return {} if is_default else {"domain_id": "domain-123456789012"}


def _example(context: BuildContext) -> str:
    """Return a plugin file that this catalog accepts."""
    schema = f"{context.base_url}schemas/PluginFile.schema.json" if context.base_url else ""
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += [f"{name}: {value}" for name, value in _FIELDS.items()]
    lines += ["labels:", "  - Monitoring", "tags:"]
    lines += ["  description: Turns the alerts of Example into events"]
    lines += [f"{name}: {value}" for name, value in _domain(context).items()]
    return "\n".join(lines)


def _commands(context: BuildContext, repository: str) -> str:
    """Return the commands that propose the same plugin from a clone."""
    options = [
        f"--{name.replace('_', '-')} {shlex.quote(value)}"
        for name, value in (_FIELDS | _domain(context)).items()
    ]
    lines = [
        f"git clone {shlex.quote(repository)} catalog && cd catalog",
        f"git switch --create {PLUGIN_ID}",
        " \\\n  ".join(["catalogctl register", *options]),
        "catalogctl validate",
        f"git add --all && git commit --message 'Register {PLUGIN_ID}'",
        f"git push --set-upstream origin {PLUGIN_ID}",
    ]
    return "\n".join(lines)
