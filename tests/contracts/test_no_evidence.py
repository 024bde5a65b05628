"""No evidence is never a pass: whatever is missing, the answer is UNKNOWN or an error, and says so."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.contracts.stage import Stage, props, stage

from seatrial.cli import run as cli
from seatrial.store.journal import read
from seatrial.store.manifest import read_manifest

__all__ = ["props", "stage"]

FINISHED = "out/soak/finished"
BROKEN = "out/soak/broken"
RUN = "--data market --window 30s --no-fast"
# Gates that any run meets, so that only the lack of evidence can keep it from passing.
EASY = "gates:\n  - {kpi: net_bps, at_least: {hard: -10000}}\n"
GENEROUS = (
    "gates:\n"
    "  - {kpi: coverage_ratio, at_least: {hard: 0}, window: whole}\n"
    "  - {kpi: uptime_ratio, at_least: {hard: 0}, window: whole}\n"
)

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
def answer(stage: Stage, capfd: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs words with --json and returns exit code and document."""

    def run(words: str) -> Answer:
        capfd.readouterr()
        code = cli([*words.split(), "--json"])
        document = orjson.loads(capfd.readouterr().out)
        assert code == document["exit_code"]
        return code, document

    return run


def test_a_run_with_these_gates_can_pass(stage: Stage, answer: Any) -> None:
    """Without this, everything below could be UNKNOWN for no reason at all."""
    stage.text("easy.yaml", GENEROUS)

    code, document = answer(f"dryrun run {RUN} --profile easy.yaml")

    assert (code, document["verdict"]) == (0, "PASS")


def test_no_fills_are_no_edge(stage: Stage, answer: Any) -> None:
    """A bot that did nothing lost nothing; that is not a merit."""
    stage.text("easy.yaml", EASY)

    code, document = answer(f"dryrun run {RUN} --profile easy.yaml --bot bots:Good")

    assert (code, document["verdict"], document["fills"]) == (3, "UNKNOWN", 0)
    assert document["kpis"]["net_bps"] is None
    assert any("net_bps" in reason for reason in document["reasons"])


@pytest.mark.parametrize("verb", ["dryrun run --window 30s", "soak run --window 10s --iterations 3"])
def test_no_gates_are_no_judgement(verb: str, stage: Stage, answer: Any) -> None:
    """A profile that lost its gates must not release anything."""
    stage.text("none.yaml", "gates: []\n")

    code, document = answer(f"{verb} --data market --no-fast --profile none.yaml")

    assert (code, document["verdict"]) == (3, "UNKNOWN")
    assert any("gate" in reason for reason in document["reasons"])


def test_gates_that_only_report_are_no_judgement(stage: Stage, answer: Any) -> None:
    """A list of gates none of which counts is an empty list in disguise."""
    stage.text("shy.yaml", GENEROUS.replace("whole}", "whole, report_only: true}"))

    code, document = answer(f"dryrun run {RUN} --profile shy.yaml")

    assert (code, document["verdict"]) == (3, "UNKNOWN")


@pytest.mark.parametrize(
    "text",
    [
        "gate:\n  - {kpi: net_bps, at_least: {hard: 2}}\n",
        "gates:\n  - {kpi: net_bsp, at_least: {hard: 2}}\n",
        "gates:\n  - {kpi: net_bps, atleast: {hard: 2}}\n",
        "gates:\n  - {kpi: net_bps, at_least: {hrad: 2}}\n",
        "gates:\n  - {kpi: net_bps, at_least: {}}\n",
        "gates: {kpi: net_bps, at_least: {hard: 2}}\n",
        "gates: null\n",
    ],
)
@pytest.mark.parametrize(
    "words", [f"dryrun run {RUN}", "soak run --data market", f"gate check {FINISHED}", "gate selftest"]
)
def test_misspelt_gates_are_an_error(text: str, words: str, stage: Stage, answer: Any) -> None:
    """A gate that nobody understood would never fail."""
    stage.text("bad.yaml", text)

    code, document = answer(f"{words} --profile bad.yaml")

    assert (code, document["schema"]) == (2, "seatrial.error/1")


def test_too_few_samples_are_unknown(stage: Stage, answer: Any) -> None:
    """One lucky fill is no statistic."""
    stage.text("many.yaml", GENEROUS.replace("window: whole}", "window: whole, min_samples: 100000}"))

    code, document = answer(f"dryrun run {RUN} --profile many.yaml")

    assert (code, document["verdict"]) == (3, "UNKNOWN")
    assert any("100000" in reason for reason in document["reasons"])


def test_old_samples_are_unknown(stage: Stage, answer: Any) -> None:
    """A bot that earned its edge in the first minutes and then slept has none now."""
    stage.text("fresh.yaml", "gates:\n  - {kpi: risk_ratio, at_most: {hard: 1}, max_age_s: 0.001}\n")

    code, document = answer(f"dryrun run {RUN} --profile fresh.yaml --set bot.params.refresh_ms=20000")

    assert (code, document["verdict"]) == (3, "UNKNOWN")


