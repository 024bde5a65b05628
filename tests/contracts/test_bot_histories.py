"""Real histories of real bots, read through the whole program and left as they are."""

import gzip
from pathlib import Path

import pytest
from tests.contracts.program import seatrial
from tests.engine.bot.files.making import prints

from seatrial.store.verify import verify

HB, FT = "hummingbot_live_kucoin_bybit_2022", "freqtrade_"
# file -> orders, fills, anomalies: what the collections' own notes say of them.
SAYS: dict[str, tuple[int, int, dict[str, int]]] = {
    f"{HB}/conf_hedge_.sqlite.gz": (6, 10, {"orphan_fills": 1, "orphan_statuses": 1}),
    f"{HB}/conf_pure_mm_3.sqlite.gz": (731, 76, {"cancelled_with_fills": 6, "partially_filled_orders": 5}),
    f"{HB}/conf_avellaneda_market_making_2.sqlite.gz": (421, 41, {"cancelled_with_fills": 1}),
    f"{HB}/trades_conf_pure_mm_3.csv": (65, 76, {}),
    "hummingbot_orders_only_202504/conf_pure_mm_2.sqlite.gz": (42, 0, {}),
    f"{FT}live_binance_2021/tradesv3.sqlite.gz": (132, 95, {}),
    f"{FT}hyperliquid_mm_dryrun_wal/tradesv3_7a3968a.sqlite.gz": (32, 2, {}),
    f"{FT}dryrun_log_2023/tradesv3.sqlite.gz": (1, 1, {}),
}


# The others add a minute and no new kind of file.
QUICK = {
    f"{HB}/conf_hedge_.sqlite.gz", f"{HB}/conf_pure_mm_3.sqlite.gz",
    f"{FT}live_binance_2021/tradesv3.sqlite.gz",
}  # fmt: skip


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in SAYS]
)
def test_a_history_is_read_truthfully_and_left_untouched(name: str, data: Path, tmp_path: Path) -> None:
    """These accounts were live: what is read of them can be compared with what their owners counted."""
    source = data / "bots" / name
    if not source.is_file():
        pytest.skip(f"no {name} under {data}")
    there = tmp_path / "bot"
    there.mkdir()
    for part in source.parent.glob(source.name.removesuffix(".gz") + "*"):
        held = part.read_bytes()
        (there / part.name.removesuffix(".gz")).write_bytes(
            gzip.decompress(held) if part.suffix == ".gz" else held
        )
    before = prints(there)

    done = seatrial(
        "soak", "report", there / source.name.removesuffix(".gz"), "--out", tmp_path / "out", "--json"
    )

    answer = done.document
    assert (answer["orders"], answer["fills"], answer["anomalies"]) == SAYS[name]
    assert prints(there) == before
    assert verify(Path(answer["record"]) / "journal.jsonl") == []
    assert done.code in {1, 3}
    assert answer["residual"] is None or answer["residual"] < 1e-9
