"""Made-up volunteers and needs that often nearly fit: few terms, few hours, few places."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from matching import Dated, Hold, NeedFacts, Place, VolunteerFacts, Week, Weekly
from matching.records import TRAVEL
from tests.matching.pair import TODAY

SKILLS = ("drives", "cooks", "sings")
INTERESTS = ("fishing", "knitting", "football", "chess")
LANGUAGES = ("nb", "en")
EXPERIENCE = ("grief", "carer")
CLEARANCES = ("police-care", "course")
MUNICIPALITIES = ("3440", "3405", "3441")
GENDERS = ("f", "m", None)
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


def some(terms: tuple[Any, ...]) -> st.SearchStrategy[frozenset[Any]]:
    """Any of the terms."""
    return st.frozensets(st.sampled_from(terms))


places = st.builds(Place, st.floats(61.1, 61.4), st.floats(10.2, 10.6))
days = st.integers(-400, 0).map(lambda back: TODAY + timedelta(days=back))
births = st.dates(date(1935, 1, 1), date(2010, 12, 31))
starts = st.integers(16, 26).map(lambda half: half * 30)
weekly = st.builds(
    lambda day, start, length: Weekly(day * 1440 + start, day * 1440 + start + length),
    st.integers(0, 1),
    starts,
    st.sampled_from((30, 60, 45)),
)
dated = st.builds(
    lambda day, start, length: Dated(
        MONDAY + timedelta(days=day, minutes=start - 60), MONDAY + timedelta(days=day, minutes=start - 60 + length)
    ),
    st.sampled_from((0, 1, 7)),
    starts,
    st.sampled_from((30, 60)),
)
windows = st.one_of(weekly, weekly, dated)
spans = st.builds(
    lambda day, start, length: (day * 1440 + start, day * 1440 + start + length),
    st.integers(0, 1),
    starts,
    st.sampled_from((60, 120, 240)),
)
weeks = st.lists(spans, max_size=3).map(Week.from_spans)
minutes = st.lists(spans, max_size=3).map(lambda many: tuple((start, end - 10) for start, end in many))
holds = st.lists(st.builds(Hold, windows, st.none() | places), max_size=2).map(tuple)
absences = st.builds(
    lambda first, length: (first, first + timedelta(days=length)),
    st.dates(date(2026, 11, 29), date(2026, 12, 9)),
    st.integers(0, 3),
)

volunteers = st.builds(
    VolunteerFacts,
    id=st.integers(0, 9),
    human=st.integers(1, 5),
    municipality=st.sampled_from(MUNICIPALITIES),
    reach_m=st.integers(0, 40_000),
    capacity=st.integers(0, 2),
    active=st.sampled_from((True, True, True, False)),
    paused=st.sampled_from((False, False, False, True)),
    ready=st.booleans(),
    place=st.none() | places,
    travel=st.sampled_from(TRAVEL),
    running=st.integers(0, 5),
    minutes_left=st.none() | st.integers(0, 120),
    available=weeks | minutes,
    preferred=weeks,
    away=st.lists(absences, max_size=1).map(tuple),
    holds=holds,
    skills=some(SKILLS),
    wants=some(SKILLS),
    interests=some(INTERESTS),
    languages=st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 3)),
    experience=some(EXPERIENCE),
    experience_shared=st.booleans(),
    clearances=some(CLEARANCES),
    gender=st.sampled_from(GENDERS),
    meets=st.sampled_from((None, None, "f", "m")),
    birth_date=st.none() | births,
    kinds_declined=some(("visit", "dog")),
    modes_declined=some(("phone", "home")),
    blocks=st.frozensets(st.integers(1, 5), max_size=1),
    meet_again=st.frozensets(st.integers(1, 5), max_size=2),
    ended_badly=st.frozensets(st.integers(1, 5), max_size=1),
    needs_declined=st.frozensets(st.integers(0, 9), max_size=3),
    open_offers=st.integers(0, 3),
    asked=st.lists(days, max_size=5).map(tuple),
    idle_since=st.none() | days,
    never_asked=st.booleans(),
)
needs = st.builds(
    NeedFacts,
    id=st.integers(0, 9),
    human=st.integers(0, 5),
    municipality=st.sampled_from(MUNICIPALITIES),
    kind=st.sampled_from(("visit", "dog", "walk")),
    sector=st.sampled_from(("care", "culture")),
    mode=st.sampled_from(("home", "outdoors", "phone")),
    one_to_one=st.booleans(),
    neighbours=some(MUNICIPALITIES),
    place=st.none() | places,
    skills_required=some(SKILLS),
    skills_preferred=some(SKILLS),
    interests=some(INTERESTS),
    gives=some(SKILLS),
    wants=some(SKILLS),
    languages=st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 3)),
    experience=some(EXPERIENCE),
    experience_shared=st.booleans(),
    clearances=some(CLEARANCES),
    gender_wish=st.sampled_from((None, None, "f")),
    recipient_gender=st.sampled_from(GENDERS),
    age_min=st.none() | st.integers(18, 60),
    age_max=st.none() | st.integers(18, 90),
    times=st.sampled_from(("none", "any", "all")),
    windows=st.lists(windows, max_size=3).map(tuple),
    minutes_per_week=st.integers(0, 120),
    consent=st.booleans(),
    owner=st.integers(0, 5),
    blocks=st.frozensets(st.integers(1, 5), max_size=1),
    meet_again=st.frozensets(st.integers(1, 5), max_size=2),
)


def towns(
    volunteers_most: int = 8, needs_most: int = 4
) -> st.SearchStrategy[tuple[list[VolunteerFacts], list[NeedFacts]]]:
    """A few of each, no two with one id."""
    return st.tuples(
        st.lists(volunteers, min_size=1, max_size=volunteers_most, unique_by=lambda each: each.id),
        st.lists(needs, min_size=1, max_size=needs_most, unique_by=lambda each: each.id),
    )
