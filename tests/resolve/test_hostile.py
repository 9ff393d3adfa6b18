"""A registry may say what it likes: nothing goes to a host that catalog.yaml does not name."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.fetch.ip_addresses import is_public
from catalogctl.fetch.origins import origin_of
from catalogctl.pipeline.check import check
from catalogctl.resolve.challenges import best_challenge
from catalogctl.resolve.credentials import variable
from catalogctl.resolve.failures import RegistryError
from catalogctl.resolve.image_outcomes import OutcomeState
from catalogctl.resolve.registry_kinds import kind_of, options_of
from support.docker_hub import basic
from support.loopback import Asked, Reply, Server, in_json
from support.registries import Images, error
from support.resolving import LOCAL, at, catalog, lock, locks, outcome, run
from support.traps import Trap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject

SECRET = "s3cret-of-the-registry"


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as trap:
        yield trap


def realm(host: str, scheme: str = "http") -> Callable[[Asked], Reply]:
    header = {"WWW-Authenticate": f'Bearer realm="{scheme}://{host}/token",service="s"'}
    return lambda _: error(401, "UNAUTHORIZED", "no", header)


def location(target: str) -> Callable[[Asked], Reply]:
    return lambda _: Reply(307, b"", {"Location": target})


def link(target: str) -> Callable[[Asked], Reply]:
    return lambda _: in_json({"tags": ["1.0"]}, headers={"Link": f'<{target}>; rel="next"'})


# (how the registry answers, given the trap's host; what the message has)
LURES: dict[str, tuple[Callable[[str], Callable[[Asked], Reply]], str]] = {
    "a realm elsewhere": (realm, "which is not one of its token_hosts"),
    "a realm over https": (lambda host: realm(host, "https"), "not one of its token_hosts"),
    "a realm with a user": (lambda host: realm(f"a@{host}"), "not one of its token_hosts"),
    "a realm that is none": (lambda _: realm("", "file"), "not one of its token_hosts"),
    "a realm with a password": (
        lambda host: realm(f"bob:{SECRET}@{host}/x?sig={SECRET}#"),
        "sends us to http://127.0.0.1",
    ),
    "a redirect": (lambda host: location(f"http://{host}/v2/"), "another host, which is not asked"),
    "a redirect with a login and a signed query": (
        lambda host: location(f"https://bob:{SECRET}@{host}/v2/x?sig={SECRET}#{SECRET}"),
        "to https://127.0.0.1",
    ),
    "a redirect without scheme": (lambda host: location(f"//{host}/"), "another host"),
    "a redirect with a backslash": (lambda host: location(f"/\\{host}/"), "another host"),
    "a next page": (lambda host: link(f"http://{host}/v2/x"), "next page is at"),
    "a next page with a login and a signed query": (
        lambda host: link(f"http://bob:{SECRET}@{host}/v2/x?sig={SECRET}"),
        "page is at http://127",
    ),
    "a Link that can't be read": (
        lambda _: lambda _: in_json({"tags": []}, headers={"Link": f"</v2/x?sig={SECRET}>"}),
        "can't be read: </v2/x",
    ),
    "a next page without scheme": (lambda host: link(f"//{host}/v2/x"), "next page is at"),
    "a next page over https": (lambda host: link(f"https://{host}/v2/x"), "next page is at"),
}


@pytest.mark.parametrize(("lure", "cause"), LURES.values(), ids=LURES)
def test_no_byte_goes_to_a_host_that_is_not_listed(
    tmp_path: Path, trap: Trap, lure: Callable[[str], Callable[[Asked], Reply]], cause: str
) -> None:
    """R-20, R-21."""
    with Server(lure(trap.host)) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, "plugin-a"))
        name = variable(server.host)
        environ = {f"{name}_USERNAME": "ann", f"{name}_PASSWORD": SECRET}
        report = run(folder, environ=environ)
    kept = outcome(report, "plugin-a")
    assert (report.exit_code, kept.state) == (3, OutcomeState.KEPT)
    assert cause in kept.cause
    assert SECRET not in kept.cause
    assert (trap.callers, trap.received) == (0, b"")


def test_a_link_that_stays_on_the_host_is_followed_at_our_own_path(tmp_path: Path) -> None:
    """Artifactory drops a part of the path; an opaque query is kept (registries, 4)."""

    def app(asked: Asked) -> Reply:
        if asked.path != "/v2/acme/plugin-a/tags/list":
            return images(asked)
        if asked.query == {"next_page": ["gAAA=="]}:
            return in_json({"tags": ["1.1"]})
        header = "<http://x/>; rel=prev, </acme/plugin-a/tags/list?next_page=gAAA%3D%3D>; rel=next"
        return in_json({"tags": ["1.0"]}, headers={"Link": header})

    images = Images({"acme/plugin-a": {"1.0": "one", "1.1": "two"}})
    with Server(app) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, "plugin-a"))
        report = run(folder)
    assert report.exit_code == 0, report.outcomes
    assert outcome(report, "plugin-a").total_count == 2


def test_no_answer_makes_a_lock_that_validate_calls_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-23: nor would one be written if what a registry says were taken as it is."""

    def app(asked: Asked) -> Reply:
        reply = images(asked)
        return replace(reply, headers={**reply.headers, "Content-Type": f"a/{'b' * 128}"})

    images = Images({"acme/plugin-a": {"1.0": "one"}})
    with Server(app) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, "plugin-a"))
        assert run(folder).exit_code == 0
        assert lock(folder, "plugin-a")["versions"][0]["media_type"] is None
        assert check(folder).problems == ()
        before = locks(folder)
        images.images["acme/plugin-a"]["1.1"] = "two"
        monkeypatch.setattr("catalogctl.resolve.oci.media_type_of", lambda value: value)
        report = run(folder)
    kept = outcome(report, "plugin-a")
    assert (report.exit_code, kept.state) == (3, OutcomeState.KEPT)
    assert kept.cause.startswith("its new lock would be broken: /versions/0/media_type does not")
    assert locks(folder) == before


