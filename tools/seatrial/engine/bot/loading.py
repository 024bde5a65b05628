"""Find a bot by its name in the registry or by `module:attribute`, and make it."""

import importlib
import sys
from pathlib import Path
from typing import Any

from ...model.errors import OutsideError, UsageError, Where
from . import BOTS
from .strategy import Strategy


def load_bot(entry: str, params: dict[str, Any]) -> Strategy:
    """
    Return a new bot.

    A module is looked for where Python looks, then in the current folder. Errors: `UsageError` for
    a name or arguments that do not fit, `OutsideError` when the bot itself raises.
    """
    kind = _find(entry) if ":" in entry else BOTS.get(entry)
    where = Where(field="bot.params")
    try:
        bot = kind(**params)
    except TypeError as error:
        raise UsageError(f"the bot {entry!r} does not take these arguments: {error}", where=where) from error
    except Exception as error:
        raise OutsideError(f"the bot {entry!r} could not start: {error!r}", where=where) from error
    if not isinstance(bot, Strategy):
        raise UsageError(
            f"{entry!r} makes a {type(bot).__name__}, not a Strategy", where=Where(field="bot.entry")
        )
    return bot


def _find(entry: str) -> Any:
    module_name, _, attribute = entry.partition(":")
    where = Where(field="bot.entry")
    here = str(Path.cwd())
    if here not in sys.path:
        # At the end: a user's folder must never stand in for a module of ours.
        sys.path.append(here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UsageError(f"no module {error.name!r} for the bot {entry!r}", where=where) from error
    except Exception as error:
        raise OutsideError(f"the bot's module {module_name!r} raised {error!r}", where=where) from error
    if not hasattr(module, attribute):
        raise UsageError(f"the module {module_name!r} has no {attribute!r}", where=where)
    return getattr(module, attribute)
