"""What `finops cost` says: costs by day, environment and run, unit costs, budgets, odd days."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..model.errors import InputError, UsageError, Where
from ..model.outcome import Outcome
from ..model.profile import FinopsSettings
from ..model.verdict import Verdict, worst
from .cost.account import CostAccount, Units, is_par, odd_days, units
from .cost.bill import read_bill
from .cost.budget import BudgetResult, check
from .cost.trading import Trading
from .journal_rows import is_record
from .report.costs import CostTold
from .saying import amount, maybe
from .sides import Asked, rows_of
from .waterfall import Waterfall, of_record, of_rows

SHOWN = 10
UNIT_NAMES = (
    "cost", "notional", "rebates", "fees", "funding", "per_million_notional", "per_order", "per_run", "net",
)  # fmt: skip


@dataclass(frozen=True)
class CostAsk:
    """Bills, and the trading that they paid for."""

    bills: Sequence[Path]
    trading: Sequence[Path] = ()
    basis: str = "billed"
    venue: str | None = None
    out: Path | None = field(default=None)


def cost(ask: CostAsk, settings: FinopsSettings) -> Outcome:
    """Read bills and trading, judge the budgets, write the reports if a folder is given, and answer."""
    told = tell(ask, settings)
    files: list[str] = []
    if ask.out is not None:
        from .report.costs import write

        files = write(told, ask.out)
    return Outcome(
        name="finops.cost",
        verdict=told.verdict,
        reasons=told.reasons,
        data=_data(told) | {"files": files},
        lines=tuple(_lines(told, files)),
    )


def tell(ask: CostAsk, settings: FinopsSettings) -> CostTold:
    """Return everything that there is to tell about the costs."""
    rates = dict(settings.rates)
    account = CostAccount()
    _refuse_twins(ask.bills)
    for path in ask.bills:
        account.take(read_bill(path, settings, ask.basis), rates)
    trading = Trading()
    for path in ask.trading:
        trading.take(str(path), rows_of(path, Asked(ask.venue)), rates)
    found = units(account, trading, len(ask.trading))
    results = tuple(check(budget, account, found) for budget in settings.budgets)
    verdict = worst(one.verdict for one in results) if results else None
    return CostTold(
        verdict,
        tuple(_reasons(account, found, results, trading)),
        account,
        found,
        results,
        tuple(odd_days(account, settings)),
        dict(_falls(ask, account, found, rates)),
    )


def _refuse_twins(paths: Sequence[Path]) -> None:
    """Refuse a bill that is given twice: its costs would count double."""
    if not paths:
        raise UsageError("no bill is named", fix="give --bill FILE")
    seen: dict[str, Path] = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=Where(str(path))) from error
        if digest in seen:
            raise UsageError(
                f"is the same bill as {seen[digest]}", where=Where(str(path)), fix="give it once"
            )
        seen[digest] = path


def _falls(
    ask: CostAsk, account: CostAccount, found: Units, rates: dict[str, Decimal]
) -> Iterator[tuple[str, Waterfall]]:
    """
    Yield the waterfall of each book; infrastructure is shared out evenly over them.

    Dollars are taken off dollars at par, and off nothing else: of a book in coins they stay out.
    """
    share = None if found.cost is None or not ask.trading else -found.cost / len(ask.trading)

    def fall_of(path: Path, infrastructure: Decimal | None) -> Waterfall | None:
        if is_record(path):
            return of_record(path, infrastructure)
        return of_rows(rows_of(path, Asked(ask.venue)), rates, infrastructure)

    for path in ask.trading:
        fall = fall_of(path, None)
        if fall is not None and share is not None and is_par(fall.currency, account.currency):
            fall = fall_of(path, share)
        if fall is not None:
            yield path.resolve().name, fall


def _reasons(
    account: CostAccount, found: Units, results: Sequence[BudgetResult], trading: Trading
) -> Iterator[str]:
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
    yield from (one.reason for wanted in order for one in results if one.verdict is wanted)
    if not results:
        total = f"{amount(round(account.total, 6))} {account.currency}"
        yield f"{total} over {len(account.days)} days; no budget is set"
    if trading.days and not found.days:
        yield "bill and trading share no day: unit costs were not measured"
    for currency, value in sorted(trading.not_valued.items()):
        yield f"{amount(value)} {currency} could not be valued; give finops.rates.{currency}"
    if account.copies:
        yield f"{account.copies:,} lines stood in several files and count once"


def _data(told: CostTold) -> dict[str, Any]:
    account, found = told.account, told.units
    return {
        "currency": account.currency,
        "total": amount(account.total),
        "credits": amount(account.credits),
        "rows": account.rows,
        "copies": account.copies,
        "per_day": _sums(account.days),
        "per_environment": _sums(account.environments),
        "per_service": _sums(account.services),
        "per_run": _sums(account.runs),
        "units": {
            "days": found.days,
            "runs": found.runs,
            "orders": found.orders,
            **{name: maybe(getattr(found, name)) for name in UNIT_NAMES},
        },
        "budgets": [
            {
                "measure": one.measure,
                "of": one.what,
                "verdict": one.verdict.value,
                "value": maybe(one.value),
                "reason": one.reason,
            }
            for one in told.budgets
        ],
        "anomalies": [
            {
                "series": one.series,
                "day": one.day,
                "cost": amount(one.cost),
                "usual": amount(one.usual),
                "score": amount(one.score),
            }
            for one in told.anomalies
        ],
    }


def _sums(sums: dict[str, Decimal]) -> dict[str, str]:
    return {name: amount(value) for name, value in sorted(sums.items())}


def _lines(told: CostTold, files: Sequence[str]) -> Iterator[str]:
    account, found = told.account, told.units
    total = f"{amount(round(account.total, 6))} {account.currency}"
    yield f"{account.rows:,} lines, {total} over {len(account.days)} days"
    for name, sums in (("environment", account.environments), ("run", account.runs)):
        for what, value in sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]:
            yield f"  {name} {what}: {amount(round(value, 6))}"
    if found.per_million_notional is not None:
        yield f"  per million of notional: {amount(round(found.per_million_notional, 6))}"
    if found.per_order is not None:
        yield f"  per order: {amount(round(found.per_order, 9))}"
    if found.net is not None:
        yield f"  cost less maker rebates: {amount(round(found.net, 6))}"
    for one in told.anomalies[:SHOWN]:
        usual = amount(round(one.usual, 6))
        yield f"  odd: {one.day} {one.series} cost {amount(round(one.cost, 6))}, usually {usual}"
    yield from (f"- {reason}" for reason in told.reasons)
    where = f" \u00b7 {files[-1]}" if files else ""
    yield f"{told.verdict.value if told.verdict else 'DONE'}: {told.reasons[0]}{where}"
