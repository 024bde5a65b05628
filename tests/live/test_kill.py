"""The kill switch: it stops a bot whose loop, books, connection or control channel do not work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.live.drill import CASES, drill
from tests.live.stage import Exchange, MemoryVenue, eventually, order, presence

from seatrial.live.emergency import Patience, clear, stop
from seatrial.live.kill import KillSwitch, Rigging
from seatrial.live.latch.file import FileChannel
from seatrial.live.latch.witness import Witness
from seatrial.model.errors import RefusedError
from seatrial.model.live_settings import KillSettings, LatchSettings
from seatrial.store.clock import utc_now_ns

LATCH = LatchSettings(poll_ms=10, misses=3, timeout_ms=50)
KILL = KillSettings(settle_ms=5, backoff_ms=1, backoff_max_ms=20, recheck_ms=50, dead_man_ms=1_000)
WAIT = Patience(wait_ns=5 * 10**9)


def witness(tmp_path: Path) -> Witness:
    """The latch, as any process sees it."""
    return Witness(FileChannel(tmp_path / "latch", "main"), "main", tmp_path, utc_now_ns)


@contextmanager
def running(
    tmp_path: Path, exchange: Exchange, frozen: Callable[[str], None] = lambda _: None, **more: Any
) -> Iterator[KillSwitch]:
    """A kill switch at work beside a run that has four orders."""
    latch = witness(tmp_path)
    latch.prepare()
    for number in range(4):
        MemoryVenue(exchange).place(order(number))
    rigging = Rigging(latch, presence(), MemoryVenue(exchange), LATCH, KILL, frozen)
    switch = KillSwitch(replace(rigging, **more))
    with latch.channel.present(presence()):
        switch.start()
        try:
            yield switch
        finally:
            switch.stop()


def test_a_stop_is_acknowledged_and_confirmed(tmp_path: Path) -> None:
    """The earlier system's stop set a flag that the trading process never read."""
    exchange, frozen = Exchange(), list[str]()
    with running(tmp_path, exchange, frozen.append) as switch:
        outcome = stop(witness(tmp_path), "fat finger", WAIT)

        assert outcome.exit_code() == 0
        (row,) = outcome.data["instances"]
        assert (row["instance"], row["confirmed"], row["open_orders"]) == ("run-1", True, 0)
        assert 0 <= row["acked_after_ms"] < 5_000
        assert frozen == ["fat finger"]
        assert exchange.orders == {}
        assert switch.reason == "fat finger"
        assert [fact.what for fact in switch.facts if "dead" not in fact.what] == ["tripped", "confirmed"]


@pytest.mark.parametrize("raises", [ZeroDivisionError("profit"), KeyError("BTC"), SystemExit(3)])
def test_a_core_that_raises_is_stopped_all_the_same(tmp_path: Path, raises: BaseException) -> None:
    """A trigger whose own profit code raised let the bot go on creating orders."""

    def freeze(_: str) -> None:
        raise raises

    exchange = Exchange()
    with running(tmp_path, exchange, freeze):
        assert stop(witness(tmp_path), "stop", WAIT).exit_code() == 0
        assert exchange.orders == {}


def test_a_core_that_hangs_is_stopped_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The freeze waits for a lock that the bot's loop holds for ever."""
    monkeypatch.setattr("seatrial.live.kill._FREEZE_PATIENCE_S", 0.05)
    hangs, exchange = threading.Event(), Exchange()
    with running(tmp_path, exchange, lambda _: [hangs.wait(30)].clear()) as switch:
        assert stop(witness(tmp_path), "stop", WAIT).exit_code() == 0
        assert exchange.orders == {}
        assert "freeze_hangs" in [fact.what for fact in switch.facts]
        hangs.set()


