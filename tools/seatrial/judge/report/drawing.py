"""
The panels of a page, drawn by Bokeh where it is installed and by ourselves where it is not.

A Drawing is markup and, for Bokeh, the data and the library that its panels need; nothing in it is
ever fetched from anywhere.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .picture import Picture


@dataclass(frozen=True)
class Key:
    """One entry of a legend; `shows` names what a click on it hides, nothing in a still chart."""

    label: str
    colour: str
    shows: str = ""


@dataclass(frozen=True)
class Panel:
    """One chart: what it is called, what it says, its markup and its legend."""

    key: str
    heading: str
    note: str
    markup: str
    keys: tuple[Key, ...] = ()

    @property
    def on_time_axis(self) -> bool:
        """Return whether it shows the run over time, as most charts do."""
        return self.key not in {"markout", "latency"}


@dataclass(frozen=True)
class Drawing:
    """All panels of a page, the data that its script reads, and the scripts in order."""

    panels: tuple[Panel, ...]
    data: str = ""
    scripts: tuple[str, ...] = ()


EMPTY = '<p class="empty">Nothing was measured here.</p>'


def draw(picture: "Picture", *, interactive: bool | None = None) -> Drawing:
    """Return the panels of `picture`; `interactive` None means: if the `report` extra is installed."""
    if find_spec("bokeh") is not None if interactive is None else interactive:
        from .charts import chart

        return chart(picture)
    from .sketches import sketch

    return sketch(picture)


def _equity_is(picture: "Picture") -> str:
    alone = len(picture.equity) < 2
    return "Cash and position at the mid" if alone else "Change since the start, each instrument by itself"


def captions(picture: "Picture") -> dict[str, tuple[str, str]]:
    """Return heading and note of every panel that `picture` has something for, in reading order."""
    money = picture.currency or "settlement currency"
    said = {
        "equity": ("Equity", f"{_equity_is(picture)}, {money}."),
        "position": ("Position", "Signed quantity held."),
        "edge": ("Edge per iteration", "Parts stacked, in bps of traded notional; the line is the net."),
    }
    for at, market in enumerate(picture.markets):
        said[f"price{at}"] = (
            f"{market.symbol}: market and own fills",
            "Mid price, and where we bought and sold.",
        )
        said[f"quotes{at}"] = (
            f"{market.symbol}: spread and own quotes",
            "Distance from the mid in bps: the market's touch, and where our quotes stood.",
        )
    said["markout"] = ("Mark-out", "How far the mid went our way after a fill, averaged by notional.")
    said["latency"] = ("Acknowledgement latency", "From the intended time of an order to its answer.")
    return said
