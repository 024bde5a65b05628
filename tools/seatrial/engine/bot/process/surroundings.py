"""
The environment that a bot is started in: little of ours, what its profile says, and the exchange's addresses.

Our own settings and secrets stay out of it. What a record keeps of it has no secret in it: values
of names that sound like one are blotted out, and so are they in the bot's output.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....model.errors import UsageError, Where
from ....model.process import ProcessSettings

HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "LD_LIBRARY_PATH")
BLOT = "***"
_SECRET = re.compile(r"SECRET|TOKEN|PASS|PRIVATE|CREDENTIAL|(?:^|_)(?:API_?)?KEY", re.IGNORECASE)
# Only these: a command line may be full of braces of its own.
_PLACE = re.compile(r"\{(rest|ws_public(?:_\w+)?|ws_private|ws_trade|control|api_key|api_secret)\}")


def is_secret(name: str) -> bool:
    """Return whether a variable of this name holds what nobody else should read."""
    return _SECRET.search(name) is not None


def environment(
    settings: ProcessSettings, ours: Mapping[str, str], addresses: Mapping[str, str], mark: tuple[str, str]
) -> dict[str, str]:
    """
    Return the bot's environment; `mark` is the variable by which it is found again.

    A variable to be handed on that is not set, and an address that there is none of, are errors:
    a bot without its key would otherwise run and prove nothing.
    """
    held = {name: ours[name] for name in HANDED_ON if name in ours}
    for name in settings.pass_env:
        if name not in ours:
            raise UsageError(f"{name} is not set", where=Where(field="bot.process.pass_env"), fix="set it")
        held[name] = ours[name]
    for name, text in settings.env.items():
        held[name] = filled(_secret_again(name, text, ours), addresses, f"bot.process.env.{name}")
    return {**held, mark[0]: mark[1]}


def _secret_again(name: str, text: str, ours: Mapping[str, str]) -> str:
    """Return a value; one that the record blotted out is taken from our own environment."""
    if text != BLOT:
        return text
    if name not in ours:
        where = Where(field=f"bot.process.env.{name}")
        raise UsageError("the record keeps no secrets", where=where, fix=f"set {name} in the environment")
    return ours[name]


def names_address(text: str) -> bool:
    """Return whether a text wants an address of an exchange."""
    return _PLACE.search(text) is not None


def filled(text: str, addresses: Mapping[str, str], field: str) -> str:
    """Return a text with {rest} and the like replaced; other braces are left alone."""

    def address(found: re.Match[str]) -> str:
        if found[1] not in addresses:
            known = ", ".join(addresses) or "none: no exchange is served"
            raise UsageError(
                f"there is no address {found[0]}", where=Where(field=field), fix=f"known: {known}"
            )
        return addresses[found[1]]

    return _PLACE.sub(address, text)


def secrets_of(env: Mapping[str, str]) -> list[str]:
    """Return the values that must not be written down; very short ones would blot out half a log."""
    return [
        value
        for name, value in env.items()
        if is_secret(name) and len(value) >= 4 and not names_address(value)
    ]


def without_secrets(values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a profile as a record may keep them."""
    bot = values.get("bot")
    process = bot.get("process") if isinstance(bot, dict) else None
    env = process.get("env") if isinstance(process, dict) else None
    if not isinstance(bot, dict) or not isinstance(process, dict) or not isinstance(env, dict):
        return values
    kept = {
        name: BLOT if is_secret(name) and not names_address(str(value)) else value
        for name, value in env.items()
    }
    return {**values, "bot": {**bot, "process": {**process, "env": kept}}}


def blotted(document: Any, secrets: Sequence[str]) -> Any:
    """Return a document with these values blotted out of every text in it."""
    if isinstance(document, str):
        for secret in sorted(secrets, key=len, reverse=True):
            document = document.replace(secret, BLOT)
        return document
    if isinstance(document, Mapping):
        return {name: blotted(value, secrets) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [blotted(value, secrets) for value in document]
    return document
