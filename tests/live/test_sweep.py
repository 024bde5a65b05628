"""The sweep: only the venue's word counts, twice, whatever cancels said."""

from tests.live.stage import NOW_NS, Exchange, MemoryVenue, order

from seatrial.live.sweep import Step, Sweep
from seatrial.model.live_settings import KillSettings

SETTINGS = KillSettings(settle_ms=300, backoff_ms=100, backoff_max_ms=1_000)


def swept(exchange: Exchange, tries: int = 40) -> list[Step]:
    """The steps until zero is confirmed."""
    sweep = Sweep(MemoryVenue(exchange), ("BTCUSDT", "ETHUSDT"), SETTINGS, lambda: NOW_NS)
    steps: list[Step] = []
    while not steps or (steps[-1].confirmed_at_ns is None and len(steps) < tries):
        steps.append(sweep.step())
    return steps


def with_orders(**switches: object) -> Exchange:
    """An account with four orders."""
    exchange = Exchange(**switches)  # type: ignore[arg-type]
    for number in range(4):
        MemoryVenue(exchange).place(order(number, "BTCUSDT" if number % 2 else "ETHUSDT"))
    exchange.asked.clear()
    return exchange


def test_two_empty_snapshots_confirm_zero() -> None:
    """One snapshot can be older than a request that is still on its way."""
    exchange = with_orders()
    steps = swept(exchange)

    assert [(step.open_orders, step.confirmed_at_ns) for step in steps] == [(0, None), (0, NOW_NS)]
    assert steps[0].wait_ms == 300
    assert exchange.orders == {}
    assert exchange.asked == ["cancel_all", "open_orders", "open_orders"]


def test_an_order_that_appears_late_is_cancelled_too() -> None:
    """A kill switch that fired once let the bot's next order stand."""
    exchange = with_orders(late=[order(9)])
    steps = swept(exchange)

    assert exchange.orders == {}
    assert [step.open_orders for step in steps] == [0, 1, 0, 0]


def test_a_venue_that_fails_is_asked_again_with_bounded_patience() -> None:
    """5xx and time-outs say nothing about the orders; the waits grow and stay bounded."""
    exchange = with_orders(failing=30)
    steps = swept(exchange)

    assert exchange.orders == {}
    assert steps[-1].confirmed_at_ns == NOW_NS
    waits = [step.wait_ms for step in steps if step.open_orders is None]
    assert waits[:4] == [100, 200, 400, 800]
    assert max(waits) == 1_000
    assert steps[0].trouble == "503"


def test_what_cancel_all_leaves_is_cancelled_one_by_one() -> None:
    """One symbol of several whose cancel-all does nothing must not stay behind."""
    exchange = with_orders(stubborn={"ETHUSDT"}, whole=False)
    steps = swept(exchange)

    assert exchange.orders == {}
    assert "cancel" in exchange.asked
    assert steps[-1].confirmed_at_ns == NOW_NS


def test_an_incomplete_snapshot_confirms_nothing() -> None:
    """An empty page is not an empty book."""
    exchange = with_orders(complete=False)
    steps = swept(exchange, tries=10)

    assert [step.open_orders for step in steps] == [None] * 10


def test_it_stays_on_watch_after_zero() -> None:
    """Somebody, or something, may place an order an hour later."""
    exchange = with_orders()
    sweep = Sweep(MemoryVenue(exchange), ("BTCUSDT",), SETTINGS, lambda: NOW_NS)
    while sweep.step().confirmed_at_ns is None:
        pass
    MemoryVenue(exchange).place(order(77))

    seen = sweep.step()
    assert (seen.open_orders, seen.confirmed_at_ns) == (1, None)
    assert [sweep.step().open_orders, exchange.orders] == [0, {}]


def test_an_adapter_that_raises_does_not_end_it() -> None:
    """A bug in an adapter is found at the worst moment."""
    exchange = with_orders()

    class Broken(MemoryVenue):
        def cancel_all(self, symbol: str | None = None):  # type: ignore[no-untyped-def] # noqa: ANN202
            raise KeyError("profit")

        def open_orders(self, symbol: str | None = None):  # type: ignore[no-untyped-def] # noqa: ANN202
            if len(exchange.asked) < 3:
                exchange.asked.append("raised")
                raise ZeroDivisionError
            return super().open_orders(symbol)

    sweep = Sweep(Broken(exchange), ("BTCUSDT",), SETTINGS, lambda: NOW_NS)
    steps = [sweep.step() for _ in range(8)]

    assert steps[0].trouble == "ZeroDivisionError: "
    assert exchange.orders == {}
    assert steps[-1].confirmed_at_ns == NOW_NS
