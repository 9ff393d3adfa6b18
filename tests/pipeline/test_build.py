"""A build publishes what was checked, whole or not at all, and the same bytes for one commit."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from catalogctl.errors import UsageError
from catalogctl.pipeline.build import BuildOptions, Built, build
from catalogctl.publish.verify import verify_folder
from catalogctl.query import BUILT_IN
from support.catalogs import LOCK, PLUGIN, SETTINGS, plugin, write_catalog
from support.faults import beside, with_mounts
from support.schemas import ROOT
from support.waiting import wait_until

EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
API = "repository/v1/plugin"
SIZE_OF_A_NAME = (
    "kind: stat\ntitle: Sizes\nquery:\n  aggregate:\n    - project:\n        fields:\n"
    "          - {key: name, name: n, operator: size}\n"
)
"""A query that is wrong only where there is a plugin: a name has no size."""


def built(catalog: Path, out: Path, **given: object) -> Built:
    """Build a catalog that lies outside git."""
    asked = BuildOptions(catalog, out, environ=EPOCH, generator="catalogctl", durable=False)
    return build(replace(asked, working=catalog, **given))  # type: ignore[arg-type]


def command(catalog: Path, out: Path, *options: str) -> list[str]:
    """Return the command line of a build."""
    start = [sys.executable, "-m", "catalogctl", "build", "--quiet"]
    return [*start, "--catalog", str(catalog), "--out", str(out), *options]


def read(path: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return value


def manifest(out: Path) -> bytes:
    return (out / "manifest.json").read_bytes()


def test_a_tree_is_whole_and_holds_each_answer(tmp_path: Path) -> None:
    files = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN,
        "plugins/plugin-b.yaml": plugin("plugin-b", state="DISABLED", labels="[x/y, Ü]"),
        "versions/plugin-hyperbilling.json": LOCK,
        "queries/off.yaml": "kind: list\ntitle: Off now\nquery:\n  filter:\n"
        "    - {k: state, v: DISABLED, o: eq}\n",
    }
    out = tmp_path / "public"
    result = built(write_catalog(tmp_path / "catalog", files), out)
    assert (result.problems, result.published) == ((), True)
    assert verify_folder(out) == []
    assert result.files == sum(path.is_file() for path in out.rglob("*"))
    versions = read(out / API / "get-versions/plugin-hyperbilling.json")
    assert versions == {"results": ["1.2.2"], "total_count": 1}
    assert (out / "versions/plugin-hyperbilling.json").read_text() == LOCK
    saved = read(out / API / "list/saved/off.json")
    assert saved["total_count"] == 1
    by_label = read(out / API / "list/by/labels/x~2Fy.json")
    assert by_label == saved
    assert read(out / API / "stat/by-state.json") == {
        "results": [{"state": "DISABLED", "count": 1}, {"state": "ENABLED", "count": 1}]
    }


def test_the_built_in_queries_answer_alike_with_saved_ones_and_without(tmp_path: Path) -> None:
    """Without any only what the built-in ones ask about is decoded."""
    plugins = {
        f"plugins/{name}.yaml": plugin(name, state=state, provider="aws", labels=f"[x, {name}]")
        for name, state in (("plugin-a", "ENABLED"), ("plugin-b", "DISABLED"))
    }
    query = {"queries/all.yaml": "kind: list\ntitle: All\nquery: {minimal: true}\n"}
    for name, files in (("without", plugins), ("with", plugins | query)):
        result = built(write_catalog(tmp_path / name, files), tmp_path / f"public-{name}")
        assert result.problems == ()
    without, with_one = (tmp_path / f"public-{name}" / API / "stat" for name in ("without", "with"))
    names = sorted(path.name for path in without.iterdir())
    assert names == [f"{name}.json" for name in sorted(BUILT_IN)]
    for name in names:
        assert read(without / name)["results"]
        assert read(without / name) == read(with_one / name)


def test_a_catalog_without_plugins_is_published_too(tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert built(write_catalog(tmp_path / "catalog"), out).published
    assert read(out / API / "list/page/1.json") == {"results": [], "total_count": 0}
    for path in ("by/state/DISABLED", "by/registry_type/AWS_PUBLIC_ECR", "all"):
        assert read(out / API / "list" / f"{path}.json") == {"results": [], "total_count": 0}


def test_an_error_anywhere_publishes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "public"
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": PLUGIN})
    built(catalog, out)
    before = manifest(out)
    (catalog / "plugins" / "plugin-b.yaml").write_text("name: B\n")
    result = built(catalog, out)
    assert not result.published
    told = [(problem.file, problem.code) for problem in result.problems]
    assert told == [("plugins/plugin-b.yaml", "missing-field")] * 2
    assert manifest(out) == before
    assert beside(out) == ["catalog", "public"]


def test_a_damaged_lock_stops_a_build(tmp_path: Path) -> None:
    """Q-23: no silent «no versions»."""
    files = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN,
        "versions/plugin-hyperbilling.json": LOCK[:-9],
    }
    result = built(write_catalog(tmp_path / "catalog", files), tmp_path / "public")
    assert [problem.code for problem in result.problems] == ["lock-broken"]
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("plugins/plugin-b.yaml", "name: B\n", "missing-field"),
        ("plugins/plugin-b.yaml", PLUGIN.replace("plugin-hyperbilling", "plugin-b"), "name-taken"),
        ("queries/sizes.yaml", SIZE_OF_A_NAME, "query"),
    ],
    ids=["plugin", "clash", "query"],
)
def test_a_damaged_lock_is_told_beside_what_else_stops_a_build(
    tmp_path: Path, file: str, text: str, code: str
) -> None:
    """Locks are read later than the rest: every problem of every file is told all the same."""
    files = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN,
        "versions/plugin-hyperbilling.json": LOCK[:-9],
        file: text,
    }
    result = built(write_catalog(tmp_path / "catalog", files), tmp_path / "public")
    assert {code, "lock-broken"} <= {problem.code for problem in result.problems}
    assert result.problems == tuple(sorted(result.problems))
    assert not (tmp_path / "public").exists()


def test_an_error_that_is_mended_while_a_build_looks_for_others_is_told(tmp_path: Path) -> None:
    """A catalog with errors is looked at twice: what was seen first is the reason to refuse it."""
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": "name: B\n"})

    def mend(*_: object) -> None:
        (catalog / "plugins/plugin-hyperbilling.yaml").write_text(PLUGIN)

    result = built(catalog, tmp_path / "public", progress=mend)
    assert [problem.code for problem in result.problems] == ["missing-field"] * 2
    assert not result.published


def test_a_stale_lock_is_published_but_gives_no_versions(tmp_path: Path) -> None:
    stale = LOCK.replace("acme/plugin-hyperbilling", "acme/plugin-older")
    files = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN,
        "versions/plugin-hyperbilling.json": stale,
    }
    out = tmp_path / "public"
    result = built(write_catalog(tmp_path / "catalog", files), out)
    assert [problem.code for problem in result.problems] == ["lock-stale"]
    assert result.published
    answer = read(out / API / "get-versions/plugin-hyperbilling.json")
    assert answer == {"results": [], "total_count": 0}


def test_a_query_that_only_the_plugins_show_to_be_wrong_is_a_problem_of_its_file(
    tmp_path: Path,
) -> None:
    files = {"plugins/plugin-hyperbilling.yaml": PLUGIN, "queries/sizes.yaml": SIZE_OF_A_NAME}
    result = built(write_catalog(tmp_path / "catalog", files), tmp_path / "public")
    (problem,) = result.problems
    assert (problem.file, problem.code) == ("queries/sizes.yaml", "query")
    assert problem.message.startswith("ERROR_DB_QUERY")
    assert not result.published


def test_the_logo_of_the_settings_is_published(tmp_path: Path) -> None:
    settings = SETTINGS + "site: {logo: sign.svg}\n"
    catalog = write_catalog(tmp_path / "catalog", {"site/sign.svg": "<svg/>"}, settings)
    assert built(catalog, tmp_path / "public").published
    assets = list((tmp_path / "public/assets").glob("mark.*.svg"))
    assert [path.read_text() for path in assets] == ["<svg/>"]
    (catalog / "site/sign.svg").unlink()
    (problem,) = built(catalog, tmp_path / "public").problems
    assert (problem.file, problem.line, problem.code) == ("catalog.yaml", 7, "file-inside")


def test_a_logo_is_found_however_the_catalog_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path, and one through a link outside the catalog, name the same folder."""
    settings = SETTINGS + "site: {logo: sign.svg}\n"
    write_catalog(tmp_path / "catalog", {"site/sign.svg": "<svg/>"}, settings)
    (tmp_path / "link").symlink_to("catalog")
    monkeypatch.chdir(tmp_path)
    assert built(Path("catalog"), tmp_path / "public").problems == ()
    assert built(tmp_path / "link", tmp_path / "public").problems == ()


