"""
Is a journal whole, in order and untouched: every fault as a finding, none of them silent.

Reading tolerates a torn tail and stops at damage; this looks at every line and goes on, because an
auditor wants the whole list.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ..model.journal_lines import parse, raw_lines
from .line import GENESIS, Line, body_of, chained


@dataclass(frozen=True)
class Finding:
    """One fault: what kind, at which line (from 1; 0 is the file itself), and the detail."""

    kind: str
    row: int
    detail: str

    def row_of(self) -> dict[str, object]:
        """Return the finding as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class _Expected:
    seq: int = 1
    ts_ns: int | None = None
    run_id: str | None = None
    prev: str = GENESIS


def verify(path: Path, *, head: str | None = None) -> list[Finding]:
    """
    Return every fault of a journal: `empty`, `torn_tail`, `unparsable`, `seq`, `time`, `run_id`, `chain`.

    `head` is the expected hash after the last line, if somebody kept it: without it nobody can see
    that the last lines were changed or taken away together.
    """
    findings: list[Finding] = []
    expected, held = _Expected(), None
    for number, raw in raw_lines(path):
        if held is not None:
            findings.extend(_broken(*held, last=False))
        line = body_of(raw) if parse(raw) is not None else None
        held = (number, raw) if line is None else None
        if line is not None:
            findings.extend(_faults(number, line, expected))
            expected = _Expected(line.seq + 1, line.ts_ns, line.run_id, chained(line.prev, line.body))
    if held is not None:
        findings.extend(_broken(*held, last=True))
    if expected == _Expected():
        findings.append(Finding("empty", 0, "no whole line"))
    if head is not None and head != expected.prev:
        findings.append(Finding("chain", expected.seq - 1, "the last line is not the one that was sealed"))
    return findings


def head_of(path: Path) -> str:
    """Return the hash after the last whole line: what `verify` takes as `head`."""
    from .journal import end_of

    return end_of(path).prev


def _faults(number: int, line: Line, expected: _Expected) -> Iterator[Finding]:
    if line.seq != expected.seq:
        yield Finding("seq", number, f"seq {line.seq} where {expected.seq} follows")
    if expected.ts_ns is not None and line.ts_ns < expected.ts_ns:
        yield Finding("time", number, f"ts_ns {line.ts_ns} is before {expected.ts_ns}")
    if expected.run_id is not None and line.run_id != expected.run_id:
        yield Finding("run_id", number, f"run_id {line.run_id!r} where {expected.run_id!r} follows")
    if line.prev != expected.prev:
        yield Finding("chain", number, "the line before was changed, removed or moved")


def _broken(number: int, raw: bytes, *, last: bool) -> Iterator[Finding]:
    if last and parse(raw) is None:
        yield Finding("torn_tail", number, f"{len(raw)} bytes of an unfinished line")
    else:
        yield Finding("unparsable", number, "not a line that the journal writes")
