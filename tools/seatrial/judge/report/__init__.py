"""The family of reports: one story of a judged record, told in one format per file."""

from ...model.registry import Registry
from .form import Report
from .junit import REPORT as JUNIT
from .markdown import REPORT as MARKDOWN
from .openmetrics import REPORT as OPENMETRICS
from .page import REPORT as PAGE
from .spreadsheet import REPORT as SPREADSHEET

REPORTS: Registry[Report] = Registry("report")
for _name, _report in (
    ("html", PAGE),
    ("markdown", MARKDOWN),
    ("csv", SPREADSHEET),
    ("junit", JUNIT),
    ("openmetrics", OPENMETRICS),
):
    REPORTS.add(_name, _report)
