"""
Decisions and fills through a Redis Stream: another machine may collect what several runs decide.

A stream may deliver twice and, from several senders, in any order; each row carries its run and its
number, so that what comes out is what was logged. Nothing of a run depends on the stream being there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from ..model.atomic import write_bytes
from ..model.errors import InputError, OutsideError, UsageError, Where
from ..model.journal_lines import lines
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from .logs import files_of
from .reorder import Reorder, Tally

BATCH = 500
TIMEOUT_S = 5.0
KEPT_MAX = 1_000_000


def export(path: Path, url: str, stream: str) -> Outcome:
    """Send every row of a decision log to a stream; sending it again does no harm to who ingests."""
    (log,) = files_of(path)[:1]
    sent = 0
    with connected(url) as client:
        pipe = client.pipeline(transaction=False)
        for row in lines(log):
            pipe.xadd(stream, fields_of(log, row), maxlen=KEPT_MAX, approximate=True)
            sent += 1
            if sent % BATCH == 0:
                pipe.execute()
        pipe.execute()
    return Outcome(
        "shadow.export", None, (), {"sent": sent, "stream": stream}, (f"sent {sent} rows to {stream}",)
    )


def fields_of(log: Path, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as the fields of a stream's entry; one without a number is refused."""
    if not isinstance(row.get("seq"), int) or not isinstance(row.get("run_id"), str):
        raise InputError(
            "a row has no run_id and seq", where=Where(str(log)), fix="export a log that Seatrial has written"
        )
    return {"run_id": row["run_id"], "seq": row["seq"], "row": orjson.dumps(row)}


def ingest(url: str, stream: str, to: Path, hold: int) -> Outcome:
    """Write the rows of a stream to a log: by run, in order, each once."""
    if to.exists():
        raise UsageError("there is a file already", where=Where(str(to)), fix="name a new one")
    buffer, unreadable = Reorder(hold), 0
    kept: list[bytes] = []
    with connected(url) as client:
        for fields in _entries(client, stream):
            try:
                run_id, seq, row = fields[b"run_id"].decode(), int(fields[b"seq"]), fields[b"row"]
                orjson.loads(row)
            except (KeyError, ValueError):
                unreadable += 1
                continue
            kept += buffer.put(run_id, seq, row)
    kept += buffer.rest()
    write_bytes(to, b"".join(row + b"\n" for row in kept))
    return _told(buffer.tally, len(kept), unreadable, to)


def _told(tally: Tally, written: int, unreadable: int, to: Path) -> Outcome:
    counts = {
        "written": written,
        "duplicates": tally.duplicates,
        "late": tally.late,
        "missing": tally.missing,
        "unreadable": unreadable,
    }
    lost = {name: counts[name] for name in ("late", "missing", "unreadable") if counts[name]}
    reasons = tuple(f"{name}: {number}" for name, number in lost.items())
    verdict = Verdict.FAIL if lost else Verdict.PASS
    if not written:
        verdict, reasons = Verdict.UNKNOWN, ("the stream holds no rows", *reasons)
    said = f"{written} rows, {tally.duplicates} more than once"
    return Outcome("shadow.ingest", verdict, reasons, counts, (said, *reasons, f"{verdict.value}  {to}"))


def _entries(client: Any, stream: str) -> Iterator[dict[bytes, bytes]]:
    last = "-"
    while page := client.xrange(stream, min=last, max="+", count=BATCH):
        for entry_id, fields in page:
            last = f"({entry_id.decode()}"
            yield fields


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """Open a Redis while the block runs; its troubles become errors of ours."""
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise UsageError(f"{url!r} is not the address of a Redis", fix="give redis://HOST:PORT")
    try:
        import redis
    except ImportError as error:
        raise UsageError(
            "streams need a package that is not installed", fix="pip install 'seatrial[redis]'"
        ) from error
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
    try:
        yield client
    except redis.RedisError as error:
        raise OutsideError(f"the Redis did not answer as it should: {error}") from error
    finally:
        client.close()
