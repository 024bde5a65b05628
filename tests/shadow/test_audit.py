"""The audit: each way in which a decision log has lied is found, and an honest log passes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.golden_extension import Golden

from seatrial.model.errors import InputError
from seatrial.model.outcome import Outcome
from seatrial.model.verdict import Verdict
from seatrial.shadow.audit import audit, look
from seatrial.shadow.logs import entry_of

NOW_NS = 1_800_000_000_000_000_000
Row = dict[str, Any]


def honest(at: int, **more: Any) -> Row:
    """A decision of a program that is not ours, as it should be."""
    row = {
        "timestamp": f"2026-01-27T10:{at // 60:02d}:{at % 60:02d}.123456+00:00",
        "decision_id": f"DEC_20260127100000_{at:04d}",
        "data_mode": "PAPER_LIVE",
        "symbol": "BTC/USDT",
        "market_context": {
            "price": 88_123.4 + at * 1.7,
            "spread_bps": 1.0 + at % 7,
            "daily_volume": 1e9 + at,
        },
    }
    return {**row, **more}


def told(tmp_path: Path, rows: list[Row] | str, **more: Any) -> Outcome:
    """What the audit says of a log."""
    path = tmp_path / "shadow_decisions.jsonl"
    text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return audit(path, NOW_NS, **more)


def test_an_honest_log_passes(tmp_path: Path) -> None:
    """An audit that finds fault with everything would be switched off."""
    outcome = told(tmp_path, [honest(at) for at in range(60)])

    assert outcome.verdict is Verdict.PASS
    assert outcome.data["findings"] == []
    assert (outcome.data["unique"], outcome.data["valid"], outcome.data["covered_ratio"]) == (60, 60, 1.0)


def _context(name: str, value: Any) -> Callable[[Row], None]:
    return lambda row: row["market_context"].__setitem__(name, value)


PLANTED: dict[str, tuple[str, Callable[[Row], None]]] = {
    "a test mode": ("test_value", lambda row: row.update(data_mode="TEST")),
    "a synthetic mode": ("synthetic_value", lambda row: row.update(data_mode="synthetic")),
    "a placeholder price": ("default_value", _context("price", 50_000.0)),
    "no price": ("default_value", _context("price", None)),
    "not a number": ("default_value", _context("price", float("nan"))),
    "a default by its own word": (
        "default_value",
        lambda row: row.update(
            provenance={"price": "default", "spread_bps": "observed", "daily_volume": "observed"}
        ),
    ),
    "a silent value": (
        "missing_provenance",
        lambda row: row.update(provenance={"market_context.x": "observed"}),
    ),
    "a naive time": ("naive_time", lambda row: row.update(timestamp="2026-01-27T10:00:30.5")),
    "a future": ("future_stamp", lambda row: row.update(timestamp="2099-01-01T00:00:00Z")),
    "no time": ("missing_time", lambda row: row.update(timestamp="yesterday")),
    "a time that goes back": ("stale_stamp", lambda row: row.update(timestamp="2026-01-27T09:00:00Z")),
    "an id again": ("duplicate_decision", lambda row: row.update(decision_id="DEC_20260127100000_0007")),
}


@pytest.mark.parametrize("what", PLANTED)
def test_one_bad_row_is_found_in_its_place(tmp_path: Path, what: str) -> None:
    """Row 31 of 60 is bad in one way: that, there, and nothing else."""
    kind, spoil = PLANTED[what]
    rows = [honest(at) for at in range(60)]
    spoil(rows[30])

    outcome = told(tmp_path, rows)

    assert outcome.verdict is Verdict.FAIL
    assert {finding["kind"] for finding in outcome.data["findings"]} == {kind}
    assert {finding["row"] for finding in outcome.data["findings"]} == {31}
    assert outcome.data["counts"] == {kind: len(outcome.data["findings"])}


def test_placeholder_prices_leave_nothing_valid(tmp_path: Path) -> None:
    """A log of nothing but 50000 and 100 has decisions, and none that rests on a market."""
    rows = [
        honest(at, symbol=symbol, market_context={"price": price}, decision_id=f"DEC_x_{2 * at + place:04d}")
        for at in range(36)
        for place, (symbol, price) in enumerate((("BTC/USDT", 50_000.0), ("AAPL", 100.0)))
    ]

    outcome = told(tmp_path, rows)

    assert outcome.data["counts"]["default_value"] == 72
    assert (outcome.data["unique"], outcome.data["valid"]) == (72, 0)


def test_a_round_price_among_others_is_a_price(tmp_path: Path) -> None:
    """A market passes through 90000 as through any other number."""
    rows = [honest(at) for at in range(60)]
    rows[30]["market_context"]["price"] = 90_000.0

    assert told(tmp_path, rows).verdict is Verdict.PASS


def test_a_value_that_never_moves_was_not_measured(tmp_path: Path) -> None:
    """A spread of 5 bps in every row of a moving market is a constant of the program."""
    rows = [honest(at) for at in range(60)]
    for row in rows:
        row["market_context"]["spread_bps"] = 5.0

    outcome = told(tmp_path, rows)

    assert outcome.verdict is Verdict.FAIL
    assert outcome.data["counts"] == {"constant_value": 1}
    assert "spread_bps" in outcome.data["findings"][0]["detail"]


def test_two_programs_that_take_turns_are_two_writers(tmp_path: Path) -> None:
    """Two counters interleaved in one file: neither's decisions can be trusted to be whole."""
    rows = [honest(at) for at in range(40)]
    for at, row in enumerate(rows):
        row["decision_id"] = f"DEC_2026012710{at:04d}_{(at // 2 if at % 2 else 500 + at // 2):04d}"

    outcome = told(tmp_path, rows)

    assert outcome.data["counts"] == {"several_writers": 2}


