"""
Change detection on labelled series, beside river and ruptures with their defaults.

    python benchmarks/sentinel.py [--data DIR] [--full] [--json FILE]

The series are the shared subsets of the Numenta Anomaly Benchmark (labelled windows) and of the
Turing Change Point Dataset (several annotators), found under `metrics/` of SEATRIAL_DATA. Nobody is
tuned per series. A detection inside a window is a hit; of several in one window the first counts. A
change point that at least two annotators marked (within 5 samples of each other) is to be found within 5
samples; one that a single annotator marked is neither owed nor wrong. Precision, recall and F1 are
pooled over all labels; delay is the median distance in samples from a window's begin to its hit.

river's detectors see one value at a time, ours and those of ruptures the whole series, so ours is
also run online. ruptures has no default penalty: it gets 2 ln n on the standardised series, which
is kinder to it than the 10 on raw values of its first example. `--full` adds KSWIN and PELT with the rbf
cost, which take minutes. Peers that are not installed are left out and said so.

Exit 0 when our pooled F1 is above every peer's, 1 when it is not, 0 with a word when there are no data.
"""

import argparse
import csv
import gzip
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from seatrial.edge_sentinel.online import alarms
from seatrial.judge.watch.changes import find

MARGIN, ANNOTATORS = 5, 2
Detector = Callable[["np.ndarray"], Sequence[int]]


@dataclass(frozen=True)
class Label:
    """Where a change is to be found; one that is not owed is neither a miss nor a false alarm."""

    first: int
    last: int
    owed: bool = True
    begin: int = 0


@dataclass(frozen=True)
class Series:
    """One labelled series."""

    family: str
    name: str
    values: "np.ndarray"
    labels: tuple[Label, ...]


