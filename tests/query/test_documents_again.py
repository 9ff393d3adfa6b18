"""Documents with some plugins changed are those of all plugins made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.query import base_order
from catalogctl.query.documents import Documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSONObject

IDS = ("plugin-a", "plugin-b", "plugin-c", "plugin-d")
NAMES = st.dictionaries(st.sampled_from(IDS), st.sampled_from(("A", "B", "C")))


def infos(names: Mapping[str, str]) -> list[JSONObject]:
    return [{"plugin_id": plugin_id, "name": name} for plugin_id, name in names.items()]


@given(NAMES, NAMES)
def test_changed_added_and_gone_plugins(before: dict[str, str], after: dict[str, str]) -> None:
    changed = {each: name for each, name in after.items() if before.get(each) != name}
    made = Documents(base_order(infos(before)))
    again = made.with_plugins(infos(changed), before.keys() - after.keys())
    anew = Documents(base_order(infos(after)))
    assert (again.plugins, again.rows) == (anew.plugins, anew.rows)
