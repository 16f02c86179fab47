"""One volunteer and one need that fit, from which each test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from matching import STANDARD, Facts, NeedFacts, Place, RuleBook, VolunteerFacts, Week, Weekly, judged

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TUESDAY_AT_TEN = Weekly(1440 + 600, 1440 + 660)
TRETTEN = Place(61.3136, 10.3036)
OYER = Place(61.2656, 10.4130)
LILLEHAMMER = Place(61.1153, 10.4662)

VOLUNTEER = VolunteerFacts(
    id=7,
    human=7,
    municipality="3440",
    reach_m=15_000,
    capacity=1,
    ready=True,
    place=TRETTEN,
    available=Week.from_spans([(1440 + 540, 1440 + 720)]),
    skills=frozenset({"drives"}),
    languages={"nb": 3},
    birth_date=date(1980, 6, 15),
    idle_since=date(2026, 10, 1),
)
NEED = NeedFacts(
    id=42,
    human=99,
    municipality="3440",
    kind="visit",
    sector="care",
    place=OYER,
    languages={"nb": 2},
    times="any",
    windows=(TUESDAY_AT_TEN,),
    consent=True,
)


def volunteer(**changes: Any) -> VolunteerFacts:
    """The volunteer, changed."""
    return replace(VOLUNTEER, **changes)


def need(**changes: Any) -> NeedFacts:
    """The need, changed."""
    return replace(NEED, **changes)


def refusals(
    who: VolunteerFacts, what: NeedFacts, book: RuleBook = STANDARD, *, now: datetime = NOW
) -> tuple[str, ...]:
    """The rules that refuse the pair."""
    facts = Facts.of([who], [what], degrees=True)
    return judged(facts, book, need=what.id, volunteer=who.id, now=now).refused_by(who.id)


def parts(who: VolunteerFacts, what: NeedFacts, book: RuleBook = STANDARD, *, now: datetime = NOW) -> dict[str, int]:
    """The points of an eligible pair, by rule."""
    facts = Facts.of([who], [what], degrees=True)
    (candidate,) = judged(facts, book, need=what.id, volunteer=who.id, now=now).candidates()
    return candidate.parts