# (the Link to a next page, which is at {0}), one for each page
LINKS = [
    '<{0}>; Rel="next"',
    "<{0}>; REL=Next",
    '<{0}>; rel="prev next"',
    '<{0}>; title="a;b"; rel="next"',
    '<{0}>; title="a, <b>; rel=x \\" = c" ;rel = "next"; x',
    '<x>; rel="prev"; title="a;b", <{0}>; type=a; rel="NEXT"',
]


def test_a_link_is_followed_in_whichever_form_it_is_written(tmp_path: Path) -> None:
    """Names of parameters and relations ignore case, and a link may have several (RFC 5988)."""
    forms = iter(LINKS)
    images = Images(
        {"acme/plugin-a": {f"1.{number}": "x" for number in range(len(LINKS) + 1)}},
        page=1,
        link=lambda asked, last: next(forms).format(f"{asked.path}?n=1000&last={last}"),
    )
    with Server(images) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, "plugin-a"))
        assert run(folder).exit_code == 0
    assert lock(folder, "plugin-a")["total_count"] == len(LINKS) + 1


def test_the_password_goes_to_the_registry_and_its_token_host_alone(tmp_path: Path) -> None:
    """R-21: each host has a log, and no log has another's password."""
    images = Images({"acme/plugin-a": {"1.0": "x"}, "acme/plugin-b": {"1.0": "x"}})
    with (
        Server(lambda _: in_json({"token": "t0ken"})) as tokens,
        Server(images) as guarded,
        Server(images) as other,
    ):
        header = {"WWW-Authenticate": f'Bearer realm="{tokens.url}/token",service="s"'}
        guard = error(401, "UNAUTHORIZED", "no", header)
        guarded.app = lambda asked: images(asked) if "authorization" in asked.headers else guard
        registries: dict[str, dict[str, Any]] = {
            guarded.host: {**LOCAL, "token_hosts": [tokens.host]},
            other.host: LOCAL,
        }
        plugins = {**at(guarded.host, "plugin-a"), **at(other.host, "plugin-b")}
        folder = catalog(tmp_path, registries, plugins)
        name = variable(guarded.host)
        environ = {f"{name}_USERNAME": "ann", f"{name}_PASSWORD": SECRET}
        assert run(folder, environ=environ).exit_code == 0
        sent = {
            server.host: {asked.headers.get("authorization") for asked in server.log}
            for server in (tokens, guarded, other)
        }
        assert sent == {
            tokens.host: {basic("ann", SECRET)},
            guarded.host: {None, "Bearer t0ken"},
            other.host: {None},
        }


