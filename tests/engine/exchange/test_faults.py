from itertools import pairwise
from typing import Any

import pytest
from tests.engine.stage import (
    BID,
    BUY,
    MS,
    SELL,
    T0,
    Act,
    Played,
    Row,
    S,
    Script,
    Watcher,
    book,
    level,
    play,
    printed,
    profile,
)

from seatrial.engine.exchange.faults import SCHEDULED, Draws, Faults
from seatrial.model.profile import FaultSettings

BOOK = book(0, {99: 20, 98: 30}, {101: 20, 102: 30})


def struck(
    faults: dict[str, Any], acts: dict[float, Act], rows: list[Row] | None = None, **more: Any
) -> Played:
    """A run with faults and 1 ms each way."""
    settings = profile(faults=faults, latency={"out_ms": 1, "back_ms": 1})
    return play(rows or BOOK, acts, settings=settings, **more)


def send(px: int = 99) -> Act:
    return lambda desk: desk.submit(BUY, px, 5)


def heard(played: Played) -> list[tuple[Any, ...]]:
    """What the bot heard, in milliseconds."""
    assert isinstance(played.bot, Script)
    return [(each[0] / MS, *each[1:]) for each in played.bot.heard]


# -- requests -------------------------------------------------------------------------------------


def test_a_rejected_order_is_told_and_gone() -> None:
    """The bot may send again."""
    played = struck({"reject_ratio": 1}, {1: send()})

    assert heard(played) == [(3.0, "rejected", 1, "venue_reject")]
    assert played.of("fault", "fault") == ["reject"]
    assert not played.session.desk.orders


def test_a_duplicate_acknowledgement_changes_nothing() -> None:
    """Told twice, accepted once, filled once."""
    played = struck({"duplicate_ack_ratio": 1}, {1: send()}, [*BOOK, printed(9, SELL, 98, 9)])

    assert heard(played) == [(3.0, "accepted", 1, None), (3.0, "accepted", 1, None), (10.0, "fill", 1, 5)]
    assert len(played.of("fill")) == 1


@pytest.mark.parametrize(
    ("ratio", "fault"), [("timeout_ratio", "timeout"), ("server_error_ratio", "server_error")]
)
def test_a_lost_answer_is_unknown_and_may_be_either(ratio: str, fault: str) -> None:
    """A time-out is not a rejection: after 5 s the bot knows that it does not know, later what happened."""
    acts: dict[float, Act] = {1 + k: send(99 - k) for k in range(12)}

    played = struck({ratio: 1}, acts, until_ms=20_000)

    told = heard(played)
    assert {each["fault"] for each in played.of("fault")} == {fault}
    assert [each[:3] for each in told[:12]] == [(5_001 + k, "unknown", 1 + k) for k in range(12)]
    truth = {each[1] for each in told[12:]}
    assert truth == {"accepted", "rejected"}, "both outcomes occur among twelve"
    assert all(each[0] > 10_000 for each in told[12:])
    late = [each["ack_ns"] - each["intended_ns"] for each in played.of("order") if each["event"] in truth]
    assert set(late) == {10_002 * MS}, "the recorded latency is that of the late answer"


def test_an_unknown_order_may_fill() -> None:
    """The exchange took it: the fill arrives while the bot still waits for the answer."""
    acts: dict[float, Act] = {1 + k: send() for k in range(12)}

    played = struck({"timeout_ratio": 1}, acts, [*BOOK, printed(50, SELL, 98, 99)], until_ms=20_000)

    accepted = {number for number, event, _ in played.orders("accepted")}
    assert set(played.of("fill", "order_id")) == accepted
    assert 0 < len(accepted) < 12
    assert heard(played)[0][:2] == (51.0, "fill")


def test_too_many_requests_must_wait() -> None:
    """After a 429 every request is refused until the retry moment, whatever the dice say."""
    faults = Faults(FaultSettings(rate_limited_ratio=0.2, retry_after_ms=1_000), seed=3)
    at_ms, struck_at = 0, None
    while struck_at is None:
        at_ms += 1
        struck_at = at_ms if faults.strike(T0 + at_ms * MS) else None

    assert all(faults.strike(T0 + (struck_at + wait) * MS) == "rate_limited" for wait in range(1, 1_000))
    later = [faults.strike(T0 + (struck_at + 1_000) * MS + k * 2 * S) for k in range(20)]
    assert None in later


