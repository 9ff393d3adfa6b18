"""Measure what signing costs: `sign` against a build, and `get` signed against unsigned.

    .venv/bin/python -m benchmarks.signed CATALOG [--program PATH] [--rounds 7]

CATALOG is a folder with catalog.yaml. securesystemslib imports boto3 where it is installed, as in
the environment of the tests: name the catalogctl of one without it as PATH.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from benchmarks import measure, peers, places
from benchmarks.measure import Command

LATER = 100
"""Seconds by which what is remembered is made older, so that the host is asked again."""


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves a tree; counts requests and bytes of bodies."""

    protocol_version = "HTTP/1.1"
    requests = 0
    sent = 0

    def send_response(self, code: int, message: str | None = None) -> None:
        """Count a request."""
        Host.requests += 1
        super().send_response(code, message)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Count the bytes of a file."""
        data = source.read()
        Host.sent += len(data)
        outputfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


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
    handler = functools.partial(Host, directory=str(tree))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    plugin = min(path.stem for path in (tree / "repository/v1/plugin/get").glob("plugin-*.json"))
    homes = {name: places.outputs() / name for name in ("unsigned", "first", "later", "within")}

    def before(name: str) -> None:
        Host.requests = Host.sent = 0
        if name in {"unsigned", "first"}:
            shutil.rmtree(homes[name], ignore_errors=True)
        for state in homes[name].rglob("state.json") if name == "later" else ():
            value = json.loads(state.read_bytes())
            state.write_text(json.dumps({**value, "refreshed_at": value["refreshed_at"] - LATER}))

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
    medians = {name: measure.median(r) for name, r in measure.alternating(commands, rounds).items()}
    for name, each in medians.items():
        measure.run(commands[name])
        more = (each.wall - medians["unsigned"].wall) * 1000
        asked = f"{Host.requests} requests, {Host.sent:,} bytes"
        print(f"get {name:9} {each}, {more:+.0f} ms, {asked}")
    server.shutdown()


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
