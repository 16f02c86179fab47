"""Who stands where, and who almost does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matching import (
    STANDARD,
    Entry,
    Facts,
    Hold,
    NearMiss,
    Place,
    VolunteerFacts,
    Week,
    candidates,
    explain,
    judged,
    needs_for,
)
from matching.pairs import Pairs, Today
from matching.rule import HardRule
from matching.rules.turn import LongestIdle
from tests.matching import strategies as some
from tests.matching.pair import NOW, OYER, TUESDAY_AT_TEN, need, volunteer


def _town(*changes: dict[str, Any]) -> Facts:
    people = [volunteer(**{"id": number, "human": number, **each}) for number, each in enumerate(changes, start=1)]
    return Facts.of(people, [need()])


def test_candidates_stand_by_points_then_by_wait_then_by_id() -> None:
    facts = _town({}, {"place": OYER}, {}, {"idle_since": date(2026, 9, 30)}, {"never_asked": True})
    ranking = candidates(facts, STANDARD, need=42, now=NOW)
    assert [each.id for each in ranking.candidates()] == [2, 5, 4, 1, 3]
    assert [each.rank for each in ranking.candidates()] == [1, 2, 3, 4, 5]
    assert ranking.eligible.tolist() == [2, 5, 4, 1, 3]
    assert [each.points for each in ranking.candidates()] == ranking.points.tolist()
    assert (ranking.rank_of(4), ranking.rank_of(99)) == (3, None)


def test_of_equal_points_the_never_asked_come_first_and_then_the_longest_idle() -> None:
    book = replace(STANDARD, entries=(Entry("longest_idle", LongestIdle(weight=0)),))
    facts = _town(
        {"idle_since": date(2026, 11, 1)},
        {"idle_since": date(2026, 1, 1)},
        {"idle_since": date(2026, 11, 22), "never_asked": True},
    )
    assert candidates(facts, book, need=42, now=NOW).eligible.tolist() == [3, 2, 1]


def test_a_page_of_candidates_is_a_slice_of_all() -> None:
    ranking = candidates(_town(*({} for _ in range(9))), STANDARD, need=42, now=NOW)
    whole = ranking.candidates()
    assert ranking.candidates(first=3, count=4) == whole[3:7]
    assert ranking.candidates(first=8, count=4) == whole[8:]
    assert ranking.candidates(first=20, count=4) == ()


def test_one_who_is_refused_has_no_place_and_all_the_reasons() -> None:
    ranking = candidates(_town({}, {"paused": True, "capacity": 0}), STANDARD, need=42, now=NOW)
    assert ranking.refused_by(2) == ("active", "capacity")
    assert ranking.refused_by(1) == ()
    assert ranking.rejected() == {2: ("active", "capacity")}
    assert ranking.rank_of(2) is None


def test_an_id_that_is_not_here_is_an_error() -> None:
    facts = _town({})
    with pytest.raises(KeyError):
        candidates(facts, STANDARD, need=41, now=NOW)
    with pytest.raises(KeyError):
        needs_for(facts, STANDARD, volunteer=2, now=NOW)
    with pytest.raises(KeyError):
        judged(facts, STANDARD, need=42, volunteer=2, now=NOW)
    with pytest.raises(KeyError):
        candidates(facts, STANDARD, need=42, now=NOW).refused_by(2)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="it must have an offset from UTC"):
        candidates(_town({}), STANDARD, need=42, now=NOW.replace(tzinfo=None))


def test_near_misses_are_those_whom_one_changeable_rule_keeps_out_nearest_first() -> None:
    facts = _town(
        {"reach_m": 7_900},
        {"reach_m": 4_000},
        {"capacity": 0},
        {"blocks": frozenset({99})},
        {"paused": True, "capacity": 0},
        {},
        {"available": Week.from_spans([(1440 + 600, 1440 + 630)])},
    )
    near = candidates(facts, STANDARD, need=42, now=NOW).near_misses()
    assert [(each.id, each.rule) for each in near] == [(1, "reach"), (3, "capacity"), (2, "reach"), (7, "time")]
    assert [each.shortfall for each in near] == [4, 250, 496, 500]
    assert all(each.points == sum(each.parts.values()) > 0 for each in near)


def test_equal_near_misses_stand_by_points_and_then_by_id() -> None:
    facts = _town({"capacity": 0}, {"capacity": 0, "never_asked": True}, {"capacity": 0})
    near = candidates(facts, STANDARD, need=42, now=NOW).near_misses(count=2)
    assert [each.id for each in near] == [2, 1]


def test_one_beyond_what_anyone_is_asked_to_travel_is_no_near_miss() -> None:
    facts = _town({"reach_m": 200_000, "place": Place(59.91, 10.75)})
    ranking = candidates(facts, STANDARD, need=42, now=NOW)
    assert ranking.refused_by(1) == ("reach",)
    assert ranking.near_misses() == ()


def test_a_rule_is_switched_off_without_judging_again() -> None:
    facts = _town({}, {"capacity": 0}, {"capacity": 0, "paused": True})
    ranking = candidates(facts, STANDARD, need=42, now=NOW)
    assert ranking.eligible_without().tolist() == [1]
    assert ranking.eligible_without("capacity").tolist() == [1, 2]
    assert ranking.eligible_without("capacity", "active").tolist() == [1, 2, 3]


def test_needs_for_a_volunteer_stand_in_order_too() -> None:
    tasks = [
        need(id=1),
        need(id=2, place=volunteer().place),
        need(id=3, age_min=90),
        need(id=4, times="none", mode="phone"),
    ]
    ranking = needs_for(Facts.of([volunteer()], tasks), STANDARD, volunteer=7, now=NOW)
    assert [each.id for each in ranking.candidates()] == [2, 1, 4]
    assert ranking.rejected() == {3: ("age",)}
    assert [(each.id, each.rule) for each in ranking.near_misses()] == [(3, "age")]


def test_some_of_the_pairs_fit_as_they_do_among_all() -> None:
    """What was worked out for everyone is not taken for what is true of a few."""
    facts = _town({}, {"available": Week()}, {"holds": (Hold(TUESDAY_AT_TEN),)})
    everyone = Pairs.with_need(facts, Today.of(NOW, facts), 42)
    assert everyone.fit.is_free.tolist() == [True, False, True]
    assert everyone.fit.near.volunteer.tolist() == [2]
    few = everyone.taken(np.array([1, 2]))
    assert few.fit.is_free.tolist() == [False, True]
    assert few.fit.near.volunteer.tolist() == [1]


def test_the_same_question_has_the_same_answer_twice() -> None:
    facts = _town({}, {"place": OYER}, {"capacity": 0}, {"holds": (Hold(TUESDAY_AT_TEN),)})
    one, other = (candidates(facts, STANDARD, need=42, now=NOW) for _ in range(2))
    assert one.candidates() == other.candidates()
    assert one.refused.tobytes() == other.refused.tobytes()
    assert one.near_misses() == other.near_misses()


@settings(deadline=None, max_examples=25)
@given(some.towns(8, 3))
def test_near_misses_are_exactly_those_that_an_explanation_says_one_can_change(
    town: tuple[list[VolunteerFacts], list[Any]],
) -> None:
    facts = Facts.of(*town)
    for task in town[1]:
        expected = {}
        for person in town[0]:
            why = explain(facts, STANDARD, need=task.id, volunteer=person.id, now=NOW)
            if len(why.refused_by) == 1 and why.refused_by[0].remedy:
                expected[person.id] = (why.refused_by[0].key, why.points)
        near = candidates(facts, STANDARD, need=task.id, now=NOW).near_misses(count=99)
        assert {each.id: (each.rule, each.points) for each in near} == expected
        assert list(near) == sorted(near, key=lambda each: (each.shortfall, -each.points, each.id))
        assert all(1 <= each.shortfall <= 1000 for each in near)
        few = candidates(facts, STANDARD, need=task.id, now=NOW).near_misses(count=2)
        assert list(few) == list(near)[:2]
        assert _near_the_other_way(facts, task.id, town[0]) == sorted(near, key=lambda each: each.id)


def _near_the_other_way(facts: Facts, task: int, people: list[VolunteerFacts]) -> list[NearMiss]:
    """The same near misses, found by asking each volunteer for needs."""
    found = []
    for person in sorted(people, key=lambda each: each.id):
        near = needs_for(facts, STANDARD, volunteer=person.id, now=NOW).near_misses(count=99)
        found += [
            NearMiss(person.id, each.rule, each.shortfall, each.points, each.parts) for each in near if each.id == task
        ]
    return found


def test_only_what_may_be_overruled_says_so() -> None:
    overrulable = {entry.key for entry in STANDARD.hard if isinstance(entry.rule, HardRule) and entry.rule.overrulable}
    assert overrulable == {"open_offers", "not_asked_too_often"}
