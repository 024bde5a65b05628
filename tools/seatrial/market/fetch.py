"""
One day from the public archives of Binance and Bybit, whole or not at all.

For users who have the internet and no recording yet. A file appears under its own name only when
every byte of it has been checked: Binance publishes a SHA-256 beside each archive, Bybit publishes
none, so its size and the archive's own checksums must do. What a broken line left behind (`.part`)
is taken up again where it stopped, if the server still has the same file.
"""

import hashlib
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, TypeVar

from ..model.errors import OutsideError, SeatrialError, UsageError
from ..model.outcome import Outcome

ATTEMPTS = 6
BACKOFF_S = 2.0
LONGEST_WAIT_S = 300.0
TIMEOUT_S = 30.0
CHUNK_BYTES = 1 << 20
GONE = 404
RANGE_REFUSED = 416
PARTIAL = 206
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

BINANCE = "https://data.binance.vision"
BYBIT = "https://public.bybit.com"
BYBIT_BOOKS = "https://quote-saver.bycsi.com"
BINANCE_PLACES = {
    "binance": "data/spot",
    "binance-futures": "data/futures/um",
    "binance-delivery": "data/futures/cm",
}
BINANCE_KINDS = ("aggTrades", "trades", "bookTicker", "klines-1m", "klines-1h")
BYBIT_KINDS = ("trades", "ob500", "ob200")
VENUES = (*BINANCE_PLACES, "bybit", "bybit-spot")

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One day of one kind of data; `base_url` replaces the archive's own host (a mirror, a test)."""

    venue: str
    symbol: str
    day: str
    kind: str
    to: Path
    base_url: str | None = None


@dataclass(frozen=True)
class Source:
    """Where a file is published, and where its checksum is, if anywhere."""

    url: str
    checksum_url: str | None

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return self.url.rsplit("/", 1)[-1]


