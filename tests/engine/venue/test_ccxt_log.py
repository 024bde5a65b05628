"""An account's log is read to its end, or it is not whole."""

from typing import Any

from seatrial.engine.venue import ccxt_log
from seatrial.engine.venue.ccxt_log import settlements


def log_of(count: int) -> Any:
    """A log that gives out so many rows, a page at a time."""

    def ask(wanted: dict[str, Any]) -> dict[str, Any]:
        start = int(wanted.get("cursor") or 0)
        rows = [{"id": str(at)} for at in range(start, min(count, start + wanted["limit"]))]
        more = str(start + len(rows)) if start + len(rows) < count else ""
        return {"result": {"list": rows, "nextPageCursor": more}}

    return ask


def test_every_page_of_every_stretch_is_read() -> None:
    """Two weeks, three pages each."""
    rows, whole = settlements(log_of(130), [(0, {"until": 7}), (7, {})], 14)
    assert (len(rows), whole) == (260, True)


def test_a_log_without_an_end_is_not_whole(monkeypatch: Any) -> None:
    """A cursor that never ends must end the asking, and prove nothing."""
    monkeypatch.setattr(ccxt_log, "PAGES_MAX", 3)
    rows, whole = settlements(log_of(1_000), [(0, {})], 14)
    assert (len(rows), whole) == (150, False)
