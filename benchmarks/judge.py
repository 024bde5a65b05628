"""
Judging a large journal: rate and memory, beside DuckDB and polars asked about the same file.

    python benchmarks/judge.py [--rows N] [--json FILE]

The journal is made here: orders and decisions as a long soak leaves them, a fill in every few hundred
rows, books that close. We judge it by the default gates, with the whole decomposition, the hash of the
file and every KPI; the peers answer the gates' four questions and the sum of the decomposition from the
columns that these need, which is less. Each runs in a process of its own; seconds are CPU seconds
of that process, start included, because the machine may be shared; memory is its peak.

The goals are a rate no lower than the faster peer's and a peak below 500 MB at ten million rows
(`--rows 10000000`, about 4 GB of disk and some minutes). By default the journal is small and only shows
that the benchmark works. Peers that are not installed are left out and said so.

Exit 0 always: the figures are what is asked for.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

SECOND, STEP_NS = 10**9, 50 * 10**6
START_NS = 1_767_225_600 * SECOND
HOUR_NS = 3_600 * SECOND
FILL_EVERY = 50
PREV = "0" * 64
RUN = '"run_id":"BENCH"'

OURS = """
import sys
from pathlib import Path
from seatrial.judge.judgement import assess
from seatrial.model.profile import DEFAULT_GATES
found = assess(Path(sys.argv[1]), DEFAULT_GATES)
answer = [found.verdict.kpis[name] for name in ("net_bps", "maker_share_ratio", "ack_latency_ms_p95")]
"""
DUCKDB = """
import sys
import duckdb
path = sys.argv[1] + "/journal.jsonl"
columns = ("kind: 'VARCHAR', event: 'VARCHAR', ack_ns: 'BIGINT', intended_ns: 'BIGINT', price: 'DOUBLE',"
           "qty: 'DOUBLE', side: 'VARCHAR', mid: 'DOUBLE', notional: 'DOUBLE', liquidity: 'VARCHAR',"
           "fee_settle: 'DOUBLE', equity: 'DOUBLE', mids: 'JSON', fill_id: 'BIGINT'")
answer = duckdb.sql(f'''
    with j as (select * from read_json('{path}', format='newline_delimited', columns={{{columns}}})),
    f as (select * from j where kind = 'fill'),
    m as (select fill_id, cast(json_extract_string(mids, '$."5"') as double) as later
          from j where kind = 'markout'),
    a as (select ack_ns - intended_ns as waited_ns from j where kind = 'order' and event = 'accepted')
    select
      (select quantile_cont(waited_ns / 1e6, 0.95) from a),
      (select sum(case when liquidity = 'maker' then notional else 0 end) / sum(notional) from f),
      (select sum((case when side = 'buy' then 1 else -1 end) * qty * (f.mid - price)) from f),
      (select sum((case when side = 'buy' then 1 else -1 end) * qty * (later - f.mid))
       from f join m using (fill_id)),
      (select sum(fee_settle) from f),
      (select count(*) from j where kind = 'decision')
''').fetchall()
"""
POLARS = """
import sys
import polars as pl
path = sys.argv[1] + "/journal.jsonl"
text, whole = pl.String, pl.Int64
schema = dict(kind=text, event=text, ack_ns=whole, intended_ns=whole, price=text, qty=text, side=text,
              mid=text, notional=text, liquidity=text, fee_settle=text, fill_id=whole)
rows = pl.scan_ndjson(path, schema=schema)
real = pl.Float64
fills = rows.filter(pl.col("kind") == "fill").with_columns(
    pl.when(pl.col("side") == "buy").then(1).otherwise(-1).alias("sign"),
    *[pl.col(name).cast(real) for name in ("price", "qty", "mid", "notional", "fee_settle")])
