"""The five answers of the statistics page, held against the JSON that they link."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.publish.site import chart_data
from catalogctl.publish.site.texts import Texts
from support import site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON

T = Texts()
PLUGINS = [
    site.plugin("plugin-a", "A", versions=["1.1", "1.1-rc1", "1.0"], state="DISABLED"),
    site.plugin("plugin-b", "B", provider="azure", deprecated={"reason": "old"}),
    site.plugin("plugin-c", "C", service_type="inventory.Collector"),
    site.plugin(
        "plugin-d",
        "D",
        provider=None,
        capability={"supported_schema": ["aws_access_key", "<b>", 7, {"a": [1]}]},
    ),
    site.plugin("plugin-e", "E", capability={"supported_schema": "aws_access_key"}),
]


@pytest.fixture(scope="module")
def tree() -> Mapping[str, bytes]:
    return site.tree(PLUGINS, site.context())


def section(tree: Mapping[str, bytes], title: str) -> str:
    page = tree["stats/index.html"].decode()
    (found,) = (
        each for each in re.findall(r"<section.*?</section>", page, re.DOTALL) if title in each
    )
    return str(found)


def linked(tree: Mapping[str, bytes], part: str) -> list[Any]:
    """Return the JSON files that an answer links."""
    source = part.partition('<p class="src">')[2]
    paths = re.findall(r'<a href="../([^"#]+\.json)">', source)
    assert paths
    return [json.loads(tree[path]) for path in paths]


def bars(part: str) -> list[tuple[str, int]]:
    found = re.findall(
        r"<(?:span|code)>([^<]+)</(?:span|code)><svg class=\"b\".*?<b>(\d+)</b>", part
    )
    return [(text, int(figure)) for text, figure in found]


def test_what_is_in_it(tree: Mapping[str, bytes]) -> None:
    part = section(tree, "What is in it?")
    kinds, providers = linked(tree, part)
    words = {"monitoring.Webhook": "Alert webhook", "inventory.Collector": "Inventory collector"}
    assert bars(part) == [(words[row["service_type"]], row["count"]) for row in kinds["results"]]
    named = [row for row in providers["results"] if row["provider"]]
    total = sum(row["count"] for row in kinds["results"])
    assert f"<p>{total} plugins of 2 kinds, for {len(named)} providers.</p>" in part


def test_whether_it_is_alive(tree: Mapping[str, bytes]) -> None:
    part = section(tree, "Is it alive?")
    (releases,) = linked(tree, part)
    assert releases["months"] == [{"month": "2026-11", "count": 2}]
    assert "<p>2 releases in November 2026, the last one on 23 Nov 2026; 2 in twelve months" in part
    figures = [int(each) for each in re.findall(r"<b>(\d+)</b>", part)]
    assert figures == [0] * 11 + [2]


def test_before_the_first_release_it_tells_of_registrations() -> None:
    tree = site.tree([PLUGINS[1]], site.context())
    part = section(tree, "Is it alive?")
    (created,) = linked(tree, part)
    assert created["results"] == [{"month": "2022-01", "count": 1}]
    assert "<p>No release is known yet; 1 plugin registered.</p>" in part


def test_who_is_covered(tree: Mapping[str, bytes]) -> None:
    """The answer has no name here, so it is linked by the hash of its query."""
    part = section(tree, "Who is covered, and how?")
    (answer,) = linked(tree, part)
    assert {(row["provider"], row["service_type"]): row["count"] for row in answer["results"]} == {
        ("aws", "monitoring.Webhook"): 2,
        ("aws", "inventory.Collector"): 1,
        ("azure", "monitoring.Webhook"): 1,
        (None, "monitoring.Webhook"): 1,
    }
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', part)
    assert [(kind, re.findall(r"<td>(?:<b[^>]*>)?(\d*)", cells)) for kind, cells in rows] == [
        ("Alert webhook", ["2"]),
        ("Inventory collector", ["1"]),
    ]
    assert "<p>AWS in 2 ways, Azure in 1 way.</p>" in part
    assert re.sub("<[^>]+>", "", part).count("Azure") == 2
    assert 'href="../api/console/#stat:%7B%22aggregate%22' in part


def test_what_needs_care(tree: Mapping[str, bytes]) -> None:
    part = section(tree, "What needs care?")
    (health,) = linked(tree, part)
    lines = [re.sub("<[^>]+>", "", each) for each in re.findall("<li>(.*?)</li>", part, re.DOTALL)]
    assert lines == [
        "Deprecated: B",
        "Disabled: A",
        "4 plugins have no version yet",
        "No version was ever moved to another image",
    ]
    assert health["deprecated"] == ["plugin-b"]
    assert health["disabled"] == ["plugin-a"]
    assert len(health["without_versions"]) == 4
    assert "<p>5 plugins do.</p>" in part
    assert '<a href="../plugins/plugin-b/"><bdi>B</bdi></a>' in part


def test_which_credentials_are_needed(tree: Mapping[str, bytes]) -> None:
    part = section(tree, "Which credentials must I bring?")
    (answer,) = linked(tree, part)
    counts = {json.dumps(row["schema"]): row["count"] for row in answer["results"]}
    assert counts == {'"aws_access_key"': 2, '"<b>"': 1, "7": 1, '{"a": [1]}': 1}
    assert bars(part) == [
        ("aws_access_key", 2),
        ("7", 1),
        ("&lt;b&gt;", 1),
        ("{&#34;a&#34;:[1]}", 1),
    ]


def test_a_saved_query_that_asks_the_same_gives_the_answer_its_name() -> None:
    build = site.context()
    answers = site.answers(PLUGINS, build)
    (unnamed,) = (each for each in answers if each.name == "credential-schemas")
    saved = site.answer("schemas", [{"schema": "a", "count": 1}])
    same = type(saved)(**{**_fields(saved), "query_id": unnamed.query_id})
    tree = site.tree(PLUGINS, build, saved=[same])
    part = section(tree, "Which credentials must I bring?")
    assert 'href="../repository/v1/plugin/stat/schemas.json">credential-schemas.json<' in part
    assert 'href="../api/console/#name=schemas"' in part


def _fields(answer: Any) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in answer.__dataclass_fields__}


def test_every_query_with_a_name_has_a_page_that_the_statistics_lead_to(
    tree: Mapping[str, bytes],
) -> None:
    saved: JSON = [{"provider": "aws", "count": 3}]
    made = site.tree(PLUGINS, site.context(), saved=[site.answer("mine", saved, title="Mine")])
    own = section(made, "Ask your own")
    names = re.findall(r'<li><a href="([\w-]+)/">', own)
    assert names[0] == "mine"
    assert sorted(names[1:]) == sorted(json.loads(tree["index.json"])["stats"])
    for name in names:
        page = made[f"stats/{name}/index.html"].decode()
        assert f'href="../../repository/v1/plugin/stat/{name}.json"' in page


def test_many_values_are_summed_up() -> None:
    counts = {f"v{number:02}": 20 - number for number in range(12)}
    made = chart_data.bars(counts, {"v00": "x/"}, {}, T)
    assert len(made) == chart_data.MOST_BARS
    assert made[0] == ("v00", "x/", "20", 100, "")
    assert (made[-1].text, made[-1].figure) == ("5 others", str(13 + 12 + 11 + 10 + 9))
    providers = {(f"p{number:02}", "k"): 2 for number in range(20)}
    matrix = chart_data.matrix(providers, {}, T)
    assert len(matrix.heads) == chart_data.MOST_PROVIDERS
    assert len(matrix.others) == chart_data.MOST_OTHERS
    assert matrix.more == ", and 3 more values"


@pytest.mark.parametrize("provider", ["AWS", "Google Cloud", "Microsoft"])
def test_heads_of_short_words_lie(provider: str) -> None:
    assert not chart_data.matrix({(provider, "kind"): 2, ("Azure", "kind"): 2}, {}, T).is_upright


def test_heads_of_a_long_word_stand_upright() -> None:
    assert chart_data.matrix({("Kubernetes", "kind"): 2, ("AWS", "kind"): 2}, {}, T).is_upright


@pytest.mark.parametrize(
    ("now", "first"), [("2026-11-30T00:00:00.000Z", "2025-12"), ("2026-01-01", "2025-02")]
)
def test_the_months_shown_are_twelve(now: str, first: str) -> None:
    months = chart_data.last_months(now)
    assert (len(months), months[0], months[-1]) == (12, first, now[:7])
