"""`init --update`: three versions of each file, and what a person changed stays."""

from __future__ import annotations

import errno
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from catalogctl import __version__
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import ChangedMeanwhileError, atomic
from catalogctl.files.atomic import write_all
from catalogctl.new_catalog.start import starter_files, write_starter
from catalogctl.new_catalog.starter_files import CI, REQUIREMENTS, Start
from catalogctl.new_catalog.starter_update import Update, apply_update, plan_update
from catalogctl.new_catalog.tool_pin import ToolPin, own_pin
from catalogctl.new_catalog.tool_record import RECORD, parse_record, sha256
from support.commands import run
from support.loopback import Server, in_json

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".github/workflows/publish.yml"
START = Start("X", "X", "repo-1", "domain-1")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Return the files of a new catalog."""
    return starter_files(START, CI.GITHUB, own_pin())


@pytest.fixture
def catalog(tmp_path: Path, files: dict[str, bytes]) -> Path:
    write_starter(tmp_path / "plugins", files)
    return tmp_path / "plugins"


def planned(catalog: Path, ci: CI | None = None, tool: str | None = None) -> Update:
    return plan_update(catalog, ci=ci, tool=tool, environ={})


def actions(update: Update) -> dict[str, str]:
    return {each.path: each.action.value for each in update.files}


def recorded(catalog: Path, **hashes: str | None) -> None:
    """Let the record say that the tool wrote these files in other bytes, or not at all."""
    record = json.loads((catalog / RECORD).read_text())
    for path, digest in hashes.items():
        record["files"].pop(path)
        if digest is not None:
            record["files"][path] = digest
    (catalog / RECORD).write_text(json.dumps(record))


def state(catalog: Path) -> dict[str, bytes]:
    return {
        path.relative_to(catalog).as_posix(): path.read_bytes()
        for path in catalog.rglob("*")
        if path.is_file()
    }


def test_schemas_are_the_tools_unless_they_were_deleted(catalog: Path) -> None:
    """`validate` warns of a changed one, and says that an update mends it."""
    schema = catalog / ".schemas/PluginFile.schema.json"
    before = schema.read_bytes()
    schema.write_bytes(b"{}")
    assert actions(planned(catalog)) == {".schemas/PluginFile.schema.json": "replace"}
    assert run("init", "--update", cwd=catalog).code == 0
    assert schema.read_bytes() == before
    schema.unlink()
    assert actions(planned(catalog)) == {}


def test_a_record_that_is_missing_is_a_file_to_write(catalog: Path) -> None:
    (catalog / RECORD).unlink()
    done = run("init", "--update", "--check", cwd=catalog)
    assert (done.code, done.out) == (1, f"write {RECORD}\n")
    assert done.err == "to update: 1 file\n"


def test_a_disk_that_fails_leaves_nothing_of_a_new_catalog(
    tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def write(handle: int, data: bytes) -> None:
        written.append(data)
        if len(written) == len(files):
            raise OSError(errno.ENOSPC, "No space left on device")
        write_all(handle, data)

    monkeypatch.setattr(atomic, "write_all", write)
    for folder in (tmp_path / "new", tmp_path):
        written.clear()
        with pytest.raises(OutsideError, match="no space left"):
            write_starter(folder, files)
        assert [*tmp_path.iterdir()] == []
    monkeypatch.undo()
    write_starter(tmp_path, files)
    assert state(tmp_path) == files


def test_a_new_catalog_is_up_to_date(catalog: Path) -> None:
    update = planned(catalog)
    assert (update.files, update.is_needed) == ((), False)


OLD, MINE = b"as an older tool wrote it\n", b"as people changed it\n"
# What the tool wrote then, what is there; what happens, and what is there afterwards: "tool" is
# what the tool writes now, "tools" that it was the same before.
CASES = {
    "untouched": (OLD, OLD, "write", "tool"),
    "changed here": ("tool", MINE, None, MINE),
    "changed by both": (OLD, MINE, "keep", MINE),
    "changed in the same way": (OLD, "tool", None, "tool"),
    "deleted here": (OLD, None, None, None),
    "new in the tool": (None, None, "write", "tool"),
    "new in the tool, and there already": (None, MINE, "keep", MINE),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_file_is_compared_three_ways(
    catalog: Path,
    files: dict[str, bytes],
    case: tuple[bytes | str | None, bytes | str | None, str | None, bytes | str | None],
) -> None:
    then, now, action, afterwards = (files[FILE] if each == "tool" else each for each in case)
    assert then is None or isinstance(then, bytes)
    recorded(catalog, **{FILE: sha256(then) if then is not None else None})
    (catalog / FILE).unlink()
    if isinstance(now, bytes):
        (catalog / FILE).write_bytes(now)
    before = state(catalog)
    update = planned(catalog)
    assert actions(update) == ({FILE: action} if action else {})
    apply_update(catalog, update)
    after = state(catalog)
    assert after.get(FILE) == afterwards
    others = {FILE, RECORD}
    assert {path: after[path] for path in after.keys() - others} == {
        path: before[path] for path in before.keys() - others
    }
    assert not planned(catalog).is_needed, "what was shown is not shown again"


def test_what_the_tool_no_longer_writes_goes_unless_it_was_changed(catalog: Path) -> None:
    record = json.loads((catalog / RECORD).read_text())
    record["files"] |= {"gone.yml": sha256(OLD), "kept.yml": sha256(OLD)}
    (catalog / RECORD).write_text(json.dumps(record))
    (catalog / "gone.yml").write_bytes(OLD)
    (catalog / "kept.yml").write_bytes(MINE)
    update = planned(catalog)
    assert actions(update) == {"gone.yml": "delete", "kept.yml": "keep"}
    assert "keep kept.yml (no longer the tool's; delete it)\n" in (
        run("init", "--update", "--check", cwd=catalog).out
    )
    apply_update(catalog, update)
    assert not (catalog / "gone.yml").exists()
    assert (catalog / "kept.yml").read_bytes() == MINE
    assert not planned(catalog).is_needed


def test_the_pin_is_what_an_update_is_for(catalog: Path, files: dict[str, bytes]) -> None:
    """R-02: a lock of the old tool beside the new tool would install nothing."""
    old = ".github/catalogctl/catalogctl-0.0.1-py3-none-any.whl"
    record = json.loads((catalog / RECORD).read_text())
    record["files"] |= {old: sha256(OLD), REQUIREMENTS: sha256(OLD)}
    (catalog / RECORD).write_text(json.dumps(record))
    (catalog / old).write_bytes(OLD)
    (catalog / REQUIREMENTS).write_bytes(MINE)
    update = planned(catalog)
    assert actions(update) == {old: "delete", REQUIREMENTS: "replace"}
    (replaced,) = (each for each in update.files if each.path == REQUIREMENTS)
    assert f"-{MINE.decode()}" in replaced.difference
    apply_update(catalog, update)
    assert (catalog / REQUIREMENTS).read_bytes() == files[REQUIREMENTS]
    assert not (catalog / old).exists()


@pytest.mark.parametrize(
    "pin",
    [
        ToolPin("catalogctl @ https://x.example/catalogctl.whl \\\n    --hash=sha256:" + "0a" * 32),
        ToolPin(f"catalogctl=={__version__} \\\n    --hash=sha256:{'0a' * 32}"),
    ],
    ids=["address", "release"],
)
def test_a_catalog_of_this_version_keeps_its_pin_without_asking_anyone(
    tmp_path: Path, pin: ToolPin
) -> None:
    write_starter(tmp_path / "new", starter_files(START, CI.GITHUB, pin))
    assert not planned(tmp_path / "new").is_needed


def test_a_catalog_with_a_release_gets_the_release_of_this_version(tmp_path: Path) -> None:
    pin = ToolPin(f"catalogctl==0.0.1 \\\n    --hash=sha256:{'0a' * 32}")
    write_starter(tmp_path, starter_files(START, CI.NONE, pin))
    record = json.loads((tmp_path / RECORD).read_text())
    (tmp_path / RECORD).write_text(json.dumps({**record, "catalogctl": "0.0.1"}))
    name = f"catalogctl-{__version__}-py3-none-any.whl"
    files = [{"filename": name, "hashes": {"sha256": "1b" * 32}}]
    with Server(lambda _: in_json({"files": files})) as server:
        environ = {"PIP_INDEX_URL": f"http://{server.host}/simple"}
        update = plan_update(tmp_path, ci=None, tool=None, environ=environ)
    assert actions(update) == {REQUIREMENTS: "write"}
    apply_update(tmp_path, update)
    text = (tmp_path / REQUIREMENTS).read_text()
    assert f"catalogctl=={__version__} \\\n    --hash=sha256:{'1b' * 32}\n" in text


@pytest.mark.parametrize(
    "version", ["99.0.0", f"{__version__}.1", "0.10.0", f"{__version__}.post1"]
)
def test_a_newer_catalog_is_left_alone(catalog: Path, version: str) -> None:
    record = json.loads((catalog / RECORD).read_text())
    (catalog / RECORD).write_text(json.dumps({**record, "catalogctl": version}))
    with pytest.raises(UsageError, match=f"is of catalogctl {version}"):
        planned(catalog)


@pytest.mark.parametrize("version", ["a1", "b2", "rc1"])
def test_a_release_updates_the_catalogs_of_its_candidates(catalog: Path, version: str) -> None:
    record = json.loads((catalog / RECORD).read_text())
    (catalog / RECORD).write_text(json.dumps({**record, "catalogctl": __version__ + version}))
    assert json.loads(planned(catalog).record_after)["catalogctl"] == __version__


def test_a_catalog_can_move_to_another_ci(catalog: Path) -> None:
    (catalog / FILE).write_bytes(MINE)
    update = planned(catalog, CI.GITLAB)
    assert actions(update)[FILE] == "keep"
    apply_update(catalog, update)
    assert (catalog / ".gitlab-ci.yml").exists()
    assert (catalog / ".github/catalogctl/install.sh").exists()
    assert [path.name for path in (catalog / ".github/workflows").iterdir()] == ["publish.yml"]
    record = parse_record((catalog / RECORD).read_bytes())
    assert record is not None
    assert record.ci is CI.GITLAB
    assert not planned(catalog).is_needed


def test_a_catalog_without_a_record_gets_one(catalog: Path) -> None:
    (catalog / RECORD).unlink()
    (catalog / FILE).write_bytes(MINE)
    update = planned(catalog)
    assert actions(update) == {FILE: "keep"}
    apply_update(catalog, update)
    assert (catalog / FILE).read_bytes() == MINE
    assert not planned(catalog).is_needed


def test_a_catalog_without_a_record_keeps_its_ci(tmp_path: Path) -> None:
    write_starter(tmp_path, starter_files(START, CI.GITLAB, own_pin()))
    (tmp_path / RECORD).unlink()
    assert json.loads(planned(tmp_path).record_after)["ci"] == "gitlab"
    assert actions(planned(tmp_path)) == {}


def test_a_damaged_record_is_not_taken_for_none(catalog: Path) -> None:
    """As a merge with a conflict leaves it."""
    text = (catalog / RECORD).read_text()
    (catalog / RECORD).write_text(text.replace("{", "<<<<<<< HEAD\n{", 1))
    before = state(catalog)
    done = run("init", "--update", cwd=catalog)
    assert (done.code, state(catalog)) == (2, before)
    assert f"{RECORD} is damaged: repair it, or delete it" in done.err


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a//b", ".git/config", "a/./b"])
def test_a_record_that_names_a_file_elsewhere_is_not_believed(catalog: Path, path: str) -> None:
    """R-12."""
    record = json.loads((catalog / RECORD).read_text())
    record["files"][path] = sha256(OLD)
    assert parse_record(json.dumps(record).encode()) is None


def test_a_link_is_not_followed(catalog: Path, tmp_path: Path) -> None:
    """R-12."""
    shutil.move(catalog / ".vscode", tmp_path / "elsewhere")
    (catalog / ".vscode").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="symbolic link"):
        planned(catalog)


def test_a_file_that_changes_meanwhile_is_not_overwritten(catalog: Path) -> None:
    recorded(catalog, **{FILE: sha256(OLD)})
    (catalog / FILE).write_bytes(OLD)
    update = planned(catalog)
    (catalog / FILE).write_bytes(MINE)
    with pytest.raises(ChangedMeanwhileError):
        apply_update(catalog, update)
    assert (catalog / FILE).read_bytes() == MINE


def test_the_command_shows_what_is_kept_and_check_writes_nothing(catalog: Path) -> None:
    recorded(catalog, **{FILE: sha256(OLD)})
    with (catalog / FILE).open("a") as file:
        file.write("# ours\n")
    before = state(catalog)
    done = run("init", "--update", "--check", cwd=catalog)
    assert (done.code, state(catalog)) == (1, before), done.err
    assert f"keep {FILE}\n  --- a/{FILE}\n  +++ b/{FILE}\n" in done.out
    assert "\n  -# ours\n" in done.out
    assert done.err == "to update: 1 file\n"
    done = run("init", "--update", cwd=catalog)
    assert (done.code, done.err) == (0, "updated: 1 file\n")
    assert (catalog / FILE).read_text().endswith("# ours\n")
    assert run("init", "--update", "--check", cwd=catalog).code == 0


class TestSchemas:
    """`validate` warns of schemas for editors that are not the tool's."""

    def test_those_of_the_tool_are_not_mentioned(self, catalog: Path) -> None:
        done = run("validate", cwd=catalog)
        assert (done.code, done.out) == (0, "")

    def test_others_are_a_warning_until_they_are_updated(self, catalog: Path) -> None:
        schema = catalog / ".schemas/PluginFile.schema.json"
        schema.write_text("{}\n")
        done = run("validate", "--format", "json", cwd=catalog)
        (problem,) = json.loads(done.out)["problems"]
        assert done.code == 0
        assert problem["code"] == "schemas-outdated"
        assert problem["file"] == ".schemas/PluginFile.schema.json"
        assert "catalogctl init --update" in problem["hint"]
        recorded(catalog, **{".schemas/PluginFile.schema.json": sha256(b"{}\n")})
        assert run("init", "--update", cwd=catalog).code == 0
        assert run("validate", cwd=catalog).out == ""

    def test_a_link_or_no_schema_at_all_is_nothing_to_warn_of(self, catalog: Path) -> None:
        """R-12."""
        shutil.move(catalog / ".schemas", catalog.parent / "schemas")
        (catalog.parent / "schemas/PluginFile.schema.json").write_text("{}")
        assert run("validate", cwd=catalog).out == ""
        (catalog / ".schemas").symlink_to(catalog.parent / "schemas")
        assert run("validate", cwd=catalog).out == ""
