"""The layers: chain, environment, `--set`; each checked by itself."""

from pathlib import Path

import pytest

from seatrial.config.layers import environment_layers, profile_chain, set_layers
from seatrial.config.tree import DEFAULT, Node
from seatrial.config.yaml_file import parse
from seatrial.model.errors import InputError, UsageError

NOTHING = Node({}, DEFAULT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, with an empty `profiles` in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    return tmp_path / "profiles"


def test_a_chain_starts_at_its_oldest_ancestor(folder: Path) -> None:
    """What is nearer to the run comes later and wins."""
    (folder / "a.yaml").write_text("extends: b\nseed: 1\n")
    (folder / "b.yaml").write_text("extends: c\nseed: 2\n")
    (folder / "c.yaml").write_text("seed: 3\n")

    found, layers = profile_chain("a")

    assert found.name == "a"
    assert [layer.raw["seed"] for layer in layers] == [3, 2, 1]


def test_name_and_description_are_a_files_own(folder: Path) -> None:
    """Inherited, the description would praise the parent."""
    (folder / "a.yaml").write_text("extends: b\nseed: 1\n")
    (folder / "b.yaml").write_text("description: the parent\nname: bee\nseed: 1\n")

    _, layers = profile_chain("a")

    assert [(layer.raw["name"], layer.raw["description"]) for layer in layers] == [
        ("bee", "the parent"),
        ("a", ""),
    ]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {"a": "extends: b", "b": "seed: 1\nextends: a"},
            (
                "profiles/b.yaml:2: extends: goes in a circle:"
                " profiles/a.yaml -> profiles/b.yaml -> profiles/a.yaml (one of them must not extend another)"
            ),
        ),
        (
            {"a": "extends: ./a.yaml"},
            (
                "profiles/a.yaml:1: extends: goes in a circle: profiles/a.yaml -> profiles/a.yaml"
                " (one of them must not extend another)"
            ),
        ),
        (
            {"a": "seed: 1\nextends: demi"},
            "profiles/a.yaml:2: extends: no profile is called 'demi' (did you mean 'demo'?)",
        ),
        (
            {"a": "extends: gone.yaml"},
            "profiles/a.yaml:1: extends: there is no file profiles/gone.yaml (check the path)",
        ),
        (
            {"a": "extends: [b, c]"},
            "profiles/a.yaml:1: extends: should name one profile (for example `extends: demo`)",
        ),
        (
            {"a": "extends:"},
            "profiles/a.yaml:1: extends: should name one profile (for example `extends: demo`)",
        ),
        ({"a": "extends: ''"}, "profiles/a.yaml:1: extends: a profile's name is empty or not a name"),
        (
            {"a": "extends: b\nseed: 1", "b": "sede: 1"},
            "profiles/b.yaml:1: sede: is not a setting (did you mean 'seed'?)",
        ),
        (
            {"a": "extends: a"},
            (
                "profiles/a.yaml:1: extends: goes in a circle: profiles/a.yaml -> profiles/a.yaml"
                " (one of them must not extend another)"
            ),
        ),
    ],
)
def test_a_broken_chain_is_named_where_it_breaks(folder: Path, files: dict[str, str], line: str) -> None:
    """The line of `extends` in the file that says it, with the whole circle."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text + "\n")

    with pytest.raises(InputError) as caught:
        profile_chain("a")

    assert caught.value.line == line
    assert caught.value.exit_code == 2


def test_a_chain_has_a_bound(folder: Path) -> None:
    """Twenty generations are a mistake, and a bound is a bound."""
    for index in range(20):
        (folder / f"p{index}.yaml").write_text(f"extends: p{index + 1}\n")

    with pytest.raises(InputError, match="longer than 16"):
        profile_chain("p0")


def test_variables_become_layers_in_a_fixed_order() -> None:
    """The newer form comes after the older one and so wins."""
    env = {
        "SEATRIAL_SOAK__ITERATIONS": "12",
        "SOAK_ITERATIONS": "9",
        "SOAK_GUARDS__DEBOUNCE": "2",
        "HOME": "/x",
    }

    layers = environment_layers(env, NOTHING)

    assert [layer.raw for layer in layers] == [
        {"soak": {"guards": {"debounce": 2}}},
        {"soak": {"iterations": 9}},
        {"soak": {"iterations": 12}},
    ]
    assert layers[-1].source.text == "SEATRIAL_SOAK__ITERATIONS=12"


def test_a_free_form_key_keeps_the_case_of_the_profile() -> None:
    """A variable cannot say maxPos; without this it would set a second key that no bot reads."""
    below = parse("bot: {params: {maxPos: 1}}", DEFAULT)
    assert below is not None
    env = {"SEATRIAL_BOT__PARAMS__MAXPOS": "2", "SEATRIAL_BOT__PARAMS__NEW": "3"}

    assert [layer.raw for layer in environment_layers(env, below)] == [
        {"bot": {"params": {"maxPos": 2}}},
        {"bot": {"params": {"new": 3}}},
    ]


@pytest.mark.parametrize(
    "name", ["SEATRIAL_DATA", "SEATRIAL_FREEZE_UTC_ISO", "MM_FREEZE_UTC_ISO", "SOAK_RUN_ID", "SOAKING"]
)
def test_variables_that_are_no_settings_pass(name: str) -> None:
    """Our own switches, and a stranger's SOAK_ variable that is like none of ours."""
    assert environment_layers({name: "x"}, NOTHING) == ()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SEATRIAL_SOAK__ITERATION", "SEATRIAL_SOAK__ITERATIONS"),
        ("SEATRIAL_SOAK_ITERATIONS", "SEATRIAL_SOAK__ITERATIONS"),
        ("SEATRIAL_SEED__", "SEATRIAL_SEED"),
        ("SEATRIAL_GATEZ", "SEATRIAL_GATES"),
        ("SOAK_ITERATION", "SOAK_ITERATIONS"),
        ("SEATRIAL_ZZZZZZZZZZ", "config show"),
        ("SEATRIAL_", "config show"),
        ("SEATRIAL_ZZZ", "config show"),
        ("SEATRIAL_SEED__DEEPER", "config show"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest(name: str, meant: str) -> None:
    """Ignored, it would leave the old value in force and nobody would know."""
    with pytest.raises(UsageError, match=rf"{name} is not a setting .*{meant}") as caught:
        environment_layers({name: "1"}, NOTHING)

    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("seed=7", {"seed": 7}),
        (" seed = 7 ", {"seed": 7}),
        ("name=a=b", {"name": "a=b"}),
        ("name=x: y # z", {"name": "x: y # z"}),
        ("name='7'", {"name": "7"}),
        ("market.symbols=[BTCUSDT, NO]", {"market": {"symbols": ["BTCUSDT", "NO"]}}),
        ("soak={iterations: 3}", {"soak": {"iterations": 3}}),
        ("market.data=", {"market": {"data": None}}),
        ("bot.params.limit=1e-3", {"bot": {"params": {"limit": 0.001}}}),
    ],
)
def test_set_reads_values_as_a_profile_would(text: str, raw: object) -> None:
    """One grammar everywhere; everything after the first = is the value."""
    (layer,) = set_layers([text])

    assert layer.raw == raw


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed", "is not KEY=VALUE"),
        ("=7", "is not KEY=VALUE"),
        ("soak..iterations=7", "is not KEY=VALUE"),
        ("", "is not KEY=VALUE"),
        ("soak.iteration=7", "did you mean 'soak.iterations'"),
        ("soak=7", "should be a section"),
        ("seed.deeper=7", "seed: should be one value"),
        ("extends=demo", "extends: is not a setting"),
        ("seed=.nan", "seed: .nan is not a finite number"),
        ("name=[x", "not valid YAML"),
        ("name=\udcff", "not UTF-8"),
    ],
)
def test_a_bad_set_is_refused_in_one_line(text: str, words: str) -> None:
    """The option's own words are in the message, because there may be many of them."""
    with pytest.raises(UsageError) as caught:
        set_layers([text])

    assert words in caught.value.line
    assert "--set" in caught.value.line
    assert caught.value.exit_code == 2


def test_a_variable_that_is_no_text_is_refused() -> None:
    """Bytes that are not UTF-8 could not be written into the record."""
    with pytest.raises(UsageError, match="UTF-8"):
        environment_layers({"SEATRIAL_NAME": "\udcff"}, NOTHING)
