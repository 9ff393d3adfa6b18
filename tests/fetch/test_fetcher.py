"""One read of a web address ends within its time and its size, whatever the host does."""

from __future__ import annotations

import gzip
import time
import urllib.request
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from catalogctl.fetch import fetch_limits as defaults
from catalogctl.fetch.fetch_errors import FetchError, TooLargeError, TooSlowError
from catalogctl.fetch.fetch_limits import FetchLimits
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import WholeResponse, whole
from support.authority import Authority
from support.wire import Line, Play, answer, host, says

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHORT = FetchLimits(seconds=0.5, pause=0)
QUICK = FetchLimits(pause=0)


def read(
    address: str,
    *,
    limits: FetchLimits = QUICK,
    most: int = 1000,
    environ: Mapping[str, str] | None = None,
    scheme: str = "http",
) -> WholeResponse:
    """Read what a host answers to a request for `/x.json`."""
    fetcher = Fetcher(environ or {}, limits=limits)
    try:
        return fetcher.read(f"{scheme}://{address}/x.json", whole, most=most)
    finally:
        fetcher.close()


def test_one_read_leaves_a_command_time_within_a_minute() -> None:
    """Q-44."""
    assert defaults.LIMITS.seconds <= 50
    assert defaults.LIMITS.connect < defaults.LIMITS.seconds
    assert defaults.LIMITS.longest_pause < defaults.LIMITS.seconds


# Time


def drip_after(start: bytes, piece: bytes = b" ") -> Play:
    """Return a play that reads the request, sends a start, and then drips."""

    def play(line: Line) -> None:
        line.request()
        line.send(start)
        line.drip(piece)

    return play


def drip_at_once(line: Line) -> None:
    """Send what may be the start of anything, a byte at a time."""
    line.drip(b"\x16")


