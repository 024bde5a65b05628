"""
`junit.xml`: one test case per gate, for every CI that knows nothing else (xunit2).

A gate that failed is a failure; one that could not be judged is an error of type `unknown`, so that
it never counts as passed; WARN passes and says so in system-out. Names carry the numbers, because
some CI shows names only.
"""

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from ...model.verdict import Verdict
from .form import Report
from .wording import bound_text, number

if TYPE_CHECKING:
    from .story import GateRow, Story

SUITE = "seatrial.gates"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(story: "Story") -> bytes:
    """Return the XML document."""
    judged = [_counted(row) for row in story.gates]
    failures, errors = judged.count(Verdict.FAIL), judged.count(Verdict.UNKNOWN)
    if not judged:
        errors = 1
    counts = f'tests="{max(1, len(judged))}" failures="{failures}" errors="{errors}"'
    cases = [_case(row) for row in story.gates] or [_nothing_judged(story)]
    return "\n".join([
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="seatrial" {counts} time="0">',
        f'  <testsuite name={_attribute(SUITE)} {counts} skipped="0" time="0">',
        "    <properties>",
        f'      <property name="run_id" value={_attribute(story.manifest.run_id)}/>',
        f'      <property name="verdict" value={_attribute(story.verdict)}/>',
        f'      <property name="config_sha256" value={_attribute(story.manifest.config_sha256)}/>',
        "    </properties>",
        *cases,
        "  </testsuite>",
        "</testsuites>",
        "",
    ]).encode()  # fmt: skip


def _counted(row: "GateRow") -> Verdict:
    """Return how a gate counts: one that is only reported cannot fail the build."""
    return Verdict.PASS if row.result.report_only else row.result.verdict


def _case(row: "GateRow") -> str:
    gate, counted = row.result, _counted(row)
    said = f"{gate.reason} (value {number(gate.value, row.unit)}, n = {gate.n})"
    name = f"{gate.kpi} {bound_text(gate.bound, row.unit)} [{gate.window}]"
    head = f'    <testcase classname={_attribute(SUITE)} name={_attribute(name)} time="0"'
    if counted is Verdict.FAIL:
        body = f'<failure type="gate" message={_attribute(gate.reason)}>{_text(said)}</failure>'
    elif counted is Verdict.UNKNOWN:
        body = f'<error type="unknown" message={_attribute(gate.reason)}>{_text(said)}</error>'
    else:
        body = f"<system-out>{_text(f'{gate.verdict}: {said}')}</system-out>"
    return f"{head}>\n      {body}\n    </testcase>"


def _nothing_judged(story: "Story") -> str:
    error = f'<error type="unknown" message={_attribute(story.sentence)}/>'
    head = f'    <testcase classname={_attribute(SUITE)} name="any gate" time="0">'
    return f"{head}\n      {error}\n    </testcase>"


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", value))


def _attribute(value: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", value), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


REPORT = Report("junit.xml", "One test case per gate, for CI.", render)
