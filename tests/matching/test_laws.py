"""Laws that every rule obeys, whatever its numbers; each is also seen to catch a fault, most of them found in a peer.

A law is a function that says whether it holds for one example. For the standard book no example may break it; for a
book with one planted fault an example that breaks it must be found.

Law | planted fault
--- | ---
more never makes anyone worse | the share of skills is divided by what is offered, not by what is asked
nearer is never worth less | points fall on both sides of half the reach
a weight changes only its own term | one rule's weight is multiplied into another's points
every term is used | a rule whose points are always 0; a rule that refuses nobody
one day more always counts | waiting counts as a step at 14 days
a refused pair is not ranked | refused pairs are kept, with 0 points
both wishes are checked | only the volunteer's own block is read
what touches does not overlap | touching meetings are held to clash
the same answer either way | a rule answers differently when a volunteer asks
an explanation agrees with the verdict | (tests/matching/test_explain.py)
a remedy removes the refusal | the limit of the remedy is rounded down to whole kilometres
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any, cast

import numpy as np
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from matching import (
    STANDARD,
    Facts,
    Hold,
    NeedFacts,
    Place,
    RuleBook,
    VolunteerFacts,
    Week,
    Weekly,
    candidates,
    judged,
    needs_for,
)
from matching.pairs import Bools, Ints, Pairs
from matching.rank import Ranking
from matching.rule import Case, HardRule, SoftRule
from matching.rulebook import Entry
from matching.rules.capacity import HasCapacity
from matching.rules.interests import SharedInterests
from matching.rules.reach import Nearness, WithinReach, _chord_m
from matching.rules.relation import NotBlocked
from matching.rules.skills import PreferredSkills
from matching.rules.time import NoClash
from matching.rules.turn import LongestIdle
from matching.terms import how_many, in_common
from tests.matching import strategies as some
from tests.matching.pair import NOW, TODAY, need, volunteer
from tests.matching.test_hard_rules import CASES as HARD_CASES
from tests.matching.test_soft_rules import CASES as SOFT_CASES

Pair = tuple[VolunteerFacts, NeedFacts]
lawful = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
searching = settings(
    deadline=None, max_examples=600, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
)


def standard_with(key: str, rule: HardRule | SoftRule) -> RuleBook:
    """The standard book with one rule exchanged."""
    return replace(
        STANDARD, entries=tuple(Entry(key, rule) if entry.key == key else entry for entry in STANDARD.entries)
    )


def ranked(who: VolunteerFacts, what: NeedFacts, book: RuleBook) -> Ranking:
    return judged(Facts.of([who], [what]), book, need=what.id, volunteer=who.id, now=NOW)


def standing(who: VolunteerFacts, what: NeedFacts, book: RuleBook) -> tuple[int, int]:
    """How many rules refuse, and the points that the pair has or would have."""
    ranking = ranked(who, what, book)
    ranking_of_all = Ranking(ranking._pairs, replace(book, entries=book.soft))
    return len(ranking.refused_by(who.id)), int(ranking_of_all.points[0])


def is_broken(law: Callable[..., bool], examples: st.SearchStrategy[Any], book: RuleBook) -> bool:
    """Whether an example is found that breaks the law under this book."""
    try:
        find(examples, lambda example: not law(book, *example), settings=searching, random=Random(2026))
    except NoSuchExample:
        return False
    return True


# -- more never makes anyone worse ---------------------------------------------------------------------------------


def more(who: VolunteerFacts, what: str) -> VolunteerFacts:
    """The volunteer with one thing more."""
    free = who.available.spans() if isinstance(who.available, Week) else who.available
    gains: dict[str, Any] = {
        "skills": who.skills | {"drives", "sings"},
        "wants": who.wants | {"cooks"},
        "interests": who.interests | {"fishing"},
        "languages": {**who.languages, "nb": 3},
        "experience": who.experience | {"grief"},
        "clearances": who.clearances | {"course"},
        "capacity": who.capacity + 1,
        "reach_m": who.reach_m + 1_000,
        "available": (*free, (9 * 60, 12 * 60), (1440 + 8 * 60, 1440 + 10 * 60)),
        "preferred": who.preferred | Week.from_spans([(9 * 60, 12 * 60)]),
        "minutes_left": None,
    }
    return replace(who, **{what: gains[what]})


GAINS = ("skills", "wants", "interests", "languages", "experience", "clearances", "capacity", "reach_m", "available",
         "preferred", "minutes_left")  # fmt: skip


def more_is_never_worse(book: RuleBook, who: VolunteerFacts, what: NeedFacts, gain: str) -> bool:
    before, after = standing(who, what, book), standing(more(who, gain), what, book)
    return after[0] <= before[0] and after[1] >= before[1]


@lawful
@given(some.volunteers, some.needs, st.sampled_from(GAINS))
def test_more_never_makes_anyone_worse(who: VolunteerFacts, what: NeedFacts, gain: str) -> None:
    assert more_is_never_worse(STANDARD, who, what, gain)


@dataclass(frozen=True)
class ShareOfWhatIsOffered(PreferredSkills):
    """The fault of a large tutoring service: offering more makes you a worse match."""

    def points(self, pairs: Pairs) -> Ints:
        offered = np.maximum(how_many(pairs.volunteer.skills), how_many(pairs.need.skills_preferred)).astype(np.int64)
        return self.weight * in_common(pairs.volunteer.skills, pairs.need.skills_preferred) // np.maximum(offered, 1)


def test_the_law_of_more_catches_a_share_of_what_is_offered() -> None:
    examples = st.tuples(some.volunteers, some.needs, st.just("skills"))
    assert is_broken(more_is_never_worse, examples, standard_with("preferred_skills", ShareOfWhatIsOffered()))


# -- nearer is never worth less ------------------------------------------------------------------------------------


def nearer_is_never_worth_less(book: RuleBook, who: VolunteerFacts, what: NeedFacts, one: Place, other: Place) -> bool:
    here, there = replace(who, place=one), replace(who, place=other)
    if what.place is None:
        return True
    if _chord_m(Case(here, what, TODAY, _OSLO)) > _chord_m(Case(there, what, TODAY, _OSLO)):
        here, there = there, here
    near, far = standing(here, what, book), standing(there, what, book)
    return near[0] <= far[0] and near[1] >= far[1]


_OSLO = Facts.of([], []).tz
_FREE_OF_MEETINGS = some.volunteers.map(lambda who: replace(who, holds=()))


@lawful
@given(_FREE_OF_MEETINGS, some.needs, some.places, some.places)
def test_nearer_is_never_worth_less(who: VolunteerFacts, what: NeedFacts, one: Place, other: Place) -> None:
    assert nearer_is_never_worth_less(STANDARD, who, what, one, other)


@dataclass(frozen=True)
class FallsOnBothSides(Nearness):
    """The fault of a mutual-aid network: with 1, 5 and 20 km the points are .99, 0 and .50."""

    def points(self, pairs: Pairs) -> Ints:
        half_m = pairs.volunteer.reach_m.astype(np.int64) // 2 + 1
        rising: Ints = np.clip(self.weight * np.abs(half_m - pairs.distance_m) // half_m, 0, self.weight)
        return rising


def test_the_law_of_nearness_catches_points_that_rise_again() -> None:
    examples = st.tuples(_FREE_OF_MEETINGS, some.needs, some.places, some.places)
    assert is_broken(nearer_is_never_worth_less, examples, standard_with("nearness", FallsOnBothSides()))


# -- a weight changes only its own term ----------------------------------------------------------------------------


def with_weight(book: RuleBook, key: str, weight: int) -> RuleBook:
    return replace(
        book,
        entries=tuple(
            Entry(each.key, replace(cast(SoftRule, each.rule), weight=weight)) if each.key == key else each
            for each in book.entries
        ),
    )


def parts_of_all(who: VolunteerFacts, what: NeedFacts, book: RuleBook) -> dict[str, int]:
    ranking = ranked(who, what, replace(book, entries=book.soft))
    return ranking.candidates()[0].parts


def a_weight_changes_its_own_term(book: RuleBook, who: VolunteerFacts, what: NeedFacts, key: str, weight: int) -> bool:
    plain = parts_of_all(who, what, book)
    changed = parts_of_all(who, what, with_weight(book, key, weight))
    return {**plain, key: 0} == {**changed, key: 0} and 0 <= changed[key] <= weight


SOFT_KEYS = st.sampled_from([entry.key for entry in STANDARD.soft])


@lawful
@given(some.volunteers, some.needs, SOFT_KEYS, st.integers(0, 1000))
def test_a_weight_changes_only_its_own_term(who: VolunteerFacts, what: NeedFacts, key: str, weight: int) -> None:
    assert a_weight_changes_its_own_term(STANDARD, who, what, key, weight)


_borrowed = [200]


@dataclass(frozen=True)
class LendsItsWeight(Nearness):
    """Half of a fault: the weight of the distance …"""

    def points(self, pairs: Pairs) -> Ints:
        _borrowed[0] = self.weight
        return super().points(pairs)


@dataclass(frozen=True)
class BorrowsAWeight(SharedInterests):
    """… is multiplied into another term."""

    def points(self, pairs: Pairs) -> Ints:
        return super().points(pairs) * _borrowed[0] // 200


def test_the_law_of_weights_catches_a_weight_that_leaks() -> None:
    leaking = standard_with("nearness", LendsItsWeight())
    leaking = replace(
        leaking,
        entries=tuple(
            Entry(each.key, BorrowsAWeight()) if each.key == "shared_interests" else each for each in leaking.entries
        ),
    )
    examples = st.tuples(some.volunteers, some.needs, st.just("nearness"), st.integers(0, 1000))
    assert is_broken(a_weight_changes_its_own_term, examples, leaking)


# -- every term is used --------------------------------------------------------------------------------------------


def unused(book: RuleBook) -> set[str]:
    """The rules that no case of the two tables is refused by, or gets points from."""
    cases = [case[1:3] for table in (HARD_CASES, SOFT_CASES) for many in table.values() for case in many]
    used: set[str] = set()
    for who, what in cases:
        pair = volunteer(**who), need(**what)
        used.update(ranked(*pair, book).refused_by(7))
        used.update(key for key, points in parts_of_all(*pair, book).items() if points)
    return {entry.key for entry in book.entries} - used


def test_every_rule_is_used() -> None:
    assert unused(STANDARD) == set()


@dataclass(frozen=True)
class ComputedAndNotUsed(PreferredSkills):
    """The fault: a bonus that is worked out and then forgotten."""

    def points(self, pairs: Pairs) -> Ints:
        super().points(pairs)
        return np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class RefusesNobody(HasCapacity):
    """The fault: a gate that stands open."""

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.everyone


def test_the_law_of_use_catches_a_forgotten_term_and_an_open_gate() -> None:
    assert unused(standard_with("preferred_skills", ComputedAndNotUsed())) == {"preferred_skills"}
    assert unused(standard_with("capacity", RefusesNobody())) == {"capacity"}


def points_are_the_sum_of_parts_within_weights(book: RuleBook, who: VolunteerFacts, what: NeedFacts) -> bool:
    (candidate,) = ranked(who, what, replace(book, entries=book.soft)).candidates()
    weights = {entry.key: entry.rule.own_numbers()["weight"] for entry in book.soft}
    within = all(isinstance(each, int) and 0 <= each <= weights[key] for key, each in candidate.parts.items())  # type: ignore[operator]
    return within and candidate.points == sum(candidate.parts.values()) <= book.most_points


@lawful
@given(some.volunteers, some.needs)
def test_points_are_whole_numbers_up_to_the_weight_and_sum_up(who: VolunteerFacts, what: NeedFacts) -> None:
    assert points_are_the_sum_of_parts_within_weights(STANDARD, who, what)


# -- one day more always counts ------------------------------------------------------------------------------------


def a_day_more_comes_first(book: RuleBook, what: NeedFacts, waited: int) -> bool:
    """Of two who are alike in all else, the one who has waited a day longer stands first, whatever the ids."""
    newer = volunteer(id=1, human=1, idle_since=TODAY - timedelta(days=waited))
    older = volunteer(id=2, human=2, idle_since=TODAY - timedelta(days=waited + 1))
    ranking = candidates(Facts.of([newer, older], [what]), book, need=what.id, now=NOW)
    return list(ranking.eligible) == [2, 1]


@lawful
@given(st.just(need()), st.integers(0, 4_000))
def test_one_day_more_always_counts_more(what: NeedFacts, waited: int) -> None:
    assert a_day_more_comes_first(STANDARD, what, waited)


@dataclass(frozen=True)
class StepAtFourteenDays(LongestIdle):
    """The fault: nobody is told apart below 14 days, nor above."""

    def points(self, pairs: Pairs) -> Ints:
        since = pairs.volunteer.idle_since_day.astype(np.int64)
        return self.weight * (pairs.today.day - since >= 14).astype(np.int64)

    def tie(self, pairs: Pairs) -> Ints:
        return np.zeros(1, dtype=np.int64)


def test_the_law_of_waiting_catches_a_step() -> None:
    examples = st.tuples(st.just(need()), st.integers(0, 4_000))
    assert is_broken(a_day_more_comes_first, examples, standard_with("longest_idle", StepAtFourteenDays()))


# -- a refused pair is not ranked ----------------------------------------------------------------------------------


def only_the_allowed_are_ranked(book: RuleBook, who: list[VolunteerFacts], what: list[NeedFacts]) -> bool:
    facts = Facts.of(who, what)
    for each in what:
        ranking = candidates(facts, book, need=each.id, now=NOW)
        ranked_ids = [candidate.id for candidate in ranking.candidates()]
        if any(ranking.refused_by(key) for key in ranked_ids):
            return False
        if {*ranked_ids, *ranking.rejected()} != {person.id for person in who} or len(set(ranked_ids)) != len(
            ranked_ids
        ):
            return False
        if any(refusals(person, each, book) != ranking.refused_by(person.id) for person in who):
            return False
    return True


def refusals(who: VolunteerFacts, what: NeedFacts, book: RuleBook) -> tuple[str, ...]:
    """Each rule asked alone."""
    return tuple(
        entry.key for entry in book.hard if ranked(who, what, replace(book, entries=(entry,))).refused_by(who.id)
    )


@settings(lawful, max_examples=25)
@given(some.towns(5, 2))
def test_a_refused_pair_is_not_ranked_not_even_at_no_points(town: tuple[list[VolunteerFacts], list[NeedFacts]]) -> None:
    assert only_the_allowed_are_ranked(STANDARD, *town)


@dataclass(frozen=True)
class KeepsTheRefused(HasCapacity):
    """The fault of a mentoring tool: who is refused when alone is let through when others stand beside."""

    def allows(self, pairs: Pairs) -> Bools:
        return super().allows(pairs) | (len(pairs) > 1)


def test_the_law_of_refusal_catches_one_who_is_kept() -> None:
    assert is_broken(only_the_allowed_are_ranked, some.towns(3, 1), standard_with("capacity", KeepsTheRefused()))


# -- both wishes are checked ---------------------------------------------------------------------------------------


def a_block_counts_from_either_side(book: RuleBook, who: VolunteerFacts, what: NeedFacts) -> bool:
    recipient = what.human or 99
    plain = replace(who, blocks=frozenset()), replace(what, human=recipient, blocks=frozenset())
    one = ranked(replace(plain[0], blocks=frozenset({recipient})), plain[1], book).refused_by(who.id)
    other = ranked(plain[0], replace(plain[1], blocks=frozenset({who.human})), book).refused_by(who.id)
    return one == other and "not_blocked" in one and "not_blocked" not in ranked(*plain, book).refused_by(who.id)


@lawful
@given(some.volunteers, some.needs)
def test_both_wishes_are_checked_whoever_said_it(who: VolunteerFacts, what: NeedFacts) -> None:
    assert a_block_counts_from_either_side(STANDARD, who, what)


@dataclass(frozen=True)
class OnlyTheVolunteerMayBlock(NotBlocked):
    """The fault: one side's no is read."""

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.unless(pairs.tied_by_volunteer(pairs.facts.volunteer_blocks, "human"))


