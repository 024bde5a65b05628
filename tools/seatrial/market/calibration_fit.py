"""
From a recording to a calibration: measure, then correct until the synthetic market measures the same.

Tables come straight from the recording. What no table shows (how likely an order moves the price,
how much of that is undone) is found by running the market, measuring it with the same rulers, and
correcting, a fixed number of rounds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..model.instrument import Contract, Instrument
from ..model.tape import Tape
from .calibration import ALWAYS, Calibration, Regimes, Statistic, Tables
from .calibration_tables import STEPS_PER_S, Density, chance, measure
from .fidelity import statistics
from .fidelity_series import observe, restated

ROUNDS = 20
FIT_ORDERS = 6_000  # enough to measure an impact
FIT_HOURS = (1.0, 24.0)
FIT_SEED = 20_240
STRONGEST = 3.0
RUSHED = 0.5
BOLD = 0.01
LONGEST_NS = 3_600 * 10**9
PARTS = (0.5, 0.3, 0.15, 0.05)  # of the time, in each regime
Knob = Callable[[Calibration, float], Calibration]


@dataclass(frozen=True)
class Request:
    """
    What to calibrate to.

    `time_factor` makes market time run that many times as fast as recorded; `lot_factor` says how
    many of the recording's lots the instrument's lot is.
    """

    name: str
    instrument: Instrument
    source: dict[str, Any]
    description: str = ""
    index: int = 0
    time_factor: int = 1
    lot_factor: int = 1
    density: Density = field(default_factory=Density)
    rounds: int = ROUNDS


def calibrate(tapes: Iterable[Tape], request: Request) -> Calibration:
    """Return the calibration of one instrument of a recording; an `InputError` if it cannot be measured."""
    market = restated(tapes, time_factor=request.time_factor, lot_factor=request.lot_factor)
    series = observe(market, index=request.index)
    funding = request.instrument.contract is not Contract.SPOT
    measured = measure(series, density=request.density, funding=funding)
    first = series.touch[0]
    calibration = Calibration(
        name=request.name,
        description=request.description,
        source={
            **request.source,
            "span_s": round(series.seconds * request.time_factor),
            "time_factor": request.time_factor,
            "touch_density": request.density.touch,
        },
        instrument=request.instrument,
        start_price_q8=int(first[1] + first[3]) * 128,
        tables=measured.tables,
        regimes=measured.regimes,
        behaviour=measured.behaviour,
        statistics=_with_density(statistics(series), request.density.touch),
    )
    for number in range(request.rounds):
        seen = synthetic_statistics(calibration, seed=FIT_SEED + number)
        # Later rounds correct less: what they see is more and more the noise of their own seed.
        calibration = corrected(calibration, seen, strength=8 / (8 + number))
    return calibration


def synthetic_statistics(
    calibration: Calibration, *, seed: int, hours: float | None = None
) -> dict[str, Statistic]:
    """Return the statistics of a synthetic market of so many hours (None: as its trades demand)."""
    from .synth import SynthFeed

    feed = SynthFeed(calibration, seed=seed)
    if hours is None:
        needed = FIT_ORDERS / 3600 / (calibration.statistics["orders_per_s"].value or 1.0)
        hours = min(max(needed, FIT_HOURS[0]), FIT_HOURS[1])
    return statistics(observe(feed.window(feed.start_ns, feed.start_ns + round(hours * 3600e9))))


def corrected(calibration: Calibration, seen: dict[str, Statistic], *, strength: float = 1.0) -> Calibration:
    """Return the calibration with each knob turned towards its statistic."""
    for name, (turn, power) in KNOBS.items():
        wanted, got = calibration.statistics[name].value, seen[name].value
        if wanted is None or got is None or wanted <= 0:
            continue
        ratio = min(max(wanted / got if got > 0 else STRONGEST, 1 / STRONGEST), STRONGEST)
        calibration = turn(calibration, ratio ** (power * strength))
    return _reverting(calibration, seen, strength)


def _with_density(source: dict[str, Statistic], density: float) -> dict[str, Statistic]:
    if density == 1.0:
        return source
    touch = source["touch_changes_per_s"]
    scaled = Statistic(
        value=None if touch.value is None else touch.value * density,
        error=None if touch.error is None else touch.error * density,
    )
    return {**source, "touch_changes_per_s": scaled}


def _reverting(calibration: Calibration, seen: dict[str, Statistic], strength: float) -> Calibration:
    """Turn the share of moves that are undone by how the impact fades from 1 s to 30 s."""
    kept = {}
    for side, values in (("wanted", calibration.statistics), ("got", seen)):
        early, late = values["impact_1s_bps"].value, values["impact_30s_bps"].value
        if early is None or late is None or early <= 0:
            return calibration
        kept[side] = min(max(late / early, 0.0), 2.0)
    transient = calibration.behaviour.transient / ALWAYS + 0.4 * strength * (kept["got"] - kept["wanted"])
    return _behave(calibration, transient=chance(min(max(transient, 0.0), 0.95)))


def _behave(calibration: Calibration, **values: int) -> Calibration:
    return calibration.model_copy(update={"behaviour": calibration.behaviour.model_copy(update=values)})


def _scaled_chance(name: str) -> Knob:
    def turn(calibration: Calibration, ratio: float) -> Calibration:
        value = getattr(calibration.behaviour, name) / ALWAYS
        return _behave(calibration, **{name: chance(max(value, 1e-2) * ratio)})

    return turn


def _scaled_table(name: str, lowest: int) -> Knob:
    def turn(calibration: Calibration, ratio: float) -> Calibration:
        entries = getattr(calibration.tables, name)
        scaled = tuple(max(lowest, round(entry * ratio)) for entry in entries)
        tables: Tables = calibration.tables.model_copy(update={name: scaled})
        return calibration.model_copy(update={"tables": tables})

    return turn


def _scaled_times(name: str) -> Knob:
    def turn(calibration: Calibration, ratio: float) -> Calibration:
        times = [round(time / ratio) for time in getattr(calibration.regimes, name)]
        bounded = tuple(min(max(time, 1_000), LONGEST_NS) for time in times)
        regimes: Regimes = calibration.regimes.model_copy(update={name: bounded})
        return calibration.model_copy(update={"regimes": regimes})

    return turn


def _move_chance(calibration: Calibration, ratio: float) -> Calibration:
    chances = tuple(chance(max(value / ALWAYS, 1e-5) * ratio) for value in calibration.regimes.move_chance)
    regimes = calibration.regimes.model_copy(update={"move_chance": chances})
    return calibration.model_copy(update={"regimes": regimes})


def _informed(calibration: Calibration, ratio: float) -> Calibration:
    """More impact wanted: more rushes ahead of moves, and where orders are too few, bolder orders."""
    behaviour = calibration.behaviour
    share, bold = behaviour.rush / ALWAYS, behaviour.impact / ALWAYS
    most = _most_rushes(calibration)
    if share * ratio <= most and bold <= BOLD:
        return _behave(calibration, rush=chance(max(share, 0.01) * ratio))
    return _behave(calibration, rush=chance(most), impact=chance(max(bold, BOLD) * ratio))


def _most_rushes(calibration: Calibration) -> float:
    """Return the share of moves whose rushes make up no more than `RUSHED` of all orders."""
    orders = calibration.statistics["orders_per_s"].value or 0.0
    chances = calibration.regimes.move_chance
    moves = STEPS_PER_S * sum(part * value / ALWAYS for part, value in zip(PARTS, chances, strict=True))
    return min(1.0, RUSHED * orders / max(moves * (calibration.behaviour.rush_orders + 0.5), 1e-9))


def _stillness(calibration: Calibration, ratio: float) -> Calibration:
    """More still seconds wanted: fewer moves."""
    return _move_chance(calibration, 1 / ratio)


KNOBS: dict[str, tuple[Knob, float]] = {
    "return_1s_bps": (_scaled_table("move_q8", 1), 0.6),
    "still_seconds_ratio": (_stillness, 1.5),
    "impact_1s_bps": (_informed, 0.7),
    "abs_return_acf_1s": (_scaled_chance("follow"), 0.3),
    "trade_sign_acf": (_scaled_chance("repeat_sign"), 0.5),
    "touch_depth_median_lots": (_scaled_table("touch_lots", 1), 0.5),
    "touch_changes_per_s": (_scaled_chance("touch_share"), 0.6),
    "trade_size_p95_lots": (_scaled_chance("beyond"), 1.0),
    "orders_per_s": (_scaled_times("trade_mean_ns"), 0.8),
}
