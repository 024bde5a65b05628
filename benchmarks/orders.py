"""
The order path: how many orders a second, in memory and durable, and how late under a steady load.

    python benchmarks/orders.py [--orders N] [--rounds N] [--seconds S] [--rate R] [--json FILE]

Whole path, closed loop: an order is submitted, checked by every risk rule, acknowledged and filled
whole by a gateway that answers at once in process; state machine, fill identity and position are
kept. "In memory" keeps no log. "Durable" writes every record to the order log (SQLite, write-ahead,
synchronous=FULL) and lets nothing leave before the commit that holds it; one commit serves 256
orders. nautilus_trader runs its risk and execution engines on the same orders without a journal.
Rounds are interleaved; each figure is the median of the rounds; set-up is not timed. The garbage
collector is set as in a live run, for the peer too.

Steady load, open loop: ten client threads hand orders to the sequencer at fixed moments, whatever
became of the earlier ones. Latency runs from the moment at which an order was due to the moment at
which its client has the answer: risk-checked, acknowledged, filled, and on the disk. At the end the
books are reconciled with what the gateway did. Then the rate is doubled until the backlog grows.
Percentiles come from an HDR histogram where the package hdrhistogram is installed, else from all
samples. Peers that are not installed are left out and said so.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from seatrial.engine.collector import calm
from seatrial.engine.execution.blotter import Blotter
from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.ledger import Fee
from seatrial.engine.execution.order import Order
from seatrial.engine.execution.recovery import DurableLog, recover
from seatrial.engine.execution.risk.rule import Touch
from seatrial.engine.execution.sequencer import Sequencer
from seatrial.model.instrument import Instrument
from seatrial.model.profile import FeeSettings
from seatrial.model.risk import RiskSettings
from seatrial.store.order_log import OrderLog

PERP = Instrument(
    symbol="BTCUSDT", venue="bench", base="BTC", quote="USDT",
    tick_size=Decimal("0.1"), lot_size=Decimal("0.001"),
)  # fmt: skip
FEES = FeeSettings()
OPENING = {"USDT": Decimal(1_000_000)}
FEE = Fee(Decimal("-0.01"), "USDT", Decimal("-0.01"))
BIG = Decimal(10**9)
EVERY_RULE = RiskSettings.model_validate(
    {
        "max_positions": 5, "max_open_orders": 1_000, "max_orders_per_s": 1_000_000,
        "max_orders_per_min": 60_000_000, "max_position_qty": 1_000, "max_position_notional": BIG,
        "max_total_notional": BIG, "max_order_qty": 10, "max_order_notional": BIG, "max_collar_bps": 500,
        "max_drawdown_ratio": 0.5, "max_day_loss": BIG, "max_data_age_ms": 1_000, "no_self_cross": True,
        # These fills only pay fees; the rule runs, and must not end the run.
        "edge": {"min_bps": -10_000, "resume_bps": -9_999},
        "ceilings": {"max_orders_per_s": None, "max_orders_per_min": None},
    }
)  # fmt: skip
# What nautilus_trader's risk engine checks too: size, notional and rate.
THE_SAME_RULES = RiskSettings.model_validate(
    {
        "max_orders_per_s": 1_000_000, "max_order_qty": 10, "max_order_notional": BIG,
        "edge": {"min_bps": None}, "ceilings": {"max_orders_per_s": None},
    }
)  # fmt: skip
CLIENTS, BATCH, T0 = 10, 256, 1_700_000_000_000_000_000
SHARE_OF_PEER = 10


class Gateway:
    """Takes every order and answers nothing by itself."""

    def __init__(self, name: str = "c") -> None:
        self.name, self.released = name, 0

    def client_id(self, number: int) -> str:
        """Name an order."""
        return f"{self.name}{number}"

    def new(self, order: Order) -> bool:
        """Take an order."""
        self.released += 1
        return True

    def cancel(self, order: Order) -> bool:
        """Take a cancel."""
        return True

    def amend(self, order: Order, px: int, qty: int) -> bool:
        """Take an amendment."""
        return True

    def release(self) -> None:
        """Let everything go: the commit has been made."""


class View:
    """A market that stands still."""

    touch = Touch(999, 1_001, 10, 10)

    def book(self, instrument: int) -> Touch:
        """Show the touch."""
        return self.touch

    def data_age_ns(self, instrument: int) -> int:
        """Be always fresh."""
        return 0


def core(risk: RiskSettings, log: OrderLog | None = None) -> Execution:
    blotter = Blotter([PERP], fees=FEES, opening=OPENING)
    durable = DurableLog(log, blotter) if log is not None else None
    return Execution(blotter, Gateway(), View(), risk, lambda *_, **__: None, log=durable)


def trade(on: Execution, number: int) -> None:
    """Send one order, have it acknowledged and filled."""
    on.now_ns += 1_000_000
    order = on.submit(Order(0, "", 0, number & 1, 1_000, 10, "gtc"))
    assert order is not None
    on.record("accept", order.order_id, "v1")
    on.filled(Fill(order.order_id, 0, number & 1, 1_000, 10, f"t{number}", on.now_ns, True, FEE))


def closed_loop(risk: RiskSettings, count: int, log: OrderLog | None = None) -> float:
    """Return orders a second."""
    on = core(risk, log)
    on.now_ns = T0
    start = time.perf_counter()
    for number in range(count):
        trade(on, number)
        if number % BATCH == BATCH - 1:
            on.look(on.now_ns)
            on.flush()
    on.flush()
    took = time.perf_counter() - start
    assert len(on.blotter.orders) == 0
    assert on.blotter.last_number == count
    return count / took


def durable(risk: RiskSettings, count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        log = OrderLog.open(Path(folder) / "orders.db")
        log.begin(0, 1, "bench")
        try:
            return closed_loop(risk, count, log)
        finally:
            log.close()


def percentiles(latencies_us: Sequence[int]) -> dict[str, float]:
    """Return p50, p95, p99, p99.9 and the maximum in milliseconds."""
    wanted = (50, 95, 99, 99.9, 100)
    if find_spec("hdrh"):
        from hdrh.histogram import HdrHistogram

        histogram = HdrHistogram(1, 600_000_000, 3)
        for each in latencies_us:
            histogram.record_value(max(1, each))
        values = [histogram.get_value_at_percentile(p) for p in wanted]
    else:
        ordered = sorted(latencies_us)
        values = [ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] for p in wanted]
    return {f"p{p:g}_ms": round(value / 1_000, 3) for p, value in zip(wanted, values, strict=True)}


def open_loop(rate: int, seconds: float) -> dict[str, object]:
    """Return what a steady load of `rate` orders a second met with."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.db"
        log = OrderLog.open(path)
        log.begin(0, 1, "bench")
        on = core(EVERY_RULE, log)
        on.now_ns = T0
        latencies: list[list[int]] = [[] for _ in range(CLIENTS)]
        errors, backlog = [0] * CLIENTS, list[int]()
        with Sequencer(on) as sequencer:
            start = time.perf_counter_ns() + 50_000_000
            threads = [
                threading.Thread(
                    target=client, args=(sequencer, at, start, rate, seconds, latencies[at], errors)
                )
                for at in range(CLIENTS)
            ]
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                backlog.append(sequencer.waiting)
                time.sleep(0.1)
            for thread in threads:
                thread.join()
        took = (time.perf_counter_ns() - start) / 1e9
        log.close()
        sent = sum(map(len, latencies))
        books = recover(OrderLog.open(path), [PERP], fees=FEES, opening=OPENING)
        assert books.last_number == sent == on.gateway.released, "an order is unaccounted for"
        assert books.position(0) == on.blotter.position(0)
        assert sum(errors) == 0 or sent
        half = len(backlog) // 2
        return {
            "rate_per_s": rate, "seconds": round(took, 2), "orders": sent, "errors": sum(errors),
            "achieved_per_s": round(sent / took, 1), "backlog_max": max(backlog, default=0),
            "backlog_first_half": statistics.mean(backlog[:half] or [0]),
            "backlog_second_half": statistics.mean(backlog[half:] or [0]),
            **percentiles([each for some in latencies for each in some]),
        }  # fmt: skip


