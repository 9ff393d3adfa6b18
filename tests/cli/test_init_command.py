"""`catalogctl init`: from nothing to a catalog that its own checks let through."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from catalogctl.new_catalog import PIN, PIN_FILE, Start, starter_files, suggested_id
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

    def test_the_tool_is_pinned_and_by_hash_what_it_needs(self, started: Path) -> None:
        """R-02, R-51."""
        assert (started / ".github/catalogctl.txt").read_text() == f"catalogctl @ {PINS[0]}\n"
        for workflow in (started / ".github/workflows").iterdir():
            steps = [
                step
                for job in yaml.safe_load(workflow.read_text())["jobs"].values()
                for step in job["steps"]
                if "install" in step["name"].lower()
            ]
            assert [step["run"] for step in steps] == [
                'sh .github/install.sh "$RUNNER_TEMP/catalogctl"'
            ], workflow.name
        command = [sys.executable, "tools/setup/runtime_lock.py", "requirements-dev.txt"]
        lock = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert (started / ".github/requirements.txt").read_text() == lock


class TestInstall:
    """R-02: what the workflows install is what is pinned, or they stop and say what to write."""

    PYTHON = """\
#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >> %s/log\\n' "$3" > "$3/bin/pip"
chmod +x "$3/bin/pip"
"""

    def install(self, folder: Path, pin: str) -> tuple[int, str, str]:
        """Run the script with a Python that notes what pip is to do."""
        files = dict(starter_files(Start("X", "X", "repo-1", "domain-1", "")))
        (folder / ".github").mkdir()
        (folder / ".github/install.sh").write_bytes(files[".github/install.sh"])
        (folder / ".github/catalogctl.txt").write_text(pin or files[PIN_FILE].decode())
        (folder / "bin").mkdir()
        (folder / "bin/python3").write_text(self.PYTHON)
        (folder / "bin/python3").chmod(0o755)
        done = subprocess.run(
            ["sh", ".github/install.sh", "venv"],
            cwd=folder,
            env={**environment(), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        log = folder / "venv/log"
        return done.returncode, log.read_text() if log.exists() else "", done.stderr

    @pytest.mark.parametrize("pin", PINS)
    def test_what_is_pinned_is_installed(self, tmp_path: Path, pin: str) -> None:
        """R-02, R-51: first what it needs, by hash, then the tool alone."""
        code, log, said = self.install(tmp_path, f"# a remark\ncatalogctl @ {pin}\n")
        assert (code, said) == (0, "")
        assert log.splitlines() == [
            "install --quiet --require-hashes --requirement .github/requirements.txt",
            "install --quiet --no-deps --no-build-isolation --requirement .github/catalogctl.txt",
        ]

    @pytest.mark.parametrize(
        "pin",
        ["", "catalogctl\n", "catalogctl==0.1.0\n", "# catalogctl @ " + PINS[0], "\n"],
        ids=["as init writes it", "a name", "a version", "a comment", "nothing"],
    )
    def test_what_pins_nothing_stops_the_step_and_says_what_to_write(
        self, tmp_path: Path, pin: str
    ) -> None:
        """R-02."""
        code, log, said = self.install(tmp_path, pin)
        assert (code, log) == (1, "")
        assert ".github/catalogctl.txt does not pin catalogctl" in said
        assert "catalogctl @ git+https://" in said


class TestPullRequest:
    """What the pull request's own workflow does, run as it stands."""

    def step(self, started: Path, folder: Path, **environ: str) -> tuple[int, str, str]:
        text = (started / ".github/workflows/pull-request.yml").read_text()
        steps = yaml.safe_load(text)["jobs"]["catalog"]["steps"]
        (step,) = (each for each in steps if each["name"] == "Validate, and name the calls")
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=folder,
            env={
                **environment(),
                "CATALOGCTL": str(Path(sys.executable).with_name("catalogctl")),
                "GITHUB_WORKSPACE": str(folder),
                "GITHUB_STEP_SUMMARY": str(folder.parent / "summary.md"),
                "RUNNER_TEMP": str(folder.parent),
                "BASE": "HEAD^1",
                "ACTOR": "",
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, (folder.parent / "summary.md").read_text()

    @pytest.fixture
    def merge(self, started: Path, tmp_path: Path) -> Repository:
        """Check out the merge of a pull request with two mistakes and one call."""
        shutil.copytree(started, tmp_path / "work")
        made = Repository(tmp_path / "work")
        made.switch("main")
        made.branch("topic")
        example = (made.folder / "catalog/plugins/plugin-example.yaml").read_text()
        wrong = example.replace("plugin-example", "plugin-wrong").replace("name: ", "nam: ")
        file = "catalog/plugins/plugin-wrong.yaml"
        changed = example.replace("Shows what", "Tells what")
        files = {file: wrong + "state: MAYBE\n", "catalog/plugins/plugin-example.yaml": changed}
        made.commit("wrong", files)
        made.git("switch", "--quiet", "--detach", "main")
        made.commit("main goes on", {"README.md": "another\n"})
        made.merge("topic")
        return made

    def test_each_problem_is_annotated_once(self, started: Path, merge: Repository) -> None:
        """R-04."""
        code, out, summary = self.step(started, merge.folder)
        assert code == 1
        annotations = [line for line in out.splitlines() if line.startswith("::")]
        assert len(annotations) == len(set(annotations)) > 1
        assert all("file=catalog/plugins/plugin-wrong.yaml," in each for each in annotations)
        assert "can't be merged yet" in summary
        assert "README" not in summary, "what main did is not the pull request's"

    def test_base_and_author_are_those_of_the_pull_request(self) -> None:
        """R-09b: not the event's base, and not who pushed or ran it again."""
        for folder in (ROOT / ".github", ROOT / "starter/.github"):
            text = (folder / "workflows/pull-request.yml").read_text()
            assert "BASE: ${{ github.event.merge_group.base_sha || 'HEAD^1' }}" in text
            assert "ACTOR: ${{ github.event.pull_request.user.login }}" in text
            assert "github.actor" not in text
            assert "pull_request.base.sha" not in text

    def test_nobody_asks_for_a_merge_queue(self, started: Path, merge: Repository) -> None:
        """R-09b: an empty author is nobody."""
        _, _, summary = self.step(started, merge.folder, ACTOR="")
        assert "who asks (--actor) is not an owner" in summary
        _, _, summary = self.step(started, merge.folder, ACTOR="eve")
        assert "@eve is not an owner" in summary


def test_what_a_person_makes_beside_the_catalog_is_not_committed(started: Path) -> None:
    for path in (".venv/bin/python", "public/index.html", ".public.before/index.html"):
        (started / path).parent.mkdir(parents=True, exist_ok=True)
        (started / path).write_text("x")
    assert Repository(started).git("status", "--porcelain", "--untracked-files=all") == ""


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
