"""The need: draft, submitted (a citizen's, waiting for the coordinator), open, covered, running, closed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.step import Circumstances, Step, Workflow


class NeedState(StrEnum):
    """Where a need stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OPEN = "open"
    COVERED = "covered"
    RUNNING = "running"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a need was closed."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    NOT_COVERED = "not_covered"
    WITHDRAWN = "withdrawn"
    NO_LONGER_RELEVANT = "no_longer_relevant"


S = NeedState


def consent_missing(need: Any, circumstances: Circumstances) -> Text | None:
    """A need for one person is published only with that person's consent on file."""
    if circumstances.consent_recorded:
        return None
    return Text(
        nb="Samtykket mangler. Spør den det gjelder, og skriv inn når og hvordan samtykket ble gitt.",
        nn="Samtykket manglar. Spør den det gjeld, og skriv inn når og korleis samtykket blei gitt.",
        en="The consent is missing. Ask the person concerned, and record when and how the consent was given.",
    )


def over(need: Any, circumstances: Circumstances) -> Text | None:
    """A need whose end date has passed cannot be published."""
    if need.ends_on is None or need.ends_on >= circumstances.today:
        return consent_missing(need, circumstances)
    return Text(
        nb="Sluttdatoen er passert. Velg en ny sluttdato før du publiserer.",
        nn="Sluttdatoen er passert. Vel ein ny sluttdato før du publiserer.",
        en="The end date has passed. Choose a new end date before you publish.",
    )


NEED = Workflow("need", S, start=S.DRAFT, steps=(
    Step("submit", frozenset({S.DRAFT}), S.SUBMITTED, Can.SUBMIT_NEED,
         (Tells(Notice.NEED_SUBMITTED, To.COORDINATORS),),
         label=Text(nb="Send inn", nn="Send inn", en="Send in")),
    Step("send_back", frozenset({S.SUBMITTED}), S.DRAFT, Can.DECIDE_PROPOSAL,
         (Tells(Notice.NEED_SENT_BACK, To.POSTER),), why=True,
         label=Text(nb="Send tilbake", nn="Send tilbake", en="Send back")),
    Step("publish", frozenset({S.DRAFT, S.SUBMITTED}), S.OPEN, Can.PUBLISH_NEED,
         (Tells(Notice.NEED_PUBLISHED, To.POSTER),), unless=over,
         label=Text(nb="Publiser", nn="Publiser", en="Publish")),
    Step("cover", frozenset({S.OPEN}), S.COVERED, None),
    Step("reopen", frozenset({S.COVERED, S.RUNNING}), S.OPEN, None),
    Step("run", frozenset({S.OPEN, S.COVERED}), S.RUNNING, None),
    Step("withdraw", frozenset({S.DRAFT, S.SUBMITTED, S.OPEN, S.COVERED}), S.CLOSED, Can.WITHDRAW_NEED,
         label=Text(nb="Trekk tilbake", nn="Trekk tilbake", en="Withdraw")),
    Step("close", frozenset({S.OPEN, S.COVERED, S.RUNNING}), S.CLOSED, Can.CLOSE_NEED,
         label=Text(nb="Avslutt", nn="Avslutt", en="Close")),
    Step("lapse", frozenset(S) - {S.CLOSED}, S.CLOSED, None),
))
