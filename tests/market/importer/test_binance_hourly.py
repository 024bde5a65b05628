"""Snapshot, updates and trades of an hour, in three documents without receive times."""

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial.market import source as source_module
from seatrial.market.importing import import_files
from seatrial.model.errors import InputError
from seatrial.model.tape import KIND_MASK, SNAPSHOT, TRADE

HOUR_MS = 1_604_221_200_000


@pytest.fixture
def hour(tmp_path: Path) -> dict[str, Path]:
    """Three updates; the snapshot was taken during the second."""
    updates = [
        {"e": "depthUpdate", "E": HOUR_MS + 1_000 * n, "s": "ETHBTC", "U": 10 * n + 1, "u": 10 * n + 10,
         "b": [[f"0.0280{n}", "1.0"]], "a": []}
        for n in range(3)
    ]  # fmt: skip
    trade = {"e": "aggTrade", "E": HOUR_MS + 1_500, "s": "ETHBTC", "a": 7, "p": "0.0281", "q": "2.0"}
    documents = {
        "snapshot": {"lastUpdateId": 15, "bids": [["0.0280", "1"]], "asks": [["0.0282", "1"]]},
        "update": updates,
        "trades": [trade | {"T": HOUR_MS + 1_499, "m": False, "M": True}],
    }
    return {
        name: written(tmp_path / f"ETHBTC_2020_{name}.json", content) for name, content in documents.items()
    }


def written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_the_snapshot_is_placed_by_its_update_id(hour: dict[str, Path], tmp_path: Path) -> None:
    """It carries no time; the first update that it does not hold whole has one."""
    dataset = import_files(list(hour.values()), tmp_path / "out")

    tape = dataset.tape(0, 2**62)
    kinds = (tape.code & KIND_MASK).tolist()
    assert int(tape.ts[kinds.index(SNAPSHOT)]) == (HOUR_MS + 1_000) * 10**6
    assert kinds[-2] == TRADE
    report = dataset.reports[0]
    assert (report.sequence_breaks, report.events, dataset.clock) == (0, 5, "exchange")


def test_a_snapshot_alone_has_no_time(hour: dict[str, Path], tmp_path: Path) -> None:
    """The fix is to name the updates too."""
    with pytest.raises(InputError, match=r"snapshot\.json: no update overlaps the snapshot's id 15"):
        import_files([hour["snapshot"]], tmp_path / "out")


def test_updates_alone_are_refused(hour: dict[str, Path], tmp_path: Path) -> None:
    """As everywhere: no snapshot, no book."""
    with pytest.raises(InputError, match=r"update\.json:1: ETHBTC has book changes but no snapshot"):
        import_files([hour["update"]], tmp_path / "out")


def test_trades_alone_are_a_market_of_trades(hour: dict[str, Path], tmp_path: Path) -> None:
    """Two symbols of this recording have nothing else."""
    report = import_files([hour["trades"]], tmp_path / "out").reports[0]

    assert (report.trades, report.events) == (1, 1)


@pytest.mark.parametrize("piece", [64, 100, 1_000])
def test_an_array_is_read_piece_by_piece(
    hour: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    """Wherever a piece ends, the same events come out."""
    whole = import_files(list(hour.values()), tmp_path / "whole").sha256
    read_piece = source_module.Source.read_piece
    monkeypatch.setattr(
        source_module.Source, "read_piece", lambda self, file, _: read_piece(self, file, piece)
    )

    assert import_files(list(hour.values()), tmp_path / "pieces").sha256 == whole


def test_an_array_that_breaks_off_is_refused(hour: dict[str, Path], tmp_path: Path) -> None:
    """After how many events, is the best place there is."""
    hour["update"].write_text(hour["update"].read_text()[:-30])

    with pytest.raises(InputError, match=r"update\.json:1: the array breaks off after 2 events"):
        import_files(list(hour.values()), tmp_path / "out")


def test_an_event_without_its_fields_is_named(hour: dict[str, Path], tmp_path: Path) -> None:
    """By its number in the array, as there are no lines."""
    written(hour["trades"], [{"e": "aggTrade", "E": HOUR_MS, "s": "ETHBTC", "T": HOUR_MS, "m": True}])

    with pytest.raises(InputError, match=r"trades\.json:1: event 1 is not one of Binance's: lacks 'p'"):
        import_files(list(hour.values()), tmp_path / "out")
