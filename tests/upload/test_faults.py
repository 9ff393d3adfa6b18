"""What goes wrong outside: hosts that are dead, slow or refuse, disks that are full."""

from __future__ import annotations

import errno
import itertools
import json
import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from catalogctl.files.atomic import write_all
from catalogctl.upload import folder_store
from catalogctl.upload.built_tree import read_tree
from catalogctl.upload.folder_store import FolderStore
from catalogctl.upload.object_store import ObjectStore
from catalogctl.upload.publishing import PublishOptions, publish
from support.commands import COMMAND, SECONDS, environment, run
from support.faults import with_mounts
from support.loopback import Reply, Server
from support.publishing import complete, files_in, tree_of, write_tree
from support.s3_server import variables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.loopback import Asked
    from support.s3_server import Bucket

SECRET = "a-secret-of-nobody"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a built tree."""
    return write_tree(tmp_path / "public", tree_of(1))


def refusing(code: str, status: int) -> Callable[[Asked], Reply]:
    """Return a host that answers every request with an error of S3."""
    body = f"<Error><Code>{code}</Code><Message>No way</Message></Error>".encode()
    return lambda _: Reply(status, body, {"Content-Type": "application/xml"})


ANSWERS = {
    "denied": (refusing("AccessDenied", 403), "check the credentials"),
    "unknown key": (refusing("InvalidAccessKeyId", 403), "check the credentials"),
    "login page": (lambda _: Reply(200, b"<h1>Log in</h1>"), "check the address and"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_host_that_refuses_is_named_with_what_to_do(tree: Path, kind: str) -> None:
    app, words = ANSWERS[kind]
    with Server(app) as server:
        env = environment(**variables(server.url))
        done = run("publish", "s3://bucket/prefix", "--from", tree, env=env)
    assert done.code == 3
    assert "s3://bucket/prefix" in done.err
    assert words in done.err
    assert SECRET not in done.err
    assert len(done.err.splitlines()) == 1


def test_an_object_that_may_not_be_deleted_does_not_keep_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S3 answers a deletion of many objects with 200, and says in its body which were refused."""
    refused = "<Error><Key>prefix/b</Key><Code>AccessDenied</Code><Message>No way</Message></Error>"
    deleted = []

    def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            return Reply(200, f"<DeleteResult>{refused}</DeleteResult>".encode())
        if asked.path.endswith("/b"):
            return refusing("AccessDenied", 403)(asked)
        deleted.append(asked.path.rpartition("/")[2])
        return Reply(204, b"")

    with Server(answer) as server:
        for name, value in variables(server.url).items():
            monkeypatch.setenv(name, value)
        store = ObjectStore("s3://bucket/prefix")
        store._store.clear_instance_cache()  # the next test has another host
        with pytest.raises(OutsideError, match=r"can't delete s3://bucket/prefix/b: .* may get"):
            store.delete(["a", "b", "c"])
    assert sorted(deleted) == ["a", "c"]


