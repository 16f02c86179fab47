"""Meld deg: four short steps and a look over, saved as one goes; a coordinator walks them for somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from matching.week import Week
from samskap.models import OwnWord, Person, Term, Volunteer, WordKind
from samskap.permissions import Can
from samskap.services import terms, vocabulary, volunteers
from samskap.text import week_in_words
from samskap.web.blueprint import Pages
from samskap.web.forms.signup import AboutForm, OwnWordsForm, WhereForm, chosen_ids, travel_choices
from samskap.web.week_form import read_week, show_week
from samskap.web.words import say
from samskap.workflows.volunteer import VolunteerState

pages = Pages("signup", __name__)

STEPS = ("where", "gives", "week", "about")


def step_names() -> list[str]:
    """The four steps in words."""
    return [_("Hvor"), _("Hva"), _("Når"), _("Om deg")]


@pages.shows("/meld-deg", needs=Can.SIGN_UP)
def start() -> Any:
    """To where one left off, or to one's own page when one has signed up already."""
    volunteer = g.db.get(Volunteer, g.actor.id)
    if volunteer is not None and volunteer.state is not VolunteerState.SIGNING_UP:
        return redirect(url_for("my_page.show"), 303)
    return redirect(url_for(f"signup.{_left_off(volunteer)}"), 303)


def _left_off(volunteer: Volunteer | None) -> str:
    """The first step without an answer."""
    if volunteer is None:
        return "where"
    person = g.db.get_one(Person, volunteer.id)
    if person.postcode is None and not person.address_protected:
        return "where"
    if not g.db.scalars(
        select(OwnWord.id).where(OwnWord.volunteer_id == volunteer.id)
    ).first() and not terms.of_volunteer(g.db, volunteer.id):
        return "gives"
    if volunteer.free is None:
        return "week"
    return "about" if person.birth_date is None else "look_over"


def _for_whom() -> dict[str, Any]:
    """What an address carries on, so that the next page is about the same person."""
    return {"for": _for()}


