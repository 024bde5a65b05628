"""Every checker finds the violation that was planted for it, and passes the history without it."""

from typing import Any

import pytest

from seatrial.chaos.history.check import CHECKERS
from seatrial.chaos.history.operation import Event, History, Operation, pair

Rows = list[tuple[int, str, str, Any]]


def history(rows: Rows, form: str = "edn") -> History:
    """A history from rows of client, type, f and value."""
    return pair([Event(n, *row) for n, row in enumerate(rows)], "told", form)


def done(client: int, f: str, asked: Any, told: Any = None) -> Rows:
    """One operation that was asked and answered at once."""
    return [(client, "invoke", f, asked), (client, "ok", f, asked if told is None else told)]


def txn(client: int, *parts: list[Any]) -> Rows:
    """One transaction whose reads ask nothing."""
    asked = [[f, k, None if f == "r" else v] for f, k, v in parts]
    return [(client, "invoke", "txn", asked), (client, "ok", "txn", [list(part) for part in parts])]


A, R, W = "append", "r", "w"
BOTH_READ: Rows = [
    (0, "invoke", "txn", [[R, 1, None], [A, 2, 1]]),
    (1, "invoke", "txn", [[R, 2, None], [A, 1, 1]]),
    (0, "ok", "txn", [[R, 1, []], [A, 2, 1]]),
    (1, "ok", "txn", [[R, 2, []], [A, 1, 1]]),
    *txn(2, [R, 1, [1]], [R, 2, [1]]),
]

