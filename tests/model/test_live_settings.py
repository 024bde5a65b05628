"""The settings of a live run: what would cost money by being misread is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from seatrial.model.live_settings import STAGES, LadderSettings, LiveSettings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"state": "relative"}, "absolute"),
        ({"state": "../up"}, "absolute"),
        ({"latch": {"place": "relative"}}, "latch.place must be an absolute path"),
        ({"latch": {"channel": "redis", "place": "redis://:pass@host/0"}}, "name the secret"),
        ({"venue": {"url": "https://key:secret@host"}}, "url holds a password"),
        ({"stage": "live-full"}, "real money, and venue.testnet is on"),
        ({"account": "../other"}, "pattern"),
        ({"account": ""}, "pattern"),
        ({"stage": "paper"}, "Input should be"),
        ({"kill": {"backoff_ms": 10, "backoff_max_ms": 5}}, "below"),
        ({"latch": {"poll_ms": 60_000}}, "less than or equal"),
        ({"latch": {"misses": 0}}, "greater than"),
        ({"latch": {"pol_ms": 5}}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], said: str) -> None:
    """A typo must not become a kill switch that looks once an hour."""
    with pytest.raises(ValidationError, match=said):
        LiveSettings.model_validate(settings)


def test_the_state_of_an_account_is_its_own() -> None:
    """Two accounts never share a latch, a lock or an order log."""
    folders = {LiveSettings(account=name).account_folder for name in ("a", "b")}

    assert len(folders) == 2
    assert all(folder.is_absolute() for folder in folders)


def test_every_stage_but_the_last_has_its_needs() -> None:
    """A stage without needs would be a step that nobody judges."""
    assert set(LadderSettings.model_fields) == {stage.replace("-", "_") for stage in STAGES[:-1]}
