"""Kandidater: left the need, right who could meet it, what speaks for and against; approve, set aside, choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField

from matching import Explanation, NearMiss
from matching.explain import OptionFit, Part, State
from matching.rule import Who
from samskap.models import Need, Person, Proposal, Volunteer
from samskap.models.volunteer import Travel
from samskap.permissions import Can
from samskap.services import matching, proposals
from samskap.services.matching import Desk, Speaker
from samskap.services.steps import find
from samskap.text import Span, distance, plain_date, relative_day, today, week_in_words
from samskap.web import drawing
from samskap.web.blueprint import Pages
from samskap.web.forms.base import Filled, Form, line, paragraph
from samskap.web.paging import asked_page, searched, url_of_page
from samskap.web.shown import as_shown
from samskap.workflows.need import NeedState
from samskap.workflows.proposal import ProposalState

pages = Pages("candidates", __name__)

AT_A_TIME = 3
NEAR_AT_A_TIME = 3
MOST_PARTS = 5
"""Parts drawn in the bar; the smallest are drawn together."""
MOST_FOUND = 10
FEW_TIMES = 3
"""Up to so many times are told one by one."""
SAID_ABOVE = frozenset({"nearness", "longest_idle"})
"""Parts of the points whose reason stands under the name already: how far, and since when."""
MOST_PROS, MOST_CONS = 3, 2


class ChooseForm(Form):
    """Why somebody else than the engine's first choice."""

    reason = paragraph(_l("Hvorfor denne?"), most=500, checks=[Filled(_l("Skriv hvorfor du velger denne personen."))])


