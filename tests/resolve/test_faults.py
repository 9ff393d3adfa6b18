"""Whatever a registry does, the locks that it can't renew stay, and all others are renewed."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from catalogctl.resolve.image_outcomes import OutcomeState
from catalogctl.resolve.resolve_run import limited
from support import broken
from support.loopback import Asked, Reply, Server, in_json
from support.registries import Images, error
from support.resolving import (
    FAST,
    LATER,
    LOCAL,
    PATIENT,
    FakeClock,
    at,
    catalog,
    lock,
    locks,
    outcome,
    run,
    tags,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BAD = "/v2/acme/plugin-bad"
TAGS = f"{BAD}/tags/list"
QUICK = replace(PATIENT, silence=1, answer=2)
"""Limits for a registry that keeps us waiting on purpose."""


@dataclass
class Setting:
    """A registry with a good image and one that goes bad, resolved once while all was well."""

    server: Server
    images: Images
    folder: Path

    def add(self, tag: str) -> None:
        """Push a new version of both images."""
        for content in self.images.images.values():
            content[tag] = f"content of {tag}"


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    start = {"1.0": "one", "1.1": "two", "1.2": "three", "latest": "three"}
    images = Images({"acme/plugin-bad": dict(start), "acme/plugin-good": dict(start)})
    with Server(images) as server:
        plugins = at(server.host, "plugin-bad", "plugin-good")
        folder = catalog(tmp_path, {server.host: LOCAL}, plugins)
        assert run(folder).exit_code == 0
        yield Setting(server, images, folder)


def always(reply: Reply, part: str = TAGS) -> Callable[[Asked], Reply | None]:
    """Answer so, whenever this path is asked."""
    return lambda asked: reply if asked.path.startswith(part) else None


def gzip_bomb(asked: Asked) -> Reply | None:
    """Answer with a bomb, which is made when it is asked for."""
    return broken.bomb() if asked.path.startswith(TAGS) else None


def first(count: int, reply: Reply, part: str = TAGS) -> Callable[[Asked], Reply | None]:
    """Answer so the first times; what comes later is answered well."""
    left, lock = [count], threading.Lock()

    def fault(asked: Asked) -> Reply | None:
        with lock:
            if not asked.path.startswith(part) or not left[0]:
                return None
            left[0] -= 1
            return reply

    return fault


def challenged(asked: Asked) -> Reply | None:
    """Give a token to everyone, and accept it from nobody."""
    if asked.path == "/token":
        return in_json({"token": "abc"})
    if not asked.path.startswith(BAD):
        return None
    realm = f'Bearer realm="http://{asked.headers["host"]}/token",service="s"'
    return error(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": realm})


def pages(then: Reply | None, *, loop: bool = False) -> Callable[[Asked], Reply | None]:
    """Give a first page with a next one, which is answered so; or a circle of pages."""

    def fault(asked: Asked) -> Reply | None:
        if asked.path != TAGS:
            return None
        if "last" in asked.query and not loop:
            return then
        following = f'<{TAGS}?n=1000&last={"a" if loop else "1.0"}>; rel="next"'
        return in_json({"tags": ["1.0"]}, headers={"Link": following})

    return fault


def many_pages(asked: Asked) -> Reply | None:
    """Name a next page for ever, each at another address."""
    if asked.path != TAGS:
        return None
    number = int(asked.query.get("last", ["0"])[0]) + 1
    following = f'<{TAGS}?n=1000&last={number}>; rel="next"'
    return in_json({"tags": [f"1.{number}"]}, headers={"Link": following})


def of_manifests(reply: Reply) -> Callable[[Asked], Reply | None]:
    """Answer so when manifests are asked for."""
    return always(reply, f"{BAD}/manifests/")


def login_page(asked: Asked) -> Reply | None:
    """Answer everything about the image with a page to sign in."""
    return broken.HTML if asked.path.startswith(BAD) else None


def moved_away(target: str) -> Reply:
    """Redirect."""
    return Reply(307, b"", {"Location": target})


def secured(asked: Asked) -> Reply | None:
    """Redirect to the same address over https."""
    is_tags = asked.path.startswith(TAGS)
    return moved_away(f"https://{asked.headers['host']}{TAGS}") if is_tags else None


SHORT = replace(QUICK, page_bytes=100 * 1024)
# (what the registry does, what the line says, after how many attempts, the limits)
FAULTS = {
    "reset in the middle": (always(broken.RESET), "cut the connection in the middle", 3, PATIENT),
    "accept and silence": (always(broken.SILENCE), "did not answer within 1 s", 3, QUICK),
    "401 loop": (challenged, "it refuses the credentials that it asked for", 1, PATIENT),
    "401 without a way": (
        always(error(401, "UNAUTHORIZED", "no")), "401 without a way to sign in", 1, PATIENT,
    ),
    "401 that names no token server": (
        always(error(401, "UNAUTHORIZED", "no", {"WWW-Authenticate": 'Bearer service="s"'})),
        "does not say where to get one", 1, PATIENT,
    ),
    "403": (always(error(403, "DENIED", "not yours")), "denied .not yours.", 1, PATIENT),
    "404": (always(error(404, "NAME_UNKNOWN", "unknown")), "no list of tags .unknown.", 1, PATIENT),
    "404 in plain text": (always(Reply(404, b"page not found")), "no list of tags", 1, PATIENT),
    "418": (always(Reply(418)), "it answered 418", 1, PATIENT),
    "429": (always(broken.busy(None)), "429 too many requests", 3, PATIENT),
    "429, Retry-After 0": (always(broken.busy("0")), "429 too many requests", 3, PATIENT),
    "429, Retry-After garbage": (always(broken.busy("soon")), "429 too many", 3, PATIENT),
    "429, Retry-After negative": (always(broken.busy("-5")), "429 too many", 3, PATIENT),
    **{
        f"{status} always": (always(Reply(status)), f"it answered {status}", 3, PATIENT)
        for status in (500, 502, 503, 504)
    },
    "a body cut short": (always(broken.CUT), "cut the connection", 3, PATIENT),
    "JSON cut short": (always(broken.CUT_JSON), "is not JSON", 3, PATIENT),
    "HTML with 200": (always(broken.HTML), "is not JSON .text/html.", 3, PATIENT),
    "a list": (always(broken.LIST), "is not a list of tags", 3, PATIENT),
    "a number": (always(broken.NUMBER), "is not a list of tags", 3, PATIENT),
    "numbers": (always(broken.NUMBERS), "is not a list of tags", 3, PATIENT),
    "nothing in it": (always(broken.EMPTY_OBJECT), "is not a list of tags", 3, PATIENT),
    "200,000 brackets": (always(broken.DEEP), "is not a list of tags", 3, PATIENT),
    "not UTF-8": (always(broken.NOT_UTF8), "is not JSON", 3, PATIENT),
    "not HTTP": (always(broken.GARBAGE), "cut the connection", 3, PATIENT),
    "page 2 fails": (pages(Reply(500)), "it answered 500", 3, PATIENT),
    **{
        f"a next page whose Link is {link}": (
            always(in_json({"tags": ["1.0", "1.1", "1.2"]}, headers={"Link": link})),
            "its Link header can't be read", 3, PATIENT,
        )
        for link in ("<x>", "<x>; title=a=b; rel=next", '<x>; rel=prev, <x>; title="a', ";")
    },
    "a loop of pages": (pages(None, loop=True), "lead in a circle", 1, PATIENT),
    "endless pages": (many_pages, "more than 50 pages", 1, replace(PATIENT, pages=50)),
    "too many tags": (many_pages, "more than 9 tags", 1, replace(PATIENT, tags=9)),
    "a gzip bomb": (gzip_bomb, "more than 16 MiB", 1, PATIENT),
    "gzip that is none": (always(broken.NO_GZIP), "not the gzip", 3, PATIENT),
    "gzip cut short": (always(broken.CUT_GZIP), "cut short", 3, PATIENT),
    "an encoding": (always(broken.STRANGE_ENCODING), "encoding br", 1, PATIENT),
    "an endless body": (always(broken.ENDLESS), "more than 100 KiB", 1, SHORT),
    "a trickling body": (always(broken.TRICKLING_BODY), "not finish its answer", 3, QUICK),
    "a trickling header": (always(broken.TRICKLING_HEADER), "not finish its answer", 3, QUICK),
    "a redirect in a circle": (
        always(moved_away(TAGS)), "redirects in a circle|more than 5", 1, PATIENT,
    ),
    "a redirect to https": (
        secured, "redirects to https://127.0.0.1:.*: remove its insecure: true", 1, PATIENT,
    ),
    "most versions gone": (
        always(in_json({"tags": ["1.0"]})), "2 of 3 versions are gone at once", 1, PATIENT,
    ),
    "a login page for all": (login_page, "is not JSON", 3, PATIENT),
    "a login page for manifests": (of_manifests(broken.HTML), "is not JSON", 3, PATIENT),
    "no manifest at all": (
        of_manifests(error(404, "MANIFEST_UNKNOWN", "unknown")), "has the manifest of none", 1,
        PATIENT,
    ),
    "manifests that are refused": (
        of_manifests(error(403, "DENIED", "no")), "answered 403 when asked for (1.3|latest)", 1,
        PATIENT,
    ),
    "a digest that is none": (
        of_manifests(Reply(200, b"", {"Docker-Content-Digest": "sha256:<script>"})),
        "digest of 1.\\d is malformed", 3, PATIENT,
    ),
    "manifests that reset": (of_manifests(broken.RESET), "cut the connection", 3, PATIENT),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "cause", "attempts", "limits"), FAULTS.values(), ids=FAULTS)
def test_a_failed_image_keeps_its_lock_and_the_others_are_renewed(
    setting: Setting,
    fault: Callable[[Asked], Reply | None],
    cause: str,
    attempts: int,
    limits: object,
) -> None:
    """Q-40."""
    setting.add("1.3")
    before = locks(setting.folder)["plugin-bad.json"]
    setting.images.fault = fault
    report = run(setting.folder, now=LATER, limits=limits)
    assert report.exit_code == 3
    bad = outcome(report, "plugin-bad")
    assert (bad.state, bad.host) == (OutcomeState.KEPT, setting.server.host)
    assert re.search(cause, bad.cause), bad.cause
    assert bad.attempts == attempts
    assert locks(setting.folder)["plugin-bad.json"] == before
    assert tags(setting.folder, "plugin-good")[0] == "1.3"


# (which options of the registry are http addresses, what else is to be done about them)
HTTP_OPTIONS = {
    "none": ("", ""),
    "an endpoint": ("endpoint", "write https:// in its endpoint and "),
    "both": ("endpoint rest_endpoint", "write https:// in its endpoint and rest_endpoint and "),
}


@pytest.mark.parametrize(("options", "hint"), HTTP_OPTIONS.values(), ids=HTTP_OPTIONS)
def test_a_redirect_to_https_names_all_that_has_to_be_changed(
    setting: Setting, options: str, hint: str
) -> None:
    setting.images.fault = secured
    host, url = setting.server.host, setting.server.url
    plugins = at(host, "plugin-bad")
    folder = catalog(setting.folder, {host: LOCAL | dict.fromkeys(options.split(), url)}, plugins)
    (kept,) = run(folder, "plugin-bad").outcomes
    todo = f"{hint}remove its insecure: true from catalog.yaml"
    assert kept.cause == f"it redirects to https://{host}{TAGS}: {todo}"


PASSING = {
    **{f"{status} once": first(1, Reply(status)) for status in (500, 502, 503, 504)},
    "503 twice": first(2, Reply(503)),
    "reset twice": first(2, broken.RESET),
    "silence once": first(1, broken.SILENCE),
    "cut once": first(1, broken.CUT),
    "JSON cut twice": first(2, broken.CUT_JSON),
    "HTML once": first(1, broken.HTML),
    "429 with 0 s": first(2, broken.busy("0")),
    "429 with 5 s": first(1, broken.busy("5")),
    "429 with a date": first(1, broken.busy(broken.in_some_seconds(20))),
    "429 with a date gone by": first(1, broken.busy(broken.in_some_seconds(-90))),
    "429 with a time since 1970": first(
        1, broken.busy(str(int(time.time()) + 20), "X-Retry-After")
    ),
    "429 with garbage": first(1, broken.busy("soon")),
    "manifests reset once": first(1, broken.RESET, f"{BAD}/manifests/"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_leaves_no_trace(
    setting: Setting, tmp_path: Path, fault: Callable[[Asked], Reply | None]
) -> None:
    """Q-40, R-25: nor is ever slept longer than the registry asked for."""
    setting.add("1.3")
    other = catalog(
        tmp_path / "other",
        {setting.server.host: LOCAL},
        at(setting.server.host, "plugin-bad", "plugin-good"),
    )
    for name, (data, _) in locks(setting.folder).items():
        (other / "versions").mkdir(exist_ok=True)
        (other / "versions" / name).write_bytes(data)
    assert run(other, now=LATER).exit_code == 0
    setting.images.fault = fault
    clock = FakeClock()
    report = run(setting.folder, now=LATER, limits=QUICK, clock=clock)
    assert report.exit_code == 0, report.outcomes
    assert {n: data for n, (data, _) in locks(setting.folder).items()} == {
        n: data for n, (data, _) in locks(other).items()
    }
    assert max(clock.naps, default=0) <= 60


def test_one_that_wants_an_hour_of_rest_is_given_up_at_once(setting: Setting) -> None:
    """R-25: an hour is not slept, and the other images of the host are named, too."""
    before = locks(setting.folder)
    setting.images.fault = lambda _: broken.busy("3600")
    clock = FakeClock()
    report = run(setting.folder, now=LATER, clock=clock)
    causes = {each.cause for each in report.of(OutcomeState.KEPT)}
    assert report.exit_code == 3
    assert any("asks to wait 3600 s" in cause for cause in causes)
    assert len(report.of(OutcomeState.KEPT)) == 2
    assert sum(clock.naps) == 0
    assert locks(setting.folder) == before


def test_no_image_sleeps_longer_than_two_minutes(setting: Setting) -> None:
    """R-25."""
    setting.images.fault = always(broken.busy("59"))
    clock = FakeClock()
    report = run(setting.folder, "plugin-bad", now=LATER, clock=clock)
    assert outcome(report, "plugin-bad").state is OutcomeState.KEPT
    assert max(clock.naps) <= 60
    assert sum(clock.naps) <= 120


def test_an_image_without_any_tag_is_for_the_catalog_to_mend(setting: Setting) -> None:
    """2.8.2 says `tags: null` when all are deleted (product contract, 6)."""
    before = locks(setting.folder)
    setting.images.fault = always(broken.NULL)
    report = run(setting.folder, now=LATER)
    assert (report.exit_code, outcome(report, "plugin-bad").state) == (1, OutcomeState.EMPTY)
    assert locks(setting.folder) == before
    setting.images.fault = always(in_json({"tags": ["a b", "+x"]}))
    cause = outcome(run(setting.folder, now=LATER), "plugin-bad").cause
    assert cause == "the image has no tag at all; 2 names that can't be tags were left out"
    setting.images.fault = always(Reply(500), "/v2/acme/plugin-good")
    setting.images.images["acme/plugin-bad"] = {}
    assert run(setting.folder, now=LATER).exit_code == 3


def test_names_that_cannot_be_tags_never_enter_a_lock(setting: Setting) -> None:
    """R-24."""
    setting.images.fault = always(in_json({"tags": ["1.0", "1.1", "1.2", "../x"]}))
    report = run(setting.folder, now=LATER)
    assert outcome(report, "plugin-bad").notes == ("1 name that can't be a tag was left out",)
    hostile = ["1.3", "../../etc", "1.4 ", "a" * 129, "<img>", "1.5\u202e", "", ".1.6", "-1.7"]
    listed = sorted(setting.images.images["acme/plugin-bad"])
    setting.images.images["acme/plugin-bad"]["1.3"] = "new"
    setting.images.fault = always(in_json({"tags": [*listed, *hostile]}))
    report = run(setting.folder, now=LATER)
    assert report.exit_code == 0
    assert outcome(report, "plugin-bad").notes == ("8 names that can't be tags were left out",)
    assert tags(setting.folder, "plugin-bad") == ["1.3", "1.2", "1.1", "1.0"]
    assert list(lock(setting.folder, "plugin-bad")["other_tags"]) == ["latest"]


def test_what_a_registry_says_is_cut_and_cleaned(setting: Setting) -> None:
    """R-06, R-24."""
    setting.images.fault = always(error(403, "DENIED", "\x1b[31m::error::\u202e" + "x" * 500))
    cause = outcome(run(setting.folder, now=LATER), "plugin-bad").cause
    assert cause.isprintable()
    assert len(cause) < 250


def test_an_order_of_tags_is_no_news(setting: Setting) -> None:
    """Q-42."""
    before = locks(setting.folder)
    listed = list(setting.images.images["acme/plugin-bad"])
    setting.images.fault = always(in_json({"tags": listed[::-1]}))
    assert run(setting.folder, now=LATER).exit_code == 0
    setting.images.fault = always(in_json({"tags": [*listed[1:], listed[0], listed[0]]}))
    assert run(setting.folder, now=LATER).exit_code == 0
    assert locks(setting.folder) == before


@pytest.mark.parametrize("told", ["", f"sha512:{'0' * 128}"])
def test_a_digest_that_is_not_told_is_that_of_the_bytes(setting: Setting, told: str) -> None:
    """Older registries answer HEAD without one, or not at all (registries, 1)."""
    expected = lock(setting.folder, "plugin-good")["versions"]

    def without_digest(asked: Asked) -> Reply | None:
        if "/manifests/" not in asked.path:
            return None
        if asked.method == "HEAD" and "plugin-good" in asked.path:
            return Reply(405)
        setting.images.fault = lambda _: None
        reply = setting.images(asked)
        setting.images.fault = without_digest
        headers = {"Content-Type": reply.headers["Content-Type"], "Docker-Content-Digest": told}
        return Reply(reply.status, reply.body, headers)

    setting.images.fault = without_digest
    for path in (setting.folder / "versions").iterdir():
        path.unlink()
    assert run(setting.folder).exit_code == 0
    assert lock(setting.folder, "plugin-good")["versions"] == expected


def test_a_dead_registry_costs_its_time_outs_once_and_slows_no_other(
    setting: Setting, tmp_path: Path
) -> None:
    """Q-41: with 20 images on a silent host the limits are met a few times, not 60."""
    asked = []

    def silent(request: Asked) -> Reply:
        asked.append(request)
        return broken.SILENCE

    with Server(silent) as dead:
        names = [f"plugin-{number}" for number in range(20)]
        plugins = {**at(dead.host, *names), **at(setting.server.host, "plugin-good")}
        folder = catalog(tmp_path / "both", {dead.host: LOCAL, setting.server.host: LOCAL}, plugins)
        report = run(folder, limits=replace(FAST, silence=0.5))
    assert outcome(report, "plugin-good").state is OutcomeState.CHANGED
    kept = report.of(OutcomeState.KEPT)
    assert len(kept) == 20
    assert sum("was given up" in each.cause for each in kept) >= 12
    assert len(asked) <= 4 * 3 + 4


def test_a_refused_connection_and_a_name_without_address_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(lambda _: Reply(404)) as gone:
        pass
    folder = catalog(
        tmp_path,
        {gone.host: LOCAL, "registry.invalid": LOCAL},
        {**at(gone.host, "plugin-a"), **at("registry.invalid", "plugin-b")},
    )
    monkeypatch.setattr("socket.getaddrinfo", _no_names("registry.invalid", 3))
    report = run(folder)
    assert outcome(report, "plugin-a").cause == f"{gone.host} refused the connection"
    assert outcome(report, "plugin-b").cause == "registry.invalid has no address (DNS)"
    assert {each.attempts for each in report.outcomes} == {3}


def test_a_resolver_that_fails_once_is_asked_again(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = setting.server.host.rpartition(":")[2]
    host = f"registry.invalid:{port}"
    folder = catalog(tmp_path / "named", {host: LOCAL}, at(host, "plugin-good"))
    monkeypatch.setattr("socket.getaddrinfo", _no_names("registry.invalid", 1))
    assert run(folder).exit_code == 0


def _no_names(name: str, failures: int) -> Callable[..., object]:
    """Return a resolver that fails for a name so many times, and then has loopback for it."""
    import socket

    real, left = socket.getaddrinfo, [failures]

    def resolver(host: str, *arguments: object, **options: object) -> object:
        if host != name:
            return real(host, *arguments, **options)  # type: ignore[arg-type]
        if left[0]:
            left[0] -= 1
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real("127.0.0.1", *arguments, **options)  # type: ignore[arg-type]

    return resolver


def test_a_registry_that_only_makes_excuses_is_given_up_later(
    setting: Setting, tmp_path: Path
) -> None:
    """Q-41: 503 for everything; five images in a row are tried, for one may have its own fault."""
    with Server(lambda _: Reply(503)) as busy:
        names = [f"plugin-{number}" for number in range(30)]
        plugins = {**at(busy.host, *names), **at(setting.server.host, "plugin-good")}
        registries = {busy.host: LOCAL, setting.server.host: LOCAL}
        report = run(catalog(tmp_path / "both", registries, plugins))
        assert len(busy.log) <= 6 * 3 + 4
    assert outcome(report, "plugin-good").state is OutcomeState.CHANGED
    assert sum("was given up" in each.cause for each in report.of(OutcomeState.KEPT)) >= 20


@pytest.mark.parametrize("jobs", [1, 4])
def test_images_with_faults_of_their_own_hold_up_no_other(tmp_path: Path, jobs: int) -> None:
    """Q-40: also when they come first, and one after the other."""
    good = [f"plugin-good-{number}" for number in range(3)]
    bad = [f"plugin-bad-{number}" for number in range(4)]
    images = Images({f"acme/{name}": {"1.0": "x"} for name in (*bad, *good)})
    images.fault = lambda asked: broken.RESET if "plugin-bad" in asked.path else None
    with Server(images) as server:
        folder = catalog(tmp_path, {server.host: LOCAL}, at(server.host, *bad, *good))
        report = run(folder, limits=limited(PATIENT, jobs))
    assert sorted(each.plugin_id for each in report.of(OutcomeState.CHANGED)) == good
    assert sorted(each.plugin_id for each in report.of(OutcomeState.KEPT)) == bad
