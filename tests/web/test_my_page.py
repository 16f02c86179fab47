"""Min side: what waits for one, what one offers and when, breaks, leaving and coming back, and where one is needed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from samskap.models import (
    Assignment,
    Away,
    Need,
    Offer,
    Side,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import told
from tests.town import Clock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ON_TUESDAY = [(1440 + 600, 1440 + 660)]
"""Tuesday from ten to eleven, when everybody of the cast is free."""
UNTIL = {"label": "Til og med", "beside": "La stå tomt om du ikke vet."}
LAST = {"label": "Til og med", "beside": "Fra og med"}


@pytest.fixture
def walk(builders: Builders) -> Need:
    """A need outdoors that Kari and Ola could meet."""
    return builders.a_need(windows=ON_TUESDAY)


def can(mona: Someone, need: Need, who: Someone) -> bool:
    """Whether somebody stands among those whom the coordinator may ask, and not among those who almost could."""
    mona.logs_out()
    page = mona.opens(f"/behov/{need.id}/kandidater")
    return who.person.name in page.text.partition("Kan nesten")[0]


# ---------------------------------------------------------------- what waits


def test_nothing_waits_for_who_has_not_been_asked(kari: Someone) -> None:
    page = kari.opens("/min-side")
    assert page.heading == "Hei, Kari"
    assert page.says("Du er klar for alle slags oppgaver.")
    assert page.says("Ingenting akkurat nå.")


def test_everything_that_waits_for_somebody_stands_first_and_leads_to_where_it_is_answered(
    kari: Someone, tor: Someone, builders: Builders
) -> None:
    builders.an_offer(volunteer=kari, need=builders.a_need(title="Lesevenn"))
    builders.an_assignment(
        volunteer=kari, need=builders.a_need(recipient=tor, title="Kortspill"), state=AssignmentState.AGREED
    )
    opened = builders.an_assignment(
        volunteer=kari, need=builders.a_need(recipient=tor, title="Turvenn"), state=AssignmentState.OPENED
    )
    builders.a_meeting(assignment=opened, suggested_by=Side.RECIPIENT)
    page = kari.opens("/min-side")
    waits = page.text.partition("Venter på deg")[2].partition("Avtalene mine")[0]
    assert "Svar innen fredag 27. november. Et nei koster ingenting." in waits
    assert "Signer taushetserklæringen, så åpnes kontakten." in waits
    assert "Den andre har foreslått en tid. Passer den? I morgen, onsdag, kl. 10." in waits
    assert page.follow("Se og svar Lesevenn").heading == "Vil du være med på dette?"
    assert kari.opens("/min-side").follow("Se og svar Kortspill").says("taushetserklæring")
    assert kari.opens("/min-side").follow("Se og svar Turvenn").heading == "Turvenn"


def test_a_recipient_is_asked_there_for_the_second_yes(kari: Someone, tor: Someone, builders: Builders) -> None:
    builders.an_assignment(volunteer=kari, need=builders.a_need(recipient=tor, title="Kortspill"))
    page = tor.opens("/min-side")
    assert page.says("En frivillig har sagt ja. Passer det for deg?")
    assert "Kari" not in page.text
    assert "Ja, det passer" in page.follow("Se og svar Kortspill").links()


def test_what_is_over_waits_for_nobody(kari: Someone, tor: Someone, builders: Builders) -> None:
    builders.an_offer(volunteer=kari, state=OfferState.EXPIRED)
    builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.ENDED)
    for who in (kari, tor):
        assert who.opens("/min-side").says("Ingenting akkurat nå.")
        assert not who.opens("/min-side").says("Avtalene mine")


def test_the_next_meeting_is_the_first_to_come(kari: Someone, builders: Builders, clock: Clock) -> None:
    running = builders.an_assignment(volunteer=kari, state=AssignmentState.RUNNING)
    for days in (9, 2, -3):
        starts = clock.now + timedelta(days=days)
        builders.a_meeting(
            assignment=running, state=MeetingState.PLANNED, starts_at=starts, ends_at=starts + timedelta(hours=1)
        )
    page = kari.opens("/min-side")
    assert page.says("Torsdag 26. november kl. 10.")
    assert page.follow("Åpne avtalen").heading == "Turvenn på Tretten"


def test_a_citizen_who_has_done_nothing_yet_is_shown_both_doors(eva: Someone) -> None:
    page = eva.opens("/min-side")
    assert page.follow("Jeg vil bidra").heading == "Hvor bor du?"
    assert eva.opens("/min-side").follow("Jeg trenger noen").heading == "Jeg trenger noen"


# ---------------------------------------------------------------- breaks


def test_nobody_asks_during_a_pause_and_ending_it_brings_one_back(
    kari: Someone, mona: Someone, walk: Need, db: TenantSession
) -> None:
    assert can(mona, walk, kari)
    page = kari.opens("/min-side").follow("Ta pause").press("Ta pause")
    assert page.url == "/min-side"
    assert page.says("Du har pause. Ingen spør deg imens.")
    assert not can(mona, walk, kari)
    assert kari.volunteer.state is VolunteerState.READY, "a pause stands beside the state"
    page = kari.opens("/min-side").press("Avslutt pausen")
    assert page.says("Velkommen tilbake.")
    assert can(mona, walk, kari)


def test_a_pause_with_an_end_is_over_the_day_after_by_itself(
    kari: Someone, mona: Someone, walk: Need, clock: Clock
) -> None:
    page = kari.opens("/pause").fill(value="2026-11-30", **UNTIL).press("Ta pause")
    assert page.says("Du har pause til 30. november. Ingen spør deg imens.")
    clock.moves(days=6)
    assert not can(mona, walk, kari)
    clock.moves(days=1)
    assert can(mona, walk, kari)
    kari.logs_out()
    assert kari.opens("/min-side").says("Du er klar for alle slags oppgaver.")


def test_the_end_of_a_pause_can_be_changed(kari: Someone) -> None:
    kari.opens("/pause").fill(value="2026-11-30", **UNTIL).press("Ta pause")
    page = kari.opens("/min-side").follow("Endre pausen")
    assert page.value(**UNTIL) == "2026-11-30"
    assert page.fill(value="3.1.2027", **UNTIL).press("Lagre").says("Du har pause til 3. januar 2027.")


def test_a_pause_into_the_past_is_told_of_and_kept_as_typed(kari: Someone) -> None:
    page = kari.opens("/pause").fill(value="2026-11-23", **UNTIL).press("Ta pause")
    assert (page.status, page.errors()) == (422, ["Til og med må være i dag eller senere."])
    assert page.value(**UNTIL) == "2026-11-23"
    assert kari.volunteer.paused_since is None


def test_on_a_pause_one_is_shown_no_needs_and_told_why(kari: Someone, walk: Need) -> None:
    assert kari.opens("/her-trengs-du-for-meg").says("Turvenn på Tretten")
    kari.opens("/pause").press("Ta pause")
    page = kari.opens("/her-trengs-du-for-meg")
    assert page.says("Du har pause")
    assert not page.says("Turvenn på Tretten")


def test_days_away_are_listed_and_taken_back(kari: Someone, db: TenantSession) -> None:
    page = kari.opens("/pause").fill("Fra og med", "2026-12-20").fill(value="2027-01-03", **LAST)
    page.press("Jeg er borte")
    assert page.url == "/pause"
    assert page.says("Fra 20. desember til 3. januar 2027")
    assert db.scalars(select(Away.first_day).where(Away.volunteer_id == kari.id)).all() == [date(2026, 12, 20)]
    page.press("Ta bort")
    assert not page.says("20. desember")


def test_days_away_that_cannot_be_are_told_of_and_kept(kari: Someone) -> None:
    page = kari.opens("/pause")
    for first, last, says in (
        ("2026-12-20", "2026-12-19", ["Til og med kan ikke være før fra og med."]),
        ("2026-11-01", "2026-11-23", ["Til og med må være i dag eller senere."]),
        ("", "i julen", ["Fra og med må fylles ut.", "Til og med må være en dag som finnes, for eksempel 14.3.2027."]),
    ):
        page.fill("Fra og med", first).fill(value=last, **LAST).press("Jeg er borte")
        assert (page.status, page.errors()) == (422, says)
        assert (page.value("Fra og med"), page.value(**LAST)) == (first, last)


def test_nobody_takes_back_the_days_of_another(
    kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    away = builders.away(kari, date(2026, 12, 20), date(2027, 1, 3))
    page = ola.opens("/min-side")
    token = page.html.split('csrf_token" value="')[1].split('"')[0]
    ola.browser.post(
        f"/pause/hjemme/{away.id}", data={"csrf_token": token}, headers={"Referer": "https://samskap.example/"}
    )
    db.rollback()
    assert db.get(Away, away.id) is not None


# ---------------------------------------------------------------- leaving, and coming back


def test_leaving_asks_once_and_says_what_happens(kari: Someone) -> None:
    page = kari.opens("/min-side").follow("Meld meg ut")
    assert page.says("Forespørsler du ikke har svart på, trekkes, og avtalene dine avsluttes.")
    assert kari.volunteer.state is VolunteerState.READY
    assert page.follow("Avbryt").url == "/min-side"


def test_who_leaves_is_asked_nothing_more_and_leaves_nobody_waiting(
    kari: Someone, tor: Someone, mona: Someone, walk: Need, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    running = builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING)
    page = kari.opens("/meld-meg-ut").press("Meld meg ut")
    assert page.says("Du er meldt ut. Takk for at du var med.")
    assert page.says("Du har meldt deg ut. Du er velkommen tilbake når du vil.")
    assert kari.volunteer.state is VolunteerState.LEFT
    assert db.get_one(Offer, offer.id).state is OfferState.WITHDRAWN
    assert db.get_one(Assignment, running.id).state is AssignmentState.ENDED
    assert db.get_one(Need, running.need_id).taken == 0
    assert {person for _notice, person in told(db)} >= {tor.id, mona.id}
    assert not can(mona, walk, kari)
    assert kari.opens("/her-trengs-du-for-meg").says("Du er ikke med nå")


def test_who_comes_back_has_everything_as_it_was_and_a_conversation_first(
    kari: Someone, mona: Someone, walk: Need, builders: Builders
) -> None:
    builders.gives(kari, builders.a_term("Lese høyt"))
    kari.opens("/pause").fill(value="2026-11-30", **UNTIL).press("Ta pause")
    kari.opens("/meld-meg-ut").press("Meld meg ut")
    page = kari.opens("/min-side").press("Bli med igjen")
    assert page.says("Velkommen tilbake.")
    assert page.says("Lese høyt")
    assert page.says("Ledig: hverdager 9–15.")
    assert kari.volunteer.state is VolunteerState.REGISTERED
    assert not page.says("pause til"), "the break is over too"
    assert can(mona, walk, kari)


def test_leaving_twice_is_leaving_once(kari: Someone) -> None:
    one, other = kari.opens("/meld-meg-ut"), kari.opens("/meld-meg-ut")
    one.press("Meld meg ut")
    other.press("Meld meg ut")
    assert (other.status, other.errors()) == (409, ["Dette er allerede gjort. Du trenger ikke gjøre noe mer."])


def test_a_coordinator_pauses_and_takes_out_who_would_rather_ring(mona: Someone, builders: Builders) -> None:
    berit = builders.a_volunteer("Berit Bakke")
    page = mona.opens(f"/frivillige/{berit.id}").follow("Pause").press("Ta pause")
    assert page.says("Berit Bakke har pause. Ingen spør imens.")
    assert page.press("Avslutt pausen").says("Pausen er slutt.")
    page = page.follow("Meld ut")
    assert page.heading == "Meld ut Berit Bakke"
    assert page.press("Meld ut").says("Berit Bakke er meldt ut.")
    assert page.press("Ta med igjen").says("Berit Bakke er med igjen.")


# ---------------------------------------------------------------- what I offer


def test_wishes_are_saved_and_stand_there_the_next_time(kari: Someone, builders: Builders, db: TenantSession) -> None:
    builders.the_vocabulary()
    page = kari.opens("/min-side").follow("Flere ønsker")
    page.fill("Hvor mange avtaler vil du ha samtidig?", "3").fill("Hvor mange timer i uka, høyst?", "4")
    page.fill("Hvor langt vil du reise, i kilometer?", "12").tick("Helst en kvinne").tick("Hjemme hos noen")
    page.tick("Turvenn").fill("Andre ønsker", "Helst noen som liker hunder.")
    page.press("Lagre")
    assert page.says("Lagret.")
    held = kari.volunteer
    assert (held.capacity, held.weekly_minutes, held.reach_km, held.meet_gender) == (3, 240, 12, "f")
    assert (held.not_modes, held.not_kinds) == ("home", "walking_friend")
    page = kari.opens("/ressursene-mine")
    assert page.value("Andre ønsker") == "Helst noen som liker hunder."
    assert page.ticked("Hjemme hos noen")
    page.fill("Hvor mange timer i uka, høyst?", "").untick("Turvenn").press("Lagre")
    assert (kari.volunteer.weekly_minutes, kari.volunteer.not_kinds) == (None, "")


def test_numbers_out_of_range_are_told_of_with_the_range_and_kept(kari: Someone) -> None:
    page = kari.opens("/ressursene-mine").fill("Hvor mange avtaler vil du ha samtidig?", "21")
    page.fill("Hvor langt vil du reise, i kilometer?", "ti").press("Lagre")
    assert page.status == 422
    assert page.errors() == [
        "Hvor mange avtaler vil du ha samtidig? må være fra 1 til 20.",
        "Hvor langt vil du reise, i kilometer? må være et helt tall, for eksempel 3.",
    ]
    assert page.value("Hvor langt vil du reise, i kilometer?") == "ti"
    assert kari.volunteer.capacity == 1


def test_what_one_would_like_to_learn_is_no_promise_to_do_it(
    kari: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.the_vocabulary()
    page = kari.opens("/ressursene-mine").tick("Reparere sykler").press("Lagre")
    assert not page.says("Reparere"), "not among what she can"
    assert mona.opens(f"/frivillige/{kari.id}").says("reparere sykler")
    kari.opens("/meld-deg/hva").tick("Reparere sykler").press("Lagre")
    assert [one.wish for one in db.scalars(select(VolunteerTerm).where(VolunteerTerm.volunteer_id == kari.id))] == [
        False
    ]


def test_what_somebody_has_lived_through_is_shown_to_nobody_else(
    kari: Someone, mona: Someone, builders: Builders
) -> None:
    builders.gives(kari, builders.a_term("Mistet noen", WordKind.EXPERIENCE))
    assert kari.opens("/ressursene-mine").ticked("Mistet noen")
    assert not mona.opens(f"/frivillige/{kari.id}").says("Mistet noen")


def test_when_i_can_is_shown_as_a_week_and_in_words_and_changed_from_there(kari: Someone) -> None:
    page = kari.opens("/min-side")
    assert page.says("Ledig: hverdager 9–15.")
    page.follow("Endre når").fill("Mandag", "").press("Lagre")
    assert page.says("Ledig: tirsdag til fredag 9–15.")


def test_less_reach_or_time_keeps_one_from_what_one_cannot(kari: Someone, mona: Someone, walk: Need) -> None:
    kari.opens("/ressursene-mine").fill("Hvor langt vil du reise, i kilometer?", "2").press("Lagre")
    assert not can(mona, walk, kari)
    kari.opens("/ressursene-mine").fill("Hvor langt vil du reise, i kilometer?", "15").press("Lagre")
    assert can(mona, walk, kari)
    kari.opens("/meld-deg/nar").fill("Tirsdag", "").press("Lagre")
    assert not can(mona, walk, kari)


# ---------------------------------------------------------------- where I am needed


def test_needs_come_in_order_with_the_reason_and_no_name(
    kari: Someone, tor: Someone, ane: Someone, builders: Builders
) -> None:
    builders.the_vocabulary()
    reads = builders.word("reading_aloud")
    builders.gives(kari, reads)
    builders.a_need(title="Turvenn", recipient=tor, windows=ON_TUESDAY, place="Tretten", lat=61.3133, lon=10.3083)
    builders.a_need(
        title="Lesevenn", posted_by=ane, windows=ON_TUESDAY, wishes=[reads], place="Øyer", lat=61.2653, lon=10.4137
    )
    page = kari.opens("/her-trengs-du-for-meg")
    assert page.text.index("Lesevenn") < page.text.index("Turvenn")
    assert page.says("Ute, Øyer, under 1 km")
    assert page.says("Hjemmetjenesten")
    assert "lese høyt" in page.text.lower()
    for name in ("Tor", "Tande", "Ane", "Ås,"):
        assert name not in page.text


def test_one_who_cannot_now_is_told_what_could_help(kari: Someone, walk: Need) -> None:
    kari.opens("/meld-deg/nar").fill("Tirsdag", "").press("Lagre")
    page = kari.opens("/her-trengs-du-for-meg")
    assert page.says("Ingenting passer akkurat nå")
    assert page.follow("Endre når").heading == "Når passer det?"


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_pages_stand_in_every_language(kari: Someone, walk: Need, language: str) -> None:
    for path in ("/min-side", "/pause", "/ressursene-mine", "/meld-meg-ut", "/her-trengs-du-for-meg"):
        assert kari.opens(path, lang=language).language == language
