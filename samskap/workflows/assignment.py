"""The assignment: the volunteer has said yes; the other side says yes; contact opens; they meet; it ends."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances, Step, Workflow


class AssignmentState(StrEnum):
    """How far the two sides have come."""

    ASKED = "asked"
    AGREED = "agreed"
    OPENED = "opened"
    RUNNING = "running"
    ENDED = "ended"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Ending(StrEnum):
    """Why an assignment ended."""

    PLANNED = "planned"
    VOLUNTEER = "volunteer"
    RECIPIENT = "recipient"
    NEVER_STARTED = "never_started"


S = AssignmentState


def undeclared(assignment: Any, circumstances: Circumstances) -> Text | None:
    """Contact details open only to who has signed the confidentiality declaration, while the consent stands."""
    if not circumstances.declaration_signed:
        return Text(
            nb="Taushetserklæringen må signeres før kontaktopplysningene åpnes.",
            nn="Teieerklæringa må signerast før kontaktopplysningane blir opna.",
            en="The confidentiality declaration must be signed before the contact details are opened.",
        )
    return without_consent(assignment, circumstances)


def without_consent(assignment: Any, circumstances: Circumstances) -> Text | None:
    """Nobody says yes on behalf of somebody whose consent is missing or withdrawn."""
    if circumstances.consent_recorded:
        return None
    return Text(
        nb="Samtykket er trukket eller mangler. Snakk med den det gjelder før du går videre.",
        nn="Samtykket er trekt eller manglar. Snakk med den det gjeld før du går vidare.",
        en="The consent has been withdrawn or is missing. Talk with the person concerned before you go on.",
    )


THE_OTHERS = (Tells(Notice.ASSIGNMENT_ENDED, To.RECIPIENT), Tells(Notice.ASSIGNMENT_ENDED, To.POSTER))
BOTH = (Tells(Notice.ASSIGNMENT_ENDED, To.VOLUNTEER), *THE_OTHERS)
TO_FOLLOW_UP = Tells(Notice.ASSIGNMENT_ENDED, To.COORDINATORS)
UNMET = frozenset({S.ASKED, S.AGREED})
MET = frozenset({S.OPENED, S.RUNNING})

ASSIGNMENT = Workflow("assignment", S, start=S.ASKED, steps=(
    Step("confirm", frozenset({S.ASKED}), S.AGREED, Can.CONFIRM_ASSIGNMENT,
         (Tells(Notice.ASSIGNMENT_CONFIRMED, To.VOLUNTEER),), unless=without_consent,
         label=Text(nb="Ja, det passer", nn="Ja, det passar", en="Yes, that suits me")),
    Step("refuse", frozenset({S.ASKED}), S.REFUSED, Can.CONFIRM_ASSIGNMENT,
         (Tells(Notice.ASSIGNMENT_REFUSED, To.VOLUNTEER), Tells(Notice.ASSIGNMENT_REFUSED, To.COORDINATORS)),
         label=Text(nb="Nei takk", nn="Nei takk", en="No thank you")),
    Step("withdraw", UNMET, S.WITHDRAWN, Can.WITHDRAW_FROM_ASSIGNMENT, (TO_FOLLOW_UP, *THE_OTHERS),
         label=Text(nb="Jeg må trekke meg", nn="Eg må trekkje meg", en="I have to withdraw")),
    Step("open", frozenset({S.AGREED}), S.OPENED, None,
         (Tells(Notice.ASSIGNMENT_OPENED, To.VOLUNTEER), Tells(Notice.ASSIGNMENT_OPENED, To.RECIPIENT),
          Tells(Notice.ASSIGNMENT_OPENED, To.POSTER)), unless=undeclared),
    Step("run", frozenset({S.OPENED}), S.RUNNING, None),
    Step("end", frozenset({S.AGREED, S.OPENED, S.RUNNING}), S.ENDED, Can.END_ASSIGNMENT, BOTH,
         label=Text(nb="Avslutt avtalen", nn="Avslutt avtalen", en="End the arrangement")),
    # the need is closed or its consent withdrawn
    Step("lapse", UNMET, S.WITHDRAWN, None, BOTH),
    Step("stop", MET, S.ENDED, None, (TO_FOLLOW_UP, *BOTH)),
    # the volunteer leaves
    Step("leave", UNMET, S.WITHDRAWN, None, (TO_FOLLOW_UP, *THE_OTHERS)),
    Step("break_off", MET, S.ENDED, None, (TO_FOLLOW_UP, *THE_OTHERS)),
))
LIVE = frozenset({S.ASKED, S.AGREED, S.OPENED, S.RUNNING})
"""States in which the volunteer's time is spoken for."""
OPEN_CONTACT = MET
"""States in which both sides see each other's contact details."""
