import json
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.stage import (
    ASK,
    BUY,
    LINEAR,
    SELL,
    T0,
    Act,
    Script,
    Watcher,
    at,
    book,
    funding,
    level,
    play,
    printed,
    profile,
)

from seatrial.engine.bot.strategy import Strategy
from seatrial.engine.session import Session
from seatrial.model.errors import OutsideError, RefusedError, UsageError
from seatrial.model.profile import Profile
from seatrial.model.tape import tape_of

BIDS, ASKS = {99: 20, 98: 30}, {101: 20, 102: 30}
ROWS = [*book(0, BIDS, ASKS), printed(5, SELL, 98, 3), level(9, ASK, 101, 7)]


def send(side: int = BUY, px: int = 99, qty: int = 5, **more: Any) -> Act:
    return lambda desk: desk.submit(side, px, qty, **more)


def session_of(acts: dict[float, Act], events: list[Any], settings: Profile | None = None) -> Session:
    """A session that has started, to be driven by hand."""
    settings = settings or profile()
    made = Session(
        settings, (LINEAR,), lambda *each: events.append(each), seed=1, fast=False, bot=Script(acts)
    )
    made.start(T0)
    return made


# -- the record -----------------------------------------------------------------------------------


def test_events_come_in_the_order_of_market_time() -> None:
    """A journal that goes back in time cannot be resumed or judged."""
    settings = profile(latency={"out_ms": 3, "back_ms": 4, "jitter_ms": 2})

    played = play(ROWS, {1: send(), 2: send(SELL, 101)}, settings=settings, until_ms=50)

    stamps = [ts for ts, _, _ in played.events]
    assert stamps == sorted(stamps)


def test_decisions_are_told_when_the_bot_acts_and_as_samples() -> None:
    """What it saw, what it had standing, how many requests it sent; and now and then although it slept."""
    played = play(ROWS, {2: send()}, until_ms=20_000, settings=profile(bot_ms=1))

    told = played.of("decision", "ms", "actions", "bid", "ask", "mid", "quote_bid", "position")
    acted = [each for each in told if each[1]]
    assert acted == [(2.0, 1, "99", "101", "100", "99", "0")]
    assert 2 <= len(told) <= 6
    assert played.of("decision", "equity")[0] == "1000000000"


def test_a_note_is_the_decisions_reason() -> None:
    """A bot may say why it did nothing."""

    def stay(desk: Any) -> None:
        desk.note("too wild")
        desk.submit(BUY, 98, 1)

    assert play(ROWS, {2: stay}).of("decision", "reason")[-1:] != []
    assert "too wild" in play(ROWS, {2: stay}).of("decision", "reason")


def test_positions_are_told_at_each_mark_and_at_the_end() -> None:
    """Money is exact and adds up; the last one is final."""
    played = play(ROWS, {1: send()}, until_ms=50)

    told = played.of("position", "ms", "qty", "avg_price", "mark", "unrealized", "equity", "final")
    assert told == [
        (50.0, "3", "99", "100", "3", "1000000003", False),
        (50.0, "3", "99", "100", "3", "1000000003", True),
    ]


def test_a_stale_mark_is_the_last_known_one_and_says_so() -> None:
    """An old price is better than none for the balance, and must not pass for a new one."""
    played = play(ROWS, {1: send()}, settings=profile(stale_ms=100), until_ms=5_000)

    assert played.of("position", "mark", "mark_stale")[-1] == ("100", True)


def test_marks_do_not_disturb_the_run() -> None:
    """Iterations are a way to read the record: where they end must not matter to the market."""

    def run(*marks: float) -> list[Any]:
        events: list[Any] = []
        settings = profile(latency={"out_ms": 3, "back_ms": 4})
        session = session_of(
            {1: send(), 7: send(SELL, 101), 30: lambda desk: desk.cancel(2)}, events, settings
        )
        tape, start = tape_of(ROWS), 0
        for number, ms in enumerate([*marks, 60]):
            stop = sum(ts < at(ms) for ts in tape.ts.tolist())
            session.advance(tape.between(start, stop), at(ms))
            session.mark(number, at(ms))
            start = stop
        kept = [(ts, kind, fields) for ts, kind, fields in events if kind not in {"position", "decision"}]
        return [(ts, kind, {**fields, "iteration": 0}) for ts, kind, fields in kept]

    assert run(5) == run() == run(2, 5.5, 9, 33)


def test_the_counts_are_those_of_the_record() -> None:
    """The iteration summary counts what the journal holds."""
    played = play(ROWS, {1: send(), 2: send(SELL, 101)})

    counts = played.session.counts
    assert counts.orders == len(played.orders("submitted")) == 2
    assert counts.fills == len(played.of("fill")) == 1
    assert counts.decisions == len(played.of("decision"))
    assert counts.events == len(ROWS)


# -- modes ----------------------------------------------------------------------------------------


def test_a_full_freeze_cancels_and_lets_nothing_out() -> None:
    """Frozen, every order is an intent that was blocked."""
    events: list[Any] = []
    made = session_of({1: send(), 15: send(), 25: send()}, events)
    made.advance(tape_of(book(0, BIDS, ASKS)), at(10))
    made.mark(0, at(10))

    made.set_mode("frozen", "edge is gone", "min_net")
    made.advance(tape_of([level(20, ASK, 101, 7)]), at(21))
    made.set_mode("normal", "back", "recovery")
    made.advance(tape_of([level(30, ASK, 101, 8)]), at(31))

    told = [(kind, fields.get("level") or fields.get("rule")) for _, kind, fields in events]
    assert [each for each in told if each[0] in {"freeze", "unfreeze", "risk_block"}] == [
        ("freeze", "full"),
        ("risk_block", "frozen"),
        ("unfreeze", "full"),
    ]
    orders = [(fields["order_id"], fields["event"]) for _, kind, fields in events if kind == "order"]
    assert (1, "canceled") in orders
    assert (2, "accepted") in orders


