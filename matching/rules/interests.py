"""Do they have something in common?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np

from matching.pairs import Ints, Pairs
from matching.rule import Bound, Said, SoftRule, Source, Terms, Text, Value, Weight
from matching.terms import holds_any, in_common

NO_SHARED_INTERESTS = Text(
    nb="Ingen felles interesser er ført opp.",
    nn="Ingen felles interesser er førte opp.",
    en="No shared interests are listed.",
)
NO_LIKE_EXPERIENCE = Text(
    nb="Ingen lik livserfaring som begge vil dele.",
    nn="Inga lik livserfaring som begge vil dele.",
    en="No like experience that both will share.",
)


@dataclass(frozen=True)
class SharedInterests(SoftRule):
    """Interests in common, up to a number that is enough."""

    label = Text(nb="interesser", nn="interesser", en="interests")
    says = Text(
        nb="Felles interesser teller, inntil {enough} av dem.",
        nn="Felles interesser tel, inntil {enough} av dei.",
        en="Shared interests count, up to {enough} of them.",
    )
    because = Text(
        nb="Felles interesser: {shared}.", nn="Felles interesser: {shared}.", en="Shared interests: {shared}."
    )
    source = Source("choice", "Something to talk about at the first meeting", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.interests", "need.interests"})

    weight: Weight = 140
    enough: Annotated[
        int,
        Bound("interests", 1, 10, Text(nb="Nok felles interesser", nn="Nok felles interesser", en="Enough in common")),
    ] = 3

    def points(self, pairs: Pairs) -> Ints:
        common = in_common(pairs.volunteer.interests, pairs.need.interests).astype(np.int64)
        return self.weight * np.minimum(common, self.enough) // self.enough

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        shared = pair.facts.words.interest.terms_in(pair.volunteer.interests & pair.need.interests)
        return {"shared": Terms("interest", shared)}

    def why(self, pair: Pairs) -> Said:
        return self.said(self.because if self.given(pair) else NO_SHARED_INTERESTS, pair)


@dataclass(frozen=True)
class LikeExperience(SoftRule):
    """Has lived through the like, where both have agreed that it may be used; nobody else's is ever loaded."""

    label = Text(nb="erfaring", nn="erfaring", en="experience")
    says = Text(
        nb="Lik livserfaring teller når begge har sagt ja til at den brukes.",
        nn="Lik livserfaring tel når begge har sagt ja til at ho blir brukt.",
        en="Like experience counts when both have agreed that it may be used.",
    )
    because = Text(
        nb="Lik livserfaring som begge vil dele: {shared}.",
        nn="Lik livserfaring som begge vil dele: {shared}.",
        en="Like experience that both will share: {shared}.",
    )
    source = Source("choice", "Like people help each other, on their own consent", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.experience", "need.experience"})

    weight: Weight = 100

    def points(self, pairs: Pairs) -> Ints:
        shared = holds_any(pairs.volunteer.experience, pairs.need.experience)
        return np.zeros(1, dtype=np.int64) if shared is None else self.weight * shared.astype(np.int64)

    def numbers(self, pair: Pairs) -> Mapping[str, Value]:
        words = pair.facts.words.experience
        return {"shared": Terms("experience", words.terms_in(pair.volunteer.experience & pair.need.experience))}

    def why(self, pair: Pairs) -> Said:
        return self.said(self.because if self.given(pair) else NO_LIKE_EXPERIENCE, pair)
