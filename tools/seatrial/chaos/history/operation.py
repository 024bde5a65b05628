"""
Operations of a history: what a client asked, what it was told, and when.

An operation whose answer never came (`info`, or no completion at all) may have happened at any later
time or never; taking it for failed is the mistake that hides most violations.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ...model.errors import InputError, Where

Status = Literal["ok", "fail", "info"]
TYPES: Final = frozenset({"invoke", "ok", "fail", "info"})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history: an invocation or its completion; `place` is its line or index in the file."""

    place: int
    process: Any
    type: str
    f: str
    value: Any
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Operation:
    """An invocation and its completion; positions are event numbers, `returned` None is not known."""

    process: Any
    f: str
    asked: Any
    told: Any
    status: Status
    called: int
    returned: int | None
    place: int
    more: dict[str, Any] = field(default_factory=dict)

    def say(self) -> dict[str, Any]:
        """Return the operation as a witness shows it."""
        return {
            "place": self.place,
            "process": self.process,
            "f": self.f,
            "asked": plain(self.asked),
            "told": plain(self.told),
            "status": self.status,
        }


@dataclass(frozen=True)
class History:
    """The operations of one file in the order of their invocations, and the form it was read from."""

    source: str
    form: str
    operations: tuple[Operation, ...]


def pair(events: Iterable[Event], source: str, form: str) -> History:
    """
    Match invocations and completions by process.

    A completion whose process was not seen before belongs to an operation that began before the file
    did. A process that asks again while it waits, or hears twice, is an error of the file.
    """
    operations: list[Operation] = []
    waiting: dict[Any, Operation] = {}
    seen: set[Any] = set()
    for now, event in enumerate(events):
        if event.type not in TYPES:
            raise _refusal(source, event, "type", f"{event.type!r} is no type of an operation")
        client = _client(event)
        if client is None:
            continue
        if event.type == "invoke":
            if client in waiting:
                raise _refusal(source, event, "process", f"process {event.process} asks while it waits")
            waiting[client] = _asked(event, now)
            operations.append(waiting[client])
        else:
            operation = waiting.pop(client, None)
            if operation is None and event.type != "info":
                operation = _older(source, event, fresh=client not in seen)
                operations.insert(0, operation)
            if operation is not None:
                _complete(source, operation, event, now)
        seen.add(client)
    return History(source, form, tuple(operations))


def plain(value: Any) -> Any:
    """Return a value of a history with nothing in it that JSON does not know."""
    if isinstance(value, set | frozenset):
        return sorted((plain(part) for part in value), key=repr)
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return value


def frozen(value: Any) -> Any:
    """Return a value of a history in a form that can be a key."""
    if isinstance(value, list | tuple):
        return tuple(frozen(part) for part in value)
    if isinstance(value, dict):
        return frozenset((key, frozen(part)) for key, part in value.items())
    if isinstance(value, set):
        return frozenset(value)
    return value


def _client(event: Event) -> Any:
    """Who asked; None for what is no client (the one who makes the faults)."""
    if event.process is None:
        return ("", event.f)
    # Jepsen numbers its clients and names its other processes.
    return None if event.process == "nemesis" else event.process


def _asked(event: Event, now: int) -> Operation:
    return Operation(event.process, event.f, event.value, None, "info", now, None, event.place, event.more)


def _older(source: str, event: Event, *, fresh: bool) -> Operation:
    if not fresh:
        raise _refusal(source, event, "process", f"process {event.process} hears what it did not ask")
    return _asked(event, -1)


def _complete(source: str, operation: Operation, event: Event, now: int) -> None:
    if event.f != operation.f:
        raise _refusal(source, event, "f", f"{operation.f!r} was asked and {event.f!r} answered")
    operation.status = event.type if event.type in {"ok", "fail"} else "info"  # type: ignore[assignment]
    operation.returned = now if operation.status != "info" else None
    operation.told = event.value
    operation.more = operation.more | event.more


def _refusal(source: str, event: Event, name: str, message: str) -> InputError:
    fix = "a history is one event a line: process, type (invoke, ok, fail, info), f, value"
    return InputError(message, where=Where(source, event.place, name), fix=fix)
