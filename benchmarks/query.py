"""Measure a list and a stat of all plugins: our engine and mongomock.

Each answers in its own process with the rows loaded, and both must find the same rows.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import measure, ours, peers, places
from benchmarks.measure import number
from benchmarks.table import Row, absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.scope import Scope

Answers = dict[str, tuple[float, list[Any]]]
"""For each question, the seconds that its answer takes, and the rows found."""

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
WORDS = {
    "list": "list, 3 filters and a sort, rows loaded, CPU",
    "stat": "stat by 2 keys, rows loaded, CPU",
}

IN_JAVASCRIPT = {
    "parse": "in JavaScript (node): reading all plugins",
    "first": "in JavaScript (node): the first list",
    "list": "in JavaScript (node): list, 3 filters and a sort",
    "stat": "in JavaScript (node): stat by 2 keys",
}
MUST_IN_JAVASCRIPT = 0.1
"""Seconds that a list may take in JavaScript to feel instant."""


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of the query engine: medians within one process, reading the request, too."""
    tree, cache = places.fresh("queried"), places.fresh("cache")
    catalog = places.catalog(scope.plugins)
    measure.run(ours.warm("build", "--catalog", catalog, "--out", tree, cache=cache))
    plugins, questions = places.outputs() / "all.json", places.outputs() / "questions.json"
    with plugins.open("wb") as file:
        subprocess.run([peers.catalogctl(), "list", "--from", tree], check=True, stdout=file)
    shutil.rmtree(tree)
    questions.write_text(json.dumps(QUESTIONS), encoding="utf-8")
    here = Path(__file__).parent
    mine = _ask(Path(sys.executable), here / "ask_catalogctl.py", plugins, questions)
    interpreter = peers.python()
    theirs = {}
    if interpreter is not None:
        theirs = _ask(interpreter, here / "ask_mongomock.py", plugins, questions)
    for call in MUST:
        yield _mongomock(call, mine, theirs)
        yield _by_hand(call, mine)
    yield from _javascript(plugins, questions, {call: rows for call, (_, rows) in mine.items()})


def _mongomock(call: str, ours: Answers, theirs: Answers) -> Row:
    """Return the row that compares an answer with mongomock's."""
    our_time, our_rows = ours[call]
    cell = f"{number(our_time * 1000)} ms"
    what = f"{WORDS[call]} ({len(our_rows):,} rows found)"
    if call not in theirs:
        return absent(what, cell, "mongomock", MUST[call])
    their_time, their_rows = theirs[call]
    if our_rows != their_rows:
        raise RuntimeError(f"{call}: catalogctl and mongomock found different rows")
    other = f"mongomock: {number(their_time * 1000)} ms"
    return Row(what, cell, other, our_time / their_time, MUST[call])


def _by_hand(call: str, ours: Answers) -> Row:
    """Return the row that compares an answer with the same one in plain Python."""
    (our_time, our_rows), (once, _), (hand, rows) = (
        ours[name] for name in (call, f"{call} once", f"{call} by hand")
    )
    if our_rows != rows:
        raise RuntimeError(f"{call}: catalogctl and the comprehension found different rows")
    cells = (f"{number(our_time * 1000)} ms", f"by hand: {number(hand * 1000)} ms")
    what = f"the same {call} (of plugins never asked before: {number(once * 1000)} ms)"
    return Row(what, *cells, our_time / hand)


def _javascript(plugins: Path, questions: Path, rows: dict[str, list[Any]]) -> Iterator[Row]:
    node = shutil.which("node")
    if node is None:
        yield absent("the same in JavaScript", "", "node")
        return
    script = Path(__file__).parent / "ask_javascript.mjs"
    found = _ask(Path(node), script, plugins, questions)
    for call, what in IN_JAVASCRIPT.items():
        taken = found[call][0]
        if call in rows and found[call][1] != rows[call]:
            raise RuntimeError(f"{call}: Python and JavaScript found different rows")
        must = MUST_IN_JAVASCRIPT if call == "list" else None
        yield Row(what, f"{number(taken * 1000)} ms", "", taken, must, None, " s")


def _ask(*command: Path) -> Answers:
    done = subprocess.run(command, check=True, capture_output=True)
    found: Answers = json.loads(done.stdout)
    return found
