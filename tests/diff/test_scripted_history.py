"""A catalog's life on a real git repository: each pull request is a call, and rightly named.

Each step is made on a branch, told by `diff`, merged, and published; the tree is then what the step
should have made of it, and what `diff` said would change is what did.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from support.catalogs import SETTINGS, plugin
from support.git import Repository, environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

API = "repository/v1/plugin"


@dataclass(slots=True)
class Life:
    """A catalog in a repository, and what should be published of it: plugin_id → fields."""

    repository: Repository
    expected: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def public(self) -> Path:
        return self.repository.folder.parent / "public"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "catalogctl", *arguments],
            cwd=self.repository.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def ok(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def diff(self, *options: str, code: int = 0) -> Any:
        done = self.run("diff", "--base", "main", "--format", "json", *options)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def files(self) -> dict[str, bytes]:
        """Return the published answers by path."""
        folders = (self.public / "repository", self.public / "versions")
        paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(self.public).as_posix(): path.read_bytes() for path in paths}

    def merged(self, calls: Mapping[str, list[str]]) -> None:
        """Commit and merge the branch; hold what `diff` says and what is published."""
        before = self.files()
        self.repository.commit("Change something")
        difference = self.diff()
        named = {each["plugin_id"]: each["calls"] for each in difference["changes"]}
        assert named == calls
        branch = self.repository.git("branch", "--show-current")
        self.repository.switch("main")
        self.repository.merge(branch)
        self.publish()
        after = self.files()
        answers = difference["answers"]
        assert answers["added"] == sorted(after.keys() - before.keys())
        assert answers["removed"] == sorted(before.keys() - after.keys())
        both = before.keys() & after.keys()
        assert answers["changed"] == sorted(path for path in both if after[path] != before[path])
        self.told.extend((call, each) for each, made in calls.items() for call in made)
        self.hold()

    def publish(self) -> None:
        self.ok("build", "--quiet", "--out", str(self.public))
        self.ok("verify", str(self.public))

    def hold(self) -> None:
        """Hold the published tree against what is expected."""
        files = self.files()
        everything = json.loads(files[f"{API}/list/all.json"])
        assert everything["total_count"] == len(self.expected)
        listed = {each["plugin_id"]: each for each in everything["results"]}
        assert listed.keys() == self.expected.keys()
        for plugin_id, fields in self.expected.items():
            info = json.loads(files[f"{API}/get/{plugin_id}.json"])
            assert info == listed[plugin_id]
            assert {name: info[name] for name in fields} == fields
        for kind in ("get", "get-versions"):
            found = {path.rpartition("/")[2] for path in files if path.startswith(f"{API}/{kind}/")}
            assert found == {f"{plugin_id}.json" for plugin_id in self.expected}
        pages = json.loads((self.public / "changes/index.json").read_text())["pages"]
        entries = [
            entry
            for page in pages
            for entry in json.loads((self.public / page["path"]).read_text())["changes"]
        ]
        assert sorted((entry["call"], entry["plugin_id"]) for entry in entries) == sorted(self.told)
        removed = json.loads((self.public / "removed.json").read_text())["removed"]
        gone = {plugin_id for call, plugin_id in self.told if call == "deregister"}
        assert sorted(each["plugin_id"] for each in removed) == sorted(gone - self.expected.keys())


@pytest.fixture
def life(tmp_path: Path) -> Life:
    repository = Repository.new(tmp_path / "repository")
    repository.commit("Start", {"catalog/catalog.yaml": SETTINGS, "catalog/plugins/.gitkeep": ""})
    made = Life(repository)
    made.publish()
    return made


def registered(life: Life, plugin_id: str, text: str) -> None:
    """Register a plugin by a file, as a pull request of its own."""
    life.repository.branch(f"add-{plugin_id}")
    life.repository.write({f"catalog/plugins/{plugin_id}.yaml": text})
    life.expected[plugin_id] = {"name": f"The {plugin_id}", "state": "ENABLED", "tags": {}}
    life.merged({plugin_id: ["register"]})


def test_the_life_of_a_catalog(life: Life) -> None:
    registered(life, "plugin-alpha", "# hello\n" + plugin("plugin-alpha", labels="[a]"))
    registered(life, "plugin-second", plugin("plugin-second"))
    alpha = life.expected["plugin-alpha"]

    life.repository.branch("update")
    life.ok("update", "plugin-alpha", "--set", "tags.icon=b")
    alpha["tags"] = {"icon": "b"}
    life.merged({"plugin-alpha": ["update"]})

    life.repository.branch("disable")
    life.ok("disable", "plugin-alpha")
    alpha["state"] = "DISABLED"
    life.merged({"plugin-alpha": ["disable"]})

    life.repository.branch("enable-and-update")
    life.ok("enable", "plugin-alpha")
    life.ok("update", "plugin-alpha", "--unset", "tags.icon")
    alpha.update(state="ENABLED", tags={})
    life.merged({"plugin-alpha": ["update", "enable"]})

    life.repository.branch("elsewhere")
    file = life.repository.folder / "catalog/plugins/plugin-alpha.yaml"
    assert file.read_text().startswith("# hello\n")
    life.repository.write({"README": "hello"})
    life.merged({None: []})  # type: ignore[dict-item]  # a file that is no plugin

    life.repository.branch("rename")
    text = file.read_text().replace("acme/plugin-alpha", "acme/plugin-omega")
    life.repository.write(
        {"catalog/plugins/plugin-omega.yaml": text, "catalog/plugins/plugin-alpha.yaml": None}
    )
    life.expected["plugin-omega"] = life.expected.pop("plugin-alpha")
    life.merged({"plugin-alpha": ["deregister"], "plugin-omega": ["register"]})

    life.repository.branch("deregister")
    life.ok("deregister", "plugin-second")
    del life.expected["plugin-second"]
    life.merged({"plugin-second": ["deregister"]})


def test_a_forbidden_update_is_refused_by_the_command_and_in_the_pull_request(life: Life) -> None:
    registered(life, "plugin-alpha", plugin("plugin-alpha"))
    life.repository.branch("forbidden")
    refused = life.run("update", "plugin-alpha", "--set", "image=evil/plugin-alpha")
    assert refused.returncode == 1
    assert life.repository.git("status", "--porcelain") == ""
    text = plugin("plugin-alpha").replace("acme/", "evil/")
    life.repository.commit("evil", {"catalog/plugins/plugin-alpha.yaml": text})
    (change,) = life.diff(code=1)["changes"]
    assert change["calls"] == ["update"]
    assert [problem["code"] for problem in change["problems"]] == ["not-updatable"]


def test_the_second_of_two_branches_that_claim_one_id_conflicts(life: Life) -> None:
    life.repository.branch("second", "main")
    text = plugin("plugin-alpha", name="Another")
    life.repository.commit("mine", {"catalog/plugins/plugin-alpha.yaml": text})
    life.repository.switch("main")
    registered(life, "plugin-alpha", plugin("plugin-alpha"))
    life.repository.switch("second")
    with pytest.raises(AssertionError, match="CONFLICT"):
        life.repository.merge("main")
    conflict = life.diff(code=1)
    (change,) = (each for each in conflict["changes"] if each["plugin_id"] == "plugin-alpha")
    assert any(problem["severity"] == "error" for problem in change["problems"])
    life.repository.git("checkout", "--theirs", "--", ".")
    life.repository.commit("Take theirs")
    assert life.diff()["changes"] == []


def test_two_branches_that_claim_one_name_can_both_be_told(life: Life) -> None:
    life.repository.branch("second", "main")
    text = plugin("plugin-other", name="The plugin-alpha")
    life.repository.commit("mine", {"catalog/plugins/plugin-other.yaml": text})
    life.repository.switch("main")
    registered(life, "plugin-alpha", plugin("plugin-alpha"))
    life.repository.switch("second")
    life.repository.merge("main")
    (change,) = life.diff(code=1)["changes"]
    assert [problem["code"] for problem in change["problems"]] == ["name-taken"]


HOSTILE = "\n::error::gone\n${{ github.token }} [x](https://evil.example) <img src=x> @all `x`"


@pytest.mark.parametrize("format_", ["text", "json", "github", "markdown"])
def test_what_a_fork_writes_is_told_and_never_obeyed(life: Life, format_: str) -> None:
    """R-04, R-05, R-06."""
    life.repository.branch("fork")
    values = json.dumps(HOSTILE)
    life.repository.commit(
        "fork" + HOSTILE,
        {
            f"catalog/plugins/x{HOSTILE.replace('/', '')}\u202e.yaml": "name: [",
            "catalog/plugins/plugin-evil.yaml": plugin(
                "plugin-evil", tags=f"{{{values}: {values}}}", maintainers=f"[{values}]"
            ),
            "::error::outside": HOSTILE,
        },
    )
    done = life.run("diff", "--base", "main", "--format", format_)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = done.stdout.splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    if format_ == "github":
        assert len(commands) == len(lines)
        problems = json.loads(life.run("diff", "--base", "main", "--format", "json").stdout)
        count = sum(len(each["problems"]) for each in problems["changes"])
        assert len(commands) == count
    else:
        assert commands == []
    assert not {"\u202e", "\x1b"} & set(done.stdout + done.stderr)
