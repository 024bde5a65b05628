"""A live session: what the bot hears, when, and what leaves for the venue."""

import pytest
from tests.live.crew import Helm, Noting
from tests.live.stage import NOW_NS, Exchange, order

from seatrial.model.errors import OutsideError

QUOTE = 0


def quoting(**switches: object) -> Helm:
    """A bot that places one bid on its first timer."""
    bot = Noting()
    helm = Helm(Exchange(**switches), bot)  # type: ignore[arg-type]

    def place(desk: object) -> None:
        bot.on = None
        desk.submit(QUOTE, 995, 10)  # type: ignore[attr-defined]

    bot.on = place
    return helm


def test_an_order_leaves_on_the_timer_and_its_answer_is_heard() -> None:
    """From the bot to the book of the venue and back."""
    helm = quoting()
    helm.later(100)
    assert [order.handle.client_id for order in helm.exchange.orders.values()] == ["c1"]
    helm.later(10)

    assert helm.bot.heard == ["timer", ("accepted", "open", None)]
    assert [event["event"] for event in helm.told("order")] == ["submitted", "accepted"]


def test_an_unanswered_order_is_unknown_until_the_venue_shows_it() -> None:
    """A time-out is not a rejection."""
    helm = quoting()
    helm.exchange.failing = 2
    helm.later(100)
    helm.later(10)
    assert helm.bot.heard[-1] == ("unknown", "unknown", "503")
    helm.venue.rest(order(1))
    helm.state()
    helm.later(10)

    assert helm.bot.heard[-1][:2] == ("accepted", "open")


def test_a_fill_is_heard_once_with_the_position_after_it() -> None:
    """The same execution comes with every poll."""
    helm = quoting()
    helm.later(100)
    helm.later(10)
    helm.venue.fill("c1", "0.004")
    helm.state()
    helm.state()
    helm.later(10)

    assert [heard for heard in helm.bot.heard if heard[0] == "fill"] == [("fill", 4, 4)]
    (fill,) = helm.told("fill")
    assert (fill["qty"], fill["liquidity"], fill["fee"]) == ("0.004", "maker", "-0.001")


def test_a_cancel_that_was_taken_is_done_when_the_venue_says_so() -> None:
    """Between the two a fill may still come."""
    helm = quoting()
    helm.later(100)
    helm.bot.on = lambda desk: desk.cancel(1)
    helm.later(100)
    helm.bot.on = None
    helm.later(10)
    assert helm.session.core.orders[1].status == "pending_cancel"
    helm.state()
    helm.later(10)

    assert helm.session.core.orders == {}
    assert helm.bot.heard[-1][:2] == ("canceled", "canceled")


def test_a_late_timer_is_called_once_and_says_how_late() -> None:
    """After a pause of the machine a bot that is called fifty times in a row makes it worse."""
    helm = quoting()
    late_ms = helm.later(5_050)
    helm.later(10)

    assert late_ms == pytest.approx(4_950)
    assert helm.bot.heard.count("timer") == 1
    assert helm.session.next_ns() > helm.now_ns


def test_a_frozen_session_calls_the_bot_no_more_and_lets_nothing_rest() -> None:
    """Whatever comes, the bot does not act on it."""
    helm = quoting()
    helm.later(100)
    helm.later(10)
    heard = list(helm.bot.heard)
    helm.bot.on = lambda desk: desk.submit(QUOTE, 990, 10)
    helm.session.freeze("stop")
    helm.later(200)
    helm.state()
    helm.later(200)

    assert helm.bot.heard == heard
    assert helm.exchange.orders == {}
    assert helm.told("freeze")[0]["reason"] == "stop"


def test_a_bot_that_raises_is_named() -> None:
    """The person to act is its author."""
    helm = quoting()
    helm.bot.on = lambda _: 1 / 0

    with pytest.raises(OutsideError, match="on_timer raised ZeroDivisionError"):
        helm.later(100)


def test_a_market_that_goes_away_is_told_as_a_gap() -> None:
    """Time without a usable book is not covered time."""
    helm = quoting()
    helm.later(100)
    helm.session.tick(helm.now_ns + 10 * 10**9)
    helm.now_ns += 12 * 10**9
    helm.later(100)

    (gap,) = helm.told("gap")
    assert gap["symbol"] == "BTCUSDT"
    assert (gap["from_ns"], gap["to_ns"]) == (NOW_NS + 10_100 * 10**6, NOW_NS + 12_200 * 10**6)


def test_a_decision_is_told_when_the_bot_acts_and_now_and_then() -> None:
    """A quiet bot is seen to be there."""
    helm = quoting()
    helm.later(100)
    for _ in range(20):
        helm.later(100)

    actions = [decision["actions"] for decision in helm.told("decision")]
    assert actions[0] == 1
    assert 2 <= len(actions) <= 5
    assert helm.session.decisions == len(actions)


def test_the_end_cancels_everything_and_says_goodbye() -> None:
    """The bot's last word comes before the cancels, and nothing is left."""
    helm = quoting()
    helm.later(100)
    helm.later(10)
    helm.session.withdraw(helm.now_ns)
    helm.later(10)

    assert helm.exchange.orders == {}
    helm.session.finish(helm.now_ns, 0)
    assert helm.told("position")[-1]["final"] is True
