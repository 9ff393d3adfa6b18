from __future__ import annotations

import http.server
import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.cli.main import main
from catalogctl.errors import OutsideError, UsageError
from catalogctl.fetch.fetch_limits import FetchLimits
from catalogctl.files import StagedTree, row
from catalogctl.publish import verify_url
from catalogctl.publish.manifest import manifest
from catalogctl.publish.verify import ManifestMismatch, MismatchKind, verify_folder
from support.faults import ordinary_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILES = {
    "index.html": b"<!doctype html>",
    "a/b.json": b'{"a":1}\n',
    "a/c d".replace(" ", "%20"): b"percent",
    "labels/~C3~A4.json": b"[]",
    "empty": b"",
    "_headers": b"/*",
    ".nojekyll": b"",
}


def publish(out: Path, files: dict[str, bytes]) -> None:
    with StagedTree(out, wait=0, durable=False) as tree:
        rows = [tree.write(path, data) for path, data in files.items()]
        tree.write("manifest.json", manifest(rows))
        tree.commit()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(tmp_path / "public", FILES)
    return tmp_path / "public"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "public"
    publish(folder, FILES)
    return folder


def test_a_tree_as_it_was_built_has_no_difference(out: Path) -> None:
    """R-30"""
    assert verify_folder(out) == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_flipped_byte_anywhere_is_found(kept: Path, data: st.DataObject) -> None:
    """R-30: in any listed file, and in the manifest itself."""
    names = ["manifest.json", *(path for path in FILES if FILES[path] and path != "_headers")]
    path = kept / data.draw(st.sampled_from(names))
    before = path.read_bytes()
    place = data.draw(st.integers(0, len(before) - 1))
    other = bytes([before[place] ^ data.draw(st.integers(1, 255))])
    path.write_bytes(before[:place] + other + before[place + 1 :])
    try:
        found = verify_folder(kept)
    finally:
        path.write_bytes(before)
    assert found
    if path.name != "manifest.json":
        assert [(kept / difference.path, difference.kind) for difference in found] == [
            (path, MismatchKind.CHANGED)
        ]


def cut(out: Path) -> None:
    (out / "a/b.json").write_bytes(b'{"a')


def longer(out: Path) -> None:
    (out / "a/b.json").write_bytes(b'{"a":1}\n\n')


def other(out: Path) -> None:
    (out / "a/b.json").write_bytes(b'{"a":2}\n')


def gone(out: Path) -> None:
    (out / "a/b.json").unlink()


def folder_gone(out: Path) -> None:
    shutil.rmtree(out / "a")


def more(out: Path) -> None:
    (out / "a/more.json").touch()


def hidden(out: Path) -> None:
    (out / ".htaccess").touch()


def a_folder_more(out: Path) -> None:
    (out / "more/deep").mkdir(parents=True)
    (out / "more/deep/file").touch()


def a_link_instead(out: Path) -> None:
    (out / "real").write_bytes(FILES["a/b.json"])
    (out / "a/b.json").unlink()
    (out / "a/b.json").symlink_to(out / "real")


def a_linked_folder(out: Path) -> None:
    (out / "a").rename(out.parent / "elsewhere")
    (out / "a").symlink_to(out.parent / "elsewhere")


def a_folder_instead(out: Path) -> None:
    (out / "empty").unlink()
    (out / "empty").mkdir()


def a_strange_name(out: Path) -> None:
    (out / "a\n\udcff").touch()


def no_manifest(out: Path) -> None:
    (out / "manifest.json").unlink()


def linked_manifest(out: Path) -> None:
    (out / "manifest.json").rename(out.parent / "manifest.json")
    (out / "manifest.json").symlink_to(out.parent / "manifest.json")


def broken_manifest(out: Path) -> None:
    (out / "manifest.json").write_bytes(manifest([row("a/../../etc/passwd", b"")]))


