from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.golden_extension import Golden
from tests.judge.trials import write

from seatrial.judge.gate.trial import Plan
from seatrial.judge.stats.draws import Draws
from seatrial.model.errors import InputError
from seatrial.model.verdict import Verdict
from seatrial.region.compare import Terms, compare
from seatrial.region.direction import Rules

from .series_files import side, written

COUNT = 400


def answer(
    folder: Path, canary: "np.ndarray", name: str = "net_bps", terms: Terms | None = None
) -> dict[str, Any]:
    """Compare a canary with the usual control."""
    first = written(folder / "control.csv", {name: side(COUNT, 2)})
    second = written(folder / "canary.csv", {name: canary})
    return compare(first, second, terms or Terms()).document()


@pytest.mark.parametrize(
    ("canary", "verdict", "winner"),
    [
        (side(COUNT, 3), "PASS", "none"),
        (side(COUNT, 3, level=2.0), "FAIL", "control"),
        (side(COUNT, 3, level=4.0), "PASS", "canary"),
        (side(COUNT, 3, noise=4.0), "FAIL", "control"),
        (side(20, 3), "UNKNOWN", "none"),
        (side(0, 3), "UNKNOWN", "none"),
    ],
    ids=["equal", "worse", "better", "equal on average but erratic", "short", "no data"],
)
def test_the_answer_follows_the_evidence(
    tmp_path: Path, canary: "np.ndarray", verdict: str, winner: str
) -> None:
    """Harm is caught, harmlessness shown, improvement recognised, and silence never promotes."""
    said = answer(tmp_path, canary)

    assert (said["verdict"], said["winner"]) == (verdict, winner)


def test_of_a_metric_where_less_is_better_more_is_harm(tmp_path: Path) -> None:
    """The same numbers, the other way round: a latency."""
    said = answer(tmp_path, side(COUNT, 3, level=40.0), "ack_latency_ms_p95")

    assert (said["verdict"], said["winner"], said["metrics"][0]["better"]) == ("FAIL", "control", "lower")


def test_pairing_cancels_the_market(tmp_path: Path) -> None:
    """The interval is that of the bots' own noise, not of the market that moved both."""
    said = answer(tmp_path, side(COUNT, 3))
    low, high = said["metrics"][0]["interval"]

    assert high - low < 0.5 < side(COUNT, 2).std()


def test_what_has_no_partner_is_counted_and_too_much_of_it_is_no_evidence(tmp_path: Path) -> None:
    """A canary that is silent in the bad minutes must not look harmless."""
    first = written(tmp_path / "a.csv", {"net_bps": side(COUNT, 2)})
    second = written(tmp_path / "b.csv", {"net_bps": side(COUNT, 3)}, start=150)

    said = compare(first, second, Terms()).document()

    assert said["verdict"] == "UNKNOWN"
    assert said["metrics"][0]["unpaired"] == [150, 150]


def test_a_split_that_is_not_the_planned_one_is_unknown(tmp_path: Path) -> None:
    """Lost samples are rarely lost at random."""
    rows = side(COUNT, 2)
    first = written(tmp_path / "a.csv", {"net_bps": rows, "n": [10.0] * COUNT})
    second = written(tmp_path / "b.csv", {"net_bps": side(COUNT, 3), "n": [8.0] * COUNT})

    said, planned = (compare(first, second, Terms(ratio=ratio)).document() for ratio in (1.0, 0.8))

    assert (said["verdict"], said["split"]["mismatch"], said["winner"]) == ("UNKNOWN", True, "none")
    assert (planned["verdict"], planned["split"]["mismatch"]) == ("PASS", False)


def test_one_bad_region_fails_the_canary_however_good_the_others_are(tmp_path: Path) -> None:
    """The pool hides what one region suffers."""
    for name, levels in {"control": (3.0, 3.0, 3.0), "canary": (3.6, 1.5, 3.9)}.items():
        parts = []
        for at, level in enumerate(levels):
            seed = 10 * at + len(name)
            path = written(
                tmp_path / "part.csv", {"net_bps": side(COUNT, seed, level=level)}, region=f"r{at}"
            )
            parts.append(path.read_text(encoding="utf-8").splitlines()[at > 0 :])
        (tmp_path / f"{name}.csv").write_text("\n".join(chain.from_iterable(parts)) + "\n", encoding="utf-8")

    said = compare(tmp_path / "control.csv", tmp_path / "canary.csv", Terms()).document()

    assert (said["verdict"], said["winner"]) == ("FAIL", "control")
    assert {region: rows[0]["verdict"] for region, rows in said["regions"].items()} == {
        "r0": "PASS",
        "r1": "FAIL",
        "r2": "PASS",
    }
    assert said["metrics"][0]["verdict"] == "PASS"


