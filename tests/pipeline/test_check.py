"""A whole catalog is checked in one run: every problem of every file, sorted, none hidden."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.pipeline.check import check, limited
from support.catalogs import LOCK, PLUGIN, SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from catalogctl.problem import Problem

REAL = Path(__file__).parents[2] / "catalog" / "plugins"


def found(catalog: Path) -> list[tuple[str, int, int, str]]:
    """Return (file in the catalog, line, column, code) of every problem."""
    problems = check(catalog, working=catalog).problems
    return [(p.file, p.line, p.column, p.code) for p in problems]


def test_an_empty_catalog_is_fine(tmp_path: Path) -> None:
    survey = check(write_catalog(tmp_path), working=tmp_path)
    assert (survey.problems, survey.files, survey.plugins) == ((), 1, 0)


def test_files_counts_what_was_read(tmp_path: Path) -> None:
    write_catalog(
        tmp_path,
        {
            "plugins/plugin-hyperbilling.yaml": PLUGIN,
            "plugins/plugin-b.yaml": plugin("plugin-b"),
            "versions/plugin-hyperbilling.json": LOCK,
            "queries/all.yaml": "kind: list\ntitle: All\nquery: {}\n",
        },
    )
    survey = check(tmp_path, working=tmp_path)
    assert (survey.problems, survey.files, survey.plugins) == ((), 5, 2)


def test_all_problems_of_all_files_come_in_one_sorted_run(tmp_path: Path) -> None:
    write_catalog(
        tmp_path,
        {
            "plugins/plugin-b.yaml": "name: B\nimage: acme/plugin-b\nlables: []\nstate: Paused\n",
            "plugins/plugin-a.yaml": plugin("plugin-a", image="Acme/plugin-a", provider="yes"),
            "plugins/notes.txt": "hello",
        },
        settings=SETTINGS + "polcy: {}\n",
    )
    assert found(tmp_path) == [
        ("catalog.yaml", 7, 1, "unknown-field"),
        ("plugins/notes.txt", 1, 1, "stray-file"),
        ("plugins/plugin-a.yaml", 3, 8, "image-shape"),
        ("plugins/plugin-a.yaml", 4, 11, "ambiguous-scalar"),
        ("plugins/plugin-b.yaml", 1, 1, "missing-field"),
        ("plugins/plugin-b.yaml", 3, 1, "unknown-field"),
        ("plugins/plugin-b.yaml", 4, 8, "unknown-value"),
    ]


def test_broken_settings_hide_nothing_else(tmp_path: Path) -> None:
    broken = SETTINGS.replace("repository_type: local", "repository_type: near") + "x: {\n"
    write_catalog(tmp_path, {"plugins/plugin-b.yaml": plugin("plugin-b", state="Paused")}, broken)
    assert found(tmp_path) == [
        ("catalog.yaml", 4, 20, "unknown-value"),
        ("catalog.yaml", 7, 1, "unknown-field"),
        ("catalog.yaml", 7, 4, "yaml-syntax"),
        ("plugins/plugin-b.yaml", 4, 8, "unknown-value"),
    ]


def test_defaults_make_the_seeds_own_example_valid_and_their_absence_an_error(
    tmp_path: Path,
) -> None:
    write_catalog(tmp_path / "with", {"plugins/plugin-hyperbilling.yaml": PLUGIN})
    bare = SETTINGS.partition("defaults")[0]
    write_catalog(tmp_path / "without", {"plugins/plugin-hyperbilling.yaml": PLUGIN}, bare)
    assert found(tmp_path / "with") == []
    (problem,) = check(tmp_path / "without", working=tmp_path).problems
    assert problem.message == "domain_id is required"
    assert (problem.line, problem.column, problem.pointer) == (1, 1, "")


def test_null_means_not_given(tmp_path: Path) -> None:
    fields = dict.fromkeys(("provider", "labels", "tags", "domain_id", "plugin_id"), "null")
    write_catalog(tmp_path, {"plugins/plugin-b.yaml": plugin("plugin-b", **fields)})
    assert found(tmp_path) == []


def test_a_required_field_that_is_null_has_no_value(tmp_path: Path) -> None:
    write_catalog(tmp_path, {"plugins/plugin-b.yaml": plugin("plugin-b", name="")})
    (problem,) = check(tmp_path, working=tmp_path).problems
    assert (problem.code, problem.pointer, problem.line) == ("missing-field", "/name", 1)
    assert problem.message == "name has no value"


def test_both_places_of_a_taken_name_are_told(tmp_path: Path) -> None:
    files = {
        "plugins/plugin-a.yaml": plugin("plugin-a", name="Caf\u00e9"),
        "plugins/plugin-b.yaml": plugin("plugin-b", name="' Cafe\u0301 '"),
        "plugins/plugin-c.yaml": plugin("plugin-c", name="Caf\u00e9", domain_id="domain-other"),
    }
    (problem,) = check(write_catalog(tmp_path, files), working=tmp_path).problems
    assert (problem.code, problem.file) == ("name-taken", "plugins/plugin-b.yaml")
    assert problem.message.endswith("is taken by plugins/plugin-a.yaml:1")


def test_a_path_limits_what_is_told_not_what_is_checked_against(tmp_path: Path) -> None:
    files = {
        "plugins/plugin-a.yaml": plugin("plugin-a", name="Same"),
        "plugins/plugin-b.yaml": plugin("plugin-b", name="Same"),
        "plugins/plugin-c.yaml": plugin("plugin-c", state="Paused"),
    }
    catalog = write_catalog(tmp_path / "catalog", files)
    problems = check(catalog).problems
    wanted = limited(problems, [catalog / "plugins" / "plugin-b.yaml"])
    assert [problem.code for problem in wanted] == ["name-taken"]
    assert len(limited(problems, [catalog / "plugins"])) == 2
    assert limited(problems, []) == problems


@pytest.mark.parametrize("jobs", [1, 3])
def test_processes_change_nothing(tmp_path: Path, jobs: int) -> None:
    files = {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}", state="Paused") for n in range(120)}
    catalog = write_catalog(tmp_path, files)
    assert check(catalog, working=tmp_path, jobs=jobs) == check(catalog, working=tmp_path, jobs=1)


# Locks


def lock_problem(tmp_path: Path, text: str | bytes) -> Problem:
    files: dict[str, str | bytes] = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN,
        "versions/plugin-hyperbilling.json": text,
    }
    (problem,) = check(write_catalog(tmp_path, files), working=tmp_path).problems
    return problem


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param(LOCK[:-20], "lock-broken", 24, id="cut short"),
        pytest.param("", "lock-broken", 1, id="empty"),
        pytest.param("[]", "lock-broken", 1, id="a list"),
        pytest.param(b"{\xff}", "lock-broken", 1, id="not UTF-8"),
        pytest.param("[" * 100_000, "lock-broken", 1, id="too deep"),
        pytest.param(LOCK.replace('"1.2.2",', '"9.9",'), "lock-broken", 3, id="latest unknown"),
        pytest.param(LOCK.replace('count": 1', 'count": 7'), "lock-broken", 14, id="count"),
        pytest.param(
            LOCK.replace('hub.docker.com"', 'hub.docker.com:443"'), "lock-stale", 12, id="stale"
        ),
    ],
)
def test_a_damaged_lock_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, code: str, line: int
) -> None:
    """Q-23: never a silent «no versions»."""
    problem = lock_problem(tmp_path, text)
    assert (problem.file, problem.code) == ("versions/plugin-hyperbilling.json", code)
    assert problem.line == line
    assert problem.message
    assert problem.hint


# Hostile files


def test_a_named_pipe_is_reported_and_never_waited_for(tmp_path: Path) -> None:
    """R-10."""
    catalog = write_catalog(tmp_path)
    os.mkfifo(catalog / "plugins" / "plugin-a.yaml")
    os.mkfifo(catalog / "catalog2.yaml")
    assert found(catalog) == [("plugins/plugin-a.yaml", 1, 1, "unreadable")]


def test_the_lock_of_a_plugin_file_that_cannot_be_read_is_looked_at_too(tmp_path: Path) -> None:
    files = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN + "#" * 256 * 1024,
        "versions/plugin-hyperbilling.json": LOCK[:-9],
    }
    codes = [code for _, _, _, code in found(write_catalog(tmp_path, files))]
    assert codes == ["file-too-large", "lock-broken"]


def test_a_socket_a_device_link_and_a_folder_are_reported(tmp_path: Path) -> None:
    """R-12: nothing but regular files inside the catalog is opened."""
    catalog = write_catalog(tmp_path)
    plugins = catalog / "plugins"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(plugins / "plugin-s.yaml"))
        (plugins / "plugin-d.yaml").symlink_to("/dev/zero")
        (plugins / "plugin-e.yaml").symlink_to("/etc/passwd")
        (plugins / "folder.yaml").mkdir()
        (plugins / "plugin-f.YAML").write_text(PLUGIN)
        (plugins / ".gitkeep").write_text("")
        codes = [(file, code) for file, _, _, code in found(catalog)]
    assert codes == [
        ("plugins/folder.yaml", "stray-file"),
        ("plugins/plugin-d.yaml", "symbolic-link"),
        ("plugins/plugin-e.yaml", "symbolic-link"),
        ("plugins/plugin-f.YAML", "stray-file"),
        ("plugins/plugin-s.yaml", "unreadable"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plugins", ("plugins", 1, 1, "symbolic-link")),
        ("versions", ("versions", 1, 1, "symbolic-link")),
        ("queries", ("queries", 1, 1, "symbolic-link")),
    ],
)
def test_a_link_in_a_folder_s_place_is_reported_and_hides_nothing_else(
    tmp_path: Path, name: str, expected: tuple[str, int, int, str]
) -> None:
    """R-12."""
    files = {"versions/plugin-x.txt": "", "queries/x.txt": "", "plugins/x.txt": ""}
    catalog = write_catalog(tmp_path / "catalog", files)
    (catalog / name).rename(tmp_path / "elsewhere")
    (catalog / name).symlink_to(tmp_path / "elsewhere")
    problems = found(catalog)
    assert expected in problems
    assert len(problems) == 3


@pytest.mark.parametrize("name", ["versions", "queries", "site"])
def test_a_file_in_a_folder_s_place_is_reported(tmp_path: Path, name: str) -> None:
    (write_catalog(tmp_path) / name).write_text("")
    assert found(tmp_path) == [(name, 1, 1, "stray-file")]


def test_a_plugin_is_not_suggested_as_its_own_successor(tmp_path: Path) -> None:
    deprecated = plugin("plugin-b", deprecated="{reason: old, successor: plugin-a}")
    files = {"plugins/plugin-b.yaml": deprecated}
    [problem] = check(write_catalog(tmp_path / "one", files)).problems
    assert problem.hint == "name a plugin of this catalog, or none"
    files["plugins/plugin-ab.yaml"] = plugin("plugin-ab")
    [problem] = check(write_catalog(tmp_path / "two", files)).problems
    assert problem.hint == 'did you mean "plugin-ab"?'


def test_a_successor_whose_file_is_broken_is_not_called_unknown(tmp_path: Path) -> None:
    deprecated = plugin("plugin-a", deprecated="{reason: old, successor: plugin-b}")
    write_catalog(tmp_path, {"plugins/plugin-a.yaml": deprecated, "plugins/plugin-b.yaml": "a: ["})
    codes = [problem[3] for problem in found(tmp_path)]
    assert "yaml-syntax" in codes
    assert "successor-unknown" not in codes


def test_a_file_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path)
    name = os.fsencode(catalog / "plugins") + b"/plugin-\xff\n.yaml"
    with open(name, "wb") as file:  # noqa: PTH123  (the name is bytes)
        file.write(PLUGIN.encode())
    codes = [code for *_, code in found(catalog)]
    assert codes == ["plugin-id-file"]


def big(kind: str) -> bytes:
    """Return a file of just 256 KiB that is as bad as its kind can be."""
    limit = 256 * 1024
    heads = {
        "aliases": PLUGIN + "tags:\n  a: &a [x]\n  b: [",
        "deep": PLUGIN + "tags: ",
        "wide": PLUGIN + "tags:\n",
        "one line": PLUGIN + "tags: {a: '",
        "labels": PLUGIN + "labels: [",
        "keys": PLUGIN + "tags:\n",
        "unknown": PLUGIN,
        "patterns": PLUGIN + "template: {o: {schema: {patternProperties: {",
        "references": PLUGIN + "template: {o: {schema: {properties: {",
    }
    bodies = {
        "aliases": "*a, ",
        "deep": "[",
        "wide": "  {n}: {n}x\n",
        "one line": "x",
        "labels": "a, ",
        "keys": "  k: v\n",
        "unknown": "f{n}: x\n",
        "patterns": "'(a{n}': {}, ",
        "references": "{n}: {$ref: '#/properties/{n}/x', x: {type: x}}, ",
    }
    ends = {
        "aliases": "]\n",
        "one line": "'}\n",
        "labels": "]\n",
        "patterns": "}}}}\n",
        "references": "}}}}\n",
    }
    text, end, number = heads[kind], ends.get(kind, "\n"), 0
    pieces = [text]
    size = len(text)
    while True:
        piece = bodies[kind].replace("{n}", f"w{number}")
        if size + len(piece) + len(end) > limit:
            break
        pieces.append(piece)
        size += len(piece)
        number += 1
    return ("".join(pieces) + end).encode()


@pytest.mark.parametrize(
    "kind",
    [
        "aliases",
        "deep",
        "wide",
        "one line",
        "labels",
        "keys",
        "unknown",
        "patterns",
        "references",
    ],
)
def test_the_worst_file_of_256_kib_has_an_answer(tmp_path: Path, kind: str) -> None:
    """R-10: in time, whatever it holds."""
    files: dict[str, str | bytes] = {"plugins/plugin-hyperbilling.yaml": big(kind)}
    catalog = write_catalog(tmp_path, files)
    started = time.process_time()
    codes = {code for *_, code in found(catalog)}
    assert time.process_time() - started < 5
    expected = {
        "aliases": {"alias"},
        "labels": {"invalid-value"},
        "deep": {"too-deep"},
        "keys": {"duplicate-key"},
        "unknown": {"unknown-field"},
        "patterns": {"template-pattern"},
        "references": {"template-schema"},
    }
    assert codes == expected.get(kind, set())


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    files = {"plugins/plugin-a.yaml": PLUGIN + "# " + "x" * 256 * 1024}
    catalog = write_catalog(tmp_path, files)
    with (catalog / "plugins" / "plugin-b.yaml").open("wb") as file:
        file.truncate(1 << 40)
    assert [code for *_, code in found(catalog)] == ["file-too-large", "file-too-large"]


# Whatever stands in a file


YAML_TEXT = st.recursive(
    st.sampled_from(["x", "''", "1", "yes", "null", "*a", "&a b", "!t c", "1e3", '"\\u202e"', "~"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]")
        | st.lists(st.tuples(st.sampled_from("abcn1"), inner), max_size=3).map(
            lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each) + "}"
        )
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "name",
        "image",
        "service_type",
        "labels",
        "tags",
        "template",
        "registry_config",
        "state",
        "plugin_id",
        "registry_url",
        "registry_type",
        "versions",
        "deprecated",
        "maintainers",
        "x",
    ]
)


@given(st.dictionaries(NAMES, YAML_TEXT, max_size=6))
@settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_file_ends_in_a_traceback(tmp_path: Path, fields: dict[str, str]) -> None:
    """R-10: there is always an answer, and its problems have places inside the file."""
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    catalog = write_catalog(tmp_path, {"plugins/plugin-a.yaml": text})
    for problem in check(catalog, working=tmp_path).problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.column >= 1


@given(st.data())
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_real_file_never_ends_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    """R-10: real files, cut and with flipped bits."""
    name = data.draw(st.sampled_from(sorted(path.name for path in REAL.iterdir())))
    content = bytearray((REAL / name).read_bytes())
    for _ in range(data.draw(st.integers(0, 3))):
        bit = data.draw(st.integers(0, len(content) * 8 - 1))
        content[bit // 8] ^= 1 << bit % 8
    cut = data.draw(st.integers(0, len(content)))
    catalog = write_catalog(tmp_path, {f"plugins/{name}": bytes(content[:cut])})
    assert isinstance(check(catalog, working=tmp_path).problems, tuple)
