"""Find the data files in the wheel, or in the checkout that contains the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKED = Path(__file__).parent / "_data"
_CHECKOUT = Path(__file__).parents[2]


@cache
def folder(name: str) -> Path:
    """Return the folder `codes`, `schemas`, `site` or `starter`, preferably the wheel's copy."""
    for base in (_PACKED, _CHECKOUT):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(
        f"this installation of catalogctl has no folder {name}: install it again"
    )


def read_text(path: str) -> str:
    """Return the text of a data file, such as `schemas/PluginInfo.schema.json`."""
    top, _, rest = path.partition("/")
    return (folder(top) / rest).read_text(encoding="utf-8")
