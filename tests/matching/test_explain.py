"""Explanations agree with the verdicts, in all three languages, and name the numbers used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from matching import (
    REFERENCE,
    STANDARD,
    Dated,
    Entry,
    Facts,
    Hold,
    NeedFacts,
    Place,
    RuleBook,
    Scope,
    VolunteerFacts,
    Week,
    Weekly,
    explain,
    judged,
    sentence,
)  # fmt: skip
from matching.explain import Explanation, Verdict
from matching.pairs import Pairs
from matching.rule import LANGS, Lang, Numbers, Terms, Times, Who
from matching.rules.reach import WithinReach, distance_numbers
from matching.words import clock, written
from tests.matching import strategies as some
from tests.matching.pair import LILLEHAMMER, NOW, OYER, TUESDAY_AT_TEN, need, volunteer

NAMES = {"drives": ("kjører bil", "køyrer bil", "drives a car"), "cooks": ("lager mat", "lagar mat", "cooks")}


def names(lang: Lang, vocabulary: str, term: str) -> str:
    """What a service would know."""
    return NAMES[term][LANGS.index(lang)] if term in NAMES else term


def why(who: VolunteerFacts, what: NeedFacts, book: RuleBook = STANDARD) -> Explanation:
    return explain(Facts.of([who], [what], degrees=True), book, need=what.id, volunteer=who.id, now=NOW)


def verdict(key: str, explanation: Explanation) -> Verdict:
    return next(each for each in explanation.hard if each.key == key)


@pytest.mark.parametrize(
    ("key", "who", "what", "sentences", "remedies"),
    [
        ("reach", {"reach_m": 5_000}, {},
         ("8,0 km å reise; grensen er 5,0 km.", "8,0 km å reise; grensa er 5,0 km.",
          "8.0 km to travel; the limit is 5.0 km."),
         ("Kunne vært med dersom grensen var 8,0 km. Den frivillige kan selv endre den.",
          "Kunne vore med dersom grensa var 8,0 km. Den frivillige kan sjølv endre henne.",
          "Could take part if the limit were 8.0 km. The volunteer can change it.")),
        ("required_skills", {}, {"skills_required": frozenset({"drives", "cooks"})},
         ("Har 1 av 2 ferdigheter som kreves. Mangler: lager mat.",
          "Har 1 av 2 ferdigheiter som blir kravde. Manglar: lagar mat.",
          "Has 1 of 2 skills that are required. Missing: cooks."),
         ("Kunne vært med dersom dette stod på lista: lager mat. Den frivillige kan selv føre det opp.",
          "Kunne vore med dersom dette stod på lista: lagar mat. Den frivillige kan sjølv føre det opp.",
          "Could take part if this were on the list: cooks. The volunteer can add it.")),
        ("language", {"languages": {"pl": 3, "nb": 1}}, {"languages": {"nb": 2, "en": 3}},
         ("Ett av disse språkene trengs: en og nb (til samtale). Den frivillige har: nb (litt) og pl.",
          "Eitt av desse språka trengst: en og nb (til samtale). Den frivillige har: nb (litt) og pl.",
          "One of these languages is needed: en and nb (for conversation). The volunteer has: nb (a little) and pl."),
         None),
        ("age", {}, {"age_min": 50, "age_max": 60},
         ("46 år; oppgaven er for dem mellom 50 og 60 år.", "46 år; oppgåva er for dei mellom 50 og 60 år.",
          "Aged 46; the task is for those between 50 and 60."), None),
        ("age", {}, {"age_max": 40},
         ("46 år; oppgaven er for dem som er høyst 40 år.", "46 år; oppgåva er for dei som er høgst 40 år.",
          "Aged 46; the task is for those aged at most 40."), None),
        ("time", {"available": Week.from_spans([(2040, 2070)])}, {},
         ("Ønsket tid: tirsdag 10–11. Den frivillige mangler minst 30 minutter.",
          "Ønskt tid: tysdag 10–11. Den frivillige manglar minst 30 minutt.",
          "Time asked: Tuesday 10:00–11:00. The volunteer lacks at least 30 minutes."),
         ("Kunne vært med dersom dette var ledig: tirsdag 10.30–11. Den frivillige kan føre det opp, eller "
          "fagpersonen flytte tiden.",
          "Kunne vore med dersom dette var ledig: tysdag 10.30–11. Den frivillige kan føre det opp, eller "
          "fagpersonen flytte tida.",
          "Could take part if this were free: Tuesday 10:30–11:00. The volunteer can add it, or the professional move "
          "the time.")),
        ("no_clash", {"holds": (Hold(Weekly(2070, 2130)),)}, {},
         ("Ønsket tid: tirsdag 10–11. Den frivillige har allerede en avtale: tirsdag 10.30–11.30.",
          "Ønskt tid: tysdag 10–11. Den frivillige har alt ein avtale: tysdag 10.30–11.30.",
          "Time asked: Tuesday 10:00–11:00. The volunteer already has an arrangement: Tuesday 10:30–11:30."), None),
        ("travel_time", {"holds": (Hold(Weekly(1980, 2010), LILLEHAMMER),)}, {},
         ("30 minutter mellom to møter; reisen på 16,9 km tar 36 minutter.",
          "30 minutt mellom to møte; reisa på 16,9 km tek 36 minutt.",
          "30 minutes between two meetings; the journey of 16.9 km takes 36 minutes."), None),
        ("not_asked_too_often", {"asked": (date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 20))}, {},
         ("Spurt 3 ganger på 30 dager; grensen er 3.", "Spurd 3 gonger på 30 dagar; grensa er 3.",
          "Times asked in 30 days: 3; the limit is 3."),
         ("Kan spørres igjen 3. desember 2026. Koordinatoren kan vente til da.",
          "Kan spørjast igjen 3. desember 2026. Koordinatoren kan vente til då.",
          "Can be asked again on 3 December 2026. The coordinator can wait until then.")),
        ("recipients_wish", {"gender": "m"}, {"gender_wish": "f"},
         ("Mottakeren ønsker: kvinne. Den frivillige har oppgitt: mann.",
          "Mottakaren ønskjer: kvinne. Den frivillige har oppgitt: mann.",
          "The recipient wishes: a woman. The volunteer has stated: a man."), None),
        ("area", {"municipality": "3405"}, {"neighbours": frozenset({"3441", "3436"})},
         ("Den frivillige hører til i 3405; behovet er åpent for 3436, 3440 og 3441.",
          "Den frivillige høyrer til i 3405; behovet er ope for 3436, 3440 og 3441.",
          "The volunteer belongs to 3405; the need is open to 3436, 3440 and 3441."), None),
        ("weekly_time", {"minutes_left": 30}, {"minutes_per_week": 90},
         ("Oppgaven tar 90 minutter i uka; den frivillige har 30 igjen.",
          "Oppgåva tek 90 minutt i veka; den frivillige har 30 igjen.",
          "The task takes 90 minutes a week; the volunteer has 30 left."),
         ("Kunne vært med dersom den frivillige satte av 60 minutter mer i uka.",
          "Kunne vore med dersom den frivillige sette av 60 minutt meir i veka.",
          "Could take part if the volunteer set aside 60 more minutes a week.")),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_three_languages_with_its_numbers(
    key: str, who: dict[str, Any], what: dict[str, Any], sentences: tuple[str, ...], remedies: tuple[str, ...] | None
) -> None:
    told = verdict(key, why(volunteer(**who), need(**what)))
    assert not told.allowed
    assert tuple(sentence(told.why, lang, names) for lang in LANGS) == sentences
    assert told.remedy
    if remedies:
        assert tuple(sentence(told.remedy, lang, names) for lang in LANGS) == remedies


def test_what_is_too_far_never_looks_equal_to_the_limit() -> None:
    assert distance_numbers(5_001, 5_000) == {"distance_km": 5.1, "limit_km": 5.0}
    assert distance_numbers(4_950, 4_990) == {"distance_km": 4.9, "limit_km": 4.9}


def test_points_are_told_with_the_most_there_could_be() -> None:
    told = why(
        volunteer(skills=frozenset({"drives"}), interests=frozenset({"chess"}), running=1, never_asked=True),
        need(skills_preferred=frozenset({"drives", "cooks"}), interests=frozenset({"chess"})),
    )
    lines = {part.key: (part.points, part.most, sentence(part.why, "nb", names)) for part in told.soft}
    assert lines["preferred_skills"] == (110, 220, "Kan bidra med: kjører bil.")
    assert lines["shared_interests"] == (46, 140, "Felles interesser: chess.")
    assert lines["fewest_running"] == (30, 40, "Har én avtale fra før.")
    assert lines["longest_idle"] == (66, 90, "Aldri spurt før, og har ventet i 53 dager.")
    assert lines["nearness"] == (120, 200, "Omtrent 8 km å reise.")
    assert (told.points, told.most) == (sum(part.points for part in told.soft), 1000)


def for_and_against(who: VolunteerFacts, what: NeedFacts) -> tuple[list[str], list[str]]:
    """What speaks for and against, as it is put to a coordinator."""
    told = why(who, what).soft
    spoken = [[each.speaks_for for each in told], [each.speaks_against for each in told]]
    said, against = ([sentence(one, "nb", names) for one in some if one is not None] for some in spoken)
    return said, against


def test_what_speaks_for_and_against_are_facts_and_no_empty_talk() -> None:
    both = frozenset({"drives", "cooks"})
    assert for_and_against(volunteer(skills=frozenset({"drives"}), running=1), need(skills_preferred=both)) == (
        ["Kan bidra med: kjører bil.", "Omtrent 8 km å reise.", "Ikke spurt på 53 dager."],
        ["Har ikke ført opp: lager mat.", "Har én avtale fra før."],
    )
    nothing_asked = for_and_against(volunteer(), need())
    assert nothing_asked == (["Omtrent 8 km å reise.", "Ikke spurt på 53 dager.", "Har ingen avtaler nå."], [])


def test_a_long_way_speaks_against_and_a_short_one_for() -> None:
    near, far = volunteer(place=OYER), volunteer(place=Place(61.13, 10.41), reach_m=40_000)
    assert "Under 1 km å reise." in for_and_against(near, need())[0]
    assert "Omtrent 15 km å reise." in for_and_against(far, need())[1]
    assert "Avstanden er ukjent." in for_and_against(volunteer(place=None), need())[1]
    on_the_phone = for_and_against(far, need(mode="phone"))
    assert not any("reise" in one for some in on_the_phone for one in some)


@settings(deadline=None, max_examples=60)
@given(some.volunteers, some.needs)
def test_no_sentence_about_points_says_yes_no_or_none(who: VolunteerFacts, what: NeedFacts) -> None:
    for part in why(who, what).soft:
        for said in filter(None, (part.why, part.speaks_for, part.speaks_against)):
            words = sentence(said, "nb")
            assert not any(empty in words for empty in (": nei", ": ja", "ingen.", " 0 ")), words


def test_the_week_is_told_alternative_by_alternative() -> None:
    who = volunteer(
        available=Week.from_spans(
            [(1440 + 540, 1440 + 720), (2 * 1440 + 540, 2 * 1440 + 720), (4 * 1440 + 600, 4 * 1440 + 660)]
        ),
        holds=(Hold(Weekly(2 * 1440 + 600, 2 * 1440 + 660)), Hold(Weekly(4 * 1440 + 570, 4 * 1440 + 595), LILLEHAMMER)),
    )
    what = need(windows=(TUESDAY_AT_TEN, *(Weekly(day * 1440 + 600, day * 1440 + 660) for day in (2, 3, 4))))
    told = why(who, what)
    assert [each.state for each in told.options] == ["free", "taken", "not_free", "too_tight"]
    assert told.options[0].spans == ((2040, 2100),)
    assert told.free == who.available.spans()  # type: ignore[union-attr]
    assert told.held == ((2 * 1440 + 600, 2 * 1440 + 660), (4 * 1440 + 570, 4 * 1440 + 595))
    assert told.eligible


def test_where_nothing_is_asked_a_page_may_leave_the_rule_out() -> None:
    plain = {each.key for each in why(volunteer(), need(languages={}, times="none")).hard if not each.asked}
    on_the_task = {"weekly_time", "required_skills", "language", "cleared", "age", "time", "no_clash", "travel_time"}
    assert plain == on_the_task | {"recipients_wish", "volunteers_wish"}
    assert not verdict("reach", why(volunteer(), need(mode="phone"))).asked
    assert not verdict("consent", why(volunteer(), need(human=0))).asked


def test_out_of_scope_a_rule_allows_and_says_nothing() -> None:
    book = replace(STANDARD, entries=(Entry("near", WithinReach(max_km=1), Scope(kinds=frozenset({"walk"}))),))
    told = why(volunteer(), need(), book)
    assert told.eligible
    assert not told.hard[0].in_scope
    assert told.lines("nb") == ("Den frivillige kan foreslås for dette behovet.", "Poeng: 0 av 0.")


def test_a_coordinator_may_choose_whom_only_overrulable_rules_refuse() -> None:
    assert why(volunteer(open_offers=2), need()).may_be_chosen
    assert not why(volunteer(open_offers=2, paused=True), need()).may_be_chosen
    assert why(volunteer(), need()).may_be_chosen


def test_who_can_change_it_is_named() -> None:
    told = why(volunteer(ready=False, capacity=0), need(consent=False, clearances=frozenset({"course"}), owner=7))
    assert {each.key: each.who for each in told.refused_by} == {
        "capacity": Who.VOLUNTEER,
        "not_own_case": Who.NOBODY,
        "cleared": Who.CLEARANCE_OFFICER,
        "ready": Who.COORDINATOR,
        "consent": Who.PROFESSIONAL,
    }
    assert [each.key for each in told.refused_by if each.remedy is None] == ["not_own_case"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, ("ja", "ja", "yes")),
        (12, ("12", "12", "12")),
        (7.5, ("7,5", "7,5", "7.5")),
        (date(2026, 3, 1), ("1. mars 2026", "1. mars 2026", "1 March 2026")),
        (Terms("skill", ()), ("ingen", "ingen", "none")),
        (Terms("gender", ()), ("ikke oppgitt", "ikkje oppgitt", "not stated")),
        (Terms("gender", ("f", "m")), ("kvinne og mann", "kvinne og mann", "a woman and a man")),
        (Times(((0, 60), (6 * 1440 + 1410, 10_080))),
         ("mandag 0–1 og søndag 23.30–24", "måndag 0–1 og søndag 23.30–24",
          "Monday 00:00–01:00 and Sunday 23:30–24:00")),
    ],
)  # fmt: skip
def test_a_value_is_written_as_each_language_writes_it(value: Any, words: tuple[str, ...]) -> None:
    assert tuple(written(value, lang) for lang in LANGS) == words


def test_a_span_over_midnight_names_both_days() -> None:
    assert clock((1380, 1500), "nb") == "mandag 23–tirsdag 1"


# -- the numbers told are the numbers judged by --------------------------------------------------------------------

Refuses = Callable[[Numbers], bool]


def _keys(value: object) -> tuple[str, ...]:
    assert isinstance(value, Terms)
    return value.keys


def _more(one: str, other: str) -> Refuses:
    return lambda numbers: float(str(numbers[one])) > float(str(numbers[other]))


BY_NUMBERS: dict[str, Refuses] = {
    "capacity": lambda numbers: numbers["places"] == 0,
    "area": lambda numbers: not set(_keys(numbers["municipality"])) <= set(_keys(numbers["welcome"])),
    "reach": _more("distance_km", "limit_km"),
    "required_skills": _more("asked", "hits"),
    "cleared": _more("asked", "hits"),
    "language": lambda numbers: not _keys(numbers["shared"]),
    "recipients_wish": lambda numbers: numbers["wished"] != numbers["given"],
    "volunteers_wish": lambda numbers: numbers["wished"] != numbers["given"],
    "kind_welcome": lambda numbers: bool(_keys(numbers["declined"])),
    "old_enough": _more("lowest_age", "years"),
    "travel_time": _more("travel_min", "gap_min"),
    "open_offers": lambda numbers: not _more("most", "open")(numbers),
    "not_asked_too_often": lambda numbers: not _more("most", "times")(numbers),
    "time": lambda numbers: numbers["missing_min"] != 0,
}
"""What each rule's own numbers say. Rules without numbers (a block, a consent) are judged by their table of cases."""


