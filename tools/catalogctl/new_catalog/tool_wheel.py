"""Put the running catalogctl into a wheel, byte for byte the same from the same files.

The wheel of an installed catalogctl has the files that its RECORD lists, that of a checkout the
files of its source tree. Nothing is compressed, because compressors differ between machines, and
git compresses what it stores: whatever is installed from the wheel gives the same wheel again.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import cause, read_file
from catalogctl.files.regular_files import NotAFileError
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PACKAGE = Path(__file__).parents[1]
_NAME = re.compile(r"catalogctl-(?P<version>[0-9][0-9A-Za-z.!+_]*)-py3-none-any\.whl")
_OF_THE_INSTALLER = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"})
_MAX_SIZE = 64 * 1024 * 1024
_MAX_RECORD = 1024 * 1024
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of catalogctl: the name of its file, its version and its bytes."""

    name: str
    version: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def version_of(name: str) -> str | None:
    """Return the version in a wheel's file name, or None if it is not a wheel of catalogctl."""
    match = _NAME.fullmatch(name)
    return match["version"] if match else None


def read_wheel(path: Path) -> Wheel:
    """Return a wheel of catalogctl from a file; raise UsageError if it is something else."""
    version = version_of(path.name)
    try:
        data = read_file(path, _MAX_SIZE)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            is_ours = f"catalogctl-{version}.dist-info/METADATA" in archive.namelist()
    except (OSError, NotAFileError) as error:
        reason = cause(error) if isinstance(error, OSError) else str(error)
        raise UsageError(f"--tool {path}: {reason}") from error
    except zipfile.BadZipFile:
        is_ours = False
    if version is None or not is_ours:
        raise UsageError(f"--tool {path} is not a wheel of catalogctl")
    return Wheel(path.name, version, data)


def recorded_files(data: bytes) -> frozenset[str]:
    """Return the rows of a wheel's RECORD: the path, hash and size of each of its files.

    Raise ValueError if the bytes are not a wheel of catalogctl.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (record,) = (each for each in archive.infolist() if each.filename.endswith("/RECORD"))
            if record.file_size > _MAX_RECORD:
                raise ValueError("its RECORD is too large")
            rows = archive.read(record).decode().splitlines()
    except (zipfile.BadZipFile, NotImplementedError, zlib.error) as error:
        raise ValueError(str(error)) from error
    return frozenset(row for row in rows if not row.endswith(",,"))


def own_wheel() -> Wheel:
    """Return a wheel of the running catalogctl.

    Raise OutsideError if it isn't installed, or if its files aren't those that were installed.
    """
    again = "install it again, or say with --tool which catalogctl to install"
    try:
        installed = distribution("catalogctl")
    except PackageNotFoundError:
        raise OutsideError(f"catalogctl runs without being installed: {again}") from None
    if installed.version != __version__:
        message = f"catalogctl {__version__} is installed as {installed.version}: {again}"
        raise OutsideError(message)
    is_checkout = not (_PACKAGE / "_data").is_dir()
    try:
        files = dict(_about(installed))
        files |= _files_of_checkout() if is_checkout else _installed_files(installed)
        _check_whole(files)
    except (OSError, ValueError) as error:
        raise OutsideError(f"catalogctl can't be packed: {error}: {again}") from error
    return Wheel(f"catalogctl-{__version__}-py3-none-any.whl", __version__, _packed(files))


def _about(installed: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield the metadata that a wheel contains, without what the installer added."""
    for path, data in _recorded(installed):
        folder, _, name = path.partition("/")
        if folder.endswith(".dist-info") and name not in _OF_THE_INSTALLER:
            yield path, data


def _check_whole(files: Mapping[str, bytes]) -> None:
    """Raise ValueError if a part is missing, as where an installer wrote no RECORD."""
    for path in (f"catalogctl-{__version__}.dist-info/METADATA", "catalogctl/cli/main.py"):
        if path not in files:
            raise ValueError(f"its RECORD does not list {path}")


def _installed_files(installed: Distribution) -> dict[str, bytes]:
    return {path: data for path, data in _recorded(installed) if path.startswith("catalogctl/")}


def _recorded(installed: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield the files with a hash in RECORD. Raise ValueError if one has another hash."""
    for each in installed.files or ():
        if each.hash is None or each.parts[0] == "..":
            continue
        data = Path(str(each.locate())).read_bytes()
        if each.hash.value != _digest(data):
            raise ValueError(f"{each} was changed after it was installed")
        yield each.as_posix(), data


def _files_of_checkout() -> dict[str, bytes]:
    """Return the files that a build of the checkout puts into the wheel."""
    roots = {"catalogctl": _PACKAGE}
    roots |= {f"catalogctl/_data/{name}": resources.path(name) for name in resources.DATA}
    return {name: path.read_bytes() for name, path in _walked(roots)}


def _walked(roots: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for name, root in roots.items():
        if root.is_file():
            yield name, root
        for path in root.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{name}/{path.relative_to(root).as_posix()}", path


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Return a wheel of these files: sorted, uncompressed, all with the same time and mode."""
    record = f"catalogctl-{__version__}.dist-info/RECORD"
    rows = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in sorted(files.items())]
    last = {record: "".join(f"{row}\n" for row in (*rows, f"{record},,")).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in (*sorted(files.items()), *last.items()):
            member = zipfile.ZipInfo(path, _TIME)
            member.external_attr = _MODE
            member.create_system = 3
            archive.writestr(member, data)
    return out.getvalue()


def _digest(data: bytes) -> str:
    """Return a hash as RECORD writes it."""
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
