"""Asking the engine: who could meet this need, where is this volunteer needed, and why or why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

import matching
from matching import Explanation, Facts, NearMiss, Ranking, RuleBook
from matching.explain import Part, Verdict
from matching.rule import Lang, Said
from matching.rulebook import read
from matching.words import Namer, by_key
from samskap.integrations.places import municipality
from samskap.models import Municipality, Need, Proposal, RuleBookVersion, WordKind
from samskap.models.session import TenantSession
from samskap.services import facts, kinds
from samskap.services.facts import Held
from samskap.services.vocabulary import inside
from samskap.text import LOCALES, Locale, Text
from samskap.workflows.proposal import ProposalState

Speaker = Callable[[Said], str]
"""From what a rule says to the sentence that is shown."""

VOCABULARIES = {
    "skill": WordKind.RESOURCE, "interest": WordKind.INTEREST, "language": WordKind.LANGUAGE,
    "experience": WordKind.EXPERIENCE,
}  # fmt: skip
DECIDED = (ProposalState.APPROVED, ProposalState.SET_ASIDE)
GONE = Text(
    nb="Personen er ikke lenger med, eller behovet er ikke åpent lenger. Ingen ble spurt.",
    nn="Personen er ikkje lenger med, eller behovet er ikkje ope lenger. Ingen blei spurd.",
    en="The person is no longer here, or the need is no longer open. Nobody was asked.",
)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One pair, read and judged anew at the step that saves."""

    allowed: bool
    refusals: tuple[Text, ...]
    """Why not: one sentence for each hard rule that refuses."""
    may_be_chosen: bool
    """Nothing refuses that may not be overruled; then a reason must be given where `allowed` is False."""
    rank: int | None
    points: int
    explanation: dict[str, Any]
    fingerprint: str
    options: tuple[int, ...]
    """The wanted times that fit."""
    best: bool
    """The engine's first choice among those not decided upon."""

    def option(self, wished: int | None) -> int | None:
        """The wished time if it fits, else the first that does; None where no time is asked."""
        return wished if wished in self.options else next(iter(self.options), None)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A need's ranking, without those who have been asked or set aside."""

    ranking: Ranking
    held: Held
    book: RuleBook
    decided: Mapping[int, ProposalState]
    """Who has been asked or set aside, by volunteer."""

    @property
    def left_out(self) -> Collection[int]:
        """Those who are no candidates any more."""
        return self.decided.keys()

    @property
    def has_set_aside(self) -> bool:
        """Whether anybody was set aside."""
        return ProposalState.SET_ASIDE in self.decided.values()

    @property
    def most(self) -> int:
        """The most points that anyone could have."""
        return sum(getattr(entry.rule, "weight", 0) for entry in self.book.soft)

    def knows(self, volunteer_id: int) -> bool:
        """Whether somebody takes part now, so that the rules have something to say."""
        return volunteer_id in self.ranking.ids

    def in_order(self) -> Sequence[int]:
        """Volunteer ids of those who can, the best first."""
        return [int(ident) for ident in self.ranking.eligible if int(ident) not in self.left_out]

    def near(self, *, count: int) -> Sequence[NearMiss]:
        """Those whom one changeable thing keeps out, the nearest first."""
        found = self.ranking.near_misses(count=count + len(self.left_out))
        return [one for one in found if one.id not in self.left_out][:count]


_books: dict[str, RuleBook] = {}
"""Published books by fingerprint. One that is published never changes."""


def rule_book(db: TenantSession) -> RuleBook:
    """The municipality's published book, the newest; the standard book where none is published."""
    newest = select(RuleBookVersion.id, RuleBookVersion.fingerprint).order_by(RuleBookVersion.version.desc()).limit(1)
    found = db.execute(newest).one_or_none()
    if found is None:
        return matching.STANDARD
    if found.fingerprint not in _books:
        _books[found.fingerprint] = read(db.get_one(RuleBookVersion, found.id).book, matching.RULES)
    return _books[found.fingerprint]


def desk(db: TenantSession, need: Need, *, now: datetime) -> Desk:
    """Everyone judged for a need; Missing people are simply not there. KeyError when the need is not being matched."""
    held, book = facts.current(db, now=now), rule_book(db)
    decided = select(Proposal.volunteer_id, Proposal.state).where(
        Proposal.need_id == need.id, Proposal.state.in_(DECIDED)
    )
    return Desk(
        ranking=matching.candidates(held.facts, book, need=need.id, now=now),
        held=held,
        book=book,
        decided={row.volunteer_id: row.state for row in db.execute(decided)},
    )


def explain(desk: Desk, *, need_id: int, volunteer_id: int, now: datetime) -> Explanation:
    """Every rule's verdict on one pair."""
    return matching.explain(desk.held.facts, desk.book, need=need_id, volunteer=volunteer_id, now=now)


