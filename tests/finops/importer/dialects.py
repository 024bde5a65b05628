"""The same statement in another dialect: delimiters, quotes, encodings, wrappings. None may change a row."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, Literal

# The executions of an order have no header of their own columns; they stand where the venue puts them.
FIXED_COLUMNS = frozenset({"binance-orders"})


def delimiter_of(text: str) -> str:
    """Return what parts the columns of a sample."""
    header = max(text.splitlines()[:4], key=len)
    return max(",;", key=header.count)


def table(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the lines before the header, and header and rows."""
    lines = text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.strip() and not line.startswith("UID:"))
    rows = [row for row in csv.reader(lines[start:], delimiter=delimiter_of(text)) if row]
    return lines[:start], rows


def written(before: list[str], rows: list[list[str]], delimiter: str = ",", *, quoted: bool = False) -> str:
    """Return a table as text."""
    out = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return "".join(before) + out.getvalue()


def squared(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows at the header's width."""
    width = len(rows[0])
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def semicolons(text: str) -> bytes:
    """As a German spreadsheet saves it."""
    return written(*table(text), ";").encode()


def tabs(text: str) -> bytes:
    """As copied out of a browser."""
    return written(*table(text), "\t").encode()


def quoted(text: str) -> bytes:
    """Every cell in quotes, lines as Windows ends them."""
    return written(*table(text), quoted=True).replace("\n", "\r\n").encode()


def marked(text: str) -> bytes:
    """With a byte order mark."""
    return text.encode("utf-8-sig")


def utf16(text: str) -> bytes:
    """As Excel saves "Unicode text"."""
    return text.encode("utf-16")


def utf16_unmarked(text: str) -> bytes:
    """The same without the mark that names it."""
    return text.encode("utf-16-le")


def zipped(text: str) -> bytes:
    """As venues send larger exports."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("statement.csv", text)
    return out.getvalue()


def gzipped(text: str) -> bytes:
    """As people keep them."""
    return gzip.compress(text.encode())


def turned(text: str) -> bytes:
    """The columns the other way round."""
    before, rows = table(text)
    return written(before, [row[::-1] for row in squared(rows)]).encode()


def widened(text: str) -> bytes:
    """With columns that nobody has seen before, one of them holding line breaks."""
    before, rows = table(text)
    head, *body = squared(rows)
    return written(before, [["Left", *head, "Right"], *(["x", *row, "two\nlines"] for row in body)]).encode()


def repeated(text: str) -> bytes:
    """With the header on every page, blank lines and a total at the end."""
    before, rows = table(text)
    head, *body = rows
    pages = [line for row in body for line in (head, row)]
    return (written(before, pages) + "\n,,\nTotal,5\n").encode()


TABLES: dict[str, Callable[[str], bytes]] = {
    one.__name__: one
    for one in (
        semicolons,
        tabs,
        quoted,
        marked,
        utf16,
        utf16_unmarked,
        zipped,
        gzipped,
        turned,
        widened,
        repeated,
    )
}


def documents(text: str) -> list[Any]:
    """Return the JSON documents of a sample."""
    found, rest = [], text.strip()
    while rest:
        one, end = json.JSONDecoder(parse_float=str).raw_decode(rest)
        found.append(one)
        rest = rest[end:].strip()
    return found


def pretty(text: str) -> bytes:
    """Indented, as a browser shows it."""
    return "\n".join(json.dumps(one, indent=2) for one in documents(text)).encode()


def by_line(text: str) -> bytes:
    """One record a line."""
    found = documents(text)
    if len(found) == 1 and isinstance(found[0], list) and not isinstance(found[0][0], list):
        found = found[0]
    return "\n".join(json.dumps(one) for one in found).encode()


def requested(text: str) -> bytes:
    """Below the request that it answers."""
    return ("GET\n/v5/things\ntrue\n" + text).encode()


def swapped(text: str) -> bytes:
    """Every object's fields in another order, but what an answer says of its list before the list."""

    def other(value: Any) -> Any:
        if isinstance(value, list):
            return [other(one) for one in value]
        if not isinstance(value, dict):
            return value
        simple = {key: one for key, one in value.items() if not isinstance(one, list | dict)}
        nested = {key: other(one) for key, one in value.items() if isinstance(one, list | dict)}
        return {**dict(reversed(simple.items())), **nested}

    return "\n".join(json.dumps(other(one)) for one in documents(text)).encode()


JSONS: dict[str, Callable[[str], bytes]] = {
    one.__name__: one for one in (pretty, by_line, requested, swapped, marked, utf16, zipped, gzipped)
}
