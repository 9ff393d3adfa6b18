"""`catalogctl init`: from nothing to a catalog that its own checks let through."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from catalogctl import __version__
from catalogctl.new_catalog.start import starter_files
from catalogctl.new_catalog.starter_files import CI, Start, suggested_id
from catalogctl.new_catalog.tool_pin import ToolPin
from support.git import Repository, environment
from support.workflows import actionlint, faults, shell

ROOT = Path(__file__).parents[2]
URL = f"https://files.example.org/catalogctl-{__version__}-py3-none-any.whl"
SHA256 = "0a" * 32
START = Start("X", "X", "repo-1", "domain-1")


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
    done = run(folder, "init", "plugins", "--name", "Market: «place»")
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


def test_git_changes_no_byte_that_counts(started: Path, tmp_path: Path) -> None:
    """Nor does it with core.autocrlf, as git on Windows is installed."""
    made = Repository(tmp_path / "clone", options=("-c", "core.autocrlf=true"))
    made.folder.mkdir()
    made.git("clone", "--quiet", started, made.folder)
    assert b"\r\n" in (made.folder / "README.md").read_bytes(), "git converts"
    done = run(made.folder, "init", "--update", "--check")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    paths = [f"catalog/{each}" for each in ("trust/1.root.json", "versions/x.json")]
    upstream = [f"catalog/upstream/one/{each}" for each in ("source.json", "plugins/x.json")]
    for folder in (made.folder, *([ROOT] if (ROOT / ".git").exists() else [])):
        told = Repository(folder).git("check-attr", "text", *paths, *upstream)
        assert [line.rpartition(" ")[2] for line in told.splitlines()] == ["unset"] * 4


def test_a_catalog_in_another_repository_is_told(tmp_path: Path) -> None:
    outer = Repository.new(tmp_path / "outer").folder
    done = run(outer, "init", "x")
    assert done.returncode == 0
    assert f"note: x is part of the repository {outer}," in done.stderr
    assert not (outer / "x/.git").exists()
    own = Repository.new(tmp_path / "own").folder
    for done in (run(own, "init", "."), run(tmp_path, "init", "new")):
        assert (done.returncode, "note" in done.stderr) == (0, False)
    assert (tmp_path / "new/.git").exists()


class TestWorkflows:
    def test_they_keep_our_rules(self, started: Path) -> None:
        """R-01, R-03, R-07, R-50."""
        for workflow in (started / ".github/workflows").iterdir():
            assert faults(workflow.read_text()) == [], workflow.name

    def test_zizmor_finds_nothing(self, started: Path) -> None:
        """R-01, R-53: but one trigger and two calls of the action, with their reasons."""
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
        assert "(3 ignored)" in told.stdout

    def test_actionlint_finds_nothing(self, started: Path) -> None:
        """R-53."""
        told = actionlint(*sorted((started / ".github/workflows").iterdir()))
        assert (told.returncode, told.stdout, told.stderr) == (0, "", "")

    def test_what_posts_a_comment_is_what_posts_ours(self, started: Path) -> None:
        texts = [folder / ".github/workflows/comment.yml" for folder in (ROOT, started)]
        ours, theirs = (yaml.safe_load(text.read_text())["jobs"] for text in texts)
        assert ours["post"] == theirs["post"]

    def test_each_installs_the_tool_in_the_same_way(self, started: Path) -> None:
        """R-02, R-51."""
        files = [*(started / ".github/workflows").iterdir()]
        files.append(started / ".github/catalogctl/action.yml")
        lines = [line for file in files for line in file.read_text().splitlines()]
        installs = {line.strip() for line in lines if "install.sh" in line and "#" not in line}
        assert installs == {
            'run: sh .github/catalogctl/install.sh "$RUNNER_TEMP/catalogctl"',
            'run: sh .github/catalogctl/install.sh "$RUNNER_TEMP/catalogctl" trust',
            'sh "$GITHUB_ACTION_PATH/install.sh" "$RUNNER_TEMP/catalogctl"',
        }
        assert not any("pip " in line for line in lines)


class TestInstall:
    """R-02, R-51: what the workflows install is held to the hashes of what wrote them."""

    def test_the_tool_lies_in_the_repository_and_all_is_pinned_by_hash(self, started: Path) -> None:
        folder = started / ".github/catalogctl"
        (wheel,) = folder.glob("*.whl")
        assert wheel.name == f"catalogctl-{__version__}-py3-none-any.whl"
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
        text = (folder / "requirements.txt").read_text()
        pin = f"catalogctl=={__version__} \\\n    --hash=sha256:{sha256}\n"
        lock = (ROOT / "requirements.txt").read_text()
        assert text.endswith(f"\n{pin}{lock}")

    def test_the_script_installs_by_hash_and_looks_beside_itself(self, started: Path) -> None:
        script = (started / ".github/catalogctl/install.sh").read_text()
        assert script.count("pip") == 1
        assert (
            '"$venv/bin/pip" install --quiet --require-hashes --find-links "$here"'
            ' --requirement "$here/requirements.txt" "$@"\n'
        ) in script

    def test_another_wheel_of_the_same_name_is_refused(self, started: Path, tmp_path: Path) -> None:
        """One byte more, and pip installs nothing."""
        folder = tmp_path / "catalogctl"
        shutil.copytree(started / ".github/catalogctl", folder)
        (wheel,) = folder.glob("*.whl")
        wheel.write_bytes(wheel.read_bytes() + b"x")
        pin = (folder / "requirements.txt").read_text().partition("\nanyio")[0]
        (folder / "requirements.txt").write_text(pin)
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-index", "--dest", "x"]
        done = subprocess.run(
            [*pip, "--require-hashes", "--find-links", folder, "-r", folder / "requirements.txt"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "DO NOT MATCH THE HASHES" in done.stderr


class TestPullRequest:
    """What the pull request's own workflow does, run as it stands."""

    def step(self, started: Path, folder: Path, **environ: str) -> tuple[int, str, str]:
        text = (started / ".github/catalogctl/action.yml").read_text()
        steps = yaml.safe_load(text)["runs"]["steps"]
        (step,) = (each for each in steps if each["name"] == "Validate, and name the calls")
        done = subprocess.run(
            [*shell({}, step), "-c", step["run"]],
            cwd=folder,
            env={
                **environment(),
                "CATALOGCTL": str(Path(sys.executable).with_name("catalogctl")),
                "GITHUB_WORKSPACE": str(folder),
                "GITHUB_STEP_SUMMARY": str(folder.parent / "summary.md"),
                "RUNNER_TEMP": str(folder.parent),
                "CATALOG": "catalog",
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

    def test_a_head_that_is_checked_out_is_compared_with_the_target_branch(
        self, started: Path, merge: Repository
    ) -> None:
        """Its first parent is the commit before it, not the base."""
        merge.switch("topic")
        head = merge.commit("more", {"README.md": "more\n"})
        merge.git("update-ref", "refs/remotes/origin/main", "main")
        event = {"PULL_HEAD": head, "GITHUB_BASE_REF": "main"}
        code, out, summary = self.step(started, merge.folder, **event)
        assert code == 1
        assert "file=catalog/plugins/plugin-wrong.yaml," in out
        assert "README" in summary
        assert "plugin-example" in summary

    def test_base_and_author_are_those_of_the_pull_request(self) -> None:
        """R-09b: not the event's base, and not who pushed or ran it again."""
        for file in (ROOT / "action.yml", ROOT / "starter/.github/catalogctl/action.yml"):
            text = file.read_text()
            inputs = yaml.safe_load(text)["inputs"]
            assert inputs["base"]["default"] == (
                "${{ github.event.merge_group.base_sha"
                " || github.event_name == 'pull_request' && 'HEAD^1' || '' }}"
            )
            assert inputs["actor"]["default"] == "${{ github.event.pull_request.user.login }}"
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


def test_the_address_of_a_wheel_is_a_pin(tmp_path: Path) -> None:
    """R-02."""
    done = run(tmp_path, "init", "new", "--tool", f"{URL}#sha256={SHA256}")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "new/.github/catalogctl"
    assert f"catalogctl @ {URL} \\\n    --hash=sha256:{SHA256}\n" in (
        folder / "requirements.txt"
    ).read_text(encoding="utf-8")
    assert list(folder.glob("*.whl")) == []


def test_a_wheel_is_copied_into_the_repository(started: Path, tmp_path: Path) -> None:
    (wheel,) = (started / ".github/catalogctl").glob("*.whl")
    done = run(tmp_path, "init", "new", "--tool", str(wheel))
    assert done.returncode == 0, done.stderr
    copied = tmp_path / "new/.github/catalogctl" / wheel.name
    assert copied.read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize(
    "tool",
    [
        "catalogctl",
        "catalogctl==0.1.0",
        "git+https://git.example.org/catalogctl@main",
        "git+https://git.example.org/catalogctl@4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345",
        "http://files.example.org/catalogctl.whl#sha256=" + "0" * 64,
        "https://files.example.org/catalogctl.whl",
        f"{URL}#sha256={SHA256}\n--index-url https://evil.example",
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
    files = starter_files(start, CI.GITHUB, ToolPin("catalogctl==1"))
    settings = yaml.safe_load(files["catalog/catalog.yaml"])
    assert settings["repository"]["name"] == name
    assert settings["site"]["title"] == name


@pytest.mark.parametrize("ci", list(CI))
def test_each_ci_gets_its_own_files(ci: CI) -> None:
    files = starter_files(START, ci, ToolPin("catalogctl==1"))
    assert {".github/catalogctl/install.sh", ".gitignore", "catalog/catalog.yaml"} <= set(files)
    assert (".github/workflows/publish.yml" in files) is (ci is CI.GITHUB)
    assert (".github/catalogctl/action.yml" in files) is (ci is CI.GITHUB)
    assert (".gitlab-ci.yml" in files) is (ci is CI.GITLAB)
    assert not any(path.startswith("maintainers/") for path in files)
    readme = files["README.md"].decode()
    assert "@" not in readme
    assert ("ruleset" in readme) is (ci is CI.GITHUB)
    assert ("merge request" in readme) is (ci is CI.GITLAB)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the folder of the new catalog, DIR"),
        (["new", "--check"], "--check needs --update"),
        (["--update"], "has no catalog/catalog.yaml"),
        (["--update", "--repository-id", "repo-1"], "--repository-id is for a new catalog"),
        (["new", "--name", ""], "give another value with --name"),
        (["new", "--name", "a\nb"], "give another value with --name"),
        (
            ["new", "--title", "a\x7fb"],
            "U+007F is not allowed: give another value with --name or --title",
        ),
        (["new", "--domain-id", " "], "give another value with --domain-id"),
        (["new\udcff"], "is not UTF-8: give --name"),
    ],
    ids=str,
)
def test_wrong_usage_is_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(tmp_path, "init", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []
