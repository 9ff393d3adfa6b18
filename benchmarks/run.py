"""Run the benchmarks and print their rows as one table in Markdown.

    python -m benchmarks.run [--only build change …] [--large] [--json FILE] [--readme]

Progress goes to stderr, the table to stdout. Exits with 1 if a limit is missed or a measure failed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import (
    build,
    change,
    dates,
    files,
    gateway,
    growth,
    lighthouse,
    measure,
    peers,
    places,
    query,
    serve,
    site,
    start,
    table,
    upload,
    validate,
    worst,
)
from benchmarks.scope import Scope
from benchmarks.table import MISSED, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MEASURES: dict[str, Callable[[Scope], Iterator[Row]]] = {
    "validate": validate.rows,
    "bad": validate.bad_rows,
    "build": build.rows,
    "change": change.rows,
    "files": files.rows,
    "upload": upload.rows,
    "start": start.rows,
    "one-file": start.one_file_rows,
    "serve": serve.rows,
    "gateway": gateway.rows,
    "growth": growth.rows,
    "dates": dates.rows,
    "query": query.rows,
    "worst": worst.rows,
    "site": site.rows,
    "lighthouse": lighthouse.rows,
}
NOT_BY_DEFAULT = {"lighthouse"}
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
BUSY = 0.5
_FAILURES = (
    measure.UnexpectedExitError,
    subprocess.CalledProcessError,
    OSError,
    RuntimeError,
    ValueError,
)


def facts(scope: Scope) -> list[str]:
    """Return what the figures depend on: the machine, without its name, and the versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = platform.release().partition("-")[0]
    output = "tmpfs" if places.on_tmpfs() else "disk"
    ours = subprocess.run([peers.catalogctl(), "--version"], check=True, capture_output=True)
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True)
    describe: list[str | Path] = ["git", "-C", peers.ROOT, "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, check=False)
    return [
        f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {kernel}",
        f"{ours.stdout.decode().strip()}, commit {commit.stdout.decode().strip() or 'unknown'}",
        git.stdout.strip(),
        ", ".join(f"{name} {version}" for name, version in peers.versions().items()),
        f"medians of {scope.rounds} alternating runs, start-up included; output on {output}",
    ]


def load() -> str:
    """Return the load averages of the last 1, 5, and 15 minutes."""
    return ", ".join(f"{average:.2f}" for average in os.getloadavg())


def measured(names: Sequence[str], scope: Scope) -> Iterator[tuple[str, Row]]:
    """Yield the rows of the named measures; a measure that fails gives a row that says so."""
    for name in names:
        began = time.perf_counter()
        _say(f"{name}: load average {load()}")
        try:
            for row in MEASURES[name](scope):
                _say(f"  {' | '.join(row.cells())}")
                yield name, row
        except _FAILURES as error:
            _say(f"  failed: {error}")
            yield name, Row(f"{name}: failed", "", "", None)
        _say(f"  {time.perf_counter() - began:.0f} s")


def keep(text: str) -> None:
    """Put the facts and the table of this run into README.md, in place of the last ones."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Run the requested measures; return 1 if a limit is missed."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is on tmpfs is removed
    if given.no_peers:
        peers.leave_out()
    scope = Scope(given.plugins, given.large, given.rounds, given.changes)
    if os.getloadavg()[0] > BUSY:
        _say("this machine is busy: the figures will be too high")
    left_out = set() if given.readme else NOT_BY_DEFAULT
    names = given.only or [name for name in MEASURES if name not in left_out]
    known, before = facts(scope), load()
    found = list(measured(names, scope))
    known.append(f"load average {before} before, {load()} after")
    rows = [row for _, row in found]
    text = "".join(f"- {fact}\n" for fact in known) + f"\n{table.render(rows)}"
    print(text)
    if given.json:
        made = {"facts": known, "rows": [{"of": name, **row.as_json()} for name, row in found]}
        given.json.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    if given.readme:
        keep(text)
    return 1 if any(row.verdict == MISSED or row.what.endswith(": failed") for row in rows) else 0


def _arguments() -> argparse.Namespace:
    default = Scope()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=MEASURES, help="some of the measures")
    parser.add_argument(
        "--large", nargs="?", type=int, const=100_000, default=0, help="100,000 plugins as well"
    )
    parser.add_argument("--rounds", type=int, default=default.rounds)
    parser.add_argument("--plugins", type=int, default=default.plugins)
    parser.add_argument("--changes", type=int, default=default.changes, help="random changes")
    parser.add_argument("--no-peers", action="store_true", help="install nothing, and use no peer")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file, too")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    given = parser.parse_args()
    if given.readme and given.only:
        parser.error("--readme replaces the whole table: measure all of it, without --only")
    return given


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
