"""Catalogs whose plugins lie in a registry of the test, and `resolve` run on them in here."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from catalogctl.pipeline.resolve_catalog import ResolveOptions, resolve
from catalogctl.resolve.resolve_image import Rules
from catalogctl.resolve.resolve_limits import Clock, ResolveLimits
from support.catalogs import SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from catalogctl.resolve.image_outcomes import ImageOutcome, ResolveReport

NOW = "2026-01-31T12:00:00.000Z"
LATER = "2026-02-28T12:00:00.000Z"
LOCAL = {"insecure": True, "allow_private": True}

FAST = ResolveLimits(connect=1, silence=0.5, answer=1.5, backoff=0.01, backoff_at_most=0.02)
"""Limits for a registry that is broken on purpose, so that no test waits long."""

PATIENT = ResolveLimits(connect=20, silence=30, answer=60, backoff=0.01)
"""Limits for a real registry on a busy machine."""


class FakeClock(Clock):
    """A clock whose sleeps are over at once, and kept in `naps`; time moves on by them."""

    __slots__ = ("_lock", "_slept", "naps")

    def __init__(self) -> None:
        object.__setattr__(self, "naps", [])
        object.__setattr__(self, "_slept", [0.0])
        object.__setattr__(self, "_lock", threading.Lock())

    naps: list[float]
    _slept: list[float]
    _lock: threading.Lock

    def monotonic(self) -> float:
        return time.monotonic() + self._slept[0]

    def time(self) -> float:
        return time.time() + self._slept[0]

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps.append(seconds)
            self._slept[0] += seconds


def catalog(
    folder: Path,
    registries: Mapping[str, Mapping[str, Any]],
    plugins: Mapping[str, Mapping[str, str]],
) -> Path:
    """Write a catalog; each plugin has at least its `registry_url`, its image is acme/<id>."""
    files = {
        f"plugins/{plugin_id}.yaml": plugin(
            plugin_id, **{name: json.dumps(value) for name, value in fields.items()}
        )
        for plugin_id, fields in plugins.items()
    }
    settings = f"{SETTINGS}registries: {json.dumps(registries)}\n"
    return write_catalog(folder, files, settings)


def at(host: str, *plugin_ids: str) -> dict[str, dict[str, str]]:
    """Return plugins whose images lie at a host."""
    return {plugin_id: {"registry_url": host} for plugin_id in plugin_ids}


def run(folder: Path, *wanted: str, now: str = NOW, **options: Any) -> ResolveReport:
    """Resolve a catalog in this process, without the user's own credentials."""
    rules = {"recheck", "verify", "frozen"} & set(options)
    return resolve(
        ResolveOptions(
            folder,
            Rules(now, **{name: options.pop(name) for name in rules}),
            options.pop("environ", {}),
            wanted=wanted,
            limits=options.pop("limits", PATIENT),
            **options,
        )
    )


def outcome(report: ResolveReport, plugin_id: str) -> ImageOutcome:
    """Return what came of one plugin."""
    return next(each for each in report.outcomes if each.plugin_id == plugin_id)


def lock(folder: Path, plugin_id: str) -> dict[str, Any]:
    """Return a plugin's lock."""
    value: dict[str, Any] = json.loads((folder / "versions" / f"{plugin_id}.json").read_bytes())
    return value


def tags(folder: Path, plugin_id: str) -> list[str]:
    """Return the versions in a plugin's lock."""
    return [version["tag"] for version in lock(folder, plugin_id)["versions"]]


def locks(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the time of change of every lock."""
    found: Iterable[Path] = (folder / "versions").glob("*")
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in found}
