"""That a police certificate was shown: by whom, for which role and when, for as long as the role is unbroken."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from samskap.models import Clearance, ClearanceKind
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.services import clearances, matching, volunteers
from samskap.services.steps import Missing
from samskap.text import today
from tests.builders import Builders
from tests.cast import WEEKDAYS, Someone
from tests.hands import does, is_refused
from tests.town import Clock

SCHOOL = "police_certificate:school"
CARE = "police_certificate:health_and_care"
ISSUED, SEEN = date(2026, 11, 2), date(2026, 11, 20)


def shows(ida: Someone, kari: Someone, key: str = SCHOOL, issued_on: date = ISSUED, seen_on: date = SEEN) -> Clearance:
    return does(ida, clearances.show_certificate, person_id=kari.id, key=key, issued_on=issued_on, seen_on=seen_on)


def cannot_show(ida: Someone, kari: Someone, key: str = SCHOOL, issued: date = ISSUED, seen: date = SEEN) -> str:
    words = {"person_id": kari.id, "key": key, "issued_on": issued, "seen_on": seen}
    return is_refused(ida, clearances.show_certificate, **words)


def test_that_it_was_shown_is_all_that_is_kept(ida: Someone, kari: Someone, db: TenantSession) -> None:
    row = shows(ida, kari)
    held = {column.key: getattr(row, column.key) for column in Clearance.__table__.columns}
    assert held == {
        "id": row.id, "municipality_id": db.municipality_id, "person_id": kari.id, "kind": ClearanceKind.CERTIFICATE,
        "key": SCHOOL, "issued_on": ISSUED, "seen_on": SEEN, "seen_by_id": ida.id, "language": "nb", "on_paper": False,
        "made_at": ida.town.clock(), "ended_at": None,
    }  # fmt: skip


def test_who_is_cleared_is_a_candidate_where_the_law_asks_for_it(
    ida: Someone, kari: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    need = builders.a_need(requires=[SCHOOL])
    assert not matching.judge(db, need, kari.id, now=clock()).allowed
    row = shows(ida, kari)
    assert matching.judge(db, need, kari.id, now=clock()).allowed
    assert kari.id in matching.desk(db, need, now=clock()).in_order()
    does(ida, clearances.end, row.id)
    assert not matching.judge(db, need, kari.id, now=clock()).allowed
    assert kari.id not in matching.desk(db, need, now=clock()).in_order()


@pytest.mark.parametrize(
    ("issued", "seen", "sentence"),
    [
        (date(2026, 8, 23), date(2026, 11, 24), "Attesten var eldre enn tre måneder da den ble vist."),
        (date(2026, 11, 20), date(2026, 11, 25), "Datoen du så attesten, kan ikke ligge fram i tid."),
        (date(2026, 11, 21), date(2026, 11, 20), "Attesten kan ikke være utstedt etter at du så den."),
    ],
)
def test_a_certificate_that_does_not_count_is_not_registered(
    ida: Someone, kari: Someone, issued: date, seen: date, sentence: str
) -> None:
    assert cannot_show(ida, kari, issued=issued, seen=seen).startswith(sentence)


def test_three_months_old_to_the_day_is_new_enough(ida: Someone, kari: Someone) -> None:
    assert shows(ida, kari, issued_on=date(2026, 8, 24), seen_on=date(2026, 11, 24)).id


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 8, 24), date(2026, 11, 24)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, later: date) -> None:
    assert clearances.months_after(day, 3) == later


def test_no_new_certificate_is_asked_for_while_the_role_is_unbroken_however_long(
    ida: Someone, kari: Someone, clock: Clock, db: TenantSession
) -> None:
    shows(ida, kari)
    clock.moves(days=1000)
    fresh = today(clock()) - timedelta(days=5)
    assert cannot_show(ida, kari, issued=fresh, seen=fresh).startswith("Personen er allerede avklart i denne rollen.")
    assert clearances.is_cleared(db, kari.id), "there is no expiry clock"
    shows(ida, kari, key=CARE, issued_on=fresh, seen_on=fresh)


def test_who_leaves_is_asked_anew_and_stays_bound_by_the_declaration(
    ida: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    shows(ida, kari)
    declared = builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    does(kari, volunteers.leave, kari.id)
    does(kari, volunteers.come_back, kari.id)
    assert [row.id for row in clearances.held(db, kari.id)] == [declared.id]
    assert not clearances.is_cleared(db, kari.id)
    shows(ida, kari)


def test_a_declaration_is_not_ended_by_the_clearance_officer(
    ida: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    declared = builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    with pytest.raises(Missing):
        does(ida, clearances.end, declared.id)
    assert db.get_one(Clearance, declared.id, populate_existing=True).ended_at is None


@pytest.mark.parametrize("key", ["police_certificate:walking_friend", "conversation", "2026-1", ""])
def test_where_no_law_gives_a_basis_nothing_is_registered(ida: Someone, kari: Someone, key: str) -> None:
    assert cannot_show(ida, kari, key=key) == "Det finnes ikke noe lovgrunnlag for å be om politiattest her."


def test_nobody_registers_their_own(ida: Someone) -> None:
    assert cannot_show(ida, ida).startswith("Du kan ikke registrere din egen attest.")


def test_only_the_clearance_officer_of_the_municipality_reads_and_writes_the_register(
    ida: Someone, mona: Someone, liv: Someone, grete: Someone, kari: Someone, per: Someone, jon: Someone,
    db: TenantSession,
) -> None:  # fmt: skip
    row = shows(ida, kari)
    for who in (mona, liv, grete, kari, per):
        with pytest.raises(NotPermitted):
            shows(who, kari, key=CARE)
        with pytest.raises(NotPermitted):
            does(who, clearances.end, row.id)
        with pytest.raises(NotPermitted):
            clearances.register_page(db, who.actor, name="")
    with pytest.raises(Missing):
        shows(ida, jon)
    assert [(one.id, name) for one, name in clearances.register_page(db, ida.actor, name="")] == [(row.id, "Kari Kvam")]


def test_others_learn_only_that_something_was_shown(
    ida: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    shows(ida, kari)
    builders.a_clearance(ola, "2026-1", ClearanceKind.DECLARATION)
    assert (clearances.is_cleared(db, kari.id), clearances.is_cleared(db, ola.id)) == (True, False)
    assert kari.volunteer.free == WEEKDAYS
    assert db.scalars(select(Clearance.key).where(Clearance.kind == ClearanceKind.CERTIFICATE)).all() == [SCHOOL]
