"""Recognise the names that Windows reserves for devices, which no file there can have."""

from __future__ import annotations

_PORTS = ("COM", "LPT")
_DIGITS = "0123456789\u00b9\u00b2\u00b3"
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {port + digit for port in _PORTS for digit in _DIGITS}
)
_LONGEST = max(map(len, _DEVICES))


def is_device_name(name: str) -> bool:
    """Return whether a name is a device on Windows, such as `con`, `Aux.json` or `COM\u00b9`.

    Only the part before the first dot counts, ignoring case.
    """
    if "." not in name and len(name) > _LONGEST:
        return False
    return name.partition(".")[0].upper() in _DEVICES
