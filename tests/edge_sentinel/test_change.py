from decimal import Decimal

import pytest
from hypothesis import given, settings

from seatrial.edge_sentinel.account import KEYS, figures, grouped, sums
from seatrial.edge_sentinel.change import change
from seatrial.judge.shares import Share

from .test_account import ROWS


def cuts(rows: list[Share]) -> dict[str, dict[str, object]]:
    """Every cut of these rows."""
    return {name: dict(grouped(rows, key)) for name, key in KEYS.items()}


@settings(max_examples=150)
@given(before=ROWS, after=ROWS)
def test_what_changed_adds_up_by_component_and_by_every_cut(before: list[Share], after: list[Share]) -> None:
    """Exact to 1e-9 bps, groups that are new, gone or without a fill among them."""
    first, second = sums(before), sums(after)
    said = change(first, second, cuts(before), cuts(after))  # type: ignore[arg-type]

    if said is None:
        assert not (first.notional and second.notional)
        return
    wanted = figures(second)["net_bps"] - figures(first)["net_bps"]
    assert said["net_bps"] == pytest.approx(wanted, abs=1e-6)
    assert sum(said["components"].values()) == pytest.approx(said["net_bps"], abs=1e-9)
    for cut in KEYS:
        assert sum(one["total_bps"] for one in said[cut].values()) == pytest.approx(said["net_bps"], abs=1e-9)
        for one in said[cut].values():
            assert one["mix_bps"] + one["rate_bps"] == pytest.approx(one["total_bps"], abs=1e-9)


def share(symbol: str, notional: int, net: str) -> Share:
    """One fill that earned so much."""
    return Share(symbol, 0, 1, 1.0, Decimal(notional), (Decimal(net), *[Decimal(0)] * 5))


def test_one_bad_symbol_is_charged_and_its_neighbours_are_not() -> None:
    """The point of the cut: the symbol that turned bad carries the change."""
    before = [share(name, 1_000, "0.5") for name in "ABCDE"]
    after = [share(name, 1_000, "-0.5" if name == "C" else "0.5") for name in "ABCDE"]

    said = change(sums(before), sums(after), cuts(before), cuts(after))  # type: ignore[arg-type]

    assert said is not None
    assert said["symbols"]["C"]["rate_bps"] == pytest.approx(-2.0)
    assert all(said["symbols"][name]["total_bps"] == pytest.approx(0.0) for name in "ABDE")


def test_trading_more_of_a_poor_symbol_is_mix_not_rate() -> None:
    """Nobody's quality changed; only what was traded did."""
    before = [share("GOOD", 1_000, "0.5"), share("POOR", 1_000, "0.1")]
    after = [share("GOOD", 1_000, "0.5"), share("POOR", 3_000, "0.3")]

    said = change(sums(before), sums(after), cuts(before), cuts(after))  # type: ignore[arg-type]

    assert said is not None
    assert said["net_bps"] < 0
    assert all(one["rate_bps"] == pytest.approx(0.0, abs=1e-12) for one in said["symbols"].values())