CASES: list[tuple[str, str, Rows, Rows]] = [
    ("list-append", "write skew",
     [*txn(0, [R, 1, []], [A, 2, 1]), *txn(1, [R, 2, [1]], [A, 1, 1]), *txn(2, [R, 1, [1]])], BOTH_READ),
    ("list-append", "order",
     [*txn(0, [A, 1, 1]), *txn(0, [A, 1, 2]), *txn(1, [R, 1, [1, 2]]), *txn(2, [R, 1, [1, 2]])],
     [*txn(0, [A, 1, 1]), *txn(0, [A, 1, 2]), *txn(1, [R, 1, [1, 2]]), *txn(2, [R, 1, [2, 1]])]),
    ("list-append", "aborted read", [*txn(0, [A, 1, 1]), *txn(1, [R, 1, [1]])],
     [(0, "invoke", "txn", [[A, 1, 1]]), (0, "fail", "txn", [[A, 1, 1]]), *txn(1, [R, 1, [1]])]),
    ("list-append", "passing read", [*txn(0, [A, 1, 1], [A, 1, 2]), *txn(1, [R, 1, [1, 2]])],
     [*txn(0, [A, 1, 1], [A, 1, 2]), *txn(1, [R, 1, [1]])]),
    ("list-append", "own append", [*txn(0, [A, 1, 1], [R, 1, [1]])], [*txn(0, [A, 1, 1], [R, 1, []])]),
    ("list-append", "stale in time", [*txn(0, [A, 1, 1]), *txn(1, [R, 1, [1]])],
     [*txn(0, [A, 1, 1]), *txn(1, [R, 1, []]), *txn(2, [R, 1, [1]])]),
    ("list-append", "lost append", [*txn(0, [A, 1, 1]), *txn(1, [R, 1, [1]])],
     [*txn(0, [A, 1, 1]), *txn(0, [A, 1, 2]), *txn(1, [R, 1, [1]])]),
    ("rw-register", "lost update",
     [*txn(0, [W, 1, 1]), *txn(1, [R, 1, 1], [W, 1, 2]), *txn(2, [R, 1, 2], [W, 1, 3])],
     [*txn(0, [W, 1, 1]), *txn(1, [R, 1, 1], [W, 1, 2]), *txn(2, [R, 1, 1], [W, 1, 3])]),
    ("rw-register", "back to nothing", [*txn(0, [R, 1, None]), *txn(0, [W, 1, 1])],
     [*txn(0, [W, 1, 1]), *txn(1, [R, 1, None])]),
    ("long-fork", "opposite orders",
     [*done(0, "read", [[R, 1, None], [R, 2, None]], [[R, 1, 1], [R, 2, None]]),
      *done(0, "read", [[R, 1, None], [R, 2, None]], [[R, 1, 1], [R, 2, 1]])],
     [*done(0, "read", [[R, 1, None], [R, 2, None]], [[R, 1, 1], [R, 2, None]]),
      *done(0, "read", [[R, 1, None], [R, 2, None]], [[R, 1, None], [R, 2, 1]])]),
    ("bank", "money appears",
     [*done(0, "transfer", {"from": 0, "to": 1, "amount": 3}), *done(1, "read", None, {0: 7, 1: 3})],
     [*done(0, "transfer", {"from": 0, "to": 1, "amount": 3}), *done(1, "read", None, {0: 7, 1: 3}),
      *done(1, "read", None, {0: 7, 1: 4})]),
    ("counter", "out of bounds", [*done(0, "add", 2), *done(0, "read", None, 2)],
     [*done(0, "add", 2), *done(0, "read", None, 1)]),
    ("set", "lost", [*done(0, "add", 1), *done(0, "read", None, [1])],
     [*done(0, "add", 1), *done(0, "read", None, [])]),
    ("set", "from nowhere", [*done(0, "add", 1), *done(0, "read", None, [1])],
     [*done(0, "add", 1), *done(0, "read", None, [1, 2])]),
    ("set-full", "seen and gone",
     [*done(0, "add", 1), *done(0, "read", None, []), *done(0, "read", None, [1])],
     [*done(0, "add", 1), *done(0, "read", None, [1]), *done(0, "read", None, [])]),
    ("writes", "twice", [*done(0, "write", 1), *done(0, "read", None, [1])],
     [*done(0, "write", 1), *done(0, "read", None, [1, 1])]),
    ("queue", "lost", [*done(0, "enqueue", 1), *done(0, "dequeue", None, 1)],
     [*done(0, "enqueue", 1), *done(0, "drain", None, [])]),
    ("queue", "twice", [*done(0, "enqueue", 1), *done(0, "dequeue", None, 1)],
     [*done(0, "enqueue", 1), *done(0, "dequeue", None, 1), *done(0, "dequeue", None, 1)]),
    ("comments", "elder missing",
     [*done(0, "write", 1), *done(0, "write", 2), *done(0, "read", None, [1, 2])],
     [*done(0, "write", 1), *done(0, "write", 2), *done(0, "read", None, [2])]),
    ("kv", "text lost", [(0, "invoke", "put", "a"), (0, "ok", "put", "a")],
     [*done(0, "append", "a"), *done(0, "get", None, "b")]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "what", "good", "bad"), CASES, ids=[f"{c[0]}: {c[1]}" for c in CASES])
def test_a_planted_violation_is_found(model: str, what: str, good: Rows, bad: Rows) -> None:
    """A checker that has never said no is a green light that nobody has seen turn red."""
    check = CHECKERS.get(model)

    assert check(history(good), 5).history == "valid"
    found = check(history(bad), 5)
    assert (found.history, found.witness is not None) == ("invalid", True)


def order(**more: Any) -> tuple[str, dict[str, Any]]:
    """An order event of a journal."""
    return "order", {"order_id": 1, "client_id": "o1", "event": "submitted", "qty": "2"} | more


