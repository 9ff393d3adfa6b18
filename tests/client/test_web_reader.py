"""`--from URL`: asked politely, kept for a bad day, and never a wrong page shown as data."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from catalogctl.build_cache.cache_place import cache_home
from catalogctl.catalog import Catalog
from catalogctl.client.cache import Cache
from catalogctl.client.published_catalog import PublishedCatalog
from catalogctl.client.web_reader import WebReader
from catalogctl.errors import ApiError, OutsideError
from catalogctl.fetch.fetch_limits import FetchLimits
from support.published import ALL, API, GET, INDEX, PLUGIN, Client, Reply, Site, edition, info

if TYPE_CHECKING:
    from pathlib import Path


LOGIN = b"<!doctype html><title>Log in to the guest network</title>"
OTHER = json.dumps(info("plugin-b")).encode()
WHOLE = edition(1)[GET]
HTML = (("Content-Type", "text/html"),)


# Asked politely


def test_the_index_is_asked_for_again_with_its_etag(client: Client, site: Site) -> None:
    """Q-44: 304; what it names is kept already, and not asked for."""
    assert client.catalog().get(PLUGIN) == info(PLUGIN)
    assert client.catalog().get(PLUGIN) == info(PLUGIN)
    first, _, second = site.requests
    assert "If-None-Match" not in first.headers
    assert (second.path, site.reply(second).status) == (INDEX, 304)


def test_where_there_is_no_etag_the_date_serves(client: Client, site: Site) -> None:
    """Q-44: 304."""
    site.etags = False
    client.catalog().get(PLUGIN)
    assert client.catalog().get(PLUGIN) == info(PLUGIN)
    assert site.reply(site.requests[2]).status == 304


def test_a_changed_answer_replaces_the_kept_one(client: Client, site: Site) -> None:
    client.catalog().get(PLUGIN)
    site.files = edition(2)
    assert client.catalog().get(PLUGIN) == info(PLUGIN, 2)
    site.stop()
    assert client.catalog().get(PLUGIN) == info(PLUGIN, 2)


def test_a_plugin_is_two_requests(client: Client, site: Site) -> None:
    client.catalog().get(PLUGIN)
    client.catalog().get_versions(PLUGIN)
    assert site.asked == [INDEX, GET, INDEX, f"{API}/get-versions/{PLUGIN}.json"]


def test_nothing_is_written_when_nothing_changed(client: Client, site: Site) -> None:
    """Whether the host answers 304, or knows no conditions and sends the same again."""

    def used() -> dict[str, int]:
        client.catalog().everything()
        client.catalog().get(PLUGIN)
        client.catalog().get_versions(PLUGIN)
        return {file.name: file.stat().st_mtime_ns for file in client.cache.glob("*")}

    before = used()
    assert len(before) == len({INDEX, "#whole", "#parts/all", ALL, GET, "get-versions"})
    assert used() == before
    site.spoil = lambda request: site.reply(request._replace(headers={}))
    assert used() == before


def test_no_password_of_this_machine_is_sent(
    client: Client, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    client.catalog().get(PLUGIN)
    assert not any("Authorization" in each.headers for each in site.requests)


# When the server is down


def test_a_server_that_is_down_leaves_the_last_good_answer(client: Client, site: Site) -> None:
    """Q-44, R-37: with its age, once, on stderr."""
    client.catalog().everything()
    site.stop()
    everything = client.catalog().everything()
    assert [plugin["name"] for plugin in everything.plugins] == [
        "plugin-a of edition 1",
        "plugin-b of edition 1",
    ]
    assert client.told == [
        f"{site.url}index.json can't be reached: this is its answer from less than a minute ago"
    ]


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        (59, "less than a minute"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (3 * 86400, "3 days"),
    ],
)
def test_the_age_of_an_answer_is_told(client: Client, site: Site, seconds: int, age: str) -> None:
    """R-37."""
    client.catalog().get(PLUGIN)
    site.stop()
    client.seconds += seconds
    client.catalog().get(PLUGIN)
    assert client.told[0].endswith(f"this is its answer from {age} ago")


def test_an_answer_is_as_old_as_its_last_confirmation(client: Client, site: Site) -> None:
    """R-37."""
    client.catalog().get(PLUGIN)
    client.seconds += 5 * 3600
    client.catalog().get(PLUGIN)
    site.stop()
    client.catalog().get(PLUGIN)
    assert client.told[0].endswith("less than a minute ago")


def test_require_fresh_fails_rather_than_answers_from_before(client: Client, site: Site) -> None:
    """Q-44: exit 3."""
    client.catalog().get(PLUGIN)
    site.stop()
    with pytest.raises(OutsideError, match="can't be reached") as caught:
        client.catalog(require_fresh=True).get(PLUGIN)
    assert caught.value.exit_code == 3
    assert client.told == []


def test_nothing_kept_and_no_server_is_an_error_that_names_the_address(
    client: Client, site: Site
) -> None:
    """Q-44."""
    site.stop()
    with pytest.raises(OutsideError, match="can't be reached") as caught:
        client.catalog().get(PLUGIN)
    assert site.url in str(caught.value)


# What is no answer


BAD = {
    "a not-found page with status 200": Reply(200, b"<h1>not found</h1>", HTML),
    "a captive portal": Reply(200, LOGIN, HTML),
    "a redirect to a login page": Reply(302, b"", (("Location", "/login"),)),
    "JSON cut short": Reply(200, WHOLE[:-9]),
    "a body cut under its length": Reply(200, WHOLE[:-9], length=len(WHOLE)),
    "a compressed body that is none": Reply(200, WHOLE, (("Content-Encoding", "gzip"),)),
    "nothing": Reply(200, b""),
    "a number": Reply(200, b"1"),
    "JSON of another shape": Reply(200, b'{"error": "ERROR_NOT_FOUND"}'),
    "another plugin": Reply(200, OTHER),
    "a server error": Reply(500, b"oops"),
    "too many requests": Reply(429),
    "forbidden": Reply(403, LOGIN, HTML),
    "not modified, though nothing was asked so": Reply(304),
    "a redirect to no host": Reply(302, b"", (("Location", "http://a..b/"),)),
    "an endless redirect": Reply(302, b"", (("Location", "/catalog/" + GET),)),
}
EACH = pytest.mark.parametrize("reply", BAD.values(), ids=BAD)


WHERE = pytest.mark.parametrize("path", [INDEX, GET])


def spoil(site: Site, reply: Reply, path: str) -> None:
    """Let the server answer like this when it is asked for a path."""
    login = Reply(200, LOGIN, HTML)
    site.spoil = lambda request: {path: reply, "/login": login}.get(request.path)


@EACH
@WHERE
def test_a_wrong_answer_is_never_shown_as_data(
    client: Client, site: Site, reply: Reply, path: str
) -> None:
    """Q-44: and never kept."""
    spoil(site, reply, path)
    with pytest.raises(OutsideError):
        client.catalog().get(PLUGIN)
    assert client.kept(path) is None


@EACH
@WHERE
def test_a_wrong_answer_leaves_the_last_good_one(
    client: Client, site: Site, reply: Reply, path: str
) -> None:
    """Q-44, R-37: which is never overwritten by it."""
    client.catalog().get(PLUGIN)
    before = client.kept(path)
    site.files = edition(2) if path == GET else site.files
    spoil(site, reply, path)
    assert client.catalog().get(PLUGIN) == info(PLUGIN)
    assert client.kept(path) == before
    if (reply.status, path) != (304, INDEX):
        assert "this is its answer from" in client.told[0]
    site.spoil = lambda _: None
    site.files = edition(2)
    assert client.catalog().get(PLUGIN) == info(PLUGIN, 2)


def test_an_answer_that_does_not_come_is_waited_for_once(client: Client, site: Site) -> None:
    """Q-44: a command ends within the time of one read, though it would read several files."""
    client.limits = FetchLimits(seconds=0.3)
    site.spoil = lambda _: Reply(200, b"{", length=100, drip=0.05)
    with pytest.raises(OutsideError, match="did not answer within"):
        Catalog(client.catalog()).list(None, provider="aws")
    assert site.asked == [INDEX]


# What is kept


def test_the_cache_is_keyed_by_the_whole_address(client: Client, site: Site) -> None:
    """R-37: two catalogs of one host are two."""
    site.files = {**edition(1), **{f"old/{path}": data for path, data in edition(2).items()}}
    reader = WebReader(site.url + "old", cache=Cache(client.cache))
    assert client.catalog().get(PLUGIN) == info(PLUGIN)
    assert PublishedCatalog(reader).get(PLUGIN) == info(PLUGIN, 2)
    site.stop()
    assert client.catalog().get(PLUGIN) == info(PLUGIN)


@pytest.mark.parametrize("damage", ["body", "about", "both", "other address"])
def test_a_damaged_cache_is_never_served(client: Client, site: Site, damage: str) -> None:
    """R-37."""
    client.catalog().get(PLUGIN)
    file = client.file(GET)
    about, _, body = file.read_bytes().partition(b"\n")
    if damage in {"body", "both"}:
        body = OTHER
    if damage in {"about", "both"}:
        about = about[:-1]
    if damage == "other address":
        about = about.replace(b"/catalog/", b"/katalog/")
    file.write_bytes(about + b"\n" + body)
    assert client.catalog().get(PLUGIN) == info(PLUGIN)
    assert site.requests[-1].path == GET
    assert "If-None-Match" not in site.requests[-1].headers
    assert client.told == []


def test_a_kept_answer_is_replaced_in_one_step(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-37: written by rename; a disk that refuses leaves the old answer, and no other file."""
    client.catalog().get(PLUGIN)
    before = {file.name: file.read_bytes() for file in client.cache.glob("*")}
    site.files = edition(2)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    assert client.catalog().get(PLUGIN) == info(PLUGIN, 2)
    assert {file.name: file.read_bytes() for file in client.cache.glob("*")} == before


