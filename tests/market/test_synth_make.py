"""`market synth`: a dataset like a recording, and a table of how like it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.market.conftest import Capture

from seatrial.market.calibration import load
from seatrial.market.calibration_fit import Request, calibrate
from seatrial.market.dataset import Dataset
from seatrial.market.dataset_feed import DatasetFeed
from seatrial.market.fidelity import MEASURES
from seatrial.market.importing import import_files
from seatrial.market.synth import SynthFeed
from seatrial.market.synth_make import Synthesis, contract_of, make
from seatrial.model.compile import available
from seatrial.model.errors import InputError, UsageError
from seatrial.model.instrument import Contract
from seatrial.model.tape import join

MINUTES_6 = 0.1


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Six minutes of the USD-M market."""
    to = tmp_path_factory.mktemp("synth") / "made"
    make(Synthesis(seed=5, hours=MINUTES_6, to=to, calibration="usdm_btc"))
    return Dataset.open(to)


def test_the_dataset_holds_what_the_feed_gives(dataset: Dataset) -> None:
    """A soak on the dataset and a soak on the feed are the same soak."""
    feed = SynthFeed(load("usdm_btc"), seed=5)
    direct = join(list(feed.window(feed.start_ns, feed.start_ns + 360 * 10**9)))
    read = dataset.tape(feed.start_ns, feed.start_ns + 360 * 10**9)

    assert (read.ts == direct.ts).all()
    assert (read.code == direct.code).all()
    assert (read.px == direct.px).all()
    assert (read.qty == direct.qty).all()


def test_the_dataset_says_that_it_is_synthetic(dataset: Dataset) -> None:
    """A made-up market must not count as recorded time."""
    provenance = DatasetFeed(dataset).provenance

    assert provenance.kind == "synthetic"
    assert provenance.recorded_ratio == 0
    assert provenance.detail["calibration"] == "usdm_btc"
    assert {row["name"] for row in provenance.detail["fidelity"]} == set(MEASURES)


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="calibrating interpreted takes minutes")
def test_a_calibration_to_a_dataset_finds_it_again(dataset: Dataset, tmp_path: Path) -> None:
    """Calibrated to a market of ours, the market must come out again."""
    outcome = make(Synthesis(seed=3, save=tmp_path / "mine.json", like=dataset.path))
    found = {row["name"]: row for row in outcome.data["fidelity"]}

    assert set(found) == set(MEASURES)
    for name in ("spread_median_bps", "orders_per_s", "trade_size_p50_lots"):
        assert found[name]["distance"] < 0.25, name
    assert load(str(tmp_path / "mine.json")).instrument == dataset.instruments[0]
    assert outcome.data["dataset"] is None
    assert outcome.verdict is None


def test_without_trades_there_is_nothing_to_calibrate_to(whole: Capture) -> None:
    """One trade is no distribution."""
    recorded = import_files([whole.file()], whole.folder / "dataset")

    with pytest.raises(InputError, match="a calibration needs a book and 100 orders; the recording has 1"):
        make(Synthesis(seed=1, save=whole.folder / "mine.json", like=recorded.path))
    assert not (whole.folder / "mine.json").exists()


def test_two_instruments_ask_which(two_markets: Dataset, tmp_path: Path) -> None:
    """A guess would calibrate to the wrong market."""
    with pytest.raises(UsageError, match=r"(--symbol|is there twice)"):
        make(Synthesis(seed=1, save=tmp_path / "mine.json", like=two_markets.path))


def test_nothing_to_make_is_an_error() -> None:
    """A command that did nothing should not end well."""
    with pytest.raises(UsageError, match="nothing to make"):
        make(Synthesis(seed=1))


@pytest.mark.parametrize(("name", "contract"), [(None, None), ("inverse", Contract.INVERSE)])
def test_contracts_are_found_by_name(name: str | None, contract: Contract | None) -> None:
    """As the option gives them."""
    assert contract_of(name) == contract


def test_an_unknown_contract_lists_the_known_ones() -> None:
    """Spelling is no reason for a stack trace."""
    with pytest.raises(UsageError, match="spot, linear, inverse"):
        contract_of("perp")


@pytest.mark.slow
def test_a_real_recording_gives_plausible_tables(recorded: Callable[[str], Dataset]) -> None:
    """The tables are read off the market, before anything is fitted."""
    feed = DatasetFeed(recorded("binance_usdm_raw_ws/btcusdt_*"))
    request = Request(name="usdm", instrument=feed.instruments[0], source={}, rounds=0)
    made = calibrate(feed.window(feed.start_ns, feed.end_ns or 0), request)

    assert set(made.tables.spread) == {1}
    assert made.statistics["one_tick_ratio"].value == pytest.approx(0.998, abs=0.001)
    assert made.tables.prints[128] == 1
    assert 600_000 < made.start_price_q8 / 256 < 680_000
