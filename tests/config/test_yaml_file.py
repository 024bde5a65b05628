"""A profile file as a tree: lines kept, traps refused, everything bounded."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seatrial.config import yaml_file
from seatrial.config.locate import every
from seatrial.config.tree import Node, Source, lookup
from seatrial.config.yaml_file import DEEPEST, LARGEST_BYTES, parse, read_profile
from seatrial.model.errors import InputError, UsageError


def read(tmp_path: Path, text: str) -> Node:
    """Return the tree of a profile with this text."""
    path = tmp_path / "p.yaml"
    path.write_text(text)
    return read_profile(path, "p.yaml")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("seed",), 2),
        (("soak",), 3),
        (("soak", "iterations"), 5),
        (("gates",), 6),
        (("gates", 1, "kpi"), 8),
        (("market",), 9),
        (("market", "data"), 10),
        (("description",), 11),
    ],
)
def test_every_value_knows_its_line(tmp_path: Path, path: tuple[str | int, ...], line: int) -> None:
    """An error that names a file and not a line leaves the search to the reader."""
    tree = read(
        tmp_path,
        "# comment\nseed: 1\nsoak:\n  # x\n  iterations: 3\n"
        "gates:\n  - {kpi: a}\n  - kpi: b\nmarket:\n  data:\ndescription: >\n  two\n  lines\n",
    )

    assert lookup(tree, path)[0].source.line == line


def test_exact_words_are_kept(tmp_path: Path) -> None:
    """A fee of 2.50 must reach the ledger as 2.50 and not as a binary float."""
    node, _ = lookup(read(tmp_path, "fee: 2.50\n"), ("fee",))

    assert (node.value, node.text) == (2.5, "2.50")


@pytest.mark.parametrize("text", ["[1]", "{a: 1}", '"x"'])
def test_the_same_reader_serves_set_and_environment(text: str) -> None:
    """One grammar for all layers: what works in a file works on the command line."""
    source = Source("set", text="--set a=b")

    node = parse(text, source)

    assert node is not None
    assert node.source == source


def test_windows_lines_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    """A profile edited on another system is the same profile."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbfseed: 1\r\nname: x\r\n")

    assert read_profile(path, "p.yaml").raw == {"seed": 1, "name": "x"}


def test_an_alias_is_the_value_it_names(tmp_path: Path) -> None:
    """Anchors are YAML; only a bomb made of them is refused."""
    assert read(tmp_path, "a: &x {b: 1}\nc: *x\n").raw == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb:\n\tc: 1\n", 3, "tab"),
        ("a: 1\nb: 2\na: 3\n", 3, "twice, first in line 1"),
        ("a:\n  b: 1\n  b: 1\n", 3, "a.b: is given twice"),
        ("a: [1, 2\n", 2, "not valid YAML"),
        ("a: 'x\n", 2, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("a: !!binary eA==\n", 1, "tag"),
        ("a: !mine {b: 1}\n", 1, "tag"),
        ("a: .nan\n", 1, "not a finite number"),
        ("a: 99999999999999999999\n", 1, "64 bits"),
        ("? [a, b]\n: 1\n", 1, "a key must be a word"),
        ("a:\n  b.c: 1\n", 2, "without dots"),
        ("'': 1\n", 1, "without dots"),
        ("a: *nowhere\n", 1, "undefined alias"),
        ("a: &x [*x]\n", 1, "deeper"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("just words\n", 1, "not a mapping"),
        ("a: 1\nb: \x01\n", 2, "is not text"),
    ],
)
def test_what_is_not_a_profile_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    """One line, with file and line, for everything that YAML would let pass or answer in pages."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)

    assert caught.value.line.startswith(f"p.yaml:{line}: ")
    assert words in caught.value.line
    assert "\n" not in caught.value.line


@pytest.mark.parametrize("text", ["", "   \n\n", "# only a comment\n", "---\n", "{}\n"])
def test_an_empty_file_is_an_error(tmp_path: Path, text: str) -> None:
    """A truncated profile must not become a run with all defaults."""
    with pytest.raises(InputError, match=r"p\.yaml: is empty"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["[" * 5_000, "a: " + "{b: " * 200 + "1" + "}" * 200, "- " * 3_000])
def test_nesting_has_a_bound(tmp_path: Path, text: str) -> None:
    """A file of brackets ends in one line and not in a stack overflow."""
    with pytest.raises(InputError, match=rf"deeper than {DEEPEST}|not valid YAML"):
        read(tmp_path, text)


def test_a_bomb_of_aliases_has_a_bound(tmp_path: Path) -> None:
    """Ten lines that unfold to a billion values must not take the machine's memory."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(InputError, match="larger than"):
        read(tmp_path, "\n".join(lines))


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """Somebody's dataset given as a profile must not be parsed for an hour."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"#" * (LARGEST_BYTES + 1))

    with pytest.raises(InputError, match="larger than"):
        read_profile(path, "p.yaml")


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    """A zip is not UTF-8; the byte is named, not a codec."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"a: 1\nPK\x03\x04\xff\xfe")

    with pytest.raises(InputError, match=r"p\.yaml:2: is not UTF-8 text \(byte 9\)"):
        read_profile(path, "p.yaml")


@pytest.mark.parametrize(
    ("path", "words"),
    [("/proc/self/mem", "cannot be read"), ("/dev/zero", "regular file"), ("missing.yaml", "no such file")],
)
def test_what_cannot_be_read_is_named(path: str, words: str) -> None:
    """A device would be read for ever, and an I/O error is not a traceback."""
    with pytest.raises(InputError, match=words):
        read_profile(Path(path), path)


def test_a_folder_is_named(tmp_path: Path) -> None:
    """A record's folder given as a profile is a plain mistake with a plain answer."""
    with pytest.raises(InputError, match="is a folder"):
        read_profile(tmp_path, str(tmp_path))


def outcome(text: str) -> object:
    """Return what a reader makes of a text: the tree with its lines, or the line of its error."""
    try:
        return parse(text, Source("profile", "p.yaml"))
    except InputError as error:
        return error.line


def both(text: str) -> tuple[object, object]:
    """Return what the quick reader and the slow one make of a text."""
    quick = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_file, "_FAST", None)
        return quick, outcome(text)


@pytest.mark.parametrize("text", [found.path.read_text() for found in every()])
def test_the_quick_reader_reads_what_the_slow_one_reads(text: str) -> None:
    """With and without libyaml a profile is the same profile, line for line."""
    quick, slow = both(text)

    assert quick == slow


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:- []{}'\"#,\n|>1\t!&*?"), max_size=30))
def test_the_quick_reader_agrees_on_everything(text: str) -> None:
    """Where the two readers differ, a profile would change with the machine's build of PyYAML."""
    quick, slow = both(text)

    assert quick == slow


def test_a_mistake_on_the_command_line_names_the_option() -> None:
    """There is no file to name, so the words of the option are."""
    with pytest.raises(UsageError, match=r"from --set a=\[1"):
        parse("[1", Source("set", text="--set a=[1"))
