"""
Plausibility: whether a record can be what it claims to be, before anybody believes its numbers.

Test data that passed for live, one feed under two names, a ledger that does not add up: each of them has
once released a bot. A finding turns the verdict into UNKNOWN (the market cannot have been that) or FAIL
(the books cannot be right), with the journal's rows. Costs nothing while there is nothing to find: the
columns are looked at whole, and the journal is read again only to number the rows of a finding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..model.journal_lines import lines
from ..model.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np

    from .history import History

SAMPLES, SPAN_NS = 100, 600 * 10**9
JUMP, RETURN = 0.20, 0.50
IDENTITY = Decimal("1e-9")
SHOWN = 10
_KINDS = {"decisions": "decision", "fills": "fill", "positions": "position"}


@dataclass(frozen=True)
class Oddity:
    """One thing that cannot be: its kind, what it does to a verdict, and where it stands in the journal."""

    kind: str
    verdict: Verdict
    detail: str
    table: str = ""
    places: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """Return the finding with its rows."""
        if not self.rows:
            return self.detail
        shown = ", ".join(str(row) for row in self.rows)
        more = f" and {len(self.places) - len(self.rows)} more" if len(self.places) > len(self.rows) else ""
        return f"{self.detail} (journal rows {shown}{more})"

    def document(self) -> dict[str, Any]:
        """Return the finding for a document."""
        count = len(self.places)
        return {
            "kind": self.kind, "verdict": self.verdict.value, "detail": self.detail, "count": count,
            "rows": list(self.rows),
        }  # fmt: skip


def oddities(history: "History") -> tuple[Oddity, ...]:
    """Return everything about a record that cannot be, with rows when it was read from a file."""
    found = [
        *_inactive(history),
        *_prices(history),
        *_identical(history),
        *_identity(history),
        *_returns(history),
        *_duplicates(history),
    ]
    return tuple(_located(history, found))


def _inactive(history: "History") -> Iterator[Oddity]:
    # A record of a bot's presence alone tells of no orders: the exchange's record does.
    if history.finished is None or "order" in history.untold:
        return
    did = len(history.orders) + len(history.fills) + sum(history.decisions.actions)
    if not did:
        yield Oddity("zero_activity", Verdict.UNKNOWN, "the bot did nothing: no order, no fill, no intent")


def _prices(history: "History") -> Iterator[Oddity]:
    """Find prices that never move, and prices that move as no market does."""
    import numpy as np

    for name, rows, ts, mids in _samples(history):
        if len(mids) >= SAMPLES and ts[-1] - ts[0] >= SPAN_NS and mids.min() == mids.max():
            said = f"the price of {name} is {mids[0]:g} in all {len(mids)} samples"
            ends = (int(rows[0]), int(rows[-1]))
            yield Oddity("constant_prices", Verdict.UNKNOWN, said, "decisions", ends)
        moved = np.abs(np.diff(mids)) / mids[:-1]
        jumps = np.nonzero(moved > JUMP)[0]
        if len(jumps):
            said = f"the price of {name} jumps by {float(moved.max()):.0%} from one sample to the next"
            places = tuple(int(rows[at + 1]) for at in jumps)
            yield Oddity("price_jumps", Verdict.UNKNOWN, said, "decisions", places)


def _identical(history: "History") -> Iterator[Oddity]:
    """Find two symbols with the very same prices: one feed under two names."""
    seen: dict[bytes, tuple[str, int]] = {}
    for name, rows, _, mids in _samples(history):
        if len(mids) < SAMPLES or mids.min() == mids.max():
            continue
        other = seen.setdefault(mids.tobytes(), (name, int(rows[0])))
        if other[0] != name:
            said = f"{other[0]} and {name} have the same price in all {len(mids)} samples"
            places = (other[1], int(rows[0]))
            yield Oddity("identical_symbols", Verdict.UNKNOWN, said, "decisions", places)


def _identity(history: "History") -> Iterator[Oddity]:
    """Find ledger entries whose equity is not what they say it is made of."""
    opening: dict[int, Decimal] = {}
    broken: dict[int, list[int]] = {}
    for place, fact in enumerate(history.positions):
        base = fact.equity - fact.realized - fact.unrealized - fact.fees - fact.funding
        first = opening.setdefault(fact.symbol, base)
        if abs(base - first) > IDENTITY * max(Decimal(1), abs(fact.turnover), abs(first)):
            broken.setdefault(fact.symbol, []).append(place)
    for symbol, places in sorted(broken.items()):
        name = history.symbols[symbol]
        said = f"the equity of {name} is not opening, result, fees and funding in {len(places)} entries"
        yield Oddity("broken_equity", Verdict.FAIL, said, "positions", tuple(places))


def _returns(history: "History") -> Iterator[Oddity]:
    """Find iterations that made or lost more than half of the equity."""
    before: dict[int, Decimal] = {}
    wild: dict[int, list[int]] = {}
    for place, fact in enumerate(history.positions):
        last = before.get(fact.symbol)
        if last is not None and last > 0 and abs(fact.equity - last) > Decimal(str(RETURN)) * last:
            wild.setdefault(fact.symbol, []).append(place)
        before[fact.symbol] = fact.equity
    for symbol, places in sorted(wild.items()):
        said = f"{history.symbols[symbol]} made or lost more than {RETURN:.0%} of its equity in one iteration"
        yield Oddity("impossible_returns", Verdict.UNKNOWN, said, "positions", tuple(places))


def _duplicates(history: "History") -> Iterator[Oddity]:
    import numpy as np

    ids = np.asarray(history.fills.fill_id)
    if len(ids) < 2:
        return
    _, first = np.unique(ids, return_index=True)
    again = np.setdiff1d(np.arange(len(ids)), first)
    if len(again):
        said = f"{len(again)} fills have an id that was given before"
        yield Oddity("duplicate_ids", Verdict.FAIL, said, "fills", tuple(again.tolist()))


def _samples(history: "History") -> "Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]":
    """Yield each symbol's sampled mids, with their rows in the table and their times."""
    import numpy as np

    table = history.decisions
    symbol, mid, ts = (np.asarray(column) for column in (table.symbol, table.mid, table.ts))
    for code, name in enumerate(history.symbols):
        rows = np.nonzero((symbol == code) & np.isfinite(mid) & (mid > 0))[0]
        if len(rows):
            yield name, rows, ts[rows], mid[rows]


def _located(history: "History", found: Sequence[Oddity]) -> Iterator[Oddity]:
    """Yield the findings with their rows in the journal, the first ten of each."""
    wanted = {
        table: {place for one in found if one.table == table for place in one.places[:SHOWN]}
        for table in _KINDS
    }
    numbers = _numbers(history, wanted) if any(wanted.values()) else {}
    for one in found:
        rows = tuple(numbers[one.table, at] for at in one.places[:SHOWN] if (one.table, at) in numbers)
        yield Oddity(one.kind, one.verdict, one.detail, one.table, one.places, rows)


def _numbers(history: "History", wanted: dict[str, set[int]]) -> dict[tuple[str, int], int]:
    if history.path is None:
        return {}
    tables = {kind: table for table, kind in _KINDS.items()}
    seen = dict.fromkeys(_KINDS, 0)
    found: dict[tuple[str, int], int] = {}
    for number, event in enumerate(lines(history.path), 1):
        table = tables.get(event["kind"])
        if table is not None:
            if seen[table] in wanted[table]:
                found[table, seen[table]] = number
            seen[table] += 1
    return found
