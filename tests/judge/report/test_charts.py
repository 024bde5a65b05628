import json

import pytest

from seatrial.judge.report.picture import Picture
from seatrial.judge.report.story import Story

pytest.importorskip("bokeh", reason="the report extra is not installed")

from seatrial.judge.report.charts import chart


def test_the_same_picture_gives_the_same_bytes_whatever_was_drawn_before(story: Story) -> None:
    """Bokeh numbers its models through the whole process; equal runs must give equal files."""
    first = chart(story.picture)
    chart(story.picture)

    assert chart(story.picture) == first


def test_every_chart_over_time_shares_one_axis(story: Story) -> None:
    """Zooming into a gap in one chart must show the same minutes in all the others."""
    roots = json.loads(chart(story.picture).data)["document"]["roots"]
    shared = roots[0]["attributes"]["x_range"]["id"]

    axes = [root["attributes"]["x_range"]["id"] for root in roots]
    assert axes.count(shared) == 5
    assert len(roots) == 7


def test_what_is_named_in_a_legend_is_in_the_chart(story: Story) -> None:
    """A legend entry that hides nothing looks broken."""
    drawing = chart(story.picture)

    for key in (key for panel in drawing.panels for key in panel.keys):
        assert drawing.data.count(f'"name":{json.dumps(key.shows)}') == 1, key


def test_no_script_is_fetched_and_no_string_is_run(story: Story) -> None:
    """The library travels in the file, and our data never asks it to evaluate code."""
    drawing = chart(story.picture)

    assert len(drawing.scripts) == 1
    assert "CustomJS" not in drawing.data
    assert "http" not in drawing.data


def test_an_empty_run_draws_nothing() -> None:
    """No evidence is not a flat line."""
    assert json.loads(chart(Picture(0.0, 0.0)).data)["roots"] == {}
