"""A record's judgement as files: the documents of the judge, and every report of the family."""

from pathlib import Path

from ..judge.joint import assess_whole
from ..judge.report.telling import render_all
from ..model.atomic import json_bytes
from ..model.profile import Profile
from .seams import Judged


def judged(record: Path, profile: Profile) -> Judged:
    """Judge a record folder by its profile's gates, and render what is to be written into it."""
    found = assess_whole(record, profile.gates)
    files = {name: json_bytes(document) for name, document in found.documents.items()}
    files.update(render_all(record, found.verdict, found.history, profile.report))
    return Judged(found.verdict, files, found.residual_ratio)
