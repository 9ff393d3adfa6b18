"""The jobs of publish.yml, run as a runner does: built, signed, deployed, and looked at."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from support.git import Repository
from support.published import Site
from support.publishing import files_in
from support.runner import Runner, gh_that_knows_main, let_it_install_this_tool
from support.signed import TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
SKIPPED = {"build": "success", "sign": "skipped", "deploy": "skipped", "look": "skipped"}
FAILED = {"build": "success", "sign": "failure", "deploy": "skipped", "look": "skipped"}


@dataclass
class Host:
    """What a host does for a catalog: it runs the workflow, and serves what is deployed."""

    folder: Path
    catalog: Repository
    site: Site
    secrets: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def run(self, event: str = "push", sha: str = "", branch: str = "main") -> dict[str, str]:
        """Run the workflow on the head of main or another branch, or on another commit."""
        self.artifacts.clear()
        sha = sha or self.catalog.git("rev-parse", "HEAD")
        workspace, temp = self.folder / "workspace", self.folder / "temp"
        for each in (workspace, temp):
            shutil.rmtree(each, ignore_errors=True)
        temp.mkdir()
        self.catalog.git("clone", "--quiet", self.catalog.folder, workspace)
        Repository(workspace).git("checkout", "--quiet", sha)
        runner = Runner(
            workspace,
            temp,
            {
                "github.event_name": event,
                "github.ref": f"refs/heads/{branch}",
                "github.sha": sha,
                "github.token": "t",
            },
            {
                "actions/checkout": lambda _: {},
                "actions/configure-pages": lambda _: {"base_url": self.site.url.rstrip("/")},
                "actions/upload-artifact": self._keep,
                "actions/upload-pages-artifact": self._keep,
                "actions/download-artifact": self._take,
                "actions/deploy-pages": self._deploy,
            },
            secrets={"catalog-signing": self.secrets},
        )
        results = runner.run_all("publish.yml")
        self.said = "\n".join(step.out + step.err for step in runner.steps)
        return results

    def _keep(self, options: Mapping[str, str]) -> Mapping[str, str]:
        name = options.get("name", "github-pages")
        found = files_in(self.folder / "workspace" / options["path"])
        is_whole = options.get("include-hidden-files") == "true"
        self.artifacts[name] = {
            path: data for path, data in found.items() if is_whole or not f"/{path}".count("/.")
        }
        return {}

    def _take(self, options: Mapping[str, str]) -> Mapping[str, str]:
        place = self.folder / "workspace" / options["path"]
        shutil.rmtree(place)
        for path, data in self.artifacts[options["name"]].items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
        return {}

    def _deploy(self, options: Mapping[str, str]) -> Mapping[str, str]:
        assert options == {}
        self.site.files = self.artifacts["github-pages"]
        return {"page_url": self.site.url}

    @property
    def version(self) -> int:
        """The version of the timestamp that is served."""
        version: int = json.loads(self.site.files[TIMESTAMP])["signed"]["version"]
        return version


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Return the host of a catalog as `init` makes it, with keys beside it, but no root yet."""
    assert main(["init", str(tmp_path / "catalog")]) == 0
    catalog = Repository(tmp_path / "catalog")
    let_it_install_this_tool(catalog.folder)
    catalog.commit("Begin")
    monkeypatch.setenv("PATH", gh_that_knows_main(tmp_path / "programs", catalog.folder, "main"))
    site = Site({})
    site.start()
    yield Host(tmp_path, catalog, site)
    site.stop()


def sign_from_now_on(host: Host) -> None:
    """Make keys and a root, commit the root, and give the key to the environment."""
    keys = host.folder / "keys"
    where = ["--catalog", str(host.catalog.folder / "catalog")]
    assert main(["trust", "init", "--keys", str(keys), "--no-passphrase", *where]) == 0
    host.catalog.commit("Sign the catalog")
    host.secrets["CATALOGCTL_ONLINE_KEY"] = (keys / "online.pem").read_text()