def test_a_partial_freeze_lets_through_what_reduces_the_position() -> None:
    """Long 5: selling up to 5 is allowed, selling 6 or buying is not."""
    events: list[Any] = []
    acts: dict[float, Act] = {
        1: send(BUY, 101, 5, tif="ioc"),
        12: send(BUY, 99, 1),
        13: send(SELL, 101, 6),
        14: send(SELL, 101, 5),
    }
    made = session_of(acts, events)
    made.advance(tape_of(book(0, BIDS, ASKS)), at(10))
    made.mark(0, at(10))

    made.set_mode("reduce_only", "soft bound", "partial_net")
    made.set_mode("reduce_only", "again", "partial_net")
    made.advance(tape_of([level(20, ASK, 101, 7)]), at(21))

    assert [fields["level"] for _, kind, fields in events if kind == "freeze"] == ["partial"]
    assert len([1 for _, kind, _ in events if kind == "risk_block"]) == 2
    submitted = [fields for _, kind, fields in events if kind == "order" and fields["event"] == "submitted"]
    assert [(each["side"], each["qty"], each["reduce_only"]) for each in submitted[1:]] == [
        ("sell", "5", True)
    ]


# -- the bot's own faults ---------------------------------------------------------------------------


def test_an_error_of_the_bot_is_the_bots() -> None:
    """It is told as something outside, naming the callback, and not as a crash of ours."""

    def fail(desk: Any) -> None:
        raise ZeroDivisionError("oops")

    with pytest.raises(OutsideError, match=r"on_timer raised ZeroDivisionError: oops"):
        play(ROWS, {2: fail})


def test_a_refusal_passes_through_the_bot_unchanged() -> None:
    """Errors that already say who must act keep saying it."""

    def refuse(desk: Any) -> None:
        raise RefusedError("latched")

    with pytest.raises(RefusedError):
        play(ROWS, {2: refuse})


def test_unknown_arguments_in_mid_run_are_named() -> None:
    """A typo in warm-up arguments must not be a silent default."""
    settings = Profile.model_validate({"bot": {"entry": "reference"}})
    made = Session(settings, (LINEAR,), lambda *_: None, seed=1, fast=False)

    with pytest.raises(UsageError, match="half_sprad_bps"):
        made.start(T0, {"half_sprad_bps": 3})
    made.set_params({"half_spread_bps": 3.0})
    assert vars(made.bot)["half_spread_bps"] == 3.0


def test_the_bot_has_the_last_word() -> None:
    """`on_stop` is called once, then what is still live is cancelled."""
    stopped: list[int] = []

    class Last(Script):
        def on_stop(self, desk: Any) -> None:
            stopped.append(desk.now_ns)

    played = play(ROWS, Last({1: send(px=90)}), until_ms=50)

    assert stopped == [at(50)]
    assert played.orders("cancel_requested") == [(1, "cancel_requested", None)]


# -- saving -------------------------------------------------------------------------------------------


def test_a_session_without_a_tape_can_be_saved() -> None:
    """Killed before the first market row, it starts from there."""
    events: list[Any] = []
    made = session_of({1: send()}, events)
    saved = json.loads(json.dumps(made.state()))
    resumed = Session(
        profile(), (LINEAR,), lambda *e: events.append(e), seed=1, fast=False, bot=Script({1: send()})
    )

    resumed.restore(saved)
    resumed.advance(tape_of(ROWS), at(50))
    resumed.mark(0, at(50))

    assert [fields["qty"] for _, kind, fields in events if kind == "fill"] == ["3"]


def test_a_trade_held_back_by_a_fault_survives_a_save() -> None:
    """Out of order, the bot is owed one trade: resumed, it still gets it."""
    faulty = profile(bot_ms=10, faults={"out_of_order_per_h": 36_000.0})
    prints = [printed(5 + k, k % 2, 99 + 2 * (1 - k % 2), 1 + k) for k in range(400)]
    rows = [*book(0, BIDS, ASKS), *prints]
    whole = play(rows, Watcher(), settings=faulty)

    for cut in range(5, 400, 40):
        resumed = play(rows, Watcher(), settings=faulty, cuts=[cut, cut + 1], saves=True)
        assert json.dumps(resumed.bot.state()) == json.dumps(whole.bot.state())
        assert resumed.text == whole.text


def test_funding_reaches_the_account_that_limits_are_judged_by() -> None:
    """A loss by funding is a loss of the day."""
    rows = [*book(0, BIDS, ASKS), printed(5, SELL, 98, 30), funding(20, "0.5")]
    played = play(rows, {1: send(qty=5)}, until_ms=60)

    [told] = played.of("funding", "amount")
    assert played.session.core.blotter.account.ledgers[0].funding == Decimal(told) != 0


def test_a_plain_strategy_does_nothing() -> None:
    """Every callback has a default, and defaults cost no wake-ups for books and trades."""
    played = play(ROWS, Strategy(), until_ms=50)

    assert {kind for _, kind, _ in played.events} <= {"decision", "position", "wallet"}
    assert played.session.counts.orders == 0
