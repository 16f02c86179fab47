"""What a class must have before it can be a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from matching import REFERENCE, RULES, STANDARD, Facts
from matching.facts import Needs, Volunteers
from matching.pairs import Bools, Pairs, Today
from matching.rule import LANGS, Bound, HardRule, Rule, SoftRule, Source, Text, Who
from matching.rules.capacity import HasCapacity
from matching.rules.reach import WithinReach
from matching.rules.skills import PreferredSkills
from tests.matching.pair import NOW, need, volunteer

SAME = Text(nb="likt", nn="likt", en="same")
ALL: dict[str, Any] = {
    "label": SAME,
    "says": SAME,
    "because": SAME,
    "source": Source("choice", "a test", since=date(2026, 11, 1)),
    "reads": frozenset({"volunteer.capacity"}),
    "fits": SAME,
    "remedy": SAME,
    "who": Who.NOBODY,
}


@pytest.mark.parametrize("missing", sorted(ALL))
def test_a_hard_rule_that_lacks_something_cannot_be_imported(missing: str) -> None:
    with pytest.raises(TypeError, match=f"^Careless lacks {missing}$"):
        type("Careless", (HardRule,), {name: value for name, value in ALL.items() if name != missing})


@pytest.mark.parametrize("missing", ["label", "says", "because", "source", "reads"])
def test_a_soft_rule_that_lacks_something_cannot_be_imported(missing: str) -> None:
    with pytest.raises(TypeError, match=f"^Careless lacks {missing}$"):
        type("Careless", (SoftRule,), {name: value for name, value in ALL.items() if name != missing})


def test_a_rule_that_has_it_all_can() -> None:
    assert issubclass(type("Careful", (HardRule,), ALL), HardRule)


def test_a_label_has_ten_letters_at_most() -> None:
    long = Text(nb="ferdigheter!", nn="likt", en="same")
    with pytest.raises(TypeError, match=r"^Wordy\.label is 'ferdigheter!'; it may have 10 letters$"):
        type("Wordy", (HardRule,), ALL | {"label": long})


def test_a_number_is_bounded() -> None:
    with pytest.raises(ValueError, match=r"^WithinReach\.max_km is 500 km; it may be 1 to 100$"):
        WithinReach(max_km=500)
    with pytest.raises(ValueError, match=r"^WithinReach\.max_km is nan km; it may be 1 to 100$"):
        WithinReach(max_km=float("nan"))
    with pytest.raises(ValueError, match=r"^WithinReach\.max_km is 'far'; it must be a number$"):
        WithinReach(max_km="far")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^PreferredSkills\.weight is 2\.5; it must be a whole number$"):
        PreferredSkills(weight=2.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^PreferredSkills\.weight is True; it must be a number$"):
        PreferredSkills(weight=True)
    assert WithinReach(max_km=15).max_km == 15


def test_a_number_without_a_bound_is_refused() -> None:
    @dataclass(frozen=True)
    class Unbounded(HasCapacity):
        least: int = 1

    with pytest.raises(TypeError, match=r"^Unbounded\.least has no Bound$"):
        Unbounded()


def test_the_law_is_cited_with_an_address() -> None:
    with pytest.raises(ValueError, match="A source in law needs a url"):
        Source("law", "somewhere in the law", since=date(2026, 11, 1))
    with pytest.raises(ValueError, match="is no kind of source"):
        Source("hearsay", "they say", since=date(2026, 11, 1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must say what it is"):
        Source("choice", "", since=date(2026, 11, 1))


def test_a_sentence_has_the_same_blanks_in_every_language() -> None:
    with pytest.raises(ValueError, match="does not have the same blanks"):
        Text(nb="{km} km", nn="{km} km", en="far")


def test_bounds_know_their_unit_and_label() -> None:
    bound = WithinReach.bounds()["max_km"]
    assert (bound.unit, bound.low, bound.high, bound.label.in_("nb")) == ("km", 1, 100, "Lengste reise")
    assert bound == Bound("km", 1, 100, bound.label)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_can_be_put_in_words_in_every_language(rule: type[Rule]) -> None:
    made: Any = rule
    own = made().own_numbers()
    for text in (rule.label, rule.says):
        for lang in LANGS:
            assert text.blanks(lang) <= set(own), f"{rule.__name__} says {text.blanks(lang)}, and has {set(own)}"
            assert text.in_(lang).strip()
    for lang in LANGS:
        assert rule.says.in_(lang).endswith(".")
        for word in ("bruker", "kunde", "klient", "!", "brukar"):
            assert word not in rule.says.in_(lang).lower()


# -- a rule reads what it says that it reads -----------------------------------------------------------------------


class _Watched(Pairs):
    """Pairs that note what is looked at: columns, side tables, and what is worked out from them."""

    def __init__(self, pairs: Pairs) -> None:
        super().__init__(pairs.facts, pairs.today, pairs.volunteer, pairs.need, of_volunteer=pairs.of_volunteer)
        self.seen: set[str] = set()
        self.volunteer = _noting(Volunteers, pairs.volunteer, self.seen, "volunteer.")
        self.need = _noting(Needs, pairs.need, self.seen, "need.")
        self.facts = _NotingFacts(pairs.facts, self.seen)  # type: ignore[assignment]


class _NotingFacts:
    def __init__(self, facts: Facts, seen: set[str]) -> None:
        self._facts, self._seen = facts, seen

    def __getattr__(self, name: str) -> Any:
        if name not in ("words", "tz", "volunteers", "row_of_held", "free_spans"):
            self._seen.add(name)
        return getattr(self._facts, name)


def _noting(kind: type[Any], table: Any, seen: set[str], before: str) -> Any:
    class Noting(kind):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            if name in kind.columns():
                seen.add(before + name)
            return super().__getattribute__(name)

    return Noting({name: table.read(name) for name in kind.columns()})


def _read_by(rule: Rule, pairs: Pairs) -> set[str]:
    watched = _Watched(pairs)
    if isinstance(rule, HardRule):
        rule.allows(watched)
    else:
        assert isinstance(rule, SoftRule)
        rule.points(watched)
        rule.tie(watched)
    return watched.seen


def _telling_pairs() -> Pairs:
    """A pair about which every rule has something to look at."""
    who = volunteer(
        blocks=frozenset({1}), meet_again=frozenset({99}), ended_badly=frozenset({1}), wants=frozenset({"a"})
    )
    what = need(blocks=frozenset({1}), meet_again=frozenset({7}), gives=frozenset({"a"}), age_min=18, gender_wish="f",
                clearances=frozenset({"c"}), skills_required=frozenset({"b"}), wants=frozenset({"a"}))  # fmt: skip
    facts = Facts.of([who], [what], degrees=True)
    return Pairs.of_one(facts, Today.of(NOW, facts), need=42, volunteer=7)


@pytest.mark.parametrize("entry", STANDARD.entries + REFERENCE.entries, ids=lambda entry: str(entry.key))
def test_a_rule_reads_only_what_it_declares(entry: Any) -> None:
    assert _read_by(entry.rule, _telling_pairs()) <= entry.rule.reads


def test_a_rule_that_looks_elsewhere_is_caught() -> None:
    @dataclass(frozen=True)
    class Nosy(HasCapacity):
        def allows(self, pairs: Pairs) -> Bools:
            known: Bools = super().allows(pairs) & (pairs.volunteer.gender != 0)
            return known

    assert _read_by(Nosy(), _telling_pairs()) - Nosy.reads == {"volunteer.gender"}
