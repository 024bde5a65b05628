from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrial.judge.gate.trial import Plan, events
from seatrial.judge.history import History
from seatrial.judge.judgement import judge
from seatrial.judge.plausible import oddities
from seatrial.model.profile import Bounds, GateSettings
from seatrial.model.verdict import Verdict
from seatrial.store.journal import Journal

Event = dict[str, Any]
Change = Callable[[list[Event]], list[Event]]
GATES = (GateSettings(kpi="net_bps", at_least=Bounds(hard=1.0)),)


def of(found: list[Event], kind: str) -> list[Event]:
    """The events of a kind."""
    return [event for event in found if event["kind"] == kind]


def frozen(found: list[Event]) -> list[Event]:
    """One price for ever."""
    return [{**event, "mid": "100"} if event["kind"] == "decision" else event for event in found]


def jumping(found: list[Event]) -> list[Event]:
    """One sample at twice the price."""
    of(found, "decision")[7]["mid"] = "200"
    return found


def twins(found: list[Event]) -> list[Event]:
    """A second symbol with the first one's prices."""

    def doubled() -> Iterator[Event]:
        for event in found:
            yield event
            if event["kind"] == "decision":
                yield {**event, "symbol": "OTHER"}

    return list(doubled())


def unbalanced(found: list[Event]) -> list[Event]:
    """A ledger entry whose equity is a hundred too high."""
    entry = of(found, "position")[5]
    entry["equity"] = str(float(entry["equity"]) + 100)
    return found


def windfall(found: list[Event]) -> list[Event]:
    """Equity trebles in one iteration, and the entry is consistent with itself."""
    for entry in of(found, "position")[5:]:
        for name in ("equity", "realized"):
            entry[name] = str(float(entry[name]) + 200_000)
    return found


def repeated(found: list[Event]) -> list[Event]:
    """The third fill has the second one's id."""
    fills = of(found, "fill")
    fills[2]["fill_id"] = fills[1]["fill_id"]
    return found


def idle(found: list[Event]) -> list[Event]:
    """A bot that only watches."""
    kept = [event for event in found if event["kind"] not in {"order", "fill", "markout"}]
    return [{**event, "actions": 0} if event["kind"] == "decision" else event for event in kept]


CASES: dict[str, tuple[Change, Verdict]] = {
    "constant_prices": (frozen, Verdict.UNKNOWN),
    "price_jumps": (jumping, Verdict.UNKNOWN),
    "identical_symbols": (twins, Verdict.UNKNOWN),
    "impossible_returns": (windfall, Verdict.UNKNOWN),
    "zero_activity": (idle, Verdict.UNKNOWN),
    "broken_equity": (unbalanced, Verdict.FAIL),
    "duplicate_ids": (repeated, Verdict.FAIL),
}


def recorded(folder: Path, change: Change | None = None) -> Path:
    """A healthy trial run, changed, as a record."""
    folder.mkdir()
    found = list(events(Plan()))
    with Journal.create(folder / "journal.jsonl", "TRIAL") as journal:
        for event in change(found) if change else found:
            fields = {key: value for key, value in event.items() if key not in {"ts_ns", "kind"}}
            journal.append(event["ts_ns"], event["kind"], fields)
    return folder


@pytest.mark.parametrize("kind", CASES)
def test_what_cannot_be_turns_the_verdict_with_its_rows(tmp_path: Path, kind: str) -> None:
    """The gate itself would pass: contamination has released bots before."""
    change, verdict = CASES[kind]
    record = recorded(tmp_path / "r", change)

    found = {one.kind: one for one in oddities(History.read(record))}
    judged = judge(record, GATES)

    assert found[kind].verdict is verdict
    assert judged.verdict in {verdict, Verdict.FAIL}
    assert any(found[kind].detail in reason for reason in judged.reasons)
    lines = (record / "journal.jsonl").read_bytes().splitlines()
    assert all(0 < row <= len(lines) for row in found[kind].rows)
    assert (kind == "zero_activity") or found[kind].rows


def test_the_rows_are_those_of_the_journal(tmp_path: Path) -> None:
    """Somebody opens the file at that line, and it is there."""
    record = recorded(tmp_path / "r", repeated)
    found = next(one for one in oddities(History.read(record)) if one.kind == "duplicate_ids")
    lines = (record / "journal.jsonl").read_bytes().splitlines()

    assert len(found.rows) == 1
    assert b'"kind":"fill"' in lines[found.rows[0] - 1]
    assert b'"fill_id":2' in lines[found.rows[0] - 1]


def test_a_healthy_record_has_nothing_odd(tmp_path: Path) -> None:
    """No finding without a reason."""
    assert oddities(History.read(recorded(tmp_path / "r"))) == ()
    assert judge(tmp_path / "r", GATES).verdict is Verdict.PASS


def test_many_rows_are_cut_and_counted(tmp_path: Path) -> None:
    """Ten say where to look; the count says how bad it is."""

    def all_alike(found: list[Event]) -> list[Event]:
        for fill in of(found, "fill"):
            fill["fill_id"] = 1
        return found

    one = next(
        item
        for item in oddities(History.read(recorded(tmp_path / "r", all_alike)))
        if item.kind == "duplicate_ids"
    )

    assert (len(one.rows), len(one.places), "and 229 more" in one.sentence) == (10, 239, True)


def test_without_a_file_there_are_findings_and_no_rows() -> None:
    """A history that was never written down has no rows to name."""
    found = oddities(History.of(repeated(list(events(Plan())))))

    assert [(one.kind, one.rows) for one in found if one.kind == "duplicate_ids"] == [("duplicate_ids", ())]
