"""Bad input through the whole command line: one clear line, the right exit code, nothing half-written."""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contracts.stage import Case, Prepare, Stage, props, stage

from seatrial.cli import run as cli
from seatrial.store.lock import held
from seatrial.store.manifest import read_manifest
from seatrial.store.verify import verify

__all__ = ["props", "stage"]

IMPORT = "market import capture.log --to new"
DRY = "dryrun run --data market --window 30s --no-fast"
SOAK = "soak run --data market --iterations 3 --window 10s --no-fast"
FINISHED = "out/soak/finished"
BROKEN = "out/soak/broken"
RESUME = f"soak resume {BROKEN} --no-fast"
SEGMENT = "market/binance-futures/BTCUSDT/2024/07/18.parquet"
BARS = "timestamp,open,high,low,close,volume\n"
TRADES = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
TRADE = "bybit,BTCUSDT,1721347020000000,1721347020100000,1,{side},{price},{amount}\n"


def spoilt(number: int, old: str, new: str) -> Prepare:
    """Return a preparation: the capture with text replaced in one line (from 1)."""

    def spoil(lines: list[str]) -> None:
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new)

    return lambda stage: stage.capture(spoil)


def changed(change: Callable[[list[str]], object]) -> Prepare:
    """Return a preparation: the capture with its lines changed."""
    return lambda stage: stage.capture(change)


def content(name: str, text: str | bytes) -> Prepare:
    """Return a preparation: a file with that content."""
    return lambda stage: stage.text(name, text)


def profile(text: str) -> Prepare:
    """Return a preparation: the profile bad.yaml."""
    return lambda stage: stage.text("bad.yaml", text)


def half_gzip(stage: Stage) -> None:
    """Write a compressed capture whose download broke off."""
    path = stage.capture(name="capture.gz")
    path.write_bytes(path.read_bytes()[:-200])


def bad_gzip(stage: Stage) -> None:
    """Write a compressed capture in which a byte changed on the disk."""
    path = stage.capture(name="capture.gz")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(bytes(raw))


def gapless(stage: Stage) -> None:
    """Remove the journal's third line: the chain is broken."""
    path = stage.path / FINISHED / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))


def other_parquet(stage: Stage) -> None:
    """Put the segment of another recording in its place."""
    cli(["market", "import", str(stage.capture(lambda lines: lines.pop())), "--to", "other", "--quiet"])
    (stage.path / "other" / Path(SEGMENT).relative_to("market")).replace(stage.path / SEGMENT)


