"""The poller: it waits for the venue so that the loop does not have to."""

from threading import Event

from tests.live.stage import NOW_NS, Exchange, MemoryVenue, eventually, order

from seatrial.engine.venue.port import Handle
from seatrial.live.poller import Poller, Post, State, Wanted


def polling(exchange: Exchange) -> Poller:
    """A poller at work."""
    poller = Poller(MemoryVenue(exchange), ("BTCUSDT",), lambda: NOW_NS, book_ms=10, orders_ms=10)
    poller.start()
    return poller


def next_state(poller: Poller) -> State:
    """The next thing that it brings of orders."""
    found: list[State] = []
    eventually(lambda: collected(poller, found))
    return found[-1]


def collected(poller: Poller, found: list[State]) -> list[State]:
    """Everything that was brought so far."""
    found += poller.states.take()
    return found


def test_books_and_states_come_by_themselves() -> None:
    """With the moment at which they came."""
    exchange = Exchange()
    MemoryVenue(exchange).place(order(1))
    poller = polling(exchange)
    try:
        eventually(lambda: [news.seen_ns for news in poller.books.take()])
        state = next_state(poller)
        assert [one.handle.client_id for one in state.statement.open_orders.items] == ["c1"]
        assert poller.silent_since_ns is None
    finally:
        poller.stop()


def test_a_working_order_that_no_list_shows_is_asked_for() -> None:
    """A post-only order that the venue took away a moment later would rest in our books for ever."""
    exchange = Exchange()
    venue = MemoryVenue(exchange)
    venue.place(order(1))
    venue.cancel(Handle("c1", "BTCUSDT"))
    poller = polling(exchange)
    try:
        poller.wanted = Wanted(
            0, ((Handle("c1", "BTCUSDT"), NOW_NS - 3 * 10**9), (Handle("c2", "BTCUSDT"), NOW_NS))
        )
        found: list[State] = []
        eventually(lambda: any(state.looked_up for state in collected(poller, found)))
        looked_up = next(state.looked_up for state in found if state.looked_up)
        ended = looked_up["c1"]
        assert ended is not None
        assert ended.status == "canceled"
        assert "c2" not in looked_up, "it is too young to be missed"
    finally:
        poller.stop()


def test_a_silent_venue_is_told_and_proves_nothing() -> None:
    """An empty list that is no answer must not read as an empty book."""
    exchange = Exchange(failing=10**6)
    poller = polling(exchange)
    try:
        state = next_state(poller)
        assert not state.statement.open_orders.complete
        assert state.looked_up == {}
        assert poller.silent_since_ns == NOW_NS
        assert "503" in str(poller.trouble)
    finally:
        poller.stop()


def test_a_hung_venue_does_not_hold_up_the_end() -> None:
    """The threads are told to end, and are not waited for for ever."""
    poller = polling(Exchange())
    assert poller.dead() is None
    poller.stop()
    assert poller.dead() == "poll-books"
    assert Event().wait(0) is False


def test_what_nobody_takes_does_not_grow_without_bound() -> None:
    """A loop that hangs for an hour must not fill the memory with its mail."""
    post: Post[int] = Post()
    for number in range(10_000):
        post.put(number)
    found = post.take()

    assert len(found) == 256
    assert found[-1] == 9_999
    assert post.take() == []
