"""Forespørsel, as the one who is asked meets it, and as the coordinator who asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samskap.models import Audience, Mode, Need, Offer
from samskap.models.session import TenantSession
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.page import Page
from tests.town import Clock

S = OfferState
READ = "Jeg har lest om forsikring"


def the_page(who: Someone, offer: Offer) -> Page:
    return who.opens(f"/foresporsel/{offer.id}")


@pytest.fixture
def asked(kari: Someone, ane: Someone, tor: Someone, builders: Builders) -> Offer:
    """Kari is asked to walk with Tor, whom Ane has posted the need for."""
    need = builders.a_need(posted_by=ane, recipient=tor, windows=[(1440 + 600, 1440 + 660)])
    return builders.an_offer(volunteer=kari, need=need, option=0)


def test_what_one_is_asked_names_nobody(kari: Someone, asked: Offer) -> None:
    page = the_page(kari, asked)
    assert page.heading == "Vil du være med på dette?"
    for words in ("Turvenn på Tretten", "tirsdag 10–11", "Tretten", "omtrent 8 km fra deg", "Hjemmetjenesten"):
        assert page.says(words), words
    assert page.says("Svar innen")
    for name in ("Tor", "Tande", "Ane", "Ås", "400 00 003", "Kongsvegen"):
        assert name not in page.text.replace("Åsen", ""), name


def test_yes_needs_the_insurance_line_read_and_says_so_beside_the_box(
    kari: Someone, asked: Offer, db: TenantSession
) -> None:
    page = the_page(kari, asked)
    page.press("Ja, jeg vil hjelpe")
    assert page.status == 422
    assert page.errors() == ["Kryss av for at du har lest om forsikring før du sier ja."]
    page.tick(READ).press("Ja, jeg vil hjelpe")
    assert (page.status, page.heading) == (200, "Turvenn på Tretten")
    assert page.says("Du svarte ja")
    assert db.get_one(Offer, asked.id).state is S.ACCEPTED


def test_a_second_yes_leads_to_the_same_place(kari: Someone, asked: Offer) -> None:
    page = the_page(kari, asked).tick(READ)
    page.press("Ja, jeg vil hjelpe")
    page.press("Ja, jeg vil hjelpe", on_the_old_page=True)
    assert page.says("Du svarte ja")


def test_a_second_yes_from_another_window_is_told_that_the_first_one_counted(kari: Someone, asked: Offer) -> None:
    one, other = the_page(kari, asked).tick(READ), the_page(kari, asked).tick(READ)
    one.press("Ja, jeg vil hjelpe")
    other.press("Ja, jeg vil hjelpe")
    assert other.status == 409
    assert other.errors() == ["Du har allerede svart ja. Du trenger ikke gjøre noe mer."]


def test_no_takes_a_reason_or_none(kari: Someone, asked: Offer, db: TenantSession) -> None:
    page = the_page(kari, asked)
    page.fill("Grunn", "Jeg er bortreist")
    page.press("Nei takk")
    assert page.says("Du svarte nei")
    assert db.get_one(Offer, asked.id).reason == "Jeg er bortreist"


def test_a_reason_that_is_too_long_is_kept_and_said(kari: Someone, asked: Offer, db: TenantSession) -> None:
    page = the_page(kari, asked)
    page.fill("Grunn", "x" * 301)
    page.press("Nei takk")
    assert page.status == 422
    assert page.errors() == ["Grunn er for lang: 301 tegn. Den kan ha 300."]
    assert page.value("Grunn") == "x" * 301
    assert db.get_one(Offer, asked.id).state is S.SENT


def test_not_now_says_when_one_is_asked_again(kari: Someone, asked: Offer) -> None:
    page = the_page(kari, asked)
    page.fill("Når kan vi spørre igjen?", "Om 4 uker, 22. desember")
    page.press("Ikke nå")
    assert page.says("Vi spør deg ikke om noe før 22. desember.")


def test_a_day_that_is_not_in_the_list_is_refused(kari: Someone, asked: Offer, db: TenantSession) -> None:
    page = the_page(kari, asked)
    token = page.response.text.split('name="csrf_token" value="')[1].split('"')[0]
    for again in ("520", "", "x"):
        answer = kari.browser.post(
            f"/foresporsel/{asked.id}/ikke-na", data={"csrf_token": token, "again": again},
            headers={"Referer": f"https://samskap.example/foresporsel/{asked.id}"},
        )  # fmt: skip
        assert answer.status_code == 422
        assert "Velg ett av svarene i lista." in answer.text
    db.rollback()
    assert db.get_one(Offer, asked.id).state is S.SENT


def test_after_the_deadline_the_answer_is_a_sentence(kari: Someone, asked: Offer, clock: Clock) -> None:
    clock.now = asked.expires_at + timedelta(seconds=1)
    page = the_page(kari, asked).tick(READ)
    page.press("Ja, jeg vil hjelpe")
    assert page.status == 409
    assert page.errors() == ["Fristen for å svare er passert. Vil du fortsatt, så ta kontakt med koordinatoren."]


@pytest.mark.parametrize(
    ("state", "says"),
    [(S.DECLINED, "Du svarte nei"), (S.EXPIRED, "Fristen er ute"), (S.WITHDRAWN, "Forespørselen er trukket tilbake")],
)
def test_what_is_over_has_no_buttons(kari: Someone, builders: Builders, state: OfferState, says: str) -> None:
    page = the_page(kari, builders.an_offer(volunteer=kari, state=state))
    assert page.says(says)
    assert page.buttons() == []


def test_another_volunteer_finds_nothing(ola: Someone, per: Someone, asked: Offer) -> None:
    for who in (ola, per):
        assert the_page(who, asked).status == 404


def test_a_professional_has_no_business_there(ane: Someone, asked: Offer) -> None:
    assert the_page(ane, asked).status == 403


def test_the_coordinator_sees_who_was_asked_and_can_take_it_back(
    mona: Someone, asked: Offer, db: TenantSession
) -> None:
    page = the_page(mona, asked)
    assert page.heading == "Kari Kvam er spurt om: Turvenn på Tretten"
    assert page.buttons() == ["Trekk forespørselen"]
    page.press("Trekk forespørselen")
    assert page.says("Trukket tilbake")
    assert db.get_one(Offer, asked.id).state is S.WITHDRAWN


def test_the_coordinator_rings_who_has_no_log_in_and_writes_the_answer_down(
    mona: Someone, builders: Builders, db: TenantSession
) -> None:
    berit = builders.a_volunteer(name="Berit Bakke")
    offer = builders.an_offer(volunteer=berit)
    page = the_page(mona, offer)
    assert page.says("Berit Bakke har ikke innlogging.")
    page.press("Svaret er ja")
    assert page.status == 422
    page.tick(READ).press("Svaret er ja")
    assert db.get_one(Offer, offer.id).state is S.ACCEPTED
    assert page.says("Den frivillige sa ja på telefonen.")


def test_what_happens_by_phone_has_no_distance(kari: Someone, builders: Builders) -> None:
    page = the_page(kari, builders.an_offer(volunteer=kari, need=builders.a_need(mode=Mode.PHONE)))
    assert not page.says("fra deg")


@pytest.mark.parametrize(
    ("audience", "says"), [(Audience.GROUP, "En gruppe ved"), (Audience.INSTITUTION, "En virksomhet i kommunen ved")]
)
def test_groups_and_institutions_are_said_to_be_so(
    kari: Someone, ane: Someone, builders: Builders, audience: Audience, says: str
) -> None:
    need = builders.a_need(posted_by=ane, audience=audience)
    assert the_page(kari, builders.an_offer(volunteer=kari, need=need)).says(says)


def test_a_need_of_one_s_own_says_that_a_citizen_asks(kari: Someone, tor: Someone, builders: Builders) -> None:
    page = the_page(kari, builders.an_offer(volunteer=kari, need=builders.a_need(recipient=tor)))
    assert page.says("En innbygger som selv har spurt.")


def test_a_task_to_a_plan_tells_when_to_stop(kari: Someone, ane: Someone, builders: Builders) -> None:
    need = builders.a_need(posted_by=ane, kind="rehab_walk")
    page = the_page(kari, builders.an_offer(volunteer=kari, need=need))
    assert page.says("For trygghets skyld")


def test_my_requests_are_listed_with_what_waits_first(kari: Someone, builders: Builders) -> None:
    builders.an_offer(volunteer=kari, state=S.DECLINED, need=builders.a_need(title="Lesevenn"))
    builders.an_offer(volunteer=kari, need=builders.a_need(title="Turvenn"))
    page = kari.opens("/foresporsler")
    assert page.text.index("Turvenn") < page.text.index("Lesevenn")
    page.follow("Se og svar")
    assert page.heading == "Vil du være med på dette?"


def test_many_requests_are_on_several_pages(kari: Someone, builders: Builders) -> None:
    for number in range(27):
        builders.an_offer(volunteer=kari, state=S.DECLINED, need=builders.a_need(title=f"Tur {number}", wanted=1))
    page = kari.opens("/foresporsler")
    assert len([link for link in page.links() if link.startswith("Se ")]) == 25
    assert page.opens("/foresporsler", side="2").says("Tur 1")


def test_nobody_has_asked_yet(kari: Someone) -> None:
    assert kari.opens("/foresporsler").says("Ingen har spurt deg ennå")


def test_a_yes_covers_the_need(kari: Someone, asked: Offer, db: TenantSession) -> None:
    the_page(kari, asked).tick(READ).press("Ja, jeg vil hjelpe")
    assert db.get_one(Need, asked.need_id, populate_existing=True).state is NeedState.COVERED


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_page_stands_in_every_language(kari: Someone, asked: Offer, language: str) -> None:
    assert kari.opens(f"/foresporsel/{asked.id}", lang=language).language == language
