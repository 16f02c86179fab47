"""Proposals: a pair is approved and asked, set aside with a reason, or taken up again. A person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from matching.times import Dated, Window, week_spans
from samskap.models import Municipality, Need, NeedWindow, Offer, Proposal, Times, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can
from samskap.services import consents, facts, matching, seats
from samskap.services.matching import Judgement
from samskap.services.steps import REASON_MISSING, Missing, Refused, begin, find, take
from samskap.services.workdays import deadline
from samskap.text import OSLO, Text
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.step import Circumstances

LIVE = (ProposalState.PROPOSED, ProposalState.APPROVED, ProposalState.SET_ASIDE)
"""At most one of these stands for a pair at a time."""

CLOSED = Text(
    nb="Behovet er ikke åpent lenger, så ingen ble spurt.",
    nn="Behovet er ikkje ope lenger, så ingen blei spurd.",
    en="The need is no longer open, so nobody was asked.",
)
NO_CONSENT = Text(
    nb="Samtykket er trukket eller mangler. Snakk med den det gjelder før noen blir spurt.",
    nn="Samtykket er trekt eller manglar. Snakk med den det gjeld før nokon blir spurd.",
    en="The consent has been withdrawn or is missing. Talk with the person concerned before anybody is asked.",
)
WHY_THIS_ONE = Text(
    nb="Skriv hvorfor du velger denne personen. Regelboka har en annen som nummer én, og grunnen blir tatt vare på.",
    nn="Skriv kvifor du vel denne personen. Regelboka har ein annan som nummer ein, og grunnen blir teken vare på.",
    en="Write why you choose this person. The rule book puts somebody else first, and the reason is kept.",
)
ORDER_CHANGED = Text(
    nb="Rekkefølgen har endret seg siden du åpnet siden. Se på kandidatene på nytt før du velger.",
    nn="Rekkjefølgja har endra seg sidan du opna sida. Sjå på kandidatane på nytt før du vel.",
    en="The order has changed since you opened the page. Look at the candidates again before you choose.",
)
NOW_ASIDE = Text(
    nb="Personen er lagt til side for dette behovet. Ta fram forslaget igjen først.",
    nn="Personen er lagd til side for dette behovet. Ta fram igjen forslaget først.",
    en="The person has been set aside for this need. Take the proposal up again first.",
)
ASKED_ALREADY = Text(
    nb="Personen er allerede spurt. Trekk forespørselen først.",
    nn="Personen er alt spurd. Trekk førespurnaden først.",
    en="The person has already been asked. Withdraw the request first.",
)
ASKED_FOR_THAT_TIME = Text(
    nb="Personen er allerede spurt om noe annet på samme tid, og har ikke svart ennå."
    " Vent på svaret, eller velg en annen.",
    nn="Personen er alt spurd om noko anna på same tid, og har ikkje svart enno. Vent på svaret, eller vel ein annan.",
    en="The person has already been asked about something else at the same time and has not answered yet."
    " Wait for the answer, or choose somebody else.",
)


def approve(
    db: TenantSession,
    actor: Actor,
    *,
    need_id: int,
    volunteer_id: int,
    now: datetime,
    expected_rank: int | None = None,
    reason: str = "",
    option: int | None = None,
) -> Offer:
    """Ask the volunteer: the pair is judged anew while both are held, a seat is taken, and the notice written.

    `option` is the wanted time to ask for, where it still fits; else the first that does.

    Approved already: the same offer, and nothing more happens. Refused: the need is closed or full, a rule that may
    not be overruled speaks against, the person is asked for the same time elsewhere, or a reason is missing.
    """
    need = find(db, actor, Can.DECIDE_PROPOSAL, Need, need_id, lock=True)
    volunteer = find(db, actor, Can.DECIDE_PROPOSAL, Volunteer, volunteer_id, lock=True)
    before = _live(db, need, volunteer_id)
    if before is not None and before.state is ProposalState.APPROVED:
        return _offer_of(db, before)
    _refuse_unaskable(db, need, before)
    judged = matching.judge(db, need, volunteer_id, now=now)
    _refuse_unjustified(judged, expected_rank=expected_rank, reason=reason)
    meant = judged.option(option)
    _refuse_double_ask(db, need, meant, volunteer_id)
    proposal = _write(db, need, volunteer_id, judged, before, now=now)
    _decide(proposal, actor, judged, reason=reason, now=now)
    take(db, actor, proposal, "approve", circumstances=_circumstances(actor, need, volunteer_id, now=now), why=reason)
    return _ask(db, actor, need, volunteer, proposal, meant, now=now)


def _live(db: TenantSession, need: Need, volunteer_id: int) -> Proposal | None:
    """What stands for the pair now."""
    query = select(Proposal).where(
        Proposal.need_id == need.id, Proposal.volunteer_id == volunteer_id, Proposal.state.in_(LIVE),
    )  # fmt: skip
    return db.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)).one_or_none()


def _offer_of(db: TenantSession, proposal: Proposal) -> Offer:
    return db.scalars(select(Offer).where(Offer.proposal_id == proposal.id)).one()


def _refuse_unaskable(db: TenantSession, need: Need, before: Proposal | None) -> None:
    if before is not None and before.state is ProposalState.SET_ASIDE:
        raise Refused(NOW_ASIDE)
    if need.state is not NeedState.OPEN:
        raise Refused(seats.FULL if seats.is_wanted(need) else CLOSED)
    if need.taken >= need.wanted:
        raise Refused(seats.FULL)
    if not consents.stands(db, need):
        raise Refused(NO_CONSENT)


def _refuse_unjustified(judged: Judgement, *, expected_rank: int | None, reason: str) -> None:
    """Where a hard rule refuses, that rule's sentence; where another stands first, a reason is asked for."""
    if not judged.allowed and not judged.may_be_chosen:
        raise Refused(_together(judged.refusals))
    if judged.best or reason.strip():
        return
    raise Refused(ORDER_CHANGED if expected_rank == 1 else WHY_THIS_ONE)


