"""Rule books are data: read, checked with a sentence, told apart."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from matching import REFERENCE, RULES, STANDARD, BookError, Entry, Facts, RuleBook, Scope, candidates, compare, judged
from matching.rulebook import Difference, read
from matching.rules.reach import WithinReach
from matching.rules.skills import PreferredSkills
from tests.matching.pair import NOW, need, volunteer


def _book(*entries: Entry) -> RuleBook:
    return RuleBook(name="test", version=1, author="Mona", reason="a test", entries=entries)


@pytest.mark.parametrize("book", [STANDARD, REFERENCE], ids=lambda book: str(book.name))
def test_a_book_written_and_read_is_the_same_book(book: RuleBook) -> None:
    again = read(json.loads(json.dumps(book.as_data())), RULES)
    assert again == book
    assert again.fingerprint == book.fingerprint


def test_the_fingerprint_is_of_the_rules_and_their_numbers() -> None:
    assert replace(STANDARD, version=2, author="Mona", reason="none").fingerprint == STANDARD.fingerprint
    entries = tuple(
        Entry("reach", WithinReach(max_km=61)) if each.key == "reach" else each for each in STANDARD.entries
    )
    assert replace(STANDARD, entries=entries).fingerprint != STANDARD.fingerprint
    assert len(STANDARD.fingerprint) == 64


def test_reference_1_is_fixed_for_ever() -> None:
    """Whoever changes a rule that it uses has changed reference/1, and must not."""
    assert REFERENCE.fingerprint == FIXED


FIXED = "93c5820ab8eeeeb3aa5527f9345b7a1814ce3214d967e6f81706c8a4246138e1"


def test_several_instances_of_one_class_stand_side_by_side_in_scopes_of_their_own() -> None:
    book = _book(
        Entry("near-care", WithinReach(max_km=5), Scope(sectors=frozenset({"care"}))),
        Entry("near-walks", WithinReach(max_km=20), Scope(kinds=frozenset({"walk"}), modes=frozenset({"outdoors"}))),
        Entry("skills", PreferredSkills(weight=40), Scope(kinds=frozenset({"walk"}))),
    )
    tasks = [
        need(id=1, sector="care", kind="visit", skills_preferred=frozenset({"drives"})),
        need(id=2, sector="culture", kind="walk", mode="outdoors", skills_preferred=frozenset({"drives"})),
        need(id=3, sector="culture", kind="walk", mode="home"),
    ]
    facts = Facts.of([volunteer()], tasks)
    refused = [judged(facts, book, need=key, volunteer=7, now=NOW).refused_by(7) for key in (1, 2, 3)]
    assert refused == [("near-care",), (), ()]
    assert candidates(facts, book, need=2, now=NOW).candidates()[0].parts == {"skills": 40}


def test_out_of_scope_a_soft_rule_gives_nothing() -> None:
    book = _book(Entry("skills", PreferredSkills(weight=40), Scope(kinds=frozenset({"walk"}))))
    facts = Facts.of([volunteer()], [need(skills_preferred=frozenset({"drives"}))])
    assert candidates(facts, book, need=42, now=NOW).candidates()[0].points == 0


def _changed(path: list[Any], value: Any) -> dict[str, Any]:
    data = copy.deepcopy(STANDARD.as_data())
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["rules", 8, "numbers"], {"max_km": 500}, "rules[8]: WithinReach.max_km is 500 km; it may be 1 to 100"),
        (["rules", 8, "numbers"], {"max_km": "ten"}, "rules[8]: WithinReach.max_km is 'ten'; it must be a number"),
        (["rules", 8, "numbers"], {"least_km": 1}, "rules[8].numbers has 'least_km'; it may have max_km"),
        (["rules", 0, "numbers"], {"x": 1}, "rules[0].numbers has 'x'; it may have nothing"),
        (["rules", 3, "rule"], "Nearby", "rules[3].rule is 'Nearby'; there is no such rule"),
        (["rules", 3, "rule"], None, "rules[3].rule is missing; it must be text"),
        (["rules", 3, "key"], "active", "rules[3].key is 'active'; another rule has that key"),
        (["rules", 3, "key"], "", 'rules[3].key is ""; it must be text'),
        (["rules", 3], "Active", 'rules[3] is "Active"; it must be an object'),
        (["rules", 3, "weight"], 3, "rules[3] has 'weight'; it may have key, rule, numbers, scope"),
        (["rules", 3, "scope"], {"places": []}, "rules[3].scope has 'places'; it may have sectors, kinds, modes"),
        (["rules", 3, "scope"], {"kinds": "walk"}, 'rules[3].scope.kinds is "walk"; it must be a list'),
        (["rules", 3, "scope"], {"kinds": ["walk", 4]}, "rules[3].scope.kinds[1] is 4; it must be text"),
        (["rules"], {}, "rules is {}; it must be a list"),
        (["version"], 0, "version is 0; it must be a whole number from 1"),
        (["version"], True, "version is true; it must be a whole number from 1"),
        (["reason"], "   ", 'reason is "   "; it must be text'),
        (["colour"], "blue", "the book has 'colour'; it may have name, version, author, reason, rules, plan"),
    ],
)
def test_a_book_that_cannot_be_used_is_refused_with_a_sentence(path: list[Any], value: Any, sentence: str) -> None:
    with pytest.raises(BookError) as refused:
        read(_changed(path, value), RULES)
    assert str(refused.value) == sentence


def test_a_book_that_is_no_object_is_refused() -> None:
    with pytest.raises(BookError, match=r"^the book is \[\]; it must be an object$"):
        read([], RULES)


def test_a_verdict_has_room_for_64_hard_rules() -> None:
    with pytest.raises(BookError, match=r"^rules has 65 hard rules; it may have 64$"):
        _book(*(Entry(f"reach-{number}", WithinReach()) for number in range(65)))
    book = _book(*(Entry(f"reach-{number}", WithinReach(max_km=number + 1)) for number in range(64)))
    refused = judged(Facts.of([volunteer()], [need()]), book, need=42, volunteer=7, now=NOW).refused_by(7)
    assert refused == tuple(f"reach-{number}" for number in range(7))


def test_two_books_are_compared_number_by_number() -> None:
    data = STANDARD.as_data()
    del data["rules"][0]
    data["rules"][7]["numbers"]["max_km"] = 15
    data["rules"][8]["scope"]["kinds"] = ["walk"]
    data["rules"].append({"key": "reach-by-phone", "rule": "WithinReach"})
    assert compare(STANDARD, read(data, RULES)) == (
        Difference("active", "rule", "Active", None),
        Difference("reach", "max_km", 60, 15),
        Difference("required_skills", "scope", {"sectors": [], "kinds": [], "modes": []},
                   {"sectors": [], "kinds": ["walk"], "modes": []}),
        Difference("reach-by-phone", "rule", None, "WithinReach"),
    )  # fmt: skip
    assert compare(STANDARD, STANDARD) == ()
