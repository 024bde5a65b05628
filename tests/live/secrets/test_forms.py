"""The forms of a secrets file: what is written comes back, and errors never quote."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seatrial.live.secrets.forms import DotenvForm, Entry, Form, JsonForm, YamlForm, form_of
from seatrial.model.errors import InputError, UsageError

FORMS: list[Form] = [YamlForm(), JsonForm(), DotenvForm()]
IDS = ["yaml", "json", "dotenv"]
# What a key can be; the rarest line separators end a line of a dotenv file.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"], exclude_characters="\x85\ufeff"
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=30)


@pytest.mark.parametrize("form", FORMS, ids=IDS)
@given(value=TEXTS, before=st.none() | TEXTS, other=TEXTS)
@example(value="line one\nline two\ttabbed", before=None, other="# no comment")
@example(value=" padded ", before="'quoted\" \\n $HOME `x`", other="012")
@example(value="yes", before="null", other="1e3")
def test_what_is_written_comes_back(form: Form, value: str, before: str | None, other: str) -> None:
    """A key that changes on its way through a file is a locked account."""
    first = form.replaced("", "OTHER", Entry(other))

    text = form.replaced(first, "API_KEY", Entry(value, "2026-01-31T00:00:00Z", before))

    read = form.entries(text, "f")
    assert read["API_KEY"] == Entry(value, "2026-01-31T00:00:00Z", before)
    assert read["OTHER"].value == other


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("export A = spaced  ", "spaced"),
        ("A=val#ue # comment", "val#ue"),
        ("A='single $x \\n'", "single $x \\n"),
        ('A="double \\"q\\" \\n\\\\"  # comment', 'double "q" \n\\'),
        ("A=", ""),
    ],
)
def test_dotenv_lines_are_read_as_shells_write_them(line: str, value: str) -> None:
    """People share these files with their shell."""
    assert DotenvForm().entries(f"# head\n\n{line}\n", "f")["A"].value == value


def test_dotenv_keeps_every_other_line() -> None:
    """Comments and the order are somebody's."""
    text = '# keys\nexport A="old"\nB=2\nA_ROTATED=x\n'

    assert DotenvForm().replaced(text, "A", Entry("new", "now")) == '# keys\nA="new"\nB=2\nA_ROTATED="now"\n'


@pytest.mark.parametrize(
    ("form", "text", "line"),
    [
        (YamlForm(), "a: topsecretvalue\nb: [topsecretvalue\n", None),
        (YamlForm(), "a: 'topsecretvalue\n", None),
        (YamlForm(), "a: !!python/object:x topsecretvalue\nb: @topsecretvalue", 2),
        (YamlForm(), "topsecretvalue", 1),
        (YamlForm(), "a: [topsecretvalue]", 1),
        (YamlForm(), "a: topsecretvalue\na: topsecretvalue", None),
        (YamlForm(), "a: {valeu: topsecretvalue}", None),
        (JsonForm(), '{"a": "topsecretvalue",}', 1),
        (JsonForm(), '{"a": ["topsecretvalue"]}', None),
        (JsonForm(), '"topsecretvalue"', None),
        (JsonForm(), '{"a": "topsecretvalue", "a": "x"}', None),
        (JsonForm(), "[" * 100_000, None),
        (DotenvForm(), "A=1\ntopsecretvalue", 2),
        (DotenvForm(), 'A="topsecretvalue', 1),
        (DotenvForm(), "A=topsecretvalue\nA=1", 2),
    ],
)
def test_a_broken_file_is_told_without_quoting_it(form: Form, text: str, line: int | None) -> None:
    """The readers' own messages quote the line, and the line is the secret."""
    with pytest.raises(InputError) as caught:
        form.entries(text, "keys")

    shown = f"{caught.value.line} {caught.value.__cause__!r}"
    assert "topsecret" not in shown
    assert caught.value.where.file == "keys"
    assert line is None or caught.value.where.line == line


def test_the_form_is_the_name_s() -> None:
    """Guessing by content would read a broken file as something else."""
    assert type(form_of(Path("a.yml"))) is YamlForm
    assert type(form_of(Path("a.JSON"))) is JsonForm
    assert type(form_of(Path(".env.live"))) is DotenvForm
    with pytest.raises(UsageError, match=r"\.yaml, \.json or \.env"):
        form_of(Path("a.txt"))
