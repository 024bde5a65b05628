"""The secrets of a run: by name, when they are needed, and never guessed."""

from pathlib import Path

import pytest

from seatrial.live.keys import latch_password, venue_keys
from seatrial.model.errors import UsageError
from seatrial.model.live_settings import LatchSettings, LiveSettings, VenueSettings
from seatrial.model.profile import Profile
from seatrial.model.secret_settings import SecretsSettings


def profile(tmp_path: Path, venue: VenueSettings, latch: LatchSettings | None = None) -> Profile:
    """An account whose keys are in the environment."""
    names = {"key": "env:A_KEY", "other": "env:A_SECRET"}
    secrets = SecretsSettings(names=names, access_log=str(tmp_path / "access.jsonl"))
    live = LiveSettings(state=str(tmp_path), venue=venue, latch=latch or LatchSettings())
    return Profile(live=live, secrets=secrets)


def test_keys_are_read_by_name_and_the_reading_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who had the key is the first question after a leak."""
    monkeypatch.setenv("A_KEY", "value-of-the-key")
    monkeypatch.setenv("A_SECRET", "value-of-the-secret")
    venue = VenueSettings(api_key="key", api_secret="other")

    keys = venue_keys(profile(tmp_path, venue))

    assert keys == ("value-of-the-key", "value-of-the-secret", None)
    log = (tmp_path / "access.jsonl").read_text()
    assert log.count("orders of the account main") == 2
    assert "value-of-the" not in log


@pytest.mark.parametrize("missing", ["api_key", "api_secret"])
def test_an_account_without_keys_says_which_setting_is_missing(tmp_path: Path, missing: str) -> None:
    """An empty key would be an error of the venue's, an hour later."""
    names = {"api_key": "key", "api_secret": "other", missing: None}

    with pytest.raises(UsageError, match=f"live.venue.{missing}"):
        venue_keys(profile(tmp_path, VenueSettings.model_validate(names)))


def test_a_latch_without_a_password_asks_for_none(tmp_path: Path) -> None:
    """The usual case costs no access."""
    assert latch_password(profile(tmp_path, VenueSettings())) is None
    assert not (tmp_path / "access.jsonl").exists()
