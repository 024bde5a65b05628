import pytest
from pydantic import ValidationError

from seatrial.model.profile import (
    DEFAULT_GATES,
    Bounds,
    FeeSettings,
    GateSettings,
    Profile,
    SoakSettings,
)


def test_the_defaults_are_a_whole_profile() -> None:
    """An empty profile file must be runnable."""
    profile = Profile()

    assert profile.gates == DEFAULT_GATES
    assert Profile.model_validate_json(profile.model_dump_json()) == profile


def test_the_default_gates_are_the_documented_ones() -> None:
    """Release decisions rest on these numbers; a drift must be somebody's decision."""
    found = {gate.kpi: (gate.at_least or gate.at_most) for gate in DEFAULT_GATES}

    assert found == {
        "net_bps": Bounds(hard=2.0, soft=2.7),
        "maker_share_ratio": Bounds(hard=0.85, soft=0.90),
        "risk_ratio": Bounds(hard=0.50, soft=0.40),
        "ack_latency_ms_p95": Bounds(hard=400, soft=350),
    }


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kpi": "x"}, "exactly one of"),
        ({"kpi": "x", "at_least": {"hard": 1}, "at_most": {"hard": 2}}, "exactly one of"),
        ({"kpi": "x", "at_least": {}}, "needs hard, soft or both"),
        ({"kpi": "x", "at_least": {"hard": 2, "soft": 1}}, "never warn"),
        ({"kpi": "x", "at_most": {"hard": 1, "soft": 2}}, "never warn"),
        ({"kpi": "x", "at_least": {"hard": float("nan")}}, "finite"),
        ({"kpi": "x", "at_least": {"hard": 1}, "window": "last:0"}, "window"),
        ({"kpi": "x", "at_least": {"hard": 1}, "window": "last:x"}, "window"),
        ({"kpi": "x", "at_least": {"hard": 1}, "window": "stedy"}, "window"),
        ({"kpi": "x", "at_least": {"hard": 1}, "confidence": 1}, "less than 1"),
        ({"kpi": "x", "atleast": {"hard": 1}}, "Extra inputs|exactly one of"),
        ({"at_least": {"hard": 1}}, "Field required"),
    ],
)
def test_a_gate_that_could_not_fail_is_refused(wrong: dict[str, object], why: str) -> None:
    """Each of these would be a gate that passes whatever the bot does."""
    with pytest.raises(ValidationError, match=why):
        GateSettings.model_validate(wrong)


@pytest.mark.parametrize("window", ["whole", "steady", "worst", "last:1", "last:24"])
def test_every_window_has_its_name(window: str) -> None:
    """The windows that a profile may ask for."""
    assert GateSettings(kpi="x", at_most=Bounds(hard=1), window=window).window == window


def test_a_gate_with_equal_bounds_is_allowed() -> None:
    """Some teams want no warning zone."""
    assert GateSettings(kpi="x", at_most=Bounds(hard=1, soft=1)).at_most == Bounds(hard=1, soft=1)


def test_a_soak_without_a_steady_iteration_is_refused() -> None:
    """Its gates would judge nothing."""
    with pytest.raises(ValidationError, match="no steady iteration"):
        SoakSettings(iterations=3, warmup_iterations=2, rampdown_iterations=1)


def test_a_token_fee_needs_its_token_and_rate() -> None:
    """A fee in BNB without a rate cannot be booked in the settlement currency."""
    with pytest.raises(ValidationError, match="token and token_rate"):
        FeeSettings(charged_in="token", token="BNB")


def test_a_negative_fee_is_a_rebate_and_allowed() -> None:
    """Maker rebates are common."""
    assert FeeSettings.model_validate({"maker_bps": "-0.5"}).maker_bps < 0


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_outside_its_range_is_refused(seed: int) -> None:
    """A seed that a platform truncates is another seed there."""
    with pytest.raises(ValidationError):
        Profile(seed=seed)