def test_a_catalog_without_a_root_is_deployed_as_before(host: Host) -> None:
    assert host.run() == {**SKIPPED, "deploy": "success"}
    assert {"index.json", ".nojekyll"} <= host.site.files.keys()
    assert TIMESTAMP not in host.site.files
    host.site.files = {}
    assert host.run("schedule") == {**SKIPPED, "deploy": "success"}
    assert "index.json" in host.site.files, "it may have taken the place of a push that waited"


def test_main_alone_is_published_by_hand(host: Host) -> None:
    """As `gh workflow run publish.yml` does after a merge by a workflow, which starts no run."""
    assert host.run("workflow_dispatch", branch="side") == dict.fromkeys(SKIPPED, "skipped")
    assert host.run("workflow_dispatch") == {**SKIPPED, "deploy": "success"}
    assert "index.json" in host.site.files


def test_a_catalog_with_a_root_is_signed_and_renewed(host: Host) -> None:
    """Same bytes, new signatures; who has pinned the root reads on."""
    sign_from_now_on(host)
    root = str(host.catalog.folder / "catalog/trust/1.root.json")
    assert host.run() == {**SKIPPED, "sign": "success", "deploy": "success"}, host.said
    assert main(["verify", host.site.url, "--trust", root]) == 0
    before, version = dict(host.site.files), host.version
    assert ".nojekyll" in before
    assert host.run("schedule") == dict.fromkeys(SKIPPED, "success"), host.said
    assert host.version > version
    assert main(["verify", host.site.url, "--trust", root]) == 0
    changed = {path for path, data in host.site.files.items() if before.get(path) != data}
    assert all(path.startswith("trust/metadata/") for path in changed)
    assert "timestamp" in host.said


def test_nothing_is_deployed_unsigned_once_there_was_a_root(host: Host) -> None:
    """Without the secret, with a wrong one, and after the root was taken out."""
    sign_from_now_on(host)
    key = host.secrets.pop("CATALOGCTL_ONLINE_KEY")
    assert host.run() == FAILED
    assert "there is no key to sign with" in host.said
    host.secrets["CATALOGCTL_ONLINE_KEY"] = (host.folder / "keys/root-1.pem").read_text()
    assert host.run() == FAILED
    host.secrets["CATALOGCTL_ONLINE_KEY"] = key
    host.catalog.commit("Sign no more", {"catalog/trust/1.root.json": None})
    assert host.run() == FAILED
    assert "holds no 1.root.json" in host.said
    assert host.site.files == {}
    assert key.splitlines()[1] not in host.said


def test_a_root_that_a_merge_left_out_counts(host: Host) -> None:
    """The history that git shows by default does not hold such a commit."""
    sign_from_now_on(host)
    host.catalog.merge_away("main")
    assert not (host.catalog.folder / "catalog/trust").exists()
    assert host.run() == FAILED
    assert "holds no 1.root.json" in host.said


def test_an_edition_that_main_has_left_is_not_signed(host: Host) -> None:
    """R-32: a run that is started again later would publish an old edition as the newest."""
    sign_from_now_on(host)
    old = host.catalog.git("rev-parse", "HEAD")
    host.catalog.commit("Go on", {"README.md": "# Plugins\n"})
    assert host.run(sha=old) == FAILED
    assert "main is at" in host.said
    assert host.site.files == {}


def test_an_old_run_that_is_started_again_deploys_nothing(host: Host) -> None:
    """R-32: without a root, too, the site would go back."""
    old = host.catalog.git("rev-parse", "HEAD")
    host.catalog.commit("Go on", {"README.md": "# Plugins\n"})
    assert host.run(sha=old) == {**SKIPPED, "build": "failure"}
    assert "main is at" in host.said
    assert host.site.files == {}


def test_ours_and_the_starters_workflow_differ_only_in_how_the_tool_is_installed() -> None:
    ours, starters = (
        (ROOT / folder / ".github/workflows/publish.yml").read_text().splitlines()
        for folder in ("", "starter")
    )
    assert len(ours) == len(starters)
    different = [one for one, other in zip(ours, starters, strict=True) if one != other]
    assert all(
        "catalogctl" in line or "venv.sh" in line or "uses: ./" in line for line in different
    )
    assert len(different) == 5
