"""What ccxt does not say: the careful default for whoever is not in the table, and the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.venue.ccxt_traits import MOST_SPANS, TRAITS, Traits, traits_of

ccxt = pytest.importorskip("ccxt", reason="the extra 'venues' is not installed")
DAY_MS = 86_400_000


def test_whoever_is_not_in_the_table_gets_the_careful_answer() -> None:
    """No amend, no list that is called whole because it came, no stretch that may not reach."""
    found = traits_of("somewhere")

    assert (found.amends, found.everything, found.cursor, found.span_ms) == (False, False, None, DAY_MS)


@pytest.mark.parametrize("name", sorted(TRAITS))
def test_the_table_speaks_of_exchanges_that_there_are(name: str) -> None:
    """A typo in the table would give the default in silence."""
    assert name in ccxt.exchanges
    assert TRAITS[name].takes("st3bcde1da7-1-10")


@given(st.integers(0, 400), st.sampled_from([1, 7]))
def test_stretches_cover_everything_and_overlap_nowhere(days: int, span_days: int) -> None:
    """A fill between two stretches would be a position that nobody explains."""
    now_ms = 1_700_000_000_000
    since_ms = now_ms - days * DAY_MS - 1
    spans, whole = Traits(span_ms=span_days * DAY_MS).spans(since_ms, now_ms)
    ends = [until.get("until", now_ms) for _, until in spans]

    assert [start for start, _ in spans[1:]] == ends[:-1]
    assert ends[-1] == now_ms
    assert whole == (spans[0][0] == since_ms)
    assert len(spans) <= MOST_SPANS + 1
    assert all(end - start <= span_days * DAY_MS for (start, _), end in zip(spans, ends, strict=True))


def test_without_a_bound_one_question_is_enough() -> None:
    """Whatever the distance."""
    assert Traits(span_ms=None).spans(0, 10**15) == ([(0, {})], True)


@given(st.text("0123456789abcdef-", min_size=1, max_size=30))
def test_a_client_id_comes_back_as_it_was(client_id: str) -> None:
    """What is not recognised as ours is somebody else's order, and stops the bot."""
    for traits in (*TRAITS.values(), traits_of("somewhere")):
        if traits.takes(client_id):
            assert traits.from_venue(traits.to_venue(client_id)) == client_id


@pytest.mark.parametrize("client_id", ["", "a b", "x" * 40, "ä", "a-Z"])
def test_an_id_that_would_not_come_back_is_not_taken(client_id: str) -> None:
    """Two ids that become one are two orders that become one."""
    assert not TRAITS["okx"].takes(client_id)
