"""Kandidater, as the coordinator meets them: who can, why and why not, and what is decided about each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from matching import Week
from samskap.models import Need, NeedTerm, Offer, Proposal
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.services import facts, matching
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import WEEKDAYS, Someone, a_person
from tests.page import Page
from tests.standard import elements, words_of
from tests.town import Clock, Town, keep

TUESDAY_TEN = (1440 + 600, 1440 + 660)
RECT = "{http://www.w3.org/2000/svg}rect"
TUESDAY_NIGHT = (1440 + 60, 1440 + 120)


def the_candidates(who: Someone, need: Need) -> Page:
    return who.opens(f"/behov/{need.id}/kandidater")


def the_rules(who: Someone, need: Need, volunteer: Someone) -> Page:
    return who.opens(f"/behov/{need.id}/kandidater/{volunteer.id}")


def names(page: Page) -> list[str]:
    """Who can, in order."""
    articles = elements(page.main, "article")
    return [words_of(next(elements(article, "h3"))).strip() for article in articles]


def lives_beside_the_need(someone: Someone) -> None:
    with keep(someone.town.db):
        someone.person.lat, someone.person.lon = 61.30, 10.31
        facts.touch(someone.town.db, someone.id)


def pauses(someone: Someone) -> None:
    with keep(someone.town.db):
        someone.volunteer.paused_since = someone.town.clock().date()
        facts.touch(someone.town.db, someone.id)


@pytest.fixture
def need(builders: Builders) -> Need:
    """A walk on Tuesday at ten, with one place."""
    return builders.a_need(windows=[TUESDAY_TEN])


# What a row shows


def test_a_row_shows_the_way_the_week_what_speaks_for_and_against_and_how_long_nobody_has_asked(
    mona: Someone, kari: Someone, builders: Builders, clock: Clock
) -> None:
    knitting = builders.a_term("strikking", nb="Strikking")
    builders.gives(kari, knitting)
    asked = builders.an_offer(volunteer=kari, state=OfferState.EXPIRED, sent_at=clock() - timedelta(days=40))
    with keep(mona.town.db):
        kari.volunteer.last_asked_at = asked.sent_at
    need = builders.a_need(windows=[TUESDAY_TEN, TUESDAY_NIGHT], goal="Jeg vil ut og gå igjen.")
    for term in (knitting, builders.a_term("sang", nb="Sang")):
        builders.add(NeedTerm(need_id=need.id, term_id=term.id, required=False))
    page = the_candidates(mona, need)
    assert page.heading == "Turvenn på Tretten"
    assert page.says("«Jeg vil ut og gå igjen.»")
    assert names(page) == ["Kari Kvam"]
    assert page.says("Omtrent 8 km unna, kjører. Ikke spurt på 40 dager, siden 15. oktober.")
    assert page.says("Passer: Tirsdag 10–11")
    assert page.says("Passer ikke: Tirsdag 1–2 er ikke ledig")
    card = words_of(next(elements(page.main, "article")))
    assert "Taler for: Kan bidra med: strikking." in card
    assert "Omtrent 8 km å reise" not in card.partition("Godkjenn og spør")[0], "how far stands under the name already"
    assert "Taler mot: Har ikke ført opp: sang." in card
    assert card.count("Taler mot:") == 1, "that nothing is said of favourite times is no fact about Kari"
    drawn = {node.get("class") for node in elements(page.main, RECT)}
    assert {"asked", "hit", "free"} <= drawn
    assert "Ring Kari Kvam" in page.links()


def test_many_wanted_times_are_told_together(mona: Someone, kari: Someone, builders: Builders) -> None:
    hours = [(day * 1440 + hour * 60, day * 1440 + (hour + 1) * 60) for day in range(5) for hour in range(8, 16)]
    need = builders.a_need(windows=hours)
    page = the_candidates(mona, need)
    assert page.says("Passer: Hverdager 9–15")
    assert not page.says("Passer ikke"), "what fits is enough"
    with keep(mona.town.db):
        kari.volunteer.free = Week()
        facts.touch(mona.town.db, kari.id)
    assert the_rules(mona, need, kari).says("Passer ikke: Hverdager 8–16 er ikke ledig")


def test_those_who_do_not_fit_on_the_page_come_on_the_next(
    mona: Someone, need: Need, builders: Builders, clock: Clock
) -> None:
    for days in range(5):
        builders.a_volunteer(f"Idun {days}", free=WEEKDAYS, registered_at=clock() - timedelta(days=days))
    page = the_candidates(mona, need)
    assert page.says("5 kan")
    assert names(page) == ["Idun 4", "Idun 3", "Idun 2"], "whoever has waited longest comes first"
    page.follow("Vis 2 til som kan")
    assert names(page) == ["Idun 1", "Idun 0"]
    assert "Godkjenn og spør" not in page.text
    assert page.follow("Vis de forrige").buttons()[0] == "Godkjenn og spør Idun 4"
    assert names(page.opens(f"/behov/{need.id}/kandidater?side=99")) == ["Idun 1", "Idun 0"]


def test_a_place_that_nobody_knows_is_said_to_be_unknown(mona: Someone, need: Need, builders: Builders) -> None:
    builders.a_volunteer("Idun Idsøe", free=WEEKDAYS)
    assert the_candidates(mona, need).says("Ukjent avstand, kjører. Aldri spurt før, meldte seg 24. november.")


# Nobody can


def test_where_nobody_can_it_is_said_and_who_almost_can_comes_first(
    mona: Someone, kari: Someone, ola: Someone, builders: Builders
) -> None:
    lives_beside_the_need(ola)
    page = the_candidates(mona, builders.a_need(windows=[TUESDAY_NIGHT]))
    assert page.says("Ingen kan slik det står nå")
    assert names(page) == []
    assert page.says("Under står de som nesten kan, og hva som står i veien.")
    assert "Endre behovet" in page.links()
    near = page.text.partition("Kan nesten: én ting står i veien")[2]
    assert near.index("Ola Odden") < near.index("Kari Kvam"), "whose points are the most"
    assert "Kunne vært med dersom dette var ledig: tirsdag 1–2." in near
    assert "Omtrent 8 km unna, kjører. Ville fått 207 av 1000." in near
    assert "Kari avgjør" in near
    page.follow("Se hvorfor Kari Kvam")
    assert page.says("Dette står i veien")
    assert page.says("Dette kan ikke overstyres.")
    assert not [button for button in page.buttons() if "spør" in button]


def test_where_nobody_even_almost_can_it_is_said_what_to_try(mona: Someone, need: Need) -> None:
    page = the_candidates(mona, need)
    assert page.says("Ingen passer til alt det behovet ber om")
    assert page.says("Prøv flere tider, et større område eller færre krav, eller spør noen du kjenner til.")


# Approve


def test_the_first_is_asked_in_one_press_and_once(mona: Someone, kari: Someone, need: Need, db: TenantSession) -> None:
    page = the_candidates(mona, need)
    page.press("Godkjenn og spør Kari Kvam")
    assert page.url == "/arbeidsliste"
    assert page.says("Kari Kvam er spurt, og svarer selv ja eller nei.")
    page.press("Godkjenn og spør Kari Kvam", on_the_old_page=True)
    offer = db.scalars(select(Offer)).one()
    proposal = db.get_one(Proposal, offer.proposal_id)
    assert (offer.volunteer_id, proposal.rank, proposal.overruled, proposal.reason) == (kari.id, 1, False, "")
    assert names(the_candidates(mona, need)) == [], "who has been asked is a candidate no more"
    assert the_rules(mona, need, kari).says("Kari Kvam er allerede spurt eller lagt til side.")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("nb", "Den frivillige har pause eller har sluttet."),
        ("nn", "Den frivillige har pause eller har slutta."),
        ("en", "The volunteer is on a break or has left."),
    ],
)
def test_who_took_a_break_meanwhile_is_not_asked(
    mona: Someone, kari: Someone, need: Need, db: TenantSession, locale: str, sentence: str
) -> None:
    mona.opens("/konto", lang=locale)
    page = the_candidates(mona, need)
    pauses(kari)
    page.press({"nb": "Godkjenn og spør", "nn": "Godkjenn og spør", "en": "Approve and ask"}[locale])
    assert page.status == 409
    assert page.errors() == [sentence]
    assert db.scalars(select(Offer)).all() == []
    assert db.get_one(Need, need.id).taken == 0


def test_nobody_is_asked_when_another_has_come_first_meanwhile(
    mona: Someone, kari: Someone, ola: Someone, need: Need, db: TenantSession
) -> None:
    page = the_candidates(mona, need)
    first = names(page)[0]
    lives_beside_the_need(ola if first == "Kari Kvam" else kari)
    page.press("Godkjenn og spør")
    assert page.status == 409
    assert page.errors()[0].startswith("Rekkefølgen har endret seg siden du åpnet siden.")
    assert db.scalars(select(Offer)).all() == []


def test_when_the_place_is_filled_meanwhile_nobody_more_is_asked(
    mona: Someone, arne: Someone, kari: Someone, need: Need
) -> None:
    page = the_rules(mona, need, kari)
    the_candidates(arne, need).press("Godkjenn og spør")
    with keep(mona.town.db):
        mona.town.db.scalars(select(Offer)).one().state = OfferState.DECLINED
        mona.town.db.scalars(select(Proposal)).one().state = ProposalState.OUTDATED
    page.press("Godkjenn og spør")
    assert page.status == 409
    assert page.errors() == ["Plassen er nettopp blitt fylt, så ingen flere ble spurt."]


# Choose somebody else


def test_somebody_lower_is_chosen_with_a_reason_that_is_kept(
    mona: Someone, kari: Someone, ola: Someone, need: Need, db: TenantSession
) -> None:
    lives_beside_the_need(ola)
    page = the_candidates(mona, need).follow("Velg i stedet Kari Kvam")
    assert page.says("Motoren setter Kari Kvam som nummer 2, med 207 av 1000 poeng for dette behovet.")
    page.press("Velg og spør")
    assert (page.status, page.errors()) == (422, ["Skriv hvorfor du velger denne personen."])
    page.fill("Hvorfor denne?", "x" * 501).press("Velg og spør")
    assert page.errors() == ["Hvorfor denne? er for lang: 501 tegn. Den kan ha 500."]
    assert page.value("Hvorfor denne?") == "x" * 501
    page.fill("Hvorfor denne?", "De kjenner hverandre fra korpset").press("Velg og spør")
    assert page.says("Kari Kvam er spurt, og svarer selv ja eller nei.")
    proposal = db.scalars(select(Proposal)).one()
    assert (proposal.volunteer_id, proposal.rank, proposal.overruled) == (kari.id, 2, True)
    assert (proposal.reason, proposal.decided_by_id) == ("De kjenner hverandre fra korpset", mona.id)


def test_somebody_not_proposed_may_be_chosen_where_only_how_often_they_are_asked_speaks_against(
    mona: Someone, kari: Someone, need: Need, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    for days in (3, 6, 9):
        builders.an_offer(volunteer=kari, state=OfferState.EXPIRED, sent_at=clock() - timedelta(days=days))
    page = the_candidates(mona, need)
    assert names(page) == []
    assert page.says("Kan spørres igjen 15. desember 2026.")
    page.follow("Se hvorfor Kari Kvam")
    assert page.says("Spurt 3 ganger på 30 dager; grensen er 3.")
    page.fill("Hvorfor denne?", "Hun ringte og spurte om akkurat dette").press("Velg og spør")
    proposal = db.scalars(select(Proposal).where(Proposal.state == ProposalState.APPROVED)).one()
    assert (proposal.volunteer_id, proposal.rank, proposal.overruled) == (kari.id, None, True)
    assert proposal.reason == "Hun ringte og spurte om akkurat dette"


def test_what_may_not_be_overruled_is_refused_however_it_is_sent(
    mona: Someone, kari: Someone, ola: Someone, need: Need, db: TenantSession
) -> None:
    lives_beside_the_need(ola)
    page = the_rules(mona, need, kari).fill("Hvorfor denne?", "Jeg vil det likevel")
    pauses(kari)
    page.press("Velg og spør")
    assert (page.status, page.errors()) == (409, ["Den frivillige har pause eller har sluttet."])
    assert db.scalars(select(Proposal)).all() == []


def test_somebody_one_has_in_mind_is_found_by_name(
    mona: Someone, kari: Someone, ola: Someone, need: Need, builders: Builders, oyer: Town, app: Any
) -> None:
    builders.a_volunteer("Karianne Kvam", state=VolunteerState.LEFT)
    a_person(oyer, app, "Karin Kvale", Role.VOLUNTEER, confirmed_at=None)
    page = the_candidates(mona, need).fill("Skriv navnet", " kari ").press("Finn personen")
    found = [link for link in page.links() if link.startswith("Kari")]
    assert found == ["Kari Kvam", "Karianne Kvam", "Karin Kvale"]
    assert not page.says("Ola Odden tar ikke del nå")
    assert page.text.count("tar ikke del nå") == 2
    page.follow("Karianne Kvam")
    assert (page.status, page.heading) == (200, "Karianne Kvam"), "their own page tells why"
    page = the_candidates(mona, need).fill("Skriv navnet", "%").press("Finn personen")
    assert page.says("Ingen frivillige heter det.")


# Set aside


def test_set_aside_takes_a_reason_and_is_taken_up_again(
    mona: Someone, kari: Someone, ola: Someone, need: Need, builders: Builders, db: TenantSession
) -> None:
    lives_beside_the_need(ola)
    page = the_candidates(mona, need).follow("Legg til side Ola Odden")
    assert page.says("Det gjelder bare dette behovet: Turvenn på Tretten.")
    assert page.press("Legg til side").errors() == ["Velg en grunn."]
    page.tick("Kjenner den det gjelder fra før").fill("Mer", "Bor i samme hus").press("Legg til side")
    assert names(page) == ["Kari Kvam"]
    assert "Godkjenn og spør Kari Kvam" in page.buttons(), "the next one is the first now"
    assert page.says("1 er lagt til side")
    assert page.says("Kjenner den det gjelder fra før. Bor i samme hus")
    assert names(the_candidates(mona, builders.a_need(windows=[TUESDAY_TEN])))[0] == "Ola Odden", "only for this need"
    page.press("Ta fram igjen Ola Odden")
    assert names(page) == ["Ola Odden", "Kari Kvam"]
    assert db.scalars(select(Proposal.reason)).one() == "Kjenner den det gjelder fra før. Bor i samme hus"


# Every rule


def test_the_page_of_one_person_agrees_with_the_verdict(
    mona: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    driving = builders.a_term("bil", nb="Kjører bil")
    builders.gives(ola, driving)
    need = builders.a_need(windows=[TUESDAY_TEN], terms=[driving], requires=["police_certificate:health_and_care"])
    pauses(ola)
    with keep(db):
        kari.volunteer.reach_km = 5
        facts.touch(db, kari.id)
    ranking = matching.desk(db, need, now=mona.town.clock()).ranking
    refused = {one.id: ranking.refused_by(one.id) for one in (kari, ola)}
    assert [len(refused[one.id]) for one in (kari, ola)] == [3, 2]
    for someone in (kari, ola):
        page = the_rules(mona, need, someone)
        against = next(one for one in elements(page.main, "section") if one.get("aria-labelledby") == "veien")
        assert len(list(elements(against, "li"))) == len(refused[someone.id])
        assert page.says(f"{len(ranking.keys) - len(refused[someone.id])} regler er i orden")
        assert len(list(elements(page.main, "dt"))) == len(ranking.keys) - len(refused[someone.id])
    assert the_rules(mona, need, kari).says("7,8 km å reise; grensen er 5,0 km.")
    assert the_rules(mona, need, kari).says("Mangler: kjører bil.")


@pytest.mark.parametrize(
    ("locale", "sentences"),
    [
        ("nn", ["Den frivillige høyrer til i Øyer", "7,7 km å reise; grensa er 15,0 km."]),
        (
            "en",
            ["The volunteer belongs to Øyer", "7.7 km to travel; the limit is 15.0 km.", "Free: Tuesday 10:00–11:00"],
        ),
    ],
)
def test_the_rules_speak_the_language_of_the_page(
    mona: Someone, kari: Someone, need: Need, locale: str, sentences: list[str]
) -> None:
    page = mona.opens(f"/behov/{need.id}/kandidater/{kari.id}", lang=locale)
    for sentence in sentences:
        assert page.says(sentence), sentence
    assert not page.says("Den frivillige hører til i")


# Where nobody is sought


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.COVERED, NeedState.CLOSED])
def test_where_nobody_is_sought_one_is_led_to_the_need(
    mona: Someone, kari: Someone, builders: Builders, state: NeedState
) -> None:
    need = builders.a_need(state=state)
    assert the_candidates(mona, need).url == f"/behov/{need.id}"
    assert the_rules(mona, need, kari).url == f"/behov/{need.id}"


# Who comes in


def test_only_a_coordinator_of_the_municipality_sees_who_could(
    stranger: Someone, kari: Someone, ane: Someone, tor: Someone, per: Someone, need: Need
) -> None:
    for address in ("kandidater", f"kandidater/{kari.id}", f"kandidater/{kari.id}/legg-til-side"):
        where = f"/behov/{need.id}/{address}"
        assert [who.opens(where).status for who in (ane, kari, tor, per)] == [403, 403, 403, 404]
        assert stranger.opens(where).heading == "Logg inn"


def test_a_volunteer_from_elsewhere_is_not_there(mona: Someone, jon: Someone, need: Need, db: TenantSession) -> None:
    for number in (jon.id, 0, 2**31):
        assert mona.opens(f"/behov/{need.id}/kandidater/{number}").status == 404
        assert mona.opens(f"/behov/{need.id}/kandidater/{number}/legg-til-side").status == 404
    page = the_candidates(mona, need)
    assert not page.fill("Skriv navnet", "Jon").press("Finn personen").says("Jon Jevne")
