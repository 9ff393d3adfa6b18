"""The browser's way to all plugins of a published catalog: the same as Python's, in both forms."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from support import long_lists
from support.javascript import ROOT, node
from support.long_lists import index_of, paths_of
from support.published import ALL, INDEX, Reply, Request, Site, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

IDS = [each.summary.plugin_id for each in long_lists.plugins()]
SCRIPT = f"""
import {{ everything }} from {json.dumps((ROOT / "site/js/query.js").as_uri())};
const told = await everything(process.argv[2]).then(
  ({{ plugins, now }}) => ({{ ids: plugins.map((plugin) => plugin.plugin_id), now }}),
  (error) => ({{ error: error.message }}),
);
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return long_lists.tree(long_lists.plugins())


@pytest.fixture
def site(files: Mapping[str, bytes]) -> Iterator[Site]:
    served = Site(dict(files))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "everything.mjs"
    file.write_text(SCRIPT, encoding="utf-8")
    return file


def everything(script: Path, site: Site) -> dict[str, object]:
    """Return what a script gets of the served catalog."""
    done = subprocess.run([node(), script, site.url], capture_output=True, text=True, check=True)
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_a_list_in_parts_is_read_whole(script: Path, site: Site) -> None:
    assert everything(script, site) == {"ids": IDS, "now": index_of(site.files)["now"]}
    assert sorted(site.asked) == sorted([INDEX, *paths_of(index_of(site.files)["lists"]["all"])])


def test_a_list_of_one_file_is_read_as_before(script: Path, site: Site) -> None:
    site.files = long_lists.tree(long_lists.plugins()[:1000])
    assert everything(script, site)["ids"] == IDS[:1000]
    assert site.asked == [INDEX, ALL]


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_file_of_another_edition_is_asked_for_again_and_then_refused(
    script: Path,
    site: Site,
    in_parts: bool,  # noqa: FBT001  (pytest hands it over)
) -> None:
    """R-36."""
    if not in_parts:
        site.files = long_lists.tree(long_lists.plugins()[:1000])
    path = paths_of(index_of(site.files)["lists"]["all"])[-1]

    def spoil(request: Request) -> Reply | None:
        wrong = encoded({"results": [], "total_count": 0})
        times = site.asked.count(path)
        return Reply(200, wrong) if request.path == path and times <= spoilt else None

    site.spoil, spoilt = spoil, 1
    assert everything(script, site)["ids"] == IDS[: None if in_parts else 1000]
    site.requests.clear()
    spoilt = 2
    assert everything(script, site) == {"error": f"{path} is not the one that index.json names"}


def test_a_layout_of_the_future_is_told_not_guessed(script: Path, site: Site) -> None:
    site.files[INDEX] = encoded({**index_of(site.files), "schema_version": 3})
    assert everything(script, site) == {"error": "the catalog is published in layout 3"}
