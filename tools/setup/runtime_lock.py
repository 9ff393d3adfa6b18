"""Cut the part of a lock that catalogctl runs on, hashes and all.

`requirements-dev.txt` locks the tests' tools too. Whoever only builds a catalog needs a quarter of
it: the dependencies of `pyproject.toml`, the further packages that are named after the lock, and
what these stand on; with `--further` only what these add. Who stands on whom is in the lock itself,
in the `# via` comments that `uv pip compile` writes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROJECT = "catalogctl (pyproject.toml)"


def entries(lock: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield name, text and dependents of each package of a lock, in its order."""
    for text in re.split(r"(?m)^(?=[A-Za-z0-9])", lock):
        if "==" not in text:
            continue
        name = text.partition("==")[0]
        dependents = re.findall(r"(?m)^ +#(?: via)? +(\S.*)$", text)
        yield name, text, frozenset(dependents)


def runtime_part(lock: str, further: Iterable[str] = ()) -> str:
    """Return what the project and further packages need, in the lock's order, without comments."""
    packages = list(entries(lock))
    needed = {name for name, _, dependents in packages if PROJECT in dependents}
    needed.update(further)
    while more := {
        name for name, _, dependents in packages if dependents & needed and name not in needed
    }:
        needed |= more
    text = "".join(text for name, text, _ in packages if name in needed)
    return re.sub(r"(?m)^ +#.*\n", "", text)


def further_part(lock: str, further: Iterable[str]) -> str:
    """Return what further packages need besides what the project needs anyway."""
    own = {name for name, _, _ in entries(runtime_part(lock))}
    packages = entries(runtime_part(lock, further))
    return "".join(text for name, text, _ in packages if name not in own)


if __name__ == "__main__":
    part = further_part if sys.argv[1] == "--further" else runtime_part
    path, *packages = (argument for argument in sys.argv[1:] if argument != "--further")
    sys.stdout.write(part(Path(path).read_text(encoding="utf-8"), packages))