def client(  # noqa: PLR0913, PLR0917  (what a thread is given)
    sequencer: Sequencer,
    at: int,
    start: int,
    rate: int,
    seconds: float,
    latencies: list[int],
    errors: list[int],
) -> None:
    """Hand in an order at each due moment, late or not; count from the moment at which it was due."""
    gap = CLIENTS * 1_000_000_000 / rate
    count = int(seconds * rate / CLIENTS)
    left = threading.Semaphore(0)

    def settle(due: int) -> object:
        def done(answer: object) -> None:
            latencies.append((time.perf_counter_ns() - due) // 1_000)
            errors[at] += answer.exception() is not None  # type: ignore[attr-defined]
            left.release()

        return done

    for number in range(count):
        due = start + int((number + at / CLIENTS) * gap)
        wait = due - time.perf_counter_ns()
        if wait > 0:
            time.sleep(wait / 1e9)
        name = number * CLIENTS + at
        answer = sequencer.ask(lambda on, name=name: trade(on, name))
        answer.add_done_callback(settle(due))  # type: ignore[arg-type]
    for _ in range(count):
        left.acquire()


def steady(result: dict[str, object]) -> bool:
    """Tell whether a load was carried: no error, no growing backlog, and the rate was reached."""
    grows = float(result["backlog_second_half"]) > 2 * float(result["backlog_first_half"]) + 50  # type: ignore[arg-type]
    return (
        not result["errors"]
        and not grows
        and float(result["achieved_per_s"]) > 0.97 * int(result["rate_per_s"])
    )  # type: ignore[call-overload,arg-type]


def maximum(rate: int, seconds: float) -> tuple[int, list[dict[str, object]]]:
    """Return the highest of the doubled rates that was carried, and every trial."""
    best, trials = 0, []
    while rate <= 64_000:
        result = open_loop(rate, seconds)
        trials.append(result)
        if not steady(result):
            break
        best, rate = rate, rate * 2
    return best, trials


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description="How many orders a second.")
    ask.add_argument("--orders", type=int, default=20_000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--seconds", type=float, default=5.0, help="length of the steady load")
    ask.add_argument("--rate", type=int, default=1_000, help="orders a second of the steady load")
    ask.add_argument("--json", type=Path)
    options = ask.parse_args()
    runs = {
        "ours in memory, every rule": lambda: closed_loop(EVERY_RULE, options.orders),
        "ours in memory, the peer's rules": lambda: closed_loop(THE_SAME_RULES, options.orders),
        "ours durable, every rule": lambda: durable(EVERY_RULE, options.orders),
        "ours durable, the peer's rules": lambda: durable(THE_SAME_RULES, options.orders),
    }
    if find_spec("nautilus_trader"):
        from peers.nautilus_orders import orders_per_s

        runs["nautilus_trader, no journal"] = lambda: orders_per_s(max(500, options.orders // SHARE_OF_PEER))
    else:
        print("nautilus_trader is not installed: no peer")
    figures: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, run in runs.items():
            with calm():
                figures[name].append(run())
    medians = {name: statistics.median(values) for name, values in figures.items()}
    peer = medians.get("nautilus_trader, no journal")
    for name, value in medians.items():
        ratio = f"{value / peer:8.2f} x nautilus_trader" if peer else ""
        print(f"{name:36} {value:12,.0f} orders/s {ratio}")
    load = open_loop(options.rate, options.seconds)
    print(f"steady load: {json.dumps(load)}")
    best, trials = maximum(options.rate * 2, min(options.seconds, 5.0))
    print(f"maximum sustained rate (doubling from {options.rate * 2}/s): {best:,} orders/s")
    if options.json:
        options.json.write_text(
            json.dumps({"closed": figures, "open": load, "max": best, "trials": trials}, indent=1)
        )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