def test_netrc_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-21: its password would replace a token, and follow a redirect (registries, 7)."""
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login ann password {SECRET}\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Server(Images({"acme/plugin-a": {"1.0": "x"}})) as server:
        folder = catalog(tmp_path / "catalog", {server.host: LOCAL}, at(server.host, "plugin-a"))
        assert run(folder, environ={"NETRC": str(netrc)}).exit_code == 0
        assert all("authorization" not in asked.headers for asked in server.log)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_is_refused_at_the_socket(
    tmp_path: Path, trap: Trap, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """R-20: a public name that leads to a private address gets 0 bytes, not even a TLS hello."""
    real = socket.getaddrinfo

    def resolver(host: str, *arguments: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host == "ghcr.example.org" else host, *arguments, **options)

    monkeypatch.setattr("socket.getaddrinfo", resolver)
    name = f"ghcr.example.org:{trap.host.rpartition(':')[2]}"
    options = {"insecure": True} if scheme == "http" else {}
    folder = catalog(tmp_path, {name: options}, at(name, "plugin-a"))
    kept = outcome(run(folder), "plugin-a")
    assert kept.cause.startswith("ghcr.example.org is at 127.0.0.1, no public address")
    assert kept.attempts == 1
    assert trap.received == b""


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700::6810:84e5", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_which_addresses_are_public(address: str, *, expected: bool) -> None:
    """R-20."""
    assert is_public(address) is expected


def test_plain_http_needs_a_word_in_the_settings() -> None:
    with pytest.raises(RegistryError, match="insecure: true allows it"):
        kind_of("x").registry("registry.example.org", {"endpoint": "http://mirror.example.org"})
    registry = kind_of("x").registry("registry.example.org", {"insecure": True})
    assert registry.endpoint.url("/v2/") == "http://registry.example.org/v2/"
    registry = kind_of("x").registry("registry.example.org", {"insecure": True, "ca_file": "x"})
    assert registry.endpoint.url("/v2/") == "https://registry.example.org/v2/"


def test_only_listed_and_built_in_hosts_may_be_asked() -> None:
    listed: dict[str, JSONObject] = {"registry.example.org:443": {"insecure": True}}
    assert options_of("registry.example.org", listed) == {"insecure": True}
    assert options_of("evil.registry.example.org", listed) is None
    assert options_of("registry.example.org:5000", listed) is None
    for host in ("docker.io", "registry.hub.docker.com", "public.ecr.aws", "ghcr.io", "quay.io"):
        assert options_of(host, {}) == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Registry.example.org:443/x/", "https://registry.example.org/x"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("https://ann@registry.example.org", None),
        ("https://registry.example.org\\@evil.example.org", None),
        ("https://registry.example.org:99999", None),
        ("https://registry.example.org\t", None),
        ("ftp://registry.example.org", None),
        ("//registry.example.org", None),
        ("https://", None),
        ("https://[", None),
        ("https://regi\u017ftry.example.org", None),
    ],
)
def test_where_a_url_leads(url: str, expected: str | None) -> None:
    origin = origin_of(url)
    assert (origin.url("") if origin else None) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(
            ['Bearer realm="https://a/t",service="s",scope="x y"'],
            ("bearer", {"realm": "https://a/t", "service": "s", "scope": "x y"}),
            id="usual",
        ),
        pytest.param(['Basic realm="a, b"'], ("basic", {"realm": "a, b"}), id="a comma"),
        pytest.param(
            ['Negotiate, Basic realm="x", Bearer realm="y"'], ("bearer", {"realm": "y"}), id="three"
        ),
        pytest.param(["Negotiate abc=", "basic realm=x"], ("basic", {"realm": "x"}), id="two"),
        pytest.param(
            [r'Bearer realm="a\"b" , scope="one",scope="two"'],
            ("bearer", {"realm": 'a"b', "scope": "one two"}),
            id="quotes and two scopes",
        ),
        pytest.param(["Digest x"], None, id="none that we know"),
        pytest.param(["", '"', "=", ",,,", "Bearer" * 5000], None, id="garbage"),
    ],
)
def test_challenges_are_read(
    headers: list[str], expected: tuple[str, dict[str, str]] | None
) -> None:
    found = best_challenge(headers)
    assert (None if found is None else (found.scheme, dict(found.parameters))) == expected


def test_a_proxy_is_used_where_the_environment_names_one(tmp_path: Path) -> None:
    """What is behind it is the proxy's to look at, so its own private address is no fault."""
    host = "registry.example.org"
    with Server(Images({"acme/plugin-a": {"1.0": "x"}})) as proxy:
        folder = catalog(tmp_path, {host: {"insecure": True}}, at(host, "plugin-a"))
        environ = {"http_proxy": proxy.url.replace("//", "//ann:pass@")}
        assert run(folder, environ=environ).exit_code == 0
        assert proxy.log[0].headers["host"] == host
        assert proxy.log[0].headers["proxy-authorization"] == basic("ann", "pass")
        assert all("authorization" not in asked.headers for asked in proxy.log)
        asked_before = len(proxy.log)
        report = run(folder, environ={**environ, "no_proxy": host})
        assert outcome(report, "plugin-a").state is OutcomeState.KEPT
        assert len(proxy.log) == asked_before
