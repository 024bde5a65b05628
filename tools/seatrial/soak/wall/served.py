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
from ...engine.bot.process.surroundings import names_address
from ...model.atomic import write_json
from ...model.errors import OutsideError
from ...model.profile import Profile

LOG, PROFILE = "exchange.log", "exchange.yaml"
# The first start on a machine compiles the exchange.
_PATIENCE_S = 300.0


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
    return any(names_address(text) for text in texts)


def serve(berth: Berth) -> Served:
    """Start `exchange serve` on the profile's market and wait for its addresses."""
    key = f"soak-{berth.run_id}"
    path = berth.folder / PROFILE
    write_json(path, _profile_of(berth.profile))
    words = [sys.executable, "-m", "seatrial", "exchange", "serve", "--profile", str(path)]
    words += ["--api-key", key, "--api-secret", key, "--speed", f"{berth.profile.bot.process.market_speed:g}"]
    words += ["--out", str(berth.folder)]
    return started(words, berth, {"api_key": key, "api_secret": key})


def _profile_of(profile: Profile) -> dict[str, Any]:
    """Return the exchange's part of the profile: market and venue, and no secret of the bot."""
    market = profile.market.model_dump(mode="json")
    if profile.market.feed == "dataset" and profile.market.data is not None:
        market["data"] = str(Path(profile.market.data).absolute())
    return {
        "name": "exchange",
        "seed": profile.seed,
        "market": market,
        "exchange": profile.exchange.model_dump(mode="json"),
        "soak": {"window_s": profile.soak.window_s * profile.bot.process.market_speed},
        "gates": [gate.model_dump(mode="json", exclude_none=True) for gate in profile.gates],
    }


def started(words: list[str], berth: Berth, credentials: Mapping[str, str]) -> Served:
    """Start a command that says its addresses as a JSON object, one of its first lines."""
    process = berth.profile.bot.process
    rules = LogRules(process.log_bytes, process.log_files, name=LOG)
    book = Logbook(berth.folder, rules, time.monotonic_ns)
    launched = Launched(words, berth.env, Path.cwd(), book)
    until = time.monotonic() + _PATIENCE_S
    while _addresses(book.head) is None and launched.poll() and time.monotonic() < until:
        time.sleep(0.02)
    said = _addresses(book.head)
    if said is None:
        launched.stop(1.0)
        book.finish(1.0)
        how = book.head[-1].decode(errors="replace") if book.head else f"exit code {launched.exit_code}"
        raise OutsideError(f"the exchange did not start: {how}", fix=f"see {berth.folder / LOG}")
    record = said.pop("record", None)
    flat = {name: str(value) for name, value in _flat(said)}
    return Served(launched, {**flat, **credentials}, None if record is None else str(record))


def _addresses(head: list[bytes]) -> dict[str, Any] | None:
    """Return the first object among the first lines; a warning may come before it."""
    for line in list(head):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return None


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
