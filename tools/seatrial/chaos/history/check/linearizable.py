"""The objects whose histories are judged by searching for an order."""

from functools import partial
from typing import Final

from .. import linear
from ..finding import Checker, Finding
from ..operation import History
from ..sequential import MODELS


def _linear(name: str, history: History, budget_s: float) -> Finding:
    return linear.check(history, MODELS[name], budget_s)


REGISTER: Final[Checker] = partial(_linear, "register")
CAS_REGISTER: Final[Checker] = partial(_linear, "cas-register")
MUTEX: Final[Checker] = partial(_linear, "mutex")
KV: Final[Checker] = partial(_linear, "kv")
MULTI_REGISTER: Final[Checker] = partial(_linear, "multi-register")
