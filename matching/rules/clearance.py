"""Is the volunteer cleared and ready for this task?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Said, Source, Terms, Text, Value, Who
from matching.terms import holds_all, how_many, in_common

NO_CLEARANCE = Text(
    nb="Oppgaven krever ingen avklaring.",
    nn="Oppgåva krev inga avklaring.",
    en="The task calls for no clearance.",
)


@dataclass(frozen=True)
class Cleared(HardRule):
    """Meets every requirement that the legal basis of the task calls for. A clearance has no expiry clock."""

    label = Text(nb="avklaring", nn="avklaring", en="clearance")
    says = Text(
        nb="Den frivillige skal være avklart for det loven krever av denne oppgaven, og ikke mer.",
        nn="Den frivillige skal vere avklart for det lova krev av denne oppgåva, og ikkje meir.",
        en="The volunteer must be cleared for what the law calls for in this task, and no more.",
    )
    because = Text(
        nb="Avklart for {hits} av {asked} krav. Ikke ennå: {missing}.",
        nn="Avklart for {hits} av {asked} krav. Ikkje enno: {missing}.",
        en="Cleared for {hits} of {asked} requirements. Not yet: {missing}.",
    )
    fits = Text(
        nb="Avklart for {hits} av {asked} krav: {held}.",
        nn="Avklart for {hits} av {asked} krav: {held}.",
        en="Cleared for {hits} of {asked} requirements: {held}.",
    )
    remedy = Text(
        nb="Kunne vært med når dette er vist: {missing}. Den som er avklaringsansvarlig, registrerer det.",
        nn="Kunne vore med når dette er vist: {missing}. Den som er avklaringsansvarleg, registrerer det.",
        en="Could take part once this is shown: {missing}. The clearance officer records it.",
    )
    who = Who.CLEARANCE_OFFICER
    source = Source(
        "law",
        "helse- og omsorgstjenesteloven § 5-4",
        since=date(2026, 11, 1),
        url="https://lovdata.no/lov/2011-06-24-30/§5-4",
    )
    reads = frozenset({"volunteer.clearances", "need.clearances"})

    def allows(self, pairs: Pairs) -> Bools:
        held = holds_all(pairs.volunteer.clearances, pairs.need.clearances)
        return pairs.everyone if held is None else held

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words = pair.facts.words.clearance
        held = pair.volunteer.clearances & pair.need.clearances
        return {
            "hits": int(how_many(held)[0]),
            "asked": int(how_many(pair.need.clearances)[0]),
            "held": Terms("clearance", words.terms_in(held)),
            "missing": Terms("clearance", words.terms_in(pair.need.clearances & ~held)),
        }

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.clearances.any())

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else NO_CLEARANCE, pair)

    def shortfall(self, pairs: Pairs) -> Ints:
        asked = how_many(pairs.need.clearances)
        held = in_common(pairs.volunteer.clearances, pairs.need.clearances)
        return FARTHEST * (asked - held) // np.maximum(asked, 1)

    def remedied(self, case: Case) -> Case:
        clearances = case.volunteer.clearances | case.need.clearances
        return replace(case, volunteer=replace(case.volunteer, clearances=clearances))


@dataclass(frozen=True)
class Ready(HardRule):
    """Made ready by a coordinator, for one-to-one tasks at home and where the law asks something; else anyone."""

    label = Text(nb="klar", nn="klar", en="ready")
    says = Text(
        nb="Til oppgaver hjemme hos én person, og der loven stiller krav, skal den frivillige være klargjort.",
        nn="Til oppgåver heime hos éin person, og der lova stiller krav, skal den frivillige vere klargjord.",
        en="For tasks in one person's home, and where the law sets requirements, the volunteer must be made ready.",
    )
    because = Text(
        nb="Den frivillige er registrert, men ikke gjort klar for denne typen oppgave.",
        nn="Den frivillige er registrert, men ikkje gjord klar for denne typen oppgåve.",
        en="The volunteer is registered, but not made ready for this kind of task.",
    )
    fits = Text(
        nb="Den frivillige er klar, eller oppgaven er åpen for alle som er registrert.",
        nn="Den frivillige er klar, eller oppgåva er open for alle som er registrerte.",
        en="The volunteer is ready, or the task is open to all who are registered.",
    )
    remedy = Text(
        nb="Kunne vært med når den frivillige er gjort klar. Koordinatoren gjør det etter en samtale.",
        nn="Kunne vore med når den frivillige er gjord klar. Koordinatoren gjer det etter ein samtale.",
        en="Could take part once made ready. The coordinator does that after a conversation.",
    )
    who = Who.COORDINATOR
    source = Source("choice", "No vetting step that the tasks wanted do not call for", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.ready", "need.one_to_one", "need.at_home", "need.clearances"})

    def allows(self, pairs: Pairs) -> Bools:
        calls_for = _calls_for_ready(pairs)
        return pairs.volunteer.ready | ~calls_for if calls_for.any() else pairs.everyone

    def asks(self, pair: Pairs) -> bool:
        return bool(_calls_for_ready(pair)[0])

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 5])

    def remedied(self, case: Case) -> Case:
        return replace(case, volunteer=replace(case.volunteer, ready=True))


def _calls_for_ready(pairs: Pairs) -> Bools:
    need = pairs.need
    return (need.one_to_one & need.at_home) | need.clearances.any(axis=0)
