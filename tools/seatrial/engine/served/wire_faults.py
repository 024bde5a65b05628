"""
Faults on the wire: what goes wrong between a client and the exchange, by schedule or on demand.

The market and the matching are never touched. A fault is told to the record when it takes effect,
not when it is set up: a drill has to know that it bit.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ...model.errors import UsageError, Where
from ...model.profile import FaultSettings, ScheduledFault
from ..exchange.faults import Draws, Faults

NS_PER_MS = 1_000_000
FOREVER = 2**62
# What strikes single requests, in the order in which they are tried.
ON_REQUEST = ("rate_limited", "server_error", "timeout", "reject")
NAMES = {
    "latency": "answers come value_ms later",
    "rate_limited": "429 with the venue's code and reset headers",
    "server_error": "503; the order may have been taken",
    "timeout": "no answer ever; the order may have been taken",
    "reject": "the venue's own server error in a 200",
    "disconnect": "every WebSocket is cut, and none is let in",
    "half_open": "WebSockets stay connected and nothing goes through them any more",
    "gap": "no market data",
    "stale": "the book stands still while trades go on",
    "sequence_gap": "a book delta is lost",
    "crossed": "a book message shows a bid above the ask",
    "duplicate": "executions are told twice",
    "duplicate_ack": "order updates are told twice",
    "late": "executions are told value_ms late",
    "out_of_order": "trades are told in the wrong order",
    "clock_skew": "the venue's clock is value_ms ahead",
    "partial_cancel_all": "cancel-all says yes and leaves a ratio of the orders",
}
# How the profile's older names for how often are spelt.
TIMED = ("disconnect", "gap", "stale", "crossed", "duplicate", "out_of_order")
RATIOS = ("reject", "timeout", "duplicate_ack", "rate_limited", "server_error")


@dataclass
class Fault:
    """One fault in force or to come, in market time."""

    name: str
    from_ns: int
    until_ns: int
    ratio: float = 1.0
    value_ms: float = 0.0
    accepted: bool | None = None
    begun: bool = False
    bitten: bool = False


class WireFaults:
    """Which faults are in force; `tell` writes one that bit into the record."""

    def __init__(
        self, settings: FaultSettings, *, seed: int, tell: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._settings, self._tell = settings, tell
        self._draws, self._timed = Draws(seed), Faults(settings, seed)
        self.faults: list[Fault] = []
        self.bites: dict[str, int] = {}

    def start(self, now_ns: int) -> None:
        """Put the profile's faults in force from this moment on."""
        self._timed.start(now_ns)
        for name in RATIOS:
            ratio = getattr(self._settings, f"{name}_ratio")
            if ratio > 0:
                self.faults.append(Fault(name, now_ns, FOREVER, ratio, self._settings.retry_after_ms))
        for each in self._settings.schedule:
            self.add(each, now_ns)

    def add(self, asked: ScheduledFault, start_ns: int) -> Fault:
        """Schedule a fault, counted from `start_ns`; an unknown name is a `UsageError`."""
        must_exist(asked.fault, "fault")
        begins = start_ns + int(asked.at_s * 1e9)
        fault = Fault(
            asked.fault, begins, begins + int(asked.for_s * 1e9), asked.ratio, asked.value_ms, asked.accepted
        )
        self.faults.append(fault)
        return fault

    def lift(self, names: Iterable[str]) -> None:
        """End these faults now."""
        gone = set(names)
        self.faults = [fault for fault in self.faults if fault.name not in gone]

    def tick(self, now_ns: int) -> list[Fault]:
        """Return the faults that begin by now, and forget those that are over."""
        if not self.faults and not self._timed.windows:
            return []
        for name in self._timed.begun(now_ns):
            self.faults.append(Fault(name, now_ns, self._timed.windows[name].until_ns))
        if not self.faults:
            return []
        self.faults = [fault for fault in self.faults if fault.until_ns > now_ns]
        begun = [fault for fault in self.faults if not fault.begun and fault.from_ns <= now_ns]
        for fault in begun:
            fault.begun = True
        return begun

    def next_ns(self) -> int:
        """Return when the next fault begins or ends."""
        if not self.faults and not self._timed.windows:
            return FOREVER
        moments = [fault.until_ns if fault.begun else fault.from_ns for fault in self.faults]
        return min([*moments, *(window.begins_ns for window in self._timed.windows.values()), FOREVER])

    def held(self, name: str, now_ns: int) -> Fault | None:
        """Return the fault of that name that is in force, None when there is none."""
        for fault in self.faults:
            if fault.name == name and fault.from_ns <= now_ns < fault.until_ns:
                return fault
        return None

    def strikes(self, name: str, now_ns: int) -> Fault | None:
        """Return the fault of that name if it is in force and its chance comes up."""
        fault = self.held(name, now_ns)
        if fault is None or not (fault.ratio >= 1 or self._draws.chance(fault.ratio)):
            return None
        return fault

    def strike(self, now_ns: int) -> Fault | None:
        """Return the fault that strikes this request, None mostly."""
        if not self.faults:
            return None
        for name in ON_REQUEST:
            fault = self.strikes(name, now_ns)
            if fault is not None:
                return fault
        return None

    def taken(self, fault: Fault) -> bool:
        """Tell whether an order whose answer is lost is carried out."""
        return bool(self._draws.below(2)) if fault.accepted is None else fault.accepted

    def below(self, bound: int) -> int:
        """Return a seeded number below a bound."""
        return self._draws.below(bound)

    def bit_once(self, fault: Fault, detail: dict[str, Any]) -> None:
        """Tell the record that a fault which holds for a while has taken effect, the first time."""
        if not fault.bitten:
            fault.bitten = True
            self.bit(fault.name, {**detail, "until_ns": fault.until_ns})

    def bit(self, name: str, detail: dict[str, Any]) -> None:
        """Tell the record that a fault took effect."""
        self.bites[name] = self.bites.get(name, 0) + 1
        self._tell(name, detail)


def must_exist(name: str, field: str) -> None:
    """Refuse a fault that this exchange does not have."""
    if name not in NAMES:
        raise UsageError(
            f"there is no fault {name!r}", where=Where(field=field), fix=f"one of {', '.join(NAMES)}"
        )
