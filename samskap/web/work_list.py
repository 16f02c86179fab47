"""Arbeidsliste: what waits for the coordinator, the most urgent first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from samskap.permissions import Can
from samskap.services import work_list
from samskap.services.work_list import Case, Haste, Task
from samskap.text import number_word, relative_day, today
from samskap.web import drawing
from samskap.web.blueprint import Pages
from samskap.web.paging import page_of

pages = Pages("work_list", __name__)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case as it is drawn."""

    kind: str
    colour: str
    title: str
    about: str
    when: str
    ring: drawing.Ring
    do: str
    url: str


@pages.shows("/arbeidsliste", needs=Can.SEE_WORK_LIST)
def show() -> str:
    """The whole list, or the cases of one kind."""
    chosen = _chosen()
    cases = work_list.cases(g.db, g.actor, now=g.now, task=chosen)
    page = page_of(cases)
    return render_template(
        "work_list/show.html",
        page=page,
        groups=_grouped(page.items, work_list.nobody_can(g.db, page.items, now=g.now)),
        summary=_summary(cases),
        chosen=chosen,
        filters=[(task, name) for task, name in _names().items()],
    )


def _chosen() -> Task | None:
    word = request.args.get("slag", "")
    return Task(word) if word in set(Task) else None


def _grouped(cases: Sequence[Case], nobody: Collection[int]) -> list[tuple[str, list[Line]]]:
    """The page's cases under what hurries, what is for today, and what can wait."""
    names = {Haste.LATE: _("Haster"), Haste.SOON: _("I dag og i morgen"), Haste.CALM: _("Kan vente")}
    lines = {haste: [_line(case, nobody) for case in cases if case.haste(g.now) is haste] for haste in names}
    return [(names[haste], lines[haste]) for haste in names if lines[haste]]


def _summary(cases: Sequence[Case]) -> str:
    """The calm first line; empty when there is nothing."""
    late, soon = (sum(case.haste(g.now) is haste for case in cases) for haste in (Haste.LATE, Haste.SOON))
    if not late and not soon:
        return _("Ingenting haster.") if cases else ""
    said = []
    if late:
        said.append(ngettext("%(count)s ting haster.", "%(count)s ting haster.", late, count=_in_words(late)))
    if soon:
        said.append(
            ngettext(
                "%(count)s bør tas i dag eller i morgen.",
                "%(count)s bør tas i dag eller i morgen.",
                soon,
                count=_in_words(soon),
            )
        )
    if late + soon < len(cases):
        said.append(_("Resten kan vente."))
    return " ".join(said)


def _in_words(count: int) -> str:
    word = number_word(count, locale=g.locale)
    return word[:1].upper() + word[1:]


def _names() -> Mapping[Task, str]:
    return {
        Task.PUBLISH: _("Behov til gjennomlesing"),
        Task.MATCH: _("Behov uten noen"),
        Task.ASK_ANOTHER: _("Spør en annen"),
        Task.WELCOME: _("Ny frivillig"),
        Task.CONFIRM: _("Venter på ja"),
        Task.RING: _("Må ringes"),
        Task.WORDS: _("Egne ord"),
    }


COLOURS = {
    Task.PUBLISH: "brand1",
    Task.MATCH: "warning",
    Task.ASK_ANOTHER: "warning",
    Task.WELCOME: "accent",
    Task.CONFIRM: "brand2",
    Task.RING: "brand1",
    Task.WORDS: "neutral",
}


def _line(case: Case, nobody: Collection[int]) -> Line:
    title, about, do, url = _words(case, nobody)
    haste = case.haste(g.now)
    return Line(
        kind=_names()[case.task],
        colour=COLOURS[case.task],
        title=title,
        about=about,
        do=do,
        url=url,
        when=_when(case),
        ring=drawing.ring(used=case.used(g.now), haste=haste.value),
    )


def _when(case: Case) -> str:
    day = relative_day(case.due, now=g.now, locale=g.locale)
    if case.due < today(g.now):
        return _("Fristen var %(day)s", day=day)
    return _("Bør tas innen %(day)s", day=day)


def _words(case: Case, nobody: Collection[int]) -> tuple[str, str, str, str]:
    """Title, a sentence, what the button says, and where it leads."""
    match case.task:
        case Task.MATCH | Task.ASK_ANOTHER:
            about = _about_need(case, nobody=case.thing_id in nobody)
            return case.title, about, _("Se hvem"), url_for("candidates.show", need_id=case.thing_id)
        case Task.PUBLISH:
            about = _("En innbygger har meldt et behov selv. Les det, og publiser eller send det tilbake.")
            return case.title, about, _("Les behovet"), url_for("needs.show", need_id=case.thing_id)
        case Task.CONFIRM:
            about = _("Den frivillige har sagt ja. Den andre siden har ikke svart ennå.")
            return case.title, about, _("Se avtalen"), url_for("assignments.show", assignment_id=case.thing_id)
        case Task.WELCOME:
            title, about = _("%(name)s vil bidra", name=case.title), _("Ta kontakt og si velkommen.")
            return title, about, _("Se hva"), url_for("volunteers.show", volunteer_id=case.thing_id)
        case Task.RING:
            about = _("Et varsel kom ikke fram. Ring, eller finn en annen adresse.")
            return case.title, about, _("Se hva"), url_for("notices.ring", person_id=case.thing_id)
        case Task.WORDS:
            about = ngettext("%(num)d ord er ikke lest ennå.", "%(num)d ord er ikke lest ennå.", case.count)
            return _("Det folk har skrevet med egne ord"), about, _("Les ordene"), url_for("own_words.show")


def _about_need(case: Case, *, nobody: bool) -> str:
    """How many are missing or have said no, and whether anybody can at all."""
    if case.task is Task.MATCH:
        about = ngettext("%(num)d plass er ledig.", "%(num)d plasser er ledige.", case.count)
    else:
        about = ngettext("%(num)d er spurt og kan ikke.", "%(num)d er spurt og kan ikke.", case.count)
    return f"{about} {_('Ingen kan slik det står nå. Se hva som skal til.')}" if nobody else about
