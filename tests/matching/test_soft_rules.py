"""A table of cases per soft rule of the standard book, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matching import STANDARD, Place, Week
from tests.matching.pair import OYER, need, parts, volunteer

Case = tuple[str, dict[str, Any], dict[str, Any], int]


def _only(*terms: str) -> frozenset[str]:
    return frozenset(terms)


CASES: dict[str, list[Case]] = {
    "preferred_skills": [
        ("none asked", {}, {}, 0),
        ("one of one", {}, {"skills_preferred": _only("drives")}, 220),
        ("one of three, rounded down", {}, {"skills_preferred": _only("drives", "cooks", "sings")}, 73),
        ("what else is offered costs nothing", {"skills": _only("drives", "a", "b", "c")},
         {"skills_preferred": _only("drives")}, 220),
    ],
    "nearness": [
        ("next door", {"place": OYER}, {}, 200),
        ("7938 metres of 20 000", {}, {}, 200 * (20_000 - 7_938) // 20_000),
        ("a longer reach changes nothing", {"reach_m": 40_000}, {}, 200 * (20_000 - 7_938) // 20_000),
        ("beyond what counts", {"reach_m": 60_000, "place": Place(61.0, 10.41)}, {}, 0),
        ("unknown", {"place": None}, {}, 0),
        ("on the phone", {}, {"mode": "phone"}, 0),
    ],
    "shared_interests": [
        ("none", {"interests": _only("a")}, {"interests": _only("b")}, 0),
        ("one", {"interests": _only("a", "x")}, {"interests": _only("a", "b")}, 46),
        ("three", {"interests": _only("a", "b", "c")}, {"interests": _only("a", "b", "c")}, 140),
        ("five are as good as three", {"interests": _only(*"abcde")}, {"interests": _only(*"abcde")}, 140),
    ],
    "like_experience": [
        ("both share", {"experience": _only("grief"), "experience_shared": True},
         {"experience": _only("grief"), "experience_shared": True}, 100),
        ("the volunteer does not share", {"experience": _only("grief")},
         {"experience": _only("grief"), "experience_shared": True}, 0),
        ("the recipient does not share", {"experience": _only("grief"), "experience_shared": True},
         {"experience": _only("grief")}, 0),
        ("unlike", {"experience": _only("grief"), "experience_shared": True},
         {"experience": _only("carer"), "experience_shared": True}, 0),
    ],
    "met_before": [
        ("both wish to meet again", {"meet_again": frozenset({99})}, {"meet_again": frozenset({7})}, 100),
        ("only the volunteer wishes it", {"meet_again": frozenset({99})}, {}, 0),
        ("only the recipient wishes it", {}, {"meet_again": frozenset({7})}, 0),
    ],
    "gives_and_gets": [
        ("both have something for the other", {"wants": _only("knits")},
         {"wants": _only("drives"), "gives": _only("knits")}, 60),
        ("only one has", {"wants": _only("knits")}, {"gives": _only("knits")}, 0),
        ("nobody wants anything", {}, {}, 0),
    ],
    "longest_idle": [
        ("since today", {"idle_since": date(2026, 11, 23)}, {}, 0),
        ("sixty days is half of half the weight", {"idle_since": date(2026, 9, 24)}, {}, 22),
        ("never asked, since today", {"idle_since": date(2026, 11, 23), "never_asked": True}, {}, 45),
        ("unknown", {"idle_since": None}, {}, 0),
        ("a day to come", {"idle_since": date(2026, 12, 24)}, {}, 0),
    ],
    "fewest_running": [
        ("none", {"running": 0}, {}, 40),
        ("one of four", {"running": 1}, {}, 30),
        ("five", {"running": 5}, {}, 0),
    ],
    "preferred_times": [
        ("no preference stated", {}, {}, 0),
        ("a time they like best", {"preferred": Week.from_spans([(2040, 2100)])}, {}, 50),
        ("another time", {"preferred": Week.from_spans([(0, 60)])}, {}, 0),
        ("no time asked", {"preferred": Week.from_spans([(2040, 2100)])}, {"times": "none"}, 0),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "who", "what", "points"),
    [pytest.param(rule, *case, id=f"{rule}: {words}") for rule, cases in CASES.items() for words, *case in cases],
)
def test_a_soft_rule_gives_exactly_these_points(
    rule: str, who: dict[str, Any], what: dict[str, Any], points: int
) -> None:
    given = parts(volunteer(**who), need(**what))
    plain = parts(volunteer(), need())
    assert given[rule] == points
    others = {key: value for key, value in given.items() if key != rule}
    if rule != "nearness" and what.get("mode") != "phone" and what.get("times") != "none":
        assert others == {key: value for key, value in plain.items() if key != rule}


def test_every_soft_rule_has_a_case_where_it_gives_all_its_weight_or_nothing() -> None:
    for entry in STANDARD.soft:
        points = {case[3] for case in CASES[entry.key]}
        assert 0 in points
        assert max(points) > 0
