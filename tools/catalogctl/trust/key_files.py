"""Read and write the key files of maintainers: Ed25519 in PEM, private ones as PKCS#8.

Messages never contain anything from a key file.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import NotAFileError, cause
from catalogctl.files.regular_files import read_file
from catalogctl.source.git import lies_in_git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MAX_BYTES = 16 * 1024
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def new_key() -> Ed25519PrivateKey:
    """Return a new private key."""
    return Ed25519PrivateKey.generate()


def check_outside_git(path: Path) -> None:
    """Raise UsageError if private keys at a path would lie in a git repository."""
    if lies_in_git(path.resolve()):
        raise UsageError(
            f"{path} is in a git repository, where a private key would soon be committed:"
            " name a folder outside of it"
        )


def write_private(path: Path, private: Ed25519PrivateKey, passphrase: bytes | None) -> None:
    """Write a private key to a new file that only this user can read."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    data = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    _write_new(path, data, 0o600)


def write_public(path: Path, private: Ed25519PrivateKey) -> None:
    """Write the public half of a key to a new file."""
    public = private.public_key()
    data = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_new(path, data, 0o644)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        handle = os.open(path, _NEW, mode)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(data)
            file.flush()
            os.fsync(handle)
    except FileExistsError:
        raise UsageError(f"{path} exists and is not overwritten: name another place") from None
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error


def read_key_file(path: Path) -> bytes:
    """Return the bytes of a key file. Raise UsageError if it can't be one."""
    try:
        return read_file(path.resolve(), _MAX_BYTES)
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist: name a key file") from None
    except NotAFileError as error:
        raise UsageError(f"{path} {error}") from None
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error


def signer_of(data: bytes, name: str, passphrase: Callable[[str], bytes]) -> CryptoSigner:
    """Return the signer of a private key in PEM; `name` is what messages call its source.

    `passphrase` is called with the name if the key is encrypted. Raise UsageError if the data are
    not an Ed25519 key, or the passphrase is wrong.
    """
    private: object = None
    try:
        private = load_pem_private_key(data, None)
    except TypeError:
        private = _decrypted(data, name, passphrase(name))
    except (ValueError, UnsupportedAlgorithm):
        pass
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(f"{name} holds no private Ed25519 key in PEM (PKCS#8)")
    return signer_with(private)


def signer_with(private: Ed25519PrivateKey) -> CryptoSigner:
    """Return the signer of a private key."""
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))


def _decrypted(data: bytes, name: str, passphrase: bytes) -> object:
    if passphrase:  # cryptography takes no empty one
        with suppress(ValueError, UnsupportedAlgorithm):
            return load_pem_private_key(data, passphrase)
    raise UsageError(f"{name}: the passphrase is wrong")


def public_key(path: Path) -> SSlibKey:
    """Return the key in a file with the public half. Raise UsageError if it is none."""
    public: object = None
    with suppress(ValueError, UnsupportedAlgorithm):
        public = load_pem_public_key(read_key_file(path))
    if not isinstance(public, Ed25519PublicKey):
        raise UsageError(f"{path} holds no public Ed25519 key in PEM (openssl pkey -pubout)")
    return SSlibKey.from_crypto(public)
