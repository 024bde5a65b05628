"""Health: what was really seen counts, once, and silence is never health."""

from pathlib import Path

import pytest
from tests.golden_extension import Golden
from tests.shadow.records import HOUR_NS, MONDAY_NS, manifest, planted, row, write_lines

from seatrial.model.artifact import Provenance
from seatrial.model.atomic import write_json
from seatrial.model.errors import InputError
from seatrial.model.verdict import Verdict
from seatrial.shadow.health import Wanted, health
from seatrial.store.heartbeat import Heartbeat

LATER_NS = MONDAY_NS + 30 * 24 * HOUR_NS
WEEKLY = Wanted(weekly=True)


def test_a_day_that_was_seen_is_healthy(tmp_path: Path) -> None:
    """Otherwise nobody would look at the days that are not."""
    planted(tmp_path, "a", range(24))

    outcome = health([tmp_path / "shadow"], Wanted(), LATER_NS)

    assert outcome.verdict is Verdict.PASS
    (day,) = outcome.data["days"]
    assert (day["date"], day["coverage_ratio"], day["counted"], day["decisions"]) == (
        "2026-01-05",
        1.0,
        True,
        1440,
    )


def test_days_between_in_which_nothing_ran_are_unknown(tmp_path: Path) -> None:
    """A process that was dead for a day once read as healthy."""
    planted(tmp_path, "a", range(24))
    planted(tmp_path, "b", range(48, 72))

    outcome = health([tmp_path / "shadow"], Wanted(), LATER_NS)

    assert [day["verdict"] for day in outcome.data["days"]] == ["PASS", "UNKNOWN", "PASS"]
    assert outcome.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("hours", "counted"), [(152, 1), (151, 0)])
def test_a_week_counts_from_ninety_percent(tmp_path: Path, hours: int, counted: int) -> None:
    """151.2 of 168 planned hours is the line; an hour below it is not a week."""
    planted(tmp_path, "a", range(hours))

    outcome = health([tmp_path / "shadow"], WEEKLY, LATER_NS)

    assert outcome.data["weeks_counted"] == counted
    assert outcome.verdict is (Verdict.PASS if counted else Verdict.UNKNOWN)
    assert outcome.data["weeks"][0]["week"] == "2026-W02"


def test_reruns_count_once(tmp_path: Path) -> None:
    """Sixteen hours run again on each of eight days were once seven weeks of evidence."""
    for number in range(8):
        planted(tmp_path, f"run-{number}", range(16))

    outcome = health([tmp_path / "shadow"], WEEKLY, LATER_NS)

    (week,) = outcome.data["weeks"]
    assert (outcome.data["weeks_counted"], week["covered_h"], week["decisions"]) == (0, 16.0, 960)


def test_gaps_are_not_covered(tmp_path: Path) -> None:
    """A run that stood before a dead feed saw nothing, however long it stood there."""
    planted(tmp_path, "a", range(24), gaps=((2.0, 8.0), (7.0, 9.5)))

    (day,) = health([tmp_path / "shadow"], Wanted(), LATER_NS).data["days"]

    assert (day["covered_h"], day["counted"], day["verdict"]) == (16.5, False, "UNKNOWN")


def test_a_synthetic_market_counts_for_nothing(tmp_path: Path) -> None:
    """A made market shows how a bot runs, not how it would have done."""
    planted(tmp_path, "a", range(24), provenance=Provenance(kind="synthetic"))

    outcome = health([tmp_path / "shadow"], Wanted(), LATER_NS)

    assert (outcome.verdict, outcome.data["days"]) == (Verdict.UNKNOWN, [])


def test_a_contaminated_record_fails_and_is_not_counted(tmp_path: Path) -> None:
    """Test rows in the log of a shadow run make the rest of it worthless."""
    record = planted(tmp_path, "a", range(24))
    bad = {**row("a", MONDAY_NS, 0), "data_mode": "TEST"}
    write_lines(record.path / "shadow_decisions.jsonl", [bad])

    outcome = health([record.path], Wanted(), LATER_NS)

    assert (outcome.verdict, outcome.data["records_trusted"]) == (Verdict.FAIL, 0)


@pytest.mark.parametrize(
    ("age_s", "verdict"), [(30, Verdict.PASS), (25_344_000, Verdict.FAIL), (-2_300_000_000, Verdict.FAIL)]
)
def test_a_run_without_an_end_is_as_alive_as_its_heartbeat(
    tmp_path: Path, age_s: int, verdict: Verdict
) -> None:
    """A heartbeat of months ago was healthy once, and so was one of the year 2099."""
    record = planted(tmp_path, "a", range(24), ended_ns=None)
    beat = Heartbeat(
        ts_ns=LATER_NS - age_s * 10**9, seq=1, boot_id="x", pid=1, pid_started_ns=1, instance="a",
        mode="shadow", loop_lag_ms=None, decisions_total=1, last_decision_ts_ns=None,
    )  # fmt: skip
    write_json(record.heartbeat, beat)

    assert health([record.path], Wanted(), LATER_NS).verdict is verdict


def test_a_run_without_end_or_heartbeat_is_unknown(tmp_path: Path) -> None:
    """No heartbeat is no news, and no news is not good news."""
    record = planted(tmp_path, "a", range(24), ended_ns=None)

    assert health([record.path], Wanted(), LATER_NS).verdict is Verdict.UNKNOWN


def test_a_bot_that_saw_no_market_fails(tmp_path: Path) -> None:
    """Decisions without a price are a bot that talks to itself."""
    record = planted(tmp_path, "a", range(24))
    blind = [{"stage": "data", "reason": "no usable book", "passed": False}]
    rows = [row("a", MONDAY_NS + at * 60 * 10**9, at) for at in range(100)]
    for one in rows[:50]:
        one |= {"market_context": {}, "gate_trace": blind, "outcome": "no_data", "provenance": {}}
    write_lines(record.path / "shadow_decisions.jsonl", rows)

    assert health([record.path], Wanted(), LATER_NS).verdict is Verdict.FAIL


def test_other_records_are_refused(tmp_path: Path) -> None:
    """A dry run must not pass for a shadow run."""
    record = planted(tmp_path, "a", range(1))
    write_json(record.manifest, manifest("a", mode="dryrun"))

    with pytest.raises(InputError, match="dryrun"):
        health([record.path], Wanted(), LATER_NS)
    with pytest.raises(InputError, match="no record"):
        health([tmp_path], Wanted(), LATER_NS)


def test_the_report_for_people(tmp_path: Path, golden: Golden) -> None:
    """What a person reads of a fortnight with holes in it."""
    planted(tmp_path, "a", range(160), gaps=((30.0, 33.5),))
    planted(tmp_path, "b", range(200, 240))
    planted(tmp_path, "c", range(24), provenance=Provenance(kind="synthetic"))

    daily = health([tmp_path / "shadow"], Wanted(), LATER_NS)
    weekly = health([tmp_path / "shadow"], WEEKLY, LATER_NS)

    assert "\n".join([*daily.lines, "", *weekly.lines]) + "\n" == golden("md")