DISTANCE_UNKNOWN_KM = -0.1
"""What stands in the blank where the sentence does not name the distance."""


def agrees(told: Verdict) -> bool:
    """Whether the numbers in the sentence say what the verdict says."""
    refuses, numbers = BY_NUMBERS.get(told.key), told.why.numbers
    if refuses is None or not told.asked:
        return True
    if numbers.get("distance_km") == DISTANCE_UNKNOWN_KM:
        return True
    if told.allowed and told.key in ("travel_time", "no_clash"):
        return True
    return refuses(numbers) != told.allowed


@settings(deadline=None, max_examples=60)
@given(some.volunteers, some.needs)
def test_every_explanation_agrees_with_the_verdict_and_names_the_numbers(who: VolunteerFacts, what: NeedFacts) -> None:
    told = why(who, what)
    facts = Facts.of([who], [what])
    refused = judged(facts, STANDARD, need=what.id, volunteer=who.id, now=NOW).refused_by(who.id)
    assert tuple(each.key for each in told.refused_by) == refused
    for each in told.hard:
        assert agrees(each), each
        _is_told_in_full(each)
    for lang in LANGS:
        assert len(told.lines(lang)) == len(told.lines("nb"))


def _is_told_in_full(told: Verdict) -> None:
    for said in filter(None, (told.says, told.why, told.remedy)):
        for lang in LANGS:
            words = sentence(said, lang)
            assert "{" not in words
            for blank in said.text.blanks(lang):
                value = said.numbers[blank]
                assert isinstance(value, float) or written(value, lang) in words