def test_a_cache_that_can_t_be_written_is_no_reason_to_fail(client: Client) -> None:
    """Q-51."""
    client.cache.write_text("a file")
    assert client.catalog().get(PLUGIN) == info(PLUGIN)


def test_only_this_user_can_read_the_cache(client: Client) -> None:
    client.catalog().get(PLUGIN)
    assert client.cache.stat().st_mode & 0o077 == 0
    assert not [file for file in client.cache.glob("*") if file.stat().st_mode & 0o077]


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/h"}, "/h/.cache/catalogctl"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/c/catalogctl"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/catalogctl"),
        ({"HOME": ""}, None),
        ({}, None),
    ],
)
def test_the_cache_lies_where_caches_lie(environ: dict[str, str], folder: str | None) -> None:
    """Q-51: without a home nothing is kept."""
    found = cache_home(environ)
    assert (None if found is None else str(found)) == folder


# What is not there


def test_a_plugin_that_the_catalog_does_not_have_is_not_found(client: Client, site: Site) -> None:
    with pytest.raises(ApiError) as caught:
        client.catalog().get("plugin-x")
    assert (caught.value.code, caught.value.pointer) == ("ERROR_NOT_FOUND", "/plugin_id")
    assert site.asked == [INDEX]


@pytest.mark.parametrize("plugin_id", ["../index", "A", "plugin_x", "a" * 65, "é", "a/b"])
def test_what_can_be_no_plugin_is_never_asked_for(
    client: Client, site: Site, plugin_id: str
) -> None:
    """The index is, for the ids of the plugins that were perhaps meant."""
    with pytest.raises(ApiError, match="is not in this catalog"):
        client.catalog().get(plugin_id)
    assert site.asked == [INDEX]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Plugin-A", PLUGIN),
        ("acme/plugin-a", PLUGIN),
        ("plugin-a.yaml", PLUGIN),
        ("By-State", "by-state"),
        ("by_state", "by-state"),
    ],
)
def test_a_name_that_can_t_be_is_answered_with_the_one_that_was_meant(
    client: Client, site: Site, name: str, meant: str
) -> None:
    catalog = client.catalog()
    ask = catalog.get if meant == PLUGIN else partial(catalog.saved, "stat")
    with pytest.raises(ApiError) as caught:
        ask(name)
    assert (caught.value.code, caught.value.hint) == ("ERROR_NOT_FOUND", f'did you mean "{meant}"?')
    site.stop()
    with pytest.raises(ApiError) as caught:
        Client(site, client.cache / "none").catalog().get(name)
    assert (caught.value.code, caught.value.hint) == ("ERROR_NOT_FOUND", "")


def test_a_host_without_a_catalog_is_no_answer(client: Client, site: Site) -> None:
    site.files = {}
    for ask in (lambda: client.catalog().get(PLUGIN), client.catalog().everything):
        with pytest.raises(OutsideError, match="no catalog is published at"):
            ask()


def test_a_plugin_that_was_deregistered_is_not_brought_back_by_the_cache(
    client: Client, site: Site
) -> None:
    """R-37: its kept answer goes with it."""
    client.catalog().get(PLUGIN)
    site.files = edition(2, plugins=("plugin-b",))
    with pytest.raises(ApiError):
        client.catalog().get(PLUGIN)
    site.stop()
    with pytest.raises(ApiError):
        client.catalog().get(PLUGIN)
    assert "can't be reached" in client.told[0]
