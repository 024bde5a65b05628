import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.edge_sentinel.quotes import read_quotes
from seatrial.edge_sentinel.trades import Tape, read_trades, tape_shares
from seatrial.judge.money import PARTS
from seatrial.model.errors import InputError

SECOND = 10**9


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def trade(**cells: Any) -> dict[str, Any]:
    """One own buy at 100 a second in, whatever else is said."""
    return {"symbol": "A", "ts_ms": 1_000, "side": "B", "price": 100.0, "qty": 2.0, **cells}


def quote(ts_ms: int, bid: float | None, ask: float | None, symbol: str = "A") -> dict[str, Any]:
    """One quote."""
    return {"symbol": symbol, "ts_ms": ts_ms, "best_bid": bid, "best_ask": ask}


def tape(folder: Path, trades: list[dict[str, Any]], quotes: list[dict[str, Any]], stale_s: int = 5) -> Tape:
    """Trades between quotes."""
    fills, book = written(folder / "fills.jsonl", trades), written(folder / "quotes.jsonl", quotes)
    return Tape(read_trades(fills), read_quotes(book), stale_s * SECOND)


def parts(found: Tape, horizon_s: int = 1) -> dict[str, Decimal]:
    """The addends of the only trade, by name."""
    rows, reason = tape_shares(found, horizon_s * SECOND)
    assert (len(rows), reason) == (1, "")
    return dict(zip(PARTS, rows[0].parts, strict=True))


def test_a_buy_above_the_mid_costs_and_one_below_earns(tmp_path: Path) -> None:
    """The sign that the earlier toolkit had turned round: worse than the mid is a loss."""
    quotes = [quote(1_000, 99.0, 101.0)]

    above = parts(tape(tmp_path, [trade(price=101.0)], quotes))
    below = parts(tape(tmp_path, [trade(price=99.0)], quotes))

    assert (above["gross"], below["gross"]) == (Decimal(-2), Decimal(2))


def test_a_sell_is_the_mirror_of_a_buy(tmp_path: Path) -> None:
    """The mid rises by one after the fill: good for the buyer, bad for the seller, to the cent."""
    quotes = [quote(1_000, 99.5, 100.5), quote(2_000, 100.5, 101.5)]

    buy, sell = (parts(tape(tmp_path, [trade(side=side)], quotes)) for side in ("buy", "S"))

    assert buy["adverse"] == -sell["adverse"] == Decimal(2)


def test_the_mid_is_the_last_one_known_then(tmp_path: Path) -> None:
    """A quote from after the fill would let the audit see the future."""
    quotes = [quote(900, 99.0, 101.0), quote(1_001, 109.0, 111.0)]

    assert parts(tape(tmp_path, [trade()], quotes))["gross"] == 0


def test_what_the_fill_states_comes_before_the_quotes_and_is_counted_where_they_differ(
    tmp_path: Path,
) -> None:
    """The bot's own mid is what it saw; that the two differ is a finding, not a choice in silence."""
    found = tape(tmp_path, [trade(mid_before=100.5, mid_after_1s=100.25)], [quote(1_000, 99.5, 100.5)])

    said = parts(found)

    assert (said["gross"], said["adverse"], said["inventory"]) == (
        Decimal("1.0"),
        Decimal("-0.50"),
        Decimal("-0.50"),
    )
    assert found.disagreements() == 1


@pytest.mark.parametrize(
    "quotes",
    [
        [quote(-9_000, 99.0, 101.0), quote(1_500, 99.0, 101.0)],
        [quote(900, 99.0, None), quote(1_500, 99.0, 101.0)],
        [quote(900, 101.0, 99.0), quote(1_500, 99.0, 101.0)],
        [quote(900, 99.0, 101.0), quote(1_900, 101.0, 99.0), quote(9_000, 99.0, 101.0)],
    ],
    ids=["stale", "one-sided", "crossed", "crossed later"],
)
def test_a_mid_that_is_not_there_is_missing_and_not_zero(
    tmp_path: Path, quotes: list[dict[str, Any]]
) -> None:
    """Such a fill goes to `unattributed`, at the mark, so that the sum still closes."""
    found = tape(tmp_path, [trade(price=99.0)], quotes)
    rows, _ = tape_shares(found, SECOND)

    assert rows[0].missing
    assert dict(zip(PARTS, rows[0].parts, strict=True))["unattributed"] == Decimal(2)


