"""The hooks of pre-commit: one for changed plugin files, one for the whole catalog."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.git import Repository, environment

ROOT = Path(__file__).parents[2]
OTHERS = [
    "tests/validate/cases/plugins/blank.yaml",
    "tests/plugins/x.yaml",
    "README.md",
    "docs/ci.md",
    "my-catalog/plugins/x.yaml",
    "xcatalog.yaml",
]
PLUGINS = ["catalog/plugins/plugin-a.yaml"]
FILES = [
    "catalog/plugins/plugin-a.yml",
    "catalog/plugins/deep/x.yaml",
    "catalog/versions/plugin-a.json",
    "catalog/queries/x.yaml",
    "catalog/catalog.yaml",
    "catalog/imported.json",
    "catalog/site/strings.yaml",
]


def hooks(file: str) -> dict[str, Any]:
    """Return the hooks that a file of pre-commit defines, by id."""
    value = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
    rows = value if isinstance(value, list) else [h for r in value["repos"] for h in r["hooks"]]
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    ("file", "at_the_top"),
    [
        (".pre-commit-hooks.yaml", True),
        (".pre-commit-config.yaml", False),
        ("starter/.pre-commit-config.yaml", False),
    ],
)
def test_a_hook_takes_plugin_files_alone_and_the_other_runs_always(
    file: str, *, at_the_top: bool
) -> None:
    found = hooks(file)
    assert set(found) == {"catalogctl-fmt", "catalogctl-validate"}
    pattern = re.compile(found["catalogctl-fmt"]["files"])
    expected = {*PLUGINS, *(path.removeprefix("catalog/") for path in PLUGINS if at_the_top)}
    everything = {*FILES, *(path.removeprefix("catalog/") for path in FILES), *PLUGINS, *OTHERS}
    everything |= expected
    assert {path for path in everything if pattern.search(path)} == expected
    validate = found["catalogctl-validate"]
    assert (validate["always_run"], validate["pass_filenames"]) == (True, False)
    assert "files" not in validate


@pytest.mark.parametrize("file", [".pre-commit-config.yaml", "starter/.pre-commit-config.yaml"])
def test_the_shipped_hooks_run_the_tool_of_the_virtual_environment(file: str) -> None:
    for hook in hooks(file).values():
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/catalogctl ")


def lines_for_other_repositories() -> str:
    """Return the configuration that docs/ci.md shows."""
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    match = re.search(r"<!-- test: pre-commit -->\n```yaml\n(.*?)```\n", page, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_lines_for_other_repositories_name_our_hooks() -> None:
    (repo,) = yaml.safe_load(lines_for_other_repositories())["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == list(hooks(".pre-commit-hooks.yaml"))


PLUGIN = "name: Mine\nimage: acme/plugin-mine\nservice_type: monitoring.Webhook\n"
SETTINGS = """\
repository: {repository_id: repo-123456789012, name: mine, repository_type: local}
defaults: {domain_id: domain-123456789012}
"""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository with a catalog of one plugin, and the hooks of this commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is no git checkout")
    commit = Repository(ROOT).git("rev-parse", "HEAD")
    text = re.sub(r"repo: \S+", f"repo: file://{ROOT}", lines_for_other_repositories())
    other = Repository.new(tmp_path_factory.mktemp("other"))
    other.write(
        {
            ".pre-commit-config.yaml": re.sub(r"rev: \S+", f"rev: {commit}", text),
            "catalog/catalog.yaml": SETTINGS,
            "catalog/plugins/plugin-mine.yaml": PLUGIN,
        }
    )
    return other


class TestPreCommit:
    """pre-commit itself, with the lines of docs/ci.md in a repository that is not ours."""

    def run(self, other: Repository, *options: str) -> tuple[int, str]:
        other.git("add", "--all")
        settings = {
            "PRE_COMMIT_HOME": str(other.folder.parent / "pre-commit"),
            # What catalogctl stands on is taken from here; test_wheel.py installs it.
            "PYTHONPATH": str(Path(pytest.__file__).parents[1]),
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",
        }
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--color", "never", *options],
            cwd=other.folder,
            env=environment() | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def test_a_file_is_laid_out_and_then_passes(self, other: Repository) -> None:
        code, told = self.run(other, "--all-files")
        assert code == 1
        assert "files were modified by this hook" in told
        text = (other.folder / "catalog/plugins/plugin-mine.yaml").read_text()
        assert text.index("service_type") < text.index("image")
        assert self.run(other, "--all-files")[0] == 0

    def test_a_deletion_is_checked(self, other: Repository) -> None:
        """pre-commit leaves deleted files out of those that changed."""
        other.commit("Begin")
        other.write({"catalog/catalog.yaml": None})
        code, told = self.run(other)
        assert (code, "catalog.yaml" in told) == (1, True), told
        other.git("checkout", "--quiet", "HEAD", "--", "catalog")

    def test_a_mistake_is_told(self, other: Repository) -> None:
        wrong = {"catalog/plugins/plugin-mine.yaml": PLUGIN.replace("acme/plugin-mine", "acme/x")}
        other.write(wrong)
        code, told = self.run(other, "--all-files")
        assert code == 1
        assert "error[plugin-id-file]" in told