def test_a_refused_request_names_the_limit() -> None:
    """The bot sees why."""
    assert heard(struck({"rate_limited_ratio": 1}, {1: send()})) == [(3.0, "rejected", 1, "rate_limited")]


def test_a_struck_cancel_leaves_the_order() -> None:
    """Refused by the venue, the order stands and may be cancelled again."""

    def strike_all(ratio: float) -> Act:
        def set_ratio(desk: Any) -> None:
            desk.core.gateway._faults.suffer(FaultSettings(reject_ratio=ratio))

        return set_ratio

    def cancel(desk: Any) -> None:
        desk.cancel(1)

    played = play(BOOK, {1: send(), 2: strike_all(1), 3: cancel, 4: strike_all(0), 5: cancel})

    assert played.orders("cancel_rejected", "canceled") == [
        (1, "cancel_rejected", "venue_reject"),
        (1, "canceled", None),
    ]


# -- the link ---------------------------------------------------------------------------------------


def test_a_lost_link_delays_answers_and_refuses_requests() -> None:
    """What happens at the exchange goes on; the bot hears of it when the link is back."""
    settings = {"disconnect_per_h": 3_600 * 4, "disconnect_ms": 5_000}
    rows = [*BOOK, *(printed(100 + 50 * k, SELL, 98, 1) for k in range(60))]
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, 60)}
    for ms in range(200, 3_000, 100):
        acts[ms] = send(90)

    played = struck(settings, acts, rows, until_ms=9_000)

    [begins] = [each for each in played.of("fault") if each["fault"] == "disconnect"][:1]
    back_ms = (begins["detail"]["until_ns"] - T0) / MS
    lost = [each for each in played.of("order") if each["reason"] == "disconnected"]
    assert lost
    silent = [each for each in heard(played) if begins["ms"] + 1 < each[0] < back_ms]
    assert silent == []
    during = [each for each in played.of("fill", "ms") if begins["ms"] + 1 < each < back_ms - 2]
    assert during, "the exchange filled us meanwhile"
    assert sum(1 for each in heard(played) if each[0] == back_ms and each[1] == "fill") >= len(during)


# -- data -----------------------------------------------------------------------------------------------


class Looker(Watcher):
    """Looks at the book every 10 ms, and never trades."""

    def on_timer(self, desk: Any) -> None:
        """Look."""
        touch = desk.book()
        self.heard.append((desk.now_ns - T0, "look", 0, touch and (touch.bid, touch.ask)))


class Blind(Script):
    """Sends the same orders whatever it sees."""

    def on_timer(self, desk: Any) -> None:
        """Send one."""
        if len(desk.orders) < 5:
            desk.submit(BUY, 99, 1)


def moving() -> list[Row]:
    """A touch that moves every 20 ms, and a print each time."""
    rows = list(BOOK)
    for k in range(500):
        rows += [level(20 * k + 5, BID, 100, 3 * (k % 2)), printed(20 * k + 6, SELL, 100 - k % 2, 2)]
    return rows


@pytest.mark.parametrize("name", [each for each in SCHEDULED if each != "disconnect"])
def test_a_data_fault_changes_only_what_the_bot_sees(name: str) -> None:
    """The market goes on as it was: a bot that does not look gets the same fills."""
    lengths = {"gap": {"gap_ms": 200}, "stale": {"stale_ms": 200}}.get(name, {})
    faulty = profile(bot_ms=10, faults={f"{name}_per_h": 7_200.0, **lengths})
    rows = moving()

    seen, shown = (play(rows, Looker(), settings=each).bot for each in (profile(bot_ms=10), faulty))
    blind, struck_blind = (play(rows, Blind(), settings=each) for each in (profile(bot_ms=10), faulty))

    assert isinstance(seen, Looker)
    assert isinstance(shown, Looker)
    assert seen.heard != shown.heard
    assert struck_blind.of("fault", "fault")
    assert set(struck_blind.of("fault", "fault")) == {name}
    assert struck_blind.of("fill") == blind.of("fill")
    assert blind.of("fill")


