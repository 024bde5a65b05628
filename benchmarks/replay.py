"""
Replay speed: the same market rows and the same quoting rule through several engines, in one run.

    python benchmarks/replay.py [--rows N] [--rounds N] [--interval 100ms|1s] [--json FILE]

The rule: at each interval, a quote that is not at its touch is cancelled and sent again there,
post-only, up to a position cap. Ours runs it compiled and in plain Python; hftbacktest runs it in
its fastest depth with its most conservative queue; nautilus_trader runs it on a share of the rows
(it is slower by orders of magnitude); a bare dictionary book knows only the top of the book; a
loop that touches every row and does nothing is the limit. Each figure is the median of the rounds,
which are interleaved; only the replay is timed, not loading and not compiling.
Peers that are not installed are left out and said so.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from seatrial.engine.session import Session
from seatrial.market.calibration import load as load_calibration
from seatrial.market.feed import Feed
from seatrial.market.opening import open_feed
from seatrial.market.synth import SynthFeed
from seatrial.model import tape as rows_of
from seatrial.model.profile import MarketSettings, Profile

ORDER_LOTS, CAP_LOTS = 10, 1_000
NAUTILUS_SHARE = 40
CHUNK = 250_000


def market(rows: int, calibration: str) -> tuple[Feed, rows_of.Tape]:
    """Return `rows` rows of a seeded market."""
    feed = SynthFeed(load_calibration(calibration), seed=1)
    tapes, count, at = [], 0, feed.start_ns
    while count < rows:
        for tape in feed.window(at, at + 3_600 * 10**9):
            tapes.append(tape)
            count += len(tape)
        at += 3_600 * 10**9
    return feed, rows_of.join(tapes).between(0, rows)


def recording(folder: str) -> tuple[Feed, rows_of.Tape]:
    """Return a recorded dataset's feed and all its rows."""
    feed = open_feed(MarketSettings(feed="dataset", data=folder), seed=1, needed_ns=1)
    return feed, rows_of.join(list(feed.window(feed.start_ns, feed.end_ns or feed.start_ns)))


def ours(feed: Feed, tape: rows_of.Tape, interval_ns: int, bot: str) -> Callable[[], dict[str, float]]:
    """Return a run of our engine; the bot is `joiner` (compiled) or `plain_joiner`."""
    instrument = feed.instruments[0]
    settings = {
        "bot": {
            "entry": bot,
            "timer_ms": interval_ns / 1e6,
            "params": {
                "order_qty": str(instrument.lot_size * ORDER_LOTS),
                "max_position": str(instrument.lot_size * CAP_LOTS),
            },
        },
        "exchange": {"balance": "1000000000", "latency": {"out_ms": 5, "back_ms": 5}},
    }
    profile = Profile.model_validate(settings)

    def run() -> dict[str, float]:
        session = Session(profile, feed.instruments, None, seed=1)
        session.start(feed.start_ns)
        session.advance(tape.between(0, 1), int(tape.ts[1]))
        end = int(tape.ts[-1]) + 1
        begun = time.perf_counter()
        for start in range(1, len(tape), CHUNK):
            session.advance(tape.between(start, min(start + CHUNK, len(tape))), end)
        took = time.perf_counter() - begun
        return {"s": took, "fills": session.counts.fills, "orders": session.counts.orders}

    return run


def dict_book(tape: rows_of.Tape, interval_ns: int) -> Callable[[], dict[str, float]]:
    """Return a bare loop: two dictionaries, the best prices, quotes at them, fills on prints at them."""
    rows = list(zip(tape.ts.tolist(), tape.code.tolist(), tape.px.tolist(), tape.qty.tolist(), strict=True))

    def run() -> dict[str, float]:
        books: tuple[dict[int, int], dict[int, int]] = ({}, {})
        bid = ask = own_bid = own_ask = position = fills = 0
        due = rows[0][0] + interval_ns
        begun = time.perf_counter()
        for ts, code, px, qty in rows:
            if ts >= due:
                due += interval_ns
                if position < CAP_LOTS:
                    own_bid = bid
                if position > -CAP_LOTS:
                    own_ask = ask
            kind = code & 15
            if kind == 2:
                if code & 16:
                    if px <= own_bid:
                        position, fills, own_bid = position + ORDER_LOTS, fills + 1, 0
                elif own_ask and px >= own_ask:
                    position, fills, own_ask = position - ORDER_LOTS, fills + 1, 0
            elif kind == 3:
                books[0].clear()
                books[1].clear()
                bid = ask = 0
            elif kind in (1, 4, 5):
                side = (code >> 4) & 1
                book = books[side]
                if qty:
                    book[px] = qty
                    if side == 0:
                        bid = max(bid, px)
                    elif not ask or px < ask:
                        ask = px
                else:
                    book.pop(px, None)
                    if side == 0 and px == bid:
                        bid = max(book, default=0)
                    elif side == 1 and px == ask:
                        ask = min(book, default=0)
        return {"s": time.perf_counter() - begun, "fills": fills}

    return run


