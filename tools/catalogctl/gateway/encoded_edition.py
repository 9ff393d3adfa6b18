"""Hold one edition of a catalog as the gateway answers from it: plain values, each encoded once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from spaceone.api.repository.v1 import plugin_pb2

from catalogctl.errors import OutsideError
from catalogctl.jsontypes import as_object, as_text
from catalogctl.query import Documents
from catalogctl.spaceone_grpc.messages import UnfitValueError, to_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.client.whole_catalog import WholeCatalog, WholeRepository
    from catalogctl.jsontypes import JSONObject


class EncodedPlugin(NamedTuple):
    """A PluginInfo and its message; `head` and `message` together are a PluginsInfo of it alone.

    Messages that are joined are merged, so a list is the joined lists of one.
    """

    info: JSONObject
    head: bytes
    message: bytes


class Repository(NamedTuple):
    """A repository: its RepositoryInfo, its plugins in base order, and two tables by plugin_id."""

    info: JSONObject
    documents: Documents
    plugins: Mapping[str, EncodedPlugin]
    versions: Mapping[str, Sequence[str]]


class EncodedEdition(NamedTuple):
    """All repositories by id, in the order in which they are asked, and all of their plugins.

    `now` is what timediff queries count from, if known; `index_sha256` identifies the edition.
    """

    index_sha256: str
    now: str | None
    repositories: Mapping[str, Repository]
    every: Documents

    def encoded(self, info: JSONObject) -> EncodedPlugin | None:
        """Return the encoded form of a whole PluginInfo of this edition, None for a part of one."""
        repository_id = as_text(as_object(info.get("repository_info")).get("repository_id"))
        repository = self.repositories.get(repository_id)
        found = repository.plugins.get(as_text(info.get("plugin_id"))) if repository else None
        return found if found is not None and found.info is info else None


def edition_of(catalog: WholeCatalog) -> EncodedEdition:
    """Return a catalog as an edition; raise OutsideError if a plugin has no form as a message."""
    repositories = {}
    for whole in catalog.repositories:
        repository_id = as_text(whole.info.get("repository_id"))
        if not repository_id or repository_id in repositories:
            raise OutsideError(f"the catalog has two repositories named {repository_id!r}, or none")
        repositories[repository_id] = _repository(whole)
    found = [each.documents for each in repositories.values()]
    every = found[0] if len(found) == 1 else _joined(found)
    return EncodedEdition(index_hash(catalog.data), catalog.now, repositories, every)


def index_hash(index: bytes) -> str:
    """Return the hash that identifies the edition of an index."""
    return hashlib.sha256(index).hexdigest()


def _joined(parts: Sequence[Documents]) -> Documents:
    plugins = [info for part in parts for info in part.plugins]
    return Documents(plugins, [row for part in parts for row in part.rows])


def _repository(whole: WholeRepository) -> Repository:
    plugins = dict(map(_encoded, whole.plugins))
    return Repository(whole.info, Documents(whole.plugins), plugins, whole.versions)


def _encoded(info: JSONObject) -> tuple[str, EncodedPlugin]:
    plugin_id = as_text(info.get("plugin_id"))
    try:
        message = to_message(info, plugin_pb2.PluginInfo)
    except UnfitValueError as error:
        raise OutsideError(f"plugin {plugin_id} is not a PluginInfo: {error}") from error
    encoded = message.SerializeToString()
    listed = plugin_pb2.PluginsInfo(results=[message]).SerializeToString()
    return plugin_id, EncodedPlugin(info, listed[: -len(encoded)], encoded)
