from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest
from tests.judge.watch.voyages import FAULTS, Fault, events

from seatrial.edge_sentinel.sentinel import watch_record, watch_series
from seatrial.judge.stats.draws import Draws
from seatrial.model.errors import InputError
from seatrial.model.outcome import Outcome
from seatrial.store.journal import Journal


def recorded(folder: Path, seed: int, fault: Fault | None = None, hours: int = 72) -> Path:
    """The journal of a soak as a record."""
    folder.mkdir()
    with Journal.create(folder / "journal.jsonl", "VOYAGE") as journal:
        for event in events(seed, fault or Fault(hour=hours), hours=hours, fills=6):
            fields = {key: value for key, value in event.items() if key not in {"ts_ns", "kind", "run_id"}}
            journal.append(event["ts_ns"], event["kind"], fields)
    return folder


def series(path: Path, values: "Sequence[float] | np.ndarray") -> Path:
    """A file of one series, a value a minute."""
    rows = [f"{at * 60},{value!r}" for at, value in enumerate(map(float, values))]
    path.write_text("\n".join(["timestamp,value", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FAULTS)
def test_every_planted_fault_is_caught_with_its_cause_and_its_action(tmp_path: Path, name: str) -> None:
    """A late regression that a whole run's average dilutes, and a name for it."""
    fault, cause, action = FAULTS[name]

    said = watch_record(recorded(tmp_path / "r", 1, fault)).document()

    assert (said["verdict"], said["exit_code"]) == ("FAIL", 1)
    found = next(one for one in said["changes"] if one["cause"] == cause)
    assert found["action"] == action
    assert action in said["advice"]
    if found["kind"] != "drift":
        assert abs(found["index"] - 60) <= 2


def test_the_bad_symbol_is_named_and_its_neighbours_are_not(tmp_path: Path) -> None:
    """The desk is told which one to pause, and first."""
    said = watch_record(recorded(tmp_path / "r", 1, Fault(symbol="CCC", symbol_bps=5.0))).document()

    assert [one["series"] for one in said["changes"] if "[" in one["series"]] == ["net_bps[CCC]"]
    assert said["advice"][0] == "pause_symbol:CCC"


def test_a_clean_soak_is_left_alone(tmp_path: Path) -> None:
    """Nothing changed, and the advice is to hold."""
    said = watch_record(recorded(tmp_path / "r", 1)).document()

    assert (said["verdict"], said["changes"], said["advice"]) == ("PASS", [], ["hold"])


def test_a_short_soak_is_unknown(tmp_path: Path) -> None:
    """Eleven hours cannot show a change; silence about it would be a green light on no evidence."""
    said = watch_record(recorded(tmp_path / "r", 1, hours=11)).document()

    assert (said["verdict"], said["exit_code"]) == ("UNKNOWN", 3)


@pytest.mark.parametrize(("step", "direction"), [(3.0, "up"), (-3.0, "down")])
def test_a_step_is_found_where_it_is(tmp_path: Path, step: float, direction: str) -> None:
    """Index, time and side, in a file of one series."""
    values = Draws(3).normal(300)
    values[200:] += step

    said = watch_series(series(tmp_path / "s.csv", values)).document()

    assert said["verdict"] == "WARN"
    assert [(one["direction"], one["timestamp"]) for one in said["changes"]] == [
        (direction, f"1970-01-01T03:{said['changes'][0]['index'] - 180:02d}:00Z")
    ]
    assert abs(said["changes"][0]["index"] - 200) <= 3


@pytest.mark.parametrize("likeness", [0.0, 0.6])
def test_noise_is_no_change(tmp_path: Path, likeness: float) -> None:
    """Fifteen quiet series, and hardly an alarm, whether their values resemble each other or not."""
    found = 0
    for seed in range(15):
        path = series(tmp_path / "s.csv", Draws(seed).autoregressive(300, likeness))
        found += watch_series(path).verdict == "WARN"

    assert found <= 2


def test_a_day_s_rhythm_is_no_change_and_its_break_is(tmp_path: Path) -> None:
    """A wave that repeats forty times is what is usual; the day without it is not."""
    place = np.arange(40 * 48)
    values = 10 * np.sin(2 * np.pi * place / 48) + Draws(1).normal(len(place)) / 5

    calm = watch_series(series(tmp_path / "a.csv", values))
    values[30 * 48 : 31 * 48] = 10.0
    broken = watch_series(series(tmp_path / "b.csv", values)).document()

    assert calm.verdict == "PASS"
    assert any(abs(one["index"] - 30 * 48) <= 48 for one in broken["changes"])


def online(path: Path, run_length: float = 1_000.0) -> Outcome:
    """Watch a file as a live watch would."""
    return watch_series(path, online=True, run_length=run_length)


def test_online_a_step_is_seen_soon_after_it_and_the_run_length_is_said(tmp_path: Path) -> None:
    """One value at a time: late by a few values, never early."""
    values = Draws(3).normal(300)
    values[200:] += 3.0

    said = online(series(tmp_path / "s.csv", values)).document()

    assert 200 <= said["changes"][0]["index"] <= 206
    assert 198 <= said["changes"][0]["since"] <= 201
    assert said["method"]["run_length"] == 1_000.0
    assert said["method"]["h"] > 5


def test_online_false_alarms_come_about_as_seldom_as_stated(tmp_path: Path) -> None:
    """Forty series of a thousand values at a run length of ten thousand, of any level and dependence."""
    alarms = 0
    for seed in range(40):
        values = 1_000.0 * (seed % 3) + Draws(seed).autoregressive(1_000, 0.5 * (seed % 2))
        path = series(tmp_path / "s.csv", values)
        alarms += len(online(path, 10_000.0).data["changes"])

    assert alarms <= 8


@pytest.mark.parametrize("count", [0, 5])
def test_too_few_values_are_unknown(tmp_path: Path, count: int) -> None:
    """An empty file has no change in it, and is no evidence of that."""
    assert watch_series(series(tmp_path / "s.csv", [1.0] * count)).verdict == "UNKNOWN"


def test_a_constant_series_has_no_change(tmp_path: Path) -> None:
    """Nothing to divide by, nothing to say."""
    path = series(tmp_path / "s.csv", [2.5] * 200)

    assert (watch_series(path).verdict, online(path).verdict) == ("PASS", "PASS")


def test_missing_values_are_left_out_and_a_missing_column_is_an_error(tmp_path: Path) -> None:
    """A gap is no zero; a file of something else is no series."""
    gaps, other = tmp_path / "gaps.csv", tmp_path / "other.csv"
    gaps.write_text("timestamp,value\n0,1\n60,\n120,nan\n180,2\n", encoding="utf-8")
    other.write_text("timestamp,price\n0,1\n", encoding="utf-8")

    assert watch_series(gaps).data["n"] == 2
    with pytest.raises(InputError, match="missing"):
        watch_series(other)


def test_the_document_is_plain_json(tmp_path: Path) -> None:
    """A number of numpy's is not one of JSON's."""
    values = Draws(3).normal(300)
    values[200:] += 3.0

    assert orjson.dumps(watch_series(series(tmp_path / "s.csv", values)).document())


def test_a_record_is_watched_online_too(tmp_path: Path) -> None:
    """Hour by hour: late by some hours, with the same cause, and a clean soak raises nothing."""
    bad = recorded(tmp_path / "bad", 1, Fault(latency_ms=60.0))
    good = recorded(tmp_path / "good", 1)

    said = watch_record(bad, online=True, run_length=1_000.0).document()

    assert (said["verdict"], said["changes"][0]["cause"]) == ("FAIL", "answers to orders come later")
    assert 60 <= said["changes"][0]["index"] <= 66
    assert watch_record(good, online=True, run_length=1_000.0).verdict == "PASS"
    assert watch_record(recorded(tmp_path / "short", 1, hours=20), online=True).verdict == "UNKNOWN"