CHUNKED = answer(b"", "Transfer-Encoding: chunked", length=False)
GZIPPED = answer(b"", "Content-Encoding: gzip", "Content-Length: 100000", length=False)
DRIPS = {
    "the first line": drip_after(b"HTTP/1.1 200", b"x"),
    "a header": drip_after(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "headers": drip_after(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "provisional answers": drip_after(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": drip_after(answer(b"{", "Content-Length: 900", length=False)),
    "a body without a length": drip_after(answer(b"{", length=False)),
    "chunks": drip_after(CHUNKED, b"1\r\n \r\n"),
    "the length of a chunk": drip_after(CHUNKED, b"0"),
    "trailers": drip_after(CHUNKED + b"1\r\n{\r\n0\r\n", b"X: y\r\n"),
    "an empty gzip": drip_after(GZIPPED + gzip.compress(b"")[:10], b"\x00\x00\x00\xff\xff"),
    "the body of a redirect": drip_after(b"HTTP/1.1 302 Found\r\nX: ", b"x"),
    "the body of a refusal": drip_after(b"HTTP/1.1 503 Busy\r\nX: ", b"x"),
    "nothing at all": lambda line: line.drip(b""),
}


@pytest.mark.parametrize("play", DRIPS.values(), ids=DRIPS)
def test_whatever_drips_is_given_up_in_time(play: Play) -> None:
    """Q-44, R-34: headers as well as bodies."""
    began = time.monotonic()
    with host(play) as address, pytest.raises(TooSlowError, match=r"did not answer within 0\.5 s"):
        read(address, limits=SHORT)
    assert time.monotonic() - began < 5


def test_redirects_do_not_start_the_time_anew() -> None:
    """Q-44."""

    def slow(line: Line) -> None:
        path = line.request().split()[1]
        time.sleep(0.2)
        line.send(answer(b"", f"Location: {path}x", "Connection: close", status="302 Found"))

    with host(slow) as address, pytest.raises(TooSlowError):
        read(address, limits=FetchLimits(seconds=0.5, redirects=1000))


def test_a_second_try_does_not_start_the_time_anew() -> None:
    """Q-44: a host that is busy until the end, and then drips."""
    busy = says(answer(b"", "Retry-After: 0.3", "Connection: close", status="503 Busy"))
    drip = drip_after(answer(b"{", length=False))
    began = time.monotonic()
    with host(busy, drip) as address, pytest.raises(TooSlowError):
        read(address, limits=SHORT)
    assert time.monotonic() - began < 5


def test_a_tls_handshake_that_drips_is_given_up_in_time() -> None:
    """Q-44."""
    with host(drip_at_once) as address, pytest.raises(FetchError):
        read(address, limits=SHORT, scheme="https")

    def hello(line: Line) -> None:
        line.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        line.drip(b"\x00")

    with host(hello) as address, pytest.raises(TooSlowError):
        read(address, limits=SHORT, scheme="https")


def test_a_body_under_tls_that_drips_is_given_up_in_time(tmp_path: Path) -> None:
    """Q-44."""
    authority = Authority(tmp_path)
    context = authority.context("127.0.0.1")
    environ = {"SSL_CERT_FILE": str(authority.ca_file)}

    def served(start: bytes, *, drips: bool) -> Play:
        def play(line: Line) -> None:
            line.wrap(context)
            line.request()
            line.send(start)
            if drips:
                line.drip()

        return play

    with host(served(answer(b"{}"), drips=False)) as address:
        assert read(address, scheme="https", environ=environ).body == b"{}"
    with (
        host(served(answer(b"{", length=False), drips=True)) as address,
        pytest.raises(TooSlowError),
    ):
        read(address, scheme="https", environ=environ, limits=SHORT)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_drips_is_given_up_in_time(scheme: str) -> None:
    """Q-44: and no password of the proxy is shown."""
    with host(drip_after(b"HTTP/1.1 200", b"x")) as address:
        environ = {f"{scheme}_proxy": f"http://me:S3cret@{address}"}
        with pytest.raises(TooSlowError) as caught:
            read("example.invalid", scheme=scheme, environ=environ, limits=SHORT)
    assert "S3cret" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://me:S3cret@[::1", "socks5://me:S3cret@a:1", "http://a:b"])
def test_a_proxy_that_is_none_is_told_without_its_password(proxy: str) -> None:
    with pytest.raises(FetchError) as caught:
        read("example.invalid", environ={"http_proxy": proxy})
    assert "S3cret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_without_a_scheme_is_asked_over_http(scheme: str) -> None:
    asked: list[str] = []

    def proxy(line: Line) -> None:
        asked.append(line.request())
        line.send(answer(status="403 Forbidden"))

    with host(proxy) as address, suppress(FetchError):
        port = address.rpartition(":")[2]
        environ = {f"{scheme}_proxy": f"me:S3cret@localhost:{port}"}
        read("example.invalid", scheme=scheme, environ=environ)
    first = {"http": "GET http://example.invalid/x.json", "https": "CONNECT example.invalid:443"}
    assert [each[: len(first[scheme])] for each in asked] == [first[scheme]]


def test_what_no_proxy_names_is_asked_without_one_on_every_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """macOS has this function with one parameter, and asks the system's settings in it."""
    monkeypatch.setattr(urllib.request, "proxy_bypass", lambda _: False)
    with host(says(answer(b"{}"))) as address:
        environ = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}
        assert read(address, environ=environ).body == b"{}"


def test_a_host_that_is_silent_is_given_up_before_the_end() -> None:
    with (
        host(lambda line: line.drip(b"")) as address,
        pytest.raises(TooSlowError, match=r"sent nothing for 0\.2 s"),
    ):
        read(address, limits=FetchLimits(silence=0.2))


# Size


def test_as_many_bytes_as_allowed_are_read() -> None:
    for body in (answer(b"x" * 1000), CHUNKED + b"3e8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n"):
        with host(says(body)) as address:
            assert read(address).body == b"x" * 1000


def test_a_gzip_is_unpacked_once() -> None:
    for size in (0, 1, 1000, 65536, 131072):
        packed = gzip.compress(b"x" * size)
        with host(says(answer(packed, "Content-Encoding: GZip"))) as address:
            assert read(address, most=131072).body == b"x" * size


TOO_LARGE = {
    "it says so": answer(b"x" * 1001),
    "without a length": answer(b"x" * 1001, length=False),
    "in chunks": CHUNKED + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n",
    "a bomb": answer(gzip.compress(b" " * 1001), "Content-Encoding: gzip"),
    "a great bomb": answer(gzip.compress(bytes(20_000_000), 9), "Content-Encoding: gzip"),
    "much packed air": answer(
        gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 50_000,
        "Content-Encoding: gzip",
    ),
}


@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused(data: bytes) -> None:
    """R-34: as sent, and as unpacked."""
    with host(says(data)) as address, pytest.raises(TooLargeError, match="more than 1000 bytes"):
        read(address)


ONCE = gzip.compress(b"{}")
WRONGLY_PACKED = {
    "packed twice, in one header": answer(gzip.compress(ONCE), "Content-Encoding: gzip, gzip"),
    "packed twice, in two headers": answer(
        gzip.compress(ONCE), "Content-Encoding: gzip", "Content-Encoding: x-gzip"
    ),
    "packed in another way": answer(zlib.compress(b"{}"), "Content-Encoding: deflate"),
    "packed by nobody": answer(b"{}", "Content-Encoding: gzip"),
    "with something behind": answer(ONCE + b"x", "Content-Encoding: gzip"),
    "two gzips": answer(ONCE + ONCE, "Content-Encoding: gzip"),
    "cut short": answer(ONCE[:-4], "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("data", WRONGLY_PACKED.values(), ids=WRONGLY_PACKED)
def test_one_coding_is_unpacked_and_no_other(data: bytes) -> None:
    """R-34, Q-44."""
    with host(says(data)) as address, pytest.raises(FetchError):
        read(address)


# Where to


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_host_is_followed(status: int) -> None:
    moved = answer(b"", "Location: /y", status=f"{status} There")
    with host(says(moved), says(answer(b"{}"))) as address:
        assert read(address).body == b"{}"


@pytest.mark.parametrize(
    "location", ["http://other.invalid/y?sig=S3cret", "//me:S3cret@other.invalid/y"]
)
def test_a_redirect_to_another_host_is_refused(location: str) -> None:
    """R-34: and its target is named, without the secrets in it."""
    moved = says(answer(b"", f"Location: {location}", status="302 Found"))
    with host(moved) as address, pytest.raises(FetchError) as caught:
        read(address)
    assert "redirects to http://other.invalid/y, which is not followed" in str(caught.value)
    assert "S3cret" not in str(caught.value)


def test_another_port_is_another_host() -> None:
    """R-34: nothing is sent there."""
    asked: list[str] = []

    def note(line: Line) -> None:
        asked.append(line.request())

    with host(note) as other:
        moved = says(answer(b"", f"Location: http://{other}/", status="302 Found"))
        with host(moved) as address, pytest.raises(FetchError, match="which is not followed"):
            read(address)
    assert asked == []


def test_https_is_not_left_for_http(tmp_path: Path) -> None:
    """R-34."""
    authority = Authority(tmp_path)

    def play(line: Line) -> None:
        line.wrap(authority.context("127.0.0.1"))
        where = line.request().partition("Host: ")[2].split()[0]
        line.send(answer(b"", f"Location: http://{where}/", status="302 Found"))

    environ = {"SSL_CERT_FILE": str(authority.ca_file)}
    with host(play) as address, pytest.raises(FetchError, match="which is not followed"):
        read(address, scheme="https", environ=environ)


def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    context = Authority(tmp_path).context("127.0.0.1")
    with (
        host(lambda line: line.wrap(context)) as address,
        pytest.raises(FetchError, match="no certificate that can be trusted"),
    ):
        read(address, scheme="https")


# Once more


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_host_is_asked_once_more(status: int) -> None:
    busy = answer(b"", "Retry-After: 0", status=f"{status} Busy")
    with host(says(busy), says(answer(b"{}"))) as address:
        assert read(address).body == b"{}"
    with host(says(busy), says(busy), says(answer(b"{}"))) as address:
        assert read(address).status == status


def test_what_a_host_asks_for_is_waited_for() -> None:
    busy = answer(b"", "Retry-After: 1", status="503 Busy")
    began = time.monotonic()
    with host(says(busy), says(answer(b"{}"))) as address:
        assert read(address).body == b"{}"
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("after", ["21", "3600", "Fri, 31 Dec 2100 23:59:59 GMT", "9" * 400])
def test_a_long_wait_is_not_waited_for(after: str) -> None:
    """Q-44: the answer stays that the host is busy."""
    busy = answer(b"", f"Retry-After: {after}", status="503 Busy")
    began = time.monotonic()
    with host(says(busy), says(answer(b"{}"))) as address:
        read(address)
    assert time.monotonic() - began < 5


def test_an_answer_that_breaks_off_is_asked_for_once_more() -> None:
    broken = says(answer(b"{", "Content-Length: 2", length=False))
    with host(broken, says(answer(b"{}"))) as address:
        assert read(address).body == b"{}"
    with host(broken) as address, pytest.raises(FetchError, match="broke off"):
        read(address)


def test_what_is_not_there_is_asked_for_once() -> None:
    with host(says(answer(b"gone", status="404 Not Found"))) as address:
        assert read(address)[::2] == (404, b"")


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"f" * 100_000,
        b"",
    ],
)
def test_what_is_no_http_is_told(data: bytes) -> None:
    with host(says(data)) as address, pytest.raises(FetchError):
        read(address)


def test_the_page_of_a_missing_file_may_be_larger_than_the_file() -> None:
    missing = answer(b"x" * 2000, status="404 Not Found")
    with host(says(missing)) as address:
        assert read(address, most=1000).status == 404
