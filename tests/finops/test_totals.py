"""Totals of an earlier toolkit's files: what adds up is added, what does not is weighted."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.finops.reconcile import ReconcileAsk, Reconciliation, reconcile
from seatrial.finops.reconcile_answer import judge
from seatrial.model.errors import InputError
from seatrial.model.profile import FinopsSettings
from seatrial.model.verdict import Verdict

SETTINGS = FinopsSettings()
TABLES = {
    "pnl.csv": "date,symbol,pnl,fees_bps,turnover_usd\n2025-01-01,BTCUSDT,4,0,0\n2025-01-02,BTCUSDT,6,0,0\n",
    "fees.csv": "date,symbol,fees_bps,turnover_usd,pnl\n2025-01-01,BTCUSDT,1,0,0\n2025-01-02,BTCUSDT,2,0,0\n",
    "turnover.csv": "date,symbol,turnover_usd,fees_bps,pnl\n2025-01-01,BTCUSDT,300,0,0\n"
    "2025-01-02,BTCUSDT,100,0,0\n2025-01-02,TOTAL,400,0,0\n",
}


def compared(folder: Path, metrics: object, tables: dict[str, str] = TABLES) -> Reconciliation:
    """Reconcile metrics with daily tables."""
    (folder / "metrics.json").write_text(json.dumps(metrics))
    for name, text in tables.items():
        (folder / name).write_text(text)
    ask = ReconcileAsk(folder / "metrics.json", [folder / name for name in tables], date(2025, 2, 1))
    return reconcile(ask, SETTINGS)


def test_basis_points_are_weighted_and_money_is_added(tmp_path: Path) -> None:
    """A day of three hundred at one and a day of a hundred at two is 1.25, and not three."""
    found = compared(tmp_path, {"BTCUSDT": {"pnl": 10, "fees_bps": 1.25, "turnover_usd": 400}})

    assert (found.breaks, found.matched) == ([], 3)
    assert judge(found, SETTINGS).verdict is Verdict.PASS


def test_a_total_that_differs_is_a_break_with_its_worth(tmp_path: Path) -> None:
    """Each figure by itself, fees in money."""
    metrics = {
        "BTCUSDT": {"pnl": 11, "fees_bps": 2.25, "turnover_usd": 400},
        "ETH-PERP": {"pnl": 3, "fees_bps": 0, "turnover_usd": 0},
    }
    found = compared(tmp_path, metrics)

    assert [(one.kind.value, one.key, one.value_quote) for one in found.breaks] == [
        ("quantity", "BTCUSDT pnl", Decimal(1)),
        ("fee_amount", "BTCUSDT fees_bps", Decimal("0.04")),
        ("missing_there", "ETH-PERP pnl", Decimal(3)),
    ]
    assert judge(found, SETTINGS).verdict is Verdict.FAIL


def test_zeros_everywhere_are_no_evidence(tmp_path: Path) -> None:
    """A bot that never traded agrees with a venue that never heard of it, and proves nothing."""
    zeros = {
        name: text.splitlines()[0] + "\n1970-01-01,BTCUSDT,0.0,0.0,0.0\n" for name, text in TABLES.items()
    }
    nested: object = {"fees": {"per_symbol_bps": {}}, "turnover": {"usd": {}}, "pnl": {"net_bps": {}}}

    found = compared(tmp_path, nested, zeros)

    assert judge(found, SETTINGS).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "text", ["a,b,c\n", "date,symbol,pnl\n2025-01-01,BTCUSDT,much\n", "date,symbol,pnl\n2025\n"]
)
def test_a_damaged_table_is_refused(tmp_path: Path, text: str) -> None:
    """With its file, and its line where it has one."""
    with pytest.raises(InputError) as refused:
        compared(tmp_path, {"BTCUSDT": {"pnl": 1}}, {"pnl.csv": text})

    assert refused.value.where.file == "pnl.csv"
