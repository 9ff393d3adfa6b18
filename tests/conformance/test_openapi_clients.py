"""openapi.json as generators of clients read it: each schema has a name, and none is dropped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.publish.published_schemas import components, project_schemas
from support.javascript import node

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TYPESCRIPT = ROOT / ".venv/openapi-ts/node_modules/@hey-api/openapi-ts/bin/run.js"
PYTHON = Path(sys.executable).with_name("openapi-python-client")
NO_PARSER = re.compile(r"Unsupported content_type (?:image/svg|application/atom)\+xml")
"""All that the client in Python leaves out: answers that are not JSON."""


@pytest.fixture(scope="module")
def document(built_tree: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((built_tree / "openapi.json").read_text("utf-8"))
    return loaded


def members(value: object, name: str) -> Iterator[Any]:
    """Yield every member of a name, at any depth."""
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        for inner in value.values():
            yield from members(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, name)


def test_every_reference_is_the_name_of_a_component(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert list(members(schemas, "$defs")) == []
    references = set(members(document["paths"], "$ref")) | set(members(schemas, "$ref"))
    named = {f"#/components/schemas/{name}" for name in schemas}
    assert references <= named | {"#/components/responses/NotFound"}
    assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in schemas)


def test_every_part_of_every_schema_has_a_name_of_its_own() -> None:
    schemas = project_schemas()
    parts = [part for schema in schemas.values() for part in schema.get("$defs", {})]  # type: ignore[union-attr]
    assert len(parts) > 20
    assert len(components(schemas)) == len(schemas) + len(parts)
    assert set(schemas) < set(components(schemas))


def test_a_reference_that_no_generator_could_follow_is_refused() -> None:
    inside: dict[str, Any] = {"A": {"properties": {"x": {"$ref": "#/$defs/B/properties/y"}}}}
    with pytest.raises(ValueError, match="is not a component"):
        components(inside)


def test_the_index_is_one_object_with_typed_members(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    index = schemas["Index"]
    assert index["type"] == "object"
    assert not {"oneOf", "anyOf", "allOf"} & set(index)
    assert not {"plugins", "shards"} & set(index["required"])
    for name in ("plugins", "shards"):
        items = index["properties"][name]["items"]["$ref"].rpartition("/")[2]
        assert schemas[items]["properties"]["path" if name == "shards" else "plugin_id"]


def test_no_call_asks_for_a_login(document: dict[str, Any]) -> None:
    assert document["security"] == []
    assert "securitySchemes" not in document["components"]


def test_a_client_in_python_is_made_with_every_schema(
    built_tree: Path, document: dict[str, Any], tmp_path: Path
) -> None:
    options = ("--path", built_tree / "openapi.json", "--output-path", tmp_path / "client")
    made = subprocess.run(
        [PYTHON, "generate", "--meta", "none", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "400", "PATH": f"{PYTHON.parent}:{os.environ['PATH']}"},
    )
    told = made.stdout + made.stderr
    assert made.returncode == 0, told
    assert "process schema" not in told
    assert "parse schema" not in told
    assert told.count("WARNING") == told.count("Cannot parse") == len(NO_PARSER.findall(told)), told
    models = {path.stem.rstrip("_") for path in (tmp_path / "client" / "models").glob("*.py")}
    objects = {
        snake_case(schema.get("title", name))
        for name, schema in document["components"]["schemas"].items()
        if schema.get("type") == "object"
    }
    assert objects <= models


def snake_case(name: str) -> str:
    """Return the name of a module for what has a name, or a title, in an OpenAPI document."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[ .]+", "_", name).lower()


def test_a_client_in_typescript_is_made_with_every_schema(
    built_tree: Path, document: dict[str, Any], tmp_path: Path
) -> None:
    if not TYPESCRIPT.exists():
        reason = "openapi-ts needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    made = subprocess.run(
        [node(), TYPESCRIPT, "-i", built_tree / "openapi.json", "-o", tmp_path / "client"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    types = (tmp_path / "client" / "types.gen.ts").read_text(encoding="utf-8")
    named = set(re.findall(r"^export type (\w+) =", types, re.MULTILINE))
    assert set(document["components"]["schemas"]) <= named
    assert "plugins?: Array<PluginOfIndex>" in types