def fill(**more: Any) -> tuple[str, dict[str, Any]]:
    """A fill event of a journal."""
    return "fill", {"order_id": 1, "fill_id": 1, "symbol": "X", "qty": "1"} | more


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        ([order(), fill(), fill(fill_id=2)], "valid"),
        ([order(), order()], "invalid"),
        ([order(), order(order_id=2)], "invalid"),
        ([order(), fill(), fill()], "invalid"),
        ([order(), fill(order_id=9)], "invalid"),
        ([order(), fill(qty="2"), fill(fill_id=2)], "invalid"),
        ([], "unknown"),
    ],
    ids=["whole", "sent twice", "client id twice", "fill twice", "no order", "beyond", "nothing"],
)
def test_an_order_takes_effect_once(events: list[tuple[str, dict[str, Any]]], answer: str) -> None:
    """An order sent again after a time-out is twice the position that was meant."""
    rows = tuple(Operation(None, f, row, None, "info", n, n, n) for n, (f, row) in enumerate(events))

    assert CHECKERS.get("orders")(History("j", "journal", rows), 5).history == answer


def lock_history(*rows: dict[str, Any]) -> History:
    """A lock history with times in ms."""
    whole = [{"lock": "L", "ttl_ms": 100} | row | {"t_mono_ns": row["t"] * 1_000_000} for row in rows]
    found = (Operation(r["process"], str(r["op"]), r, None, "info", n, n, n) for n, r in enumerate(whole))
    return History("l", "lock", tuple(found))


def asked(
    t: int, process: str, op: str, answer: str = "ok", *, after: int = 1, **more: Any
) -> list[dict[str, Any]]:
    """A request at t that is answered `after` ms later."""
    row = {"process": process, "op": op, "owner_token": process} | more
    return [row | {"t": t, "type": "invoke"}, row | {"t": t + after, "type": answer}]


CLEAN = [*asked(0, "a", "acquire", fence=1), *asked(10, "b", "acquire", "fail")]
SECOND = asked(200, "b", "acquire", fence=2)


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ([*CLEAN, *SECOND], "valid"),
        ([*asked(0, "a", "acquire", fence=1), *asked(200, "b", "acquire", fence=2)], "unknown"),
        ([*CLEAN, *asked(50, "b", "acquire", fence=2)], "invalid"),
        ([*CLEAN, *asked(200, "b", "acquire", fence=1)], "invalid"),
        ([*CLEAN, *asked(200, "b", "acquire")], "invalid"),
        ([*CLEAN, *SECOND, *asked(210, "b", "guarded_write", fence=2),
          *asked(220, "a", "guarded_write", fence=1)],
         "invalid"),
        ([*CLEAN, *SECOND, *asked(210, "a", "guarded_write", fence=1)], "invalid"),
        ([*CLEAN, *SECOND, *asked(210, "a", "guarded_write", "fail", fence=1)], "valid"),
        ([*CLEAN, *asked(150, "a", "renew")], "invalid"),
        ([*CLEAN, *asked(50, "b", "release")], "invalid"),
        ([*CLEAN, *asked(50, "b", "acquire", "info")], "unknown"),
        ([*CLEAN, *asked(50, "a", "release"), *asked(60, "b", "acquire", fence=2)], "valid"),
    ],
    ids=["apart", "nobody contended", "overlap", "fence twice", "no fence", "older fence written",
         "late writer taken",
         "late writer refused", "renewed when over", "released by another", "unheard", "released and taken"],
)  # fmt: skip
def test_a_lock_is_judged(rows: list[dict[str, Any]], answer: str) -> None:
    """Each rule of the lock on its own, and what is not evidence."""
    found = CHECKERS.get("lock")(lock_history(*rows), 5)

    assert found.history == answer


@pytest.mark.parametrize("model", ["bank", "counter", "comments", "cas-register", "list-append"])
def test_nothing_read_is_valid_and_vacuous(model: str) -> None:
    """Nothing contradicts a history in which nobody looked, and nothing confirms it."""
    f = "txn" if model == "list-append" else "write"
    rows: Rows = [(0, "invoke", f, [[A, 1, 1]] if f == "txn" else 1), (0, "fail", f, None)]

    found = CHECKERS.get(model)(history(rows), 5)

    assert (found.history, found.vacuous) == ("valid", True)
