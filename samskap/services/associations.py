"""Associations: registered with a contact person; the public registers are joined later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, select
from stdnum.no import orgnr

from samskap.models import Association, Municipality, Person
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, require
from samskap.services.steps import Refused, hold
from samskap.text import Text

KNOWN = Text(
    nb="Foreningen er allerede registrert her. Ring koordinatoren hvis kontaktpersonen skal byttes.",
    nn="Foreininga er alt registrert her. Ring koordinatoren dersom kontaktpersonen skal bytast.",
    en="The association is already registered here. Call the coordinator if the contact person should change.",
)


@dataclass(frozen=True, kw_only=True)
class AssociationWords:
    """What a form says of an association."""

    name: str
    orgnr: str | None
    icnpo: str | None
    offers: str
    place: str


def is_orgnr(text: str) -> bool:
    """Whether nine digits are an organisation number by their check digit."""
    return bool(orgnr.is_valid(text))


def register(db: TenantSession, actor: Actor, words: AssociationWords, *, now: datetime) -> Association:
    """A new association with the actor as its contact person; Refused when the number is registered here already."""
    require(actor, Can.REGISTER_ASSOCIATION)
    hold(db, Municipality, db.municipality_id or 0)  # two who register the same one at once are told, not one of them
    if words.orgnr and db.scalars(select(Association.id).where(Association.orgnr == words.orgnr)).first():
        raise Refused(KNOWN)
    row = Association(
        name=words.name,
        orgnr=words.orgnr,
        icnpo=words.icnpo,
        offers=words.offers,
        place=words.place,
        contact_id=actor.id,
        created_at=now,
    )
    db.add(row)
    db.flush()
    return row


def every() -> Select[Association, str, str | None]:
    """All associations with their contact person, by name. Of somebody who is deleted there is no name."""
    name = case((Person.erased_at.is_(None), Person.name), else_="")
    query = select(Association, name, Person.phone).join(Person, Person.id == Association.contact_id)
    return query.order_by(Association.name)
