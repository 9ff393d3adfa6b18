"""openapi.json as generators of clients read it: each schema has a name, and none is dropped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl import Catalog
from catalogctl.publish.published_schemas import components, project_schemas
from support.javascript import node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".venv"
HEY_API = "openapi-ts/node_modules/@hey-api/openapi-ts/bin/run.js"
OPENAPI_TYPESCRIPT = "openapi-typescript/node_modules/openapi-typescript/bin/cli.js"
COMPILER = "openapi-typescript/node_modules/typescript/bin/tsc"
PYTHON = Path(sys.executable).with_name("openapi-python-client")
NO_PARSER = re.compile(r"Unsupported content_type (?:image/svg|application/atom)\+xml")
"""All that the client in Python leaves out: answers that are not JSON."""
READ_ALL = """
import json, sys
from client import Client
from client.api.catalog import get_index
from client.api.plugins import get_plugin, get_plugin_versions, get_statistics, list_plugins

catalog = Client(base_url=sys.argv[1])
index = get_index.sync(client=catalog)
ids = [row.plugin_id for row in index.plugins]
print(json.dumps({
    "plugins": [get_plugin.sync(each, client=catalog).to_dict() for each in ids],
    "versions": [get_plugin_versions.sync(each, client=catalog).to_dict() for each in ids],
    "list": list_plugins.sync(client=catalog).to_dict(),
    "states": get_statistics.sync("by-state", client=catalog).to_dict(),
    "missing": get_plugin.sync_detailed("plugin-missing", client=catalog).status_code,
}))
"""
"""A program that reads a whole catalog with the client in Python."""
PROGRAM = """
import type { components, operations } from "./api";

type Answer = operations["getPlugin"]["responses"][200]["content"]["application/json"];
export const newest = (versions: components["schemas"]["VersionsInfo"]) => versions.results[0];
export const image = (plugin: Answer): string => plugin.image;
"""
"""A program in TypeScript that uses the types."""


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


@pytest.fixture(scope="module")
def python_client(
    built_tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return the folder of a client in Python, and what its generator told."""
    folder = tmp_path_factory.mktemp("python") / "client"
    options = ("--path", built_tree / "openapi.json", "--output-path", folder)
    made = subprocess.run(
        [PYTHON, "generate", "--meta", "none", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "400", "PATH": f"{PYTHON.parent}:{os.environ['PATH']}"},
    )
    return folder, made


def test_a_client_in_python_is_made_with_every_schema(
    python_client: tuple[Path, subprocess.CompletedProcess[str]], document: dict[str, Any]
) -> None:
    folder, made = python_client
    told = made.stdout + made.stderr
    assert made.returncode == 0, told
    assert "process schema" not in told
    assert "parse schema" not in told
    assert told.count("WARNING") == told.count("Cannot parse") == len(NO_PARSER.findall(told)), told
    models = {path.stem.rstrip("_") for path in (folder / "models").glob("*.py")}
    objects = {
        snake_case(schema.get("title", name))
        for name, schema in document["components"]["schemas"].items()
        if schema.get("type") == "object"
    }
    assert objects <= models


def snake_case(name: str) -> str:
    """Return the name of a module for what has a name, or a title, in an OpenAPI document."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[ .]+", "_", name).lower()


def test_a_client_in_python_reads_the_served_tree(
    python_client: tuple[Path, subprocess.CompletedProcess[str]], built_tree: Path, address: str
) -> None:
    """Every plugin, through the client's own types, is what the tree says."""
    told = subprocess.run(
        [sys.executable, "-c", READ_ALL, address.rstrip("/")],
        capture_output=True,
        text=True,
        check=False,
        cwd=python_client[0].parent,
    )
    assert told.returncode == 0, told.stderr
    read = json.loads(told.stdout)
    catalog = Catalog.open(built_tree)
    everything = catalog.list()["results"]
    ids = [plugin["plugin_id"] for plugin in read["plugins"]]
    assert sorted(ids) == sorted(plugin["plugin_id"] for plugin in everything)
    assert timed(read["list"]["results"]) == timed(everything)
    assert timed(read["plugins"]) == timed([catalog.get(plugin_id) for plugin_id in ids])
    assert read["versions"] == [catalog.get_versions(plugin_id) for plugin_id in ids]
    assert read["states"] == catalog.saved("stat", "by-state")
    assert read["missing"] == 404


def timed(plugins: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return plugins with their times as values: the client writes them in another layout."""
    names = ("created_at", "updated_at")
    return [
        {**plugin, **{name: datetime.fromisoformat(plugin[name]) for name in names}}
        for plugin in plugins
    ]


def from_npm(program: str, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that npm installed; skip where it can't be had, but not in CI."""
    path = PACKAGES / program
    if not path.exists():
        reason = f"{path.name} needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [node(), path, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_a_client_in_typescript_is_made_with_every_schema(
    built_tree: Path, document: dict[str, Any], tmp_path: Path
) -> None:
    made = from_npm(HEY_API, "-i", built_tree / "openapi.json", "-o", "client", cwd=tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    types = (tmp_path / "client" / "types.gen.ts").read_text(encoding="utf-8")
    named = set(re.findall(r"^export type (\w+) =", types, re.MULTILINE))
    assert set(document["components"]["schemas"]) <= named
    assert "plugins?: Array<PluginOfIndex>" in types
    calls = (tmp_path / "client" / "sdk.gen.ts").read_text(encoding="utf-8")
    assert set(operations(document)) == set(re.findall(r"(?m)^export const (\w+) =", calls))


def operations(document: dict[str, Any]) -> list[str]:
    return [path["get"]["operationId"] for path in document["paths"].values()]


def test_each_operation_is_named_by_what_it_gets(document: dict[str, Any]) -> None:
    named = operations(document)
    assert len(set(named)) == len(named)
    assert [name for name in named if not re.fullmatch(r"(?:get|list)(?:[A-Z][a-z]+)+", name)] == []
    tags = [tag["name"] for tag in document["tags"]]
    assert {tag for path in document["paths"].values() for tag in path["get"]["tags"]} == set(tags)


@pytest.fixture(scope="module")
def types(built_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of types that openapi-typescript makes."""
    folder = tmp_path_factory.mktemp("types")
    made = from_npm(OPENAPI_TYPESCRIPT, built_tree / "openapi.json", "-o", "api.ts", cwd=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder / "api.ts"


def test_types_for_typescript_have_every_schema_and_every_operation(
    types: Path, document: dict[str, Any]
) -> None:
    text = types.read_text(encoding="utf-8")
    schemas = text.partition("    schemas: {\n")[2].partition("\n    };\n")[0]
    assert set(document["components"]["schemas"]) == set(re.findall(r"(?m)^ {8}(\w+): ", schemas))
    calls = text.partition("export interface operations {\n")[2].partition("\n}\n")[0]
    assert set(operations(document)) == set(re.findall(r"(?m)^ {4}(\w+): \{", calls))


def test_a_program_in_typescript_is_checked_against_the_types(types: Path) -> None:
    types.with_name("right.ts").write_text(PROGRAM, encoding="utf-8")
    wrong = PROGRAM.replace("plugin.image", "plugin.imagge")
    types.with_name("wrong.ts").write_text(wrong, encoding="utf-8")
    settings = ("--strict", "--noEmit", "--lib", "es2022")
    done = from_npm(COMPILER, *settings, "right.ts", "wrong.ts", cwd=types.parent)
    (told,) = done.stdout.splitlines()
    assert told.startswith("wrong.ts(")
    assert "Did you mean 'image'?" in told
