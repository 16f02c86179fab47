"""Why, why not, and what would change it: one volunteer and one need, every rule, in words when they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal, cast

import numpy as np

from matching.facts import Facts
from matching.pairs import Pairs, Today
from matching.rule import HardRule, Lang, Said, SoftRule, Text, Who
from matching.rulebook import Entry, RuleBook
from matching.rules.time import MeetingRule
from matching.week import Span
from matching.words import Namer, by_key, sentence

State = Literal["free", "not_free", "taken", "too_tight"]


@dataclass(frozen=True)
class Verdict:
    """What one hard rule says of the pair. A rule out of scope allows, and says nothing."""

    key: str
    label: Text
    allowed: bool
    asked: bool
    """Whether the rule asks anything of this pair; where not, a page may leave it out."""
    in_scope: bool
    overrulable: bool
    who: Who
    """Who can change what it asks about."""
    says: Said
    why: Said
    """What speaks for when it allows, what speaks against when it refuses."""
    remedy: Said | None
    """What would have to change; None when it allows, or when nobody can change it."""


@dataclass(frozen=True)
class Part:
    """What one soft rule gives the pair, of the most that it can give."""

    key: str
    label: Text
    points: int
    most: int
    says: Said
    why: Said
    """What the points are for, or why there are none."""
    speaks_for: Said | None
    """A fact worth putting forward; None when there is none."""
    speaks_against: Said | None
    """What is lacking, where that is worth saying."""


@dataclass(frozen=True)
class OptionFit:
    """One alternative of time: its spans of the week, and how it fits."""

    option: int
    spans: tuple[Span, ...]
    state: State


@dataclass(frozen=True)
class Explanation:
    """Everything that the rules say of one pair, in the book's order; each part is worked out when it is asked for."""

    need: int
    volunteer: int
    pair: Pairs = field(repr=False)
    book: RuleBook = field(repr=False)

    @property
    def distance_m(self) -> int | None:
        """None where a place is unknown."""
        distance_m = int(self.pair.distance_m[0])
        return None if distance_m < 0 else distance_m

    @cached_property
    def options(self) -> tuple[OptionFit, ...]:
        """Each alternative of time, and how it fits, by the rules on time that the book has."""
        rules = [entry.rule for entry in self.book.hard if isinstance(entry.rule, MeetingRule)]
        fit = self.pair.fit
        return tuple(
            OptionFit(option, fit.spans(option), _state(self.pair, option, rules)) for option in range(len(fit.options))
        )

    @cached_property
    def free(self) -> tuple[Span, ...]:
        """The volunteer's free minutes of the week."""
        return self.pair.facts.free_spans(self.volunteer)

    @cached_property
    def held(self) -> tuple[Span, ...]:
        """What running assignments take of the week."""
        held = self.pair.facts.held.between(self.volunteer, self.volunteer)
        return tuple(zip(held.start.tolist(), held.end.tolist(), strict=True))

    @cached_property
    def hard(self) -> tuple[Verdict, ...]:
        """What each hard rule says."""
        return tuple(_verdict(entry, cast(HardRule, entry.rule), self.pair) for entry in self.book.hard)

    @cached_property
    def soft(self) -> tuple[Part, ...]:
        """What each soft rule gives."""
        return tuple(_part(entry, cast(SoftRule, entry.rule), self.pair) for entry in self.book.soft)

    def verdict(self, key: str) -> Verdict:
        """What one hard rule says; KeyError when the book has none of that key."""
        entries = {entry.key: entry for entry in self.book.hard}
        return _verdict(entries[key], cast(HardRule, entries[key].rule), self.pair)

    @property
    def eligible(self) -> bool:
        """Whether every hard rule allows."""
        return all(verdict.allowed for verdict in self.hard)

    @property
    def refused_by(self) -> tuple[Verdict, ...]:
        """The hard rules that refuse."""
        return tuple(verdict for verdict in self.hard if not verdict.allowed)

    @property
    def may_be_chosen(self) -> bool:
        """Whether a coordinator may choose the pair: nothing refuses that may not be overruled."""
        return all(verdict.overrulable for verdict in self.refused_by)

    @property
    def points(self) -> int:
        """All points together."""
        return sum(part.points for part in self.soft)

    @property
    def most(self) -> int:
        """The most points that anyone could have."""
        return sum(part.most for part in self.soft)

    def lines(self, lang: Lang, name: Namer = by_key) -> tuple[str, ...]:
        """The whole explanation as sentences."""
        words = HEADINGS[lang]
        lines = [words["eligible" if self.eligible else "refused"]]
        for verdict in self.hard:
            if verdict.asked or not verdict.allowed:
                lines.append(f"{words['for' if verdict.allowed else 'against']}: {sentence(verdict.why, lang, name)}")
            if verdict.remedy:
                lines.append(f"  {sentence(verdict.remedy, lang, name)}")
        lines.append(words["points"].format(points=self.points, most=self.most))
        lines += [f"{part.points}/{part.most}: {sentence(part.why, lang, name)}" for part in self.soft]
        return tuple(lines)


