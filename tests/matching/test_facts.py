"""Columns: what goes in comes out, they grow, they change cheaply, and they are small."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from bench._town import NOW as TOWN_NOW
from bench._town import town
from matching import STANDARD, Facts, VolunteerFacts, Week, candidates, needs_for
from matching.facts import Needs, Volunteers
from tests.matching.pair import NOW, need, refusals, volunteer


def _many_terms(count: int) -> frozenset[str]:
    return frozenset(f"skill-{number:03d}" for number in range(count))


@pytest.mark.parametrize("count", [7, 8, 9, 16, 17, 33, 64, 65, 129, 300])
def test_a_vocabulary_may_have_any_number_of_terms(count: int) -> None:
    every, last = _many_terms(count), frozenset({f"skill-{count - 1:03d}"})
    assert refusals(volunteer(skills=every), need(skills_required=every)) == ()
    assert refusals(volunteer(skills=every - last), need(skills_required=every)) == ("required_skills",)
    facts = Facts.of([volunteer(skills=every - last)], [need(skills_required=last)])
    assert facts.words.skill.terms_in(facts.volunteers.skills) == tuple(sorted(every - last))


def test_a_vocabulary_that_grows_past_a_word_keeps_what_was_known() -> None:
    facts = Facts.of(
        [volunteer(id=1), volunteer(id=2, skills=frozenset({"cooks"}), wants=frozenset({"cooks"}))], [need()]
    )
    grown = facts.replaced(volunteers=[volunteer(id=3, skills=_many_terms(100))], needs=[need(id=43)])
    assert [grown.words.skill.terms_in(grown.volunteers.skills[:, row]) for row in range(3)] == [
        ("drives",),
        ("cooks",),
        tuple(sorted(_many_terms(100))),
    ]
    assert grown.words.skill.terms_in(grown.volunteer_wants.words[:, 0]) == ("cooks",)


def test_facts_never_change_and_share_what_stays() -> None:
    facts = Facts.of([volunteer(id=1), volunteer(id=2)], [need()])
    changed = facts.replaced(volunteers=[volunteer(id=2, paused=True)])
    assert facts.volunteers.paused.tolist() == [False, False]
    assert changed.volunteers.paused.tolist() == [False, True]
    assert changed.volunteers.week is facts.volunteers.week
    assert facts.replaced(removed_volunteers=iter([1])).volunteers.id.tolist() == [2]


def test_records_and_columns_make_the_same_facts() -> None:
    small = town(60)
    records = Facts.of(small.records(), small.needs)
    columns = small.facts()
    for name in Volunteers.columns():
        if name in columns.volunteers:
            assert columns.volunteers.read(name).tolist() == records.volunteers.read(name).tolist(), name
    for task in small.needs:
        one, other = (candidates(facts, STANDARD, need=task.id, now=TOWN_NOW) for facts in (records, columns))
        assert one.rejected() == other.rejected()
        assert one.candidates() == other.candidates()


def test_a_town_takes_less_than_150_bytes_a_volunteer() -> None:
    """Also with more skills than a word holds."""
    size = 2_000
    facts = town(size).facts()
    assert facts.nbytes / size < 150
    assert facts.replaced(needs=[need(skills_preferred=_many_terms(36))]).nbytes / size < 150


def test_rows_stand_in_the_order_of_their_ids() -> None:
    facts = Facts.of([volunteer(id=9), volunteer(id=2), volunteer(id=5)], [need()])
    assert facts.volunteers.id.tolist() == [2, 5, 9]


def test_no_volunteers_and_no_needs_are_facts_too() -> None:
    facts = Facts.of([], [need()])
    ranking = candidates(facts, STANDARD, need=42, now=NOW)
    assert len(ranking) == 0
    assert ranking.candidates() == ()
    assert ranking.near_misses() == ()
    alone = needs_for(Facts.of([volunteer()], []), STANDARD, volunteer=7, now=NOW)
    assert (alone.candidates(), alone.near_misses(), alone.rejected()) == ((), (), {})
    assert Facts.of([], []).replaced(volunteers=[volunteer()]).volunteers.id.tolist() == [7]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": -1}, r"VolunteerFacts\.id is -1; it may be 0 to 2147483647"),
        ({"id": 2**31}, r"VolunteerFacts\.id is 2147483648; it may be 0 to 2147483647"),
        ({"human": 0}, r"VolunteerFacts\.human is 0; it may be 1 to 2147483647"),
        ({"languages": {"nb": 4}}, "The level of language nb is 4; it may be 1 to 3"),
        ({"travel": "horse"}, r"VolunteerFacts\.travel is 'horse'; it may be foot, bicycle, transit or car"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_with_its_value(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=rf"^{sentence}$"):
        Facts.of([volunteer(**changes)], [need()])


def test_two_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^VolunteerFacts\.id 7 stands twice$"):
        Facts.of([volunteer(), volunteer()], [])


def test_columns_of_unequal_length_or_unknown_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^VolunteerFacts\.human has 1 values for 2 ids$"):
        Facts.of_columns(
            {"id": [1, 2], "human": [1], "municipality": ["a", "b"], "reach_m": [1, 1], "capacity": [1, 1]}, _no_needs()
        )
    with pytest.raises(ValueError, match=r"^VolunteerFacts has no field faith$"):
        Facts.of_columns(
            {"id": [], "human": [], "municipality": [], "reach_m": [], "capacity": [], "faith": []}, _no_needs()
        )
    with pytest.raises(ValueError, match=r"^VolunteerFacts\.reach_m is missing$"):
        Facts.of_columns({"id": [1], "human": [1], "municipality": ["a"], "capacity": [1]}, _no_needs())


def _no_needs() -> dict[str, list[Any]]:
    return {"id": [], "human": [], "municipality": [], "kind": []}


def test_numbers_too_large_for_a_column_widen_it() -> None:
    facts = Facts.of([volunteer(capacity=10**9, reach_m=10**12, running=900)], [need()])
    assert facts.volunteers.capacity.tolist() == [10**9]
    assert facts.volunteers.reach_m.tolist() == [10**12]
    assert facts.volunteers.running.tolist() == [900]


def test_experience_is_not_loaded_without_consent() -> None:
    facts = Facts.of([volunteer(experience=frozenset({"grief"}))], [need(experience=frozenset({"grief"}))])
    assert not facts.volunteers.experience.any()
    assert not facts.needs.experience.any()


def test_ethnicity_and_religion_are_not_facts() -> None:
    names = {each.name for each in fields(VolunteerFacts)} | set(Volunteers.columns()) | set(Needs.columns())
    assert not {name for name in names for word in ("ethnic", "relig", "faith", "race", "origin") if word in name}


def test_the_free_time_comes_out_as_it_went_in() -> None:
    even, uneven = Week.from_spans([(600, 720), (9_000, 9_060)]), ((605, 660), (660, 700))
    facts = Facts.of([volunteer(id=1, available=even), volunteer(id=2, available=uneven)], [need()])
    assert facts.free_spans(1) == even.spans()
    assert facts.free_spans(2) == ((605, 700),)
