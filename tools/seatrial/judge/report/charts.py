"""
Interactive charts by Bokeh, whose scripts travel inside its own package.

Everything over time shares one horizontal range: zoom into a gap in one chart and every other chart
shows the same minutes. Colours that must change with a light or dark page come from CSS variables of
the page (Bokeh reads `--bk-*`); colours of data are mid-tones that both grounds carry.
"""

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .drawing import EMPTY, Drawing, Key, Panel, captions
from .palette import BAND, OWN, PART, QUIET, SERIES, colour_of
from .picture import PARTS

if TYPE_CHECKING:
    from bokeh.models import Range1d
    from bokeh.plotting import figure as Figure  # noqa: N812 - a class in all but name

    from .picture import Histogram, Line, Market, Picture, Step
    from .thinning import Floats

HEIGHT = 230
LEFT = 78


@dataclass(frozen=True)
class Chart:
    """One figure and the legend that stands above it."""

    figure: "Figure"
    keys: tuple[Key, ...] = ()


def chart(picture: "Picture") -> Drawing:
    """Return the interactive panels of `picture`."""
    from bokeh.resources import Resources

    charts = _charts(picture)
    panels = []
    for key, (heading, note) in captions(picture).items():
        one = charts.get(key)
        markup = f'<div class="chart" id="chart-{key}"></div>' if one else EMPTY
        panels.append(Panel(key, heading, note, markup, one.keys if one else ()))
    scripts = Resources(mode="inline", components=["bokeh"], minified=True).js_raw
    quiet = tuple(script for script in scripts if not script.startswith("Bokeh.set_log_level"))
    return Drawing(tuple(panels), _document({key: one.figure for key, one in charts.items()}), quiet)


def _charts(picture: "Picture") -> dict[str, Chart]:
    from bokeh.models import Range1d

    if picture.until_ms <= picture.from_ms:
        return {}
    bounds = (picture.from_ms, picture.until_ms)
    span = Range1d(start=bounds[0], end=bounds[1], bounds=bounds, name="time")
    drawn = {
        "equity": _lines("equity", picture, span, Way(picture.equity, "0,0.00")),
        "position": _lines("position", picture, span, Way(picture.position, "0.[0000]", stepped=True)),
        "edge": _edge(picture, span),
    }
    for at, market in enumerate(picture.markets):
        drawn[f"price{at}"] = _price(f"price{at}", picture, span, market)
        drawn[f"quotes{at}"] = _lines(
            f"quotes{at}", picture, span, Way(market.distances, "0.[000]", stepped=True)
        )
    drawn["markout"] = _markout(picture.markouts)
    drawn["latency"] = _latency(picture.latency)
    return {key: one for key, one in drawn.items() if one is not None}


@dataclass(frozen=True)
class Way:
    """Lines, how their numbers are written, and whether a value holds until the next."""

    lines: tuple["Line", ...]
    form: str
    stepped: bool = False


def _canvas(span: "Range1d", picture: "Picture") -> "Figure":
    """Return an empty chart over the shared time axis, its gaps and freezes shaded."""
    from bokeh.models import WheelZoomTool
    from bokeh.plotting import figure

    canvas = figure(
        height=HEIGHT, sizing_mode="stretch_width", x_axis_type="datetime", x_range=span,
        tools="xpan,xbox_zoom,reset", active_drag="xbox_zoom", toolbar_location="above", toolbar_inner=True,
        window_axis="x", min_border_left=LEFT,
    )  # fmt: skip
    canvas.add_tools(WheelZoomTool(dimensions="width"))
    for kind in BAND:
        bands = [band for band in picture.bands if band.kind == kind]
        if bands:
            edges: dict[str, Any] = {
                "x0": [band.from_ms for band in bands],
                "x1": [band.until_ms for band in bands],
            }
            canvas.vstrip(
                **edges, fill_color=BAND[kind], fill_alpha=0.22, line_color=BAND[kind], line_alpha=0.5
            )
    return _dressed(canvas)


def _dressed(canvas: "Figure") -> "Figure":
    """Return the chart without ground or frame, so that the page's own ground shows."""
    canvas.background_fill_color = canvas.border_fill_color = canvas.outline_line_color = None
    canvas.toolbar.autohide = True
    canvas.toolbar.logo = None
    canvas.yaxis.minor_tick_line_color = canvas.xaxis.minor_tick_line_color = None
    canvas.xgrid.grid_line_color = None
    canvas.axis.axis_line_color = None
    return canvas


