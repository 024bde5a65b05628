import pytest

from seatrial.judge.history import History
from seatrial.judge.kpi import KPIS, Measure

SECOND = 1_000_000_000


def uptime(*samples: tuple[float, str | None, str | None, str | None]) -> Measure:
    """Measure decision samples of (second, mid, own bid, own ask)."""
    history = History.of(
        {
            "ts_ns": int(at_s * SECOND), "kind": "decision", "symbol": "S", "bid": None, "ask": None,
            "mid": mid, "quote_bid": bid, "quote_ask": ask, "position": "0", "equity": "1", "actions": 0,
        }
        for at_s, mid, bid, ask in samples
    )  # fmt: skip
    return KPIS.get("quote_uptime_ratio").measure(history.slice("whole"))


def test_time_counts_and_not_the_number_of_samples() -> None:
    """A bot that acts ten times a second and then falls silent would look busy by its samples."""
    busy = [(at / 10, "100", "99", "101") for at in range(100)]

    found = uptime(*busy, (10.0, "100", None, None), (20.0, "100", None, None))

    assert found.value == pytest.approx(0.5)
    assert found.n == 102


def test_one_side_is_not_quoting() -> None:
    """A bot with one quote out takes a view; it does not make a market."""
    assert uptime((0, "100", "99", None), (10, "100", None, "101"), (20, "100", None, None)).value == 0.0


def test_time_without_a_market_is_nobodys_fault() -> None:
    """Pulling quotes in a data gap is right; coverage_ratio judges the gap."""
    found = uptime(
        (0, "100", "99", "101"), (10, None, None, None), (90, "100", "99", "101"), (100, "100", "9", "1")
    )

    assert found.value == 1.0


def test_no_market_at_all_is_not_measured() -> None:
    """Nothing to quote on is not the same as not quoting."""
    assert uptime((0, None, "1", "2"), (10, None, "1", "2")).value is None
