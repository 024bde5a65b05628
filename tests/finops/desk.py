"""A desk with two books: fills of a market, what a venue would say of them, and mistakes planted in it."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from seatrial.finops.entry import FillRow, Kind, Movement, Row, Source
from seatrial.finops.matching.rules import BreakClass

SECOND = 1_000_000_000
HOUR = 3_600 * SECOND
START = 1_751_328_000 * SECOND  # 2025-07-01T00:00:00Z
D = Decimal
COLUMNS = (
    "ts_ns", "symbol", "side", "price", "qty", "trade_id", "order_id", "fee", "fee_currency", "liquidity",
)  # fmt: skip


def fill(
    at: int = 0,
    *,
    symbol: str = "BTCUSDT",
    side: str = "buy",
    price: str = "60000",
    qty: str = "0.1",
    **more: object,
) -> Row:
    """Return a row with a fill, `at` seconds after the start; `more` are further fields of the fill."""
    values = {
        "trade_id": f"t{at}",
        "order_id": f"o{at // 3}",
        "fee": D("-1.2"),
        "fee_currency": "USDT",
        **more,
    }
    return Row(
        START + at * SECOND, Source("book.csv", at + 2), (),
        FillRow(symbol=symbol, side=side, price=D(price), qty=D(qty), **values),  # type: ignore[arg-type]
        word="fill",
    )  # fmt: skip


def with_fill(row: Row, **changes: object) -> Row:
    """Return the row with fields of its fill changed."""
    assert row.fill is not None
    return replace(row, fill=replace(row.fill, **changes))  # type: ignore[arg-type]


def cash(
    at: int,
    amount: str,
    currency: str = "USDT",
    kind: Kind = Kind.FUNDING,
    *,
    balance: str | None = None,
    **more: object,
) -> Row:
    """Return a row of cash; `more` are further fields of the row."""
    moved = Movement(currency, D(amount), kind, None if balance is None else D(balance))
    return Row(START + at * SECOND, Source("cash.csv", at + 2), (moved,), **more)  # type: ignore[arg-type]


def book(count: int, seed: int = 1) -> list[Row]:
    """Return fills of three markets, about one a second."""
    rng = random.Random(seed)
    markets = {"BTCUSDT": 60_000, "ETHUSDT": 3_000, "SOLUSDT": 150}
    rows = []
    for at in range(count):
        symbol = rng.choice(sorted(markets))
        price = D(markets[symbol]) + D(rng.randrange(-5_000, 5_000)) / 100
        qty = D(rng.randrange(1, 500)) / 1_000
        fee = round(-price * qty * D("0.0002"), 8)
        rows.append(
            fill(
                at,
                symbol=symbol,
                side=rng.choice(("buy", "sell")),
                price=str(price),
                qty=str(qty),
                fee=fee,
                trade_id=f"T{at:07d}",
                order_id=f"O{at // 3:07d}",
                liquidity="maker",
            )
        )
    return rows


@dataclass
class Planted:
    """Two books and the mistakes that were planted: what a perfect reconciliation would find."""

    ours: list[Row]
    theirs: list[Row]
    expected: set[tuple[str, str]] = field(default_factory=set)


def planted(count: int, each: int, seed: int = 2) -> Planted:
    """Plant `each` mistakes of every class into their book (or ours, for what is missing here)."""
    ours = book(count, seed)
    theirs = list(ours)
    rng = random.Random(seed + 1)
    places = iter(rng.sample(range(1, count - 1), each * len(BreakClass)))
    result = Planted(ours, theirs)
    gone_ours: set[int] = set()
    gone_theirs: set[int] = set()
    extra: list[Row] = []
    for kind in BreakClass:
        for _ in range(each):
            at = next(places)
            row = theirs[at]
            assert row.fill is not None
            result.expected.add((kind.value, row.fill.trade_id or ""))
            if kind is BreakClass.MISSING_HERE:
                gone_ours.add(at)
            elif kind is BreakClass.MISSING_THERE:
                gone_theirs.add(at)
            elif kind is BreakClass.DUPLICATE:
                extra.append(row)
            elif kind is BreakClass.RESTATED:
                extra.append(with_fill(row, qty=row.fill.qty + D("0.001")))
            else:
                theirs[at] = mistaken(row, kind)
    result.ours = [row for at, row in enumerate(ours) if at not in gone_ours]
    result.theirs = [row for at, row in enumerate(theirs) if at not in gone_theirs] + extra
    return result


def mistaken(row: Row, kind: BreakClass) -> Row:
    """Return the row with one mistake of a class that changes a row."""
    told = row.fill
    assert told is not None
    assert told.fee is not None
    changes: dict[BreakClass, dict[str, object]] = {
        BreakClass.QUANTITY: {"qty": told.qty + D("0.002")},
        BreakClass.PRICE: {"price": told.price + D("0.5")},
        BreakClass.FEE_AMOUNT: {"fee": told.fee - D("0.01")},
        BreakClass.FEE_CURRENCY: {"fee_currency": "BNB"},
        BreakClass.SIDE: {"side": "sell" if told.side == "buy" else "buy"},
        BreakClass.CURRENCY: {"symbol": told.symbol.replace("USDT", "USDC")},
    }
    if kind is BreakClass.TIMING:
        return replace(row, ts_ns=row.ts_ns + 20 * SECOND)
    if kind is BreakClass.LATE:
        return replace(row, ts_ns=row.ts_ns + 30 * HOUR)
    return with_fill(row, **changes[kind])


def cells(row: Row) -> tuple[object, ...]:
    """Return a row as the program's own columns."""
    told = row.fill
    assert told is not None
    return (
        row.ts_ns, told.symbol, told.side, told.price, told.qty, told.trade_id, told.order_id, told.fee,
        told.fee_currency, told.liquidity,
    )  # fmt: skip


def table(rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> str:
    """Return rows as CSV in the program's own columns."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        told = dict(zip(COLUMNS, cells(row), strict=True))
        writer.writerow(told[name] for name in columns)
    return sheet.getvalue()


def write_table(path: Path, rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> Path:
    """Write rows as CSV and return the path."""
    path.write_text(table(rows, columns), encoding="utf-8")
    return path
