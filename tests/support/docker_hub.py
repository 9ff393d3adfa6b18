"""Docker Hub as far as `resolve` sees it: REST with its limits, the OCI list, and tokens.

    hub = DockerHub({"acme/plugin-a": ["1.0", "1.1"]})
    with Server(hub) as server: ...  # server.log has what was asked

One server plays the three hosts. `anonymous_offset` is where paging ends for those who have not
signed in; `next_host` is what `next` names, as the service did under its older name.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.loopback import Asked, Reply, in_json
from support.registries import Images, digest, error, manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass
class DockerHub:
    """The service; `images` maps a repository to its tags, the newest first."""

    images: dict[str, list[str]]
    anonymous_offset: int = 1000
    next_host: str = "https://registry.hub.docker.com"
    user: tuple[str, str] | None = None
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    headers: Callable[[Asked], Mapping[str, str]] = lambda _: {}

    def __call__(self, asked: Asked) -> Reply:
        """Answer as the host that this path belongs to."""
        if asked.path == "/v2/auth/token":
            return self._signed_in(asked)
        if asked.path == "/token":
            scope = asked.query["scope"][0]
            return in_json({"token": f"token of {scope}".replace(" ", "-"), "expires_in": 300})
        if asked.path.startswith("/v2/namespaces/"):
            return self._rest(asked)
        return self._oci(asked)

    def _signed_in(self, asked: Asked) -> Reply:
        given = json.loads(asked.body)
        if (given["identifier"], given["secret"]) != self.user:
            return in_json({"message": "unauthorized"}, 401)
        return in_json({"access_token": "hub-token"})

    def _rest(self, asked: Asked) -> Reply:
        _, _, _, namespace, _, name, _ = asked.path.split("/")
        tags = self.images.get(f"{namespace}/{name}")
        if tags is None:
            return in_json({"message": "object not found"}, 404)
        page = int(asked.query["page"][0])
        size = int(asked.query.get("page_size", ["10"])[0])
        assert size <= 100
        if page * size > self.anonymous_offset and asked.headers.get("authorization") is None:
            words = "pagination offset too large for anonymous requests; sign in to page further"
            return in_json({"message": words}, 403)
        rows = [self._row(tag) for tag in tags[(page - 1) * size : page * size]]
        following = f"{self.next_host}{asked.path}?page={page + 1}&page_size={size}"
        value = {
            "count": len(tags),
            "next": following if page * size < len(tags) else None,
            "previous": None,
            "results": rows,
        }
        return in_json(value, headers=self.headers(asked))

    def _row(self, tag: str) -> dict[str, Any]:
        row = {
            "name": tag,
            "digest": digest(manifest(tag)),
            "media_type": "application/vnd.oci.image.index.v1+json",
            "content_type": "image",
            "last_updated": "2026-01-02T03:04:05.678901Z",
            "tag_last_pushed": "2026-01-02T03:04:05.678901Z",
            "tag_status": "active",
            "full_size": 1234,
            "images": [
                {"os": "linux", "architecture": "arm64", "variant": "v8", "size": 1200},
                {"os": "linux", "architecture": "amd64", "variant": None, "size": 1234},
                {"os": "unknown", "architecture": "unknown", "size": 12},
            ],
        }
        return {**row, **self.extra.get(tag, {})}

    def _oci(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/v2/").partition("/tags/")[0].partition("/manifests/")[0]
        scope = f"repository:{name}:pull"
        if asked.headers.get("authorization") != f"Bearer token-of-{scope}":
            host = asked.headers["host"]
            realm = (
                f'Bearer realm="http://{host}/token",service="registry.docker.io",scope="{scope}"'
            )
            return error(
                401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": realm}
            )
        return Images({image: {tag: tag for tag in tags} for image, tags in self.images.items()})(
            asked
        )


def basic(name: str, password: str) -> str:
    """Return the header of the Basic scheme."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
