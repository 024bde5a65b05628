"""The ladder: evidence in, an exit code out, and nothing written."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dryrun.fakes import fakes
from tests.soak.test_run import ask

from seatrial.live.ladder import Exhibit, _limits, check_transition, judge, length_ns, stage_of, steps
from seatrial.live.ladder import exhibits as found_in
from seatrial.model.errors import UsageError
from seatrial.model.live_settings import LiveSettings, StageNeeds
from seatrial.model.profile import BotSettings, Profile
from seatrial.soak.run import run
from seatrial.store.manifest import read_manifest
from seatrial.store.record import open_record

DAY_NS = 86_400 * 10**9


def profile(**needs: Any) -> Profile:
    """A profile whose dry run needs little."""
    little = {"min_days": 0, "min_fills": 0, "max_drawdown_ratio": 1, "max_age_days": 36_500} | needs
    return Profile(live=LiveSettings.model_validate({"ladder": {"dryrun": little}}))


def soaked(tmp_path: Path) -> Path:
    """A folder of records with one soak that passed."""
    run(ask(tmp_path), seams=fakes())
    return tmp_path


def now_ns(out: Path) -> int:
    """The moment at which the newest soak ended."""
    return read_manifest(open_record(out / "soak" / "latest").manifest).ended_ns or 0


def checks(
    out: Path, wanted: Profile, step: tuple[Any, Any] = ("dryrun", "shadow"), later_ns: int = 0
) -> Any:
    """The exit code, and each check's verdict."""
    outcome = check_transition(wanted, out, step, now_ns(out) + later_ns)
    return outcome.exit_code(), {check["name"]: check["verdict"] for check in outcome.data["checks"]}


def digest(folder: Path) -> str:
    """The whole tree as one hash: names, times, modes and bytes."""
    state = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        state.update(
            f"{path.relative_to(folder)} {facts.st_mode} {facts.st_mtime_ns} {facts.st_ino}".encode()
        )
        state.update(path.read_bytes() if path.is_file() else b"")
    return state.hexdigest()


def test_enough_evidence_passes(tmp_path: Path) -> None:
    """One passed soak, when little is asked for."""
    out = soaked(tmp_path)
    measured(out, 0.02)
    code, found = checks(out, profile())

    assert code == 0
    assert set(found) == {"step", "records", "verdicts", "newest", "days", "fills", "drawdown"}


@pytest.mark.parametrize(("drawdown", "code"), [(0.3, 1), (0.1, 0), (None, 3)])
def test_the_deepest_drawdown_is_bounded_and_has_to_be_measured(
    tmp_path: Path, drawdown: float | None, code: int
) -> None:
    """A run that does not say how deep it fell is no evidence that it did not."""
    out = soaked(tmp_path)
    measured(out, drawdown)

    assert checks(out, profile(max_drawdown_ratio=0.25))[0] == code


def measured(out: Path, drawdown: float | None) -> None:
    """Let the newest soak say how deep it fell; the small judge of these tests does not measure it."""
    path = open_record(out / "soak" / "latest").verdict
    document = json.loads(path.read_bytes())
    document["kpis"]["drawdown_ratio"] = drawdown
    path.write_text(json.dumps(document))


def test_no_evidence_is_unknown(tmp_path: Path) -> None:
    """The earlier system answered 0 to everything."""
    outcome = check_transition(profile(), tmp_path, ("dryrun", "shadow"), 0)

    assert outcome.exit_code() == 3
    assert outcome.reasons == ("records: no record of this stage and bot has a verdict",)


@pytest.mark.parametrize(
    ("needs", "failing"),
    [({"min_days": 400}, "days"), ({"min_fills": 10**9}, "fills"), ({"min_passes": 2}, "verdicts")],
)
def test_too_little_fails(tmp_path: Path, needs: dict[str, Any], failing: str) -> None:
    """Days, fills and passes are asked for each by itself."""
    code, found = checks(soaked(tmp_path), profile(**needs))

    assert (code, found[failing]) == (1, "FAIL")


def test_the_same_days_again_are_not_more_days(tmp_path: Path) -> None:
    """Rerun once a day on one recording, the earlier system counted weeks that never were."""
    out = soaked(tmp_path)
    once = [check.reason for check in judge(list(found_in(out, "dryrun", profile())), needs(), now_ns(out))]
    run(ask(tmp_path), seams=fakes())
    twice = [check.reason for check in judge(list(found_in(out, "dryrun", profile())), needs(), now_ns(out))]

    assert [reason for reason in once if "days" in reason] == [reason for reason in twice if "days" in reason]
    assert [reason for reason in once if "fills" in reason] == [
        reason for reason in twice if "fills" in reason
    ]


