"""The emergency stop: no good news without an acknowledgement and the venue's word."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.live.stage import NOW_NS, Exchange, MemoryVenue, order, presence

from seatrial.live.emergency import HERE, Patience, stop
from seatrial.live.latch.file import FileChannel
from seatrial.live.latch.state import Ack
from seatrial.live.latch.witness import Witness
from seatrial.live.restart import swept
from seatrial.model.errors import OutsideError
from seatrial.model.live_settings import KillSettings, LiveSettings


def witness(tmp_path: Path) -> Witness:
    """The latch."""
    return Witness(FileChannel(tmp_path / "latch", "main"), "main", tmp_path, lambda: NOW_NS)


def no_time() -> Patience:
    """Give up at once."""
    return Patience(wait_ns=0, now_ns=lambda: 0, pause=lambda _: None)


def ack(**more: object) -> Ack:
    """An answer that confirms."""
    fields = {
        "instance": "run-1",
        "pid": 1,
        "boot_id": "b",
        "host": "h",
        "seq": 1,
        "acked_at_ns": NOW_NS + 40 * 10**6,
        "open_orders_confirmed": 0,
        "confirmed_at_ns": NOW_NS + 90 * 10**6,
    }
    return Ack.model_validate(fields | more)


def test_nobody_there_is_unknown_and_the_latch_is_set(tmp_path: Path) -> None:
    """Without an instance nobody has asked the venue: that is no success."""
    outcome = stop(witness(tmp_path), "stop", no_time())

    assert outcome.exit_code() == 3
    assert witness(tmp_path).look().reason == "stop"


def test_a_silent_instance_is_a_failure(tmp_path: Path) -> None:
    """`emergency-stop` of the earlier system ended with 0 while the bot traded on."""
    one = witness(tmp_path)
    with one.channel.present(presence()):
        outcome = stop(one, "stop", no_time())

    assert outcome.exit_code() == 1
    assert outcome.reasons == ("run-1 has not acknowledged",)
    assert one.look().is_set


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ack(), 0),
        (ack(open_orders_confirmed=2, confirmed_at_ns=None), 1),
        (ack(open_orders_confirmed=0, confirmed_at_ns=None), 1),
        (ack(open_orders_confirmed=None, confirmed_at_ns=None), 1),
        (ack(seq=0), 1),
        (ack(instance="run-2"), 1),
    ],
)
def test_only_a_confirmation_of_this_stop_counts(tmp_path: Path, answer: Ack, code: int) -> None:
    """An old answer, another's answer, an order left: none of them is an answer to this stop."""
    one = witness(tmp_path)
    with one.channel.present(presence()):
        one.channel.acknowledge(answer)
        outcome = stop(one, "stop", no_time())

    assert outcome.exit_code() == code


def test_one_of_two_instances_is_not_enough(tmp_path: Path) -> None:
    """Every running instance has to answer."""
    one = witness(tmp_path)
    with one.channel.present(presence()), one.channel.present(presence("run-2")):
        one.channel.acknowledge(ack())
        outcome = stop(one, "stop", no_time())

    assert outcome.exit_code() == 1
    assert outcome.reasons == ("run-2 has not acknowledged",)
    assert [row["acked_after_ms"] for row in outcome.data["instances"]] == [40, None]


def test_the_lines_say_who_and_when(tmp_path: Path) -> None:
    """The person at the keyboard has seconds to read."""
    one = witness(tmp_path)
    with one.channel.present(presence()):
        one.channel.acknowledge(ack())
        outcome = stop(one, "stop", no_time())

    assert outcome.lines[0].endswith(
        "acknowledged at 2023-11-14T22:13:20Z after 40 ms, zero open orders confirmed"
    )
    assert outcome.lines[-1] == "the latch is set (stop) and 1 of 1 acknowledged with zero open orders"


def test_a_sweep_from_here_confirms_when_nobody_is_there(tmp_path: Path) -> None:
    """The bot was killed and its orders are still there: the person at the keyboard takes them away."""
    exchange = Exchange()
    MemoryVenue(exchange).place(order(1))
    settings = LiveSettings(state=str(tmp_path), kill=KillSettings(settle_ms=1))
    seen: list[bool] = []

    def here(seq: int) -> Ack:
        seen.append(witness(tmp_path).look().is_set)
        return swept(MemoryVenue(exchange), ("BTCUSDT",), settings, (HERE, seq))

    outcome = stop(witness(tmp_path), "stop", no_time(), here)

    assert outcome.exit_code() == 0
    assert seen == [True], "the latch is set before anything is cancelled"
    assert exchange.orders == {}
    assert outcome.data["instances"][0]["instance"] == "this command"


def test_a_sweep_from_here_does_not_excuse_a_silent_instance(tmp_path: Path) -> None:
    """It may place more orders a moment later."""
    one = witness(tmp_path)
    with one.channel.present(presence()):
        outcome = stop(one, "stop", no_time(), lambda seq: ack(instance=HERE, seq=seq))

    assert outcome.exit_code() == 1
    assert outcome.reasons == ("run-1 has not acknowledged",)


def test_a_sweep_that_fails_does_not_hide_that_the_latch_is_set(tmp_path: Path) -> None:
    """No key, no connection: the stop itself has happened."""

    def here(_: int) -> Ack:
        raise OutsideError("no connection")

    outcome = stop(witness(tmp_path), "stop", no_time(), here)

    assert outcome.exit_code() == 1
    assert outcome.reasons[0] == "the sweep from here failed: no connection"
    assert outcome.data["latch"]["set"] is True


def test_it_waits_for_the_venue_s_word_and_not_for_the_acknowledgement_alone(tmp_path: Path) -> None:
    """The acknowledgement comes at once, the last order takes its time."""
    one = witness(tmp_path)
    said = iter([ack(confirmed_at_ns=None, open_orders_confirmed=3), ack(confirmed_at_ns=None), ack()])
    with one.channel.present(presence()):
        patience = Patience(10**9, now_ns=lambda: 0, pause=lambda _: one.channel.acknowledge(next(said)))
        outcome = stop(one, "stop", patience)

    assert outcome.exit_code() == 0
    assert next(said, None) is None


def test_who_starts_meanwhile_has_to_answer_too(tmp_path: Path) -> None:
    """A bot that was starting when the brake was pulled."""
    one, clock = witness(tmp_path), iter(range(100))
    with ExitStack() as stack:
        stack.enter_context(one.channel.present(presence("run-1")))

        def starts(_: float) -> None:
            if len(one.channel.running()) == 1:
                stack.enter_context(one.channel.present(presence("run-2")))

        outcome = stop(one, "stop", Patience(5, now_ns=lambda: next(clock), pause=starts))

    assert {row["instance"] for row in outcome.data["instances"]} == {"run-1", "run-2"}
    assert outcome.exit_code() == 1
