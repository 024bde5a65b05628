"""
How a secret is refused to somebody who must act: it is not there, or it may not be read.

Both end in exit code 2; a keeper that does not answer at all is an OutsideError (exit code 4).
"""

from ...model.errors import UsageError
from ...model.secret_settings import Reference


class MissingSecretError(UsageError):
    """There is no such secret where the profile says it is."""


class DeniedSecretError(UsageError):
    """The secret may not be read: no permission, or it lies open to others."""


def missing(place: Reference, *, fix: str | None = None) -> MissingSecretError:
    """Return the error of a secret that is not there."""
    return MissingSecretError(
        f"there is no secret at {place}", fix=fix or "put it there, or mend its place under secrets.names"
    )
