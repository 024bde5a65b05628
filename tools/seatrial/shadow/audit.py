"""
`shadow audit`: what in a decision log was never observed, was written twice, or cannot be placed in time.

A log proves something only if a value that nobody measured cannot pass for one that somebody did.
Each check knows one way in which such logs have been wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final

from ..model.outcome import Outcome
from ..model.verdict import Verdict
from .logs import Broken, Entry, files_of, is_decision, read

FUTURE_NS: Final = 5 * 10**9
BACK_NS: Final = 10**9
STILL_NS: Final = 300 * 10**9
STILL_ROWS: Final = 10
CONSTANT_ROWS: Final = 20
NEAR_RATIO: Final = 0.05
WARNINGS: Final = frozenset({"gap", "torn_line"})
CONTAMINATIONS: Final = frozenset({"default_value", "synthetic_value", "test_value"})
_MADE_UP: Final = {"synthetic": "synthetic_value", "synth": "synthetic_value", "simulated": "synthetic_value"}
_TESTS: Final = ("test", "mock", "dummy", "demo", "fake", "sample")
_SHOWN_MAX = 10


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; `row` is its line, None where it is about the whole log."""

    kind: str
    row: int | None
    detail: str


@dataclass(frozen=True)
class Counted:
    """What a log comes down to."""

    rows: int
    decisions: int
    unique: int
    valid: int
    span_s: float | None
    covered_ratio: float | None


Check = Callable[[Sequence[Entry]], Iterator[Finding]]


def audit(path: Path, now_ns: int, gap_s: float = 300.0) -> Outcome:
    """Check every log under a path."""
    findings: list[Finding] = []
    whole: list[Entry] = []
    bad: set[tuple[str, int | None]] = set()
    rows, files = 0, files_of(path)
    for file in files:
        lines = list(read(file))
        rows += len(lines)
        entries = [line for line in lines if isinstance(line, Entry)]
        decisions = [entry for entry in entries if is_decision(entry)]
        found = [_broken(line) for line in lines if isinstance(line, Broken)]
        found += look(decisions, now_ns, gap_s)
        bad |= {(str(file), finding.row) for finding in found if finding.kind in CONTAMINATIONS}
        findings += found if len(files) == 1 else [_in(file, finding) for finding in found]
        whole += decisions
    return _outcome(path, findings, counted(whole, rows, bad, (now_ns, gap_s)))


def _in(file: Path, finding: Finding) -> Finding:
    return replace(finding, detail=f"{file.name}: {finding.detail}")


def look(decisions: Sequence[Entry], now_ns: int, gap_s: float) -> list[Finding]:
    """Run every check over the decisions of one log; findings in the order of their rows."""
    checks: tuple[Check, ...] = (
        declared,
        unstated,
        default_prices,
        constants,
        duplicates,
        writers,
        lambda found: times(found, now_ns),
        lambda found: gaps(found, gap_s, now_ns),
        still,
    )
    found = [finding for check in checks for finding in check(decisions)]
    return sorted(found, key=lambda finding: (finding.row or 0, finding.kind))


# -- contamination --------------------------------------------------------------------------------


