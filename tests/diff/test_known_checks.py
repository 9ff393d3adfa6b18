"""A difference is the same whatever the cache knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.diff.compare import DiffOptions, compare
from catalogctl.pipeline.check_files import check_file
from support.catalogs import SETTINGS, plugin
from support.workshops import (
    IDS,
    STEPS,
    Workshop,
    damage_cache,
    lock,
    rounds,
    started_workshop,
)

if TYPE_CHECKING:
    import random

    import pytest

    from support.workshops import Step


def break_file(shop: Workshop, pick: random.Random) -> None:
    shop.write(f"plugins/{pick.choice(IDS)}.yaml", pick.choice(("name: [\n", "", "state: MAYBE\n")))


def claim_name(shop: Workshop, pick: random.Random) -> None:
    one, other = pick.sample(IDS, 2)
    for each in (one, other):
        shop.write(f"plugins/{each}.yaml", plugin(each, name="The same"))


def succeed(shop: Workshop, pick: random.Random) -> None:
    one, other = pick.sample(IDS, 2)
    shop.write(
        f"plugins/{one}.yaml", plugin(one, deprecated=f"{{reason: old, successor: {other}}}")
    )


def break_lock(shop: Workshop, pick: random.Random) -> None:
    shop.write(f"versions/{pick.choice(IDS)}.json", pick.choice((b"{", lock(IDS[0], "1.0"))))


def stray(shop: Workshop, pick: random.Random) -> None:
    shop.write(pick.choice(("plugins/notes.txt", "versions/a.yaml")), pick.choice((None, "x")))


def ignore(shop: Workshop, pick: random.Random) -> None:
    shop.write(".gitignore", f"{pick.choice(IDS)}.yaml\n*.txt\n")


def bring(shop: Workshop, pick: random.Random) -> None:
    dates = f'{{"{pick.choice(IDS)}": {{"created_at": "2020-01-01T00:00:00.000Z"}}}}\n'
    shop.write("imported.json", pick.choice((None, dates, "{")))


def restrict(shop: Workshop, pick: random.Random) -> None:
    shop.write("catalog.yaml", pick.choice((SETTINGS + "providers: [aws]\n", "a: [\n", SETTINGS)))


def ask_for_times(shop: Workshop, pick: random.Random) -> None:
    query = "kind: list\ntitle: Newest\nquery: {sort: {key: created_at, desc: true}}\n"
    failing = (
        "kind: stat\ntitle: Sizes\nquery:\n  aggregate:\n"
        "    - project: {fields: [{key: name, name: size, operator: size}]}\n"
    )
    shop.write("queries/newest.yaml", pick.choice((None, query, failing, "kind: [\n")))


def build(shop: Workshop, pick: random.Random) -> None:
    del pick
    shop.build()


BREAKS: tuple[Step, ...] = (
    *(break_file, claim_name, succeed, break_lock, stray, ignore, bring, restrict, ask_for_times),
    *(build,) * 6,
    damage_cache,
)


def told(shop: Workshop, base: str, head: str | None, *, cached: bool) -> tuple[object, object]:
    """Return a difference as JSON and its notes."""
    cache = shop.cache if cached else None
    found = compare(DiffOptions(shop.catalog, base, "@ann", head=head, cache=cache, jobs=1))
    return found.to_json(), found.notes


@settings(max_examples=6, deadline=None)
@given(rounds([*STEPS, *BREAKS], longest=4), st.randoms(use_true_random=False))
def test_a_difference_is_that_of_no_cache(changes: list[list[Step]], pick: random.Random) -> None:
    with started_workshop() as shop:
        shop.build()
        for some in changes:
            for step in some:
                step(shop, pick)
            commits = shop.git.git("rev-list", "HEAD").split()
            base = pick.choice(commits)
            head = pick.choice((None, "HEAD", pick.choice(commits)))
            without = told(shop, base, head, cached=False)
            assert told(shop, base, head, cached=True) == without


def test_only_what_changed_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def seen(opened: object, name: str, *more: object, **given: object) -> object:
        checked.append(name)
        return check_file(opened, name, *more, **given)  # type: ignore[arg-type]

    monkeypatch.setattr("catalogctl.diff.published_changes.check_file", seen)
    with started_workshop() as shop:
        shop.build()
        shop.write(f"plugins/{IDS[0]}.yaml", plugin(IDS[0], state="DISABLED"))
        told(shop, "HEAD", None, cached=True)
        assert checked == [f"{IDS[0]}.yaml"] * 2
        checked.clear()
        told(shop, "HEAD", None, cached=False)
        assert sorted(checked) == [f"{IDS[0]}.yaml"] * 2 + [f"{each}.yaml" for each in IDS[1:3]]
