"""`resolve` against Debian's docker-registry: pushed, locked, moved, removed, stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.resolve.image_outcomes import OutcomeState
from support.git import Repository
from support.registries import DOCKER, DOCKER_LIST, OCI, OCI_INDEX, digest, manifest, need
from support.resolving import LATER, LOCAL, NOW, at, catalog, lock, locks, outcome, run, tags

if TYPE_CHECKING:
    from support.registries import DockerRegistry

CATALOGCTL = Path(sys.executable).with_name("catalogctl")


def resolve(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command itself."""
    command: list[str | Path] = [CATALOGCTL, "resolve", "--catalog", folder, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_versions_are_locked_in_order_with_their_digests(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-a"))
    old = shared_registry.push("acme/plugin-a", ["1.9.0"], "old")
    new = shared_registry.push("acme/plugin-a", ["1.10.0", "latest"], "new", DOCKER)
    early = shared_registry.push("acme/plugin-a", ["2.0.0-rc1"], "early")
    assert run(folder).exit_code == 0
    value = lock(folder, "plugin-a")
    assert [(each["tag"], each["digest"]) for each in value["versions"]] == [
        ("2.0.0-rc1", early),
        ("1.10.0", new),
        ("1.9.0", old),
    ]
    assert value["latest"] == "1.10.0"
    assert value["other_tags"] == {"latest": new}
    assert [each["media_type"] for each in value["versions"]] == [OCI, DOCKER, OCI]
    assert {each["first_seen"] for each in value["versions"]} == {NOW}
    assert value["resolved_via"] == "oci"


def test_an_image_of_several_platforms_gives_the_digest_of_its_index(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-multi"))
    expected = {}
    for tag, kind, index in (("1.0", OCI, OCI_INDEX), ("1.1", DOCKER, DOCKER_LIST)):
        part = shared_registry.push("acme/plugin-multi", [f"part-{tag}"], tag, kind)
        body = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": index,
                "manifests": [
                    {
                        "mediaType": kind,
                        "digest": part,
                        "size": len(manifest(tag, kind)),
                        "platform": {"os": "linux", "architecture": "amd64"},
                    }
                ],
            }
        ).encode()
        expected[tag] = shared_registry.push_manifest("acme/plugin-multi", [tag], body, index)
    assert run(folder).exit_code == 0
    found = {each["tag"]: each["digest"] for each in lock(folder, "plugin-multi")["versions"]}
    assert found == expected


def test_a_second_run_asks_little_and_changes_not_one_byte(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    """Q-42: and N x (2 + K) requests are all that it takes."""
    host = shared_registry.host
    names = [f"plugin-n{number}" for number in range(3)]
    folder = catalog(tmp_path, {host: LOCAL}, at(host, *names))
    for name in names:
        shared_registry.push(f"acme/{name}", [f"1.{minor}" for minor in range(12)], name)
        shared_registry.push(f"acme/{name}", ["latest"], name)
    first = run(folder)
    assert first.requests == 3 * (1 + 12 + 1)
    before = locks(folder)
    second, third = run(folder, now=LATER), run(folder, now=LATER, recheck=0)
    assert second.requests == 3 * (2 + 5)
    assert third.requests == 3 * 2
    assert locks(folder) == before
    assert {each.state for each in second.outcomes} == {OutcomeState.UNCHANGED}


def test_a_moved_tag_is_told_with_both_digests_and_kept_in_history(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    """R-23."""
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-moved"))
    before = shared_registry.push("acme/plugin-moved", ["1.0", "1.1"], "one")
    run(folder)
    after = shared_registry.push("acme/plugin-moved", ["1.1"], "another")
    kept = locks(folder)
    frozen = run(folder, now=LATER, frozen=True)
    assert (frozen.exit_code, outcome(frozen, "plugin-moved").state) == (1, OutcomeState.FROZEN)
    assert locks(folder) == kept
    report = run(folder, now=LATER)
    (moved,) = outcome(report, "plugin-moved").changes.moved
    assert (moved.tag, moved.before, moved.after) == ("1.1", before, after)
    assert report.exit_code == 0
    value = lock(folder, "plugin-moved")
    assert value["history"] == [{"tag": "1.1", "from": before, "to": after, "at": LATER}]
    assert [each["digest"] for each in value["versions"]] == [after, before]


def test_a_deleted_version_moves_to_removed_and_may_come_back(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-gone"))
    shared_registry.push("acme/plugin-gone", ["1.0", "1.2"], "kept")
    gone = shared_registry.push("acme/plugin-gone", ["1.1"], "gone")
    run(folder)
    shared_registry.delete("acme/plugin-gone", gone)
    report = run(folder, now=LATER)
    assert [each.tag for each in outcome(report, "plugin-gone").changes.removed] == ["1.1"]
    assert lock(folder, "plugin-gone")["removed"] == [
        {"tag": "1.1", "digest": gone, "last_seen": LATER}
    ]
    another = shared_registry.push("acme/plugin-gone", ["1.1"], "not the same")
    report = run(folder, now=LATER)
    (moved,) = outcome(report, "plugin-gone").changes.moved
    assert (moved.before, moved.after) == (gone, another)
    assert lock(folder, "plugin-gone")["removed"] == []


def test_an_image_whose_tags_are_all_deleted_keeps_its_lock(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    """2.8.2 answers `tags: null`; an image without any tag is for the catalog to mend."""
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-empty"))
    only = shared_registry.push("acme/plugin-empty", ["1.0"], "only")
    run(folder)
    before = locks(folder)
    shared_registry.delete("acme/plugin-empty", only)
    report = run(folder, now=LATER)
    assert (report.exit_code, outcome(report, "plugin-empty").state) == (1, OutcomeState.EMPTY)
    assert locks(folder) == before


def test_250_tags_are_all_found(tmp_path: Path, shared_registry: DockerRegistry) -> None:
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-many"))
    pushed = [f"1.{number}.0" for number in range(250)]
    shared_registry.push("acme/plugin-many", reversed(pushed), "many")
    assert run(folder).exit_code == 0
    assert tags(folder, "plugin-many") == pushed[::-1]


def test_an_unknown_image_names_the_plugin_and_its_registry(
    tmp_path: Path, shared_registry: DockerRegistry
) -> None:
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-unknown", "plugin-known"))
    shared_registry.push("acme/plugin-known", ["1.0"], "known")
    done = resolve(folder)
    assert done.returncode == 3
    assert f"catalogctl: plugin-unknown: {host}: it has no list of tags" in done.stderr
    assert "(1 attempt); its lock is unchanged" in done.stderr
    assert tags(folder, "plugin-known") == ["1.0"]


def test_pushed_resolved_built_moved_and_stopped(tmp_path: Path, registry: DockerRegistry) -> None:
    """The whole way: from a push to the published file, and what a broken registry leaves."""
    host, name = registry.host, "acme/plugin-a"
    folder = catalog(tmp_path / "catalog", {host: LOCAL}, at(host, "plugin-a"))
    pushed = [f"1.{number}.0" for number in range(250)]
    registry.push(name, pushed, "all")
    registry.push(name, ["latest", "nightly"], "all")
    Repository.new(tmp_path / "catalog").commit("Register plugin-a")
    assert resolve(folder).returncode == 0
    out = tmp_path / "public"
    built: list[str | Path] = [CATALOGCTL, "build", "--catalog", folder, "--out", out, "--quiet"]
    subprocess.run(built, check=True, timeout=120)
    answer = json.loads((out / "repository/v1/plugin/get-versions/plugin-a.json").read_bytes())
    assert answer == {"results": pushed[::-1], "total_count": 250}
    index = json.loads((out / "index.json").read_bytes())
    assert index["plugins"][0]["latest_version"] == "1.249.0"

    moved = registry.push(name, ["1.249.0"], "moved")
    done = resolve(folder, "--check")
    assert done.returncode == 1
    done = resolve(folder)
    assert (done.returncode, "! 1.249.0 moved from sha256:" in done.stdout) == (0, True)
    assert f"to {moved}" in done.stdout

    before = locks(folder)
    registry.stop()
    done = resolve(folder)
    assert done.returncode == 3
    assert f"plugin-a: {host}: {host} refused the connection (3 attempts)" in done.stderr
    assert locks(folder) == before
    registry.start()
    assert resolve(folder).returncode == 0
    assert locks(folder) == before


def test_skopeo_and_resolve_see_the_same(tmp_path: Path, shared_registry: DockerRegistry) -> None:
    skopeo = need("skopeo", "skopeo")
    host = shared_registry.host
    folder = catalog(tmp_path, {host: LOCAL}, at(host, "plugin-skopeo"))
    shared_registry.push("acme/plugin-skopeo", ["1.0", "1.1"], "skopeo")
    source, copy = (f"docker://{host}/acme/plugin-skopeo:{tag}" for tag in ("1.1", "2.0"))
    plain = ["--src-tls-verify=false", "--dest-tls-verify=false"]
    subprocess.run([skopeo, "copy", "--quiet", *plain, source, copy], check=True, timeout=120)
    assert run(folder).exit_code == 0
    newest = lock(folder, "plugin-skopeo")["versions"][0]
    told = subprocess.run(
        [skopeo, "inspect", "--tls-verify=false", copy], check=True, capture_output=True
    )
    assert (newest["tag"], newest["digest"]) == ("2.0", json.loads(told.stdout)["Digest"])
    raw = [skopeo, "inspect", "--raw", "--tls-verify=false", copy]
    assert newest["digest"] == digest(subprocess.run(raw, check=True, capture_output=True).stdout)


def test_a_plugin_of_an_unlisted_registry_is_refused_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    folder = catalog(tmp_path, {}, at("registry.example.org", "plugin-a"))
    done = resolve(folder)
    assert done.returncode == 1
    assert "is not listed" in done.stderr