class SetAsideForm(Form):
    """Why somebody is not asked for this need."""

    because = RadioField(_l("Hvorfor?"), [Filled(_l("Velg en grunn."))])
    more = line(_l("Mer"), most=300)

    def fill(self) -> None:
        """Four reasons that coordinators give."""
        self.because.choices = [
            (word, word)
            for word in (
                _("Passer bedre til noe annet"), _("Har nok akkurat nå"), _("Kjenner den det gjelder fra før"),
                _("Annet"),
            )
        ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Face:
    """What the desk may see of a volunteer before anything is decided."""

    id: int
    name: str
    phone: str | None
    travel: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One candidate as drawn."""

    face: Face
    rank: int
    points: int
    most: int
    where: str
    picture: drawing.WeekPicture
    fits: Sequence[str]
    misses: Sequence[str]
    pros: Sequence[str]
    cons: Sequence[str]
    bar: Sequence[drawing.DrawnPart]
    parts: Sequence[drawing.DrawnPart]
    week: str


@dataclass(frozen=True, kw_only=True)
class Near:
    """One whom a single thing keeps out."""

    face: Face
    remedy: str
    facts: str
    decides: str


@pages.shows("/behov/<int:need_id>/kandidater", needs=Can.SEE_CANDIDATES)
def show(need_id: int) -> Any:
    """The first ones who can, and those who almost can; the first one whole on the first screen."""
    need = find(g.db, g.actor, Can.SEE_CANDIDATES, Need, need_id)
    if need.state is not NeedState.OPEN:
        return redirect(url_for("needs.show", need_id=need_id), 303)
    desk = matching.desk(g.db, need, now=g.now)
    order = desk.in_order()
    last = max(1, -(-len(order) // AT_A_TIME))
    number = min(asked_page(), last)
    shown = order[(number - 1) * AT_A_TIME : number * AT_A_TIME]
    near = desk.near(count=NEAR_AT_A_TIME) if number == 1 else []
    faces = _faces([*shown, *(one.id for one in near)])
    speak = matching.speaker(desk.held.words, g.locale)
    rows = [
        _row(faces[ident], rank, matching.explain(desk, need_id=need_id, volunteer_id=ident, now=g.now), speak)
        for rank, ident in enumerate(shown, start=1 + (number - 1) * AT_A_TIME)
    ]
    return render_template(
        "candidates/show.html",
        need=need,
        shown=as_shown(need, exact=True),
        deadline=_deadline(need),
        rows=rows,
        near=[_near(faces[one.id], one, desk, need_id, speak) for one in near],
        total=len(order),
        heading=_heading(len(order), len(near)),
        left=len(order) - number * AT_A_TIME,
        number=number,
        url=url_of_page,
        book=desk.book,
        aside=_set_aside(need_id) if desk.has_set_aside else (),
        found=_found(desk),
        asked_for=searched("navn"),
        free=need.wanted - need.taken,
    )


def _heading(can: int, almost: int) -> str:
    if can == 0:
        return _("Ingen kan slik det står nå")
    return ngettext("%(num)d kan", "%(num)d kan", can)


def _deadline(need: Need) -> str:
    return relative_day(need.starts_on, now=g.now, locale=g.locale) if need.starts_on else ""


def _faces(ids: Iterable[int]) -> Mapping[int, Face]:
    """One statement for everybody on the page."""
    query = (
        select(Person.id, Person.name, Person.phone, Volunteer.travel, Volunteer.registered_at, Volunteer.last_asked_at)
        .join(Volunteer, Volunteer.id == Person.id)
        .where(Person.id.in_(list(ids)))
    )
    travel = travel_words()
    return {
        row.id: Face(id=row.id, name=row.name, phone=row.phone, travel=travel[row.travel], since=_since(row))
        for row in g.db.execute(query)
    }


def travel_words() -> Mapping[Travel, str]:
    """How somebody gets about, as part of a sentence."""
    return {
        Travel.FOOT: _("går"),
        Travel.BICYCLE: _("sykler"),
        Travel.TRANSIT: _("tar buss eller tog"),
        Travel.CAR: _("kjører"),
    }


def _since(row: Any) -> str:
    """How long nobody has asked."""
    if row.last_asked_at is None:
        return _("Aldri spurt før, meldte seg %(day)s.", day=_plain(row.registered_at))
    days = (today(g.now) - today(row.last_asked_at)).days
    waited = ngettext("Ikke spurt på %(num)d dag", "Ikke spurt på %(num)d dager", days)
    return _("%(waited)s, siden %(day)s.", waited=waited, day=_plain(row.last_asked_at))


def _plain(moment: Any) -> str:
    return plain_date(today(moment), now=g.now, locale=g.locale)


def _row(face: Face, rank: int, found: Explanation, speak: Speaker) -> Row:
    fits, misses = _times(found.options)
    said = sorted((part for part in found.soft if part.key not in SAID_ABOVE), key=lambda part: -part.points)
    return Row(
        face=face,
        rank=rank,
        points=found.points,
        most=found.most,
        where=_where(found, face),
        picture=drawing.week_picture(
            free=found.free,
            asked=[span for one in found.options for span in one.spans],
            taken=found.held,
            locale=g.locale,
        ),
        fits=fits,
        misses=misses,
        pros=[speak(part.speaks_for) for part in said if part.speaks_for][:MOST_PROS],
        cons=[speak(part.speaks_against) for part in reversed(said) if part.speaks_against][:MOST_CONS],
        bar=drawing.points_bar(_together(found.soft)),
        parts=drawing.points_bar([_part(part, speak) for part in found.soft if part.most]),
        week=week_in_words(found.free, locale=g.locale),
    )


def _times(options: Sequence[OptionFit]) -> tuple[list[str], list[str]]:
    """The times that fit and those that do not, one by one; of many the ones that fit, told as one."""
    if len(options) > FEW_TIMES:
        options = _told_as_one(options)
    fits = [_in_words(one) for one in options if one.state == "free"]
    misses = [_missed(one) for one in options if one.state != "free"]
    return fits, misses


def _told_as_one(options: Sequence[OptionFit]) -> list[OptionFit]:
    """All alternatives that fit; where none does, those that are in the way for the same reason."""
    alike: dict[State, list[Span]] = {}
    for one in options:
        alike.setdefault(one.state, []).extend(one.spans)
    states: Iterable[State] = ["free"] if "free" in alike else alike
    return [OptionFit(0, tuple(alike[state]), state) for state in states]


def _in_words(one: OptionFit) -> str:
    return week_in_words(one.spans, locale=g.locale)


def _missed(one: OptionFit) -> str:
    said = {
        "taken": _("%(time)s er opptatt"),
        "too_tight": _("%(time)s rekker ikke fram"),
        "not_free": _("%(time)s er ikke ledig"),
    }
    return said[one.state] % {"time": _in_words(one)}


def _where(found: Explanation, face: Face) -> str:
    if found.distance_m is None:
        return _("Ukjent avstand, %(travel)s.", travel=face.travel)
    far = distance(found.distance_m / 1_000, locale=g.locale)
    return _("%(far)s unna, %(travel)s.", far=far[:1].upper() + far[1:], travel=face.travel)


def _part(part: Part, speak: Speaker) -> drawing.PointsPart:
    return drawing.PointsPart(getattr(part.label, g.locale), part.points, part.most, speak(part.why))


def _together(parts: Sequence[Part]) -> list[drawing.PointsPart]:
    """The parts that can give most, and the rest as one."""
    order = sorted((part for part in parts if part.most), key=lambda part: -part.most)
    kept, rest = order[: MOST_PARTS - 1], order[MOST_PARTS - 1 :]
    drawn = [drawing.PointsPart(getattr(part.label, g.locale), part.points, part.most) for part in kept]
    if rest:
        drawn.append(drawing.PointsPart(_("Annet"), sum(one.points for one in rest), sum(one.most for one in rest)))
    return drawn


def _near(face: Face, miss: NearMiss, desk: Desk, need_id: int, speak: Speaker) -> Near:
    found = matching.explain(desk, need_id=need_id, volunteer_id=face.id, now=g.now)
    verdict = found.verdict(miss.rule)
    gets = _("Ville fått %(points)s av %(most)s.", points=miss.points, most=desk.most)
    return Near(
        face=face,
        remedy=speak(verdict.remedy) if verdict.remedy else speak(verdict.why),
        facts=f"{_where(found, face)} {gets}",
        decides=_decides(verdict.who, face),
    )


def _decides(who: Who, face: Face) -> str:
    match who:
        case Who.VOLUNTEER:
            return _("%(name)s avgjør", name=face.name.partition(" ")[0])
        case Who.RECIPIENT:
            return _("Mottakeren avgjør")
        case Who.PROFESSIONAL:
            return _("Den som meldte behovet, avgjør")
        case Who.COORDINATOR:
            return _("Du avgjør")
        case Who.CLEARANCE_OFFICER:
            return _("Avklaringsansvarlig avgjør")
        case Who.NOBODY:
            return ""


def _set_aside(need_id: int) -> Sequence[Any]:
    query = (
        select(Proposal.id, Proposal.volunteer_id, Proposal.reason, Person.name)
        .join(Person, Person.id == Proposal.volunteer_id)
        .where(Proposal.need_id == need_id, Proposal.state == ProposalState.SET_ASIDE)
    )
    rows: Sequence[Any] = g.db.execute(query.order_by(Proposal.decided_at.desc()).limit(MOST_FOUND)).all()
    return rows


def _found(desk: Desk) -> Sequence[tuple[int, str, bool]]:
    """Whose name holds what was written under "Har du en annen i tankene?": id, name, and whether they take part."""
    name = searched("navn")
    if not name:
        return ()
    query = select(Person.id, Person.name).join(Volunteer, Volunteer.id == Person.id)
    named = query.where(Person.name.icontains(name, autoescape=True), Person.erased_at.is_(None))
    rows = g.db.execute(named.order_by(Person.name, Person.id).limit(MOST_FOUND))
    return [(row.id, row.name, desk.knows(row.id)) for row in rows]


# One person


@pages.asks("/behov/<int:need_id>/kandidater/<int:volunteer_id>", needs=Can.DECIDE_PROPOSAL)
def person(need_id: int, volunteer_id: int) -> Any:
    """Everything that speaks for and against one person; choose them, with a reason that is kept.

    Where nobody is sought any longer, or the person takes no part now, the page of the need or the person says so.
    """
    need = find(g.db, g.actor, Can.DECIDE_PROPOSAL, Need, need_id)
    find(g.db, g.actor, Can.SEE_VOLUNTEERS, Volunteer, volunteer_id)
    form = ChooseForm()
    if request.method == "POST" and form.validate():
        return _approve(need_id, volunteer_id, reason=form.reason.data or "")
    if need.state is not NeedState.OPEN:
        return redirect(url_for("needs.show", need_id=need_id), 303)
    desk = matching.desk(g.db, need, now=g.now)
    if not desk.knows(volunteer_id):
        return redirect(url_for("volunteers.show", volunteer_id=volunteer_id), 303)
    speak = matching.speaker(desk.held.words, g.locale)
    found = matching.explain(desk, need_id=need_id, volunteer_id=volunteer_id, now=g.now)
    order = desk.in_order()
    rank = order.index(volunteer_id) + 1 if volunteer_id in order else 0
    page = render_template(
        "candidates/person.html",
        need=need,
        row=_row(_faces([volunteer_id])[volunteer_id], rank, found, speak),
        refused=[(speak(one.why), speak(one.remedy) if one.remedy else "") for one in found.refused_by],
        allowed=[(getattr(one.label, g.locale), speak(one.why)) for one in found.hard if one.allowed and one.in_scope],
        found=found,
        decided=volunteer_id in desk.left_out,
        rank=rank,
        form=form,
    )
    return page, 422 if request.method == "POST" else 200


@pages.changes("/behov/<int:need_id>/kandidater/<int:volunteer_id>/godkjenn", needs=Can.DECIDE_PROPOSAL)
def approve(need_id: int, volunteer_id: int) -> Response:
    """The engine's first choice is asked."""
    return _approve(need_id, volunteer_id, expected_rank=1)


def _approve(need_id: int, volunteer_id: int, *, reason: str = "", expected_rank: int | None = None) -> Response:
    proposals.approve(
        g.db,
        g.actor,
        need_id=need_id,
        volunteer_id=volunteer_id,
        now=g.now,
        expected_rank=expected_rank,
        reason=reason,
    )
    name = g.db.get_one(Person, volunteer_id).name
    flash(_("%(name)s er spurt, og svarer selv ja eller nei.", name=name), "success")
    return redirect(url_for("work_list.show"), 303)


@pages.asks("/behov/<int:need_id>/kandidater/<int:volunteer_id>/legg-til-side", needs=Can.DECIDE_PROPOSAL)
def set_aside(need_id: int, volunteer_id: int) -> Any:
    """Not for this need; one of four reasons."""
    need = find(g.db, g.actor, Can.DECIDE_PROPOSAL, Need, need_id)
    find(g.db, g.actor, Can.SEE_VOLUNTEERS, Volunteer, volunteer_id)
    form = SetAsideForm()
    form.fill()
    if request.method == "POST" and form.validate():
        why = ". ".join(part for part in (form.because.data, form.more.data) if part)
        proposals.set_aside(g.db, g.actor, need_id=need_id, volunteer_id=volunteer_id, reason=why, now=g.now)
        return redirect(url_for("candidates.show", need_id=need_id), 303)
    face = _faces([volunteer_id])[volunteer_id]
    return render_template(
        "candidates/set_aside.html", need=need, face=face, form=form
    ), 422 if request.method == "POST" else 200


@pages.changes("/behov/<int:need_id>/kandidater/<int:volunteer_id>/ta-fram", needs=Can.DECIDE_PROPOSAL)
def take_up(need_id: int, volunteer_id: int) -> Response:
    """Back among the candidates."""
    proposals.take_up(g.db, g.actor, need_id=need_id, volunteer_id=volunteer_id, now=g.now)
    return redirect(url_for("candidates.show", need_id=need_id), 303)
