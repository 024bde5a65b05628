import json

from tests.engine.stage import LINEAR, T0, S, book, profile

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.memory import Memory
from seatrial.engine.mailbox import Mailbox
from seatrial.model.tape import tape_of


def mailbox() -> tuple[Mailbox, Memory]:
    memory = Memory((LINEAR,), profile().exchange, stale_ns=S, seed=1, fast=False)
    memory.place(tape_of(book(0, {100: 1}, {102: 1})), T0)
    return Mailbox(memory), memory


def test_letters_arrive_in_the_order_of_their_moments() -> None:
    """Posted later, arrived earlier: what counts is the arrival, and the post order among equals."""
    box, _ = mailbox()
    for at_ns, word in ((30, "late"), (10, "early"), (20, "first"), (20, "second")):
        box.post(at_ns, word)

    told = []
    while (letter := box.arrived(25)) is not None:
        told.append(letter[0])
    assert told == ["early", "first", "second"]


def test_the_next_delivery_is_known_to_the_kernel() -> None:
    """Too late, and the bot sleeps through its own fill; never, and it is woken for nothing."""
    box, memory = mailbox()

    box.post(30, "answer")
    box.post(20, "answer")
    assert memory.regs[L.NEXT_DELIVERY] == 20
    box.arrived(25)
    assert box.arrived(25) is None
    assert memory.regs[L.NEXT_DELIVERY] == 30
    box.arrived(30)
    assert box.arrived(30) is None
    assert memory.regs[L.NEXT_DELIVERY] == L.NEVER


def test_letters_survive_a_save() -> None:
    """What was under way when the run was cut still arrives, in the same order."""
    box, _ = mailbox()
    for number in range(20):
        box.post(100 - number % 5, "answer", number, None)
    box.arrived(96)
    resumed, _ = mailbox()
    resumed.restore(json.loads(json.dumps(box.state())))
    box.post(97, "unknown", 7)
    resumed.post(97, "unknown", 7)

    letters = [[each.arrived(100) for _ in range(21)] for each in (box, resumed)]
    assert letters[0] == letters[1]
    assert letters[0][-1] is None
