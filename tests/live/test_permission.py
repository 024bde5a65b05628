"""Real money: everybody concerned has to have said so."""

from pathlib import Path

import pytest

from seatrial.config.manager import ConfigManager, Resolved
from seatrial.live.permission import permit, symbols_of
from seatrial.model.errors import RefusedError, UsageError

LIMITS = "risk: {max_position_notional: 1000, max_order_notional: 100, max_day_loss: 50}\n"
REAL = f"live: {{stage: live-limited, venue: {{testnet: false}}}}\n{LIMITS}"


def resolved(tmp_path: Path, text: str, *sets: str) -> Resolved:
    """A profile of the user's own."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\ndescription: Mine.\n{text}")
    return ConfigManager().resolve(path, sets=sets)


def test_a_test_network_needs_no_permission(tmp_path: Path) -> None:
    """Nothing is at stake there."""
    assert permit(resolved(tmp_path, ""), confirmed=False) is False


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9/x", "https://[::1]:9"])
def test_this_machine_needs_no_permission(tmp_path: Path, url: str) -> None:
    """A served exchange is no venue, whatever the stage is called."""
    text = f"live: {{stage: live-full, venue: {{testnet: false, url: '{url}'}}}}\n"
    assert permit(resolved(tmp_path, text), confirmed=False) is False


def test_a_production_profile_and_a_person_permit_it(tmp_path: Path) -> None:
    """Both, and only then."""
    assert permit(resolved(tmp_path, f"production: true\n{REAL}"), confirmed=True) is True


def test_without_the_person_it_is_refused(tmp_path: Path) -> None:
    """Exit 5: nothing is wrong with the profile."""
    with pytest.raises(RefusedError, match="--i-understand-real-money"):
        permit(resolved(tmp_path, f"production: true\n{REAL}"), confirmed=False)


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        (REAL, ()),
        (f"production: false\n{REAL}", ()),
        (REAL, ("production=true",)),
        ("production: true\nlive: {venue: {testnet: false}}\n", ()),
        ("production: true\nlive: {venue: {testnet: false, url: 'http://127.0.0.1.example.com'}}\n", ()),
        ("production: true\nlive: {venue: {testnet: false, url: 'http://example.com/127.0.0.1'}}\n", ()),
    ],
)
def test_a_profile_that_does_not_say_so_itself_is_wrong(
    tmp_path: Path, text: str, sets: tuple[str, ...]
) -> None:
    """Exit 2: an option left over from another day, a name that looks like this machine's."""
    with pytest.raises(UsageError) as caught:
        permit(resolved(tmp_path, text, *sets), confirmed=True)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("limits", "missing"),
    [
        ("", "the position and none on the order and none on the loss"),
        ("risk: {max_position_qty: 1, max_order_qty: 1}\n", "the loss"),
        ("risk: {max_position_qty: 1, max_drawdown_ratio: 0.1}\n", "the order"),
        ("risk: {max_order_qty: 1, max_day_loss: 5}\n", "the position"),
    ],
)
def test_real_money_without_limits_is_wrong(tmp_path: Path, limits: str, missing: str) -> None:
    """A limit that nobody set holds nothing."""
    text = f"production: true\nlive: {{stage: live-limited, venue: {{testnet: false}}}}\n{limits}"
    with pytest.raises(UsageError, match=missing):
        permit(resolved(tmp_path, text), confirmed=True)


def test_the_defaults_never_trade_real_money() -> None:
    """Without a file there is nobody who meant it."""
    sets = ("production=true", "live.stage=live-full", "live.venue.testnet=false")
    with pytest.raises(UsageError):
        permit(ConfigManager().resolve(None, sets=sets), confirmed=True)


def test_symbols_have_to_be_named(tmp_path: Path) -> None:
    """`all of them` is a fine default for a recording, and none for an account."""
    with pytest.raises(UsageError, match="no symbols"):
        symbols_of(resolved(tmp_path, "").profile)
    named = resolved(tmp_path, "market: {symbols: [ETHUSDT, BTCUSDT, ETHUSDT]}\n")
    assert symbols_of(named.profile) == ("BTCUSDT", "ETHUSDT")
