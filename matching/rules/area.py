"""Do they belong to municipalities that work together?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Source, Terms, Text, Value, Who
from matching.terms import Words


@dataclass(frozen=True)
class InArea(HardRule):
    """Is of the need's municipality, or of a neighbour that it has an agreement with."""

    label = Text(nb="kommune", nn="kommune", en="area")
    says = Text(
        nb="Den frivillige skal høre til i kommunen, eller i en nabokommune det er avtale med.",
        nn="Den frivillige skal høyre til i kommunen, eller i ein nabokommune det er avtale med.",
        en="The volunteer must belong to the municipality, or to a neighbour that has agreed to share.",
    )
    because = Text(
        nb="Den frivillige hører til i {municipality}; behovet er åpent for {welcome}.",
        nn="Den frivillige høyrer til i {municipality}; behovet er ope for {welcome}.",
        en="The volunteer belongs to {municipality}; the need is open to {welcome}.",
    )
    fits = Text(
        nb="Den frivillige hører til i {municipality}, og behovet er åpent for den kommunen.",
        nn="Den frivillige høyrer til i {municipality}, og behovet er ope for den kommunen.",
        en="The volunteer belongs to {municipality}, and the need is open to that municipality.",
    )
    remedy = Text(
        nb="Kunne vært med dersom koordinatoren åpnet behovet for {municipality}.",
        nn="Kunne vore med dersom koordinatoren opna behovet for {municipality}.",
        en="Could take part if the coordinator opened the need to {municipality}.",
    )
    who = Who.COORDINATOR
    source = Source(
        "choice", "A municipality answers for its own, and for what neighbours agree", since=date(2026, 11, 1)
    )
    reads = frozenset({"volunteer.municipality", "need.municipality", "need.area", "need.anywhere"})

    def allows(self, pairs: Pairs) -> Bools:
        welcome = pairs.same_municipality
        if pairs.need.anywhere.any():
            welcome = welcome | pairs.need.anywhere
        if pairs.of_volunteer:
            return np.asarray(welcome | _is_open_to(pairs.need.area, int(pairs.volunteer.municipality[0])))
        for neighbour in _neighbours(pairs):
            welcome = welcome | (pairs.volunteer.municipality == neighbour)
        return welcome

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words = pair.facts.words.municipality
        return {
            "municipality": Terms("municipality", (words.terms[int(pair.volunteer.municipality[0])],)),
            "welcome": Terms("municipality", words.terms_in(pair.need.area)),
        }

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 2])

    def remedied(self, case: Case) -> Case:
        return replace(case, need=replace(case.need, neighbours=case.need.neighbours | {case.volunteer.municipality}))


def _is_open_to(areas: Words, municipality: int) -> Bools:
    """Which needs are open to one municipality."""
    word, bit = divmod(municipality, areas.itemsize * 8)
    return np.asarray((areas[word] >> np.array(bit, dtype=areas.dtype)) & 1, dtype=np.bool_)


def _neighbours(pairs: Pairs) -> list[int]:
    """The other municipalities that the one need is open to."""
    own = int(pairs.need.municipality[0])
    bits = int.from_bytes(np.ascontiguousarray(pairs.need.area).tobytes(), "little")
    return [code for code in range(bits.bit_length()) if bits >> code & 1 and code != own]