def test_a_hung_main_connection_does_not_matter(tmp_path: Path) -> None:
    """The switch has a connection of its own."""
    exchange, hang = Exchange(), threading.Event()
    main = MemoryVenue(exchange, hang)
    loop = threading.Thread(target=main.open_orders, daemon=True)
    loop.start()
    with running(tmp_path, exchange, venue=main.twin()):
        assert stop(witness(tmp_path), "stop", WAIT).exit_code() == 0
        assert loop.is_alive()
        assert exchange.orders == {}
    hang.set()
    loop.join(10)


def test_it_acknowledges_before_the_venue_has_answered(tmp_path: Path) -> None:
    """A venue that is down must not look like a bot that is deaf: two facts, told apart."""
    exchange, hang = Exchange(), threading.Event()
    with running(tmp_path, exchange, venue=MemoryVenue(exchange, hang)):
        outcome = stop(witness(tmp_path), "stop", Patience(wait_ns=300 * 10**6))

        assert outcome.exit_code() == 1
        assert outcome.reasons == ("run-1 has acknowledged; zero open orders are not confirmed",)
        assert outcome.data["instances"][0]["acked_at_ns"] is not None
        assert witness(tmp_path).look().is_set, "the latch stays set"
        hang.set()


def test_orders_that_appear_after_the_stop_are_cancelled(tmp_path: Path) -> None:
    """A bot that was told to stop and went on placing orders is the first thing in the list of failures."""
    exchange = Exchange()
    with running(tmp_path, exchange) as switch:
        stop(witness(tmp_path), "stop", WAIT)
        MemoryVenue(exchange).place(order(99))

        eventually(lambda: not exchange.orders)
        eventually(lambda: switch.confirmed)
        told = [fact.what for fact in switch.facts if "dead" not in fact.what]
        assert told == ["tripped", "confirmed", "reopened", "confirmed"]


def test_a_second_stop_is_acknowledged_too(tmp_path: Path) -> None:
    """Whoever pulls the brake wants an answer of today, not that of an hour ago."""
    with running(tmp_path, Exchange()):
        assert stop(witness(tmp_path), "first", WAIT).exit_code() == 0
        again = stop(witness(tmp_path), "second", WAIT)

        assert again.exit_code() == 0
        assert again.data["latch"]["reason"] == "first"
        assert [entry["reason"] for entry in again.data["latch"]["entries"]] == ["first", "second"]


def test_clearing_the_latch_does_not_start_a_stopped_run_again(tmp_path: Path) -> None:
    """The next poll of the earlier system found no flag and traded on."""
    with running(tmp_path, Exchange()) as switch:
        stop(witness(tmp_path), "stop", WAIT)
        with pytest.raises(RefusedError):
            clear(witness(tmp_path), "wrong")
        assert clear(witness(tmp_path), "stop").exit_code() == 0

        before = switch.looked_ns
        eventually(lambda: switch.looked_ns > before)
        assert switch.tripped.is_set()
        assert switch.reason == "stop"


def test_an_unreachable_channel_stops_the_run(tmp_path: Path) -> None:
    """The earlier system kept trading while its control was out of reach."""
    exchange, frozen = Exchange(), list[str]()
    with running(tmp_path, exchange, frozen.append) as switch:
        reach = switch._rig.witness.channel

        def lost() -> None:
            from seatrial.live.latch.channel import ChannelError

            raise ChannelError("gone")

        reach.read = lost  # type: ignore[method-assign]
        eventually(lambda: switch.confirmed)

        assert frozen == ["the latch could not be reached 3 times in a row"]
        assert exchange.orders == {}


def test_one_missed_look_stops_nothing(tmp_path: Path) -> None:
    """A blink of the network is not a reason to leave the market; only misses in a row are."""
    with running(tmp_path, Exchange()) as switch:
        real, misses = switch._rig.witness.channel.read, iter([True, True, False] * 4 + [False] * 10_000)

        def flaky() -> Any:
            from seatrial.live.latch.channel import ChannelError

            if next(misses):
                raise ChannelError("blink")
            return real()

        switch._rig.witness.channel.read = flaky  # type: ignore[method-assign]
        eventually(lambda: not switch._misses and next(misses, None) is False)
        assert not switch.tripped.is_set()


