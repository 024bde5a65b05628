"""Streams, against a real Redis: what is collected is what was logged, whatever the delivery."""

from pathlib import Path

import orjson
import pytest
from tests.live.conftest import Server, free_port
from tests.shadow.stage import replaying, seams

from seatrial.model.errors import InputError, OutsideError, UsageError
from seatrial.model.verdict import Verdict
from seatrial.shadow.audit import audit
from seatrial.shadow.run import ShadowAsk, run
from seatrial.shadow.streams import connected, export, fields_of, ingest
from seatrial.store.clock import utc_now_ns

STREAM = "s"


def rows(number: int, run_id: str = "a") -> list[dict[str, object]]:
    """Rows of a log."""
    return [{"run_id": run_id, "seq": seq, "symbol": "BTCUSDT"} for seq in range(1, number + 1)]


def test_a_run_comes_through_as_it_was_logged(redis_server: Server, tmp_path: Path) -> None:
    """Sent twice, as a sender that is not sure does, it is there once, line for line."""
    record = Path(run(ShadowAsk(replaying(tmp_path), speed=0), seams=seams()).data["record"])
    log, to = record / "shadow_decisions.jsonl", tmp_path / "collected.jsonl"

    export(record, redis_server.url, STREAM)
    export(record, redis_server.url, STREAM)
    outcome = ingest(redis_server.url, STREAM, to, 1_000)

    assert to.read_bytes() == log.read_bytes()
    assert outcome.verdict is Verdict.PASS
    assert outcome.data["duplicates"] == outcome.data["written"] > 20
    assert audit(to, utc_now_ns()).data["findings"] == []


def test_mixed_senders_come_out_in_order(redis_server: Server, tmp_path: Path) -> None:
    """Two runs, each backwards: by run, in order."""
    with connected(redis_server.url) as client:
        for row in reversed([*rows(30), *rows(30, "b")]):
            client.xadd(STREAM, fields_of(Path("x"), row))
    to = tmp_path / "collected.jsonl"

    outcome = ingest(redis_server.url, STREAM, to, 100)

    found = [orjson.loads(line) for line in to.read_bytes().splitlines()]
    assert outcome.verdict is Verdict.PASS
    for run_id in "ab":
        assert [row["seq"] for row in found if row["run_id"] == run_id] == list(range(1, 31))


def test_what_is_missing_fails_and_nothing_is_unknown(redis_server: Server, tmp_path: Path) -> None:
    """A collected log with a hole must say so; an empty stream proves nothing."""
    nothing = ingest(redis_server.url, STREAM, tmp_path / "nothing.jsonl", 10)
    with connected(redis_server.url) as client:
        for row in rows(5):
            if row["seq"] != 3:
                client.xadd(STREAM, fields_of(Path("x"), row))
        client.xadd(STREAM, {"something": "else"})

    outcome = ingest(redis_server.url, STREAM, tmp_path / "holed.jsonl", 10)

    assert nothing.verdict is Verdict.UNKNOWN
    assert outcome.verdict is Verdict.FAIL
    assert (outcome.data["missing"], outcome.data["unreadable"], outcome.data["written"]) == (1, 1, 4)


def test_troubles_are_told_in_our_words(tmp_path: Path) -> None:
    """No Redis there: exit 4. No address, a file in the way, a foreign log: exit 2."""
    to = tmp_path / "there.jsonl"
    to.write_text('{"symbol": "X"}\n', encoding="utf-8")

    with pytest.raises(OutsideError):
        ingest(f"redis://127.0.0.1:{free_port()}", STREAM, tmp_path / "new.jsonl", 10)
    with pytest.raises(UsageError, match="address"):
        ingest("127.0.0.1", STREAM, tmp_path / "new.jsonl", 10)
    with pytest.raises(UsageError, match="already"):
        ingest("redis://127.0.0.1", STREAM, to, 10)
    with pytest.raises(InputError, match="run_id"):
        export(to, f"redis://127.0.0.1:{free_port()}", STREAM)
    assert not (tmp_path / "new.jsonl").exists()
