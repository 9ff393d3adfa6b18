"""The wheel of the running tool: the same files as the built one, the same bytes each time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path

import pytest

from catalogctl import __version__
from catalogctl.errors import OutsideError, UsageError
from catalogctl.new_catalog import tool_wheel
from catalogctl.new_catalog.tool_wheel import own_wheel, read_wheel, version_of

ROOT = Path(__file__).parents[2]
NAME = f"catalogctl-{__version__}-py3-none-any.whl"


def members(wheel: bytes | Path) -> dict[str, bytes]:
    """Return the files of a wheel, without their list."""
    source = BytesIO(wheel) if isinstance(wheel, bytes) else wheel
    with zipfile.ZipFile(source) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith("dist-info/RECORD")
        }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as a release does."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_a_checkout_gives_the_files_that_a_release_has(built: Path) -> None:
    ours, theirs = members(own_wheel().data), members(built)
    assert set(ours) == set(theirs)
    metadata = f"catalogctl-{__version__}.dist-info/METADATA"
    assert {name for name in ours if ours[name] != theirs[name]} <= {metadata}, "of `make dev`"


def test_the_wheel_is_the_same_each_time_and_says_what_it_holds() -> None:
    """Q-08."""
    wheel = own_wheel()
    assert own_wheel() == wheel
    assert wheel.name == NAME
    with zipfile.ZipFile(BytesIO(wheel.data)) as archive:
        assert archive.testzip() is None
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
        names = archive.namelist()
        record = archive.read(f"catalogctl-{__version__}.dist-info/RECORD").decode().splitlines()
    assert [row.split(",")[0] for row in record] == names
    assert not any("__pycache__" in name or "direct_url" in name for name in names)


def test_a_wheel_is_read_back(tmp_path: Path) -> None:
    wheel = own_wheel()
    (tmp_path / NAME).write_bytes(wheel.data)
    assert read_wheel(tmp_path / NAME) == wheel


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (NAME, None, "no such file"),
        (NAME, b"not a zip file", "is not a wheel of catalogctl"),
        ("other-1.0-py3-none-any.whl", b"PK\5\6" + bytes(18), "is not a wheel of catalogctl"),
        (NAME, b"PK\5\6" + bytes(18), "is not a wheel of catalogctl"),
    ],
    ids=["missing", "broken", "another project", "empty"],
)
def test_what_is_not_a_wheel_of_the_tool_is_refused(
    tmp_path: Path, name: str, data: bytes | None, reason: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=reason):
        read_wheel(tmp_path / name)


def installed_in(folder: Path) -> None:
    """Unpack the wheel as an installer does, with what it adds to RECORD."""
    with zipfile.ZipFile(BytesIO(own_wheel().data)) as archive:
        archive.extractall(folder)
    about = folder / f"catalogctl-{__version__}.dist-info"
    (about / "INSTALLER").write_text("pip\n")
    with (about / "RECORD").open("a") as record:
        record.write(f"../../bin/catalogctl,,\n{about.name}/INSTALLER,,\n")


def packed_by(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Return what the tool in a folder packs of itself."""
    script = (
        "import sys; from catalogctl.new_catalog.tool_wheel import own_wheel;"
        "sys.stdout.buffer.write(own_wheel().data)"
    )
    paths = f"import sys; sys.path.insert(0, {str(folder)!r});"
    return subprocess.run([sys.executable, "-c", paths + script], capture_output=True, check=False)


def test_what_is_installed_from_a_wheel_gives_that_wheel(tmp_path: Path) -> None:
    installed_in(tmp_path)
    done = packed_by(tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == own_wheel().data


def test_an_installed_file_that_was_changed_is_not_packed(tmp_path: Path) -> None:
    """R-02: what goes into a catalog is what was installed."""
    installed_in(tmp_path)
    with (tmp_path / "catalogctl/lock.py").open("a") as file:
        file.write("# changed\n")
    done = packed_by(tmp_path)
    assert done.returncode != 0
    assert b"catalogctl/lock.py was changed after it was installed" in done.stderr


def test_an_installation_without_a_list_of_its_files_is_told(tmp_path: Path) -> None:
    installed_in(tmp_path)
    (tmp_path / f"catalogctl-{__version__}.dist-info/RECORD").write_text("")
    done = packed_by(tmp_path)
    assert done.returncode != 0
    assert b"its RECORD does not list catalogctl-" in done.stderr


def test_an_installation_of_another_version_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_wheel, "__version__", "99.0.0")
    installed = distribution("catalogctl").version
    with pytest.raises(OutsideError, match=f"catalogctl 99.0.0 is installed as {installed}: inst"):
        own_wheel()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        (NAME, __version__),
        ("catalogctl-1.2.3rc1-py3-none-any.whl", "1.2.3rc1"),
        ("catalogctl-1.2.3-cp311-cp311-linux_x86_64.whl", None),
        ("catalogctl-tools-1.0-py3-none-any.whl", None),
        ("catalogctl-1.0.tar.gz", None),
    ],
)
def test_the_version_is_read_from_the_name(name: str, version: str | None) -> None:
    assert version_of(name) == version
