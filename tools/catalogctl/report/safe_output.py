"""Write JSON and YAML that hold no control character and no command of a runner."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from catalogctl.report.cleaning import clean_quoted, is_clean

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON

# What YAML 1.2's core schema, or a strict reader of 1.1, takes for something else than text, and
# PyYAML, which writes it bare, does not.
_READ_OTHERWISE = re.compile(
    r"[yYnN]|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
_SURROGATE = re.compile("[\\ud800-\\udfff]")


def json_text(value: JSON, *, unicode: bool) -> str:
    """Return one JSON document, laid out for reading, with a line end."""
    if not unicode:
        return clean_quoted(json.dumps(value, indent=2)) + "\n"
    import msgspec

    try:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # a lone surrogate: what a file name has for bytes that are no UTF-8
        text = json.dumps(value, indent=2, ensure_ascii=False)
    return clean_quoted(text) + "\n"


def compact(value: JSON) -> str:
    """Return a value as JSON in one line."""
    return json.dumps(value, ensure_ascii=False)


def yaml_text(value: JSON, *, unicode: bool) -> str:
    """Return one YAML document in the order of the value, text of several lines as a block."""
    import yaml

    text: str = yaml.dump(
        value,
        Dumper=_dumper(),
        allow_unicode=unicode,
        sort_keys=False,
        default_flow_style=False,
        width=2**30,
    )
    if text.endswith("\n...\n"):  # how PyYAML ends a document that is one bare word
        text = text.removesuffix("...\n")
    return clean_quoted(text)


@cache
def _dumper() -> Any:
    """Return PyYAML's safe dumper with our choice of quotes, in C where it is there."""
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]  # chosen at run time
        """Writes each value where it stands: no anchors."""

        def ignore_aliases(self, data: object) -> bool:
            """Tell that every value is written out."""
            del data
            return True

    def represent(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar(
            "tag:yaml.org,2002:str", _SURROGATE.sub("\ufffd", text), style=_style(text)
        )

    Dumper.add_representer(str, represent)
    return Dumper


def _style(text: str) -> str | None:
    """Return how a string is quoted: always, where bare text would not be safe on a line."""
    if "\n" in text and all(is_clean(line) for line in text.split("\n")):
        return "|"
    if not is_clean(text):
        return '"'
    return "'" if _READ_OTHERWISE.fullmatch(text) else None