def needs_for(db: TenantSession, volunteer_id: int, *, now: datetime) -> tuple[Held, RuleBook, Ranking]:
    """The same verdicts seen from the other end; KeyError when the volunteer is not being matched."""
    held, book = facts.current(db, now=now), rule_book(db)
    return held, book, matching.needs_for(held.facts, book, volunteer=volunteer_id, now=now)


def judge(db: TenantSession, need: Need, volunteer_id: int, *, now: datetime) -> Judgement:
    """Read one pair anew and judge it; the caller holds the locks of both."""
    pair, book = facts.of_pair(db, need.id, volunteer_id, now=now), rule_book(db)
    words = facts.words_of(db)
    try:
        found = matching.explain(pair, book, need=need.id, volunteer=volunteer_id, now=now)
    except KeyError:
        return _gone(book)
    order = desk(db, need, now=now).in_order()
    rank = order.index(volunteer_id) + 1 if volunteer_id in order else None
    return Judgement(
        allowed=found.eligible,
        refusals=tuple(in_three(verdict.why, words) for verdict in found.refused_by),
        may_be_chosen=found.may_be_chosen,
        rank=rank,
        points=found.points,
        explanation=as_kept(found, words),
        fingerprint=book.fingerprint,
        options=tuple(option.option for option in found.options if option.state == "free"),
        best=rank == 1,
    )


def _gone(book: RuleBook) -> Judgement:
    return Judgement(
        allowed=False,
        refusals=(GONE,),
        may_be_chosen=False,
        rank=None,
        points=0,
        explanation={},
        fingerprint=book.fingerprint,
        options=(),
        best=False,
    )


def as_kept(found: Explanation, words: Mapping[tuple[WordKind, str], Text]) -> dict[str, Any]:
    """An explanation as it is kept with the proposal, in three languages."""
    return {
        "points": found.points,
        "most": found.most,
        "distance_m": found.distance_m,
        "hard": [
            {"key": one.key, "allowed": one.allowed, **_labelled(one, words)} for one in found.hard if one.in_scope
        ],
        "soft": [
            {"key": one.key, "points": one.points, "most": one.most, **_labelled(one, words)} for one in found.soft
        ],
    }


def _labelled(one: Verdict | Part, words: Mapping[tuple[WordKind, str], Text]) -> dict[str, dict[str, str]]:
    return {"label": _in_all(one.label), "why": _in_all(in_three(one.why, words))}


def _in_all(text: Any) -> dict[str, str]:
    return {locale: getattr(text, locale) for locale in LOCALES}


def in_three(said: Said, words: Mapping[tuple[WordKind, str], Text]) -> Text:
    """What a rule says, in three languages, with the municipality's own words."""
    sentences = (matching.sentence(said, lang, namer(words)).replace("{", "(").replace("}", ")") for lang in LOCALES)
    return Text(*sentences)


def speaker(words: Mapping[tuple[WordKind, str], Text], locale: Locale) -> Speaker:
    """Speak one language with the municipality's own words."""
    name = namer(words)
    return lambda said: matching.sentence(said, locale, name)


def namer(words: Mapping[tuple[WordKind, str], Text]) -> Namer:
    """What the engine's terms are called on screen."""

    def name(lang: Lang, vocabulary: str, term: str) -> str:
        if vocabulary in VOCABULARIES:
            kind = VOCABULARIES[vocabulary]
            word = words.get((kind, term))
            return inside(word.say(lang), kind, lang) if word else term
        if vocabulary == "kind":
            label: str = getattr(kinds.kind(term).label, lang)
            return label.lower()
        if vocabulary == "clearance":
            return _clearance(term, lang)
        if vocabulary == "municipality" and (place := municipality(term)):
            return place.nn if lang == "nn" else place.nb
        return by_key(lang, vocabulary, term)

    return name


def _clearance(key: str, lang: Lang) -> str:
    """A requirement is called after the law that lets us ask."""
    words = {"nb": "politiattest", "nn": "politiattest", "en": "police certificate"}
    basis = key.partition(":")[2]
    return f"{words[lang]} ({kinds.legal_basis(basis).citation})" if basis else words[lang]


def nobody_can(db: TenantSession, need_id: int, *, now: datetime) -> bool:
    """Whether nobody can meet a need as it stands in this transaction; False where it is not being matched."""
    neighbours = db.scalars(select(Municipality.neighbours).where(Municipality.id == db.municipality_id)).one()
    found = facts.current(db, now=now).facts.replaced(
        needs=facts.needs_as_facts(db, neighbours=neighbours, only=[need_id])
    )
    return need_id in _ids(found) and not len(matching.candidates(found, rule_book(db), need=need_id, now=now))


def without_candidates(db: TenantSession, need_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Which of these open needs nobody can meet as things stand."""
    if not need_ids:
        return frozenset()
    held, book = facts.current(db, now=now), rule_book(db)
    known = _ids(held.facts) & set(need_ids)
    return frozenset(ident for ident in known if not len(matching.candidates(held.facts, book, need=ident, now=now)))


def _ids(found: Facts) -> frozenset[int]:
    return frozenset(int(ident) for ident in found.needs.id)
