"""The meeting: one side suggests a time, the other agrees; then it is held, called off, excused or missed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances, Step, Workflow


class MeetingState(StrEnum):
    """What became of a meeting."""

    SUGGESTED = "suggested"
    PLANNED = "planned"
    HELD = "held"
    CALLED_OFF = "called_off"
    EXCUSED = "excused"
    NO_SHOW = "no_show"


S = MeetingState


def own_suggestion(meeting: Any, circumstances: Circumstances) -> Text | None:
    """The side that suggested a time does not also agree to it."""
    if circumstances.about_oneself:
        return Text(
            nb="Dere har selv foreslått tiden. Den andre siden svarer.",
            nn="De har sjølve foreslått tida. Den andre sida svarar.",
            en="You suggested this time yourselves. The other side answers.",
        )
    if meeting.starts_at < circumstances.now:
        return Text(
            nb="Tidspunktet er passert. Foreslå en ny tid.",
            nn="Tidspunktet er passert. Foreslå ei ny tid.",
            en="The time has passed. Suggest a new one.",
        )
    return None


def not_begun(meeting: Any, circumstances: Circumstances) -> Text | None:
    """What has not begun cannot have been held or missed."""
    if meeting.starts_at <= circumstances.now:
        return None
    return Text(nb="Møtet har ikke begynt ennå.", nn="Møtet har ikkje byrja enno.", en="The meeting has not begun yet.")


EVERYONE = (To.VOLUNTEER, To.RECIPIENT, To.POSTER)
COMING = frozenset({S.SUGGESTED, S.PLANNED})

MEETING = Workflow("meeting", S, start=S.SUGGESTED, steps=(
    Step("agree", frozenset({S.SUGGESTED}), S.PLANNED, Can.AGREE_MEETING,
         tuple(Tells(Notice.MEETING_AGREED, side) for side in EVERYONE), unless=own_suggestion,
         label=Text(nb="Tiden passer", nn="Tida passar", en="The time suits me")),
    Step("call_off", COMING, S.CALLED_OFF, Can.CALL_OFF_MEETING,
         tuple(Tells(Notice.MEETING_CALLED_OFF, side) for side in EVERYONE),
         label=Text(nb="Avlys", nn="Avlys", en="Call off")),
    Step("lapse", COMING, S.CALLED_OFF, None),
    Step("hold", frozenset({S.PLANNED}), S.HELD, Can.AGREE_MEETING, unless=not_begun,
         label=Text(nb="Vi møttes", nn="Vi møttest", en="We met")),
    Step("excuse", frozenset({S.PLANNED}), S.EXCUSED, Can.CALL_OFF_MEETING,
         label=Text(nb="Meldt forfall", nn="Meldt forfall", en="Excused")),
    Step("miss", frozenset({S.PLANNED}), S.NO_SHOW, Can.AGREE_MEETING, unless=not_begun,
         label=Text(nb="Vi møttes ikke", nn="Vi møttest ikkje", en="We did not meet")),
))
