"""Define the errors that end a command, by their cause; `cli/main.py` prints them."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from catalogctl.redaction import redacted


class CatalogctlError(Exception):
    """The base of all errors of this package; `exit_code` is the exit code of the process.

    Messages never contain credentials, so they may be shown anywhere.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


class ApiError(CatalogctlError):
    """A call can't be answered; `code` is the API's code, `pointer` the place in the request."""

    exit_code = 1

    def __init__(self, code: str, message: str, pointer: str = "", *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = redacted(message)
        self.pointer = redacted(pointer)
        self.hint = redacted(hint)

    def to_json(self) -> dict[str, str]:
        """Return the error as `--format json` prints it (product contract, 4)."""
        message = f"{self.message} ({self.hint})" if self.hint else self.message
        return {"error": self.code, "message": message, "pointer": self.pointer}


class UsageError(CatalogctlError):
    """The command was used incorrectly: no catalog here, a folder that catalogctl did not build."""

    exit_code = 2


class SigningError(CatalogctlError):
    """A tree or a root may not be signed, or its signatures do not hold; the message says why."""

    exit_code = 1


class OutsideError(CatalogctlError):
    """Something outside failed, such as a disk, git or the network; the message names it."""

    exit_code = 3


class TrustCode(StrEnum):
    """In which way a published catalog is not what its keys signed."""

    MISSING = "ERROR_TRUST_MISSING"
    SIGNATURE = "ERROR_TRUST_SIGNATURE"
    ROLLBACK = "ERROR_TRUST_ROLLBACK"
    EXPIRED = "ERROR_TRUST_EXPIRED"
    TAMPERED = "ERROR_TRUST_TAMPERED"
    IDENTITY = "ERROR_TRUST_IDENTITY"
    LIMIT = "ERROR_TRUST_LIMIT"
    PINNED = "ERROR_TRUST_PINNED"


class TrustError(OutsideError):
    """A published catalog is not what its keys signed; `code` says in which way."""

    def __init__(self, code: TrustCode, message: str) -> None:
        super().__init__(message)
        self.code = code

    def to_json(self) -> dict[str, str]:
        """Return the error as `--format json` prints it, like that of a call."""
        return {"error": self.code.value, "message": str(self), "pointer": ""}