DRIP = b"{ "
QUICK = FetchLimits(pause=0)
ADDED, CHANGED, MISSING = MismatchKind.ADDED, MismatchKind.CHANGED, MismatchKind.MISSING
CASES: list[tuple[Callable[[Path], None], list[tuple[str, MismatchKind, str]]]] = [
    (cut, [("a/b.json", MismatchKind.TRUNCATED, "3 bytes instead of 8")]),
    (longer, [("a/b.json", CHANGED, "9 bytes instead of 8")]),
    (other, [("a/b.json", CHANGED, "sha256")]),
    (gone, [("a/b.json", MISSING, "")]),
    (folder_gone, [("a/b.json", MISSING, ""), ("a/c%20d", MISSING, "")]),
    (more, [("a/more.json", ADDED, "")]),
    (hidden, [(".htaccess", ADDED, "")]),
    (a_folder_more, [("more/", ADDED, "a folder")]),
    (a_link_instead, [("a/b.json", CHANGED, "a symbolic link"), ("real", ADDED, "")]),
    (
        a_linked_folder,
        [("a", ADDED, "a symbolic link"), ("a/b.json", MISSING, ""), ("a/c%20d", MISSING, "")],
    ),
    (a_folder_instead, [("empty", MISSING, ""), ("empty/", ADDED, "a folder")]),
    (a_strange_name, [("a\n\\xff", ADDED, "")]),
    (no_manifest, [("manifest.json", MISSING, "nothing can be compared")]),
    (linked_manifest, [("manifest.json", MismatchKind.BROKEN, "a symbolic link")]),
    (broken_manifest, [("manifest.json", MismatchKind.BROKEN, "'a/../../etc/passwd'")]),
]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


def check(found: list[ManifestMismatch], expected: list[tuple[str, MismatchKind, str]]) -> None:
    assert [(one.path, one.kind) for one in found] == [(path, kind) for path, kind, _ in expected]
    assert all(words in one.detail for one, (_, _, words) in zip(found, expected, strict=True))


@pytest.mark.parametrize(("change", "expected"), CASES, ids=name)
def test_what_differs_in_a_folder_is_named(
    out: Path, change: Callable[[Path], None], expected: list[tuple[str, MismatchKind, str]]
) -> None:
    """R-30, R-12: no link is followed, no path leaves the tree."""
    change(out)
    check(verify_folder(out), expected)


def test_a_file_that_may_not_be_read_is_named() -> None:
    """R-30"""
    with ordinary_user() as folder:
        publish(folder / "public", FILES)
        (folder / "public/a/b.json").chmod(0)
        found = verify_folder(folder / "public")
        check(found, [("a/b.json", MismatchKind.UNREADABLE, "permission denied")])


def test_what_is_no_folder_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        verify_folder(tmp_path / "absent")


def differences_at(url: str, limits: FetchLimits = QUICK) -> list[ManifestMismatch]:
    return verify_url.verify_url(url, environ={}, limits=limits)


