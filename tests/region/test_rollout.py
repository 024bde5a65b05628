from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from seatrial.model.errors import RefusedError, UsageError
from seatrial.model.verdict import Verdict
from seatrial.region.compare import Compared
from seatrial.region.rollout import TRAIL, Policy, advance, release, rollback, state_of
from seatrial.store.journal import read
from seatrial.store.lock import held

SECOND = 10**9
POLICY = Policy(stages=(5.0, 50.0, 100.0), confirm=2, cool_down_s=60.0)


def compared(verdict: Verdict) -> Compared:
    """A comparison that ended so."""
    return Compared(verdict, "none", (f"it is {verdict}",), (), {}, {})


def step(folder: Path, verdict: Verdict, evidence: str, at_s: int) -> dict[str, Any]:
    """Advance once."""
    return advance(folder, compared(verdict), evidence, POLICY, at_s * SECOND).document()


def test_two_pass_on_new_evidence_promote_and_then_it_cools_down(tmp_path: Path) -> None:
    """Hysteresis: one good look is luck; and a stage has to be lived in before the next."""
    assert step(tmp_path, Verdict.PASS, "a", 0)["step"] == "confirmed"
    assert step(tmp_path, Verdict.PASS, "b", 1)["share"] == 5.0
    with pytest.raises(RefusedError, match="cooling down"):
        step(tmp_path, Verdict.PASS, "c", 30)
    assert step(tmp_path, Verdict.PASS, "d", 61)["step"] == "confirmed"


def test_the_same_evidence_does_not_count_twice(tmp_path: Path) -> None:
    """Running the command again is not looking again."""
    step(tmp_path, Verdict.PASS, "a", 0)
    said = step(tmp_path, Verdict.PASS, "a", 1)

    assert (said["step"], said["verdict"], said["share"]) == ("held", "UNKNOWN", 0.0)


def test_unknown_never_promotes_and_breaks_the_row(tmp_path: Path) -> None:
    """No champion, no data, no promotion."""
    step(tmp_path, Verdict.PASS, "a", 0)
    step(tmp_path, Verdict.UNKNOWN, "b", 1)

    assert step(tmp_path, Verdict.PASS, "c", 2)["step"] == "confirmed"


def test_harm_takes_everything_back_even_while_cooling_down_and_latches(tmp_path: Path) -> None:
    """A rollback waits for nothing, and only a named person lifts it."""
    step(tmp_path, Verdict.PASS, "a", 0)
    step(tmp_path, Verdict.PASS, "b", 1)
    said = step(tmp_path, Verdict.FAIL, "c", 2)

    assert (said["step"], said["share"], said["exit_code"], said["latched"]) == ("rolled_back", 0.0, 1, True)
    with pytest.raises(RefusedError, match="latched"):
        step(tmp_path, Verdict.PASS, "d", 900)
    with pytest.raises(UsageError, match="person"):
        release(tmp_path, " ", "fixed", POLICY, 901 * SECOND)
    release(tmp_path, "ann", "fixed", POLICY, 902 * SECOND)
    assert step(tmp_path, Verdict.PASS, "e", 903)["step"] == "confirmed"


def test_a_person_can_roll_back_and_the_trail_says_who_and_why(tmp_path: Path) -> None:
    """The trail is a journal: ordered, chained, and complete."""
    step(tmp_path, Verdict.PASS, "a", 0)
    rollback(tmp_path, "ann", "the desk complains", POLICY, 1 * SECOND)

    told = list(read(tmp_path / TRAIL))
    assert [(one["kind"], one["by"], one["reason"]) for one in told] == [
        ("confirmed", None, "1 of 2 PASS in a row"),
        ("rolled_back", "ann", "the desk complains"),
    ]


def test_a_torn_last_line_is_not_there(tmp_path: Path) -> None:
    """A kill while the trail was written loses at most the step that was being written."""
    step(tmp_path, Verdict.PASS, "a", 0)
    with (tmp_path / TRAIL).open("ab") as file:
        file.write(b'{"seq":2,"ts_ns":1,"kind":"promo')

    assert state_of(tmp_path).streak == 1
    assert step(tmp_path, Verdict.PASS, "b", 1)["share"] == 5.0


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    """Two pipelines must not promote twice on one look."""
    with held(tmp_path / "lock"), pytest.raises(RefusedError, match="another instance"):
        step(tmp_path, Verdict.PASS, "a", 0)


@pytest.mark.parametrize("stages", [(), (5.0, 1.0), (0.0, 50.0), (5.0, 101.0), (5.0, 5.0)])
def test_stages_must_rise(stages: tuple[float, ...]) -> None:
    """A plan that promotes downwards is a typing mistake."""
    with pytest.raises(UsageError):
        Policy(stages=stages)


class Rollout(RuleBasedStateMachine):
    """Any order of looks, waits and people."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="rollout"))
        self.now_s, self.count, self.row = 0, 0, 0
        self.stage, self.latched = -1, False

    @rule(wait_s=st.integers(1, 200))
    def wait(self, wait_s: int) -> None:
        """Time passes."""
        self.now_s += wait_s

    @rule(verdict=st.sampled_from(list(Verdict)))
    def look(self, verdict: Verdict) -> None:
        """Somebody compares, on new evidence."""
        self.count += 1
        before = state_of(self.folder)
        try:
            said = step(self.folder, verdict, str(self.count), self.now_s)
        except RefusedError:
            assert state_of(self.folder) == before
            return
        assert not self.latched
        self.row = self.row + 1 if verdict is Verdict.PASS else 0
        if said["step"] == "promoted":
            assert self.row >= POLICY.confirm
            self.stage, self.row = self.stage + 1, 0
        if verdict is Verdict.FAIL:
            self.stage, self.latched = -1, True

    @precondition(lambda self: self.latched)
    @rule()
    def lift(self) -> None:
        """A person releases it."""
        release(self.folder, "ann", "looked into", POLICY, self.now_s * SECOND)
        self.latched, self.row = False, 0

    @invariant()
    def the_trail_replays_to_the_state(self) -> None:
        """Nothing is remembered but what is written down."""
        state = state_of(self.folder)
        assert (state.stage, state.latched) == (self.stage, self.latched)
        assert state.stage < len(POLICY.stages)


TestRollout = Rollout.TestCase
TestRollout.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
