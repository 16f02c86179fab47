"""Offers: what a volunteer was asked, and the answer. A no closes this need for this person and costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Select, select

from samskap.models import Assignment, Need, Offer, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, visible
from samskap.services import assignments, facts, locks, seats
from samskap.services.locks import AssignmentHeld, OfferHeld
from samskap.services.steps import Refused, hold, take
from samskap.text import Text
from samskap.workflows.assignment import LIVE
from samskap.workflows.offer import OfferState
from samskap.workflows.step import Circumstances

ANSWERED: dict[OfferState, Text] = {
    OfferState.ACCEPTED: Text(
        nb="Du har allerede svart ja. Du trenger ikke gjøre noe mer.",
        nn="Du har alt svart ja. Du treng ikkje gjere noko meir.",
        en="You have already said yes. You do not have to do anything more.",
    ),
    OfferState.DECLINED: Text(
        nb="Du har allerede svart nei. Har du ombestemt deg, så ring koordinatoren.",
        nn="Du har alt svart nei. Har du ombestemt deg, så ring koordinatoren.",
        en="You have already said no. If you have changed your mind, ring the coordinator.",
    ),
    OfferState.NOT_NOW: Text(
        nb="Du har allerede svart at det ikke passer nå. Har du ombestemt deg, så ring koordinatoren.",
        nn="Du har alt svart at det ikkje passar no. Har du ombestemt deg, så ring koordinatoren.",
        en="You have already answered that now does not suit you. If you have changed your mind, ring the coordinator.",
    ),
    OfferState.EXPIRED: Text(
        nb="Fristen for å svare er passert. Vil du fortsatt, så ta kontakt med koordinatoren.",
        nn="Fristen for å svare er passert. Vil du framleis, så ta kontakt med koordinatoren.",
        en="The deadline for answering has passed. If you still want to, contact the coordinator.",
    ),
    OfferState.WITHDRAWN: Text(
        nb="Forespørselen er trukket tilbake. Takk for at du ville. Du trenger ikke gjøre noe.",
        nn="Førespurnaden er trekt tilbake. Takk for at du ville. Du treng ikkje gjere noko.",
        en="The request has been withdrawn. Thank you for wanting to. You do not have to do anything.",
    ),
}
"""What is said to who answers an offer that is no longer open."""
ANSWERS_THEMSELVES = Text(
    nb="Den frivillige har egen innlogging og svarer selv.",
    nn="Den frivillige har eiga innlogging og svarar sjølv.",
    en="The volunteer has a log-in of their own and answers in person.",
)
LATER = Text(
    nb="Velg en dag fram i tid, så vi vet når vi kan spørre igjen.",
    nn="Vel ein dag fram i tid, så vi veit når vi kan spørje igjen.",
    en="Choose a day that lies ahead, so that we know when to ask again.",
)


# The volunteer answers


def accept(db: TenantSession, actor: Actor, offer_id: int, *, insurance_read: bool, now: datetime) -> Assignment:
    """Yes: the other side is asked next. Refused without the insurance line, after the deadline, or once answered."""
    held = _held(db, actor, Can.ANSWER_OFFER, offer_id)
    return _accept(db, actor, held, "accept", insurance_read=insurance_read, now=now)


def decline(db: TenantSession, actor: Actor, offer_id: int, *, now: datetime, reason: str = "") -> Offer:
    """No: the seat is free, and this need is not put to this person again."""
    held = _held(db, actor, Can.ANSWER_OFFER, offer_id)
    return _turn_down(db, actor, held, "decline", reason=reason, now=now)


def not_now(
    db: TenantSession,
    actor: Actor,
    offer_id: int,
    *,
    ask_again_on: date,
    now: datetime,
    reason: str = "",
) -> Offer:
    """Not now: the seat is free, and nobody asks before that day."""
    held = _held(db, actor, Can.ANSWER_OFFER, offer_id)
    return _put_off(db, actor, held, "not_now", ask_again_on=ask_again_on, reason=reason, now=now)


# The coordinator writes down what somebody without a log-in said on the phone


def accept_by_phone(
    db: TenantSession, actor: Actor, offer_id: int, *, insurance_read: bool, now: datetime
) -> Assignment:
    """A yes on the phone, with the insurance line read out. Refused for who can log in."""
    held = _held_for_another(db, actor, offer_id)
    return _accept(db, actor, held, "accept_by_phone", insurance_read=insurance_read, now=now)


def decline_by_phone(db: TenantSession, actor: Actor, offer_id: int, *, now: datetime, reason: str = "") -> Offer:
    """A no on the phone. Refused for who can log in."""
    held = _held_for_another(db, actor, offer_id)
    return _turn_down(db, actor, held, "decline_by_phone", reason=reason, now=now)


def not_now_by_phone(
    db: TenantSession,
    actor: Actor,
    offer_id: int,
    *,
    ask_again_on: date,
    now: datetime,
    reason: str = "",
) -> Offer:
    """“Ask me later” on the phone. Refused for who can log in."""
    held = _held_for_another(db, actor, offer_id)
    return _put_off(db, actor, held, "not_now_by_phone", ask_again_on=ask_again_on, reason=reason, now=now)


def _held(db: TenantSession, actor: Actor, can: Can, offer_id: int) -> OfferHeld:
    """The offer, held; Refused with what became of it when it is no longer open."""
    held = locks.offer(db, actor, can, offer_id)
    if held.offer.state is not OfferState.SENT:
        raise Refused(ANSWERED[held.offer.state])
    return held


def _held_for_another(db: TenantSession, actor: Actor, offer_id: int) -> OfferHeld:
    held = _held(db, actor, Can.ANSWER_FOR_SOMEONE, offer_id)
    if not answers_by_phone(db, held.offer):
        raise Refused(ANSWERS_THEMSELVES)
    return held


def answers_by_phone(db: TenantSession, offer: Offer) -> bool:
    """Whether the volunteer has no log-in, so that a coordinator has to ring and write the answer down."""
    return db.scalar(select(Person.account_id).where(Person.id == offer.volunteer_id)) is None


def _accept(
    db: TenantSession,
    actor: Actor,
    held: OfferHeld,
    step: str,
    *,
    insurance_read: bool,
    now: datetime,
) -> Assignment:
    circumstances = Circumstances(
        now=now,
        insurance_acknowledged=insurance_read,
        need_is_open=seats.is_wanted(held.need),
        about_oneself=False,
    )
    take(db, actor, held.offer, step, circumstances=circumstances)
    held.offer.answered_at = held.offer.insurance_read_at = now
    facts.touch(db, held.volunteer.id)
    facts.touch_need(db, held.need.id)
    return assignments.ask(db, actor, held.offer, held.need, now=now)


def _turn_down(
    db: TenantSession,
    actor: Actor | None,
    held: OfferHeld,
    step: str,
    *,
    now: datetime,
    reason: str = "",
) -> Offer:
    """Every answer but a yes: the seat is free again."""
    take(db, actor, held.offer, step, circumstances=Circumstances(now=now))
    held.offer.reason = reason.strip()
    held.offer.answered_at = now if actor is not None else None
    seats.free_one(db, held.offer, held.need, look_on=True, now=now)
    return held.offer


def _put_off(
    db: TenantSession,
    actor: Actor,
    held: OfferHeld,
    step: str,
    *,
    ask_again_on: date,
    reason: str,
    now: datetime,
) -> Offer:
    if ask_again_on <= Circumstances(now=now).today:
        raise Refused(LATER)
    held.offer.ask_again_on = held.volunteer.ask_after = ask_again_on
    return _turn_down(db, actor, held, step, reason=reason, now=now)


# It falls away


def withdraw(db: TenantSession, actor: Actor, offer_id: int, *, now: datetime, why: str = "") -> Offer:
    """The coordinator takes the request back; the volunteer is told."""
    held = _held(db, actor, Can.WITHDRAW_OFFER, offer_id)
    take(db, actor, held.offer, "withdraw", circumstances=Circumstances(now=now), why=why)
    seats.free_one(db, held.offer, held.need, look_on=True, now=now)
    return held.offer


def lapse_all(db: TenantSession, need: Need, *, now: datetime) -> None:
    """The need is closed or its consent withdrawn: nobody is asked any longer. The caller holds the need."""
    query = select(Offer.id, Offer.volunteer_id).where(Offer.need_id == need.id, Offer.state == OfferState.SENT)
    for row in db.execute(query.order_by(Offer.volunteer_id)).all():
        held = OfferHeld(need, hold(db, Volunteer, row.volunteer_id), hold(db, Offer, row.id))
        if held.offer.state is OfferState.SENT:
            take(db, None, held.offer, "lapse", circumstances=Circumstances(now=now))
            seats.free_one(db, held.offer, need, look_on=False, now=now)


def lapse_of_volunteer(db: TenantSession, volunteer_id: int, *, now: datetime) -> None:
    """The volunteer leaves or is deleted: offers and assignments fall away, and the needs are open again.

    To be called before the volunteer's own row is held. Does nothing for who never volunteered.
    """
    if db.get(Volunteer, volunteer_id) is None:
        return
    volunteer = locks.all_of(db, volunteer_id)
    sent = select(Offer.id).where(Offer.volunteer_id == volunteer_id, Offer.state == OfferState.SENT)
    for offer_id in _ids(db, sent):
        offer = hold(db, Offer, offer_id)
        held = OfferHeld(db.get_one(Need, offer.need_id), volunteer, offer)
        _turn_down(db, None, held, "leave", now=now)
    live = select(Assignment.id).where(Assignment.volunteer_id == volunteer_id, Assignment.state.in_(sorted(LIVE)))
    for assignment_id in _ids(db, live):
        assignment = hold(db, Assignment, assignment_id)
        need = db.get_one(Need, assignment.need_id)
        assignments.leave(db, AssignmentHeld(need, volunteer, assignment), now=now)


def _ids(db: TenantSession, query: Select[int]) -> Iterable[int]:
    return sorted(db.scalars(query).all())


# The clock


def overdue(db: TenantSession, *, now: datetime) -> list[int]:
    """Offers whose deadline has passed without an answer."""
    query = select(Offer.id).where(Offer.state == OfferState.SENT, Offer.expires_at < now)
    return list(db.scalars(query.order_by(Offer.id)))


def expire(db: TenantSession, offer_id: int, *, now: datetime) -> bool:
    """Close one that was never answered; False if it was answered meanwhile."""
    held = locks.of_offer(db, offer_id)
    if held.offer.state is not OfferState.SENT or held.offer.expires_at >= now:
        return False
    _turn_down(db, None, held, "expire", now=now)
    return True


def to_remind(db: TenantSession, *, now: datetime) -> list[int]:
    """Unanswered offers half of whose time has gone, and of which nobody was reminded."""
    query = select(Offer.id, Offer.sent_at, Offer.expires_at).where(
        Offer.state == OfferState.SENT, Offer.reminded_at.is_(None), Offer.expires_at >= now,
    )  # fmt: skip
    return [row.id for row in db.execute(query.order_by(Offer.id)) if _half_way(row.sent_at, row.expires_at) <= now]


def _half_way(sent_at: datetime, expires_at: datetime) -> datetime:
    return sent_at + (expires_at - sent_at) / 2


def remind(db: TenantSession, offer_id: int, *, now: datetime) -> bool:
    """Remind once; False if that was done, or the answer came, meanwhile."""
    offer = locks.of_offer(db, offer_id).offer
    if offer.state is not OfferState.SENT or offer.reminded_at is not None:
        return False
    take(db, None, offer, "remind", circumstances=Circumstances(now=now))
    offer.reminded_at = now
    return True


# Lists


def mine(actor: Actor) -> Select[Offer]:
    """What the actor was asked; what waits for an answer first, the most pressing at the top."""
    waiting = Offer.state == OfferState.SENT
    query = select(Offer).where(Offer.volunteer_id == actor.id)
    return query.order_by(waiting.desc(), Offer.expires_at.desc(), Offer.id.desc())


def for_need(actor: Actor, need_id: int) -> Select[Offer]:
    """Everybody who was asked for a need, for who may see it."""
    return select(Offer).where(Offer.need_id == need_id, visible(actor, Can.SEE_OFFER, Offer)).order_by(Offer.id)