answer = pl.collect_all([
    rows.filter((pl.col("kind") == "order") & (pl.col("event") == "accepted")).select(
        ((pl.col("ack_ns") - pl.col("intended_ns")) / 1e6).quantile(0.95)),
    fills.select((pl.col("sign") * pl.col("qty") * (pl.col("mid") - pl.col("price"))).sum(),
                 pl.col("fee_settle").sum(),
                 pl.col("notional").filter(pl.col("liquidity") == "maker").sum() / pl.col("notional").sum()),
], engine="streaming")
"""
TAIL = """
import resource, json
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}))
"""


class Writer:
    """Writes the journal, and keeps the ledger that its books close by."""

    def __init__(self, path: Path, rows: int) -> None:
        self.path, self.rows = path, rows
        self.seq = self.order = self.fills = self.iteration = 0
        self.cash = self.turnover = 0

    def write(self) -> None:
        """Write it whole."""
        with self.path.open("w", encoding="ascii") as file:
            file.write(self.line(START_NS, "run_started", self.started()))
            file.write(self.line(START_NS, "config", '"sha256":"","values":{}'))
            now = START_NS
            while self.seq < self.rows - 8:
                now += STEP_NS
                file.write("".join(self.step(now)))
                if now >= START_NS + (self.iteration + 1) * HOUR_NS:
                    file.write(self.end_of_iteration(now, final=False))
            file.write(self.end_of_iteration(now, final=True))
            said = f'"reason":"plan","iterations":{self.iteration},"covered_ns":{now - START_NS}'
            file.write(self.line(now, "run_finished", said))

    def started(self) -> str:
        """Return the fields of the first line."""
        instrument = (
            '{"symbol":"BTCUSDT","venue":"bench","contract":"linear","base":"BTC","quote":"USDT",'
            '"tick_size":"0.1","lot_size":"0.001","contract_size":"1"}'
        )
        return (
            f'"mode":"soak","seed":7,"start_ns":{START_NS},"planned_iterations":1,"window_ns":{HOUR_NS},'
            f'"profile":"bench","instruments":[{instrument}],"provenance":{{"kind":"synthetic"}}'
        )

    def step(self, now: int) -> list[str]:
        """One quote: decided, sent, accepted, and mostly withdrawn."""
        self.order += 1
        tenths = 600_000 + self.order * 7 % 400
        bid, ask, mid = tenths / 10, (tenths + 2) / 10, (tenths + 1) / 10
        decision = (
            f'"symbol":"BTCUSDT","bid":"{bid}","ask":"{ask}","mid":"{mid}","quote_bid":"{(tenths - 4) / 10}",'
            f'"quote_ask":"{(tenths + 6) / 10}","position":"0","equity":"100000","actions":2,"reason":null'
        )
        lines = [self.line(now, "decision", decision), self.event(now, "submitted", now, None)]
        acked = now + (5 + self.order % 11) * 10**6
        lines.append(self.event(acked, "accepted", now, acked))
        if self.order % FILL_EVERY == 0:
            return [*lines, *self.fill(acked, tenths)]
        return [
            *lines,
            self.event(acked, "cancel_requested", acked, None),
            self.event(acked, "canceled", acked, None),
        ]

    def event(self, now: int, name: str, intended: int, acked: int | None) -> str:
        """Return a step of the newest order."""
        return self.line(
            now,
            "order",
            f'"order_id":{self.order},"client_id":"o{self.order}","symbol":"BTCUSDT","side":"buy","type":"limit",'
            f'"tif":"post_only","price":"60000.0","qty":"0.010","leaves":"0.010","event":"{name}","reason":null,'
            f'"intended_ns":{intended},"ack_ns":{"null" if acked is None else acked},"reduce_only":false',
        )

    def fill(self, now: int, tenths: int) -> list[str]:
        """One fill of 0.01 that earns three tenths; money is counted in thousandths."""
        self.fills += 1
        side = 1 if self.fills % 2 else -1
        price = 600_100 - 3 * side
        self.cash += -side * price
        self.turnover += price
        notional = f"{price / 1000:.3f}"
        common = (
            f'"symbol":"BTCUSDT","side":"{"buy" if side > 0 else "sell"}","price":"{price / 10}","qty":"0.01"'
        )
        fill = (
            f'"fill_id":{self.fills},"order_id":{self.order},{common},"leaves":"0","notional":"{notional}",'
            '"liquidity":"maker","fee":"0","fee_currency":"USDT","fee_settle":"0","cause":"trade_through",'
            '"queue_ahead_before":"0","queue_ahead_after":"0","evidence":{"row":1,"kind":"trade","price":"1","qty":"1"},'
            f'"mid":"60010.0","decision_mid":"60010.0","order_age_ms":12.5,"position":"0","iteration":{self.iteration}'
        )
        mids = ",".join(f'"{horizon}":"60010.0"' for horizon in ("0.1", "1", "5", "15", "60", "300"))
        return [
            self.line(now, "fill", fill),
            self.line(now, "markout", f'"fill_id":{self.fills},"symbol":"BTCUSDT","mids":{{{mids}}}'),
        ]

    def end_of_iteration(self, now: int, *, final: bool) -> str:
        """Return the ledger and the iteration's own line."""
        held = self.fills % 2
        worth = self.cash + held * 600_100
        money = f"{worth / 1000:.3f}"
        equity = f"{100_000 + worth / 1000:.3f}"
        position = (
            f'"symbol":"BTCUSDT","qty":"{"0.01" if held else "0"}","avg_price":null,"mark":"60010.0",'
            f'"mark_stale":false,"realized":"{money}","unrealized":"0","fees":"0","funding":"0","equity":"{equity}",'
            f'"turnover":"{self.turnover / 1000:.3f}","currency":"USDT","iteration":{self.iteration},'
            f'"final":{"true" if final else "false"}'
        )
        start = START_NS + self.iteration * HOUR_NS
        ended = (
            f'"index":{self.iteration},"phase":"steady","from_ns":{start},"until_ns":{now},'
            f'"covered_ns":{now - start},"fills":0,"decisions":0,"events":0,"freeze":"none"'
        )
        lines = self.line(now, "position", position) + self.line(now, "iteration", ended)
        self.iteration += 1
        return lines

    def line(self, now: int, kind: str, fields: str) -> str:
        """Return a line in the journal's order of keys."""
        self.seq += 1
        return f'{{"seq":{self.seq},"ts_ns":{now},"kind":"{kind}",{RUN},{fields},"prev":"{PREV}"}}\n'


def measured(program: str, record: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", program + TAIL, str(record)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the journal")
    parser.add_argument("--json", type=Path, help="write the figures here")
    asked = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="judge") as folder:
        record = Path(folder)
        Writer(record / "journal.jsonl", asked.rows).write()
        size = (record / "journal.jsonl").stat().st_size / 1e6
        print(f"{asked.rows} rows, {size:.0f} MB\n{'who':<10} {'CPU s':>7} {'rows/s':>10} {'peak MB':>8}")
        for name, program in (("seatrial", OURS), ("duckdb", DUCKDB), ("polars", POLARS)):
            if name != "seatrial" and not find_spec(name):
                print(f"{name:<10} not installed")
                continue
            one = figures[name] = measured(program, record)
            one["rows_per_s"] = asked.rows / one["cpu_s"]
            print(f"{name:<10} {one['cpu_s']:7.1f} {one['rows_per_s']:10.0f} {one['peak_mb']:8.0f}")
    for name, one in figures.items():
        if name != "seatrial":
            print(f"rate, ratio to {name}: {figures['seatrial']['rows_per_s'] / one['rows_per_s']:.2f}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