def _together(sentences: Sequence[Text]) -> Text:
    """Several sentences as one."""
    nb, nn, en = (" ".join(getattr(one, locale) for one in sentences) for locale in ("nb", "nn", "en"))
    return Text(nb=nb, nn=nn, en=en)


def _write(
    db: TenantSession,
    need: Need,
    volunteer_id: int,
    judged: Judgement,
    before: Proposal | None,
    *,
    now: datetime,
) -> Proposal:
    """The proposal as the engine sees it at this moment."""
    proposal = before or Proposal(need_id=need.id, volunteer_id=volunteer_id, made_at=now)
    proposal.rank, proposal.points = judged.rank, judged.points
    proposal.explanation, proposal.fingerprint = judged.explanation, judged.fingerprint
    db.add(proposal)
    db.flush()
    return proposal


def _decide(proposal: Proposal, actor: Actor, judged: Judgement, *, reason: str, now: datetime) -> None:
    proposal.overruled = not judged.best
    proposal.reason = reason.strip()
    proposal.decided_at, proposal.decided_by_id = now, actor.id


def _circumstances(actor: Actor, need: Need, volunteer_id: int, *, now: datetime) -> Circumstances:
    return Circumstances(
        now=now,
        about_oneself=actor.id in (volunteer_id, need.recipient_id),
        need_is_open=need.state is NeedState.OPEN,
    )


def _ask(
    db: TenantSession,
    actor: Actor,
    need: Need,
    volunteer: Volunteer,
    proposal: Proposal,
    option: int | None,
    *,
    now: datetime,
) -> Offer:
    here = db.get_one(Municipality, db.municipality_id)
    offer = Offer(
        proposal_id=proposal.id,
        need_id=need.id,
        volunteer_id=volunteer.id,
        option=option,
        sent_at=now,
        expires_at=deadline(now, working_days=here.offer_days),
        state=OfferState.SENT,
    )
    seats.take_one(db, need, volunteer.id)
    volunteer.last_asked_at = now
    begin(db, actor, offer, "send", tells=(Tells(Notice.OFFER_SENT, To.VOLUNTEER),), now=now)
    return offer


