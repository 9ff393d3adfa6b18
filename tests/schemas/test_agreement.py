"""The compiled validator and the explaining one say the same, whatever is in a file."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from support.schemas import MESSAGES, ROOT, schema, validators

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSON

CATALOG = ROOT / "catalog"
PATTERNS = {
    "CatalogSettings": "catalog.yaml",
    "PluginFile": "plugins/*.yaml",
    "SavedQuery": "queries/*.yaml",
    "Lock": "versions/*.json",
}
FILES = [(name, file) for name, glob in PATTERNS.items() for file in sorted(CATALOG.glob(glob))]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["ENABLED", "DOCKER_HUB", "list", "1.2.2", "\ufeff", "\x85", " ", "a\n"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def loaded(file: Path) -> JSON:
    """Return what a file of the catalog holds."""
    text = file.read_text(encoding="utf-8")
    value: JSON = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    return value


def corpus(message: str) -> list[JSON]:
    """Return real values of a message: the schema's examples, and the shipped files."""
    examples = schema(message)["examples"]
    assert isinstance(examples, list)
    return [*examples, *(loaded(file) for name, file in FILES if name == message)]


@st.composite
def damaged(draw: st.DrawFn, message: str) -> JSON:
    """A real value with up to three members replaced, added or taken out."""
    value = deepcopy(draw(st.sampled_from(corpus(message))))
    for _ in range(draw(st.integers(1, 3))):
        value = _damage(draw, value)
    return value


def _damage(draw: st.DrawFn, value: JSON) -> JSON:
    place = value
    while True:
        if not isinstance(place, (dict, list)) or not place:
            return draw(values)
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]  # type: ignore[call-overload,index]
        if isinstance(inner, (dict, list)) and inner and draw(st.booleans()):
            place = inner
            continue
        kind = draw(st.sampled_from(["replace", "add", "take out"]))
        if kind == "take out":
            del place[key]  # type: ignore[arg-type]
        elif kind == "replace":
            place[key] = draw(values)  # type: ignore[call-overload,index]
        elif isinstance(place, dict):
            place[draw(st.text(max_size=6))] = draw(values)
        else:
            place.append(draw(values))
        return value


@pytest.mark.parametrize(
    ("message", "file"), FILES, ids=[str(file.relative_to(CATALOG)) for _, file in FILES]
)
def test_each_file_of_the_shipped_catalog_is_valid(message: str, file: Path) -> None:
    assert list(validators(message).explaining.iter_errors(loaded(file))) == []
    assert validators(message).accept(loaded(file))


@pytest.mark.parametrize("message", MESSAGES)
def test_both_validators_agree_about_damaged_values(message: str) -> None:
    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(value=damaged(message))
    def hold(value: JSON) -> None:
        validators(message).accept(value)

    hold()
