"""The envelope of the risk limits: an override like `max_positions=100` is refused whatever the route."""

from pathlib import Path

import pytest

from seatrial.config.manager import ConfigManager, Resolved
from seatrial.model.errors import InputError, UsageError

PRODUCTION = """\
production: true
risk:
  max_positions: 3
  max_day_loss: 100
  symbols: {BTC: {max_order_qty: 2}}
  ceilings: {max_positions: 10, max_order_qty: 5}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's own `profiles`, with a production profile and the same as a draft."""
    monkeypatch.chdir(tmp_path)
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "live.yaml").write_text(PRODUCTION)
    (profiles / "draft.yaml").write_text("extends: live\nproduction: false\n")
    return profiles


def resolve(profile: str, *sets: str, **env: str) -> Resolved:
    """Return the configuration, the environment allowed."""
    return ConfigManager().resolve(profile, sets=sets, env=env, allow_env=True)


def refused(profile: str, *sets: str, **env: str) -> str:
    """Return the one line with which a configuration is refused."""
    with pytest.raises(UsageError) as caught:
        resolve(profile, *sets, **env)
    assert "\n" not in caught.value.line
    assert caught.value.exit_code == 2
    return caught.value.line


@pytest.mark.parametrize("profile", ["live", "draft"])
def test_a_limit_above_its_ceiling_is_refused_by_every_route(folder: Path, profile: str) -> None:
    """Each route names itself, the setting and the ceiling."""
    told = "risk.max_positions: max_positions 100 is above its ceiling of 10"
    (folder / "child.yaml").write_text(f"extends: {profile}\nrisk:\n  max_positions: 100\n")

    assert refused("child") == f"profiles/child.yaml:3: {told}"
    assert refused(profile, "risk.max_positions=100") == f"{told}, from --set risk.max_positions=100"
    name = "SEATRIAL_RISK__MAX_POSITIONS"
    assert refused(profile, **{name: "100"}) == f"{told}, from {name}=100"


@pytest.mark.parametrize(
    "text",
    [
        "risk.max_positions=100",
        "risk={max_positions: 100}",
        "risk.max_positions=0x64",
        "risk.max_positions=1e2",
        'risk.max_positions="100"',
        "risk.max_positions=-1",
        "risk.max_positions=.inf",
        "risk.max_positions=.nan",
        "risk.max_positions=NaN",
        "risk.max_positions=true",
        "risk.max_positions=[100]",
        "risk.max_positions={set: 100}",
        "risk.max_positions=null",
        "risk.max_positions=",
        "risk.max_positions=~",
        "risk=null",
        "risk.symbols=null",
        "risk.symbols.BTC=null",
        "risk.symbols.BTC.max_order_qty=null",
        "risk.symbols.BTC.max_order_qty=6",
        "risk.symbols.BTC.max_order_qty=NaN",
        "risk.symbols.BTC.max_order_qty=-1",
        "risk.symbols.BTC=all",
        "risk.symbols.ETH={max_order_qty: 6}",
        "risk.max_order_qty=1e999999999",
        "risk.max_order_qty=Infinity",
        "risk.max_order_qty=0",
        "risk.max_order_qty=1e-999999999",
        "risk.max_position=100",
    ],
)
@pytest.mark.parametrize("profile", ["live", "draft"])
@pytest.mark.usefixtures("folder")
def test_there_is_no_way_around_it(profile: str, text: str) -> None:
    """Whatever it is written like: what counts is the value that would result."""
    assert text in refused(profile, text)


@pytest.mark.parametrize(
    "text", ["risk.max_positions=10", "risk.max_positions=0", "risk.symbols.BTC={}", "risk.symbols={}"]
)
@pytest.mark.usefixtures("folder")
def test_what_stays_within_is_taken(text: str) -> None:
    """Up to the ceiling, exactly; an empty mapping changes nothing."""
    risk = resolve("live", text).profile.risk

    assert risk.max_positions in {0, 3, 10}
    assert risk.symbols["BTC"].max_order_qty == 2


