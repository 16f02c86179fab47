"""Words on the page: the request's language for gettext, and text.py's sentences, dates and distances as filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any

from flask import Flask, g
from flask_babel import get_domain  # type: ignore[attr-defined]
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from samskap import text
from samskap.integrations.places import place_of_postcode
from samskap.text import Locale, Text


def locale() -> Locale:
    """The language of this request."""
    found: Locale = g.get("locale", "nb")
    return found


def install(app: Flask) -> None:
    """Give templates the filters below; each speaks the request's language."""
    filters: dict[str, Callable[..., Any]] = {
        "say": lambda sentence, **values: say(sentence, **values),
        "day": lambda day: text.weekday_date(_day(day), now=g.now, locale=locale()),
        "plain_date": lambda day: text.plain_date(_day(day), now=g.now, locale=locale()),
        "relative_day": lambda day: text.relative_day(_day(day), now=g.now, locale=locale()),
        "moment": lambda moment: text.moment_in_words(moment, now=g.now, locale=locale()),
        "capitalized": lambda phrase: phrase[:1].upper() + phrase[1:],
        "phone": text.phone,
        "dial": lambda number: f"tel:{number.replace(' ', '')}",
        "postal": postal,
        "distance": lambda km: text.distance(km, locale=locale()),
        "week_in_words": lambda week: text.week_in_words(week.spans(), locale=locale()),
        "names": lambda names: text.name_list(list(names), locale=locale()),
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals["form_key"] = form_key
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _sentence
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # a sentence over two lines is one, as script/translations has it


def _catalogue() -> Any:
    """The request's catalogue, looked up once: a page asks it some two hundred times."""
    if "catalogue" not in g:
        g.catalogue = get_domain().get_translations()
    return g.catalogue


@pass_eval_context
def _sentence(context: EvalContext, sentence: str, /, **values: object) -> str:
    """A sentence in a template, as Jinja's own _() gives it, in one call instead of three."""
    said: str = _catalogue().ugettext(sentence)
    if context.autoescape:
        said = Markup(said)  # noqa: S704 - ours, out of the catalogue; what is filled in is escaped
    return said % values if "%" in said else said


def _gettext(sentence: str) -> str:
    said: str = _catalogue().ugettext(sentence)
    return said


def _ngettext(one: str, many: str, count: int) -> str:
    said: str = _catalogue().ungettext(one, many, count)
    return said


def say(sentence: Text, **values: object) -> str:
    """A sentence of text.py or of a rule, in the request's language."""
    return sentence.say(locale(), **values)


def postal(code: str) -> str:
    """A postcode with its town, "2635 Tretten"; alone where the town is not known."""
    known = place_of_postcode(code)
    return f"{code} {known.town}" if known else code


def _day(value: date | datetime) -> date:
    return text.oslo(value).date() if isinstance(value, datetime) else value


def form_key() -> Markup:
    """A hidden field that makes a form sent twice harmless, and useless in another municipality."""
    town = g.actor.municipality_id if "actor" in g else ""
    return Markup('<input type="hidden" name="form_key" value="{}-{}">').format(town, token_urlsafe(16))
