"""The history of a thing in plain words: what happened, when, and for the coordinator also who and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import select

from samskap.models import Person, StepTaken
from samskap.permissions import Can, holds
from samskap.services.steps import history_of


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line. `by` and `why` are empty for those whom they do not concern."""

    what: str
    at: datetime
    by: str = ""
    why: str = ""


def told_of(*things: Any) -> Sequence[Told]:
    """What happened to the things, the first first; steps that change nothing for people are left out."""
    lines = sorted((line for thing in things for line in history_of(g.db, thing)), key=lambda line: line.id)
    names = _names(lines) if holds(g.actor, Can.SEE_WORK_LIST) else None
    words = _sentences()
    return [_told(line, words[line.noun, line.step], names) for line in lines if (line.noun, line.step) in words]


def _told(line: StepTaken, what: str, names: Mapping[int, str] | None) -> Told:
    if names is None:
        return Told(what=what, at=line.at)
    by = names.get(line.by_id, "") if line.by_id is not None else _("Samskap")
    return Told(what=what, at=line.at, by=by, why=line.why)


def _names(lines: Iterable[StepTaken]) -> Mapping[int, str]:
    ids = sorted({line.by_id for line in lines if line.by_id is not None})
    return {row.id: row.name for row in g.db.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def _sentences() -> Mapping[tuple[str, str], str]:
    """What each step is in words that both sides may read."""
    return {
        ("offer", "send"): _("Koordinatoren spurte den frivillige."),
        ("offer", "remind"): _("Den frivillige fikk en påminnelse."),
        ("offer", "accept"): _("Den frivillige sa ja."),
        ("offer", "accept_by_phone"): _("Den frivillige sa ja på telefonen."),
        ("offer", "decline"): _("Den frivillige sa nei."),
        ("offer", "decline_by_phone"): _("Den frivillige sa nei på telefonen."),
        ("offer", "not_now"): _("Den frivillige kan ikke nå."),
        ("offer", "not_now_by_phone"): _("Den frivillige sa på telefonen at det ikke passer nå."),
        ("offer", "expire"): _("Fristen gikk ut uten svar."),
        ("offer", "withdraw"): _("Koordinatoren trakk forespørselen."),
        ("offer", "lapse"): _("Forespørselen falt bort, for behovet er ikke åpent lenger."),
        ("offer", "leave"): _("Forespørselen falt bort, for den frivillige er ikke med lenger."),
        ("assignment", "confirm"): _("Mottakersiden sa ja."),
        ("assignment", "refuse"): _("Mottakersiden sa nei takk."),
        ("assignment", "withdraw"): _("Den frivillige trakk seg."),
        ("assignment", "open"): _("Kontaktopplysningene ble åpnet for begge."),
        ("assignment", "run"): _("Avtalen er i gang."),
        ("assignment", "end"): _("Avtalen ble avsluttet."),
        ("assignment", "lapse"): _("Avtalen falt bort, for behovet er ikke åpent lenger."),
        ("assignment", "stop"): _("Avtalen ble stoppet, for behovet er ikke åpent lenger."),
        ("assignment", "leave"): _("Avtalen falt bort, for den frivillige er ikke med lenger."),
        ("assignment", "break_off"): _("Avtalen ble avsluttet, for den frivillige er ikke med lenger."),
        ("meeting", "suggest"): _("Et tidspunkt ble foreslått."),
        ("meeting", "agree"): _("Et møte ble avtalt."),
        ("meeting", "call_off"): _("Et møte ble avlyst."),
        ("meeting", "hold"): _("Dere møttes."),
        ("meeting", "miss"): _("Dere møttes ikke."),
        ("volunteer", "register"): _("Meldte seg."),
        ("volunteer", "talk"): _("En samtale ble avtalt."),
        ("volunteer", "make_ready"): _("Ble gjort klar."),
        ("volunteer", "start"): _("Kom i gang."),
        ("volunteer", "rest"): _("Den siste avtalen er over."),
        ("volunteer", "pause"): _("Tok pause."),
        ("volunteer", "resume"): _("Avsluttet pausen."),
        ("volunteer", "leave"): _("Meldte seg ut."),
        ("volunteer", "return"): _("Ble med igjen."),
        ("need", "submit"): _("Behovet ble sendt inn."),
        ("need", "send_back"): _("Behovet ble sendt tilbake."),
        ("need", "publish"): _("Behovet ble publisert."),
        ("need", "cover"): _("Noen har sagt ja til alle plassene."),
        ("need", "run"): _("Det er i gang."),
        ("need", "reopen"): _("Behovet ble åpnet igjen."),
        ("need", "withdraw"): _("Behovet ble trukket tilbake."),
        ("need", "close"): _("Behovet ble avsluttet."),
        ("need", "lapse"): _("Behovet falt bort."),
        ("meeting", "excuse"): _("Noen meldte forfall til et møte."),
    }
