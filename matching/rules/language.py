"""Can they talk together?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Said, Source, Terms, Text, Value, Who
from matching.terms import holds_any

NONE_ASKED = Text(
    nb="Oppgaven ber ikke om noe bestemt språk.",
    nn="Oppgåva ber ikkje om noko bestemt språk.",
    en="The task asks for no particular language.",
)


@dataclass(frozen=True)
class CommonLanguage(HardRule):
    """Has one of the languages asked for, at the level asked."""

    label = Text(nb="språk", nn="språk", en="language")
    says = Text(
        nb="De to skal ha et språk felles, så godt som oppgaven krever.",
        nn="Dei to skal ha eit språk felles, så godt som oppgåva krev.",
        en="The two must share a language, as well as the task asks.",
    )
    because = Text(
        nb="Ett av disse språkene trengs: {asked}. Den frivillige har: {spoken}.",
        nn="Eitt av desse språka trengst: {asked}. Den frivillige har: {spoken}.",
        en="One of these languages is needed: {asked}. The volunteer has: {spoken}.",
    )
    fits = Text(nb="Felles språk: {shared}.", nn="Felles språk: {shared}.", en="Shared languages: {shared}.")
    remedy = Text(
        nb="Kunne vært med med ett av disse språkene: {asked}. Den frivillige kan selv føre opp språk.",
        nn="Kunne vore med med eitt av desse språka: {asked}. Den frivillige kan sjølv føre opp språk.",
        en="Could take part with one of these languages: {asked}. The volunteer can add a language.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "Company takes a shared language", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.languages", "need.languages"})

    def allows(self, pairs: Pairs) -> Bools:
        shared = holds_any(pairs.volunteer.languages, pairs.need.languages)
        if shared is None:
            return pairs.everyone
        return shared | ~pairs.need.languages.any(axis=0)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words = pair.facts.words.language
        return {
            "asked": Terms("language", words.terms_in(pair.need.languages)),
            "spoken": Terms("language", _best(words.terms_in(pair.volunteer.languages))),
            "shared": Terms("language", words.terms_in(pair.volunteer.languages & pair.need.languages)),
        }

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.languages.any())

    def fits_said(self, pair: Pairs) -> Said:
        return self.said(self.fits if self.asks(pair) else NONE_ASKED, pair)

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 2])

    def remedied(self, case: Case) -> Case:
        languages = {**case.volunteer.languages, **dict(sorted(case.need.languages.items())[:1])}
        return replace(case, volunteer=replace(case.volunteer, languages=languages))


def _best(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Each language once, at its highest level."""
    best = {level.rpartition("/")[0]: level for level in levels}
    return tuple(best.values())
