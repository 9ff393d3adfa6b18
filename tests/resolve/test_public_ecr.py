"""AWS Public ECR's ways, at a simulator: a token for everything, and one request a second."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from catalogctl.resolve import public_ecr
from catalogctl.resolve.registry_kinds import kind_of
from support.loopback import Asked, Reply, Server, in_json
from support.registries import Images, error
from support.resolving import FakeClock, catalog, run, tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.registry_settings import Registry

NAMES = ["a1b2c3d4/plugins/plugin-a", "amazonlinux/plugin-b", "docker/library/plugin-c"]


def ecr(images: Images) -> Callable[[Asked], Reply]:
    """Return the app: a challenge with the constant scope, and n of at most 1000."""

    def app(asked: Asked) -> Reply:
        if asked.path == "/token/":
            known = asked.query.get("scope") == ["aws"]
            return in_json({"token": "ecr-token"}) if known else error(400, "BAD", "no such scope")
        if asked.headers.get("authorization") != "Bearer ecr-token":
            realm = f"http://{asked.headers['host']}/token/"
            header = f'Bearer realm="{realm}",service="public.ecr.aws",scope="aws"'
            return error(401, "UNAUTHORIZED", "no token", {"Www-Authenticate": header})
        if int(asked.query.get("n", ["100"])[0]) > 999:
            return error(405, "UNSUPPORTED", "maxResults must be less than or equal to 999")
        return images(asked)

    return app


@pytest.fixture
def images() -> Images:
    return Images({name: {"1.0": "one", "1.1": "two"} for name in NAMES})


def options(server: Server) -> dict[str, object]:
    return {"endpoint": server.url, "insecure": True, "allow_private": True}


def plugins() -> dict[str, dict[str, str]]:
    return {
        name.rpartition("/")[2]: {
            "image": name,
            "registry_type": "AWS_PUBLIC_ECR",
            "registry_url": "public.ecr.aws",
        }
        for name in NAMES
    }


def test_one_token_serves_all_images(tmp_path: Path, images: Images) -> None:
    with Server(ecr(images)) as server:
        folder = catalog(tmp_path, {"public.ecr.aws": options(server)}, plugins())
        assert run(folder).exit_code == 0
        tokens = [asked for asked in server.log if asked.path == "/token/"]
    assert len(tokens) == 1
    assert tags(folder, "plugin-a") == ["1.1", "1.0"]


def test_a_page_that_is_too_large_is_asked_once_more_without_a_size(
    tmp_path: Path, images: Images
) -> None:
    with Server(ecr(images)) as server:
        folder = catalog(tmp_path, {"public.ecr.aws": options(server)}, plugins())
        assert run(folder, "plugin-a").exit_code == 0
        lists = [asked.query for asked in server.log if asked.path.endswith("/tags/list")]
    assert lists == [{"n": ["1000"]}, {"n": ["1000"]}, {}]


def test_without_credentials_it_is_asked_once_a_second() -> None:
    registry = kind_of("public.ecr.aws").registry("public.ecr.aws", {})
    assert registry.rate == public_ecr.RATE == (1.0, 10.0)
    mirror: JSONObject = {"endpoint": "https://mirror.example.org"}
    assert kind_of("public.ecr.aws").registry("public.ecr.aws", mirror).rate is None


def test_requests_keep_their_distance(
    tmp_path: Path, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pace is the host's, whichever image asks; its waits are not counted as the image's."""
    real = public_ecr.registry

    def unhurried(name: str, options: JSONObject) -> Registry:
        return replace(real(name, options), rate=public_ecr.RATE)

    monkeypatch.setattr(public_ecr, "registry", unhurried)
    clock = FakeClock()
    began = clock.monotonic()
    with Server(ecr(images)) as server:
        folder = catalog(tmp_path, {"public.ecr.aws": options(server)}, plugins())
        report = run(folder, clock=clock)
    assert report.exit_code == 0
    assert clock.monotonic() - began >= report.requests - 1