def test_a_dead_host_is_named(tree: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        env = environment(**variables(address))
        begun = time.monotonic()
        done = run("publish", "s3://bucket/prefix", "--from", tree, env=env)
    assert done.code == 3
    assert "can't read s3://bucket/prefix/manifest.json: could not connect" in done.err
    assert time.monotonic() - begun < SECONDS / 2


def test_missing_credentials_are_named(tree: Path) -> None:
    env = environment(AWS_EC2_METADATA_DISABLED="true", HOME=os.devnull, AWS_PROFILE=None)
    done = run("publish", "s3://bucket/prefix", "--from", tree, env=env)
    assert done.code == 3
    assert "no credentials found: set AWS_PROFILE" in done.err


def test_a_host_that_drips_meets_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Q-44: a byte now and then keeps a connection open, but ends no request."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        over = threading.Event()
        while not over.wait(0.1):
            connection.sendall(b".")

    with Server(lambda _: Reply(raw=drip)) as server:
        for name, value in variables(server.url).items():
            monkeypatch.setenv(name, value)
        store = ObjectStore("s3://bucket/prefix", seconds=1)
        begun = time.monotonic()
        with pytest.raises(OutsideError, match="no complete answer in time: try again"):
            store.read("manifest.json")
    assert time.monotonic() - begun < 10


def test_one_refused_file_stops_the_run_and_the_next_one_goes_on(
    bucket: Bucket, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is released, and what was uploaded is not sent again."""
    store = ObjectStore(f"s3://{bucket.name}/prefix")
    really_write = store.write
    left = itertools.count(-3)

    def write(files: list[object]) -> None:
        if next(left) == 0:
            raise OutsideError("the disk of the bucket is full")
        really_write(files)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "write", write)
    how = PublishOptions("a test", time.time)
    with pytest.raises(OutsideError, match="is full"):
        publish(read_tree(tree), store, how)
    assert ".catalogctl/lock.json" not in bucket.keys("prefix/")
    there = len(bucket.files("prefix/"))
    assert there
    done = publish(read_tree(tree), store, how)
    assert (done.resumed, done.total[0]) == (there, len(tree_of(1)) - there)
    assert bucket.files("prefix/") == tree_of(1)


def test_a_full_disk_is_named_and_the_next_run_goes_on(tmp_path: Path, tree: Path) -> None:
    """Q-05."""
    (tmp_path / "www").mkdir()
    done = with_mounts(
        'mount -t tmpfs -o size=32k none "$1"; shift; "$@" || echo "exit $?"',
        *(str(tmp_path / "www"), *COMMAND),
        *("publish", str(tmp_path / "www"), "--from", str(tree)),
    )
    assert "no space left on device" in done.stderr
    assert f"{tmp_path}/www/" in done.stderr
    assert done.stdout.endswith("exit 3\n")


def test_a_folder_that_ignores_case_keeps_a_file_whose_name_changes_its_case(
    tmp_path: Path,
) -> None:
    """As on SMB and macOS, where both names lead to one file; here links do."""
    www = tmp_path / "www"
    for number, label in enumerate(("AWS", "aws")):
        files = complete({f"labels/{label}/index.html": b"%d" % number, "index.json": b"{}"})
        tree = write_tree(tmp_path / label, files)
        publish(read_tree(tree), FolderStore(www), PublishOptions("a test", time.time, grace=0))
        if label == "AWS":
            (www / "labels/aws").symlink_to("AWS")
            (www / ".CATALOGCTL").symlink_to(".catalogctl")
    assert (www / "labels/aws/index.html").read_bytes() == b"1"


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o755), (0o002, 0o775)])
def test_a_web_server_may_read_what_is_in_a_folder(
    tmp_path: Path, tree: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        publish(read_tree(tree), FolderStore(tmp_path / "www"), PublishOptions("a test", time.time))
    finally:
        os.umask(before)
    found = [tmp_path / "www", *(tmp_path / "www").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {mode}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o644}


def test_a_tree_that_changes_meanwhile_is_not_published(tmp_path: Path, tree: Path) -> None:
    """R-30: every file is compared with the manifest before it is sent."""
    (tree / "index.html").write_bytes(b"<title>x</title>"[: len(tree_of(1)["index.html"])])
    done = run("publish", tmp_path / "www", "--from", tree)
    assert done.code == 3
    assert f"{tree}/index.html is not the file that manifest.json names: build" in done.err
    assert "manifest.json" not in files_in(tmp_path / "www")


def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "www").write_text("a file")
    done = run("publish", tmp_path / "www", "--from", tree)
    assert done.code == 2
    assert f"{tmp_path}/www is not a folder" in done.err
    done = run("publish", "/proc/www", "--from", tree)
    assert done.code == 3
    assert "/proc/www" in done.err


@pytest.mark.parametrize("path", ["../precious", "a/../../precious", "/precious", ".catalogctl/x"])
def test_a_record_that_leads_out_of_the_place_deletes_nothing(
    tmp_path: Path, tree: Path, path: str
) -> None:
    """R-12: what is noted at a destination may have been written by anyone who can write there."""
    (tmp_path / "precious").write_text("mine")
    assert run("publish", tmp_path / "www", "--from", tree).code == 0
    state = {"schema_version": 1, "unlisted": [], "leaving": {path: 0}, "unfinished": None}
    (tmp_path / "www/.catalogctl/state.json").write_text(json.dumps(state))
    done = run("publish", tmp_path / "www", "--from", tree, "--grace", "0s")
    assert done.code == 0
    assert ".catalogctl/state.json is damaged: everything is uploaded anew" in done.err
    assert (tmp_path / "precious").read_text() == "mine"
    assert files_in(tmp_path / "www") == tree_of(1)


@pytest.mark.parametrize("has_links", [True, False])
def test_a_folder_never_has_half_of_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    """Q-09: where the file system has links; elsewhere a lock is at least created by one run."""
    store = FolderStore(tmp_path)
    seen = []

    def write(handle: int, data: bytes) -> None:
        seen.append(store.read("lock.json"))
        write_all(handle, data)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(folder_store, "write_all", write)
    if not has_links:
        monkeypatch.setattr(os, "link", refuse)
    assert store.create("lock.json", b"mine")
    assert not store.create("lock.json", b"another's")
    assert store.read("lock.json") == b"mine"
    assert seen == ([None, b"mine"] if has_links else [None, b"", b"mine"])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "lock.json"]


def test_an_interrupted_run_gives_its_lock_back(tmp_path: Path, tree: Path) -> None:
    """Q-09: Ctrl-C is no kill."""
    store = FolderStore(tmp_path / "www")

    def interrupt(_step: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(read_tree(tree), store, PublishOptions("a test", time.time, progress=interrupt))
    done = publish(read_tree(tree), store, PublishOptions("a test", time.time))
    assert done.resumed > 0
    assert files_in(tmp_path / "www") == tree_of(1)
