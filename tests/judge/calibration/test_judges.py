import numpy as np
import pytest

from seatrial.judge.calibration.judges import OTHERS, OURS, peeking
from seatrial.judge.stats.draws import Draws


@pytest.mark.parametrize("name", [*OURS, *OTHERS])
def test_every_judge_sees_what_nobody_can_miss(name: str) -> None:
    """A table of error rates of judges that never say yes would look splendid."""
    control, canary = 10 + Draws(1).normal(240), 12 + Draws(2).normal(240)

    assert {**OURS, **OTHERS}[name](control, canary)


def test_peeking_asks_early_and_often() -> None:
    """Forty looks, from a dozen samples on, and the first yes counts."""
    sizes = []

    def judge(control: "np.ndarray", _canary: "np.ndarray") -> bool:
        sizes.append(len(control))
        return len(control) >= 60

    assert peeking(judge)(np.zeros(240), np.zeros(240))
    assert sizes == [12, 18, 24, 30, 36, 42, 48, 54, 60]
