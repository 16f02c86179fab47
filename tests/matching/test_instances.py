"""The fifteen portable instances, whose answers were proven elsewhere: eligible pairs, points and rejections."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from matching import REFERENCE, candidates, explain, needs_for
from matching.instance import BadInstance, read

FOLDER = Path(__file__).parent.parent / "instances"
FILES = sorted(FOLDER.glob("*.json"))
PEERS = [path for path in FILES if "peer" in path.name]
PLANS = [path for path in FILES if path not in PEERS]


@cache
def _expected(path: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(path.read_text("utf-8"))["expected"]
    return expected


@cache
def _answers(path: Path) -> tuple[list[list[Any]], dict[str, dict[str, list[str]]]]:
    """Every eligible pair with its points, and every rejection, by the file's own ids."""
    instance, eligible, rejected = read(path), [], {}
    for number, need in enumerate(instance.needs):
        ranking = candidates(instance.facts, REFERENCE, need=number, now=instance.now)
        eligible += [[need, instance.volunteers[each.id], each.points] for each in ranking.candidates()]
        rejected[need] = {instance.volunteers[key]: list(rules) for key, rules in ranking.rejected().items()}
    return eligible, rejected


def test_all_fifteen_are_here() -> None:
    assert len(FILES) == 15
    assert len(PEERS) == 2


@pytest.mark.parametrize("path", PLANS, ids=lambda path: str(path.stem))
def test_the_eligible_pairs_and_their_points_are_the_proven_ones(path: Path) -> None:
    eligible, _ = _answers(path)
    assert len(eligible) == _expected(path)["eligible_pairs"]
    if "eligible" in _expected(path):
        assert sorted(eligible) == sorted(_expected(path)["eligible"])
    by_hand = json.loads(path.read_text("utf-8")).get("by_hand", {}).get("eligible")
    if by_hand is not None:
        assert sorted(each[:2] for each in eligible) == sorted(by_hand)


@pytest.mark.parametrize(
    "path", [path for path in PLANS if "rejections" in _expected(path)], ids=lambda path: str(path.stem)
)
def test_the_rejections_are_the_proven_ones(path: Path) -> None:
    assert _answers(path)[1] == _expected(path)["rejections"]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: str(path.stem))
def test_the_proven_plan_uses_eligible_pairs_only(path: Path) -> None:
    pairs = {(need, volunteer) for need, volunteer, _ in _answers(path)[0]}
    assert {(each["need"], each["volunteer"]) for each in _expected(path)["one_optimal_plan"]} <= pairs


@pytest.mark.parametrize("path", PLANS, ids=lambda path: str(path.stem))
def test_a_volunteer_who_asks_hears_the_same(path: Path) -> None:
    instance = read(path)
    found = []
    for number, volunteer in enumerate(instance.volunteers):
        ranking = needs_for(instance.facts, REFERENCE, volunteer=number, now=instance.now)
        found += [[instance.needs[each.id], volunteer, each.points] for each in ranking.candidates()]
    assert sorted(found) == sorted(_answers(path)[0])


@pytest.mark.parametrize("path", PEERS, ids=lambda path: str(path.stem))
def test_a_file_of_peer_groups_has_nothing_to_rank(path: Path) -> None:
    with pytest.raises(BadInstance, match="peer is given and volunteers is missing"):
        read(path)


def test_every_pair_of_a_whole_instance_can_be_explained() -> None:
    instance = read(FOLDER / "mini-1.json")
    rejected = _answers(FOLDER / "mini-1.json")[1]
    for need in range(len(instance.needs)):
        for volunteer in range(len(instance.volunteers)):
            why = explain(instance.facts, REFERENCE, need=need, volunteer=volunteer, now=instance.now)
            against = rejected[instance.needs[need]].get(instance.volunteers[volunteer], [])
            assert [each.key for each in why.refused_by] == against
            assert len(why.lines("nn")) >= 6