def test_a_restart_is_one_writer_after_the_other(tmp_path: Path) -> None:
    """A program that was started again counts from one; that is no second writer."""
    rows = [honest(at, decision_id=f"DEC_{at // 20}_{at % 20:04d}") for at in range(40)]

    assert told(tmp_path, rows).verdict is Verdict.PASS


def test_run_ids_that_take_turns_are_writers(tmp_path: Path) -> None:
    """Writers that say who they are need no guessing."""
    rows = [honest(at, run_id="ab"[at in {5, 6, 30}]) for at in range(40)]

    assert told(tmp_path, rows).data["counts"] == {"several_writers": 2}


def test_a_silence_is_a_gap_and_warns(tmp_path: Path) -> None:
    """A bot may rest; the log must not let that pass for watching."""
    rows = [honest(at) for at in range(30)]
    rows += [honest(at, timestamp=f"2026-01-27T12:00:{at:02d}Z") for at in range(30, 60)]

    outcome = told(tmp_path, rows)

    assert outcome.verdict is Verdict.WARN
    assert outcome.data["counts"] == {"gap": 1}
    assert outcome.data["covered_ratio"] < 0.01


def test_a_market_that_stands_still_is_stale(tmp_path: Path) -> None:
    """A dead feed shows the same numbers for ever, and every one of them looks observed."""
    rows = [
        honest(
            at, timestamp=f"2026-01-27T{10 + at // 60}:{at % 60:02d}:00Z", market_context={"price": 88_123.4}
        )
        for at in range(60)
    ]

    assert told(tmp_path, rows).data["counts"] == {"stale_market": 1}


def test_a_torn_last_line_warns_and_a_broken_one_fails(tmp_path: Path) -> None:
    """A kill may cut the last line; nothing may cut another."""
    whole = "".join(json.dumps(honest(at)) + "\n" for at in range(20))

    torn, broken = told(tmp_path, whole + '{"symbol": "BT'), told(tmp_path, "what\n" + whole)

    assert (torn.verdict, torn.data["counts"]) == (Verdict.WARN, {"torn_line": 1})
    assert (broken.verdict, broken.data["counts"]) == (Verdict.FAIL, {"unreadable_row": 1})


@pytest.mark.parametrize("text", ["", "\n" * 100, '{"level": "info"}\n'])
def test_a_log_without_decisions_is_unknown(tmp_path: Path, text: str) -> None:
    """A hundred blank lines were once a green light."""
    assert told(tmp_path, text).verdict is Verdict.UNKNOWN


def test_the_report_for_people(tmp_path: Path, golden: Golden) -> None:
    """What a person reads of a log in which much is wrong."""
    rows = [honest(at) for at in range(60)]
    for place, (_, spoil) in enumerate(PLANTED.values()):
        spoil(rows[10 + 4 * place])

    outcome = told(tmp_path, rows)

    assert "\n".join(outcome.lines).replace(str(tmp_path), "LOGS") + "\n" == golden("md")


def test_no_log_is_an_error(tmp_path: Path) -> None:
    """A path with nothing in it must not read as a clean log."""
    with pytest.raises(InputError, match="no decision log"):
        audit(tmp_path, NOW_NS)


NAMES = ("symbol", "timestamp", "ts_ns", "price", "decision_id", "provenance", "gate_trace", "data_mode")
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_row_of_a_stranger_stops_the_audit(row: Row) -> None:
    """Whatever a foreign program writes becomes an entry or a finding, never a traceback."""
    entry = entry_of("x", 1, row)

    assert isinstance(look([entry, entry], NOW_NS, 300.0), list)
