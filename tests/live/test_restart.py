"""A start under a set latch: swept, answered, refused."""

from pathlib import Path

import pytest
from tests.live.stage import NOW_NS, Exchange, MemoryVenue, order, presence

from seatrial.live.latch.file import FileChannel
from seatrial.live.latch.witness import Witness
from seatrial.live.restart import refuse_if_stopped
from seatrial.model.errors import RefusedError
from seatrial.model.live_settings import KillSettings, LiveSettings


def account(tmp_path: Path) -> tuple[Witness, LiveSettings]:
    """An account's latch and settings."""
    kill = KillSettings(settle_ms=1, backoff_ms=1, backoff_max_ms=2)
    witness = Witness(FileChannel(tmp_path / "latch", "main"), "main", tmp_path, lambda: NOW_NS)
    return witness, LiveSettings(state=str(tmp_path), kill=kill, stop_s=0.3)


def test_an_unset_latch_lets_it_start_and_is_there_afterwards(tmp_path: Path) -> None:
    """From the first run on, a latch that is gone is a latch that is set."""
    witness, settings = account(tmp_path)
    refuse_if_stopped(witness, MemoryVenue(Exchange()), presence(), settings, lambda _: None)

    Path(witness.channel.where).unlink()
    with pytest.raises(RefusedError, match="the latch is gone"):
        refuse_if_stopped(witness, MemoryVenue(Exchange()), presence(), settings, lambda _: None)


def test_what_a_dead_process_left_is_swept_and_answered(tmp_path: Path) -> None:
    """The stop came, and the bot was killed before it could cancel."""
    witness, settings = account(tmp_path)
    exchange = Exchange()
    MemoryVenue(exchange).place(order(1))
    _, entry = witness.set("stop")

    with pytest.raises(RefusedError, match="stop; zero open orders are confirmed"):
        refuse_if_stopped(witness, MemoryVenue(exchange), presence(), settings, lambda _: None)

    (ack,) = witness.channel.acks()
    assert (ack.seq, ack.confirms) == (entry.seq, True)
    assert exchange.orders == {}


def test_a_sweep_that_could_not_confirm_is_not_called_one(tmp_path: Path) -> None:
    """The venue is down: the refusal says that the orders may be there."""
    witness, settings = account(tmp_path)
    witness.set("stop")

    with pytest.raises(RefusedError, match="NOT confirmed"):
        refuse_if_stopped(witness, MemoryVenue(Exchange(complete=False)), presence(), settings)
    assert not witness.channel.acks()[0].confirms
