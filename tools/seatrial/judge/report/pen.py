"""Small strokes of SVG: a frame that turns data into places, and the few shapes that charts need."""

from collections.abc import Iterable, Sequence

from .palette import SERIES

WIDTH, HEIGHT = 1_000.0, 170.0
Point = tuple[float, float]


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

    def spot(self, point: Point) -> str:
        """Return the place of a point as a path writes it."""
        return f"{self.x(point[0]):g} {self.y(point[1]):g}"


def stroke(path: str, colour: str, width: float) -> str:
    """Return a line along `path`, as wide on any screen."""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
    )


def line(frame: Frame, points: Iterable[Point], colour: str, width: float = 1.6) -> str:
    """Return a line through the points."""
    return stroke("M" + "L".join(frame.spot(point) for point in points), colour, width)


def dots(frame: Frame, points: Iterable[Point], colour: str, width: float) -> str:
    """Return a round dot at each point: a stroke of no length, so that it stays round when stretched."""
    return stroke("".join(f"M{frame.spot(point)}h0" for point in points), colour, width)


def box(corner: Point, size: Point, colour: str) -> str:
    """Return a filled box from its upper left corner."""
    (left, top), (wide, tall) = corner, size
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(0.0, wide):.1f}" height="{max(0.0, tall):.1f}" '
        f'fill="{colour}" fill-opacity="0.8"/>'
    )


def zero(frame: Frame) -> str:
    """Return the line at zero."""
    return f'<path class="zero" d="M0 {frame.y(0):g}H{WIDTH:g}" vector-effect="non-scaling-stroke"/>'


def canvas(shape: str, kind: str = "") -> str:
    """Return the drawing, stretched to whatever room there is."""
    named = f' class="{kind}"' if kind else ""
    view = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none"'
    return f'<svg{named} {view} aria-hidden="true">{shape}</svg>'


def spark(values: Sequence[float]) -> str:
    """Return a line without axes, to stand beside its numbers."""
    frame = Frame((0, max(1, len(values) - 1)), (min(values), max(values)))
    return canvas(line(frame, enumerate(values), SERIES[0]), "spark")
