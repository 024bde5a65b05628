"""The comparison: runs alike agree, each planted difference is laid to its cause, and the causes add up."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.golden_extension import Golden
from tests.shadow.records import MONDAY_NS, manifest, write_lines

from seatrial.model.atomic import write_json
from seatrial.model.errors import UsageError
from seatrial.model.outcome import Outcome
from seatrial.model.verdict import Verdict
from seatrial.shadow.compare import Limits, compare
from seatrial.shadow.matching import paired
from seatrial.store.record import Record

S = 10**9
Events = list[dict[str, Any]]
INSTRUMENT = {"symbol": "BTCUSDT", "contract": "linear", "contract_size": "1"}


def events() -> Events:
    """A minute of a run: a decision a second, a bid each ten seconds, every second one of them filled."""
    found: Events = [{"kind": "run_started", "ts_ns": MONDAY_NS, "instruments": [INSTRUMENT]}]
    for second in range(60):
        ts_ns = MONDAY_NS + second * S
        number = second // 10 + 1
        if second % 10 == 0:
            found.append(order(ts_ns, number, str(100 + number)))
        if second % 20 == 5:
            found.append(fill(ts_ns, number, str(100 + number)))
        found.append(
            {
                "kind": "decision", "ts_ns": ts_ns, "symbol": "BTCUSDT", "mid": "110",
                "position": str(second // 20), "quote_bid": str(100 + number), "quote_ask": None,
            }
        )  # fmt: skip
    return found


def order(
    ts_ns: int, number: int, price: str, event: str = "submitted", reason: str | None = None
) -> dict[str, Any]:
    """An order event of a bid for one."""
    head = {"kind": "order", "ts_ns": ts_ns, "order_id": number, "symbol": "BTCUSDT", "side": "buy"}
    return {**head, "price": price, "qty": "1", "event": event, "reason": reason}


def fill(ts_ns: int, number: int, price: str, fee: str = "-0.1") -> dict[str, Any]:
    """A fill of it."""
    head = {"kind": "fill", "ts_ns": ts_ns, "order_id": number, "fill_id": number, "symbol": "BTCUSDT"}
    return {**head, "side": "buy", "price": price, "qty": "1", "fee_settle": fee}


def planted(tmp_path: Path, name: str, rows: Events, **config: Any) -> Path:
    """A record of these events."""
    record = Record(tmp_path / name)
    record.path.mkdir()
    settings = {"bot": {"timer_ms": 1_000}, "exchange": {"queue": "conservative"}, "risk": {}, **config}
    write_json(record.manifest, manifest(name, config=settings))
    write_lines(record.journal, sorted(rows, key=lambda row: row["ts_ns"]))
    return record.path


def told(tmp_path: Path, spoil: Callable[[Events], Events], **config: Any) -> Outcome:
    """What is said of a shadow run as it should be and a dry run that is spoilt."""
    tmp_path.mkdir(exist_ok=True)
    shadow = planted(tmp_path, "shadow", events())
    return compare(shadow, planted(tmp_path, "dryrun", spoil(events()), **config), Limits())


def money(outcome: Outcome) -> dict[str, Decimal]:
    """The causes that are not nothing."""
    return {cause: Decimal(text) for cause, text in outcome.data["divergence"].items() if Decimal(text)}


def _without(rows: Events, kind: str, number: int) -> Events:
    return [row for row in rows if not (row["kind"] == kind and row.get("order_id") == number)]


def _fees(rows: Events) -> Events:
    return [{**row, "fee_settle": "-0.3"} if row["kind"] == "fill" else row for row in rows]


def _funded(rows: Events) -> Events:
    return [*rows, {"kind": "funding", "ts_ns": MONDAY_NS + 30 * S, "amount": "-0.25"}]


def _gap(rows: Events) -> Events:
    gap = {"kind": "gap", "ts_ns": MONDAY_NS + 4 * S, "from_ns": MONDAY_NS, "to_ns": MONDAY_NS + 4 * S}
    return [*_without(_without(rows, "order", 1), "fill", 1), gap]


def _late(rows: Events) -> Events:
    refused = order(MONDAY_NS + S, 1, "101", "rejected", "post_only_would_cross")
    return [*_without(rows, "fill", 1), refused]


def _elsewhere(rows: Events) -> Events:
    for row in rows:
        if row["kind"] == "order" and row["order_id"] == 1:
            row["price"] = "101.5"
    return _without(rows, "fill", 1)


# The fill of order 1 was bought at 101, is worth 110 and cost 0.1: 8.9.
CASES: dict[str, tuple[Callable[[Events], Events], dict[str, str]]] = {
    "nothing": (lambda rows: rows, {}),
    "a fill that only one queue gave": (lambda rows: _without(rows, "fill", 1), {"queue": "8.9"}),
    "other fees": (_fees, {"fee": "0.6"}),
    "funding": (_funded, {"funding": "0.25"}),
    "a gap in the dry run's data": (_gap, {"missing_data": "8.9"}),
    "an order that came too late": (_late, {"latency": "8.9"}),
    "a quote from a moment later": (_elsewhere, {"latency": "8.9"}),
    "an order that nothing explains": (
        lambda rows: _without(_without(rows, "order", 1), "fill", 1),
        {"unattributed": "8.9"},
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_difference_is_laid_to_its_cause(tmp_path: Path, what: str) -> None:
    """To the last digit, and to no other cause."""
    spoil, expected = CASES[what]

    outcome = told(tmp_path, spoil)

    assert money(outcome) == {cause: Decimal(text) for cause, text in expected.items()}
    assert Decimal(outcome.data["divergence_total"]) == sum(map(Decimal, expected.values()), Decimal(0))


def test_other_settings_of_the_bot_are_a_cause_and_are_named(tmp_path: Path) -> None:
    """Two bots are not one bot in two places."""
    outcome = told(
        tmp_path,
        lambda rows: _without(_without(rows, "order", 1), "fill", 1),
        bot={"timer_ms": 1_000, "size": 2},
    )

    assert money(outcome) == {"config": Decimal("8.9")}
    assert outcome.data["config_differences"] == ["bot.size"]


def test_runs_alike_pass_and_runs_apart_fail(tmp_path: Path) -> None:
    """The gate is on what is the same, not on whether the money happens to agree."""

    def other(rows: Events) -> Events:
        return [{**row, "quote_bid": "99"} if row["kind"] == "decision" else row for row in rows]

    alike, apart = told(tmp_path / "a", lambda rows: rows), told(tmp_path / "b", other)

    assert alike.verdict is Verdict.PASS
    assert (apart.verdict, apart.data["ratios"]["decisions"]) == (Verdict.FAIL, 0.0)


def test_a_dry_run_that_differs_from_itself_forgives_as_much(tmp_path: Path) -> None:
    """What two runs of one thing do not share is noise, not a fault of the model."""
    shaken = events()
    for row in shaken:
        if row["kind"] == "decision" and row["ts_ns"] % (3 * S):
            row["quote_bid"] = "99"
    shadow = planted(tmp_path, "shadow", events())
    dry, again = planted(tmp_path, "dry", shaken), planted(tmp_path, "again", events())

    assert compare(shadow, dry, Limits()).verdict is Verdict.FAIL
    assert compare(shadow, dry, Limits(), baseline=again).verdict is Verdict.PASS


def test_too_little_to_compare_is_unknown(tmp_path: Path) -> None:
    """Ten decisions alike say nothing; runs without a fill say nothing of fills."""
    short = [row for row in events() if row["ts_ns"] < MONDAY_NS + 10 * S]
    quiet = [row for row in events() if row["kind"] != "fill"]

    few = compare(planted(tmp_path, "a", short), planted(tmp_path, "b", short), Limits())
    still = compare(planted(tmp_path, "c", quiet), planted(tmp_path, "d", quiet), Limits())

    assert (few.verdict, still.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)


def test_runs_of_other_times_are_an_error(tmp_path: Path) -> None:
    """There is nothing to compare, and that must not read as no difference."""
    later = [{**row, "ts_ns": row["ts_ns"] + 3_600 * S} for row in events()]

    with pytest.raises(UsageError, match="no market time"):
        compare(planted(tmp_path, "a", events()), planted(tmp_path, "b", later), Limits())


def test_the_report_for_people(tmp_path: Path, golden: Golden) -> None:
    """What a person reads of a comparison, as somebody last found it readable."""
    outcome = told(tmp_path, lambda rows: _gap(_fees(rows)))

    assert "\n".join(outcome.lines).replace(str(tmp_path), "RECORDS") + "\n" == golden("md")


NEAR = st.lists(st.integers(0, 40), max_size=12)


@given(NEAR, NEAR, st.integers(0, 5))
def test_everything_is_in_one_pair_or_in_none(one: list[int], other: list[int], within: int) -> None:
    """Nothing is lost, nothing counts twice, and no pair is further apart than allowed."""
    left, right = list(enumerate(one)), list(enumerate(other))

    pairs = paired(left, right, lambda _: 0, lambda item: item[1], within)

    assert sorted([*(a for a, _ in pairs.both), *pairs.first]) == left
    assert sorted([*(b for _, b in pairs.both), *pairs.second]) == right
    assert all(abs(a[1] - b[1]) <= within for a, b in pairs.both)
