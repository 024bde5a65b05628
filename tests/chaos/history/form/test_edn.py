"""The mirrored module reads Clojure's notation."""

from pathlib import Path

import pytest

from seatrial.chaos.history.form.edn import values
from seatrial.model.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{:a 1, :b nil}", {"a": 1, "b": None}),
        ("#{1 2}", frozenset({1, 2})),
        (r'"a\"b\n"', 'a"b\n'),
        ("-3N", -3),
        ("1.5", 1.5),
        ("#jepsen.history.Op{:type :ok}", {"type": "ok"}),
        ("#_ 7 true", True),
        ("; nothing\n:x/y", "x/y"),
    ],
)
def test_a_form_is_read(text: str, value: object) -> None:
    """A history that is misread is judged for what it does not say."""
    assert values(f"[[{text}]]", "x")[0][1] == [value]


@pytest.mark.parametrize(
    ("text", "line"), [("[{:a 1}\n {:b ]", 2), ("[1\n2", 1), ("{:a}", 1), ("[1]\n)", 2), ('["open', 1)]
)
def test_a_broken_form_names_its_line(text: str, line: int, tmp_path: Path) -> None:
    """A history cut short by a full disk must not be judged as if it were whole."""
    with pytest.raises(InputError) as caught:
        values(text, "x.edn")

    assert caught.value.where.line == line


def test_a_file_of_maps_and_a_vector_of_maps_are_the_same() -> None:
    """Jepsen writes one, Knossos the other."""
    assert [v for _, v in values("{:a 1}\n{:a 2}", "x")] == [v for _, v in values("[{:a 1} {:a 2}]", "x")]
