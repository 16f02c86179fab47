"""The words of volunteers and needs, by kind, as the engine takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from sqlalchemy import select

from samskap.models import NeedTerm, Term, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from samskap.services.facts.rows import Only, some


class OfVolunteer(TypedDict):
    """The words in VolunteerFacts."""

    skills: frozenset[str]
    wants: frozenset[str]
    interests: frozenset[str]
    languages: dict[str, int]
    experience: frozenset[str]


class OfNeed(TypedDict):
    """The words in NeedFacts."""

    skills_required: frozenset[str]
    skills_preferred: frozenset[str]
    interests: frozenset[str]
    languages: dict[str, int]
    experience: frozenset[str]


@dataclass
class Words:
    """The words of one volunteer or need, by kind."""

    skills: set[str] = field(default_factory=set)
    preferred: set[str] = field(default_factory=set)
    wants: set[str] = field(default_factory=set)
    interests: set[str] = field(default_factory=set)
    experience: set[str] = field(default_factory=set)
    languages: dict[str, int] = field(default_factory=dict)

    def of_volunteer(self) -> OfVolunteer:
        """As VolunteerFacts takes them."""
        return {
            "skills": frozenset(self.skills),
            "wants": frozenset(self.wants),
            "interests": frozenset(self.interests),
            "languages": self.languages,
            "experience": frozenset(self.experience),
        }

    def of_need(self, recipient: Words) -> OfNeed:
        """As NeedFacts takes them; what a registered recipient likes and has lived through counts as well."""
        return {
            "skills_required": frozenset(self.skills),
            "skills_preferred": frozenset(self.preferred),
            "interests": frozenset(self.interests | recipient.interests),
            "languages": self.languages,
            "experience": frozenset(self.experience | recipient.experience),
        }


def of_volunteers(db: TenantSession, only: Only) -> Mapping[int, Words]:
    """What each person can, would like to, likes, speaks and has lived through; one statement."""
    query = select(VolunteerTerm.volunteer_id, Term.kind, Term.key, VolunteerTerm.level, VolunteerTerm.wish)
    rows = db.execute(some(query.join(Term, Term.id == VolunteerTerm.term_id), VolunteerTerm.volunteer_id, only))
    return _collected(rows, aside="wants")


def of_needs(db: TenantSession, only: Only) -> Mapping[int, Words]:
    """What each need requires and wishes for; one statement."""
    query = select(NeedTerm.need_id, Term.kind, Term.key, NeedTerm.level, ~NeedTerm.required)
    rows = db.execute(some(query.join(Term, Term.id == NeedTerm.term_id), NeedTerm.need_id, only))
    return _collected(rows, aside="preferred")


def _collected(rows: Iterable[Any], *, aside: str) -> Mapping[int, Words]:
    """Words by owner; resources that are only wished for go to the set named by `aside`."""
    found: dict[int, Words] = defaultdict(Words)
    for owner, kind, key, level, only_wished in rows:
        words = found[owner]
        if kind is WordKind.LANGUAGE:
            words.languages[key] = max(level, 1)
        elif kind is WordKind.RESOURCE:
            (getattr(words, aside) if only_wished else words.skills).add(key)
        else:
            (words.interests if kind is WordKind.INTEREST else words.experience).add(key)
    return found