def touch_every_row(tape: rows_of.Tape) -> Callable[[], dict[str, float]]:
    """Return the limit: a compiled loop that reads all four columns and adds them up."""
    import numba

    @numba.njit
    def total(ts, code, px, qty):  # noqa: ANN001, ANN202
        sums = 0
        for i in range(len(ts)):
            sums += ts[i] + code[i] + px[i] + qty[i]
        return sums

    total(tape.ts[:2], tape.code[:2], tape.px[:2], tape.qty[:2])

    def run() -> dict[str, float]:
        begun = time.perf_counter()
        total(tape.ts, tape.code, tape.px, tape.qty)
        return {"s": time.perf_counter() - begun}

    return run


def hft_events(tape: rows_of.Tape, tick: float, lot: float) -> np.ndarray:
    """Return the rows as hftbacktest's event array (both clocks equal, a BBO row as a level)."""
    import hftbacktest as h

    kind, side = tape.code & rows_of.KIND_MASK, (tape.code & rows_of.SIDE_BIT) != 0
    kept = (kind == rows_of.DELTA) | (kind == rows_of.SNAPSHOT) | (kind == rows_of.TRADE)
    events = np.zeros(int(kept.sum()), h.event_dtype)
    flags = np.where(kind == rows_of.TRADE, h.TRADE_EVENT, h.DEPTH_EVENT).astype(np.uint64)
    buyer = np.where(kind == rows_of.TRADE, ~side, ~side)
    flags |= np.where(buyer, np.uint64(h.BUY_EVENT), np.uint64(h.SELL_EVENT))
    events["ev"] = (flags | np.uint64(h.EXCH_EVENT) | np.uint64(h.LOCAL_EVENT))[kept]
    events["exch_ts"] = events["local_ts"] = tape.ts[kept]
    events["px"] = tape.px[kept] * tick
    events["qty"] = tape.qty[kept] * lot
    return events


def hftbacktest(feed: Feed, tape: rows_of.Tape, interval_ns: int) -> Callable[[], dict[str, float]]:
    """Return a run of hftbacktest: ROI-vector depth, risk-averse queue, no partial fills."""
    import hftbacktest as h
    import numba

    instrument = feed.instruments[0]
    tick, lot = float(instrument.tick_size), float(instrument.lot_size)
    events = hft_events(tape, tick, lot)
    low, high = float(tape.px[tape.px > 0].min() * tick) * 0.9, float(tape.px.max() * tick) * 1.1
    qty, cap = ORDER_LOTS * lot, CAP_LOTS * lot

    @numba.njit
    def rule(hbt):  # noqa: ANN001, ANN202
        next_id = 1
        bid_id = ask_id = 0
        bid_px = ask_px = 0
        while hbt.elapse(interval_ns) == 0:
            hbt.clear_inactive_orders(0)
            depth = hbt.depth(0)
            orders = hbt.orders(0)
            bid, ask = depth.best_bid_tick, depth.best_ask_tick
            if depth.best_bid_qty <= 0 or depth.best_ask_qty <= 0 or ask <= bid:
                continue
            if bid_id == 0 or bid_id not in orders or bid_px != bid:
                if bid_id in orders and orders.get(bid_id).cancellable:
                    hbt.cancel(0, bid_id, False)
                if hbt.position(0) + qty <= cap:
                    hbt.submit_buy_order(0, next_id, bid * tick, qty, h.GTX, h.LIMIT, False)
                    bid_id, bid_px = next_id, bid
                    next_id += 1
            if ask_id == 0 or ask_id not in orders or ask_px != ask:
                if ask_id in orders and orders.get(ask_id).cancellable:
                    hbt.cancel(0, ask_id, False)
                if hbt.position(0) - qty >= -cap:
                    hbt.submit_sell_order(0, next_id, ask * tick, qty, h.GTX, h.LIMIT, False)
                    ask_id, ask_px = next_id, ask
                    next_id += 1
        return next_id - 1

    def make() -> object:
        asset = (
            h.BacktestAsset().data(events).linear_asset(1.0).constant_order_latency(5_000_000, 5_000_000)
            .risk_adverse_queue_model().no_partial_fill_exchange().trading_value_fee_model(0.0002, 0.00055)
            .tick_size(tick).lot_size(lot).last_trades_capacity(0).roi_lb(low).roi_ub(high)
        )  # fmt: skip
        return h.ROIVectorMarketDepthBacktest([asset])

    warm = make()
    rule(warm)
    warm.close()

    def run() -> dict[str, float]:
        backtest = make()
        begun = time.perf_counter()
        orders = rule(backtest)
        took = time.perf_counter() - begun
        values = backtest.state_values(0)
        fills = int(values.num_trades)
        backtest.close()
        return {"s": took, "fills": fills, "orders": orders, "rows": len(events)}

    return run


