"""R-10: what one accepted plugin file can add to the tree, and what one can cost to refuse."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.pipeline.check import check
from support.catalogs import PLUGIN, SETTINGS, write_catalog
from support.measuring import measure

if TYPE_CHECKING:
    from pathlib import Path

MEBIBYTE = 1024 * 1024
LARGEST = 255 * 1024
NAME = "plugins/plugin-hyperbilling.yaml"
WORST = {
    "quotes": ('"', 1),
    "letters": ("x", 1),
    "markup": ("<", 1),
    "korean": ("\uac00", 3),
}


def text(labels: int, description: str) -> str:
    """Return a plugin file of long labels and a description."""
    names = json.dumps([f"{number:03}{'&' * 252}" for number in range(labels)])
    return f"{PLUGIN}labels: {names}\ntags:\n  description: {json.dumps(description)}\n"


def largest(labels: int, letter: str, cost: int) -> str:
    """Return a file just below the limit on its size."""
    left = LARGEST - len(text(labels, ""))
    description = letter * (left // (2 if letter == '"' else cost))
    return text(labels, "").replace('""\n', json.dumps(description, ensure_ascii=False) + "\n")


def tree_size(folder: Path, files: dict[str, str]) -> int:
    """Return the bytes of the tree that is built of plugin files, 0 when it is not built."""
    catalog = write_catalog(folder / "catalog", dict(files), SETTINGS)
    out = folder / "public"
    made = build(
        BuildOptions(
            catalog, out, environ={"SOURCE_DATE_EPOCH": "1767225600"}, generator="catalogctl"
        )
    )
    if any(problem.severity == "error" for problem in made.problems):
        return 0
    return sum(file.stat().st_size for file in out.rglob("*") if file.is_file())


@pytest.mark.parametrize("kind", WORST)
def test_an_accepted_file_adds_at_most_32_mib_to_the_tree(tmp_path: Path, kind: str) -> None:
    """R-10: whatever its labels and its description hold."""
    bare = tree_size(tmp_path / "bare", {NAME: PLUGIN})
    for labels in (100, 90, 80, 60):
        size = tree_size(tmp_path / str(labels), {NAME: largest(labels, *WORST[kind])})
        if size:
            assert size - bare <= 32 * MEBIBYTE
            break
    assert size


def test_a_plugin_that_would_be_published_too_often_is_refused(tmp_path: Path) -> None:
    """R-10: 100 labels of a plugin of 250 KiB would be 26 MiB."""
    catalog = write_catalog(tmp_path, {NAME: largest(100, "x", 1)})
    (problem,) = check(catalog, working=catalog).problems
    assert (problem.code, problem.pointer) == ("published-size", "/labels")


def test_text_that_aliases_repeat_counts_as_often_as_it_is_published(tmp_path: Path) -> None:
    """R-10: a file of 60 KiB may stand for a MiB."""
    labels = json.dumps([f"l{number}" for number in range(90)])
    tags = "\n".join(f"  k{number}: *text" for number in range(15))
    file = f"{PLUGIN}labels: {labels}\ntags:\n  text: &text {'x' * 60_000}\n{tags}\n"
    catalog = write_catalog(tmp_path, {NAME: file})
    assert [each.code for each in check(catalog, working=catalog).problems] == ["published-size"]


def test_a_plugin_of_usual_size_may_have_100_labels(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path, {NAME: text(100, "x" * 20_000)})
    assert check(catalog, working=catalog).problems == ()


MARKS, UNSEEN = "\u0301\u0323" * 60_000, "\u200b" * 20
HOSTILE = {
    "a mail of dots": f'{PLUGIN}maintainers: ["a@{"." * 250_000}@"]\n',
    "maintainers of dots": f"{PLUGIN}maintainers: [{', '.join(['a@' + '.' * 2000] * 120)}]\n",
    "a value like a token": f'{PLUGIN}tags: {{note: "{"eyJ" * 85_000}"}}\n',
    "tokens with dots": f'{PLUGIN}tags: {{note: "{"eyJ." * 60_000}"}}\n',
    "a name of marks": PLUGIN.replace("Hyperbilling", "a" + MARKS),
    "a label of marks": f"{PLUGIN}labels: [a{MARKS}]\n",
    "a service type of dots": PLUGIN.replace("cost_analysis", "a." * 120_000),
    "an image of parts": PLUGIN.replace("acme", "a/" * 120_000 + "a"),
    "an image of hyphens": PLUGIN.replace("acme", "a" + "-" * 240_000),
    "a registry of dots": f"{PLUGIN}registry_url: {'a.' * 120_000}\n",
    "2,000 labels": f"{PLUGIN}labels: [{', '.join(f'l{n}' for n in range(2000))}]\n",
    "30,000 labels": f"{PLUGIN}labels: [{', '.join(f'l{n}' for n in range(30_000))}]\n",
    "invisible characters": f"{PLUGIN}labels: [{', '.join([UNSEEN] * 3000)}]\n",
    "a provider of blanks": f'{PLUGIN}provider: "{" " * 250_000}x"\n',
    "a date of digits": f"{PLUGIN}deprecated: {{reason: r, since: '{'1' * 250_000}'}}\n",
}
ACCEPTED = {"a value like a token", "tokens with dots"}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_value_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    """R-10, R-17: as a whole command, with its CPU time and its peak memory."""
    catalog = write_catalog(tmp_path / "catalog", {NAME: HOSTILE[kind]})
    done = measure(("validate", "-q"), cwd=catalog, scratch=tmp_path)
    assert done.code == (0 if kind in ACCEPTED else 1)
    assert "Traceback" not in done.out + done.err
    assert done.seconds < 3
    assert done.peak < 200 * 1024


def test_twice_as_long_a_value_takes_twice_as_long(tmp_path: Path) -> None:
    """Q-50: no rule is worse than n log n in a value."""
    taken = []
    for size in (30_000, 120_000):
        fields = f'maintainers: ["a@{"." * size}@"]\ntags: {{note: "{"eyJ" * (size // 3)}"}}\n'
        catalog = write_catalog(tmp_path / str(size), {NAME: PLUGIN + fields})
        started = time.process_time()
        check(catalog, working=catalog)
        taken.append(time.process_time() - started)
    assert taken[1] < 0.5 + 6 * taken[0]
