"""Deleted is gone: not only from what the service answers, but from the files of its database."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import Engine, select

from samskap.models import Account, Municipality, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.tasks import clock
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.town import keep

MARK = "kvitlerke"
"""Stands in everything that Kari has written or is known by."""
SURE = "Jeg vil slette alt om meg her. Det kan ikke angres."

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def files_of(database: Database) -> bytes:
    """The database as it lies on the disk: the file, and the log beside it in which the latest changes stand."""
    path = database.url.removeprefix("sqlite:///")
    found = b""
    for name in (path, f"{path}-wal", f"{path}-journal"):
        try:
            with open(name, "rb") as file:
                found += file.read()
        except FileNotFoundError:
            continue
    return found


def mark(kari: Someone, tor: Someone, builders: Builders, db: TenantSession) -> None:
    """Puts the mark wherever a word about Kari can stand that the archive law does not keep."""
    builders.a_need(recipient=kari, title=MARK, goal=MARK, task=MARK, how_often=MARK)
    builders.an_own_word(kari, MARK)
    builders.an_offer(volunteer=kari, state=OfferState.DECLINED, reason=MARK)
    met = builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING, meeting_place=MARK)
    builders.a_meeting(assignment=met, place=MARK)
    with keep(db):
        person = db.get_one(Person, kari.id)
        account = db.get_one(Account, person.account_id)
        person.name, person.address, person.email = MARK, MARK, f"{MARK}@innbygger.example"
        account.email = account.subject = f"{MARK}@innbygger.example"
        db.get_one(Volunteer, kari.id).wishes = MARK


def deletes(who: Someone) -> None:
    """Somebody deletes everything about themselves, as one does."""
    page = who.opens("/mine-data").follow("Slett alt").tick(SURE).press("Slett alt")
    assert page.says("Alt om deg her er slettet")


def test_nothing_of_somebody_who_was_deleted_is_left_on_the_disk(
    kari: Someone, tor: Someone, builders: Builders, db: TenantSession, database: Database
) -> None:
    mark(kari, tor, builders, db)
    assert files_of(database).count(MARK.encode()) > 10
    deletes(kari)
    assert MARK.encode() not in files_of(database)


def test_where_somebody_reads_meanwhile_it_is_gone_within_the_hour(
    kari: Someone,
    tor: Someone,
    builders: Builders,
    db: TenantSession,
    engine: Engine,
    database: Database,
    now: datetime,
) -> None:
    mark(kari, tor, builders, db)
    with TenantSession(engine) as reader:
        reader.scalars(select(Municipality)).all()
        begun = monotonic()
        deletes(kari)
        assert monotonic() - begun < 4, "nobody waits for who reads"
        assert MARK.encode() in files_of(database)
    clock.hour(engine, now=now)
    assert MARK.encode() not in files_of(database)


def test_who_never_confirmed_is_gone_from_the_disk_too(
    builders: Builders, engine: Engine, database: Database, now: datetime
) -> None:
    invited = now - timedelta(days=31)
    person = builders.a_person(
        MARK, source="import", confirmed_at=None, invited_at=invited, email=f"{MARK}@post.example"
    )
    builders.add(Volunteer(id=person.id, state=VolunteerState.REGISTERED, registered_at=invited, wishes=MARK))
    assert MARK.encode() in files_of(database)
    clock.hour(engine, now=now)
    assert MARK.encode() not in files_of(database)
