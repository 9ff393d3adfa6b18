"""The bytes of a lock and the plugin that it belongs to in; what is wrong with it out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from catalogctl.problem import Problem
from catalogctl.source.document import Document
from catalogctl.validate.finding import Finding, place
from catalogctl.validate.schemas import compiled, violations
from catalogctl.validate.words import shown

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

_RESOLVE = "run catalogctl resolve"
SOURCE = ("registry_type", "registry_url", "image")


def check_lock(file: str, stem: str, data: bytes, request: JSONObject | None) -> list[Problem]:
    """Return what keeps a lock from being used: nothing, or the problems of its shape, or a doubt.

    `request` is the plugin's effective request, {} when its file has errors and the lock can't be
    held against it; None when there is no such plugin (registries, 10;
    product contract, 8).
    """
    value, problem = _decode(file, data)
    if problem is not None:
        return [problem]
    if not isinstance(value, dict) or not compiled("Lock").is_valid(value):
        return _broken(file, stem, data, value)
    document = Document(file, stem, value, data)
    code, finding = _doubt(value, stem, request)
    return [place(code, finding, document)] if code else []


def _decode(file: str, data: bytes) -> tuple[JSON, Problem | None]:
    """Return what JSON text holds, or the problem of text that is no JSON."""
    try:
        value: JSON = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, _not_json(file, data)
    return value, None


def _not_json(file: str, data: bytes) -> Problem:
    line = column = 1
    what = "is nested too deeply"
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        line, column, what = error.lineno, error.colno, f"is no JSON: {error.msg.lower()}"
    except UnicodeDecodeError:
        what = "is not UTF-8"
    except RecursionError:
        pass
    except ValueError:  # of a number with thousands of digits
        what = "holds a number that is too long"
    else:
        what = "is no JSON"
    return Problem(file, line, column, "lock-broken", "", f"the lock {what}", _MEND)


_MEND = "bring it back from git, or run catalogctl resolve for this plugin"


def _broken(file: str, stem: str, data: bytes, value: JSON) -> list[Problem]:
    """Return what the schema says against a lock, each as one `lock-broken`."""
    document = Document(file, stem, {}, data)
    return sorted(
        {
            place("lock-broken", finding._replace(hint=_MEND), document)
            for _code, finding in violations("Lock", value)
        }
    )


def _doubt(value: JSONObject, stem: str, request: JSONObject | None) -> tuple[str, Finding]:
    """Return the code and finding of what keeps a well-formed lock from being used."""
    plugin_id, versions = value["plugin_id"], value["versions"]
    tags = [each["tag"] for each in versions if isinstance(each, dict)]  # type: ignore[union-attr]
    if plugin_id != stem:
        message = f"plugin_id {shown(str(plugin_id))} is not the name of the file, {stem}.json"
        return "lock-plugin-id", Finding("/plugin_id", message, _RESOLVE)
    if value["latest"] not in [*tags, None]:
        message = f"latest {value['latest']} is none of the versions"
        return "lock-broken", Finding("/latest", message, _MEND)
    if value["total_count"] != len(tags) or len(set(map(str, tags))) != len(tags):
        count = len(set(map(str, tags)))
        message = f"total_count is {value['total_count']}, but there are {count} versions"
        return "lock-broken", Finding("/total_count", message, _MEND)
    if request is None:
        hint = "take it out, or bring the plugin's file back"
        return "lock-orphan", Finding("", f"no plugin {stem} is in this catalog", hint)
    source = value["source"]
    if request and isinstance(source, dict):
        for name in SOURCE:
            if source.get(name) != request.get(name):
                message = (
                    f"stale: {name} was {source.get(name)} when this was resolved,"
                    f" the plugin has {request.get(name)}"
                )
                return "lock-stale", Finding(f"/source/{name}", message, _RESOLVE)
    return "", Finding("", "")
