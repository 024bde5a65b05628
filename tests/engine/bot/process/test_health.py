"""Readiness and health from outside, by files and lines; the clock is an argument."""

import json
import os
from pathlib import Path

import pytest
from tests.engine.bot.process.programs import logbook

from seatrial.engine.bot.process.health import Doctor
from seatrial.model.process import HealthSettings, ReadySettings

START = 1_700_000_000 * 10**9


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now_ns = START

    def __call__(self) -> int:
        """The time."""
        return self.now_ns

    def go(self, seconds: float) -> None:
        """Move on."""
        self.now_ns += round(seconds * 1e9)


def doctor(folder: Path, clock: Clock, ready: ReadySettings | None = None, **health: object) -> Doctor:
    """Somebody who looks at a bot."""
    settings = HealthSettings.model_validate({"checks": 1, **health})
    return Doctor((ready or ReadySettings(), settings), folder, logbook(folder, clock_ns=clock), clock)


def touched(path: Path, at_ns: int, content: str = "") -> None:
    """A file written at a moment."""
    path.write_text(content)
    os.utime(path, ns=(at_ns, at_ns))


def test_ready_is_when_everything_holds(tmp_path: Path) -> None:
    """Counting a start-up as uptime would make every crash loop look like coverage."""
    clock = Clock()
    one = doctor(tmp_path, clock, ReadySettings(file="up", after_s=5))
    touched(tmp_path / "up", START - 60 * 10**9)
    old = one.is_ready()
    touched(tmp_path / "up", START)
    early = one.is_ready()
    clock.go(6)

    assert (old, early, one.is_ready(), one.is_late()) == (False, False, True, False)
    clock.go(60)
    assert one.is_late()


def test_a_heartbeat_grows_old_from_the_start_on(tmp_path: Path) -> None:
    """The file of an earlier start must neither pass for a beat nor condemn a fresh one."""
    clock = Clock()
    touched(tmp_path / "beat", START - 3_600 * 10**9)
    one = doctor(tmp_path, clock, heartbeat_file="beat", heartbeat_max_age_s=10)

    fresh = one.look()
    clock.go(11)
    stale = one.look()
    touched(tmp_path / "beat", clock.now_ns)

    assert (fresh.heartbeat_s, fresh.ill) == (0.0, "")
    assert stale.ill == "no heartbeat for 11 s"
    assert one.look().ill == ""


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_a_bot_that_beats_on_old_data_is_ill(tmp_path: Path, unit: int) -> None:
    """Connected and quoting, on a book from an hour ago: the most expensive way to be alive."""
    clock = Clock()
    one = doctor(tmp_path, clock, heartbeat_file="beat", data_field="feed.last", data_max_age_s=30)
    clock.go(100)
    touched(tmp_path / "beat", clock.now_ns, json.dumps({"feed": {"last": clock.now_ns / 10**9 * unit}}))
    well = one.look()
    touched(
        tmp_path / "beat", clock.now_ns, json.dumps({"feed": {"last": (clock.now_ns / 10**9 - 31) * unit}})
    )

    assert well.ill == ""
    assert one.look().ill == "its data are 31 s old"


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"feed": 3}', '{"feed": {"last": "soon"}}', '{"feed": {"last": true}}']
)
def test_data_that_cannot_be_read_are_as_old_as_the_start(tmp_path: Path, content: str) -> None:
    """A field that was renamed must not switch the check off."""
    clock = Clock()
    one = doctor(tmp_path, clock, heartbeat_file="beat", data_field="feed.last", data_max_age_s=30)
    clock.go(31)
    touched(tmp_path / "beat", clock.now_ns, content)

    assert one.look().ill == "its data are 31 s old"


def test_one_bad_look_is_not_an_illness(tmp_path: Path) -> None:
    """A restart for one late beat would cost more than the lateness."""
    clock = Clock()
    one = doctor(tmp_path, clock, silence_max_s=10, checks=3)
    clock.go(11)

    assert [bool(one.look().ill) for _ in range(3)] == [False, False, True]
