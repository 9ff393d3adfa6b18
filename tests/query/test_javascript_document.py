"""The example of docs/query-javascript.md, run as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

from catalogctl.query import query_id
from support.javascript import ROOT, node
from support.published import ALL, INDEX, Site, encoded, sha256
from support.queries import ask, fixture

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject

ROOT_OF_EXAMPLE = "https://example.org/catalog/"
DOCUMENT = (ROOT / "docs/query-javascript.md").read_text(encoding="utf-8")


def test_the_example_of_the_document_runs(tmp_path: Path) -> None:
    found = re.search(r"(?ms)^```js\n(.*?)^```$", DOCUMENT)
    assert found is not None
    example = found[1]
    known = fixture()
    plugins = encoded({"results": [*known.infos], "total_count": len(known.infos)})
    index: JSONObject = {
        "schema_version": 1,
        "now": known.now,
        "repository_info": {"repository_id": known.repository_id},
        "lists": {"all": {"path": ALL, "sha256": sha256(plugins)}},
    }
    site = Site({ALL: plugins, INDEX: encoded(index)})
    script = tmp_path / "example.mjs"
    site.start()
    module = (ROOT / "site/js/query.js").as_uri()
    script.write_text(
        example.replace('"./query.js"', json.dumps(module)).replace(ROOT_OF_EXAMPLE, site.url)
        + "console.log(JSON.stringify([answer, id, refused]));\n",
        encoding="utf-8",
    )
    told = subprocess.run([node(), script], capture_output=True, text=True, check=True)
    site.stop()
    answer, answer_id, refused = json.loads(told.stdout)

    request = {"query": json.loads(QUERY)}
    assert answer == ask("list", request)
    assert answer["total_count"] > 0
    assert answer_id == query_id("list", request)
    place = "/query/filter/0/k"
    assert refused.startswith(f"ERROR_DB_QUERY at {place}: there is no field")
    assert refused.endswith('did you mean "name"?')


QUERY = '{"filter": [{"k": "provider", "v": "aws", "o": "eq"}], "sort": {"key": "name"}}'
