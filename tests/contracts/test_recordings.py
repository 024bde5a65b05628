"""Real recordings through the whole program: import, soak, books that close, a verdict, its evidence."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.contracts.program import CLOSE, REPORTS, Done, lines_of, played, seatrial, sets

from seatrial.model.tape import KIND_MASK, NO_FILL, TRADE, Tape
from seatrial.store.journal import read
from seatrial.store.verify import verify


@dataclass(frozen=True)
class Recording:
    """A recording, what its README says of it, and a soak that fits into it."""

    files: str
    # venue:symbol -> (contract, records, trades, duplicate trade ids, gaps)
    says: dict[str, tuple[str, int, int, int, int]]
    symbols: str
    window: str
    lasts_s: int


ROOT = "l2/"
RECORDINGS = {
    "bybit": Recording(
        "bybit_v5_and_dumps/BYBIT_v5_20260809.jsonl.zst",
        {
            "bybit:BTCUSDT": ("linear", 470, 56, 0, 0),
            "bybit:DOGEUSDT": ("linear", 463, 83, 0, 0),
            "bybit:ETHUSDT": ("linear", 444, 23, 0, 0),
            "bybit:SOLUSDT": ("linear", 548, 165, 0, 0),
            "bybit-spot:BTCUSDT": ("spot", 311, 11, 0, 0),
            "bybit-spot:ETHUSDT": ("spot", 259, 9, 0, 0),
        },
        "[bybit:SOLUSDT,bybit:DOGEUSDT]",
        "10s",
        41,
    ),
    "hyperliquid": Recording(
        "hyperliquid_perps_20250904/*.csv.gz",
        {
            "hyperliquid:BTC": ("linear", 3_785 + 27_792 // 2 + 6_675, 6_675, 0, 1),
            "hyperliquid:SOL": ("linear", 3_785 + 26_422 // 2 + 4_437, 4_437, 10, 1),
        },
        "[BTC,SOL]",
        "300s",
        2_088,
    ),
    "usdm btc": Recording(
        "binance_usdm_raw_ws/btcusdt_*.gz",
        {"binance-futures:BTCUSDT": ("linear", 11_414 + 60_570, 974 + 9_727, 0, 0)},
        "[]",
        "60s",
        479,
    ),
    "usdm eth": Recording(
        "binance_usdm_raw_ws/ethusdt_*.gz",
        {"binance-futures:ETHUSDT": ("linear", 14_003 + 55_910, 1_640 + 12_015, 0, 0)},
        "[]",
        "60s",
        479,
    ),
    "coinm btc": Recording(
        "binance_coinm_raw_ws/btcusd_perp_*.gz",
        {"binance-delivery:BTCUSD_PERP": ("inverse", 48_270 + 50_116, 2_286 + 2_949, 0, 0)},
        "[]",
        "60s",
        647,
    ),
    "spot btc": Recording(
        "binance_spot_raw_ws/btcusdt_*.gz",
        {"binance:BTCUSDT": ("spot", 41_249 + 58_325, 9_757 + 10_147, 0, 0)},
        "[]",
        "60s",
        650,
    ),
}
QUICK = {"bybit"}
EACH = [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in RECORDINGS]

Imported = Callable[[str], tuple[Path, dict[str, Any]]]


def files_of(data: Path, name: str) -> list[Path]:
    """Return the files of a recording, or skip."""
    files = sorted((data / "l2").glob(RECORDINGS[name].files))
    if not files:
        pytest.skip(f"the recording {RECORDINGS[name].files} is not here")
    return files


@pytest.fixture(scope="session")
def imported(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """Import a recording through the command line, once a session."""
    made: dict[str, tuple[Path, dict[str, Any]]] = {}

    def dataset(name: str) -> tuple[Path, dict[str, Any]]:
        if name not in made:
            to = tmp_path_factory.mktemp("datasets") / name.replace(" ", "-")
            done = seatrial("market", "import", *files_of(data, name), "--to", to, "--json")
            assert done.code == 0, done.err
            made[name] = (to, done.document)
        return made[name]

    return dataset


def soak(dataset: Path, out: Path, *more: str, **options: object) -> Done:
    """Soak the reference maker close to the touch of a recording."""
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    base = ("soak", "run", "--profile", "demo", "--seed", 3, "--data", dataset, "--out", out, "--json")
    return seatrial(*base, *words, *sets((*CLOSE, *more)))


def of_kind(record: Path, kind: str) -> list[dict[str, Any]]:
    """Return the journal's events of a kind."""
    return [event for event in read(record / "journal.jsonl") if event["kind"] == kind]


