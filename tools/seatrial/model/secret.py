"""
A secret as a value that never shows itself.

It may stand in a settings object, a traceback, a log call or a debugger's list of variables and
says only its name there. `reveal` is the one door, and what it gives out is known to redaction.
"""

from hmac import compare_digest
from typing import NoReturn, Self

from .errors import InputError
from .redact import KNOWN


class Secret:
    """A named secret value; it cannot be printed, formatted, compared by accident, pickled or dumped."""

    __slots__ = ("__value", "name")

    def __init__(self, name: str, value: str, *, passing: bool = False) -> None:
        try:
            KNOWN.learn(value, passing=passing)
        except ValueError as error:
            raise InputError(
                f"the secret {name!r} cannot be kept out of logs: {error}",
                fix="use the key as the venue issued it; `seatrial secrets rotate` replaces it",
            ) from None
        # Imported here: whoever has no secret needs no guards.
        from .redact_hooks import guard

        guard()
        self.name, self.__value = name, value

    def reveal(self) -> str:
        """Return the value, to be handed straight to what needs it."""
        return self.__value

    def same_as(self, other: "Secret") -> bool:
        """Return whether both hold the same value, in constant time."""
        return compare_digest(self.__value.encode(), other.reveal().encode())

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        """Refuse: a pickle is a file or a message that holds the value."""
        raise TypeError("a secret cannot be pickled: open it again where it is needed")

    def __getstate__(self) -> NoReturn:
        """Refuse, as pickling does."""
        raise TypeError("a secret has no state to give away")
