"""Meld deg: four short steps and a look over, saved as one goes; a coordinator walks them for somebody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from matching.week import Week
from samskap.models import OwnWord, Person, Term, Volunteer, WordKind
from samskap.permissions import Can
from samskap.services import resources, terms, vocabulary, volunteers
from samskap.text import phone, week_in_words
from samskap.web.blueprint import Pages
from samskap.web.forms.base import printable
from samskap.web.forms.signup import AboutForm, OwnWordsForm, WhereForm, chosen_ids, travel_choices
from samskap.web.shown import name_of, word_of
from samskap.web.week_form import read_week, show_week
from samskap.web.whom import begun, for_whom, home_of, seen, somebody_named, whom
from samskap.web.words import say
from samskap.workflows.volunteer import VolunteerState

pages = Pages("signup", __name__)

STEPS = ("where", "gives", "week", "about")
USUAL_LANGUAGES = ("nb", "en")
"""Stand first in the list of languages; the others come out on a press."""


def step_names() -> list[str]:
    """The four steps in words."""
    return [_("Hvor"), _("Hva"), _("Når"), _("Om deg")]


@pages.shows("/meld-deg", needs=Can.SIGN_UP)
def start() -> Any:
    """To where one left off, or to one's own page when one has signed up already."""
    volunteer = g.db.get(Volunteer, g.actor.id)
    if volunteer is not None and not _is_signing_up(volunteer):
        return redirect(url_for("my_page.show"), 303)
    return redirect(url_for(f"signup.{_left_off(volunteer)}"), 303)


def _is_signing_up(volunteer: Volunteer | None) -> bool:
    return volunteer is None or volunteer.state is VolunteerState.SIGNING_UP


def _left_off(volunteer: Volunteer | None) -> str:
    """The first step without an answer."""
    if volunteer is None:
        return "where"
    person = g.db.get_one(Person, volunteer.id)
    if person.postcode is None and not person.address_protected:
        return "where"
    if not own_words_of(volunteer) and not _has(volunteer, WordKind.RESOURCE):
        return "gives"
    if volunteer.free is None:
        return "week"
    return "about" if person.birth_date is None and person.birth_year is None else "look_over"


def _next(volunteer: Volunteer, here: str) -> Any:
    """On to the next step, or back to one's own page when it is a later change."""
    if not _is_signing_up(volunteer):
        flash(_("Lagret."), "success")
        return redirect(home_of(volunteer), 303)
    after = (*STEPS, "look_over")[STEPS.index(here) + 1]
    return redirect(url_for(f"signup.{after}", **for_whom()), 303)


def _page(step: str, volunteer: Volunteer | None, *, faulty: bool, **words: Any) -> tuple[str, int]:
    at = STEPS.index(step)
    return render_template(
        f"signup/{step}.html",
        steps=step_names(),
        at=at + 1,
        signing_up=_is_signing_up(volunteer),
        before=url_for(f"signup.{STEPS[at - 1]}", **for_whom()) if at else None,
        back=home_of(volunteer) if volunteer is not None else url_for("my_page.show"),
        somebody=somebody_named(),
        **words,
    ), 422 if faulty else 200


def _is_posted() -> bool:
    return request.method == "POST"


# ---------------------------------------------------------------- 1: where


@pages.asks("/meld-deg/hvor", needs=Can.SIGN_UP)
def where() -> Any:
    """Where one lives, and how one gets about."""
    volunteer = seen()
    person = g.db.get_one(Person, volunteer.id if volunteer else g.actor.id)
    form = WhereForm(
        data={
            "postcode": person.postcode,
            "address": person.address,
            "protected": person.address_protected,
            "travel": volunteer.travel if volunteer and (person.postcode or person.address_protected) else "",
        },
    )
    form.fill()
    if not (_is_posted() and form.validate()):
        return _page("where", volunteer, faulty=_is_posted(), form=form)
    volunteer = begun()
    home = resources.set_where(g.db, volunteer, form.where())
    if _is_signing_up(volunteer):
        flash(say(home.says), "info")
    return _next(volunteer, "where")


# ---------------------------------------------------------------- 2: what


