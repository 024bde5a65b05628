import json
from pathlib import Path

from tests.golden_extension import Golden
from tests.judge.records import build

from seatrial.edge_sentinel.audit import audit_files, audit_record


def test_what_a_person_reads_of_a_record(tmp_path: Path, golden: Golden) -> None:
    """Every cut, the curve and the change against another run."""
    from tests.judge.records import Voyage

    record, older = build(tmp_path / "record"), build(tmp_path / "older", Voyage(seed=8))

    assert "\n".join(audit_record(record, 5.0, older).lines) + "\n" == golden("md")


def test_what_a_person_reads_of_files(tmp_path: Path, golden: Golden) -> None:
    """Findings about the files are among it."""
    fills = [
        {"symbol": "A", "ts_ms": at * 1_000, "side": "BS"[at % 2], "price": 100 + at % 3 / 10, "qty": 1}
        for at in range(12)
    ]
    quotes = [
        {"symbol": "A", "ts_ms": at * 500, "best_bid": 100 + at % 5 / 10, "best_ask": 100.2 + at % 4 / 10}
        for at in range(30)
        if at not in {7, 8}
    ]
    for name, rows in (("fills", fills), ("quotes", quotes)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    found = audit_files(tmp_path / "fills", tmp_path / "quotes", 1.0, 1.0)

    assert "\n".join(found.lines) + "\n" == golden("md")
