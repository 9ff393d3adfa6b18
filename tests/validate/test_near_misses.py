"""Values and names that were probably meant to be those of other plugins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from catalogctl.similar_names import SimilarNames, look
from support.catalogs import SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.problem import Problem


def problems(folder: Path, plugins: dict[str, str], policy: str = "") -> list[Problem]:
    """Return the problems of a catalog of plugin files, given by plugin_id."""
    files = {f"plugins/{plugin_id}.yaml": text for plugin_id, text in plugins.items()}
    catalog = write_catalog(folder, files, SETTINGS + policy)
    return list(check(catalog, working=catalog).problems)


def with_values(field: str, values: list[str]) -> dict[str, str]:
    return {f"p{n}": plugin(f"p{n}", **{field: f'"{value}"'}) for n, value in enumerate(values)}


@pytest.mark.parametrize(
    ("field", "values", "meant"),
    [
        ("provider", ["aws", "aws", "AWS"], "aws"),
        ("provider", ["azure", "azure", "azur"], "azure"),
        ("provider", ["azure", "azure", "azrue"], "azure"),
        ("provider", ["google_cloud", "google_cloud", "google-cloud"], "google_cloud"),
        ("provider", ["aws", "aws", "\u0430ws"], "aws"),
        ("service_type", ["a.DataSource", "a.DataSource", "a.DataSoruce"], "a.DataSource"),
        ("service_type", ["m.Webhook"] * 3 + ["m.WebHook"] * 2 + ["m.Webhok"], "m.Webhook"),
    ],
)
def test_a_value_hardly_unlike_a_usual_one_is_a_warning(
    tmp_path: Path, field: str, values: list[str], meant: str
) -> None:
    found = problems(tmp_path, with_values(field, values))
    rare = [f"plugins/p{n}.yaml" for n, value in enumerate(values) if value != meant]
    assert [each.file for each in found] == rare
    expected = ("similar-value", f"/{field}", f'did you mean "{meant}"?')
    assert [(each.code, each.pointer, each.hint) for each in found] == [expected] * len(rare)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("provider", ["gcp", "gcp", "gce"]),
        ("provider", ["azure", "azurre"]),
        ("provider", ["azure", "azure", "azurre", "azurre"]),
        ("provider", ["azure", "azure", "hazurre"]),
        ("service_type", ["notification.Protocol", "notification.Protocol", "identity.Domain"]),
    ],
)
def test_other_words_and_equal_counts_are_no_near_misses(
    tmp_path: Path, field: str, values: list[str]
) -> None:
    assert problems(tmp_path, with_values(field, values)) == []


def test_a_message_says_how_many_plugins_have_the_usual_value(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, with_values("provider", ["aws", "aws", "AWS"]))
    assert problem.message == 'provider "AWS" differs only by case from "aws", which 2 plugins have'


def test_a_policy_makes_any_other_value_an_error(tmp_path: Path) -> None:
    policy = "policy: {providers: [aws, AWS], service_types: [monitoring.Webhook]}\n"
    plugins = with_values("provider", ["aws", "aws", "AWS", "asw"])
    plugins["p4"] = plugin("p4", service_type="monitoring.Webhok")
    found = [(each.file, each.code, each.hint) for each in problems(tmp_path, plugins, policy)]
    assert [each[:2] for each in found] == [
        ("plugins/p3.yaml", "unlisted-value"),
        ("plugins/p4.yaml", "unlisted-value"),
    ]
    assert "did you mean" in found[0][2]
    assert found[1][2] == 'did you mean "monitoring.Webhook"?'


def test_a_plugin_without_a_provider_is_fine_beside_a_policy(tmp_path: Path) -> None:
    assert problems(tmp_path, {"p0": plugin("p0")}, "policy: {providers: [aws]}\n") == []


@pytest.mark.parametrize(
    "name",
    ["Sl\u200bac\u200bk", "\u0405lack", "5lack", "S\u2060lack", "Slac\u043a\ufeff", "\uff33lack"],
)
def test_a_name_that_looks_like_another_is_a_warning(tmp_path: Path, name: str) -> None:
    """R-08: whichever file sorts first, the disguised name is told."""
    for plugin_id in ("a", "z"):
        plugins = {"m": plugin("m", name="Slack"), plugin_id: plugin(plugin_id, name=f'"{name}"')}
        (problem,) = problems(tmp_path / plugin_id, plugins)
        assert (problem.code, problem.pointer) == ("similar-name", "/name")
        if not name.isascii():
            assert problem.file == f"plugins/{plugin_id}.yaml"
            assert problem.message.endswith('looks the same as "Slack" of plugins/m.yaml:1')


@pytest.mark.parametrize("name", ["slack", "Slacks", "Sl ack", "S-lack", "Hip"])
def test_a_name_that_a_reader_can_tell_apart_is_fine(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, {"m": plugin("m", name="Slack"), "n": plugin("n", name=name)}) == []


def test_names_that_look_alike_in_two_domains_are_fine(tmp_path: Path) -> None:
    other = plugin("n", name='"Sl\u200back"', domain_id="domain-2")
    assert problems(tmp_path, {"m": plugin("m", name="Slack"), "n": other}) == []


def test_what_is_drawn_alike_looks_the_same() -> None:
    assert look("\u0421\u043e\u0455t \u0406O5|\u00ad") == look("Cost lOSl") == look("Cost 1051")


def test_a_long_name_is_compared_by_its_first_100_characters() -> None:
    """R-10: a name of any length costs no more than one of 100 characters."""
    long = "".join(map(str, range(5000)))
    assert SimilarNames([long, long[:100] + "x"]).find(long[:99] + "y" + long)
    assert len(look(long)) == len(look("\u0301" * 60_000)) == 100


@pytest.mark.parametrize("distinct", [True, False])
def test_unknown_successors_cost_what_their_number_costs(tmp_path: Path, distinct: bool) -> None:  # noqa: FBT001
    """Q-50: not the square of it."""
    plugins = {}
    for number in range(1500):
        plugin_id = f"plugin-{number:04}-{'abcdefgh' * 2}"
        gone = f"plugin-gone-{number if distinct else 0:04}"
        deprecated = f"{{reason: old, successor: {gone}}}"
        plugins[plugin_id] = plugin(plugin_id, deprecated=deprecated)
    started = time.process_time()
    found = problems(tmp_path, plugins)
    assert time.process_time() - started < 5
    assert [each.code for each in found] == ["successor-unknown"] * 1500


def test_the_successor_that_was_meant_is_named_in_each_file(tmp_path: Path) -> None:
    plugins = {"plugin-new": plugin("plugin-new")}
    for number in range(80):
        deprecated = "{reason: old, successor: plugin-nw}"
        plugins[f"p{number}"] = plugin(f"p{number}", deprecated=deprecated)
    hints = [each.hint for each in problems(tmp_path, plugins)]
    assert hints == ['did you mean "plugin-new"?'] * 80


def test_two_plugins_that_are_each_others_successor_are_not_told_to_name_themselves(
    tmp_path: Path,
) -> None:
    plugins = {
        name: plugin(name, deprecated=f"{{reason: old, successor: {other}}}")
        for name, other in (("plugin-a", "plugin-b"), ("plugin-b", "plugin-a"))
    }
    found = problems(tmp_path, plugins)
    assert [(each.code, each.hint) for each in found] == [
        ("successor-deprecated", "name one that is not, or none")
    ] * 2


@pytest.mark.parametrize("name", ["aux", "con", "prn", "nul", "com0", "lpt9"])
def test_no_saved_query_has_the_name_of_a_windows_device(tmp_path: Path, name: str) -> None:
    query = "kind: list\ntitle: T\nquery: {}\n"
    write_catalog(tmp_path, {f"queries/{name}.yaml": query})
    (problem,) = problems(tmp_path, {})
    assert (problem.file, problem.code) == (f"queries/{name}.yaml", "query-name")
    assert "device on Windows" in problem.message
