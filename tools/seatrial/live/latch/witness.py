"""
The witness: reads the latch with a memory, so that losing the latch is not a way to clear it.

The highest state ever seen is kept in the process and in the account's folder. A latch that is
gone, went back or cannot be understood is set, and says so as its reason.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ...model.atomic import write_bytes
from ...model.errors import OutsideError, RefusedError, UsageError, Where
from .channel import Channel
from .state import BACKWARDS, MISSING, Cleared, Entry, Latch, author


class Witness:
    """One account's latch as it has to be taken."""

    def __init__(self, channel: Channel, account: str, folder: Path, now_ns: Callable[[], int]) -> None:
        self.channel, self.account = channel, account
        self._memory, self._now_ns = folder / "latch_seen", now_ns
        self._seen = self._remembered()

    def look(self) -> Latch:
        """Return the latch; an unreachable channel is a `ChannelError`."""
        latch = self.channel.read()
        if latch is None:
            return Latch(
                account=self.account, seq=max(0, self._seen), damage=MISSING if self._seen >= 0 else None
            )
        if latch.damage is not None:
            return latch
        if latch.seq < self._seen:
            return latch.model_copy(update={"damage": BACKWARDS})
        self._remember(latch.seq)
        return latch

    def prepare(self) -> Latch:
        """Make the latch of an account that never had one, and return it as it stands."""
        if self._seen < 0 and self.channel.read() is None:
            self.channel.change(lambda found: found or Latch(account=self.account))
        return self.look()

    def set(self, reason: str, *, scope: str = "account") -> tuple[Latch, Entry]:
        """Set the latch; a second call keeps the first reason and adds its own."""
        reason = " ".join(reason.split())
        if not reason:
            raise UsageError("a stop needs its reason", where=Where(field="--reason"))
        made: list[Entry] = []

        def change(found: Latch | None) -> Latch:
            latch = found or Latch(account=self.account)
            seq = max(latch.seq, self._seen, 0) + 1
            entry = Entry(set_at_ns=self._now_ns(), reason=reason, by=author(), scope=scope, seq=seq)
            made.append(entry)
            return Latch(
                account=self.account, seq=seq, entries=(*latch.entries, entry), cleared=latch.cleared
            )

        latch = self.channel.change(change)
        self._remember(latch.seq)
        return latch, made[-1]

    def clear(self, reason: str) -> Latch:
        """Clear the latch; the reason it was set for has to be echoed exactly."""

        def change(found: Latch | None) -> Latch:
            latch = self._taken(found)
            if not latch.is_set:
                raise RefusedError("the latch is not set", where=Where(self.channel.where))
            if reason != latch.reason:
                raise RefusedError(
                    "the latch stays set: this is not the reason that it was set for",
                    where=Where(self.channel.where),
                    fix=f"echo it exactly: {latch.reason}",
                )
            seq = max(latch.seq, self._seen, 0) + 1
            cleared = Cleared(cleared_at_ns=self._now_ns(), by=author(), reason=reason, seq=seq)
            return Latch(account=self.account, seq=seq, cleared=cleared)

        latch = self.channel.change(change)
        self._remember(latch.seq)
        return latch

    def _taken(self, found: Latch | None) -> Latch:
        if found is None:
            return Latch(account=self.account, damage=MISSING if self._seen >= 0 else None)
        went_back = found.damage is None and found.seq < self._seen
        return found.model_copy(update={"damage": BACKWARDS}) if went_back else found

    def _remembered(self) -> int:
        """Return the highest state seen by any process of this account here, -1 for none."""
        try:
            return int(self._memory.read_text().strip())
        except (OSError, ValueError):
            # A marker that is damaged says that there was one.
            return 0 if self._memory.exists() else -1

    def _remember(self, seq: int) -> None:
        if seq <= self._seen:
            return
        self._seen = seq
        # The stop itself must not fail because this folder cannot be written.
        with suppress(OutsideError, OSError):
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(self._memory, b"%d\n" % seq)
