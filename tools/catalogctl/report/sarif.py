"""Format problems as a SARIF 2.1.0 log for code scanning (OASIS, sarif-v2.1.0-os)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from catalogctl.codes import all_codes
from catalogctl.problem import Severity
from catalogctl.report.safe_output import json_text
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.codes import Code
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem
    from catalogctl.report.view import Summary, View

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.SUGGESTION: "note"}
_FINGERPRINT = "catalogctlProblem/v1"


def render(problems: Sequence[Problem], summary: Summary, view: View) -> str:
    """Return a log of one run with a result for each problem, and the rules that they break."""
    del summary
    rules = {code: index for index, code in enumerate(sorted({each.code for each in problems}))}
    results: list[JSON] = [
        _result(problem, rules[problem.code], fingerprint)
        for problem, fingerprint in zip(problems, _fingerprints(problems), strict=True)
    ]
    run: JSONObject = {
        "tool": {"driver": _driver(list(rules), _home())},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, unicode=view.unicode)


def _home() -> str | None:
    """Return the project's URL from the metadata of the installed package, or None."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("catalogctl").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    return urls[0].rpartition(", ")[2] if urls else None


def _driver(codes: list[str], information_uri: str | None) -> JSONObject:
    """Return the tool that found the problems: its name, its version and its rules."""
    rules: list[JSON] = [_rule(code, all_codes().get(code)) for code in codes]
    page: JSONObject = {"informationUri": information_uri} if information_uri else {}
    return {
        "name": "catalogctl",
        "semanticVersion": __version__,
        "version": __version__,
        **page,
        "rules": rules,
    }


def _rule(code: str, row: Code | None) -> JSONObject:
    """Return a code with its help, or only its id if it is not in the table."""
    if row is None:
        return {"id": code}
    parts = [row.meaning, f"From {row.source}."]
    marked = list(parts)
    for word, example in (("Wrong", row.wrong), ("Right", row.right)):
        if example:
            parts.append(f"{word}:\n\n" + "\n".join(f"    {at}" for at in example.splitlines()))
            marked.append(f"**{word}**, in `{row.file}`:\n\n```yaml\n{example.rstrip()}\n```")
    return {
        "id": code,
        "shortDescription": {"text": row.meaning},
        "fullDescription": {"text": f"{row.meaning} (From {row.source}.)"},
        "help": {"text": "\n\n".join(parts), "markdown": "\n\n".join(marked)},
        "defaultConfiguration": {"level": _LEVELS[row.severity]},
    }


def _result(problem: Problem, rule: int, fingerprint: str) -> JSONObject:
    """Return a problem as a result; the hint is part of its message."""
    location: JSONObject = {
        "physicalLocation": {
            "artifactLocation": _artifact(problem.file),
            "region": {"startLine": problem.line, "startColumn": problem.column},
        }
    }
    if problem.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.pointer}]
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    text = text.replace("](", "] (")  # no value creates a link (SARIF 2.1.0, 3.11.6)
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }


def _artifact(file: str) -> JSONObject:
    """Return the location of a file: a path relative to the checkout's root, or an absolute one."""
    path = quote(_bytes_of(file), safe="/")
    if file.startswith("/"):
        return {"uri": f"file://{path}"}
    return {"uri": path, "uriBaseId": "%SRCROOT%"}


def _bytes_of(file: str) -> bytes:
    """Return a file's name in bytes; surrogates are bytes that are not UTF-8."""
    try:
        return file.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return file.encode("utf-8", "surrogatepass")


def _fingerprints(problems: Sequence[Problem]) -> list[str]:
    """Return what identifies each problem in later runs, even if it moved within its file."""
    seen: Counter[str] = Counter()
    prints = []
    for problem in problems:
        identity = f"{problem.code}\0{problem.file}\0{problem.pointer}\0{problem.message}"
        prints.append(_digest(f"{identity}\0{seen[identity]}"))
        seen[identity] += 1
    return prints


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