def test_the_law_of_both_wishes_catches_a_one_sided_block() -> None:
    examples = st.tuples(some.volunteers, some.needs)
    book = standard_with("not_blocked", OnlyTheVolunteerMayBlock())
    assert is_broken(a_block_counts_from_either_side, examples, book)


# -- what touches does not overlap ---------------------------------------------------------------------------------


def touching_is_not_overlapping(book: RuleBook, start: int, length: int, other: int) -> bool:
    window = Weekly(start, start + length)
    beside = [Weekly(start - other, start)] if start >= other else []
    beside += [Weekly(start + length, start + length + other)] if start + length + other <= 10_080 else []
    who = volunteer(available=((0, 10_080),), holds=tuple(Hold(each) for each in beside))
    within = volunteer(available=((start, start + length),))
    what = need(windows=(window,))
    return not {"no_clash", "time"} & {
        *ranked(who, what, book).refused_by(7),
        *ranked(within, what, book).refused_by(7),
    }


@lawful
@given(st.integers(0, 10_000), st.integers(1, 80), st.integers(1, 300))
def test_what_touches_does_not_overlap(start: int, length: int, other: int) -> None:
    assert touching_is_not_overlapping(STANDARD, start, length, other)


@dataclass(frozen=True)
class TouchingClashes(NoClash):
    """The fault: less than or equal."""

    def blocking(self, pairs: Pairs) -> Bools:
        return pairs.fit.near.gap_min <= 0


