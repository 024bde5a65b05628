"""
What makes one synthetic market like a recorded one: measured tables and rates, as integers.

A calibration holds statistics, never rows of a recording, and says where they were measured.
Every number that the generator uses is an integer, so that the same seed gives the same market on
any machine.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from ..model.config import Config
from ..model.errors import InputError, UsageError, Where
from ..model.instrument import Instrument

if TYPE_CHECKING:
    import numpy as np

FOLDER = Path(__file__).parent / "calibrations"
ENTRIES = 256
REGIMES = 4
ALWAYS = 2**32

Table = Annotated[
    tuple[Annotated[int, Field(ge=0, lt=2**40)], ...], Field(min_length=ENTRIES, max_length=ENTRIES)
]
Chance = Annotated[int, Field(ge=0, le=ALWAYS)]
FourChances = tuple[Chance, Chance, Chance, Chance]
Nanoseconds = Annotated[int, Field(ge=1_000, lt=2**42)]
FourTimes = tuple[Nanoseconds, Nanoseconds, Nanoseconds, Nanoseconds]


class Tables(Config):
    """
    Distributions of 256 equally likely entries each, the mean of each 1/256 of the sample.

    Gaps in time are relative to their mean of 1024; `move_q8` is the size of a move of the price in
    1/256 ticks; `touch_gap` and `level_gap` are ticks between neighbouring levels.
    """

    trade_gap: Table
    book_gap: Table
    prints: Table
    print_lots: Table
    touch_lots: Table
    near_lots: Table
    middle_lots: Table
    far_lots: Table
    touch_gap: Table
    level_gap: Table
    spread: Table
    move_q8: Table


class Regimes(Config):
    """
    Four states of activity, calm to wild, that follow each other as a Markov chain of one-second steps.

    `change[i]` holds the cumulated chances of going from i to 0, 1, 2 and 3.
    """

    trade_mean_ns: FourTimes
    book_mean_ns: FourTimes
    move_chance: FourChances
    change: tuple[FourChances, FourChances, FourChances, FourChances]


class Behaviour(Config):
    """How messages hang together; chances are in 1/2^32."""

    levels: int = Field(20, ge=4, le=40, description="Levels kept on each side.")
    step_ns: Nanoseconds = 200_000_000
    repeat_sign: Chance = Field(description="A taker's order follows the side of the last one.")
    repeat_short: Chance = Field(description="The same, for an order on the heels of the last one.")
    gap_memory: Chance = Field(description="A gap between orders is of the same quarter as the last one.")
    follow: Chance = Field(description="A step after a move brings one too.")
    momentum: Chance = Field(description="A move follows the direction of the last one.")
    impact: Chance = Field(description="An order of median size moves the price.")
    rush: Chance = Field(description="A move that no order made is run ahead of by takers who know.")
    rush_orders: int = Field(1, ge=1, le=64, description="Mean number of their orders.")
    transient: Chance = Field(description="Such a move will be undone.")
    reversal: Chance = Field(description="Moves waiting to be undone are undone in this step.")
    respread: Chance = Field(description="The spread is drawn anew in this step.")
    refill: Chance = Field(description="A message of the book closes a spread wider than due.")
    touch_share: Chance = Field(description="A message that only changes sizes is about the touch.")
    redraw: Chance = Field(description="A changed size is drawn anew and not one order more or less.")
    beyond: Chance = Field(description="A print larger than the level it meets is not cut to it.")
    reaction_ns: Nanoseconds = Field(description="Mean time until the book answers a trade or a move.")
    parent_lots: int = Field(ge=1, description="Median size of a taker's order.")
    funding_rate: int = Field(0, description="Mean funding rate each 8 h, times 10^12.")
    funding_span: int = Field(0, ge=0, description="Half the range of funding rates, times 10^12.")


class Statistic(Config):
    """A measured value and its standard error (by blocks of the recording); None: not measurable."""

    value: float | None
    error: float | None = None


class Calibration(Config):
    """One synthetic market."""

    schema_version: Literal[1] = 1
    name: str = Field(min_length=1)
    description: str = ""
    source: dict[str, Any] = Field(description="Dataset, span, and what was changed on the way.")
    instrument: Instrument
    start_price_q8: int = Field(gt=0, lt=2**38, description="First price in 1/256 ticks.")
    tables: Tables
    regimes: Regimes
    behaviour: Behaviour
    statistics: dict[str, Statistic] = Field(default_factory=dict, description="The recording's own.")

    @model_validator(mode="after")
    def _can_run(self) -> "Calibration":
        positive = ("prints", "print_lots", "touch_lots", "near_lots", "middle_lots", "far_lots")
        for name in (*positive, "touch_gap", "level_gap", "spread"):
            if min(getattr(self.tables, name)) < 1:
                raise ValueError(f"table {name} holds an entry below 1")
        for row in self.regimes.change:
            if list(row) != sorted(row):
                raise ValueError("a row of regimes.change is not cumulated")
        return self


@cache
def packaged() -> tuple[str, ...]:
    """Return the names of the calibrations that ship with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def load(name: str) -> Calibration:
    """Return a packaged calibration by name, or one from a JSON file; a damaged one is an error."""
    import orjson

    path = FOLDER / f"{name}.json" if name in packaged() else Path(name)
    if not path.is_file():
        raise UsageError(
            f"no calibration named {name!r}", fix=f"use a file or one of {', '.join(packaged())}"
        )
    try:
        return Calibration.model_validate(orjson.loads(path.read_bytes()))
    except orjson.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}", where=Where(str(path))) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(first["msg"], where=Where(str(path), field=field), fix="calibrate again") from error


def dump(calibration: Calibration) -> bytes:
    """Return the calibration as canonical JSON."""
    import orjson

    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    text = orjson.dumps(calibration.model_dump(mode="json"), option=options)
    return _short_lists(text)


def parameters(calibration: Calibration) -> "np.ndarray":
    """Return the calibration in the form of the generator's `p` array."""
    import numpy as np

    from . import layout

    behaviour, regimes, tables = calibration.behaviour, calibration.regimes, calibration.tables
    p = np.zeros(layout.PARAMETERS_SIZE, "int64")
    p[layout.START_PRICE] = calibration.start_price_q8
    p[layout.LEVELS_KEPT] = behaviour.levels
    p[layout.FUNDING_NS] = 8 * 3_600 * 10**9
    for name in sorted(set(Behaviour.model_fields) - {"levels"}):
        p[getattr(layout, name.upper())] = getattr(behaviour, name)
    for name in ("trade_mean_ns", "book_mean_ns", "move_chance"):
        at = getattr(layout, name.upper())
        p[at : at + REGIMES] = getattr(regimes, name)
    p[layout.CHANGE : layout.CHANGE + 16] = [chance for row in regimes.change for chance in row]
    p[layout.TABLES :] = [entry for name in Tables.model_fields for entry in getattr(tables, name)]
    return p


def _short_lists(text: bytes) -> bytes:
    """Put each list of numbers on one line."""
    import re

    def joined(match: "re.Match[bytes]") -> bytes:
        return b"[" + b", ".join(match.group(1).split(b",")).replace(b"\n", b"").replace(b" ", b"") + b"]"

    return re.sub(rb"\[([-\d\s,]*)\]", joined, text)
