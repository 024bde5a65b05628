"""A live record says the same things in the same words as a simulated one."""

from typing import Any

from tests.engine.execution.market import Desk, Paper, fill

from seatrial.engine.venue_scribe import VenueScribe
from seatrial.model.profile import ExchangeSettings

S = 1_000_000_000


def written() -> tuple[Desk, VenueScribe, list[tuple[int, str, dict[str, Any]]]]:
    """A desk whose events are written down."""
    events: list[tuple[int, str, dict[str, Any]]] = []
    desk = Desk(Paper())
    scribe = VenueScribe(desk.core, desk.view, ExchangeSettings(), lambda *each: events.append(each))
    desk.core._tell = scribe.record
    desk.core.listener = scribe.heard
    return desk, scribe, events


def test_an_orders_life_is_told_in_the_journals_words() -> None:
    """Submitted, accepted, partly filled, asked to go, gone."""
    desk, scribe, events = written()
    desk.send()
    desk.answers()
    desk.core.filled(fill(1, "t1", qty=4, fee="-0.08"))
    desk.core.cancel(1)
    scribe.why(1, "as you wish")
    desk.core.record("cancel", 1)

    told = [fields for _, kind, fields in events if kind == "order"]
    assert [each["event"] for each in told] == [
        "submitted", "accepted", "partially_filled", "cancel_requested", "canceled",
    ]  # fmt: skip
    assert told[-1]["reason"] == "as you wish"
    assert told[1]["ack_ns"] == desk.core.now_ns
    assert {each["client_id"] for each in told} == {"c1"}


def test_a_fill_is_told_with_fee_and_mid_and_no_invented_queue() -> None:
    """What only a simulation knows is null."""
    desk, _, events = written()
    desk.send()
    desk.core.filled(fill(1, "t1", qty=4, fee="-0.08"))

    [told] = [fields for _, kind, fields in events if kind == "fill"]
    assert (told["price"], told["qty"], told["fee"], told["mid"]) == ("100", "0.004", "-0.08", "100")
    assert told["queue_ahead_before"] is None
    assert told["cause"] == "venue"
    assert told["evidence"]["trade_id"] == "t1"


def test_mark_outs_are_the_mids_that_were_seen_and_missing_ones_stay_missing() -> None:
    """At the end everything that is still due is told as far as it came."""
    desk, scribe, events = written()
    desk.send()
    start = desk.core.now_ns
    desk.core.filled(fill(1, "t1", qty=4))
    desk.view.now_ns = start + 6 * S
    scribe.look(start + 6 * S)
    assert not [kind for _, kind, _ in events if kind == "markout"]

    scribe.look(start + 7 * S, final=True)

    [told] = [fields for _, kind, fields in events if kind == "markout"]
    assert told["mids"]["5"] == "100"
    assert told["mids"]["300"] is None


def test_blocks_and_freezes_are_told() -> None:
    """With rule, limit and value."""
    desk, _, events = written()
    desk.core.hold("operator", "frozen", "a look")
    desk.send()

    kinds = {kind: fields for _, kind, fields in events}
    assert kinds["freeze"] == {"scope": "all", "level": "full", "guard": "operator", "reason": "a look"}
    assert kinds["risk_block"]["rule"] == "frozen"


def test_the_final_position_is_the_cores() -> None:
    """Money of a live run comes from what the venue stated."""
    desk, scribe, events = written()
    desk.core.filled(fill(0, "t1", qty=4, fee="-0.08"))
    scribe.position(desk.core.now_ns, 0, 2_020, final=True)
    told = events[-1][2]
    assert (told["qty"], told["fees"], told["unrealized"]) == ("0.004", "-0.08", "0.004")