class _AgainError(Exception):
    """The server or the line failed in a way that may pass; `wait_s` is what the server asked for."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def fetch(wanted: Wanted, *, sleep: Callable[[float], None] = time.sleep) -> Outcome:
    """
    Bring one day into the folder `wanted.to` and return what was written.

    A file that is already there and still passes its checks is left alone. Raises UsageError for
    what the archive does not have and OutsideError for network, server and disk trouble; the
    finished name never holds an unchecked file.
    """
    source = source_of(wanted)
    with _disk(wanted.to):
        wanted.to.mkdir(parents=True, exist_ok=True)
        final = wanted.to / source.name
        expected = _published_sha256(source, sleep)
        fresh = not final.exists()
        if fresh:
            part = final.with_name(final.name + ".part")
            _patiently(lambda: _download(source.url, part), source.url, sleep)
            digest = _checked(part, source, expected)
            part.replace(final)
            _sync_folder(wanted.to)
            _validator_of(part).unlink(missing_ok=True)
        else:
            digest = _checked(final, source, expected)
        size = final.stat().st_size
    return _told(source, final, (size, digest, "sha256" if expected else "archive"), fresh=fresh)


def source_of(wanted: Wanted) -> Source:
    """Return the address of a day; UsageError for a venue, kind, symbol or day that cannot be."""
    if not re.fullmatch(r"[A-Z0-9]{2,40}(_[A-Z0-9]{2,12})?", wanted.symbol):
        raise UsageError(f"{wanted.symbol!r} is not a symbol of these archives", fix="write it like BTCUSDT")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", wanted.day) or not _is_day(wanted.day):
        raise UsageError(f"{wanted.day!r} is not a day", fix="write it like 2024-03-30")
    if wanted.venue in BINANCE_PLACES:
        return _binance(wanted)
    if wanted.venue in VENUES:
        return _bybit(wanted)
    raise UsageError(f"no public archive is known for {wanted.venue!r}", fix=f"known: {', '.join(VENUES)}")


def _binance(wanted: Wanted) -> Source:
    _known_kind(wanted, BINANCE_KINDS)
    kind, _, grid = wanted.kind.partition("-")
    folder = f"{kind}/{wanted.symbol}/{grid}" if grid else f"{kind}/{wanted.symbol}"
    name = f"{wanted.symbol}-{grid or kind}-{wanted.day}.zip"
    url = f"{_base(wanted, BINANCE)}/{BINANCE_PLACES[wanted.venue]}/daily/{folder}/{name}"
    return Source(url, f"{url}.CHECKSUM")


def _bybit(wanted: Wanted) -> Source:
    _known_kind(wanted, BYBIT_KINDS)
    symbol, day, spot = wanted.symbol, wanted.day, wanted.venue == "bybit-spot"
    if wanted.kind == "trades":
        path = f"spot/{symbol}/{symbol}_{day}.csv.gz" if spot else f"trading/{symbol}/{symbol}{day}.csv.gz"
        return Source(f"{_base(wanted, BYBIT)}/{path}", None)
    category = "spot" if spot else "inverse" if symbol.endswith("USD") else "linear"
    path = f"orderbook/{category}/{symbol}/{day}_{symbol}_{wanted.kind}.data.zip"
    return Source(f"{_base(wanted, BYBIT_BOOKS)}/{path}", None)


def _known_kind(wanted: Wanted, kinds: tuple[str, ...]) -> None:
    if wanted.kind not in kinds:
        raise UsageError(f"{wanted.venue} publishes no {wanted.kind!r}", fix=f"known: {', '.join(kinds)}")


def _base(wanted: Wanted, archive: str) -> str:
    base = wanted.base_url or archive
    if not base.startswith(("http://", "https://")):
        raise UsageError(f"{base!r} is not a web address", fix="start it with https://")
    return base.rstrip("/")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _published_sha256(source: Source, sleep: Callable[[float], None]) -> str | None:
    if source.checksum_url is None:
        return None
    url = source.checksum_url
    found = re.match(r"([0-9a-f]{64})\b", _patiently(lambda: _small(url), url, sleep).lower())
    if found is None:
        raise OutsideError(f"{url} does not begin with a SHA-256", fix="try again later, or another mirror")
    return found.group(1)


def _patiently(step: Callable[[], Answer], url: str, sleep: Callable[[float], None]) -> Answer:
    reason = ""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return step()
        except _AgainError as trouble:
            reason, asked_s = str(trouble), trouble.wait_s
        wait_s = BACKOFF_S * 2 ** (attempt - 1) if asked_s is None else asked_s
        if wait_s > LONGEST_WAIT_S:
            raise OutsideError(
                f"{url}: {reason}; the server asks to wait {wait_s:.0f} s", fix="come back then"
            )
        if attempt < ATTEMPTS:
            sleep(wait_s)
    raise OutsideError(f"{url}: {reason}, {ATTEMPTS} times", fix="run it again: it resumes where it stopped")


def _small(url: str) -> str:
    with _answer(url, {}) as answer:
        return bytes(answer.read(4096)).decode("ascii", "replace")


def _download(url: str, part: Path) -> None:
    """Bring `part` to the full length of what is published, going on from what it already holds."""
    validator_file = _validator_of(part)
    held = part.stat().st_size if part.exists() else 0
    validator = _read_validator(validator_file, url) if held else None
    headers = {"Range": f"bytes={held}-", "If-Range": validator} if validator else {}
    with _answer(url, headers) as answer:
        if answer.status == RANGE_REFUSED:
            if answer.headers.get("Content-Range") == f"bytes */{held}":
                return  # everything was there already; only the last step was missing
            part.unlink(missing_ok=True)
            raise _AgainError("the part that was held does not fit the published file", 0.0)
        resumes = answer.status == PARTIAL and _range_start(answer.headers) == held
        if answer.status == PARTIAL and not resumes:
            part.unlink(missing_ok=True)
            raise _AgainError("the server answered with another range than it was asked for", 0.0)
        start = held if resumes else 0
        length = answer.headers.get("Content-Length")
        if not resumes:
            part.write_bytes(b"")
            _write_validator(validator_file, url, answer.headers)
        got = _pour(answer, part)
    if length is not None and got != int(length):
        raise _AgainError(f"the line broke at byte {start + got} of {start + int(length)}")


def _pour(answer: IO[bytes], part: Path) -> int:
    got = 0
    with part.open("ab") as sink:
        while True:
            try:
                block = answer.read(CHUNK_BYTES)
            except (HTTPException, TimeoutError, ConnectionError) as error:
                raise _AgainError(f"the line broke ({type(error).__name__})") from error
            if not block:
                break
            sink.write(block)
            got += len(block)
        sink.flush()
        os.fsync(sink.fileno())
    return got


@contextmanager
def _answer(url: str, headers: dict[str, str]) -> Iterator[Any]:
    """Open `url` once; 416 is an answer, a passing failure is `_AgainError`, the rest is final."""
    request = urllib.request.Request(  # noqa: S310 - `_base` admits http and https only
        url, headers={"User-Agent": "seatrial", "Accept-Encoding": "identity", **headers}
    )
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310 - as above
    except urllib.error.HTTPError as error:
        if error.code != RANGE_REFUSED:
            raise _refusal(url, error) from error
        answer = error
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise _AgainError(f"no answer ({getattr(error, 'reason', None) or type(error).__name__})") from error
    with answer:
        yield answer


def _refusal(url: str, error: urllib.error.HTTPError) -> Exception:
    error.close()
    if error.code == GONE:
        fix = "check symbol and day; newer Bybit books are ob200, Binance bookTicker ends on 2024-03-30"
        return UsageError(f"{url} is not published (404)", fix=fix)
    if error.code in PASSING:
        return _AgainError(f"the server answered {error.code}", _asked_wait_s(error.headers))
    return OutsideError(
        f"{url}: the server answered {error.code}", fix="it may not serve your region; try a mirror"
    )


def _asked_wait_s(headers: Message) -> float | None:
    asked = headers.get("Retry-After")
    if asked is None:
        return None
    if re.fullmatch(r"\d{1,9}", asked.strip()):
        return float(asked)
    try:
        # Both stamps are the server's: its clock against itself, whatever ours says.
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers["Date"])
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def _range_start(headers: Message) -> int | None:
    found = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
    return int(found.group(1)) if found else None


def _validator_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_validator(file: Path, url: str) -> str | None:
    try:
        held = json.loads(file.read_text())
        return str(held["validator"]) if held["url"] == url else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_validator(file: Path, url: str, headers: Message) -> None:
    # A weak ETag does not promise equal bytes, so it cannot carry a resume (RFC 9110, 13.1.5).
    etag = headers.get("ETag", "")
    validator = headers.get("Last-Modified") if etag.startswith("W/") or not etag else etag
    if validator is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(json.dumps({"url": url, "validator": validator}, sort_keys=True) + "\n")


def _checked(file: Path, source: Source, expected: str | None) -> str:
    """Return the SHA-256 of a file that is sound; remove an unsound `.part` and complain."""
    digest = hashlib.sha256()
    with file.open("rb") as data:
        while block := data.read(CHUNK_BYTES):
            digest.update(block)
    complaint = _unsound(file, source.name) if expected is None else None
    if expected is not None and digest.hexdigest() != expected:
        complaint = f"its SHA-256 is {digest.hexdigest()}, published is {expected}"
    if complaint is None:
        return digest.hexdigest()
    if file.suffix == ".part":
        file.unlink()
        _validator_of(file).unlink(missing_ok=True)
        raise OutsideError(f"{source.url}: {complaint}", fix="run it again; archives are sometimes re-issued")
    raise OutsideError(f"{file}: {complaint}", fix="move it away and run it again")


def _unsound(file: Path, name: str) -> str | None:
    import gzip
    import zipfile
    import zlib

    try:
        if name.endswith(".zip"):
            with zipfile.ZipFile(file) as archive:
                bad = archive.testzip()
            return f"member {bad} fails its CRC" if bad else None
        with gzip.open(file) as data:
            while data.read(CHUNK_BYTES):
                pass
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
        return f"it is not a whole archive ({error})"
    return None


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except SeatrialError:
        raise
    except OSError as error:
        raise OutsideError(
            f"cannot write to {folder}: {error.strerror or error}", fix="check space and rights"
        ) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told(source: Source, final: Path, facts: tuple[int, str, str], *, fresh: bool) -> Outcome:
    size, digest, checked_by = facts
    data = {
        "url": source.url,
        "file": str(final),
        "size_bytes": size,
        "sha256": digest,
        "checked_by": checked_by,
        "fetched": fresh,
    }
    said = "fetched" if fresh else "already there"
    return Outcome(
        "market.fetch", data=data, lines=(f"{said}: {final} ({size} bytes, {checked_by} checked)",)
    )
