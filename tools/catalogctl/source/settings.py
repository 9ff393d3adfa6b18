"""Read the settings of a catalog from the mapping of `catalog.yaml`.

Parts that are wrong are reported as problems elsewhere (`validate`) and must not hide anything
else, so here they get their defaults (product contract, 8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.jsontypes import as_object, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSON, JSONObject


DEFAULTED = ("domain_id", "project_id", "provider", "registry_type", "registry_url")
"""The fields that `defaults` may fill into a plugin file."""

MAX_PLUGINS = 20_000
"""The most plugins that are taken from an upstream, by default."""

_UPSTREAM_TEXTS = (
    "name",
    "repository_id",
    "url",
    "endpoint",
    "title",
    "trust",
    "ca_file",
    "token_env",
)
_DURATION = re.compile(r"(?P<count>[0-9]{1,9})(?P<unit>[smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

UPDATABLE = ("name", "capability", "template", "labels", "tags")
TITLE = "Plugin catalog"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The `site:` part: titles, addresses, sizes of pages and parts (in rows).

    `words` has people's words for service types and providers.
    """

    title: str = TITLE
    description: str = ""
    logo: str | None = None
    accent: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    footer: str = ""
    language: str = "en"
    base_url: str | None = None
    repository_url: str | None = None
    edit_url: str | None = None
    page_size: int = 100
    cards_per_page: int = 24
    index_shard_size: int = 5000
    list_parts_above: int = 1000
    image_hosts: tuple[str, ...] = ()
    badges: bool | None = None
    extras_up_to: int = 2000
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """One of the `upstreams:`; it has a `url`, that of a tree, or the `endpoint` of a service.

    `filter` are conditions of a query, `hold` ids of plugins that stay as they are. `max_age` is in
    seconds. `ca_file` is relative to the catalog's folder, as is `trust`, unless it is a hash.
    `token_env` names an environment variable.
    """

    name: str
    repository_id: str
    url: str = ""
    endpoint: str = ""
    title: str = ""
    filter: tuple[JSONObject, ...] = ()
    hold: frozenset[str] = frozenset()
    max_age: int | None = None
    trust: str = ""
    max_plugins: int = MAX_PLUGINS
    allow_private: bool = False
    ca_file: str = ""
    token_env: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in `catalog.yaml`; `repository_info` has the API's three members, in its order.

    `auto_merge_locks` is the requester (`@name`) whose changes of locks may be merged unreviewed,
    `auto_merge_upstream` says whether small changes of upstreams' plugins may be.
    """

    repository_info: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    registries: Mapping[str, JSONObject] = field(default_factory=dict)
    upstreams: tuple[UpstreamSettings, ...] = ()
    image_name_max_length: int = 40
    updatable: tuple[str, ...] = UPDATABLE
    auto_merge_locks: str | None = None
    auto_merge_owner_fields: tuple[str, ...] = ()
    auto_merge_upstream: bool = False
    service_types: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    site: SiteSettings = field(default_factory=SiteSettings)

    @property
    def repository_id(self) -> str:
        """The id of this catalog's repository, "" if the file has none."""
        return self.repository_info.get("repository_id", "")


def settings(value: JSONObject) -> Settings:
    """Return the settings in `catalog.yaml`, with defaults for what is absent or wrong."""
    repository = as_object(value.get("repository"))
    policy = as_object(value.get("policy"))
    auto_merge = as_object(policy.get("auto_merge"))
    defaults = as_object(value.get("defaults"))
    return Settings(
        repository_info={
            name: as_text(repository.get(name))
            for name in ("repository_id", "name", "repository_type")
        },
        defaults={name: text for name in DEFAULTED if (text := as_text(defaults.get(name)))},
        registries={
            host.lower(): as_object(options)
            for host, options in as_object(value.get("registries")).items()
        },
        upstreams=tuple(_upstreams(value.get("upstreams"))),
        image_name_max_length=_count(policy.get("image_name_max_length"), 40),
        updatable=_texts(policy.get("updatable")) or UPDATABLE,
        auto_merge_locks=as_text(auto_merge.get("locks")) or None,
        auto_merge_owner_fields=_texts(auto_merge.get("owner_fields")),
        auto_merge_upstream=auto_merge.get("upstream") is True,
        service_types=_texts(policy.get("service_types")),
        providers=_texts(policy.get("providers")),
        site=_site(as_object(value.get("site"))),
    )


def _upstreams(value: JSON) -> Iterator[UpstreamSettings]:
    """Yield each of the `upstreams:` that has a name and a repository_id."""
    for each in value if isinstance(value, list) else ():
        given = as_object(each)
        text = {name: as_text(given.get(name)) for name in _UPSTREAM_TEXTS}
        if text["name"] and text["repository_id"]:
            conditions = given.get("filter")
            yield UpstreamSettings(
                **text,
                filter=tuple(map(as_object, conditions)) if isinstance(conditions, list) else (),
                hold=frozenset(_texts(given.get("hold"))),
                max_age=duration(as_text(given.get("max_age"))),
                max_plugins=_count(given.get("max_plugins"), MAX_PLUGINS),
                allow_private=given.get("allow_private") is True,
            )


def duration(text: str) -> int | None:
    """Return the seconds of a duration such as `90d`, or None if it is not one."""
    found = _DURATION.fullmatch(text)
    return int(found["count"]) * _SECONDS[found["unit"]] if found else None


def _site(value: JSONObject) -> SiteSettings:
    """Return the `site:` part."""
    links = value.get("links")
    base_url = as_text(value.get("base_url")) or None
    return SiteSettings(
        title=as_text(value.get("title")) or TITLE,
        description=as_text(value.get("description")),
        logo=as_text(value.get("logo")) or None,
        accent=as_text(value.get("accent")) or None,
        links=tuple(
            (as_text(link.get("text")), as_text(link.get("url")))
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict)
        ),
        footer=as_text(value.get("footer")),
        language=as_text(value.get("language")) or "en",
        base_url=base_url.rstrip("/") + "/" if base_url else None,
        repository_url=as_text(value.get("repository_url")).rstrip("/") or None,
        edit_url=as_text(value.get("edit_url")) or None,
        page_size=_count(value.get("page_size"), 100),
        cards_per_page=_count(value.get("cards_per_page"), 24),
        index_shard_size=_count(value.get("index_shard_size"), 5000),
        list_parts_above=_count(value.get("list_parts_above"), 1000),
        image_hosts=_texts(value.get("image_hosts")),
        badges=badges if isinstance(badges := value.get("badges"), bool) else None,
        extras_up_to=_count(value.get("extras_up_to"), 2000, least=0),
        words={
            each: word
            for each, word in as_object(value.get("words")).items()
            if isinstance(word, str) and word.strip()
        },
    )


def _texts(value: JSON) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _count(value: JSON, default: int, *, least: int = 1) -> int:
    """Return a whole number that is large enough, or the default."""
    return int(value) if isinstance(value, int | float) and value >= least else default
