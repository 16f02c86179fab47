"""The proposal: a pair the engine found or a coordinator chose, and what was decided about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text
from samskap.workflows.step import Circumstances, Step, Workflow


class ProposalState(StrEnum):
    """What was decided."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SET_ASIDE = "set_aside"
    OUTDATED = "outdated"


S = ProposalState


def not_for_oneself(proposal: Any, circumstances: Circumstances) -> Text | None:
    """Nobody approves a proposal that they are part of, and none on a need that is no longer open."""
    if circumstances.about_oneself:
        return Text(
            nb="Forslaget gjelder deg selv. En annen koordinator må avgjøre det.",
            nn="Forslaget gjeld deg sjølv. Ein annan koordinator må avgjere det.",
            en="The proposal concerns yourself. Another coordinator must decide.",
        )
    if not circumstances.need_is_open:
        return Text(
            nb="Behovet er ikke åpent lenger, så ingen ble spurt.",
            nn="Behovet er ikkje ope lenger, så ingen blei spurd.",
            en="The need is no longer open, so nobody was asked.",
        )
    return None


PROPOSAL = Workflow("proposal", S, start=S.PROPOSED, steps=(
    Step("approve", frozenset({S.PROPOSED}), S.APPROVED, Can.DECIDE_PROPOSAL, unless=not_for_oneself,
         label=Text(nb="Godkjenn og spør", nn="Godkjenn og spør", en="Approve and ask")),
    Step("set_aside", frozenset({S.PROPOSED}), S.SET_ASIDE, Can.DECIDE_PROPOSAL, why=True,
         label=Text(nb="Legg til side", nn="Legg til side", en="Set aside")),
    Step("take_up", frozenset({S.SET_ASIDE}), S.OUTDATED, Can.DECIDE_PROPOSAL,
         label=Text(nb="Ta fram igjen", nn="Ta fram igjen", en="Take up again")),
    Step("outdate", frozenset({S.PROPOSED, S.APPROVED}), S.OUTDATED, None),
))