@pages.asks("/meld-deg/hva", needs=Can.SIGN_UP)
def gives() -> Any:
    """What one can give; one thing is enough."""
    volunteer = seen()
    form = OwnWordsForm(data={"own": ", ".join(own_words_of(volunteer))})
    if not _is_posted():
        return _gives_page(form, volunteer, _has(volunteer, WordKind.RESOURCE), faulty=False)
    chosen = chosen_ids("kan")
    if "finn" in request.form:
        return _gives_page(form, volunteer, chosen, faulty=False)
    if not (form.validate() and _is_an_answer(form, chosen)):
        return _gives_page(form, volunteer, chosen, faulty=True)
    volunteer = begun()
    resources.set_words(g.db, volunteer, WordKind.RESOURCE, chosen, own=form.words())
    return _next(volunteer, "gives")


def _is_an_answer(form: OwnWordsForm, chosen: Collection[int]) -> bool:
    """At least one thing, and nothing that is not in the list."""
    known = {term.id for term in terms.in_use(g.db)[WordKind.RESOURCE]}
    if not known.issuperset(chosen):
        form.fault(form.own, _("Velg blant det som står i lista, eller skriv det med egne ord."))
        return False
    if not chosen and not form.words():
        form.fault(form.own, _("Velg minst én ting, eller skriv noe med egne ord."))
        return False
    return True


def _gives_page(form: OwnWordsForm, volunteer: Volunteer | None, chosen: Collection[int], *, faulty: bool) -> Any:
    asked = printable(request.form.get("kan-sok", "")).strip()
    found = _found(asked) if "finn" in request.form else None
    return _page(
        "gives",
        volunteer,
        faulty=faulty,
        form=form,
        groups=_groups(chosen, found),
        open=2 if chosen else 1,
        asked=asked,
        empty=found is not None and not found,
    )


def own_words_of(volunteer: Volunteer | None) -> Sequence[str]:
    """What somebody wrote that is no word of the vocabulary yet."""
    if volunteer is None:
        return ()
    query = select(OwnWord.words).where(OwnWord.volunteer_id == volunteer.id, OwnWord.term_id.is_(None))
    words: Sequence[str] = g.db.scalars(query.order_by(OwnWord.id)).all()
    return words


def _has(volunteer: Volunteer | None, kind: WordKind) -> set[int]:
    if volunteer is None:
        return set()
    return {term.id for term, has in terms.of_volunteer(g.db, volunteer.id) if term.kind is kind and not has.wish}


LONGEST_SEARCH = 80


def _found(asked: str) -> set[str] | None:
    """Keys of the words that fit what was searched for; None when nothing was asked."""
    if not asked:
        return None
    own = terms.own_of(terms.in_use(g.db)[WordKind.RESOURCE])
    hits = vocabulary.search(asked[:LONGEST_SEARCH], locale=g.locale, kind=WordKind.RESOURCE, own=own, most=12)
    return {hit.word.key for hit in hits}


def _groups(chosen: Collection[int], found: set[str] | None) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The list to choose from: what is needed now comes first, then the vocabulary's own groups."""
    every = {term.key: term for term in terms.in_use(g.db)[WordKind.RESOURCE]}
    wanted = terms.most_wanted(g.db)
    shown = {key: term for key, term in every.items() if found is None or key in found or term.id in chosen}
    groups = [
        (_("Det du har valgt"), [term for term in shown.values() if term.id in chosen]),
        (_("Trengs nå"), [term for term in shown.values() if term.id in wanted and term.id not in chosen]),
    ]
    rest = {key for key, term in shown.items() if term.id not in wanted and term.id not in chosen}
    for group in vocabulary.groups(WordKind.RESOURCE):
        inside = [every[word.key] for word in group.words if word.key in rest]
        rest -= {term.key for term in inside}
        groups.append((say(group.label), inside))
    groups.append((_("Lokale ord"), [every[key] for key in sorted(rest)]))
    return [
        (heading, [_choice(term, chosen, wanted=term.id in wanted) for term in inside])
        for heading, inside in groups
        if inside
    ]


