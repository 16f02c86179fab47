"""Needs: written, read through, published, copied, withdrawn, closed. Who sees which stands in seen_needs.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from matching.times import Dated, Weekly, Window
from samskap.integrations.places import place_of_postcode
from samskap.models import (
    Audience,
    Consent,
    ConsentGiven,
    Mode,
    Need,
    NeedTerm,
    NeedWindow,
    Requirement,
    Term,
    Times,
)
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, Role, may, require
from samskap.services import assignments, consents, facts, kinds, matching, members, notices, offers
from samskap.services.steps import Refused, find, history_of, take
from samskap.text import Text, today
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances

CHANGEABLE = frozenset({NeedState.DRAFT, NeedState.SUBMITTED, NeedState.OPEN})
UNREAD = frozenset({NeedState.DRAFT, NeedState.SUBMITTED})
"""Needs that nobody but the writer and the coordinator has seen."""


@dataclass(frozen=True, kw_only=True)
class ConsentWords:
    """A consent as it is written down."""

    given: ConsentGiven
    given_on: date
    covers_publication: bool = False


@dataclass(frozen=True, kw_only=True)
class NeedWords:
    """Everything that a form says of a need. `settled` are requirements that the law allows and somebody decided on."""

    kind: str
    title: str
    goal: str = ""
    task: str = ""
    audience: Audience = Audience.PERSON
    mode: Mode = Mode.HOME
    place: str = ""
    postcode: str | None = None
    cross_border: bool = False
    times: Times = Times.NONE
    windows: tuple[Window, ...] = ()
    how_often: str = ""
    wanted: int = 1
    minimum: int = 1
    urgency: int = 3
    starts_on: date | None = None
    ends_on: date | None = None
    age_min: int | None = None
    age_max: int | None = None
    wish_gender: str | None = None
    wish_reason: str = ""
    unit_id: int | None = None
    required: frozenset[int] = frozenset()
    """Term ids that are required."""
    preferred: frozenset[int] = frozenset()
    """Term ids that are wished for."""
    settled: frozenset[str] = frozenset()
    consent: ConsentWords | None = field(default=None)


SEPARATE = frozenset({"windows", "required", "preferred", "settled", "consent"})
"""What NeedWords holds that has tables of its own."""

CHANGED_MEANWHILE = Text(
    nb="Noen andre har endret behovet mens du skrev. Det du skrev, står under. Se hva som er nytt, og lagre igjen.",
    nn="Nokon andre har endra behovet medan du skreiv. Det du skreiv, står under. Sjå kva som er nytt, og lagre igjen.",
    en="Somebody else changed the need while you wrote. What you wrote stands below. See what is new, and save again.",
)
NOT_NOW = Text(
    nb="Behovet kan ikke endres nå, for noen er spurt eller har sagt ja slik det står. Lag heller en kopi.",
    nn="Behovet kan ikkje endrast no, for nokon er spurd eller har sagt ja slik det står. Lag heller ein kopi.",
    en="The need cannot be changed now: somebody has been asked, or has said yes, as it stands. Make a copy instead.",
)
ALREADY_READ = Text(
    nb="Behovet er publisert, så bare koordinatoren kan endre det nå. Ring, eller trekk det tilbake og skriv nytt.",
    nn="Behovet er publisert, så berre koordinatoren kan endre det no. Ring, eller trekk det tilbake og skriv nytt.",
    en="The need is published, so only the coordinator can change it now. Call, or withdraw it and write a new one.",
)
READ_AGAIN = Text(
    nb="Behovet er endret siden du leste det, så det er ikke publisert ennå. Les det en gang til.",
    nn="Behovet er endra sidan du las det, så det er ikkje publisert enno. Les det ein gong til.",
    en="The need has been changed since you read it, so it has not been published yet. Read it once more.",
)


def write(db: TenantSession, actor: Actor, words: NeedWords, *, now: datetime, recipient_id: int | None = None) -> Need:
    """A new draft. With `recipient_id` (always the actor's own) it is a citizen's need for themselves."""
    require(actor, Can.ASK_FOR_MYSELF if recipient_id is not None else Can.POST_NEED)
    need = Need(posted_by_id=actor.id, recipient_id=recipient_id, created_at=now, kind=words.kind, title=words.title)
    db.add(need)
    _fill(db, need, words)
    _record(db, actor, need, words.consent, now=now)
    if recipient_id is not None:
        members.give(db, recipient_id, Role.RECIPIENT, now=now)
    return need


def change(
    db: TenantSession,
    actor: Actor,
    need_id: int,
    words: NeedWords,
    *,
    version: int,
    now: datetime,
) -> Need:
    """Write a need anew; Refused when somebody else has since `version`, or when somebody is asked."""
    need = find(db, actor, Can.CHANGE_NEED, Need, need_id, lock=True)
    if need.version != version:
        raise Refused(CHANGED_MEANWHILE)
    if need.state not in CHANGEABLE or need.taken:
        raise Refused(NOT_NOW)
    if need.state not in UNREAD and not may(actor, Can.PUBLISH_NEED, need):
        raise Refused(ALREADY_READ)
    need.version += 1
    _fill(db, need, words)
    _record(db, actor, need, words.consent, now=now)
    facts.touch_need(db, need.id)
    return need


def _fill(db: TenantSession, need: Need, words: NeedWords) -> None:
    for name, value in asdict(words).items():
        if name not in SEPARATE:
            setattr(need, name, value)
    town = place_of_postcode(words.postcode) if words.postcode else None
    need.lat, need.lon = (town.point.lat, town.point.lon) if town else (None, None)
    db.flush()
    _replace(db, NeedWindow, need, [_window(number, window) for number, window in enumerate(words.windows)])
    terms = [NeedTerm(term_id=ident, required=True, level=2) for ident in sorted(words.required)]
    terms += [NeedTerm(term_id=ident) for ident in sorted(words.preferred - words.required)]
    _replace(db, NeedTerm, need, terms)
    _replace(db, Requirement, need, _requirements(words))


def _replace(db: TenantSession, model: type[Any], need: Need, rows: Sequence[Any]) -> None:
    db.execute(delete(model).where(model.need_id == need.id))
    for row in rows:
        row.need_id = need.id
        db.add(row)
    db.flush()


def _window(number: int, window: Window) -> NeedWindow:
    if isinstance(window, Weekly):
        return NeedWindow(place_in_order=number, start_minute=window.start, end_minute=window.end)
    return NeedWindow(place_in_order=number, starts_at=window.begins, ends_at=window.ends)


def _requirements(words: NeedWords) -> list[Requirement]:
    """What the law asks of everyone for this kind of task, and what was settled among what it allows; nothing else."""
    asked = []
    for one in kinds.requirements_of(kinds.kind(words.kind)):
        always = one.required is kinds.Required.YES
        if always or (one.required is kinds.Required.TO_BE_SETTLED and one.key in words.settled):
            asked.append(Requirement(key=one.key, basis=one.basis.key))
    return asked


def _record(db: TenantSession, actor: Actor, need: Need, words: ConsentWords | None, *, now: datetime) -> None:
    """Write down a consent; a new one stands in the place of the one before."""
    if words is None:
        return
    before = consents.current(db, need.id)
    if before is not None and (before.given, before.given_on, before.covers_publication) == (
        words.given,
        words.given_on,
        words.covers_publication,
    ):
        return
    if before is not None:
        before.withdrawn_at = now
    db.add(
        Consent(
            need_id=need.id,
            person_id=need.recipient_id,
            given=words.given,
            given_on=words.given_on,
            covers_publication=words.covers_publication,
            recorded_by_id=actor.id,
            recorded_at=now,
        )
    )
    db.flush()


def withdraw_consent(db: TenantSession, actor: Actor, need_id: int, *, now: datetime) -> Need:
    """The person concerned has changed their mind: nothing goes on from here, whoever has said yes."""
    need = find(db, actor, Can.WITHDRAW_NEED, Need, need_id, lock=True)
    consent = consents.current(db, need.id)
    if consent is not None:
        consent.withdrawn_at = now
    if need.state is not NeedState.CLOSED:
        _stop(db, need, now=now)
    facts.touch_need(db, need.id)
    return need


def circumstances(db: TenantSession, need: Need, *, now: datetime) -> Circumstances:
    """What the guards of a need may ask."""
    return Circumstances(now=now, consent_recorded=consents.stands(db, need))


def submit(db: TenantSession, actor: Actor, need_id: int, *, now: datetime) -> Need:
    """A citizen sends their own need to the coordinator."""
    return _take(db, actor, find(db, actor, Can.SUBMIT_NEED, Need, need_id, lock=True), "submit", now=now)


def send_back(db: TenantSession, actor: Actor, need_id: int, *, why: str, now: datetime) -> Need:
    """The coordinator asks the citizen to write it otherwise, and says why."""
    need = find(db, actor, Can.DECIDE_PROPOSAL, Need, need_id, lock=True)
    return _take(db, actor, need, "send_back", now=now, why=why)


def sent_back_because(db: TenantSession, need: Need) -> str:
    """Why the coordinator sent it back; empty once it is sent in again, and where it never was sent back."""
    last = [*history_of(db, need)][-1:]
    return last[0].why if last and last[0].step == "send_back" else ""


def publish(db: TenantSession, actor: Actor, need_id: int, *, now: datetime, version: int | None = None) -> Need:
    """From here on it is matched and shown to those who may see it; coordinators are told at once if nobody can.

    `version`: the one that was read; Refused when somebody has changed the need since.
    """
    need = find(db, actor, Can.PUBLISH_NEED, Need, need_id, lock=True)
    if version is not None and need.version != version:
        raise Refused(READ_AGAIN)
    _take(db, actor, need, "publish", now=now)
    need.published_at = now
    db.flush()
    if matching.nobody_can(db, need.id, now=now):
        tells = Tells(Notice.NEED_WITHOUT_CANDIDATES, To.COORDINATORS)
        notices.tell(db, tells, need, key=f"need:{need.id}:nobody", by_id=actor.id, now=now)
    return need


def _take(db: TenantSession, actor: Actor, need: Need, step: str, *, now: datetime, why: str = "") -> Need:
    take(db, actor, need, step, circumstances=circumstances(db, need, now=now), why=why)
    facts.touch_need(db, need.id)
    return need


def withdraw(db: TenantSession, actor: Actor, need_id: int, *, now: datetime) -> Need:
    """It is no longer asked for; whoever was asked is told that it is off."""
    need = find(db, actor, Can.WITHDRAW_NEED, Need, need_id, lock=True)
    return _close(db, actor, need, "withdraw", Outcome.WITHDRAWN, now=now)


def close(db: TenantSession, actor: Actor, need_id: int, *, outcome: Outcome, now: datetime) -> Need:
    """It is done with, one way or another."""
    need = find(db, actor, Can.CLOSE_NEED, Need, need_id, lock=True)
    return _close(db, actor, need, "close", outcome, now=now)


def give_up(db: TenantSession, need: Need, *, now: datetime) -> Need:
    """The person it is for is deleted: the service itself withdraws it."""
    return _close(db, None, need, "lapse", Outcome.WITHDRAWN, now=now)


def _close(db: TenantSession, actor: Actor | None, need: Need, step: str, outcome: Outcome, *, now: datetime) -> Need:
    need.outcome = outcome
    need.closed_at = now
    take(db, actor, need, step, circumstances=circumstances(db, need, now=now))
    _stop(db, need, now=now)
    facts.touch_need(db, need.id)
    return need


def _stop(db: TenantSession, need: Need, *, now: datetime) -> None:
    """Let every open offer and every assignment that has not opened contact lapse."""
    offers.lapse_all(db, need, now=now)
    assignments.lapse_all(db, need, now=now)


def copy(db: TenantSession, actor: Actor, need_id: int, *, now: datetime) -> Need:
    """A new draft with the same words and times; consent is asked for anew, and what has passed is left out.

    Of a need for oneself the copy is one's own, and belongs to no unit.
    """
    old = find(db, actor, Can.SEE_NEED, Need, need_id)
    own = old.recipient_id if old.recipient_id == actor.id else None
    words = _without_what_has_passed(words_of(db, old), now=now)
    if own is not None:
        words = replace(words, unit_id=None)
    new = write(db, actor, words, now=now, recipient_id=own)
    new.copied_from_id = old.id
    return new


def _without_what_has_passed(words: NeedWords, *, now: datetime) -> NeedWords:
    windows = tuple(one for one in words.windows if not (isinstance(one, Dated) and one.ends <= now))
    return replace(
        words,
        windows=windows,
        times=words.times if windows else Times.NONE,
        starts_on=_not_passed(words.starts_on, now),
        ends_on=_not_passed(words.ends_on, now),
    )


def _not_passed(day: date | None, now: datetime) -> date | None:
    return day if day is not None and day >= today(now) else None


def words_of(db: TenantSession, need: Need) -> NeedWords:
    """A need as its form says it, without the consent."""
    plain = {name: getattr(need, name) for name in NeedWords.__dataclass_fields__ if name not in SEPARATE}
    terms = db.execute(select(NeedTerm.term_id, NeedTerm.required).where(NeedTerm.need_id == need.id)).all()
    return NeedWords(
        **plain,
        windows=windows_of(db, need),
        required=frozenset(row.term_id for row in terms if row.required),
        preferred=frozenset(row.term_id for row in terms if not row.required),
        settled=frozenset(db.scalars(select(Requirement.key).where(Requirement.need_id == need.id))),
    )


def windows_of(db: TenantSession, need: Need) -> tuple[Window, ...]:
    """The wanted times in their order."""
    query = select(NeedWindow).where(NeedWindow.need_id == need.id).order_by(NeedWindow.place_in_order)
    return tuple(facts.window_of(row) for row in db.scalars(query))


def terms_of(db: TenantSession, need: Need) -> Sequence[tuple[Term, bool]]:
    """The words that are asked for, and whether each is required."""
    query = (
        select(Term, NeedTerm.required).join(NeedTerm, NeedTerm.term_id == Term.id).where(NeedTerm.need_id == need.id)
    )
    return [(term, required) for term, required in db.execute(query.order_by(NeedTerm.required.desc(), Term.nb))]
