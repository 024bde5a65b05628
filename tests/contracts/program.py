"""The program from outside: words go in; an exit code, a document and a record come out."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from seatrial.model.tape import Tape, join

# Quotes at the touch, so that a short recording has fills; nothing about the market is changed.
CLOSE = (
    "bot.params.half_spread_bps=0.05",
    "bot.params.min_half_spread_bps=0",
    "bot.params.vol_mult=0",
    "soak.warmup_params={}",
)
REPORTS = {"verdict.json", "KPI_GATE.json", "EDGE_REPORT.json", "RESOURCES.json"} | {
    "report.html",
    "report.md",
    "summary.csv",
    "junit.xml",
    "metrics.prom",
}


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        assert self.out.count("\n") == 1, self.err or self.out
        document: dict[str, Any] = orjson.loads(self.out)
        return document


def seatrial(*words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
    """Run the program as its users do, in a process of its own."""
    command = [sys.executable, "-m", "seatrial", *map(str, words)]
    surroundings = {**os.environ, **(env or {})}
    done = subprocess.run(command, capture_output=True, cwd=cwd, env=surroundings, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def sets(settings: Iterable[str]) -> list[str]:
    """Return `--set` words."""
    return [word for setting in settings for word in ("--set", setting)]


def lines_of(path: Path) -> list[bytes]:
    """Return the lines of a compressed capture."""
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def played(record: Path, dataset: Path) -> Tape:
    """Return every row that a run was shown, in its order: what the row numbers of evidence count."""
    from seatrial.market.opening import open_feed
    from seatrial.model.profile import MarketSettings

    manifest = orjson.loads((record / "run.json").read_bytes())
    values = orjson.loads((record / "journal.jsonl").read_bytes().splitlines()[1])["values"]
    settings = MarketSettings.model_validate({**values["market"], "data": str(dataset)})
    window_ns, count = round(values["soak"]["window_s"] * 1e9), values["soak"]["iterations"]
    feed = open_feed(settings, seed=manifest["seed"], needed_ns=count * window_ns)
    starts = [feed.start_ns + index * window_ns for index in range(count)]
    return join([tape for start in starts for tape in feed.window(start, start + window_ns)])
