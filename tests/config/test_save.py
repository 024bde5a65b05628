"""A profile written back: whole, minimal, and the same when it is read."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seatrial.config.manager import ConfigManager
from seatrial.config.save import profile_text, save_profile
from seatrial.model.errors import OutsideError, UsageError
from seatrial.model.profile import BotSettings, Profile

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = WORDS.filter(lambda key: key and "." not in key)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("name", ["demo", "ci", "soak_72h", "ultra_safe"])
@pytest.mark.parametrize("extends", [None, "demo"])
def test_what_is_saved_is_what_is_read(tmp_path: Path, name: str, extends: str | None) -> None:
    """A tuned profile that comes back different would be another profile."""
    resolved = ConfigManager().resolve(name, sets=["exchange.fees.maker_bps=-0.50", "description='NO: #1'"])

    save_profile(tmp_path / "saved.yaml", resolved.profile, extends=extends, comment="why\n\nit is")

    assert ConfigManager().resolve(tmp_path / "saved.yaml").profile == resolved.profile


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(params=st.dictionaries(KEYS, VALUES, max_size=3), words=WORDS)
def test_free_form_values_survive(tmp_path: Path, params: dict[str, Any], words: str) -> None:
    """A bot's parameters may be anything that YAML can say: NO, 12:30:00, 1e-3 and emoji included."""
    profile = Profile(name=words, description=words, bot=BotSettings(params=params))

    save_profile(tmp_path / "saved.yaml", profile)

    read = ConfigManager().resolve(tmp_path / "saved.yaml").profile
    assert read == profile
    assert repr(read.bot.params) == repr(profile.bot.params)


def test_only_what_differs_from_the_parent_is_written() -> None:
    """A file of sixty copied defaults hides the one line that was tuned."""
    profile = ConfigManager().resolve("demo", sets=["name=mine", "soak.iterations=30"]).profile

    text = profile_text(profile, extends="demo")

    assert text == (
        "extends: demo\nname: mine\ndescription: A day on a seeded synthetic market; needs no data.\n"
        "soak:\n  iterations: 30\n"
    ).replace(
        "A day on a seeded synthetic market; needs no data.",
        '"A day on a seeded synthetic market; needs no data."',
    )


def test_a_parameter_that_the_parent_has_cannot_be_dropped(tmp_path: Path) -> None:
    """Written anyway it would come back, and nobody would have asked for it."""
    profile = ConfigManager().resolve("demo").profile
    bare = profile.model_copy(update={"bot": BotSettings(params={})})

    with pytest.raises(UsageError, match="cannot be written as an extension of demo"):
        save_profile(tmp_path / "saved.yaml", bare, extends="demo")

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Exit 4, the path in the line, no scratch file."""
    with pytest.raises(OutsideError, match="gone"):
        save_profile(tmp_path / "gone" / "saved.yaml", Profile())

    assert list(tmp_path.iterdir()) == []