def test_the_law_of_touching_catches_less_than_or_equal() -> None:
    examples = st.tuples(st.integers(0, 10_000), st.integers(1, 80), st.integers(1, 300))
    assert is_broken(touching_is_not_overlapping, examples, standard_with("no_clash", TouchingClashes()))


# -- the same answer either way ------------------------------------------------------------------------------------


def the_same_answer_either_way(book: RuleBook, who: list[VolunteerFacts], what: list[NeedFacts]) -> bool:
    facts = Facts.of(who, what)
    asked = {each.id: candidates(facts, book, need=each.id, now=NOW) for each in what}
    for person in who:
        answered = needs_for(facts, book, volunteer=person.id, now=NOW)
        for task in what:
            alone = judged(facts, book, need=task.id, volunteer=person.id, now=NOW)
            if (
                len({asked[task.id].refused_by(person.id), answered.refused_by(task.id), alone.refused_by(person.id)})
                > 1
            ):
                return False
            points = {_points(asked[task.id], person.id), _points(answered, task.id), _points(alone, person.id)}
            if len(points) > 1:
                return False
    return True


def _points(ranking: Ranking, key: int) -> tuple[tuple[str, int], ...] | None:
    found = [tuple(each.parts.items()) for each in ranking.candidates() if each.id == key]
    return found[0] if found else None


