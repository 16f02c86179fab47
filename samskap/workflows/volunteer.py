"""The volunteer: signing up, registered, in conversation, ready, active, left. A pause stands beside the state."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances, Step, Workflow


class VolunteerState(StrEnum):
    """Where a volunteer stands with the municipality."""

    SIGNING_UP = "signing_up"
    REGISTERED = "registered"
    CONVERSATION = "conversation"
    READY = "ready"
    ACTIVE = "active"
    LEFT = "left"


S = VolunteerState
HERE = frozenset({S.REGISTERED, S.CONVERSATION, S.READY, S.ACTIVE})


def on_a_break(volunteer: Any, day: date) -> bool:
    """Whether the volunteer is on pause that day: one that has run out is over."""
    return volunteer.paused_since is not None and (volunteer.paused_until is None or volunteer.paused_until >= day)


def paused(volunteer: Any, circumstances: Circumstances) -> Text | None:
    """Somebody on pause cannot pause again."""
    if not on_a_break(volunteer, circumstances.today):
        return None
    return Text(
        nb="Du har allerede pause. Du kan endre datoen eller avslutte pausen.",
        nn="Du har alt pause. Du kan endre datoen eller avslutte pausen.",
        en="You are already on a break. You can change the date or end the break.",
    )


def not_paused(volunteer: Any, _: Circumstances) -> Text | None:
    """Only somebody on pause can come back."""
    if volunteer.paused_since is not None:
        return None
    return Text(nb="Du har ikke pause nå.", nn="Du har ikkje pause no.", en="You are not on a break now.")


def too_young(volunteer: Any, circumstances: Circumstances) -> Text | None:
    """Only grown-ups for now; the law and a guardian's consent come before anyone younger."""
    if circumstances.adult:
        return None
    return Text(
        nb="Foreløpig må du være 18 år for å melde deg. Vi må vite fødselsdatoen din for å være sikre.",
        nn="Førebels må du vere 18 år for å melde deg. Vi må vite fødselsdatoen din for å vere sikre.",
        en="For now you must be 18 to sign up. We need your date of birth to be sure.",
    )


VOLUNTEER = Workflow("volunteer", S, start=S.SIGNING_UP, steps=(
    Step("register", frozenset({S.SIGNING_UP}), S.REGISTERED, Can.SIGN_UP,
         (Tells(Notice.VOLUNTEER_REGISTERED, To.COORDINATORS),), unless=too_young,
         label=Text(nb="Send inn", nn="Send inn", en="Send in")),
    Step("talk", frozenset({S.REGISTERED}), S.CONVERSATION, Can.MAKE_READY,
         label=Text(nb="Samtale avtalt", nn="Samtale avtalt", en="Conversation booked")),
    Step("make_ready", frozenset({S.REGISTERED, S.CONVERSATION}), S.READY, Can.MAKE_READY,
         (Tells(Notice.VOLUNTEER_READY, To.VOLUNTEER),),
         label=Text(nb="Gjør klar", nn="Gjer klar", en="Make ready")),
    Step("start", frozenset({S.REGISTERED, S.CONVERSATION, S.READY}), S.ACTIVE, None),
    Step("rest", frozenset({S.ACTIVE}), S.READY, None),
    Step("pause", HERE, None, Can.PAUSE_VOLUNTEER, unless=paused,
         label=Text(nb="Ta pause", nn="Ta pause", en="Take a break")),
    Step("resume", HERE, None, Can.PAUSE_VOLUNTEER, unless=not_paused,
         label=Text(nb="Avslutt pausen", nn="Avslutt pausen", en="End the break")),
    Step("leave", HERE, S.LEFT, Can.LEAVE_VOLUNTEER,
         label=Text(nb="Meld meg ut", nn="Meld meg ut", en="Leave")),
    Step("return", frozenset({S.LEFT}), S.REGISTERED, Can.CHANGE_RESOURCES,
         label=Text(nb="Bli med igjen", nn="Bli med igjen", en="Come back")),
))
