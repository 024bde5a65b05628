"""A soak in real time with real processes, on a clock that runs faster than they do."""

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engine.bot.process.programs import CALM, DIES, FAMILY, python, until
from tests.engine.bot.process.test_health import Clock

from seatrial.dryrun.asking import Ask, resolve
from seatrial.dryrun.seams import Seams
from seatrial.engine.bot.process.sweep import left_behind
from seatrial.judge.history import History
from seatrial.model.errors import OutsideError, RefusedError, UsageError
from seatrial.model.outcome import Outcome
from seatrial.model.verdict import Verdict
from seatrial.soak.run import run as soak
from seatrial.soak.wall.run import Doors, resume, run
from seatrial.soak.wall.served import Berth, Served, started
from seatrial.store.lock import held
from seatrial.store.manifest import read_manifest
from seatrial.store.record import open_record
from seatrial.store.verify import verify

COVERAGE = '[{"kpi": "coverage_ratio", "at_least": {"hard": 0.3}, "window": "whole"}]'


class Fast(Clock):
    """A clock that is fifty times as fast as the processes that it times."""

    def __init__(self, at: dict[float, Callable[[], object]] | None = None) -> None:
        super().__init__()
        self._never, self._at = threading.Event(), dict(at or {})
        self._since = self.now_ns

    def rest(self, seconds: float) -> None:
        """Let real processes run a little, and do what is due."""
        self._never.wait(seconds / 50)
        self.go(seconds)
        for due in [due for due in self._at if self.now_ns - self._since >= due * 1e9]:
            self._at.pop(due)()


def doors(clock: Fast, **others: Any) -> Doors:
    """The doors of a soak on that clock."""
    return Doors(seams=replace(Seams(), utc_now_ns=clock), rest=clock.rest, **others)


def ask(out: Path, code: str, *sets: str, iterations: int = 3) -> Ask:
    """A soak of a program: windows of twenty seconds."""
    settings = (
        "soak.clock=wall", "soak.window_s=20", f"soak.iterations={iterations}", "soak.warmup_iterations=1",
        f"bot.command={json.dumps(python(code))}", 'bot.process.ready={"line": "ready"}', f"gates={COVERAGE}",
        "bot.process.sample_s=5", *sets,
    )  # fmt: skip
    return Ask(mode="soak", sets=settings, out=out, command=("soak", "run"))


def soaked(out: Path, clock: Fast, code: str, *sets: str, **others: Any) -> Outcome:
    """What such a soak comes to."""
    wanted = ask(out, code, *sets)
    return run(wanted, resolve(wanted), doors=doors(clock, **others))


