"""The tree of settings: merging, finding, naming."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from seatrial.config.tree import Node, Source, branch, dotted, leaves, lookup, merge

KEYS = st.sampled_from(["a", "b", "c"])
PLAIN = st.recursive(
    st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(KEYS, PLAIN, max_size=3)


def node_of(value: Any, name: str = "x") -> Node:
    """Return the tree of a plain value, all of it from one source."""
    source = Source("profile", name)
    if isinstance(value, dict):
        return Node({key: node_of(held, name) for key, held in value.items()}, source)
    if isinstance(value, list):
        return Node([node_of(held, name) for held in value], source)
    return Node(value, source, str(value))


def merged(below: Any, above: Any) -> Any:
    """Return the merge of plain values, written the obvious way: the oracle."""
    if isinstance(below, dict) and isinstance(above, dict):
        both = {key: merged(below[key], above[key]) for key in below.keys() & above.keys()}
        return {**below, **above, **both}
    return above


@given(MAPPINGS, MAPPINGS)
def test_the_higher_layer_wins_key_by_key(below: Any, above: Any) -> None:
    """Precedence is the promise of the whole room: the higher layer wins, the rest stays."""
    assert merge(node_of(below), node_of(above)).raw == merged(below, above)


@given(MAPPINGS, MAPPINGS)
def test_every_value_keeps_the_source_of_the_layer_it_came_from(below: Any, above: Any) -> None:
    """A wrong attribution sends somebody to the wrong file; other libraries do exactly that."""
    low, high = node_of(below, "low"), node_of(above, "high")

    for path, leaf in leaves(merge(low, high)):
        layer = high if leaf.source.file == "high" else low
        assert lookup(layer, path) == (leaf, len(path))


def test_a_list_is_replaced_whole() -> None:
    """Concatenated gates would keep a bound that the profile meant to drop."""
    assert merge(node_of({"gates": [1, 2]}), node_of({"gates": [3]})).raw == {"gates": [3]}


def test_a_branch_holds_one_leaf() -> None:
    """One variable and one `--set` are one leaf each."""
    assert branch(("a", "b"), node_of(3)).raw == {"a": {"b": 3}}


def test_paths_are_written_as_people_write_them() -> None:
    """The field in an error is what a person greps for."""
    assert dotted(("gates", 2, "at_least", "hard")) == "gates[2].at_least.hard"


def test_a_source_names_its_place() -> None:
    """File and line for a profile, the very words for everything else."""
    assert Source("profile", "a.yaml", 3, "7").label == "a.yaml:3"
    assert Source("set", text="--set a=1").label == "--set a=1"
    assert Source("default").label == "default"
    assert Source("profile", "a.yaml", 3, "7").document() == {
        "layer": "profile",
        "file": "a.yaml",
        "line": 3,
        "text": "7",
    }
