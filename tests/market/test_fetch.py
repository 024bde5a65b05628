"""The archives' layout on a local server: what breaks on the way must never look like a whole file."""

import gzip
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seatrial.market.fetch import Wanted, fetch, source_of
from seatrial.model.errors import OutsideError, UsageError

DAY = "2024-03-29"
ZIP_PATH = f"/data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-{DAY}.zip"
GZIP_PATH = f"/trading/BTCUSDT/BTCUSDT{DAY}.csv.gz"


def zipped(rows: int = 20_000) -> bytes:
    """Return a zip as Binance publishes it, of digits that do not compress to nothing."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        text = "\n".join(f"{n},{n * n * 7919 % 100_003}" for n in range(rows))
        archive.writestr(zipfile.ZipInfo(f"BTCUSDT-aggTrades-{DAY}.csv"), text)
    return sink.getvalue()


class Archive:
    """A server of files with Range and ETag, and a list of mishaps that are used up one by one."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.mishaps: list[tuple[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"archive": self}))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Return the base address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def publish(self, path: str, content: bytes, *, checksum: str | None = "right") -> None:
        """Put a file up, with its checksum file unless that is None."""
        self.files[path] = content
        if checksum is not None:
            digest = hashlib.sha256(content).hexdigest() if checksum == "right" else checksum
            self.files[path + ".CHECKSUM"] = f"{digest}  {path.rsplit('/', 1)[-1]}\n".encode()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answer from the archive that the server carries, mishaps first."""

    protocol_version = "HTTP/1.1"
    archive: Archive

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""

    def do_GET(self) -> None:
        """Serve one file, or the next mishap in its place."""
        self.archive.requests.append((self.path, dict(self.headers)))
        self.close_connection = True
        body = self.archive.files.get(self.path)
        if body is None:
            self._send(404, b"<Error>NoSuchKey</Error>", {})
        elif self.archive.mishaps and not self.path.endswith(".CHECKSUM"):
            kind, detail = self.archive.mishaps.pop(0)
            if kind == "cut":
                self._serve(body, cut=detail)
            else:
                self._send(detail[0], b"slow down", detail[1])
        else:
            self._serve(body)

    def _serve(self, body: bytes, cut: int | None = None) -> None:
        etag = etag_of(body)
        asked = self.headers.get("Range")
        if asked is None or self.headers.get("If-Range") != etag:
            self._send(200, body, {"ETag": etag}, cut)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            self._send(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        else:
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self._send(206, body[start:], {"ETag": etag, "Content-Range": span}, cut)

    def _send(self, status: int, body: bytes, headers: dict[str, str], cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])


def etag_of(body: bytes) -> str:
    """Return the strong validator of some bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Serve an empty archive."""
    served = Archive()
    yield served
    served.close()


def day(archive: Archive, to: Path, **changes: Any) -> Wanted:
    """Return one day of USD-M aggTrades from the local server."""
    values: dict[str, Any] = {
        "venue": "binance-futures",
        "symbol": "BTCUSDT",
        "day": DAY,
        "kind": "aggTrades",
        "to": to,
        "base_url": archive.url,
    }
    return Wanted(**{**values, **changes})


def never(_: float) -> None:
    """Stand in for sleep where nothing may wait."""
    raise AssertionError("waited")


def test_a_day_arrives_whole_and_checked(archive: Archive, tmp_path: Path) -> None:
    """The plain case: the published bytes, under the published name, and nothing else left behind."""
    archive.publish(ZIP_PATH, zipped())

    outcome = fetch(day(archive, tmp_path), sleep=never)

    assert (tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip").read_bytes() == zipped()
    assert [file.name for file in tmp_path.iterdir()] == [f"BTCUSDT-aggTrades-{DAY}.zip"]
    assert outcome.data["sha256"] == hashlib.sha256(zipped()).hexdigest()
    assert outcome.data["checked_by"] == "sha256"


def test_a_second_call_asks_only_for_the_checksum(archive: Archive, tmp_path: Path) -> None:
    """Politeness: a day that is here and still right is not downloaded again."""
    archive.publish(ZIP_PATH, zipped())
    fetch(day(archive, tmp_path), sleep=never)
    archive.requests.clear()

    outcome = fetch(day(archive, tmp_path), sleep=never)

    assert [path for path, _ in archive.requests] == [ZIP_PATH + ".CHECKSUM"]
    assert outcome.data["fetched"] is False


def test_a_broken_line_resumes_where_it_stopped(archive: Archive, tmp_path: Path) -> None:
    """A multi-gigabyte day must not start over because of one lost connection."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("cut", 5_000), ("cut", 7_000)]
    waits: list[float] = []

    fetch(day(archive, tmp_path), sleep=waits.append)

    ranges = [headers.get("Range") for path, headers in archive.requests if path == ZIP_PATH]
    assert ranges == [None, "bytes=5000-", "bytes=12000-"]
    assert waits == [2.0, 4.0]
    assert (tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip").read_bytes() == zipped()


def test_a_killed_download_is_resumed_by_the_next_one(archive: Archive, tmp_path: Path) -> None:
    """The part and what identifies it are on disk, so another process goes on from there."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("cut", 9_000)]
    with pytest.raises(KeyboardInterrupt):
        fetch(day(archive, tmp_path), sleep=interrupt)
    assert not (tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip").exists()

    fetch(day(archive, tmp_path), sleep=never)

    assert archive.requests[-1][1]["Range"] == "bytes=9000-"
    assert (tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip").read_bytes() == zipped()


def interrupt(_: float) -> None:
    """Stand in for Ctrl-C while waiting."""
    raise KeyboardInterrupt


def test_a_reissued_file_is_not_glued_to_the_old_part(archive: Archive, tmp_path: Path) -> None:
    """Archives re-issue files; half of each would be a file nobody published."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("cut", 9_000)]
    with pytest.raises(KeyboardInterrupt):
        fetch(day(archive, tmp_path), sleep=interrupt)
    archive.publish(ZIP_PATH, zipped(15_000))

    fetch(day(archive, tmp_path), sleep=never)

    assert (tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip").read_bytes() == zipped(15_000)


def test_a_part_that_is_already_whole_is_only_checked(archive: Archive, tmp_path: Path) -> None:
    """A kill between the last byte and the rename must not cost the whole day again."""
    archive.publish(ZIP_PATH, zipped())
    part = tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip.part"
    part.write_bytes(zipped())
    known = {"url": archive.url + ZIP_PATH, "validator": etag_of(zipped())}
    part.with_name(part.name + ".json").write_text(json.dumps(known))

    fetch(day(archive, tmp_path), sleep=never)

    assert [file.name for file in tmp_path.iterdir()] == [f"BTCUSDT-aggTrades-{DAY}.zip"]
    assert len([path for path, _ in archive.requests if path == ZIP_PATH]) == 1


def test_a_wrong_checksum_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    """A file that fails its published hash must not be there for the importer to find."""
    archive.publish(ZIP_PATH, zipped(), checksum="0" * 64)

    with pytest.raises(OutsideError, match="SHA-256"):
        fetch(day(archive, tmp_path), sleep=never)

    assert list(tmp_path.iterdir()) == []


def test_a_checksum_page_that_is_no_checksum_is_refused(archive: Archive, tmp_path: Path) -> None:
    """A login page answered with 200 must not switch the check off."""
    archive.publish(ZIP_PATH, zipped(), checksum="<html>sign in</html>")

    with pytest.raises(OutsideError, match="does not begin with a SHA-256"):
        fetch(day(archive, tmp_path), sleep=never)


def test_a_file_spoilt_on_disk_is_reported_and_kept(archive: Archive, tmp_path: Path) -> None:
    """What stands under the finished name is the user's: it is named, not deleted."""
    archive.publish(ZIP_PATH, zipped())
    spoilt = tmp_path / f"BTCUSDT-aggTrades-{DAY}.zip"
    spoilt.write_bytes(b"half")

    with pytest.raises(OutsideError, match="move it away"):
        fetch(day(archive, tmp_path), sleep=never)

    assert spoilt.read_bytes() == b"half"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(archive: Archive, tmp_path: Path, status: int) -> None:
    """A public archive says when to come back; ignoring it gets the user's address banned."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("status", (status, {"Retry-After": "17"}))]
    waits: list[float] = []

    fetch(day(archive, tmp_path), sleep=waits.append)

    assert waits == [17.0]


def test_a_retry_after_date_is_read_by_the_servers_own_clock(archive: Archive, tmp_path: Path) -> None:
    """The wait is the difference of two stamps of the server, so our clock may be wrong."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("status", (429, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}))]
    waits: list[float] = []

    fetch(day(archive, tmp_path), sleep=waits.append)

    assert waits == [0.0]


def test_a_very_long_retry_after_ends_at_once(archive: Archive, tmp_path: Path) -> None:
    """Waiting has a bound: an hour's ban is an answer for the user, not a hanging command."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("status", (429, {"Retry-After": "3600"}))]

    with pytest.raises(OutsideError, match="asks to wait 3600 s"):
        fetch(day(archive, tmp_path), sleep=never)


def test_a_server_that_never_recovers_is_an_outside_error(archive: Archive, tmp_path: Path) -> None:
    """Retries are bounded and back off; the end is exit code 4 with a way on."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("status", (500, {}))] * 10
    waits: list[float] = []

    with pytest.raises(OutsideError, match="500, 6 times") as caught:
        fetch(day(archive, tmp_path), sleep=waits.append)

    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert caught.value.exit_code == 4


def test_a_day_that_is_not_published_is_a_usage_error(archive: Archive, tmp_path: Path) -> None:
    """A 404 will not pass by waiting: the address is named so that the user can look."""
    with pytest.raises(UsageError, match=f"{ZIP_PATH}.CHECKSUM is not published"):
        fetch(day(archive, tmp_path), sleep=never)


def test_a_refusal_is_an_outside_error(archive: Archive, tmp_path: Path) -> None:
    """A 403 or 451 is the venue's doing and is not retried."""
    archive.publish(ZIP_PATH, zipped())
    archive.mishaps = [("status", (451, {}))]

    with pytest.raises(OutsideError, match="451"):
        fetch(day(archive, tmp_path), sleep=never)


def test_nobody_listening_is_an_outside_error(archive: Archive, tmp_path: Path) -> None:
    """No network is the commonest trouble of all; it ends in one line, not a traceback."""
    wanted = day(archive, tmp_path)
    archive.close()

    with pytest.raises(OutsideError, match="no answer"):
        fetch(wanted, sleep=lambda _: None)


def test_an_unwritable_folder_is_an_outside_error(archive: Archive, tmp_path: Path) -> None:
    """The disk is outside too."""
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(OutsideError, match="cannot write"):
        fetch(day(archive, tmp_path / "file"), sleep=never)


def test_bybit_trades_are_checked_by_their_own_crc(archive: Archive, tmp_path: Path) -> None:
    """Bybit publishes no checksum: the gzip trailer is what says that the file is whole."""
    archive.publish(GZIP_PATH, gzip.compress(b"timestamp,symbol\n" * 99, mtime=0), checksum=None)

    outcome = fetch(day(archive, tmp_path, venue="bybit", kind="trades"), sleep=never)

    assert outcome.data["checked_by"] == "archive"
    assert gzip.decompress((tmp_path / f"BTCUSDT{DAY}.csv.gz").read_bytes()).startswith(b"timestamp")


def test_a_truncated_bybit_file_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    """A gzip that was cut at the source passes every length check; only reading it shows."""
    archive.publish(GZIP_PATH, gzip.compress(bytes(range(256)) * 99, mtime=0)[:-20], checksum=None)

    with pytest.raises(OutsideError, match="not a whole archive"):
        fetch(day(archive, tmp_path, venue="bybit", kind="trades"), sleep=never)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("venue", "kind", "symbol", "url"),
    [
        (
            "binance",
            "trades",
            "BTCUSDT",
            "https://data.binance.vision/data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2024-03-29.zip",
        ),
        (
            "binance-delivery",
            "bookTicker",
            "BTCUSD_PERP",
            "https://data.binance.vision/data/futures/cm/daily/bookTicker/BTCUSD_PERP/BTCUSD_PERP-bookTicker-2024-03-29.zip",
        ),
        (
            "binance",
            "klines-1m",
            "BTCUSDT",
            "https://data.binance.vision/data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2024-03-29.zip",
        ),
        ("bybit", "trades", "BTCUSDT", "https://public.bybit.com/trading/BTCUSDT/BTCUSDT2024-03-29.csv.gz"),
        (
            "bybit-spot",
            "trades",
            "BTCUSDT",
            "https://public.bybit.com/spot/BTCUSDT/BTCUSDT_2024-03-29.csv.gz",
        ),
        (
            "bybit",
            "ob500",
            "BTCUSD",
            "https://quote-saver.bycsi.com/orderbook/inverse/BTCUSD/2024-03-29_BTCUSD_ob500.data.zip",
        ),
        (
            "bybit",
            "ob200",
            "BTCUSDT",
            "https://quote-saver.bycsi.com/orderbook/linear/BTCUSDT/2024-03-29_BTCUSDT_ob200.data.zip",
        ),
    ],
)
def test_addresses_follow_the_archives_layout(venue: str, kind: str, symbol: str, url: str) -> None:
    """The layout is the interface of both archives; a slip here is a 404 for every user."""
    assert source_of(Wanted(venue=venue, symbol=symbol, day=DAY, kind=kind, to=Path())).url == url


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"symbol": "../../etc/passwd"}, "not a symbol"),
        ({"symbol": "btcusdt"}, "not a symbol"),
        ({"day": "2024-02-30"}, "not a day"),
        ({"day": "yesterday"}, "not a day"),
        ({"venue": "kraken"}, "no public archive"),
        ({"kind": "ob500"}, "publishes no 'ob500'"),
        ({"base_url": "ftp://mirror"}, "not a web address"),
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error(change: dict[str, str], complaint: str) -> None:
    """Refused before the network or the disk is touched, with what would do."""
    values: dict[str, Any] = {
        "venue": "binance-futures",
        "symbol": "BTCUSDT",
        "day": DAY,
        "kind": "trades",
        "to": Path("unused"),
    }

    with pytest.raises(UsageError, match=complaint):
        fetch(Wanted(**{**values, **change}), sleep=never)