HEADINGS: Mapping[Lang, Mapping[str, str]] = {
    "nb": {
        "eligible": "Den frivillige kan foreslås for dette behovet.",
        "refused": "Den frivillige kan ikke foreslås for dette behovet.",
        "for": "Taler for", "against": "Taler mot", "points": "Poeng: {points} av {most}.",
    },
    "nn": {
        "eligible": "Den frivillige kan bli foreslått for dette behovet.",
        "refused": "Den frivillige kan ikkje bli foreslått for dette behovet.",
        "for": "Talar for", "against": "Talar mot", "points": "Poeng: {points} av {most}.",
    },
    "en": {
        "eligible": "The volunteer can be proposed for this need.",
        "refused": "The volunteer cannot be proposed for this need.",
        "for": "For", "against": "Against", "points": "Points: {points} of {most}.",
    },
}  # fmt: skip


def explain(facts: Facts, book: RuleBook, *, need: int, volunteer: int, now: datetime) -> Explanation:
    """All that the book says of one pair; KeyError when either is not among the facts."""
    pair = Pairs.of_one(facts, Today.of(now, facts), need=need, volunteer=volunteer)
    return Explanation(need=need, volunteer=volunteer, pair=pair, book=book)


def _verdict(entry: Entry, rule: HardRule, pair: Pairs) -> Verdict:
    in_scope = not entry.scope.limited or bool(entry.scope.covers(pair.facts, pair.need)[0])
    allowed = not in_scope or bool(rule.allows(pair)[0])
    curable = not allowed and bool(np.broadcast_to(rule.changeable(pair), 1)[0])
    return Verdict(
        key=entry.key,
        label=rule.label,
        allowed=allowed,
        asked=in_scope and rule.asks(pair),
        in_scope=in_scope,
        overrulable=rule.overrulable,
        who=rule.who,
        says=Said(rule.says, rule.own_numbers()),
        why=rule.fits_said(pair) if allowed else rule.why(pair),
        remedy=rule.remedy_said(pair) if curable else None,
    )


def _part(entry: Entry, rule: SoftRule, pair: Pairs) -> Part:
    in_scope = not entry.scope.limited or bool(entry.scope.covers(pair.facts, pair.need)[0])
    return Part(
        key=entry.key,
        label=rule.label,
        points=rule.given(pair) if in_scope else 0,
        most=rule.weight if in_scope else 0,
        says=Said(rule.says, rule.own_numbers()),
        why=rule.why(pair),
        speaks_for=rule.speaks_for(pair) if in_scope else None,
        speaks_against=rule.speaks_against(pair) if in_scope else None,
    )


def _state(pair: Pairs, option: int, rules: Sequence[MeetingRule]) -> State:
    if not pair.fit.free[option, 0]:
        return "not_free"
    for rule in rules:
        if (rule.blocking(pair) & (pair.fit.near.option == option)).any():
            return rule.state
    return "free"
