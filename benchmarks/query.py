"""Measure a list and a stat of 10,000 plugins: our engine and mongomock.

Each answers in its own process with the rows loaded, and both must find the same rows.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import build, measure, peers, places
from benchmarks.table import Row, number, render

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS = {
    "list": {
        "query": {
            "filter": [
                {"key": "state", "value": "ENABLED", "operator": "eq"},
                {"key": "provider", "value": ["aws", "azure"], "operator": "in"},
                {"key": "service_type", "value": "monitoring", "operator": "contain"},
            ],
            "sort": {"keys": [{"key": "name", "desc": True}]},
        },
        "find": {
            "state": "ENABLED",
            "provider": {"$in": ["aws", "azure"]},
            "service_type": {"$regex": "monitoring", "$options": "i"},
        },
        "sort": [["name", -1]],
    },
    "stat": {
        "query": {
            "aggregate": [
                {
                    "group": {
                        "keys": [
                            {"key": "service_type", "name": "service_type"},
                            {"key": "state", "name": "state"},
                        ],
                        "fields": [{"name": "count", "operator": "count"}],
                    }
                },
                {
                    "sort": {
                        "keys": [
                            {"key": "count", "desc": True},
                            {"key": "service_type"},
                            {"key": "state"},
                        ]
                    }
                },
            ]
        },
        "pipeline": [
            {
                "$group": {
                    "_id": {"service_type": "$service_type", "state": "$state"},
                    "count": {"$sum": 1},
                }
            },
            {
                "$project": {
                    "_id": 0,
                    "service_type": "$_id.service_type",
                    "state": "$_id.state",
                    "count": 1,
                }
            },
            {"$sort": {"count": -1, "service_type": 1, "state": 1}},
        ],
    },
}
MUST = {"list": 0.25, "stat": 0.05}
MUST_BY_HAND = 2.0
WORDS = {
    "list": "list, 3 filters and a sort, rows loaded, CPU",
    "stat": "stat by 2 keys, rows loaded, CPU",
}

IN_JAVASCRIPT = {
    "parse": "in JavaScript (node): reading list/all.json",
    "first": "in JavaScript (node): the first list",
    "list": "in JavaScript (node): list, 3 filters and a sort",
    "stat": "in JavaScript (node): stat by 2 keys",
}
MUST_IN_JAVASCRIPT = 0.1
"""Seconds that a list may take in JavaScript to feel instant."""


def table() -> str:
    """Return the table of the query engine."""
    note = (
        "Medians within one process; reading the request is part of our answer. The query"
        " documents are made once, as `Documents` does it."
    )
    return render("list and stat, 10,000 rows", list(_rows()), (note,))


def _rows() -> Iterator[Row]:
    measure.run(build.ours(places.catalog(10_000)))
    plugins = places.outputs() / "catalogctl" / "repository/v1/plugin/list/all.json"
    questions = places.outputs() / "questions.json"
    questions.write_text(json.dumps(QUESTIONS), encoding="utf-8")
    here = Path(__file__).parent
    ours = _ask(Path(sys.executable), here / "ask_catalogctl.py", plugins, questions)
    theirs = _ask(peers.python(), here / "ask_mongomock.py", plugins, questions)
    for call, must in MUST.items():
        (our_time, our_rows), (their_time, their_rows) = ours[call], theirs[call]
        if our_rows != their_rows:
            raise RuntimeError(f"{call}: catalogctl and mongomock found different rows")
        cells = (f"{number(our_time * 1000)} ms", f"mongomock: {number(their_time * 1000)} ms")
        what = f"{WORDS[call]} ({len(our_rows):,} rows found)"
        yield Row(what, *cells, our_time / their_time, must)
        yield _by_hand(call, ours)
    yield from _javascript(plugins, questions, {call: rows for call, (_, rows) in ours.items()})


def _by_hand(call: str, ours: dict[str, tuple[float, list[Any]]]) -> Row:
    """Return the row that compares an answer with the same one in plain Python."""
    (our_time, our_rows), (once, _), (hand, rows) = (
        ours[name] for name in (call, f"{call} once", f"{call} by hand")
    )
    if our_rows != rows:
        raise RuntimeError(f"{call}: catalogctl and the comprehension found different rows")
    cells = (f"{number(our_time * 1000)} ms", f"by hand: {number(hand * 1000)} ms")
    what = f"the same {call} (of plugins never asked before: {number(once * 1000)} ms)"
    return Row(what, *cells, our_time / hand, MUST_BY_HAND)


def _javascript(plugins: Path, questions: Path, rows: dict[str, list[Any]]) -> Iterator[Row]:
    node = shutil.which("node")
    if node is None:
        return
    script = Path(__file__).parent / "ask_javascript.mjs"
    found = _ask(Path(node), script, plugins, questions)
    for call, what in IN_JAVASCRIPT.items():
        taken = found[call][0]
        if call in rows and found[call][1] != rows[call]:
            raise RuntimeError(f"{call}: Python and JavaScript found different rows")
        must = MUST_IN_JAVASCRIPT if call == "list" else None
        yield Row(what, f"{number(taken * 1000)} ms", "-", taken, must, " s")


def _ask(*command: Path) -> dict[str, tuple[float, list[Any]]]:
    done = subprocess.run(command, check=True, capture_output=True)
    found: dict[str, tuple[float, list[Any]]] = json.loads(done.stdout)
    return found
