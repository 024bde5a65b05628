"""What every kind of place has to do for the latch, whatever it is made of."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.live.stage import NOW_NS, presence

from seatrial.live.latch import CHANNELS
from seatrial.live.latch.channel import Channel, ChannelError, Place
from seatrial.live.latch.state import Ack, Latch
from seatrial.live.latch.witness import Witness
from seatrial.model.errors import RefusedError, UsageError
from seatrial.model.live_settings import LatchSettings

Open = Callable[[], Channel]


@pytest.fixture(params=["file", "redis"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> LatchSettings:
    """Each kind of place."""
    if request.param == "file":
        return LatchSettings(channel="file", place=str(tmp_path / "places"))
    server = request.getfixturevalue("redis_server")
    return LatchSettings(channel="redis", place=server.url)


@pytest.fixture
def another(settings: LatchSettings, tmp_path: Path) -> Iterator[Open]:
    """Opens the place anew, as another process would."""
    made: list[Channel] = []

    def open_() -> Channel:
        made.append(CHANNELS.get(settings.channel)(Place("main", tmp_path / "main", settings)))
        return made[-1]

    yield open_
    for channel in made:
        channel.close()


def witness(another: Open, tmp_path: Path, memory: str = "main") -> Witness:
    """The latch as it has to be taken."""
    return Witness(another(), "main", tmp_path / memory, lambda: NOW_NS)


def ack(seq: int, *, confirmed: bool = False) -> Ack:
    """An instance's answer."""
    return Ack(
        instance="run-1",
        pid=1,
        boot_id="b",
        host="h",
        seq=seq,
        acked_at_ns=NOW_NS,
        open_orders_confirmed=0 if confirmed else None,
        confirmed_at_ns=NOW_NS if confirmed else None,
    )


def test_a_stop_is_seen_by_others_with_its_reason(another: Open, tmp_path: Path) -> None:
    """A flag in one process's memory stopped nobody; a reason under another name was lost on the way."""
    reader = witness(another, tmp_path)
    assert not reader.prepare().is_set

    _, entry = witness(another, tmp_path).set("spread   collapsed\non BTC")

    seen = reader.look()
    assert (seen.is_set, seen.reason) == (True, "spread collapsed on BTC")
    assert entry.by == f"{_me()}@{os.uname().nodename} pid {os.getpid()}"
    assert (entry.set_at_ns, entry.scope) == (NOW_NS, "account")


def _me() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def test_it_survives_the_restart_of_either_side(another: Open, tmp_path: Path) -> None:
    """A control process that restarts with an empty state must not un-stop the bot."""
    witness(another, tmp_path).set("first")

    for _ in range(3):
        fresh = witness(another, tmp_path)
        assert fresh.prepare().reason == "first"


def test_a_second_stop_keeps_the_first_reason(another: Open, tmp_path: Path) -> None:
    """The reason that has to be echoed must not change under the one who reads it."""
    one = witness(another, tmp_path)
    one.set("first")
    latch, entry = witness(another, tmp_path).set("second")

    assert latch.reason == "first"
    assert [made.reason for made in latch.entries] == ["first", "second"]
    assert entry.seq == latch.seq == 2


def test_only_its_reason_clears_it(another: Open, tmp_path: Path) -> None:
    """Who has not read why it was set has no business in clearing it."""
    one = witness(another, tmp_path)
    one.set("loss limit")
    for wrong in ("", "loss", "Loss limit", "loss limit "):
        with pytest.raises(RefusedError, match="echo it exactly: loss limit"):
            one.clear(wrong)
    assert one.look().is_set

    assert not one.clear("loss limit").is_set
    assert not witness(another, tmp_path).look().is_set
    with pytest.raises(RefusedError, match="not set"):
        one.clear("loss limit")


def test_a_stop_without_a_reason_is_refused(another: Open, tmp_path: Path) -> None:
    """It could not be cleared by anybody who wants to know."""
    with pytest.raises(UsageError):
        witness(another, tmp_path).set("  \n ")


