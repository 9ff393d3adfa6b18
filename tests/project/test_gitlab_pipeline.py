"""The pipeline of .gitlab-ci.yml on main, run as a runner does: build, sign, deploy, look."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from catalogctl.cli.main import main
from catalogctl.trust.signed_metadata import DAY
from support.git import Repository, environment
from support.published import Site
from support.publishing import files_in, write_tree
from support.runner import let_it_install_this_tool
from support.signed import TIMESTAMP, Signing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "CATALOGCTL_ONLINE_KEY"
SOURCES = {
    '$CI_PIPELINE_SOURCE == "merge_request_event"': (),
    "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH": ("push", "schedule"),
    '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH': ("schedule",),
}
"""The rules of the template, each with what starts the pipelines of main that it is for."""
DEPLOYED = {"build": True, "sign": True, "pages": True}
STOPPED = {"build": True, "sign": False}


@dataclass
class GitLab:
    """What GitLab does for a catalog: it runs the pipeline of main, and serves its Pages.

    Each job has a clone of its own; `signing` are the variables of the environment catalog-signing.
    """

    folder: Path
    catalog: Repository
    site: Site
    signing: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def run(self, source: str = "push") -> dict[str, bool]:
        """Run the pipeline of the newest commit until a job fails; return which jobs passed."""
        artifacts: dict[str, dict[str, bytes]] = {}
        passed: dict[str, bool] = {}
        self.said = ""
        for name, job in self._jobs():
            if source not in SOURCES[job["rules"][0]["if"]] or not all(passed.values()):
                continue
            trees = [artifacts[needed] for needed in job.get("needs", ())]
            passed[name], artifacts[name] = self._run(job, "", *trees)
            if name == "pages" and passed[name]:
                self.site.files = artifacts[name]
        return passed

    def passes(self, name: str, sha: str = "") -> bool:
        """Run one job, without what others leave; return whether it passed."""
        return self._run(dict(self._jobs())[name], sha)[0]

    def _jobs(self) -> Iterator[tuple[str, dict[str, Any]]]:
        jobs = yaml.safe_load((self.catalog.folder / ".gitlab-ci.yml").read_text())
        return ((name, job) for name, job in jobs.items() if name != "variables")

    def _run(
        self, job: dict[str, Any], sha: str, *trees: dict[str, bytes]
    ) -> tuple[bool, dict[str, bytes]]:
        """Run a job in a new clone; return whether it passed, and the tree that it leaves."""
        sha = sha or self.catalog.git("rev-parse", "HEAD")
        place = self.folder / "builds"
        shutil.rmtree(place, ignore_errors=True)
        self.catalog.git("clone", "--quiet", self.catalog.folder, place)
        Repository(place).git("checkout", "--quiet", sha)
        for tree in trees:
            write_tree(place / "public", tree)
        passed = self._script(job, place, sha)
        return passed, files_in(place / "public")

    def _script(self, job: dict[str, Any], place: Path, sha: str) -> bool:
        """Run the script of a job; only the job that signs sees the variables for it."""
        is_signing = job.get("environment", {}).get("name") == "catalog-signing"
        variables = {
            "CI_COMMIT_SHA": sha,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PAGES_URL": self.site.url.rstrip("/"),
            "CI_REPOSITORY_URL": str(self.catalog.folder),
            **(self.signing if is_signing else {}),
        }
        script = "\n".join([*job.get("before_script", ()), *job["script"]])
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=place,
            env={**environment(), **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.said += done.stdout + done.stderr
        return done.returncode == 0

    @property
    def version(self) -> int:
        """The version of the timestamp that is served."""
        version: int = json.loads(self.site.files[TIMESTAMP])["signed"]["version"]
        return version


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[GitLab]:
    """Return the GitLab of a catalog as `init` makes it, without a root."""
    assert main(["init", str(tmp_path / "catalog"), "--ci", "gitlab"]) == 0
    catalog = Repository(tmp_path / "catalog")
    let_it_install_this_tool(catalog.folder)
    catalog.commit("Begin")
    site = Site({})
    site.start()
    yield GitLab(tmp_path, catalog, site)
    site.stop()


def sign_from_now_on(gitlab: GitLab) -> str:
    """Make keys and a root, commit the root, set the variable; return the path of the root."""
    keys, catalog = gitlab.folder / "keys", gitlab.catalog.folder / "catalog"
    where = ["--catalog", str(catalog)]
    assert main(["trust", "init", "--keys", str(keys), "--no-passphrase", *where]) == 0
    gitlab.catalog.commit("Sign the catalog")
    gitlab.signing[KEY] = (keys / "online.pem").read_text()
    return str(catalog / "trust/1.root.json")


def test_a_catalog_without_a_root_is_deployed_unsigned(gitlab: GitLab) -> None:
    assert gitlab.run("schedule") == {**DEPLOYED, "look": True}, gitlab.said
    assert "feed.atom" in gitlab.site.files
    assert TIMESTAMP not in gitlab.site.files


def test_a_catalog_with_a_root_is_signed_and_renewed(gitlab: GitLab) -> None:
    """Same bytes, new signatures; who has pinned the root reads on."""
    root = sign_from_now_on(gitlab)
    assert gitlab.run() == DEPLOYED, gitlab.said
    assert main(["verify", gitlab.site.url, "--trust", root]) == 0
    before, version = dict(gitlab.site.files), gitlab.version
    assert gitlab.run("schedule") == {**DEPLOYED, "look": True}, gitlab.said
    assert gitlab.version > version
    assert main(["verify", gitlab.site.url, "--trust", root]) == 0
    changed = {path for path, data in gitlab.site.files.items() if before.get(path) != data}
    assert all(path.startswith("trust/metadata/") for path in changed)
    assert "timestamp" in gitlab.said


def test_nothing_is_deployed_unsigned_once_there_was_a_root(gitlab: GitLab) -> None:
    """Without the variable, and after the root was taken out."""
    sign_from_now_on(gitlab)
    key = gitlab.signing.pop(KEY)
    assert gitlab.run() == STOPPED
    assert "there is no key to sign with" in gitlab.said
    gitlab.signing[KEY] = key
    assert gitlab.site.files == {}
    gitlab.catalog.commit("Sign no more", {"catalog/trust/1.root.json": None})
    assert not gitlab.passes("sign")
    assert "holds no 1.root.json" in gitlab.said
    assert key.splitlines()[1] not in gitlab.said


def test_a_root_that_a_merge_left_out_counts(gitlab: GitLab) -> None:
    """The history that git shows by default does not hold such a commit."""
    sign_from_now_on(gitlab)
    gitlab.catalog.merge_away("main")
    assert not (gitlab.catalog.folder / "catalog/trust").exists()
    assert not gitlab.passes("sign")
    assert "holds no 1.root.json" in gitlab.said


@pytest.mark.parametrize("job", ["sign", "pages"])
@pytest.mark.parametrize("prepare", [sign_from_now_on, None])
def test_an_edition_that_main_has_left_is_not_deployed(
    gitlab: GitLab, job: str, prepare: Callable[[GitLab], str] | None
) -> None:
    """R-32: a job that is started again later would publish an old edition as the newest."""
    if prepare is not None:
        prepare(gitlab)
    old = gitlab.catalog.git("rev-parse", "HEAD")
    gitlab.catalog.commit("Go on", {"README.md": "# Plugins\n"})
    assert not gitlab.passes(job, old)
    assert "main is at" in gitlab.said


def test_signatures_that_were_not_renewed_are_told(gitlab: GitLab) -> None:
    sign_from_now_on(gitlab)
    signing = Signing.new(gitlab.folder / "signing")
    for days in (4, 2):
        gitlab.site.files = signing.signed(1, f"days-{days}", life=days * DAY)
        assert gitlab.passes("look") is (days == 4)
    assert "timestamp expires at" in gitlab.said