@pytest.mark.parametrize(
    ("cells", "fee"),
    [({"fee_bps": 1.0}, "-0.02"), ({"fee_bps": -0.5}, "0.010"), ({"fee": -0.3}, "-0.3"), ({}, "0")],
)
def test_a_fee_is_its_cash_effect(tmp_path: Path, cells: dict[str, Any], fee: str) -> None:
    """A rate of a schedule is a cost when positive; a rebate must be able to be income."""
    assert parts(tape(tmp_path, [trade(**cells)], [quote(1_000, 99.0, 101.0)]))["fees"] == Decimal(fee)


def test_the_same_fill_twice_counts_once(tmp_path: Path) -> None:
    """A replayed message must not double the edge."""
    found = read_trades(written(tmp_path / "fills.jsonl", [trade(fill_id=1), trade(fill_id=1)]))

    assert (len(found.rows), found.findings["duplicate_fills"]) == (1, 1)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"side": "up"}, "side"),
        ({"price": "nan"}, "price"),
        ({"qty": 0}, "qty"),
        ({"symbol": None}, "symbol"),
        ({"ts_ms": None}, "timestamp"),
        ({"fee_bps": "free"}, "fee_bps"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_field(tmp_path: Path, cells: dict[str, Any], field: str) -> None:
    """Nothing is skipped in silence: what is left out of an account makes it look whole."""
    path = written(tmp_path / "fills.jsonl", [trade(), trade(**cells)])

    with pytest.raises(InputError) as found:
        read_trades(path)

    assert (found.value.where.file, found.value.where.line, found.value.where.field) == (str(path), 2, field)


def test_an_id_with_two_meanings_is_refused(tmp_path: Path) -> None:
    """Same id, other price: a correction or a mix-up, and either way no account."""
    with pytest.raises(InputError, match="another fill"):
        read_trades(written(tmp_path / "f.jsonl", [trade(id=1), trade(id=1, price=101.0)]))


ROW = st.tuples(
    st.integers(0, 20_000),
    st.sampled_from("BS"),
    st.integers(9_000, 11_000),
    st.integers(1, 50),
    st.integers(-3, 3),
)
QUOTE = st.tuples(st.integers(0, 20_000), st.integers(9_000, 11_000), st.integers(-2, 20))


@settings(max_examples=60, deadline=None)
@given(trades=st.lists(ROW, min_size=1, max_size=12), quotes=st.lists(QUOTE, min_size=1, max_size=20))
def test_the_parts_of_every_file_add_up_to_what_it_earned(
    tmp_path_factory: pytest.TempPathFactory, trades: list[tuple[Any, ...]], quotes: list[tuple[Any, ...]]
) -> None:
    """Net is `sum s q (M - p)` and the fees, whatever was missing: computed here without any mid."""
    rows = [trade(ts_ms=ts, side=side, price=p / 100, qty=q, fee_bps=fee) for ts, side, p, q, fee in trades]
    book = [quote(ts, mid / 100, (mid + width) / 100) for ts, mid, width in sorted(quotes)]
    found = tape(tmp_path_factory.mktemp("tape"), rows, book)
    mark = found.mark("A")
    shares, reason = tape_shares(found, SECOND)

    if mark is None:
        assert (shares, "no mid of A" in reason) == ((), True)
        return
    signs = {"B": 1, "S": -1}
    earned = sum(signs[side] * q * (float(mark) - p / 100) for _, side, p, q, _ in trades)
    paid = sum(p / 100 * q * fee / 1e4 for _, _, p, q, fee in trades)
    assert float(sum(row.net for row in shares)) == pytest.approx(earned - paid, abs=1e-9)
