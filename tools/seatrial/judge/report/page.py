"""
`report.html`: the whole story on one page that works from a USB stick.

The page asks nothing of any network: its policy forbids every source. Scripts run only if their
hash is in the policy, so a symbol that pretends to be markup cannot; styles are allowed inline
because Bokeh puts its own into the page while it draws.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from .drawing import Drawing, draw
from .form import Report
from .pen import spark
from .wording import DASH, MEANING, bound_text, duration, number, side_and_bounds, unit_of, utc

if TYPE_CHECKING:
    from jinja2 import Environment

    from ...model.artifact import IterationSummary
    from .story import GateRow, Story

SHOWN_PARTS = ("gross_bps", "adverse_bps", "inventory_bps", "fees_bps", "funding_bps", "unattributed_bps")


@dataclass(frozen=True)
class Meter:
    """Where hard bound, soft bound and value stand on a little scale, in percent of its width."""

    value: float
    hard: float | None
    soft: float | None
    good: str


@dataclass(frozen=True)
class Trace:
    """One resource of the process, from its first to its last measurement, with a small line."""

    name: str
    unit: str
    first: float
    last: float
    markup: str


def render(story: "Story") -> bytes:
    """Return the page."""
    return page(story, draw(story.picture)).encode()


def page(story: "Story", drawing: Drawing) -> str:
    """Return the page around a drawing of the story."""
    boot = _asset("boot.js.j2") if drawing.scripts else ""
    scripts = (*drawing.scripts, boot) if boot else ()
    return environment().get_template("page.html.j2").render(
        story=story,
        manifest=story.manifest,
        meaning=MEANING[story.verdict],
        facts=_facts(story),
        drawing=drawing,
        data=drawing.data.replace("<", "\\u003c"),
        scripts=scripts,
        policy=_policy(scripts),
        style=_asset("page.css.j2"),
        columns=_columns(story.iterations),
        meter=meter,
        process=_process(story.iterations),
    )  # fmt: skip


def environment() -> "Environment":
    """Return the templates; everything that goes into markup is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    env = Environment(
        loader=PackageLoader("seatrial.judge.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    env.filters |= {
        "number": number,
        "bound": bound_text,
        "duration": duration,
        "utc": utc,
        "percent": percent,
    }
    return env


def percent(ratio: float | None) -> str:
    """Return a ratio as a percentage."""
    return DASH if ratio is None else f"{ratio * 100:.1f}".removesuffix(".0") + " %"


def meter(row: "GateRow") -> Meter | None:
    """Return the little scale of a gate, or None where there is nothing to put on it."""
    side, hard, soft = side_and_bounds(row.result.bound)
    value = row.result.value
    marks = [mark for mark in (hard, soft, value) if mark is not None]
    if value is None or len(marks) < 2:
        return None
    low, high = min(marks), max(marks)
    room = (high - low) * 0.35 or abs(high) * 0.35 or 1.0
    low, width = low - room, high - low + 2 * room

    def at(mark: float | None) -> float | None:
        return None if mark is None else round((mark - low) / width * 100, 2)

    return Meter(at(value) or 0.0, at(hard), at(soft), "right" if side == "at_least" else "left")


def _facts(story: "Story") -> list[tuple[str, str]]:
    manifest = story.manifest
    return [
        ("Mode", manifest.mode),
        ("Market time", f"{duration(manifest.covered_ns)} of {duration(manifest.planned_ns)}"),
        ("Iterations", f"{len(story.iterations):,}"),
        ("Fills", f"{story.fills:,}"),
        ("Decisions", f"{story.decisions:,}"),
        ("Seed", str(manifest.seed)),
    ]


def _process(iterations: tuple["IterationSummary", ...]) -> list[Trace]:
    """Return each measured resource over the iterations."""
    names = sorted({name for one in iterations for name in one.resources})
    traces = []
    for name in names:
        values = [value for one in iterations if (value := one.resources.get(name)) is not None]
        if values:
            traces.append(Trace(name, unit_of(name), values[0], values[-1], spark(values)))
    return traces


def _columns(iterations: tuple["IterationSummary", ...]) -> tuple[str, ...]:
    """Return the measures that have a value in at least one iteration, net first."""
    seen = {
        name
        for one in iterations
        for name, value in {**one.kpis, **one.components}.items()
        if value is not None
    }
    first = [name for name in ("net_bps", *SHOWN_PARTS) if name in seen]
    return (*first, *sorted(seen.difference(first)))


def _policy(scripts: tuple[str, ...]) -> str:
    """Return the page's content policy: nothing from anywhere, and only these scripts."""
    hashes = " ".join(
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    parts = ("default-src 'none'", f"script-src {hashes or repr('none')}", "style-src 'unsafe-inline'")
    return "; ".join((*parts, "img-src data:", "base-uri 'none'", "form-action 'none'"))


def _asset(name: str) -> str:
    return files("seatrial.judge.report").joinpath("templates", name).read_text("utf-8")


REPORT = Report("report.html", "One self-contained page for people, with charts.", render)
