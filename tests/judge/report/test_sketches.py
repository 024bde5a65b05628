import xml.etree.ElementTree as ET

from seatrial.judge.report.drawing import EMPTY
from seatrial.judge.report.picture import Picture
from seatrial.judge.report.sketches import sketch
from seatrial.judge.report.story import Story


def test_every_panel_is_well_formed_markup(story: Story, hostile: Story) -> None:
    """The page without the extra must not be the broken one."""
    for one in (story, hostile):
        for panel in sketch(one.picture).panels:
            ET.fromstring(panel.markup)
            assert "nan" not in panel.markup.lower().replace("finance", "")


def test_the_line_breaks_at_the_gap(story: Story) -> None:
    """A line across a gap would draw a market nobody saw."""
    price = next(panel for panel in sketch(story.picture).panels if panel.key == "price0")

    path = next(part for part in price.markup.split("<path ") if part.startswith('d="M'))
    assert path.split('"')[1].count("M") == 2


def test_gap_and_freeze_shade_every_time_chart(story: Story) -> None:
    """Whichever chart one looks at, the gap is on it."""
    for panel in sketch(story.picture).panels:
        assert panel.markup.count("<title>") == (2 if panel.on_time_axis else 0), panel.key


def test_an_empty_run_says_so() -> None:
    """An empty box with axes reads as flat; words do not."""
    panels = sketch(Picture(0.0, 0.0)).panels

    assert {panel.markup for panel in panels} == {EMPTY}
