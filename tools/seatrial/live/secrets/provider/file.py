"""
Secrets in a file of their own: `file:PATH#NAME`, or `file:PATH` for a file that is one value.

YAML, JSON and dotenv files hold values by name, each alone or as `{value, rotated, previous}`;
a file of one value is what container platforms mount. A file that others may read or replace is
refused, whatever is in it.
"""

from datetime import UTC, datetime
from pathlib import Path

from ....model.atomic import write_bytes
from ....model.errors import InputError, UsageError, Where
from ....model.secret import Secret
from ....model.secret_settings import Reference, SecretsSettings
from ....store.lock import held as locked
from ..forms import Entry, form_of
from ..private_file import Content, must_be_private_folder, read_private
from ..refusals import missing
from .interface import Factory, Held, Surroundings, Written

NAME = "file"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FileProvider:
    """Reads and rewrites files that are their owner's alone."""

    def __init__(self, _: SecretsSettings, around: Surroundings) -> None:
        self._now_ns = around.now_ns

    def read(self, place: Reference, name: str, *, dated: bool = False) -> Held:
        """Return a value; its age is exact when the file says when it was rotated."""
        path = Path(place.place)
        try:
            content = read_private(path)
        except FileNotFoundError:
            raise missing(place, fix="create the file with chmod 600") from None
        if place.field is None:
            return Held(Secret(name, _only_value(content, path)), content.changed_ns, exact=False)
        entry = form_of(path).entries(content.text, str(path)).get(place.field)
        if entry is None or not entry.value:
            raise missing(place)
        changed_ns = content.changed_ns if entry.rotated is None else _ns_of(entry.rotated, place)
        return Held(Secret(name, entry.value), changed_ns, exact=entry.rotated is not None)

    def write(self, place: Reference, secret: Secret) -> Written:
        """Replace a value in its file, keeping the one before it beside it."""
        if place.field is None:
            raise UsageError(
                f"{place} is a file of one value: whoever mounts it replaces it",
                fix=f"to rotate from here keep it as {place.place}.yaml#NAME",
            )
        path = Path(place.place)
        form = form_of(path)
        must_be_private_folder(path.parent)
        with locked(path.with_name(f".{path.name}.lock")):
            try:
                text = read_private(path).text
            except FileNotFoundError:
                text = ""
            old = form.entries(text, str(path)).get(place.field) if text.strip() else None
            before = old.value if old else None
            entry = Entry(secret.reveal(), _iso(self._now_ns()), before)
            # The target of a link is replaced, not the link.
            write_bytes(path.resolve(), form.replaced(text, place.field, entry).encode(), private=True)
        return Written(previous=f"{place}, as `previous`" if before else None)


def _only_value(content: Content, path: Path) -> str:
    value = content.text.strip("\r\n")
    if not value:
        raise InputError("is empty", where=Where(str(path)), fix="put the value in it, in one line")
    return value


def _iso(ts_ns: int) -> str:
    return datetime.fromtimestamp(ts_ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ns_of(text: str, place: Reference) -> int:
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            "is not a time",
            where=Where(place.place, field=f"{place.field}.rotated"),
            fix="write it like 2026-01-31",
        ) from None
    since = (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 10**9


PROVIDER: Factory = FileProvider
