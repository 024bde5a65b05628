"""
Still charts as inline SVG, for an installation without the `report` extra.

They show the same picture on the same time axis, without zooming, and take their colours from the
page, so that light and dark need no script.
"""

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from .drawing import EMPTY, Drawing, Key, Panel, captions
from .palette import BAND, OWN, PART, QUIET, SERIES, colour_of
from .picture import PARTS
from .wording import number, utc

if TYPE_CHECKING:
    from .picture import Bar, Histogram, Line, Market, Picture, Step

Sketch: TypeAlias = tuple[str, tuple[Key, ...]]
WIDTH, HEIGHT = 1_000.0, 170.0


class Frame:
    """A box of data over the drawing: from its units to places, rounded to a tenth."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x_from, self.x_until = x
        pad = (y[1] - y[0]) * 0.05 or abs(y[1]) * 0.05 or 1.0
        self.y_from, self.y_until = y[0] - pad, y[1] + pad

    def x(self, value: float) -> float:
        """Return the place of a value across."""
        return round((value - self.x_from) / ((self.x_until - self.x_from) or 1.0) * WIDTH, 1)

    def y(self, value: float) -> float:
        """Return the place of a value, upwards."""
        return round(HEIGHT - (value - self.y_from) / (self.y_until - self.y_from) * HEIGHT, 1)


def sketch(picture: "Picture") -> Drawing:
    """Return the still panels of `picture`."""
    drawn = {
        "equity": _lines(picture, picture.equity),
        "position": _lines(picture, picture.position, stepped=True),
        "edge": _edge(picture),
        "markout": _markout(picture.markouts),
        "latency": _latency(picture.latency),
    }
    for at, market in enumerate(picture.markets):
        drawn[f"price{at}"] = _price(picture, market)
        drawn[f"quotes{at}"] = _lines(picture, market.distances, stepped=True)
    return Drawing(tuple(
        Panel(key, heading, note, drawn[key][0] or EMPTY, drawn[key][1])
        for key, (heading, note) in captions(picture).items()
    ))  # fmt: skip


def _lines(picture: "Picture", lines: Sequence["Line"], *, stepped: bool = False) -> Sketch:
    values = [value for line in lines for value in line.value.tolist() if math.isfinite(value)]
    if not values:
        return "", ()
    frame = Frame((picture.from_ms, picture.until_ms), (min(values), max(values)))
    keys = tuple(Key(line.label, colour_of(line.label, at)) for at, line in enumerate(lines))
    paths = "".join(_path(frame, line, key.colour, stepped=stepped) for line, key in zip(lines, keys, strict=True))
    markup = _markup(_bands(frame, picture) + paths, _time_scale(picture), (min(values), max(values)))
    return markup, keys if len(keys) > 1 else ()


def _path(frame: Frame, line: "Line", colour: str, *, stepped: bool) -> str:
    steps, pen_down, last_y = [], False, 0.0
    for at, value in zip(line.at_ms.tolist(), line.value.tolist(), strict=True):
        if not math.isfinite(value):
            pen_down = False
            continue
        x, y = frame.x(at), frame.y(value)
        if pen_down:
            steps.append(f"L{x:g} {last_y:g}L{x:g} {y:g}" if stepped else f"L{x:g} {y:g}")
        else:
            steps.append(f"M{x:g} {y:g}")
        pen_down, last_y = True, y
    return (
        f'<path d="{"".join(steps)}" fill="none" stroke="{colour}" stroke-width="1.6" '
        'vector-effect="non-scaling-stroke" stroke-linejoin="round"/>'
    )


def _bands(frame: Frame, picture: "Picture") -> str:
    return "".join(
        f'<rect x="{frame.x(band.from_ms):g}" y="0" width="{max(1.0, frame.x(band.until_ms) - frame.x(band.from_ms)):g}" '
        f'height="{HEIGHT:g}" fill="{BAND[band.kind]}" fill-opacity="0.3"><title>{escape(band.label)}</title></rect>'
        for band in picture.bands
    )


def _price(picture: "Picture", market: "Market") -> Sketch:
    values = [value for value in market.mid.value.tolist() if math.isfinite(value)]
    values += [value for dots in market.fills for value in dots.value.tolist()]
    if not values:
        return "", ()
    frame = Frame((picture.from_ms, picture.until_ms), (min(values), max(values)))
    shape = _bands(frame, picture) + _path(frame, market.mid, QUIET, stepped=False)
    keys = [Key("mid", QUIET)]
    for dots in market.fills:
        points = "".join(
            f"M{frame.x(at):g} {frame.y(value):g}h0"
            for at, value in zip(dots.at_ms.tolist(), dots.value.tolist(), strict=True)
        )
        shape += (
            f'<path d="{points}" stroke="{OWN[dots.label]}" stroke-width="6" stroke-linecap="round" '
            'vector-effect="non-scaling-stroke" fill="none"/>'
        )
        keys.append(Key(dots.label, OWN[dots.label]))
    return _markup(shape, _time_scale(picture), (min(values), max(values))), tuple(keys)


def _edge(picture: "Picture") -> Sketch:
    bars = [bar for bar in picture.bars if bar.net is not None]
    if not bars:
        return "", ()
    piles = [_piles(bar) for bar in bars]
    ends = [end for pile in piles for _, low, high in pile for end in (low, high)] + [bar.net or 0.0 for bar in bars]
    frame = Frame((picture.from_ms, picture.until_ms), (min(0.0, *ends), max(0.0, *ends)))
    shape = _bands(frame, picture) + _zero(frame)
    for bar, pile in zip(bars, piles, strict=True):
        left, wide = frame.x(bar.from_ms), frame.x(bar.until_ms) - frame.x(bar.from_ms)
        for part, low, high in pile:
            shape += _box((left + wide * 0.08, frame.y(high), wide * 0.84, frame.y(low) - frame.y(high)), PART[part])
    net = "L".join(f"{frame.x((bar.from_ms + bar.until_ms) / 2):g} {frame.y(bar.net or 0.0):g}" for bar in bars)
    shape += (
        f'<path d="M{net}" fill="none" stroke="{PART["net_bps"]}" stroke-width="2.4" vector-effect="non-scaling-stroke"/>'
    )
    shown = {part for pile in piles for part, low, high in pile if high > low} | {"net_bps"}
    keys = tuple(Key(part.removesuffix("_bps"), PART[part]) for part in (*PARTS, "net_bps") if part in shown)
    return _markup(shape, _time_scale(picture), (min(0.0, *ends), max(0.0, *ends)), " bps"), keys


def _piles(bar: "Bar") -> list[tuple[str, float, float]]:
    """Return (part, bottom, top): gains pile up from zero, losses pile down."""
    up = down = 0.0
    piles = []
    for part in PARTS:
        value = bar.parts.get(part) or 0.0
        if value >= 0:
            piles.append((part, up, up + value))
            up += value
        else:
            piles.append((part, down + value, down))
            down += value
    return piles


def _markout(steps: Sequence["Step"]) -> Sketch:
    known = [(at, step) for at, step in enumerate(steps) if step.bps is not None]
    if not known:
        return "", ()
    values = [step.bps or 0.0 for _, step in known]
    frame = Frame((-0.5, len(steps) - 0.5), (min(0.0, *values), max(0.0, *values)))
    line = "L".join(f"{frame.x(at):g} {frame.y(step.bps or 0.0):g}" for at, step in known)
    shape = _zero(frame) + (
        f'<path d="M{line}" fill="none" stroke="{SERIES[0]}" stroke-width="2.2" vector-effect="non-scaling-stroke"/>'
    )
    for at, step in known:
        shape += (
            f'<path d="M{frame.x(at):g} {frame.y(step.bps or 0.0):g}h0" stroke="{SERIES[0]}" stroke-width="8" '
            'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
        )
    scale = [f"{step.horizon_s} s: {number(step.bps)} (n {step.n})" for step in steps]
    return _markup(shape, scale, (min(0.0, *values), max(0.0, *values)), " bps"), ()


def _latency(histogram: "Histogram") -> Sketch:
    if not histogram.n:
        return "", ()
    edges = [math.log(edge) for edge in histogram.edges]
    frame = Frame((edges[0], edges[-1]), (0.0, float(max(histogram.counts))))
    shape = ""
    for left, right, count in zip(edges[:-1], edges[1:], histogram.counts, strict=True):
        shape += _box((frame.x(left), frame.y(count), frame.x(right) - frame.x(left) - 1, HEIGHT - frame.y(count)), SERIES[0])
    for value in histogram.marks.values():
        at = frame.x(math.log(value))
        shape += f'<path d="M{at:g} 0V{HEIGHT:g}" stroke="{SERIES[1]}" vector-effect="non-scaling-stroke"/>'
    scale = [number(histogram.edges[0], "ms")]
    scale += [f"{name} {number(round(value, 1), 'ms')}" for name, value in sorted(histogram.marks.items())]
    return _markup(shape, [*scale, number(histogram.edges[-1], "ms")], (0.0, float(max(histogram.counts)))), ()


def _box(place: tuple[float, float, float, float], colour: str) -> str:
    left, top, wide, tall = (round(value, 1) for value in place)
    return f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{tall:g}" fill="{colour}" fill-opacity="0.8"/>'


def _zero(frame: Frame) -> str:
    return f'<path class="zero" d="M0 {frame.y(0):g}H{WIDTH:g}" vector-effect="non-scaling-stroke"/>'


def _time_scale(picture: "Picture") -> list[str]:
    return [f"{utc(round(at * 1e6))[5:16]}" for at in (picture.from_ms, picture.until_ms)]


def _markup(shape: str, across: Sequence[str], up: tuple[float, float], unit: str = "") -> str:
    marks = "".join(f"<span>{escape(mark)}</span>" for mark in across)
    return (
        f'<div class="sketch"><div class="scale"><span>{number(up[1])}{unit}</span></div>'
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img">{shape}</svg>'
        f'<div class="scale"><span>{number(up[0])}{unit}</span></div>'
        f'<div class="scale across">{marks}</div></div>'
    )
