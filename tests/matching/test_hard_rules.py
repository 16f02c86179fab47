"""A table of cases per hard rule of the standard book, in words. The pair that each case starts from fits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from matching import STANDARD, Dated, Hold, Place, Week, Weekly
from tests.matching.pair import LILLEHAMMER, OYER, TRETTEN, TUESDAY_AT_TEN, need, refusals, volunteer

Case = tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]
TUESDAY = 1440
FRIDAY_EVENING = Dated(datetime(2026, 12, 4, 17, tzinfo=UTC), datetime(2026, 12, 4, 18, tzinfo=UTC))
FRIDAY_FREE = Week.from_spans([(4 * 1440 + 18 * 60, 4 * 1440 + 19 * 60)])
"""17–18 UTC is 18–19 on the wall clock in December."""


def _at(start: int, end: int) -> Weekly:
    return Weekly(TUESDAY + start, TUESDAY + end)


CASES: dict[str, list[Case]] = {
    "active": [
        ("someone who takes part", {}, {}, ()),
        ("someone on a break", {"paused": True}, {}, ("active",)),
        ("someone who has left", {"active": False}, {}, ("active",)),
    ],
    "capacity": [
        ("one place left", {"capacity": 1}, {}, ()),
        ("no place left", {"capacity": 0}, {}, ("capacity",)),
        ("one too many already", {"capacity": -1}, {}, ("capacity",)),
    ],
    "weekly_time": [
        ("no limit given", {"minutes_left": None}, {"minutes_per_week": 600}, ()),
        ("exactly enough", {"minutes_left": 90}, {"minutes_per_week": 90}, ()),
        ("a minute too little", {"minutes_left": 89}, {"minutes_per_week": 90}, ("weekly_time",)),
        ("nothing left, nothing asked", {"minutes_left": 0}, {"minutes_per_week": 0}, ()),
    ],
    "not_same_person": [
        ("another human being", {"human": 98}, {}, ()),
        ("the recipient in person", {"human": 99}, {}, ("not_same_person",)),
        ("a group has no recipient", {"human": 99}, {"human": 0}, ()),
    ],
    "not_blocked": [
        ("blocks of others do not matter", {"blocks": frozenset({1, 2})}, {"blocks": frozenset({3})}, ()),
        ("the volunteer will not", {"blocks": frozenset({99})}, {}, ("not_blocked",)),
        ("the recipient will not", {}, {"blocks": frozenset({7})}, ("not_blocked",)),
        ("neither will", {"blocks": frozenset({99})}, {"blocks": frozenset({7})}, ("not_blocked",)),
    ],
    "not_ended_badly": [
        ("with someone else", {"ended_badly": frozenset({98})}, {}, ()),
        ("with this recipient", {"ended_badly": frozenset({99})}, {}, ("not_ended_badly",)),
    ],
    "not_own_case": [
        ("another's case", {}, {"owner": 8}, ()),
        ("nobody's case", {}, {"owner": 0}, ()),
        ("one's own case", {}, {"owner": 7}, ("not_own_case",)),
    ],
    "area": [
        ("the same municipality", {}, {}, ()),
        ("a neighbour that is agreed", {"municipality": "3405"}, {"neighbours": frozenset({"3405", "3441"})}, ()),
        ("a neighbour that is not", {"municipality": "3405"}, {"neighbours": frozenset({"3441"})}, ("area",)),
    ],
    "reach": [
        ("eight kilometres of fifteen", {}, {}, ()),
        ("eight kilometres of five", {"reach_m": 5_000}, {}, ("reach",)),
        ("to the metre", {"reach_m": 7_938}, {}, ()),
        ("a metre short", {"reach_m": 7_937}, {}, ("reach",)),
        ("by phone nobody travels", {"reach_m": 0}, {"mode": "phone"}, ()),
        ("online nobody travels", {"reach_m": 0, "place": None}, {"mode": "online"}, ()),
        ("unknown in one municipality", {"place": None}, {}, ()),
        ("unknown on the other side", {"reach_m": 0}, {"place": None}, ()),
        (
            "unknown across a border",
            {"place": None, "municipality": "3405"},
            {"neighbours": frozenset({"3405"})},
            ("reach",),
        ),
        ("known across a border", {"municipality": "3405"}, {"neighbours": frozenset({"3405"})}, ()),
        ("farther than the municipality asks", {"reach_m": 900_000, "place": Place(59.91, 10.75)}, {}, ("reach",)),
    ],
    "required_skills": [
        ("what is required", {}, {"skills_required": frozenset({"drives"})}, ()),
        ("one of two", {}, {"skills_required": frozenset({"drives", "cooks"})}, ("required_skills",)),
        ("more than is required", {"skills": frozenset({"drives", "cooks"})}, {"skills_required": frozenset({"cooks"})},
         ()),
    ],
    "language": [
        ("none asked", {"languages": {}}, {"languages": {}}, ()),
        ("the level asked", {"languages": {"nb": 2}}, {"languages": {"nb": 2}}, ()),
        ("a level below", {"languages": {"nb": 1}}, {"languages": {"nb": 2}}, ("language",)),
        ("one of two is enough", {"languages": {"uk": 3}}, {"languages": {"nb": 3, "uk": 2}}, ()),
        ("another language", {"languages": {"pl": 3}}, {"languages": {"nb": 1}}, ("language",)),
    ],
    "cleared": [
        ("shown", {"clearances": frozenset({"police-care"})}, {"clearances": frozenset({"police-care"})}, ()),
        ("not yet shown", {}, {"clearances": frozenset({"police-care"})}, ("cleared",)),
        ("shown for another role", {"clearances": frozenset({"police-school"})},
         {"clearances": frozenset({"police-care"})}, ("cleared",)),
        ("shown though nobody asks", {"clearances": frozenset({"police-care"})}, {}, ()),
    ],
    "ready": [
        ("registered, one to one at home", {"ready": False}, {}, ("ready",)),
        ("registered, one to one outdoors", {"ready": False}, {"mode": "outdoors"}, ()),
        ("registered, a group at home", {"ready": False}, {"one_to_one": False}, ()),
        (
            "registered, where the law asks something",
            {"ready": False, "clearances": frozenset({"course"})},
            {"mode": "outdoors", "clearances": frozenset({"course"})},
            ("ready",),
        ),
    ],
    "old_enough": [
        ("18 today", {"birth_date": date(2008, 11, 23)}, {}, ()),
        ("18 tomorrow", {"birth_date": date(2008, 11, 24)}, {}, ("old_enough",)),
        ("unknown, as the sign-up asks", {"birth_date": None}, {}, ()),
    ],
    "age": [
        ("46 of at least 46", {}, {"age_min": 46}, ()),
        ("46 of at least 47", {}, {"age_min": 47}, ("age",)),
        ("46 of at most 46", {}, {"age_max": 46}, ()),
        ("46 of at most 45", {}, {"age_max": 45}, ("age",)),
        ("unknown where there is a limit", {"birth_date": None}, {"age_min": 1}, ("age",)),
        ("unknown where there is none", {"birth_date": None}, {}, ()),
    ],
    "recipients_wish": [
        ("as wished", {"gender": "f"}, {"gender_wish": "f"}, ()),
        ("not as wished", {"gender": "m"}, {"gender_wish": "f"}, ("recipients_wish",)),
        ("unknown", {"gender": None}, {"gender_wish": "f"}, ("recipients_wish",)),
        ("no wish", {"gender": None}, {"gender_wish": None}, ()),
    ],
    "volunteers_wish": [
        ("as wished", {"meets": "m"}, {"recipient_gender": "m"}, ()),
        ("not as wished", {"meets": "f"}, {"recipient_gender": "m"}, ("volunteers_wish",)),
        ("unknown", {"meets": "f"}, {"recipient_gender": None}, ("volunteers_wish",)),
        ("no wish", {"meets": None}, {"recipient_gender": None}, ()),
    ],
    "kind_welcome": [
        ("no to another kind", {"kinds_declined": frozenset({"dog"})}, {}, ()),
        ("no to this kind", {"kinds_declined": frozenset({"visit", "dog"})}, {}, ("kind_welcome",)),
        ("no to visits at home", {"modes_declined": frozenset({"home"})}, {}, ("kind_welcome",)),
        ("no to the phone, and this is at home", {"modes_declined": frozenset({"phone"})}, {}, ()),
    ],
    "time": [
        ("inside the free time", {}, {}, ()),
        ("exactly the free time", {"available": Week.from_spans([(TUESDAY + 600, TUESDAY + 660)])}, {}, ()),
        ("half an hour short", {"available": Week.from_spans([(TUESDAY + 630, TUESDAY + 720)])}, {}, ("time",)),
        ("two free spans that touch", {"available": ((TUESDAY + 600, TUESDAY + 630), (TUESDAY + 630, TUESDAY + 660))},
         {}, ()),
        ("a minute short", {"available": ((TUESDAY + 600, TUESDAY + 659),)}, {}, ("time",)),
        ("minutes that fit", {"available": ((TUESDAY + 605, TUESDAY + 655),)}, {"windows": (_at(605, 655),)}, ()),
        ("minutes that do not", {"available": ((TUESDAY + 605, TUESDAY + 655),)}, {"windows": (_at(604, 655),)},
         ("time",)),
        ("one of two", {}, {"windows": (Weekly(0, 60), TUESDAY_AT_TEN)}, ()),
        ("both of two", {}, {"times": "all", "windows": (Weekly(0, 60), TUESDAY_AT_TEN)}, ("time",)),
        ("agreed later", {"available": Week()}, {"times": "none"}, ()),
        ("any, but none is given", {"available": Week()}, {"windows": ()}, ()),
        ("a dated session on the wall clock", {"available": FRIDAY_FREE}, {"windows": (FRIDAY_EVENING,)}, ()),
        (
            "away that day",
            {"available": FRIDAY_FREE, "away": ((date(2026, 12, 4), date(2026, 12, 4)),)},
            {"windows": (FRIDAY_EVENING,)},
            ("time",),
        ),
        (
            "away the day before",
            {"available": FRIDAY_FREE, "away": ((date(2026, 12, 1), date(2026, 12, 3)),)},
            {"windows": (FRIDAY_EVENING,)},
            (),
        ),
        ("away does not touch what is weekly", {"away": ((date(2026, 11, 1), date(2027, 11, 1)),)}, {}, ()),
    ],
    "no_clash": [
        ("at another time", {"holds": (Hold(_at(700, 720)),)}, {}, ()),
        ("at the same time", {"holds": (Hold(TUESDAY_AT_TEN),)}, {}, ("no_clash",)),
        ("overlaps by a minute", {"holds": (Hold(_at(540, 601)),)}, {}, ("no_clash",)),
        ("touches before", {"holds": (Hold(_at(540, 600)),)}, {}, ()),
        ("touches after", {"holds": (Hold(_at(660, 700)),)}, {}, ()),
        (
            "the other alternative is free",
            {"available": Week.from_spans([(0, 60), (TUESDAY + 600, TUESDAY + 660)]), "holds": (Hold(TUESDAY_AT_TEN),)},
            {"windows": (TUESDAY_AT_TEN, Weekly(0, 60))},
            (),
        ),
        (
            "the other alternative is not free",
            {"holds": (Hold(TUESDAY_AT_TEN),)},
            {"windows": (TUESDAY_AT_TEN, Weekly(0, 60))},
            ("no_clash",),
        ),
        (
            "a dated meeting at the hour of a weekly task",
            {"holds": (Hold(Dated(datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC))),)},
            {},
            ("no_clash",),
        ),
        (
            "two dated meetings at one hour, a week apart",
            {
                "available": FRIDAY_FREE,
                "holds": (Hold(Dated(datetime(2026, 12, 11, 17, tzinfo=UTC), datetime(2026, 12, 11, 18, tzinfo=UTC))),),
            },
            {"windows": (FRIDAY_EVENING,)},
            (),
        ),
        ("the same dated meeting", {"available": FRIDAY_FREE, "holds": (Hold(FRIDAY_EVENING),)},
         {"windows": (FRIDAY_EVENING,)}, ("no_clash",)),
    ],
    "travel_time": [
        ("an hour from Lillehammer by car", {"holds": (Hold(_at(500, 540), LILLEHAMMER),)}, {}, ()),
        ("half an hour from Lillehammer by car", {"holds": (Hold(_at(540, 570), LILLEHAMMER),)}, {}, ("travel_time",)),
        ("an hour from Lillehammer on foot", {"travel": "foot", "holds": (Hold(_at(500, 540), LILLEHAMMER),)}, {},
         ("travel_time",)),
        ("touching in the same place", {"holds": (Hold(_at(540, 600), OYER),)}, {}, ()),
        ("touching where the place is unknown", {"holds": (Hold(_at(540, 600)),)}, {}, ()),
        ("on the phone nobody travels", {"holds": (Hold(_at(540, 600), LILLEHAMMER),)}, {"mode": "phone"}, ()),
        ("too soon after", {"holds": (Hold(_at(670, 720), LILLEHAMMER),)}, {}, ("travel_time",)),
        (
            "over Sunday midnight",
            {"available": Week.from_spans([(0, 60)]), "holds": (Hold(Weekly(10_020, 10_080), LILLEHAMMER),)},
            {"windows": (Weekly(0, 60),)},
            ("travel_time",),
        ),
    ],
    "open_offers": [
        ("one to answer", {"open_offers": 1}, {}, ()),
        ("two to answer", {"open_offers": 2}, {}, ("open_offers",)),
    ],
    "not_asked_too_often": [
        ("twice this month", {"asked": (date(2026, 11, 20), date(2026, 11, 22))}, {}, ()),
        ("three times this month", {"asked": (date(2026, 11, 1), date(2026, 11, 20), date(2026, 11, 22))}, {},
         ("not_asked_too_often",)),
        ("three times, the first 30 days ago",
         {"asked": (date(2026, 10, 24), date(2026, 11, 20), date(2026, 11, 22))}, {}, ()),
        ("five times, in any order", {"asked": tuple(date(2026, 11, day) for day in (3, 20, 9, 1, 15))}, {},
         ("not_asked_too_often",)),
    ],
    "consent": [
        ("on file", {}, {"consent": True}, ()),
        ("not on file", {}, {"consent": False}, ("consent",)),
        ("a group needs none", {}, {"consent": False, "human": 0}, ()),
    ],
    "not_declined": [
        ("no to another need", {"needs_declined": frozenset({41, 43})}, {}, ()),
        ("no to this need", {"needs_declined": frozenset({42})}, {}, ("not_declined",)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "what", "refused"),
    [pytest.param(*case, id=f"{rule}: {words}") for rule, cases in CASES.items() for words, *case in cases],
)
def test_a_hard_rule_refuses_exactly_whom_it_should(
    who: dict[str, Any], what: dict[str, Any], refused: tuple[str, ...]
) -> None:
    assert refusals(volunteer(**who), need(**what)) == refused


def test_every_hard_rule_has_a_case_where_it_alone_refuses() -> None:
    alone = {rule for rule, cases in CASES.items() for *_, refused in cases if refused == (rule,)}
    assert alone == set(STANDARD.hard_keys)


def test_all_that_speaks_against_is_told_not_only_the_first() -> None:
    who = volunteer(paused=True, capacity=0, place=LILLEHAMMER, reach_m=1_000, languages={}, open_offers=9)
    assert refusals(who, need()) == ("active", "capacity", "reach", "language", "open_offers")


def test_want_of_time_is_not_blamed_twice() -> None:
    """The window that is free has a meeting; the one that has none is not free. One rule refuses."""
    who = volunteer(holds=(Hold(Weekly(0, 60), TRETTEN),), available=Week.from_spans([(0, 60)]))
    assert refusals(who, need(windows=(Weekly(0, 60), TUESDAY_AT_TEN))) == ("no_clash",)


def test_one_born_on_29_february_is_older_on_1_march() -> None:
    leapling = volunteer(birth_date=date(2008, 2, 29))
    assert refusals(leapling, need(), now=datetime(2026, 2, 28, 12, tzinfo=UTC)) == ("old_enough",)
    assert refusals(leapling, need(), now=datetime(2026, 3, 1, 12, tzinfo=UTC)) == ()


def test_today_is_the_local_date() -> None:
    """23:30 UTC on the eve is already the birthday in Norway."""
    assert (
        refusals(volunteer(birth_date=date(2008, 11, 24)), need(), now=datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == ()
    )