def journal_of(outcome: Outcome) -> list[dict[str, Any]]:
    """The events of the record."""
    text = (Path(outcome.data["record"]) / "journal.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def alerts(outcome: Outcome) -> list[str]:
    """What happened to the bot."""
    told = [event["alert"] for event in journal_of(outcome) if event["kind"] == "alert"]
    return [name.removeprefix("bot.") for name in told]


def test_a_bot_that_stays_is_covered_measured_and_passed(tmp_path: Path) -> None:
    """The whole way: started, watched, measured, stopped, judged, and nothing left."""
    outcome = soaked(tmp_path, Fast(), FAMILY)
    record = Path(outcome.data["record"])
    last = journal_of(outcome)[-1]

    assert outcome.verdict is Verdict.PASS
    assert outcome.data["iterations"] == 3
    assert alerts(outcome) == ["started", "ready", "ended"]
    assert last["covered_ns"] + sum(last["missing_ns"].values()) == last["planned_ns"] == 60 * 10**9
    assert set(last["missing_ns"]) == {"bot_starting"} | (set(last["missing_ns"]) & {"bot_down"})
    assert verify(record / "journal.jsonl") == []
    rows = History.read(record).resources
    assert len(rows) > 5
    assert all(row["rss_bytes"] > 1e6 and row["children"] >= 1 for row in rows[-3:])
    assert b"ready" in (record / "bot.log").read_bytes()
    assert left_behind(record.name) == []
    assert not (record / "checkpoint.json").exists()


def test_a_crash_loop_ends_in_fail_and_its_gaps_are_told(tmp_path: Path) -> None:
    """Given up is a verdict about the bot, and the hours that it was down are named."""
    outcome = soaked(tmp_path, Fast(), DIES, 'bot.process.restart={"most": 2, "wait_s": 5}')
    gaps = [event for event in journal_of(outcome) if event["kind"] == "gap"]

    assert outcome.verdict is Verdict.FAIL
    assert any("a guard stopped the run" in reason for reason in outcome.reasons)
    assert alerts(outcome).count("started") == 3
    assert alerts(outcome)[-1] == "given_up"
    assert {gap["cause"] for gap in gaps} <= {"bot_starting", "bot_down", "bot_given_up"}
    assert "bot_down" in {gap["cause"] for gap in gaps}


def test_a_bot_that_cannot_be_started_is_exit_4(tmp_path: Path) -> None:
    """A typo in the command line is no verdict about the bot."""
    with pytest.raises(OutsideError, match="cannot be started"):
        soaked(tmp_path, Fast(), "", 'bot.command=["/no/such/bot"]')

    record = open_record(tmp_path / "soak" / "latest")
    assert read_manifest(record.manifest).exit_code == 4


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    """Two instances of one soak would trade the same account."""
    caught: list[RefusedError] = []

    def again() -> None:
        with pytest.raises(RefusedError) as error:
            soaked(tmp_path, Fast(), CALM)
        caught.append(error.value)

    soaked(tmp_path, Fast({20: again}), CALM)

    assert caught[0].exit_code == 5
    assert (
        len([path for path in (tmp_path / "soak").iterdir() if path.is_dir() and not path.is_symlink()]) == 1
    )


def test_secrets_reach_the_bot_and_nothing_else(tmp_path: Path) -> None:
    """The record is what people send around."""
    code = "import os\nprint('ready', os.environ['API_SECRET'], flush=True)\n" + CALM
    outcome = soaked(tmp_path, Fast(), code, 'bot.process.env={"API_SECRET": "hunter2hunter2", "URL": "u"}')
    record = Path(outcome.data["record"])

    assert b"ready ***" in (record / "bot.log").read_bytes()
    for path in record.rglob("*"):
        if path.is_file():
            assert b"hunter2" not in path.read_bytes(), path.name
    assert read_manifest(record / "run.json").config["bot"]["process"]["env"] == {
        "API_SECRET": "***",
        "URL": "u",
    }


class Killed(BaseException):
    """What a `kill -9` is to a test in one process: nothing after it runs but the locks' release."""


def test_a_killed_soak_goes_on_and_its_absence_is_a_gap(tmp_path: Path) -> None:
    """A machine that reboots in the third night must not cost the first two."""

    def die() -> None:
        raise Killed

    with contextlib.suppress(Killed):
        soaked(tmp_path, Fast({30: die}), CALM)
    record = open_record(tmp_path / "soak" / "latest")
    place = json.loads(record.checkpoint.read_bytes())
    clock = Fast()
    clock.go(40)

    outcome = resume(record, read_manifest(record.manifest), doors=doors(clock))
    last = journal_of(outcome)[-1]

    assert place["iteration"] == 1
    assert outcome.verdict is Verdict.PASS
    assert last["covered_ns"] + sum(last["missing_ns"].values()) == 60 * 10**9
    assert last["missing_ns"]["suite_down"] >= 5 * 10**9
    assert outcome.data["iterations"] == 3
    assert verify(record.journal) == []
    again = resume(record, read_manifest(record.manifest), doors=doors(Fast()))
    assert (again.verdict, again.data["kpis"]) == (outcome.verdict, outcome.data["kpis"])


def test_a_soak_that_is_resumed_after_its_end_is_judged_on_what_there_is(tmp_path: Path) -> None:
    """Back on Monday: the plan is over, and most of it was not covered."""

    def die() -> None:
        raise Killed

    with contextlib.suppress(Killed):
        soaked(tmp_path, Fast({10: die}), CALM)
    record = open_record(tmp_path / "soak" / "latest")
    clock = Fast()
    clock.go(10_000)

    outcome = resume(record, read_manifest(record.manifest), doors=doors(clock))

    assert outcome.verdict is Verdict.FAIL
    assert outcome.data["iterations"] == 3
    assert (
        "started" not in alerts(outcome)[alerts(outcome).index("resumed") :]
        if "resumed" in alerts(outcome)
        else True
    )


def test_a_suite_that_stood_still_covered_nothing(tmp_path: Path) -> None:
    """A laptop that slept for an hour watched nothing for an hour."""
    clock = Fast()
    clock._at[15] = lambda: clock.go(35)

    outcome = soaked(tmp_path, clock, CALM)

    assert journal_of(outcome)[-1]["missing_ns"]["suite_stalled"] >= 35 * 10**9


EXCHANGE = """
import json, sys, time
said = {"rest": "http://127.0.0.1:9", "ws_public": {"linear": "ws://127.0.0.1:9"}, "record": None}
print(json.dumps(said), flush=True)
while True: time.sleep(0.05)
"""


def test_the_addresses_of_the_exchange_reach_the_bot(tmp_path: Path) -> None:
    """Pointing the base URL is all that a team should have to change."""
    berths: list[Berth] = []

    def serve(berth: Berth) -> Served:
        berths.append(berth)
        return started(python(EXCHANGE), berth, {"api_key": "k", "api_secret": "s"})

    code = "import os\nprint('ready', os.environ['URL'], os.environ['WS'], flush=True)\n" + CALM
    env = '{"URL": "{rest}/v5", "WS": "{ws_public_linear}"}'

    outcome = soaked(tmp_path, Fast(), code, f"bot.process.env={env}", serve=serve)

    record = Path(outcome.data["record"])
    assert b"ready http://127.0.0.1:9/v5 ws://127.0.0.1:9" in (record / "bot.log").read_bytes()
    assert (berths[0].folder, left_behind(record.name)) == (record, [])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('no json', flush=True)", "no json"),
        ("import sys; sys.exit(4)", "exit code 4"),
    ],
)
def test_an_exchange_that_does_not_start_is_the_outsides_fault(tmp_path: Path, code: str, said: str) -> None:
    """The bot was not even tried: that must not read as its failure."""

    def serve(berth: Berth) -> Served:
        return started(python(code), berth, {})

    with pytest.raises(OutsideError, match=said):
        soaked(tmp_path, Fast(), CALM, 'bot.process.env={"URL": "{rest}"}', serve=serve)


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        (("bot.command=[]",), "needs a bot of its own process"),
        (("bot.process.cwd=/no/such/folder",), "no such folder"),
        (('bot.process.pass_env=["NO_SUCH_VARIABLE"]',), "NO_SUCH_VARIABLE is not set"),
        (('bot.process.env={"A": "{ws_public_moon}"}',), "no address"),
        (('gates=[{"kpi": "nothing", "at_most": {"hard": 1}}]',), "no kpi"),
    ],
)
def test_settings_that_make_no_sense_leave_nothing_behind(
    tmp_path: Path, sets: tuple[str, ...], said: str
) -> None:
    """Nothing may be started, and no record made, of what cannot work."""
    with pytest.raises(UsageError, match=said):
        soaked(tmp_path, Fast(), CALM, *sets)

    assert not (tmp_path / "soak" / "latest").exists()


