"""The shape of a profile, read off its models."""

from decimal import Decimal
from typing import Any

import pytest

from seatrial.config.shape import members, nearest, plain, root, settings
from seatrial.config.tree import Node, Source
from seatrial.config.yaml_file import parse
from seatrial.model.config import Config
from seatrial.model.errors import UsageError
from seatrial.model.profile import Profile


def tree(text: str) -> Node:
    """Return the tree of a YAML text in a file called p.yaml."""
    node = parse(text, Source("profile", "p.yaml"))
    assert node is not None
    return node


def test_every_setting_of_the_profile_is_known() -> None:
    """A section that the reader does not see could not be set from the environment."""
    keys = settings()

    assert {"seed", "gates", "soak.guards.debounce", "exchange.fees.maker_bps", "bot.params"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_every_annotation_has_a_shape_that_fits() -> None:
    """A new kind of field must be recognised, or its decimals would pass through a float."""

    class Other(Config):
        exact: Decimal | None = None
        many: tuple[Decimal, ...] = ()
        free: dict[str, Any] = {}
        either: int | str = 1

    kinds = {name: shape.kind for name, shape in members(Other).items()}

    assert kinds == {"exact": "decimal", "many": "list", "free": "free", "either": "value"}
    assert members(Profile)["soak"].kind == "section"


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.0", "2.0"), ("2.50", "2.50"), ("-0.5", "-0.5"), ("3", "3"), ("'1.10'", "1.10"), ("1e-3", "1e-3")],
)
def test_a_decimal_travels_as_its_own_words(text: str, value: str) -> None:
    """Through a binary float 0.1 would become 0.1000000000000000055511151231257827."""
    held = plain(tree(f"exchange: {{fees: {{maker_bps: {text}}}}}"))

    assert held == {"exchange": {"fees": {"maker_bps": value}}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sok: {}", "p.yaml:1: sok: is not a setting (did you mean 'soak'?)"),
        (
            "soak:\n  iteration: 3",
            "p.yaml:2: soak.iteration: is not a setting (did you mean 'soak.iterations'?)",
        ),
        ("iterations: 3", "p.yaml:1: iterations: is not a setting (did you mean 'soak.iterations'?)"),
        (
            "gates:\n- kpi: x\n  at_leest: {hard: 1}",
            "p.yaml:3: gates[0].at_leest: is not a setting (did you mean 'gates[0].at_least'?)",
        ),
        ("gate: []", "p.yaml:1: gate: is not a setting (did you mean 'gates'?)"),
        ("soak:", "p.yaml:1: soak: is an empty section (remove the line or put settings below it)"),
        ("seed: [1]", "p.yaml:1: seed: should be one value"),
        ("gates: {a: 1}", "p.yaml:1: gates: should be a list (write [a, b] or `- a` lines)"),
        ("bot:\n  params: 3", "p.yaml:2: bot.params: should be a mapping of names ({} is an empty one)"),
    ],
)
def test_what_no_section_knows_is_named_with_what_was_meant(text: str, line: str) -> None:
    """A typo that passes is a gate that does not exist."""
    with pytest.raises(UsageError) as caught:
        plain(tree(text))

    assert caught.value.line == line


def test_a_key_like_no_other_lists_the_known_ones() -> None:
    """Where nothing is near, the reader is told what there is."""
    with pytest.raises(UsageError, match="known there: maker_bps, taker_bps"):
        plain(tree("exchange: {fees: {zzz: 1}}"))


def test_free_form_settings_take_any_key() -> None:
    """A bot's parameters belong to the bot."""
    text = "bot: {params: {anything: 1, deep: {er: [1, x]}}}"

    assert plain(tree(text)) == {"bot": {"params": {"anything": 1, "deep": {"er": [1, "x"]}}}}


def test_nearest_is_none_where_nothing_is_alike() -> None:
    """A wild guess sends people astray."""
    assert nearest("zzz", ["soak", "gates"]) is None
    assert root().model is Profile
