"""What every bundled bot must be able to do: start, trade a small market, and go on from a save."""

import pytest
from tests.engine.stage import BUY, SELL, Played, Row, book, instrument, play, printed, profile

from seatrial.engine.bot import BOTS
from seatrial.engine.bot.loading import load_bot
from seatrial.engine.bot.strategy import Strategy

LIVELY = profile(bot_ms=100, latency={"out_ms": 2, "back_ms": 3}, fees={"maker_bps": 2, "taker_bps": 5})
SMALL = instrument(tick_size="0.1", lot_size="0.001")


def market() -> list[Row]:
    """Thirty seconds of a market that moves by a tick and trades through the touch."""
    rows: list[Row] = []
    for k in range(300):
        middle = 100_000 + (k * 7 % 13) - 6
        rows += book(100 * k, {middle - 1: 40, middle - 9: 90}, {middle + 1: 50, middle + 9: 90})
        rows.append(printed(100 * k + 50, BUY if k % 2 else SELL, middle + (40 if k % 2 else -40), 500))
    return rows


def sail(name: str, **more: object) -> Played:
    return play(market(), load_bot(name, {}), settings=LIVELY, instruments=(SMALL,), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BOTS.names())
def test_a_bot_starts_and_acts(name: str) -> None:
    """With no argument at all, on any market that has two sides."""
    played = sail(name)

    assert isinstance(played.bot, Strategy)
    assert played.session.counts.orders > 0
    assert played.of("decision")


@pytest.mark.parametrize("name", BOTS.names())
def test_a_bot_goes_on_from_a_save(name: str) -> None:
    """Killed and resumed at any tape, the run ends in the same journal."""
    rows = len(market())

    assert sail(name, cuts=[rows // 3, rows // 2, rows - 1], saves=True).text == sail(name).text


@pytest.mark.parametrize("name", BOTS.names())
def test_a_bot_says_what_it_is(name: str) -> None:
    """Listings show the first line of its docstring."""
    assert (BOTS.get(name).__doc__ or "").strip()
