"""One verdict about a bot of its own process: its presence from one record, its trading from another."""

from pathlib import Path

from tests.judge.trials import write

from seatrial.judge.answers import check_record
from seatrial.judge.gate.trial import Plan
from seatrial.judge.joint import assess_whole, venue_records
from seatrial.model.profile import Bounds, GateSettings
from seatrial.model.verdict import Verdict

GATES = (
    GateSettings(kpi="net_bps", at_least=Bounds(hard=2.0), window="whole"),
    GateSettings(kpi="coverage_ratio", at_least=Bounds(hard=0.9), window="whole"),
    GateSettings(kpi="fds_leak_ratio", at_most=Bounds(hard=1.0), window="whole"),
)
VENUE = "20260101T000000Z-exchange-x-7"


def pair(folder: Path, own: Plan, venue: Plan) -> Path:
    """A record with an exchange's inside it."""
    folder.mkdir(exist_ok=True)
    record = write(folder / "record", own)
    (record / "exchange").mkdir()
    write(record / "exchange" / VENUE, venue)
    return record


def verdicts(record: Path) -> dict[str, Verdict]:
    """What each gate says, by the judge and by the command; they must not differ."""
    found = {one.kpi: one.verdict for one in assess_whole(record, GATES).verdict.gates}
    assert {row["kpi"]: row["verdict"] for row in check_record(record, GATES).data["gates"]} == found
    return found


def test_trading_is_judged_where_it_happened_and_presence_where_it_was_seen(tmp_path: Path) -> None:
    """A bot that was there and lost money fails for the one, one that was never there for the other."""
    bad = Plan(edge_bps=-5.0, covered_ratio=0.1, leak_ratio=9)

    poor, absent = verdicts(pair(tmp_path / "a", Plan(), bad)), verdicts(pair(tmp_path / "b", bad, Plan()))

    assert poor == {"net_bps": Verdict.FAIL, "coverage_ratio": Verdict.PASS, "fds_leak_ratio": Verdict.PASS}
    assert absent == {"net_bps": Verdict.PASS, "coverage_ratio": Verdict.FAIL, "fds_leak_ratio": Verdict.FAIL}


def test_the_kpis_and_the_hashes_name_both(tmp_path: Path) -> None:
    """Whoever reads the verdict later must see what it was judged from."""
    record = pair(tmp_path, Plan(edge_bps=-5.0), Plan(covered_ratio=0.1))

    found = assess_whole(record, GATES).verdict

    assert venue_records(record) == [record / "exchange" / VENUE]
    assert (found.kpis["net_bps"] or 0) > 0
    assert found.kpis["coverage_ratio"] == 1
    assert {"journal.jsonl", f"exchange/{VENUE}/journal.jsonl"} <= set(found.inputs)


def test_a_record_without_an_exchange_is_judged_by_itself(tmp_path: Path) -> None:
    """Every other run."""
    record = write(tmp_path / "record", Plan())

    assert verdicts(record)["net_bps"] is Verdict.PASS
    assert venue_records(record) == []


def test_every_start_of_the_exchange_has_to_hold(tmp_path: Path) -> None:
    """A soak that was resumed must not be judged on its better half."""
    record = pair(tmp_path, Plan(), Plan(edge_bps=-5.0))
    write(record / "exchange" / "20260102T000000Z-exchange-x-7", Plan())

    found = {one.kpi: one for one in assess_whole(record, GATES).verdict.gates}

    assert found["net_bps"].verdict is Verdict.FAIL
    assert found["net_bps"].reason.endswith("(start 1 of 2 of the exchange)")
    assert found["coverage_ratio"].verdict is Verdict.PASS


def test_a_bot_that_was_there_and_did_nothing_is_not_passed(tmp_path: Path) -> None:
    """Presence without one order is what a bot that never connected looks like."""
    idle = Plan(fills_per_iteration=0, samples=0)

    found = assess_whole(pair(tmp_path, Plan(), idle), GATES[1:])

    assert found.verdict.verdict is Verdict.UNKNOWN
    assert any("did nothing" in reason for reason in found.verdict.reasons)
    assert found.documents["KPI_GATE.json"]["verdict"] == "UNKNOWN"
