"""Run the benchmarks and print their tables as Markdown.

    python -m benchmarks.run [--rounds 3] [--only validate …] [--large] [--readme]

`--large` adds catalogs of 100,000 plugins, and of 50,000 for the site (3 GB of disk, an hour);
`--readme` also replaces the same tables in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import build, dates, peers, places, query, site, start, validate, worst

if TYPE_CHECKING:
    from collections.abc import Callable

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
BUSY = 0.5


def tables(rounds: int, *, large: bool) -> dict[str, Callable[[], str]]:
    """Return the functions that make the tables, by name."""
    return {
        "validate": lambda: validate.table(rounds, large=large),
        "build": lambda: build.table(rounds, large=large),
        "dates": lambda: dates.table(rounds),
        "query": query.table,
        "start": lambda: start.table(rounds),
        "site": lambda: site.table(rounds, large=large),
        "worst": lambda: worst.table(rounds),
    }


def facts(rounds: int) -> str:
    """Return what the figures depend on: the machine, without its name, and the versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = platform.release().partition("-")[0]
    output = "tmpfs" if places.on_tmpfs() else "disk"
    ours = subprocess.run([peers.catalogctl(), "--version"], check=True, capture_output=True)
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True)
    versions = ", ".join(f"{name} {version}" for name, version in peers.versions().items())
    lines = [
        f"- {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {kernel}",
        f"- {ours.stdout.decode().strip()}, {git.stdout.strip()}",
        f"- {versions}",
        f"- median of {rounds} alternating runs, start-up included; output on {output}",
    ]
    return "\n".join(lines) + "\n"


def keep(known: str, made: list[str]) -> None:
    """Write facts and tables to README.md; tables that were not made now stay unchanged."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    held, _, after = rest.partition(END)
    tables = {each.partition("\n")[0]: each for each in _TABLE.split(held)[1:]}
    tables |= {each.partition("\n")[0]: each for each in made}
    text = "\n\n".join(each.strip("\n") for each in (known, *tables.values()))
    README.write_text(f"{before}{BEGIN}\n{text}\n\n{END}{after}", encoding="utf-8")


_TABLE = re.compile("^(?=### )", re.MULTILINE)


def main() -> int:
    """Run the requested benchmarks; return 1 if a limit is not met."""
    names = list(tables(0, large=False))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--large", action="store_true", help="measure 100,000 plugins as well")
    parser.add_argument("--readme", action="store_true", help="keep the tables in README.md")
    given = parser.parse_args()
    if os.getloadavg()[0] > BUSY:
        print("this machine is busy: the figures will be too high", file=sys.stderr)
    known, made = facts(given.rounds), list[str]()
    print(known, flush=True)
    for name, make in tables(given.rounds, large=given.large).items():
        if name in given.only:
            made.append(make())
            print(made[-1], flush=True)
    if given.readme:
        keep(known, made)
    return 1 if "**not met**" in "".join(made) else 0


if __name__ == "__main__":
    sys.exit(main())
