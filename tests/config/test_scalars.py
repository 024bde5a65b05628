"""Bare words: the YAML 1.2 core schema, and texts that read back as what they were."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.config.scalars import scalar_of, text_of
from seatrial.config.tree import Source
from seatrial.config.yaml_file import parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS.filter(lambda key: key and "." not in key), inner, max_size=4)
    ),
    max_leaves=12,
)


def typed(value: Any) -> Any:
    """Return the value with its types spelt out, because True == 1 == 1.0 in Python."""
    if isinstance(value, dict):
        return {key: typed(held) for key, held in value.items()}
    if isinstance(value, list):
        return [typed(held) for held in value]
    return type(value).__name__, repr(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("12:30:00", "12:30:00"),
        ("NO", "NO"),
        ("on", "on"),
        ("y", "y"),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("tRUE", "tRUE"),
        ("", None),
        ("~", None),
        ("null", None),
        ("None", "None"),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("+7", 7),
        ("2.0", 2.0),
        ("2026-01-01", "2026-01-01"),
        ("=", "="),
        ("<<", "<<"),
        (".", "."),
        ("-", "-"),
    ],
)
def test_words_mean_what_yaml_1_2_says(text: str, value: Any) -> None:
    """YAML 1.1 would sell the ticker NO as false and a time of day as 45000."""
    assert typed(scalar_of(text)) == typed(value)


@pytest.mark.parametrize(
    "text", [".nan", ".inf", "-.inf", "+.INF", "1e999", str(2**63), "9" * 10_000, "0x" + "f" * 40]
)
def test_what_no_record_can_carry_is_refused(text: str) -> None:
    """JSON writes NaN as null, and null is `not measured`: the setting would silently be another."""
    with pytest.raises(ValueError, match=r"."):
        scalar_of(text)


@given(TREES)
def test_every_value_reads_back_from_its_text(value: Any) -> None:
    """What `config save` writes and `--set` takes must come back as it was, type included."""
    node = parse(text_of({"key": value}), Source("profile", "x"))

    assert node is not None
    assert typed(node.raw) == typed({"key": value})


def test_a_decimal_keeps_its_digits() -> None:
    """2.50 is what the desk wrote; 2.5 would be another text in the record."""
    assert text_of(Decimal("2.50")) == "2.50"


def test_floats_stay_floats() -> None:
    """A whole float written as 2 would come back as an integer and fail a strict model."""
    assert math.isclose(float(text_of(2.0)), 2.0)
    assert text_of(2.0) == "2.0"
