import numpy as np
import pytest

from seatrial.judge.gate.bootstrap import block_length, interval
from seatrial.judge.kpi.kpi import Samples


def series(count: int, likeness: float, seed: int) -> list[float]:
    """A stationary series of that autocorrelation, mean 0 and variance 1."""
    noise = np.random.Generator(np.random.PCG64(seed)).standard_normal(count)
    values = np.empty(count)
    values[0] = noise[0]
    for at in range(1, count):
        values[at] = likeness * values[at - 1] + (1 - likeness**2) ** 0.5 * noise[at]
    return [float(value) for value in values]


@pytest.mark.parametrize(("likeness", "most"), [(0.0, 0.12), (0.5, 0.16), (0.8, 0.25)])
def test_the_interval_holds_the_truth_though_samples_depend_on_each_other(
    likeness: float, most: float
) -> None:
    """At 95 % nominal, independence assumed, 0.8 would miss in more than half of the runs."""
    missed = sum(
        not found.low <= 0.0 <= found.high
        for seed in range(80)
        if (found := interval(Samples(series(300, likeness, seed)), 0.95, seed))
    )

    assert missed / 80 <= most


def test_blocks_grow_with_the_autocorrelation() -> None:
    """One block length for all data is either too narrow or wasteful."""
    lengths = [block_length(np.array(series(1_000, likeness, 3))) for likeness in (0.0, 0.5, 0.9)]

    assert lengths == sorted(lengths)
    assert lengths[0] <= 2 < lengths[2] <= 250


def test_the_same_seed_gives_the_same_interval() -> None:
    """A verdict that depends on luck is no verdict."""
    samples = Samples(series(100, 0.3, 1), weights=[1.0 + at % 3 for at in range(100)])

    assert interval(samples, 0.9, 5) == interval(samples, 0.9, 5)


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 5])
def test_too_few_samples_have_no_interval(values: list[float]) -> None:
    """Five samples cannot say how far the sixth may be."""
    assert interval(Samples(values), 0.95, 1) is None


def test_more_samples_detect_smaller_shifts() -> None:
    """The reader of a green gate must know what it could not have seen."""
    few, many = (interval(Samples(series(count, 0.2, 9)), 0.95, 1) for count in (50, 2_000))

    assert few is not None
    assert many is not None
    assert many.detectable < few.detectable / 3


def test_a_quantile_has_an_interval_too() -> None:
    """Latency gates are gates on a percentile, not on a mean."""
    found = interval(Samples([float(at % 100) for at in range(1_000)], quantile=0.95), 0.95, 1)

    assert found is not None
    assert found.low <= 95 <= found.high


@pytest.mark.parametrize("count", [24, 60, 240])
@pytest.mark.parametrize("likeness", [0.0, 0.5, 0.9])
def test_short_and_dependent_series_keep_the_error_or_have_no_interval(count: int, likeness: float) -> None:
    """Blocks alone miss the truth in a third of the runs at 60 samples and autocorrelation 0.9."""
    found = [interval(Samples(series(count, likeness, seed)), 0.95, 7) for seed in range(60)]
    missed = sum(one is not None and not one.low <= 0.0 <= one.high for one in found)

    assert missed <= 7


def test_what_the_samples_are_worth_is_said() -> None:
    """Three hundred minutes that resemble each other are some dozens."""
    alone, alike = (interval(Samples(series(300, likeness, 2)), 0.95, 1) for likeness in (0.0, 0.8))

    assert alone is not None
    assert alike is not None
    assert (alone.effective > 200, alike.effective < 60) == (True, True)
