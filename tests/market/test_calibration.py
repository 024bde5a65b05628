"""A calibration is integers with a source, and refuses to be anything else."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market import layout
from seatrial.market.calibration import ENTRIES, Tables, dump, load, packaged, parameters
from seatrial.market.calibration_tables import chance, of_means, of_quantiles
from seatrial.market.fidelity import MEASURES
from seatrial.model.errors import InputError, UsageError


def _document() -> dict[str, Any]:
    return dict(orjson.loads(dump(load("demo"))))


def _file(folder: Path, document: dict[str, Any]) -> str:
    path = folder / "mine.json"
    path.write_bytes(orjson.dumps(document))
    return str(path)


def test_the_packaged_markets_are_there() -> None:
    """Profiles name them."""
    assert {"demo", "usdm_btc", "usdm_eth", "coinm_btc", "hyperliquid_btc"} <= set(packaged())


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_market_says_where_it_was_measured(name: str) -> None:
    """A number without a source is an opinion."""
    calibration = load(name)

    assert calibration.name == name
    assert calibration.description
    assert {"dataset", "sha256", "files", "span_s", "made_with"} <= set(calibration.source)
    assert set(calibration.statistics) == set(MEASURES)


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_file_is_canonical(name: str, tmp_path: Path) -> None:
    """Calibrating again must show as a change of numbers and not of formatting."""
    text = dump(load(name))
    (tmp_path / "again.json").write_bytes(text)

    assert dump(load(str(tmp_path / "again.json"))) == text


def test_every_number_reaches_its_place_in_the_loop() -> None:
    """A parameter that is written past its place gives another market without a word."""
    calibration = load("demo")
    p = parameters(calibration)

    assert p[layout.IMPACT] == calibration.behaviour.impact
    assert p[layout.RUSH_ORDERS] == calibration.behaviour.rush_orders
    assert tuple(p[layout.MOVES : layout.MOVES + ENTRIES]) == calibration.tables.move_q8
    assert tuple(p[layout.LEVEL_LOTS + 768 : layout.LEVEL_LOTS + 1024]) == calibration.tables.far_lots
    assert tuple(p[layout.CHANGE + 4 : layout.CHANGE + 8]) == calibration.regimes.change[1]
    assert p[layout.TRADE_MEAN_NS + 3] == calibration.regimes.trade_mean_ns[3]
    assert len(Tables.model_fields) * ENTRIES == layout.PARAMETERS_SIZE - layout.TABLES


def test_an_unknown_name_lists_the_known_ones() -> None:
    """The nearest remedy is the list."""
    with pytest.raises(UsageError, match=r"no calibration named 'demmo' \(use a file or one of .*demo"):
        load("demmo")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"start_price_q8": 0}, "start_price_q8"),
        ({"start_price_q8": 1.5}, "start_price_q8"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_damaged_file_is_named_with_its_field(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    """A calibration is edited by hand sometimes."""
    with pytest.raises(InputError, match=rf"mine\.json: {field}: "):
        load(_file(tmp_path, _document() | change))


@pytest.mark.parametrize(
    ("table", "entries"),
    [
        ("spread", [0] * ENTRIES),
        ("print_lots", [0] * ENTRIES),
        ("spread", [1] * 10),
        ("move_q8", [-1] * ENTRIES),
    ],
)
def test_a_table_that_cannot_run_is_refused(tmp_path: Path, table: str, entries: list[int]) -> None:
    """A spread of zero crosses the book; a table of ten entries reads its neighbour's."""
    document = _document()
    document["tables"][table] = entries

    with pytest.raises(InputError, match="calibrate again"):
        load(_file(tmp_path, document))


def test_chances_that_are_not_cumulated_are_refused(tmp_path: Path) -> None:
    """The chain would never reach a regime, silently."""
    document = _document()
    document["regimes"]["change"][0] = [4, 3, 2, 1]

    with pytest.raises(InputError, match="cumulated"):
        load(_file(tmp_path, document))


def test_text_that_is_not_json_is_named(tmp_path: Path) -> None:
    """One clear line, with the file in it."""
    path = tmp_path / "mine.json"
    path.write_text("{")

    with pytest.raises(InputError, match=r"mine\.json: not JSON"):
        load(str(path))


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=2_000))
def test_a_table_of_means_keeps_the_mean(values: list[int]) -> None:
    """The tail must neither vanish nor grow: volumes and variances hang on it."""
    entries = of_means(np.array(values))

    assert list(entries) == sorted(entries)
    assert sum(entries) / ENTRIES == pytest.approx(sum(values) / len(values), rel=1e-6, abs=0.51)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=500))
def test_a_table_of_quantiles_holds_only_what_was_seen(values: list[int]) -> None:
    """A spread of 1.5 ticks does not exist."""
    entries = of_quantiles(np.array(values), np.ones(len(values)))

    assert set(entries) <= set(values)
    assert len(entries) == ENTRIES


@pytest.mark.parametrize(("ratio", "expected"), [(-1.0, 0), (0.5, 2**31), (1.0, 2**32), (7.0, 2**32)])
def test_a_chance_stays_between_never_and_always(ratio: float, expected: int) -> None:
    """An estimate beyond its range must not wrap around."""
    assert chance(ratio) == expected
