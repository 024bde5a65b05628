"""One instance per account and symbol, held by the kernel."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.live.stage import presence

from seatrial.live.latch.state import Presence
from seatrial.live.single import seated, seats
from seatrial.model.errors import RefusedError


def of(*symbols: str) -> Presence:
    """An instance that trades these."""
    return presence().model_copy(update={"symbols": symbols})


def test_a_symbol_is_traded_by_one_instance(tmp_path: Path) -> None:
    """Two bots on one symbol fight each other, and `already running` ended with 0 under a restart loop."""
    with seated(tmp_path, of("BTCUSDT", "ETHUSDT")):
        said = "ETHUSDT of the account main is traded by another"
        with pytest.raises(RefusedError, match=said) as caught, seated(tmp_path, of("XRPUSDT", "ETHUSDT")):
            pass
        assert caught.value.exit_code == 5
        with seated(tmp_path, of("XRPUSDT")):
            assert {seat.symbol for seat in seats(tmp_path) if seat.pid} == {"BTCUSDT", "ETHUSDT", "XRPUSDT"}
    assert not any(seat.pid for seat in seats(tmp_path))


def test_who_was_refused_keeps_nothing(tmp_path: Path) -> None:
    """A half that stays locked would need a person to find out."""
    both = seated(tmp_path, of("BTCUSDT", "ETHUSDT"))
    with seated(tmp_path, of("ETHUSDT")), pytest.raises(RefusedError), both:
        pass
    with seated(tmp_path, of("BTCUSDT")):
        pass


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    """A lock file that merely exists says nothing."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom tests.live.stage import presence\n"
        "from seatrial.live.single import seated\n"
        "with seated(Path(sys.argv[1]), presence()):\n"
        "    sys.stdout.write('held\\n'); sys.stdout.flush(); sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as child:
        assert child.stdout
        assert child.stdout.readline() == b"held\n"
        assert {seat.pid for seat in seats(tmp_path)} == {child.pid}
        child.kill()
    with seated(tmp_path, presence()):
        pass


def test_a_symbol_with_a_slash_is_a_file_name(tmp_path: Path) -> None:
    """A venue's name of a symbol must not leave the folder."""
    with seated(tmp_path, of("../BTC/USDT")):
        (seat,) = [seat for seat in seats(tmp_path) if seat.pid]
        assert seat.presence is not None
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {tmp_path / "locks"}


def test_one_symbol_twice_is_one_lock(tmp_path: Path) -> None:
    """A profile that names a symbol twice must not lock itself out."""
    with seated(tmp_path, of("BTCUSDT", "BTCUSDT")):
        assert len(seats(tmp_path)) == 1


def test_a_seat_without_its_card_is_still_taken(tmp_path: Path) -> None:
    """The kernel's word counts, not the file beside it."""
    with seated(tmp_path, of("BTCUSDT")):
        (tmp_path / "locks" / "BTCUSDT.json").write_bytes(b"{")
        (seat,) = seats(tmp_path)
        assert replace(seat, pid=0) == replace(seat, pid=0, presence=None)
        assert seat.pid


def test_somebody_who_only_looks_keeps_nobody_out(tmp_path: Path) -> None:
    """A watcher that asks every second must not make a start fail now and then."""
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seats(tmp_path)

    watcher = threading.Thread(target=look, daemon=True)
    with seated(tmp_path, of("BTCUSDT")):
        pass
    watcher.start()
    for _ in range(200):
        with seated(tmp_path, of("BTCUSDT")):
            pass
    done.set()
    watcher.join(10)