def test_an_unknown_among_passes_is_unknown(stage: Stage, answer: Any) -> None:
    """The worst counts, and not knowing is worse than a warning."""
    stage.text("mixed.yaml", GENEROUS + "  - {kpi: net_bps, at_least: {hard: -10000}}\n")

    code, document = answer(f"dryrun run {RUN} --profile mixed.yaml --bot bots:Good")

    assert (code, document["verdict"]) == (3, "UNKNOWN")


def test_strictness_does_not_turn_unknown_into_anything_else(stage: Stage, answer: Any) -> None:
    """UNKNOWN has its own exit code, so that a pipeline can tell it from a failure."""
    stage.text("none.yaml", "gates: []\n")

    code, document = answer(f"dryrun run {RUN} --profile none.yaml --strict")

    assert code in {1, 3}
    assert document["verdict"] == "UNKNOWN"


# --- records that lack something -----------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n", '{"seq":1,"ts_ns":17213470'])
def test_a_journal_without_a_line_is_unknown(content: str, stage: Stage, answer: Any) -> None:
    """The folder is there, the run is not."""
    stage.text("easy.yaml", GENEROUS)
    stage.text(f"{FINISHED}/journal.jsonl", content)

    code, document = answer(f"gate check {FINISHED} --profile easy.yaml")

    assert (code, document.get("verdict")) in {(3, "UNKNOWN"), (2, None)}


def test_a_journal_with_a_torn_tail_is_not_a_pass(stage: Stage, answer: Any) -> None:
    """The end of the run is missing: whatever came then is not known."""
    stage.text("easy.yaml", GENEROUS)
    stage.cut(f"{FINISHED}/journal.jsonl", 0.7)

    code, document = answer(f"gate check {FINISHED} --profile easy.yaml")

    assert (code, document["verdict"]) == (3, "UNKNOWN")


def test_a_run_that_broke_off_is_not_a_pass(stage: Stage, answer: Any) -> None:
    """Its bot raised before the plan was done."""
    stage.text("easy.yaml", GENEROUS)

    code, document = answer(f"gate check {BROKEN} --profile easy.yaml")

    assert (code, document["verdict"]) == (3, "UNKNOWN")
    assert read_manifest(stage.path / BROKEN / "run.json").verdict is None


def test_the_same_record_whole_is_a_pass(stage: Stage, answer: Any) -> None:
    """The counterpart of the three above."""
    stage.text("easy.yaml", GENEROUS)

    assert answer(f"gate check {FINISHED} --profile easy.yaml")[0] == 0


def test_an_edited_verdict_does_not_pass_a_check(stage: Stage, answer: Any) -> None:
    """Judging reads what happened, not what somebody wrote about it."""
    before = answer(f"gate check {FINISHED}")
    for name in ("verdict.json", "KPI_GATE.json", "run.json"):
        text = (stage.path / FINISHED / name).read_text()
        (stage.path / FINISHED / name).write_text(text.replace("UNKNOWN", "PASS"))

    assert answer(f"gate check {FINISHED}")[0] == before[0] == 3


# --- runs that were stopped ----------------------------------------------------------------------

# The command itself, but it interrupts itself when its second iteration ends: no clock is waited for.
_STOPPED = """
import os, signal, sys
from contextlib import contextmanager
from seatrial.cli import run
from seatrial.soak import console

@contextmanager
def watching(*, wanted):
    yield lambda progress: os.kill(os.getpid(), int(sys.argv[1])) if progress.done == 2 else None

console.watching = watching
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_never_a_pass(number: int, stage: Stage) -> None:
    """Ctrl-C when the numbers look good is the oldest trick."""
    stage.text("easy.yaml", GENEROUS)
    words = f"soak run {RUN.replace('30s', '5s')} --iterations 7 --profile easy.yaml --out stopped --json"
    command = [sys.executable, "-c", _STOPPED, str(int(number)), *words.split()]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    document = orjson.loads(done.stdout)
    assert (done.returncode, document["verdict"]) == (130, "UNKNOWN")
    record = Path(document["record"])
    assert list(read(record / "journal.jsonl"))[-1]["reason"] == "interrupt"
    assert read_manifest(record / "run.json").verdict != "PASS"
    assert document["iterations"] < 7


def test_an_interrupted_record_does_not_pass_later(stage: Stage, answer: Any) -> None:
    """Nor does it become one by being judged again."""
    stage.text("easy.yaml", GENEROUS)
    words = f"soak run {RUN.replace('30s', '5s')} --iterations 7 --profile easy.yaml --out stopped --json"
    command = [sys.executable, "-c", _STOPPED, str(int(signal.SIGINT)), *words.split()]
    subprocess.run(command, capture_output=True, check=False)

    assert answer("gate check stopped/soak/latest")[0] == 3
    assert answer("soak report stopped/soak/latest")[1]["verdict"] == "UNKNOWN"
