"""Trial runs written down as the record folders that a real run leaves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from seatrial.judge.gate.trial import Plan, events, resources
from seatrial.store.journal import Journal


def write(
    folder: Path,
    plan: Plan | None = None,
    *,
    upto: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Path:
    """
    Write a trial run as a record.

    `upto` leaves out the first event of that kind and everything after it; `values` are the
    configuration that the record says it was made with.
    """
    plan = plan or Plan()
    folder.mkdir()
    journal = Journal.create(folder / "journal.jsonl", "TRIAL")
    for event in events(plan):
        if event["kind"] == upto:
            break
        fields = {key: value for key, value in event.items() if key not in {"ts_ns", "kind"}}
        if event["kind"] == "config" and values is not None:
            fields["values"] = dict(values)
        journal.append(event["ts_ns"], event["kind"], fields)
    journal.close()
    rows = b"".join(orjson.dumps(row) + b"\n" for row in resources(plan))
    (folder / "resources.jsonl").write_bytes(rows)
    return folder
