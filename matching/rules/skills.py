"""Does the volunteer have what the task takes, and what it could use?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Said, SoftRule, Source, Terms, Text, Value, Weight, Who
from matching.terms import holds_all, holds_any, how_many, in_common

NOTHING_REQUIRED = Text(
    nb="Oppgaven krever ingen bestemte ferdigheter.",
    nn="Oppgåva krev ingen bestemte ferdigheiter.",
    en="The task requires no particular skills.",
)


NOTHING_WISHED = Text(
    nb="Oppgaven ønsker ingen bestemte ferdigheter.",
    nn="Oppgåva ønskjer ingen bestemte ferdigheiter.",
    en="The task wishes for no particular skills.",
)
NONE_OF_THE_WISHED = Text(
    nb="Har ingen av de ønskede ferdighetene: {missing}.",
    nn="Har ingen av dei ønskte ferdigheitene: {missing}.",
    en="Has none of the preferred skills: {missing}.",
)
NOT_ON_THE_LIST = Text(
    nb="Har ikke ført opp: {missing}.", nn="Har ikkje ført opp: {missing}.", en="Has not listed: {missing}."
)
NOTHING_TO_SWAP = Text(
    nb="Ingen av dem har ført opp noe den andre vil lære eller gjøre.",
    nn="Ingen av dei har ført opp noko den andre vil lære eller gjere.",
    en="Neither has listed anything that the other wants to learn or do.",
)


@dataclass(frozen=True)
class RequiredSkills(HardRule):
    """Has every skill that is required."""

    label = Text(nb="ferdighet", nn="ferdigheit", en="skills")
    says = Text(
        nb="Den frivillige skal ha alle ferdighetene som kreves.",
        nn="Den frivillige skal ha alle ferdigheitene som blir kravde.",
        en="The volunteer must have every skill that is required.",
    )
    because = Text(
        nb="Har {hits} av {asked} ferdigheter som kreves. Mangler: {missing}.",
        nn="Har {hits} av {asked} ferdigheiter som blir kravde. Manglar: {missing}.",
        en="Has {hits} of {asked} skills that are required. Missing: {missing}.",
    )
    fits = Text(
        nb="Har {hits} av {asked} ferdigheter som kreves: {held}.",
        nn="Har {hits} av {asked} ferdigheiter som blir kravde: {held}.",
        en="Has {hits} of {asked} skills that are required: {held}.",
    )
    remedy = Text(
        nb="Kunne vært med dersom dette stod på lista: {missing}. Den frivillige kan selv føre det opp.",
        nn="Kunne vore med dersom dette stod på lista: {missing}. Den frivillige kan sjølv føre det opp.",
        en="Could take part if this were on the list: {missing}. The volunteer can add it.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "What the task cannot do without", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.skills", "need.skills_required"})

    def allows(self, pairs: Pairs) -> Bools:
        held = holds_all(pairs.volunteer.skills, pairs.need.skills_required)
        return pairs.everyone if held is None else held

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return _counted(pair, pair.need.skills_required)

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.skills_required.any())

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else NOTHING_REQUIRED, pair)

    def shortfall(self, pairs: Pairs) -> Ints:
        asked = how_many(pairs.need.skills_required)
        held = in_common(pairs.volunteer.skills, pairs.need.skills_required)
        return FARTHEST * (asked - held) // np.maximum(asked, 1)

    def remedied(self, case: Case) -> Case:
        skills = case.volunteer.skills | case.need.skills_required
        return replace(case, volunteer=replace(case.volunteer, skills=skills))


def _counted(pair: Pairs, asked: Ints) -> Mapping[str, Value]:
    words = pair.facts.words.skill
    held = pair.volunteer.skills & asked
    return {
        "hits": int(how_many(held)[0]),
        "asked": int(how_many(asked)[0]),
        "held": Terms("skill", words.terms_in(held)),
        "missing": Terms("skill", words.terms_in(asked & ~held)),
    }


@dataclass(frozen=True)
class PreferredSkills(SoftRule):
    """The share of the preferred skills that he or she has; never divided by what else is offered."""

    label = Text(nb="ferdighet", nn="ferdigheit", en="skills")
    says = Text(
        nb="Jo flere av de ønskede ferdighetene, jo bedre.",
        nn="Di fleire av dei ønskte ferdigheitene, di betre.",
        en="The more of the preferred skills the better.",
    )
    because = Text(nb="Kan bidra med: {held}.", nn="Kan bidra med: {held}.", en="Can offer: {held}.")
    source = Source("choice", "Share of what is asked: who can more is never worth less", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.skills", "need.skills_preferred"})

    weight: Weight = 220

    def why(self, pair: Pairs) -> Said:
        asked = pair.need.skills_preferred
        if not asked.any():
            return self.said(NOTHING_WISHED, pair)
        return self.said(self.because if (pair.volunteer.skills & asked).any() else NONE_OF_THE_WISHED, pair)

    def speaks_against(self, pair: Pairs) -> Said | None:
        lacks = pair.need.skills_preferred & ~pair.volunteer.skills
        return self.said(NOT_ON_THE_LIST, pair) if lacks.any() else None

    def points(self, pairs: Pairs) -> Ints:
        asked = how_many(pairs.need.skills_preferred).astype(np.int64)
        return self.weight * in_common(pairs.volunteer.skills, pairs.need.skills_preferred) // np.maximum(asked, 1)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        return _counted(pair, pair.need.skills_preferred)


@dataclass(frozen=True)
class GivesAndGets(SoftRule):
    """Each can do something that the other would like to learn or do."""

    label = Text(nb="gjensidig", nn="gjensidig", en="mutual")
    says = Text(
        nb="Det er fint når begge har noe den andre vil lære eller gjøre.",
        nn="Det er fint når begge har noko den andre vil lære eller gjere.",
        en="It is good when each has something the other wants to learn or do.",
    )
    because = Text(
        nb="Begge har noe å gi: {gives} den ene veien, {gets} den andre.",
        nn="Begge har noko å gje: {gives} den eine vegen, {gets} den andre.",
        en="Both have something to give: {gives} one way, {gets} the other.",
    )
    source = Source("choice", "The one who receives can also give", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.skills", "volunteer.id", "volunteer_wants", "need.wants", "need.gives"})

    weight: Weight = 60

    def why(self, pair: Pairs) -> Said:
        return self.said(self.because if self.given(pair) else NOTHING_TO_SWAP, pair)

    def points(self, pairs: Pairs) -> Ints:
        if not len(pairs.facts.volunteer_wants) or not pairs.need.gives.any():
            return np.zeros(1, dtype=np.int64)
        gives = holds_any(pairs.volunteer.skills, pairs.need.wants)
        gets = holds_any(pairs.volunteer_wants, pairs.need.gives)
        return np.zeros(1, dtype=np.int64) if gives is None or gets is None else self.weight * (gives & gets)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words = pair.facts.words.skill
        return {
            "gives": Terms("skill", words.terms_in(pair.volunteer.skills & pair.need.wants)),
            "gets": Terms("skill", words.terms_in(pair.volunteer_wants & pair.need.gives)),
        }
