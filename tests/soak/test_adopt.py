"""A bot's own files as a record: every other command reads it, and it claims nothing it was not told."""

import contextlib
import io
import json
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.engine.bot.files.making import (
    HB_DATA,
    START_MS,
    freqtrade,
    ft_order,
    ft_trade,
    hb_fill,
    hb_order,
    hummingbot,
    prints,
)

from seatrial.cli import run
from seatrial.judge.history import History
from seatrial.store.identity import strip_identity
from seatrial.store.verify import verify


def said(*words: str | Path, code: int) -> dict[str, Any]:
    """What a command prints with --json, having ended with this code."""
    out = io.TextIOWrapper(io.BytesIO(), write_through=True)
    with contextlib.redirect_stdout(out):
        ended = run([*map(str, words), "--json"])
    out.seek(0)
    answer: dict[str, Any] = json.loads(out.read())
    assert ended == code, answer
    return answer


def both_ways(path: Path, **others: Any) -> Path:
    """Ten round trips of 20 at 0.5 and 0.51, makers all of them."""
    sides = [("BUY", 500_000), ("SELL", 510_000)] * 10
    fills = [
        hb_fill(at, trade_type=side, price=price, order_id=f"{side[0]}o{at}", amount=20_000_000)
        for at, (side, price) in enumerate(sides)
    ]
    orders = [
        hb_order(f"{side[0]}o{at}", f"{side.title()}OrderCompleted", price=price)
        for at, (side, price) in enumerate(sides)
    ]
    return hummingbot(path, orders, fills, **others)


def test_a_history_becomes_a_record_that_every_judgement_reads(tmp_path: Path) -> None:
    """The record is the interface, whoever wrote the history."""
    path = both_ways(tmp_path / "a.sqlite")
    answer = said("soak", "report", path, "--from", "hummingbot", "--out", tmp_path / "out", code=3)
    record = Path(answer["record"])

    assert (answer["fills"], answer["orders"], answer["anomalies"]) == (20, 20, {})
    assert verify(record / "journal.jsonl") == []
    assert answer["residual"] == pytest.approx(0, abs=1e-12)
    # 10 round trips of 20 at 0.01, less 0.1 % of 202 traded.
    assert answer["kpis"]["net_bps"] == pytest.approx((2 - 0.202) / 202 * 1e4)
    assert answer["kpis"]["maker_share_ratio"] == 1
    gates = said("gate", "check", record, code=3)["gates"]
    assert {gate["kpi"]: gate["verdict"] for gate in gates} == {
        "net_bps": "PASS", "maker_share_ratio": "PASS", "risk_ratio": "UNKNOWN",
        "ack_latency_ms_p95": "UNKNOWN",
    }  # fmt: skip
    assert said("soak", "report", record, code=3)["kpis"] == answer["kpis"]


def test_what_the_files_cannot_tell_is_missing_and_not_zero(tmp_path: Path) -> None:
    """Zero blocked intents, full uptime and no adverse selection would all be green lights on nothing."""
    path = both_ways(tmp_path / "a.sqlite")

    kpis = said("soak", "report", path, "--out", tmp_path / "out", code=3)["kpis"]

    silent = (
        "gross_bps", "adverse_bps", "inventory_bps", "slippage_bps", "risk_ratio", "ack_latency_ms_p95",
        "uptime_ratio", "coverage_ratio", "recorded_ratio", "quote_uptime_ratio", "replace_rate_per_min",
        "drawdown_ratio", "markout_bps_1s", "markout_bps_5s",
    )  # fmt: skip
    assert {name: kpis[name] for name in silent if name in kpis and kpis[name] is not None} == {}
    assert kpis["unattributed_ratio"] == 1


