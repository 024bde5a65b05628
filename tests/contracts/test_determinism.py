"""Equal inputs give equal bytes: whoever runs them, wherever, whenever, compiled or not."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.contracts.program import CLOSE, seatrial, sets

from seatrial.store.identity import strip_identity

SYNTH = ("--profile", "ci", "--seed", "11", "--iterations", "3", "--window", "40s", *sets(CLOSE))
RECORDED = ("--profile", "demo", "--seed", "11", "--iterations", "3", "--window", "20s")
Files = dict[str, bytes]
Soaked = Callable[..., Files]

# name -> (environment, further words)
ELSEWHERE: dict[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "the same again": ({}, ()),
    "hash seed 0": ({"PYTHONHASHSEED": "0"}, ()),
    "hash seed 4711": ({"PYTHONHASHSEED": "4711"}, ()),
    "Kathmandu": ({"TZ": "Asia/Kathmandu"}, ()),
    "summer time": ({"TZ": "America/New_York"}, ()),
    "no alphabet": ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, ()),
    "Turkish": ({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, ()),
    "a frozen clock": ({"SEATRIAL_FREEZE_UTC_ISO": "2001-02-03T04:05:06Z"}, ()),
    "a frozen clock, its older name": ({"MM_FREEZE_UTC_ISO": "2031-02-03T04:05:06Z"}, ()),
    "optimised Python": ({"PYTHONOPTIMIZE": "1"}, ()),
    "one thread": ({"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}, ()),
    "compiled": ({}, ("--fast",)),
}
EVERYTHING = {
    "PYTHONHASHSEED": "99",
    "TZ": "Pacific/Chatham",
    "LC_ALL": "C",
    "SEATRIAL_FREEZE_UTC_ISO": "1999-12-31T23:59:59Z",
    "NO_COLOR": "1",
    "COLUMNS": "37",
}


@pytest.fixture(scope="session")
def symbol(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded dataset, shorter than the run: it is resampled too."""
    files = sorted((data / "l2").glob("bybit_v5_and_dumps/BYBIT_v5_*.zst"))
    if not files:
        pytest.skip("the Bybit capture is not here")
    to = tmp_path_factory.mktemp("market") / "bybit"
    done = seatrial("market", "import", *files, "--to", to, "--json")
    assert done.code == 0, done.err
    return to


def soaked(words: tuple[str, ...], folder: Path, env: Mapping[str, str] | None = None) -> Files:
    """Soak in a folder of its own and return the record without what two runs may differ in."""
    folder.mkdir(parents=True, exist_ok=True)
    mode = () if "--fast" in words else ("--no-fast",)
    done = seatrial("soak", "run", *words, *mode, "--out", "out", "--json", cwd=folder, env=env)
    assert done.code in {0, 1, 3}, done.err
    return strip_identity(Path(folder / "out" / "soak" / "latest"))


def recorded(dataset: Path) -> tuple[str, ...]:
    """Return the words of a soak on recorded data."""
    return (*RECORDED, "--data", str(dataset), *sets((*CLOSE, "market.symbols=[bybit:SOLUSDT]")))


@pytest.fixture(scope="session")
def synth_files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The record that the synthetic soak leaves here and now."""
    return soaked(SYNTH, tmp_path_factory.mktemp("synth"))


@pytest.fixture(scope="session")
def recorded_files(symbol: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The record that the soak on recorded data leaves here and now."""
    return soaked(recorded(symbol), tmp_path_factory.mktemp("recorded"))


def differences(found: Files, expected: Files) -> list[str]:
    """Return the files that differ: their names fit on a screen, their bytes do not."""
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


def test_a_soak_far_away_and_long_ago_is_the_same(synth_files: Files, tmp_path: Path) -> None:
    """Everything around it differs at once: place, time, zone, language, hash seed, width."""
    there = soaked(SYNTH, tmp_path / "some where" / "else ä", EVERYTHING)

    assert differences(there, synth_files) == []
    assert b'"kind":"fill"' in there["journal.jsonl"]
    # A frozen clock names the run, so that a page of documentation can show it twice.
    latest = (tmp_path / "some where" / "else ä" / "out" / "soak" / "latest").resolve().name
    assert latest.startswith("19991231T235959Z-soak-")


@pytest.mark.slow
def test_a_recorded_soak_far_away_and_long_ago_is_the_same(
    symbol: Path, recorded_files: Files, tmp_path: Path
) -> None:
    """The same, on a recording that lies elsewhere under the same name."""
    elsewhere = tmp_path / "deeper" / symbol.name
    elsewhere.parent.mkdir()
    elsewhere.symlink_to(symbol)

    there = soaked(recorded(elsewhere), tmp_path / "out of the way", EVERYTHING)

    assert differences(there, recorded_files) == []
    assert b'"kind":"fill"' in there["journal.jsonl"]


@pytest.mark.slow
@pytest.mark.parametrize("case", ELSEWHERE)
def test_each_difference_alone_changes_no_byte(case: str, synth_files: Files, tmp_path: Path) -> None:
    """When the test above fails, this says why."""
    env, words = ELSEWHERE[case]

    assert differences(soaked((*SYNTH, *words), tmp_path, env), synth_files) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", ["the same again", "hash seed 4711", "Kathmandu", "compiled"])
def test_each_difference_alone_changes_no_byte_of_a_recorded_soak(
    case: str, symbol: Path, recorded_files: Files, tmp_path: Path
) -> None:
    """A recording comes through DuckDB, threads and Parquet: none of them may show."""
    env, words = ELSEWHERE[case]

    assert differences(soaked((*recorded(symbol), *words), tmp_path, env), recorded_files) == []


@pytest.mark.slow
def test_another_seed_is_another_run(synth_files: Files, tmp_path: Path) -> None:
    """A seed that changes nothing would make all of the above empty."""
    words = tuple("12" if word == "11" else word for word in SYNTH)

    assert "journal.jsonl" in differences(soaked(words, tmp_path), synth_files)


def test_an_import_far_away_is_the_same(data: Path, symbol: Path, tmp_path: Path) -> None:
    """The dataset's bytes are what its hash in every record speaks of."""
    files = sorted((data / "l2").glob("bybit_v5_and_dumps/BYBIT_v5_*.zst"))

    there = seatrial("market", "import", *files, "--to", "bybit", "--json", cwd=tmp_path, env=EVERYTHING)

    assert there.code == 0, there.err
    assert differences(tree(tmp_path / "bybit"), tree(symbol)) == []


def tree(folder: Path) -> Files:
    """Return every file of a folder."""
    walk = [Path(at) / name for at, _, names in os.walk(folder) for name in names]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in walk}
