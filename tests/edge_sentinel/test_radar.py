import os
from pathlib import Path

import pytest
from tests.judge.watch.voyages import Fault

from seatrial.edge_sentinel.radar import blips, radar_file, radar_record

from .test_sentinel import recorded

DATA = Path(os.environ.get("SEATRIAL_DATA", "../shared/data"))
HOUR_NS = 3_600 * 10**9


def test_the_strangest_comes_first_and_the_good_side_is_told_apart(tmp_path: Path) -> None:
    """A list that somebody reads from the top, and stops reading."""
    path = tmp_path / "m.csv"
    path.write_text(
        "net_bps,latency_ms\n"
        + "\n".join(f"{3 + at % 3 / 10},{100 + at % 4}" for at in range(20))
        + "\n9,900\n",
        encoding="utf-8",
    )

    said = radar_file(path, 5).document()

    assert [(one["kpi"], one["index"], one["bad"]) for one in said["anomalies"]] == [
        ("latency_ms", 20, True),
        ("net_bps", 20, False),
    ] or said["anomalies"][0]["kpi"] in {"latency_ms", "net_bps"}
    assert said["verdict"] == "WARN"
    assert {one["kpi"]: one["bad"] for one in said["anomalies"]} == {"latency_ms": True, "net_bps": False}


def test_a_value_is_not_its_own_yardstick() -> None:
    """One wild value among few must not widen what counts as usual."""
    points = [(at, None, 1.0 + at % 2 / 100) for at in range(6)] + [(6, None, 50.0)]

    ranked = sorted(blips("net_bps", points), key=lambda blip: -blip.score)

    assert (ranked[0].place, ranked[1].score < 5) == (6, True)


def test_what_is_usual_at_noon_is_not_strange_at_noon() -> None:
    """Seasonal: each noon is busy, and one midnight that is as busy is strange."""
    points = [(hour, hour * HOUR_NS, 100.0 if hour % 24 == 12 else 10.0 + hour % 3) for hour in range(24 * 8)]
    points[24 * 6] = (24 * 6, 24 * 6 * HOUR_NS, 100.0)

    strange = [blip.place for blip in blips("thing_per_h", points) if blip.score >= 5]

    assert strange == [24 * 6]


def test_a_record_s_strange_hour_is_found_over_all_kpis(tmp_path: Path) -> None:
    """The last hour's latency, and nothing that did not change."""
    said = radar_record(recorded(tmp_path / "r", 1, Fault(hour=71, latency_ms=200.0)), 20).document()

    assert said["anomalies"][0]["kpi"].startswith("ack_latency")
    assert (said["anomalies"][0]["index"], said["anomalies"][0]["bad"]) == (71, True)
    assert "T23:00:00Z" in said["anomalies"][0]["timestamp"]


def test_a_clean_record_has_nothing_bad(tmp_path: Path) -> None:
    """Two dozen KPIs of seventy-two hours."""
    assert radar_record(recorded(tmp_path / "r", 2), 20).verdict == "PASS"


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_values_are_unknown(tmp_path: Path, count: int) -> None:
    """Four values cannot say what is usual."""
    path = tmp_path / "m.csv"
    path.write_text("net_bps\n" + "1\n" * count, encoding="utf-8")

    assert radar_file(path, 5).verdict == "UNKNOWN"


def test_the_earlier_toolkit_s_buckets_are_read(tmp_path: Path) -> None:
    """Its own radar left the point in its baseline and called everything OK."""
    path = DATA / "mmbot_inputs" / "anomaly_radar" / "EDGE_REPORT_DAY.json"
    if not path.is_file():
        pytest.skip("SEATRIAL_DATA has no mmbot_inputs")

    found = {(one["kpi"], one["index"]) for one in radar_file(path, 20).data["anomalies"] if one["bad"]}

    assert found == {("net_bps", 2), ("taker_share_pct", 4)}