@dataclass
class Score:
    """What one detector found."""

    hits: int = 0
    wrong: int = 0
    missed: int = 0
    delays: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def precision(self) -> float:
        """Share of the detections that hit."""
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Share of the labels that were hit."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def numenta(folder: Path) -> Iterator[Series]:
    windows = {}
    for path in sorted((folder / "labels").glob("combined_windows*.json")):
        windows |= json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((folder / "data").rglob("*.csv*")):
        name = path.relative_to(folder / "data").as_posix().removesuffix(".gz")
        if name not in windows:
            continue
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
        table = csv.DictReader(text.splitlines())
        rows = [(datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in table]
        labels = []
        for begin, end in windows[name]:
            inside = [
                at
                for at, (moment, _) in enumerate(rows)
                if datetime.fromisoformat(begin) <= moment <= datetime.fromisoformat(end)
            ]
            if inside:
                labels.append(Label(inside[0], inside[-1], begin=inside[0]))
        yield Series("nab", name, np.array([value for _, value in rows]), tuple(labels))


def turing(folder: Path) -> Iterator[Series]:
    annotations = {}
    for path in sorted(folder.glob("annotations*.json")):
        annotations |= json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(folder.glob("*.json")):
        if path.stem not in annotations:
            continue
        raw = json.loads(path.read_text(encoding="utf-8"))["series"][0]["raw"]
        values = np.array([math.nan if value is None else float(value) for value in raw])
        yield Series("tcpd", path.stem, values[np.isfinite(values)], tuple(_agreed(annotations[path.stem])))


def _agreed(annotations: dict[str, list[int]]) -> Iterator[Label]:
    marks = sorted((at, who) for who, places in annotations.items() for at in places)
    groups: list[list[tuple[int, str]]] = []
    for mark in marks:
        if groups and mark[0] - groups[-1][-1][0] <= MARGIN:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    for group in groups:
        owed = len({who for _, who in group}) >= ANNOTATORS
        yield Label(group[0][0] - MARGIN, group[-1][0] + MARGIN, owed, begin=group[0][0])


def judged(detector: Detector, series: Iterable[Series]) -> dict[str, Score]:
    scores = {"nab": Score(), "tcpd": Score(), "pooled": Score()}
    for one in series:
        began = time.process_time()
        found = sorted(int(at) for at in detector(one.values))
        spent = time.process_time() - began
        for score in (scores[one.family], scores["pooled"]):
            score.seconds += spent
            _count(score, one.labels, found)
    return scores


def _count(score: Score, labels: Sequence[Label], found: Sequence[int]) -> None:
    hit = {}
    for at in found:
        inside = [place for place, label in enumerate(labels) if label.first <= at <= label.last]
        if not inside:
            score.wrong += 1
        elif inside[0] not in hit:
            hit[inside[0]] = at
    for place, label in enumerate(labels):
        if label.owed and place in hit:
            score.hits += 1
            score.delays.append(max(0, hit[place] - label.begin))
        elif label.owed:
            score.missed += 1


def ours(values: "np.ndarray") -> list[int]:
    return [one.index for one in find(values)]


def ours_online(values: "np.ndarray") -> list[int]:
    return [one.index for one in alarms(values.tolist())]


def river_detector(name: str) -> Detector:
    from river import drift

    def detect(values: "np.ndarray") -> list[int]:
        watch = drift.KSWIN(seed=7) if name == "KSWIN" else getattr(drift, name)()
        found = []
        for at, value in enumerate(values.tolist()):
            watch.update(value)
            if watch.drift_detected:
                found.append(at)
        return found

    return detect


def ruptures_pelt(model: str) -> Detector:
    import ruptures

    def detect(values: "np.ndarray") -> list[int]:
        spread = float(values.std())
        if spread == 0:
            return []
        standard = (values - values.mean()) / spread
        ends = ruptures.Pelt(model=model).fit(standard).predict(pen=2 * math.log(len(values)))
        return [end for end in ends if end < len(values)]

    return detect


def detectors(*, full: bool) -> Iterator[tuple[str, Detector | None]]:
    yield "seatrial", ours
    yield "seatrial online", ours_online
    for name in ("ADWIN", "PageHinkley", *(("KSWIN",) if full else ())):
        yield f"river {name}", river_detector(name) if find_spec("river") else None
    for model in ("l2", *(("rbf",) if full else ())):
        yield f"ruptures PELT {model}", ruptures_pelt(model) if find_spec("ruptures") else None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SEATRIAL_DATA", "../shared/data")))
    parser.add_argument("--full", action="store_true", help="add the slow peers")
    parser.add_argument("--json", type=Path, help="write the figures here")
    asked = parser.parse_args()
    series = [*numenta(asked.data / "metrics" / "nab"), *turing(asked.data / "metrics" / "tcpd_subset")]
    if not series:
        print(f"no labelled series under {asked.data / 'metrics'}: nothing to measure")
        return 0
    owed = sum(label.owed for one in series for label in one.labels)
    print(f"{len(series)} series, {sum(len(one.values) for one in series)} values, {owed} labels\n")
    print(f"{'detector':<20} {'set':<7} {'precision':>9} {'recall':>7} {'F1':>6} {'delay':>6} {'CPU s':>7}")
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for name, detector in detectors(full=asked.full):
        if detector is None:
            print(f"{name:<20} not installed")
            continue
        figures[name] = {}
        for family, score in judged(detector, series).items():
            delay = statistics.median(score.delays) if score.delays else math.nan
            print(
                f"{name:<20} {family:<7} {score.precision:9.3f} {score.recall:7.3f} {score.f1:6.3f}"
                f" {delay:6.0f} {score.seconds:7.1f}"
            )
            figures[name][family] = {
                "precision": score.precision, "recall": score.recall, "f1": score.f1, "delay": delay,
            }  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    mine = figures["seatrial"]["pooled"]["f1"]
    peers = {name: said["pooled"]["f1"] for name, said in figures.items() if not name.startswith("seatrial")}
    print()
    for name, f1 in peers.items():
        print(f"pooled F1, ratio to {name}: {mine / f1 if f1 else math.inf:.1f}")
    return 0 if all(mine > f1 for f1 in peers.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
