"""
Still charts as inline SVG, for an installation without the `report` extra.

They show the same picture on the same time axis, without zooming, and take their colours from the
page, so that light and dark need no script.
"""

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from . import pen
from .drawing import EMPTY, Drawing, Key, Panel, captions
from .palette import BAND, OWN, PART, QUIET, SERIES, colour_of
from .pen import HEIGHT, Frame
from .picture import PARTS
from .wording import number, utc

if TYPE_CHECKING:
    from .picture import Histogram, Line, Market, Picture, Step

Sketch: TypeAlias = tuple[str, tuple[Key, ...]]
Extent: TypeAlias = tuple[float, float]
NOTHING: Sketch = (EMPTY, ())


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
    said = captions(picture).items()
    return Drawing(tuple(Panel(key, heading, note, *drawn[key]) for key, (heading, note) in said))


def _lines(picture: "Picture", lines: Sequence["Line"], *, stepped: bool = False) -> Sketch:
    values = [value for line in lines for value in line.value.tolist() if math.isfinite(value)]
    if not values:
        return NOTHING
    frame = _over_time(picture, values)
    keys = tuple(Key(line.label, colour_of(line.label, at)) for at, line in enumerate(lines))
    shape = _bands(frame, picture)
    for line, key in zip(lines, keys, strict=True):
        shape += _broken(frame, line, key.colour, stepped=stepped)
    return _labelled(shape, _time_scale(picture), _extent(values)), keys if len(keys) > 1 else ()


def _broken(frame: Frame, line: "Line", colour: str, *, stepped: bool) -> str:
    """Return a line that lifts the pen where nothing was measured."""
    steps, pen_down, last_y = [], False, 0.0
    for at, value in zip(line.at_ms.tolist(), line.value.tolist(), strict=True):
        if not math.isfinite(value):
            pen_down = False
            continue
        x, y = frame.x(at), frame.y(value)
        across = f"L{x:g} {last_y:g}" if stepped else ""
        steps.append(f"{across}L{x:g} {y:g}" if pen_down else f"M{x:g} {y:g}")
        pen_down, last_y = True, y
    return pen.stroke("".join(steps), colour, 1.6)


def _price(picture: "Picture", market: "Market") -> Sketch:
    values = [value for value in market.mid.value.tolist() if math.isfinite(value)]
    values += [value for dots in market.fills for value in dots.value.tolist()]
    if not values:
        return NOTHING
    frame = _over_time(picture, values)
    shape = _bands(frame, picture) + _broken(frame, market.mid, QUIET, stepped=False)
    keys = [Key("mid", QUIET)]
    for dots in market.fills:
        points = zip(dots.at_ms.tolist(), dots.value.tolist(), strict=True)
        shape += pen.dots(frame, points, OWN[dots.label], 6)
        keys.append(Key(dots.label, OWN[dots.label]))
    return _labelled(shape, _time_scale(picture), _extent(values)), tuple(keys)


def _edge(picture: "Picture") -> Sketch:
    bars = [bar for bar in picture.bars if bar.net is not None]
    if not bars:
        return NOTHING
    piles = [bar.stacked() for bar in bars]
    ends = [
        0.0,
        *(bar.net or 0.0 for bar in bars),
        *(end for pile in piles for two in pile.values() for end in two),
    ]
    frame = _over_time(picture, ends)
    shape = _bands(frame, picture) + pen.zero(frame)
    for bar, pile in zip(bars, piles, strict=True):
        left, wide = frame.x(bar.at(0.08)), frame.x(bar.at(0.92)) - frame.x(bar.at(0.08))
        for part, (low, high) in pile.items():
            shape += pen.box((left, frame.y(high)), (wide, frame.y(low) - frame.y(high)), PART[part])
    shape += pen.line(frame, ((bar.at(0.5), bar.net or 0.0) for bar in bars), PART["net_bps"], 2.4)
    shown = {part for pile in piles for part, (low, high) in pile.items() if high > low} | {"net_bps"}
    keys = tuple(Key(part.removesuffix("_bps"), PART[part]) for part in (*PARTS, "net_bps") if part in shown)
    return _labelled(shape, _time_scale(picture), _extent(ends), " bps"), keys


def _markout(steps: Sequence["Step"]) -> Sketch:
    points = [(float(at), step.bps) for at, step in enumerate(steps) if step.bps is not None]
    if not points:
        return NOTHING
    extent = _extent([0.0, *(bps for _, bps in points)])
    frame = Frame((-0.5, len(steps) - 0.5), extent)
    shape = pen.zero(frame) + pen.line(frame, points, SERIES[0], 2.2) + pen.dots(frame, points, SERIES[0], 8)
    across = [f"{step.horizon_s} s: {number(step.bps)} (n {step.n})" for step in steps]
    return _labelled(shape, across, extent, " bps"), ()


def _latency(histogram: "Histogram") -> Sketch:
    if not histogram.n:
        return NOTHING
    edges = [math.log(edge) for edge in histogram.edges]
    extent = (0.0, float(max(histogram.counts)))
    frame = Frame((edges[0], edges[-1]), extent)
    shape = ""
    for left, right, count in zip(edges[:-1], edges[1:], histogram.counts, strict=True):
        size = (frame.x(right) - frame.x(left) - 1, HEIGHT - frame.y(count))
        shape += pen.box((frame.x(left), frame.y(count)), size, SERIES[0])
    for value in histogram.marks.values():
        shape += pen.stroke(f"M{frame.x(math.log(value)):g} 0V{HEIGHT:g}", SERIES[1], 1.5)
    marks = [f"{name} {number(round(value, 1), 'ms')}" for name, value in sorted(histogram.marks.items())]
    across = [number(histogram.edges[0], "ms"), *marks, number(histogram.edges[-1], "ms")]
    return _labelled(shape, across, extent), ()


def _extent(values: Sequence[float]) -> Extent:
    return min(values), max(values)


def _over_time(picture: "Picture", values: Sequence[float]) -> Frame:
    return Frame((picture.from_ms, picture.until_ms), _extent(values))


def _bands(frame: Frame, picture: "Picture") -> str:
    shape = ""
    for band in picture.bands:
        left, right = frame.x(band.from_ms), frame.x(band.until_ms)
        shape += (
            f'<rect x="{left:g}" y="0" width="{max(1.0, right - left):.1f}" height="{HEIGHT:g}" '
            f'fill="{BAND[band.kind]}" fill-opacity="0.3"><title>{escape(band.label)}</title></rect>'
        )
    return shape


def _time_scale(picture: "Picture") -> list[str]:
    return [utc(round(at * 1e6))[5:16] for at in (picture.from_ms, picture.until_ms)]


def _labelled(shape: str, across: Sequence[str], up: Extent, unit: str = "") -> str:
    marks = "".join(f"<span>{escape(mark)}</span>" for mark in across)
    return (
        f'<div class="sketch"><div class="scale"><span>{number(up[1])}{unit}</span></div>'
        f"{pen.canvas(shape)}"
        f'<div class="scale"><span>{number(up[0])}{unit}</span></div>'
        f'<div class="scale across">{marks}</div></div>'
    )