# --- what an import says -------------------------------------------------------------------------


@pytest.mark.parametrize("name", EACH)
def test_an_import_says_what_the_readme_counted(name: str, imported: Imported) -> None:
    """The figures were computed on every record by other means: a report that differs is untrue."""
    _, document = imported(name)

    found = {f"{one['venue']}:{one['symbol']}": one for one in document["instruments"]}
    assert {
        symbol: (
            one["contract"],
            one["events"],
            one["trades"],
            one["duplicate_trade_ids"],
            len(one["gaps"]),
        )
        for symbol, one in found.items()
    } == RECORDINGS[name].says
    assert {(one["sequence_breaks"], one["crossed"], one["non_monotonic"]) for one in found.values()} == {
        (0, 0, 0)
    }
    assert all((one["coverage_ratio"] == 1) == (one["gaps"] == []) for one in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["usdm btc", "usdm eth", "coinm btc", "spot btc"])
def test_prints_off_the_book_are_counted_as_the_naked_eye_counts_them(
    name: str, data: Path, imported: Imported
) -> None:
    """More than 5 bps beyond the last quote seen, line by line in the order of the file."""
    count, bid, ask = 0, 0.0, 0.0
    for path in files_of(data, name):
        for line in lines_of(path):
            message = orjson.loads(line.partition(b" ")[2])
            topic, body = message.get("stream", ""), message.get("data", {})
            if topic.endswith("@bookTicker"):
                bid, ask = float(body["b"]), float(body["a"])
            elif topic.endswith("@trade") and bid:
                count += not bid * (1 - 5e-4) <= float(body["p"]) <= ask * (1 + 5e-4)

    assert [one["off_book_prints"] for one in imported(name)[1]["instruments"]] == [count]


# --- what a soak leaves --------------------------------------------------------------------------


@pytest.mark.parametrize("name", EACH)
def test_a_soak_on_a_recording_is_whole_and_its_fills_are_proved(
    name: str, imported: Imported, tmp_path: Path
) -> None:
    """It journals, its books close, it ends in a verdict, and each fill shows the market event it met."""
    recording, (dataset, _) = RECORDINGS[name], imported(name)
    iterations = recording.lasts_s // int(recording.window[:-1])
    options = {"iterations": iterations, "window": recording.window}

    done = soak(dataset, tmp_path, f"market.symbols={recording.symbols}", "market.resample=false", **options)

    document, record = done.document, Path(done.document["record"])
    assert (done.code, document["verdict"]) in {(0, "PASS"), (0, "WARN"), (1, "FAIL"), (3, "UNKNOWN")}
    assert verify(record / "journal.jsonl") == []
    assert {path.name for path in record.iterdir()} >= REPORTS
    assert document["iterations"] == len(list((record / "iterations").iterdir())) == iterations
    fills = of_kind(record, "fill")
    assert document["fills"] == len(fills) > 0
    assert abs(document["residual"]) < 1e-9
    assert document["kpis"]["recorded_ratio"] == 1
    rows = played(record, dataset)
    assert [problem for fill in fills for problem in unproved(fill, rows)] == []


