"""
Looking into an account by hand: compare its books with the venue, or list its orders.

Neither needs the bot, and neither sends an order. `reconcile` writes what it learns into the order
log and therefore needs the account's seat; `orders` only reads.
"""

import os
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ..config.manager import Resolved
from ..engine.execution.core import Execution
from ..engine.execution.order import Order
from ..engine.execution.reconcile import Reconciled, Reconciler, differences
from ..engine.execution.recovery import DurableLog, kept_instruments, recover
from ..engine.grid import money
from ..engine.venue.access import Access
from ..engine.venue.port import Venue
from ..engine.venue_gateway import VenueGateway
from ..engine.venue_view import VenueView
from ..model.instrument import Instrument
from ..model.outcome import Outcome
from ..model.profile import Profile
from ..model.verdict import Verdict
from ..store.clock import utc_now_ns
from ..store.heartbeat import boot_id, started_ns
from ..store.order_log import OrderLogReader
from .books import log_path, opened
from .emergency import HERE
from .keys import venue_keys
from .latch.state import Ack, Presence
from .permission import access_to, symbols_of
from .restart import swept
from .single import seated

_AGAIN_S = 1.0
_TRIES = 8


def reconcile(resolved: Resolved, open_: Callable[[Access], Venue]) -> Outcome:
    """Compare the books with the venue; exit 0 they agree, 1 they do not, 3 it did not answer whole."""
    profile = resolved.profile
    symbols = symbols_of(profile)
    # No permission for real money is needed, and none is given: nothing here places an order.
    access = access_to(profile, venue_keys(profile), real_money=False)
    with ExitStack() as stack:
        now_ns = utc_now_ns()
        presence = _presence(profile, symbols, now_ns)
        stack.enter_context(seated(profile.live.account_folder, presence))
        venue = open_(access)
        stack.callback(venue.close)
        instruments = venue.instruments(symbols)
        books = stack.enter_context(opened(profile, venue, instruments, presence.instance, now_ns))
        gateway = VenueGateway(venue, instruments, books.log.client_id, workers=0)
        view = VenueView(instruments, stale_ms=profile.market.stale_ms)
        log = DurableLog(books.log, books.blotter)
        core = Execution(books.blotter, gateway, view, profile.risk, _tell_nobody, log=log)
        found = _patiently(Reconciler(core, venue))
        return _told(found, core, str(log_path(profile.live, symbols)))


def _patiently(reconciler: Reconciler) -> Reconciled:
    """Ask again while answers are missing; add up what was done."""
    records, actions, pause = 0, list[str](), threading.Event()
    for _ in range(_TRIES):
        found = reconciler.run(utc_now_ns())
        records, actions = records + found.records, [*actions, *found.actions]
        if found.complete:
            break
        pause.wait(_AGAIN_S)
    found.records, found.actions = records, actions
    return found


def _told(found: Reconciled, core: Execution, path: str) -> Outcome:
    verdict = Verdict.PASS if found.settled else Verdict.FAIL if found.unexplained else Verdict.UNKNOWN
    reasons = tuple(differences(found))
    positions = {
        instrument.symbol: money(instrument.qty(core.blotter.position(at)))
        for at, instrument in enumerate(core.blotter.instruments)
    }
    data: dict[str, Any] = {
        "complete": found.complete,
        "records": found.records,
        "actions": found.actions,
        "unexplained": [
            {
                "kind": one.kind,
                "symbol": one.symbol,
                "detail": one.detail,
                "ours": one.ours,
                "theirs": one.theirs,
            }
            for one in found.unexplained
        ],
        "unanswered": found.unanswered,
        "positions": positions,
        "open_orders": len(core.orders),
        "log": path,
    }
    last = {
        Verdict.PASS: "the books agree with the venue",
        Verdict.FAIL: "the books do not agree with the venue",
        Verdict.UNKNOWN: "the venue did not answer whole",
    }[verdict]
    return Outcome(
        "live.reconcile", verdict, reasons, data, (*found.actions, *reasons, f"{verdict.value}  {last}")
    )


def sweeping(profile: Profile, open_: Callable[[Access], Venue]) -> Callable[[int], Ack]:
    """Return what cancels everything of the account from this process and has zero confirmed."""

    def sweep(seq: int) -> Ack:
        # No permission for real money is needed to take orders away, and none is given.
        access = access_to(profile, venue_keys(profile), real_money=False)
        venue = open_(access)
        try:
            return swept(venue, access.symbols, profile.live, (HERE, seq))
        finally:
            venue.close()

    return sweep


def orders(profile: Profile, *, everything: bool) -> Outcome:
    """List the orders of the log: the working ones, or all that it still remembers."""
    path = log_path(profile.live, symbols_of(profile))
    reader = OrderLogReader(path)
    try:
        instruments = kept_instruments(reader)
        blotter = recover(reader, instruments)
    finally:
        reader.close()
    known = [*blotter.orders.values(), *(blotter.ended.values() if everything else ())]
    rows = [_row(order, instruments) for order in sorted(known, key=lambda order: order.order_id)]
    positions = {
        instrument.symbol: money(instrument.qty(blotter.position(at)))
        for at, instrument in enumerate(instruments)
    }
    data = {"orders": rows, "positions": positions, "log": str(path)}
    count = len(blotter.orders)
    lines = (
        *_table(rows),
        *(f"{symbol} {qty}" for symbol, qty in positions.items()),
        f"{count} working orders",
    )
    return Outcome("live.orders", data=data, lines=lines)


def _row(order: Order, instruments: Sequence[Instrument]) -> dict[str, Any]:
    instrument = instruments[order.instrument]
    return {
        "number": order.order_id,
        "client_id": order.client_id,
        "venue_id": order.venue_id,
        "symbol": instrument.symbol,
        "side": "buy" if order.side == 0 else "sell",
        "type": order.kind,
        "tif": order.tif,
        "price": None if order.kind == "market" else money(instrument.price(order.px)),
        "qty": money(instrument.qty(order.qty)),
        "filled": money(instrument.qty(order.filled)),
        "status": order.status,
        "sent_ns": order.sent_ns,
        "reduce_only": order.reduce_only,
    }


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        price = row["price"] or "market"
        yield (
            f"{row['client_id']:24} {row['symbol']:12} {row['side']:4} {price:>14} "
            f"{row['filled']:>12} of {row['qty']:<12} {row['status']}"
        )


def _presence(profile: Profile, symbols: tuple[str, ...], now_ns: int) -> Presence:
    return Presence(
        instance="reconcile",
        account=profile.live.account,
        symbols=symbols,
        pid=os.getpid(),
        pid_started_ns=started_ns(),
        boot_id=boot_id(),
        host=platform.node(),
        record=str(Path.cwd()),
        since_ns=now_ns,
    )


def _tell_nobody(_what: str, _order: Order | None, **_more: Any) -> None:
    """Tell nobody: there is no journal without a run."""
