"""An upstream may be a running repository: the gateway is one, and so is SpaceONE's own."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from spaceone.api.repository.v1 import (
    plugin_pb2,
    plugin_pb2_grpc,
    repository_pb2,
    repository_pb2_grpc,
)

from catalogctl.source.upstream_files import decode_plugin, encode_upstream_file, taken_plugin
from catalogctl.sync import upstream_endpoint
from catalogctl.sync.sync_catalog import SyncOptions, sync
from catalogctl.sync.sync_outcome import UpstreamState
from catalogctl.sync.verifying import verify_upstreams
from support import upstream_hosts, upstreams
from support.catalogs import SETTINGS, plugin, write_catalog
from support.gateway import gateway
from support.publishing import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.gateway import RunningGateway

API = "repository/v1/plugin"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("endpoint")
    ids = (*upstream_hosts.IDS, *(f"plugin-{number:03}" for number in range(5)))
    tags = "{description: What it does, limit: 4.0, deep: [{n: 1}]}"
    files = upstream_hosts.published(folder, upstream_hosts.plugin_files(*ids, tags=tags))
    return write_tree(folder / "served", files)


@pytest.fixture(scope="module")
def served(tree: Path) -> Iterator[RunningGateway]:
    with gateway(tree) as running:
        yield running


def catalog_of(folder: Path, address: str, more: str = "allow_private: true") -> Path:
    upstream = (
        f"upstreams:\n  - name: theirs\n    endpoint: grpc://{address}\n"
        f"    repository_id: {upstream_hosts.THEIRS}\n    {more}\n"
    )
    return write_catalog(
        folder / "catalog", {"plugins/plugin-own.yaml": plugin("plugin-own")}, SETTINGS + upstream
    )


def outcome(catalog: Path, **options: Any) -> Any:
    (found,) = sync(SyncOptions(catalog, {"SOURCE_DATE_EPOCH": "1767312000"}, **options)).outcomes
    return found


def test_the_plugins_are_those_of_the_tree_that_the_service_answers_from(
    served: RunningGateway, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream_endpoint, "PAGE", 4)
    catalog = catalog_of(tmp_path, served.grpc)
    found = outcome(catalog)
    assert (found.state, found.refused, len(found.added)) == (UpstreamState.CHANGED, {}, 11)
    for plugin_id in found.added:
        file = catalog / f"upstream/theirs/plugins/{plugin_id}.json"
        taken = json.loads(file.read_bytes())
        assert taken["plugin"] == json.loads((tree / f"{API}/get/{plugin_id}.json").read_bytes())
        versions = json.loads((tree / f"{API}/get-versions/{plugin_id}.json").read_bytes())
        assert taken["versions"] == versions["results"]
        assert taken["sha256"]["get"] is None
    source = json.loads((catalog / "upstream/theirs/source.json").read_bytes())
    assert (source["manifest_sha256"], source["total_count"]) == (None, 11)
    assert outcome(catalog).state is UpstreamState.UNCHANGED
    report = verify_upstreams(SyncOptions(catalog, {}))
    assert (report.exit_code, report.outcomes[0].notes) == (0, [])


def test_verify_compares_with_what_the_service_answers_now(
    served: RunningGateway, tmp_path: Path
) -> None:
    catalog = catalog_of(tmp_path, served.grpc)
    outcome(catalog)
    file = catalog / "upstream/theirs/plugins/plugin-a.json"
    old = decode_plugin(file.read_bytes())
    value: Any = {**old.info, "image": "evil/plugin-a"}
    file.write_bytes(
        encode_upstream_file(taken_plugin(value, old.versions, get=None, get_versions=None))
    )
    gone = upstreams.info("plugin-gone", "theirs")
    file.with_name("plugin-gone.json").write_bytes(upstreams.plugin_file(gone))
    report = verify_upstreams(SyncOptions(catalog, {}))
    why = "its file is not what the service answers now"
    expected = {"plugin-a": why, "plugin-gone": why}
    assert (report.exit_code, report.outcomes[0].refused) == (1, expected)
    settings = catalog / "catalog.yaml"
    settings.write_text(f"{settings.read_text()}    hold: [plugin-a, plugin-gone]\n")
    report = verify_upstreams(SyncOptions(catalog, {}))
    note = "2 of 12 files are not verified: hold pins them"
    assert (report.exit_code, report.outcomes[0].notes) == (0, [note])


def test_another_repository_and_a_service_that_is_down_change_nothing(
    served: RunningGateway, tmp_path: Path
) -> None:
    catalog = catalog_of(tmp_path, served.grpc)
    text = (catalog / "catalog.yaml").read_text()
    (catalog / "catalog.yaml").write_text(text.replace(upstream_hosts.THEIRS, "repo-other"))
    assert outcome(catalog).state is UpstreamState.GUARDED
    down = catalog_of(tmp_path / "down", "127.0.0.1:9")
    assert outcome(down).state is UpstreamState.FAILED
    assert not (down / "upstream").exists()


class _Plugins(plugin_pb2_grpc.PluginServicer):  # type: ignore[misc]
    """A repository with one plugin, which has a number that JSON does not have."""

    def list(self, request: Any, _: Any) -> Any:
        del request
        info = plugin_pb2.PluginInfo(plugin_id="plugin-a", name="A")
        info.tags.update({"limit": math.nan})
        return plugin_pb2.PluginsInfo(results=[info], total_count=1)


class _Repositories(repository_pb2_grpc.RepositoryServicer):  # type: ignore[misc]
    """Answers with the one repository."""

    def list(self, request: Any, _: Any) -> Any:
        del request
        info = repository_pb2.RepositoryInfo(
            repository_id=upstream_hosts.THEIRS, name="X", repository_type="local"
        )
        return repository_pb2.RepositoriesInfo(results=[info], total_count=1)


def test_a_service_whose_answer_has_no_form_as_json_is_told(tmp_path: Path) -> None:
    server = grpc.server(ThreadPoolExecutor(2))
    plugin_pb2_grpc.add_PluginServicer_to_server(_Plugins(), server)
    repository_pb2_grpc.add_RepositoryServicer_to_server(_Repositories(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        catalog = catalog_of(tmp_path, f"127.0.0.1:{port}")
        found = outcome(catalog)
        verified = verify_upstreams(SyncOptions(catalog, {}))
    finally:
        server.stop(None)
    why = f"grpc://127.0.0.1:{port} answered with what is not JSON: "
    assert (found.state, found.cause.startswith(why)) == (UpstreamState.GUARDED, True)
    assert (verified.exit_code, verified.outcomes[0].cause) == (1, found.cause)


def test_a_private_address_is_only_asked_if_it_is_allowed(
    served: RunningGateway, tmp_path: Path
) -> None:
    catalog = catalog_of(tmp_path, served.grpc)
    text = (catalog / "catalog.yaml").read_text().replace("allow_private: true", "")
    (catalog / "catalog.yaml").write_text(text.replace("grpc://", "grpc+ssl://"))
    found = outcome(catalog)
    assert found.state is UpstreamState.FAILED
    assert "no public address" in found.cause
