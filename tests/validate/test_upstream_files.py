"""What is wrong with the committed files of upstreams, and with their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from catalogctl.problem import Severity
from support import upstreams
from support.catalogs import SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "upstream/one/plugins/plugin-a.json"
SOURCE = "upstream/one/source.json"
OWN = {"plugins/plugin-own.yaml": plugin("plugin-own")}
TAKEN = upstreams.files("one", {"plugin-a": ["1.0"]})


def found(
    folder: Path, files: Mapping[str, bytes], settings: str = ""
) -> list[tuple[str, str, str]]:
    """Return file, code and message of each problem of a catalog with these files."""
    text = settings or upstreams.settings("one")
    catalog = write_catalog(folder / "catalog", {**OWN, **files}, text)
    problems = check(catalog, working=catalog).problems
    return [(each.file, each.code, each.message) for each in problems]


def test_what_sync_writes_has_no_problem(tmp_path: Path) -> None:
    assert found(tmp_path, TAKEN) == []


BROKEN = {
    "no json": b"{",
    "another layout": TAKEN[FILE].replace(b"  ", b" "),
    "another version": TAKEN[FILE].replace(b'"upstream_version": 1', b'"upstream_version": 2'),
    "a member twice": TAKEN[FILE].replace(b'"versions": [', b'"versions": [],\n  "versions": ['),
    "a number without bounds": TAKEN[FILE].replace(b": 4.0", b": 1e400"),
    "another plugin": upstreams.plugin_file(upstreams.info("plugin-b")),
    "a version that is no tag": upstreams.plugin_file(upstreams.info("plugin-a"), ["../x"]),
    "a version twice": upstreams.plugin_file(upstreams.info("plugin-a"), ["1.0", "1.0"]),
    "a large plugin": upstreams.plugin_file(upstreams.info("plugin-a", tags={"x": "y" * 300_000})),
}


@pytest.mark.parametrize("name", BROKEN)
def test_another_file_than_sync_writes_is_broken(tmp_path: Path, name: str) -> None:
    problems = found(tmp_path, {**TAKEN, FILE: BROKEN[name]})
    assert {(file, code) for file, code, _ in problems} == {(FILE, "upstream-broken")}


def test_an_edit_is_found_by_the_hash(tmp_path: Path) -> None:
    edited = TAKEN[FILE].replace(b'"one/plugin-a"', b'"two/plugin-a"')
    problems = found(tmp_path, {**TAKEN, FILE: edited})
    assert [(file, code) for file, code, _ in problems] == [(FILE, "upstream-edited")]


def test_a_rule_that_a_plugin_breaks_is_named_with_its_place(tmp_path: Path) -> None:
    value = upstreams.info("plugin-a", image="evil.example/a", provider="a\u200b")
    catalog = write_catalog(
        tmp_path, {**OWN, **TAKEN, FILE: upstreams.plugin_file(value)}, upstreams.settings("one")
    )
    problems = check(catalog, working=catalog).problems
    assert {(each.code, each.pointer) for each in problems} == {
        ("image-host", "/plugin/image"),
        ("invisible-character", "/plugin/provider"),
    }
    lines = TAKEN[FILE].decode().splitlines()
    for each in problems:
        assert f'"{each.pointer.rpartition("/")[2]}"' in lines[each.line - 1]


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        (SOURCE, b"{}", "upstream-broken"),
        (SOURCE, upstreams.source_file("two", 1), "upstream-broken"),
        (SOURCE, upstreams.source_file("one", 1, now="yesterday"), "upstream-broken"),
        ("upstream/one/notes.txt", b"x", "stray-file"),
        ("upstream/one/plugins/readme.md", b"x", "stray-file"),
        ("upstream/two/source.json", upstreams.source_file("two", 0), "upstream-orphan"),
        (f"{FILE[:-5]}/deep.json", b"{}", "stray-file"),
    ],
)
def test_what_does_not_belong_there_is_named(
    tmp_path: Path, path: str, data: bytes, code: str
) -> None:
    files = {name: each for name, each in TAKEN.items() if name != FILE or FILE[:-5] not in path}
    assert code in {each for _, each, _ in found(tmp_path, {**files, path: data})}


def test_without_its_source_an_upstream_can_not_be_published(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path, {**OWN, FILE: TAKEN[FILE]}, upstreams.settings("one"))
    [problem] = check(catalog, working=catalog).problems
    assert (problem.file, problem.code) == (SOURCE, "upstream-broken")
    assert problem.severity is Severity.ERROR


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "catalog", {**OWN, **TAKEN}, upstreams.settings("one"))
    (catalog / FILE).rename(tmp_path / "elsewhere.json")
    (catalog / FILE).symlink_to(tmp_path / "elsewhere.json")
    codes = [each.code for each in check(catalog).problems]
    assert codes == ["symbolic-link"]


WRONG = {
    "both addresses": "url: https://a.example/\n    endpoint: grpc+ssl://a.example:443",
    "no address": "title: T",
    "http": "url: http://a.example/",
    "no address at all": "url: plugins",
    "a login": "url: https://me:pw@a.example/",
    "plain grpc": "endpoint: grpc://a.example:50051",
    "no endpoint": "endpoint: https://a.example/",
    "no closing bracket": "url: 'https://[::1'",
    "an empty label": "url: https://a..b/",
    "an empty name": "url: https://xn--/",
    "no port": "url: https://plugins.example.org:99999/",
    "no port of an endpoint": "endpoint: grpc+ssl://h:99999",
    "an empty label of an endpoint": "endpoint: grpc+ssl://a..b:443",
    "a long label of an endpoint": f"endpoint: grpc+ssl://{'a' * 70}:443",
    "no IP address of an endpoint": "endpoint: 'grpc+ssl://[1::2::3]'",
    "no time": "url: https://a.example/\n    max_age: soon",
    "no variable": "url: https://a.example/\n    token_env: my token",
    "a file outside": "url: https://a.example/\n    ca_file: ../ca.pem",
    "a root outside": "url: https://a.example/\n    trust: /root.json",
    "a root of an endpoint": "endpoint: grpc+ssl://a.example\n    trust: root.json",
    "a short hash": "url: https://a.example/\n    trust: sha256:abc",
    "a hash in capitals": f"url: https://a.example/\n    trust: SHA256:{'A' * 64}",
    "no plugin_id": "url: https://a.example/\n    hold: [A B]",
    "no condition": "url: https://a.example/\n    filter: [{k: name, v: a, o: like}]",
    "our own id": "url: https://a.example/\n    repository_id: repo-123456789012",
}


@pytest.mark.parametrize("name", WRONG)
def test_settings_that_can_not_be_meant_are_refused(tmp_path: Path, name: str) -> None:
    lines = WRONG[name]
    if "repository_id" not in lines:
        lines += "\n    repository_id: repo-a"
    settings = f"{SETTINGS}upstreams:\n  - name: a\n    {lines}\n"
    problems = found(tmp_path, {}, settings)
    assert {(file, code) for file, code, _ in problems} == {("catalog.yaml", "upstream-settings")}


@pytest.mark.parametrize(
    "address",
    [
        "url: https://b\u00fccher.example/catalog",
        "url: 'https://[2001:db8::1]:8443/'",
        "endpoint: grpc+ssl://Repository.example.org",
        "endpoint: 'grpc+ssl://[2001:db8::1]:443/'",
    ],
)
def test_addresses_of_each_form_are_taken(tmp_path: Path, address: str) -> None:
    upstream = f"upstreams:\n  - name: a\n    repository_id: repo-a\n    {address}\n"
    assert found(tmp_path, {}, SETTINGS + upstream) == []


@pytest.mark.parametrize("name", ["aux", "con", "nul", "lpt1"])
def test_no_upstream_has_the_name_of_a_device(tmp_path: Path, name: str) -> None:
    settings = upstreams.settings(name)
    (problem,) = found(tmp_path, upstreams.files(name, {}), settings)
    assert problem[:2] == ("catalog.yaml", "upstream-settings")
    assert f'name "{name}" is the name of a device on Windows' in problem[2]


def test_two_upstreams_need_two_names_and_two_ids(tmp_path: Path) -> None:
    one = "  - {name: a, url: 'https://a.example/', repository_id: repo-a}\n"
    problems = found(tmp_path, {}, f"{SETTINGS}upstreams:\n{one}{one}")
    assert [code for _, code, _ in problems] == ["upstream-settings"] * 2
