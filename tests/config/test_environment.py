"""The one door to the process environment."""

from pathlib import Path

import pytest

from seatrial.config import environment
from seatrial.model.errors import UsageError


@pytest.mark.parametrize("name", ["SEATRIAL_FREEZE_UTC_ISO", "MM_FREEZE_UTC_ISO"])
@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-01-31T00:00:00Z", 1_769_817_600_000_000_000),
        ("2026-01-31T00:00:00", 1_769_817_600_000_000_000),
        ("2026-01-31T02:00:00+02:00", 1_769_817_600_000_000_000),
        ("2026-01-31T00:00:00.000001Z", 1_769_817_600_000_001_000),
        ("2026-01-31", 1_769_817_600_000_000_000),
    ],
)
def test_time_can_be_frozen(name: str, text: str, ns: int) -> None:
    """Goldens carry a date; it must be the one that was asked for, to the nanosecond."""
    assert environment.frozen_ns({name: text}) == ns


def test_time_runs_unless_it_is_frozen() -> None:
    """A default date would put a false stamp on every report."""
    assert environment.frozen_ns({}) is None
    assert environment.frozen_ns({"SEATRIAL_FREEZE_UTC_ISO": ""}) is None


def test_our_own_name_wins_over_the_older_one() -> None:
    """Both are set where an older suite runs beside this one."""
    env = {"MM_FREEZE_UTC_ISO": "1970-01-02", "SEATRIAL_FREEZE_UTC_ISO": "1970-01-01"}

    assert environment.frozen_ns(env) == 0


@pytest.mark.parametrize(
    "text", ["yesterday", "1", "2026-13-01", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+23:00"]
)
def test_a_bad_frozen_time_is_an_error(text: str) -> None:
    """Ignored, it would let a golden carry the wall clock."""
    with pytest.raises(UsageError, match="SEATRIAL_FREEZE_UTC_ISO") as caught:
        environment.frozen_ns({"SEATRIAL_FREEZE_UTC_ISO": text})

    assert caught.value.exit_code == 2


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands ask without an argument; the real environment answers."""
    monkeypatch.setenv("SEATRIAL_FREEZE_UTC_ISO", "1970-01-01T00:00:01Z")
    monkeypatch.setenv("SEATRIAL_DATA", "somewhere")
    monkeypatch.setenv("NO_COLOR", "1")

    assert environment.frozen_ns() == 10**9
    assert environment.data_folder() == Path("somewhere")
    assert environment.no_color()


def test_what_is_not_set_is_not_there() -> None:
    """An empty SEATRIAL_DATA is no folder, an empty NO_COLOR no wish."""
    assert environment.data_folder({"SEATRIAL_DATA": ""}) is None
    assert not environment.no_color({"NO_COLOR": ""})


def test_overrides_come_in_a_fixed_order() -> None:
    """The older form first, so that the newer one wins whatever the shell's order."""
    env = {
        "SEATRIAL_SEED": "1",
        "SOAK_ITERATIONS": "2",
        "PATH": "x",
        "SEATRIAL_DATA": "y",
        "SEATRIAL_NAME": "z",
    }

    assert list(environment.overrides(env)) == ["SOAK_ITERATIONS", "SEATRIAL_NAME", "SEATRIAL_SEED"]
