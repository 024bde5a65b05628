"""
Editions: which statement files tell the same stretch of time again, and what then still stands.

Venues restate: a pending row settles, a funding payment is corrected. Two files are editions of
one another when, in the time that both cover, most of what one has is in the other; the newer one
then speaks for its whole stretch. Files that only follow one another, or share out the rows of one
statement, are one edition, so that splitting a file changes nothing.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .entry import Row

SAME_SHARE = 0.5


@dataclass(frozen=True)
class Restated:
    """A row that a newer edition tells otherwise; `new` is None when it is told no more."""

    old: Row
    new: Row | None


@dataclass
class Standing:
    """What stands of several files: the rows, how many were copies, and what was restated."""

    rows: list[Row] = field(default_factory=list)
    copies: int = 0
    restated: list[Restated] = field(default_factory=list)


@dataclass(frozen=True)
class _File:
    name: str
    rows: tuple[Row, ...]
    times: tuple[int, ...]

    @classmethod
    def of(cls, name: str, rows: Iterable[Row]) -> "_File":
        ordered = tuple(sorted(rows, key=lambda row: row.ts_ns))
        return cls(name, ordered, tuple(row.ts_ns for row in ordered))

    @property
    def age(self) -> tuple[int, int, str]:
        """What orders editions, the oldest first: how far they reach, how much they hold, their name."""
        return self.times[-1], len(self.rows), self.name

    def between(self, low: int, high: int) -> Sequence[Row]:
        return self.rows[bisect_left(self.times, low) : bisect_right(self.times, high)]


def content(row: Row) -> tuple[object, ...]:
    """Return everything that a row says, without the line that it stands on."""
    return (row.account, row.ref, row.ts_ns, row.word, row.symbol, row.movements, row.fill)


def standing(files: Sequence[Iterable[Row]]) -> Standing:
    """Return what stands of the files, whatever the order in which they are given."""
    read = [_File.of(_name(rows), rows) for rows in map(tuple, files) if rows]
    read.sort(key=lambda file: file.age)
    editions: list[list[_File]] = []
    for file in read:
        for edition in editions:
            if not any(same_stretch(file, other) for other in edition):
                edition.append(file)
                break
        else:
            editions.append([file])
    found = Standing()
    for edition in editions:
        _supersede(found, edition)
    found.rows.sort(key=lambda row: row.ts_ns)
    return found


def _name(rows: Sequence[Row]) -> str:
    return rows[0].source.file if rows else ""


def same_stretch(one: _File, other: _File) -> bool:
    """Return whether two files are editions of the same stretch of time."""
    low, high = max(one.times[0], other.times[0]), min(one.times[-1], other.times[-1])
    same_span = (one.times[0], one.times[-1]) == (other.times[0], other.times[-1])
    # Two parts of a file that was cut inside one instant touch there; that is no common stretch.
    if low > high or (low == high and not same_span):
        return False
    ours, theirs = one.between(low, high), other.between(low, high)
    smaller = min(len(ours), len(theirs))
    common = Counter(map(content, ours)) & Counter(map(content, theirs))
    return smaller > 0 and common.total() >= SAME_SHARE * smaller


def _supersede(found: Standing, edition: Sequence[_File]) -> None:
    """Let a newer edition speak for its stretch."""
    rows = [row for file in edition for row in file.rows]
    spans = [(file.times[0], file.times[-1]) for file in edition]
    kept: list[Row] = []
    displaced: list[Row] = []
    for row in found.rows:
        inside = any(low <= row.ts_ns <= high for low, high in spans)
        (displaced if inside else kept).append(row)
    fresh = _without(rows, displaced)
    stale = _without(displaced, rows)
    found.copies += len(displaced) - len(stale)
    by_ref: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in fresh:
        if row.ref is not None:
            by_ref[row.account, row.ref].append(row)
    # A row may have stood after the end of the newer file and have settled inside it.
    stale += [row for row in kept if row.ref is not None and (row.account, row.ref) in by_ref]
    gone = set(map(id, stale))
    for row in stale:
        twins = by_ref.get((row.account, row.ref), []) if row.ref is not None else []
        found.restated.append(Restated(row, twins.pop(0) if twins else None))
    found.rows = [row for row in kept if id(row) not in gone] + rows


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Return the rows that are not also among the others, each as often as it is not."""
    there = Counter(map(content, others))
    left = []
    for row in rows:
        key = content(row)
        if there[key] > 0:
            there[key] -= 1
        else:
            left.append(row)
    return left