def _lines(key: str, picture: "Picture", span: "Range1d", way: Way) -> Chart | None:
    from bokeh.models import HoverTool, NumeralTickFormatter

    if not any(len(line.at_ms) for line in way.lines):
        return None
    canvas, keys = _canvas(span, picture), []
    for turn, line in enumerate(way.lines):
        colour = colour_of(line.label, turn)
        at, value, name = _listed(line.at_ms), _listed(line.value), f"{key}-{line.label}"
        look: dict[str, Any] = {
            "line_color": colour,
            "line_width": 1.3 if len(way.lines) > 1 else 1.7,
            "name": name,
        }
        drawn = (
            canvas.step(at, value, mode="after", **look) if way.stepped else canvas.line(at, value, **look)
        )
        tips = [(line.label, f"@y{{{way.form}}}"), ("at", "@x{%F %T}")]
        canvas.add_tools(
            HoverTool(renderers=[drawn], tooltips=tips, formatters={"@x": "datetime"}, mode="vline")
        )
        keys.append(Key(line.label, colour, name))
    canvas.yaxis.formatter = NumeralTickFormatter(format=way.form)
    return Chart(canvas, tuple(keys) if len(keys) > 1 else ())


def _listed(column: "Floats") -> list[float]:
    """
    Return a column as plain numbers, to a millionth.

    Bokeh would pack an array with zlib, whose bytes differ between machines.
    """
    return [round(value, 6) for value in column.tolist()]


def _price(key: str, picture: "Picture", span: "Range1d", market: "Market") -> Chart | None:
    from bokeh.models import NumeralTickFormatter

    if not len(market.mid.at_ms):
        return None
    canvas = _canvas(span, picture)
    keys = [Key("mid", QUIET, f"{key}-mid")]
    canvas.line(
        _listed(market.mid.at_ms),
        _listed(market.mid.value),
        line_color=QUIET,
        line_width=1.2,
        name=f"{key}-mid",
    )
    for dots in market.fills:
        keys.append(Key(dots.label, OWN[dots.label], f"{key}-{dots.label}"))
        marker = "triangle" if dots.label == "buy" else "inverted_triangle"
        canvas.scatter(
            _listed(dots.at_ms), _listed(dots.value), size=7, fill_color=OWN[dots.label], fill_alpha=0.75,
            marker=marker, line_color=None, name=keys[-1].shows,
        )  # fmt: skip
    canvas.yaxis.formatter = NumeralTickFormatter(format="0,0.[00000]")
    return Chart(canvas, tuple(keys))


def _edge(picture: "Picture", span: "Range1d") -> Chart | None:
    from bokeh.models import ColumnDataSource, HoverTool

    bars = [bar for bar in picture.bars if bar.net is not None]
    if not bars:
        return None
    canvas, keys = _canvas(span, picture), []
    stacks = [bar.stacked() for bar in bars]
    shared = {"left": [bar.at(0.08) for bar in bars], "right": [bar.at(0.92) for bar in bars]}
    for part in PARTS:
        heights = [bar.parts.get(part) or 0.0 for bar in bars]
        column: dict[str, Any] = {**shared, "index": [bar.index + 1 for bar in bars], "bps": heights}
        column |= {
            "bottom": [stack[part][0] for stack in stacks],
            "top": [stack[part][1] for stack in stacks],
        }
        if not any(column["bps"]):
            continue
        keys.append(Key(part.removesuffix("_bps"), PART[part], f"edge-{part}"))
        drawn = canvas.quad(
            source=ColumnDataSource(column), left="left", right="right", bottom="bottom", top="top",
            fill_color=PART[part], fill_alpha=0.8, line_color=None, name=f"edge-{part}",
        )  # fmt: skip
        tips = [("iteration", "@index"), (keys[-1].label, "@bps{0.000} bps")]
        canvas.add_tools(HoverTool(renderers=[drawn], tooltips=tips))
    middle, net = [bar.at(0.5) for bar in bars], [bar.net or 0.0 for bar in bars]
    canvas.line(middle, net, line_color=PART["net_bps"], line_width=2.4, name="edge-net")
    canvas.scatter(middle, net, size=6, fill_color=PART["net_bps"], line_color=None)
    return Chart(canvas, (*keys, Key("net", PART["net_bps"], "edge-net")))


