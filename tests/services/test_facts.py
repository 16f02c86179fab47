"""From rows to what the rules read: the columns say what the rows say, and go on doing so whatever is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask

from matching import Dated, Facts, Hold, Place, Week, Weekly
from samskap.models import (
    Assignment,
    Audience,
    ClearanceKind,
    Municipality,
    Need,
    NeedTerm,
    NeedWindow,
    Times,
    Travel,
    Volunteer,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.services import (
    administration,
    assignments,
    clearances,
    declarations,
    facts,
    needs,
    offers,
    proposals,
    resources,
    volunteers,
)
from samskap.services.facts import needs_as_facts, volunteers_as_facts
from samskap.services.facts.needs import MATCHED
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone, a_person
from tests.town import Clock, Town, keep

TODAY = date(2026, 11, 24)
TUESDAY_TEN = (1440 + 600, 1440 + 660)
A_NEED = Callable[..., Need]


def of_volunteer(town: Town, someone: Someone | Volunteer) -> Any:
    """What the rules read of one volunteer."""
    (found,) = volunteers_as_facts(town.db, now=town.clock(), only=[someone.id])
    return found


def of_need(town: Town, need: Need) -> Any:
    """What the rules read of one need."""
    (found,) = needs_as_facts(town.db, neighbours=["3405"], only=[need.id])
    return found


# What the columns say


def test_everything_a_volunteer_has_said_stands_in_its_column(
    oyer: Town, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    words = {
        "bil": WordKind.RESOURCE, "strikking": WordKind.INTEREST, "norsk": WordKind.LANGUAGE,
        "tap": WordKind.EXPERIENCE,
    }  # fmt: skip
    for key, kind in words.items():
        builders.gives(kari, builders.a_term(key, kind), 2 if kind is WordKind.LANGUAGE else 0)
    with keep(db):
        wished = builders.gives(kari, builders.a_term("gitar"))
        wished.wish = True
        kari.person.birth_date, kari.person.gender = date(1968, 5, 14), "f"
        row = kari.volunteer
        row.travel, row.reach_km, row.capacity, row.weekly_minutes = Travel.BICYCLE, 7, 3, 120
        row.meet_gender, row.not_kinds, row.not_modes, row.experience_shared = "m", "errands phone_friend", "home", True
        row.preferred = Week.from_spans([TUESDAY_TEN])
        row.registered_at = oyer.clock() - timedelta(days=100)
    builders.away(kari, date(2026, 12, 20), date(2027, 1, 3))
    builders.a_clearance(kari, "police_certificate:school")
    builders.a_clearance(kari, "police_certificate:kindergarten", ended_at=oyer.clock())
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    found = of_volunteer(oyer, kari)
    assert (found.id, found.human, found.municipality, found.place) == (
        kari.id,
        kari.id,
        "3440",
        Place(61.2653, 10.4137),
    )
    assert (found.travel, found.reach_m, found.capacity, found.minutes_left) == ("bicycle", 7_000, 3, 120)
    assert (found.skills, found.wants, found.interests, found.languages, found.experience) == (
        {"bil"}, {"gitar"}, {"strikking"}, {"norsk": 2}, {"tap"},
    )  # fmt: skip
    assert (found.gender, found.meets, found.birth_date, found.experience_shared) == ("f", "m", date(1968, 5, 14), True)
    assert (found.kinds_declined, found.modes_declined) == ({"errands", "phone_friend"}, {"home"})
    assert (found.available, found.preferred) == (kari.volunteer.free, Week.from_spans([TUESDAY_TEN]))
    assert (found.away, found.clearances) == (((date(2026, 12, 20), date(2027, 1, 3)),), {"police_certificate:school"})
    assert (found.paused, found.ready, found.never_asked, found.idle_since) == (False, True, True, date(2026, 8, 16))


def test_what_runs_takes_time_and_room_and_what_was_answered_is_remembered(
    oyer: Town, kari: Someone, tor: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    with keep(db):
        kari.volunteer.capacity, kari.volunteer.weekly_minutes = 3, 200
    tuesday = builders.a_need(windows=[TUESDAY_TEN], recipient=tor, state=NeedState.RUNNING)
    builders.an_assignment(volunteer=kari, need=tuesday, state=AssignmentState.RUNNING, option=0)
    builders.an_offer(volunteer=kari, sent_at=clock() - timedelta(days=2))
    no = builders.an_offer(volunteer=kari, state=OfferState.DECLINED, sent_at=clock() - timedelta(days=40))
    builders.an_offer(volunteer=kari, state=OfferState.EXPIRED, sent_at=clock() - timedelta(days=50))
    over = builders.an_assignment(
        volunteer=kari, need=builders.a_need(recipient=tor), state=AssignmentState.ENDED,
        again_volunteer=True, again_recipient=True, ended_at=clock() - timedelta(days=1), ending=Ending.PLANNED,
    )  # fmt: skip
    found = of_volunteer(oyer, kari)
    assert (found.running, found.open_offers, found.capacity, found.minutes_left) == (1, 1, 1, 140)
    assert found.holds == (Hold(Weekly(*TUESDAY_TEN), Place(61.3133, 10.3083)),)
    assert found.needs_declined == {no.need_id, over.need_id, tuesday.id}, "and an offer that ran out may be made again"
    assert (found.meet_again, found.ended_badly) == ({tor.id}, frozenset())
    assert (len(found.asked), found.asked[0], found.idle_since, found.never_asked) == (5, TODAY, TODAY, False)


@pytest.mark.parametrize(
    ("volunteer", "recipient", "again", "never"),
    [(True, True, True, False), (True, None, False, False), (False, True, False, True), (None, False, False, True)],
)
def test_one_no_is_enough_never_to_meet_again_and_it_takes_two_to_wish_for_it(
    oyer: Town, kari: Someone, tor: Someone, builders: Builders,
    *, volunteer: bool | None, recipient: bool | None, again: bool, never: bool,
) -> None:  # fmt: skip
    builders.an_assignment(
        volunteer=kari, recipient=tor, state=AssignmentState.ENDED, again_volunteer=volunteer,
        again_recipient=recipient,
    )  # fmt: skip
    found = of_volunteer(oyer, kari)
    assert (found.meet_again == {tor.id}, found.ended_badly == {tor.id}) == (again, never)


def test_a_block_counts_from_either_side(oyer: Town, kari: Someone, ola: Someone, builders: Builders) -> None:
    builders.a_block(kari, ola)
    assert (of_volunteer(oyer, kari).blocks, of_volunteer(oyer, ola).blocks) == ({ola.id}, {kari.id})


@pytest.mark.parametrize(
    ("columns", "resting"),
    [
        ({}, False),
        ({"paused_since": TODAY}, True),
        ({"paused_since": TODAY, "paused_until": TODAY}, True),
        ({"paused_since": date(2026, 11, 1), "paused_until": date(2026, 11, 23)}, False),
        ({"ask_after": date(2026, 11, 25)}, True),
        ({"ask_after": TODAY}, False),
    ],
)
def test_who_rests_is_marked_so_by_the_day(
    oyer: Town, kari: Someone, db: TenantSession, columns: dict[str, Any], *, resting: bool
) -> None:
    with keep(db):
        for name, value in columns.items():
            setattr(kari.volunteer, name, value)
    assert of_volunteer(oyer, kari).paused is resting


def test_everything_a_need_asks_for_stands_in_its_column(
    oyer: Town, ane: Someone, builders: Builders, db: TenantSession
) -> None:
    bil, strikking, norsk = (
        builders.a_term(key, kind)
        for key, kind in (("bil", WordKind.RESOURCE), ("strikking", WordKind.RESOURCE), ("norsk", WordKind.LANGUAGE))
    )
    need = builders.a_need(
        posted_by=ane, kind="homework_at_school", windows=[TUESDAY_TEN, (2880, 2970)],
        requires=["police_certificate:school"], terms=[bil], cross_border=True, age_min=20, age_max=70, wish_gender="f",
    )  # fmt: skip
    builders.add(NeedTerm(need_id=need.id, term_id=strikking.id, required=False))
    builders.add(NeedTerm(need_id=need.id, term_id=norsk.id, required=True, level=2))
    found = of_need(oyer, need)
    assert (found.kind, found.sector, found.mode, found.one_to_one) == (
        "homework_at_school", "early_intervention", "outdoors", True,
    )  # fmt: skip
    assert (found.skills_required, found.skills_preferred, found.languages) == ({"bil"}, {"strikking"}, {"norsk": 2})
    assert (found.clearances, found.neighbours) == ({"police_certificate:school"}, {"3405"})
    assert (found.age_min, found.age_max, found.gender_wish) == (20, 70, "f")
    assert (found.times, found.windows, found.minutes_per_week) == (
        "any", (Weekly(*TUESDAY_TEN), Weekly(2880, 2970)), 60,
    )  # fmt: skip
    assert (found.owner, found.consent, found.place) == (ane.id, True, Place(61.3133, 10.3083))
    assert found.human not in {0, ane.id}, "somebody in particular, who is not registered"
    with keep(db):
        need.times = Times.ALL
    assert of_need(oyer, need).minutes_per_week == 150


def test_a_registered_recipient_brings_their_own_words_and_wishes(
    oyer: Town, app: Flask, builders: Builders, db: TenantSession
) -> None:
    both = a_person(oyer, app, "Siri Sæter", Role.VOLUNTEER, Role.RECIPIENT, gender="f")
    for key, kind in (("bil", WordKind.RESOURCE), ("strikking", WordKind.INTEREST), ("tap", WordKind.EXPERIENCE)):
        builders.gives(both, builders.a_term(key, kind))
    found = of_need(oyer, builders.a_need(recipient=both))
    assert (found.human, found.owner, found.recipient_gender) == (both.id, 0, "f")
    assert (found.gives, found.interests, found.experience, found.experience_shared) == (
        {"bil"}, {"strikking"}, {"tap"}, False,
    )  # fmt: skip


@pytest.mark.parametrize("audience", [Audience.GROUP, Audience.INSTITUTION])
def test_a_need_for_many_is_nobody_s_and_asks_for_no_consent(oyer: Town, a_need: A_NEED, audience: Audience) -> None:
    found = of_need(oyer, a_need(audience=audience, consent=False))
    assert (found.human, found.consent, found.one_to_one) == (0, True, False)


def test_a_withdrawn_consent_is_none(oyer: Town, builders: Builders, tor: Someone, clock: Clock) -> None:
    need = builders.a_need(recipient=tor, consent=False)
    builders.a_consent(need, recipient=tor, recorded_by=tor, withdrawn_at=clock())
    assert of_need(oyer, need).consent is False


# Who is among them


@pytest.mark.parametrize(
    ("state", "there"),
    [(state, state not in (VolunteerState.SIGNING_UP, VolunteerState.LEFT)) for state in VolunteerState],
)
def test_whoever_takes_part_is_among_the_facts(
    oyer: Town, builders: Builders, state: VolunteerState, *, there: bool
) -> None:
    volunteer = builders.a_volunteer_of(state)
    found = [one.id for one in volunteers_as_facts(oyer.db, now=oyer.clock())]
    assert (volunteer.id in found) is there


def test_only_confirmed_people_are_and_nobody_who_was_erased(
    oyer: Town, app: Flask, kari: Someone, ola: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    a_person(oyer, app, "Siri Sæter", Role.VOLUNTEER, confirmed_at=None)
    imported = builders.a_volunteer("Nils Nymo")
    with keep(db):
        ola.person.erased_at = clock()
    found = [one.id for one in volunteers_as_facts(db, now=clock())]
    assert found == [kari.id, imported.id], "whoever has no log-in cannot confirm, and is rung"


@pytest.mark.parametrize(("state", "there"), [(state, state in MATCHED) for state in NeedState])
def test_only_needs_that_are_published_and_not_over_are_among_the_facts(
    oyer: Town, a_need: A_NEED, state: NeedState, *, there: bool
) -> None:
    need = a_need(state=state)
    assert ([one.id for one in needs_as_facts(oyer.db, neighbours=())] == [need.id]) is there


# Kept fresh


def is_fresh(town: Town) -> Facts:
    """What is kept says exactly what the rows say when all of them are read; AssertionError names the column."""
    db = town.db
    db.rollback()
    kept: Facts = facts.current(db, now=town.clock()).facts
    neighbours = db.get_one(Municipality, town.id).neighbours
    people = list(volunteers_as_facts(db, now=town.clock()))
    asked = list(needs_as_facts(db, neighbours=neighbours))
    read = kept.replaced(
        volunteers=people,
        needs=asked,
        removed_volunteers=set(kept.volunteers.id.tolist()) - {one.id for one in people},
        removed_needs=set(kept.needs.id.tolist()) - {one.id for one in asked},
    )
    db.rollback()
    for table, columns in tables_of(kept).items():
        for name in columns:
            mine, theirs = (getattr(one, table).read(name) for one in (kept, read))
            assert np.array_equal(mine, theirs), f"{table}.{name} is kept as {mine} and reads {theirs}"
    return kept


def tables_of(kept: Facts) -> dict[str, list[str]]:
    """Every table of the facts with its columns."""
    found = {name: getattr(kept, name) for name in type(kept).__dataclass_fields__}
    return {
        name: [column for column in table.columns() if column in table]
        for name, table in found.items()
        if hasattr(table, "columns")
    }


def acts(who: Someone, verb: Callable[..., Any], *args: Any, **words: Any) -> Any:
    """Somebody does something; whatever was kept stays kept, and must be fresh afterwards."""
    with keep(who.town.db):
        result = verb(who.town.db, who.actor, *args, now=who.town.clock(), **words)
    is_fresh(who.town)
    return result


def test_whatever_happens_from_sign_up_to_goodbye_what_is_kept_is_what_is_there(
    oyer: Town, mona: Someone, kari: Someone, ola: Someone, tor: Someone, ane: Someone, ida: Someone, grete: Someone,
    builders: Builders, db: TenantSession, clock: Clock,
) -> None:  # fmt: skip
    need = builders.a_need(windows=[TUESDAY_TEN], recipient=tor)
    is_fresh(oyer)
    acts(mona, volunteers.pause, ola.id, until=None)
    acts(mona, volunteers.resume, ola.id)
    acts(ida, clearances.show_certificate, person_id=ola.id, key="police_certificate:school",
         issued_on=TODAY, seen_on=TODAY)  # fmt: skip
    offer = acts(mona, proposals.approve, need_id=need.id, volunteer_id=kari.id, reason="Naboer")
    acts(kari, offers.decline, offer.id)
    offer = acts(mona, proposals.approve, need_id=need.id, volunteer_id=ola.id)
    assignment = acts(ola, offers.accept, offer.id, insurance_read=True)
    acts(tor, assignments.confirm, assignment.id)
    acts(ola, declarations.sign, language="nb")
    acts(tor, assignments.end, assignment.id, ending=Ending.RECIPIENT, again=False)
    other = builders.a_need(recipient=tor, title="Lesevenn")
    second = acts(mona, proposals.approve, need_id=other.id, volunteer_id=kari.id, reason="Naboer")
    acts(mona, offers.withdraw, second.id)
    acts(mona, needs.close, other.id, outcome=Outcome.NO_LONGER_RELEVANT)
    acts(ola, volunteers.leave, ola.id)
    acts(ola, volunteers.come_back, ola.id)
    clock.moves(days=1)
    is_fresh(oyer)
    assert db.get_one(Assignment, assignment.id).state is AssignmentState.ENDED


def test_what_a_volunteer_changes_on_their_own_pages_is_kept_as_it_becomes(
    oyer: Town, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    ids = {key: builders.a_term(key).id for key in ("bil", "gitar")}
    is_fresh(oyer)
    wishes = resources.Wishes(
        gender="f", capacity=2, weekly_minutes=90, reach_km=4, meet_gender=None, wishes="", not_kinds=["errands"],
        not_modes=[], experience_shared=True,
    )  # fmt: skip
    changes: list[Callable[[Volunteer], Any]] = [
        lambda row: resources.set_words(db, row, WordKind.RESOURCE, [ids["bil"]]),
        lambda row: resources.set_wants(db, row, [ids["gitar"]]),
        lambda row: resources.set_week(db, row, Week.from_spans([TUESDAY_TEN])),
        lambda row: resources.set_away(db, row, date(2026, 12, 1), date(2026, 12, 9)),
        lambda row: resources.set_wishes(db, row, wishes),
    ]
    for change in changes:
        before = [str(one) for one in volunteers_as_facts(db, now=oyer.clock())]
        with keep(db):
            change(kari.volunteer)
        is_fresh(oyer)
        assert [str(one) for one in volunteers_as_facts(db, now=oyer.clock())] != before


def test_what_a_recipient_changes_about_themselves_reaches_their_needs(
    oyer: Town, app: Flask, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    both = a_person(oyer, app, "Siri Sæter", Role.VOLUNTEER, Role.RECIPIENT)
    knitting = builders.a_term("strikking", WordKind.INTEREST)
    need = builders.a_need(recipient=both)
    assert is_fresh(oyer).needs.interests.any() == np.False_
    with keep(db):
        resources.set_words(db, both.volunteer, WordKind.INTEREST, [knitting.id])
    kept = is_fresh(oyer)
    assert kept.words.interest.terms_in(kept.needs.interests[:, kept.needs.row(need.id)]) == ("strikking",)


def test_two_who_wish_to_meet_again_are_known_so_by_every_need_of_the_recipient(
    oyer: Town, kari: Someone, tor: Someone, builders: Builders
) -> None:
    builders.a_need(recipient=tor, title="Lesevenn")
    ended = builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING, again_volunteer=True)
    is_fresh(oyer)
    acts(tor, assignments.end, ended.id, ending=Ending.PLANNED, again=True)
    assert is_fresh(oyer).need_meets_again.other.tolist() == [kari.id] * 2


def test_new_neighbours_reach_the_needs_that_are_open_to_them(
    oyer: Town, grete: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    a_need(cross_border=True)
    is_fresh(oyer)
    wanted = administration.settings_of(db.get_one(Municipality, oyer.id))
    acts(grete, administration.change_settings, replace(wanted, neighbours=("3405",)))
    assert "3405" in is_fresh(oyer).words.municipality.terms


def test_a_dated_session_and_an_absence_meet_by_their_days(
    oyer: Town, kari: Someone, builders: Builders, clock: Clock
) -> None:
    begins = datetime(2026, 12, 5, 9, tzinfo=clock().tzinfo)
    need = builders.a_need(times=Times.ANY)
    builders.add(NeedWindow(need_id=need.id, starts_at=begins, ends_at=begins + timedelta(hours=2)))
    assert of_need(oyer, need).windows == (Dated(begins, begins + timedelta(hours=2)),)
    assert of_need(oyer, need).minutes_per_week == 0, "not of every week"