@pytest.mark.parametrize(
    "text",
    [
        "risk.ceilings.max_positions=100",
        "risk.ceilings.max_positions=null",
        "risk.ceilings.max_positions=5",
        "risk.ceilings={max_positions: 100}",
        "risk={ceilings: {max_positions: 100}}",
        "risk.ceilings={}",
        "risk.ceilings.max_day_loss=1000",
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_ceilings_of_a_production_profile_come_from_its_files_alone(text: str) -> None:
    """Not even downwards: two people must not read two ceilings."""
    line = refused("live", text)

    assert line.startswith("risk.ceilings")
    assert "the ceilings of a production profile come from its files alone" in line
    assert f"--set {text}" in line


@pytest.mark.usefixtures("folder")
def test_the_environment_does_not_lift_them_either() -> None:
    """Not even where it is allowed; where it is not, that is said first."""
    name = "SEATRIAL_RISK__CEILINGS__MAX_POSITIONS"
    assert "come from its files alone" in refused("live", **{name: "100"})

    with pytest.raises(InputError, match="takes no settings from the environment"):
        ConfigManager().resolve("live", env={name: "100"})


@pytest.mark.usefixtures("folder")
def test_a_profile_cannot_be_made_a_draft_from_outside() -> None:
    """The mark that counts is the one in its files."""
    told = "come from its files alone"

    assert told in refused("live", "production=false", "risk.ceilings.max_positions=100")
    assert told in refused("live", "risk.ceilings.max_positions=100", SEATRIAL_PRODUCTION="false")


@pytest.mark.usefixtures("folder")
def test_a_draft_s_ceiling_may_be_changed() -> None:
    """A trial may try; its record says what it tried."""
    risk = resolve("draft", "risk.ceilings.max_positions=100", "risk.max_positions=100").profile.risk

    assert risk.max_positions == 100


def test_a_file_may_lift_a_ceiling_and_its_child_may_not_forget_a_limit(folder: Path) -> None:
    """A file is where somebody reviews it; but a null there is no limit all the same."""
    (folder / "wide.yaml").write_text(
        "extends: live\nrisk: {ceilings: {max_positions: 20}, max_positions: 20}\n"
    )
    (folder / "none.yaml").write_text("extends: live\nrisk:\n  max_positions: null\n")

    assert resolve("wide").profile.risk.max_positions == 20
    assert refused("none").startswith(
        "profiles/none.yaml:3: risk.max_positions: null would take away the limit of 3"
        " (profiles/live.yaml:3); its ceiling is 10"
    )


@pytest.mark.usefixtures("folder")
def test_only_the_value_that_results_counts() -> None:
    """A null that a higher layer overrides has taken nothing away; nor is there a ceiling everywhere."""
    again = resolve("live", "risk.max_positions=2", SEATRIAL_RISK__MAX_POSITIONS="null")
    free = resolve("draft", "risk.max_day_loss=null")

    assert (again.profile.risk.max_positions, free.profile.risk.max_day_loss) == (2, None)


@pytest.mark.usefixtures("folder")
def test_a_null_where_there_was_no_limit_says_nothing_new() -> None:
    """The whole of a resolved configuration may be written down and read back."""
    assert resolve("live", "risk.max_open_orders=null").profile.risk.max_open_orders is None


@pytest.mark.parametrize(
    "text",
    [
        "risk.max_day_loss=101",
        "risk.max_day_loss=null",
        "risk.edge.min_bps=null",
        "risk.edge.min_bps=1.4",
        "risk.edge.min_fills=51",
        "risk.edge.window_s=1",
        "risk.edge={cooldown_s: 1}",
        "risk.no_self_cross=false",
        "risk.max_repeats=null",
        "risk.max_repeats=5",
        "risk.symbols.BTC.max_position_qty=4",
    ],
)
def test_what_has_no_ceiling_is_not_widened_from_outside_a_production_profile(
    folder: Path, text: str
) -> None:
    """A limit that nobody gave a ceiling is not one that anybody may lift."""
    more = "  no_self_cross: true\n  max_repeats: 4\n  symbols: {BTC: {max_position_qty: 3}}\n"
    (folder / "more.yaml").write_text(f"extends: live\nrisk:\n{more}")
    line = refused("more", text)

    assert "is wider than in the production profile's files, and has no ceiling" in line
    assert f"--set {text}" in line
    (folder / "trial.yaml").write_text("extends: more\nproduction: false\n")
    assert resolve("trial", text)


TIGHTER = (
    "risk.max_day_loss=99.5",
    "risk.edge={min_bps: 2, resume_bps: 3}",
    "risk.edge.min_fills=1",
    "risk.no_self_cross=true",
    "risk.max_repeats=5",
    "risk.max_order_notional=7",
    "risk.symbols.ETH.max_position_qty=1",
    "risk.symbols={}",
)


@pytest.mark.usefixtures("folder")
def test_an_empty_mapping_beside_a_change_within_its_ceiling_changes_nothing() -> None:
    """It must not be taken for the change."""
    assert (
        resolve("live", "risk={}", "risk.symbols={}", "risk.max_positions=10").profile.risk.max_positions
        == 10
    )


@pytest.mark.parametrize("text", TIGHTER)
@pytest.mark.usefixtures("folder")
def test_it_may_be_tightened(text: str) -> None:
    """Also where there was no limit before."""
    assert resolve("live", text)
