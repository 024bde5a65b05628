"""`config profiles` and `config validate`."""

from pathlib import Path

import pytest

from seatrial.config.listing import profiles, validate
from seatrial.model.errors import InputError


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's own folder of profiles, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    return tmp_path / "profiles"


def test_profiles_are_listed_with_what_they_are_for(own: Path) -> None:
    """The list is what a newcomer chooses from."""
    (own / "mine.yaml").write_text("extends: demo\ndescription: >\n  two\n  lines\n")

    rows = {row["name"]: row for row in profiles().data["profiles"]}

    assert rows["mine"]["description"] == "two lines"
    assert (rows["mine"]["extends"], rows["mine"]["built_in"]) == ("demo", False)
    assert rows["demo"]["built_in"]


def test_a_broken_profile_is_listed_with_its_error(own: Path) -> None:
    """One bad file must not hide all the others."""
    (own / "bad.yaml").write_text("sed: 1\n")

    outcome = profiles()

    rows = {row["name"]: row for row in outcome.data["profiles"]}
    assert rows["bad"]["error"] == "profiles/bad.yaml:1: sed: is not a setting (did you mean 'seed'?)"
    assert rows["demo"]["error"] is None


def test_all_profiles_are_checked_when_none_is_named(own: Path) -> None:
    """One command for a pre-commit hook."""
    assert len(validate([]).data["profiles"]) >= 7

    (own / "bad.yaml").write_text("seed: x\n")
    with pytest.raises(InputError, match=r"profiles/bad\.yaml:1: seed"):
        validate([])


def test_named_profiles_are_checked_with_their_overrides(own: Path) -> None:
    """A pipeline can check the very combination that it is going to run."""
    assert [row["profile"] for row in validate(["demo", "ci"], sets=["seed=3"]).data["profiles"]] == [
        "demo",
        "ci",
    ]
