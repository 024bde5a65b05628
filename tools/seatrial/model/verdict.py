"""
The four answers of a judgement, and how several of them become one.

No evidence is never a pass: UNKNOWN outranks WARN, and only a known failure outranks UNKNOWN.
"""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """PASS, WARN, UNKNOWN or FAIL; compare them with `worst`."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    WARN = "WARN"
    UNKNOWN = "UNKNOWN"
    FAIL = "FAIL"

    @property
    def exit_code(self) -> int:
        """Return the process exit code that this verdict ends in."""
        return {Verdict.PASS: 0, Verdict.WARN: 0, Verdict.UNKNOWN: 3, Verdict.FAIL: 1}[self]

    def strict_exit_code(self) -> int:
        """Return the exit code under `--strict`, where WARN fails and UNKNOWN keeps its own code."""
        return 1 if self is Verdict.WARN else self.exit_code


_RANK = {Verdict.PASS: 0, Verdict.WARN: 1, Verdict.UNKNOWN: 2, Verdict.FAIL: 3}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts; of none, UNKNOWN, because nothing was judged."""
    return max(verdicts, key=_RANK.__getitem__, default=Verdict.UNKNOWN)
