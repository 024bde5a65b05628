"""The bundled bots, one registry; a profile may also name `module:attribute` of a Strategy."""

from ...model.registry import Registry
from .crosser import Crosser
from .joiner import Joiner, PlainJoiner
from .leaker import Leaker
from .reference import ReferenceMaker
from .sleeper import Sleeper
from .strategy import Strategy

BOTS: Registry[type[Strategy]] = Registry("bot")
BOTS.add("reference", ReferenceMaker)
BOTS.add("crosser", Crosser)
BOTS.add("leaker", Leaker)
BOTS.add("sleeper", Sleeper)
BOTS.add("joiner", Joiner)
BOTS.add("plain_joiner", PlainJoiner)
