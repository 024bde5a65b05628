"""The limits of a run, end to end: what a rule stops is in the journal, and what the judge counts."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.dryrun.market import real_engine
from tests.engine.stage import BUY, LINEAR, SELL, Act, Wanderer, book, instrument, play, printed, profile

from seatrial.dryrun.asking import Ask
from seatrial.dryrun.run import run as dry_run
from seatrial.engine.bot.strategy import Strategy
from seatrial.engine.desk import Desk
from seatrial.model.errors import InputError, UsageError
from seatrial.model.profile import Profile
from seatrial.model.risk import RiskSettings
from seatrial.soak import checkpoint as checkpoints
from seatrial.soak.checkpoint import Checkpoint
from seatrial.soak.run import resume
from seatrial.soak.run import run as soak
from seatrial.store.journal import read
from seatrial.store.record import open_record

OTHER = instrument("OTHER")
BOOK = book(0, {999: 50, 998: 50}, {1_001: 50, 1_002: 50})
BOOKS = [*BOOK, *book(0, {999: 50}, {1_001: 50}, inst=1)]
PARAMS = "{half_spread_bps: 0.1, min_half_spread_bps: 0.05, vol_mult: 0, refresh_ms: 200, order_qty: '0.01'}"


def limited(**risk: Any) -> Profile:
    """Return a profile without latency or fees and with these limits."""
    settings = RiskSettings.model_validate({"edge": {"min_bps": None}, **risk})
    return profile().model_copy(update={"risk": settings})


def sending(side: int, px: int, qty: int, **more: Any) -> Act:
    """Return an act that sends one order."""
    return lambda desk: desk.submit(side, px, qty, **more)


def cross(desk: Desk) -> None:
    """Rest a bid, then offer at it."""
    desk.submit(BUY, 999, 1)
    desk.submit(SELL, 999, 1)


def spread_out(desk: Desk) -> None:
    """Take positions in two instruments."""
    desk.submit(BUY, 998, 1)
    desk.submit(BUY, 998, 1, instrument=1)


def twice(desk: Desk) -> None:
    """Send the same order twice."""
    desk.submit(BUY, 998, 1)
    desk.submit(BUY, 998, 1)


CASES: dict[str, tuple[Any, Act, Any, Any]] = {
    "max_order_qty": (10, sending(BUY, 998, 11), "10", "11"),
    "max_order_notional": (10_000, sending(BUY, 998, 11), "10000", "11000"),
    "max_position_qty": (10, sending(BUY, 998, 11), "10", "11"),
    "max_position_notional": (10_000, sending(BUY, 998, 11), "10000", "11000"),
    "max_total_notional": (10_000, sending(BUY, 998, 11), "10000", "11000"),
    "max_positions": (1, spread_out, 1, 2),
    "max_open_orders": (1, twice, 1, 2),
    "max_orders_per_s": (1, twice, 1, 2),
    "max_orders_per_min": (1, twice, 1, 2),
    "max_collar_bps": (100, sending(BUY, 900, 1), 100.0, 1_000.0),
    "max_data_age_ms": (50, sending(BUY, 998, 1), 50.0, 100.0),
    "max_repeats": (1, twice, 1, 2),
    "no_self_cross": (True, cross, 999, 999),
}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_block_is_journalled_with_rule_limit_and_value(rule: str) -> None:
    """Once, with the numbers of that moment, and nothing of it reaches the exchange."""
    limit, act, told_limit, value = CASES[rule]
    played = play(BOOKS, {100: act}, settings=limited(**{rule: limit}), instruments=[LINEAR, OTHER])

    assert played.of("risk_block", "rule", "limit", "value") == [(rule, told_limit, value)]
    assert len(played.orders("submitted")) == (act in {twice, spread_out, cross})


def test_an_amendment_that_a_rule_stops_is_journalled_too() -> None:
    """And the order stays as it was."""

    def grow(desk: Desk) -> None:
        assert desk.amend(1, qty=11) is False

    played = play(BOOK, {1: sending(BUY, 998, 10), 2: grow}, settings=limited(max_position_qty=10))

    assert played.of("risk_block", "rule", "limit", "value") == [("max_position_qty", "10", "11")]
    assert played.orders("amend_requested") == []


@pytest.mark.parametrize(
    ("risk", "guard"),
    [
        ({"max_drawdown_ratio": 0.0000005}, "max_drawdown_ratio"),
        ({"max_day_loss": 1_000}, "max_day_loss"),
        ({"edge": {"min_fills": 1, "horizon_ms": 1_000}}, "min_edge_bps"),
    ],
)
def test_a_loss_freezes_withdraws_and_can_be_left(risk: dict[str, Any], guard: str) -> None:
    """What rests is canceled, what would add is blocked, and what reduces at once goes out."""
    rows = [
        *BOOK,
        printed(20, SELL, 999, 60),
        *book(500, {799: 50}, {801: 50}),
        *book(2_500, {799: 50}, {801: 50}),
    ]
    acts: dict[float, Act] = {
        1: sending(BUY, 999, 10),
        2: sending(BUY, 700, 1),
        3_000: sending(BUY, 700, 1),
        3_001: sending(SELL, 799, 10, tif="gtc"),
        3_002: sending(SELL, 799, 10, tif="ioc"),
    }
    played = play(rows, acts, settings=limited(**risk), until_ms=4_000)

    assert played.of("freeze", "guard", "scope", "level") == [(guard, "all", "full")]
    assert ("canceled", 2) in [(event, order) for order, event, _ in played.orders("canceled")]
    assert played.of("risk_block", "rule") == ["frozen", "frozen"]
    assert played.session.desk.position() == 0


def test_a_session_that_is_cut_goes_on_to_the_same_bytes_with_every_rule_active() -> None:
    """What the rules have counted is part of what is saved."""
    risk = {
        "max_positions": 1,
        "max_open_orders": 4,
        "max_orders_per_s": 60,
        "max_orders_per_min": 300,
        "max_position_qty": 12,
        "max_position_notional": 11_000,
        "max_total_notional": 12_000,
        "max_order_qty": 8,
        "max_order_notional": 8_000,
        "max_collar_bps": 40,
        "max_drawdown_ratio": 0.0001,
        "max_day_loss": 90_000,
        "max_data_age_ms": 200,
        "max_repeats": 3,
        "no_self_cross": True,
        "edge": {"min_bps": -60, "resume_bps": -50, "min_fills": 5, "horizon_ms": 50, "cooldown_s": 0.1},
    }
    rows = [row for ms in range(0, 2_000, 10) for inst in (0, 1) for row in _moving(ms, inst)]

    def played(cuts: list[int], *, saves: bool) -> Any:
        return play(
            rows,
            Wanderer(seed=3),
            settings=limited(**risk),
            instruments=[LINEAR, OTHER],
            cuts=cuts,
            saves=saves,
        )

    whole, parts = played([], saves=False), played([len(rows) // 5, len(rows) // 2], saves=True)

    assert parts.text == whole.text
    assert len(set(whole.of("risk_block", "rule"))) > 5, set(whole.of("risk_block", "rule"))


def _moving(ms: int, inst: int) -> list[tuple[int, int, int, int]]:
    mid = 1_000 + (ms // 10 * 7 + inst) % 5
    rows = book(ms, {mid - 1: 50, mid - 2: 50}, {mid + 1: 50, mid + 2: 50}, inst=inst)
    return [*rows, printed(ms + 5, ms // 10 % 2, mid + (1 if ms // 10 % 2 == 0 else -1), 70, inst=inst)]


class Compiled(Strategy):
    """A strategy whose orders are made inside the exchange."""

    kernel = "nowhere"


def test_limits_that_would_not_hold_are_refused() -> None:
    """A compiled strategy goes around the core; a limit in its profile must not look as if it held."""
    with pytest.raises(UsageError, match=r"risk\.max_order_qty: risk limits do not reach"):
        play(BOOK, Compiled(), settings=limited(max_order_qty=1))


# -- runs and their records -----------------------------------------------------------------------


def ask(mode: str, out: Path, *sets: str) -> Ask:
    """Return a run in which the reference maker trades under limits."""
    return Ask(
        mode=mode,
        out=out,
        iterations=2 if mode == "soak" else 1,
        window="40s",
        seed=11,
        fast=False,
        sets=(f"bot.params={PARAMS}", "soak.warmup_iterations=0", "soak.steady_last=2", *sets),
    )


@pytest.mark.parametrize("mode", ["dryrun", "soak"])
def test_a_run_counts_what_its_limits_stopped(mode: str, tmp_path: Path) -> None:
    """`risk_ratio` is blocks over intents, and the blocks are in the journal."""
    run = dry_run if mode == "dryrun" else soak
    outcome = run(ask(mode, tmp_path, "risk.max_orders_per_s=1"), seams=real_engine())
    record = open_record(Path(outcome.data["record"]))
    events = list(read(record.journal))
    blocks = Counter((event["rule"], event["limit"]) for event in events if event["kind"] == "risk_block")
    asked = {"submitted", "amend_requested"}
    sent = sum(event["kind"] == "order" and event["event"] in asked for event in events)

    assert set(blocks) == {("max_orders_per_s", 1)}
    assert outcome.data["kpis"]["risk_ratio"] == pytest.approx(
        blocks.total() / (blocks.total() + sent), rel=1e-6
    )
    assert outcome.data["kpis"]["risk_ratio"] > 0.1


def test_without_limits_nothing_is_stopped(tmp_path: Path) -> None:
    """So that the share above is the limit's doing."""
    outcome = dry_run(ask("dryrun", tmp_path), seams=real_engine())

    assert outcome.data["kpis"]["risk_ratio"] == 0


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (100, r"run\.json: config\.risk: .*max_positions 100 is above its ceiling of 50"),
        (40, r"run\.json: config: .*not the one that this run began with"),
    ],
)
def test_a_record_whose_limit_was_widened_by_hand_does_not_go_on(
    limit: int, told: str, tmp_path: Path
) -> None:
    """The ceilings are in the record too, and so is the hash of what the run began with."""
    outcome = soak(ask("soak", tmp_path, "risk.max_positions=3"), seams=real_engine())
    record = open_record(Path(outcome.data["record"]))
    manifest = orjson.loads(record.manifest.read_bytes())
    manifest["verdict"] = None
    manifest["config"]["risk"]["max_positions"] = limit
    record.manifest.write_text(json.dumps(manifest))
    checkpoints.write(record.checkpoint, Checkpoint(run_id=manifest["run_id"]))

    with pytest.raises(InputError, match=told):
        resume(record.path, seams=real_engine())
