"""A run that is served: its market without an end, and the record that it keeps window by window."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.dryrun.fakes import START_NS, FakeFeed
from tests.dryrun.market import Market

from seatrial.dryrun.asking import Ask
from seatrial.dryrun.prepare import prepare
from seatrial.dryrun.seams import Seams
from seatrial.dryrun.service import Endless, Service, Watch, _checked, _endless, _venue, serve
from seatrial.dryrun.voyage import Voyage
from seatrial.model.errors import UsageError
from seatrial.model.profile import ExchangeSettings, FaultSettings, MarketSettings, Profile, ScheduledFault
from seatrial.store.journal import Journal

MINUTE_NS = 60 * 10**9


@pytest.mark.parametrize("resample", [True, False])
def test_a_recording_goes_on_where_the_profile_lets_it(*, resample: bool) -> None:
    """A bot that soaks for a day on an hour's recording must not sit before a market that stands."""
    asked: list[int] = []

    def opened(_settings: MarketSettings, _seed: int, needed_ns: int) -> FakeFeed:
        asked.append(needed_ns)
        return FakeFeed(end_ns=None if needed_ns > MINUTE_NS else START_NS + MINUTE_NS)

    feed = _endless(Seams(open_feed=opened))(MarketSettings(resample=resample), 7, 10)

    assert (feed.end_ns is None) == resample
    assert asked == ([1, MINUTE_NS + 1] if resample else [1])


def test_windows_are_summed_up_as_market_time_passes_them(tmp_path: Path) -> None:
    """Each window has its summary and its positions, whoever moves the time and however far."""
    seams = Seams(open_feed=lambda *_: Market(), session=_venue)
    ask = Ask(mode="exchange", out=tmp_path, window="5s", bot="external", fast=False)
    berth = prepare(ask, Endless(), seams)
    with Journal.create(berth.record.journal, berth.manifest.run_id) as journal:
        watch = Watch(Voyage(berth, journal, seams))
        exchange = watch.open(Service(speed=0, api_key="k", api_secret="s"))
        exchange.start(watch.venue.now_ns)
        exchange.run_to(START_NS + 12 * 10**9)
        watch.tick()
        watch.close()

    record = berth.record
    spans = [orjson.loads(path.read_bytes()) for path in sorted(record.iterations.iterdir())]
    assert [(each["until_ts_ns"] - each["from_ts_ns"]) / 10**9 for each in spans] == [5, 5, 2]
    events = [orjson.loads(line) for line in record.journal.read_bytes().splitlines()]
    ends = [event["kind"] for event in events if event["kind"] in {"iteration", "run_finished"}]
    assert ends == ["iteration", "iteration", "iteration", "run_finished"]
    assert [event["iteration"] for event in events if event["kind"] == "position"] == [0, 1, 2, 2]
    assert orjson.loads(record.manifest.read_bytes())["covered_ns"] == 12 * 10**9


def test_a_fault_that_does_not_exist_is_refused_before_there_is_a_record() -> None:
    """A drill that was never going to bite must not leave a record that says nothing happened."""
    schedule = (ScheduledFault(fault="stale", at_s=0), ScheduledFault(fault="rain", at_s=1))
    profile = Profile(exchange=ExchangeSettings(faults=FaultSettings(schedule=schedule)))
    seams = replace(Seams(), check=lambda _: None)

    with pytest.raises(UsageError, match=r"schedule\[1\].fault"):
        _checked(seams)(profile)


def test_half_a_pair_of_keys_is_refused(tmp_path: Path) -> None:
    """A key without a secret would look like security."""
    with pytest.raises(UsageError, match="opens nothing"):
        serve(Ask(mode="exchange", out=tmp_path), Service(api_key="only"), ready=lambda _: None)

    assert list(tmp_path.iterdir()) == []