def test_mids_that_the_bot_kept_attribute_the_edge(tmp_path: Path) -> None:
    """Where the market was seen, spread and adverse selection are measured as in any run."""
    data = [
        {"timestamp": START_MS + 1000 * at, "exchange": "kucoin", "trading_pair": "ONE-USDT",
         "mid_price": 505_000, "best_bid": 500_000, "best_ask": 510_000}
        for at in range(30)
    ]  # fmt: skip
    path = both_ways(tmp_path / "a.sqlite", MarketData=(HB_DATA, data))

    answer = said("soak", "report", path, "--out", tmp_path / "out", code=3)

    assert answer["kpis"]["gross_bps"] == pytest.approx(2 / 202 * 1e4)
    assert answer["kpis"]["adverse_bps"] == 0
    assert answer["residual"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"price": 0}, "1 fills without the price"),
        ({"amount": 0}, "1 fills without the quantity"),
        ({"trade_fee": None}, "1 fills without the worth of its fee"),
        (
            {"trade_fee": '{"percent": "0", "flat_fees": [{"token": "KCS", "amount": "1"}]}'},
            "worth of its fee",
        ),
    ],
)
def test_a_missing_figure_leaves_the_net_unknown(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    """A purchase for nothing, or without its fee, is the most profitable of all."""
    path = both_ways(tmp_path / "a.sqlite")
    connection = sqlite3.connect(path)
    name, value = next(iter(change.items()))
    connection.execute(f"UPDATE TradeFill SET {name} = ? WHERE rowid = 3", (value,))
    connection.commit()
    connection.close()

    answer = said("soak", "report", path, "--out", tmp_path / "out", code=3)

    assert answer["kpis"]["net_bps"] is None
    assert any(reason in text for text in answer["reasons"])
    assert answer["fills"] == 20


def test_an_execution_without_a_place_makes_the_run_unknown(tmp_path: Path) -> None:
    """Books that lack a trade may close and still be wrong."""
    path = both_ways(tmp_path / "a.sqlite")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE TradeFill SET timestamp = 0 WHERE rowid = 3")
    connection.commit()
    connection.close()

    answer = said("soak", "report", path, "--out", tmp_path / "out", "--set", "gates=[]", code=3)

    assert any("lacks executions" in text for text in answer["reasons"])


def test_an_open_position_without_a_price_is_not_valued_at_its_entry(tmp_path: Path) -> None:
    """Days after the last fill, its price says nothing of what the position is worth."""
    orders = [
        ft_order(1, 1, "buy"),
        ft_order(2, 1, "sell", status="open", filled=0, order_date="2024-02-01 00:00:00"),
    ]
    path = freqtrade(tmp_path / "t.sqlite", [ft_trade(1, is_open=1, close_date=None)], orders)

    answer = said("soak", "report", path, "--out", tmp_path / "out", code=3)

    assert answer["kpis"]["net_bps"] is None


def test_freqtrade_profit_is_its_own(tmp_path: Path) -> None:
    """What the bot booked as its profit is what the record says, to the last digit."""
    path = freqtrade(tmp_path / "t.sqlite", [ft_trade(1)], [ft_order(1, 1, "buy"), ft_order(2, 1, "sell")])
    record = Path(said("soak", "report", path, "--out", tmp_path / "out", code=3)["record"])

    last = History.read(record).positions[-1]

    assert last.equity == 220 * (1 - Decimal("0.001")) - 200 * (1 + Decimal("0.001"))


def test_the_same_files_make_the_same_record_and_stay_as_they_are(tmp_path: Path) -> None:
    """Evidence that differs from reading to reading is none."""
    there = tmp_path / "bot"
    there.mkdir()
    path = both_ways(there / "a.sqlite")
    before = prints(there)

    records = [
        Path(said("soak", "report", path, "--out", tmp_path / name, code=3)["record"]) for name in ("a", "b")
    ]

    assert strip_identity(records[0]) == strip_identity(records[1])
    assert prints(there) == before
    manifest = json.loads((records[0] / "run.json").read_bytes())
    assert manifest["provenance"]["detail"]["files"][0]["sha256"] == before["a.sqlite"][0]


def test_anomalies_lie_in_the_record_with_their_rows(tmp_path: Path) -> None:
    """Whoever has to mend the bot starts from these lines."""
    path = hummingbot(
        tmp_path / "a.sqlite", [hb_order("So1", "OrderCancelled")], [hb_fill(1), hb_fill(2, order_id="x")]
    )

    answer = said("soak", "report", path, "--out", tmp_path / "out", code=3)

    lines = [
        json.loads(line) for line in (Path(answer["record"]) / "anomalies.jsonl").read_text().splitlines()
    ]
    assert [(row["kind"], row["source"], row["row"]) for row in lines] == [
        ("cancelled_with_fills", "Order", 1), ("orphan_fills", "TradeFill", 2),
        ("partially_filled_orders", "Order", 1),
    ]  # fmt: skip
    assert answer["findings"] == lines


@pytest.mark.parametrize("word", ["hummingbot", "freqtrade", "ccxt", "nautilus", "jsonl", "nobody"])
def test_bad_input_is_one_error_and_leaves_nothing(tmp_path: Path, word: str) -> None:
    """A wrong file is the user's to mend, and must not leave half a record."""
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")

    answer = said("soak", "report", tmp_path / "x.csv", "--from", word, "--out", tmp_path / "out", code=2)

    assert answer["schema"] == "seatrial.error/1"
    assert not (tmp_path / "out").exists()


def test_a_database_of_orders_only_is_a_bot_that_never_filled(tmp_path: Path) -> None:
    """Nothing filled is a fact about the bot, and no statement about its edge."""
    path = hummingbot(
        tmp_path / "a.sqlite", [hb_order("Bo1", "OrderCancelled"), hb_order("So2", "OrderCancelled")], []
    )

    answer = said("soak", "report", path, "--out", tmp_path / "out", code=3)

    assert (answer["fills"], answer["orders"]) == (0, 2)
    assert (answer["kpis"]["fills_count"], answer["kpis"]["fill_ratio"], answer["kpis"]["net_bps"]) == (
        0,
        0,
        None,
    )