def _for() -> int | None:
    """Whom a coordinator registers; None for oneself."""
    word = request.args.get("for", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def _volunteer() -> Volunteer:
    """The volunteer whose steps these are; made at the first answer."""
    whom = _for()
    if whom is None or whom == g.actor.id:
        return volunteers.begin(g.db, g.actor, g.actor.id, now=g.now)
    return volunteers.changeable(g.db, g.actor, whom)


def _seen() -> Volunteer | None:
    """The same for a page that is only read: nothing is made."""
    whom = _for()
    if whom is None or whom == g.actor.id:
        found: Volunteer | None = g.db.get(Volunteer, g.actor.id)
        return found
    return volunteers.changeable(g.db, g.actor, whom)


def _next(volunteer: Volunteer, here: str) -> Any:
    """On to the next step, or back to one's own page when it is a later change."""
    if volunteer.state is not VolunteerState.SIGNING_UP:
        flash(_("Lagret."), "success")
        return redirect(_home(volunteer), 303)
    after = (*STEPS, "look_over")[STEPS.index(here) + 1]
    return redirect(url_for(f"signup.{after}", **_for_whom()), 303)


def _home(volunteer: Volunteer) -> str:
    if volunteer.id == g.actor.id:
        return url_for("my_page.show")
    return url_for("volunteers.show", volunteer_id=volunteer.id)


def _page(step: str, volunteer: Volunteer | None, **words: Any) -> tuple[str, int]:
    at = STEPS.index(step)
    status = 422 if request.method == "POST" else 200
    return render_template(
        f"signup/{step}.html",
        steps=step_names(),
        at=at + 1,
        signing_up=volunteer is None or volunteer.state is VolunteerState.SIGNING_UP,
        before=url_for(f"signup.{STEPS[at - 1]}", **_for_whom()) if at else None,
        somebody=g.db.get_one(Person, volunteer.id).name if volunteer and volunteer.id != g.actor.id else "",
        **words,
    ), status


@pages.asks("/meld-deg/hvor", needs=Can.SIGN_UP)
def where() -> Any:
    """Step 1: where one lives, and how one gets about."""
    volunteer = _seen()
    person = g.db.get_one(Person, volunteer.id if volunteer else g.actor.id)
    form = WhereForm(
        data={
            "postcode": person.postcode,
            "address": person.address,
            "protected": person.address_protected,
            "travel": volunteer.travel if volunteer else None,
        },
    )
    form.fill()
    if request.method == "POST" and form.validate():
        volunteer = _volunteer()
        home = volunteers.set_where(g.db, volunteer, form.where())
        if volunteer.state is VolunteerState.SIGNING_UP:
            flash(say(home.says), "info")
        return _next(volunteer, "where")
    return _page("where", volunteer, form=form)


@pages.asks("/meld-deg/hva", needs=Can.SIGN_UP)
def gives() -> Any:
    """Step 2: what one can give; one thing is enough."""
    volunteer = _seen()
    posted = request.method == "POST"
    form = OwnWordsForm(data={"own": ", ".join(_own_words(volunteer))})
    chosen = set(chosen_ids("kan")) if posted else _has(volunteer, WordKind.RESOURCE)
    asked = request.form.get("kan-sok", "").strip()[:80] if posted else ""
    if posted and "finn" not in request.form and form.validate():
        if chosen or form.words():
            volunteer = _volunteer()
            volunteers.set_words(g.db, volunteer, WordKind.RESOURCE, chosen, own=form.words())
            return _next(volunteer, "gives")
        form.fault(form.own, _("Velg minst én ting, eller skriv noe med egne ord."))
    found = _found(asked) if "finn" in request.form else None
    return _page(
        "gives", volunteer, form=form, groups=_groups(chosen, found), asked=asked, empty=found is not None and not found
    )


def _own_words(volunteer: Volunteer | None) -> Sequence[str]:
    if volunteer is None:
        return ()
    query = select(OwnWord.words).where(OwnWord.volunteer_id == volunteer.id, OwnWord.term_id.is_(None))
    words: Sequence[str] = g.db.scalars(query.order_by(OwnWord.id)).all()
    return words


def _has(volunteer: Volunteer | None, kind: WordKind) -> set[int]:
    if volunteer is None:
        return set()
    return {term.id for term, has in terms.of_volunteer(g.db, volunteer.id) if term.kind is kind and not has.wish}


def _found(asked: str) -> set[str] | None:
    """Keys of the words that fit what was searched for; None when nothing was asked."""
    if not asked:
        return None
    own = terms.own_of(terms.in_use(g.db)[WordKind.RESOURCE])
    hits = vocabulary.search(asked, locale=g.locale, kind=WordKind.RESOURCE, own=own, most=12)
    return {hit.word.key for hit in hits}


def _groups(chosen: set[int], found: set[str] | None) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The list to choose from: what is needed now comes first, then the vocabulary's own groups."""
    every = {term.key: term for term in terms.in_use(g.db)[WordKind.RESOURCE]}
    wanted = terms.most_wanted(g.db)
    shown = {key: term for key, term in every.items() if found is None or key in found or term.id in chosen}
    groups: list[tuple[str, list[Mapping[str, Any]]]] = []
    first = [term for term in shown.values() if term.id in wanted]
    if first:
        groups.append((_("Trengs nå"), [_choice(term, chosen, tag=_("Trengs nå")) for term in first]))
    rest = {key for key, term in shown.items() if term.id not in wanted}
    for group in vocabulary.groups(WordKind.RESOURCE):
        inside = [every[word.key] for word in group.words if word.key in rest]
        rest -= {term.key for term in inside}
        if inside:
            groups.append((say(group.label), [_choice(term, chosen) for term in inside]))
    if rest:
        groups.append((_("Lokale ord"), [_choice(every[key], chosen) for key in sorted(rest)]))
    return groups


def _choice(term: Term, chosen: set[int], *, tag: str = "") -> Mapping[str, Any]:
    return {
        "value": term.id, "label": getattr(term, g.locale), "checked": term.id in chosen, "hint": "", "tag": tag,
        "words": " ".join((term.nb, term.nn, term.en, *term.synonyms)).lower(),
    }  # fmt: skip


@pages.asks("/meld-deg/nar", needs=Can.SIGN_UP)
def week() -> Any:
    """Step 3: when; roughly is good enough."""
    volunteer = _seen()
    if request.method != "POST":
        held = volunteer.free if volunteer and volunteer.free is not None else Week()
        return _page("week", volunteer, week=show_week(held, locale=g.locale), errors=[])
    read = read_week(request.form, locale=g.locale)
    if read.quick or read.errors:
        return _page(
            "week", volunteer, week=show_week(read.week, locale=g.locale, read=read), errors=list(read.errors.items())
        )
    volunteer = _volunteer()
    volunteers.set_week(g.db, volunteer, read.week)
    return _next(volunteer, "week")


@pages.asks("/meld-deg/om-deg", needs=Can.SIGN_UP)
def about() -> Any:
    """Step 4: birth date, phone and languages."""
    volunteer = _seen()
    person = g.db.get_one(Person, volunteer.id if volunteer else g.actor.id)
    levels = {term.id: has.level for term, has in terms.of_volunteer(g.db, person.id) if term.kind is WordKind.LANGUAGE}
    languages = terms.in_use(g.db)[WordKind.LANGUAGE]
    spoken = list(levels) or [term.id for term in languages if term.key == "nb"]
    form = AboutForm(data={"born": person.birth_date, "phone": person.phone, "languages": spoken})
    form.fill([(term.id, getattr(term, g.locale)) for term in languages])
    if request.method == "POST" and form.validate():
        volunteer = _volunteer()
        volunteers.set_about(g.db, volunteer, form.about(levels))
        return _next(volunteer, "about")
    return _page("about", volunteer, form=form)


@pages.asks("/meld-deg/se-over", needs=Can.SIGN_UP)
def look_over() -> Any:
    """The sum-up before it is sent."""
    volunteer = _seen()
    if volunteer is None:
        return redirect(url_for("signup.where", **_for_whom()), 303)
    if request.method == "POST":
        volunteers.register(g.db, g.actor, volunteer, now=g.now)
        flash(_("Takk. Du er med. En koordinator tar kontakt innen tre virkedager."), "success")
        return redirect(_home(volunteer), 303)
    person = g.db.get_one(Person, volunteer.id)
    has = terms.of_volunteer(g.db, volunteer.id)
    return render_template(
        "signup/look_over.html",
        person=person,
        volunteer=volunteer,
        travel=dict(travel_choices())[volunteer.travel],
        gives=[getattr(term, g.locale) for term, _has in has if term.kind is WordKind.RESOURCE]
        + list(_own_words(volunteer)),
        speaks=[getattr(term, g.locale) for term, _has in has if term.kind is WordKind.LANGUAGE],
        week=week_in_words(volunteer.free.spans(), locale=g.locale) if volunteer.free is not None else "",
        whom=_for(),
        missing=_left_off(volunteer) if _left_off(volunteer) != "look_over" else "",
    )
