"""Run catalogctl: cold, as after a fresh clone, or warm, with what its last run left."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.measure import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def cold(
    call: str, catalog: Path, *arguments: str, out: Path | None = None, codes: Sequence[int] = (0,)
) -> Command:
    """Return a command that finds neither a cache nor an older tree in `out`, and writes both."""
    cache = places.outputs() / "no-cache"
    made = [] if out is None else [out, before_last(out)]

    def clear() -> None:
        for folder in (cache, *made):
            shutil.rmtree(folder, ignore_errors=True)

    options = () if out is None else ("--out", out)
    return Command(
        (peers.catalogctl(), call, "--catalog", catalog, *options, *arguments),
        codes=codes,
        before=clear,
        reads=catalog,
        environ={"XDG_CACHE_HOME": str(cache)},
    )


def warm(
    *arguments: str | Path, cache: Path, before: Callable[[], None] = measure.nothing
) -> Command:
    """Return a command that uses what the last run with the same `cache` left."""
    argv = (peers.catalogctl(), *arguments)
    return Command(argv, before=before, environ={"XDG_CACHE_HOME": str(cache)})


def before_last(out: Path) -> Path:
    """Return where a build keeps the tree before last."""
    return out.with_name(f".{out.name}.before")
