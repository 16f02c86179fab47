"""The smallest application that can show every component: no database, no log-in; real assets, real headers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, Response, flash, g, render_template, request
from flask_babel import Babel
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length, Optional

from matching.week import Week
from samskap.text import as_locale, phone
from samskap.web.assets import init_assets
from samskap.web.drawing import PointsPart, points_bar, ring, week_picture
from samskap.web.fields import DayMonthYearField
from samskap.web.frame import LanguageLink, Link, RoleChoice, SignedIn
from samskap.web.week_form import read_week, show_week
from tests.browser import ROOT


def options(words: dict[str, str]) -> list[SelectChoice]:
    """Values with their labels, as WTForms takes them."""
    return [SelectChoice(value, label) for value, label in words.items()]


class ShowcaseForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    phone = StringField("Telefonnummer", [InputRequired("Telefonnummer må fylles ut."), Length(max=12)])
    about = TextAreaField("Om deg", [Optional()])
    place = SelectField("Område", choices=options({"": "Velg", "tretten": "Tretten", "oyer": "Øyer"}))
    mode = RadioField(
        "Hvor vil du møtes?",
        [InputRequired("Velg hvor dere skal møtes.")],
        choices=options({"home": "Hjemme", "out": "Ute", "phone": "På telefon"}),
    )
    gives = SelectMultipleField(
        "Hva kan du bidra med?",
        [InputRequired("Velg minst én ting.")],
        widget=widgets.ListWidget(),
        option_widget=widgets.CheckboxInput(),
        choices=options({"walk": "Gå tur sammen", "drive": "Kjøre til noe", "visit": "Besøk og prat"}),
    )
    born = DayMonthYearField("Fødselsdato", [InputRequired("Fødselsdato må fylles ut.")])
    people = IntegerField("Hvor mange?", [Optional()])
    varies = BooleanField("Det varierer fra uke til uke. Spør meg heller fra gang til gang.")


DAY = 24 * 60
FREE = [(d * DAY + a * 60, d * DAY + b * 60) for d, a, b in ((0, 9, 12), (1, 9, 13), (3, 9, 12), (4, 10, 14))]
TAKEN = [(2 * DAY + 9 * 60, 2 * DAY + 12 * 60)]
ASKED = [(d * DAY + 600, d * DAY + 660) for d in (1, 3)]
PARTS = (
    PointsPart("Kan", 27, 30, "Tre av tre ønsker: turvant, tålmodig, kjent på Tretten"),
    PointsPart("Nærhet", 23, 25, "Omtrent 1 km, rekker 8 km"),
    PointsPart("Interesser", 13, 20, "To av tre felles interesser"),
    PointsPart("Ventet", 13, 15, "41 dager uten avtale"),
    PointsPart("Tid", 10, 10, "Begge tidene passer"),
)


HAS = Week.from_spans(
    [(DAY + 8 * 60, DAY + 12 * 60), (3 * DAY + 8 * 60, 3 * DAY + 11 * 60 + 30), (5 * DAY + 600, 5 * DAY + 840)]
)


@dataclass(frozen=True)
class Choice:
    """A box of a searchable list."""

    value: str
    label: str
    words: str
    checked: bool = False
    hint: str = ""
    tag: str = ""


GROUPS = (
    (
        "Være sammen",
        (
            Choice("visit", "Besøk og prat", "besøk og prat kaffe selskap company", hint="Hjemme eller på telefon"),
            Choice("walk", "Gå tur sammen", "gå tur sammen turvenn spasere walking", checked=True),
        ),
    ),
    (
        "Kjøre og følge",
        (
            Choice("drive", "Kjøre til noe", "kjøre til noe bil sjåfør skyss driving", tag="Trengs nå"),
            Choice("shop", "Handle sammen", "handle sammen butikk innkjøp shopping"),
        ),
    ),
)


class Town:
    """What base.html reads of a municipality."""

    name = "Øyer kommune"
    theme = "dalen"
    phone = "+4740000000"


def frame(locale: str) -> dict[str, Any]:
    """What stands around the page for a coordinator who is also a volunteer."""
    names = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
    return {
        "locale": locale,
        "municipality": Town,
        "menu": [Link("Arbeidsliste", "/", current=True), Link("Behov", "/behov"), Link("Frivillige", "/frivillige")],
        "languages": [LanguageLink(code, name, f"?lang={code}", code == locale) for code, name in names.items()],
        "signed_in": SignedIn(
            name="Mona Lien",
            role="koordinator",
            log_out_url="/logg-ut",
            switch_url="/rolle",
            others=(RoleChoice("frivillig", "volunteer"),),
        ),
    }


def pictures() -> dict[str, Any]:
    """Data for the drawings."""
    return {
        "parts": points_bar(PARTS),
        "picture": week_picture(free=FREE, asked=ASKED, taken=TAKEN, locale="nb"),
        "page_url": lambda page: f"?side={page}",
        "rings": [ring(used=0.85, haste="soon"), ring(used=1.4, haste="late"), ring(used=0.3)],
        "crumb_links": [Link("Arbeidsliste", "/"), Link("Turvenn på Tretten", "", current=True)],
    }


def showcase_app() -> Flask:
    """An application with one page of components, a form that refuses, and a page for each error."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY=secrets.token_hex(), TESTING=True)
    init_assets(app)
    Babel(app, locale_selector=lambda: request.args.get("lang", "nb"))
    app.jinja_env.globals.update(csrf_token=generate_csrf, csp_nonce=lambda: g.nonce, form_key=lambda: "")
    app.jinja_env.filters.update(
        phone=phone, dial="tel:{}".format, capitalized=lambda said: said[:1].upper() + said[1:]
    )
    app.before_request(new_nonce)
    app.after_request(strict)

    @app.get("/")
    def showcase() -> str:
        form = ShowcaseForm(data={"born": date(1961, 3, 5), "mode": "out", "gives": ["walk"]})
        if "flash" in request.args:
            flash("Lagret kl. 14.32.", "success")
        return render_template(
            "components/showcase.html", form=form, **pictures(), **frame(request.args.get("lang", "nb"))
        )

    @app.post("/")
    def refuse() -> str:
        form = ShowcaseForm(meta={"csrf": False})
        form.validate()
        return render_template("components/showcase.html", form=form, **pictures(), **frame("nb"))

    @app.route("/uka", methods=["GET", "POST"])
    def week() -> str:
        locale = as_locale(request.args.get("lang"))
        read = read_week(request.form, locale=locale) if request.method == "POST" else None
        shown = show_week(read.week if read else HAS, locale=locale, read=read)
        return render_template("components/showcase_week.html", week=shown, form=ShowcaseForm(), **frame(locale))

    @app.route("/velg", methods=["GET", "POST"])
    def choose() -> str:
        return render_template("components/showcase_choose.html", groups=GROUPS, form=ShowcaseForm(), **frame("nb"))

    @app.get("/feil/<int:code>")
    def fail(code: int) -> tuple[str, int]:
        return render_template(f"errors/{code}.html"), code

    return app


def new_nonce() -> None:
    """A nonce for the scripts of one response."""
    g.nonce = secrets.token_urlsafe(16)


def strict(response: Response) -> Response:
    """The policy that the service sends with every page."""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{g.nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