def unproved(fill: dict[str, Any], rows: Tape) -> Iterator[str]:
    """Yield what is wrong with a fill's evidence."""
    evidence, sign = fill["evidence"], 1 if fill["side"] == "buy" else -1
    row, said = evidence["row"], f"fill {fill['fill_id']}"
    # How far the market came through our price: positive is beyond it.
    beyond = sign * (Decimal(fill["price"]) - Decimal(evidence["price"]))
    if int(rows.ts[row]) > fill["ts_ns"]:
        yield f"{said} is older than its evidence"
    if bool(int(rows.code[row]) & NO_FILL):
        yield f"{said} met a print that no order could have met"
    is_trade = (int(rows.code[row]) & KIND_MASK) == TRADE
    if is_trade != (evidence["kind"] == "trade"):
        yield f"{said} shows a {evidence['kind']}, row {row} is none"
    right = {
        "trade_through": is_trade and beyond > 0,
        "queue_cleared": beyond == 0,
        "book_cross": not is_trade and beyond >= 0,
        "marketable": beyond >= 0 and fill["liquidity"] == "taker",
    }
    if not right[fill["cause"]]:
        yield f"{said}: {fill['cause']} with {evidence} at {fill['price']}"
    if is_trade and Decimal(fill["qty"]) > Decimal(evidence["qty"]):
        yield f"{said} is larger than the print that it met"
    if fill["cause"] == "queue_cleared" and Decimal(fill["queue_ahead_after"]) != 0:
        yield f"{said} has somebody before it"


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDINGS)
def test_a_soak_longer_than_its_recording_says_so(name: str, imported: Imported, tmp_path: Path) -> None:
    """Resampled time is market time of the second kind: labelled, counted, and nothing else differs."""
    recording, (dataset, _) = RECORDINGS[name], imported(name)
    window_s = int(recording.window[:-1])
    iterations = recording.lasts_s // window_s + 3
    more = (f"market.symbols={recording.symbols}", "market.block_s=10")

    done = soak(dataset, tmp_path, *more, iterations=iterations, window=recording.window)

    document, record = done.document, Path(done.document["record"])
    assert done.code in {0, 1, 3}
    assert verify(record / "journal.jsonl") == []
    assert abs(document["residual"]) < 1e-9
    assert document["fills"] > 0
    provenance = orjson.loads((record / "run.json").read_bytes())["provenance"]
    assert provenance["kind"] == "resampled"
    assert 0 <= document["kpis"]["recorded_ratio"] < 1
    rows = played(record, dataset)
    assert [problem for fill in of_kind(record, "fill") for problem in unproved(fill, rows)] == []


# --- the shapes in which people keep their files -------------------------------------------------


@pytest.mark.slow
def test_names_order_and_compression_do_not_matter(data: Path, tmp_path: Path, imported: Imported) -> None:
    """The same market has one hash, however its files are kept."""
    first, second = files_of(data, "coinm btc")
    plain, packed = tmp_path / "z.log", tmp_path / "a_part.gz"
    plain.write_bytes(b"".join(lines_of(first)))
    packed.write_bytes(gzip.compress(b"".join(lines_of(second)), 1))

    done = seatrial("market", "import", packed, plain, "--to", tmp_path / "again", "--json")

    assert done.document["sha256"] == imported("coinm btc")[1]["sha256"]


@pytest.mark.slow
def test_files_of_two_symbols_are_one_dataset_of_two(data: Path, tmp_path: Path) -> None:
    """A folder holds whatever the recorder wrote, and a run may choose one of it."""
    done = seatrial("market", "import", data / ROOT / "binance_usdm_raw_ws", "--to", tmp_path / "d", "--json")
    assert [one["symbol"] for one in done.document["instruments"]] == ["BTCUSDT", "ETHUSDT"]

    one = soak(tmp_path / "d", tmp_path, "market.symbols=[ETHUSDT]", iterations=2, window="60s")

    assert {fill["symbol"] for fill in of_kind(Path(one.document["record"]), "fill")} == {"ETHUSDT"}


