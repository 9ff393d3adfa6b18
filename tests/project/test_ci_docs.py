"""docs/ci.md: its examples, run as they are written there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.catalogs import SETTINGS
from support.changes import FILES, A, B, repository
from support.git import Repository, environment

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BIN = str(Path(sys.executable).parent)
GOOD = {A: FILES[A].replace("icon: a", "icon: b")}
EVIL = {A: FILES[A].replace("acme/", "evil/")}


def example(name: str) -> str:
    match = re.search(rf"<!-- test: {name} -->\n```\w+\n(.*?)```\n", PAGE, re.DOTALL)
    assert match is not None, name
    return match[1]


def shell(text: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env={**environment(), "PATH": f"{BIN}:{os.environ['PATH']}", **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


CURL = """\
#!/bin/sh
[ "$5" = https://gitlab.example.org/api/v4/projects/7/merge_requests/3 ] || exit 2
cat "${0%/*}/answer" 2>/dev/null
"""
OWNED = SETTINGS + "policy: {auto_merge: {owner_fields: [tags]}}\n"


TEMPLATE = (ROOT / "starter/.gitlab-ci.yml").read_text(encoding="utf-8")


class TestGitLab:
    def job(
        self, name: str, made: Repository, author: str | None = "eve", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the script of a job; what installs the tool is left out: it is here."""
        job: Any = yaml.safe_load(TEMPLATE)[name]
        assert job["before_script"] == [
            "sh .github/catalogctl/install.sh .venv",
            'export PATH="$PWD/.venv/bin:$PATH"',
        ]
        programs = made.folder.parent / "bin"
        programs.mkdir()
        (programs / "curl").write_text(CURL)
        (programs / "curl").chmod(0o755)
        if author is not None:
            (programs / "answer").write_text(json.dumps({"author": {"username": author}}))
        return shell(
            "\n".join(job["script"]),
            made.folder,
            **{
                "PATH": f"{programs}:{BIN}:{os.environ['PATH']}",
                "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": made.git("rev-parse", "main"),
                "CI_MERGE_REQUEST_PROJECT_ID": "7",
                "CI_MERGE_REQUEST_IID": "3",
                "CI_API_V4_URL": "https://gitlab.example.org/api/v4",
                "GITLAB_USER_LOGIN": "ann",
                "CI_PAGES_URL": "https://plugins.example.org",
                **environ,
            },
        )

    @pytest.mark.parametrize(("author", "passes"), [("ann", True), ("eve", False), (None, False)])
    def test_the_author_asks_and_not_who_started_the_pipeline(
        self,
        tmp_path: Path,
        author: str | None,
        passes: bool,  # noqa: FBT001
    ) -> None:
        """R-09b."""
        made = repository(tmp_path / "one", settings=OWNED)
        made.commit("change", GOOD)
        done = self.job("catalog", made, author)
        assert done.returncode == 0, done.stderr
        verdict = json.loads((made.folder / "diff.json").read_text())["verdict"]
        assert verdict["auto_mergeable"] is passes

    @pytest.mark.parametrize("event", ["merged_result", "merge_train"])
    def test_a_merge_that_gitlab_made_is_compared_with_its_first_parent(
        self, tmp_path: Path, event: str
    ) -> None:
        """R-09b."""
        made = repository(tmp_path / "one")
        made.commit("change", GOOD)
        base = made.git("rev-parse", "main")
        made.git("switch", "--quiet", "--detach", "main")
        made.commit("on main", {B: None})
        made.merge("side")
        variables = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_EVENT_TYPE": event}
        done = self.job("catalog", made, **variables)
        assert done.returncode == 0, done.stderr
        assert json.loads((made.folder / "diff.json").read_text())["labels"] == ["update"]

    def test_a_merge_request_is_told_and_built(self, tmp_path: Path) -> None:
        made = repository(tmp_path / "one")
        made.commit("change", GOOD)
        done = self.job("catalog", made)
        assert done.returncode == 0, done.stderr
        assert "update" in done.stdout
        assert json.loads((made.folder / "diff.json").read_text())["labels"] == ["update"]
        assert (made.folder / "public/index.json").exists()

    def test_a_merge_request_that_is_refused_fails_and_is_told(self, tmp_path: Path) -> None:
        made = repository(tmp_path / "one")
        made.commit("change", EVIL)
        done = self.job("catalog", made)
        assert done.returncode == 1
        assert "not-updatable" in (made.folder / "diff.json").read_text()

    def test_main_is_published(self, tmp_path: Path) -> None:
        """As the job `pages` deploys it; test_gitlab_pipeline.py runs all jobs."""
        made = repository(tmp_path / "one")
        done = self.job("build", made)
        assert done.returncode == 0, done.stderr
        assert (made.folder / "public/feed.atom").exists()


class TestServer:
    @pytest.fixture
    def made(self, tmp_path: Path) -> Repository:
        """Return a clone of a bare repository that has both hooks."""
        bare = tmp_path / "bare.git"
        made = repository(tmp_path / "work")
        made.git("init", "--quiet", "--bare", "-b", "main", bare)
        for name, hook in {"pre-receive": "hook", "post-receive": "publish"}.items():
            file = bare / "hooks" / name
            file.write_text(example(hook))
            file.chmod(0o755)
        made.git("remote", "add", "origin", bare)
        return made

    def push(self, made: Repository, ref: str) -> subprocess.CompletedProcess[str]:
        public = str(made.folder.parent / "public")
        return shell(f"git push origin {ref}", made.folder, PUBLISH_TO=public)

    def pushed(self, made: Repository, files: Mapping[str, str]) -> bool:
        made.commit("change", files)
        return self.push(made, "HEAD:main").returncode == 0

    def test_a_push_that_the_api_would_take_is_taken_and_published(self, made: Repository) -> None:
        assert self.push(made, "main").returncode == 0
        assert self.pushed(made, GOOD)
        info = made.folder.parent / "public/repository/v1/plugin/get/plugin-alpha.json"
        assert json.loads(info.read_text())["tags"] == {"icon": "b"}

    def test_a_push_that_the_api_would_refuse_is_refused_with_the_reason(
        self, made: Repository
    ) -> None:
        assert self.push(made, "main").returncode == 0
        made.commit("evil", EVIL)
        done = self.push(made, "HEAD:main")
        assert done.returncode != 0
        assert "image can't be changed by an update" in done.stderr
        assert made.git("ls-remote", "origin", "main").startswith(made.git("rev-parse", "main"))

    def test_main_is_not_deleted_and_other_branches_are_free(self, made: Repository) -> None:
        assert self.push(made, "main").returncode == 0
        made.commit("evil", EVIL)
        assert self.push(made, "HEAD:refs/heads/topic").returncode == 0
        assert self.push(made, ":main").returncode != 0


def test_pr_check_does_what_the_action_does() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository")
    done = shell("make --no-print-directory pr-check", ROOT, BASE="HEAD", ACTOR="ann", MAKEFLAGS="")
    assert done.returncode == 0, done.stdout + done.stderr
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for command in ("validate", "diff"):
        assert f"$(CATALOGCTL) {command} --catalog catalog" in MAKEFILE
        assert f'"$CATALOGCTL" {command} --catalog "$CATALOG"' in text
