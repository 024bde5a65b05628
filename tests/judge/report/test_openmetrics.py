import re
import shutil
import subprocess
from pathlib import Path

import pytest

from seatrial.judge.report.openmetrics import render
from seatrial.judge.report.story import Story

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\.)*"'
SAMPLE = rf"[a-z_]+(?:\{{{LABEL}(?:,{LABEL})*\}})? \S+"
LINE = re.compile(rf"^(?:# EOF|# (?:TYPE|HELP|UNIT) [a-z_]+ .+|{SAMPLE})$")


def test_the_exposition_is_well_formed_and_ends(story: Story, hostile: Story, empty: Story) -> None:
    """A scraper drops the whole file at the first line that it cannot read."""
    for one in (story, hostile, empty):
        text = render(one).decode()
        lines = text.splitlines()

        assert text.endswith("# EOF\n")
        assert lines.count("# EOF") == 1
        assert [line for line in lines if not LINE.match(line)] == []


def test_each_family_is_declared_once_and_together(story: Story) -> None:
    """OpenMetrics forbids a family to come back after another began."""
    lines = render(story).decode().splitlines()
    declared = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    order = [re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")]
    runs = [name for at, name in enumerate(order) if at == 0 or order[at - 1] != name]

    assert len(declared) == len(set(declared))
    assert runs == [name for name in declared if name in set(order)]


def test_the_verdict_is_a_state_set(story: Story) -> None:
    """An alert asks for a state by its name; exactly one of them is 1."""
    lines = [line for line in render(story).decode().splitlines() if line.startswith("seatrial_verdict{")]

    assert [line.rsplit(" ", 1)[1] for line in lines] == ["0", "0", "0", "1"]
    assert 'seatrial_verdict="FAIL"' in lines[3]


def test_what_was_not_measured_has_no_sample(story: Story) -> None:
    """A gauge at zero reads as a measurement."""
    values = [line for line in render(story).decode().splitlines() if line.startswith("seatrial_gate_value{")]

    assert len(values) == 3
    assert not any("risk_ratio" in line for line in values)


def test_promtool_accepts_it(story: Story, hostile: Story, tmp_path: Path) -> None:
    """
    The exposition is for Prometheus, so Prometheus should judge it.

    Its linter reads the older text format only; what reads OpenMetrics is the import, which wants times.
    """
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    for name, one in (("story", story), ("hostile", hostile)):
        file = tmp_path / f"{name}.om"
        lines = render(one).decode().splitlines()
        file.write_text("".join(f"{line}\n" if line[0] == "#" else f"{line} 1751328000\n" for line in lines))
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(file), str(tmp_path / name)]

        imported = subprocess.run(command, capture_output=True, text=True, check=False)

        assert imported.returncode == 0, imported.stderr


def test_the_reference_parser_reads_it(story: Story, hostile: Story) -> None:
    """Label escapes are where hand-made expositions break."""
    parser = pytest.importorskip(
        "prometheus_client.openmetrics.parser", reason="prometheus-client is not installed"
    )
    for one in (story, hostile):
        families = {
            family.name: family for family in parser.text_string_to_metric_families(render(one).decode())
        }

        assert families["seatrial_verdict"].type == "stateset"
        assert families["seatrial_gate_value"].type == "gauge"
