"""Signing in: tokens and passwords at a real registry with TLS, and where passwords are found."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from catalogctl.resolve.credentials import user_of, variable
from catalogctl.resolve.failures import RegistryError
from catalogctl.resolve.image_outcomes import OutcomeState
from catalogctl.resolve.registry_kinds import kind_of
from support.authority import Authority
from support.docker_hub import basic
from support.loopback import Asked, Reply, Server, in_json
from support.registries import DockerRegistry, Images, error
from support.resolving import LOCAL, FakeClock, at, catalog, outcome, run, tags
from support.tokens import TokenServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.image_outcomes import ResolveReport

LOCALHOST = "127.0.0.1"
USER, PASSWORD = "reader", "s3cret"
HTPASSWD = "reader:$2b$04$IcR4xRVHeAz0hhhz1FJT1uDdj/SXh/bxHXkncTt3BjK9LjCJiP94q\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class Guarded:
    """A docker-registry behind TLS and a token server, with one image."""

    def __init__(self, folder: Path, authority: Authority, users: dict[str, str] | None) -> None:
        self.tokens = TokenServer(folder, users)
        self.server = Server(self.tokens, authority.context(LOCALHOST))
        trusted = self.tokens.trusted(f"{self.server.url}/token")
        files = authority.files(LOCALHOST)
        self.registry = DockerRegistry(
            folder / "registry", tls=files, ca_file=authority.ca_file, auth=trusted
        )
        self.authority = authority

    def push(self, *names: str) -> None:
        actions = ["pull", "push"]
        for name in names:
            access = [{"type": "repository", "name": name, "actions": actions}]
            headers = {"Authorization": f"Bearer {self.tokens.token(access)}"}
            self.registry.push(name, ["1.0", "1.1"], name, headers=headers)

    def resolve(
        self, folder: Path, *plugin_ids: str, environ: Mapping[str, str] | None = None, **more: Any
    ) -> ResolveReport:
        options = {"allow_private": True, "ca_file": "ca.pem", "token_hosts": [self.server.host]}
        registries = {self.registry.host: {**options, **more}}
        catalog(folder, registries, at(self.registry.host, *plugin_ids))
        (folder / "ca.pem").write_text(self.authority.ca_pem, encoding="utf-8")
        return run(folder, environ=environ or {})


@pytest.fixture
def public(tmp_path: Path, authority: Authority) -> Iterator[Guarded]:
    guarded = Guarded(tmp_path / "guarded", authority, None)
    with guarded.server, guarded.registry:
        yield guarded


@pytest.fixture
def private(tmp_path: Path, authority: Authority) -> Iterator[Guarded]:
    guarded = Guarded(tmp_path / "guarded", authority, {USER: PASSWORD})
    with guarded.server, guarded.registry:
        yield guarded


def signed_in(host: str, password: str = PASSWORD) -> dict[str, str]:
    """Return an environment with the credentials of a registry."""
    return {f"{variable(host)}_USERNAME": USER, f"{variable(host)}_PASSWORD": password}


def test_a_public_image_is_read_with_one_token_for_each_repository(
    public: Guarded, tmp_path: Path
) -> None:
    public.push("acme/plugin-a", "acme/plugin-b")
    folder = tmp_path / "catalog"
    report = public.resolve(folder, "plugin-a", "plugin-b")
    assert report.exit_code == 0, report.outcomes
    assert tags(folder, "plugin-b") == ["1.1", "1.0"]
    scopes = sorted(asked.query["scope"][0] for asked in public.server.log)
    assert scopes == ["repository:acme/plugin-a:pull", "repository:acme/plugin-b:pull"]


def test_a_private_image_is_read_with_the_password_of_its_registry(
    private: Guarded, tmp_path: Path
) -> None:
    private.push("acme/plugin-a")
    folder = tmp_path / "catalog"
    report = private.resolve(folder, "plugin-a")
    assert report.exit_code == 3
    name = variable(private.registry.host)
    cause = outcome(report, "plugin-a").cause
    assert cause.startswith("its token server answered 401")
    assert f"set {name}_USERNAME and {name}_PASSWORD" in cause
    report = private.resolve(folder, "plugin-a", environ=signed_in(private.registry.host))
    assert report.exit_code == 0, report.outcomes
    assert private.server.log[-1].headers["authorization"] == basic(USER, PASSWORD)


def test_a_token_is_asked_for_with_the_actions_of_the_challenge(tmp_path: Path) -> None:
    """Azure wants another right for lists than for manifests (registries, 3)."""
    images = Images({f"acme/plugin-{letter}": {"1.0": "x"} for letter in "ab"})

    def app(asked: Asked) -> Reply:
        if asked.path == "/token":
            return in_json({"token": asked.query["scope"][0]})
        name = asked.path.removeprefix("/v2/").partition("/tags/")[0].partition("/manifests/")[0]
        action = "metadata_read" if asked.path.endswith("/tags/list") else "pull"
        subject, _, granted = asked.headers.get("authorization", "").rpartition(":")
        if subject == f"Bearer repository:{name}" and action in granted.split(","):
            return images(asked)
        realm = f'Bearer realm="http://{asked.headers["host"]}/token"'
        header = {"WWW-Authenticate": f'{realm},scope="repository:{name}:{action}"'}
        return error(401, "UNAUTHORIZED", "no", header)

    with Server(app) as server:
        plugins = at(server.host, "plugin-a", "plugin-b")
        assert run(catalog(tmp_path, {server.host: LOCAL}, plugins)).exit_code == 0
        scopes = sorted(asked.query["scope"][0] for asked in server.log if asked.path == "/token")
    assert scopes == [f"repository:acme/plugin-{letter}:metadata_read,pull" for letter in "ab"]


def test_a_token_that_grants_too_little_is_a_refusal(public: Guarded, tmp_path: Path) -> None:
    public.push("acme/plugin-a")
    public.tokens.actions = "delete"
    report = public.resolve(tmp_path / "catalog", "plugin-a")
    assert (
        "refuses the credentials that it asked for to read acme/plugin-a"
        in outcome(report, "plugin-a").cause
    )


def test_basic_authentication(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "htpasswd").write_text(HTPASSWD, encoding="utf-8")
    auth = {"htpasswd": {"realm": "tests", "path": str(folder / "htpasswd")}}
    with DockerRegistry(folder, auth=auth) as registry:
        headers = {"Authorization": basic(USER, PASSWORD)}
        registry.push("acme/plugin-a", ["1.0"], "a", headers=headers)
        files = catalog(tmp_path / "catalog", {registry.host: LOCAL}, at(registry.host, "plugin-a"))
        assert "it wants a password" in outcome(run(files), "plugin-a").cause
        wrong = run(files, environ=signed_in(registry.host, "an0ther"))
        assert "its credentials are wrong" in outcome(wrong, "plugin-a").cause
        assert "an0ther" not in outcome(wrong, "plugin-a").cause
        assert run(files, environ=signed_in(registry.host)).exit_code == 0


def test_a_certificate_of_an_unknown_authority_is_refused(public: Guarded, tmp_path: Path) -> None:
    report = public.resolve(tmp_path / "catalog", "plugin-a", ca_file=None)
    cause = outcome(report, "plugin-a").cause
    assert cause.startswith(f"the TLS certificate of {public.registry.host} was refused")
    assert outcome(report, "plugin-a").attempts == 1


@pytest.mark.parametrize("seconds", ["1" + 400 * "0", "1e999", "NaN", "-1", '"60"', "true"])
def test_a_token_is_used_however_long_it_is_said_to_last(tmp_path: Path, seconds: str) -> None:
    images = Images({"acme/plugin-a": {"1.0": "x"}})

    def app(asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply(200, f'{{"token": "t0ken", "expires_in": {seconds}}}'.encode())
        if "authorization" in asked.headers:
            return images(asked)
        realm = f'Bearer realm="http://{asked.headers["host"]}/token"'
        return error(401, "UNAUTHORIZED", "no", {"WWW-Authenticate": realm})

    with Server(app) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, "plugin-a"))
        assert run(folder).exit_code == 0


@pytest.mark.parametrize("what", ["expired", "of another host"])
def test_a_certificate_that_proves_nothing_is_refused(
    tmp_path: Path, authority: Authority, what: str
) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    context = (
        authority.context(LOCALHOST, not_after=past)
        if what == "expired"
        else authority.context("other.example.org")
    )
    with Server(lambda _: Reply(200), context) as server:
        options = {"allow_private": True, "ca_file": "ca.pem"}
        folder = catalog(tmp_path, {server.host: options}, at(server.host, "plugin-a"))
        (folder / "ca.pem").write_text(authority.ca_pem, encoding="utf-8")
        report = run(folder)
        assert server.log == []
    kept = outcome(report, "plugin-a")
    assert (kept.state, kept.attempts) == (OutcomeState.KEPT, 1)
    assert "certificate of" in kept.cause


# Where passwords are found


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


FILES = {
    "the host": ({"auths": {"registry.example.org": auth("ann", "1")}}, "ann"),
    "an address": ({"auths": {"https://registry.example.org/v2/": auth("ann", "1")}}, "ann"),
    "its port": ({"auths": {"registry.example.org:443": auth("ann", "1")}}, "ann"),
    "another host": ({"auths": {"example.org": auth("ann", "1")}}, None),
    "a host that ends so": ({"auths": {"evil.registry.example.org": auth("ann", "1")}}, None),
    "a namespace": ({"auths": {"registry.example.org/team": auth("ann", "1")}}, None),
    "no colon": ({"auths": {"registry.example.org": {"auth": "YW5u"}}}, None),
    "no base64": ({"auths": {"registry.example.org": {"auth": "!"}}}, None),
    "a list": ([], None),
    "auths is a list": ({"auths": []}, None),
}


def found(environ: dict[str, str], host: str, options: dict[str, Any], **more: bool) -> str | None:
    registry = kind_of(host).registry(host, options)
    user = user_of(registry, environ, helpers=more.get("helpers", False))
    return None if user is None else user.name


@pytest.mark.parametrize(("content", "expected"), FILES.values(), ids=FILES)
@pytest.mark.parametrize(
    "place", ["DOCKER_CONFIG", "HOME", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"]
)
def test_dockers_files_are_read(
    tmp_path: Path, content: object, expected: str | None, place: str
) -> None:
    path = (
        tmp_path
        / {
            "DOCKER_CONFIG": "config.json",
            "HOME": ".docker/config.json",
            "REGISTRY_AUTH_FILE": "auth.json",
            "XDG_RUNTIME_DIR": "containers/auth.json",
        }[place]
    )
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    environ = {place: str(path if place == "REGISTRY_AUTH_FILE" else tmp_path)}
    assert found(environ, "registry.example.org", {}) == expected


def test_the_environment_comes_before_files_and_both_values_are_needed(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        json.dumps({"auths": {"registry.example.org:5000": auth("file", "1")}}), encoding="utf-8"
    )
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    host = "registry.example.org:5000"
    assert found(environ, host, {}) == "file"
    environ["CATALOGCTL_REGISTRY_REGISTRY_EXAMPLE_ORG_5000_USERNAME"] = "environment"
    assert found(environ, host, {}) == "file"
    environ["CATALOGCTL_REGISTRY_REGISTRY_EXAMPLE_ORG_5000_PASSWORD"] = "1"
    assert found(environ, host, {}) == "environment"


def test_docker_hub_has_its_own_key(tmp_path: Path) -> None:
    content = {"auths": {"https://index.docker.io/v1/": auth("ann", "1")}}
    (tmp_path / "config.json").write_text(json.dumps(content), encoding="utf-8")
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    assert found(environ, "docker.io", {}) == "ann"
    assert found(environ, "ghcr.io", {}) is None


def test_a_mirror_gets_no_password_of_what_it_mirrors(tmp_path: Path) -> None:
    """R-21."""
    content = {
        "auths": {
            "registry.example.org": auth("origin", "1"),
            "mirror.example.org": auth("mirror", "1"),
        }
    }
    (tmp_path / "config.json").write_text(json.dumps(content), encoding="utf-8")
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    options = {"endpoint": "https://mirror.example.org"}
    assert found(environ, "registry.example.org", options) == "mirror"
    options = {"endpoint": "https://another.example.org"}
    assert found(environ, "registry.example.org", options) is None
    assert found(environ, "docker.io", options) is None


def test_a_program_that_keeps_passwords_runs_only_when_it_is_allowed(tmp_path: Path) -> None:
    program = tmp_path / "docker-credential-test"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        'print(json.dumps({"Username": sys.stdin.read(), "Secret": "1"}))\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    content = {"credHelpers": {"registry.example.org": "test", "other.example.org": "../x"}}
    (tmp_path / "config.json").write_text(json.dumps(content), encoding="utf-8")
    environ = {"DOCKER_CONFIG": str(tmp_path), "PATH": str(tmp_path)}
    assert found(environ, "registry.example.org", {}) is None
    assert found(environ, "registry.example.org", {}, helpers=True) == "registry.example.org"
    assert found(environ, "other.example.org", {}, helpers=True) is None


def test_a_password_is_in_no_repr() -> None:
    """R-21."""
    environ = {"CATALOGCTL_REGISTRY_GHCR_IO_USERNAME": "ann"}
    environ["CATALOGCTL_REGISTRY_GHCR_IO_PASSWORD"] = "s3cret"
    registry = kind_of("ghcr.io").registry("ghcr.io", {})
    assert "s3cret" not in repr(user_of(registry, environ, helpers=False))


LONE = "\ud800x"
# (variables of the environment, an entry of Docker's file): the password in them is not UTF-8
NOT_UTF8: dict[str, tuple[dict[str, str], JSONObject]] = {
    "in the environment": (signed_in("ghcr.io", os.fsdecode(b"S3cr\xe4t")), {}),
    "an identity token": ({}, {"auths": {"ghcr.io": {"identitytoken": LONE}}}),
    "from a credential helper": ({}, {"credHelpers": {"ghcr.io": "test"}}),
}


@pytest.mark.parametrize(("environ", "content"), NOT_UTF8.values(), ids=NOT_UTF8)
def test_a_password_that_is_not_utf8_is_refused(
    tmp_path: Path, environ: dict[str, str], content: JSONObject
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(content), encoding="utf-8")
    program = tmp_path / "docker-credential-test"
    answer = json.dumps({"Username": "ann", "Secret": LONE})
    program.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    program.chmod(0o755)
    places = {"DOCKER_CONFIG": str(tmp_path), "PATH": str(tmp_path)}
    with pytest.raises(RegistryError, match="password is not UTF-8") as caught:
        found({**environ, **places}, "ghcr.io", {}, helpers=True)
    assert "S3cr" not in str(caught.value)


def test_an_identity_token_is_exchanged_for_a_token(tmp_path: Path) -> None:
    """distribution, "OAuth2 Token Authentication": what a credential helper of a cloud gives."""
    images = Images({"acme/plugin-a": {"1.0": "x"}})

    def app(asked: Asked) -> Reply:
        if asked.path == "/token":
            fields = parse_qs(asked.body.decode())
            known = fields.get("refresh_token") == ["1dentity"]
            return in_json({"access_token": "t0ken"}) if known else Reply(401)
        if asked.headers.get("authorization") == "Bearer t0ken":
            return images(asked)
        realm = f'Bearer realm="http://{asked.headers["host"]}/token",service="s"'
        return error(401, "UNAUTHORIZED", "no", {"WWW-Authenticate": realm})

    with Server(app) as server:
        folder = catalog(tmp_path / "catalog", {server.host: LOCAL}, at(server.host, "plugin-a"))
        entry = {"identitytoken": "1dentity"}
        (tmp_path / "config.json").write_text(
            json.dumps({"auths": {server.host: entry}}), encoding="utf-8"
        )
        assert run(folder, environ={"DOCKER_CONFIG": str(tmp_path)}).exit_code == 0
        posts = [asked for asked in server.log if asked.method == "POST"]
    assert len(posts) == 1
    assert "scope=repository%3Aacme%2Fplugin-a%3Apull" in posts[0].body.decode()


def test_a_token_is_kept_until_shortly_before_it_ends(tmp_path: Path) -> None:
    """Without `expires_in` it lasts 60 s (distribution, "Token Response Fields")."""
    images = Images({"acme/plugin-a": {f"1.{number}": "x" for number in range(9)}})
    clock = FakeClock()

    def app(asked: Asked) -> Reply:
        if asked.path == "/token":
            return in_json({"token": "t0ken"})
        if "authorization" in asked.headers:
            if asked.path.endswith("/1.4"):
                clock.sleep(51)
            return images(asked)
        realm = f'Bearer realm="http://{asked.headers["host"]}/token"'
        return error(401, "UNAUTHORIZED", "no", {"WWW-Authenticate": realm})

    with Server(app) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, "plugin-a"))
        assert run(folder, clock=clock).exit_code == 0
        tokens = [asked for asked in server.log if asked.path == "/token"]
    assert len(tokens) == 2