class Server:
    """A web server for one folder; `faults` are answers that it gives instead, by path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: dict[str, list[tuple[int, bytes, int]]] = {}
        self.ended = threading.Event()
        self.url = ""

    def answer(self, path: str) -> tuple[int, bytes, int]:
        """Return status, body and the length that is promised."""
        if self.faults.get(path):
            return self.faults[path].pop(0)
        file = self.folder / path
        if not file.is_file():
            return 404, b"not here", 8
        body = file.read_bytes()
        return 200, body, len(body)


@pytest.fixture
def server(out: Path) -> Iterator[Server]:
    site = Server(out)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            from urllib.parse import unquote

            status, body, length = site.answer(unquote(self.path).removeprefix("/sub/"))
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)
            while body == DRIP and not site.ended.wait(0.05):
                self.wfile.write(b" ")
            self.close_connection = len(body) != length

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.daemon_threads = True
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        site.url = f"http://127.0.0.1:{httpd.server_port}/sub"
        yield site
        site.ended.set()
        httpd.shutdown()
        thread.join()


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_published_tree_has_no_difference(server: Server, slash: str) -> None:
    """R-30: below a sub-path, with names that need escaping."""
    assert differences_at(server.url + slash) == []


FROM_AFAR = [case for case in CASES if case[0] in {cut, longer, other, gone, folder_gone}]
FROM_AFAR += [case for case in CASES if case[0] in {more, no_manifest, broken_manifest}]


@pytest.mark.parametrize(("change", "expected"), FROM_AFAR, ids=name)
def test_what_differs_behind_a_url_is_named(
    server: Server, change: Callable[[Path], None], expected: list[tuple[str, MismatchKind, str]]
) -> None:
    """R-30: all but what was added."""
    change(server.folder)
    seen = [(path, kind) for path, kind, _ in expected if kind is not ADDED]
    assert [(one.path, one.kind) for one in differences_at(server.url)] == seen


def test_a_fault_that_goes_away_leaves_no_trace(server: Server) -> None:
    server.faults = {
        "a/b.json": [(200, b"{", 8)],
        "empty": [(503, b"", 0)],
        "manifest.json": [(429, b"", 0)],
    }
    assert differences_at(server.url) == []


def test_a_file_that_the_server_refuses_is_named(server: Server) -> None:
    server.faults = {"a/b.json": [(403, b"", 0)] * 9, "empty": [(500, b"", 0)] * 9}
    check(
        differences_at(server.url),
        [
            ("a/b.json", MismatchKind.UNREADABLE, "403"),
            ("empty", MismatchKind.UNREADABLE, "500"),
        ],
    )


def test_a_tree_that_is_replaced_meanwhile_is_compared_anew(server: Server) -> None:
    """R-36: the first manifest is of the tree before."""
    before = manifest([row("a/b.json", b"before"), row("gone", b"")])
    server.faults = {"manifest.json": [(200, before, len(before))]}
    assert differences_at(server.url) == []


def test_an_answer_that_always_breaks_off_ends_the_run(server: Server) -> None:
    server.faults = {"a/b.json": [(200, b"{", 8)] * 9}
    with pytest.raises(OutsideError, match=r"a/b\.json broke off"):
        differences_at(server.url)


def test_a_manifest_that_the_server_refuses_ends_the_run(server: Server) -> None:
    server.faults = {"manifest.json": [(500, b"", 0)] * 9}
    with pytest.raises(OutsideError, match=r"manifest\.json answered 500"):
        differences_at(server.url)


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(OutsideError, match="can't be reached"):
        differences_at(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url", ["public", "file:///etc", "http://", "https://x/?a", "https://x/#a"]
)
def test_what_is_no_address_of_a_tree_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match="verify: "):
        differences_at(url)


def test_the_address_of_the_manifest_is_that_of_its_tree(server: Server) -> None:
    assert differences_at(server.url + "/manifest.json") == []


def test_one_file_that_does_not_come_ends_the_run_for_all(server: Server) -> None:
    """Q-44: those that are asked for later are not waited for; a large file may take longer."""
    rows = [row(f"{number}.json", b" " * 1000) for number in range(40)]
    listed = manifest(rows)
    server.faults = {"manifest.json": [(200, listed, len(listed))]}
    server.faults |= {f"{number}.json": [(200, DRIP, 1000)] * 9 for number in range(40)}
    began = time.monotonic()
    with pytest.raises(OutsideError, match=r"json did not answer within 0\.7 s"):
        differences_at(server.url, FetchLimits(seconds=0.5, bytes_a_second=5000))
    assert time.monotonic() - began < 5


def test_a_manifest_that_is_a_bomb_is_refused(server: Server) -> None:
    """Q-44: rows that take far more room than their text."""
    rows = b'{"path":"a","size":1,"sha256":""},' * 2_000_000
    bomb = b'{"schema_version":1,"files":[' + rows[:-1] + b"]}\n"
    server.faults = {"manifest.json": [(200, bomb, len(bomb))] * 2}
    check(
        differences_at(server.url),
        [("manifest.json", MismatchKind.BROKEN, "far too many values")],
    )


@pytest.mark.parametrize("change", [None, cut])
def test_a_tree_is_said_to_be_unsigned_once(
    out: Path, change: Callable[[Path], None] | None, capfd: pytest.CaptureFixture[str]
) -> None:
    """R-35: whether it is whole or not; the manifest stands for its folder."""
    if change is not None:
        change(out)
    assert main(["verify", str(out / "manifest.json")]) == (0 if change is None else 1)
    assert capfd.readouterr().err.count("unsigned") == 1
