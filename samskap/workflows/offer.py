"""The offer: an approved proposal put to the volunteer, without naming the recipient. A no costs nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances, Step, Workflow


class OfferState(StrEnum):
    """What the volunteer answered, or what happened instead."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_NOW = "not_now"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


S = OfferState


def deadline_passed(offer: Any, circumstances: Circumstances) -> Text | None:
    """An answer counts until the deadline, and only while the need is open."""
    if offer.expires_at < circumstances.now:
        return Text(
            nb="Fristen for å svare er passert. Vil du fortsatt, så ta kontakt med koordinatoren.",
            nn="Fristen for å svare er passert. Vil du framleis, så ta kontakt med koordinatoren.",
            en="The deadline for answering has passed. If you still want to, contact the coordinator.",
        )
    if not circumstances.need_is_open:
        return Text(
            nb="Behovet er ikke åpent lenger. Takk for at du ville. Du trenger ikke gjøre noe.",
            nn="Behovet er ikkje ope lenger. Takk for at du ville. Du treng ikkje gjere noko.",
            en="The need is no longer open. Thank you for wanting to. You do not have to do anything.",
        )
    return None


def cannot_accept(offer: Any, circumstances: Circumstances) -> Text | None:
    """A yes needs the insurance line read, too."""
    if late := deadline_passed(offer, circumstances):
        return late
    if circumstances.insurance_acknowledged:
        return None
    return Text(
        nb="Kryss av for at du har lest om forsikring før du sier ja.",
        nn="Kryss av for at du har lese om forsikring før du seier ja.",
        en="Tick that you have read about insurance before you say yes.",
    )


SENT = frozenset({S.SENT})

OFFER = Workflow("offer", S, start=S.SENT, steps=(
    Step("accept", SENT, S.ACCEPTED, Can.ANSWER_OFFER, (Tells(Notice.OFFER_ACCEPTED, To.COORDINATORS),),
         unless=cannot_accept, label=Text(nb="Ja, jeg vil hjelpe", nn="Ja, eg vil hjelpe", en="Yes, I want to help")),
    Step("decline", SENT, S.DECLINED, Can.ANSWER_OFFER, (Tells(Notice.OFFER_DECLINED, To.COORDINATORS),),
         label=Text(nb="Nei takk", nn="Nei takk", en="No thank you")),
    Step("not_now", SENT, S.NOT_NOW, Can.ANSWER_OFFER, (Tells(Notice.OFFER_DECLINED, To.COORDINATORS),),
         label=Text(nb="Ikke nå", nn="Ikkje no", en="Not now")),
    Step("accept_by_phone", SENT, S.ACCEPTED, Can.ANSWER_FOR_SOMEONE, unless=cannot_accept),
    Step("decline_by_phone", SENT, S.DECLINED, Can.ANSWER_FOR_SOMEONE),
    Step("not_now_by_phone", SENT, S.NOT_NOW, Can.ANSWER_FOR_SOMEONE),
    Step("remind", SENT, None, None, (Tells(Notice.OFFER_REMINDER, To.VOLUNTEER),)),
    Step("expire", SENT, S.EXPIRED, None, (Tells(Notice.OFFER_EXPIRED, To.COORDINATORS),)),
    Step("withdraw", SENT, S.WITHDRAWN, Can.WITHDRAW_OFFER, (Tells(Notice.OFFER_WITHDRAWN, To.VOLUNTEER),),
         label=Text(nb="Trekk forespørselen", nn="Trekk førespurnaden", en="Withdraw the request")),
    Step("lapse", SENT, S.WITHDRAWN, None, (Tells(Notice.OFFER_WITHDRAWN, To.VOLUNTEER),)),
    Step("leave", SENT, S.WITHDRAWN, None, (Tells(Notice.OFFER_DECLINED, To.COORDINATORS),)),
))
