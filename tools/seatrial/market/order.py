"""
Put the messages of many files into one order of time, in bounded memory.

Files are chained by what they hold and not by their names: each is opened when market time reaches
its first message. A file that is slightly out of order is sorted through a small window and every
late message counted; one that is grossly out of order is refused, because sorting it silently
would invent a market.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace

from ..model.errors import InputError
from .importer.interface import Message, Stream

WINDOW_MESSAGES = 4_096
LATE_NS_MAX = 60 * 10**9
EARLIEST_NS = 1_230_768_000 * 10**9  # 2009-01-01, before there was anything to trade
LATEST_NS = 4_102_444_800 * 10**9  # 2100-01-01

Late = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Placed:
    """A stream with the stamp of its first message."""

    stream: Stream
    first_ns: int
    first: Message


def placed(streams: Sequence[Stream]) -> list[Placed]:
    """Return the streams that hold anything, in an order that depends on content alone."""
    found = []
    for stream in streams:
        messages = stream.messages()
        first = next(messages, None)
        close = getattr(messages, "close", None)
        if close:
            close()
        if first is not None:
            found.append(Placed(stream, first.ts_ns, first))
    return sorted(found, key=lambda item: (item.first_ns, item.stream.rank, item.stream.source.sha256))


def in_order(stream: Stream, late: Late, window: int = WINDOW_MESSAGES) -> Iterator[Message]:
    """
    Yield a stream's messages sorted by stamp (stable), looking `window` messages ahead.

    A message that arrives after a newer one is counted in `late` by (venue, symbol); one that is
    older than what has left the window, or a minute late, is an InputError naming file and line.
    """
    held: deque[Message] = deque()
    newest = left = -(2**63)
    for message in stream.messages():
        ts = message.ts_ns
        if not EARLIEST_NS <= ts <= LATEST_NS:
            raise _no_time(stream, message)
        if ts >= newest:
            newest = ts
            held.append(message)
        else:
            late[message.listing.venue, message.listing.symbol] += 1
            if ts < left or newest - ts > LATE_NS_MAX:
                raise _out_of_order(stream, message, newest)
            _insert(held, message)
        if len(held) > window:
            oldest = held.popleft()
            left = oldest.ts_ns
            yield oldest
    yield from held


def merged(items: Sequence[Placed], late: Late) -> Iterator[tuple[Stream, Message]]:
    """
    Yield every (stream, message) in time order; `items` as `placed` returns them.

    Equal stamps follow the streams' rank, then the order of `items`.
    """
    waiting = deque(enumerate(items))
    active: list[tuple[int, int, int, Message, Iterator[Message]]] = []
    while active or waiting:
        while waiting and (not active or waiting[0][1].first_ns <= active[0][0]):
            number, item = waiting.popleft()
            messages = in_order(item.stream, late)
            first = next(messages)
            heappush(active, (first.ts_ns, item.stream.rank, number, first, messages))
        _, rank, number, message, messages = active[0]
        yield items[number].stream, message
        following = next(messages, None)
        if following is None:
            heappop(active)
        else:
            heapreplace(active, (following.ts_ns, rank, number, following, messages))


def _insert(held: deque[Message], message: Message) -> None:
    """Put a late message behind every held one that is not newer."""
    newer = []
    while held and held[-1].ts_ns > message.ts_ns:
        newer.append(held.pop())
    held.append(message)
    held.extend(reversed(newer))


def _no_time(stream: Stream, message: Message) -> InputError:
    return stream.source.error(
        f"the stamp {message.ts_ns} ns is not between the years 2009 and 2100",
        line=message.line,
        fix="stamps are UTC since 1970 in s, ms, us or ns",
    )


def _out_of_order(stream: Stream, message: Message, newest: int) -> InputError:
    return stream.source.error(
        f"the rows are not in order of time: this one is {(newest - message.ts_ns) / 1e9:.3f} s late",
        line=message.line,
        fix="sort the file by its time stamps",
    )
