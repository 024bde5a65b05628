"""
The kill drill: a real run in a process of its own, a real stop from another, and a venue over sockets.

Measured from the moment at which the stop was set to what the venue's own books show. The bot's
loop is blocked, its books raise, or the venue answers 5xx for a while.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.venue.bybit import KEY, SECRET, Bybit, serving

from seatrial.engine.bot.strategy import Strategy
from seatrial.store.clock import monotonic_ns, utc_now_ns

ROOT = Path(__file__).parents[2]
PROFILE = """
name: drill
description: The kill drill.
market: {{symbols: [BTCUSDT]}}
bot: {{entry: "tests.live.drill:{bot}", timer_ms: 50}}
live:
  state: {state}
  venue: {{url: "{url}", api_key: key, api_secret: secret, throttle: false, timeout_ms: 1000}}
  book_ms: 100
  orders_ms: 200
  heartbeat_s: 0.2
secrets: {{names: {{key: "env:DRILL_KEY", secret: "env:DRILL_SECRET"}}, access_log: {state}/access.jsonl}}
"""
CASES = ("calm", "loop_blocked", "books_raise", "venue_5xx_3s", "everything_at_once")
_BOTS = {"calm": "Quoter", "loop_blocked": "Blocker", "books_raise": "Quoter", "venue_5xx_3s": "Quoter"}
_PATIENCE_S = 20.0


class Quoter(Strategy):
    """Quotes once and leaves it at that."""

    def on_timer(self, desk: Any) -> None:
        """Quote."""
        touch = desk.book()
        if desk.orders or touch is None:
            return
        for step in range(1, 5):
            desk.submit(0, touch.bid - step, 10)
            desk.submit(1, touch.ask + step, 10)


class Churner(Strategy):
    """Places, amends and cancels all the time, on both sides."""

    def __init__(self) -> None:
        self.turn = 0

    def on_timer(self, desk: Any) -> None:
        """Do the next thing."""
        self.turn += 1
        touch = desk.book()
        if touch is None:
            return
        for side, px in ((0, touch.bid - self.turn % 5), (1, touch.ask + self.turn % 5)):
            live = desk.quotes(side)
            if len(live) < 3:
                desk.submit(side, px, 10)
            elif self.turn % 2:
                desk.amend(live[0].order_id, px=px)
            else:
                desk.cancel(live[0].order_id)


class Blocker(Quoter):
    """Quotes, and never comes back from its next timer."""

    def on_timer(self, desk: Any) -> None:
        """Quote, then hang in Python without end."""
        if len(desk.orders) == 8:
            while True:
                pass
        super().on_timer(desk)


@dataclass(frozen=True)
class Drilled:
    """What a drill came to; milliseconds from the moment at which the stop was set."""

    case: str
    exit_code: int
    acked_ms: float | None
    confirmed_ms: float | None
    last_order_gone_ms: float | None
    orders_before: int
    orders_after: int


def write_profile(folder: Path, bybit: Bybit, bot: str) -> None:
    """Write the profile of a run on this server."""
    (folder / "drill.yaml").write_text(PROFILE.format(bot=bot, state=folder / "state", url=bybit.url))


def command(folder: Path, *words: str) -> tuple[int, Any]:
    """Run a command of the account to its end; return its exit code and document."""
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "live", *words, "--profile", "drill.yaml", "--json"],
        cwd=folder, env=environment(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


@contextmanager
def running(folder: Path, bybit: Bybit, case: str) -> Iterator[subprocess.Popen[bytes]]:
    """A live run of the drill's bot, in a process of its own."""
    write_profile(folder, bybit, "Blocker" if case == "everything_at_once" else _BOTS[case])
    words = [sys.executable, "-c", _program(case), "live", "run", "--profile", "drill.yaml", "--out", "out"]
    with subprocess.Popen(
        words, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _program(case: str) -> str:
    """The command line; in some cases with a core whose books raise when they are asked."""
    broken = ""
    if case in {"books_raise", "everything_at_once"}:
        broken = (
            "from seatrial.live.gate import Gate\n"
            "def shut(self, reason): raise KeyError('profit')\n"
            "Gate.shut = shut\n"
            "from seatrial.engine.execution.risk.monitor import RiskMonitor\n"
            "def hold(self, *a, **k): raise ZeroDivisionError('profit')\n"
            "RiskMonitor.hold = hold\n"
        )
    return f"{broken}import sys\nfrom seatrial.cli import main\nmain()\n"


def environment() -> dict[str, str]:
    """The environment of a child."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "tools")))
    return os.environ | {"DRILL_KEY": KEY, "DRILL_SECRET": SECRET, "PYTHONPATH": path}


def drill(folder: Path, case: str) -> Drilled:
    """Start a run, wait until it quotes, stop it, and say what the venue saw."""
    with serving(Bybit()) as bybit, running(folder, bybit, case):
        _wait_for(lambda: len(bybit.open_ids()) == 8)
        if case in {"loop_blocked", "everything_at_once"}:
            threading.Event().wait(0.5)
        before = len(bybit.open_ids())
        if case in {"venue_5xx_3s", "everything_at_once"}:
            bybit.down_for(3.0)
        gone: list[int] = []
        watcher = threading.Thread(target=_watch, args=(bybit, gone), daemon=True)
        watcher.start()
        code, told = command(folder, "emergency-stop", "--reason", "drill", "--wait", "15s")
        watcher.join(_PATIENCE_S)
        set_at_ns = told["latch"]["entries"][0]["set_at_ns"]
        (row,) = told["instances"]
        return Drilled(
            case,
            code,
            row["acked_after_ms"],
            None if row["confirmed_at_ns"] is None else (row["confirmed_at_ns"] - set_at_ns) / 1e6,
            (gone[0] - set_at_ns) / 1e6 if gone else None,
            before,
            len(bybit.open_ids()),
        )


def _watch(bybit: Bybit, gone: list[int]) -> None:
    """Note when the last order was gone, by the venue's own books."""
    deadline = monotonic_ns() + int(_PATIENCE_S * 1e9)
    pause = threading.Event()
    while monotonic_ns() < deadline:
        if not bybit.open_ids():
            gone.append(utc_now_ns())
            return
        pause.wait(0.005)


def _wait_for(what: Any) -> None:
    deadline = monotonic_ns() + int(_PATIENCE_S * 1e9)
    pause = threading.Event()
    while not what():
        if monotonic_ns() > deadline:
            raise AssertionError("the run did not begin to quote")
        pause.wait(0.02)
