"""
The books of an account: its durable order log, and their agreement with the venue before trading.

Trading begins only when complete snapshots explain everything. What cannot be explained is told
and refused: a bot that trades on a position that it does not understand makes it larger.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ..engine.execution.blotter import Blotter
from ..engine.execution.reconcile import Reconciled, Reconciler, differences
from ..engine.execution.recovery import in_flight, keep_instruments, recover
from ..engine.venue.port import Venue
from ..model.errors import OutsideError, RefusedError, Where
from ..model.instrument import Instrument
from ..model.live_settings import LiveSettings
from ..model.profile import Profile
from ..store.order_log import OrderLog

_NAME_MAX = 100
_AGAIN_S = 1.0


@dataclass(frozen=True)
class Books:
    """The log of one set of symbols, and the blotter that it describes."""

    log: OrderLog
    blotter: Blotter


def log_path(settings: LiveSettings, symbols: Sequence[str]) -> Path:
    """Return where the order log of these symbols is."""
    name = "-".join("".join(char if char.isalnum() else "_" for char in symbol) for symbol in symbols)
    if len(name) > _NAME_MAX:
        name = f"{len(symbols)}-symbols-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return settings.account_folder / "orders" / f"{name}.sqlite"


@contextmanager
def opened(
    profile: Profile, venue: Venue, instruments: Sequence[Instrument], instance: str, now_ns: int
) -> Iterator[Books]:
    """Open the log for writing and recover the books from it; hold the symbols' seats while you do."""
    path = log_path(profile.live, tuple(instrument.symbol for instrument in instruments))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            f"cannot make the folder of the order log: {error.strerror}", where=Where(str(path))
        ) from error
    log = OrderLog.open(path)
    try:
        keep_instruments(log, instruments)
        opening = _opening(log, venue, instruments)
        blotter = recover(log, instruments, fees=profile.exchange.fees, opening=opening)
        _spread(blotter, opening)
        log.begin(now_ns, os.getpid(), instance)
        yield Books(log, blotter)
    finally:
        log.close()


def _opening(log: OrderLog, venue: Venue, instruments: Sequence[Instrument]) -> dict[str, Decimal]:
    """Return the wallet when the log began; asked of the venue once in the log's life."""
    kept = log.meta("opening")
    if kept is None:
        wallet = venue.balances()
        currencies = sorted({instrument.settle for instrument in instruments})
        kept = json.dumps({currency: str(wallet.get(currency, Decimal(0))) for currency in currencies})
        log.set_meta("opening", kept)
    return {currency: Decimal(amount) for currency, amount in json.loads(kept).items()}


def _spread(blotter: Blotter, opening: dict[str, Decimal]) -> None:
    """Give each currency's opening balance to one ledger: the sum of their equities is the account's."""
    left = dict(opening)
    for ledger in blotter.account.ledgers:
        ledger.opening = left.pop(ledger.instrument.settle, Decimal(0))


def agree(
    reconciler: Reconciler, *, now_ns: Callable[[], int], pause: Callable[[float], object], patience_s: float
) -> Reconciled:
    """
    Reconcile until the books agree; what is unexplained is a `RefusedError`, silence an `OutsideError`.

    Asked again while answers are missing: an order may be too young to be missed.
    """
    deadline = now_ns() + round(patience_s * 1e9)
    while True:
        found = reconciler.run(now_ns())
        if found.settled:
            return found
        if found.complete or now_ns() >= deadline:
            break
        pause(_AGAIN_S)
    told = "; ".join(differences(found)[:5])
    if found.unexplained:
        raise RefusedError(
            f"the books and the venue do not agree: {told}",
            fix="settle it at the venue, or look at `seatrial live reconcile` and `seatrial live orders`",
        )
    raise OutsideError(f"the venue did not answer whole: {told}", fix="start again when it does")


def doubtful(blotter: Blotter) -> int:
    """Return how many orders may or may not have reached the venue when the last process ended."""
    return len(in_flight(blotter))
