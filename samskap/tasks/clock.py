"""What the clock does: deadlines pass, reminders go out once, and what has been kept long enough is deleted.

Each thing is done in a transaction of its own that looks again before it acts, so that any number of processes may try.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Engine

from samskap.models import Person
from samskap.models.session import TenantSession, fold_log
from samskap.services import accounts, clearances, form_keys, links, offers, outbox, own_data, sessions, throttles
from samskap.services.imports import staging, unconfirmed
from samskap.tasks.standing import municipalities, reading_in, writing_anywhere, writing_in

log = logging.getLogger("samskap")
Find = Callable[[TenantSession], Iterable[int]]
Do = Callable[[TenantSession, int], object]


def minute(engine: Engine, *, now: datetime) -> None:
    """What must not wait: unanswered offers are reminded of, and closed when their time is up."""
    for municipality_id in municipalities(engine):
        _each(engine, municipality_id, "expire", lambda db: offers.overdue(db, now=now), _expire(now))
        _each(engine, municipality_id, "remind", lambda db: offers.to_remind(db, now=now), _remind(now))


def _expire(now: datetime) -> Do:
    return lambda db, offer_id: offers.expire(db, offer_id, now=now)


def _remind(now: datetime) -> Do:
    return lambda db, offer_id: offers.remind(db, offer_id, now=now)


def hour(engine: Engine, *, now: datetime) -> None:
    """What can wait an hour: people who never confirmed, old notices, and what nobody can use any more."""
    for municipality_id in municipalities(engine):
        _each(engine, municipality_id, "erase", lambda db: _never_confirmed(db, now=now), _erase(now))
        with writing_in(engine, municipality_id) as db:
            outbox.forget_old(db, now=now)
            staging.forget_old(db, now=now)
            clearances.forget_ended(db)
    with writing_anywhere(engine) as db:
        for forget in (accounts.forget_unverified, links.forget_old, form_keys.forget_old, throttles.forget_old):
            forget(db, now=now)
        sessions.end_old(db, now=now)
    fold_log(engine)


def _never_confirmed(db: TenantSession, *, now: datetime) -> Iterable[int]:
    """People who were invited, or signed up, a month ago and never showed that it was them."""
    return {*unconfirmed.to_be_deleted(db, now=now), *accounts.unverified_persons(db, now=now)}


def _erase(now: datetime) -> Do:
    def erase(db: TenantSession, person_id: int) -> None:
        offers.lapse_of_volunteer(db, person_id, now=now)
        person = db.get_one(Person, person_id)
        own_data.erase_rows(db, person, account_id=person.account_id, now=now)

    return erase


def _each(engine: Engine, municipality_id: int, what: str, find: Find, do: Do) -> None:
    """Do it to each thing found; one that fails is written down and tried again next time, and the others go on."""
    with reading_in(engine, municipality_id) as db:
        found = sorted(find(db))
    for ident in found:
        try:
            with writing_in(engine, municipality_id) as db:
                do(db, ident)
        except Exception:
            log.exception("%s %s failed", what, ident)