def needs() -> StageNeeds:
    """What little is asked for."""
    return profile().live.ladder.dryrun


def test_another_bot_s_evidence_does_not_count(tmp_path: Path) -> None:
    """A reference bot's soak says nothing about yours."""
    other = profile().model_copy(update={"bot": BotSettings(entry="mine:Bot")})

    assert checks(soaked(tmp_path), other)[0] == 3


def test_old_evidence_is_no_evidence(tmp_path: Path) -> None:
    """A soak of last year was of another program and another market."""
    assert checks(soaked(tmp_path), profile(max_age_days=2), later_ns=3 * DAY_NS)[0] == 3


def test_a_changed_journal_is_a_failure(tmp_path: Path) -> None:
    """Evidence that was edited is worse than none."""
    out = soaked(tmp_path)
    journal = open_record(out / "soak" / "latest").journal
    journal.write_bytes(journal.read_bytes().replace(b'"mid":"', b'"mid":"9', 1))
    code, found = checks(out, profile())

    assert (code, found["record"]) == (1, "FAIL")


def test_a_verdict_that_was_exchanged_is_a_failure(tmp_path: Path) -> None:
    """A green file from another record does not fit this one."""
    out = soaked(tmp_path)
    verdict = open_record(out / "soak" / "latest").verdict
    verdict.write_bytes(verdict.read_bytes().replace(b'"PASS"', b'"WARN"'))

    assert checks(out, profile())[0] == 1


@pytest.mark.parametrize(("drilled", "expected"), [(True, "PASS"), (False, "FAIL")])
def test_a_stop_that_was_never_drilled_is_not_a_stop(tmp_path: Path, drilled: bool, expected: str) -> None:
    """That a control exists was once shown by looking for its name in the program."""
    records = found_in(soaked(tmp_path), "dryrun", profile())
    found = [replace(one, drilled=drilled) for one in records if isinstance(one, Exhibit)]
    asked = needs().model_copy(update={"drilled": True})
    verdicts = {check.name: check.verdict for check in judge(list(found), asked, now_ns(tmp_path))}

    assert verdicts["drill"] == expected


def test_real_money_without_limits_is_no_step() -> None:
    """Evidence of a stage does not limit the next one."""
    assert {check.name: check.verdict for check in _limits(profile(), "live-limited")} == {"limits": "FAIL"}
    assert list(_limits(profile(), "testnet")) == []


def test_nothing_is_written(tmp_path: Path) -> None:
    """Asking must not change the answer, nor create what was not there."""
    out = soaked(tmp_path)
    before = digest(out)
    for step in (("dryrun", "shadow"), ("testnet", "live-limited"), ("live-full", "backtest")):
        check_transition(profile(), out, step, now_ns(out))

    assert digest(out) == before
    missing = tmp_path / "nowhere"
    check_transition(profile(), missing, ("dryrun", "shadow"), 0)
    assert not missing.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("live-full", "backtest"), 0),
        (("testnet", "testnet"), 0),
        (("dryrun", "testnet"), 1),
        (("backtest", "live-full"), 1),
        (("testnet",), 3),
        (("live_limited",), 3),
        (("BACKTEST",), 0),
    ],
)
def test_one_step_forward_and_any_back(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    """No shortcut to real money, and no evidence needed to leave it."""
    step = steps(words[0], words[1] if len(words) > 1 else None)

    assert check_transition(profile(), tmp_path, step, 0).exit_code() == code


def test_an_unknown_stage_is_named() -> None:
    """A typo is exit 2, not a refusal of the step."""
    with pytest.raises(UsageError, match="live-limited"):
        stage_of("paper")


SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=12)


@given(SPANS)
def test_time_counts_once(spans: list[tuple[int, int]]) -> None:
    """Days are the days of the calendar that were covered, however many records cover them."""
    covered = tuple((start, start + length) for start, length in spans)
    seconds = {second for start, end in covered for second in range(start, end)}

    assert length_ns(covered) == len(seconds)
    assert length_ns(covered + covered) == len(seconds)
