"""Update the locks of a catalog, and report the changes.

The whole catalog is checked first, and no registry is queried if it has errors, except errors of
locks, which this fixes. Each lock is written atomically when its image is done: a killed run leaves
only complete locks. Only one run at a time works on a catalog.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.client.unknown_names import not_found
from catalogctl.jsontypes import as_object, as_text
from catalogctl.lock import Source
from catalogctl.pipeline.check_files import CheckedFile, check_file, check_result
from catalogctl.pipeline.checked_upstreams import check_upstreams
from catalogctl.pipeline.lock_files import (
    exclusive_run,
    hash_of,
    old_lock,
    remove_orphan,
    write_lock,
)
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.pipeline.working_tree import CatalogHasProblemsError
from catalogctl.resolve.image_outcomes import ImageOutcome, ResolveReport
from catalogctl.resolve.resolve_image import Image, Rules
from catalogctl.resolve.resolve_limits import Clock, ResolveLimits
from catalogctl.resolve.resolve_run import Run, RunSettings
from catalogctl.validate.lock_rules import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem

_FIXED_BY_RESOLVE = {"lock-broken", "lock-plugin-id", "file-too-large"}


@dataclass(frozen=True, slots=True)
class ResolveProgress:
    """The progress of a run: images done and in total, requests, hosts that limit their rate."""

    done: int
    of: int
    requests: int
    waiting_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResolveOptions:
    """The options of `resolve`: the `wanted` plugins, or all if it is empty.

    `check` writes nothing. `wait` is how many seconds to wait for another run, `deadline` the
    seconds for the registries, None for no limit.
    """

    catalog: Path
    rules: Rules
    environ: Mapping[str, str]
    wanted: Sequence[str] = ()
    check: bool = False
    wait: float = 600
    deadline: float | None = None
    helpers: bool = False
    limits: ResolveLimits = field(default_factory=ResolveLimits)
    clock: Clock = field(default_factory=Clock)
    tell: Callable[[str], None] = lambda _: None
    progress: Callable[[ResolveProgress], None] = lambda _: None


def resolve(options: ResolveOptions) -> ResolveReport:
    """Query the registries and write the locks that change.

    Raise CatalogHasProblemsError if the catalog has errors, ApiError for an unknown plugin, and
    OutsideError if the catalog can't be accessed. A failing registry is part of the report.
    """
    began = time.monotonic()
    with (
        contextlib.nullcontext()
        if options.check
        else exclusive_run(options.catalog, wait=options.wait, tell=options.tell)
    ):
        opened = open_catalog(options.catalog)
        images, seen = _images(opened, options.wanted)
        run = Run(
            RunSettings(
                registries=_with_paths(opened),
                environ=options.environ,
                deadline=options.deadline,
                helpers=options.helpers,
                limits=options.limits,
                clock=options.clock,
            )
        )
        outcomes = [
            replace(outcome, lock=None) if options.check else write_lock(opened, outcome, seen)
            for outcome in _outcomes(run, images, options)
        ]
        if not options.wanted:
            outcomes += [
                remove_orphan(opened, name, check=options.check) for name in opened.orphan_locks
            ]
    return ResolveReport(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: outcome.plugin_id)),
        started_at=options.rules.now,
        seconds=time.monotonic() - began,
        requests=run.hosts.requests,
        warnings=run.hosts.warnings,
        is_check=options.check,
    )


def _images(opened: OpenCatalog, wanted: Sequence[str]) -> tuple[list[Image], dict[str, bytes]]:
    """Return the images to resolve, and the hashes of their present locks by plugin_id."""
    for plugin_id in wanted:
        if f"{plugin_id}.yaml" not in opened.plugins.names:
            raise not_found(plugin_id, opened.plugin_ids)
    check = partial(check_file, opened, make=_to_resolve, ignore_lock_errors=True)
    checks = spread(check, opened.plugins.names)
    checked = check_result(
        opened,
        checks,
        query_problems=check_queries(opened)[1],
        upstreams=check_upstreams(opened),
    )
    errors = tuple(each for each in checked.errors if not _is_fixed_by_resolve(each, opened))
    if errors:
        raise CatalogHasProblemsError(errors)
    chosen = [each for each in checked.values if not wanted or each.plugin_id in wanted]
    images = [
        Image(each.plugin_id, each.source, each.pattern, partial(old_lock, opened, each.plugin_id))
        for each in chosen
    ]
    return images, {each.plugin_id: each.lock_hash for each in chosen}


def _is_fixed_by_resolve(problem: Problem, opened: OpenCatalog) -> bool:
    """Return whether a problem is in a lock and a new lock fixes it."""
    return problem.code in _FIXED_BY_RESOLVE and problem.file.startswith(
        f"{opened.lock_folder.label}/"
    )


class _PluginToResolve(NamedTuple):
    """An image to resolve, the pattern of tags that are versions, and the lock's hash."""

    plugin_id: str
    source: Source
    pattern: str | None
    lock_hash: bytes


def _to_resolve(checked: CheckedFile) -> _PluginToResolve:
    request = checked.request
    pattern = as_object(request.get("versions")).get("pattern")
    return _PluginToResolve(
        str(request["plugin_id"]),
        msgspec.convert({name: request[name] for name in SOURCE}, Source),
        pattern if isinstance(pattern, str) else None,
        hash_of(checked.lock.data if checked.lock is not None else None),
    )


def _with_paths(opened: OpenCatalog) -> dict[str, JSONObject]:
    """Return the catalog's registries with `ca_file` as a full path (product contract, 8)."""
    folder = opened.path.absolute()
    registries = {host: {**options} for host, options in opened.settings.registries.items()}
    for options in registries.values():
        if ca_file := as_text(options.get("ca_file")):
            options["ca_file"] = str(folder / ca_file)
    return registries


def _outcomes(run: Run, images: Sequence[Image], options: ResolveOptions) -> Iterator[ImageOutcome]:
    """Yield the outcomes, and report progress."""
    done = 0

    def tick() -> None:
        hosts = run.hosts
        options.progress(ResolveProgress(done, len(images), hosts.requests, hosts.waiting_for))

    for outcome in run.outcomes(images, options.rules, tick=tick):
        done += 1
        yield outcome
        tick()
