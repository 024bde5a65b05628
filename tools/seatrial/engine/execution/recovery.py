"""
Recovery: from the durable log back to the blotter, exactly as it was.

The newest checkpoint is taken over and the records after it are applied through the blotter's one
door. What was in flight when the process ended may have reached the venue: those orders are then
UNKNOWN, never "not sent", and reconciliation asks the venue.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

import orjson

from ...model.errors import InputError
from ...model.instrument import Instrument
from ...model.profile import FeeSettings
from ...store.order_log import OrderLog, Stored, identity
from .blotter import Blotter, Fields, recorded
from .fills import Fill, Key
from .order import Order
from .states import IN_FLIGHT

CHECKPOINT_EVERY = 20_000


class Readable(Protocol):
    """What recovery reads: the log, or its reader in another process."""

    def latest(self) -> tuple[int, Any] | None:
        """Return the newest checkpoint."""

    def records(self, after: int = 0) -> Iterator[Stored]:
        """Yield the records after a seq."""

    def meta(self, key: str) -> str | None:
        """Return a fact about the log."""


class DurableLog:
    """The core's log over the order log: turns records into JSON, and checkpoints now and then."""

    def __init__(self, log: OrderLog, blotter: Blotter) -> None:
        self.log, self._blotter = log, blotter
        self._since = 0
        blotter.fills.on_evict = self._keep

    def _keep(self, fills: Iterable[Fill]) -> None:
        for fill in fills:
            self.log.keep_fill(identity(*fill.key), fill.fields())

    def append(self, ts_ns: int, kind: str, number: int, fields: Fields) -> None:
        """Take a record; it is on the disk after the next `commit`."""
        self.log.append(ts_ns, kind, number, recorded(fields))
        self._since += 1

    def commit(self) -> None:
        """Wait until every record taken is on the disk."""
        self.log.commit()
        if self._since >= CHECKPOINT_EVERY:
            self._since = 0
            self.log.checkpoint(self._blotter.state())


def keep_instruments(log: OrderLog, instruments: Sequence[Instrument]) -> None:
    """Keep what the numbers of the log mean; other instruments than the log's are refused."""
    wanted = orjson.dumps([i.model_dump(mode="json") for i in instruments]).decode()
    kept = log.meta("instruments")
    if kept is not None and kept != wanted:
        raise InputError(
            "the order log was written for other instruments, or for other filters of them",
            fix="use a folder of its own for each set of symbols",
        )
    log.set_meta("instruments", wanted)


def kept_instruments(log: Readable) -> tuple[Instrument, ...]:
    """Return the instruments that a log was written for."""
    return tuple(Instrument.model_validate(each) for each in orjson.loads(log.meta("instruments") or "[]"))


def recover(
    log: Readable,
    instruments: Sequence[Instrument],
    *,
    fees: FeeSettings | None = None,
    opening: Mapping[str, Decimal] | None = None,
) -> Blotter:
    """Return the blotter that the log describes; it looks evicted fills up in the log."""

    def older(key: Key) -> Fill | None:
        fields = log.fill(identity(*key)) if isinstance(log, OrderLog) else None
        return None if fields is None else Fill.of(fields)

    blotter = Blotter(instruments, fees=fees, opening=opening)
    last, seq = log.latest(), 0
    if last is not None:
        seq, state = last
        blotter.restore(state)
    for stored in log.records(seq):
        blotter.apply(stored.ts_ns, stored.kind, stored.number, stored.fields)
    blotter.fills.look_back(older)
    return blotter


def in_flight(blotter: Blotter) -> list[Order]:
    """Return the orders whose last request may or may not have reached the venue."""
    return [order for order in blotter.orders.values() if order.state in IN_FLIGHT]
