"""A shadow run: the same bot and core as a dry run, a market at its own pace, and nothing ever sent."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.shadow.stage import replaying, seams, venue, watching

from seatrial.dryrun.run import run as dry_run
from seatrial.model.errors import OutsideError, RefusedError, UsageError
from seatrial.model.outcome import Outcome
from seatrial.model.shadow_decision import ShadowDecision, ShadowOutcome
from seatrial.model.verdict import Verdict
from seatrial.shadow.audit import audit
from seatrial.shadow.compare import Limits, compare
from seatrial.shadow.run import ShadowAsk, run
from seatrial.store.clock import utc_now_ns
from seatrial.store.heartbeat import read_heartbeat
from seatrial.store.journal import read
from seatrial.store.lock import held
from seatrial.store.manifest import read_manifest
from seatrial.store.record import Record, open_record
from seatrial.store.verify import verify

MARKET = "/v5/market/"


def record_of(outcome: Outcome) -> Record:
    """The record that an outcome names."""
    return open_record(Path(outcome.data["record"]))


def rows_of(record: Record) -> list[dict[str, Any]]:
    """The lines of a decision log."""
    return [orjson.loads(line) for line in (record.path / "shadow_decisions.jsonl").read_bytes().splitlines()]


def test_a_replay_decides_as_a_dry_run_on_the_same_market(tmp_path: Path) -> None:
    """Shadow and dry run share the execution path: over the same events they are the same run."""
    ask = replaying(tmp_path, window="10s")

    shadow = run(ShadowAsk(ask, speed=0), seams=seams())
    dry = dry_run(replace(ask, mode="dryrun", iterations=3), seams=seams())

    found = compare(record_of(shadow).path, record_of(dry).path, Limits(1.0, 1.0, 1.0))
    assert shadow.data["fills"] > 0
    assert found.verdict is Verdict.PASS
    assert {float(money) for money in found.data["divergence"].values()} == {0.0}


def test_the_log_says_of_each_decision_what_it_saw_asked_and_got(tmp_path: Path) -> None:
    """Every line fits the model; intents lead to outcomes; nothing was sent; the audit finds nothing."""
    record = record_of(run(ShadowAsk(replaying(tmp_path), speed=0), seams=seams()))
    rows = rows_of(record)
    decisions = [row for row in rows if row["record_type"] == "decision"]
    outcomes = [row for row in rows if row["record_type"] == "outcome"]

    for row in rows:
        model = ShadowDecision if row["record_type"] == "decision" else ShadowOutcome
        model.model_validate(
            {"record_schema": row["schema"], **{k: v for k, v in row.items() if k != "schema"}}
        )
    assert {row["data_mode"] for row in rows} == {"SHADOW_REPLAY"}
    assert len({row["decision_id"] for row in decisions}) == len(decisions) > 20
    acted = [row for row in decisions if row["outcome"] == "recorded"]
    assert acted
    last = {"stage": "send", "reason": "shadow: recorded, not sent", "passed": False}
    assert all(row["gate_trace"][-1] == last for row in acted)
    assert decisions[-1]["provenance"]["market_context.bid"] == "observed"
    assert decisions[-1]["provenance"]["equity"] == "synthetic"
    made = {order["order_id"] for row in acted for order in row["intended_order"]}
    assert {row["order_id"] for row in outcomes if row["event"] == "filled"} <= made
    assert audit(record.path, utc_now_ns()).data["findings"] == []


def test_the_pace_does_not_change_the_record(tmp_path: Path) -> None:
    """Cut wherever the clock cuts it, the market is the same and so is every fill."""
    at_once = run(ShadowAsk(replaying(tmp_path), speed=0), seams=seams())
    clock = iter(range(0, 10**15, 37_000_000))
    paced = replace(seams(), monotonic_ns=lambda: next(clock))

    slowly = run(ShadowAsk(replaying(tmp_path), speed=3), seams=paced, pause=lambda _: None)

    one, other = (
        [{**row, "run_id": "", "decision_id": ""} for row in rows_of(record_of(o))] for o in (at_once, slowly)
    )
    assert one == other


def test_a_risk_block_is_a_stage_that_was_not_passed(tmp_path: Path) -> None:
    """Why an intent came to nothing must be in the line, or nobody can tell a limit from a whim."""
    ask = replaying(tmp_path, sets=("risk.max_order_notional=0.01",))

    rows = rows_of(record_of(run(ShadowAsk(ask, speed=0), seams=seams())))

    blocked = next(row for row in rows if row["outcome"] == "blocked")
    assert next(step["stage"] for step in blocked["gate_trace"] if not step["passed"]) == "risk"
    assert blocked["intended_order"] == []


def test_beside_a_venue_nothing_but_market_questions_leave(tmp_path: Path) -> None:
    """Over real sockets: orders are made, filled on paper, and the venue hears of none."""
    with venue() as bybit:
        outcome = run(ShadowAsk(watching(tmp_path, bybit.url), length="3s"))

    record = record_of(outcome)
    rows = rows_of(record)
    assert [path for path in bybit.asked if not path.startswith(MARKET)] == []
    assert bybit.account.orders == {}
    assert any(row["record_type"] == "decision" and row["intended_order"] for row in rows)
    assert any(row["record_type"] == "outcome" and row["event"] == "filled" for row in rows)
    assert {row["data_mode"] for row in rows} == {"SHADOW_LIVE"}
    assert read_manifest(record.manifest).provenance.kind == "live"
    assert verify(record.journal) == []
    beat = read_heartbeat(record.heartbeat)
    assert beat is not None
    assert (beat.pid, beat.mode) == (os.getpid(), "shadow")


def test_a_venue_that_falls_silent_is_a_gap(tmp_path: Path) -> None:
    """What was not seen is not covered, and the bot is shown no book of before."""
    with venue() as bybit:
        bybit.troubles["/v5/market/orderbook"] = ("busy", 40)
        ask = watching(tmp_path, bybit.url, bot="tests.live.drill:Churner")
        outcome = run(ShadowAsk(ask, length="3s"))

    record = record_of(outcome)
    rows = rows_of(record)
    gaps = [event for event in read(record.journal) if event["kind"] == "gap"]
    covered_ns = read_manifest(record.manifest).covered_ns
    assert len(gaps) == 1
    assert covered_ns <= 3 * 10**9 - (gaps[0]["to_ns"] - gaps[0]["from_ns"])
    assert any(row["outcome"] == "no_data" for row in rows if row["record_type"] == "decision")
    assert any(row["outcome"] != "no_data" for row in rows if row["record_type"] == "decision")


def test_a_second_run_of_the_account_is_refused(tmp_path: Path) -> None:
    """Two writers would be two truths; exit 5 says that one is there already."""
    ask = replaying(tmp_path)
    (tmp_path / "out" / "shadow").mkdir(parents=True)

    with (
        held(tmp_path / "out" / "shadow" / ".main.lock"),
        pytest.raises(RefusedError, match="another shadow run"),
    ):
        run(ShadowAsk(ask, speed=0), seams=seams())

    assert [path.name for path in (tmp_path / "out" / "shadow").iterdir()] == [".main.lock"]


def test_a_second_run_beside_a_venue_is_refused_wherever_its_records_go(tmp_path: Path) -> None:
    """Two runs of an account with two folders of records are two all the same."""
    seat = tmp_path / "state" / "main"
    seat.mkdir(parents=True)

    with held(seat / "shadow.lock"), pytest.raises(RefusedError, match="another shadow run") as refused:
        run(ShadowAsk(watching(tmp_path, "http://127.0.0.1:9"), length="1s"))

    assert refused.value.exit_code == 5


def test_ctrl_c_leaves_a_whole_record(tmp_path: Path) -> None:
    """A shadow run is ended by hand more often than not."""
    pauses = 0

    def pause(_: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 20:
            os.kill(os.getpid(), signal.SIGINT)

    clock = iter(range(0, 10**15, 50_000_000))
    doors = replace(seams(), monotonic_ns=lambda: next(clock))

    outcome = run(ShadowAsk(replaying(tmp_path), speed=1), seams=doors, pause=pause)

    record = record_of(outcome)
    assert outcome.exit_code() == 130
    assert read_manifest(record.manifest).stopped_by == "interrupt"
    assert verify(record.journal) == []
    assert (record.path / "shadow_decisions.jsonl").read_bytes().endswith(b"\n")


@pytest.mark.parametrize(
    ("sets", "said"),
    [((), "no symbols"), (("market.symbols=[X]", "exchange.faults.reject_ratio=0.1"), "no faults")],
)
def test_what_is_no_shadow_is_refused_before_there_is_a_record(
    tmp_path: Path, sets: tuple[str, ...], said: str
) -> None:
    """Injected faults, or a market that nobody named, would be told as what the venue did."""
    ask = replaying(tmp_path, sets=sets)

    with pytest.raises(UsageError, match=said):
        run(ShadowAsk(replace(ask, data=None)), seams=seams())

    assert not (tmp_path / "out" / "shadow").exists()


def test_a_bot_that_passes_no_limits_is_refused(tmp_path: Path) -> None:
    """A strategy inside the kernel never meets the core that a live run would go through."""
    with pytest.raises(UsageError, match="compiled"):
        run(ShadowAsk(replaying(tmp_path, bot="joiner"), speed=0), seams=seams())


def test_a_venue_that_is_not_there_is_an_outside_failure(tmp_path: Path) -> None:
    """Exit 4, and no record that could be taken for a run."""
    with pytest.raises(OutsideError):
        run(ShadowAsk(watching(tmp_path, "http://127.0.0.1:9"), length="1s"))

    assert not list((tmp_path / "out" / "shadow").glob("2*"))
