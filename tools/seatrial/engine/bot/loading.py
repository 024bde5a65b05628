"""Find a bot by its name in the registry or by `module:attribute`, and make it."""

import importlib
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ...model.errors import SeatrialError, UsageError, Where
from . import BOTS
from .arguments import check_arguments
from .blame import blame
from .strategy import Strategy

_ENTRY = Where(field="bot.entry")
_FORM = "name it module:Class, a subclass of seatrial.engine.bot.strategy.Strategy"


def load_bot(entry: str, params: dict[str, Any]) -> Strategy:
    """
    Return a new bot.

    A module is looked for where Python looks, then in the current folder. Errors: `UsageError` for
    a name or arguments that do not fit, `OutsideError` when the bot itself raises.
    """
    kind = _find(entry) if ":" in entry else BOTS.get(entry)
    if not callable(kind):
        raise UsageError(f"{entry!r} is a {type(kind).__name__}, not a Strategy", where=_ENTRY, fix=_FORM)
    check_arguments(kind, params)
    try:
        bot = kind(**params)
    except SeatrialError:
        raise
    except TypeError as error:
        raise UsageError(
            f"the bot {entry!r} does not take these arguments: {error}",
            where=Where(field="bot.params"),
            fix="correct their names under bot.params",
        ) from error
    except (Exception, SystemExit) as error:
        raise blame(error, f"the bot {entry!r} could not start: it", field="bot.params") from error
    if not isinstance(bot, Strategy):
        raise UsageError(f"{entry!r} makes a {type(bot).__name__}, not a Strategy", where=_ENTRY, fix=_FORM)
    return bot


def _find(entry: str) -> Any:
    module_name, _, attribute = entry.partition(":")
    if not module_name or not attribute:
        raise UsageError(f"{entry!r} names no bot", where=_ENTRY, fix=_FORM)
    here = str(Path.cwd())
    if here not in sys.path:
        # At the end: a user's folder must never stand in for a module of ours.
        sys.path.append(here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"no module {error.name!r} for the bot {entry!r}",
            where=_ENTRY,
            fix="install it, or start in the folder that holds it",
        ) from error
    except (Exception, SystemExit) as error:
        raise blame(error, f"the bot's module {module_name!r}", field="bot.entry") from error
    if not hasattr(module, attribute):
        near = get_close_matches(attribute, dir(module), 1)
        fix = f"did you mean {near[0]!r}?" if near else _FORM
        raise UsageError(f"the module {module_name!r} has no {attribute!r}", where=_ENTRY, fix=fix)
    return getattr(module, attribute)
