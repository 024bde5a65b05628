from seatrial.judge.report.drawing import captions, draw
from seatrial.judge.report.story import Story


def test_both_ways_of_drawing_show_the_same_panels(story: Story) -> None:
    """Whoever lacks the extra misses the zoom, not a chart."""
    still = draw(story.picture, interactive=False)

    assert [panel.key for panel in still.panels] == list(captions(story.picture))
    assert still.scripts == ()
