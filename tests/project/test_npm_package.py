"""The npm package of the query engine, as `make dist` packs it, installed from its file."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from catalogctl import __version__
from support.javascript import ROOT, node
from support.published import Site, edition

if TYPE_CHECKING:
    from pathlib import Path

COMPILER = ROOT / ".venv/typescript/node_modules/typescript/bin/tsc"
PROGRAM = re.findall(r"(?ms)^```js\n(.*?)^```$", (ROOT / "npm/README.md").read_text("utf-8"))[0]
CATALOG = "https://example.org/catalog/"
TYPED = """
import { everything, list, QueryError, type Context, type PluginInfo } from "catalogctl-query";

export async function names(root: string): Promise<unknown[]> {
  const { plugins, ...context }: Context & { plugins: PluginInfo[] } = await everything(root);
  return list(plugins, {}, context).results.map((plugin) => plugin.name);
}
export const place = (error: unknown) => error instanceof QueryError && error.pointer;
"""


def pack(folder: Path, **environ: str) -> Path:
    """Pack as `make dist` does, and return the file."""
    if shutil.which("npm") is None or not COMPILER.exists():
        reason = "the npm package needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [ROOT / "tools/setup/npm-package.sh", folder]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environ})
    (packed,) = folder.iterdir()
    return packed


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(tmp_path_factory.mktemp("npm") / "first")


@pytest.fixture(scope="module")
def project(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of somebody else that has installed the file, without a network."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    command = ["npm", "install", "--offline", "--no-audit", "--no-fund", str(packed)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def test_the_package_has_the_engine_its_types_and_nothing_else(packed: Path) -> None:
    assert packed.name == f"catalogctl-query-{__version__}.tgz"
    with tarfile.open(packed) as archive:
        names = {member.name.removeprefix("package/") for member in archive}
        about = json.load(archive.extractfile("package/package.json"))  # type: ignore[arg-type]
    scripts = {"query.js", *(f"query/{each.name}" for each in (ROOT / "site/js/query").iterdir())}
    types = {f"{name.removesuffix('.js')}.d.ts" for name in scripts}
    assert names == {*scripts, *types, "LICENSE", "README.md", "package.json"}
    assert (about["version"], about["license"]) == (__version__, "Apache-2.0")
    assert not {"dependencies", "scripts", "devDependencies"} & set(about)


def test_the_same_commit_gives_the_same_package(packed: Path, tmp_path: Path) -> None:
    """Q-08: whatever the umask, the time zone and the language."""
    before = os.umask(0o077)
    try:
        again = pack(tmp_path / "second", TZ="Pacific/Kiritimati", LC_ALL="C")
    finally:
        os.umask(before)
    first, second = (hashlib.sha256(file.read_bytes()).hexdigest() for file in (packed, again))
    assert first == second


def test_the_example_of_the_package_runs_from_the_packed_file(project: Path) -> None:
    site = Site(edition(1))
    site.start()
    told = "console.log(JSON.stringify([aws, types, plugins.length]));\n"
    text = PROGRAM.replace(CATALOG, site.url) + told
    (project / "program.js").write_text(text, encoding="utf-8")
    command = [node(), "program.js"]
    done = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True)
    site.stop()
    assert done.stderr == ""
    nothing = {"results": [], "total_count": 0}
    assert json.loads(done.stdout) == [nothing, {"results": [None]}, 2]


def test_a_program_is_checked_against_the_types_of_the_package(project: Path) -> None:
    (project / "right.ts").write_text(TYPED, encoding="utf-8")
    wrong = TYPED.replace("error.pointer", "error.place")
    (project / "wrong.ts").write_text(wrong, encoding="utf-8")
    settings = ("--strict", "--noEmit", "--module", "nodenext", "--target", "es2022")
    command = [node(), str(COMPILER), *settings, "right.ts", "wrong.ts"]
    done = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True)
    (told,) = done.stdout.splitlines()
    assert told.startswith("wrong.ts(")
    assert "Property 'place' does not exist on type 'QueryError'" in told
