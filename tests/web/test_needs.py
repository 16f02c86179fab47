"""Behov: as the professional writes one, as a citizen asks for themselves, and who sees it afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from matching.times import Dated, Weekly
from samskap.models import (
    Audience,
    Consent,
    ConsentGiven,
    Mode,
    Need,
    Offer,
    Requirement,
    Times,
    Unit,
    Volunteer,
)
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.services import kinds, needs
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.hands import told
from tests.page import Page
from tests.standard import elements
from tests.town import Town, keep

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TUESDAY = 1440
HOUR = 60
ON_TUESDAY = [(TUESDAY + 10 * HOUR, TUESDAY + 11 * HOUR)]


def begins(who: Someone, kind: str = "Turvenn") -> Page:
    return who.opens("/behov/nytt").follow(kind)


def written(page: Page, **fields: str) -> Page:
    """What a professional fills in beside what is usual: a sentence, a place, a time."""
    page.fill("Hva er viktig for den det gjelder?", fields.pop("goal", "Jeg vil ut og gå igjen."))
    page.fill("Hva skal gjøres?", fields.pop("task", "Gå tur sammen en gang i uka."))
    page.fill("Sted", fields.pop("place", "Tretten"))
    for label, value in fields.items():
        page.fill(label, value)
    return page


def with_consent(page: Page, *, publication: bool = False) -> Page:
    page.tick("Muntlig").fill("Når ble samtykket gitt?", "2026-11-20")
    return page.tick("Samtykket gjelder også å vise behovet åpent på nett") if publication else page


def saved(page: Page, db: TenantSession) -> Need:
    """Presses, and gives the need whose page one came to."""
    page.press("Lagre og se")
    assert page.status == 200, page.errors()
    return db.get_one(Need, int(page.url.rsplit("/", 1)[1]))


# ---------------------------------------------------------------- written in three minutes


def test_a_need_is_written_with_what_is_usual_read_through_and_published(
    ane: Someone, mona: Someone, home_care: Unit, builders: Builders, db: TenantSession
) -> None:
    builders.the_vocabulary()
    page = begins(ane)
    assert page.heading == "Nytt behov: turvenn"
    assert page.value("Overskrift") == "Turvenn"
    assert (page.ticked("Én person"), page.ticked("Ute"), page.ticked("Vanlig")) == (True, True, True)
    assert (page.value("Hvor mange trengs?"), page.value("Hvor lenge hver gang?")) == ("1", "60")
    assert page.ticked("Gå tur sammen", beside="Gjerne")
    need = saved(with_consent(written(page)).tick("Tirsdag kl. 10 til 12"), db)
    assert page.says("Slik ser innbyggerne det")
    for words in ("«Jeg vil ut og gå igjen.»", "Gå tur sammen en gang i uka.", "tirsdag 10–12", "Ute, Tretten"):
        assert page.says(words), words
    assert page.says("Bare innloggede frivillige ser det.")
    assert (need.state, need.unit_id, need.postcode) == (NeedState.DRAFT, home_care.id, "2635")
    page.press("Publiser")
    assert page.says("Behovet er publisert. Nå leter vi etter noen.")
    assert db.get_one(Need, need.id).state is NeedState.OPEN
    assert ("need_without_candidates", mona.id) in told(db), "nobody lives here yet"


def test_the_kinds_of_task_are_listed_by_sector_with_what_is_expected(ane: Someone) -> None:
    page = ane.opens("/behov/nytt")
    for sector in ("Tidlig innsats", "Hverdagsrehabilitering og omsorg", "Digital hjelp", "Beredskap"):
        assert page.says(sector), sector
    leads = [one.get("href", "") for one in elements(page.main, "a")]
    assert len([one for one in leads if one.startswith("/behov/nytt/")]) == len(kinds.kinds())
    assert ane.opens("/behov/nytt/ukjent").status == 404


def test_what_a_volunteer_is_never_asked_for_stands_on_the_form(ane: Someone) -> None:
    assert begins(ane).says("Dette ber vi aldri frivillige om")


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(ane: Someone, db: TenantSession) -> None:
    page = begins(ane)
    page.fill("Overskrift", "").fill("Hva skal gjøres?", "Gå tur.").fill("Hvor mange trengs?", "201")
    page.fill("Første dag", "2027-02-01").fill("Siste dag", "2027-01-01").fill("Alder fra", "40").fill(
        "Alder til", "30"
    )
    page.tick("Vil helst møte en kvinne").fill("Når ble samtykket gitt?", "2026-11-25").press("Lagre og se")
    assert page.status == 422
    assert page.errors() == [
        "Overskrift må fylles ut.",
        "Sted må velges når noen skal møtes.",
        "Når: skriv minst én tid, eller velg å avtale tiden senere.",
        "Hvor mange trengs? må være fra 1 til 200.",
        "Siste dag kan ikke være før første dag.",
        "Alder til kan ikke være lavere enn alder fra.",
        "Skriv hvorfor mottakeren har dette ønsket. Det kan være kort.",
        "Velg hvordan samtykket ble gitt.",
        "Samtykket kan ikke være gitt fram i tid.",
    ]
    assert page.value("Hva skal gjøres?") == "Gå tur."
    assert (page.value("Siste dag"), page.value("Hvor mange trengs?")) == ("2027-01-01", "201")
    assert db.scalars(select(Need.id)).all() == []


def test_on_the_phone_no_place_is_asked_for(ane: Someone, db: TenantSession) -> None:
    page = begins(ane, "Telefonvenn").fill("Hva skal gjøres?", "Ringe en gang i uka.").tick("Vi avtaler tiden senere")
    assert saved(page, db).place == ""
    assert page.says("På telefon")


def test_another_place_is_named_by_its_postcode(ane: Someone, db: TenantSession) -> None:
    page = written(begins(ane), place="Et annet sted").tick("Vi avtaler tiden senere")
    page.press("Lagre og se")
    assert page.errors() == ["Postnummer må ha fire siffer og være et som finnes, for eksempel 2635."]
    need = saved(page.fill("Postnummer", "2630"), db)
    assert (need.place, need.postcode) == ("RINGEBU", "2630") or (need.place, need.postcode) == ("Ringebu", "2630")


# ---------------------------------------------------------------- times


def test_weekly_hours_become_times_of_the_length_that_is_asked_for(ane: Someone, db: TenantSession) -> None:
    page = written(begins(ane)).fill("Hvor lenge hver gang?", "én time")
    need = saved(page.tick("Tirsdag kl. 10 til 12").fill("Torsdag", "17.30–19"), db)
    thursday = 3 * TUESDAY
    assert needs.windows_of(db, need) == (
        Weekly(TUESDAY + 600, TUESDAY + 660), Weekly(TUESDAY + 660, TUESDAY + 720),
        Weekly(thursday + 1050, thursday + 1110), Weekly(thursday + 1080, thursday + 1140),
    )  # fmt: skip


def test_dated_sessions_are_kept_as_instants_and_shown_as_people_say_them(ane: Someone, db: TenantSession) -> None:
    page = written(begins(ane, "Hjelpe til på idrett og bygdedager")).tick("Alle tidene under")
    page.fill("Dato", "2026-12-05", beside="Dag 1").fill("Fra kl.", "10", beside="Dag 1").fill(
        "Til kl.", "14.30", beside="Dag 1"
    )
    page.fill("Dato", "2027-06-23", beside="Dag 2").fill("Fra kl.", "20", beside="Dag 2").fill(
        "Til kl.", "24", beside="Dag 2"
    )
    need = saved(page, db)
    assert need.times is Times.ALL
    assert needs.windows_of(db, need) == (
        Dated(datetime(2026, 12, 5, 9, tzinfo=UTC), datetime(2026, 12, 5, 13, 30, tzinfo=UTC)),
        Dated(datetime(2027, 6, 23, 18, tzinfo=UTC), datetime(2027, 6, 23, 22, tzinfo=UTC)),
    )
    assert page.says("lørdag 5. desember kl. 10–14.30 og onsdag 23. juni 2027 kl. 20–24")
    page.follow("Endre")
    assert page.value("Til kl.", beside="Dag 2") == "24.00"


def test_a_dated_time_that_cannot_be_is_told_of_and_kept(ane: Someone) -> None:
    page = written(begins(ane))
    for day, start, end, says in (
        ("2026-11-23", "10", "11", "Tiden har vært. Skriv en som kommer, eller tøm feltene."),
        ("2026-12-05", "14", "10", "Tiden må slutte etter at den begynner."),
        ("2026-12-05", "ti", "11", "Klokkeslettet må skrives som 17 eller 17.30."),
        ("2027-03-28", "2.30", "4", "Klokka stilles den natta, så dette klokkeslettet finnes ikke."),
        ("", "10", "11", "Datoen må være en dag som finnes, for eksempel 14.3.2027."),
    ):
        page.fill("Dato", day, beside="Dag 1").fill("Fra kl.", start, beside="Dag 1").fill(
            "Til kl.", end, beside="Dag 1"
        )
        page.press("Lagre og se")
        assert page.status == 422
        assert says in page.errors()
        assert page.value("Fra kl.", beside="Dag 1") == start


def test_times_that_are_written_and_not_asked_for_are_told_of(ane: Someone) -> None:
    page = written(begins(ane)).tick("Vi avtaler tiden senere").tick("Tirsdag kl. 10 til 12").press("Lagre og se")
    assert page.errors() == ["Når: du har skrevet tider. Velg om én er nok eller alle trengs, eller tøm dem."]


def test_times_to_the_minute_are_kept_when_nobody_changes_them(
    ane: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, state=NeedState.DRAFT, windows=[(TUESDAY + 605, TUESDAY + 650)])
    page = ane.opens(f"/behov/{need.id}/endre").fill("Overskrift", "Tur").press("Lagre og se")
    assert page.says("tirsdag 10.05–10.50")
    assert needs.windows_of(db, db.get_one(Need, need.id)) == (Weekly(TUESDAY + 605, TUESDAY + 650),)


# ---------------------------------------------------------------- what should not be written


def test_the_scanner_speaks_of_what_names_somebody_and_stands_in_nobody_s_way(ane: Someone, db: TenantSession) -> None:
    task = "Mannen har demens og bor i Kongsvegen 3. Ring 400 00 003."
    page = with_consent(written(begins(ane), task=task)).tick("Vi avtaler tiden senere")
    saved(page, db)
    assert page.says("Les gjennom en gang til")
    assert len(page.text.partition("Les gjennom en gang til")[2].partition("Slik ser")[0].split(".")) > 3
    assert page.press("Publiser").says("Behovet er publisert.")


def test_the_scanner_reads_every_field_that_others_read(ane: Someone, db: TenantSession) -> None:
    for label in ("Overskrift", "Hva er viktig for den det gjelder?", "Hva skal gjøres?", "Hvor ofte", "Hvorfor"):
        page = written(begins(ane)).fill(label, "Ring 400 00 003 først").tick("Vi avtaler tiden senere")
        saved(page, db)
        assert page.says("Les gjennom en gang til"), label


def test_a_national_identity_number_is_never_saved(ane: Someone, db: TenantSession) -> None:
    page = written(begins(ane), task="Fødselsnummer 018180 10083.").tick("Vi avtaler tiden senere")
    page.press("Lagre og se")
    assert page.status == 422
    assert "fødselsnummer" in page.errors()[0].lower()
    assert db.scalars(select(Need.id)).all() == []


# ---------------------------------------------------------------- what the law lets anyone ask for


def test_where_no_law_gives_a_basis_a_certificate_cannot_be_asked_for(ane: Someone, db: TenantSession) -> None:
    page = begins(ane)
    assert not page.says("Politiattest")
    need = saved(written(page).tick("Vi avtaler tiden senere"), db)
    assert db.scalars(select(Requirement).where(Requirement.need_id == need.id)).all() == []


def test_a_settlement_that_is_sent_along_where_no_law_allows_it_is_refused(ane: Someone) -> None:
    page = begins(ane)
    token = page.html.split('csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "settled": "police_certificate:health_and_care", "title": "x", "task": "x"}
    answer = ane.browser.post("/behov/nytt/walking_friend", data=data, headers={"Referer": "https://samskap.example/"})
    assert answer.status_code == 422
    assert "Politiattest: velg blant det som står i lista." in answer.text


def test_where_the_law_demands_a_certificate_it_is_asked_for_whatever_is_ticked(
    ane: Someone, db: TenantSession
) -> None:
    page = begins(ane, "Lesevenn i barnehagen")
    assert page.says("Loven krever politiattest: Oppgaver i en barnehage (barnehageloven § 30).")
    need = saved(written(page).tick("Vi avtaler tiden senere"), db)
    assert db.scalars(select(Requirement.key)).all() == ["police_certificate:kindergarten"]
    assert need.audience is Audience.INSTITUTION


def test_where_the_law_only_allows_it_somebody_decides_for_this_need(ane: Someone, db: TenantSession) -> None:
    role = "Oppgaver som er en del av kommunens helse- og omsorgstjenester"
    page = begins(ane, "Gå og øve etter en plan")
    assert not page.ticked(role)
    saved(written(page).tick("Vi avtaler tiden senere"), db)
    assert db.scalars(select(Requirement.key)).all() == []
    saved(page.follow("Endre").tick(role), db)
    assert db.scalars(select(Requirement.key)).all() == ["police_certificate:health_and_care"]


# ---------------------------------------------------------------- consent


def test_without_consent_a_draft_is_kept_and_nothing_is_published(ane: Someone, db: TenantSession) -> None:
    page = written(begins(ane)).tick("Vi avtaler tiden senere")
    need = saved(page, db)
    assert page.says("Samtykket mangler")
    page.press("Publiser")
    assert page.status == 409
    assert page.errors() == ["Samtykket mangler. Spør den det gjelder, og skriv inn når og hvordan samtykket ble gitt."]
    page = ane.opens(f"/behov/{need.id}").follow("Endre")
    saved(with_consent(page), db)
    assert page.says("Gitt 20. november.")
    consent = db.scalars(select(Consent)).one()
    assert (consent.given, consent.given_on, consent.recorded_by_id) == (
        ConsentGiven.SPOKEN,
        date(2026, 11, 20),
        ane.id,
    )
    assert page.press("Publiser").says("Behovet er publisert.")


def test_a_need_of_a_group_needs_no_consent(ane: Someone, db: TenantSession) -> None:
    page = written(begins(ane, "Språkkafé")).tick("Vi avtaler tiden senere")
    saved(page, db)
    assert page.says("Alle kan se det, også på nett.")
    assert page.press("Publiser").says("Behovet er publisert.")


def test_a_consent_on_file_is_not_taken_away_by_a_form(ane: Someone, builders: Builders, db: TenantSession) -> None:
    need = builders.a_need(posted_by=ane, state=NeedState.DRAFT)
    page = ane.opens(f"/behov/{need.id}/endre")
    assert "Ikke ennå" not in page.text
    page.press("Lagre og se")
    assert [one.withdrawn_at for one in db.scalars(select(Consent))] == [None]


def test_a_consent_that_is_withdrawn_stops_everything(
    ane: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, wanted=2, windows=ON_TUESDAY)
    offer = builders.an_offer(volunteer=kari, need=need)
    page = ane.opens(f"/behov/{need.id}").press("Samtykket er trukket")
    assert page.says("Samtykket er trukket. Ingenting går videre.")
    assert page.says("Samtykket mangler")
    assert db.get_one(Offer, offer.id).state is OfferState.WITHDRAWN
    assert not kari.opens("/her-trengs-du-for-meg").says(need.title)


# ---------------------------------------------------------------- two at once


def test_what_somebody_else_changed_meanwhile_stands_beside_what_one_wrote(
    ane: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, title="Turvenn på Tretten")
    hers, monas = (who.opens(f"/behov/{need.id}/endre") for who in (ane, mona))
    monas.fill("Overskrift", "Tur ved Losna").press("Lagre og se")
    hers.fill("Overskrift", "Tur på Musdal").press("Lagre og se")
    assert hers.status == 409
    assert hers.says("Noen andre har endret behovet mens du skrev.")
    assert hers.says("Slik står det nå")
    assert hers.says("Tur ved Losna")
    assert hers.value("Overskrift") == "Tur på Musdal"
    assert db.get_one(Need, need.id).title == "Tur ved Losna"
    hers.press("Lagre og se")
    assert (hers.status, db.get_one(Need, need.id).title) == (200, "Tur på Musdal")


def test_what_was_changed_after_one_read_it_is_not_published_unread(
    ane: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, state=NeedState.DRAFT)
    hers = ane.opens(f"/behov/{need.id}")
    mona.opens(f"/behov/{need.id}/endre").fill("Overskrift", "Tur ved Losna").press("Lagre og se")
    hers.press("Publiser")
    assert hers.status == 409
    assert hers.says("Behovet er endret siden du leste det, så det er ikke publisert ennå. Les det en gang til.")
    assert db.get_one(Need, need.id).state is NeedState.DRAFT


def test_what_somebody_has_been_asked_about_stays_as_it_is(ane: Someone, kari: Someone, builders: Builders) -> None:
    need = builders.a_need(posted_by=ane, wanted=2)
    page = ane.opens(f"/behov/{need.id}/endre")
    builders.an_offer(volunteer=kari, need=need)
    page.fill("Overskrift", "Noe helt annet").press("Lagre og se")
    assert page.status == 409
    assert page.says(
        "Behovet kan ikke endres nå, for noen er spurt eller har sagt ja slik det står. Lag heller en kopi."
    )
    assert page.value("Overskrift") == "Noe helt annet"
    assert "Endre" not in ane.opens(f"/behov/{need.id}").links()


# ---------------------------------------------------------------- withdrawn, closed, copied


def test_a_need_that_is_withdrawn_is_off_for_who_was_asked(
    ane: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    need = builders.a_need(posted_by=ane, wanted=2)
    builders.an_offer(volunteer=kari, need=need)
    page = ane.opens(f"/behov/{need.id}").press("Trekk tilbake")
    assert page.says("Behovet er trukket tilbake. De som var spurt, får beskjed.")
    assert page.says("Trukket tilbake")
    assert kari.opens("/min-side").says("Ingenting akkurat nå.")
    assert "Trekk tilbake" not in page.buttons()


def test_a_need_is_closed_with_how_it_went(mona: Someone, builders: Builders, db: TenantSession) -> None:
    need = builders.a_need()
    page = mona.opens(f"/behov/{need.id}").follow("Avslutt").press("Avslutt behovet")
    assert page.errors() == ["Velg hvordan det gikk."]
    page.tick("Vi fant ingen").press("Avslutt behovet")
    assert page.says("Vi fant ingen")
    closed = db.get_one(Need, need.id)
    assert (closed.state, closed.outcome) == (NeedState.CLOSED, Outcome.NOT_COVERED)


def test_a_copy_is_a_draft_with_the_same_words_without_consent_and_without_what_has_passed(
    ane: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.the_vocabulary()
    walking = builders.word("walking")
    old = builders.a_need(
        posted_by=ane, state=NeedState.CLOSED, goal="Ut og gå igjen.", windows=ON_TUESDAY, wishes=[walking],
        starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 1),
    )  # fmt: skip
    page = ane.opens(f"/behov/{old.id}").press("Lag en kopi")
    assert page.says("Dette er en kopi. Se gjennom den, og skriv inn samtykket på nytt.")
    assert page.value("Hva er viktig for den det gjelder?") == "Ut og gå igjen."
    assert (page.value("Første dag"), page.value("Siste dag")) == ("", "")
    assert page.ticked("Tirsdag kl. 10 til 12, deler av tiden") is False
    new = saved(page, db)
    assert page.says("tirsdag 10–11")
    assert page.says("gå tur sammen")
    assert page.says("Samtykket mangler")
    assert (new.state, new.copied_from_id, new.outcome, new.taken) == (NeedState.DRAFT, old.id, None, 0)


# ---------------------------------------------------------------- the professional's and the coordinator's lists


def test_a_professional_sees_what_their_unit_has_posted_and_nothing_of_others(
    ane: Someone, oyer: Town, app: Flask, home_care: Unit, a_unit: object, builders: Builders
) -> None:
    colleague = a_person(oyer, app, "Kjell Krag", Role.PROFESSIONAL, unit=home_care)
    other = a_person(oyer, app, "Siri Sæter", Role.PROFESSIONAL, unit=builders.a_unit("Tretten skole"))
    need = builders.a_need(posted_by=colleague, title="Lesevenn")
    assert ane.opens("/mine-behov").follow("Lesevenn").heading == "Lesevenn"
    assert not other.opens("/mine-behov").says("Lesevenn")
    assert other.opens(f"/behov/{need.id}").status == 404


def test_an_answer_that_is_waited_for_stands_above_the_list(ane: Someone, kari: Someone, builders: Builders) -> None:
    builders.an_assignment(volunteer=kari, need=builders.a_need(posted_by=ane, title="Lesevenn"))
    page = ane.opens("/mine-behov")
    assert page.says("Venter på svar fra deg")
    assert "Ja, det passer" in page.follow("Se og svar Lesevenn").links()


def test_the_coordinator_lists_needs_by_state(mona: Someone, builders: Builders) -> None:
    builders.a_need(title="Lesevenn")
    builders.a_need(title="Turvenn", state=NeedState.CLOSED)
    page = mona.opens("/behov")
    assert (page.says("Lesevenn"), page.says("Turvenn")) == (True, False)
    page.follow("Avsluttet")
    assert (page.says("Lesevenn"), page.says("Turvenn")) == (False, True)
    page.follow("Alle")
    assert (page.says("Lesevenn"), page.says("Turvenn")) == (True, True)


# ---------------------------------------------------------------- Jeg trenger noen


def asks(who: Someone, **fields: str) -> Page:
    """A citizen tells what they need."""
    page = who.opens("/jeg-trenger-noen").tick("Turvenn").fill("Hva er viktig for deg?", "Å komme ut.")
    page.fill("Fortell litt mer", "Jeg vil gå langs Losna.").fill("Sted", "Tretten")
    for label, value in fields.items():
        page.fill(label, value)
    return page.tick("Jeg vil at kommunen leter etter noen for meg.")


def test_a_citizen_asks_for_themselves_and_a_coordinator_publishes_it(
    eva: Someone, mona: Someone, kari: Someone, db: TenantSession
) -> None:
    page = asks(eva).tick("Tirsdag kl. 10 til 12").press("Send inn")
    assert page.says("Takk. En koordinator leser det du har skrevet, og tar kontakt innen tre virkedager.")
    assert page.says("Til gjennomlesing")
    need = db.scalars(select(Need)).one()
    assert (need.state, need.posted_by_id, need.recipient_id) == (NeedState.SUBMITTED, eva.id, eva.id)
    assert db.scalars(select(Consent.given)).all() == [ConsentGiven.SELF]
    assert Role.RECIPIENT in eva.actor.roles
    assert told(db) == [("need_submitted", mona.id)]
    assert not kari.opens("/her-trengs-du-for-meg").says("Losna"), "nobody sees it before it is read"
    page = mona.opens(f"/behov/{need.id}").press("Publiser")
    assert db.get_one(Need, need.id).state is NeedState.OPEN
    assert told(db)[-1] == ("need_published", eva.id)
    assert kari.opens("/her-trengs-du-for-meg").says("Losna")


def test_what_is_missing_is_said_beside_each_field_and_nothing_is_lost(eva: Someone, db: TenantSession) -> None:
    page = eva.opens("/jeg-trenger-noen").fill("Hva er viktig for deg?", "Å komme ut.").tick("Helst en kvinne")
    page.press("Send inn")
    assert page.status == 422
    assert page.errors() == [
        "Velg det som ligner mest.",
        "Fortell litt mer må fylles ut.",
        "Sted må velges.",
        "Skriv hvorfor. Det kan være kort.",
        "Kryss av for at kommunen kan lete etter noen for deg.",
    ]
    assert page.value("Hva er viktig for deg?") == "Å komme ut."
    assert Role.RECIPIENT not in eva.actor.roles


def test_a_need_that_is_sent_back_comes_with_the_reason_and_can_be_sent_anew(
    eva: Someone, mona: Someone, db: TenantSession
) -> None:
    asks(eva).press("Send inn")
    need = db.scalars(select(Need)).one()
    page = mona.opens(f"/behov/{need.id}").follow("Send tilbake").press("Send tilbake")
    assert page.errors() == ["Begrunnelse må fylles ut."]
    page.fill("Begrunnelse", "Når på dagen passer det best?").press("Send tilbake")
    assert told(db)[-1] == ("need_sent_back", eva.id)
    page = eva.opens("/min-side")
    assert page.says("Koordinatoren har sendt behovet tilbake, med en grunn.")
    page.follow("Åpne behovet")
    assert page.says("«Når på dagen passer det best?»")
    assert "Mona" not in page.text
    page.follow("Endre").fill("Hvor ofte", "Formiddag, en gang i uka").press("Lagre")
    assert page.says("Formiddag, en gang i uka")
    page.press("Send inn")
    assert page.says("Behovet er sendt. En koordinator leser det innen tre virkedager.")
    assert not page.says("Når på dagen passer det best?")
    assert mona.opens(f"/behov/{need.id}").says("Formiddag, en gang i uka")


def test_a_citizen_changes_what_is_not_published_yet_and_rings_afterwards(
    eva: Someone, mona: Someone, db: TenantSession
) -> None:
    asks(eva).press("Send inn")
    need = db.scalars(select(Need)).one()
    page = eva.opens(f"/behov/{need.id}").follow("Endre")
    assert (page.ticked("Turvenn"), page.value("Sted")) == (True, "Tretten")
    page.fill("Fortell litt mer", "Jeg vil gå på Musdal.").press("Lagre")
    assert page.says("Jeg vil gå på Musdal.")
    late = eva.opens(f"/behov/{need.id}/endre")
    mona.opens(f"/behov/{need.id}").press("Publiser")
    assert "Endre" not in eva.opens(f"/behov/{need.id}").links()
    late.fill("Fortell litt mer", "Noe annet.").press("Lagre")
    assert late.status == 409
    assert late.says("Behovet er publisert, så bare koordinatoren kan endre det nå.")
    assert db.get_one(Need, need.id).task == "Jeg vil gå på Musdal."


def test_a_citizen_s_change_leaves_what_the_coordinator_has_decided(
    eva: Someone, mona: Someone, db: TenantSession
) -> None:
    asks(eva).press("Send inn")
    need = db.scalars(select(Need)).one()
    mona.opens(f"/behov/{need.id}/endre").fill("Overskrift", "Tur langs Losna").tick("Haster").press("Lagre og se")
    eva.opens(f"/behov/{need.id}/endre").fill("Fortell litt mer", "Helst rolig.").press("Lagre")
    after = db.get_one(Need, need.id)
    assert (after.title, after.urgency, after.task) == ("Tur langs Losna", 5, "Helst rolig.")


def test_a_citizen_withdraws_their_own_need(eva: Someone, db: TenantSession) -> None:
    asks(eva).press("Send inn")
    page = eva.opens("/min-side").follow("Turvenn").press("Trekk tilbake")
    assert page.says("Behovet er trukket tilbake.")
    assert db.scalars(select(Need.state)).one() is NeedState.CLOSED


def test_a_citizen_s_need_is_nobody_else_s_business(
    eva: Someone, kari: Someone, ane: Someone, per: Someone, db: TenantSession
) -> None:
    asks(eva).press("Send inn")
    need = db.scalars(select(Need)).one()
    for who in (kari, ane, per):
        assert who.opens(f"/behov/{need.id}").status == 404


# ---------------------------------------------------------------- who sees it


SEES: dict[str, tuple[set[str], dict[str, Any]]] = {
    "public consent": ({"stranger", "eva", "ola", "kari"}, {"audience": Audience.PERSON, "mode": Mode.OUTDOORS}),
    "group": ({"stranger", "eva", "ola", "kari"}, {"audience": Audience.GROUP, "mode": Mode.INSTITUTION}),
    "one-to-one outdoors": ({"ola", "kari"}, {"audience": Audience.PERSON, "mode": Mode.OUTDOORS}),
    "one-to-one at home": ({"kari"}, {"audience": Audience.PERSON, "mode": Mode.HOME}),
}
"""Who sees a need before anyone is asked: Ola has signed up, Kari is ready besides."""


@pytest.mark.parametrize("kind", SEES)
def test_a_need_is_seen_by_those_the_law_lets_see_it(
    kind: str, stranger: Someone, eva: Someone, ola: Someone, kari: Someone, ane: Someone, builders: Builders,
    db: TenantSession,
) -> None:  # fmt: skip
    with keep(db):
        db.get_one(Volunteer, ola.id).state = VolunteerState.REGISTERED
    seen_by, columns = SEES[kind]
    need = builders.a_need(posted_by=ane, consent=False, title="Lesevenn", windows=ON_TUESDAY, **columns)
    builders.a_consent(need, recorded_by=ane, covers_publication=kind == "public consent")
    openly = {"stranger": stranger, "eva": eva}
    found = {name for name, who in openly.items() if who.opens("/her-trengs-du").says("Lesevenn")}
    volunteers = {"ola": ola, "kari": kari}
    found |= {name for name, who in volunteers.items() if who.opens("/her-trengs-du-for-meg").says("Lesevenn")}
    assert found == seen_by


def test_at_home_the_exact_times_are_for_who_is_asked_and_the_preview_says_so(
    kari: Someone, ane: Someone, builders: Builders
) -> None:
    need = builders.a_need(posted_by=ane, mode=Mode.HOME, windows=ON_TUESDAY, how_often="Formiddag")
    for page in (kari.opens("/her-trengs-du-for-meg"), ane.opens(f"/behov/{need.id}")):
        assert "tirsdag 10–11" not in page.text.partition("Den som blir spurt")[0]
        assert page.says("Formiddag")
    preview = ane.opens(f"/behov/{need.id}")
    assert preview.says("Bare innloggede frivillige som er klare, ser det. Eksakte tider vises ikke.")
    assert preview.says("Den som blir spurt, får også vite når: tirsdag 10–11. Formiddag.")
    offer = builders.an_offer(volunteer=kari, need=need)
    assert kari.opens(f"/foresporsel/{offer.id}").says("tirsdag 10–11")


def test_no_list_of_needs_tells_who_it_is_for(
    stranger: Someone, kari: Someone, tor: Someone, builders: Builders
) -> None:
    need = builders.a_need(recipient=tor, consent=False, windows=ON_TUESDAY)
    builders.a_consent(need, recipient=tor, recorded_by=tor, covers_publication=True)
    for page in (stranger.opens("/"), stranger.opens("/her-trengs-du"), kari.opens("/her-trengs-du-for-meg")):
        assert page.says("Turvenn på Tretten")
        for name in ("Tor ", "Tande", "Kongsvegen", "2635", "61.3"):
            assert name not in page.html, name


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_pages_stand_in_every_language(
    ane: Someone, eva: Someone, mona: Someone, builders: Builders, language: str
) -> None:
    builders.the_vocabulary()
    need = builders.a_need(posted_by=ane, mode=Mode.HOME, windows=ON_TUESDAY)
    own = builders.a_need(posted_by=eva, recipient=eva, state=NeedState.SUBMITTED)
    pages = [
        ane.opens("/mine-behov", lang=language), ane.opens("/behov/nytt", lang=language),
        ane.opens("/behov/nytt/rehab_walk", lang=language), ane.opens(f"/behov/{need.id}", lang=language),
        ane.opens(f"/behov/{need.id}/endre", lang=language), eva.opens("/jeg-trenger-noen", lang=language),
        eva.opens(f"/behov/{own.id}/endre", lang=language), mona.opens(f"/behov/{own.id}/send-tilbake", lang=language),
        mona.opens(f"/behov/{need.id}/avslutt", lang=language), mona.opens("/behov", lang=language),
    ]  # fmt: skip
    assert {(page.status, page.language) for page in pages} == {(200, language)}
