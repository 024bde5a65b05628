"""
Own trades from a file, turned into addends of the same account as a record's.

A mid that the file states itself (`mid_before`, `mid_after_1s`) is what was seen at the fill and
counts before the quotes; where the two disagree by more than half a basis point it is counted. What
neither knows is missing: such a fill goes to `unattributed`, valued at the mark.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from pathlib import Path

from ..judge.shares import Share
from ..judge.tabular import Row, rows
from .account import PRECISION
from .quotes import SYMBOL, Mids, Quotes

_SIDES = {
    "b": 1,
    "buy": 1,
    "bid": 1,
    "long": 1,
    "1": 1,
    "s": -1,
    "sell": -1,
    "ask": -1,
    "short": -1,
    "-1": -1,
}
_IDS = ("fill_id", "trade_id", "exec_id", "id")
_AFTER = re.compile(r"mid_after_(\d+(?:\.\d+)?)(ms|s|m)")
_UNIT_NS = {"ms": 10**6, "s": 10**9, "m": 60 * 10**9}
_ZERO, _BPS = Decimal(0), Decimal(10_000)
_DISAGREE = Decimal("0.00005")


@dataclass(frozen=True, slots=True)
class Trade:
    """One own fill as its file states it; `fee` is the signed cash effect, None when not stated."""

    symbol: str
    ts_ns: int
    side: int
    price: Decimal
    qty: Decimal
    fee: Decimal | None
    mid: Decimal | None
    after: Mapping[int, Decimal]
    age_ms: float | None


@dataclass(frozen=True)
class Trades:
    """The trades in order of time, and what was odd about the file."""

    rows: tuple[Trade, ...]
    findings: Counter[str]


@dataclass(frozen=True)
class Tape:
    """Trades with the quotes around them, and how old a quote may be."""

    trades: Trades
    quotes: Quotes
    stale_ns: int

    def mid(self, trade: Trade) -> Decimal | None:
        """Return the mid at a fill: the stated one, or that of the quotes."""
        return trade.mid if trade.mid is not None else self._mids(trade).at(trade.ts_ns, self.stale_ns)

    def later(self, trade: Trade, horizon_ns: int) -> Decimal | None:
        """Return the mid a horizon after a fill: the stated one, or that of the quotes."""
        stated = trade.after.get(horizon_ns)
        return stated if stated is not None else self._mids(trade).at(trade.ts_ns + horizon_ns, self.stale_ns)

    def mark(self, symbol: str) -> Decimal | None:
        """Return the last mid of a symbol: of its quotes, or else the last that its trades state."""
        found = self.quotes.symbols.get(symbol, Mids()).last()
        if found is not None:
            return found[1]
        own = [trade for trade in self.trades.rows if trade.symbol == symbol]
        stated = [trade.after[max(trade.after)] if trade.after else trade.mid for trade in own]
        return next((mid for mid in reversed(stated) if mid is not None), None)

    def disagreements(self) -> int:
        """Return how many stated mids are not those of the quotes."""
        count = 0
        for trade in self.trades.rows:
            quoted = self._mids(trade).at(trade.ts_ns, self.stale_ns)
            if trade.mid and quoted and abs(trade.mid / quoted - 1) > _DISAGREE:
                count += 1
        return count

    def _mids(self, trade: Trade) -> Mids:
        return self.quotes.symbols.get(trade.symbol, Mids())


def read_trades(path: Path) -> Trades:
    """Read a fills file; the same id twice is one fill, and counted."""
    found: list[Trade] = []
    odd, seen, newest = Counter[str](), dict[tuple[str, str, int], Trade](), dict[str, int]()
    for row in rows(path):
        trade = _trade(row)
        own = row.first(_IDS)
        key = (trade.symbol, str(own[1]), trade.side) if own else None
        if key is not None and key in seen:
            if seen[key] != trade:
                raise row.error(
                    f"the id {key[1]} was given to another fill", own[0] if own else None, "ids are unique"
                )
            odd["duplicate_fills"] += 1
            continue
        if key is not None:
            seen[key] = trade
        odd["fills_without_fee"] += trade.fee is None
        odd["non_monotonic_fills"] += trade.ts_ns < newest.get(trade.symbol, trade.ts_ns)
        newest[trade.symbol] = trade.ts_ns
        found.append(trade)
    found.sort(key=lambda trade: trade.ts_ns)
    return Trades(tuple(found), +odd)


def tape_shares(tape: Tape, horizon_ns: int) -> tuple[tuple[Share, ...], str]:
    """Return every trade's addends, and why there are none when a symbol has no mark."""
    marks = {trade.symbol: tape.mark(trade.symbol) for trade in tape.trades.rows}
    unmarked = sorted(name for name, mark in marks.items() if mark is None)
    if unmarked:
        return (), f"no mid of {', '.join(unmarked)} is known, so nothing can be valued"
    with localcontext(Context(prec=PRECISION)):
        return tuple(
            _share(tape, trade, horizon_ns, marks[trade.symbol] or _ZERO) for trade in tape.trades.rows
        ), ""


def _share(tape: Tape, trade: Trade, horizon_ns: int, mark: Decimal) -> Share:
    now, then = tape.mid(trade), tape.later(trade, horizon_ns)
    signed, fee = trade.side * trade.qty, trade.fee or _ZERO
    if now is None or then is None:
        parts = (_ZERO, _ZERO, _ZERO, fee, _ZERO, signed * (mark - trade.price))
    else:
        gross, adverse = signed * (now - trade.price), signed * (then - now)
        parts = (gross, adverse, signed * (mark - then), fee, _ZERO, _ZERO)
    return Share(
        symbol=trade.symbol,
        ts_ns=trade.ts_ns,
        side=trade.side,
        age_ms=trade.age_ms,
        notional=trade.price * trade.qty,
        parts=parts,
        missing=now is None or then is None,
    )


def _trade(row: Row) -> Trade:
    price, qty = row.positive("price", "px", "p"), row.positive("qty", "quantity", "size", "amount", "q")
    given = row.text("side")
    side = _SIDES.get(given.strip().lower())
    if side is None:
        raise row.error(f"{given!r} is no side", "side", "buy or sell")
    age = row.decimal("order_age_ms", "age_ms")
    return Trade(
        symbol=row.text(*SYMBOL),
        ts_ns=row.time_ns(),
        side=side,
        price=price,
        qty=qty,
        fee=_fee(row, price * qty),
        mid=row.decimal("mid_before", "mid"),
        after=_after(row),
        age_ms=None if age is None else float(age),
    )


def _fee(row: Row, notional: Decimal) -> Decimal | None:
    """
    Return the signed cash effect of a trade's fee.

    `fee_bps` is a rate as schedules state it: positive is paid, negative a rebate. `fee` is signed
    cash already, as a record keeps it.
    """
    rate = row.decimal("fee_bps")
    return row.decimal("fee") if rate is None else -notional * rate / _BPS


def _after(row: Row) -> dict[int, Decimal]:
    found = {}
    for name in row.cells:
        form = _AFTER.fullmatch(name)
        value = row.decimal(name) if form else None
        if form and value is not None:
            found[int(Decimal(form[1]) * _UNIT_NS[form[2]])] = value
    return found
