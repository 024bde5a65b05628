"""A market for shadow runs: the small one of the dry run's tests, or a Bybit on real sockets that trades."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.dryrun.fakes import START_NS
from tests.dryrun.market import Market, real_engine
from tests.engine.venue.bybit import Bybit, Fields, serving

from seatrial.dryrun.asking import Ask
from seatrial.dryrun.seams import Seams
from seatrial.model.artifact import Provenance
from seatrial.store.clock import utc_now_ns

PROFILE = """
name: shadow
description: A shadow run of the tests.
market: {{symbols: [BTCUSDT]}}
bot: {{entry: "plain_joiner", timer_ms: 100}}
live:
  state: {state}
  venue: {{url: "{url}", throttle: false, timeout_ms: 2000}}
  book_ms: 20
"""


RECORDED = Provenance(kind="recorded", dataset="small", sha256="0" * 64)


@dataclass
class Recorded(Market):
    """The small market as a recording of 30 s."""

    end_ns: int | None = START_NS + 30 * 10**9
    provenance: Provenance = RECORDED


def seams() -> Seams:
    """Seams with the real engine on the recording."""

    def open_feed(*_: object) -> Recorded:
        return Recorded()

    return replace(real_engine(), open_feed=open_feed)


def replaying(tmp_path: Path, **more: Any) -> Ask:
    """Ask for a replay of the recording, with a state of its own."""
    data = tmp_path / "small"
    data.mkdir(exist_ok=True)
    (data / "dataset.json").write_text("{}", encoding="utf-8")
    sets = (f"live.state={tmp_path / 'state'}", "bot.timer_ms=100", *more.pop("sets", ()))
    given = {
        "mode": "shadow",
        "out": tmp_path / "out",
        "data": data,
        "seed": 5,
        "bot": "plain_joiner",
        "fast": False,
    }
    return Ask(sets=sets, **{**given, **more})


class Trading(Bybit):
    """Trades at the bid with every question about trades, and moves its book a little."""

    def answer(self, method: str, path: str, params: Fields) -> Fields:
        """Answer the one question that the venue of the other tests does not know."""
        if (method, path) != ("GET", "/v5/market/recent-trade"):
            return super().answer(method, path, params)
        number = self.asked.count("/v5/market/recent-trade")
        bid, _ = self.account.book
        now_ms = utc_now_ns() // 10**6
        rows = [
            {
                "execId": f"t{at}", "symbol": params["symbol"], "price": bid, "size": "5.000", "side": "Sell",
                "time": str(now_ms - (number - at)), "isBlockTrade": False,
            }
            for at in range(number, max(0, number - 30), -1)
        ]  # fmt: skip
        return {"category": params.get("category"), "list": rows}


@contextmanager
def venue() -> Iterator[Trading]:
    """Serve the venue while the block runs."""
    with serving(Trading()) as bybit:
        assert isinstance(bybit, Trading)
        yield bybit


def watching(tmp_path: Path, url: str, **more: Any) -> Ask:
    """Ask for a run beside a venue."""
    profile = tmp_path / "profile.yaml"
    profile.write_text(PROFILE.format(state=tmp_path / "state", url=url), encoding="utf-8")
    given = {"mode": "shadow", "out": tmp_path / "out", "profile": str(profile), "fast": False}
    return Ask(**{**given, **more})
