"""The mirrored module searches for an order that explains what was answered."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.chaos.history.linear import check
from seatrial.chaos.history.operation import Event, History, pair
from seatrial.chaos.history.sequential import ILLEGAL, MODELS, calls

VALUE = st.integers(0, 2)
DEED = st.one_of(
    st.tuples(st.just("write"), VALUE),
    st.tuples(st.just("cas"), st.tuples(VALUE, VALUE).map(list)),
    st.tuples(st.just("read"), st.none()),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Small histories of three clients with any answers, some of them never heard."""
    events: list[Event] = []
    waiting: dict[int, tuple[str, object]] = {}
    dead: set[int] = set()
    for _ in range(draw(st.integers(2, 12))):
        client = draw(st.integers(0, 2))
        if client in dead:
            continue
        if client not in waiting:
            waiting[client] = draw(DEED)
            events.append(Event(len(events), client, "invoke", *waiting[client]))
            continue
        f, value = waiting.pop(client)
        kind = draw(st.sampled_from(["ok", "ok", "ok", "fail", "info"]))
        told = draw(st.one_of(st.none(), VALUE)) if f == "read" and kind == "ok" else value
        events.append(Event(len(events), client, kind, f, told))
        if kind == "info":
            dead.add(client)
    return pair(events, "drawn", "edn")


TEXT = st.sampled_from(["a", "b"])
KEPT = st.one_of(
    st.tuples(st.just("put"), TEXT), st.tuples(st.just("append"), TEXT), st.tuples(st.just("get"), st.none())
)


@st.composite
def stores(draw: st.DrawFn) -> History:
    """Small histories of a key whose texts repeat, with any answers."""
    events: list[Event] = []
    waiting: dict[int, tuple[str, object]] = {}
    dead: set[int] = set()
    for _ in range(draw(st.integers(4, 14))):
        client = draw(st.integers(0, 3))
        if client in dead:
            continue
        if client not in waiting:
            waiting[client] = draw(KEPT)
            events.append(Event(len(events), client, "invoke", *waiting[client]))
            continue
        f, value = waiting.pop(client)
        kind = draw(st.sampled_from(["ok", "ok", "ok", "info"]))
        told = draw(st.sampled_from(["", "a", "b", "ab", "ba", "aa", "aab"])) if f == "get" else value
        events.append(Event(len(events), client, kind, f, told))
        if kind == "info":
            dead.add(client)
    return pair(events, "drawn", "edn")


def by_hand(history: History, name: str = "cas-register") -> bool:
    """Every order of every choice of unheard operations, tried one by one."""
    model = MODELS[name]
    found = [call for part in calls(history, model).values() for call in part]
    heard = [call for call in found if call.returned is not None]
    unheard = [call for call in found if call.returned is None]
    for chosen in range(1 << len(unheard)):
        used = heard + [call for bit, call in enumerate(unheard) if chosen >> bit & 1]
        for order in permutations(used):
            late = [
                (a, b)
                for n, a in enumerate(order)
                for b in order[n + 1 :]
                if b.returned is not None and b.returned < a.called
            ]
            state = model.first
            for call in order if not late else ():
                state = model.step(state, call)
                if state is ILLEGAL:
                    break
            if not late and state is not ILLEGAL:
                return True
    return False


@settings(max_examples=300, deadline=None)
@given(histories())
def test_the_search_answers_as_trying_everything_does(history: History) -> None:
    """Each of the short cuts could drop the one order that explains a history."""
    found = check(history, MODELS["cas-register"], 10)

    assert found.history == ("valid" if by_hand(history) else "invalid")


@settings(max_examples=300, deadline=None)
@given(stores())
def test_a_store_is_judged_as_trying_everything_does(history: History) -> None:
    """What is forgotten must be what nobody could have read."""
    found = check(history, MODELS["kv"], 10)

    assert found.history == ("valid" if by_hand(history, "kv") else "invalid")


def told(*rows: tuple[int, str, str, object]) -> History:
    """A history from rows of client, type, f and value."""
    return pair([Event(n, *row) for n, row in enumerate(rows)], "told", "edn")


def test_time_over_is_unknown() -> None:
    """A search that gave up has not found the history right."""
    rows: list[tuple[int, str, str, object]] = [(n, "invoke", "write", n) for n in range(14)]
    rows += [(20, "invoke", "read", None), (20, "ok", "read", 99)]
    rows += [(n, "ok", "write", n) for n in range(14)]
    ticks = iter(range(0, 10**15, 10**9))

    model = MODELS["register"]
    blind = type(model)(model.first, model.step, keyed=True)
    found = check(told(*rows), blind, 1, lambda: next(ticks))

    assert found.history in {"unknown", "invalid"}
    assert check(told(*rows), model, 10).history == "invalid"


def test_a_write_that_timed_out_may_have_happened() -> None:
    """Taking a time-out for a failure calls a correct store broken."""
    rows = [
        (0, "invoke", "write", 1),
        (0, "info", "write", 1),
        (1, "invoke", "read", None),
        (1, "ok", "read", 1),
    ]

    assert check(told(*rows), MODELS["register"], 5).history == "valid"


def test_a_write_that_failed_did_not_happen() -> None:
    """A store that applies what it refused has lied."""
    rows = [
        (0, "invoke", "write", 1),
        (0, "fail", "write", 1),
        (1, "invoke", "read", None),
        (1, "ok", "read", 1),
    ]

    found = check(told(*rows), MODELS["register"], 5)

    assert found.history == "invalid"
    assert found.witness["blocked"][0]["told"] == 1


def test_independent_keys_are_searched_apart() -> None:
    """Jepsen's [key, value] tuples are many small registers and not one of pairs."""
    rows = [
        (0, "invoke", "write", [7, 1]), (0, "ok", "write", [7, 1]),
        (0, "invoke", "read", [8, None]), (0, "ok", "read", [8, None]),
        (0, "invoke", "read", [7, None]), (0, "ok", "read", [7, 2]),
    ]  # fmt: skip

    found = check(told(*rows), MODELS["register"], 5)

    assert (found.history, found.witness["key"]) == ("invalid", 7)


@pytest.mark.parametrize("second", ["ok", "info"])
def test_two_hold_a_mutex(second: str) -> None:
    """The second acquisition is a violation when it was granted, and may never have been when unheard."""
    rows = [
        (0, "invoke", "acquire", None), (0, "ok", "acquire", None),
        (1, "invoke", "acquire", None), (1, second, "acquire", None),
    ]  # fmt: skip

    assert check(told(*rows), MODELS["mutex"], 5).history == ("invalid" if second == "ok" else "valid")
