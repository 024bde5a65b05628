"""
The anatomy of a journal line: which bytes are chained, and how.

Writer and verifier share this page, so that they cannot disagree about what a hash covers.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

GENESIS = "0" * 64
RESERVED = frozenset({"seq", "ts_ns", "kind", "run_id", "prev"})

_HEAD = re.compile(rb'\{"seq":(\d+),"ts_ns":(-?\d+),"kind":"(\w+)"')
_IDENTITY = re.compile(rb',"run_id":"([^"\\]*)"')
_TAIL = re.compile(rb',"prev":"([0-9a-f]{64})"\}\n\Z')
_TAIL_LENGTH = len(',"prev":""}\n') + 64


@dataclass(frozen=True)
class Line:
    """One journal line taken apart; `body` is the line without its run_id and its prev."""

    seq: int
    ts_ns: int
    kind: str
    run_id: str
    prev: str
    body: bytes


def body_of(raw: bytes) -> Line | None:
    """Take a line apart by its bytes; None when it has not the form that the journal writes."""
    head = _HEAD.match(raw)
    identity = _IDENTITY.match(raw, head.end()) if head else None
    tail = _TAIL.match(raw, len(raw) - _TAIL_LENGTH) if len(raw) > _TAIL_LENGTH else None
    if not (head and identity and tail) or identity.end() > tail.start():
        return None
    return Line(
        seq=int(head[1]),
        ts_ns=int(head[2]),
        kind=head[3].decode(),
        run_id=identity[1].decode(),
        prev=tail[1].decode(),
        body=raw[: head.end()] + raw[identity.end() : tail.start()] + b"}",
    )


def chained(prev: str, body: bytes) -> str:
    """Return the `prev` of the next line."""
    return sha256(prev.encode() + body).hexdigest()
