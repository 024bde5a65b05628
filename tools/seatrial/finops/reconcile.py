"""
Reconciliation: our book against theirs, to matched rows and a list of breaks that loses nothing.

Small books are matched in memory; for large ones a sieve on disk sets aside what agrees beyond
doubt, and the rest goes the same way. Equal inputs give equal results, whatever the order of rows.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.errors import InputError, UsageError
from ..model.profile import FinopsSettings
from .acceptance import Acceptance, accept, read_acceptances
from .breaks import Break, Classifier, fee_money, residuals
from .cash_breaks import cash_breaks
from .causes import Period, Periods, explained
from .editions import standing
from .entry import Kind, Row
from .interrupt import stoppable
from .ledger import EXACT, ZERO
from .matching.cash import CashMatching, Payment, match_cash, payments
from .matching.pairing import Matching, match
from .matching.rules import fill_of, market_of, money_of
from .matching.tolerance import Tolerance
from .schedule import FeeCheck, Schedule
from .sides import Asked, fees_as_cash, kinds_of, rows_of
from .totals import compare_totals, is_metrics
from .views import without_second_views

if TYPE_CHECKING:
    from .columnar import Sieve
    from .columnar_table import Table

BIG_BYTES = 4 * 2**20


@dataclass(frozen=True)
class ReconcileAsk:
    """Two books, and how to read and judge them; `today` decides which acceptances have expired."""

    internal: Path
    statements: Sequence[Path]
    today: date
    asked: Asked = field(default_factory=Asked)
    accept: Path | None = None
    as_of_ns: int | None = None
    fees_are_paid: bool = False
    big_bytes: int = BIG_BYTES


@dataclass
class Book:
    """One side: its fills, its payments that can be compared, and the rows that cannot."""

    fills: list[Row] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    not_compared: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    first_ns: int | None = None
    last_ns: int | None = None

    def take(self, rows: Iterable[Row], kinds: frozenset[Kind]) -> Iterator[Row]:
        """Yield the fills of these rows, and keep of the others what can be compared."""
        for row in rows:
            self.rows += 1
            self.first_ns = row.ts_ns if self.first_ns is None else min(self.first_ns, row.ts_ns)
            self.last_ns = row.ts_ns if self.last_ns is None else max(self.last_ns, row.ts_ns)
            if row.fill is not None:
                yield row
                continue
            found = list(payments((row,), kinds))
            self.payments += found
            if not found and row.movements:
                self.not_compared[row.movements[0].kind.value] += 1

    def cover(self, first_ns: int | None, last_ns: int | None, rows: int) -> None:
        """Count a table that was never rows."""
        self.first_ns, self.last_ns, self.rows = first_ns, last_ns, rows


@dataclass
class Reconciliation:
    """The result: what matched and how, every break with its cause, and what remains of the money."""

    ours: Book
    theirs: Book
    breaks: list[Break]
    tiers: Counter[str]
    residuals: dict[str, Decimal]
    rounding: dict[str, Decimal]
    unexplained: dict[str, Decimal]
    fees: FeeCheck | None
    as_of_ns: int
    matched: int = 0
    matched_payments: int = 0
    copies: int = 0
    restated: int = 0
    expired: list[Acceptance] = field(default_factory=list)
    idle: list[Acceptance] = field(default_factory=list)


@dataclass
class _Work:
    """What is known before the matching."""

    tolerance: Tolerance
    schedule: Schedule | None
    ours: Book = field(default_factory=Book)
    theirs: Book = field(default_factory=Book)
    restated: dict[tuple[str, str], Row] = field(default_factory=dict)
    copies: int = 0
    agreed: int = 0
    rounding: dict[str, Decimal] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)
    fees: FeeCheck | None = None


def reconcile(ask: ReconcileAsk, settings: FinopsSettings) -> Reconciliation:
    """Compare the two books of `ask`."""
    acceptances = read_acceptances(ask.accept) if ask.accept else []
    if is_metrics(ask.internal):
        return _accepted(_of_totals(ask), acceptances, ask)
    work = _Work(Tolerance.of(settings), Schedule.of(settings, ask.asked.venue))
    if work.schedule is not None:
        work.fees = FeeCheck(work.schedule, work.tolerance, dict(settings.rates))
    if is_big(ask):
        _read_big(ask, work)
    else:
        _read_small(ask, work)
    matching = match(work.ours.fills, work.theirs.fills, work.tolerance, ids_shared=work.agreed > 0)
    cash = match_cash(work.ours.payments, work.theirs.payments, work.tolerance)
    found = list(Classifier(work.tolerance, settings.rates, work.restated).breaks(matching))
    found += cash_breaks(cash, work.tolerance, settings.rates)
    result = _result(ask, work, matching, cash, found)
    result.breaks = explained(sorted(found, key=lambda one: one.order), _periods(work))
    if work.fees is not None:
        result.breaks = sorted([*result.breaks, *work.fees.breaks], key=lambda one: one.order)
    return _accepted(result, acceptances, ask)


def _accepted(result: Reconciliation, acceptances: Sequence[Acceptance], ask: ReconcileAsk) -> Reconciliation:
    found = accept(result.breaks, acceptances, ask.today)
    result.breaks, result.expired, result.idle = found.breaks, found.expired, found.idle
    return result


def _of_totals(ask: ReconcileAsk) -> Reconciliation:
    """Return the comparison of totals per symbol, which has no fills."""
    found = compare_totals(ask.internal, ask.statements)
    return Reconciliation(
        ours=Book(rows=found.ours), theirs=Book(rows=found.theirs), breaks=found.breaks,
        tiers=Counter(), residuals={}, rounding={}, unexplained={}, fees=None, as_of_ns=ask.as_of_ns or 0,
        matched=found.equal,
    )  # fmt: skip


def _periods(work: _Work) -> Periods:
    return Periods(
        Period(work.ours.first_ns, work.ours.last_ns), Period(work.theirs.first_ns, work.theirs.last_ns)
    )


# -- reading --------------------------------------------------------------------------------------


def our_rows(ask: ReconcileAsk) -> Iterator[Row]:
    """Return the rows of our book, with fees as cash."""
    rows = rows_of(ask.internal, ask.asked)
    return fees_as_cash(rows) if ask.fees_are_paid else rows


def _their_rows(ask: ReconcileAsk, work: _Work) -> Iterable[Row]:
    """Return the statements' rows; of several editions only what stands."""
    if not ask.statements:
        raise UsageError("no statement is named", fix="give --statement FILE")
    if len(ask.statements) == 1:
        return rows_of(ask.statements[0], ask.asked)
    files, told_twice = without_second_views([tuple(rows_of(path, ask.asked)) for path in ask.statements])
    found = standing(files)
    work.copies = found.copies + told_twice
    for one in found.restated:
        fill = one.old.fill
        if fill is not None and fill.trade_id:
            work.restated[market_of(fill.symbol), fill.trade_id] = one.old
    return found.rows


