import math
from pathlib import Path

import pytest
from tests.judge import records

from seatrial.judge.history import History
from seatrial.judge.report.sampling import picture_of
from seatrial.judge.report.story import Story


def test_a_picture_spans_the_run_and_holds_its_lines(story: Story) -> None:
    """Every chart shares one axis, so the axis must be the run's, not the data's."""
    picture = story.picture

    assert (picture.until_ms - picture.from_ms) == 6 * 600 * 1000
    assert [line.label for line in picture.equity] == ["BTCUSDT"]
    assert len(picture.bars) == 6
    assert picture.currency == "USDT"


def test_the_gap_and_the_freeze_are_bands(story: Story) -> None:
    """A reader must see at once that the flat line was no calm market."""
    bands = {band.kind: (band.until_ms - band.from_ms) / 1000 for band in story.picture.bands}

    assert bands == {"gap": 30.0, "freeze": 180.0}


def test_a_freeze_that_was_never_lifted_lasts_to_the_end() -> None:
    """The run that ended frozen is the one somebody reads about."""
    written = [(ts, kind, fields) for ts, kind, fields in records.events() if kind != "unfreeze"]

    history = History.of({"ts_ns": ts, "kind": kind, **fields} for ts, kind, fields in written)
    picture = picture_of(history, (), 2_000)

    assert [band.until_ms for band in picture.bands if band.kind == "freeze"] == [picture.until_ms]


def test_what_was_not_measured_is_a_hole(story: Story) -> None:
    """No quote in a gap is no quote, not a quote at zero."""
    (market,) = story.picture.markets

    assert any(math.isnan(value) for value in market.mid.value)
    assert any(math.isnan(value) for line in market.distances for value in line.value)


def test_lines_are_thinned_to_the_setting(tmp_path: Path) -> None:
    """A soak of days must give a page that a phone can open."""
    history = History.read(records.build(tmp_path / "record"))

    picture = picture_of(history, (), 60)

    assert all(len(line.at_ms) <= 60 for line in (*picture.equity, *picture.markets[0].distances))


def test_the_mark_outs_are_the_kpis(story: Story) -> None:
    """A chart that disagrees with the gate beside it is worse than no chart."""
    history = History.of({"ts_ns": ts, "kind": kind, **fields} for ts, kind, fields in records.events())
    fills = [fields for _, kind, fields in records.events() if kind == "fill"]
    later = {
        fields["fill_id"]: fields["mids"]["5"] for _, kind, fields in records.events() if kind == "markout"
    }
    gained = worth = 0.0
    for fill in fills:
        if later[fill["fill_id"]] is not None:
            sign = 1 if fill["side"] == "buy" else -1
            gained += sign * float(fill["qty"]) * (float(later[fill["fill_id"]]) - float(fill["price"]))
            worth += float(fill["notional"])

    steps = {step.horizon_s: step for step in picture_of(history, (), 100).markouts}

    assert steps["5"].bps == pytest.approx(gained / worth * 1e4, rel=1e-9)
    assert steps["300"].n < steps["5"].n <= len(fills)


def test_latency_counts_every_answer(story: Story) -> None:
    """The tail is the point of the histogram; nothing may fall off its edge."""
    histogram = story.picture.latency

    assert sum(histogram.counts) == histogram.n > 0
    assert histogram.edges[0] < histogram.marks["p50"] < histogram.marks["p99"] < histogram.edges[-1]


def test_several_instruments_are_shown_by_their_change() -> None:
    """On one scale of balances the smaller instrument would be a flat line."""
    written = list(records.events(records.Voyage(iterations=2)))
    other = [
        (ts, kind, {**fields, "symbol": "ETHUSDT", "equity": "500.5"})
        for ts, kind, fields in written
        if kind == "decision"
    ]

    history = History.of({"ts_ns": ts, "kind": kind, **fields} for ts, kind, fields in (*written, *other))
    equity = picture_of(history, (), 2_000).equity

    assert [(line.label, line.value[0]) for line in equity] == [("BTCUSDT", 0.0), ("ETHUSDT", 0.0)]


def test_a_run_without_fills_has_a_picture(empty: Story) -> None:
    """The run that traded nothing is read more carefully than the one that did."""
    assert empty.picture.markouts == ()
    assert [dots.at_ms.size for dots in empty.picture.markets[0].fills] == [0, 0]
