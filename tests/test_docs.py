"""The documents against the program: what they name exists, and generated pages are fresh."""

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from seatrial import cli
from seatrial.config.manager import ConfigManager
from seatrial.model.errors import UsageError
from seatrial.model.profile import DEFAULT_GATES, GateSettings
from seatrial.model.risk import RiskSettings

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")) if path.name != "CHANGELOG.md"
)
IDS = [path.relative_to(ROOT).as_posix() for path in PAGES]
CHECKLIST = ROOT / "PRODUCTION_LAUNCH_CHECKLIST.md"
COMMAND = re.compile(r"`((?:seatrial|make)(?: [^`]+)?)`|^((?:seatrial|make) .+)$", re.MULTILINE)


@cache
def generator() -> ModuleType:
    """The program that writes the generated pages."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / ".ci" / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["docs/cli.md", "docs/kpis.md", "docs/orders.md", "docs/risk_rules.md"])
def test_a_generated_page_is_fresh(name: str) -> None:
    """A stale reference sends people to options that are gone; `make docs` writes it anew."""
    assert (ROOT / name).read_text(encoding="utf-8") == generator().PAGES[name]()


def commands(path: Path) -> Iterator[str]:
    """Every command that a page names, in a sentence or in a block."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for found in COMMAND.finditer(text):
        yield " ".join((found[1] or found[2]).split("#")[0].split())


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def complaint(command: str) -> str | None:
    """Why a command that a page names cannot be run, None when it can."""
    program, *words = command.split()
    if program == "make":
        unknown = [word for word in words if "=" not in word and word not in targets() | {"..."}]
        return f"no target {unknown}" if unknown else None
    if not words or words[0] in {"ROOM", "--version", "--help"}:
        return None
    if words[0] not in cli.ROOMS:
        return f"no room {words[0]}"
    if len(words) == 1:
        return None
    verbs = cli.room(words[0]).commands
    if words[1] not in verbs:
        return f"no verb {words[1]}"
    options = {option for parameter in verbs[words[1]].params for option in parameter.opts}
    unknown = [word for word in words[2:] if word.startswith("--") and word.split("=")[0] not in options]
    return f"no option {unknown}" if unknown else None


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_every_command_on_a_page_exists(path: Path) -> None:
    """A reader copies and runs what a page says."""
    wrong = [f"{command}: {why}" for command in commands(path) if (why := complaint(command))]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "command", ["seatrial sok run", "seatrial soak rn", "seatrial config show --no", "make nothing"]
)
def test_a_command_that_does_not_exist_is_noticed(command: str) -> None:
    """The check above can turn red."""
    assert complaint(command)


def test_every_line_of_the_checklist_names_its_command() -> None:
    """A line that nothing shows is an opinion, ticked by whoever is in a hurry."""
    lines = [line for line in CHECKLIST.read_text(encoding="utf-8").splitlines() if line.startswith("- [ ]")]

    assert lines
    assert [line for line in lines if not COMMAND.search(line)] == []


def test_the_checklist_names_every_gate_verb() -> None:
    """Gates are what a release rests on."""
    named = " ".join(commands(CHECKLIST))

    assert [verb for verb in cli.room("gate").commands if f"seatrial gate {verb}" not in named] == []


def test_the_readme_s_two_commands_come_first() -> None:
    """A stranger types the first block that they see."""
    first_block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)

    assert first_block
    assert first_block[1].split("\n") == ["make demo", "make test", ""]


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    """A dead link in the README is the first thing that a visitor finds."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    dead = [link for link in links if "://" not in link and not (path.parent / link).exists()]

    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_a_page_has_one_title(path: Path) -> None:
    """Two titles are two pages."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


def test_the_architecture_names_every_room() -> None:
    """A room that is not on the map is found by accident."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in (ROOT / "tools" / "seatrial").glob("*/__init__.py")]

    assert [room for room in rooms if f"**`{room}/`**" not in text] == []


def test_the_gates_page_shows_the_default_gates_and_every_key() -> None:
    """The numbers that a release rests on are the program's, not the page's."""
    text = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    rows = []
    for gate in DEFAULT_GATES:
        bounds = gate.at_least or gate.at_most
        assert bounds
        side = "at least" if gate.at_least else "at most"
        rows.append((gate.kpi, side, bounds.hard, bounds.soft))
    table = re.findall(r"^\| `(\w+)` \| (at \w+) \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)

    assert [(kpi, side, float(hard), float(soft)) for kpi, side, hard, soft in table] == rows
    assert [key for key in GateSettings.model_fields if f"`{key}`" not in text] == []


def test_the_risk_page_s_profile_and_error_are_the_program_s() -> None:
    """A limit that is copied from a page must be a limit."""
    text = (ROOT / "docs" / "risk.md").read_text(encoding="utf-8")
    settings = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    told = r"^\$ seatrial config show --profile demo --set (\S+)\nerror: (.+)$"
    error = re.search(told, text, re.MULTILINE)

    assert settings
    assert error
    risk = yaml.safe_load(settings[1])["risk"]
    assert RiskSettings.model_validate(risk).ceilings.max_order_notional == 5_000
    with pytest.raises(UsageError) as caught:
        ConfigManager().resolve("demo", sets=[error[1]])
    assert caught.value.line == error[2]