def test_a_logo_behind_a_link_is_no_logo(tmp_path: Path) -> None:
    """R-12."""
    settings = SETTINGS + "site: {logo: pictures/sign.svg}\n"
    catalog = write_catalog(tmp_path / "catalog", {"site/about.txt": ""}, settings)
    (tmp_path / "sign.svg").write_text("<svg/>")
    (catalog / "site/pictures").symlink_to(tmp_path)
    problems = built(catalog, tmp_path / "public").problems
    assert "file-inside" in [problem.code for problem in problems]


@pytest.mark.parametrize("kind", ["file", "not ours", "inside the catalog"])
def test_no_folder_that_is_not_ours_is_replaced(tmp_path: Path, kind: str) -> None:
    """Q-06."""
    catalog = write_catalog(tmp_path / "catalog")
    out = tmp_path / "public"
    if kind == "file":
        out.write_text("mine")
    elif kind == "not ours":
        (out / "deep").mkdir(parents=True)
        (out / "thesis.tex").write_text("mine")
    else:
        out = catalog / "plugins"
        (out / "plugin-hyperbilling.yaml").write_text(PLUGIN)
    with pytest.raises(UsageError):
        built(catalog, out)


def test_killed_at_any_moment_the_published_tree_is_whole(tmp_path: Path) -> None:
    """Q-01, Q-03: over the whole command, not the swap alone."""
    catalog, out = tmp_path / "catalog", tmp_path / "public"
    files = {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") for n in range(40)}
    write_catalog(catalog, files)
    built(catalog, out)
    moments = random.Random(11)
    started = time.monotonic()
    subprocess.run(command(catalog, out, "--jobs", "2"), check=True)
    lasts = time.monotonic() - started
    for number in range(30):
        (catalog / "plugins" / "plugin-0.yaml").write_text(
            plugin("plugin-0", labels=f"[l{number}]")
        )
        with subprocess.Popen(
            command(catalog, out, "--jobs", "2"), stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(moments.uniform(0, lasts * 1.1))
            process.kill()
        assert verify_folder(out) == []
    subprocess.run(command(catalog, out), check=True)
    assert {*beside(out)} <= {"catalog", "public", ".public.before"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_build_at_once_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    """Q-09: exit 130 or 143, no traceback, the old tree whole, no child left behind."""
    catalog, out = tmp_path / "catalog", tmp_path / "public"
    files = {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") for n in range(3000)}
    write_catalog(catalog, files)
    with subprocess.Popen(
        command(catalog, out, "--jobs", "2"), stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: any(tmp_path.glob(".public.catalogctl-*/**/*.html")))
        assert process.poll() is None
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert "Traceback" not in said
    assert beside(out) == ["catalog"]


def test_a_full_disk_is_one_line_and_the_old_tree_stays(tmp_path: Path) -> None:
    """Q-05."""
    catalog = write_catalog(
        tmp_path / "catalog",
        {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") for n in range(60)},
    )
    script = """
        mount -t tmpfs -o size=1400k tmpfs "$1"
        python="$2"; catalog="$3"
        mkdir "$1/empty"
        printf 'repository: {repository_id: r, name: n, repository_type: local}\\n' \
            > "$1/empty/catalog.yaml"
        "$python" -m catalogctl build --quiet --catalog "$1/empty" --out "$1/public"
        before=$(sha256sum < "$1/public/manifest.json")
        code=0
        "$python" -m catalogctl build --quiet --catalog "$catalog" --out "$1/public" || code=$?
        echo "exit $code"
        test "$before" = "$(sha256sum < "$1/public/manifest.json")"
        "$python" -m catalogctl verify --quiet "$1/public"
        ls -A "$1"
    """
    place = tmp_path / "place"
    place.mkdir()
    done = with_mounts(script, str(place), sys.executable, str(catalog))
    assert done.stdout.split() == ["exit", "3", "empty", "public"]
    (line,) = [each for each in done.stderr.splitlines() if "no space left" in each]
    assert str(place) in line


def test_two_builds_of_one_folder_both_end_well(tmp_path: Path) -> None:
    """Q-07."""
    catalog, out = tmp_path / "catalog", tmp_path / "public"
    write_catalog(catalog, {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") for n in range(40)})
    both = [subprocess.Popen(command(catalog, out), stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [each.wait(timeout=60) for each in both] == [0, 0]
    assert verify_folder(out) == []


def test_the_shipped_catalog_has_no_problems(tmp_path: Path) -> None:
    result = built(ROOT / "catalog", tmp_path / "public", allow_shallow=True)
    assert result.problems == ()
    assert result.plugins == 26
