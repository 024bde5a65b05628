"""The reports of a reconciliation: summary, break list (CSV and Parquet), JSON and a page."""

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...model.atomic import json_bytes
from ..breaks import Break
from ..reconcile_answer import SHOWN, Judged, age_of, break_data, by_class, document, fees_data, worth
from ..saying import amount, day, utc
from .page import Page, Section, Table, columns, fall, render
from .placing import put

if TYPE_CHECKING:
    from ..waterfall import Waterfall

COLUMNS = (
    "class", "key", "field", "symbol", "time", "ours", "theirs", "value_quote", "cause", "age_days", "age",
    "material", "source", "effect", "accepted_by", "accepted_until", "accepted_because",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Told:
    """A judged reconciliation with its waterfall, None where there is none."""

    judged: Judged
    title: str
    fall: "Waterfall | None" = None


Member = Callable[[Told], bytes | None]


def write(told: Told, out: Path) -> list[str]:
    """Write every report into `out` and return their paths, the page last."""
    return put(out, {name: member(told) for name, member in MEMBERS.items()})


def summary(told: Told) -> bytes:
    """Return the summary as Markdown."""
    return ("\n".join(_summary(told)) + "\n").encode()


def _summary(told: Told) -> Iterator[str]:
    judged, found = told.judged, told.judged.found
    yield f"# {judged.verdict.value}: {told.title}"
    yield ""
    yield (
        f"{found.ours.rows:,} rows of ours, {found.theirs.rows:,} of theirs; {found.matched:,} fills and "
        f"{found.matched_payments:,} payments matched; {len(found.breaks):,} breaks "
        f"as of {utc(found.as_of_ns)}."
    )
    yield ""
    yield from (f"- {reason}" for reason in judged.reasons)
    classes = by_class(found.breaks)
    if classes:
        yield ""
        yield "| class | breaks | accepted | value in quote currency | not valued |"
        yield "|---|---:|---:|---:|---:|"
        for kind, facts in classes.items():
            yield (
                f"| {kind} | {facts['count']:,} | {facts['accepted']:,} | {facts['value_quote']} | "
                f"{facts['not_valued']} |"
            )
    yield ""
    yield "| currency | residual | rounding |"
    yield "|---|---:|---:|"
    for code, value in found.residuals.items():
        yield f"| {code} | {amount(value)} | {amount(found.rounding.get(code, value - value))} |"
    fees = fees_data(found)
    if fees is not None:
        yield ""
        yield f"Fees against tier {fees['tier']} ({fees['source']}): {fees['checked']:,} checked."
        for code, expected in fees["expected"].items():
            lost = fees["lost_rebates"].get(code, "0")
            yield f"- {code}: expected {expected}, charged {fees['charged'][code]}, lost rebates {lost}"


def _cells(one: Break, judged: Judged) -> tuple[str, ...]:
    data = break_data(one, judged)
    accepted = data["accepted"] or {}
    effect = " ".join(f"{value} {code}" for code, value in data["effect"].items())
    texts = (
        data["class"], data["key"], data["field"], data["symbol"], utc(one.ts_ns), data["ours"],
        data["theirs"], data["value_quote"], data["cause"], data["age_days"], data["age"],
        "yes" if data["material"] else "no", data["source"], effect,
        accepted.get("owner"), accepted.get("expires"), accepted.get("reason"),
    )  # fmt: skip
    return tuple("" if text is None else str(text) for text in texts)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return sheet.getvalue().encode()


def breaks_csv(told: Told) -> bytes:
    """Return the break list; a cell that would start a formula in a spreadsheet is made harmless."""
    rows = [_cells(one, told.judged) for one in told.judged.found.breaks]
    return _csv([[_safe(cell) for cell in row] for row in rows])


def _safe(text: str) -> str:
    number = text.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(FORMULA) and not number else text


def breaks_parquet(told: Told) -> bytes | None:
    """Return the break list as Parquet, None without DuckDB."""
    if find_spec("duckdb") is None:
        return None
    import duckdb

    rows = [_cells(one, told.judged) for one in told.judged.found.breaks]
    with tempfile.TemporaryDirectory(prefix="seatrial-") as scratch, duckdb.connect() as db:
        source, place = Path(scratch) / "breaks.csv", Path(scratch) / "breaks.parquet"
        source.write_bytes(_csv(rows))
        names = ", ".join(f"nullif({name}, '') AS {name}" for name in COLUMNS if name not in _TYPED)
        typed = ", ".join(f"CAST(nullif({name}, '') AS {kind}) AS {name}" for name, kind in _TYPED.items())
        db.execute(
            f"COPY (SELECT {names}, {typed} FROM read_csv('{source}', all_varchar=true, header=true, "
            f"delim=',', quote='\"', escape='\"')) TO '{place}' (FORMAT parquet)"
        )
        return place.read_bytes()


_TYPED = {"value_quote": "DECIMAL(38,18)", "age_days": "BIGINT"}


def as_json(told: Told) -> bytes:
    """Return everything that is known as JSON."""
    head: dict[str, Any] = {"schema": "seatrial.reconciliation/1", "verdict": told.judged.verdict.value}
    return json_bytes(head | {"reasons": list(told.judged.reasons)} | document(told.judged))


def page(told: Told) -> bytes:
    """Return the page for people."""
    judged, found = told.judged, told.judged.found
    value, _ = worth(found.breaks)
    return render(
        Page(
            eyebrow="reconciliation",
            title=told.title,
            verdict=judged.verdict,
            sentence=judged.reasons[0],
            reasons=judged.reasons[1 : SHOWN + 1],
            facts=(
                ("Our rows", f"{found.ours.rows:,}"),
                ("Their rows", f"{found.theirs.rows:,}"),
                ("Fills matched", f"{found.matched:,}"),
                ("Payments matched", f"{found.matched_payments:,}"),
                ("Breaks", f"{len(found.breaks):,}"),
                ("At stake", amount(round(value, 8))),
            ),
            sections=tuple(_sections(told)),
        )
    )


def _sections(told: Told) -> Iterator[Section]:
    found = told.judged.found
    if told.fall is not None:
        note = f"Our book, over a notional of {amount(round(told.fall.notional, 8))} {told.fall.currency}."
        yield Section("From gross edge to net", note, bars=fall(told.fall))
    numbers = frozenset({"breaks", "accepted", "value", "not valued"})
    rows = [
        (
            kind,
            f"{facts['count']:,}",
            f"{facts['accepted']:,}",
            facts["value_quote"],
            str(facts["not_valued"]),
        )
        for kind, facts in by_class(found.breaks).items()
    ]
    yield Section(
        "Breaks by class", "Value is the money at stake in quote currency.",
        table=Table(("class", "breaks", "accepted", "value", "not valued"), rows, numbers),
    )  # fmt: skip
    days = Counter(day(one.ts_ns) for one in found.breaks)
    if len(days) > 1:
        names = sorted(days)
        yield Section(
            "Breaks by day",
            markup=columns([_whole(days[name]) for name in names]),
            scale=(names[0], names[-1]),
        )
    money = [
        (code, amount(value), amount(found.rounding.get(code, value - value)))
        for code, value in found.residuals.items()
    ]
    yield Section(
        "Residuals", "What theirs has and ours has not; rounding is what was tolerated.",
        table=Table(("currency", "residual", "rounding"), money, frozenset({"residual", "rounding"})),
    )  # fmt: skip
    shown = ("class", "time", "symbol", "key", "field", "ours", "theirs", "value", "age", "cause", "source")
    yield Section(
        "All breaks", "breaks.csv and breaks.parquet hold the same list.",
        table=Table(shown, [_shown(one, told.judged) for one in found.breaks], frozenset({"value"})),
    )  # fmt: skip


def _whole(count: int) -> Any:
    from decimal import Decimal

    return Decimal(count)


def _shown(one: Break, judged: Judged) -> tuple[str, ...]:
    age = age_of(one, judged.found.as_of_ns)[1]
    value = "not valued" if one.value_quote is None else amount(round(one.value_quote, 8))
    owner = f" (accepted by {one.accepted.owner} until {one.accepted.expires})" if one.accepted else ""
    return (
        one.kind.value + owner, utc(one.ts_ns), one.symbol, one.key, one.field, one.ours or "\u2013",
        one.theirs or "\u2013", value, age, one.cause, one.source,
    )  # fmt: skip


MEMBERS: dict[str, Member] = {
    "summary.md": summary,
    "breaks.csv": breaks_csv,
    "breaks.parquet": breaks_parquet,
    "reconciliation.json": as_json,
    "report.html": page,
}