def nautilus(feed: Feed, tape: rows_of.Tape, interval_ns: int) -> Callable[[], dict[str, float]]:
    """Return a run of nautilus_trader's backtest on quotes and trades of a share of the rows."""
    from peers.nautilus import prepare

    return prepare(
        feed.instruments[0], tape.between(0, len(tape) // NAUTILUS_SHARE), interval_ns, ORDER_LOTS, CAP_LOTS
    )


def measure(
    candidates: dict[str, Callable[[], dict[str, float]]], rounds: int, rows: int
) -> dict[str, dict[str, float]]:
    """Run every candidate in turn, `rounds` times, and return medians."""
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            taken[name].append(run())
    results = {}
    for name, runs in taken.items():
        seconds = statistics.median(run["s"] for run in runs)
        count = runs[0].get("rows", rows)
        results[name] = {
            "median_s": seconds, "min_s": min(r["s"] for r in runs), "max_s": max(r["s"] for r in runs),
            "rows": count, "rows_per_s": count / seconds, "fills": runs[0].get("fills", 0),
        }  # fmt: skip
    return results


def main() -> None:
    """Measure and print the table and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--interval", choices=("100ms", "1s"), default="1s")
    parser.add_argument("--calibration", default="usdm_btc")
    parser.add_argument("--data", help="a recorded dataset instead of the seeded market")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    interval_ns = {"100ms": 10**8, "1s": 10**9}[given.interval]
    feed, tape = recording(given.data) if given.data else market(given.rows, given.calibration)
    candidates = {
        "seatrial compiled": ours(feed, tape, interval_ns, "joiner"),
        "seatrial python": ours(feed, tape, interval_ns, "plain_joiner"),
        "dict book": dict_book(tape, interval_ns),
        "touch every row": touch_every_row(tape),
    }
    for name, make in (("hftbacktest", hftbacktest), ("nautilus_trader", nautilus)):
        if find_spec(name) is None:
            sys.stdout.write(f"{name} is not installed: left out\n")
        else:
            candidates[name] = make(feed, tape, interval_ns)
    results = measure(candidates, given.rounds, len(tape))
    for name, result in results.items():
        sys.stdout.write(
            f"{name:20s} {result['rows_per_s']:>14,.0f} rows/s   {result['median_s']:8.3f} s "
            f"({result['min_s']:.3f}..{result['max_s']:.3f})  fills {result['fills']:,.0f}\n"
        )
    base = results["seatrial compiled"]["rows_per_s"]
    plain = results["seatrial python"]["rows_per_s"]
    ratios = {
        f"compiled / {name}": base / results[name]["rows_per_s"]
        for name in ("hftbacktest", "touch every row")
        if name in results
    } | {
        f"python / {name}": plain / results[name]["rows_per_s"]
        for name in ("nautilus_trader", "dict book")
        if name in results
    }
    for name, ratio in ratios.items():
        sys.stdout.write(f"{name:32s} {ratio:10.2f}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{len(tape):,} rows, interval {given.interval}, peak {peak:,.0f} MB with all peers loaded\n"
    )
    if given.json:
        given.json.write_text(json.dumps({"results": results, "ratios": ratios}, indent=2) + "\n")


if __name__ == "__main__":
    main()
