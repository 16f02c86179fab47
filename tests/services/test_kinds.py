"""Sectors, kinds of task, and what the law lets anyone ask."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest

from samskap.models import Audience, Mode, WordKind
from samskap.services import kinds
from samskap.services.kinds import Certificate, Required, UnknownKindError
from samskap.services.vocabulary import word
from samskap.text import LOCALES

THE_TABLE = {
    "health_and_care": ("helse- og omsorgstjenesteloven", "§ 5-4"),
    "child_welfare": ("barnevernsloven", "§ 12-11"),
    "kindergarten": ("barnehageloven", "§ 30"),
    "school": ("opplæringslova", "§ 17-11"),
    "voluntary_organisation": ("politiregisterforskriften", "§ 34-1"),
    "youth_club": ("politiregisterforskriften", "§ 34-12"),
    "homework_and_mentor": ("politiregisterforskriften", "§ 34-14"),
    "cultural_institution": ("politiregisterforskriften", "§ 34-16"),
}

IN_THE_LIST = [
    ("Hverdagsrehab", "Gåturer med en mann på Tretten som vil komme seg til butikken selv igjen", "rehab_errand"),
    ("Kultur", "Lese høyt på Sundgaarden tirsdager kl 11", "reading_aloud"),
    ("Digital hjelp", "Hjelpe med BankID og nettbrett på biblioteket", "digital_drop_in"),
    ("Oppvekst", "Leksehjelp for ungdomsskoleelever", "homework_outside_school"),
    ("Kultur", "Vaffelsteiking på kulturkveld 14.03.2026 kl. 17-21", "cafe_host"),
    ("Omsorg", "Besøksvenn for dame, 85 år, glad i strikking og slektsgransking", "visiting_friend"),
    ("Integrering", "Språkkafé, ukrainsk og norsk", "language_cafe"),
    ("Uteliv", "Rydde stien til Nordhue", "path_work"),
    ("Hverdagsrehab", "Følge til trening i varmtvannsbasseng", "training_companion"),
    ("Omsorg", "Kjøre til dagsenter, diagnosen er demens", "day_centre_driving"),
]


def test_there_are_the_six_sectors_that_everyone_shares() -> None:
    assert [one.key for one in kinds.sectors()] == [
        "early_intervention",
        "everyday_rehabilitation",
        "digital_help",
        "social_and_cultural_life",
        "local_community",
        "preparedness",
    ]
    assert all(len(kinds.kinds_in(one.key)) >= 4 for one in kinds.sectors())


def test_the_table_of_laws_is_the_one_that_was_collected() -> None:
    assert {one.key: (one.law, one.section) for one in kinds.legal_bases()} == THE_TABLE


def test_every_law_has_its_place_its_date_and_is_still_to_be_checked_by_a_human() -> None:
    for one in kinds.legal_bases():
        assert one.url.startswith("https://lovdata.no/")
        assert one.url.endswith(one.section.replace(" ", ""))
        assert one.last_checked == date(2026, 11, 1)
        assert one.check is True
        assert one.citation == f"{one.law} {one.section}"


@pytest.mark.parametrize("key", ["visiting_friend", "walking_friend", "digital_home", "digital_drop_in", "path_work"])
def test_a_kind_without_a_legal_basis_has_nothing_to_ask_for(key: str) -> None:
    assert kinds.requirements_of(kinds.kind(key)) == ()


def test_a_kind_with_a_legal_basis_asks_for_that_certificate() -> None:
    (asked,) = kinds.requirements_of(kinds.kind("homework_at_school"))
    assert asked.key == "police_certificate:school"
    assert asked.required is Required.YES
    assert asked.basis.certificate is Certificate.CHILDREN


def test_where_it_is_not_settled_that_a_law_reaches_volunteers_the_choice_is_left_open() -> None:
    (asked,) = kinds.requirements_of(kinds.kind("rehab_walk"))
    assert asked.basis.required is Required.YES
    assert asked.required is Required.TO_BE_SETTLED
    (relief,) = kinds.requirements_of(kinds.kind("carer_relief"))
    assert relief.required is Required.YES


def test_no_requirement_comes_from_anywhere_but_the_table() -> None:
    asked = [one for task in kinds.kinds() for one in kinds.requirements_of(task)]
    assert {one.basis.key for one in asked} == set(THE_TABLE), (
        "a basis that no kind of task uses, or the other way round"
    )
    assert all(one.key == f"police_certificate:{one.basis.key}" for one in asked)


def test_every_kind_has_sane_defaults() -> None:
    keys = [one.key for one in kinds.kinds()]
    assert len(keys) == len(set(keys))
    assert len(keys) >= 30
    for one in kinds.kinds():
        assert 0.5 <= one.hours <= 8
        assert 1 <= one.people <= 12
        assert one.skills
        assert all(word(WordKind.RESOURCE, skill) for skill in one.skills)
        assert one.audience is not Audience.PERSON or one.people <= 2


def test_a_need_of_one_person_at_home_is_for_ready_volunteers_only() -> None:
    assert kinds.kind("visiting_friend").ready_only
    assert not kinds.kind("language_cafe").ready_only
    assert all(one.audience is Audience.PERSON and one.mode is Mode.HOME for one in kinds.kinds() if one.ready_only)


@pytest.mark.parametrize("key", ["rehab_walk", "rehab_errand", "training_companion"])
def test_everyday_rehabilitation_carries_a_safety_note_and_signs_to_stop(key: str) -> None:
    safety = kinds.kind(key).safety
    assert safety is not None
    assert len(safety.stop) >= 4
    assert any("113" in sign.nb for sign in safety.stop)


def test_what_is_never_asked_is_said_in_three_languages() -> None:
    told = " ".join(one.nb.lower() for one in kinds.never_asked())
    assert all(thing in told for thing in ("stell", "medisiner", "løfte", "øvelser"))


def test_driving_tells_of_the_cars_own_insurance_and_the_phone_of_none() -> None:
    assert "bilens egen forsikring" in kinds.kind("social_driving").insurance.line.nb
    assert "gjelder ikke" in kinds.kind("phone_friend").insurance.line.nb


def test_association_categories_have_a_sector_and_every_kind_a_category() -> None:
    known = {one.key for one in kinds.sectors()}
    assert all(one.sector in known for one in kinds.icnpo())
    assert kinds.icnpo_category("1100").label.nb == "Kunst og kultur"
    assert all(kinds.icnpo_category(one.icnpo) for one in kinds.kinds())


@pytest.mark.parametrize(("area", "description", "key"), IN_THE_LIST)
def test_every_need_of_the_list_gets_its_kind_and_sector(area: str, description: str, key: str) -> None:
    found = kinds.suggest(description, area=area)
    assert found is not None
    assert found.key == key
    named = kinds.sector_of(area)
    assert named is not None


@pytest.mark.parametrize("key", [one.key for one in kinds.kinds()])
def test_a_kind_is_suggested_by_its_own_name_in_every_language(key: str) -> None:
    task = kinds.kind(key)
    for locale in LOCALES:
        found = kinds.suggest(task.label.say(locale), area=task.sector)
        assert found is not None
        assert found.key == key, task.label.say(locale)


@pytest.mark.parametrize("text", ["", "   ", "kvantemekanikk", "x" * 10_000, "\x00"])
def test_what_speaks_of_no_task_gets_no_suggestion(text: str) -> None:
    assert kinds.suggest(text) is None
    assert kinds.sector_of(text) is None


@pytest.mark.parametrize("look", [kinds.kind, kinds.sector, kinds.legal_basis, kinds.icnpo_category])
def test_an_unknown_key_is_an_error_that_names_it(look: object) -> None:
    with pytest.raises(UnknownKindError, match="flying"):
        look("flying")  # type: ignore[operator]


@pytest.mark.parametrize("name", ["kinds_of_task.toml", "sectors.toml", "legal_basis.toml", "icnpo.toml"])
def test_the_data_has_no_word_that_we_unlearn_and_no_exclamation(name: str) -> None:
    lines = (files("samskap") / "data" / name).read_text("utf-8").splitlines()
    told = " ".join(line for line in lines if not line.startswith("#") and "also." not in line)
    assert "!" not in told
    assert not [said for said in (" kunde", " klient", "brukere") if said in told.lower()]
