"""A bot that goes quiet: no error, no orders."""

from typing import TYPE_CHECKING

from .reference import ReferenceMaker

if TYPE_CHECKING:
    from ..desk import Desk


class Sleeper(ReferenceMaker):
    """A bad bot: after a while it stops quoting and says nothing."""

    def __init__(self, *, awake_s: float = 4 * 3_600.0, **params: object) -> None:
        super().__init__(**params)  # type: ignore[arg-type]
        self.awake_s = awake_s
        self.started_ns = 0

    def on_timer(self, desk: "Desk") -> None:
        """Quote while awake."""
        self.started_ns = self.started_ns or desk.now_ns
        if (desk.now_ns - self.started_ns) / 1e9 < self.awake_s:
            super().on_timer(desk)
        else:
            desk.cancel_all()
