from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.judge.components import decompose
from seatrial.judge.history import History
from seatrial.judge.money import PARTS

from .ledger import SECOND, Event, Ledger, iteration, precise, started

WINDOW = 60 * SECOND
PRICE = st.integers(5_000, 15_000).map(lambda ticks: Decimal(ticks) / 10)
MAYBE_PRICE = st.one_of(st.none(), PRICE.map(str), PRICE.map(str), PRICE.map(str))
FILL = st.fixed_dictionaries(
    {
        "at": st.integers(0, WINDOW - 1),
        "lots": st.integers(-50, 50).filter(bool),
        "price": PRICE,
        "mid": MAYBE_PRICE,
        "later": MAYBE_PRICE,
        "matured": st.booleans(),
        "fee_rate": st.sampled_from(["-0.0002", "0.00005", "-0.00055", "0"]),
        "liquidity": st.sampled_from(["maker", "taker"]),
    }
)
ITERATION = st.fixed_dictionaries(
    {"fills": st.lists(FILL, max_size=8), "mark": PRICE, "rate": st.sampled_from(["0", "0.0001", "-0.0003"])}
)
RUN = st.lists(ITERATION, min_size=1, max_size=6)


def journal(run: list[dict[str, Any]], ledger: Ledger) -> list[Event]:
    """The journal of a run: fills, funding, positions, iterations."""
    with precise():
        ledger.events.append(started(ledger))
        for index, window in enumerate(run):
            start = index * WINDOW
            for facts in sorted(window["fills"], key=lambda item: int(item["at"])):
                ledger.fill(start + facts["at"], Decimal(facts["lots"]) / 100, facts["price"], facts)
            ledger.pay(start + WINDOW, Decimal(window["rate"]), window["mark"])
            ledger.book(start + WINDOW, window["mark"], index)
            ledger.events.append(iteration(index, start, start + WINDOW))
    return ledger.events


def ledgers() -> list[Ledger]:
    """One of each kind of contract."""
    return [
        Ledger("LINEAR", inverse=False, size=Decimal("0.1")),
        Ledger("INVERSE", inverse=True, size=Decimal(100)),
        Ledger("SPOT", inverse=False, base_fees=True),
    ]


@settings(max_examples=150, deadline=None)
@given(run=RUN, kind=st.integers(0, 2))
def test_components_add_up_to_the_ledger(run: list[dict[str, Any]], kind: int) -> None:
    """The books close for any fills, gaps, fees, rebates and funding: no number is left over."""
    history = History.of(journal(run, ledgers()[kind]))

    found = decompose(history.slice("whole"))

    assert found.pooled is not None
    assert (found.pooled.residual or 0.0) < 1e-20


@settings(max_examples=100, deadline=None)
@given(run=RUN, kind=st.integers(0, 2), cuts=st.sets(st.integers(1, 5)))
def test_windows_add_up_to_the_whole(run: list[dict[str, Any]], kind: int, cuts: set[int]) -> None:
    """However a run is cut, each window closes, and their money is the money of the whole."""
    history = History.of(journal(run, ledgers()[kind]))
    whole = history.slice("whole")
    edges = [0, *sorted(cut for cut in cuts if cut < len(run)), len(run)]
    slices = [type(whole)(history, "part", first, until - 1) for first, until in pairwise(edges)]

    parts = [decompose(piece).pooled for piece in slices]
    total = decompose(whole).pooled

    assert total is not None
    assert all(part is not None and (part.residual or 0.0) < 1e-20 for part in parts)
    for name in ("net", "fees", "funding", "notional", "ledger"):
        assert abs(sum(getattr(part, name) for part in parts) - getattr(total, name)) < Decimal("1e-20")


def fill(ledger: Ledger, at_s: float, lots: int, price: str, **facts: Any) -> None:
    """One fill with ordinary facts."""
    usual = {"mid": "1000", "later": "1000", "matured": True, "fee_rate": "0", "liquidity": "maker"}
    with precise():
        ledger.fill(int(at_s * SECOND), Decimal(lots), Decimal(price), {**usual, **facts})


def whole(ledger: Ledger, mark: str = "1000") -> Any:
    """The decomposition of one window that ends a minute in."""
    with precise():
        ledger.book(WINDOW, Decimal(mark), 0)
    history = History.of([started(ledger), *ledger.events, iteration(0, 0, WINDOW)])
    return decompose(history.slice("whole")).pooled


