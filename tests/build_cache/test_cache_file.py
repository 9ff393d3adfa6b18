"""A cache gives back what was put into it, or nothing: never anything else, and never an error."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from catalogctl.build_cache.cache_file import LOCK, NAME, CachedRow, CacheFile
from catalogctl.build_cache.cache_place import cache_home, catalog_cache
from support.faults import with_mounts
from support.killing import KILLED, end, kill_at, start

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {f"plugin-{number}": b"value of %d" % number * number for number in range(50)}


def put(folder: Path, rows: dict[str, bytes] | None = None, *, fresh: bool = False) -> list[str]:
    """Write rows, and return what was told."""
    told: list[str] = []
    with CacheFile(folder, tell=told.append) as cache:
        given = ROWS if rows is None else rows
        cache.update([CachedRow("plugin", *row) for row in given.items()], fresh=fresh)
    return told


def kept(folder: Path | None) -> tuple[dict[str, bytes], list[str]]:
    """Return the rows of a cache, and what was told."""
    told: list[str] = []
    with CacheFile(folder, writes=False, tell=told.append) as cache:
        return dict(cache.rows("plugin")), told


def test_rows_are_kept_changed_and_removed(tmp_path: Path) -> None:
    assert put(tmp_path / "cache") == []
    assert kept(tmp_path / "cache") == (ROWS, [])
    with CacheFile(tmp_path / "cache", tell=print) as cache:
        changes = [CachedRow("plugin", "plugin-1", b"new"), CachedRow("plugin", "plugin-2", None)]
        cache.update(changes)
        assert cache.value("plugin", "plugin-1") == b"new"
        assert cache.value("plugin", "plugin-2") is None
        assert cache.value("other", "plugin-1") is None
    put(tmp_path / "cache", {"only": b"this"}, fresh=True)
    assert kept(tmp_path / "cache") == ({"only": b"this"}, [])


def test_only_this_user_can_read_and_write_it(tmp_path: Path) -> None:
    put(tmp_path / "a" / "cache")
    assert (tmp_path / "a" / "cache").stat().st_mode & 0o777 == 0o700


def test_without_a_folder_nothing_is_kept() -> None:
    with CacheFile(None, tell=print) as cache:
        assert not cache.writes
        cache.update([CachedRow("plugin", "a", b"b")])
        assert list(cache.rows("plugin")) == []


def test_a_reader_of_nothing_makes_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path / "cache") == ({}, [])
    assert not (tmp_path / "cache").exists()


def test_one_process_writes_and_others_read_what_was_there(tmp_path: Path) -> None:
    put(tmp_path)
    with CacheFile(tmp_path, tell=print) as first, CacheFile(tmp_path, tell=print) as second:
        assert (first.writes, second.writes) == (True, False)
        second.update([CachedRow("plugin", "a", b"b")])
        assert dict(second.rows("plugin")) == ROWS


@pytest.mark.parametrize("seed", range(40))
def test_damage_takes_rows_away_but_never_changes_one(tmp_path: Path, seed: int) -> None:
    put(tmp_path)
    pick, file = random.Random(seed), tmp_path / NAME
    data = bytearray(file.read_bytes())
    for _ in range(pick.randrange(1, 30)):
        data[pick.randrange(len(data))] = pick.randrange(256)
    file.write_bytes(data[: pick.choice((len(data), pick.randrange(len(data))))])
    found, _ = kept(tmp_path)
    assert found.items() <= ROWS.items()
    put(tmp_path, fresh=True)
    assert kept(tmp_path) == (ROWS, [])


def test_a_row_under_the_name_of_another_is_no_row(tmp_path: Path) -> None:
    put(tmp_path)
    with sqlite3.connect(tmp_path / NAME) as connection:
        connection.execute("DELETE FROM cached WHERE key = 'plugin-8'")
        connection.execute("UPDATE cached SET key = 'plugin-8' WHERE key = 'plugin-7'")
    connection.close()
    found, _ = kept(tmp_path)
    assert found == {
        key: value for key, value in ROWS.items() if key not in ("plugin-7", "plugin-8")
    }


@pytest.mark.parametrize("kind", ["link", "file", "writable by others", "link as file"])
def test_what_others_may_have_written_is_not_used(tmp_path: Path, kind: str) -> None:
    real = tmp_path / "real"
    put(real)
    folder = tmp_path / "cache"
    if kind == "link":
        folder.symlink_to(real)
    elif kind == "file":
        folder.write_text("")
    elif kind == "writable by others":
        real.rename(folder)
        folder.chmod(0o777)
    else:
        folder.mkdir(mode=0o700)
        (folder / NAME).symlink_to(real / NAME)
    found, told = kept(folder)
    assert found == {}
    assert len(told) == (kind != "link as file")
    assert all(str(folder) in line for line in told)
    put(folder)
    assert kept(real)[0] == (ROWS if kind != "writable by others" else {})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    put(tmp_path)
    os.chown(tmp_path, 65534, -1)
    found, told = kept(tmp_path)
    assert (found, len(told)) == ({}, 1)
    assert "it belongs to another user" in told[0]


def test_killed_at_any_step_it_has_the_old_rows_or_the_new_ones(tmp_path: Path) -> None:
    """Q-20: for a cache, nothing but whole rows is promised."""
    put(tmp_path)
    new = {key: value + b"!" for key, value in ROWS.items()}
    for count in range(1, 40):

        def work(count: int = count) -> int:
            kill_at(count)
            put(tmp_path, new, fresh=True)
            return 0

        code = end(start(work))
        found, _ = kept(tmp_path)
        assert found in ({}, ROWS, new)
        if code != KILLED:
            break
        put(tmp_path, fresh=True)
    assert (code, found) == (0, new)


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    script = """
        mount -t tmpfs -o size=100k none "$1"
        cd "$1" && head -c 90k /dev/zero > filler || true
        exec "$2" -c "
import sys
from pathlib import Path
from catalogctl.build_cache.cache_file import CacheFile, CachedRow
with CacheFile(Path(sys.argv[1], 'cache'), tell=print) as cache:
    cache.update([CachedRow('plugin', str(n), bytes(5000)) for n in range(100)])
    print(dict(cache.rows('plugin')))
" "$1"
    """
    done = with_mounts(script, str(tmp_path), sys.executable)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert "can't be written: " in first
    assert second == "{}"


def test_the_place_of_a_cache_follows_the_catalog(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": "/var/cache/me", "HOME": "/users/me"}
    one, other = (catalog_cache(tmp_path / name, environ) for name in ("a", "b"))
    assert one != other
    assert one is not None
    assert str(one).startswith("/var/cache/me/catalogctl/")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert catalog_cache(tmp_path / "link", environ) == one
    assert catalog_cache(tmp_path, {}) is None
    assert str(cache_home({"HOME": "/users/me"})) == "/users/me/.cache/catalogctl"


def test_the_lock_is_no_obstacle_when_its_holder_is_gone(tmp_path: Path) -> None:
    put(tmp_path)
    assert (tmp_path / LOCK).exists()
    assert put(tmp_path) == []
