"""`catalogctl init`: from nothing to a catalog that its own checks let through."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from catalogctl.starting import PIN, Start, starter_files, suggested_id
from support.git import Repository, environment
from support.workflows import actionlint, faults

ROOT = Path(__file__).parents[2]
PINS = [
    "git+https://git.example.org/catalogctl@4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345",
    "https://files.example.org/catalogctl-0.1.0-py3-none-any.whl#sha256=" + "0a" * 32,
]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "catalogctl", *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new catalog repository, with its first commit."""
    folder = tmp_path_factory.mktemp("start")
    done = run(folder, "init", "plugins", "--name", "Market: «place»", "--tool", PINS[0])
    assert done.returncode == 0, done.stderr
    Repository(folder / "plugins").commit("Start")
    return folder / "plugins"


def test_what_is_begun_passes_its_own_checks_and_is_published(started: Path) -> None:
    for command in (
        ("validate",),
        ("fmt", "--check"),
        ("diff", "--base", "main"),
        ("build", "--out", "../public"),
        ("verify", "../public"),
    ):
        done = run(started, *command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    index = json.loads((started.parent / "public/index.json").read_text())
    assert index["repository_info"]["name"] == "Market: «place»"
    assert [each["plugin_id"] for each in index["plugins"]] == ["plugin-example"]


def test_the_first_pull_request_is_told(started: Path) -> None:
    repository = Repository(started)
    repository.branch("first")
    text = (started / "catalog/plugins/plugin-example.yaml").read_text()
    mine = text.replace("plugin-example", "plugin-mine").replace("name: Example", "name: Mine")
    repository.commit("mine", {"catalog/plugins/plugin-mine.yaml": mine})
    done = run(started, "diff", "--base", "main", "--format", "json")
    assert done.returncode == 0, done.stderr
    (change,) = json.loads(done.stdout)["changes"]
    assert (change["plugin_id"], change["calls"]) == ("plugin-mine", ["register"])


class TestWorkflows:
    def test_they_keep_our_rules(self, started: Path) -> None:
        """R-01, R-03, R-07, R-50."""
        for workflow in (started / ".github/workflows").iterdir():
            assert faults(workflow.read_text()) == [], workflow.name

    def test_zizmor_finds_nothing(self, started: Path) -> None:
        """R-01, R-53: beyond the one trigger that is ignored, with its reason."""
        zizmor = Path(sys.executable).with_name("zizmor")
        told = subprocess.run(
            [
                zizmor,
                "--offline",
                "--persona",
                "pedantic",
                "--no-progress",
                "--color",
                "never",
                started,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
        assert "(1 ignored)" in told.stdout

    def test_actionlint_finds_nothing(self, started: Path) -> None:
        """R-53."""
        told = actionlint(*sorted((started / ".github/workflows").iterdir()))
        assert (told.returncode, told.stdout, told.stderr) == (0, "", "")

    def test_what_posts_a_comment_is_what_posts_ours(self, started: Path) -> None:
        texts = [folder / ".github/workflows/comment.yml" for folder in (ROOT, started)]
        ours, theirs = (yaml.safe_load(text.read_text())["jobs"] for text in texts)
        assert ours["post"] == theirs["post"]

    def test_the_tool_is_pinned(self, started: Path) -> None:
        """R-02."""
        assert (started / ".github/catalogctl.txt").read_text() == f"catalogctl @ {PINS[0]}\n"
        for workflow in (started / ".github/workflows").iterdir():
            text = workflow.read_text()
            installs = [line.strip() for line in text.splitlines() if "pip" in line]
            command = '"$RUNNER_TEMP/catalogctl/bin/pip" install --quiet --requirement'
            assert installs == [f"{command} .github/catalogctl.txt"], workflow.name


@pytest.mark.parametrize("pin", PINS)
def test_a_pin_names_bytes_or_a_commit(pin: str) -> None:
    assert PIN.fullmatch(pin)


@pytest.mark.parametrize(
    "tool",
    [
        "catalogctl",
        "catalogctl==0.1.0",
        "git+https://git.example.org/catalogctl@main",
        "http://files.example.org/catalogctl.whl#sha256=" + "0" * 64,
        "https://files.example.org/catalogctl.whl",
        PINS[0] + "\n--index-url https://evil.example",
    ],
    ids=ascii,
)
def test_what_pins_nothing_is_wrong_usage(tmp_path: Path, tool: str) -> None:
    """R-02."""
    done = run(tmp_path, "init", "new", "--tool", tool)
    assert done.returncode == 2
    assert "pins nothing" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("hello")
    done = run(tmp_path, "init", ".")
    assert done.returncode == 2
    assert "is not empty (mine)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ['a"b', "a: b", "#x", "yes", "@tool@", "a\\n", "\u00e9", "x\ny"])
def test_any_name_is_a_value_and_nothing_else(name: str) -> None:
    start = Start(name, name, suggested_id("repo", name), suggested_id("domain", name))
    files = dict(starter_files(start))
    settings = yaml.safe_load(files["catalog/catalog.yaml"])
    assert settings["repository"]["name"] == name
    assert settings["site"]["title"] == name


def test_without_a_pin_the_command_says_where_to_write_one(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "new")
    assert done.returncode == 0
    assert "pin the tool in new/.github/catalogctl.txt" in done.stderr
    assert all(
        line.startswith("#")
        for line in (tmp_path / "new/.github/catalogctl.txt").read_text().splitlines()
    )
