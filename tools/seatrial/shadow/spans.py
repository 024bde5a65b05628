"""Stretches of time: joined where they overlap, cut where nothing was seen, laid out by day or ISO week."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

Span = tuple[int, int]
DAY_NS = 86_400 * 10**9
WEEK_NS = 7 * DAY_NS
_EPOCH = date(1970, 1, 1)
# 1970 began on a Thursday; ISO weeks begin on Mondays.
_MONDAY_NS = -3 * DAY_NS


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, none overlapping: time that was seen twice is there once."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return the spans less the holes."""
    left = joined(spans)
    for start, end in joined(holes):
        left = [
            piece
            for span in left
            for piece in ((span[0], min(span[1], start)), (max(span[0], end), span[1]))
            if piece[1] > piece[0]
        ]
    return left


def length_ns(spans: Iterable[Span]) -> int:
    """Return how much time joined spans cover."""
    return sum(end - start for start, end in joined(spans))


def within(spans: Iterable[Span], period: Span) -> list[Span]:
    """Return the parts of the spans in a period."""
    start, end = period
    return [(max(a, start), min(b, end)) for a, b in spans if b > start and a < end]


def days(first_ns: int, last_ns: int) -> Iterator[tuple[str, Span]]:
    """Yield the UTC days from one moment to another, each by its date."""
    for number in range(first_ns // DAY_NS, last_ns // DAY_NS + 1):
        yield (_EPOCH + timedelta(days=number)).isoformat(), (number * DAY_NS, (number + 1) * DAY_NS)


def weeks(first_ns: int, last_ns: int) -> Iterator[tuple[str, Span]]:
    """Yield the ISO weeks from one moment to another, each by its name."""
    for number in range((first_ns - _MONDAY_NS) // WEEK_NS, (last_ns - _MONDAY_NS) // WEEK_NS + 1):
        start_ns = number * WEEK_NS + _MONDAY_NS
        monday = datetime.fromtimestamp(start_ns // 10**9, UTC).isocalendar()
        yield f"{monday.year}-W{monday.week:02d}", (start_ns, start_ns + WEEK_NS)
