"""The latch as a state machine: whatever happens to it, it is never unset by anything but its reason."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.live.stage import NOW_NS

from seatrial.live.latch.file import FileChannel
from seatrial.live.latch.state import Latch
from seatrial.live.latch.witness import Witness
from seatrial.model.errors import RefusedError

REASONS = st.sampled_from(["loss", "fat finger", "venue down"])


class LatchMachine(RuleBasedStateMachine):
    """People set and clear it, disks and hands damage it, processes come and go."""

    @initialize()
    def begin(self) -> None:
        """An account that has had a run."""
        self.folder = tempfile.TemporaryDirectory()
        self.place = Path(self.folder.name)
        self.reasons: list[str] = []
        self.damaged = False
        self.fresh()
        self.witness.prepare()

    def teardown(self) -> None:
        """Remove the folder."""
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule()
    def fresh(self) -> None:
        """Another process looks from now on."""
        channel = FileChannel(self.place / "latch", "main")
        self.witness = Witness(channel, "main", self.place, lambda: NOW_NS)
        self.file = Path(channel.where)

    @rule(reason=REASONS)
    def set(self, reason: str) -> None:
        """Somebody stops trading."""
        self.witness.set(reason)
        # What the damage hid is unknown; the new reason is what can be read now.
        self.reasons = [reason] if self.damaged else [*self.reasons, reason]
        self.damaged = False

    @rule(reason=REASONS)
    def clear(self, reason: str) -> None:
        """Somebody tries to clear it with a reason that may be the right one."""
        expected = self.reasons[:1] == [reason] and not self.damaged
        try:
            self.witness.clear(reason)
        except RefusedError:
            assert not expected
        else:
            assert expected
            self.reasons = []

    @rule()
    def clear_damage(self) -> None:
        """Somebody reads what is wrong and clears that."""
        latch = self.witness.look()
        if self.damaged and latch.reason is not None:
            self.witness.clear(latch.reason)
            self.reasons, self.damaged = [], False

    @rule(content=st.sampled_from([b"", b"{", b'{"account":"main"', b"\x00"]))
    def damage(self, content: bytes) -> None:
        """A disk or an editor leaves something else there."""
        self.file.write_bytes(content)
        self.damaged = True

    @rule()
    def remove(self) -> None:
        """`rm`."""
        self.file.unlink(missing_ok=True)
        self.damaged = True

    @rule()
    def restore_an_empty_one(self) -> None:
        """A backup of the first day."""
        if self.witness.look().seq > 0:
            self.file.write_text(Latch(account="main").model_dump_json())
            self.damaged = True

    @invariant()
    def it_is_set_when_it_has_to_be(self) -> None:
        """Set, or damaged: either way nobody trades."""
        if hasattr(self, "witness"):
            latch = self.witness.look()
            assert latch.is_set == (bool(self.reasons) or self.damaged)
            if self.reasons and not self.damaged:
                assert latch.reason == self.reasons[0]


TestLatch = LatchMachine.TestCase
TestLatch.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
