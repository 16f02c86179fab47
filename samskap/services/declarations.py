"""The confidentiality declaration: signed in the service, or on paper and registered. It opens what waited for it."""

from __future__ import annotations

from datetime import date, datetime

from samskap.models import Clearance, ClearanceKind, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can
from samskap.services import locks, openings
from samskap.services.legal_texts import CURRENT
from samskap.services.steps import Refused, find
from samskap.text import Locale, Text, today

NOT_YET = Text(
    nb="Datoen kan ikke ligge fram i tid. Skriv dagen erklæringen ble signert.",
    nn="Datoen kan ikkje liggje fram i tid. Skriv dagen erklæringa blei signert.",
    en="The date cannot lie ahead. Write the day on which the declaration was signed.",
)
BY_ANOTHER = Text(
    nb="Din egen erklæring signerer du selv i Samskap, eller en annen koordinator registrerer den.",
    nn="Di eiga erklæring signerer du sjølv i Samskap, eller ein annan koordinator registrerer ho.",
    en="Sign your own declaration in Samskap, or let another coordinator register it.",
)


def signed(db: TenantSession, person_id: int) -> Clearance | None:
    """The signature that counts now, if any."""
    return openings.signature_of(db, person_id)


def sign(db: TenantSession, actor: Actor, *, language: Locale, now: datetime) -> Clearance:
    """Sign for oneself, in the language it was read in. Twice is once."""
    person = find(db, actor, Can.SIGN_DECLARATION, Person, actor.id or 0)
    return _keep(db, Clearance(person_id=person.id, language=language, on_paper=False), now=now)


def register_paper(
    db: TenantSession,
    actor: Actor,
    person_id: int,
    *,
    signed_on: date,
    language: Locale,
    now: datetime,
) -> Clearance:
    """A coordinator has seen the signature on paper. Refused for a day that has not come, and for oneself."""
    person = find(db, actor, Can.REGISTER_FOR_SOMEONE, Person, person_id)
    if person.id == actor.id:
        raise Refused(BY_ANOTHER)
    if signed_on > today(now):
        raise Refused(NOT_YET)
    row = Clearance(person_id=person.id, language=language, on_paper=True, issued_on=signed_on, seen_by_id=actor.id)
    return _keep(db, row, now=now)


def _keep(db: TenantSession, row: Clearance, *, now: datetime) -> Clearance:
    """Write the signature down unless one counts already, and open what waited for it."""
    if db.get(Volunteer, row.person_id) is not None:
        locks.all_of(db, row.person_id)
    if (before := signed(db, row.person_id)) is not None:
        return before
    row.kind, row.key, row.seen_on, row.made_at = ClearanceKind.DECLARATION, CURRENT, today(now), now
    db.add(row)
    db.flush()
    openings.open_waiting(db, row.person_id, now=now)
    return row