def _read_small(ask: ReconcileAsk, work: _Work) -> None:
    kinds = kinds_of(ask.internal)
    work.ours.fills = list(work.ours.take(our_rows(ask), kinds))
    work.theirs.fills = list(_checked(work.theirs.take(_their_rows(ask, work), kinds), work))


def _checked(rows: Iterable[Row], work: _Work) -> Iterator[Row]:
    """Yield the fills, each compared with the published fees on its way."""
    for row in rows:
        if work.fees is not None:
            work.fees.take(row)
        yield row


def is_big(ask: ReconcileAsk) -> bool:
    """Return whether the books are compared on disk."""
    sizes = [_size(path) for path in (ask.internal, *ask.statements)]
    columnar = any(path.suffix == ".parquet" for path in (ask.internal, *ask.statements))
    if not columnar and max(sizes, default=0) < ask.big_bytes:
        return False
    if find_spec("duckdb") is None:
        if columnar:
            raise UsageError("Parquet needs DuckDB", fix="pip install 'seatrial[data]'")
        return False
    return True


def _size(path: Path) -> int:
    place = path / "journal.jsonl" if path.is_dir() else path
    return place.stat().st_size if place.is_file() else 0


def _read_big(ask: ReconcileAsk, work: _Work) -> None:
    from .columnar import Sieve

    kinds = kinds_of(ask.internal)

    def ours_as_rows() -> Iterator[Row]:
        return work.ours.take(our_rows(ask), kinds)

    def theirs_as_rows() -> Iterator[Row]:
        return _checked(work.theirs.take(_their_rows(ask, work), kinds), work)

    with (
        stoppable(),
        tempfile.TemporaryDirectory(prefix="seatrial-") as scratch,
        closing(Sieve(Path(scratch))) as sieve,
    ):
        ours = None if ask.fees_are_paid else _direct(sieve, ask.internal)
        alone = _direct(sieve, ask.statements[0]) if len(ask.statements) == 1 else None
        our_table = ours or sieve.spool(ours_as_rows(), "ours")
        their_table = alone or sieve.spool(theirs_as_rows(), "theirs")
        found = sieve.sift(our_table, their_table, work.tolerance)
        if alone is not None and work.fees is not None:
            for row in sieve.rows(alone):
                work.fees.take(row)
    if ours is not None:
        work.ours.cover(*found.spans[0], found.rows[0])
    if alone is not None:
        work.theirs.cover(*found.spans[1], found.rows[1])
    work.ours.fills, work.theirs.fills = found.ours, found.theirs
    work.agreed, work.rounding, work.currencies = found.agreed, found.rounding, set(found.currencies)


