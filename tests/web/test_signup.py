"""Meld deg, as a newcomer meets it, and as a coordinator does who registers somebody else."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from matching.week import Week
from samskap.models import (
    Mode,
    Outbox,
    OwnWord,
    Person,
    SendState,
    Term,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.hands import told
from tests.page import Page
from tests.standard import elements
from tests.town import Town

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HOURS = 60
ON = "Neste steg"


@pytest.fixture
def nina(oyer: Town, app: Flask, builders: Builders) -> Someone:
    """Somebody with a new account, of whom nothing is known but a name and an address."""
    builders.the_vocabulary()
    return a_person(oyer, app, "Nina Nygård", postcode=None, lat=None, lon=None)


def says_where(page: Page) -> Page:
    return page.fill("Postnummer", "2635").tick("Bil").press(ON)


def says_what(page: Page, words: str = "slår med ljå") -> Page:
    return page.tick("Kjøre bil").fill("Noe annet, med egne ord", words).press(ON)


def says_when(page: Page) -> Page:
    return page.tick("Tirsdag kl. 8 til 10").tick("Tirsdag kl. 10 til 12").press(ON)


def says_who(page: Page, day: str = "5", month: str = "3", year: str = "1961") -> Page:
    page.fill("Dag", day).fill("Måned", month).fill("År", year).fill("Telefon", "400 00 009")
    return page.press(ON)


def is_ready_to_send(who: Someone) -> Page:
    """Through the four steps, to the sum-up."""
    return says_who(says_when(says_what(says_where(who.opens("/meld-deg")))))


def offered(db: TenantSession, who: int) -> list[tuple[WordKind, str]]:
    """The words of the vocabulary that somebody has chosen."""
    query = select(Term.kind, Term.key).join(VolunteerTerm, VolunteerTerm.term_id == Term.id)
    return [(kind, key) for kind, key in db.execute(query.where(VolunteerTerm.volunteer_id == who).order_by(Term.key))]


# ---------------------------------------------------------------- from the front page to a candidate


def test_four_short_steps_and_a_look_over_make_a_candidate(
    nina: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(mode=Mode.OUTDOORS, windows=[(1440 + 9 * HOURS, 1440 + 10 * HOURS)])
    page = nina.opens("/").follow("Jeg vil bidra")
    assert page.heading == "Hvor bor du?"
    assert says_where(page).heading == "Hva kan du bidra med?"
    assert says_what(page).heading == "Når passer det?"
    assert says_when(page).heading == "Om deg"
    assert says_who(page).heading == "Se over før du sender"
    for words in ("2635", "Bil, inntil 20 km", "Kjøre bil og slår med ljå", "tirsdag 8–12", "5. mars 1961", "Norsk"):
        assert page.says(words), words
    assert not mona.opens(f"/behov/{need.id}/kandidater").says("Nina Nygård"), "not before it is sent"
    page.press("Send inn")
    assert page.url == "/min-side"
    assert page.says("Takk. Vi har fått svarene dine. En koordinator tar kontakt innen tre virkedager.")
    assert nina.volunteer.state is VolunteerState.REGISTERED
    assert Role.VOLUNTEER in nina.actor.roles
    assert told(db) == [("volunteer_registered", mona.id)]
    assert mona.opens(f"/behov/{need.id}/kandidater").says("Nina Nygård")


def test_a_stranger_is_shown_how_to_get_an_account_and_comes_back_to_the_first_step(stranger: Someone) -> None:
    page = stranger.opens("/").follow("Jeg vil bidra")
    assert page.url == "/ny-konto?next=/meld-deg"


def questions(page: Page) -> int:
    """How many questions stand open on a page: groups of boxes count once, what is folded away does not."""
    folded = {node for one in elements(page.main, "details") for node in elements(one, "input", "select", "textarea")}
    names = {
        (node.get("name") or "").partition("-")[0] if node.get("name", "").startswith("born") else node.get("name")
        for node in elements(page.main, "input", "select", "textarea")
        if node.get("type") != "hidden" and node not in folded and "sok" not in (node.get("name") or "")
    }
    return len(names)


def test_no_more_than_nine_answers_are_asked_for(nina: Someone) -> None:
    page = nina.opens("/meld-deg")
    asked = [questions(page), *(questions(step(page)) for step in (says_where, says_what, says_when))]
    assert asked == [2, 1, 1, 3]
    assert sum(asked) <= 9


def test_neither_a_promise_nor_a_certificate_is_asked_of_who_signs_up(nina: Someone) -> None:
    page = nina.opens("/meld-deg")
    read = [page.text.lower(), *(step(page).text.lower() for step in (says_where, says_what, says_when, says_who))]
    for word in ("attest", "taushet", "forsikring", "fødselsnummer"):
        assert not any(word in text for text in read), word


@pytest.mark.parametrize("language", ["nn", "en"])
def test_each_step_stands_in_every_language(nina: Someone, language: str) -> None:
    is_ready_to_send(nina)
    for step in ("hvor", "hva", "nar", "om-deg", "se-over"):
        assert nina.opens(f"/meld-deg/{step}", lang=language).language == language


# ---------------------------------------------------------------- saved as one goes


def test_what_is_answered_is_taken_up_again_on_another_device(nina: Someone) -> None:
    left_off = []
    for step in (says_where, says_what, says_when, says_who):
        step(nina.opens("/meld-deg"))
        nina.logs_out()
        left_off.append(nina.opens("/min-side").follow("Fullfør påmeldingen").heading)
    assert left_off == ["Hva kan du bidra med?", "Når passer det?", "Om deg", "Se over før du sender"]
    assert nina.opens("/meld-deg/hvor").value("Postnummer") == "2635"
    assert nina.opens("/meld-deg/hva").ticked("Kjøre bil")
    assert nina.opens("/meld-deg/hva").value("Noe annet, med egne ord") == "slår med ljå"
    assert nina.opens("/meld-deg/nar").ticked("Tirsdag kl. 8 til 10")
    assert nina.opens("/meld-deg/om-deg").value("År") == "1961"


def test_what_is_missing_is_told_of_and_nothing_is_sent_without_it(nina: Someone) -> None:
    says_what(says_where(nina.opens("/meld-deg")))
    page = nina.opens("/meld-deg/se-over")
    assert page.says("Noe mangler")
    assert "Send inn" not in page.buttons()
    assert page.follow("Svar på resten").heading == "Når passer det?"
    token = page.html.split('csrf_token" value="')[1].split('"')[0]
    sent = nina.browser.post(
        "/meld-deg/se-over", data={"csrf_token": token}, headers={"Referer": "https://samskap.example/"}
    )
    assert sent.status_code == 422
    assert nina.volunteer.state is VolunteerState.SIGNING_UP


def test_each_answer_can_be_changed_from_the_sum_up(nina: Someone) -> None:
    page = is_ready_to_send(nina).follow("Endre Når")
    page.untick("Tirsdag kl. 8 til 10").press(ON)
    assert nina.opens("/meld-deg/se-over").says("tirsdag 10–12")


def test_sending_twice_is_sending_once(nina: Someone, mona: Someone, db: TenantSession) -> None:
    page = is_ready_to_send(nina)
    page.press("Send inn")
    page.press("Send inn", on_the_old_page=True)
    assert page.url == "/min-side"
    assert told(db) == [("volunteer_registered", mona.id)]


def test_who_has_signed_up_changes_the_same_answers_on_the_same_pages(nina: Someone) -> None:
    is_ready_to_send(nina).press("Send inn")
    assert nina.opens("/meld-deg").url == "/min-side"
    page = nina.opens("/min-side").follow("Endre når")
    assert page.buttons()[-1] == "Lagre"
    page.tick("Onsdag kl. 8 til 10").press("Lagre")
    assert page.url == "/min-side"
    assert page.says("Lagret.")
    assert page.says("onsdag 8–10")


# ---------------------------------------------------------------- where


def test_a_postcode_is_enough_and_places_no_finer_than_its_town(nina: Someone, db: TenantSession) -> None:
    page = says_where(nina.opens("/meld-deg"))
    assert page.says("Vi regner avstander fra poststedet.")
    person = db.get_one(Person, nina.id)
    assert (person.postcode, person.lat, person.lon, person.place_due) == ("2635", 61.3142, 10.3007, False)
    assert nina.volunteer.reach_km == 20


def test_an_address_is_kept_for_later_and_looked_up_while_nobody_waits(nina: Someone, db: TenantSession) -> None:
    page = nina.opens("/meld-deg").fill("Gateadresse", "Prøvevegen 7")
    says_where(page)
    person = db.get_one(Person, nina.id)
    assert (person.address, person.place_due, person.lat) == ("Prøvevegen 7", True, 61.3142)


def test_of_a_secret_address_nothing_is_kept_even_when_it_is_typed(nina: Someone, db: TenantSession) -> None:
    page = nina.opens("/meld-deg").fill("Gateadresse", "Prøvevegen 7").tick("Adressen min er hemmelig (kode 6 eller 7)")
    says_where(page)
    assert page.says("Adressen er skjermet.")
    person = db.get_one(Person, nina.id)
    assert (person.address_protected, person.postcode, person.address) == (True, None, None)
    assert (person.lat, person.lon, person.place_due) == (None, None, False)
    assert "Prøvevegen" not in nina.opens("/meld-deg/hvor").html


def test_a_postcode_that_is_none_is_told_of_and_kept(nina: Someone, db: TenantSession) -> None:
    page = nina.opens("/meld-deg")
    none = "Postnummer må ha fire siffer og være et som finnes, for eksempel 2635."
    for typed, says in {
        "": "Postnummer må fylles ut.",
        "0000": none,
        "263": none,
        "26 35": "Postnummer er for lang: 5 tegn. Den kan ha 4.",
    }.items():
        page.fill("Postnummer", typed).press(ON)
        assert (page.status, page.errors()) == (422, [says, "Velg hvordan du kommer deg fram."])
        assert page.value("Postnummer") == typed
    assert db.get(Volunteer, nina.id) is None


# ---------------------------------------------------------------- what


def choices(page: Page) -> list[str]:
    """The words that stand in the list to choose from."""
    listed = next(node for node in elements(page.main, "div") if node.get("id") == "kan")
    return ["".join(node.itertext()).strip() for node in elements(listed, "label")]


def test_what_people_say_finds_the_word_for_it_without_script(nina: Someone) -> None:
    page = says_where(nina.opens("/meld-deg"))
    every = len(choices(page))
    for typed, language, field, button, finds in (
        ("kjører bil", "nb", "Søk i lista", "Søk", "Kjøre bil"),
        ("sjåfør", "nb", "Søk i lista", "Søk", "Kjøre bil"),
        ("køyrer bil", "nn", "Søk i lista", "Søk", "Køyre bil"),
        ("I can drive", "en", "Search the list", "Search", "Driving"),
    ):
        page = nina.opens("/meld-deg/hva", lang=language).fill(field, typed).press(button)
        assert finds in choices(page)
        assert len(choices(page)) <= 12 < every


def test_searching_keeps_what_is_ticked_and_saves_nothing(nina: Someone, db: TenantSession) -> None:
    page = says_where(nina.opens("/meld-deg")).tick("Bake")
    page.fill("Søk i lista", "kjører bil").press("Søk")
    assert page.ticked("Bake")
    assert offered(db, nina.id) == []
    page.fill("Søk i lista", "qqqq").press("Søk")
    assert choices(page) == ["Bake"]
    assert page.says("Vi fant ikke ordet. Skriv det i feltet under lista, så tar vi det med.")


def test_own_words_that_the_list_knows_become_its_words_and_the_others_stay(nina: Someone, db: TenantSession) -> None:
    page = says_where(nina.opens("/meld-deg"))
    page.fill("Noe annet, med egne ord", "kjører bil; slår med ljå, Slår med ljå").press(ON)
    assert offered(db, nina.id) == [(WordKind.RESOURCE, "driving")]
    assert db.scalars(select(OwnWord.words).where(OwnWord.volunteer_id == nina.id)).all() == ["Slår med ljå"], "once"


def test_own_words_are_made_a_word_of_the_municipality_for_everyone_who_wrote_them(
    nina: Someone, kari: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.an_own_word(kari, "Slår med ljå")
    is_ready_to_send(nina).press("Send inn")
    page = mona.opens("/egne-ord").follow("Velg hva det er Slår med ljå")
    page.fill("På bokmål", "Slå med ljå").fill("På nynorsk", "Slå med ljå").fill("På engelsk", "Scything")
    page.press("Nytt ord")
    assert page.says("Alt er lest")
    for who in (nina, kari):
        assert "slå med ljå" in who.opens("/min-side").text.lower()
    assert "Scything" in choices(nina.opens("/meld-deg/hva", lang="en"))


def test_what_somebody_offers_in_own_words_alone_stands_on_their_page(nina: Someone) -> None:
    page = says_where(nina.opens("/meld-deg")).fill("Noe annet, med egne ord", "slår med ljå").press(ON)
    says_who(says_when(page)).press("Send inn")
    assert nina.opens("/min-side").says("Slår med ljå")


def test_one_thing_is_enough_and_none_or_too_many_is_told_of(nina: Someone) -> None:
    page = says_where(nina.opens("/meld-deg"))
    for typed, says in {
        "": "Velg minst én ting, eller skriv noe med egne ord.",
        "\u200b , ;": "Velg minst én ting, eller skriv noe med egne ord.",
        ",".join("abcdefghijk"): "Noe annet: skriv høyst ti ting, skilt med komma.",
        "x" * 121: "Noe annet: skriv kortere, og skill tingene med komma.",
    }.items():
        page.fill("Noe annet, med egne ord", typed).press(ON)
        assert (page.status, page.errors()) == (422, [says])


# ---------------------------------------------------------------- when


def test_the_week_is_filled_in_by_boxes_and_by_text(nina: Someone) -> None:
    page = says_what(says_where(nina.opens("/meld-deg")))
    page.tick("Mandag kl. 10 til 12").fill("Lørdag", "7.30–9, 22-24").press(ON)
    assert nina.volunteer.free == Week.from_spans([
        (10 * HOURS, 12 * HOURS), (5 * 1440 + 450, 5 * 1440 + 540), (5 * 1440 + 22 * HOURS, 6 * 1440),
    ])  # fmt: skip


def test_a_quick_button_fills_the_week_in_and_saves_nothing_yet(nina: Someone) -> None:
    page = says_what(says_where(nina.opens("/meld-deg"))).press("Helger")
    assert page.status == 200
    assert page.says("lørdag og søndag 8–22")
    assert nina.volunteer.free is None
    page.press(ON)
    assert nina.volunteer.free is not None


def test_hours_that_cannot_be_read_are_kept_as_typed_with_a_sentence(nina: Someone) -> None:
    page = says_what(says_where(nina.opens("/meld-deg"))).fill("Lørdag", "etter lunsj").press(ON)
    assert page.status == 422
    assert page.errors() == ["Lørdag: skriv fra og til, for eksempel 9–12 eller 9.30–12. Du skrev «etter lunsj»."]
    assert page.value("Lørdag") == "etter lunsj"
    assert nina.volunteer.free is None


# ---------------------------------------------------------------- who


def test_somebody_under_eighteen_is_told_why_not_and_nothing_of_it_is_kept(nina: Someone, db: TenantSession) -> None:
    page = says_when(says_what(says_where(nina.opens("/meld-deg"))))
    no_date = "Fødselsdato må være en dato med dag, måned og år, for eksempel 5 3 1961."
    never = "Fødselsdato må være en dag som har vært, for eksempel 5 3 1961."
    for (day, month, year), says in {
        ("25", "11", "2008"): "Foreløpig må du være 18 år for å melde deg. Velkommen tilbake da.",
        ("25", "11", "2026"): never,
        ("1", "1", "1899"): never,
        ("31", "2", "1961"): no_date,
        ("5", "mars", "1961"): no_date,
        ("", "", ""): "Fødselsdato må fylles ut.",
    }.items():
        says_who(page, day, month, year)
        assert (page.status, page.errors()) == (422, [says])
        assert (page.value("Dag"), page.value("Måned"), page.value("År")) == (day, month, year)
    person = db.get_one(Person, nina.id)
    assert (person.birth_date, person.phone) == (None, None)


def test_on_one_s_eighteenth_birthday_one_is_welcome(nina: Someone) -> None:
    page = says_who(says_when(says_what(says_where(nina.opens("/meld-deg")))), "24", "11", "2008")
    assert page.press("Send inn").url == "/min-side"


def test_a_phone_that_cannot_be_rung_is_told_of_and_none_is_needed(nina: Someone, db: TenantSession) -> None:
    page = says_when(says_what(says_where(nina.opens("/meld-deg"))))
    page.fill("Dag", "5").fill("Måned", "3").fill("År", "1961").fill("Telefon", "12").press(ON)
    assert page.status == 422
    assert page.value("Telefon") == "12"
    page.fill("Telefon", "").press(ON)
    assert page.heading == "Se over før du sender"
    assert db.get_one(Person, nina.id).phone is None


# ---------------------------------------------------------------- somebody else, for whom a coordinator does it


def begins_for(mona: Someone, name: str = "Gudrun Gard", **fields: str) -> Page:
    page = mona.opens("/frivillige").follow("Registrer for noen").fill("Navn", name)
    for label, value in fields.items():
        page.fill(label, value)
    return page.tick("Personen har selv sagt ja til å bli registrert").press(ON)


def test_a_coordinator_registers_somebody_without_e_mail_in_the_same_four_steps(
    nina: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(mode=Mode.OUTDOORS, windows=[(1440 + 9 * HOURS, 1440 + 10 * HOURS)])
    page = begins_for(mona, Telefon="400 00 077")
    assert page.says("Du registrerer for Gudrun Gard.")
    page = says_when(says_what(says_where(page)))
    assert page.value("Telefon") == "400 00 077"
    page = says_who(page)
    assert page.says("Du registrerer for Gudrun Gard.")
    page.press("Send inn")
    assert page.says("Gudrun Gard er med.")
    assert page.heading == "Gudrun Gard"
    gudrun = db.scalars(select(Person).where(Person.name == "Gudrun Gard")).one()
    assert (gudrun.email, gudrun.account_id, gudrun.registered_by_id) == (None, None, mona.id)
    assert db.get(Volunteer, mona.id) is None, "it was not for herself"
    assert mona.opens(f"/behov/{need.id}/kandidater").says("Gudrun Gard")


def test_nobody_is_written_to_before_the_coordinator_invites(mona: Someone, nina: Someone, db: TenantSession) -> None:
    page = begins_for(mona, **{"E-post": "gudrun@gard.example", "Telefon": "400 00 077"})
    says_who(says_when(says_what(says_where(page)))).press("Send inn")
    page.press("Gjør klar")
    gudrun = db.scalars(select(Person).where(Person.name == "Gudrun Gard")).one()
    assert [one.state for one in db.scalars(select(Outbox).where(Outbox.person_id == gudrun.id))] == [SendState.DEAD]
    page.press("Inviter")
    assert page.says("Invitasjonen er sendt.")


def test_what_is_missing_of_somebody_is_told_to_the_coordinator(mona: Someone) -> None:
    page = mona.opens("/frivillige/registrer").press(ON)
    assert page.status == 422
    assert page.errors() == ["Navn må fylles ut.", "Spør personen først, og kryss av når svaret er ja."]


@pytest.mark.parametrize(
    ("label", "value"), [("Telefon", "400 00 001"), ("E-post", "kari@øyer.example"), ("E-post", "KARI@Øyer.example")]
)
def test_somebody_who_is_here_already_is_not_registered_once_more(
    mona: Someone, kari: Someone, label: str, value: str, db: TenantSession
) -> None:
    page = begins_for(mona, **{label: value})
    assert page.status == 422
    assert page.errors() == [
        "En person med samme e-post eller telefon er allerede registrert. Se om det er samme person."
    ]
    assert page.value("Navn") == "Gudrun Gard"
    assert db.scalars(select(Person).where(Person.name == "Gudrun Gard")).all() == []


def test_somebody_under_eighteen_is_not_registered_by_another_either(mona: Someone, nina: Someone) -> None:
    page = says_who(says_when(says_what(says_where(begins_for(mona)))), "25", "11", "2008")
    assert page.errors() == ["Foreløpig må du være 18 år for å melde deg. Velkommen tilbake da."]


def test_nobody_else_walks_the_steps_for_another(kari: Someone, ola: Someone, eva: Someone, per: Someone) -> None:
    for step in ("hvor", "hva", "nar", "om-deg", "se-over"):
        address = f"/meld-deg/{step}?for={kari.id}"
        assert [who.opens(address).status for who in (ola, eva, per)] == [404, 403, 404], step
