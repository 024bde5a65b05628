"""The dry run: one bot, one stretch of market, one verdict; longer modes bring an escort."""

from ..model.outcome import Outcome
from ..store.journal import Journal
from ..store.lock import held
from .asking import Ask
from .conclude import conclude
from .drive import drive, start, stop
from .ending import ended, failing
from .escort import Escort
from .interrupt import Interrupt, listening
from .prepare import prepare
from .seams import Seams
from .voyage import Voyage


def run(ask: Ask, *, escort: Escort | None = None, seams: Seams | None = None) -> Outcome:
    """Run a bot against the simulated exchange and judge the record it leaves."""
    seams, escort = seams or Seams(), escort or Escort()
    berth = prepare(ask, escort, seams)
    record = berth.record
    with (
        listening() as interrupt,
        held(record.lock),
        failing(record),
        Journal.create(record.journal, berth.manifest.run_id) as journal,
    ):
        voyage = Voyage(berth, journal, seams)
        start(voyage, escort)
        return bring_home(voyage, escort, interrupt, strict=ask.strict)


def bring_home(
    voyage: Voyage, escort: Escort, interrupt: Interrupt, *, strict: bool, first: int = 0
) -> Outcome:
    """Drive a started run from iteration `first` to its end, judge it, and return what there is to say."""
    reason = drive(voyage, escort, interrupt, first=first)
    stop(voyage, reason)
    voyage.journal.close()
    ended(voyage, reason)
    outcome = conclude(voyage.record, f"{voyage.berth.manifest.mode}.run", voyage.seams, strict=strict)
    escort.ended(voyage)
    return outcome
