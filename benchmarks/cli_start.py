"""
How long a command takes to start, against a bare Typer program of the same help style.

Runs are interleaved and the medians compared, so that a busy machine slows both alike. Only ratios
mean anything. Goals: `seatrial --help` at most 1.2 times the bare program's; every verb's own start at
most 1.5 times.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from seatrial import cli

ROUNDS = int(os.environ.get("ROUNDS", "9"))
ROOT_GOAL, VERB_GOAL = 1.2, 1.5
BARE = '''
from typing import Annotated

import typer

app = typer.Typer(name="bare", help="A bare program.", no_args_is_help=True)
room = typer.Typer(help="A room.")
app.add_typer(room, name="room")


@room.command()
def verb(
    profile: Annotated[str, typer.Option("--profile", help="A name.")] = "demo",
    seed: Annotated[int, typer.Option("--seed", min=0, help="A seed.")] = 7,
    json: Annotated[bool, typer.Option("--json", help="One document.")] = False,
) -> None:
    """Do nothing."""


@room.command()
def other() -> None:
    """Do nothing either."""


if __name__ == "__main__":
    app()
'''
# What runs without a record or data, beside the help of every verb.
TRIVIAL = (
    ("config", "profiles", "--json"),
    ("config", "show", "--json"),
    ("config", "schema"),
    ("gate", "list", "--json"),
    ("gate", "explain", "net_bps"),
)


def seconds(program: list[str], folder: Path) -> float:
    """Return the wall time of one run."""
    started = time.perf_counter()
    subprocess.run(program, cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - started


def ratio(ours: list[str], bare: list[str], folder: Path) -> float:
    """Return the median of our times over the median of the bare program's, taken in turns."""
    pairs = [(seconds(ours, folder), seconds(bare, folder)) for _ in range(ROUNDS)]
    mine, theirs = zip(*pairs, strict=True)
    return statistics.median(mine) / statistics.median(theirs)


def measures(bare: Path) -> list[tuple[str, list[str], list[str], float]]:
    """Return what is compared: name, our program, the bare one, the goal."""
    us, them = [sys.executable, "-m", "seatrial"], [sys.executable, str(bare)]
    found = [("--help", [*us, "--help"], [*them, "--help"], ROOT_GOAL)]
    for room in cli.ROOMS:
        for verb in cli.room(room).commands:
            words = [room, verb, "--help"]
            found.append((" ".join(words), us + words, [*them, "room", "verb", "--help"], VERB_GOAL))
    found.extend((" ".join(words), [*us, *words], [*them, "room", "verb"], VERB_GOAL) for words in TRIVIAL)
    return found


def main() -> int:
    """Print every ratio; return 1 when one is beyond its goal."""
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = folder / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        seconds([sys.executable, "-m", "seatrial", "--help"], folder)
        for what, ours, theirs, goal in measures(bare):
            found = ratio(ours, theirs, folder)
            missed += found > goal
            note = "  MISSED" if found > goal else ""
            print(f"seatrial {what:<28} {found:5.2f} x bare typer (goal {goal}){note}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
