"""A value shown to a person: only when asked for by name, and only where nobody records it."""

from ...model.errors import UsageError
from ...model.secret import Secret
from ...model.secret_settings import SecretsSettings
from .opening import Access, note, open_secret, place_of


def revealed(settings: SecretsSettings, name: str, purpose: str, access: Access, *, open_end: bool) -> Secret:
    """
    Return the secret to be printed; with an `open_end` (a pipe, a file, a JSON document) refuse.

    The refusal is in the access log too: it shows where somebody tries.
    """
    if open_end:
        place = place_of(settings, name)
        note(access, name, place, purpose, ("refused", "stdout is no terminal"))
        raise UsageError(
            f"the value of {name} is printed to a terminal only",
            fix="leave out --json; --force prints it into a pipe",
        )
    return open_secret(settings, name, f"reveal: {purpose}", access)