def _direct(sieve: "Sieve", path: Path) -> "Table | None":
    """
    Return the table of a file that DuckDB can read itself, without a row of Python for each fill.

    None when it cannot: read row by row, the file is either understood or refused with its line.
    """
    from .fill_table import is_whole_table

    if path.suffix == ".parquet":
        table = sieve.table(path)
        sieve.check(table)
        return table
    if path.suffix != ".csv" or not is_whole_table(path):
        return None
    try:
        table = sieve.table(path)
        sieve.check(table)
    except InputError:
        return None
    return table


# -- money ----------------------------------------------------------------------------------------


def _result(
    ask: ReconcileAsk, work: _Work, matching: Matching, cash: CashMatching, found: Sequence[Break]
) -> Reconciliation:
    tiers: Counter[str] = Counter(pair.tier for pair in matching.pairs)
    tiers.update(f"sum:{group.tier}" for group in matching.groups)
    if work.agreed:
        tiers["trade_id"] += work.agreed
    moved = _moved(work)
    sums = residuals(found, sorted(work.currencies | moved.keys()))
    rounding = {code: moved.get(code, ZERO) - value for code, value in sums.items()}
    room = _room(work, matching, cash)
    times = [time for book in (work.ours, work.theirs) for time in (book.last_ns,) if time is not None]
    return Reconciliation(
        ours=work.ours, theirs=work.theirs, breaks=[], tiers=tiers, residuals=sums,
        rounding={code: value + work.rounding.get(code, ZERO) for code, value in rounding.items()},
        unexplained={code: value for code, value in rounding.items() if abs(value) > room}, fees=work.fees,
        as_of_ns=ask.as_of_ns if ask.as_of_ns is not None else max(times, default=0),
        matched=work.agreed + len(matching.pairs) + sum(len(group.ours) for group in matching.groups),
        matched_payments=len(cash.pairs), copies=work.copies, restated=len(work.restated),
    )  # fmt: skip


def _moved(work: _Work) -> dict[str, Decimal]:
    """Return the cash that theirs has and ours has not, counted from the rows and not from the breaks."""
    totals: dict[str, Decimal] = {}
    with localcontext(EXACT):
        for book, sign in ((work.ours, -1), (work.theirs, 1)):
            money = [fee_money(row) for row in book.fills]
            money += [(money_of(one.movement.currency), one.movement.amount) for one in book.payments]
            for each in money:
                if each is not None:
                    totals[each[0]] = totals.get(each[0], ZERO) + sign * each[1]
    return totals


def _room(work: _Work, matching: Matching, cash: CashMatching) -> Decimal:
    """Return how much tolerated differences may add up to."""
    fees = [fill_of(pair.ours).fee or ZERO for pair in matching.pairs]
    fees += [fill_of(row).fee or ZERO for group in matching.groups for row in (*group.ours, *group.theirs)]
    fees += [one.movement.amount for one, _ in cash.pairs]
    uncompared = [
        abs((fill_of(pair.theirs).fee or ZERO) - (fill_of(pair.ours).fee or ZERO))
        for pair in matching.pairs
        if (fill_of(pair.ours).fee is None) != (fill_of(pair.theirs).fee is None)
    ]
    with localcontext(EXACT):
        return sum((work.tolerance.of_fee(fee) for fee in fees), ZERO) + sum(uncompared, ZERO)