def views(name: str, **more: float) -> tuple[list[Any], list[Any]]:
    """What a bot hears without and with a fault."""
    runs = []
    for faults in ({}, {f"{name}_per_h": 7_200.0, **more}):
        bot = play(moving(), Looker(), settings=profile(bot_ms=10, faults=faults)).bot
        assert isinstance(bot, Looker)
        runs.append(bot.heard)
    return runs[0], runs[1]


def test_a_gap_shows_nothing() -> None:
    """The feed is away: there is no book."""
    plain, shown = views("gap", gap_ms=200)

    assert not [each for each in plain if each[1] == "look" and each[3] is None]
    assert [each for each in shown if each[1] == "look" and each[3] is None]


def test_a_crossed_book_is_shown_crossed() -> None:
    """Bid above ask, for a moment."""
    _, shown = views("crossed")

    assert [each for each in shown if each[1] == "look" and each[3] and each[3][0] > each[3][1]]


def test_a_stale_book_does_not_move() -> None:
    """The same touch again and again while the market moves on."""
    plain, shown = views("stale", stale_ms=1_000)

    def longest(heard: list[Any]) -> int:
        run = best = 0
        last = None
        for each in heard:
            if each[1] == "look" and each[0] < 9 * S:
                run = run + 1 if each[3] == last else 1
                last, best = each[3], max(best, run)
        return best

    assert longest(plain) <= 3
    assert longest(shown) > 50


def test_trades_are_shown_twice() -> None:
    """A repeated message is a second delivery, not a second trade."""
    plain, shown = views("duplicate")

    def trades(heard: list[Any]) -> list[Any]:
        return [each for each in heard if each[1] == "trade"]

    assert len(trades(shown)) > len(trades(plain))
    assert sorted(set(trades(shown))) == sorted(set(trades(plain)))


def test_trades_are_shown_in_the_wrong_order() -> None:
    """Neighbours change places; none is lost."""
    plain, shown = views("out_of_order")

    def sizes(heard: list[Any]) -> list[int]:
        return [each[2] for each in heard if each[1] == "trade"]

    assert sizes(shown) != sizes(plain)
    assert abs(len(sizes(shown)) - len(sizes(plain))) <= 1


# -- the dice ---------------------------------------------------------------------------------------------


def test_draws_go_on_from_their_count() -> None:
    """A resumed run has the same luck."""
    whole, first, second = Draws(7), Draws(7), Draws(7)
    numbers = [whole.below(1_000) for _ in range(20)]
    early = [first.below(1_000) for _ in range(8)]
    second.restore(first.used)

    assert [*early, *(second.below(1_000) for _ in range(12))] == numbers
    assert len(set(numbers)) > 15


def test_a_chance_of_nothing_draws_nothing() -> None:
    """Faults that are off must not shift the luck of those that are on."""
    draws = Draws(1)

    assert not draws.chance(0)
    assert draws.used == 0
    assert all(draws.chance(1) for _ in range(50))
    assert 300 < sum(draws.chance(0.4) for _ in range(1_000)) < 500


def test_timed_faults_come_at_their_rate() -> None:
    """Six an hour, give or take, and never while one is on."""
    faults = Faults(FaultSettings(gap_per_h=6, gap_ms=10_000), seed=5)
    faults.start(T0)
    begun = [s for s in range(100 * 3_600) if faults.begun(T0 + s * S)]

    assert 450 < len(begun) < 750
    assert min(later - earlier for earlier, later in pairwise(begun)) > 10


def test_faults_go_on_from_their_state() -> None:
    """Windows, retry moment and luck survive a save."""
    settings = FaultSettings(gap_per_h=60, disconnect_per_h=30, rate_limited_ratio=0.1)
    whole, saved = Faults(settings, 3), Faults(settings, 3)
    for faults in (whole, saved):
        faults.start(T0)
        for s in range(200):
            faults.begun(T0 + s * S)
            faults.strike(T0 + s * S)
    resumed = Faults(settings, 3)
    resumed.restore(saved.state())

    def onwards(faults: Faults) -> list[Any]:
        moments = [T0 + s * S for s in range(200, 900)]
        return [(faults.begun(at), faults.strike(at), faults.holds("gap", at)) for at in moments]

    assert onwards(whole) == onwards(resumed)
