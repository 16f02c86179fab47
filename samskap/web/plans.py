"""Plan: all open needs at once, who to whom and when; approved need by need or all in one press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from matching import Plan
from matching.plan import Assigned
from samskap.models import Need, Person
from samskap.permissions import Can
from samskap.services import plans
from samskap.services.plans import NotAsked
from samskap.services.steps import find
from samskap.web.blueprint import Pages
from samskap.web.paging import page_of
from samskap.web.shown import times_by_option
from samskap.web.words import say
from samskap.workflows.need import NeedState

pages = Pages("plans", __name__)
AT_A_TIME = 15


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One person in the plan."""

    volunteer_id: int
    name: str
    when: str
    points: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """One need, those whom the plan has for it, and how many it lacks."""

    need: Need
    seats: Sequence[Seat]
    lacking: int


@pages.shows("/plan", needs=Can.SEE_WORK_LIST)
def show() -> str:
    """The best plan as things stand: what it covers, how sure that is, and what it leaves without anybody."""
    plan = plans.work_out(g.db, now=g.now)
    needs = g.db.scalars(
        select(Need).where(Need.state == NeedState.OPEN).order_by(Need.urgency.desc(), Need.created_at, Need.id)
    ).all()
    chosen = _by_need(plan)
    covered = [need for need in needs if need.id in chosen]
    page = page_of(covered, size=AT_A_TIME)
    return render_template(
        "plans/show.html",
        page=page,
        lines=_lines(page.items, chosen),
        uncovered=[need for need in needs if need.id not in chosen],
        summary=_summary(len(covered), len(needs), len(plan.assignments)),
        proof=_proof(plan),
        everyone=len(plan.assignments),
        given_up=plan.points_for_evenness or 0,
    )


@pages.changes("/plan/godkjenn", needs=Can.DECIDE_PROPOSAL)
def approve_all() -> Response:
    """Ask everybody in the plan as it stands now."""
    plan = plans.work_out(g.db, now=g.now)
    return _asked(plan.assignments)


@pages.changes("/plan/<int:need_id>/godkjenn", needs=Can.DECIDE_PROPOSAL)
def approve(need_id: int) -> Response:
    """Ask those whom the plan has for one need, as it stands now."""
    need = find(g.db, g.actor, Can.DECIDE_PROPOSAL, Need, need_id)
    return _asked(plans.of_needs(plans.work_out(g.db, now=g.now), {need.id}))


def _asked(wanted: Sequence[Assigned]) -> Response:
    not_asked = plans.approve(g.db, g.actor, wanted, now=g.now)
    count = len(wanted) - len(not_asked)
    if count:
        flash(
            ngettext(
                "%(num)d er spurt, og svarer selv ja eller nei.",
                "%(num)d er spurt, og svarer selv ja eller nei.",
                count,
            ),
            "success",
        )
    if not wanted:
        flash(_("Planen har ingen for dette nå. Den er regnet ut på nytt under."), "info")
    for one in _told(not_asked):
        flash(one, "warning")
    return redirect(url_for("plans.show"), 303)


def _told(not_asked: Sequence[NotAsked]) -> Sequence[str]:
    """Who was not asked after all, and why."""
    names = _names({one.volunteer_id for one in not_asked})
    return [
        _("%(name)s ble ikke spurt. %(why)s", name=names.get(one.volunteer_id, _("Personen")), why=say(one.why))
        for one in not_asked
    ]


def _by_need(plan: Plan) -> Mapping[int, Sequence[Assigned]]:
    chosen: dict[int, list[Assigned]] = {}
    for one in plan.assignments:
        chosen.setdefault(one.need, []).append(one)
    return chosen


def _lines(needs: Sequence[Need], chosen: Mapping[int, Sequence[Assigned]]) -> Sequence[Line]:
    """The page's needs in words; two statements, whatever their number."""
    names = _names({one.volunteer for need in needs for one in chosen[need.id]})
    times = times_by_option(needs)
    return [
        Line(
            need=need,
            seats=[
                Seat(
                    volunteer_id=one.volunteer,
                    name=names[one.volunteer],
                    when=times.get((need.id, one.option), ""),
                    points=one.points,
                )
                for one in chosen[need.id]
            ],
            lacking=need.wanted - need.taken - len(chosen[need.id]),
        )
        for need in needs
    ]


def _names(ids: set[int]) -> Mapping[int, str]:
    rows = g.db.execute(select(Person.id, Person.name).where(Person.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}


def _summary(covered: int, needs: int, seats: int) -> str:
    return _(
        "Planen gir folk til %(covered)s av %(needs)s åpne behov: %(seats)s personer spørres.",
        covered=covered,
        needs=needs,
        seats=seats,
    )


def _proof(plan: Plan) -> str:
    """How good it is, said plainly."""
    if all(plan.proven[:2]):
        return _("Ingen annen fordeling kan gi folk til flere. Det er bevist.")
    if "coverage" not in plan.bound:
        return _("Det er den beste planen vi fant i tide. Det kan finnes en bedre.")
    return _("Det er den beste planen vi fant i tide. Det kan finnes en litt bedre.")
