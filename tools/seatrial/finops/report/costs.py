"""The reports of costs: one line per day, environment and service as CSV, and a page."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from ...judge.report.wording import counted
from ...model.verdict import Verdict
from ..cost.account import CostAccount, Units
from ..cost.anomaly import Anomaly
from ..cost.budget import BudgetResult
from ..saying import amount
from ..waterfall import Waterfall
from .page import Page, Section, Table, columns, fall, render
from .placing import put


@dataclass(frozen=True)
class CostTold:
    """An account of costs with everything that was found about it."""

    verdict: Verdict | None
    reasons: tuple[str, ...]
    account: CostAccount
    units: Units
    budgets: tuple[BudgetResult, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    falls: Mapping[str, Waterfall] = field(default_factory=dict)


def write(told: CostTold, out: Path) -> list[str]:
    """Write the reports and return their paths, the page last."""
    return put(out, {"costs.csv": costs_csv(told), "report.html": page(told)})


def costs_csv(told: CostTold) -> bytes:
    """Return the costs as one table: series, name, day, cost."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(("series", "name", "day", "cost", "currency"))
    code = told.account.currency
    for when, cost in sorted(told.account.days.items()):
        writer.writerow(("total", "", when, amount(cost), code))
    for series, names in (
        ("environment", told.account.environment_days),
        ("service", told.account.service_days),
    ):
        for name, days in sorted(names.items()):
            for when, cost in sorted(days.items()):
                text = f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
                writer.writerow((series, text, when, amount(cost), code))
    return sheet.getvalue().encode()


def page(told: CostTold) -> bytes:
    """Return the page for people."""
    account, units = told.account, told.units
    unit = "\u2013"
    if units.per_million_notional is not None:
        unit = f"{amount(round(units.per_million_notional, 6))} {account.currency}"
    return render(
        Page(
            eyebrow="cost",
            title="What the machines cost",
            verdict=told.verdict,
            sentence=told.reasons[0],
            reasons=told.reasons[1:],
            facts=(
                ("Total", f"{amount(round(account.total, 6))} {account.currency}"),
                ("Days", f"{len(account.days):,}"),
                ("Lines", f"{account.rows:,}"),
                ("Per million notional", unit),
                ("Anomalies", str(len(told.anomalies))),
            ),
            sections=tuple(_sections(told)),
        )
    )


def _sections(told: CostTold) -> Iterator[Section]:
    account = told.account
    for title, waterfall in told.falls.items():
        note = f"Over a notional of {amount(round(waterfall.notional, 8))} {waterfall.currency}."
        yield Section(f"From gross edge to net: {title}", note, bars=fall(waterfall))
    days = sorted(account.days)
    odd = {one.day for one in told.anomalies if one.series == "total"}
    if days:
        marked = frozenset(at for at, when in enumerate(days) if when in odd)
        yield Section(
            "Cost per day", f"In {account.currency}; days that cost unlike the others are marked.",
            markup=columns([account.days[when] for when in days], marked), scale=(days[0], days[-1]),
        )  # fmt: skip
    yield Section("Per unit of trading", _units_note(told.units), table=_units(told))
    if told.budgets:
        rows = [(one.measure, one.what, one.verdict.value, one.reason) for one in told.budgets]
        yield Section("Budgets", table=Table(("measure", "of", "verdict", "why"), rows))
    for name, sums in (
        ("environment", account.environments),
        ("service", account.services),
        ("run", account.runs),
    ):
        ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        parts = [(what, amount(round(cost, 8)), _share(cost, account.total)) for what, cost in ranked]
        yield Section(f"By {name}", table=Table((name, "cost", "share"), parts, frozenset({"cost", "share"})))
    odd_rows = [
        (one.day, one.series, amount(round(one.cost, 8)), amount(round(one.usual, 8)), amount(one.score))
        for one in told.anomalies
    ]
    yield Section(
        "Anomalies", "Robust distance from the median day.",
        table=Table(
            ("day", "series", "cost", "usual", "score"), odd_rows, frozenset({"cost", "usual", "score"})
        ),
    )  # fmt: skip


def _units_note(units: Units) -> str:
    if not units.days:
        return "Bill and trading share no day."
    return f"Over {counted(units.days, 'day')} that bill and trading share."


def _units(told: CostTold) -> Table:
    units = told.units
    values = (
        ("cost of those days", units.cost), ("notional", units.notional),
        ("per million of notional", units.per_million_notional),
        ("per order", units.per_order), ("per run", units.per_run), ("maker rebates", units.rebates),
        ("cost less rebates", units.net),
    )  # fmt: skip
    rows = [(name, "not measured" if value is None else amount(round(value, 8))) for name, value in values]
    return Table(("unit", "amount"), rows, frozenset({"amount"}))


def _share(cost: Decimal, total: Decimal) -> str:
    return f"{amount(round(cost / total * 100, 2))} %" if total else "\u2013"
