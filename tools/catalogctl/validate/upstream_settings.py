"""Check the `upstreams:` of catalog.yaml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.content_hash import means_sha256, sha256_in
from catalogctl.device_names import is_device_name
from catalogctl.jsontypes import as_object, as_text
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.source.settings import duration
from catalogctl.validate.finding import Finding
from catalogctl.validate.rules.identity import device
from catalogctl.web_addresses import has_host
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.settings import Settings

CODE = "upstream-settings"
_URL = re.compile(r"https?://[^\s/?#@\\]+(?:/[^\s?#\\]*)?")
_ENDPOINT = re.compile(r"grpc(?:\+ssl)?://(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?/?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def upstream_settings(value: JSONObject, settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with each of the upstreams."""
    upstreams = value.get("upstreams")
    known = {"repository_id": {settings.repository_id: "the catalog itself"}, "name": {}}
    for index, each in enumerate(upstreams if isinstance(upstreams, list) else ()):
        at, given = f"/upstreams/{index}", as_object(each)
        yield from _taken(at, given, known)
        for found in (
            _name(at, given),
            _address(at, given),
            *_texts(at, given),
            *_hold(at, given.get("hold")),
        ):
            if found is not None:
                yield found._replace(code=CODE)


def _taken(at: str, given: JSONObject, known: dict[str, dict[str, str]]) -> Iterator[Finding]:
    """Yield a finding for each name and repository_id that another repository has."""
    for field, owners in known.items():
        text = as_text(given.get(field))
        if text and text in owners:
            message = f"{field} {verbatim(text)} is that of {owners[text]}"
            yield Finding(f"{at}/{field}", message, "give each repository its own", code=CODE)
        owners.setdefault(text, f"upstream {as_text(given.get('name'))}")


def _name(at: str, given: JSONObject) -> Finding | None:
    """Return what is wrong with the name of an upstream, which is that of its folder, or None."""
    name = as_text(given.get("name"))
    return Finding(f"{at}/name", *device("name", name)) if is_device_name(name) else None


def _address(at: str, given: JSONObject) -> Finding | None:
    """Return what is wrong with where an upstream is, or None."""
    url, endpoint = given.get("url"), given.get("endpoint")
    if (url is None) == (endpoint is None):
        hint = "write url: https://… for a published catalog, or endpoint: grpc+ssl://host:443"
        return Finding(at, "an upstream has either a url or an endpoint", hint)
    name = "endpoint" if url is None else "url"
    text, shape = given.get(name), _ENDPOINT if url is None else _URL
    if not isinstance(text, str) or not text.strip():
        return None  # the schema reports it
    if shape.fullmatch(text) is None or not has_host(f"https://{text.partition('://')[2]}"):
        kind = "grpc+ssl://host:443" if url is None else "https://plugins.example.org/"
        return Finding(f"{at}/{name}", f"{name} is not an address", f"write one such as {kind}")
    if text.startswith(("http://", "grpc://")) and given.get("allow_private") is not True:
        hint = "write https:// or grpc+ssl://; in a private network, allow_private: true allows it"
        return Finding(f"{at}/{name}", f"{verbatim(text)} is not encrypted", hint)
    return None


def _texts(at: str, given: JSONObject) -> Iterator[Finding | None]:
    max_age, variable = given.get("max_age"), given.get("token_env")
    if isinstance(max_age, str) and not duration(max_age):
        hint = "write a number with s, m, h or d, such as 90d"
        yield Finding(f"{at}/max_age", f"{verbatim(max_age)} is not a time", hint)
    if isinstance(variable, str) and _VARIABLE.fullmatch(variable) is None:
        hint = "name the variable; its value is the token, and does not belong in a file"
        yield Finding(f"{at}/token_env", "token_env is not the name of a variable", hint)
    trust, ca_file = as_text(given.get("trust")), as_text(given.get("ca_file"))
    yield _inside(f"{at}/ca_file", ca_file)
    if trust and given.get("endpoint") is not None:
        hint = "remove it, or name the published catalog by its url"
        yield Finding(f"{at}/trust", "an endpoint has no signatures that trust could check", hint)
    elif not means_sha256(trust):
        yield _inside(f"{at}/trust", trust)
    elif sha256_in(trust) is None:
        hint = "write sha256: and the 64 hex digits of the first root's hash, in lower case"
        yield Finding(f"{at}/trust", f"{verbatim(trust)} is not the hash of a root", hint)


def _inside(at: str, text: str) -> Finding | None:
    if text.startswith("/") or "\\" in text or ".." in text.split("/"):
        message = f"{verbatim(text)} leads out of the catalog's folder"
        return Finding(at, message, "name a file in the catalog")
    return None


def _hold(at: str, hold: JSON) -> Iterator[Finding]:
    for index, each in enumerate(hold if isinstance(hold, list) else ()):
        if isinstance(each, str) and each.strip() and not is_plugin_id(each):
            hint = "write the plugin_id of a plugin of this upstream"
            yield Finding(f"{at}/hold/{index}", f"{verbatim(each)} is not a plugin_id", hint)
