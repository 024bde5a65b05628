import xml.etree.ElementTree as ET

from seatrial.judge.report.junit import render
from seatrial.judge.report.story import Story

from .conftest import HOSTILE


def suite_of(story: Story) -> ET.Element:
    """The one suite of the file."""
    root = ET.fromstring(render(story))
    (suite,) = root.findall("testsuite")
    return suite


def test_each_gate_is_a_case_of_its_colour(story: Story) -> None:
    """A CI that knows only JUnit must go red on FAIL and on UNKNOWN, and on nothing else."""
    suite = suite_of(story)
    found = {
        case.get("name", "").split()[0]: [child.tag for child in case] for case in suite.findall("testcase")
    }

    assert found == {
        "ack_latency_ms_p95": ["failure"],
        "risk_ratio": ["error"],
        "net_bps": ["system-out"],
        "maker_share_ratio": ["system-out"],
    }
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "1")
    error = suite.find("testcase/error")
    assert error is not None
    assert error.get("type") == "unknown"


def test_no_gates_are_an_error(empty: Story) -> None:
    """An empty suite counts as green in most CI; nothing judged must not."""
    suite = suite_of(empty)

    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")


def test_a_hostile_reason_stays_text(hostile: Story) -> None:
    """A reason comes from the record; it must not be able to add or hide a test."""
    suite = suite_of(hostile)
    failure = suite.find("testcase/failure")

    assert len(suite.findall("testcase")) == 1
    assert failure is not None
    assert failure.get("message") == HOSTILE
