import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.stage import (
    ASK,
    BID,
    BUY,
    INVERSE,
    LINEAR,
    MS,
    SELL,
    T0,
    Act,
    Row,
    S,
    Script,
    Wanderer,
    Watcher,
    at,
    book,
    funding,
    gap,
    instrument,
    level,
    needs_compiler,
    play,
    printed,
    profile,
    quote,
)

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.memory import Memory
from seatrial.market.ladder import Ladder
from seatrial.model.profile import Profile
from seatrial.model.tape import tape_of

BIDS, ASKS = {99: 20, 98: 30}, {101: 20, 102: 30}
JITTERY = profile(
    latency={"out_ms": 1, "back_ms": 2, "jitter_ms": 1},
    fees={"maker_bps": -0.5, "taker_bps": 5.5},
    self_trade_prevention="cancel_resting",
    faults={"timeout_ratio": 0.1, "reject_ratio": 0.1, "duplicate_ack_ratio": 0.1},
)
Step = tuple[int, int, int, int, int]
STEPS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 1), st.integers(0, 5), st.integers(0, 30), st.integers(0, 6)),
    min_size=5,
    max_size=60,
)


def rows_of(steps: list[Step], *, middle: int = 1_000, inst: int = 0) -> list[Row]:
    """A market of every kind of row around a middle."""
    ms, blind = 0.0, False
    rows = book(0, {middle - 1: 8, middle - 2: 5}, {middle + 1: 8, middle + 2: 5}, inst=inst)
    for kind, side, away, qty, wait in steps:
        ms += wait / 4
        px = middle - 1 + away if side else middle + 1 - away
        if kind < 2:
            rows.append(printed(ms, side, px, qty + 1, inst=inst, no_fill=qty == 13))
        elif kind < 4:
            rows.append(level(ms, side, px, qty, inst=inst, last=qty % 3 > 0))
        elif kind == 4:
            rows.append(quote(ms, side, px, qty, inst=inst))
        elif kind == 5:
            rows += book(ms, {middle - 2 - away: qty + 1, middle - 9: 3}, {middle + away: qty + 2}, inst=inst)
        elif kind == 6:
            rows.append(funding(ms, "0.0001", middle, inst=inst))
        else:
            blind = not blind
            rows.append(gap(ms, opens=blind, inst=inst))
    return rows


def wander(rows: list[Row], seed: int, settings: Profile = JITTERY, **more: object) -> str:
    """Everything that a wandering bot's run tells."""
    return play(rows, Wanderer(seed=seed), settings=settings, until_ms=120, **more).text  # type: ignore[arg-type]


# -- the book against the reference ------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_book_is_the_reference_books(steps: list[Step]) -> None:
    """The kernel's best prices and levels are those of the plain ladder, row by row."""
    memory = Memory((LINEAR,), JITTERY.exchange, stale_ns=S, seed=1, fast=False)
    rows = rows_of(steps)
    memory.place(tape_of(rows), T0)
    ladder = Ladder()
    for row in rows:
        tape = tape_of([row])
        memory.regs[L.UNTIL] = L.NEVER
        memory.advance(memory.columns(tape), 0, 1)
        memory.regs[L.N_EVENTS] = 0
        ladder.apply(*row[1:])

        o = memory.at(0)
        assert memory.regs[o + L.I_BID] == (ladder.best_bid or 0)
        assert memory.regs[o + L.I_ASK] == (ladder.best_ask or 0)
    at_levels = o + L.AT_LADDERS - memory.regs[o + L.I_BASE]
    for side, shown in ((0, ladder.bids), (1, ladder.asks)):
        held = {px: memory.regs[at_levels + side * memory.regs[L.SIZE] + px] for px in range(980, 1_020)}
        assert {px: qty for px, qty in held.items() if qty} == shown.levels


# -- the same bytes ------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    steps=STEPS,
    seed=st.integers(0, 10**6),
    cuts=st.lists(st.integers(1, 60), max_size=5),
    saves=st.booleans(),
)
def test_where_the_tape_is_cut_changes_nothing(
    steps: list[Step], seed: int, cuts: list[int], saves: bool
) -> None:
    """In one tape, in pieces, or saved as JSON and resumed at every piece: the same journal."""
    rows = rows_of(steps)
    inside = sorted({cut for cut in cuts if cut < len(rows)})

    assert wander(rows, seed, cuts=inside, saves=saves) == wander(rows, seed)


