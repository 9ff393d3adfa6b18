"""Docker Hub's ways, at a simulator: REST with digests, the end of anonymous paging, its limits."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.resolve.image_outcomes import OutcomeState
from support.docker_hub import DockerHub
from support.loopback import Asked, Reply, Server, in_json
from support.registries import Images, digest, error, manifest
from support.resolving import LATER, FakeClock, catalog, lock, locks, outcome, run, tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MANY = [f"1.{number}" for number in reversed(range(1250))]
NAMES = ["docker.io", "registry.hub.docker.com", "hub.docker.com", "index.docker.io:443"]


def hub_catalog(folder: Path, server: Server, images: dict[str, str], **options: Any) -> Path:
    """Write a catalog of images at Docker Hub, all whose hosts are this server."""
    registries = {
        "docker.io": {
            "rest_endpoint": server.url,
            "endpoint": server.url,
            "insecure": True,
            "allow_private": True,
            **options,
        }
    }
    plugins = {plugin_id: {"image": image} for plugin_id, image in images.items()}
    return catalog(folder, registries, plugins)


def test_tags_digests_sizes_and_platforms_come_in_one_request_for_a_hundred(
    tmp_path: Path,
) -> None:
    tagged = [f"1.{number}" for number in reversed(range(249))] + ["latest"]
    with Server(DockerHub({"acme/plugin-a": tagged})) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        report = run(folder)
        assert (report.exit_code, report.requests) == (0, 3)
        page = "/v2/namespaces/acme/repositories/plugin-a/tags"
        assert [asked.path for asked in server.log] == [page] * 3
    value = lock(folder, "plugin-a")
    assert value["resolved_via"] == "hub"
    assert value["latest"] == "1.248"
    assert value["versions"][0] == {
        "tag": "1.248",
        "digest": digest(manifest("1.248")),
        "media_type": "application/vnd.oci.image.index.v1+json",
        "pushed_at": "2026-01-02T03:04:05.678901Z",
        "first_seen": "2026-01-31T12:00:00.000Z",
        "prerelease": False,
        "size": 1234,
        "platforms": ["linux/amd64", "linux/arm64/v8"],
    }


def test_where_anonymous_paging_ends_the_oci_list_has_the_rest(tmp_path: Path) -> None:
    """After the 403 at offset 1000 only what REST did not tell is looked up."""
    with Server(DockerHub({"acme/plugin-a": MANY})) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert run(folder).exit_code == 0
        heads = sum(asked.method == "HEAD" for asked in server.log)
        pulls = [p for p in server.paths() if p.startswith("GET") and "/manifests/" in p]
        assert (heads, pulls) == (250, [])
        before = locks(folder)
        second = run(folder, now=LATER)
        assert second.requests <= 11 + 1 + 1 + 1 + 5
    assert tags(folder, "plugin-a") == MANY
    assert [each["digest"] for each in lock(folder, "plugin-a")["versions"]] == [
        digest(manifest(tag)) for tag in MANY
    ]
    assert locks(folder) == before


def test_no_version_is_lost_when_tags_change_while_they_are_listed(tmp_path: Path) -> None:
    """A tag that is pushed again or deleted moves others to a page that was read already."""
    tagged = [f"1.{number}" for number in reversed(range(250))]
    hub = DockerHub({"acme/plugin-a": tagged})
    changes: list[Callable[[], None]] = []

    def change_after_first_page(asked: Asked) -> dict[str, str]:
        if asked.query["page"] == ["1"]:
            changes.pop()()
        return {}

    with Server(hub) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert run(folder).exit_code == 0
        before = locks(folder)
        hub.headers = change_after_first_page
        changes.append(lambda: tagged.sort(key=lambda tag: tag != "1.10"))
        assert run(folder, now=LATER).exit_code == 0
        assert locks(folder) == before
        changes.append(lambda: tagged.remove("1.249"))
        report = run(folder, now=LATER)
    removed = outcome(report, "plugin-a").changes.removed
    assert (report.exit_code, [each.tag for each in removed]) == (0, ["1.249"])
    assert tags(folder, "plugin-a") == [f"1.{number}" for number in reversed(range(249))]


def test_a_page_that_is_gone_since_tags_were_deleted_is_no_failure(tmp_path: Path) -> None:
    tagged = [f"1.{number}" for number in reversed(range(250))]
    hub = DockerHub({"acme/plugin-a": tagged})

    def app(asked: Asked) -> Reply:
        if asked.query.get("page") == ["3"]:
            return error(404, "NOT_FOUND", "object not found")
        return hub(asked)

    with Server(app) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert run(folder).exit_code == 0
    assert tags(folder, "plugin-a") == tagged


def test_a_count_that_is_none_is_ignored(tmp_path: Path) -> None:
    hub = DockerHub({"acme/plugin-a": ["1.1", "1.0"]})
    counts: Iterator[object] = iter([None, "many", [], {"of": 3}, -1, 2.5, True, 0, 10**400])

    def app(asked: Asked) -> Reply:
        value = json.loads(hub(asked).body)
        count = next(counts)
        return in_json({**value, "count": count} if count != 0 else {"results": value["results"]})

    with Server(app) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert [run(folder).requests for _ in range(9)] == [1] * 9
    assert tags(folder, "plugin-a") == ["1.1", "1.0"]


def test_what_rest_has_is_enough_where_the_rest_has_no_manifest(tmp_path: Path) -> None:
    """The digests that came with the list show that the registry has images (decision 161)."""
    tagged = [f"1.{number}" for number in reversed(range(101))]
    hub = DockerHub({"acme/plugin-a": tagged}, anonymous_offset=100)
    with Server(lambda asked: Reply(404) if "/manifests/" in asked.path else hub(asked)) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        report = run(folder)
    assert report.exit_code == 0
    assert outcome(report, "plugin-a").notes == ("1 listed tag has no manifest, 1.0",)
    assert lock(folder, "plugin-a")["latest"] == "1.100"


def test_who_signs_in_pages_on(tmp_path: Path) -> None:
    with Server(DockerHub({"acme/plugin-a": MANY}, user=("ann", "s3cret"))) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        environ = {
            "CATALOGCTL_REGISTRY_DOCKER_IO_USERNAME": "ann",
            "CATALOGCTL_REGISTRY_DOCKER_IO_PASSWORD": "s3cret",
        }
        report = run(folder, environ=environ)
        assert (report.exit_code, report.requests) == (0, 1 + 13)
        environ["CATALOGCTL_REGISTRY_DOCKER_IO_PASSWORD"] = "wrong"
        report = run(folder, environ=environ)
    (kept,) = report.of(OutcomeState.KEPT)
    assert "its token server answered 401" in kept.cause


def test_what_old_tags_lack_is_accepted(tmp_path: Path) -> None:
    extra: dict[str, dict[str, Any]] = {
        "1.0": {"digest": None, "images": None, "last_updated": None, "tag_last_pushed": None},
        "1.1": {"digest": "sha256:short", "full_size": -1, "media_type": "<b>", "images": [None]},
    }
    with Server(DockerHub({"acme/plugin-a": ["1.1", "1.0"]}, extra=extra)) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert run(folder).exit_code == 0
        assert run(folder, now=LATER).of(OutcomeState.UNCHANGED)
    unknown = {"digest": None, "size": None, "platforms": None}
    first, second = lock(folder, "plugin-a")["versions"]
    assert (first["tag"], first["media_type"]) == ("1.1", None)
    assert {**first, **unknown} == first
    assert (second["tag"], second["pushed_at"], second["size"]) == ("1.0", None, 1234)


@pytest.mark.parametrize("name", NAMES)
def test_all_names_of_docker_hub_are_one_registry(tmp_path: Path, name: str) -> None:
    with Server(DockerHub({"library/ubuntu": ["22.04"]})) as server:
        options = {"rest_endpoint": server.url, "insecure": True, "allow_private": True}
        plugins = {"ubuntu": {"image": "ubuntu", "registry_url": "docker.io"}}
        folder = catalog(tmp_path, {name: options}, plugins)
        assert run(folder).exit_code == 0
        assert server.log[0].path == "/v2/namespaces/library/repositories/ubuntu/tags"
    assert tags(folder, "ubuntu") == ["22.04"]


def test_a_mirror_of_docker_hub_is_asked_by_oci_only(tmp_path: Path) -> None:
    with Server(DockerHub({"acme/plugin-a": ["1.0"]})) as server:
        options = {"endpoint": server.url, "insecure": True, "allow_private": True}
        folder = catalog(tmp_path, {"docker.io": options}, {"plugin-a": {}})
        assert run(folder).exit_code == 0
        assert not any("namespaces" in asked.path for asked in server.log)
    assert lock(folder, "plugin-a")["resolved_via"] == "oci"


# (the path of the endpoint, where the list of acme/plugin-a is asked)
PATHS = {
    "no path": ("", "/v2/acme/plugin-a"),
    "a slash": ("/", "/v2/acme/plugin-a"),
    "v2 itself": ("/v2/", "/v2/acme/plugin-a"),
    "a proxy cache": ("/v2/docker-remote", "/v2/docker-remote/acme/plugin-a"),
    "slashes": ("//v2/team//cache//", "/v2/team/cache/acme/plugin-a"),
    "a prefix": ("/artifactory/api/docker", "/artifactory/api/docker/v2/acme/plugin-a"),
    "a prefix up to v2": ("/artifactory/v2", "/artifactory/v2/acme/plugin-a"),
    "a word that begins so": ("/v2cache", "/v2cache/v2/acme/plugin-a"),
}


@pytest.mark.parametrize(("path", "expected"), PATHS.values(), ids=PATHS)
def test_an_endpoint_that_names_v2_is_used_as_it_stands(
    tmp_path: Path, path: str, expected: str
) -> None:
    """Lists, next pages, manifests and the scope of tokens (R-20: at the same host)."""

    def app(asked: Asked) -> Reply:
        if asked.path == "/token":
            return in_json({"token": "abc"})
        if "authorization" not in asked.headers:
            scope = f"repository:{expected.partition('v2/')[2]}:pull"
            realm = f'Bearer realm="http://{asked.headers["host"]}/token",service="s"'
            return Reply(401, b"", {"WWW-Authenticate": f'{realm},scope="{scope}"'})
        return images(replace(asked, path=asked.path.replace(expected, "/v2/acme/plugin-a")))

    images = Images({"acme/plugin-a": {"1.0": "one", "1.1": "two"}}, page=1)
    with Server(app) as server:
        options = {"endpoint": f"{server.url}{path}", "insecure": True, "allow_private": True}
        folder = catalog(tmp_path, {"docker.io": options}, {"plugin-a": {"image": "acme/plugin-a"}})
        assert run(folder).exit_code == 0
    assert lock(folder, "plugin-a")["latest"] == "1.1"
    asked = {each.path for each in server.log if each.path != "/token"}
    assert asked == {
        f"{expected}/{rest}" for rest in ("tags/list", "manifests/1.0", "manifests/1.1")
    }
    scopes = {each.query["scope"][0] for each in server.log if each.path == "/token"}
    assert scopes == {f"repository:{expected.partition('v2/')[2]}:pull"}


def test_a_rest_endpoint_that_names_v2_is_used_as_it_stands(tmp_path: Path) -> None:
    hub = DockerHub({"acme/plugin-a": ["1.1", "1.0"]})
    with Server(hub) as server:
        folder = hub_catalog(
            tmp_path, server, {"plugin-a": "acme/plugin-a"}, rest_endpoint=f"{server.url}/v2/"
        )
        assert run(folder).exit_code == 0
    page = "/v2/namespaces/acme/repositories/plugin-a/tags"
    assert [each.path for each in server.log] == [page]


def test_a_next_page_is_asked_at_our_own_host(tmp_path: Path) -> None:
    """R-20: whichever host `next` names."""
    tagged = [f"1.{number}" for number in reversed(range(120))]
    app = DockerHub({"acme/plugin-a": tagged}, next_host="https://evil.example.org")
    with Server(app) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert run(folder).exit_code == 0
    assert len(tags(folder, "plugin-a")) == 120


def test_when_few_requests_are_left_the_reset_is_waited_for(tmp_path: Path) -> None:
    """R-25: and the wait is no longer than a minute."""

    def headers(_: object) -> dict[str, str]:
        reset = str(int(time.time()) + 30)
        return {"X-RateLimit-Remaining": "2", "X-RateLimit-Reset": reset}

    tagged = [f"1.{number}" for number in reversed(range(120))]
    clock = FakeClock()
    with Server(DockerHub({"acme/plugin-a": tagged}, headers=headers)) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        assert run(folder, clock=clock).exit_code == 0
    assert len(clock.naps) == 1
    assert 20 < clock.naps[0] <= 60


def test_an_unknown_repository_is_told_as_such(tmp_path: Path) -> None:
    with Server(DockerHub({})) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        report = run(folder)
    assert outcome(report, "plugin-a").cause == "it has no repository (object not found)"


def test_a_lock_written_by_hand_learns_its_digests_without_an_alarm(tmp_path: Path) -> None:
    """A null digest that becomes known is no moved tag (registries, 10)."""
    with Server(DockerHub({"acme/plugin-a": ["1.1", "1.0"]})) as server:
        folder = hub_catalog(tmp_path, server, {"plugin-a": "acme/plugin-a"})
        run(folder)
        path = folder / "versions" / "plugin-a.json"
        text = path.read_text(encoding="utf-8")
        for tag in ("1.0", "1.1"):
            text = text.replace(f'"{digest(manifest(tag))}"', "null")
        path.write_text(text.replace('"hub"', '"manual"'), encoding="utf-8")
        report = run(folder, now=LATER, frozen=True)
    (changed,) = report.of(OutcomeState.CHANGED)
    assert (changed.changes.moved, changed.changes.digests) == ((), 2)
    assert lock(folder, "plugin-a")["resolved_via"] == "hub"
