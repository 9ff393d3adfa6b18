"""Every block of shell, Python, YAML and JSON in README, CONTRIBUTING and docs is run or checked.

Here, or by the test that `ELSEWHERE` names; or the line above the block says why none does.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from catalogctl import schemas
from catalogctl.cli.main import main
from catalogctl.publish.site.own_texts import built_in
from support.catalogs import SETTINGS, write_catalog
from support.code_blocks import ROOT, CodeBlock, code_blocks, run
from support.git import Repository
from support.workflows import actionlint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = [
    path.relative_to(ROOT).as_posix()
    for pattern in ("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/*/*.md")
    for path in sorted(ROOT.glob(pattern))
    if path.parent.name != "decisions"
]
LANGUAGES = {"sh", "console", "python", "pycon", "yaml", "json"}
ELSEWHERE = {
    "CONTRIBUTING.md": "tests/project/test_contributing.py",
    "docs/consume.md": "tests/conformance/test_consume_docs.py",
    "docs/gateway.md": "tests/gateway/test_spaceone_clients.py",
    "docs/problems.md": "tests/validate/test_codes.py",
    "docs/python.md": "tests/project/test_python_docs.py",
    "docs/query.md": "tests/query/test_docs.py",
    "docs/reference/plugin-file.md": "tests/project/test_reference.py",
    **dict.fromkeys(
        [page for page in PAGES if page.startswith("docs/tutorials/")],
        "tests/project/test_tutorials.py",
    ),
}
"""The pages whose blocks another test runs."""
MARKED = {
    "test: action": ("tests/project/test_code_blocks.py", 'block.mark == "test: action"'),
    "test: hook": ("tests/project/test_ci_docs.py", '"hook"'),
    "test: publish": ("tests/project/test_ci_docs.py", '"publish"'),
    "test: pre-commit": ("tests/project/test_pre_commit.py", "<!-- test: pre-commit -->"),
}
"""The comments above single blocks that another test runs, and how it names them."""
MOST_NOT_RUN = 16
BLOCKS = [block for page in PAGES for block in code_blocks(page) if block.language in LANGUAGES]
HERE = [
    block
    for block in BLOCKS
    if not block.why_not_run
    and block.mark not in MARKED
    and block.place.partition(":")[0] not in ELSEWHERE
]


def some(language: str) -> Callable[[Any], Any]:
    """Return the mark of a test of each block of a language that is checked here."""
    blocks = [block for block in HERE if block.language == language]
    assert blocks
    return pytest.mark.parametrize("block", blocks, ids=lambda block: block.place)


def test_few_blocks_are_not_run_and_each_says_why(record_property: Callable[..., None]) -> None:
    not_run = [block for block in BLOCKS if block.why_not_run]
    record_property(
        "says", f"{len(BLOCKS)} code blocks in documents, {len(not_run)} of them not run"
    )
    assert len(BLOCKS) > 150
    assert len(not_run) <= MOST_NOT_RUN
    assert [block.place for block in not_run if len(block.why_not_run) < 10] == []
    assert [block.place for block in not_run if block.language == "sh"] == []
    assert {block.place for block in BLOCKS if block.language == "console"} <= {
        block.place for block in not_run
    }


@pytest.mark.parametrize("module", sorted(set(ELSEWHERE.values())))
def test_a_test_that_runs_the_blocks_of_a_page_is_there(module: str) -> None:
    text = (ROOT / module).read_text(encoding="utf-8")
    for page in (page for page, test in ELSEWHERE.items() if test == module):
        assert page.rpartition("/")[2] in text or "all_codes" in text


@pytest.mark.parametrize("mark", MARKED)
def test_a_test_that_runs_a_marked_block_is_there(mark: str) -> None:
    module, name = MARKED[mark]
    assert name in (ROOT / module).read_text(encoding="utf-8")
    assert any(block.mark == mark for block in BLOCKS)


def test_the_workflow_that_uses_the_action_names_inputs_that_it_has(tmp_path: Path) -> None:
    (block,) = [block for block in BLOCKS if block.mark == "test: action"]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    *_, step = yaml.safe_load(block.text)["jobs"]["catalog"]["steps"]
    assert set(step["with"]) <= set(inputs)
    workflow = tmp_path / "catalog.yml"
    workflow.write_text(block.text)
    done = actionlint(workflow)
    assert done.returncode == 0, done.stdout


@some("sh")
def test_shell_runs_in_a_clone_of_a_catalog(tmp_path: Path, block: CodeBlock) -> None:
    made = Repository.new(tmp_path / "catalog-repository")
    file = "plugins/plugin-x.yaml"
    text = "name: X\nservice_type: monitoring.Webhook\nimage: acme/plugin-x\n"
    write_catalog(made.folder / "catalog", {file: text})
    made.commit("Start")
    made.git("update-ref", "refs/remotes/origin/main", "main")
    made.git("switch", "--quiet", "--create", "side")
    made.commit("Describe", {f"catalog/{file}": f"{text}tags: {{description: What X does}}\n"})
    ran = run([block], made.folder)
    assert ran.exit_code == 0, ran.outputs


@some("python")
def test_python_runs_beside_the_shipped_catalog(tmp_path: Path, block: CodeBlock) -> None:
    ran = run([block], ROOT, HOME=str(tmp_path))
    assert ran.exit_code == 0, ran.outputs


@some("json")
def test_json_can_be_read_and_names_schemas_that_are_there(block: CodeBlock) -> None:
    json.loads(block.text)
    for name in re.findall(r"schemas/(\w+\.schema\.json)", block.text):
        assert (ROOT / "schemas" / name).is_file()


@some("yaml")
def test_yaml_is_accepted_in_a_catalog(tmp_path: Path, block: CodeBlock) -> None:
    """It is a comment for editors, a plugin file or a part of one, settings, or texts."""
    written = yaml.safe_load(block.text)
    settings = {**yaml.safe_load(SETTINGS), "registries": _registries(block.place)}
    catalog = write_catalog(tmp_path / "catalog", {"catalog.yaml": json.dumps(settings)})
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    if written is None:
        (named,) = re.findall(r"schema[=:] ?(\S+)", block.text)
        assert (catalog / "plugins" / named).resolve().is_file()
    elif set(written) <= set(schemas.fields("PluginFile")):
        whole = {"name": "X", "service_type": "inventory.Collector", "image": "a/x", **written}
        (catalog / "plugins/x.yaml").write_text(json.dumps({**whole, "plugin_id": "x"}))
    elif set(written) <= set(schemas.fields("CatalogSettings")):
        (catalog / "catalog.yaml").write_text(json.dumps({**settings, **written}))
        if logo := written.get("site", {}).get("logo"):
            (catalog / "site").mkdir()
            shutil.copy(ROOT / "site/icons/mark.svg", catalog / "site" / logo)
    else:
        assert set(written) <= set(built_in())
        (catalog / "site").mkdir()
        (catalog / "site/strings.yaml").write_text(block.text)
    assert main(["validate", "--catalog", str(catalog)]) == 0


def _registries(place: str) -> dict[str, Any]:
    """Return the registries that the settings of a block's page list."""
    page = place.partition(":")[0]
    texts = [block.text for block in code_blocks(page) if block.language == "yaml"]
    found: dict[str, Any] = {}
    for each in filter(None, map(yaml.safe_load, texts)):
        found |= each.get("registries", {})
    return found
