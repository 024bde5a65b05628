"""
A page of figures: verdict, reasons, drawings and tables in one file that asks nothing of a network.

The dress is the judge's, so that a release manager reads all pages alike; there are no scripts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from ...judge.report.palette import PART, SERIES
from ...judge.report.pen import Frame, box, canvas, line, zero
from ...model.verdict import Verdict
from ..saying import amount

if TYPE_CHECKING:
    from ..waterfall import Waterfall

SHOWN_ROWS = 500
MEANING = {
    Verdict.PASS: "The books agree, and every figure was measured.",
    Verdict.WARN: "Nothing material is off, but something should be looked at.",
    Verdict.UNKNOWN: "There is not enough evidence for a verdict; no evidence is never a pass.",
    Verdict.FAIL: "At least one figure is off by more than is tolerated.",
    None: "Figures without a bound: nothing was judged.",
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; columns named in `numbers` stand to the right."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall, in percent of the width."""

    name: str
    left: float
    width: float
    colour: str
    said: str
    bps: str
    total: bool


@dataclass(frozen=True)
class Section:
    """One part of the page: a drawing (our own markup), bars, a table, or what there is of them."""

    heading: str
    note: str = ""
    markup: str = ""
    scale: tuple[str, str] = ("", "")
    bars: tuple[Bar, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Page:
    """Everything that the page says."""

    eyebrow: str
    title: str
    verdict: Verdict | None
    sentence: str
    reasons: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def render(page: Page) -> bytes:
    """Return the page as one HTML file."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("seatrial.finops.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    template = environment.get_template("books.html.j2")
    word = page.verdict.value if page.verdict else "REPORT"
    text: str = template.render(
        page=page, word=word, meaning=MEANING[page.verdict], style=_style(), policy=POLICY, shown=SHOWN_ROWS
    )
    return text.encode()


def _style() -> str:
    dress = files("seatrial.judge.report").joinpath("templates", "page.css.j2").read_text("utf-8")
    own = files("seatrial.finops.report").joinpath("templates", "books.css.j2").read_text("utf-8")
    return dress + own


def fall(waterfall: "Waterfall") -> tuple[Bar, ...]:
    """Return the bars of a waterfall: each step begins where the one before it ended."""
    at, spans = Decimal(0), []
    for step in waterfall.steps:
        value = step.amount or Decimal(0)
        spans.append((Decimal(0), value) if step.total else (at, at + value))
        at = value if step.total and step.amount is not None else spans[-1][1]
    low = min((min(span) for span in spans), default=Decimal(0))
    high = max((max(span) for span in spans), default=Decimal(0))
    width = (high - low) or Decimal(1)
    bars = []
    for step, (begin, end) in zip(waterfall.steps, spans, strict=True):
        bps = waterfall.bps(step)
        bars.append(
            Bar(
                step.name,
                round(float((min(begin, end) - low) / width * 100), 2),
                round(max(0.3, float(abs(end - begin) / width * 100)), 2) if end != begin else 0.0,
                _colour(step.amount, total=step.total),
                "not measured" if step.amount is None else f"{money(step.amount)} {waterfall.currency}",
                "" if bps is None else f"{amount(round(bps, 4))} bps",
                step.total,
            )
        )
    return tuple(bars)


def _colour(value: Decimal | None, *, total: bool) -> str:
    if total:
        return PART["net_bps"]
    return PART["gross_bps"] if (value or 0) >= 0 else PART["adverse_bps"]


def money(value: Decimal) -> str:
    """Return money as a person reads it: to eight places, in groups of thousands."""
    return f"{Decimal(amount(round(value, 8))):,f}"


def curve(values: Sequence[Decimal]) -> str:
    """Return a line over days, with the zero line where it is in view."""
    numbers = [float(value) for value in values]
    if not numbers:
        return ""
    frame = Frame((0, max(1, len(numbers) - 1)), (min(numbers), max(numbers)))
    ground = zero(frame) if min(numbers) < 0 < max(numbers) else ""
    points = list(enumerate(numbers)) if len(numbers) > 1 else [(0, numbers[0]), (1, numbers[0])]
    return canvas(ground + line(frame, points, SERIES[0]))


def columns(values: Sequence[Decimal], marked: frozenset[int] = frozenset()) -> str:
    """Return a column for each value; the marked ones stand out."""
    numbers = [float(value) for value in values]
    if not numbers:
        return ""
    frame = Frame((0, len(numbers)), (min(0.0, *numbers), max(0.0, *numbers)))
    shapes = []
    for at, value in enumerate(numbers):
        top, bottom = frame.y(max(value, 0.0)), frame.y(min(value, 0.0))
        corner, wide = frame.x(at + 0.1), frame.x(at + 0.9) - frame.x(at + 0.1)
        shapes.append(
            box((corner, top), (wide, bottom - top), PART["adverse_bps"] if at in marked else SERIES[0])
        )
    return canvas("".join(shapes))
