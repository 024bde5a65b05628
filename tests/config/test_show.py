"""`config show`: values, sources, what was overridden."""

from pathlib import Path

import pytest

from seatrial.config.show import Ask, show, worded
from seatrial.model.errors import UsageError


def test_every_value_has_a_source() -> None:
    """A value without a source is the question this command exists to answer."""
    outcome = show(Ask("demo", sets=["soak.iterations=30"], env={"SEATRIAL_SEED": "9"}))

    sources = outcome.data["sources"]
    assert sources["soak.iterations"]["text"] == "--set soak.iterations=30"
    assert sources["seed"] == {"layer": "environment", "file": None, "line": None, "text": "SEATRIAL_SEED=9"}
    assert sources["bot.params.order_qty"]["file"] == "profiles/demo.yaml"
    assert sources["soak.rampdown_iterations"]["layer"] == "default"
    assert outcome.verdict is None
    assert outcome.exit_code() == 0


def test_overridden_values_are_told() -> None:
    """What the profile said before the option spoke is half of the answer."""
    outcome = show(Ask("ci", sets=["soak.iterations=30"]))

    assert [old["value"] for old in outcome.data["overridden"]["soak.iterations"]] == [24, 24, 6]
    (line,) = [line for line in outcome.lines if line.startswith("soak.iterations ")]
    assert "--set soak.iterations=30" in line
    assert "(over 6 profiles/ci.yaml:" in line


def test_only_changes_can_be_asked_for() -> None:
    """Sixty defaults hide the three lines that matter."""
    outcome = show(Ask(sets=["seed=1"]), changed=True)

    assert list(outcome.data["sources"]) == ["seed"]
    assert len(outcome.lines) == 2


def test_the_last_line_is_the_profile_and_its_hash() -> None:
    """`--quiet` prints only this, for scripts that compare hashes."""
    outcome = show(Ask(option="demo"))

    assert (
        outcome.lines[-1] == f"profile demo, profiles/demo.yaml (built in), sha256 {outcome.data['sha256']}"
    )


def test_two_names_for_the_profile_must_agree() -> None:
    """Silently taking one of them would show the wrong profile."""
    assert Ask("demo", "demo").resolve().profile.name == "demo"
    with pytest.raises(UsageError, match="two profiles"):
        Ask("demo", "ci").resolve()


def test_values_are_worded_for_people() -> None:
    """Texts bare, nothing where nothing is."""
    assert worded("0.01") == "0.01"
    assert worded("") == '""'
    assert worded({"a": None, "b": [1, {"c": None, "d": "x"}]}) == "{b: [1, {d: x}]}"


def test_a_profile_of_ones_own_is_not_called_built_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A local file that hides a built-in one has to be seen to do so."""
    monkeypatch.chdir(tmp_path)
    Path("profiles").mkdir()
    Path("profiles/demo.yaml").write_text("seed: 1\n")

    assert show(Ask("demo")).data["built_in"] is False
