"""A small market, bot and judge that follow the interfaces: for tests of how runs are run."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from seatrial.dryrun.seams import Cast, Judged, Seams
from seatrial.judge.history import History
from seatrial.model.artifact import IterationSummary, Provenance, VerdictFile
from seatrial.model.atomic import json_bytes
from seatrial.model.instrument import Instrument
from seatrial.model.journal_lines import lines
from seatrial.model.profile import MarketSettings, Profile
from seatrial.model.tape import LAST, TRADE, Tape, tape_of
from seatrial.model.verdict import Verdict

START_NS = 1_700_000_000 * 10**9
BTC = Instrument(
    symbol="BTCUSDT",
    venue="fake",
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.1"),
    lot_size=Decimal("0.001"),
)
FAKE = Provenance(kind="synthetic", dataset="fake", sha256="0" * 64)
_MULTIPLIER, _MODULUS = 6_364_136_223_846_793_005, 2**64


@dataclass
class FakeFeed:
    """A trade every 100 ms, priced by its own number; `chunk` rows a tape."""

    chunk: int = 7
    end_ns: int | None = None
    start_ns: int = START_NS
    instruments: tuple[Instrument, ...] = (BTC,)
    provenance: Provenance = FAKE
    asked: list[tuple[int, int]] = field(default_factory=list)

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows of a window."""
        self.asked.append((from_ns, until_ns))
        step = 10**8
        stamps = range(from_ns + (self.start_ns - from_ns) % step, until_ns, step)
        for at in range(0, len(stamps), self.chunk):
            yield tape_of(
                [(ts, TRADE | LAST, 1_000 + ts // step % 97, 1) for ts in stamps[at : at + self.chunk]]
            )

    def state(self) -> dict[str, Any]:
        """Return the place: nothing, the rows follow from the time."""
        return {"windows": len(self.asked)}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on."""
        self.asked = [(0, 0)] * state["windows"]


@dataclass
class FakeCounts:
    """What was done so far."""

    decisions: int = 0
    orders: int = 0
    fills: int = 0
    events: int = 0


class FakeSession:
    """A bot that trades by a wide random state, so that a lost row shows in all that follows."""

    def __init__(self, cast: Cast, on_row: Callable[[int], None] | None = None) -> None:
        self.cast, self._on_row = cast, on_row
        self.counts = FakeCounts()
        self.calls: list[tuple[str, Any]] = []
        self._state = (cast.seed << 70) + 1
        self._position, self._cash, self._px, self._now = 0, Decimal(0), 1_000, 0
        self._params: dict[str, Any] = {}
        self._mode = "normal"

    def start(self, now_ns: int, params: Mapping[str, Any] | None = None) -> None:
        """Begin."""
        self._now, self._params = now_ns, dict(params or self.cast.profile.bot.params)
        self.calls.append(("start", dict(self._params)))

    def advance(self, tape: Tape, until_ns: int) -> None:
        """Trade on some of the rows."""
        for ts, px in zip(tape.ts.tolist(), tape.px.tolist(), strict=True):
            assert self._now <= ts < until_ns
            self._now, self._px = ts, px
            self.counts.events += 1
            if self._on_row:
                self._on_row(self.counts.events)
            self._state = (self._state * _MULTIPLIER + px) % (_MODULUS << 64)
            if self._state >> 100 & 1 and self._mode == "normal":
                self._trade(ts, 1 if self._state >> 101 & 1 else -1)
        self._now = until_ns

    def _trade(self, ts: int, side: int) -> None:
        self.counts.decisions += 1
        self.counts.fills += 1
        self._position += side
        price = BTC.price(self._px)
        self._cash -= side * price * BTC.qty(1)
        self.cast.emit(ts, "decision", self._decision())
        self.cast.emit(ts, "fill", self._fill(side, price))
        self.cast.emit(
            ts, "markout", {"fill_id": self.counts.fills, "symbol": "BTCUSDT", "mids": {"5": str(price)}}
        )

    def _decision(self) -> dict[str, Any]:
        mid = str(BTC.price(self._px))
        quotes = dict.fromkeys(("bid", "ask", "mid", "quote_bid", "quote_ask"), mid)
        return {
            "symbol": "BTCUSDT",
            **quotes,
            "position": str(self._position),
            "equity": "0",
            "actions": 1,
            "reason": None,
        }

    def _fill(self, side: int, price: Decimal) -> dict[str, Any]:
        return {
            "fill_id": self.counts.fills,
            "order_id": self.counts.fills,
            "symbol": "BTCUSDT",
            "side": "buy" if side > 0 else "sell",
            "price": str(price),
            "qty": str(BTC.qty(1)),
            "notional": str(price * BTC.qty(1)),
            "liquidity": "maker",
            "fee": "0",
            "fee_currency": "USDT",
            "fee_settle": "0",
            "cause": "trade_through",
            "queue_ahead_before": None,
            "queue_ahead_after": None,
            "evidence": {"row": 1, "kind": "trade", "price": str(price), "qty": "1"},
            "mid": str(price),
            "decision_mid": str(price),
            "order_age_ms": 1.5,
            "position": str(BTC.qty(self._position)),
            "iteration": 0,
        }

    def mark(self, iteration: int, now_ns: int, *, final: bool = False) -> None:
        """Write the ledger down."""
        price = BTC.price(self._px)
        equity = Decimal(100_000) + self._cash + price * BTC.qty(self._position)
        fields = {
            "symbol": "BTCUSDT",
            "qty": str(BTC.qty(self._position)),
            "avg_price": None,
            "mark": str(price),
            "mark_stale": False,
            "realized": str(equity - 100_000),
            **dict.fromkeys(("unrealized", "fees", "funding"), "0"),
            "equity": str(equity),
            "turnover": "0",
            "currency": "USDT",
            "iteration": iteration,
            "final": final,
        }
        self.cast.emit(now_ns, "position", fields)

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Take other arguments."""
        self._params = dict(params)
        self.calls.append(("set_params", dict(params)))

    def set_mode(self, mode: str, reason: str, guard: str) -> None:
        """Trade, or do not."""
        self._mode = mode
        self.calls.append(("set_mode", mode))
        kind = "unfreeze" if mode == "normal" else "freeze"
        level = "partial" if mode == "reduce_only" else "full"
        self.cast.emit(self._now, kind, {"scope": "all", "level": level, "guard": guard, "reason": reason})

    def finish(self, now_ns: int) -> None:
        """End."""
        self.mark(10**6, now_ns, final=True)

    def state(self) -> dict[str, Any]:
        """Return everything."""
        return {
            "state": self._state,
            "position": self._position,
            "cash": str(self._cash),
            "px": self._px,
            "now": self._now,
            "params": self._params,
            "mode": self._mode,
            "counts": vars(self.counts),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take everything back."""
        self._state, self._position, self._px = state["state"], state["position"], state["px"]
        self._cash, self._now, self._mode = Decimal(state["cash"]), state["now"], state["mode"]
        self._params, self.counts = state["params"], FakeCounts(**state["counts"])


def fake_summary(history: History, index: int) -> IterationSummary:
    """Sum an iteration up: its net edge is what the ledger gained, a fill counted as one."""
    part = history.slice(index)
    fact = history.iterations[part.first]
    fills = len(part.rows("fills"))
    before = history.positions[-2].equity if len(history.positions) > 1 else Decimal(100_000)
    gained = float(history.positions[-1].equity - before)
    return IterationSummary(
        index=index,
        phase=fact.phase,
        from_ts_ns=fact.from_ns,
        until_ts_ns=fact.until_ns,
        kpis={"net_bps": gained / fills if fills else None, "drawdown_ratio": 0.0},
        components={},
        freeze=fact.freeze,
        coverage_ratio=1.0,
        fills=fills,
        decisions=len(part.rows("decisions")),
    )


def fake_judge(record: Path, profile: Profile) -> Judged:
    """Pass what traded at all; the files say what was counted."""
    events = list(lines(record / "journal.jsonl"))
    fills = sum(event["kind"] == "fill" for event in events)
    verdict = VerdictFile(
        run_id=record.name,
        verdict=Verdict.PASS if fills else Verdict.UNKNOWN,
        reasons=("it traded",) if fills else ("no fills",),
        gates=(),
        kpis={"fills": float(fills), "events": float(len(events))},
        inputs={},
    )
    files = {"verdict.json": json_bytes(verdict), "report.html": f"<p>{record.name} {fills}</p>".encode()}
    return Judged(verdict, files, 0.0)


def fakes(
    *,
    feed: Callable[[], FakeFeed] = FakeFeed,
    on_row: Callable[[int], None] | None = None,
    sessions: list[FakeSession] | None = None,
) -> Seams:
    """Return seams with nothing real behind them but the record."""

    def session(cast: Cast) -> FakeSession:
        made = FakeSession(cast, on_row)
        if sessions is not None:
            sessions.append(made)
        return made

    def open_feed(_settings: MarketSettings, _seed: int, _needed_ns: int) -> FakeFeed:
        return feed()

    return Seams(
        open_feed=open_feed,
        session=session,
        summarise=fake_summary,
        judge=fake_judge,
        utc_now_ns=lambda: START_NS,
        monotonic_ns=lambda: 0,
    )


def signal_at(row: int, number: int, *, times: int = 1) -> Callable[[int], None]:
    """Return an `on_row` that sends this process a signal when that row is reached."""

    def send(count: int) -> None:
        if row <= count < row + times:
            os.kill(os.getpid(), number)

    return send


def stop_at(row: int) -> Callable[[int], None]:
    """Return an `on_row` that ends the run at that row, at once."""

    def stop(count: int) -> None:
        if count == row:
            raise KeyboardInterrupt

    return stop
