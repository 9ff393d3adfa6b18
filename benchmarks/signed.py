"""Measure what signing costs: `sign` against a build, and `get` signed against unsigned.

    .venv/bin/python -m benchmarks.signed CATALOG [--program PATH] [--rounds 7]

CATALOG is a folder with catalog.yaml. securesystemslib imports boto3 where it is installed, as in
the environment of the tests: name the catalogctl of one without it as PATH.
"""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import sys
from pathlib import Path

from benchmarks import measure, peers, places
from benchmarks.counting_host import asked, forget_counts, serving
from benchmarks.measure import Command

LATER = 100
"""Seconds by which what is remembered is made older, so that the host is asked again."""


def size_of(folder: Path) -> int:
    """Return the size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def signed_tree(program: Path, catalog: Path, rounds: int) -> tuple[Path, Path]:
    """Build and sign a tree; print what both took. Return the tree and the first root."""
    work = places.outputs()
    tree, own = work / "signed", work / "signing"
    own.mkdir()
    shutil.copy(catalog / "catalog.yaml", own / "catalog.yaml")
    (own / "plugins").mkdir()
    init = ("trust", "init", "--catalog", own, "--keys", own / "keys", "--no-passphrase")
    measure.run(Command((program, *init)))
    build = (program, "build", "--catalog", catalog, "--out", tree, "--no-cache", "--jobs", "1")
    built = measure.run(Command(build, reads=catalog))
    key, roots = own / "keys/online.pem", own / "trust"
    sign = Command((program, "trust", "sign", tree, "--key", key, "--roots", roots))
    signed = measure.median(measure.alternating({"sign": sign}, rounds)["sign"])
    print(f"build {built}\nsign  {signed}: {signed.cpu / built.cpu:.1%} of the CPU time of a build")
    part, whole = size_of(tree / "trust"), size_of(tree)
    print(f"trust/ {part:,} bytes, {part / whole:.2%} of {whole:,}")
    return tree, roots / "1.root.json"


def reads(program: Path, tree: Path, root: Path, rounds: int) -> None:
    """Print what `get` takes: unsigned, first, after a minute, and within one."""
    plugin = min(path.stem for path in (tree / "repository/v1/plugin/get").glob("plugin-*.json"))
    homes = {name: places.outputs() / name for name in ("unsigned", "first", "later", "within")}

    def before(name: str) -> None:
        forget_counts()
        if name in {"unsigned", "first"}:
            shutil.rmtree(homes[name], ignore_errors=True)
        for state in homes[name].rglob("state.json") if name == "later" else ():
            value = json.loads(state.read_bytes())
            state.write_text(json.dumps({**value, "refreshed_at": value["refreshed_at"] - LATER}))

    with serving(tree) as url:
        commands = {
            name: Command(
                (program, "get", plugin, "--from", url),
                before=functools.partial(before, name),
                environ={
                    **{each: str(home) for each in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")},
                    **({} if name == "unsigned" else {"CATALOGCTL_TRUST": str(root)}),
                },
            )
            for name, home in homes.items()
        }
        medians = {
            name: measure.median(runs)
            for name, runs in measure.alternating(commands, rounds).items()
        }
        for name, each in medians.items():
            measure.run(commands[name])
            more = (each.wall - medians["unsigned"].wall) * 1000
            print(f"get {name:9} {each}, {more:+.0f} ms, {asked()}")


def main() -> int:
    """Measure on the catalog that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("--program", type=Path, default=peers.catalogctl())
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    tree, root = signed_tree(given.program, given.catalog, given.rounds)
    reads(given.program, tree, root, given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
