"""A counted run is the recorded run without its record."""

import pytest

from seatrial.engine.session import Session
from seatrial.market.calibration import load
from seatrial.market.synth import SynthFeed
from seatrial.model.profile import Profile
from seatrial.model.tape import join

HOUR_NS = 3_600 * 10**9


@pytest.mark.parametrize("bot", ["joiner", "plain_joiner"])
def test_counting_counts_what_recording_records(bot: str) -> None:
    """A search that trusts the counts must not be told another number than the record would say."""
    feed = SynthFeed(load("demo"), seed=3)
    tape = join(list(feed.window(feed.start_ns, feed.start_ns + HOUR_NS // 4)))
    profile = Profile.model_validate({"bot": {"entry": bot, "params": {"order_qty": "0.01"}}})
    told: list[str] = []
    counts = []
    for emit in (lambda _ts, kind, _fields: told.append(kind), None):
        session = Session(profile, feed.instruments, emit, seed=1, fast=False)
        session.start(feed.start_ns)
        session.advance(tape, int(tape.ts[-1]) + 1)
        counts.append((session.counts.orders, session.counts.fills))

    assert counts[0] == counts[1]
    assert counts[0][1] == told.count("fill") > 0
