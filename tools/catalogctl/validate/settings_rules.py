"""Check catalog.yaml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.json_pointer import child
from catalogctl.jsontypes import as_object
from catalogctl.validate.finding import Finding, place, told_once, visible
from catalogctl.validate.message_schemas import violations
from catalogctl.validate.rules.characters import strays
from catalogctl.validate.rules.registry import is_host, is_listed, login_hint
from catalogctl.validate.rules.secrets import credentials
from catalogctl.validate.rules.vocabulary import not_listed
from catalogctl.validate.upstream_settings import upstream_settings
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem
    from catalogctl.source.document import Document
    from catalogctl.source.settings import Settings

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FOLDER = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(?:/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?")
_ADDRESS = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?")


def is_folder_address(address: str) -> bool:
    """Return whether the paths of a tree can be appended to an address.

    It must have no query, fragment or password, and only characters of a URL (RFC 3986).
    """
    return _FOLDER.fullmatch(address) is not None


def check_settings(document: Document, settings: Settings) -> list[Problem]:
    """Return every problem in catalog.yaml; an error hides no other problem."""
    secrets = {place("secret-value", each, document) for each in credentials(document)}
    if not document.is_whole:
        return sorted({*document.problems, *secrets})
    problems = {*document.problems, *secrets}
    for each in (*violations("CatalogSettings", document.value), *_rules(document.value, settings)):
        finding = each
        if each.pointer == _LOCKS:  # the schema's own message says less
            finding = each._replace(message=_LOCKS_MESSAGE, hint=_LOCKS_HINT)
        problems.update(visible(each.code, finding, document))
    return told_once(problems)


_LOCKS = "/policy/auto_merge/locks"
_LOCKS_MESSAGE = "locks names nobody whose changes of locks may be merged without a maintainer"
_LOCKS_HINT = 'write locks: "@name" with the name of the bot that runs resolve, or locks: false'


def _rules(value: JSONObject, settings: Settings) -> Iterator[Finding]:
    for host in as_object(value.get("registries")):
        if not is_host(host):
            message = f"{verbatim(host)} is not a bare host"
            hint = "write a name such as registry.example.org, in lower case"
            at, hint = child("/registries", host), login_hint(host, hint)
            yield Finding(at, message, hint, at_key=True, code="host-shape")
    registry_url = settings.defaults.get("registry_url", "")
    if registry_url and not (is_host(registry_url) and is_listed(registry_url, settings)):
        hint = "name a built-in registry, or list it under registries"
        message = f"registry {verbatim(registry_url)} is not listed"
        yield Finding("/defaults/registry_url", message, hint, code="registry-unlisted")
    for part in ("repository", "defaults"):
        for name, text in as_object(value.get(part)).items():
            if isinstance(text, str) and len(text.splitlines()) > 1:
                message = f"{part}.{name} holds a line break"
                at, hint = child(f"/{part}", name), "write it in one line"
                yield Finding(at, message, hint, code="line-break")
    if as_object(as_object(value.get("policy")).get("auto_merge")).get("locks") is True:
        yield Finding(_LOCKS, _LOCKS_MESSAGE, _LOCKS_HINT, code="auto-merge-locks")
    yield from _vocabulary(value, settings)
    yield from upstream_settings(value, settings)
    yield from _site_rules(as_object(value.get("site")))
    yield from _registry_rules(as_object(value.get("registries")))


def _vocabulary(value: JSONObject, settings: Settings) -> Iterator[Finding]:
    """Check the texts that plugins' values are derived from or compared with."""
    site = as_object(value.get("site"))
    for part, members in (
        ("/defaults", value.get("defaults")),
        ("/policy", value.get("policy")),
        ("/site/words", site.get("words")),
    ):
        for name, member in as_object(members).items():
            for finding in strays(child(part, name), member):
                yield finding._replace(code="invisible-character")
    provider, allowed = settings.defaults.get("provider", ""), settings.providers
    if provider and allowed and provider not in allowed:
        finding = not_listed("/defaults/provider", "provider", provider, "providers", allowed)
        yield finding._replace(code="unlisted-value")


