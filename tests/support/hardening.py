"""What must hold under attack (R) and faults (Q), and which tests of a run proved it.

A test proves what its docstring, or that of its class, names by id. `make test` ends with a line
for each id that its passed tests name, with their number; the ids that none names are shown, too.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

ID = re.compile(r"\b[RQ]-\d{2}b?\b")

PROMISES = {
    "R-01": "no workflow runs or unpacks a pull request's code with rights",
    "R-02": "a catalog of `init` runs a pinned tool, and labels what needs a maintainer",
    "R-03": "no event field is pasted into a script",
    "R-04": "one annotation a problem, and no other line that a runner obeys",
    "R-05": "a comment in Markdown shows every value as text",
    "R-06": "no control or direction mark reaches a terminal",
    "R-07": "the publish job uses no cache that a pull request can write",
    "R-08": "a difference names refused images, deletions and look-alikes",
    "R-09": "an id that history knows with another image is a warning",
    "R-09b": "a difference is judged by its author, from the merge's first parent",
    "R-10": "a bad or hostile file ends in time, in bounded memory, in words",
    "R-11": "no YAML tag constructs anything",
    "R-12": "only regular files inside the catalog are opened; published paths are plain",
    "R-13": "validate and build need no network",
    "R-14": "a secret is refused, and at most its first four characters are shown",
    "R-15": "every saved query ends within its steps",
    "R-16": "a commit of an impossible time is a warning",
    "R-17": "every pattern that meets an author's text is linear in it",
    "R-18": "an untrusted checkout runs nothing and changes no published byte",
    "R-19": "a pull request's comment holds nothing that the pull request computed",
    "R-20": "resolve talks to listed hosts alone",
    "R-21": "a password goes to its own registry alone",
    "R-22": "a hostile registry costs bounded time and memory",
    "R-23": "a moved digest is reported, kept, and may be refused",
    "R-24": "nothing but a tag enters a lock; a registry's words are cut and cleaned",
    "R-25": "no wait is longer than 60 s, 120 s for an image",
    "R-30": "verify finds every changed, missing, cut or added file",
    "R-31": "what the keys of a catalog did not sign is not shown",
    "R-32": "an older edition than one that was seen is noticed",
    "R-33": "signatures that are not renewed expire",
    "R-34": "what is read from a host is bounded by what its index names",
    "R-35": "without a pinned root a client works, and verify says that it is unsigned",
    "R-36": "during a deploy a client gets one edition or an error that it retries",
    "R-37": "the cache is keyed by address, and never serves what failed a check",
    "R-40": "each page carries its policy; nothing is inline",
    "R-41": "every template escapes",
    "R-42": "scripts write values as text",
    "R-43": "links and pictures of values are checked",
    "R-44": "values are neither Markdown nor HTML, and can't forge the site's own parts",
    "R-45": "a catalog of attacks is inert in a real browser",
    "R-46": "hostile values stay in the tree, and are no formulas in CSV",
    "R-47": "the preview serves this machine alone",
    "R-50": "actions are pinned, and permissions least",
    "R-51": "dependencies are locked with hashes",
    "R-52": "releases are attested, and README says how to verify them",
    "R-53": "workflows are checked by zizmor and actionlint",
    "R-54": "the workflow of resolve can't push to main",
    "R-55": "SECURITY.md says what is promised and what is not",
    "R-56": "a changed digest in a lock is shown, and is no auto-merge",
    "Q-01": "a build that is killed at a random moment leaves a whole tree",
    "Q-02": "so does one that is killed at any of its system calls",
    "Q-03": "the build after a kill needs no hand, and leaves nothing behind",
    "Q-04": "a reader during builds never sees a file that stays wrong",
    "Q-05": "a full disk is one line, and the old tree stays",
    "Q-06": "what a build did not make is never deleted",
    "Q-07": "two builds into one folder end well",
    "Q-08": "the same commit gives the same bytes everywhere",
    "Q-09": "signals end a command cleanly",
    "Q-10": "what was validated is what is published",
    "Q-20": "a write call that is killed leaves old or new files",
    "Q-21": "a write call keeps mode, ends of lines and read-only files",
    "Q-22": "two writers lose nothing",
    "Q-23": "a damaged lock is a problem with its place, and resolve heals it",
    "Q-24": "a killed resolve leaves whole locks",
    "Q-30": "every odd repository ends in time, with right dates or the fix",
    "Q-31": "dates come from one log",
    "Q-32": "a wrong clock turns no date around",
    "Q-40": "a failing registry keeps its locks and stops no other",
    "Q-41": "a dead registry costs a bounded time",
    "Q-42": "a run that changes nothing writes nothing",
    "Q-43": "only commands that must open a socket do",
    "Q-44": "a dripping, bursting or dead host ends in time, and is never cached",
    "Q-50": "no step grows faster than its input; large catalogs fit into memory",
    "Q-51": "small limits and odd environments work, or end in one line",
}


def ids_of(item: pytest.Item) -> list[str]:
    """Return the ids that the docstrings of a test and of its class name."""
    places = (getattr(item, "function", None), getattr(item, "cls", None))
    texts = [getattr(place, "__doc__", None) or "" for place in places]
    return sorted({found for text in texts for found in ID.findall(text)})


def summary(proved: Iterable[str]) -> list[str]:
    """Return a line for each promise that a run proved, then which it did not prove.

    `proved` has an id once for each test that passed and names it.
    """
    passed = Counter(each for each in proved if each in PROMISES)
    missing = sorted(PROMISES.keys() - passed.keys())
    lines = [
        f"{each:<5} {passed[each]:>4} {'test ' if passed[each] == 1 else 'tests'}  {PROMISES[each]}"
        for each in sorted(passed)
    ]
    lines.append(f"proved by tests that passed: {len(passed)} of {len(PROMISES)}")
    return [*lines, f"not proved in this run: {' '.join(missing)}"] if missing else lines
