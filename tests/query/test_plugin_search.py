"""`catalogctl search` finds what the site's search finds, in the same order: run side by side."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from catalogctl.publish.site.search_index import shard
from catalogctl.query import base_order
from catalogctl.query.plugin_search import search
from support import samples, site
from support.javascript import ROOT, node

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

SCRIPT = Path(__file__).parents[1] / "support" / "search.mjs"
MADE = (
    ("plugin-sns", "AWS SNS Webhook", {"labels": ["Monitoring", "SNS"]}),
    ("plugin-cafe", "Café Überwachung", {"tags": {"description": "Straße, naïve, \u0130stanbul"}}),
    ("plugin-hyperbilling", "Hyper Billing", {"service_type": "cost_analysis.DataSource"}),
    ("billing", "Costs", {"provider": "google_cloud", "state": "DISABLED"}),
    ("plugin-billing-two", "billing", {"labels": ["라우드", "بفاتورة"]}),
    ("plugin-wordy", "L", {"tags": {"description": "cloud " * 40 + "behindthecut"}}),
    ("plugin-odd", "a_b-c.d  e", {"labels": ["x y", "x y", "\uff21\uff11"], "provider": None}),
    ("plugin-bare", "Bare", {"tags": {"description": 5}}),
)
WORDS = (
    *("", "webho", "sns mon", "mon sns", "billing", "BILLING", "라우드", "cafe", "CAFÉ", "uber"),
    *("strasse", "istanbul", "behindthecut", "cloud", "clodu", "weboook", "bilingl", "plugin"),
    *("plugin-sns", "a_b", "a b", "x y", "a1", "google", "cost", "zzzzzzzz", "e e e e", "aws sns"),
    *("webhook webhok", "a b c d e f g h i j", "monitoring.Webhook", "\ufeffsns\u00a0aws"),
)


class Asked(NamedTuple):
    """The plugins, and what both searches are asked about them."""

    plugins: list[JSONObject]
    shards: list[JSONObject]
    questions: list[tuple[str, bool]]


def typos(words: list[str], seed: int) -> list[str]:
    """Return words with a letter more, less, other, or two swapped, and parts of words."""
    rng = random.Random(seed)
    made = []
    for word in words:
        at = rng.randrange(len(word))
        letter = rng.choice("abcdefghijklmnopqrstuvwxyz0-é")
        kind = rng.randrange(5)
        made.append(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
                word[at : at + rng.randrange(1, 9)],
            ][kind]
        )
    return made


@pytest.fixture(scope="module")
def asked() -> Asked:
    """Return the site's samples and some of our own, and words of all kinds."""
    plugins = [*samples.plugins(), *(site.plugin(*each[:2], **each[2]) for each in MADE)]
    infos = base_order([each.info for each in plugins])
    by_id = {str(each.info["plugin_id"]): each for each in plugins}
    ordered = [by_id[str(info["plugin_id"])] for info in infos]
    rows = [each.summary for each in ordered]
    names = " ".join(f"{info['plugin_id']} {info['name']}"[:80] for info in infos).split()
    words = [*WORDS, *typos([word for word in names if len(word) > 3] * 4, 1)]
    pairs = [f"{one} {other}" for one, other in zip(words, words[7:], strict=False)]
    questions = [(word, False) for word in [*words, *pairs]] + [(word, True) for word in words]
    return Asked(infos, [shard(rows[:20]), shard(rows[20:])], questions)


def test_both_searches_find_the_same_in_the_same_order(asked: Asked) -> None:
    questions: list[JSON] = [list(each) for each in asked.questions]
    done = subprocess.run(
        [node(), str(SCRIPT), str(ROOT / "site")],
        input=json.dumps({"shards": [*asked.shards], "questions": questions}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers = json.loads(done.stdout)
    assert len(answers) == len(questions)
    found = corrected = 0
    for (words, literal), answer in zip(asked.questions, answers, strict=True):
        ours = search(asked.plugins, words, literal=literal)
        assert [each["plugin_id"] for each in ours.plugins] == answer["ids"], words
        assert [[term, list(taken)] for term, taken in ours.corrected.items()] == answer[
            "corrected"
        ], words
        found += bool(answer["ids"]) and len(answer["ids"]) < len(asked.plugins)
        corrected += bool(answer["corrected"])
    assert found > 100
    assert corrected > 30


def test_the_best_come_first_and_disabled_ones_last(asked: Asked) -> None:
    made = [info for info in asked.plugins if "illing" in f"{info['name']}{info['plugin_id']}"]
    found = [each["plugin_id"] for each in search(made, "billing").plugins]
    assert found == ["plugin-billing-two", "plugin-hyperbilling", "billing"]