def _site_rules(site: JSONObject) -> Iterator[Finding]:
    for name in ("base_url", "repository_url", "edit_url"):
        yield from _address(site.get(name), f"/site/{name}")
    base_url = site.get("base_url")
    is_address = isinstance(base_url, str) and _ADDRESS.fullmatch(base_url)
    if is_address and not is_folder_address(str(base_url)):
        hint = "write an address such as https://plugins.example.org/, without ? and #"
        message = f"{verbatim(str(base_url))} is not the address of a folder"
        yield Finding("/site/base_url", message, hint, code="address-shape")
    edit_url = site.get("edit_url")
    if isinstance(edit_url, str) and _ADDRESS.fullmatch(edit_url) and "{file}" not in edit_url:
        hint = "write {file} where the path of a plugin's file belongs"
        message = f"{verbatim(edit_url)} leads to one page for all files"
        yield Finding("/site/edit_url", message, hint, code="address-shape")
    links = site.get("links")
    for index, link in enumerate(links if isinstance(links, list) else ()):
        if isinstance(link, dict):
            yield from _address(link.get("url"), f"/site/links/{index}/url")
    hint = "write an exact name, such as images.example.org: no port, no wildcard"
    yield from _hosts(site.get("image_hosts"), "/site/image_hosts", hint, ports=False)
    accent = site.get("accent")
    if isinstance(accent, str) and not _COLOUR.fullmatch(accent):
        hint = 'write a colour such as "#0b665a", in quotes'
        yield Finding(
            "/site/accent", f"{verbatim(accent)} is not a colour", hint, code="colour-shape"
        )
    yield from _inside(site.get("logo"), "/site/logo")


def _registry_rules(registries: JSONObject) -> Iterator[Finding]:
    for host, options in registries.items():
        if isinstance(options, dict):
            at = child("/registries", host)
            for name in ("endpoint", "rest_endpoint"):
                yield from _address(options.get(name), f"{at}/{name}")
                if options.get("insecure") is not True:
                    yield from _encrypted(options.get(name), f"{at}/{name}")
            yield from _inside(options.get("ca_file"), f"{at}/ca_file")
            hint = "write a name such as auth.example.org, in lower case"
            yield from _hosts(options.get("token_hosts"), f"{at}/token_hosts", hint, ports=True)


def _hosts(value: JSON, pointer: str, hint: str, *, ports: bool) -> Iterator[Finding]:
    for index, host in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(host, str) or not host.strip():
            continue  # the schema reports it
        if not is_host(host) or (":" in host and not ports):
            message, said = f"{verbatim(host)} is not a bare host", login_hint(host, hint)
            yield Finding(f"{pointer}/{index}", message, said, code="host-shape")


def _address(value: JSON, pointer: str) -> Iterator[Finding]:
    if isinstance(value, str) and not _ADDRESS.fullmatch(value):
        of_host = pointer.startswith("/registries/")
        hint = "write an address such as https://plugins.example.org/"
        hint = login_hint(value, hint, of_host=of_host)
        yield Finding(
            pointer, f"{verbatim(value)} is not a web address", hint, code="address-shape"
        )


def _encrypted(value: JSON, pointer: str) -> Iterator[Finding]:
    """A registry is accessed over https, unless its settings allow http (registries, 7)."""
    if isinstance(value, str) and value.startswith("http://"):
        hint = "write https://, or insecure: true beside it"
        yield Finding(pointer, f"{verbatim(value)} is not https", hint, code="address-shape")


def _inside(value: JSON, pointer: str) -> Iterator[Finding]:
    if isinstance(value, str) and (
        value.startswith("/") or "\\" in value or ".." in value.split("/") or not value.strip()
    ):
        hint = "name a file inside the catalog's folder"
        message = f"{verbatim(value)} leads out of the catalog's folder"
        yield Finding(pointer, message, hint, code="file-inside")
