"""Find the credentials for a registry in the environment or in Docker's configuration files.

Credentials are used only for the registry they were looked up for. Environment variables name the
registry's host as written in catalog.yaml and plugin files. Docker's files name the host that is
actually contacted, so a mirror never gets the password of the registry it mirrors (registries, 7).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.jsontypes import as_object, as_text
from catalogctl.registry_hosts import without_default_port
from catalogctl.resolve.failures import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.resolve.registry_settings import Registry

_MAX_FILE = 1024 * 1024
_HELPER = re.compile(r"[A-Za-z0-9._-]+")
_HELPER_SECONDS = 30
_IDENTITY = "<token>"


@dataclass(frozen=True, slots=True)
class User:
    """A name and a password; the password never appears in a message or repr.

    If `is_identity` is true, the password is an identity token to be exchanged for an access token.
    """

    name: str
    password: str = field(repr=False)
    is_identity: bool = False

    @property
    def basic(self) -> str:
        """The value of a Basic Authorization header."""
        pair = f"{self.name}:{self.password}".encode()
        return "Basic " + base64.b64encode(pair).decode()


def variable(host: str) -> str:
    """Return the environment variable prefix for a host: uppercase, non-alphanumerics as "_"."""
    return "CATALOGCTL_REGISTRY_" + re.sub(r"[^A-Z0-9]", "_", host.upper())


def user_of(registry: Registry, environ: Mapping[str, str], *, helpers: bool) -> User | None:
    """Return the user for a registry, or None for anonymous access.

    Credential helpers (`credHelpers`, `credsStore`) are run only if `helpers` is true. Raise
    RegistryError if the name or the password can't be sent.
    """
    user = _found(registry, environ, helpers=helpers)
    if user is not None and not _is_utf8(user.name + user.password):
        raise RegistryError(
            f"its user or password is not UTF-8: {variable(registry.name)}_…, Docker's file or the"
            " credential helper has bytes that can't be sent"
        )
    return user


def _is_utf8(text: str) -> bool:
    """Return whether a text can be encoded: invalid bytes of the environment are surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _found(registry: Registry, environ: Mapping[str, str], *, helpers: bool) -> User | None:
    for host in (registry.name, *registry.also_called, registry.endpoint.netloc):
        name = environ.get(f"{variable(host)}_USERNAME", "")
        password = environ.get(f"{variable(host)}_PASSWORD", "")
        if name and password:
            return User(name, password)
    hosts = (registry.name, *registry.also_called)
    if registry.is_mirrored:
        hosts = (registry.endpoint.netloc,)
    for path in _files(environ):
        content = _content_of(path)
        user = _in_auths(content, hosts)
        if user is None and helpers:
            user = _from_helper(content, hosts, environ)
        if user is not None:
            return user
    return None


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = environ.get("HOME", "")
    docker = environ.get("DOCKER_CONFIG") or (f"{home}/.docker" if home else "")
    if docker:
        yield Path(docker, "config.json")
    if environ.get("REGISTRY_AUTH_FILE"):
        yield Path(environ["REGISTRY_AUTH_FILE"])
    if environ.get("XDG_RUNTIME_DIR"):
        yield Path(environ["XDG_RUNTIME_DIR"], "containers", "auth.json")


def _content_of(path: Path) -> JSONObject:
    """Return the content of a file, or {} if it is missing or can't be parsed."""
    try:
        with path.open("rb") as file:
            value: JSON = json.loads(file.read(_MAX_FILE))
    except (OSError, ValueError, RecursionError):
        return {}
    return as_object(value)


def _bare(key: str) -> str:
    """Return the host that a key of `auths` refers to, or "" if it names a namespace."""
    host, _, path = re.sub(r"^https?://", "", key.lower()).partition("/")
    return without_default_port(host) if path.strip("/") in {"", "v1", "v2"} else ""


def _in_auths(content: JSONObject, hosts: tuple[str, ...]) -> User | None:
    entries = as_object(content.get("auths")).items()
    users = (_user_in(as_object(entry)) for key, entry in entries if _bare(key) in hosts)
    return next(filter(None, users), None)


def _user_in(entry: JSONObject) -> User | None:
    """Return the user in an entry: an identity token, or `auth` (base64 of user:password)."""
    if identity := as_text(entry.get("identitytoken")):
        return User(_IDENTITY, identity, is_identity=True)
    auth = as_text(entry.get("auth")).encode("utf-8", "surrogatepass")
    try:
        name, colon, password = base64.b64decode(auth, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return User(name, password.rstrip("\0")) if colon and name else None


def _from_helper(
    content: JSONObject, hosts: tuple[str, ...], environ: Mapping[str, str]
) -> User | None:
    """Ask the credential helper that the file names for this registry, if any."""
    helpers = as_object(content.get("credHelpers")).items()
    choices = [(key, helper) for key, helper in helpers if _bare(key) in hosts]
    if store := as_text(content.get("credsStore")):
        hub = "https://index.docker.io/v1/"
        choices.append((hub if "index.docker.io" in hosts else hosts[0], store))
    for key, helper in choices:
        if isinstance(helper, str) and _HELPER.fullmatch(helper):
            user = _ask_helper(helper, key, environ)
            if user is not None:
                return user
    return None


def _ask_helper(helper: str, key: str, environ: Mapping[str, str]) -> User | None:
    program = f"docker-credential-{helper}"
    try:
        answer = subprocess.run(  # noqa: S603  (--credential-helpers asks for it; the name is checked)
            [program, "get"],
            input=key.encode(),
            capture_output=True,
            timeout=_HELPER_SECONDS,
            check=False,
            env=dict(environ),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RegistryError(f"{program} can't be run") from error
    if answer.returncode != 0:
        return None
    try:
        value = json.loads(answer.stdout)
        name, secret = value["Username"], value["Secret"]
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryError(f"{program} did not answer with a user and a secret") from error
    return User(str(name), str(secret), is_identity=name == _IDENTITY)
