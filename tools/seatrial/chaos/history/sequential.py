"""
What single objects do when nobody else is there: registers, a mutex, a key-value store.

`step` answers with the next state, or ILLEGAL when the object could not have answered so. An operation
whose answer was not heard is taken at what it asked.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

from .operation import History, Operation, frozen

ILLEGAL: Final = object()

State = Any
Step = Callable[[State, "Call"], State]
# Whether a read can still come true: from this state by what changes it bit by bit; by this other call.
Grows = Callable[[State, "Call"], bool]
Gives = Callable[["Call", "Call"], bool]


@dataclass(frozen=True, slots=True)
class Call:
    """An operation as the search sees it: positions, what it does, and whether it changes anything."""

    called: int
    returned: int | None
    f: str
    asked: Any
    told: Any
    pure: bool
    operation: Operation

    @property
    def kind(self) -> Hashable:
        """Return what makes two calls without an answer interchangeable."""
        return (self.f, self.asked)


@dataclass(frozen=True, slots=True)
class Model:
    """
    An object: its first state and its step; `keyed` splits a history into independent ones.

    With `grows` and `gives` the search turns back as soon as a coming read cannot come true any more. With
    `forgets`, states from which no read at all can come true are one state, None, which its `step` takes.
    """

    first: State
    step: Step
    keyed: bool = False
    grows: Grows | None = None
    gives: Gives | None = None
    forgets: bool = False


def register(state: State, call: Call) -> State:
    """Return what a register holds after a read, a write or a compare-and-set."""
    if call.f == "read":
        return state if call.told == state else ILLEGAL
    if call.f == "write":
        return call.asked
    expected, new = call.asked
    if call.operation.more.get("mismatch"):
        return state if state != expected else ILLEGAL
    return new if state == expected else ILLEGAL


def mutex(state: State, call: Call) -> State:
    """Return who holds the lock; it is nobody's name, only held (True) or free."""
    if call.f == "acquire":
        return ILLEGAL if state else True
    return False if state else ILLEGAL


def kv(state: State, call: Call) -> State:
    """Return the text under one key after a get, a put or an append."""
    if call.f == "get":
        # A store may say that a key was never written with nothing instead of an empty text.
        return state if (call.told or "") == state else ILLEGAL
    if call.f == "put":
        return call.asked
    return None if state is None else state + call.asked


def multi_register(state: State, call: Call) -> State:
    """Return all registers after a transaction; the first read of an unwritten one tells its first value."""
    held = dict(state)
    for f, key, value in call.told:
        if f in {"write", "w"}:
            held[key] = value
        elif held.setdefault(key, value) != value:
            return ILLEGAL
    return frozenset(held.items())


def _same(state: State, read: Call) -> bool:
    return bool(state == read.told)


def _sets(change: Call, read: Call) -> bool:
    return bool((change.asked[1] if change.f == "cas" else change.asked) == read.told)


def _begins(state: State, read: Call) -> bool:
    told = read.told or ""
    return isinstance(told, str) and isinstance(state, str) and told.startswith(state)


def _puts(change: Call, read: Call) -> bool:
    return change.f == "put" and _begins(change.asked, read)


MODELS: Final[dict[str, Model]] = {
    "register": Model(None, register, True, _same, _sets),
    "cas-register": Model(None, register, True, _same, _sets),
    "mutex": Model(False, mutex),
    "kv": Model("", kv, True, _begins, _puts, forgets=True),
    "multi-register": Model(frozenset(), multi_register),
}
PURE: Final = frozenset({"read", "get"})


def calls(history: History, model: Model) -> dict[Hashable, list[Call]]:
    """
    Return the calls of a history by key, without those that say nothing.

    What failed did not happen, and a read that nobody heard constrains nothing.
    """
    independent = model.keyed and _independent(history)
    found: dict[Hashable, list[Call]] = {}
    for operation in history.operations:
        if operation.status == "fail" or (operation.status == "info" and _is_pure(operation)):
            continue
        key, asked, told = operation.more.get("key"), operation.asked, operation.told
        if independent:
            key, asked = asked
            told = told[1] if isinstance(told, list) and len(told) == 2 else told
        found.setdefault(frozen(key), []).append(_call(operation, asked, told))
    return found


def _call(operation: Operation, asked: Any, told: Any) -> Call:
    heard = told if operation.status == "ok" else asked
    return Call(
        operation.called,
        operation.returned,
        operation.f,
        frozen(asked if asked is not None or operation.f in PURE else heard),
        frozen(heard),
        _is_pure(operation),
        operation,
    )


def _is_pure(operation: Operation) -> bool:
    if operation.f == "txn":
        return all(part[0] in {"read", "r"} for part in operation.asked or ())
    return operation.f in PURE or bool(operation.more.get("mismatch"))


def _independent(history: History) -> bool:
    """Whether every value is a [key, value] tuple, which Jepsen writes for independent keys."""
    asked = [operation.asked for operation in history.operations]
    reads = [operation.asked for operation in history.operations if operation.f == "read"]
    return bool(reads) and all(_is_pair(value) for value in asked) and all(pair[1] is None for pair in reads)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2
