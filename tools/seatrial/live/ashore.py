"""
The end of a live run, however it came: nothing rests at the venue, and the books say what happened.

Withdraw, confirm zero with the venue, take the last fills, seal the journal. An end that could not
confirm zero says so with exit code 4: the orders may still be there.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..engine.venue.port import Venue
from ..model.errors import OutsideError
from .deck import Deck, beat, note_facts, sum_up
from .sweep import Step, Sweep

_LOG = logging.getLogger(__name__)
_PAUSE_S = 0.05
Wait = Callable[[float], object]


@dataclass(frozen=True)
class Ended:
    """How the run ended: why, and whether zero open orders were confirmed."""

    reason: str
    confirmed: bool
    detail: str


def bring_ashore(deck: Deck, venue: Venue, reason: str, wait: Wait | None = None) -> Ended:
    """Stop the bot, confirm zero open orders, and journal the end."""
    wait = wait or threading.Event().wait
    if reason == "guard":
        _in_spite_of(lambda: deck.session.freeze(deck.kill.reason or "stopped"))
    _in_spite_of(lambda: deck.session.withdraw(deck.clock()))
    detail = _confirm_by_switch(deck, wait) if deck.kill.tripped.is_set() else _sweep(deck, venue, wait)
    _in_spite_of(lambda: _settle(deck, wait))
    now_ns = deck.clock()
    _journal_the_end(deck, now_ns, reason)
    return Ended(reason, confirmed=detail is None, detail=detail or "zero open orders confirmed")


def not_confirmed(ended: Ended) -> OutsideError:
    """Return the error of an end that left the account's orders in doubt."""
    return OutsideError(
        f"the run has ended and zero open orders are not confirmed: {ended.detail}",
        fix="look at the venue now; `seatrial live emergency-stop` keeps the next run from trading",
    )


def _confirm_by_switch(deck: Deck, wait: Wait) -> str | None:
    """Wait for the kill switch, which sweeps the whole account over its own connection."""
    deadline = deck.clock() + round(deck.settings.stop_s * 1e9)
    while deck.clock() < deadline:
        _listen(deck)
        if deck.kill.confirmed and (deck.kill.answered or deck.kill.unheard):
            return None
        wait(_PAUSE_S)
    return None if deck.kill.confirmed else f"after {deck.settings.stop_s:g} s the venue has not confirmed it"


def _sweep(deck: Deck, venue: Venue, wait: Wait) -> str | None:
    """Cancel and ask until zero is confirmed for our symbols; the rest of the account is not ours."""
    symbols = [instrument.symbol for instrument in deck.session.scribe.instruments]
    sweep = Sweep(venue, symbols, deck.settings.kill, deck.clock, whole=False)
    deadline = deck.clock() + round(deck.settings.stop_s * 1e9)
    step: Step | None = None
    while step is None or deck.clock() < deadline:
        step = sweep.step()
        _listen(deck)
        if step.confirmed_at_ns is not None:
            return None
        wait(step.wait_ms / 1_000)
    left = "unknown" if step.open_orders is None else str(step.open_orders)
    return f"after {deck.settings.stop_s:g} s open orders are {left} ({step.trouble or 'no answer'})"


def _listen(deck: Deck) -> None:
    """Take answers and statements, without letting the bot act on them."""
    _in_spite_of(lambda: _hear(deck))


def _hear(deck: Deck) -> None:
    now_ns = deck.clock()
    deck.session.at(now_ns)
    for state in deck.poller.states.take():
        deck.session.take_statement(state.statement, state.looked_up)
    deck.session.tick(now_ns)
    note_facts(deck, now_ns)
    beat(deck)


def _in_spite_of(act: Callable[[], object]) -> None:
    """Go on whatever it raises: a full disk or a bot's last word must not leave orders standing."""
    try:
        act()
    except Exception:  # noqa: BLE001 -- see above
        _LOG.exception("the end goes on after an error")


def _settle(deck: Deck, wait: Wait) -> None:
    """Take the last fills and ends into the books, as far as the venue tells them in time."""
    deadline = deck.clock() + round(min(deck.settings.stop_s, 10.0) * 1e9)
    while deck.clock() < deadline:
        _listen(deck)
        found = deck.reconciler.run(deck.clock())
        if found.complete and not deck.session.core.orders:
            return
        wait(0.25)


def _journal_the_end(deck: Deck, now_ns: int, reason: str) -> None:
    note_facts(deck, now_ns)
    if now_ns > deck.from_ns:
        sum_up(deck, now_ns)
    deck.session.finish(now_ns, max(0, deck.index - 1))
    fields = {"reason": reason, "iterations": deck.index, "covered_ns": deck.covered_ns}
    deck.scribe.emit(now_ns, "run_finished", fields)
    deck.journal.sync()
    beat(deck, now=True)
