"""Find the data files in the wheel, or in the checkout that contains the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKED = Path(__file__).parent / "_data"
_CHECKOUT = Path(__file__).parents[2]
DATA = ("codes", "requirements-trust.txt", "requirements.txt", "schemas", "site", "starter")
"""The folders and files of data, by name.

`requirements.txt` locks what catalogctl runs on, `requirements-trust.txt` what signing adds to it.
"""


@cache
def path(name: str) -> Path:
    """Return the path of a folder or a file of DATA, preferably that of the wheel's copy."""
    for base in (_PACKED, _CHECKOUT):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"this installation of catalogctl has no {name}: install it again")


def folder(name: str) -> Path:
    """Return the path of a folder of DATA."""
    return path(name)


def read_text(name: str) -> str:
    """Return the text of a data file, such as `schemas/PluginInfo.schema.json`."""
    top, _, rest = name.partition("/")
    return (path(top) / rest).read_text(encoding="utf-8")
