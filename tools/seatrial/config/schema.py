"""`config schema`: the JSON Schema of a profile file, for editors that complete and check it."""

from pathlib import Path
from typing import Any

from ..model.atomic import json_bytes, write_bytes
from ..model.outcome import Outcome
from ..model.profile import Profile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, Any]:
    """Return the schema of a profile file: the profile's own and `extends`."""
    schema = Profile.model_json_schema(mode="validation")
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "Another profile, by name or path, whose settings this one changes.",
    }
    return {"$schema": DIALECT, **schema, "title": "Seatrial profile"}


def schema(out: Path | None) -> Outcome:
    """Return the schema, or write it to `out`."""
    held = document()
    text = json_bytes(held)
    if out is None:
        return Outcome(
            "config.schema", data={"json_schema": held, "file": None}, lines=(text.decode().rstrip("\n"),)
        )
    write_bytes(out, text)
    return Outcome(
        "config.schema", data={"json_schema": held, "file": str(out)}, lines=(f"schema written to {out}",)
    )