def _still(**settings: Any) -> "Figure":
    """Return an empty chart with an axis of its own, which nothing zooms."""
    from bokeh.plotting import figure

    canvas = figure(tools="", toolbar_location=None, min_border_left=LEFT, height=HEIGHT, **settings)
    canvas.sizing_mode = "stretch_width"
    return _dressed(canvas)


def _markout(steps: tuple["Step", ...]) -> Chart | None:
    from bokeh.models import ColumnDataSource
    from bokeh.models.annotations import Span

    known = [step for step in steps if step.bps is not None]
    if not known:
        return None
    heights = [step.bps or 0.0 for step in known]
    low, high = min(0.0, *heights), max(0.0, *heights)
    room = (high - low) * 0.2 or 1.0
    canvas = _still(x_range=[f"{step.horizon_s} s" for step in steps], y_range=(low - room, high + room))
    columns = {"at": [f"{step.horizon_s} s" for step in known], "said": [f"n {step.n:,}" for step in known]}
    source = ColumnDataSource({**columns, "bps": heights})
    canvas.add_layout(Span(location=0, dimension="width", line_color=QUIET, line_dash="dashed", line_width=1))
    canvas.line("at", "bps", source=source, line_color=SERIES[0], line_width=2.2)
    canvas.scatter("at", "bps", source=source, size=8, fill_color=SERIES[0], line_color=None)
    canvas.text(
        "at", "bps", text="said", source=source, y_offset=-9, text_align="center", text_font_size="11px",
        text_color=QUIET,
    )  # fmt: skip
    canvas.yaxis.axis_label = "bps"
    return Chart(canvas)


def _latency(histogram: "Histogram") -> Chart | None:
    from bokeh.models import NumeralTickFormatter
    from bokeh.models.annotations import Label, Span

    if not histogram.n:
        return None
    edges, counts = list(histogram.edges), list(histogram.counts)
    tallest, middle = max(counts), math.sqrt(edges[0] * edges[-1])
    canvas = _still(x_axis_type="log", x_range=(edges[0], edges[-1]), y_range=(0, tallest * 1.12))
    canvas.quad(
        left=edges[:-1],
        right=edges[1:],
        bottom=0,
        top=counts,
        fill_color=SERIES[0],
        fill_alpha=0.7,
        line_color=None,
    )
    for at, (name, value) in enumerate(sorted(histogram.marks.items())):
        late = value > middle
        canvas.add_layout(Span(location=value, dimension="height", line_color=SERIES[1], line_width=1.5))
        canvas.add_layout(Label(
            x=value, y=tallest * (1.1 - 0.13 * at), text=f"{name} {value:.1f} ms", x_offset=-5 if late else 5,
            text_align="right" if late else "left", text_baseline="top", text_font_size="12px",
            text_color=SERIES[1],
        ))  # fmt: skip
    canvas.xaxis.formatter = NumeralTickFormatter(format="0.[00]")
    canvas.xaxis.axis_label = "ms"
    return Chart(canvas)


def _document(figures: dict[str, "Figure"]) -> str:
    """
    Return what the page's script needs to draw the charts, with the same names on every machine.

    Bokeh numbers its models from a counter of the whole process; here each gets its own number in
    the order of appearance, so that the bytes do not depend on what was drawn before.
    """
    from bokeh.document import Document

    document = Document(title="")
    with document.models.freeze():
        for figure in figures.values():
            document.add_root(figure)
    names: dict[str, str] = {}
    plain = _renamed(document.to_json(deferred=False), names)
    roots = {names[figure.id]: f"chart-{key}" for key, figure in figures.items()}
    return json.dumps({"document": plain, "roots": roots}, separators=(",", ":"), allow_nan=False)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Return the document with the name of each model replaced by its place in it."""
    if isinstance(value, dict):
        return {
            key: names.setdefault(each, f"m{len(names)}") if key == "id" else _renamed(each, names)
            for key, each in value.items()
        }
    return [_renamed(each, names) for each in value] if isinstance(value, list) else value