SOFTENED = replace(STANDARD, entries=tuple(STANDARD.entries[18:21] + STANDARD.soft))
"""Only the rules on time refuse, so that many are eligible and their points can be compared."""


@settings(lawful, max_examples=60)
@given(some.towns())
def test_the_same_answer_whichever_way_the_question_is_put(town: tuple[list[VolunteerFacts], list[NeedFacts]]) -> None:
    assert the_same_answer_either_way(STANDARD, *town)


@settings(lawful, max_examples=60)
@given(some.towns())
def test_the_same_points_whichever_way_the_question_is_put(town: tuple[list[VolunteerFacts], list[NeedFacts]]) -> None:
    assert the_same_answer_either_way(SOFTENED, *town)


@dataclass(frozen=True)
class AnswersTheVolunteerOtherwise(HasCapacity):
    """The fault: the matcher that serves volunteers has a gate of its own."""

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.everyone if pairs.of_volunteer else super().allows(pairs)


def test_the_law_of_one_answer_catches_two_gates() -> None:
    book = standard_with("capacity", AnswersTheVolunteerOtherwise())
    assert is_broken(the_same_answer_either_way, some.towns(), book)


# -- a remedy removes the refusal ----------------------------------------------------------------------------------


def remedies_remove_refusals(book: RuleBook, who: VolunteerFacts, what: NeedFacts) -> bool:
    for entry in book.hard:
        alone = replace(book, entries=(entry,))
        ranking = ranked(who, what, alone)
        if not ranking.refused_by(who.id):
            continue
        rule = entry.rule
        assert isinstance(rule, HardRule)
        cured = rule.remedied(Case(who, what, TODAY, _OSLO))
        if bool(np.broadcast_to(rule.changeable(ranking._pairs), 1)[0]) != (cured is not None):
            return False
        if cured and _refused_on(cured, alone):
            return False
    return True


