"""How do the two stand to each other?"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.rule import HardRule, Said, SoftRule, Source, Text, Weight, Who


@dataclass(frozen=True)
class NotSamePerson(HardRule):
    """The recipient is someone else, also where one human being has two records."""

    label = Text(nb="seg selv", nn="seg sjølv", en="self")
    says = Text(
        nb="Ingen settes opp som frivillig for seg selv.",
        nn="Ingen blir sett opp som frivillig for seg sjølv.",
        en="Nobody volunteers for themselves.",
    )
    because = Text(
        nb="Den frivillige er selv den behovet gjelder.",
        nn="Den frivillige er sjølv den behovet gjeld.",
        en="The volunteer is the person whom the need is for.",
    )
    fits = Text(
        nb="Den frivillige er en annen enn den behovet gjelder.",
        nn="Den frivillige er ein annan enn den behovet gjeld.",
        en="The volunteer is not the person whom the need is for.",
    )
    remedy = Text(nb="Ingen kan endre dette.", nn="Ingen kan endre dette.", en="Nobody can change this.")
    who = Who.NOBODY
    source = Source("choice", "One human being is one, whatever the number of records", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.human", "need.human"})

    def allows(self, pairs: Pairs) -> Bools:
        return np.asarray(pairs.volunteer.human != pairs.need.human)


@dataclass(frozen=True)
class NotBlocked(HardRule):
    """Neither has asked not to meet the other."""

    label = Text(nb="sperre", nn="sperre", en="block")
    says = Text(
        nb="To som ikke vil møte hverandre, settes aldri sammen, uansett hvem av dem som har sagt det.",
        nn="To som ikkje vil møte kvarandre, blir aldri sette saman, same kven av dei som har sagt det.",
        en="Two who do not want to meet are never put together, whichever of them said so.",
    )
    because = Text(
        nb="En av de to har bedt om ikke å møte den andre.",
        nn="Ein av dei to har bede om ikkje å møte den andre.",
        en="One of the two has asked not to meet the other.",
    )
    fits = Text(
        nb="Ingen av de to har bedt om ikke å møte den andre.",
        nn="Ingen av dei to har bede om ikkje å møte den andre.",
        en="Neither of the two has asked not to meet the other.",
    )
    remedy = Text(
        nb="Dette skal ingen prøve å endre.",
        nn="Dette skal ingen prøve å endre.",
        en="Nobody should try to change this.",
    )
    who = Who.NOBODY
    source = Source("choice", "A no counts without a reason, from either side", since=date(2026, 11, 1))
    reads = frozenset({"volunteer_blocks", "need_blocks", "volunteer.human", "volunteer.id", "need.human", "need.id"})

    def allows(self, pairs: Pairs) -> Bools:
        mine = pairs.tied_by_volunteer(pairs.facts.volunteer_blocks, "human")
        theirs = pairs.tied_by_need(pairs.facts.need_blocks)
        if mine is None or theirs is None:
            return pairs.unless(mine if theirs is None else theirs)
        return ~(mine | theirs)


@dataclass(frozen=True)
class NotEndedBadly(HardRule):
    """No earlier assignment of the two ended badly."""

    label = Text(nb="tidligere", nn="tidlegare", en="earlier")
    says = Text(
        nb="To som har hatt en avtale som endte dårlig, settes ikke sammen igjen.",
        nn="To som har hatt ein avtale som enda dårleg, blir ikkje sette saman igjen.",
        en="Two whose earlier arrangement ended badly are not put together again.",
    )
    because = Text(
        nb="En tidligere avtale mellom de to endte dårlig.",
        nn="Ein tidlegare avtale mellom dei to enda dårleg.",
        en="An earlier arrangement between the two ended badly.",
    )
    fits = Text(
        nb="Ingen tidligere avtale mellom de to har endt dårlig.",
        nn="Ingen tidlegare avtale mellom dei to har enda dårleg.",
        en="No earlier arrangement between the two has ended badly.",
    )
    remedy = Text(
        nb="Dette skal ingen prøve å endre.",
        nn="Dette skal ingen prøve å endre.",
        en="Nobody should try to change this.",
    )
    who = Who.NOBODY
    source = Source("choice", "Safety before cover", since=date(2026, 11, 1))
    reads = frozenset({"ended_badly", "volunteer.id", "need.human"})

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.unless(pairs.tied_by_volunteer(pairs.facts.ended_badly, "human"))


@dataclass(frozen=True)
class NotOwnCase(HardRule):
    """The professional whose case it is does not volunteer in it."""

    label = Text(nb="eget behov", nn="eige behov", en="own need")
    says = Text(
        nb="En fagperson er ikke frivillig for et behov hun eller han selv har meldt.",
        nn="Ein fagperson er ikkje frivillig for eit behov ho eller han sjølv har meldt.",
        en="A professional does not volunteer for a need that they have posted.",
    )
    because = Text(
        nb="Den frivillige har selv meldt behovet som fagperson.",
        nn="Den frivillige har sjølv meldt behovet som fagperson.",
        en="The volunteer has posted the need as a professional.",
    )
    fits = Text(
        nb="Den frivillige er ikke fagpersonen som meldte behovet.",
        nn="Den frivillige er ikkje fagpersonen som melde behovet.",
        en="The volunteer is not the professional who posted the need.",
    )
    remedy = Text(
        nb="Behovet må først gå over til en annen fagperson, og det er ikke en grunn til å bytte.",
        nn="Behovet må først gå over til ein annan fagperson, og det er ikkje ein grunn til å byte.",
        en="The need would first have to pass to another professional, and this is no reason to do so.",
    )
    who = Who.NOBODY
    source = Source("choice", "Nobody is both employee and volunteer in one case", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.human", "need.owner"})

    def allows(self, pairs: Pairs) -> Bools:
        return np.asarray(pairs.volunteer.human != pairs.need.owner)


@dataclass(frozen=True)
class MetBefore(SoftRule):
    """They have met before, and both wish to meet again."""

    label = Text(nb="kjente", nn="kjende", en="met before")
    says = Text(
        nb="To som har møttes før, og som begge vil møtes igjen, går foran.",
        nn="To som har møtt kvarandre før, og som begge vil møtast igjen, går framfor.",
        en="Two who have met before and both wish to meet again come first.",
    )
    because = Text(
        nb="Har møttes før, og begge vil møtes igjen.",
        nn="Har møtt kvarandre før, og begge vil møtast igjen.",
        en="Have met before, and both wish to meet again.",
    )
    source = Source("choice", "A tie that holds is worth keeping", since=date(2026, 11, 1))
    reads = frozenset(
        {"volunteer_meets_again", "need_meets_again", "volunteer.human", "volunteer.id", "need.human", "need.id"}
    )

    weight: Weight = 100

    def points(self, pairs: Pairs) -> Ints:
        return self.weight * _both_wish(pairs)

    def why(self, pair: Pairs) -> Said:
        return self.said(self.because if _both_wish(pair)[0] else NOT_MET, pair)


NOT_MET = Text(
    nb="De to har ikke møttes før og bedt om å møtes igjen.",
    nn="Dei to har ikkje møtt kvarandre før og bede om å møtast igjen.",
    en="The two have not met before and asked to meet again.",
)


def _both_wish(pairs: Pairs) -> Ints:
    mine = pairs.tied_by_volunteer(pairs.facts.volunteer_meets_again, "human")
    theirs = pairs.tied_by_need(pairs.facts.need_meets_again)
    return np.zeros(1, dtype=np.int64) if mine is None or theirs is None else (mine & theirs).astype(np.int64)
