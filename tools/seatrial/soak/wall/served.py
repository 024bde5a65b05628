"""
The exchange that the bot trades with: another process of ours, whose addresses its environment gets.

One narrow seam: something that starts an exchange and says where it is. It is kept by a warden
like the bot, so it cannot outlive the soak either.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...engine.bot.process.launch import Launched
from ...engine.bot.process.logbook import Logbook, LogRules
from ...model.errors import OutsideError
from ...model.profile import Profile

LOG = "exchange.log"
_PLACES = ("{rest}", "{ws_public}", "{ws_private}", "{ws_trade}", "{control}", "{api_key}", "{api_secret}")
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Berth:
    """What an exchange is started with: its profile, the record it belongs to, and its environment."""

    profile: Profile
    folder: Path
    env: Mapping[str, str]
    run_id: str


class Served:
    """An exchange at work."""

    def __init__(self, launched: Launched, addresses: Mapping[str, str], record: str | None) -> None:
        self._launched, self.addresses, self.record = launched, addresses, record

    def is_there(self) -> bool:
        """Return whether it still runs."""
        return self._launched.poll()

    def stop(self, grace_s: float = 30.0) -> None:
        """Let it seal its record, and end it."""
        self._launched.stop(grace_s)


Serve = Callable[[Berth], Served]


def is_needed(profile: Profile) -> bool:
    """Return whether the bot is given an address of an exchange of ours."""
    texts = (*profile.bot.command, *profile.bot.process.env.values())
    return any(place in text for text in texts for place in _PLACES)


def serve(berth: Berth) -> Served:
    """Start `exchange serve` on the profile's market and wait for its addresses."""
    key = f"soak-{berth.run_id}"
    words = [sys.executable, "-m", "seatrial", "exchange", "serve", "--api-key", key, "--api-secret", key]
    if berth.profile.market.data is not None:
        words += ["--data", str(berth.profile.market.data)]
    words += ["--out", str(berth.folder / "exchange")]
    return started(words, berth, {"api_key": key, "api_secret": key})


def started(words: list[str], berth: Berth, credentials: Mapping[str, str]) -> Served:
    """Start a command whose first line of output is a JSON object of addresses."""
    process = berth.profile.bot.process
    rules = LogRules(process.log_bytes, process.log_files, name=LOG)
    book = Logbook(berth.folder, rules, time.monotonic_ns)
    launched = Launched(words, berth.env, Path.cwd(), book)
    until = time.monotonic() + _PATIENCE_S
    while book.first_line is None and launched.poll() and time.monotonic() < until:
        time.sleep(0.02)
    said = _addresses(book.first_line)
    if said is None:
        launched.stop(1.0)
        how = f"exit code {launched.exit_code}" if launched.exit_code is not None else "no addresses"
        raise OutsideError(f"the exchange did not start: {how}", fix=f"see {berth.folder / LOG}")
    record = said.pop("record", None)
    flat = {name: str(value) for name, value in _flat(said)}
    return Served(launched, {**flat, **credentials}, None if record is None else str(record))


def _addresses(line: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(line or b"")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _flat(said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the addresses by name; of one per category also `ws_public_linear`, the first as `ws_public`."""
    flat: list[tuple[str, Any]] = []
    for name, value in said.items():
        if isinstance(value, Mapping):
            flat += [(f"{name}_{inner}", address) for inner, address in value.items()]
            flat += [(name, address) for address in list(value.values())[:1]]
        else:
            flat.append((name, value))
    return flat
