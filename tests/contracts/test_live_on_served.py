"""Live trading against the served exchange: two sides of one market, kept apart, have to say the same."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seatrial.engine.bot.strategy import Strategy
from seatrial.live.accounts import reconcile
from seatrial.live.place import Wanted, resolve
from seatrial.live.run import LiveAsk, open_venue, run
from seatrial.model.journal_lines import lines

pytestmark = pytest.mark.slow
KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"
PROFILE = """
name: served
description: A live run on the served exchange.
market: {{symbols: [{symbol}]}}
bot: {{entry: "tests.contracts.test_live_on_served:Taker", timer_ms: 100}}
risk: {{edge: {{min_bps: null}}}}
live:
  state: {folder}/state
  venue: {{url: "{url}", api_key: key, api_secret: secret, throttle: false}}
  book_ms: 50
  orders_ms: 100
secrets: {{names: {{key: "env:SERVED_KEY", secret: "env:SERVED_SECRET"}}, access_log: {folder}/access.jsonl}}
"""


class Taker(Strategy):
    """Buys and sells in turn, well through the book, and rests an order in between."""

    def __init__(self) -> None:
        self.turn = 0

    def on_timer(self, desk: Any) -> None:
        """Take the next side."""
        touch = desk.book()
        if touch is None:
            return
        self.turn += 1
        qty = desk.lots("0.01") or 1
        if self.turn % 4 == 0:
            desk.submit(0, touch.bid - 100, qty)
        elif self.turn % 2:
            desk.submit(0, touch.ask + 50, qty, tif="ioc")
        else:
            desk.submit(1, touch.bid - 50, qty, tif="ioc")


@contextmanager
def served(folder: Path) -> Iterator[dict[str, Any]]:
    """An exchange in a process of its own, on a synthetic market in real time."""
    words = ["exchange", "serve", "--api-key", KEY, "--api-secret", SECRET, "--out", "served", "--no-fast"]
    with (folder / "served.err").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "seatrial", *words], cwd=folder, stdout=subprocess.PIPE, stderr=said
        )
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line, (folder / "served.err").read_text()
            yield json.loads(line)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            process.stdout.close()


def test_the_run_s_record_is_the_exchange_s_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every execution on both sides, at the same price, size and fee, and one position."""
    for module in ("ccxt", "httptools"):
        pytest.importorskip(module, reason=f"{module} is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SERVED_KEY", KEY)
    monkeypatch.setenv("SERVED_SECRET", SECRET)
    with served(tmp_path) as at:
        symbol = _symbol(Path(at["record"]))
        profile = tmp_path / "served.yaml"
        profile.write_text(PROFILE.format(symbol=symbol, url=at["rest"], folder=tmp_path))
        outcome = run(LiveAsk(Wanted(str(profile)), out=tmp_path / "out", duration_s=8))
        agreed = reconcile(resolve(Wanted(str(profile))), open_venue)

    ours = [
        event for event in lines(Path(outcome.data["record"]) / "journal.jsonl") if event["kind"] == "fill"
    ]
    theirs = [event for event in lines(Path(at["record"]) / "journal.jsonl") if event["kind"] == "fill"]
    assert len(ours) > 10
    assert _told(ours) == _told(theirs)
    assert agreed.exit_code() == 0
    assert agreed.data["records"] == 0
    held = sum(Decimal(fill["qty"]) * (1 if fill["side"] == "buy" else -1) for fill in theirs)
    assert Decimal(agreed.data["positions"][symbol]) == held
    assert outcome.data["residual"] < 1e-9


def _told(fills: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What both sides must agree on, in whatever order it was heard."""
    numbers = ("price", "qty", "fee")
    return sorted(
        (fill["side"], fill["liquidity"], *(Decimal(fill[name]).normalize() for name in numbers))
        for fill in fills
    )


def _symbol(record: Path) -> str:
    first = next(iter(lines(record / "journal.jsonl")))
    return str(first["instruments"][0]["symbol"])