@pytest.mark.slow
def test_raw_files_are_a_data_option_too(data: Path, tmp_path: Path) -> None:
    """One command from a capture to a verdict."""
    (raw,) = files_of(data, "bybit")
    more = ("market.symbols=[bybit:SOLUSDT]", "soak.warmup_iterations=0")

    done = soak(raw, tmp_path, *more, iterations=2, window="15s")

    assert done.code in {0, 1, 3}, done.err
    assert verify(Path(done.document["record"]) / "journal.jsonl") == []


# --- prints that no order could have met, clocks that disagree -----------------------------------

FAR = ("bot.params.half_spread_bps=300", "bot.params.max_order_age_ms=600000", "soak.warmup_params={}")


def planted(data: Path, folder: Path, kind: str) -> Path:
    """Return a real capture with one more trade in its middle, a tenth below the market."""
    first = files_of(data, "usdm btc")[0]
    lines = lines_of(first)
    middle = len(lines) * 2 // 3
    stamp, _, text = next(line for line in lines[middle:] if b"@trade" in line).partition(b" ")
    at = next(index for index, line in enumerate(lines) if line.startswith(stamp))
    message = orjson.loads(text)
    body = message["data"]
    body |= {"X": kind, "p": f"{float(body['p']) * 0.9:.1f}", "q": "50.000", "m": True, "t": body["t"] - 1}
    # Its id is that of the trade before, so that trade goes: ids stay unique, and nothing else changes.
    before = f'"t":{body["t"]},'.encode()
    kept = [line for line in lines if before not in line]
    assert len(kept) == len(lines) - 1
    path = folder / "planted.log"
    path.write_bytes(
        b"".join((*kept[: at - 1], stamp + b" " + orjson.dumps(message) + b"\n", *kept[at - 1 :]))
    )
    return path


@pytest.mark.parametrize(
    ("kind", "collar_bps", "fills"),
    [
        ("MARKET", 50, 0),
        ("INSURANCE_FUND", 5_000, 0),
        pytest.param("INSURANCE_FUND", 50, 0, marks=pytest.mark.slow),
        pytest.param("MARKET", 5_000, 1, marks=pytest.mark.slow),
    ],
)
def test_a_print_far_off_the_book_fills_nothing(
    kind: str, collar_bps: int, fills: int, data: Path, tmp_path: Path
) -> None:
    """An order 3 % away would earn 7 % from it, in the report and nowhere else; the last case has teeth."""
    raw = planted(data, tmp_path, kind)
    options = ("dryrun", "run", "--profile", "demo", "--no-fast", "--data", raw, "--out", tmp_path)
    more = sets((*FAR, f"exchange.off_book_collar_bps={collar_bps}"))

    done = seatrial(*options, "--window", "170s", "--json", *more)

    assert done.document["fills"] == fills
    assert done.code == 3 if fills == 0 else done.document["verdict"] != "PASS"
    (dataset,) = (tmp_path / "datasets").iterdir()
    (report,) = seatrial("market", "info", dataset, "--json").document["instruments"]
    assert report["off_book_prints"] == 1


@pytest.mark.slow
def test_a_receive_clock_behind_the_exchange_clock_keeps_the_order(
    imported: Imported, tmp_path: Path
) -> None:
    """Answers before questions would make a fortune: the clock that orders is the one that heard."""
    dataset, document = imported("coinm btc")
    assert document["clock"] == "receive"

    done = soak(dataset, tmp_path, iterations=3, window="60s")

    stamps = [event["ts_ns"] for event in read(Path(done.document["record"]) / "journal.jsonl")]
    assert stamps == sorted(stamps)
    assert all(
        order["ack_ns"] > order["intended_ns"]
        for order in of_kind(Path(done.document["record"]), "order")
        if order["ack_ns"] is not None
    )
