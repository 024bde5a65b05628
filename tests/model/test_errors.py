import pytest

from seatrial.model.errors import (
    BugError,
    InputError,
    OutsideError,
    RefusedError,
    SeatrialError,
    StoppedError,
    UsageError,
    Where,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError, 2),
        (InputError, 2),
        (OutsideError, 4),
        (RefusedError, 5),
        (BugError, 70),
        (StoppedError, 130),
        (SeatrialError, 70),
    ],
)
def test_the_branch_decides_the_exit_code(error: type[SeatrialError], code: int) -> None:
    """CI and cron act on the number: usage is for a person, outside is worth a retry, refused is not."""
    assert error("x").exit_code == code


def test_no_error_can_read_as_a_pass_a_failed_gate_or_missing_evidence() -> None:
    """0, 1 and 3 are verdicts; an error that borrowed one would release or block a bot by accident."""
    family: list[type[SeatrialError]] = [
        SeatrialError,
        *SeatrialError.__subclasses__(),
        *UsageError.__subclasses__(),
    ]

    assert {error.exit_code for error in family}.isdisjoint({0, 1, 3})


def test_the_line_says_place_fact_and_fix() -> None:
    """One line that can be acted on: which file, which line, which key, what is wrong, what to do."""
    error = InputError("must be positive", where=Where("a.yaml", 3, "soak.window_s"), fix="give seconds")

    assert error.line == "a.yaml:3: soak.window_s: must be positive (give seconds)"
    assert str(error) == error.line


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where(), ""),
        (Where("a.csv"), "a.csv"),
        (Where("a.csv", 7), "a.csv:7"),
        (Where(field="seed"), "seed"),
        (Where("a.csv", field="px"), "a.csv: px"),
    ],
)
def test_a_place_leaves_out_what_is_not_known(where: Where, text: str) -> None:
    """A made-up line number sends people to the wrong place."""
    assert str(where) == text


def test_the_line_is_one_line_whatever_the_message_holds() -> None:
    """A library's multi-line message must not break logs that count errors by line."""
    assert UsageError("first\n  second\tthird").line == "first second third"