# Asked for the same time twice


def _refuse_double_ask(db: TenantSession, need: Need, option: int | None, volunteer_id: int) -> None:
    """Nobody is asked for a time that they might already have said yes to when the answer comes."""
    asked = select(Offer.option, Need.times, NeedWindow).join(Need, Need.id == Offer.need_id)
    asked = asked.join(NeedWindow, NeedWindow.need_id == Need.id).where(
        Offer.volunteer_id == volunteer_id, Offer.state == OfferState.SENT,
    )  # fmt: skip
    taken = [facts.window_of(row) for held, times, row in db.execute(asked) if _is_meant(times, held, row)]
    windows = db.scalars(select(NeedWindow).where(NeedWindow.need_id == need.id))
    wanted = [facts.window_of(row) for row in windows if _is_meant(need.times, option, row)]
    if any(overlap(one, other) for one in wanted for other in taken):
        raise Refused(ASKED_FOR_THAT_TIME)


def _is_meant(times: Times, option: int | None, row: NeedWindow) -> bool:
    """Whether a wanted time is one of those that the offer speaks of."""
    return times is Times.ALL or option is None or option == row.place_in_order


def overlap(one: Window, other: Window) -> bool:
    """Whether two wanted times meet; those that only touch do not. Dated and weekly ones meet by the local week."""
    if isinstance(one, Dated) and isinstance(other, Dated):
        return one.begins < other.ends and other.begins < one.ends
    return any(_meet(a, b) for a in week_spans(one, OSLO) for b in week_spans(other, OSLO))


def _meet(one: Iterable[int], other: Iterable[int]) -> bool:
    (a, b), (c, d) = one, other
    return a < d and c < b


# Set aside, and taken up again


def set_aside(
    db: TenantSession,
    actor: Actor,
    *,
    need_id: int,
    volunteer_id: int,
    reason: str,
    now: datetime,
) -> Proposal:
    """Not for this need; the reason is kept, and the volunteer loses nothing elsewhere. Twice is once."""
    need = find(db, actor, Can.DECIDE_PROPOSAL, Need, need_id, lock=True)
    find(db, actor, Can.DECIDE_PROPOSAL, Volunteer, volunteer_id, lock=True)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    before = _live(db, need, volunteer_id)
    if before is not None and before.state is ProposalState.SET_ASIDE:
        return before
    if before is not None and before.state is ProposalState.APPROVED:
        raise Refused(ASKED_ALREADY)
    judged = matching.judge(db, need, volunteer_id, now=now)
    proposal = _write(db, need, volunteer_id, judged, before, now=now)
    proposal.reason, proposal.decided_at, proposal.decided_by_id = reason.strip(), now, actor.id
    circumstances = _circumstances(actor, need, volunteer_id, now=now)
    take(db, actor, proposal, "set_aside", circumstances=circumstances, why=reason)
    return proposal


def take_up(db: TenantSession, actor: Actor, *, need_id: int, volunteer_id: int, now: datetime) -> None:
    """Back among the candidates; the reason stays in the history. Missing when the pair was never set aside."""
    need = find(db, actor, Can.DECIDE_PROPOSAL, Need, need_id, lock=True)
    find(db, actor, Can.DECIDE_PROPOSAL, Volunteer, volunteer_id, lock=True)
    before = _live(db, need, volunteer_id)
    if before is None or before.state is ProposalState.APPROVED:
        raise Missing("Proposal")
    circumstances = _circumstances(actor, need, volunteer_id, now=now)
    take(db, actor, before, "take_up", circumstances=circumstances)
