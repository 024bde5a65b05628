"""The ConfigManager: precedence, provenance, one hash, and what it refuses."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seatrial.config.manager import ConfigManager, Resolved, fingerprint
from seatrial.config.scalars import text_of
from seatrial.model.errors import UsageError
from seatrial.model.profile import Profile

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "seed": st.integers(0, 2**63 - 1),
    "description": WORDS,
    "production": st.booleans(),
    "market.symbols": st.lists(WORDS, max_size=3),
    "market.data": st.none() | WORDS,
    "exchange.latency.out_ms": st.floats(0, 1e6),
    "exchange.fees.maker_bps": st.decimals(-100, 100, places=4),
    "soak.steady_last": st.integers(1, 100),
    "bot.params.any": st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's own `profiles`, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    return tmp_path / "profiles"


def at(resolved: Resolved, key: str) -> Any:
    """Return the value of a dotted key."""
    held: Any = resolved.values
    for part in key.split("."):
        held = held[part]
    return held


def test_without_a_profile_there_are_the_defaults() -> None:
    """Nothing in the surroundings takes part unasked."""
    resolved = ConfigManager().resolve()

    assert resolved.profile == Profile()
    assert {source.layer for source in resolved.sources.values()} == {"default"}


def test_each_layer_wins_over_the_one_below(folder: Path) -> None:
    """Defaults < parent < profile < older variable < variable < --set < --seed."""
    (folder / "base.yaml").write_text("seed: 1\nsoak: {iterations: 11, steady_last: 3, window_s: 60}\n")
    (folder / "mine.yaml").write_text("extends: base\nsoak:\n  iterations: 12\n  steady_last: 4\n")
    env = {"SOAK_ITERATIONS": "13", "SEATRIAL_SOAK__ITERATIONS": "14", "SEATRIAL_SEED": "5"}

    resolved = ConfigManager().resolve("mine", env=env, sets=["soak.iterations=15", "seed=6"], seed=7)

    soak = resolved.profile.soak
    assert (soak.iterations, soak.steady_last, soak.window_s, resolved.profile.seed) == (15, 4, 60.0, 7)
    told = [(setting.value, setting.source.label) for setting in resolved.history["soak.iterations"]]
    assert told == [
        (24, "default"),
        (11, "profiles/base.yaml:2"),
        (12, "profiles/mine.yaml:3"),
        (13, "SOAK_ITERATIONS=13"),
        (14, "SEATRIAL_SOAK__ITERATIONS=14"),
        (15, "--set soak.iterations=15"),
    ]
    assert resolved.sources["soak.iterations"].label == "--set soak.iterations=15"
    assert resolved.sources["soak.steady_last"].label == "profiles/mine.yaml:4"
    assert resolved.sources["soak.window_s"].label == "profiles/base.yaml:2"
    assert resolved.sources["seed"].label == "--seed 7"
    assert resolved.sources["soak.warmup_iterations"].layer == "default"


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(data=st.data())
def test_the_highest_layer_that_speaks_is_the_one_that_counts(folder: Path, data: st.DataObject) -> None:
    """Whichever layers speak of a key, the highest wins and is named as the source."""
    key = data.draw(st.sampled_from(["seed", "soak.steady_last", "soak.guards.debounce"]))
    numbers = st.none() | st.integers(1, 100)
    parent, child, older, newer, given_set = (data.draw(numbers) for _ in range(5))
    nested = "{}"
    for name, value, extends in (("base", parent, ""), ("mine", child, "extends: base\n")):
        nested = "" if value is None else _nested(key, value)
        (folder / f"{name}.yaml").write_text(f"{extends}description: x\n{nested}")
    variable = key.replace(".", "__").upper()
    env = {} if newer is None else {f"SEATRIAL_{variable}": str(newer)}
    if older is not None and key.startswith("soak."):
        env[variable.replace("SOAK__", "SOAK_", 1)] = str(older)
    sets = [] if given_set is None else [f"{key}={given_set}"]

    resolved = ConfigManager().resolve("mine", env=env, sets=sets)

    spoken = [
        ("profile", parent),
        ("profile", child),
        ("environment", older if key.startswith("soak.") else None),
    ]
    spoken += [("environment", newer), ("set", given_set)]
    heard = [(layer, value) for layer, value in spoken if value is not None]
    layer, value = heard[-1] if heard else ("default", at(ConfigManager().resolve(), key))
    assert (resolved.sources[key].layer, at(resolved, key)) == (layer, value)
    assert len(resolved.history[key]) == len(heard) + 1


def _nested(key: str, value: int) -> str:
    parts = key.split(".")
    lines = [f"{'  ' * depth}{part}:" for depth, part in enumerate(parts)]
    return "\n".join(lines) + f" {value}\n"


@given(data=st.data())
def test_every_value_goes_through_set_and_comes_back(data: st.DataObject) -> None:
    """Whatever a profile may hold can be said on the command line, type and digits included."""
    key = data.draw(st.sampled_from(sorted(CHOICES)))
    value = data.draw(CHOICES[key])

    resolved = ConfigManager().resolve(sets=[f"{key}={text_of(value)}"])

    wanted = str(value) if isinstance(value, Decimal) else value
    assert at(resolved, key) == wanted
    assert type(at(resolved, key)) is type(wanted)
    assert resolved.sources[key].layer == "set"


@given(data=st.data())
def test_every_value_goes_through_the_environment_too(data: st.DataObject) -> None:
    """The two ways in share one grammar."""
    key = data.draw(st.sampled_from(sorted(CHOICES.keys() - {"production"})))
    text = text_of(data.draw(CHOICES[key]))
    env = {f"SEATRIAL_{key.replace('.', '__').upper()}": text}

    assert ConfigManager(env).resolve().values == ConfigManager().resolve(sets=[f"{key}={text}"]).values


@pytest.mark.parametrize(("text", "exact"), [("2.0", "2.0"), ("2.50", "2.50"), ("2", "2"), ("1e-3", "0.001")])
def test_a_decimal_keeps_its_exact_text(folder: Path, text: str, exact: str) -> None:
    """Money goes from the file to the ledger without passing through a binary float."""
    (folder / "mine.yaml").write_text(f"exchange: {{fees: {{maker_bps: {text}}}}}\n")

    resolved = ConfigManager().resolve("mine")

    assert resolved.profile.exchange.fees.maker_bps == Decimal(text)
    assert at(resolved, "exchange.fees.maker_bps") == exact


def test_the_hash_is_of_the_values_and_not_of_how_they_were_said(folder: Path) -> None:
    """The same configuration, said in a file or on the command line, is the same configuration."""
    (folder / "mine.yaml").write_text("soak:\n  iterations: 3\nseed: 9\n")
    said = ["name=mine", "seed=9", "soak.iterations=3"]

    first, second = ConfigManager().resolve("mine"), ConfigManager().resolve(sets=said)

    assert first.sha256 == second.sha256 == fingerprint(second.values)
    assert first.sha256 != ConfigManager().resolve("mine", seed=8).sha256


def test_a_record_can_bring_its_profile_back() -> None:
    """`soak resume` reads the values from run.json and must get the same frozen profile."""
    resolved = ConfigManager().resolve("demo", sets=["exchange.fees.maker_bps=-0.50"])

    assert Profile.model_validate(resolved.values) == resolved.profile


def test_sources_are_kept_for_the_record() -> None:
    """The record says where each setting that is not a default came from."""
    document = ConfigManager().resolve(sets=["seed=3"]).sources_document

    assert document == {"seed": {"layer": "set", "file": None, "line": None, "text": "--set seed=3"}}


def test_free_form_settings_merge_key_by_key(folder: Path) -> None:
    """A child that changes one parameter keeps the others of its parent."""
    (folder / "base.yaml").write_text("bot: {params: {a: 1, b: {c: 2, d: 3}}}\n")
    (folder / "mine.yaml").write_text("extends: base\nbot: {params: {b: {c: 4}}}\n")

    resolved = ConfigManager().resolve("mine", sets=["bot.params.e=x"])

    assert resolved.profile.bot.params == {"a": 1, "b": {"c": 4, "d": 3}, "e": "x"}
    assert resolved.sources["bot.params.b.d"].file == "profiles/base.yaml"


def test_a_list_is_replaced_whole(folder: Path) -> None:
    """Gates of a parent that were concatenated could never be dropped."""
    (folder / "mine.yaml").write_text("extends: demo\ngates:\n  - {kpi: net_bps, at_least: {hard: 1}}\n")

    assert [gate.kpi for gate in ConfigManager().resolve("mine").profile.gates] == ["net_bps"]


def test_production_takes_nothing_from_the_environment(folder: Path) -> None:
    """A forgotten export in a shell must not change what trades real money."""
    (folder / "live.yaml").write_text("seed: 1\nproduction: true\n")
    env = {"SEATRIAL_SEED": "2", "SEATRIAL_DATA": "x"}

    with pytest.raises(UsageError) as caught:
        ConfigManager(env).resolve("live")

    assert caught.value.line == (
        "profiles/live.yaml:2: production: a production profile takes no settings from the environment"
        " (SEATRIAL_SEED) (unset them, or say --allow-env)"
    )
    assert caught.value.exit_code == 2
    assert ConfigManager(env).resolve("live", allow_env=True).profile.seed == 2
    assert ConfigManager({"SEATRIAL_DATA": "x"}).resolve("live").profile.seed == 1


def test_the_environment_cannot_lift_the_production_mark(folder: Path) -> None:
    """The mark would be worth nothing if the thing it keeps out could take it off."""
    (folder / "live.yaml").write_text("production: true\n")

    with pytest.raises(UsageError, match="production"):
        ConfigManager({"SEATRIAL_PRODUCTION": "false"}).resolve("live")


def test_a_child_inherits_the_production_mark(folder: Path) -> None:
    """Extending a production profile is still production."""
    (folder / "live.yaml").write_text("production: true\n")
    (folder / "mine.yaml").write_text("extends: live\nseed: 2\n")

    with pytest.raises(UsageError, match=r"profiles/live\.yaml:1: production"):
        ConfigManager({"SEATRIAL_SEED": "2"}).resolve("mine")


def test_a_combination_of_layers_that_makes_no_sense_names_the_last(folder: Path) -> None:
    """The profile alone is fine; the option that broke it is named."""
    (folder / "mine.yaml").write_text("soak: {iterations: 10, warmup_iterations: 5}\n")

    with pytest.raises(UsageError, match=r"soak\.iterations: .*from --set soak\.iterations=5"):
        ConfigManager().resolve("mine", sets=["soak.iterations=5"])


def test_the_working_directory_does_not_change_a_built_in_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same inputs, same bytes: values, hash and sources alike."""
    here = ConfigManager().resolve("soak_72h")
    monkeypatch.chdir(tmp_path)
    there = ConfigManager().resolve("soak_72h")

    assert (here.sha256, here.sources_document) == (there.sha256, there.sources_document)
