from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.judge.records import manifest, verdict_file

from seatrial.cli import run
from seatrial.model.errors import InputError
from seatrial.model.verdict import Verdict
from seatrial.soak.rollup import Entry, merged, rollup, weekly

HOUR_NS = 3_600 * 10**9
WEEK_NS = 7 * 24 * HOUR_NS
MONDAY_NS = 1_763_942_400 * 10**9  # 2025-11-24T00:00:00Z


def entry(
    run_id: str, at_ns: int, net: float | None, hours: float = 1.0, verdict: str | None = "PASS"
) -> Entry:
    """What a rollup keeps of a run."""
    return Entry(
        run_id=run_id,
        started_ns=at_ns,
        covered_ns=round(hours * HOUR_NS),
        planned_ns=HOUR_NS,
        verdict=None if verdict is None else Verdict(verdict),
        kpis={} if verdict is None else {"net_bps": net},
    )


def record(
    folder: Path, run_id: str, at_ns: int, net: float | None = 3.0, verdict: str | None = "PASS"
) -> Path:
    """A finished record, as far as a rollup reads it."""
    folder.mkdir()
    ended = None if verdict is None else Verdict(verdict)
    said = manifest().model_copy(
        update={
            "run_id": run_id,
            "started_ns": at_ns,
            "covered_ns": HOUR_NS,
            "planned_ns": HOUR_NS,
            "verdict": ended,
        }
    )
    (folder / "run.json").write_bytes(orjson.dumps(said.model_dump(mode="json")))
    judged = verdict_file().model_copy(update={"run_id": run_id, "kpis": {"net_bps": net}})
    (folder / "verdict.json").write_bytes(orjson.dumps(judged.model_dump(mode="json")))
    (folder / "journal.jsonl").write_bytes(b"")
    return folder


def test_a_week_is_weighted_by_what_was_covered() -> None:
    """A run of minutes must not weigh like one of days; None is not zero."""
    week = weekly(
        [entry("a", MONDAY_NS, 2.0, 9.0), entry("b", MONDAY_NS, 12.0, 1.0), entry("c", MONDAY_NS, None)]
    )[0]

    assert week["kpis"]["net_bps"] == pytest.approx(3.0)
    assert (week["week"], week["covered_h"], week["planned_h"]) == ("2025-W48", 11.0, 3.0)


@pytest.mark.parametrize(
    ("stamp_s", "week"),
    [(1_735_516_800, "2025-W01"), (1_735_430_400, "2024-W52"), (1_483_228_800, "2016-W52")],
)
def test_weeks_are_those_of_iso_8601(stamp_s: int, week: str) -> None:
    """Monday 2024-12-30 belongs to the first week of 2025, and Sunday 2017-01-01 to the last of 2016."""
    assert entry("a", stamp_s * 10**9, 1.0).week == week


ENTRY = st.builds(
    entry,
    run_id=st.sampled_from("abcdef"),
    at_ns=st.just(MONDAY_NS),
    net=st.just(1.0),
    verdict=st.sampled_from([None, "PASS"]),
)


@settings(max_examples=60)
@given(entries=st.lists(ENTRY, max_size=12), data=st.data())
def test_a_record_counts_once_in_whatever_order_and_however_often(
    entries: list[Entry], data: st.DataObject
) -> None:
    """Idempotent by the run's id: rolling up what was rolled up changes nothing."""
    once = merged(entries)
    again = merged([*data.draw(st.permutations(entries)), *once])

    assert again == once
    assert len({one.run_id for one in once}) == len(once)


def test_a_run_with_two_results_is_refused() -> None:
    """One of the copies was changed, and nobody here knows which."""
    with pytest.raises(InputError, match="two different results"):
        merged([entry("a", MONDAY_NS, 1.0), entry("a", MONDAY_NS, 2.0)])


@pytest.mark.parametrize(
    ("nets", "verdict", "trend"),
    [
        ([3.0, 3.1, 3.0], "PASS", "steady"),
        ([3.0, 3.1, 1.0], "WARN", "worse"),
        ([3.0, 3.1, 9.0], "PASS", "better"),
        ([3.0], "UNKNOWN", "unknown"),
        ([3.0, None], "PASS", "unknown"),
    ],
)
def test_the_newest_week_is_held_against_the_ones_before(
    tmp_path: Path, nets: list[float | None], verdict: str, trend: str
) -> None:
    """By what matters of a KPI, and without an earlier week there is no trend."""
    records = [
        record(tmp_path / str(at), f"r{at}", MONDAY_NS + at * WEEK_NS, net) for at, net in enumerate(nets)
    ]

    said = rollup(records).document()

    assert (said["verdict"], said["trends"]["net_bps"]["verdict"]) == (verdict, trend)


@pytest.mark.parametrize(("ended", "verdict"), [("FAIL", "FAIL"), ("UNKNOWN", "UNKNOWN"), (None, "UNKNOWN")])
def test_a_week_is_no_better_than_its_runs(tmp_path: Path, ended: str | None, verdict: str) -> None:
    """A failed run, one that settled nothing, and a week in which nothing ended."""
    said = rollup([record(tmp_path / "a", "a", MONDAY_NS, verdict=ended)]).document()

    assert (said["verdict"], said["weeks"][0]["unfinished"]) == (verdict, int(ended is None))


def test_a_rollup_file_grows_and_stays_the_same_when_nothing_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the command, week by week, byte for byte."""
    into = tmp_path / "rollup.json"
    first, second = (record(tmp_path / name, name, MONDAY_NS + at * WEEK_NS) for at, name in enumerate("ab"))

    run(["soak", "rollup", str(first), "--into", str(into)])
    run(["soak", "rollup", str(second), "--into", str(into)])
    grown = into.read_bytes()
    capsys.readouterr()
    code = run(["soak", "rollup", str(second), str(first), str(second), "--into", str(into), "--json"])
    said: Any = orjson.loads(capsys.readouterr().out)

    assert into.read_bytes() == grown
    assert (code, said["records"], [week["week"] for week in said["weeks"]]) == (
        0,
        2,
        ["2025-W48", "2025-W49"],
    )


def test_a_file_that_is_no_rollup_is_left_alone(tmp_path: Path) -> None:
    """Overwriting somebody's file with ours would lose it."""
    into = tmp_path / "notes.json"
    into.write_text("mine", encoding="utf-8")

    assert run(["soak", "rollup", str(record(tmp_path / "a", "a", MONDAY_NS)), "--into", str(into)]) == 2
    assert into.read_text(encoding="utf-8") == "mine"
