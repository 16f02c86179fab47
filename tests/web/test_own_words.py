"""Egne ord: what volunteers wrote themselves counts when a coordinator has said what it is."""

from __future__ import annotations

from sqlalchemy import select

from samskap.models import OwnWord, Term, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from tests.builders import Builders
from tests.cast import Someone
from tests.page import Page


def the_word(mona: Someone, words: str) -> Page:
    return mona.opens("/egne-ord").follow(f"Velg hva det er {words}")


def terms_of(db: TenantSession, someone: Someone) -> list[str]:
    query = select(Term.nb).join(VolunteerTerm, VolunteerTerm.term_id == Term.id)
    return list(db.scalars(query.where(VolunteerTerm.volunteer_id == someone.id).order_by(Term.nb)))


def test_the_same_as_a_word_in_the_list_is_given_to_all_who_wrote_it(
    mona: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    scything = builders.a_term("scything", nb="Slå med ljå", own=True)
    builders.an_own_word(kari, "ljåslått")
    builders.an_own_word(ola, "Ljåslått ")
    page = the_word(mona, "ljåslått")
    assert page.heading == "«ljåslått»"
    assert page.press("Samme ord").errors() == ["Velg et ord i lista."]
    page.fill("Betyr det samme som", "Slå med ljå").press("Samme ord")
    assert page.says("Ordet er lagt til som en annen måte å si det på.")
    assert page.says("Alt er lest")
    assert [terms_of(db, someone) for someone in (kari, ola)] == [["Slå med ljå"], ["Slå med ljå"]]
    assert db.get_one(Term, scything.id, populate_existing=True).synonyms == ["ljåslått"]
    assert mona.opens(f"/frivillige/{kari.id}").says("Slå med ljå")


def test_a_new_word_is_made_in_three_languages_and_can_be_chosen_by_others(
    mona: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.an_own_word(kari, "kløve ved")
    page = the_word(mona, "kløve ved").press("Nytt ord")
    assert page.errors() == ["På nynorsk må fylles ut.", "På engelsk må fylles ut."]
    assert page.value("På bokmål") == "kløve ved"
    page.fill("På nynorsk", "kløyve ved").fill("På engelsk", "split wood").press("Nytt ord")
    assert page.says("Ordet står i lista nå.")
    term = db.scalars(select(Term).where(Term.own)).one()
    assert (term.kind, term.nb, term.nn, term.en) == (WordKind.RESOURCE, "kløve ved", "kløyve ved", "split wood")
    assert terms_of(db, kari) == ["kløve ved"]
    assert ola.opens("/meld-deg/hva").says("kløve ved")


def test_a_word_that_is_there_already_is_not_made_twice(mona: Someone, kari: Someone, builders: Builders) -> None:
    builders.a_term("scything", nb="Slå med ljå", own=True)
    builders.an_own_word(kari, "ljå")
    page = the_word(mona, "ljå").fill("På bokmål", "slå med ljå").fill("På nynorsk", "x").fill("På engelsk", "y")
    assert page.press("Nytt ord").errors() == ["Ordet finnes allerede i lista. Velg det i stedet."]
    assert page.status == 422


def test_a_word_may_be_left_with_who_wrote_it(
    mona: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.an_own_word(kari, "er snill")
    page = the_word(mona, "er snill").press("La det stå")
    assert page.says("Ordet står hos dem som skrev det.")
    assert page.says("Alt er lest")
    assert mona.opens("/arbeidsliste").says("Ingenting venter på deg")
    assert db.scalars(select(OwnWord.words)).all() == ["er snill"]
    assert mona.opens(f"/frivillige/{kari.id}").says("Med egne ord: er snill")


def test_the_second_to_read_a_word_is_told_so(
    mona: Someone, arne: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.a_term("scything", nb="Slå med ljå", own=True)
    builders.an_own_word(kari, "ljå")
    for_arne = the_word(arne, "ljå").fill("Betyr det samme som", "Slå med ljå")
    the_word(mona, "ljå").press("La det stå")
    for_arne.press("Samme ord")
    assert for_arne.status == 409
    assert for_arne.errors()[0].startswith("Ordet er allerede lest av en annen.")
    assert terms_of(db, kari) == []


def test_what_was_written_is_shown_as_it_was_written(mona: Someone, kari: Someone, builders: Builders) -> None:
    builders.an_own_word(kari, "<b>fet</b> & %s")
    page = mona.opens("/egne-ord")
    assert "<b>fet" not in page.html
    assert "&lt;b&gt;fet&lt;/b&gt; &amp; %s" in page.html


def test_only_coordinators_of_the_municipality_read_them(
    kari: Someone, ane: Someone, grete: Someone, per: Someone, mona: Someone, builders: Builders
) -> None:
    word = builders.an_own_word(kari)
    assert [who.opens(f"/egne-ord/{word.id}").status for who in (kari, ane, grete, per)] == [403, 403, 403, 404]
    assert per.opens("/egne-ord").says("Alt er lest")
    assert [mona.opens(f"/egne-ord/{number}").status for number in (0, 2**31)] == [404, 404]
