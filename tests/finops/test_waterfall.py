"""The waterfall from gross edge to net adds up, and a cost that nobody measured is not zero."""

from decimal import Decimal
from pathlib import Path

from tests.finops.desk import cash, fill
from tests.finops.venue import LINEAR, record, voyage

from seatrial.finops.report.page import fall
from seatrial.finops.waterfall import Step, Waterfall, of_record, of_rows

D = Decimal


def amounts(waterfall: Waterfall | None) -> dict[str, Decimal | None]:
    """The steps by name."""
    assert waterfall is not None
    return {step.name: step.amount for step in waterfall.steps}


def test_a_round_trip_ends_in_its_cash() -> None:
    """Bought, sold, charged, funded, and the machines paid: what is left is what was earned."""
    rows = [
        fill(0, side="buy", price="100", qty="2", fee=D("-0.1")),
        fill(9, side="sell", price="103", qty="2", fee=D("0.05")),
        cash(5, "-0.25", symbol="BTCUSDT"),
    ]

    told = amounts(of_rows(rows, {}, D("-1.5")))

    assert told == {
        "gross edge": D(6), "fees and rebates": D("-0.05"), "funding": D("-0.25"),
        "net of trading": D("5.70"), "infrastructure": D("-1.5"), "net": D("4.20"),
    }  # fmt: skip


def test_what_is_held_counts_at_the_last_price() -> None:
    """A position that is still open is not a loss of all its cash."""
    rows = [
        fill(0, side="buy", price="100", qty="3", fee=None),
        fill(1, side="sell", price="110", qty="1", fee=None),
    ]

    assert amounts(of_rows(rows, {}))["gross edge"] == 30


def test_a_record_s_waterfall_ends_in_the_engine_s_own_result(tmp_path: Path) -> None:
    """Spread, adverse selection and inventory, fees and funding: equity now less equity then."""
    events = voyage(LINEAR)
    position = next(told for _, kind, told in reversed(events) if kind == "position")

    told = amounts(of_record(record(tmp_path / "record", LINEAR, events)))

    assert told["net of trading"] == D(position["equity"]) - 10**9
    assert told["infrastructure"] is None


def test_bars_follow_one_another() -> None:
    """Each step is drawn from where the last one ended, and sums from zero."""
    steps = (Step("a", D(6)), Step("b", D(-2)), Step("sum", D(4), total=True), Step("c", None))

    bars = fall(Waterfall("USDT", D(100), steps))

    assert [(bar.left, bar.width) for bar in bars] == [
        (0.0, 100.0),
        (66.67, 33.33),
        (0.0, 66.67),
        (66.67, 0.0),
    ]
    assert [bar.said for bar in bars] == ["6 USDT", "-2 USDT", "4 USDT", "not measured"]


def test_no_fill_has_no_waterfall() -> None:
    """Nothing over nothing is not an edge."""
    assert of_rows([cash(0, "1")], {}) is None


def test_a_fee_that_nobody_can_value_is_not_measured() -> None:
    """A fee in a token without a rate is not zero; with a rate it counts."""
    rows = [fill(0, price="100", qty="1", fee=D("-0.01"), fee_currency="BNB")]

    assert amounts(of_rows(rows, {}))["fees and rebates"] is None
    assert amounts(of_rows(rows, {"BNB": D(600)}))["fees and rebates"] == -6
