"""
Tables in text files: columns found by their names, rows with their line numbers.

Exchanges append columns and rename old ones, so a place in the row means nothing; only a file
without a header is read by place, and then its importer says which places these are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .source import Source

if TYPE_CHECKING:
    from ..model.errors import InputError


class Table:
    """
    The rows of one comma-separated file.

    `names` are the columns if the file has no header of its own (it is then not skipped).
    """

    def __init__(self, source: Source, names: Sequence[str] | None = None) -> None:
        self.source = source
        self.has_header = names is None
        self.names = list(header(source) if names is None else names)

    def places(self, *wanted: str, renamed: Mapping[str, Sequence[str]] | None = None) -> list[int]:
        """Return where each wanted column is, trying its other names; InputError names a missing one."""
        return [self._place(name, (renamed or {}).get(name, ())) for name in wanted]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line number, fields); a row with another number of fields than the header is an error."""
        width = len(self.names)
        lines = self.source.lines()
        if self.has_header:
            next(lines, None)
        for number, line in lines:
            try:
                fields = line.decode().split(",")
            except UnicodeDecodeError:
                fields = text(self.source, number, line).split(",")
            if len(fields) != width:
                raise self.source.error(
                    f"the row has {len(fields)} fields where {width} are due",
                    line=number, fix="is the file cut short, or are two files joined?",
                )  # fmt: skip
            yield number, fields

    def bad(self, line: int, field: str, value: str, wanted: str) -> "InputError":
        """Return the error of one field that does not hold what it should."""
        return self.source.error(
            f"{value!r} is not {wanted}", line=line, field=field, fix="mend or drop the row"
        )

    def _place(self, name: str, others: Sequence[str]) -> int:
        for candidate in (name, *others):
            if candidate in self.names:
                return self.names.index(candidate)
        raise self.source.error(
            f"the column {name!r} is missing",
            line=1,
            field=name,
            fix=f"the file has: {', '.join(self.names)[:200]}",
        )


def header(source: Source) -> list[str]:
    """Return the column names in the first line: lower case, without spaces and byte-order mark."""
    first = source.head_lines[0] if source.head_lines else b""
    return [name.strip().strip('"').lower() for name in first.decode("utf-8-sig", "replace").split(",")]


def text(source: Source, number: int, line: bytes) -> str:
    """Return a line as text; InputError when it is not text at all."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise source.error("the line is not text", line=number, fix="is the file damaged?") from error
