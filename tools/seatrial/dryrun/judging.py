"""A record's judgement as files: the documents of the judge, and every report of the family."""

from pathlib import Path

from ..judge.gate.check import Beside
from ..judge.joint import assess_whole
from ..judge.judgement import named_golden
from ..judge.report.telling import render_all
from ..model.atomic import json_bytes
from ..model.profile import Profile
from ..store.manifest import read_manifest
from .seams import Judged


def judged(record: Path, profile: Profile) -> Judged:
    """Judge a record folder by its profile's gates, and render what is to be written into it."""
    # A waiver is held against the day on which the run began, so that judging again says the same.
    began_ns = read_manifest(record / "run.json").started_ns if _has_waivers(profile) else None
    found = assess_whole(record, profile.gates, beside=Beside(named_golden, began_ns))
    files = {name: json_bytes(document) for name, document in found.documents.items()}
    files.update(render_all(record, found.verdict, found.history, profile.report))
    return Judged(found.verdict, files, found.residual_ratio)


def _has_waivers(profile: Profile) -> bool:
    return any(gate.waiver for gate in profile.gates)
