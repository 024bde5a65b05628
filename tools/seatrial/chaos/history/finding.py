"""What a checker found: the answer, why, and the smallest thing that shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from .operation import History

Answer = Literal["valid", "invalid", "unknown"]
BUDGET_S: Final = 50.0


@dataclass(frozen=True)
class Finding:
    """
    The answer to one history; a witness is there whenever it is not valid.

    `vacuous` says that a valid history is valid because nothing in it could have gone wrong.
    """

    history: Answer
    reason: str
    witness: Any = None
    vacuous: bool = False


# A checker takes the history and how many seconds it may think.
Checker = Callable[[History, float], Finding]
