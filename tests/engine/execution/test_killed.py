"""
Killed in an order storm, again and again: afterwards no order is unaccounted for.

The venue lives in a process of its own and remembers everything, so what it says at the end is a
truth that the killed trader had no part in.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.engine.venue.process import Remote

from seatrial.store.order_log import OrderLogReader

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60
STEPS_MAX = 400


def start(*words: object) -> "subprocess.Popen[str]":
    """Start one of our modules with this tree on its path."""
    module, *rest = words
    return subprocess.Popen(
        [sys.executable, "-m", str(module), *map(str, rest)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[tuple[str, Remote]]:
    """A venue that nobody kills."""
    address = str(tmp_path / "venue.sock")
    process = start("tests.engine.venue.process", address, 5)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    remote = Remote(address)
    yield address, remote
    remote.ask("stop")
    remote.close()
    process.communicate(timeout=PATIENCE_S)


def storm(venue: tuple[str, Remote], path: Path, kills: int) -> dict[str, Any]:
    """Kill a trader again and again, after random numbers of steps; let one end, return its books."""
    draws = Random(11)
    for number in range(kills):
        trader = start("tests.engine.execution.storm", venue[0], path, number)
        assert trader.stdout is not None
        assert trader.stdout.readline() == "trading\n", f"life {number} refused to trade"
        trader.stdout.read(draws.randrange(1, STEPS_MAX))
        trader.send_signal(signal.SIGKILL)
        trader.communicate(timeout=PATIENCE_S)
    last = start("tests.engine.execution.storm", venue[0], path, kills, 50)
    out, _ = last.communicate(timeout=PATIENCE_S)
    head, _, rest = out.partition("\n")
    assert head == "trading"
    found: dict[str, Any] = json.loads(rest.lstrip("."))
    return found


def accounted(venue: Remote, path: Path, books: dict[str, Any]) -> None:
    """Hold the trader's books against what the venue remembers."""
    orders = venue.ask("orders")
    records = list(OrderLogReader(path).records())
    ours = {each.fields[0]: each.number for each in records if each.kind == "new"}
    assert set(orders) <= set(ours), "the venue has orders that we do not know of"
    never = {each.number for each in records if each.kind == "reject"}
    assert {ours[client_id] for client_id in set(ours) - set(orders)} <= never, "orders vanished"
    assert venue.ask("duplicates") == 0
    assert books["settled"], books["unexplained"]
    assert books["open"] == [] == [c for c, stated in orders.items() if stated.status == "open"]
    assert books["position"] == str(venue.ask("position", "BTCUSDT"))
    assert books["second_records"] == 0
    fills = [each.fields[0][5] for each in records if each.kind == "fill"]
    assert len(set(fills)) == len(venue.ask("executions"))


def test_a_killed_trader_knows_every_order_that_it_may_have_sent(
    venue: tuple[str, Remote], tmp_path: Path
) -> None:
    """Three lives; the slow test has fifty."""
    books = storm(venue, tmp_path / "orders.db", 3)
    accounted(venue[1], tmp_path / "orders.db", books)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fifty_kills_in_an_order_storm_lose_nothing(venue: tuple[str, Remote], tmp_path: Path) -> None:
    """No order unaccounted for, no duplicate, positions equal to the venue's."""
    books = storm(venue, tmp_path / "orders.db", 50)
    accounted(venue[1], tmp_path / "orders.db", books)
