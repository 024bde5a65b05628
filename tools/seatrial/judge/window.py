"""
One symbol's stretch between two entries of its ledger, fill by fill.

This is where the decomposition's sums are taken; `components` says what they mean.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING, Any

from .money import Money
from .slices import Slice
from .tables import PositionFact

if TYPE_CHECKING:
    from .history import History

Ledger = tuple[PositionFact | None, PositionFact | None]
Four = tuple[Decimal, Decimal, Decimal, Decimal]
_ZERO = Decimal(0)


class Window:
    """The sums of one symbol over a slice; `ledger` holds its entries at the start and the end."""

    def __init__(self, part: Slice, code: int, horizon: str, ledger: Ledger) -> None:
        facts = part.history.instruments.get(code, {})
        self.history, self.fills, self.code = part.history, part.history.fills, code
        self.start, self.end = ledger
        self.linear = facts.get("contract") != "inverse"
        self.worth = _price if self.linear else _reciprocal
        self.size = Decimal(str(facts.get("contract_size", 1)))
        self.later, self.horizon_ns = self.fills.later[horizon], int(Decimal(horizon) * 10**9)
        self.until_ns = self.end.ts_ns if self.end else part.until_ns
        self.rows = [row for row in part.rows("fills") if self.fills.symbol[row] == code]
        payments = part.rows("funding")
        self.payments = [row for row in payments if part.history.funding.symbol[row] == code]

    @property
    def worthless(self) -> bool:
        """Whether the window cannot be valued: no ledger entry at its end, or a position without a mark."""
        unmarked = self.start is not None and self.start.qty != 0 and self.start.mark is None
        return self.end is None or ((self.end.mark is None or unmarked) and self.moved)

    @property
    def lacking(self) -> str:
        """Return what is not told of its fills and would be taken for zero; empty when all is there."""
        columns = {"price": self.fills.price, "quantity": self.fills.qty, "worth of its fee": self.fills.fee}
        short = {
            name: sum(isnan(column.floats[row]) for row in self.rows) for name, column in columns.items()
        }
        said = [f"{count} fills without the {name}" for name, count in short.items() if count]
        return " and ".join(said)

    @property
    def moved(self) -> bool:
        """Whether anything in this window needs a value."""
        return bool(self.rows or self.payments or (self.start and self.start.qty))

    @property
    def mark(self) -> Decimal:
        """Return what a unit counts as at the window's end; zero where nothing is left to value."""
        return _ZERO if self.end is None or self.end.mark is None else self.worth(self.end.mark)

    def money(self) -> Money:
        """Return the sums; the window must not be worthless."""
        end = self.end
        if end is None:
            raise ValueError("a window without a ledger entry at its end has no sums")
        mark = self.mark
        sums = {name: value * self.size for name, value in self._trading(mark).items()}
        sums["inventory"] += self.held(mark)
        fees = sum((self.fills.fee.exact(row) for row in self.rows), _ZERO)
        funding = sum((self.history.funding.amount.exact(row) for row in self.payments), _ZERO)
        ledger = end.equity - (self.start.equity if self.start else _opening(end, self.history))
        net = sums["gross"] + sums["adverse"] + sums["inventory"] + sums["unattributed"] + fees + funding
        return Money(
            currency=end.currency,
            fees=fees,
            funding=funding,
            carried=self._carried(mark)[1],
            ledger=ledger,
            gap=abs(net - ledger),
            fills=len(self.rows),
            truncated=sum(self._truncated(row) for row in self.rows),
            slippage=self._slippage() * self.size,
            notional=self._notional(self.rows),
            taker_notional=self._notional(row for row in self.rows if not self.fills.maker[row]),
            unattributed_notional=self._notional(row for row in self.rows if self._mids(row) is None),
            **sums,
        )

    def split(self, mark: Decimal) -> Iterator[tuple[int, Four]]:
        """Yield each fill's row with its (gross, adverse, inventory, unattributed), before contract size."""
        for row in self.rows:
            signed, price, mids = self._signed(row), self.worth(self.fills.price.exact(row)), self._mids(row)
            if mids is None:
                yield row, (_ZERO, _ZERO, _ZERO, signed * (mark - price))
                continue
            now = self.worth(mids[0])
            then = mark if mids[1] is None else self.worth(mids[1])
            yield row, (signed * (now - price), signed * (then - now), signed * (mark - then), _ZERO)

    def is_missing(self, row: int) -> bool:
        """Whether a mid of this fill fell into a gap."""
        return self._mids(row) is None

    def held(self, mark: Decimal) -> Decimal:
        """Return what no single fill earned: the carried position's gain, and that of fees kept in coins."""
        return self._carried(mark)[0] + self._fees_held(mark)

    def _trading(self, mark: Decimal) -> dict[str, Decimal]:
        gross = adverse = inventory = lost = _ZERO
        for _, four in self.split(mark):
            gross += four[0]
            adverse += four[1]
            inventory += four[2]
            lost += four[3]
        return {"gross": gross, "adverse": adverse, "inventory": inventory, "unattributed": lost}

    def _mids(self, row: int) -> tuple[Decimal, Decimal | None] | None:
        """Return (m(t), m(t+h) or None for the mark), or None when one of them is missing."""
        mid = self.fills.mid[row]
        if mid is None:
            return None
        if self._truncated(row):
            return mid, None
        later = self.later[row]
        if later is None and not self.fills.matured[row]:
            return mid, self._sampled(row)
        return None if later is None else (mid, later)

    def _truncated(self, row: int) -> bool:
        return self.fills.ts[row] + self.horizon_ns > self.until_ns

    def _sampled(self, row: int) -> Decimal | None:
        """
        Return the bot's own last sample of the mid up to t+h, while the mark-out is not journalled.

        A mark-out is written when its longest horizon has passed, later than an iteration may end.
        """
        decisions, since = self.history.decisions, self.fills.ts[row]
        at = bisect_right(decisions.ts, since + self.horizon_ns)
        while at > 0 and decisions.ts[at - 1] >= since:
            at -= 1
            mid = decisions.mid[at]
            if decisions.symbol[at] == self.code and not isnan(mid):
                return Decimal(repr(mid))
        return None

    def _carried(self, mark: Decimal) -> tuple[Decimal, Decimal]:
        """Return what the position from before gained, and what it was worth at the start."""
        start = self.start
        if start is None or not start.qty or start.mark is None:
            return _ZERO, _ZERO
        before = self.worth(start.mark)
        return start.qty * self.size * (mark - before), abs(start.qty * self.size * before)

    def _fees_held(self, mark: Decimal) -> Decimal:
        """
        Return what fees taken out of the inventory gained or lost after they were paid.

        A venue that charges a buyer in the bought coin changes the position; whether this one
        did is read off the ledger's quantities.
        """
        paid = [row for row in self.rows if self.fills.base_fee[row] is not None]
        if not paid or self.end is None:
            return _ZERO
        quantity = sum((self.fills.base_fee.exact(row) for row in paid), _ZERO)
        traded = sum((self._signed(row) for row in self.rows), _ZERO)
        drift = self.end.qty - (self.start.qty if self.start else _ZERO) - traded
        if drift != quantity:
            return _ZERO
        money = sum((self.fills.fee.exact(row) for row in paid), _ZERO)
        return quantity * self.size * mark - money

    def _slippage(self) -> Decimal:
        lost = _ZERO
        for row in self.rows:
            decided = None if self.fills.maker[row] else self.fills.decision_mid[row]
            if decided is not None:
                lost += self._signed(row) * (self.worth(decided) - self.worth(self.fills.price.exact(row)))
        return lost

    def _signed(self, row: int) -> Decimal:
        return self.fills.qty.exact(row) * self.fills.side[row]

    def _notional(self, rows: "Iterator[int] | list[int]") -> Decimal:
        return sum((self.fills.notional.exact(row) for row in rows), _ZERO)


def ledger_at(history: "History", position: int) -> dict[int, PositionFact]:
    """
    Return each symbol's ledger entry at the end of an iteration, by its place in the history.

    -1 is before the first one; one past the last is the newest entry there is.
    """
    ended = history.iterations
    limit = -1 if position < 0 else ended[position].index if position < len(ended) else None
    found: dict[int, PositionFact] = {}
    for fact in reversed(history.positions):
        if (limit is None or fact.iteration <= limit) and fact.symbol not in found:
            found[fact.symbol] = fact
            if len(found) == len(history.symbols):
                break
    return found


def worth_of(facts: dict[str, Any]) -> Callable[[Decimal], Decimal]:
    """Return what a price counts as for an instrument: itself, or -1/p for an inverse contract."""
    return _reciprocal if facts.get("contract") == "inverse" else _price


def _price(value: Decimal) -> Decimal:
    return value


def _reciprocal(value: Decimal) -> Decimal:
    return -1 / value


def _opening(end: PositionFact, history: "History") -> Decimal:
    """Return the equity before the first fact of this symbol."""
    first = next((fact for fact in history.positions if fact.symbol == end.symbol), end)
    return first.equity - first.realized - first.unrealized - first.fees - first.funding
