"""Show a gateway at work: SpaceONE's own clients, and a new edition under load without a lost call.

    python -m benchmarks.gateway_tour [--seconds 5]

Builds the shipped catalog, starts a gateway of it, lists its plugins with spacectl and
spaceone-core, keeps clients calling while the catalog is built again with a change, and ends the
gateway. Exits with 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import measure, peers
from benchmarks.gateway import build, client_command, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.gateway import Gateway

PLUGIN = "plugin-aws-sns-mon-webhook"
CLIENTS = peers.ROOT / ".venv" / "spaceone-clients"
_SCRIPT = Path(__file__).with_name("spaceone_clients.py")
_WATCHED = ("watch", "watch", "watch by HTTP", "watch lists")


class TourError(Exception):
    """Something was not as it should be."""


def main() -> int:
    """Take the tour; return 1 if something is not as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5, help="of load before and after")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalog, tree = folder / "catalog", folder / "public"
        shutil.copytree(peers.ROOT / "catalog", catalog)
        build(catalog, tree)
        try:
            with running(tree, folder) as gateway:
                print(f"started in {gateway.seconds:.2f} s: gRPC at {gateway.grpc}")
                _list_plugins(gateway, folder)
                _swap(gateway, catalog, tree, seconds)
                gateway.process.terminate()
                code = gateway.process.wait(30)
                _check(code == 0, f"ended with exit code {code}")
        except TourError as error:
            print(f"failed: {error}")
            return 1
    return 0


def _check(holds: object, what: str) -> None:
    """Print what was found; raise TourError if it is not as it should be."""
    if not holds:
        raise TourError(what)
    print(what)


def _list_plugins(gateway: Gateway, folder: Path) -> None:
    """List all plugins with SpaceONE's two clients."""
    listed, printed = _ask(gateway, folder, ["core", "Plugin.list", {}], _SPACECTL)
    shown = json.loads(printed)
    plugins = [row["plugin_id"] for row in listed["results"]]
    _check(len(plugins) == listed["total_count"], f"spaceone-core lists {len(plugins)} plugins")
    _check(shown == listed, f"spacectl lists {len(shown['results'])} plugins, the same")


_SPACECTL = ["spacectl", "list", "plugin", "-o", "json"]


def _ask(gateway: Gateway, folder: Path, *calls: Sequence[Any]) -> list[Any]:
    """Return the answers of SpaceONE's clients to some calls."""
    if not CLIENTS.is_dir():
        raise TourError("SpaceONE's clients are not there: tools/setup/spaceone-clients.sh")
    endpoint, environments = f"grpc://{gateway.grpc}", folder / ".spaceone" / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    (environments.parent / "environment.yml").write_text("environment: tour\n", encoding="utf-8")
    settings = json.dumps({"endpoints": {"repository": endpoint}})
    (environments / "tour.yml").write_text(settings, encoding="utf-8")
    environ = measure.environment(
        {"HOME": str(folder), "PYTHONPATH": str(CLIENTS), "PYTHONWARNINGS": "ignore"}
    )
    lines = "".join(f"{json.dumps(call)}\n" for call in calls)
    command = (sys.executable, _SCRIPT, endpoint)
    done = subprocess.run(
        command, input=lines, capture_output=True, text=True, check=True, env=environ
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _swap(gateway: Gateway, catalog: Path, tree: Path, seconds: float) -> None:
    """Build the catalog again with a change while clients call, and see that no call fails."""
    load = [
        subprocess.Popen(
            client_command(gateway, name, 1),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in _WATCHED
    ]
    time.sleep(seconds)
    file = catalog / "plugins" / f"{PLUGIN}.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8')}state: DISABLED\n", encoding="utf-8")
    build(catalog, tree)
    gateway.wait_for_edition()
    print("a new edition is served")
    time.sleep(seconds)
    answers = [process.communicate() for process in load]
    failed = [process for process in load if process.returncode]
    found = [json.loads(out) for out, _ in answers if out]
    calls, longest = sum(each["calls"] for each in found), max(each["max"] for each in found)
    _check(not failed, f"{calls:,.0f} calls meanwhile, none failed, the longest {longest:.0f} ms")
    (plugin,) = _ask(gateway, tree.parent, ["core", "Plugin.get", {"plugin_id": PLUGIN}])
    _check(plugin["state"] == "DISABLED", f"{PLUGIN} is {plugin['state']} now")


if __name__ == "__main__":
    sys.exit(main())