@dataclass(frozen=True)
class TellsAnotherLimit(WithinReach):
    """The fault of a matcher whose message said 5 where 30 was given."""

    def numbers(self, pair: Pairs) -> Numbers:
        return distance_numbers(int(pair.distance_m[0]), int(self.max_km * 1000))


def test_the_law_of_explanations_catches_a_number_that_was_not_used() -> None:
    book = replace(STANDARD, entries=(Entry("reach", TellsAnotherLimit()),))
    assert not agrees(why(volunteer(reach_m=5_000), need(), book).hard[0])
    assert agrees(why(volunteer(reach_m=5_000), need()).hard[8])


def test_reference_1_explains_itself_as_well() -> None:
    session = Dated(datetime(2026, 12, 4, 17, tzinfo=UTC), datetime(2026, 12, 4, 18, tzinfo=UTC))
    who = volunteer(reach_m=100, clearance_ends=(("police", date(2026, 12, 3)),))
    what = need(clearances=frozenset({"police"}), duplicate=True, windows=(session,))
    told = why(who, what, REFERENCE)
    assert {each.key: sentence(each.why, "nb") for each in told.refused_by} == {
        "duplicate_need": "Behovet er ført opp to ganger.",
        "distance": "7914 meter unna; grensen er 100 meter.",
        "vetting": "Mangler attest som gjelder til og med 4. desember 2026: police.",
        "availability": "Ønsket tid: fredag 18–19. Den frivillige mangler minst 60 minutter.",
    }
    assert all(each.remedy for each in told.refused_by)


def test_a_place_that_is_missing_is_told_as_such() -> None:
    told = verdict("reach", why(volunteer(place=None, municipality="3405"), need(neighbours=frozenset({"3405"}))))
    assert sentence(told.why, "nb").startswith("Avstanden er ukjent, fordi et sted mangler")
    assert why(volunteer(place=None), need()).distance_m is None
    assert why(volunteer(place=Place(61.2656, 10.4130)), need()).distance_m == 0