def test_a_monitor_s_signal_stops_the_run_and_sets_the_latch(tmp_path: Path) -> None:
    """A restart after a loss limit must not trade on."""
    said: list[str | None] = [None]
    exchange = Exchange()
    with running(tmp_path, exchange, signals=(lambda: said[0],)) as switch:
        said[0] = "loss of the day 2.1 % is beyond 2 %"
        eventually(lambda: switch.confirmed)

        assert witness(tmp_path).look().reason == said[0]
        assert exchange.orders == {}


@pytest.mark.parametrize("error", [KeyError("profit"), SystemExit("profit")])
def test_a_monitor_that_keeps_raising_stops_the_run(tmp_path: Path, error: BaseException) -> None:
    """A monitor that cannot count sees no loss: once may be chance, in a row it is blind."""

    def blind() -> str | None:
        raise error

    with running(tmp_path, Exchange(), signals=(blind,)) as switch:
        eventually(lambda: switch.confirmed)

        assert switch.reason == f"a monitor raised 3 times in a row: {type(error).__name__}: {error}"


def test_the_venue_s_own_switch_is_armed_and_disarmed(tmp_path: Path) -> None:
    """It guards while we run; after a clean stop it must not fire on somebody else's orders."""
    exchange = Exchange()
    with running(tmp_path, exchange):
        eventually(lambda: exchange.armed)
    assert exchange.armed[0] == 1_000
    assert exchange.armed[-1] == 0


def test_after_a_stop_the_venue_s_own_switch_stays_armed(tmp_path: Path) -> None:
    """If something is left after all, the venue cancels it when the time is over."""
    exchange = Exchange()
    with running(tmp_path, exchange):
        eventually(lambda: exchange.armed)
        stop(witness(tmp_path), "stop", WAIT)
    assert 0 not in exchange.armed


def test_a_venue_without_a_switch_says_so(tmp_path: Path) -> None:
    """Who relies on it has to know."""
    exchange = Exchange(switch=False)
    with running(tmp_path, exchange) as switch:
        eventually(lambda: [fact for fact in switch.facts if fact.what == "dead_man_absent"])


def test_a_switch_that_no_longer_looks_is_blind(tmp_path: Path) -> None:
    """The run has to stop itself when nobody could stop it any more."""
    with running(tmp_path, Exchange()) as switch:
        assert switch.blind() is None
        hang = threading.Event()
        switch._rig.witness.look = lambda: hang.wait(30)  # type: ignore[method-assign, assignment, return-value]

        eventually(lambda: "not been looked at" in str(switch.blind()))
        hang.set()


def test_a_venue_that_falls_silent_later_takes_no_confirmation_back(tmp_path: Path) -> None:
    """That it was zero stays true of that moment; only an order that is seen takes it back."""
    exchange = Exchange()
    with running(tmp_path, exchange) as switch:
        assert stop(witness(tmp_path), "stop", WAIT).exit_code() == 0
        exchange.complete = False
        before = len(exchange.asked)
        eventually(lambda: len(exchange.asked) > before + 6)

        assert switch.confirmed
        assert "reopened" not in [fact.what for fact in switch.facts]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_drill_is_acknowledged_in_five_seconds_and_confirmed(tmp_path: Path, case: str) -> None:
    """A process whose loop hangs, whose books raise, whose venue is down, or all of it at once."""
    pytest.importorskip("ccxt", reason="the extra 'venues' is not installed")
    found = drill(tmp_path, case)

    assert found.orders_before == 8
    assert found.exit_code == 0
    assert found.acked_ms is not None
    assert found.acked_ms < 5_000
    assert found.confirmed_ms is not None
    assert found.last_order_gone_ms is not None
    assert found.last_order_gone_ms <= found.confirmed_ms + 50, "confirmed before it was true"
    assert found.orders_after == 0
