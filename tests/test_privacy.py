"""Every column's word on privacy, and the register made of them."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from samskap.privacy import Until, Word, how_long, not_personal, personal, register_of, unmarked
from samskap.text import LOCALES


def a_town() -> MetaData:
    metadata = MetaData()
    Table(
        "person",
        metadata,
        Column("id", Integer, primary_key=True, info=personal("Nummeret ditt hos oss", subject=True)),
        Column("phone", String, info=personal("Telefonnummeret ditt, så koordinatoren kan ringe", days=365)),
        Column("decision", String, info=personal("Vedtak", until=Until.ARCHIVED, erase="keep")),
    )
    Table(
        "session",
        metadata,
        Column("person_id", ForeignKey("person.id"), info=personal("Hvem det er", subject=True, erase="delete")),
        Column("secret", String, info=personal("Nøkkelen", exported=False, erase="delete", until=Until.MADE, days=1)),
    )
    Table("place", metadata, Column("name", String, info=not_personal("a name of a village")))
    return metadata


def test_the_register_knows_every_personal_column_and_no_other() -> None:
    register = register_of(a_town())
    assert [held.name for held in register.personal()] == [
        "person.id",
        "person.phone",
        "person.decision",
        "session.person_id",
        "session.secret",
    ]
    assert register.tables() == ("person", "session")
    assert [held.name for held in register if not held.word.personal] == ["place.name"]


def test_export_and_erasure_read_it_column_by_column() -> None:
    register = register_of(a_town())
    assert register.subjects_of("session") == ("person_id",)
    assert register.exported_of("session") == ("person_id",)
    assert register.erased_of("person", "blank") == ("id", "phone")
    assert register.erased_of("person", "keep") == ("decision",)
    assert register.erased_of("session", "delete") == ("person_id", "secret")
    assert register.of_table("place") == ()


def test_a_column_without_a_word_is_named() -> None:
    metadata = a_town()
    assert unmarked(metadata) == ()
    Table("forgotten", metadata, Column("shoe_size", Integer), Column("other", Integer, info={"privacy": "yes"}))
    assert unmarked(metadata) == ("forgotten.shoe_size", "forgotten.other")
    assert "forgotten" not in register_of(metadata).tables()


@pytest.mark.parametrize("why", ["", "  "])
def test_a_personal_column_says_why(why: str) -> None:
    with pytest.raises(ValueError, match="why"):
        personal(why)


def test_days_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match="days is -1"):
        personal("Navnet ditt", days=-1)


def test_only_archive_material_survives_erasure() -> None:
    with pytest.raises(ValueError, match="archive"):
        personal("Navnet ditt", erase="keep")
    with pytest.raises(ValueError, match="archive"):
        personal("Navnet ditt", until=Until.ARCHIVED)


@pytest.mark.parametrize("until", Until)
@pytest.mark.parametrize("days", [0, 1, 30, 365])
def test_how_long_is_a_sentence_in_every_language(until: Until, days: int) -> None:
    word = Word(True, "Navnet ditt", days=days, until=until, erase="keep" if until is Until.ARCHIVED else "blank")
    told = {how_long(word, locale=locale) for locale in LOCALES}
    assert len(told) >= 2
    assert not any(said[0].islower() or not said.endswith(".") for said in told)
    assert all(("30" in said) == (days == 30 and until is not Until.ARCHIVED) for said in told)


@pytest.mark.parametrize(
    ("days", "nb"),
    [
        (365, "Ett år etter at det er over."),
        (730, "To år etter at det er over."),
        (366, "366 dager etter at det er over."),
    ],
)
def test_whole_years_are_called_years(days: int, nb: str) -> None:
    assert how_long(Word(True, "Navnet ditt", days=days, until=Until.ENDS), locale="nb") == nb
