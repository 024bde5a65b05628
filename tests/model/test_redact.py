"""Redaction by value: no representation of a secret survives, and nothing else changes."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import quoteattr

import orjson
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from seatrial.model.redact import LONGEST, MARK, MOST_PASSING, MOST_VALUES, Redactor, unfit

TYPICAL = "hK2nQ8xTk3pL0wZ9aB"
NASTY = "p\"ss'w<rd>&\\n+/ %é\t\U0001f511="
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=8, max_size=40).filter(
    lambda value: unfit(value) is None
)


def lower_case_escape(byte: int) -> str:
    """A byte as some HTTP libraries write it in a URL."""
    return chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02x}"


REPRESENTATIONS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": json.dumps,
    "json, unescaped": lambda value: json.dumps(value, ensure_ascii=False),
    "json in json": lambda value: json.dumps(json.dumps(value)),
    "orjson": lambda value: orjson.dumps(value).decode(),
    "url": lambda value: quote(value, safe=""),
    "url path": quote,
    "url form": quote_plus,
    "url, lower case": lambda value: "".join(map(lower_case_escape, value.encode())),
    "url in url": lambda value: quote(quote(value, safe=""), safe=""),
    "repr": repr,
    "ascii repr": ascii,
    "repr of bytes": lambda value: repr(value.encode()),
    "html": html.escape,
    "xml attribute": quoteattr,
    "base64": lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    "base64, url": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "hex": lambda value: value.encode().hex(),
    "hex, upper case": lambda value: value.encode().hex().upper(),
}  # fmt: skip


def knowing(*values: str) -> Redactor:
    """A redactor that knows these."""
    known = Redactor()
    for value in values:
        known.learn(value)
    return known


@pytest.mark.parametrize("form", REPRESENTATIONS)
@settings(max_examples=40)
@given(value=VALUES)
@example(value=TYPICAL)
@example(value=NASTY)
@example(value="\\" * 9)
@example(value='"' * 8 + "\\")
def test_no_representation_survives(form: str, value: str) -> None:
    """A key leaks as whatever the library at hand made of it: in a URL, a header, a traceback."""
    shown = REPRESENTATIONS[form](value)
    known = knowing(value)

    for clean in (known.text(f"<<{shown}>>"), known.raw(f"<<{shown}>>".encode()).decode()):
        assert MARK in clean
        assert value not in clean
        core = shown[2:-2].strip("\"'\\")
        assert not core or core not in clean


@given(value=VALUES, user=st.text(max_size=9), tail=st.text(max_size=9))
def test_a_secret_inside_longer_base64_is_found(value: str, user: str, tail: str) -> None:
    """Basic authentication encodes user and password together, at any alignment."""
    whole = f"{user}:{value}{tail}".encode("utf-8", "replace")
    header = base64.b64encode(whole).decode()

    clean = knowing(value).text(header)

    assert MARK in clean
    left = "".join(clean.split(MARK)).rstrip("=")
    assert value.encode() not in base64.b64decode(left[: len(left) // 4 * 4])


@given(value=VALUES, before=st.text(max_size=50), after=st.text(max_size=50))
def test_what_surrounds_a_secret_stays(value: str, before: str, after: str) -> None:
    """A log that is cut around the secret explains nothing any more."""
    known = knowing(value)
    assume(known.text(before) == before)
    assume(known.text(after) == after)

    clean = known.text(f"{before}|{value}|{after}")

    # An escape's backslashes before a quote may go with it; nothing else does.
    assert clean.rstrip().startswith(f"{before}|".rstrip()) or before.endswith("\\")
    assert clean.endswith(f"|{after}")


@given(text=st.text(max_size=200))
def test_a_text_without_secrets_is_the_same(text: str) -> None:
    """Redaction must never be the reason that two equal runs differ."""
    known = knowing(TYPICAL, NASTY)

    assert known.text(text) == text
    assert known.raw(text.encode("utf-8", "replace")) == text.encode("utf-8", "replace")


WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(value=VALUES, around=JSON)
def test_json_stays_json_and_only_strings_change(value: str, around: object) -> None:
    """A journal that cannot be parsed after redaction is lost evidence."""
    known = knowing(value)
    data = orjson.dumps(
        {"fact": around, "said": f"key={value}.", "twice": [value, {"url": quote(value, safe="")}]}
    )

    read = orjson.loads(known.json(data))

    assert read["said"] == f"key={MARK}." or value.endswith("\\")
    assert read["twice"] == [MARK, {"url": MARK}]
    assert read["fact"] == known.value(orjson.loads(data)["fact"])


@given(around=JSON)
def test_json_without_secrets_is_the_same_object(around: object) -> None:
    """Nothing is written anew, so a hash over it stands."""
    data = orjson.dumps(around)

    assert knowing(TYPICAL).json(data) is data


def test_numbers_and_keys_around_a_secret_keep_their_kind() -> None:
    """A price that became a text would break every reader."""
    data = orjson.dumps({"price": 1.5, TYPICAL: [12345678901, None, True]})

    assert orjson.loads(knowing(TYPICAL).json(data)) == {"price": 1.5, MARK: [12345678901, None, True]}


@pytest.mark.parametrize(
    "value",
    [
        "short7!",
        "x" * (LONGEST + 1),
        "1234567890123",
        "-1.5e+1000",
        "nul\0inside",
        "\ud800 lone half",
        MARK,
        "redacted",
    ],
)
def test_what_cannot_be_kept_out_is_no_secret(value: str) -> None:
    """A value that stands in journals by chance would ruin them, and left in it would leak."""
    known = Redactor()

    with pytest.raises(ValueError, match="secret") as caught:
        known.learn(value)
    assert value not in str(caught.value) or value in MARK
    assert not known.armed


def test_the_longer_of_two_secrets_goes_whole() -> None:
    """A key that begins with another one must not leave its tail behind."""
    assert knowing(TYPICAL, TYPICAL + "tail99").text(f"{TYPICAL}tail99") == MARK


def test_the_lines_of_a_key_file_are_secrets_too() -> None:
    """Logs print a private key line by line."""
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\nshort==\n-----END PRIVATE KEY-----"
    known = knowing(key)

    assert known.text(f"line 2: {body}") == f"line 2: {MARK}"
    assert known.text("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_a_process_knows_a_bounded_number_of_secrets() -> None:
    """A loop that makes secrets must not slow every log line for ever."""
    known = knowing("first-value")
    known._values = tuple(map(str, range(MOST_VALUES)))

    with pytest.raises(ValueError, match="more than"):
        known.learn("one-too-many")


def test_passing_values_go_when_enough_others_came_and_the_rest_stays() -> None:
    """A process that logs in every hour for a year must neither stop nor grow, nor forget its key."""
    known = knowing(TYPICAL)
    for number in range(1_000):
        known.learn(f"token-number-{number}", passing=True)

    assert len(known._values) == len(known._raws) == len(known._texts) == MOST_PASSING + 1
    assert known.text(f"{TYPICAL} token-number-999 token-number-984") == f"{MARK} {MARK} {MARK}"
    assert known.text("token-number-983") == "token-number-983"


def test_long_runs_of_backslashes_are_searched_in_time() -> None:
    """A hostile text must not hang the writer of a journal."""
    known = knowing('\\"\\"\\"\\"key', "\\\\\\\\\\\\\\\\x", NASTY)

    for hostile in (
        "\\" * 5_000 + '"',
        '\\"' * 5_000,
        '\\\\"' * 5_000,
        "%25" * 5_000,
        "&amp;" * 5_000,
        '"' * 5_000,
    ):
        assert known.text(hostile) == hostile