def test_each_part_is_what_its_formula_says() -> None:
    """One fill worked by hand: captured 1, lost 3 to the market, gained 5 by holding, paid a fee."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 1, 2, "999", mid="1000", later="997", fee_rate="-0.0002")

    money = whole(ledger, mark="1002")

    expected = {"gross": 2, "adverse": -6, "inventory": 10, "funding": 0, "unattributed": 0}
    assert {name: getattr(money, name) for name in expected} == expected
    assert money.fees == Decimal("-0.0002") * 1998
    assert money.bps("gross") == pytest.approx(2 / 1998 * 1e4)


def test_inverse_is_counted_in_coins_over_reciprocals() -> None:
    """A coin-settled profit taken as if prices were linear is wrong by the price move itself."""
    ledger = Ledger("BTCUSD", inverse=True, size=Decimal(100))
    fill(ledger, 1, 2, "8000", mid="10000", later="12500")

    money = whole(ledger, mark="10000")

    assert money.gross == 200 * (1 / Decimal(8000) - 1 / Decimal(10000))
    assert money.adverse == 200 * (1 / Decimal(10000) - 1 / Decimal(12500))
    assert money.currency == "BTC"


@pytest.mark.parametrize("missing", [{"mid": None}, {"later": None}])
def test_a_missing_mid_is_missing_and_not_zero(missing: dict[str, None]) -> None:
    """What cannot be attributed is counted as such, with its share, and the sum still closes."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 1, 1, "999", **missing)
    fill(ledger, 2, -3, "1001")

    money = whole(ledger, mark="1005")

    assert money.unattributed == 6
    assert money.unattributed_ratio == pytest.approx(999 / (999 + 3003))
    assert money.residual == 0


def test_a_horizon_beyond_the_end_uses_the_mark_and_is_counted() -> None:
    """A window cannot know what came after it; the truncated fill is counted, not guessed."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 58, 1, "999", mid="1000", later="900")

    money = whole(ledger, mark="1003")

    assert (money.adverse, money.inventory, money.truncated) == (3, 0, 1)


def test_a_markout_not_yet_written_is_read_from_the_bots_own_samples() -> None:
    """While a soak runs, fresh fills have no mark-out event; their five seconds are still known."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 1, 1, "999", matured=False)
    sample = dict.fromkeys(("bid", "ask", "quote_bid", "quote_ask"), None)
    for at_s, mid in ((3, "990"), (5, "995"), (8, "800")):
        ledger.events.append({
            "ts_ns": at_s * SECOND, "kind": "decision", "symbol": "BTCUSDT", "mid": mid, "position": "1",
            "equity": "1000", "actions": 0, **sample,
        })  # fmt: skip

    assert whole(ledger).adverse == -5


def test_slippage_counts_takers_only() -> None:
    """A maker chose its price; only who crosses can slip."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 1, 1, "1002", liquidity="taker")
    fill(ledger, 2, 1, "999")

    money = whole(ledger)

    assert money.slippage == -2
    assert money.taker_notional == 1002


def test_a_ledger_that_disagrees_shows_in_the_residual() -> None:
    """If the books and the fills tell different stories, that must be visible before any edge is."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 1, 1, "1000")
    ledger.realized += 1

    assert whole(ledger).residual == pytest.approx(1e-3)


def test_money_that_moved_without_a_trade_is_a_residual() -> None:
    """Equity that changes while nothing was traded or held is the worst kind of error."""
    ledger = Ledger("BTCUSDT", inverse=False)
    ledger.book(0, Decimal(1000), -1)
    ledger.realized += 1

    assert whole(ledger).residual == 1


def test_symbols_pool_in_dollars() -> None:
    """A linear and an inverse symbol are pooled at the run's first mark, so windows still add up."""
    linear, inverse = Ledger("A", inverse=False), Ledger("B", inverse=True, size=Decimal(100))
    fill(linear, 1, 1, "990", later=None, mid="1000", matured=False)
    fill(inverse, 1, 10, "990", matured=False)
    with precise():
        for ledger in (linear, inverse):
            ledger.book(WINDOW, Decimal(1000), 0)
    events = [started(linear, inverse), *linear.events, *inverse.events, iteration(0, 0, WINDOW)]

    found = decompose(History.of(events).slice("whole"))

    assert found.pooled is not None
    assert found.pooled.currency == "USD"
    assert found.pooled.net == pytest.approx(Decimal(10) + 1000 * found.symbols["B"].net)


def test_without_a_ledger_nothing_is_decomposed() -> None:
    """Fills alone do not prove a profit: no position event, no components."""
    ledger = Ledger("BTCUSDT", inverse=False)
    fill(ledger, 1, 1, "1000")

    found = decompose(History.of([started(ledger), *ledger.events]).slice("whole"))

    assert found.pooled is None
    assert "position" in found.reason


def test_parts_are_the_six_of_the_formula() -> None:
    """The sum is over exactly these; slippage is a part of gross and must not count twice."""
    assert PARTS == ("gross", "adverse", "inventory", "fees", "funding", "unattributed")
