"""A catalog's folder in; its locks brought up to date, and a report of that, out.

The whole catalog is checked first, and with an error nothing is asked; errors of locks are what
this mends. Each lock is written when its image is done, in one step: a run that is killed leaves
whole locks only. One run at a time works on a catalog.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from catalogctl.client.published import not_found
from catalogctl.errors import OutsideError
from catalogctl.files import cause, write_atomic
from catalogctl.files.atomic import LEFTOVER
from catalogctl.files.lock import Lock as FileLock
from catalogctl.pipeline.checking import Checked, survey
from catalogctl.pipeline.opening import open_catalog
from catalogctl.pipeline.queries import check_queries
from catalogctl.pipeline.working import CatalogHasProblemsError
from catalogctl.problem import Problem
from catalogctl.resolve.image import Image, Rules
from catalogctl.resolve.limits import Clock, Limits
from catalogctl.resolve.lock import Lock, Source, encode, read
from catalogctl.resolve.outcome import Outcome, Report, State
from catalogctl.resolve.run import Run, Settings
from catalogctl.source.folder import MAX_LOCK_SIZE
from catalogctl.validate.schemas import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.opening import Opened

_MENDED = {"lock-broken", "lock-plugin-id", "file-too-large"}
_LOCK_FILE = ".versions.catalogctl-lock"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a run is: images done of all, requests sent, hosts whose rate limit is waited for."""

    done: int
    of: int
    requests: int
    waiting_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolving:
    """What `resolve` is asked to do: `wanted` plugins, all when there are none.

    `check` writes nothing. `wait` is the seconds for another run to end. `deadline` the seconds
    for the registries, None for as long as it takes.
    """

    catalog: Path
    rules: Rules
    environ: Mapping[str, str]
    wanted: Sequence[str] = ()
    check: bool = False
    wait: float = 600
    deadline: float | None = None
    helpers: bool = False
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=Clock)
    tell: Callable[[str], None] = lambda _: None
    progress: Callable[[Standing], None] = lambda _: None


def resolve(asked: Resolving) -> Report:
    """Ask the registries and write the locks that have news.

    Raises CatalogHasProblemsError, ApiError for an unknown plugin, and OutsideError when the
    catalog can't be worked on; a registry that fails is part of the report.
    """
    began = time.monotonic()
    with contextlib.nullcontext() if asked.check else _alone(asked):
        opened = open_catalog(asked.catalog)
        images, seen = _images(opened, asked.wanted)
        run = Run(
            Settings(
                registries=_with_paths(opened),
                environ=asked.environ,
                deadline=asked.deadline,
                helpers=asked.helpers,
                limits=asked.limits,
                clock=asked.clock,
            )
        )
        outcomes = [
            outcome if asked.check else _kept_safe(opened, outcome, seen)
            for outcome in _asked_for(run, images, asked)
        ]
        if not asked.wanted:
            outcomes += [_orphan(opened, name, check=asked.check) for name in _orphans(opened)]
    return Report(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: outcome.plugin_id)),
        started_at=asked.rules.now,
        seconds=time.monotonic() - began,
        requests=run.hosts.requests,
        warnings=run.hosts.warnings,
        is_check=asked.check,
    )


