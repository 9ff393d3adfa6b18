"""The example of docs/query-javascript.md, run as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

from catalogctl.query import query_id
from support.javascript import ROOT, node
from support.queries import ask, fixture

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = (ROOT / "docs/query-javascript.md").read_text(encoding="utf-8")


def test_the_example_of_the_document_runs(tmp_path: Path) -> None:
    found = re.search(r"(?ms)^```js\n(.*?)^```$", DOCUMENT)
    assert found is not None
    example = found[1]
    known = fixture()
    files = {
        "repository/v1/plugin/list/all.json": {"results": known.infos, "total_count": 8},
        "index.json": {
            "now": known.now,
            "repository_info": {"repository_id": known.repository_id},
        },
    }
    texts = {
        f"https://example.org/catalog/{path}": json.dumps(value) for path, value in files.items()
    }
    script = tmp_path / "example.mjs"
    module = (ROOT / "site/js/query.js").as_uri()
    script.write_text(
        f"const texts = {json.dumps(texts)};\n"
        "globalThis.fetch = async (url) => ({ text: async () => texts[url] });\n"
        + example.replace('"./query.js"', json.dumps(module))
        + "console.log(JSON.stringify([answer, id, refused]));\n",
        encoding="utf-8",
    )
    told = subprocess.run([node(), script], capture_output=True, text=True, check=True)
    answer, answer_id, refused = json.loads(told.stdout)

    request = {"query": json.loads(QUERY)}
    assert answer == ask("list", request)
    assert answer["total_count"] > 0
    assert answer_id == query_id("list", request)
    place = "/query/filter/0/k"
    assert refused.startswith(f"ERROR_DB_QUERY at {place}: there is no field")
    assert refused.endswith('did you mean "name"?')


QUERY = '{"filter": [{"k": "provider", "v": "aws", "o": "eq"}], "sort": {"key": "name"}}'
