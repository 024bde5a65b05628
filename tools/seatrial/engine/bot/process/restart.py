"""
Whether a bot that has ended is started again, and after how long: a budget, and a wait that doubles.

A bot that dies at once is tried a few times and then given up; one that dies once a day is
started again for ever, because old restarts leave the budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ....model.process import RestartSettings


@dataclass(frozen=True)
class Ruling:
    """What to do: start again after `wait_s`, or (None) give up, and why."""

    wait_s: float | None
    reason: str


class Budget:
    """The restarts of one bot; `spent_ns` are earlier ones, so that a resumed soak does not forgive them."""

    def __init__(self, settings: RestartSettings, spent_ns: Sequence[int] = ()) -> None:
        self._settings = settings
        self.spent_ns = list(spent_ns)

    def ended(self, now_ns: int, *, failed: bool) -> Ruling:
        """Rule on a bot that has ended at this moment, by failure or by its own will."""
        held = self._settings
        if held.on == "never" or (held.on == "failure" and not failed):
            return Ruling(None, f"the bot ended and restart.on is {held.on}")
        self.spent_ns = [at for at in self.spent_ns if now_ns - at < held.within_s * 1e9]
        if len(self.spent_ns) >= held.most:
            return Ruling(None, f"{len(self.spent_ns)} restarts within {held.within_s:g} s are spent")
        wait_s = min(held.wait_s * 2 ** len(self.spent_ns), held.wait_most_s)
        self.spent_ns.append(now_ns)
        return Ruling(wait_s, f"restart {len(self.spent_ns)} of {held.most} in {wait_s:g} s")