@contextlib.contextmanager
def _alone(asked: Resolving) -> Iterator[None]:
    """Work on the catalog as the only run, after what a killed one left was removed."""
    try:
        folder = os.open(asked.catalog, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutsideError(f"can't read {asked.catalog}: {cause(error)}") from error
    try:
        lock = FileLock(folder, _LOCK_FILE, asked.catalog / "versions", "resolved")
        lock.take(wait=asked.wait, tell=asked.tell)
        try:
            _clear(asked.catalog / "versions")
            yield
        finally:
            lock.release()
    finally:
        os.close(folder)


def _clear(versions: Path) -> None:
    """Remove the halves of locks that a killed run left."""
    if versions.is_symlink() or not versions.is_dir():
        return
    for path in versions.iterdir():
        if LEFTOVER.fullmatch(path.name) and not path.is_dir():
            path.unlink(missing_ok=True)


def _images(opened: Opened, wanted: Sequence[str]) -> tuple[list[Image], dict[str, bytes]]:
    """Return what to ask for, and a hash of each lock as it is now, by plugin_id."""
    for plugin_id in wanted:
        if f"{plugin_id}.yaml" not in opened.plugins.names:
            raise not_found(plugin_id)
    seen = survey(opened, make=_asked, mending=True, extra=lambda each: check_queries(each)[1:])
    errors = tuple(each for each in seen.errors if not _is_mended(each, opened))
    if errors:
        raise CatalogHasProblemsError(errors)
    chosen = [made for made in seen.made if not wanted or made[0] in wanted]
    images = [
        Image(plugin_id, source, pattern, partial(_old_lock, opened, plugin_id))
        for plugin_id, source, pattern, _ in chosen
    ]
    return images, {plugin_id: seen_hash for plugin_id, _, _, seen_hash in chosen}


def _is_mended(problem: Problem, opened: Opened) -> bool:
    """Say whether a problem is one of a lock's, which a new lock ends."""
    return problem.code in _MENDED and problem.file.startswith(f"{opened.lock_folder.label}/")


def _asked(checked: Checked) -> tuple[str, Source, str | None, bytes]:
    """Return a plugin's id, what to ask for, its pattern, and the hash of its lock."""
    request = checked.request
    versions = request.get("versions")
    pattern = versions.get("pattern") if isinstance(versions, dict) else None
    source = Source(*(str(request[name]) for name in ("registry_type", "registry_url", "image")))
    plugin_id = str(request["plugin_id"])
    return (
        plugin_id,
        source,
        pattern if isinstance(pattern, str) else None,
        _hash(checked.lock_data),
    )


def _hash(data: bytes | None) -> bytes:
    """Return what tells one state of a lock's file from another."""
    return b"" if data is None else hashlib.sha256(data).digest()


def _old_lock(opened: Opened, plugin_id: str) -> Lock | None:
    """Return a plugin's lock, stale or not; None for one that is to be made anew."""
    try:
        value: JSON = msgspec.json.decode(_bytes(opened, f"{plugin_id}.json") or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict) or not compiled("Lock").is_valid(value):
        return None
    return read(value) if value["plugin_id"] == plugin_id else None


def _with_paths(opened: Opened) -> dict[str, JSONObject]:
    """Return the catalog's registries with `ca_file` as a full path (product contract, 8)."""
    found: dict[str, JSONObject] = {}
    for host, options in opened.settings.registries.items():
        ca_file = options.get("ca_file")
        full = (
            {"ca_file": str(opened.path.absolute() / ca_file)} if isinstance(ca_file, str) else {}
        )
        found[host] = {**options, **full}
    return found


def _asked_for(run: Run, images: Sequence[Image], asked: Resolving) -> Iterator[Outcome]:
    """Yield the outcomes, telling how far the run is."""
    done = 0

    def tick() -> None:
        hosts = run.hosts
        asked.progress(Standing(done, len(images), hosts.requests, hosts.waiting_for))

    for outcome in run.outcomes(images, asked.rules, tick=tick):
        done += 1
        yield outcome
        tick()


def _kept_safe(opened: Opened, outcome: Outcome, seen: Mapping[str, bytes]) -> Outcome:
    """Write the lock of an outcome that has one; a disk that fails is part of the report.

    What is written is let go of: the report does not need it.
    """
    if outcome.lock is None:
        return outcome
    name = f"{outcome.plugin_id}.json"
    if _hash(_bytes(opened, name)) != seen[outcome.plugin_id]:
        return _failed(outcome, "its lock was changed by another meanwhile")
    try:
        folder = Path(opened.lock_folder.path)
        folder.mkdir(exist_ok=True)
        write_atomic(folder / name, encode(outcome.lock))
    except OutsideError as error:
        return _failed(outcome, str(error))
    except OSError as error:
        return _failed(outcome, f"{opened.lock_folder.file(name)}: {cause(error)}")
    return replace(outcome, lock=None)


def _bytes(opened: Opened, name: str) -> bytes | None:
    """Return a lock as it is now, None without one."""
    data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
    return None if isinstance(data, Problem) else data


def _failed(outcome: Outcome, why: str) -> Outcome:
    return Outcome(
        outcome.plugin_id, outcome.host, outcome.image, State.KEPT, cause=why, attempts=1
    )


def _orphans(opened: Opened) -> list[str]:
    """Return the ids of locks that belong to no plugin file."""
    stems = {name.removesuffix(".yaml") for name in opened.plugins.names}
    ids = (name.removesuffix(".json") for name in opened.locks)
    return sorted(plugin_id for plugin_id in ids if plugin_id not in stems)


def _orphan(opened: Opened, plugin_id: str, *, check: bool) -> Outcome:
    """Take out a lock without a plugin."""
    outcome = Outcome(plugin_id, "", "", State.ORPHAN)
    if not check:
        name = f"{plugin_id}.json"
        try:
            Path(opened.lock_folder.path, name).unlink(missing_ok=True)
        except OSError as error:
            return _failed(outcome, f"{opened.lock_folder.file(name)}: {cause(error)}")
    return outcome
