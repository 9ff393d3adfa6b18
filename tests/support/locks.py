"""Locks for tests, written as `resolve` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.lock import Lock, LockedVersion, Moved, Source, encode

if TYPE_CHECKING:
    from collections.abc import Sequence


def lock_of(*versions: tuple[str, int], latest: str | None = None) -> str:
    """Return the lock of plugin-x: tags with the number of their digest, newest first."""
    pushed = "2026-01-30T11:10:09.876543Z"
    rows = [version(tag, pushed if number > 1 else None, number) for tag, number in versions]
    return lock_text("plugin-x", rows, latest=latest)


def version(tag: str, pushed_at: str | None, number: int = 1) -> LockedVersion:
    """Return a version that was first seen on 31 January 2026; one with a hyphen is no release."""
    return LockedVersion(
        tag=tag,
        digest=f"sha256:{number:064x}",
        first_seen="2026-01-31T12:00:00.000Z",
        media_type=None,
        prerelease="-" in tag,
        pushed_at=pushed_at,
    )


def lock_text(
    plugin_id: str,
    versions: Sequence[LockedVersion],
    *,
    latest: str | None = None,
    history: Sequence[Moved] = (),
) -> str:
    """Return the lock of a plugin as text."""
    stable = [each.tag for each in versions if not each.prerelease]
    tags = [*stable, *(each.tag for each in versions)]
    lock = Lock(
        history=tuple(history),
        latest=latest or (tags[0] if tags else None),
        other_tags={},
        plugin_id=plugin_id,
        removed=(),
        resolved_via="oci",
        source=Source(f"acme/{plugin_id}", "DOCKER_HUB", "registry.hub.docker.com"),
        total_count=len(versions),
        versions=tuple(versions),
    )
    return encode(lock).decode()