def test_a_command_line_needs_real_time(tmp_path: Path) -> None:
    """A program of its own cannot be hurried, so a virtual clock would time something else."""
    wanted = Ask(mode="soak", sets=(f"bot.command={json.dumps([sys.executable])}",), out=tmp_path)

    with pytest.raises(UsageError, match="lives in real time"):
        soak(wanted)


def test_the_lock_of_a_record_is_respected(tmp_path: Path) -> None:
    """Whoever resumes a record that is being written would cut its journal."""

    def die() -> None:
        raise Killed

    with contextlib.suppress(Killed):
        soaked(tmp_path, Fast({10: die}), CALM)
    record = open_record(tmp_path / "soak" / "latest")

    with held(record.lock), pytest.raises(RefusedError):
        resume(record, read_manifest(record.manifest), doors=doors(Fast()))


def cli(*words: object) -> "subprocess.Popen[str]":
    """The program as its users run it."""
    command = [sys.executable, "-m", "seatrial", *map(str, words), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_command_leaves_no_orphan_and_a_readable_record(tmp_path: Path, number: int) -> None:
    """In real time, with the real command: killed it goes on, asked it ends with exit code 130."""
    wanted = ask(tmp_path, FAMILY, "soak.window_s=4")
    words = [word for text in wanted.sets for word in ("--set", text)]
    suite = cli("soak", "run", "--out", tmp_path, *words)
    latest = tmp_path / "soak" / "latest"
    until(lambda: latest.exists() and (latest / "bot.log").exists() and (latest / "checkpoint.json").exists())
    record = open_record(latest)
    until(lambda: len(left_behind(record.run_id)) >= 4)

    suite.send_signal(number)
    out, err = suite.communicate(timeout=60)

    until(lambda: left_behind(record.run_id) == [])
    if number != signal.SIGKILL:
        assert suite.returncode == 130, out + err
        return
    going = cli("soak", "resume", record.path)
    out, err = going.communicate(timeout=60)
    answer = json.loads(out)
    assert going.returncode == answer["exit_code"], err
    assert answer["iterations"] == 3
    assert left_behind(record.run_id) == []
    assert verify(record.journal) == []
    last = json.loads(record.journal.read_text().splitlines()[-1])
    assert last["missing_ns"]["suite_down"] > 0
    assert last["covered_ns"] + sum(last["missing_ns"].values()) == last["planned_ns"]


class Day(Fast):
    """A clock on which half a day goes by while a process lives for a few seconds."""

    def rest(self, seconds: float) -> None:
        """Twenty seconds for every four milliseconds: as long a step as still counts as watching."""
        self._never.wait(0.004)
        self.go(20)


LEAKS = """
import time
print('ready', flush=True)
held = []
while True:
    held.append(bytearray({bytes}))
    for at in range(0, len(held[-1]), 4096): held[-1][at] = 1
    time.sleep(0.02)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "verdict"), [(0, Verdict.PASS), (200_000, Verdict.FAIL)])
def test_half_a_day_tells_a_leaking_bot_from_a_calm_one(
    tmp_path: Path, leak: int, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way from a process that grows to a release that is stopped."""
    # On this clock it would write its checkpoint with every step, and the disk would take the time.
    monkeypatch.setattr("seatrial.soak.wall.watch.BEAT_S", 3_600.0)
    gates = '[{"kpi": "rss_leak_ratio", "at_most": {"hard": 1.0}, "window": "whole"}]'
    ready = 'bot.process.ready={"line": "ready", "timeout_s": 40000}'
    sets = (ready, "soak.window_s=12600", "soak.iterations=4", "bot.process.sample_s=120", f"gates={gates}")

    wanted = ask(tmp_path, LEAKS.format(bytes=leak), *sets)
    outcome = run(wanted, resolve(wanted), doors=doors(Day()))

    told = json.loads((Path(outcome.data["record"]) / "RESOURCES.json").read_bytes())
    assert outcome.verdict is verdict, outcome.reasons
    assert told["leaks"]["rss"]["verdict"] == ("leak" if leak else "ok")
    assert told["leaks"]["fds"]["verdict"] == "ok"
    assert (told["attribution"] is None) == (not leak)
