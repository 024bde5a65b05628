"""Resources: which measurement a series comes from, and what a leak of memory consists of."""

from typing import Any

import pytest

from seatrial.judge.gate.trial import Plan, resources
from seatrial.judge.trend.resources import MARGINS, attribution, leaks, series, told

HOUR = 3_600 * 10**9


def rows(per_h: dict[str, float], hours: int = 48) -> list[dict[str, Any]]:
    """A sample an hour of fields that begin at 100 MB and grow by so much."""
    return [
        {"ts_ns": at * HOUR, **{name: 1e8 + grown * at for name, grown in per_h.items()}}
        for at in range(hours)
    ]


def test_every_resource_has_a_margin_and_a_healthy_one_keeps_it() -> None:
    """A resource that nobody judges is where the leak will be."""
    found = leaks(resources(Plan()))

    assert set(found) == set(MARGINS) - {"heap", "traced"}
    assert {leak.verdict for leak in found.values()} == {"ok"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rss_bytes": 0.0}, None),
        ({"rss_bytes": 2e6, "heap_bytes": 0.0}, "fragmentation"),
        ({"rss_bytes": 2e6, "heap_bytes": 2e6, "traced_bytes": 0.0}, "native"),
        ({"rss_bytes": 2e6, "heap_bytes": 2e6, "traced_bytes": 2e6}, "python"),
        ({"rss_bytes": 2e6}, "not attributed: the C heap was not measured, or not long enough"),
        (
            {"rss_bytes": 2e6, "heap_bytes": 2e6},
            "not attributed: tracemalloc was not measured, or not long enough",
        ),
    ],
)
def test_a_leak_is_attributed_by_what_grew_with_it(fields: dict[str, float], said: str | None) -> None:
    """Fragmentation is the allocator's, a native leak a library's, the rest the bot's own."""
    assert attribution(leaks(rows(fields))) == said


def test_the_use_of_a_core_is_time_spent_over_time_gone_by() -> None:
    """Time spent always grows; only its pace says anything. A restart begins anew."""
    measured = [
        {"ts_ns": 0, "cpu_s": 0.0}, {"ts_ns": HOUR, "cpu_s": 1_800.0}, {"ts_ns": 2 * HOUR, "cpu_s": 10.0},
        {"ts_ns": 3 * HOUR, "cpu_s": 910.0}, {"ts_ns": 3 * HOUR, "cpu_s": 920.0},
    ]  # fmt: skip

    assert series(measured, "cpu") == [(1.0, 0.5), (3.0, 0.25)]


def test_what_was_not_measured_is_not_there() -> None:
    """None is not zero: a platform that cannot tell has no flat line."""
    assert leaks([{"ts_ns": 1, "rss_bytes": None}, {"rss_bytes": 5.0}]) == {}


def test_the_answers_become_plain_objects() -> None:
    """They are written to RESOURCES.json as they are."""
    said = told(leaks(rows({"rss_bytes": 2e6})))["rss"]

    assert said["verdict"] == "leak"
    assert said["ratio"] > 1
    assert said["slope_per_h"] == pytest.approx(2e6)