def test_a_latch_that_is_gone_or_went_back_is_set(another: Open, tmp_path: Path) -> None:
    """Deleting the file, or losing a database's last second, is not a way to clear it."""
    one = witness(another, tmp_path)
    one.prepare()
    one.set("stop")
    one.clear("stop")
    assert not one.look().is_set

    one.channel.change(lambda _: Latch(account="main", seq=1))

    assert (one.look().is_set, one.look().reason) == (True, "the latch went back to an earlier state")
    assert witness(another, tmp_path).look().is_set, "another process remembers as well"
    one.clear("the latch went back to an earlier state")
    assert not witness(another, tmp_path).look().is_set


def test_a_latch_of_another_account_is_set(another: Open, tmp_path: Path) -> None:
    """A place that two accounts share by mistake says nothing about this one."""
    one = witness(another, tmp_path)
    one.channel.change(lambda _: Latch(account="other"))

    assert one.look().reason == "the latch is that of the account other"


def test_answers_are_kept_by_instance(another: Open) -> None:
    """The one who waits reads what the newest answer of each is."""
    channel = another()
    channel.acknowledge(ack(1))
    channel.acknowledge(ack(2, confirmed=True))

    assert another().acks() == (ack(2, confirmed=True),)
    assert not ack(1).confirms


def test_a_running_instance_is_known_and_an_ended_one_is_not(another: Open) -> None:
    """Who is not known is not waited for, and who has gone is not waited for in vain."""
    channel = another()
    with channel.present(presence()):
        assert another().running() == (presence(),)
    assert another().running() == ()


PROGRAM = """
import os, sys
from pathlib import Path
from tests.live.stage import presence
from seatrial.live.latch import CHANNELS
from seatrial.live.latch.channel import Place
from seatrial.model.live_settings import LatchSettings
settings = LatchSettings.model_validate_json(sys.argv[1])
channel = CHANNELS.get(settings.channel)(Place("main", Path(sys.argv[2]), settings))
with channel.present(presence("run-killed")):
    sys.stdout.write("there\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


def test_a_killed_instance_is_not_waited_for(another: Open, settings: LatchSettings, tmp_path: Path) -> None:
    """What `kill -9` leaves behind must not make every later stop fail."""
    words = [sys.executable, "-c", PROGRAM, settings.model_dump_json(), str(tmp_path / "main")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as child:
        assert child.stdout
        assert child.stdout.readline() == b"there\n"
        assert [one.instance for one in another().running()] == ["run-killed"]
        child.kill()

    assert another().running() == ()


def test_writers_at_once_lose_nothing(another: Open, tmp_path: Path) -> None:
    """Two people pull the brake at the same moment: both reasons are kept."""
    witnesses = [witness(another, tmp_path, memory=f"m{index}") for index in range(4)]
    threads = [
        threading.Thread(target=lambda one=one, index=index: [one.set(f"{index}-{n}") for n in range(5)])
        for index, one in enumerate(witnesses)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    latch = witness(another, tmp_path).look()
    assert latch.seq == 20
    assert len({entry.reason for entry in latch.entries}) == 20


def test_a_place_out_of_reach_says_so(redis_server: object, tmp_path: Path) -> None:
    """Nothing is known from it: the watcher counts, and a stop that cannot be set is exit 4."""
    closed = LatchSettings(channel="redis", place="redis://127.0.0.1:1/0", timeout_ms=100)
    blocked = tmp_path / "file"
    blocked.write_text("a file stands where the folder should be")
    places = (closed, LatchSettings(channel="file", place=str(blocked)))
    for at in places:
        channel = CHANNELS.get(at.channel)(Place("main", tmp_path / "main", at))
        one = Witness(channel, "main", tmp_path / "main", lambda: NOW_NS)
        with pytest.raises(ChannelError) as caught:
            one.set("stop")
        assert caught.value.exit_code == 4
