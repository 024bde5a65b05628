"""A bot with a leak: it keeps everything it ever saw."""

from typing import TYPE_CHECKING

from .reference import ReferenceMaker

if TYPE_CHECKING:
    from ..desk import Desk


class Leaker(ReferenceMaker):
    """A bad bot: it keeps everything it ever saw."""

    def __init__(self, *, leak_bytes: int = 4_096, **params: object) -> None:
        super().__init__(**params)  # type: ignore[arg-type]
        self.leak_bytes = leak_bytes
        self._kept: list[bytearray] = []

    def on_timer(self, desk: "Desk") -> None:
        """Quote, and forget to forget."""
        super().on_timer(desk)
        self._kept.append(bytearray(b"\x01" * self.leak_bytes))

    def state(self) -> dict[str, object]:
        """Return the state with the leak as a number: a resumed leak is as large as before."""
        return {**super().state(), "_kept": len(self._kept)}

    def restore(self, state: dict[str, object]) -> None:
        """Go on, leak included."""
        kept = state["_kept"]
        super().restore(
            {**state, "_kept": [bytearray(b"\x01" * self.leak_bytes) for _ in range(int(str(kept)))]}
        )
