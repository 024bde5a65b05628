"""One call of `finops reconcile`: from options to reports and answer."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ..model.errors import UsageError
from ..model.outcome import Outcome
from ..model.profile import FinopsSettings
from .journal_rows import is_record
from .reconcile import ReconcileAsk, is_big, our_rows, reconcile
from .reconcile_answer import answer, judge
from .saying import DAY_NS, day
from .sides import Asked
from .totals import is_metrics
from .waterfall import Waterfall, of_record, of_rows

EPOCH = date(1970, 1, 1)


def wanted(
    books: tuple[Path, Sequence[Path]],
    reading: tuple[str | None, Path | None, str | None],
    judging: tuple[Path | None, str | None, str],
    now_ns: int,
) -> ReconcileAsk:
    """
    Return what the options ask for.

    `books` is ours and theirs, `reading` venue, mapping and zone, `judging` acceptances, day and the
    sign of our fees. Expiries count from today, ages from the newest row, both from `--as-of` if given.
    """
    accept, as_of, fees = judging
    if fees not in {"cash", "paid"}:
        raise UsageError(f"--fees {fees!r} is neither cash nor paid", fix="cash: paid fees are negative")
    when = _day(as_of) if as_of else None
    return ReconcileAsk(
        internal=books[0],
        statements=books[1],
        today=when or date.fromisoformat(day(now_ns)),
        asked=Asked(*reading),
        accept=accept,
        # The end of the day: a break of that day is not a day old.
        as_of_ns=None if when is None else ((when - EPOCH).days + 1) * DAY_NS - 1,
        fees_are_paid=fees == "paid",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text!r} is no day", fix="write 2026-01-31") from error


def run(ask: ReconcileAsk, settings: FinopsSettings, out: Path | None) -> Outcome:
    """Reconcile, write the reports if a folder is given, and answer."""
    judged = judge(reconcile(ask, settings), settings)
    if out is None:
        return answer(judged)
    from .report.reconciliation import Told, write

    title = f"{ask.internal.resolve().name} against {', '.join(path.name for path in ask.statements)}"
    return answer(judged, write(Told(judged, title, _fall(ask, settings)), out))


def _fall(ask: ReconcileAsk, settings: FinopsSettings) -> Waterfall | None:
    """Return the waterfall of our book; of a book too large for memory there is none."""
    if is_record(ask.internal):
        return of_record(ask.internal)
    if is_big(ask) or is_metrics(ask.internal):
        return None
    return of_rows(our_rows(ask), dict(settings.rates))
