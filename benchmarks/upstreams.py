"""Measure what an upstream costs: its first `sync`, one without news, and `validate` with it.

    .venv/bin/python -m benchmarks.upstreams PLUGINS [--rounds 5]

The upstream is a published catalog of that many plugins, served on this machine; a catalog of 26
takes its plugins.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.counting_host import asked, forget_counts, serving
from benchmarks.measure import Command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWN = 26
_THEIR_ID, _OUR_ID = "repo-123456789012", "repo-of-the-26-plugins"
_UPSTREAM = """
upstreams:
  - {name: theirs, url: "%s", repository_id: %s, allow_private: true}
"""


def taking_catalog(name: str, url: str | None) -> Path:
    """Return a new copy of the catalog of 26 plugins; it takes the upstream at `url`, if given."""
    folder = places.fresh(name)
    shutil.copytree(places.catalog(OWN), folder)
    settings = folder / "catalog.yaml"
    own = settings.read_text().replace(_THEIR_ID, _OUR_ID)
    settings.write_text(own + (_UPSTREAM % (url, _THEIR_ID) if url else ""))
    return folder


def syncs(url: str, rounds: int) -> Path:
    """Print what `sync` costs, first and without news; return the catalog that has taken all."""
    caches = {"XDG_CACHE_HOME": str(places.fresh("cache-of-sync"))}
    taking = taking_catalog("taking", url)
    for name in ("first", "without news"):

        def before(name: str = name) -> None:
            forget_counts()
            if name == "first":
                shutil.rmtree(taking / "upstream", ignore_errors=True)

        command = Command((peers.catalogctl(), "sync", "--catalog", taking), environ=caches)
        runs = []
        for _ in range(rounds):
            before()
            runs.append(measure.run(command))
        print(f"sync, {name}: {measure.median(runs)}, {asked()}", flush=True)
    return taking


def validations(taking: Path, rounds: int) -> None:
    """Print what `validate` takes with and without the upstream, cold and with a cache."""
    folders = {"with": taking, "without": taking_catalog("alone", None)}
    for kind, options in {"cold": ("--no-cache",), "with a cache": ()}.items():
        caches = {"XDG_CACHE_HOME": str(places.fresh("cache-of-validate"))}
        commands: Mapping[str, Command] = {
            name: Command(
                (peers.catalogctl(), "validate", "--catalog", folder, *options),
                reads=folder,
                environ=caches,
            )
            for name, folder in folders.items()
        }
        medians = {
            name: measure.median(runs)
            for name, runs in measure.alternating(commands, rounds).items()
        }
        more = medians["with"].wall - medians["without"].wall
        for name, each in medians.items():
            print(f"validate, {kind}, {name} the upstream: {each}", flush=True)
        print(f"validate, {kind}: {more:.2f} s of time more", flush=True)


def main() -> int:
    """Build the upstream, and print what it costs who takes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    tree = places.outputs() / "upstream"
    theirs = places.catalog(given.plugins)
    build = (peers.catalogctl(), "build", "--catalog", theirs, "--out", tree, "--no-cache")
    measure.run(Command(build))
    with serving(tree) as url:
        taking = syncs(url, given.rounds)
    validations(taking, given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
