"""Resolve many images in one run over all registries.

Images are grouped by registry. Each registry has its own threads and connections. A host's queue
and rate are shared by all registries that use it (registries, 6).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.fetch.connections import Connections
from catalogctl.registry_hosts import canonical
from catalogctl.resolve.budget import ImageBudget
from catalogctl.resolve.credentials import user_of
from catalogctl.resolve.failures import RegistryError
from catalogctl.resolve.host_queues import Hosts
from catalogctl.resolve.login import Login
from catalogctl.resolve.registry_http import HttpClient
from catalogctl.resolve.registry_kinds import kind_of, options_of
from catalogctl.resolve.resolve_image import failed, resolve
from catalogctl.resolve.resolve_limits import Clock, ResolveLimits
from catalogctl.resolve.threads import by_group
from catalogctl.resolve.transport import Client, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.image_outcomes import ImageOutcome
    from catalogctl.resolve.registry_settings import Registry
    from catalogctl.resolve.resolve_image import Image, Rules


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The settings of a run; `registries` are those of catalog.yaml, with `ca_file` as a full path.

    `deadline` is the time for the whole run in seconds, None for no limit. `helpers` allows
    credential helpers to be run.
    """

    registries: Mapping[str, JSONObject]
    environ: Mapping[str, str]
    deadline: float | None = None
    helpers: bool = False
    limits: ResolveLimits = field(default_factory=ResolveLimits)
    clock: Clock = field(default_factory=Clock)


class Run:
    """One run; its state, which all images share, is the hosts and their health."""

    def __init__(self, settings: RunSettings) -> None:
        limits, clock = settings.limits, settings.clock
        self._settings = settings
        self._ends_at = None if settings.deadline is None else clock.monotonic() + settings.deadline
        self.hosts = Hosts(limits, clock)

    def outcomes(
        self, images: Sequence[Image], rules: Rules, *, tick: Callable[[], None] = lambda: None
    ) -> Iterator[ImageOutcome]:
        """Yield the outcome of each image in order of completion.

        `tick` is called a few times per second while nothing completes, to show progress.
        """
        groups: dict[str, list[Image]] = {}
        for image in images:
            groups.setdefault(canonical(image.source.registry_url), []).append(image)
        clients: dict[str, Client | RegistryError] = {name: self._client(name) for name in groups}

        def work(image: Image) -> ImageOutcome:
            name = canonical(image.source.registry_url)
            client = clients[name]
            if isinstance(client, RegistryError):
                return failed(image, client)
            budget = ImageBudget(self._settings.limits, self._settings.clock, self._ends_at)
            return resolve(image, kind_of(name), Transport(client, budget), rules)

        yield from by_group(work, list(groups.values()), self._settings.limits.per_host, tick)

    def _client(self, name: str) -> Client | RegistryError:
        """Return the client for a registry, or the error that explains why it can't be used."""
        settings = self._settings
        try:
            registry = _registry(name, settings.registries)
            user = user_of(registry, settings.environ, helpers=settings.helpers)
        except RegistryError as error:
            error.attempts = 0
            return error
        connections = Connections(
            settings.environ,
            allow_private=registry.allow_private,
            ca_file=registry.ca_file,
            size=settings.limits.per_host,
        )
        rate = registry.rate[user is not None] if registry.rate else None
        http = HttpClient(connections, self.hosts, rate, registry.https_hint)
        return Client(registry, http, Login(registry, user, http), self.hosts)


def _registry(name: str, registries: Mapping[str, JSONObject]) -> Registry:
    """Return the settings for a host; raise RegistryError if catalog.yaml does not allow it."""
    options = options_of(name, registries)
    if options is None:
        raise RegistryError(f"{name} is not listed under registries in catalog.yaml")
    registry = kind_of(name).registry(name, options)
    if registry.ca_file is not None and not Path(registry.ca_file).is_file():
        raise RegistryError(f"its ca_file {registry.ca_file} is not a readable file")
    return registry


def limited(limits: ResolveLimits, jobs: int | None) -> ResolveLimits:
    """Return the limits with at most `jobs` requests at once."""
    if jobs is None:
        return limits
    return replace(limits, in_all=jobs, per_host=min(limits.per_host, jobs))
