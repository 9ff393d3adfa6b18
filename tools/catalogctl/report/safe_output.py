"""Format JSON and YAML without control characters and runner commands."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from catalogctl.report.cleaning import clean_quoted, is_clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON

# Strings that PyYAML writes without quotes, but that are not strings in YAML 1.2's core schema, or
# for a strict parser of YAML 1.1.
_READ_OTHERWISE = re.compile(
    r"[yYnN]|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
_SURROGATE = re.compile("[\\ud800-\\udfff]")


def json_text(value: JSON, *, unicode: bool) -> str:
    """Return one indented JSON document, ending with a line feed."""
    if not unicode:
        return clean_quoted(json.dumps(value, indent=2)) + "\n"
    import msgspec

    try:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # a lone surrogate, from a file name that is not UTF-8
        text = json.dumps(value, indent=2, ensure_ascii=False)
    return clean_quoted(text) + "\n"


def json_lines(values: Sequence[JSON], *, unicode: bool) -> str:
    """Return each value as JSON on a line of its own, which ends with a line feed (NDJSON)."""
    lines = (json.dumps(value, ensure_ascii=not unicode) for value in values)
    return "".join(f"{clean_quoted(line)}\n" for line in lines)


def compact(value: JSON) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def yaml_text(value: JSON, *, unicode: bool) -> str:
    """Return one YAML document in the value's order, with texts of several lines as blocks."""
    import yaml

    text: str = yaml.dump(
        value,
        Dumper=_dumper(),
        allow_unicode=unicode,
        sort_keys=False,
        default_flow_style=False,
        width=2**30,
    )
    if text.endswith("\n...\n"):  # PyYAML's end of a document that is one plain scalar
        text = text.removesuffix("...\n")
    return clean_quoted(text)


@cache
def _dumper() -> Any:
    """Return PyYAML's safe dumper with our own quoting, the one in C if available."""
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]  # chosen at run time
        """Writes every value in full, without anchors."""

        def ignore_aliases(self, data: object) -> bool:
            """Return True, so that every value is written in full."""
            del data
            return True

    def represent(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar(
            "tag:yaml.org,2002:str", _SURROGATE.sub("\ufffd", text), style=_style(text)
        )

    Dumper.add_representer(str, represent)
    return Dumper


def _style(text: str) -> str | None:
    """Return the style of a string, quoted if it would not be safe as plain text on a line."""
    if "\n" in text and all(is_clean(line) for line in text.split("\n")):
        return "|"
    if not is_clean(text):
        return '"'
    return "'" if _READ_OTHERWISE.fullmatch(text) else None
