"""The restart budget: never more than it says, and never for ever."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.bot.process.restart import Budget
from seatrial.model.process import RestartSettings

S = 10**9


def test_the_wait_doubles_up_to_its_limit_and_then_it_is_given_up() -> None:
    """A bot that dies at once must neither spin nor be tried for days."""
    budget = Budget(RestartSettings(most=4, wait_s=1, wait_most_s=3))

    rulings = [budget.ended(at * S, failed=True).wait_s for at in range(5)]

    assert rulings == [1, 2, 3, 3, None]


def test_old_restarts_leave_the_budget() -> None:
    """One death a day is a bot that can be soaked for a month."""
    budget = Budget(RestartSettings(most=1, within_s=3_600))

    assert [budget.ended(day * 86_400 * S, failed=True).wait_s for day in range(5)] == [1] * 5


@given(st.integers(0, 5), st.lists(st.integers(1, 4_000), max_size=60))
def test_no_hour_holds_more_restarts_than_the_budget(most: int, pauses: list[int]) -> None:
    """The budget is a promise about every hour, not about the average one."""
    budget, now, given = Budget(RestartSettings(most=most, within_s=3_600)), 0, []
    for pause in pauses:
        now += pause * S
        if budget.ended(now, failed=True).wait_s is not None:
            given.append(now)

    for since in given:
        assert sum(since <= at < since + 3_600 * S for at in given) <= most


def test_what_ends_by_its_own_will_is_restarted_only_if_asked() -> None:
    """A bot that has done its work is not a bot that has failed."""
    on = {how: Budget(RestartSettings(on=how)) for how in ("failure", "always", "never")}

    assert {how: budget.ended(0, failed=False).wait_s is None for how, budget in on.items()} == {
        "failure": True, "always": False, "never": True,
    }  # fmt: skip
    assert on["never"].ended(0, failed=True).wait_s is None


def test_a_soak_that_goes_on_remembers_what_was_spent() -> None:
    """Stopping and resuming must not be the way to an endless budget."""
    assert Budget(RestartSettings(most=2), [1, 2]).ended(3, failed=True).wait_s is None