def _choice(term: Term, chosen: Collection[int], *, wanted: bool) -> Mapping[str, Any]:
    return {
        "value": term.id,
        "label": name_of(term),
        "checked": term.id in chosen,
        "hint": "",
        "tag": _("Trengs nå") if wanted else "",
        "words": " ".join((term.nb, term.nn, term.en, *term.synonyms)).lower(),
    }


# ---------------------------------------------------------------- 3: when


@pages.asks("/meld-deg/nar", needs=Can.SIGN_UP)
def week() -> Any:
    """When; roughly is good enough."""
    volunteer = seen()
    if not _is_posted():
        held = volunteer.free if volunteer and volunteer.free is not None else Week()
        return _page("week", volunteer, faulty=False, week=show_week(held, locale=g.locale), errors=[])
    read = read_week(request.form, locale=g.locale)
    if read.quick or read.errors:
        shown = show_week(read.week, locale=g.locale, read=read)
        faulty = bool(read.errors) and not read.quick
        return _page("week", volunteer, faulty=faulty, week=shown, errors=list(read.errors.items()))
    volunteer = begun()
    resources.set_week(g.db, volunteer, read.week)
    return _next(volunteer, "week")


# ---------------------------------------------------------------- 4: about


@pages.asks("/meld-deg/om-deg", needs=Can.SIGN_UP)
def about() -> Any:
    """Birth date, phone and languages."""
    volunteer = seen()
    person = g.db.get_one(Person, volunteer.id if volunteer else g.actor.id)
    levels = {term.id: has.level for term, has in terms.of_volunteer(g.db, person.id) if term.kind is WordKind.LANGUAGE}
    languages = terms.in_use(g.db)[WordKind.LANGUAGE]
    spoken = list(levels) or [term.id for term in languages if term.key == "nb"]
    first = [term for term in languages if term.key in USUAL_LANGUAGES or term.id in spoken]
    shown = phone(person.phone) if person.phone else ""
    form = AboutForm(data={"born": person.birth_date, "phone": shown, "languages": spoken})
    form.fill([(term.id, name_of(term)) for term in (*first, *(term for term in languages if term not in first))])
    if not (_is_posted() and form.validate()):
        return _page("about", volunteer, faulty=_is_posted(), form=form, first=len(first))
    volunteer = begun()
    resources.set_about(g.db, volunteer, form.about(levels))
    return _next(volunteer, "about")


# ---------------------------------------------------------------- and the whole


@pages.asks("/meld-deg/se-over", needs=Can.SIGN_UP)
def look_over() -> Any:
    """The sum-up before it is sent."""
    volunteer = seen()
    if volunteer is None:
        return redirect(url_for("signup.where", **for_whom()), 303)
    if not _is_signing_up(volunteer):
        return redirect(home_of(volunteer), 303)
    missing = _left_off(volunteer)
    if _is_posted() and missing == "look_over":
        volunteers.register(g.db, g.actor, volunteer, now=g.now)
        flash(_welcome(), "success")
        return redirect(home_of(volunteer), 303)
    return _sum_up(volunteer, missing), 422 if _is_posted() else 200


def _welcome() -> str:
    if name := somebody_named():
        return _("%(name)s er med.", name=name)
    return _("Takk. Vi har fått svarene dine. En koordinator tar kontakt innen tre virkedager.")


def _sum_up(volunteer: Volunteer, missing: str) -> str:
    has = terms.of_volunteer(g.db, volunteer.id)
    can = [word_of(term) for term, one in has if term.kind is WordKind.RESOURCE and not one.wish]
    return render_template(
        "signup/look_over.html",
        person=g.db.get_one(Person, volunteer.id),
        volunteer=volunteer,
        travel=dict(travel_choices())[volunteer.travel],
        gives=[*can, *own_words_of(volunteer)],
        speaks=[word_of(term) for term, _one in has if term.kind is WordKind.LANGUAGE],
        week=week_in_words(volunteer.free.spans(), locale=g.locale) if volunteer.free is not None else "",
        whom=whom(),
        somebody=somebody_named(),
        missing="" if missing == "look_over" else missing,
    )