def _refused_on(case: Case, book: RuleBook) -> tuple[str, ...]:
    facts = Facts.of([case.volunteer], [case.need])
    then = NOW + (case.today - TODAY)
    return judged(facts, book, need=case.need.id, volunteer=case.volunteer.id, now=then).refused_by(case.volunteer.id)


@lawful
@given(some.volunteers, some.needs)
def test_a_remedy_once_applied_removes_that_refusal(who: VolunteerFacts, what: NeedFacts) -> None:
    assert remedies_remove_refusals(STANDARD, who, what)


@dataclass(frozen=True)
class RoundsTheRemedyDown(WithinReach):
    """The fault: "if the limit were 7 km", where 7.9 are needed."""

    def remedied(self, case: Case) -> Case | None:
        cured = super().remedied(case)
        if cured is None:
            return None
        return replace(cured, volunteer=replace(cured.volunteer, reach_m=cured.volunteer.reach_m // 1000 * 1000))


def test_the_law_of_remedies_catches_one_that_does_not_help() -> None:
    assert is_broken(
        remedies_remove_refusals, st.tuples(some.volunteers, some.needs), standard_with("reach", RoundsTheRemedyDown())
    )


# -- and the facts themselves --------------------------------------------------------------------------------------


@settings(lawful, max_examples=40)
@given(some.towns(), some.towns(), st.data())
def test_facts_that_were_changed_answer_like_facts_made_anew(
    before: tuple[list[VolunteerFacts], list[NeedFacts]],
    after: tuple[list[VolunteerFacts], list[NeedFacts]],
    data: st.DataObject,
) -> None:
    people = {each.id: each for each in before[0]} | {each.id: each for each in after[0]}
    tasks = {each.id: each for each in before[1]} | {each.id: each for each in after[1]}
    gone = data.draw(_some_of({each.id for each in before[0]} - {each.id for each in after[0]}))
    done = data.draw(_some_of({each.id for each in before[1]} - {each.id for each in after[1]}))
    changed = Facts.of(*before).replaced(
        volunteers=after[0], needs=after[1], removed_volunteers=gone, removed_needs=done
    )
    anew = Facts.of(
        [each for key, each in people.items() if key not in gone],
        [each for key, each in tasks.items() if key not in done],
    )
    assert changed.volunteers.id.tolist() == anew.volunteers.id.tolist()
    for key in anew.needs.id.tolist():
        one, other = (candidates(facts, STANDARD, need=key, now=NOW) for facts in (changed, anew))
        assert one.rejected() == other.rejected()
        assert one.candidates() == other.candidates()
        assert one.near_misses() == other.near_misses()


def _some_of(keys: set[int]) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(sorted(keys))) if keys else st.just(frozenset())
