"""What the model found wrong, as one line with file, line and field."""

import orjson
import pytest
from pydantic import ValidationError

from seatrial.config.refusal import refusal
from seatrial.config.shape import plain
from seatrial.config.tree import DEFAULT, Node, Source, merge
from seatrial.config.yaml_file import parse
from seatrial.model.profile import Profile


def told(*texts: str) -> str:
    """Return the line for layers given as texts, the lowest first: files 0.yaml, 1.yaml and so on."""
    layers = []
    for index, text in enumerate(texts):
        node = parse(text, Source("profile", f"{index}.yaml"))
        assert node is not None
        layers.append(node)
    tree = Node({}, DEFAULT)
    for layer in layers:
        tree = merge(tree, layer)
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate_json(orjson.dumps(plain(tree)), strict=True)
    return refusal(caught.value, tree, layers).line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "seed: x",
            "0.yaml:1: seed: should be a valid integer, not 'x' (write a bare number, without quotes)",
        ),
        (
            "seed: '7'",
            "0.yaml:1: seed: should be a valid integer, not '7' (write a bare number, without quotes)",
        ),
        ("seed: true", "0.yaml:1: seed: should be a valid integer, not true"),
        ("seed: 7.0", "0.yaml:1: seed: should be a valid integer, not 7.0"),
        ("seed: -1", "0.yaml:1: seed: should be greater than or equal to 0, not -1"),
        ("production: on", "0.yaml:1: production: should be a valid boolean, not 'on' (write true or false)"),
        ("name: 7", '0.yaml:1: name: should be a valid string, not 7 (quote it: "7")'),
        ("name:", "0.yaml:1: name: should be a valid string, not empty"),
        ("soak:\n  window_s: 0", "0.yaml:2: soak.window_s: should be greater than 0, not 0"),
        (
            "market: {feed: sinth}",
            (
                "0.yaml:1: market.feed: should be 'synth', 'dataset' or 'venue', "
                "not 'sinth' (did you mean 'synth'?)"
            ),
        ),
        (
            "market: {symbols: [A, 7]}",
            '0.yaml:1: market.symbols[1]: should be a valid string, not 7 (quote it: "7")',
        ),
        (
            "exchange: {fees: {maker_bps: much}}",
            "0.yaml:1: exchange.fees.maker_bps: should be a valid decimal, not 'much'",
        ),
        (
            "exchange: {fees: {maker_bps: 1e3}}",
            "0.yaml:1: exchange.fees.maker_bps: should be less than or equal to 100, not 1e3",
        ),
        (
            "gates:\n- kpi: a\n  at_least: {hard: 1}\n- at_least: {hard: 1}",
            "0.yaml:4: gates[1].kpi: is missing",
        ),
        (
            "gates:\n- kpi: a\n- kpi: b",
            "0.yaml:2: gates[0]: a gate needs exactly one of at_least, at_most, worse_by and apart_by",
        ),
        (
            "gates:\n- kpi: a\n  at_least:\n    hard: x",
            (
                "0.yaml:4: gates[0].at_least.hard: should be a valid number, not 'x'"
                " (write a bare number, without quotes)"
            ),
        ),
        ("gates:\n- kpi: a\n  at_most: {}", "0.yaml:3: gates[0].at_most: a bound needs hard, soft or both"),
    ],
)
def test_one_line_says_where_what_and_how_to_mend_it(text: str, line: str) -> None:
    """Pydantic's own report is a page without a file in it."""
    assert told(text) == line


def test_values_that_do_not_go_together_are_laid_at_the_last_who_touched_them() -> None:
    """The parent was fine; the child that broke it is the file to open."""
    parent = "soak:\n  iterations: 24\n  warmup_iterations: 5"
    child = "seed: 1\nsoak:\n  window_s: 60\n  iterations: 4\n  steady_last: 2"

    assert told(parent, child) == (
        "1.yaml:4: soak.iterations: warmup_iterations and rampdown_iterations leave no steady iteration"
    )


def test_a_higher_layer_that_says_nothing_wrong_is_left_alone() -> None:
    """A layer that does not touch the section cannot be to blame."""
    assert told("soak: {warmup_iterations: 99}", "seed: 2").startswith("0.yaml:1: soak.warmup_iterations: ")


def test_a_token_fee_needs_its_token() -> None:
    """A cross-field rule of a section two levels down keeps its line."""
    assert told("exchange:\n  fees:\n    charged_in: token") == (
        "0.yaml:3: exchange.fees.charged_in: charged_in 'token' needs token and token_rate"
    )
