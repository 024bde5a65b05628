import pytest

from seatrial.judge.stats.student import as_normal, quantile, two_sided


@pytest.mark.parametrize(
    ("share", "degrees", "value"),
    [(0.975, 5, 2.571), (0.975, 30, 2.042), (0.995, 10, 3.169), (0.025, 5, -2.571)],
)
def test_quantiles_are_the_table_s(share: float, degrees: float, value: float) -> None:
    """To three digits, from the printed table."""
    assert quantile(share, degrees) == pytest.approx(value, rel=0.005)
    assert two_sided(value, degrees) == pytest.approx(2 * min(share, 1 - share), rel=0.02)


def test_many_degrees_are_normal() -> None:
    """As they must be."""
    assert as_normal(1.96, 1e6) == pytest.approx(1.96, abs=1e-4)
