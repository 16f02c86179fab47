"""Importer: a list is uploaded, its columns are matched, what will happen is shown row by row, and then it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from samskap.integrations.spreadsheets import SpreadsheetError
from samskap.models import StagedFile
from samskap.permissions import Can
from samskap.services.imports import lists, staging, unconfirmed
from samskap.services.imports.columns import HEADINGS, NEVER_TEXTS, Column, Field, Kind, Layout, letter
from samskap.services.imports.exports import SHEETS, exported
from samskap.services.imports.lists import AnyPlan, Choice
from samskap.services.imports.plan import Outcome, RowPlan
from samskap.services.imports.row import shown
from samskap.web.blueprint import Pages, recent_password
from samskap.web.forms.imports import UploadForm
from samskap.web.import_words import Words, words_of
from samskap.web.paging import Page, page_of, page_of_rows
from samskap.web.words import say

pages = Pages("imports", __name__)

EXAMPLES = 3
"""Cells of each column that are shown beside its heading."""
WARNED = "varsler"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# ---------------------------------------------------------------- the list


@pages.asks("/importer", needs=Can.IMPORT_LISTS, uploads=True)
def start() -> Any:
    """Choose a list; it is read at once, and refused in a sentence when it cannot be."""
    form = UploadForm()
    if request.method == "POST" and form.validate():
        staged = _staged(form)
        if staged is not None:
            return redirect(url_for("imports.columns", staged_id=staged.id), 303)
    waiting = page_of_rows(g.db, unconfirmed.waiting()).total
    return render_template("imports/start.html", form=form, waiting=waiting), 422 if form.errors else 200


def _staged(form: UploadForm) -> StagedFile | None:
    with closing(form.file.data) as file:
        data, name = file.read(), file.filename or ""
    try:
        return staging.keep(g.db, g.actor, kind=Kind(form.kind.data), name=name, data=data, now=g.now)
    except SpreadsheetError as error:
        form.fault(form.file, error.sentence.say(g.locale))
        return None


@pages.changes("/importer/<int:staged_id>/forkast", needs=Can.IMPORT_LISTS)
def drop(staged_id: int) -> Response:
    """Forget the list; nothing of it was saved."""
    g.db.delete(staging.find(g.db, g.actor, staged_id, now=g.now))
    flash(_("Lista er forkastet. Ingenting av den er lagret."), "info")
    return _to("imports.start")


def _to(endpoint: str, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **values), 303))


# ---------------------------------------------------------------- the columns


@dataclass(frozen=True, kw_only=True)
class ColumnRow:
    """One column as it is shown: its letter, its heading, some of its cells, and what it is read as."""

    at: int
    letter: str
    heading: str
    examples: Sequence[str]
    field: str
    never: str
    """Why it is never read; empty when it may be."""


@pages.asks("/importer/<int:staged_id>/kolonner", needs=Can.IMPORT_LISTS)
def columns(staged_id: int) -> Any:
    """Which column holds what: as it was found, for the coordinator to correct."""
    staged = staging.find(g.db, g.actor, staged_id, now=g.now)
    fault = _choose(staged) if request.method == "POST" else None
    if request.method == "POST" and fault is None:
        page = "columns" if request.form.get("do") == "sheet" else "show"
        return _to(f"imports.{page}", staged_id=staged.id)
    sheet, layout = lists.layout_of(staged.content, Kind(staged.kind), Choice.of(staged.match))
    return render_template(
        "imports/columns.html",
        staged=staged,
        sheets=[one.name for one in lists.book_of(staged.content).sheets if one.lines],
        sheet=sheet.name,
        heading_lines=layout.heading_lines,
        rows=[_column(column, sheet.lines, layout) for column in layout.columns],
        fields_of=[(heading.field.value, say(heading.label)) for heading in HEADINGS[layout.kind]],
        fault=fault,
    ), 422 if fault else 200


def _choose(staged: StagedFile) -> str | None:
    """Keep what was chosen; the sentence to show when it will not do."""
    kept = Choice.of(staged.match)
    sheet = request.form.get("ark", kept.sheet or "")
    other = sheet != (kept.sheet or "")
    pairs = (
        ()
        if other
        else tuple(
            (name.removeprefix("felt-"), field) for name, field in request.form.items() if name.startswith("felt-")
        )
    )
    choice = Choice(sheet=sheet, columns=pairs)
    try:
        _sheet, layout = lists.layout_of(staged.content, Kind(staged.kind), choice)
    except SpreadsheetError as error:
        return error.sentence.say(g.locale)
    if not layout.complete:
        return (
            _("Velg hvilken kolonne navnet står i.")
            if layout.kind is Kind.VOLUNTEERS
            else _("Velg hvilken kolonne beskrivelsen står i.")
        )
    staging.choose(staged, choice)
    return None


def _column(column: Column, lines: Sequence[Any], layout: Layout) -> ColumnRow:
    below = (line.cells for line in lines if line.number > layout.heading_lines[-1])
    cells = (shown(cells[column.at]) for cells in below if column.at < len(cells) and cells[column.at] is not None)
    hidden = column.never or column.field is Field.REMARK
    examples = [] if hidden else list(dict.fromkeys(filter(None, cells)))[:EXAMPLES]
    return ColumnRow(
        at=column.at,
        letter=letter(column.at),
        heading=column.heading,
        examples=[one[:60] for one in examples],
        field=column.field or "",
        never=say(NEVER_TEXTS[column.never]) if column.never else "",
    )


# ---------------------------------------------------------------- what will happen


@dataclass(frozen=True, kw_only=True)
class RowShown:
    """One row of the plan as it is shown."""

    plan: RowPlan
    outcome: str
    why: str
    read_as: str
    becomes: str
    """What a new need becomes; empty for everything else."""
    changes: Sequence[tuple[str, str, str]]
    """What it is called, what stands, and what the list says."""
    warnings: Sequence[tuple[str, str]]


@pages.shows("/importer/<int:staged_id>", needs=Can.IMPORT_LISTS)
def show(staged_id: int) -> str:
    """Row by row what importing the list would do. Nothing is saved here."""
    staged = staging.find(g.db, g.actor, staged_id, now=g.now)
    plan = _plan(staged)
    chosen = request.args.get("vis", "")
    page = page_of([row for row in plan.rows if _is_chosen(row, chosen)])
    words = words_of(g.db, plan, locale=g.locale)
    return render_template(
        "imports/show.html",
        staged=staged,
        plan=plan,
        page=page,
        rows=[_shown(row, words) for row in page.items],
        summary=summary(plan),
        filters=[(name, label, count) for name, label, count in _filters(plan) if count],
        chosen=chosen,
        volunteers=plan.layout.kind is Kind.VOLUNTEERS,
    )


def _plan(staged: StagedFile) -> AnyPlan:
    return lists.look(g.db, g.actor, staged.content, Kind(staged.kind), Choice.of(staged.match), now=g.now)


def _is_chosen(row: RowPlan, chosen: str) -> bool:
    return bool(row.warnings) if chosen == WARNED else chosen in ("", row.outcome)


def outcome_names() -> Mapping[str, str]:
    """What happens to a row, on screen."""
    return {
        Outcome.NEW: _("Ny"),
        Outcome.CHANGED: _("Endret"),
        Outcome.SAME: _("Som før"),
        Outcome.UNREADABLE: _("Kan ikke leses"),
    }


def _filters(plan: AnyPlan) -> list[tuple[str, str, int]]:
    counted = [(outcome.value, outcome_names()[outcome], plan.count(outcome)) for outcome in Outcome]
    warned = sum(bool(row.warnings) for row in plan.rows)
    return [("", _("Alle"), len(plan.rows)), *counted, (WARNED, _("Med varsel"), warned)]


def summary(plan: AnyPlan) -> str:
    """How many rows there are and what becomes of them, in whole sentences."""
    told = [ngettext("Lista har én rad.", "Lista har %(num)d rader.", len(plan.rows))]
    for count, sentence in (
        (plan.count(Outcome.NEW), ngettext("Én er ny.", "%(num)d er nye.", plan.count(Outcome.NEW))),
        (plan.count(Outcome.CHANGED), ngettext("Én er endret.", "%(num)d er endret.", plan.count(Outcome.CHANGED))),
        (plan.count(Outcome.SAME), ngettext("Én er som før.", "%(num)d er som før.", plan.count(Outcome.SAME))),
        (
            plan.count(Outcome.UNREADABLE),
            ngettext("Én kan ikke leses.", "%(num)d kan ikke leses.", plan.count(Outcome.UNREADABLE)),
        ),
    ):
        told += [sentence] if count else []
    return " ".join(told)


def _shown(row: RowPlan, words: Words) -> RowShown:
    return RowShown(
        plan=row,
        outcome=outcome_names()[row.outcome],
        why=row.why.say(g.locale) if row.why else "",
        read_as=words.read_as(row) if row.outcome in (Outcome.NEW, Outcome.CHANGED) else "",
        becomes=words.becomes(row) if row.outcome is Outcome.NEW else "",
        changes=[
            (say(change.label), words.write(change.what, change.before), words.write(change.what, change.after))
            for change in row.changes
        ],
        warnings=[(warned.column, warned.why.say(g.locale)) for warned in row.warnings],
    )


@pages.changes("/importer/<int:staged_id>/ta-inn", needs=Can.IMPORT_LISTS)
def carry_out(staged_id: int) -> Response:
    """Save what the list says, all of it or nothing; the list itself is dropped."""
    staged = staging.find(g.db, g.actor, staged_id, now=g.now)
    plan = _plan(staged)
    lists.carry_out(g.db, g.actor, plan, now=g.now)
    g.db.delete(staged)
    flash(_("Lista er tatt inn. %(summary)s", summary=summary(plan)), "success")
    if plan.layout.kind is Kind.NEEDS:
        return _to("needs.all_needs", tilstand="draft" if any(_is_draft(save.entry) for save in plan.saves) else "open")
    return _to("imports.invitations")


def _is_draft(entry: Any) -> bool:
    return bool(entry.draft_because)


# ---------------------------------------------------------------- who is invited


@pages.shows("/importer/invitasjoner", needs=Can.IMPORT_LISTS)
def invitations() -> str:
    """Imported people who have not confirmed: nobody hears anything before they are invited."""
    page: Page[Any] = page_of_rows(g.db, unconfirmed.waiting())
    return render_template(
        "imports/invitations.html",
        page=page,
        can_be_invited=unconfirmed.can_be_invited(g.db),
        days=unconfirmed.ANSWERS_WITHIN.days,
    )


@pages.changes("/importer/invitasjoner/send", needs=Can.IMPORT_LISTS)
def invite_all() -> Response:
    """Invite everyone who has an e-mail address and has not been invited."""
    count = unconfirmed.invite_all(g.db, g.actor, secret=current_app.extensions["config"].secret_key, now=g.now)
    flash(ngettext("Én invitasjon er sendt.", "%(num)d invitasjoner er sendt.", count), "success")
    return _to("imports.invitations")


# ---------------------------------------------------------------- the other way


@pages.shows("/eksporter/<kind>.xlsx", needs=Can.EXPORT_LISTS)
def export(kind: str) -> Response:
    """Every volunteer or need as a list that can be read here again; the password is asked for anew."""
    if kind not in (known := {"frivillige": Kind.VOLUNTEERS, "behov": Kind.NEEDS}):
        abort(404)
    recent_password()
    response = make_response(exported(g.db, g.actor, known[kind], g.locale))
    response.mimetype = EXCEL
    name = f"{say(SHEETS[known[kind]]).lower()}-{g.now:%Y-%m-%d}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