@needs_compiler
@pytest.mark.parametrize("seed", range(6))
def test_compiled_and_interpreted_kernels_tell_the_same(seed: int) -> None:
    """One source, two forms, the same bytes."""
    bot = Wanderer(seed=seed)
    steps = [tuple(bot.below(bound) for bound in (8, 2, 6, 31, 7)) for _ in range(400)]
    rows = rows_of(steps)  # type: ignore[arg-type]

    plain = play(rows, Wanderer(seed=seed), settings=JITTERY)

    assert play(rows, Wanderer(seed=seed), settings=JITTERY, fast=True).text == plain.text
    assert len(plain.of("fill")) > 20


@needs_compiler
def test_a_state_saved_by_one_form_is_resumed_by_the_other() -> None:
    """Whether the compiler is installed must not matter to a run that goes on elsewhere."""
    rows = rows_of([(k % 8, k // 3 % 2, k * 7 % 6, k * 11 % 31, 3) for k in range(200)])
    whole = play(rows, Wanderer(seed=3), settings=JITTERY)

    first = play(rows[:150], Wanderer(seed=3), settings=JITTERY, fast=True, end=False, until_ms=1)

    assert first.session.memory.compiled
    assert (
        play(rows, Wanderer(seed=3), settings=JITTERY, cuts=[150], saves=True, fast=True).text == whole.text
    )


@settings(max_examples=15, deadline=None)
@given(first=STEPS, second=STEPS)
def test_two_instruments_are_two_runs(first: list[Step], second: list[Step]) -> None:
    """Interleaved, each instrument fills as it would alone: nothing leaks from one book to the other."""

    def quoting(inst: int, rows: list[Row], others: list[Row], pair: bool) -> list[tuple[object, ...]]:
        acts: dict[float, Act] = {}
        for k in range(40):
            for number in (0, 1) if pair else (inst,):
                middle = 1_000 if number == 0 else 3_000
                acts[1 + k + number / 2] = _quote(number if pair else 0, k % 2, middle, k)
        tape = sorted([*rows, *others], key=lambda row: row[0])
        both = (instrument("A"), instrument("B")) if pair else (instrument("AB"[inst]),)
        played = play(tape, acts, settings=profile(bot_ms=0.5), instruments=both, until_ms=120)
        names = ("symbol", "ms", "price", "qty", "cause", "queue_ahead_before", "position", "mid")
        return [each for each in played.of("fill", *names) if each[0] == "AB"[inst]]

    a, b = rows_of(first), rows_of(second, middle=3_000)
    b_beside = rows_of(second, middle=3_000, inst=1)

    assert quoting(0, a, b_beside, pair=True) == quoting(0, a, [], pair=False)
    assert quoting(1, b_beside, a, pair=True) == quoting(1, b, [], pair=False)


def _quote(inst: int, side: int, middle: int, k: int) -> Act:
    px = middle - 1 - k % 3 if side == BUY else middle + 1 + k % 3
    return lambda desk: desk.submit(side, px, 3, instrument=inst)


# -- moments ------------------------------------------------------------


def test_timers_fire_on_their_grid_with_or_without_rows() -> None:
    """A bot's clock does not depend on the market: before, between and after its rows."""
    seen: list[float] = []
    acts: dict[float, Act] = {
        ms: lambda desk: seen.append((desk.now_ns - T0) / MS) for ms in range(0, 100, 10)
    }

    play([level(35, BID, 99, 1), level(36, ASK, 101, 1)], acts, settings=profile(bot_ms=10), until_ms=80)

    assert seen == [10, 10, 20, 30, 40, 50, 60, 70]


def test_a_timer_sees_the_rows_before_its_moment_only() -> None:
    """A row at the very moment of the timer comes after it: the bot cannot have seen it yet."""
    seen: list[object] = []
    acts: dict[float, Act] = {ms: lambda desk: seen.append(desk.book()) for ms in (5, 6)}

    play([*book(0, BIDS, ASKS), level(5, BID, 100, 7)], acts)

    assert seen == [(99, 101, 20, 20), (100, 101, 7, 20)]


def test_a_bot_is_woken_by_what_it_asked_for() -> None:
    """Each moved touch and each trade, once, at its moment."""
    rows = [
        *book(0, BIDS, ASKS),
        level(5, BID, 98, 7),
        level(6, BID, 100, 7),
        printed(7, BUY, 101, 3),
        level(8, ASK, 101, 0),
    ]

    played = play(rows, Watcher())

    assert isinstance(played.bot, Watcher)
    assert played.bot.heard == [
        (0, "book", 0, (99, 101)),
        (6 * MS, "book", 0, (100, 101)),
        (7 * MS, "trade", 101, 3),
        (8 * MS, "book", 0, (100, 102)),
    ]


def test_half_a_message_wakes_nobody() -> None:
    """Between the rows of one message the book is not whole: it may even be crossed."""
    rows = [*book(0, BIDS, ASKS), level(5, BID, 101, 7, last=False), level(5, ASK, 101, 0)]

    played = play(rows, Watcher())

    assert isinstance(played.bot, Watcher)
    assert played.bot.heard[1:] == [(5 * MS, "book", 0, (101, 102))]


def test_a_quiet_timer_sleeps_while_the_touch_does() -> None:
    """A bot may ask not to be woken when nothing has moved."""
    seen: list[float] = []

    class Quiet(Script):
        quiet_timer = True

        def on_timer(self, desk: object) -> None:
            seen.append((desk.now_ns - T0) / MS)  # type: ignore[attr-defined]

    play(
        [*book(0, BIDS, ASKS), level(25, BID, 98, 7), level(35, BID, 100, 7)],
        Quiet(),
        settings=profile(bot_ms=10),
    )

    assert seen == [10, 40]


# -- ladders that move ------------------------------------------------------------


def climbing(steps: int, stride: int) -> list[Row]:
    """A market that walks far up and back, with prints along the way."""
    rows = book(0, {2_999: 9}, {3_001: 9})
    middle = 3_000
    for k in range(2 * steps):
        ms = 1 + k / 2
        move = stride if k < steps else -stride
        rows += [
            level(ms, BID, middle - 1, 0, last=False),
            level(ms, ASK, middle + 1, 0, last=False),
            level(ms, BID, middle + move - 1, 5 + k % 7, last=False),
            level(ms, ASK, middle + move + 1, 5 + k % 5),
        ]
        middle += move
        rows.append(printed(ms, k % 2, middle + (-1) ** (k % 2), 4))
    return rows


class Follower(Watcher):
    """Quotes around the touch at each of its moves."""

    def on_book(self, desk, instrument):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """Write down, and quote."""
        super().on_book(desk, instrument)
        touch = desk.book(instrument)
        if touch is not None and len(desk.orders) < 40:
            desk.submit(BUY, touch.bid - 3, 1)
            desk.submit(SELL, touch.ask + 3, 1)


@pytest.mark.parametrize("stride", [40, 3_000])
def test_a_ladder_that_moves_with_the_market_is_a_longer_ladder(
    stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far walks and jumps move or grow the ladders: the run is the one that had room from the start."""
    rows = climbing(200, stride)
    moved = play(rows, Follower())
    monkeypatch.setattr("seatrial.engine.exchange.memory.LADDER_MIN", 2**20)

    roomy = play(rows, Follower())

    assert roomy.session.memory.regs[L.SIZE] == 2**20 > moved.session.memory.regs[L.SIZE]
    assert roomy.text == moved.text
    assert roomy.bot.state() == moved.bot.state()
    assert len(roomy.of("fill")) > 5


def test_an_emptied_book_loses_nothing() -> None:
    """The last level goes, and the market comes back where it was or far away."""
    rows = [
        *book(0, {50_000: 5}, {50_001: 5}),
        level(5, BID, 50_000, 0, last=False),
        level(5, ASK, 50_001, 0),
        *book(7, {50_000: 5}, {50_001: 5}),
        *book(9, {500_000: 5}, {500_001: 5}),
    ]

    played = play(rows, Watcher())

    assert isinstance(played.bot, Watcher)
    assert [each[3] for each in played.bot.heard] == [
        (50_000, 50_001),
        None,
        (50_000, 50_001),
        (500_000, 500_001),
    ]


def test_levels_beyond_the_ladder_are_counted_not_mixed_up() -> None:
    """An ask in another world is far from the touch, and no other level may suffer for it."""
    rows = [*book(0, BIDS, {101: 5, 10**8: 7}), level(5, BID, 100, 3), level(6, ASK, 10**8, 0)]

    played = play(rows, Watcher())

    assert isinstance(played.bot, Watcher)
    assert [each[3] for each in played.bot.heard] == [(99, 101), (100, 101)]
    assert played.session.memory.regs[played.session.memory.at(0) + L.I_FAR] == 2


def test_an_instrument_that_comes_later_gets_its_room() -> None:
    """The first tape shows only a cheap coin; a dear one comes later, both with whole ladders."""
    pair = (instrument("CHEAP"), instrument("DEAR"))
    rows = [*book(0, BIDS, ASKS), *book(5, {900_000: 5, 800_000: 3}, {900_001: 5}, inst=1)]
    rows += [level(6, BID, 900_000, 0, inst=1), level(7, BID, 100, 4)]
    cut = len(book(0, BIDS, ASKS))

    played = play(rows, Watcher(), instruments=pair, cuts=[cut])

    assert isinstance(played.bot, Watcher)
    assert [each[2:] for each in played.bot.heard] == [
        (0, (99, 101)),
        (1, (900_000, 900_001)),
        (1, (800_000, 900_001)),
        (0, (100, 101)),
    ]


# -- the outbox ------------------------------------------------------------


def test_more_events_than_the_outbox_holds_are_all_told() -> None:
    """A bot that sleeps through ten thousand fills still has each of them in its record."""
    count = L.MAX_EVENTS + 2_000
    rows = [*book(0, BIDS, ASKS), *(printed(5 + k * 1e-3, SELL, 98, 1) for k in range(count))]
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, count)}

    played = play(rows, acts, settings=profile(bot_ms=1, latency={"out_ms": 0, "back_ms": 60_000}))

    assert played.of("fill", "fill_id") == list(range(1, count + 1))
    assert played.of("position", "qty")[-1] == str(count)


# -- gaps and funding ------------------------------------------------------------


def test_a_gap_is_told_when_it_is_over_and_hides_the_book() -> None:
    """From its opening to its closing there is no touch and no mid."""
    seen: list[object] = []
    acts: dict[float, Act] = {ms: lambda desk: seen.append(desk.book()) for ms in (5, 15, 25)}
    rows = [*book(0, BIDS, ASKS), gap(10, opens=True), gap(20, opens=False), *book(20, {89: 1}, {91: 1})]

    played = play(rows, acts)

    assert played.of("gap", "from_ns", "to_ns") == [(at(10), at(20))]
    assert seen == [(99, 101, 20, 20), None, (89, 91, 1, 1)]


def test_a_gap_that_never_ends_is_told_at_the_end() -> None:
    """The rest of the run was blind."""
    played = play([*book(0, BIDS, ASKS), gap(10, opens=True)], until_ms=50)

    assert played.of("gap", "from_ns", "to_ns") == [(at(10), at(50))]


@pytest.mark.parametrize(
    ("side", "rate", "amount"),
    [(BUY, "0.001", "-1"), (SELL, "0.001", "1"), (BUY, "-0.001", "1"), (SELL, "-0.001", "-1")],
)
def test_longs_pay_shorts_when_funding_is_positive(side: int, rate: str, amount: str) -> None:
    """10 lots marked at 100 are worth 1,000; a thousandth of it is 1."""
    acts: dict[float, Act] = {1: lambda desk: desk.submit(side, 101 if side == BUY else 99, 10, tif="ioc")}

    played = play([*book(0, BIDS, ASKS), funding(5, rate, 100)], acts)

    assert played.of("funding", "ms", "amount", "mark", "currency") == [(5.0, amount, "100", "USD")]
    assert played.of("position", "funding")[-1] == amount


def test_inverse_funding_is_paid_in_the_coin() -> None:
    """1,000 contracts marked at 100 are 10 coins; a thousandth of it is 0.01."""
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 101, 1_000, tif="ioc")}
    rows = [*book(0, {99: 5_000}, {101: 5_000}), funding(5, "0.001", 100)]

    played = play(rows, acts, instruments=(INVERSE,))

    assert played.of("funding", "amount", "currency") == [("-0.01", "COIN")]


def test_funding_settles_on_the_position_of_its_moment_only() -> None:
    """Bought a millisecond after the boundary, nothing is due; without a mark the mid serves."""
    acts: dict[float, Act] = {6: lambda desk: desk.submit(BUY, 101, 10, tif="ioc")}
    rows = [*book(0, BIDS, ASKS), funding(5, "0.001", 100), funding(9, "0.001")]

    played = play(rows, acts)

    assert played.of("funding", "position", "mark", "amount") == [("0", "100", "0"), ("10", "100", "-1")]