def test_a_guard_that_suffers_fails_the_canary_whose_first_metric_gained(tmp_path: Path) -> None:
    """More edge, bought with risk, is not promoted."""
    risk = np.abs(Draws(5).normal(COUNT)) / 20
    first = written(tmp_path / "a.csv", {"net_bps": side(COUNT, 2), "risk_ratio": risk})
    second = written(tmp_path / "b.csv", {"net_bps": side(COUNT, 3, level=4.0), "risk_ratio": risk + 0.2})

    said = compare(first, second, Terms()).document()

    assert [one["verdict"] for one in said["metrics"]] == ["PASS", "FAIL"]
    assert said["winner"] == "control"


def test_margins_and_directions_are_the_askers_when_given(tmp_path: Path) -> None:
    """A difference of one, in a metric of which nobody knows the meaning."""
    canary = side(COUNT, 3, level=4.0)

    assert answer(tmp_path, canary, "thing", Terms(rules=Rules(lower=("thing",))))["winner"] == "control"
    wide = Terms(rules=Rules(lower=("thing",), margins={"thing": 5.0}))
    assert answer(tmp_path, canary, "thing", wide)["verdict"] == "PASS"


def test_equal_seeds_of_equal_bots_are_not_called_different(tmp_path: Path) -> None:
    """An A/A over 40 pairs of series, every one of them looked at: at most the nominal share fails."""
    failed = 0
    for seed in range(40):
        said = answer(tmp_path, side(COUNT, 100 + seed), terms=Terms(rules=Rules(margins={"net_bps": 0.0})))
        failed += said["verdict"] == "FAIL"

    assert failed <= 4


def test_two_records_are_compared_iteration_by_iteration(tmp_path: Path) -> None:
    """A worse edge in every steady iteration; the warm-up is left out."""
    good, bad, same = (
        write(tmp_path / name, Plan(iterations=40, edge_bps=edge))
        for name, edge in (("good", 5.0), ("bad", 3.0), ("same", 5.0))
    )
    for folder in (good, bad, same):
        (folder / "run.json").write_bytes(b"{}")

    worse, equal = compare(good, bad, Terms()), compare(good, same, Terms())

    assert (worse.verdict, worse.data["winner"]) == (Verdict.FAIL, "control")
    assert (equal.verdict, equal.data["winner"]) == (Verdict.PASS, "none")
    assert worse.data["metrics"][0]["n"] == 39


def test_records_of_different_markets_are_no_comparison(tmp_path: Path) -> None:
    """The pairing would cancel nothing."""
    first, second = (
        write(tmp_path / name, Plan(iterations=40, recorded_ratio=1.0)) for name in ("one", "two")
    )
    for folder in (first, second):
        (folder / "run.json").write_bytes(b"{}")
    journal = second / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"kind":"recorded"', b'"kind":"synthetic"'))

    assert compare(first, second, Terms()).verdict is Verdict.UNKNOWN


def test_no_record_is_an_error_and_not_a_draw(tmp_path: Path) -> None:
    """An empty folder is a typing mistake."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(InputError):
        compare(tmp_path / "empty", tmp_path / "empty", Terms())


def test_what_a_person_reads(tmp_path: Path, golden: Golden) -> None:
    """A metric that is harmless, one that is not, and the winner last."""
    risk = np.abs(Draws(5).normal(COUNT)) / 20
    first = written(tmp_path / "a.csv", {"net_bps": side(COUNT, 2), "risk_ratio": risk})
    second = written(tmp_path / "b.csv", {"net_bps": side(COUNT, 3), "risk_ratio": risk + 0.2})

    assert "\n".join(compare(first, second, Terms()).lines) + "\n" == golden("md")