CASES: dict[str, Case] = {
    # --- words ---
    "no such room": Case("soka run", "soak"),
    "no such verb": Case("soak rnu", "run"),
    "no such option": Case("soak run --profil ci", "--profile"),
    "an option without its value": Case("soak run --profile", "--profile"),
    "a stray word": Case("soak run ci", "ci"),
    "negative seed": Case(f"{DRY} --seed -1", "--seed"),
    "a seed of 64 bits": Case(f"{DRY} --seed 9223372036854775808", "seed"),
    "no iterations": Case(f"{DRY} --iterations 0", "--iterations"),
    "negative iterations": Case(f"{DRY} --iterations -4", "--iterations"),
    "half an iteration": Case(f"{DRY} --iterations 1.5", "--iterations"),
    "no window": Case("dryrun run --window 0s", "0s"),
    "a negative window": Case("dryrun run --window=-60s", "-60s"),
    "a window of words": Case("dryrun run --window long", ("long", "60s")),
    "an endless window": Case("dryrun run --window 1e300h", "1e300h"),
    "a window that is no number": Case("dryrun run --window nans", "nans"),
    "a run of ten thousand years": Case(
        "soak run --iterations 1000000000 --window 1000h", ("soak.iterations", "100 years")
    ),
    # --- settings ---
    "set without a value": Case(f"{DRY} --set seed", ("seed", "KEY=VALUE")),
    "set without a key": Case(f"{DRY} --set =3", "=3"),
    "set of an unknown key": Case(f"{DRY} --set soak.iteratons=3", ("soak.iteratons", "iterations")),
    "set of an unknown section": Case(f"{DRY} --set sok.iterations=3", ("sok", "soak")),
    "set of a wrong type": Case(f"{DRY} --set soak.iterations=many", ("soak.iterations", "many")),
    "set of a section": Case(f"{DRY} --set soak=3", "soak"),
    "set of NaN": Case(f"{DRY} --set exchange.latency.out_ms=.nan", ("exchange.latency.out_ms", "nan")),
    "set of infinity": Case(f"{DRY} --set soak.window_s=.inf", "soak.window_s"),
    "set out of range": Case(f"{DRY} --set exchange.leverage=0", "exchange.leverage"),
    "set beyond a mapping": Case(f"{DRY} --set soak.iterations.x=1", "soak.iterations"),
    "a negative balance": Case(f"{DRY} --set exchange.balance=-1", "exchange.balance"),
    "a chance above one": Case(f"{DRY} --set exchange.faults.reject_ratio=1.5", "reject_ratio"),
    "a fee in a token without a rate": Case(
        f"{DRY} --set exchange.fees.charged_in=token", ("charged_in", "token_rate")
    ),
    "nothing but warm-up": Case(f"{SOAK} --set soak.warmup_iterations=3", "warmup_iterations"),
    "a guard that is no number": Case(f"{SOAK} --set soak.guards.debounce=0", "soak.guards.debounce"),
    "an unknown variable": Case(DRY, ("SEATRIAL_SOAK__ITERATON",), env={"SEATRIAL_SOAK__ITERATON": "3"}),
    "a variable of a wrong type": Case(
        "soak run --data market",
        ("SEATRIAL_SOAK__ITERATIONS", "often"),
        env={"SEATRIAL_SOAK__ITERATIONS": "often"},
    ),
    "an old variable of a wrong type": Case(
        "soak run --data market", ("SOAK_ITERATIONS", "x"), env={"SOAK_ITERATIONS": "x"}
    ),
    "a frozen time that is none": Case(
        DRY, ("SEATRIAL_FREEZE_UTC_ISO", "noon"), env={"SEATRIAL_FREEZE_UTC_ISO": "noon"}
    ),
    # --- profiles ---
    "no such profile": Case(f"{DRY} --profile dmeo", ("dmeo", "demo")),
    "no such profile file": Case(f"{DRY} --profile ./none.yaml", "none.yaml"),
    "an unknown key": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml:2", "itertions", "iterations"),
        profile("soak:\n  itertions: 3\n"),
    ),
    "a wrong type": Case(
        f"{DRY} --profile bad.yaml", ("bad.yaml:2", "window_s"), profile("soak:\n  window_s: [1]\n")
    ),
    "a profile that extends itself": Case(
        f"{DRY} --profile bad.yaml", ("bad.yaml", "bad"), profile("extends: bad.yaml\n")
    ),
    "a cycle of profiles": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml", "worse.yaml"),
        lambda stage: (
            stage.text("bad.yaml", "extends: ./worse.yaml\n"),
            stage.text("worse.yaml", "extends: ./bad.yaml\n"),
        ),
    ),
    "an unknown parent": Case(
        f"{DRY} --profile bad.yaml", ("bad.yaml:1", "dmeo"), profile("extends: dmeo\n")
    ),
    "a tab": Case(f"{DRY} --profile bad.yaml", "bad.yaml:2", profile("soak:\n\titerations: 3\n")),
    "an open bracket": Case(f"{DRY} --profile bad.yaml", "bad.yaml", profile("gates: [1, 2\nseed: 3\n")),
    "a key twice": Case(f"{DRY} --profile bad.yaml", ("bad.yaml:2", "seed"), profile("seed: 3\nseed: 4\n")),
    "a list for a profile": Case(f"{DRY} --profile bad.yaml", "bad.yaml", profile("- 1\n")),
    "a profile of two documents": Case(
        f"{DRY} --profile bad.yaml", "bad.yaml", profile("seed: 1\n---\nseed: 2\n")
    ),
    "a profile of Python": Case(
        f"{DRY} --profile bad.yaml", "bad.yaml", profile("seed: !!python/object/apply:os.getpid []\n")
    ),
    "a profile in another alphabet": Case(
        f"{DRY} --profile bad.yaml",
        "bad.yaml",
        lambda stage: stage.text("bad.yaml", b"description: \xff\xfe\n"),
    ),
    "a profile that is a folder": Case(f"{DRY} --profile ./market", "market"),
    "a bomb of anchors": Case(
        f"{DRY} --profile bad.yaml",
        "bad.yaml",
        profile(
            "bot: {params: {a: &a [x,x,x,x,x,x,x,x,x]"
            + "".join(
                f", {b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]"
                for a, b in zip("abcdefghi", "bcdefghij", strict=True)
            )
            + "}}\n"
        ),
    ),
    "a production profile and a variable": Case(
        f"{DRY} --profile bad.yaml",
        ("SEATRIAL_SEED", "--allow-env"),
        profile("production: true\n"),
        env={"SEATRIAL_SEED": "3"},
    ),
    # --- gates ---
    "a gate on an unknown KPI": Case(
        f"{DRY} --profile bad.yaml",
        ("net_bsp", "net_bps"),
        profile("gates:\n  - {kpi: net_bsp, at_least: {hard: 1}}\n"),
    ),
    "a gate without bounds": Case(
        f"{DRY} --profile bad.yaml", ("bad.yaml:2", "at_least"), profile("gates:\n  - {kpi: net_bps}\n")
    ),
    "a gate with both bounds": Case(
        f"{DRY} --profile bad.yaml",
        "bad.yaml:2",
        profile("gates:\n  - {kpi: net_bps, at_least: {hard: 1}, at_most: {hard: 2}}\n"),
    ),
    "a gate that cannot warn": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml:2", "soft"),
        profile("gates:\n  - {kpi: net_bps, at_least: {hard: 2, soft: 1}}\n"),
    ),
    "a gate whose bound is NaN": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml:2", "hard"),
        profile("gates:\n  - {kpi: net_bps, at_least: {hard: .nan}}\n"),
    ),
    "a gate with a misspelt bound": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml:2", "at_lest", "at_least"),
        profile("gates:\n  - {kpi: net_bps, at_lest: {hard: 2}}\n"),
    ),
    "a gate on an unknown window": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml:2", "last:0"),
        profile("gates:\n  - {kpi: net_bps, at_least: {hard: 2}, window: 'last:0'}\n"),
    ),
    "gates under another name": Case(
        f"{DRY} --profile bad.yaml",
        ("bad.yaml:1", "gate", "gates"),
        profile("gate:\n  - {kpi: net_bps, at_least: {hard: 2}}\n"),
    ),
    "an explanation of an unknown KPI": Case("gate explain net_bsp", ("net_bsp", "net_bps")),
    "a self-test of an unknown KPI": Case(
        "gate selftest --profile bad.yaml",
        ("bad.yaml", "net_bsp"),
        profile("gates:\n  - {kpi: net_bsp, at_least: {hard: 1}}\n"),
    ),
    # --- bots ---
    "an unknown bot": Case(f"{DRY} --bot refrence", ("refrence", "reference")),
    "no such module": Case(f"{DRY} --bot nobots:Good", ("nobots", "bot.entry")),
    "no such class": Case(f"{DRY} --bot bots:Goood", ("Goood", "bot.entry")),
    "a bot that is a number": Case(f"{DRY} --bot bots:NOT_A_BOT", "bots:NOT_A_BOT"),
    "a bot that is no strategy": Case(f"{DRY} --bot bots:Other", ("bots:Other", "Strategy")),
    "a module without a class": Case(f"{DRY} --bot bots:", "bots:"),
    "a module that raises": Case(f"{DRY} --bot raises:Bot", ("raises", "no such key"), code=4),
    "a module of bad syntax": Case(f"{DRY} --bot wrong_syntax:Bot", "wrong_syntax", code=4),
    "a bot that cannot be made": Case(
        f"{DRY} --bot bots:BadInit", ("bots:BadInit", "no licence key"), code=4
    ),
    "a bot that raises at its start": Case(
        f"{DRY} --bot bots:BadStart",
        ("on_start", "RuntimeError", "no market", "bots.py:"),
        code=4,
        leaves_record=True,
    ),
    "a bot that raises on a timer": Case(
        f"{DRY} --bot bots:BadTimer",
        ("on_timer", "division of the sea", "bots.py"),
        code=4,
        leaves_record=True,
    ),
    "a bot that raises on a book": Case(
        f"{DRY} --bot bots:BadBook", ("on_book", "IndexError", "bots.py"), code=4, leaves_record=True
    ),
    "a bot that leaves": Case(
        f"{DRY} --bot bots:Quitter", ("on_timer", "SystemExit"), code=4, leaves_record=True
    ),
    "a bot that sends nonsense": Case(f"{DRY} --bot bots:Wild", "on_timer", code=4, leaves_record=True),
    "an unknown argument": Case(f"{DRY} --set bot.params.half_spred_bps=1", ("half_spred_bps", "bot.params")),
    "an argument of a wrong type": Case(
        f"{DRY} --set bot.params.half_spread_bps=wide", ("half_spread_bps", "wide")
    ),
    "a size that is no number": Case(f"{DRY} --set bot.params.order_qty=some", ("order_qty", "some")),
    "a negative size": Case(f"{DRY} --set bot.params.order_qty=-1", ("order_qty", "-1")),
    "a warm-up argument of a wrong type": Case(
        f"{SOAK} --set soak.warmup_params.order_qty=some --set bot.params.order_qty=0.5",
        ("soak.warmup_params.order_qty", "some"),
    ),
    "an infinite spread": Case(f"{DRY} --set bot.params.half_spread_bps=null", ("half_spread_bps", "None")),
    "an unknown warm-up argument": Case(
        f"{SOAK} --set soak.warmup_params.spred=1", ("spred", "warmup_params")
    ),
    # --- market data to run on ---
    "no data at all": Case("dryrun run --set market.feed=dataset", ("market.data", "--data")),
    "missing data": Case("dryrun run --data none", "none"),
    "an empty folder of data": Case(
        "dryrun run --data empty", "empty", lambda stage: (stage.path / "empty").mkdir()
    ),
    "data that are none": Case("dryrun run --data bots.py", "bots.py"),
    "a symbol that is not there": Case(f"{DRY} --set market.symbols=[ETHUSDT]", ("ETHUSDT", "BTCUSDT")),
    "a recording that is too short": Case(
        "dryrun run --data market --window 1h --set market.resample=false", ("40", "3600", "market.resample")
    ),
    "an unknown calibration": Case("dryrun run --set market.calibration=dmeo", ("dmeo", "demo")),
    "a broken dataset": Case(DRY, "market/dataset.json", content("market/dataset.json", "{")),
    "a dataset of the future": Case(
        DRY,
        ("market/dataset.json", "schema_version"),
        lambda stage: stage.edit("market/dataset.json", '"schema_version": 1', '"schema_version": 2'),
    ),
    "a dataset without a tick": Case(
        DRY,
        ("market/dataset.json", "tick_size"),
        lambda stage: stage.edit("market/dataset.json", '"tick_size": "0.1"', '"tick_size": "0"'),
    ),
    "a segment that is cut": Case(DRY, SEGMENT, lambda stage: stage.cut(SEGMENT, 0.5)),
    "a segment that is gone": Case(DRY, SEGMENT, lambda stage: (stage.path / SEGMENT).unlink()),
    "a segment of something else": Case(DRY, SEGMENT, content(SEGMENT, "PAR1 no")),
    "a segment of another recording": Case(DRY, SEGMENT, other_parquet, leaves_record=True),
    # --- captures to import ---
    "a missing file": Case("market import none.log --to new", "none.log"),
    "an empty file": Case(IMPORT, "capture.log", content("capture.log", "")),
    "a blank file": Case(IMPORT, "capture.log", content("capture.log", "\n\n \n")),
    "binary junk": Case(IMPORT, "capture.log", content("capture.log", bytes(range(256)) * 40)),
    "prose": Case(IMPORT, "capture.log", content("capture.log", "Dear diary,\ntoday the market fell.\n")),
    "a cut gzip": Case("market import capture.gz --to new", ("capture.gz",), half_gzip),
    "a damaged gzip": Case("market import capture.gz --to new", "capture.gz", bad_gzip),
    "a gzip that is none": Case(
        "market import capture.gz --to new",
        "capture.gz",
        content("capture.gz", b"\x1f\x8b\x08\x00junkjunkjunk"),
    ),
    "a zstd that is none": Case(
        "market import capture.zst --to new",
        "capture.zst",
        content("capture.zst", b"\x28\xb5\x2f\xfd" + b"junk" * 9),
    ),
    "an empty gzip": Case(
        "market import capture.gz --to new", "capture.gz", content("capture.gz", gzip.compress(b""))
    ),
    "a cut line": Case(IMPORT, "capture.log:5", changed(lambda lines: lines.__setitem__(4, lines[4][:70]))),
    "a price that is NaN": Case(IMPORT, ("capture.log:2", "NaN"), spoilt(2, '"99.8"', '"NaN"')),
    "a price without end": Case(IMPORT, ("capture.log:2", "inf"), spoilt(2, '"99.8"', '"inf"')),
    "a price of 300 digits": Case(IMPORT, "capture.log:2", spoilt(2, '"99.8"', '"1e300"')),
    "a price of nothing": Case(IMPORT, "capture.log:2", spoilt(2, '"99.8"', '""')),
    "a negative size of a level": Case(IMPORT, ("capture.log:2", "-1"), spoilt(2, '"1"', '"-1"')),
    "a negative size of a trade": Case(IMPORT, ("capture.log:3", "-0.5"), spoilt(3, '"0.5"', '"-0.5"')),
    "a size beyond counting": Case(IMPORT, "capture.log:3", spoilt(3, '"0.5"', '"1e30"')),
    "a side that is a word": Case(IMPORT, "capture.log:3", spoilt(3, '"m":true', '"m":"sell"')),
    "sides that are swapped": Case(
        IMPORT,
        "capture.log",
        changed(
            lambda lines: lines.__setitem__(
                0, lines[0].replace('"bids"', '"x"').replace('"asks"', '"bids"').replace('"x"', '"asks"')
            )
        ),
    ),
    "a stamp of the future": Case(
        IMPORT, "capture.log:3", spoilt(3, "1721347022000000000", "9721347022000000000")
    ),
    "a stamp before there were coins": Case(
        IMPORT, "capture.log:1", spoilt(1, "1721347020000000000", "1000000000000000000")
    ),
    "lines far out of order": Case(
        IMPORT,
        ("capture.log:41", "order of time"),
        changed(lambda lines: lines.append(f"1721346020000000000 {lines.pop().partition(' ')[2]}")),
    ),
    "no snapshot": Case(IMPORT, ("capture.log", "snapshot"), changed(lambda lines: lines.pop(0))),
    "the same file twice": Case(
        "market import capture.log copy.log --to new",
        "copy.log",
        lambda stage: (stage.capture(), stage.capture(name="copy.log")),
    ),
    "a folder that is taken": Case("market import good.log --to out", "out"),
    "a place below a file": Case("market import good.log --to bots.py/new", "bots.py", code=4),
    "an unknown format": Case("market import good.log --to new --format binance", ("binance", "binance-ws")),
    "another format": Case("market import good.log --to new --format tardis", "good.log"),
    "a silence of NaN": Case("market import good.log --to new --gap-s nan", "--gap-s"),
    "wrong columns": Case(
        "market import capture.csv --to new",
        "capture.csv",
        content("capture.csv", TRADES.replace("price,", "") + "bybit,BTCUSDT,1,2,3,buy,4\n"),
    ),
    "a row too short": Case(
        "market import capture.csv --to new",
        "capture.csv:2",
        content("capture.csv", TRADES + "bybit,BTCUSDT,1721347020000000\n"),
    ),
    "a side of the book for a taker": Case(
        "market import capture.csv --to new",
        ("capture.csv:2", "bid"),
        content("capture.csv", TRADES + TRADE.format(side="bid", price="4", amount="1")),
    ),
    "a NaN in a table": Case(
        "market import capture.csv --to new",
        ("capture.csv:2", "nan"),
        content("capture.csv", TRADES + TRADE.format(side="buy", price="nan", amount="1")),
    ),
    "naive times": Case(
        "market import BTCUSDT_1m.csv --to new",
        ("BTCUSDT_1m.csv:2", "zone"),
        content(
            "BTCUSDT_1m.csv",
            BARS + "2024-01-01 00:00:00,1,2,1,2,5\n2024-01-01 00:01:00,1,2,1,2,5\n",
        ),
    ),
    "a high below the low": Case(
        "market import BTCUSDT_1m.csv --to new",
        "BTCUSDT_1m.csv:2",
        content(
            "BTCUSDT_1m.csv",
            BARS + "1704067200,1,1,2,2,5\n1704067260,1,2,1,2,5\n",
        ),
    ),
    # --- datasets to look at ---
    "a look at nothing": Case("market info none", "none"),
    "a look at a file": Case("market info good.log", "good.log"),
    "gaps of nothing": Case("market gaps none", "none"),
    "coverage on no grid": Case("market coverage market --grid 0s", "0s"),
    "coverage on a wordy grid": Case("market coverage market --grid often", "often"),
    "synthesis from nothing": Case("market synth --from none --to new", "none"),
    "synthesis of no time": Case("market synth --to new --hours 0", "--hours"),
    "synthesis of NaN": Case("market synth --to new --hours nan", "--hours"),
    "synthesis to nowhere": Case("market synth", "--to"),
    "a broken calibration": Case(
        "market synth --calibration cal.json --to new --hours 0.01", "cal.json", content("cal.json", "{")
    ),
    "a fetch of no day": Case("market fetch bybit BTCUSDT 2024-13-01 --to new", "2024-13-01"),
    "a fetch from an unknown venue": Case("market fetch mtgox BTCUSD 2013-01-01 --to new", "mtgox"),
    # --- records ---
    "a gate check of nothing": Case("gate check none", "none"),
    "a gate check of an empty folder": Case(
        "gate check empty", "empty", lambda stage: (stage.path / "empty").mkdir()
    ),
    "a gate check of a file": Case("gate check good.log", "good.log"),
    "a record without a journal": Case(
        f"gate check {FINISHED}",
        "journal.jsonl",
        lambda stage: (stage.path / FINISHED / "journal.jsonl").unlink(),
    ),
    "a journal with a changed line": Case(
        f"gate check {FINISHED}",
        "journal.jsonl:3",
        lambda stage: stage.edit(f"{FINISHED}/journal.jsonl", '"seq":3,"ts_ns"', '"seq":3,"ts_sn"'),
    ),
    "a journal with binary in it": Case(
        f"gate check {FINISHED}",
        "journal.jsonl:2",
        lambda stage: stage.edit(f"{FINISHED}/journal.jsonl", '{"seq":2,', '\x00\x01{"seq":2,'),
    ),
    "a judgement by a missing profile": Case(f"gate check {FINISHED} --profile none", "none"),
    "a setting without a profile": Case(f"gate check {FINISHED} --set seed=1", "--profile"),
    "a report of nothing": Case("soak report none", "none"),
    "a report of a broken manifest": Case(
        f"soak report {FINISHED}", "run.json", content(f"{FINISHED}/run.json", "{")
    ),
    "a report of another's manifest": Case(
        f"soak report {FINISHED}",
        ("run.json", "seed"),
        lambda stage: stage.edit(f"{FINISHED}/run.json", '"seed": 7', '"seed": "x"'),
    ),
    "a report without a journal": Case(
        f"soak report {FINISHED}",
        "journal.jsonl",
        lambda stage: (stage.path / FINISHED / "journal.jsonl").unlink(),
    ),
    "a status where nothing ran": Case("soak status --out none", "none"),
    "the latest where nothing ran": Case("soak resume latest --no-fast", "latest"),
    "a resumption of nothing": Case("soak resume none", "none"),
    "a resumption without a checkpoint": Case(
        RESUME, (BROKEN, "checkpoint"), lambda stage: (stage.path / BROKEN / "checkpoint.json").unlink()
    ),
    "a resumption from a broken checkpoint": Case(
        RESUME, "checkpoint.json", lambda stage: stage.cut(f"{BROKEN}/checkpoint.json", 0.5)
    ),
    "a resumption from an empty checkpoint": Case(
        RESUME, "checkpoint.json", content(f"{BROKEN}/checkpoint.json", "{}")
    ),
    "a resumption of a shortened journal": Case(
        RESUME, "journal.jsonl", lambda stage: stage.cut(f"{BROKEN}/journal.jsonl", 0.3)
    ),
    "a resumption without its data": Case(
        RESUME, "market", lambda stage: (stage.path / "market").rename(stage.path / "moved")
    ),
    "a resumption on other data": Case(
        RESUME,
        "market",
        lambda stage: (
            cli(
                [
                    "market",
                    "import",
                    str(stage.capture(lambda lines: lines.pop())),
                    "--to",
                    "other",
                    "--quiet",
                ]
            ),
            (stage.path / "market").rename(stage.path / "old"),
            (stage.path / "other").rename(stage.path / "market"),
        ),
    ),
    "a resumption of a bot that still breaks": Case(
        RESUME, "division of the sea", code=4, leaves_record=True
    ),
    "a comparison with nothing": Case("config diff demo none", "none"),
    "a check of a bad profile": Case("config validate bad.yaml", ("bad.yaml:1", "sed"), profile("sed: 3\n")),
    "a schema into nowhere": Case("config schema --out bots.py/schema.json", "bots.py", code=4),
    "an output that is a file": Case(f"{DRY} --out bots.py", "bots.py", code=4),
    "an output below a file": Case(f"{DRY} --out bots.py/out", "bots.py", code=4),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_one_line_and_leaves_nothing(
    name: str, stage: Stage, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person sees what is wrong, where, and what to do; a folder sees nothing."""
    case = CASES[name]
    if case.prepare is not None:
        case.prepare(stage)
    for variable, value in case.env.items():
        monkeypatch.setenv(variable, value)
    capfd.readouterr()
    before = stage.files()

    code = cli(case.words.split())

    said = capfd.readouterr()
    (line,) = said.err.splitlines()
    assert (code, said.out) == (case.code, ""), line
    assert line.startswith("error: ")
    assert len(line) < 500
    assert [
        word for word in ([case.says] if isinstance(case.says, str) else case.says) if word not in line
    ] == []
    assert not {word for word in ("Traceback", "pydantic", "0x", "bug of seatrial") if word in said.err}
    if not case.leaves_record:
        assert changes(stage, before) == []


def changes(stage: Stage, before: dict[str, bytes]) -> list[str]:
    """Return the files that came, went or changed."""
    after = stage.files()
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.leaves_record])
def test_the_same_as_one_document(
    name: str, stage: Stage, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script reads stdout: one JSON object, the same code, and not a word beside it."""
    case = CASES[name]
    if case.prepare is not None:
        case.prepare(stage)
    for variable, value in case.env.items():
        monkeypatch.setenv(variable, value)
    capfd.readouterr()

    code = cli([*case.words.split(), "--json"])

    said = capfd.readouterr()
    document = json.loads(said.out)
    assert (code, said.err, said.out.count("\n")) == (case.code, "", 1)
    assert (document["schema"], document["exit_code"]) == ("seatrial.error/1", case.code)
    assert set(document["where"]) == {"file", "line", "field"}
    assert document["message"]


# --- what the machine does to us -----------------------------------------------------------------


def test_a_second_instance_is_refused(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    """Two writers would make one record of two runs."""
    before = stage.files()

    with held(stage.path / BROKEN / "lock"):
        code = cli(RESUME.split())

    (line,) = capfd.readouterr().err.splitlines()
    assert code == 5
    assert f"pid {os.getpid()}" in line
    assert changes(stage, before) == []


def test_a_finished_soak_is_not_run_again(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    """Resuming what has ended says its verdict once more, and touches nothing."""
    before = stage.files()

    code = cli(["soak", "resume", FINISHED, "--json"])

    assert (code, json.loads(capfd.readouterr().out)["verdict"]) == (3, "UNKNOWN")
    assert changes(stage, before) == []


@pytest.fixture
def disk(stage: Stage) -> Iterator[Callable[[str], Path]]:
    """Mount a small file system in the stage, or skip."""
    place = stage.path / "disk"
    place.mkdir()
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if (
            shutil.which("mount") is None
            or subprocess.run(command, capture_output=True, check=False).returncode
        ):
            pytest.skip("a file system can be mounted by root only")
        mounted.append(place)
        return place

    yield mount
    for each in mounted:
        subprocess.run(["umount", str(each)], check=True)


OUT_OF_ROOM = {
    "import": "market import good.log --to disk/new",
    "dry run": f"{DRY} --out disk",
    "soak": f"{SOAK} --out disk",
    "raw data": "dryrun run --data good.log --window 30s --no-fast --out disk",
    "synthesis": "market synth --to disk/new --hours 0.05",
    "schema": "config schema --out disk/schema.json",
}


@pytest.mark.parametrize("words", OUT_OF_ROOM.values(), ids=OUT_OF_ROOM)
@pytest.mark.parametrize("options", ["size=4k", "size=16k", "size=40k", "ro"])
def test_a_full_or_closed_disk_is_told_and_leaves_no_half(
    words: str, options: str, stage: Stage, disk: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """The disk let us down: exit 4, one line, and whatever is there can be read."""
    place = disk(options)

    code = cli(words.split())

    if code in {0, 3}:
        pytest.skip("there was room enough")
    (line,) = capfd.readouterr().err.splitlines()
    assert code == 4, line
    assert "disk" in line
    left = [path for path in place.rglob("*") if path.is_file() and path.name != "lock"]
    assert [path for path in left if path.name.startswith(".") or path.suffix in {".tmp", ".partial"}] == []
    for path in left:
        if path.suffix == ".json":
            json.loads(path.read_bytes())
    for journal in place.rglob("journal.jsonl"):
        assert {finding.kind for finding in verify(journal)} <= {"torn_tail", "empty"}
        assert read_manifest(journal.parent / "run.json").verdict is None