def declared(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell rows that say themselves that they were not observed: test data, synthetic, defaults."""
    for entry in decisions:
        mode = str(entry.raw.get("data_mode") or entry.raw.get("mode") or "").lower()
        if mode in _MADE_UP:
            yield Finding("synthetic_value", entry.row, f"data_mode is {mode}")
        elif any(word in mode.replace("-", "_").split("_") for word in _TESTS):
            yield Finding("test_value", entry.row, f"data_mode is {mode}")
        elif any(word in (entry.symbol or "").lower() for word in ("test", "dummy")):
            yield Finding("test_value", entry.row, f"the symbol is {entry.symbol}")
        for name, origin in _market_origins(entry):
            if origin in {"default", "synthetic"}:
                yield Finding(f"{origin}_value", entry.row, f"{name} is {origin}")


def unstated(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell rows that state provenance for some of their market and leave out a value that they show."""
    for entry in decisions:
        stated = entry.raw.get("provenance")
        if not isinstance(stated, dict):
            continue
        silent = [name for name in entry.values if not {name, f"market_context.{name}"} & stated.keys()]
        if silent:
            yield Finding(
                "missing_provenance", entry.row, f"nothing says where {', '.join(silent)} came from"
            )


def _market_origins(entry: Entry) -> Iterator[tuple[str, str]]:
    stated = entry.raw.get("provenance")
    for name, origin in stated.items() if isinstance(stated, dict) else ():
        if str(name).startswith("market_context.") or name in entry.values or name in {"price", "mid"}:
            yield str(name), str(origin)


def default_prices(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell prices that are missing, not positive, or a round number that no other price is near to."""
    prices: defaultdict[str | None, set[float]] = defaultdict(set)
    for entry in decisions:
        if entry.price is not None:
            prices[entry.symbol].add(entry.price)
    for entry in decisions:
        detail = _price_trouble(entry, prices[entry.symbol])
        if detail is not None:
            yield Finding("default_value", entry.row, detail)


def _price_trouble(entry: Entry, others: set[float]) -> str | None:
    price = entry.price
    if price is None:
        return None if _says_no_data(entry) else f"{entry.symbol} has no price"
    if price <= 0:
        return f"the price of {entry.symbol} is {price:g}"
    near = any(other != price and abs(other - price) <= NEAR_RATIO * price for other in others)
    if _is_round(price) and not near:
        return f"the price of {entry.symbol} is {price:g}, a round number that no other price is near to"
    return None


def _says_no_data(entry: Entry) -> bool:
    """Return whether a row without a price says itself that there was none to see."""
    trace = entry.raw.get("gate_trace")
    steps = trace if isinstance(trace, list) else []
    return any(
        isinstance(step, dict) and step.get("stage") == "data" and step.get("passed") is False
        for step in steps
    )


def _is_round(price: float) -> bool:
    """Return whether one digit says a price: 50000, 100, 0.5."""
    digits = f"{price:.12e}".partition("e")[0].replace(".", "").rstrip("0")
    return len(digits) <= 1


def constants(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell market values that never change while the price does: nobody measured them."""
    by_symbol: defaultdict[str | None, list[Entry]] = defaultdict(list)
    for entry in decisions:
        by_symbol[entry.symbol].append(entry)
    for symbol, rows in by_symbol.items():
        if len(rows) < CONSTANT_ROWS or len({row.price for row in rows}) < 2:
            continue
        for name in sorted({name for row in rows for name in row.values}):
            seen = [row.values[name] for row in rows if name in row.values]
            if len(seen) >= CONSTANT_ROWS and len(set(seen)) == 1:
                detail = f"{name} of {symbol} is {seen[0]:g} in all {len(seen)} rows, while the price moves"
                yield Finding("constant_value", rows[0].row, detail)


# -- identity ---------------------------------------------------------------------------------------


def key_of(entry: Entry) -> tuple[object, ...]:
    """Return what makes a decision one: its id within its writer, else its moment and symbol."""
    if entry.decision_id is not None:
        return (entry.writer, entry.decision_id)
    loop = entry.raw.get("loop", entry.raw.get("iteration"))
    return (entry.writer, str(loop), entry.symbol, entry.ts_ns)


def duplicates(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell decisions that were written before."""
    first: dict[tuple[object, ...], Entry] = {}
    for entry in decisions:
        before = first.setdefault(key_of(entry), entry)
        if before is not entry:
            other = "" if before.symbol == entry.symbol else f", which is about {before.symbol}"
            name = entry.decision_id or f"{entry.symbol} at this moment"
            yield Finding("duplicate_decision", entry.row, f"{name} is in row {before.row} already{other}")


def writers(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell writers that took turns in one log: by who they say they are, else by the numbers of their ids."""
    named = [entry for entry in decisions if entry.writer is not None]
    if named:
        yield from _turns([(str(entry.writer), entry) for entry in named])
        return
    yield from _turns(list(_chains(decisions)))


def _chains(decisions: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """Give each row the run of numbers that it goes on with; a number that goes on with none begins one."""
    ends: list[tuple[str, int]] = []
    seen: set[str | None] = set()
    for entry in decisions:
        counter = entry.counter
        if counter is None or entry.decision_id in seen:
            continue  # an id that comes again is a duplicate, whoever wrote it
        seen.add(entry.decision_id)
        kind, number = counter
        fits = [at for at, (name, last) in enumerate(ends) if name == kind and number - last == 1]
        at = fits[-1] if fits else len(ends)
        if at == len(ends):
            ends.append((kind, number))
        ends[at] = (kind, number)
        yield f"the numbers that began {at + 1}.", entry


def _turns(rows: Sequence[tuple[str, Entry]]) -> Iterator[Finding]:
    last: str | None = None
    left: set[str] = set()
    told: set[str] = set()
    for who, entry in rows:
        if who == last:
            continue
        if who in left and who not in told:
            told.add(who)
            yield Finding("several_writers", entry.row, f"{who} writes again after {last} has begun")
        if last is not None:
            left.add(last)
        last = who


# -- time -------------------------------------------------------------------------------------------


def times(decisions: Sequence[Entry], now_ns: int) -> Iterator[Finding]:
    """Tell moments that are missing, without a zone, in the future, or before the row above."""
    newest: Entry | None = None
    for entry in decisions:
        if entry.ts_ns is None:
            yield Finding("missing_time", entry.row, "no moment that can be read")
            continue
        if entry.naive:
            yield Finding("naive_time", entry.row, "a time without a zone could be any of 26 hours")
        if entry.ts_ns > now_ns + FUTURE_NS:
            yield Finding("future_stamp", entry.row, f"{(entry.ts_ns - now_ns) / 1e9:.0f} s from now")
            continue
        if newest is not None and newest.ts_ns is not None and entry.ts_ns < newest.ts_ns - BACK_NS:
            back_s = (newest.ts_ns - entry.ts_ns) / 1e9
            yield Finding(
                "stale_stamp", entry.row, f"{back_s:.3f} s before row {newest.row}, which is above it"
            )
        else:
            newest = entry


def gaps(decisions: Sequence[Entry], gap_s: float, now_ns: int) -> Iterator[Finding]:
    """Tell stretches without a decision that are longer than allowed and than this log's own rhythm."""
    placed = in_order(decisions, now_ns)
    longest_ns = allowed_ns([ts_ns for ts_ns, _ in placed], gap_s)
    for (before_ns, before), (after_ns, after) in pairwise(placed):
        if after_ns - before_ns > longest_ns:
            silent_s = (after_ns - before_ns) / 1e9
            yield Finding("gap", after.row, f"{silent_s:.0f} s without a decision after row {before.row}")


def in_order(decisions: Sequence[Entry], now_ns: int) -> list[tuple[int, Entry]]:
    """Return the decisions whose moments can be believed: those that go on from the rows above."""
    placed: list[tuple[int, Entry]] = []
    for entry in decisions:
        moment = entry.ts_ns
        if moment is not None and moment <= now_ns + FUTURE_NS and (not placed or moment >= placed[-1][0]):
            placed.append((moment, entry))
    return placed


def allowed_ns(moments: Sequence[int], gap_s: float) -> float:
    """Return the longest silence that is none: `gap_s`, or five steps of a log that is slower than that."""
    steps = [after - before for before, after in pairwise(moments)]
    return max(gap_s * 1e9, 5 * median(steps)) if steps else gap_s * 1e9


def still(decisions: Sequence[Entry]) -> Iterator[Finding]:
    """Tell a market that has not moved at all for five minutes: the feed was dead, the bot went on."""
    stretch: dict[str | None, list[Entry]] = {}
    for entry in decisions:
        if entry.ts_ns is None or entry.price is None:
            continue
        seen = stretch.setdefault(entry.symbol, [])
        if seen and seen[0].values != entry.values:
            yield from _stood(seen)
            seen.clear()
        seen.append(entry)
    for seen in stretch.values():
        yield from _stood(seen)


def _stood(seen: Sequence[Entry]) -> Iterator[Finding]:
    if len(seen) < STILL_ROWS:
        return
    span_ns = (seen[-1].ts_ns or 0) - (seen[0].ts_ns or 0)
    if span_ns >= STILL_NS:
        detail = (
            f"the market of {seen[0].symbol} is the same for {span_ns / 1e9:.0f} s, {len(seen)} decisions"
        )
        yield Finding("stale_market", seen[0].row, detail)


# -- telling ----------------------------------------------------------------------------------------


def counted(
    decisions: Sequence[Entry], rows: int, bad: Collection[tuple[str, int | None]], limits: tuple[int, float]
) -> Counted:
    """Return how many decisions there are, how many are different, and how many rest on a market."""
    now_ns, gap_s = limits
    first: dict[tuple[object, ...], Entry] = {}
    for entry in decisions:
        first.setdefault((entry.file, *key_of(entry)), entry)
    valid = [one for one in first.values() if (one.file, one.row) not in bad and one.price is not None]
    moments = [ts_ns for ts_ns, _ in in_order(sorted(decisions, key=_moment_of), now_ns)]
    span_ns = moments[-1] - moments[0] if moments else 0
    longest_ns = allowed_ns(moments, gap_s)
    covered_ns = sum(after - before for before, after in pairwise(moments) if after - before <= longest_ns)
    return Counted(
        rows=rows,
        decisions=len(decisions),
        unique=len(first),
        valid=len(valid),
        span_s=span_ns / 1e9 if span_ns else None,
        covered_ratio=round(covered_ns / span_ns, 6) if span_ns else None,
    )


def _moment_of(entry: Entry) -> int:
    return entry.ts_ns or 0


def _broken(line: Broken) -> Finding:
    return Finding("torn_line" if line.torn else "unreadable_row", line.row, line.reason)


def _outcome(path: Path, findings: Sequence[Finding], count: Counted) -> Outcome:
    counts = dict(sorted(Counter(finding.kind for finding in findings).items()))
    verdict, reasons = _judged(counts, count)
    shown = [f"row {finding.row}: {finding.kind}: {finding.detail}" for finding in findings[:_SHOWN_MAX]]
    if len(findings) > _SHOWN_MAX:
        shown.append(f"... and {len(findings) - _SHOWN_MAX} more (--json lists all)")
    told = f"{count.decisions} decisions, {count.unique} different, {count.valid} valid"
    head = f"{path}: {count.rows} rows, {told}"
    data: dict[str, Any] = {
        "findings": [{"kind": one.kind, "row": one.row, "detail": one.detail} for one in findings],
        "counts": counts,
        "rows": count.rows,
        "decisions": count.decisions,
        "unique": count.unique,
        "valid": count.valid,
        "span_s": count.span_s,
        "covered_ratio": count.covered_ratio,
    }
    lines = (head, *shown, *reasons, f"{verdict.value}  {path}")
    return Outcome("shadow.audit", verdict, reasons, data, lines)


def _judged(counts: dict[str, int], count: Counted) -> tuple[Verdict, tuple[str, ...]]:
    said = tuple(f"{kind}: {number}" for kind, number in counts.items())
    if any(kind not in WARNINGS for kind in counts):
        return Verdict.FAIL, said
    if not count.decisions:
        return Verdict.UNKNOWN, ("there are no decisions in it", *said)
    if not count.valid:
        return Verdict.UNKNOWN, ("no decision rests on a price", *said)
    return (Verdict.WARN if counts else Verdict.PASS), said
