"""Pages for anyone: the front page, where people are needed, how it works, privacy, accessibility, a sign of life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from matching.rule import HardRule, Said, Source
from matching.words import sentence
from samskap.models import Base, Need
from samskap.permissions import Can
from samskap.privacy import Until, Word, how_long, register_of
from samskap.services import health, kinds, legal_texts, matching, seen_needs
from samskap.web.blueprint import Pages
from samskap.web.paging import page_of_rows, searched
from samskap.web.shown import as_openings
from samskap.web.words import say

pages = Pages("public", __name__)

ON_FRONT = 4


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """One rule in plain words: what it asks, and why it is there."""

    label: str
    says: str
    source: str
    url: str
    points: int


@pages.shows("/", needs=Can.VISIT)
def front() -> str:
    """What this is, three doors, and where people are needed now."""
    found = g.db.scalars(seen_needs.public().limit(ON_FRONT)).all()
    return render_template("public/front.html", openings=as_openings(found))


@pages.shows("/her-trengs-du", needs=Can.VISIT)
def open_needs() -> str:
    """Every need that may be shown openly, by kind and by place."""
    sector, place = request.args.get("omrade", ""), searched("sted")
    query = seen_needs.public()
    inside = [kind.key for kind in kinds.kinds() if kind.sector == sector]
    if inside:
        query = query.where(Need.kind.in_(inside))
    if place:
        query = query.where(Need.place == place)
    page = page_of_rows(g.db, query, size=12)
    return render_template(
        "public/open_needs.html",
        page=page,
        openings=as_openings(page.items),
        sectors=kinds.sectors(),
        sector=sector,
        places=_places_of_needs(),
        place=place,
    )


def _places_of_needs() -> list[str]:
    """Where people are needed, by the alphabet."""
    ids = seen_needs.public().order_by(None).with_only_columns(Need.id)
    return sorted(place for place in g.db.scalars(select(Need.place).where(Need.id.in_(ids)).distinct()) if place)


@pages.shows("/slik-virker-det", needs=Can.VISIT)
def how_it_works() -> str:
    """The rules in plain words, written from the rule book that is in use."""
    book = matching.rule_book(g.db)
    hard: list[RuleLine] = []
    soft: list[RuleLine] = []
    for entry in book.entries:
        rule = entry.rule
        line = RuleLine(
            label=getattr(rule.label, g.locale),
            says=sentence(Said(rule.says, rule.own_numbers()), g.locale),
            source=_source(rule.source),
            url=rule.source.url,
            points=getattr(rule, "weight", 0),
        )
        (hard if isinstance(rule, HardRule) else soft).append(line)
    return render_template("public/how_it_works.html", book=book, hard=hard, soft=soft, bases=kinds.legal_bases())


def _source(source: Source) -> str:
    """What a rule stands on; the name of a law is its own."""
    return source.what if source.kind == "law" else ""


@pages.shows("/personvern", needs=Can.VISIT)
def privacy() -> str:
    """What is kept, why and for how long, written from the words that stand beside the columns."""
    kept: dict[str, set[str]] = {}
    for word in sorted(_words_of_columns(), key=lambda word: (list(Until).index(word.until), word.days)):
        kept.setdefault(how_long(word, locale=g.locale), set()).add(_(word.why))
    return render_template(
        "public/privacy.html",
        sections=[
            (one.key, say(one.title), say(one.text, municipality=g.municipality.name))
            for one in legal_texts.privacy_sections()
        ],
        kept=[(long, sorted(whys)) for long, whys in kept.items()],
    )


def _words_of_columns() -> list[Word]:
    return [one.word for one in register_of(Base.metadata).personal() if not one.word.subject]


@pages.shows("/tilgjengelighet", needs=Can.VISIT)
def accessibility() -> str:
    """What we do so that everyone can use it, and whom to tell when something is in the way."""
    return render_template("public/accessibility.html")


@pages.shows("/healthz", needs=Can.VISIT)
def healthz() -> Response:
    """200 when the database answers and its migrations are at head, else 503; asked before all else."""
    engine: Any = current_app.extensions["sqlalchemy"].engine
    well = health.is_well(engine, head=current_app.extensions["migrations_head"])
    response = make_response("ok\n" if well else "unavailable\n", 200 if well else 503)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
