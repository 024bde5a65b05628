"""What a command has to say: one document for machines, a few lines for people."""

from dataclasses import dataclass, field
from typing import Any

from .verdict import Verdict


@dataclass(frozen=True)
class Outcome:
    """
    The result of one command.

    `name` is `<group>.<verb>`; `data` holds the command's further keys, `lines` what a person
    reads. A command that judges nothing has no verdict and ends with exit code 0.
    """

    name: str
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    exit_code_forced: int | None = None

    def exit_code(self, *, strict: bool = False) -> int:
        """Return the process exit code, with `strict` making WARN fail."""
        if self.exit_code_forced is not None:
            return self.exit_code_forced
        if self.verdict is None:
            return 0
        return self.verdict.strict_exit_code() if strict else self.verdict.exit_code

    def document(self, *, strict: bool = False) -> dict[str, Any]:
        """Return the JSON document of `--json`."""
        head = {
            "schema": f"seatrial.{self.name}/1",
            "verdict": None if self.verdict is None else self.verdict.value,
            "exit_code": self.exit_code(strict=strict),
            "reasons": list(self.reasons),
        }
        assert head.keys().isdisjoint(self.data), "a command's own keys must not replace its answer"
        return head | self.data
