"""
Reconciliation of millions of fills: time and memory beside joins that only find the differences.

    python benchmarks/reconcile.py [--rows N] [--share 0.001] [--rounds N] [--memory-rows N]

Two Parquet files of so many fills each, with mistakes of twelve kinds planted in that share of them.
Ours reads both, classifies, values and explains every break, and is checked against what was planted:
precision, recall, and that no row is lost. The peers join the same files and only list the rows that
differ. Each candidate runs in a process of its own; the figure is the median of interleaved rounds.
With --memory-rows, ours runs once more on that many rows, to show that its memory is bounded.
Peers that are not installed are left out and said so.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.util import find_spec
from pathlib import Path

KINDS = (
    "missing_here", "missing_there", "duplicate", "quantity", "price", "fee_amount", "fee_currency", "side",
    "timing", "currency", "late", "restated",
)  # fmt: skip
TOLERANCE_NS = 1_000_000_000
DIFFERENCES = "price qty fee side symbol fee_currency"


def make(folder: Path, rows: int, share: float) -> tuple[Path, Path, Path]:
    """Write both books and what was planted; return their paths."""
    import duckdb

    every = round(1 / share)
    db = duckdb.connect()
    db.execute(f"SET temp_directory='{folder / 'spill'}'; SET threads=2; SET memory_limit='1GB'")
    base = f"""
        SELECT i, (1751328000000000000 + i * 700000000)::BIGINT AS ts_ns,
               ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT', 'ADAUSDT'][1 + (i % 5)] AS symbol,
               CASE WHEN hash(i) % 2 = 0 THEN 'buy' ELSE 'sell' END AS side,
               (100 + (hash(i * 3) % 1000000) / 100)::DECIMAL(18,8) AS price,
               ((1 + hash(i * 5) % 1000) / 1000)::DECIMAL(18,8) AS qty,
               'T' || lpad((i * 7919)::VARCHAR, 12, '0') AS trade_id, 'O' || (i // 3)::VARCHAR AS order_id,
               (-((1 + hash(i * 11) % 99999)::BIGINT) / 1000000)::DECIMAL(18,8) AS fee,
               'USDT' AS fee_currency,
               CASE WHEN hash(i) % 7 = 0 THEN 'taker' ELSE 'maker' END AS liquidity,
               CASE WHEN i % {every} = {every // 2} THEN (i // {every}) % {len(KINDS)} ELSE -1 END AS kind
        FROM range({rows}) t(i)"""
    at = {name: place for place, name in enumerate(KINDS)}
    ours, theirs, truth = (folder / f"{name}.parquet" for name in ("ours", "theirs", "truth"))
    db.execute(
        f"COPY (SELECT * EXCLUDE (i, kind) FROM ({base}) WHERE kind <> {at['missing_here']}) TO '{ours}'"
    )
    db.execute(f"""COPY (
        SELECT * EXCLUDE (i, kind) REPLACE (
            CASE kind WHEN {at["timing"]} THEN ts_ns + 20000000000
                      WHEN {at["late"]} THEN ts_ns + 108000000000000 ELSE ts_ns END AS ts_ns,
            CASE WHEN kind = {at["quantity"]} THEN qty + 0.002 ELSE qty END AS qty,
            CASE WHEN kind = {at["price"]} THEN price + 0.5 ELSE price END AS price,
            CASE WHEN kind = {at["fee_amount"]} THEN fee - 0.01 ELSE fee END AS fee,
            CASE WHEN kind = {at["fee_currency"]} THEN 'BNB' ELSE fee_currency END AS fee_currency,
            CASE WHEN kind <> {at["side"]} THEN side WHEN side = 'buy' THEN 'sell' ELSE 'buy' END AS side,
            CASE WHEN kind = {at["currency"]} THEN replace(symbol, 'USDT', 'USDC') ELSE symbol END AS symbol)
        FROM ({base}) WHERE kind <> {at["missing_there"]}
        UNION ALL
        SELECT * EXCLUDE (i, kind) REPLACE (
            CASE WHEN kind = {at["restated"]} THEN qty + 0.001 ELSE qty END AS qty)
        FROM ({base}) WHERE kind IN ({at["duplicate"]}, {at["restated"]})) TO '{theirs}'""")
    db.execute(f"COPY (SELECT kind, trade_id FROM ({base}) WHERE kind >= 0) TO '{truth}'")
    return ours, theirs, truth


def ours_found(ours: Path, theirs: Path, truth: Path) -> dict[str, object]:
    """Reconcile, and compare what was found with what was planted."""
    import duckdb

    from seatrial.finops.reconcile import ReconcileAsk, reconcile
    from seatrial.model.profile import FinopsSettings

    began = time.perf_counter()
    result = reconcile(ReconcileAsk(ours, [theirs], date(2026, 1, 1)), FinopsSettings())
    took = time.perf_counter() - began
    planted = {
        (KINDS[kind], key) for kind, key in duckdb.connect().execute(f"SELECT * FROM '{truth}'").fetchall()
    }
    found = [(one.kind.value, one.key) for one in result.breaks]
    right = len(planted & set(found))
    alone = {"here": 0, "there": 0}
    for kind, _ in found:
        alone["here"] += kind == "missing_there"
        alone["there"] += kind in {"missing_here", "duplicate", "restated"}
    lost = (result.ours.rows - result.matched - alone["here"]) + (
        result.theirs.rows - result.matched - alone["there"]
    )
    return {
        "s": took, "breaks": len(found), "planted": len(planted), "precision": right / max(1, len(found)),
        "recall": right / max(1, len(planted)), "lost": lost,
        "unexplained": len(result.unexplained),
    }  # fmt: skip


def duckdb_join(ours: Path, theirs: Path, _: Path) -> dict[str, object]:
    """List the rows that differ, by one join in DuckDB."""
    import duckdb

    began = time.perf_counter()
    db = duckdb.connect()
    db.execute(f"SET threads=2; SET temp_directory='{ours.parent / 'spill'}'")
    differ = " OR ".join(f"o.{name} <> t.{name}" for name in DIFFERENCES.split())
    rows = db.execute(
        f"SELECT o.*, t.* FROM '{ours}' o FULL JOIN '{theirs}' t ON o.trade_id = t.trade_id "
        f"WHERE o.trade_id IS NULL OR t.trade_id IS NULL OR {differ} "
        f"OR abs(o.ts_ns - t.ts_ns) > {TOLERANCE_NS}"
    ).fetchall()
    return {"s": time.perf_counter() - began, "breaks": len(rows)}


def polars_join(ours: Path, theirs: Path, _: Path) -> dict[str, object]:
    """List the rows that differ, by one streaming join in polars."""
    import polars as pl

    began = time.perf_counter()
    joined = pl.scan_parquet(ours).join(pl.scan_parquet(theirs), on="trade_id", how="full", suffix="_t")
    differs = pl.col("trade_id").is_null() | pl.col("trade_id_t").is_null()
    differs |= (pl.col("ts_ns") - pl.col("ts_ns_t")).abs() > TOLERANCE_NS
    for name in DIFFERENCES.split():
        differs |= pl.col(name) != pl.col(f"{name}_t")
    rows = joined.filter(differs).collect(engine="streaming")
    return {"s": time.perf_counter() - began, "breaks": rows.height}


CANDIDATES = {
    "seatrial finops reconcile": (ours_found, "duckdb"),
    "duckdb full join, differences only": (duckdb_join, "duckdb"),
    "polars full join (streaming), differences only": (polars_join, "polars"),
}


def measured(name: str, paths: tuple[Path, Path, Path]) -> dict[str, object]:
    """Run one candidate in a process of its own; return what it says and its peak memory."""
    command = [sys.executable, __file__, "--candidate", name, *map(str, paths)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{name} ended with {child.returncode}")
    told: dict[str, object] = json.loads(said)
    return {**told, "mb": usage.ru_maxrss / 1024}


def show(rows: int, share: float, rounds: int) -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        paths = make(Path(folder), rows, share)
        names = [name for name, (_, module) in CANDIDATES.items() if find_spec(module) is not None]
        for name in CANDIDATES.keys() - set(names):
            print(f"{name}: not installed")
        told: dict[str, list[dict[str, object]]] = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                told[name].append(measured(name, paths))
    took = {name: statistics.median(float(str(one["s"])) for one in runs) for name, runs in told.items()}
    print(f"{rows:,} fills on each side, {share:.2%} of them with a mistake")
    for name in names:
        peak = max(float(str(one["mb"])) for one in told[name])
        print(f"{name:48} {took[name]:8.2f} s  peak {peak:6.0f} MB  breaks {told[name][0]['breaks']:,}")
    first, *peers = names
    for peer in peers:
        print(f"ours takes {took[first] / took[peer]:.2f} times as long as {peer}")
    mine = told[first][0]
    print(
        f"precision {mine['precision']:.6f}, recall {mine['recall']:.6f} of {mine['planted']:,} planted, "
        f"rows lost {mine['lost']}, currencies unexplained {mine['unexplained']}"
    )


def show_memory(rows: int, share: float) -> None:
    """Print time and memory of ours alone on a larger book."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        paths = make(Path(folder), rows, share)
        one = measured("seatrial finops reconcile", paths)
    print(
        f"{rows:,} fills on each side: {one['s']:.1f} s, peak {one['mb']:.0f} MB, "
        f"precision {one['precision']:.6f}, recall {one['recall']:.6f}, rows lost {one['lost']}"
    )


def main() -> None:
    """Run as asked."""
    if "--candidate" in sys.argv:
        name, *paths = sys.argv[sys.argv.index("--candidate") + 1 :]
        ours, theirs, truth = map(Path, paths)
        print(json.dumps(CANDIDATES[name][0](ours, theirs, truth)))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--share", type=float, default=0.001)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--memory-rows", type=int, default=0)
    asked = parser.parse_args()
    if find_spec("duckdb") is None:
        print("duckdb is not installed: there is nothing to compare (extra `data`)")
        return
    show(asked.rows, asked.share, asked.rounds)
    if asked.memory_rows:
        show_memory(asked.memory_rows, asked.share)


if __name__ == "__main__":
    main()
