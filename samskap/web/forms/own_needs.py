"""The form of a citizen's own need: short, in their own words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import ValidationError

from samskap.models import Audience, Consent, ConsentGiven, Times, WordKind
from samskap.services import kinds, terms
from samskap.services.needs import ConsentWords, NeedWords
from samskap.text import today
from samskap.web.forms.base import Filled, Form, line, paragraph, pick, radios
from samskap.web.forms.places import ELSEWHERE, PlaceMixin, place_typed
from samskap.web.forms.times import TimesMixin
from samskap.web.words import say

USUAL = (
    "visiting_friend", "walking_friend", "phone_friend", "digital_home", "errands", "appointment_companion",
    "meal_company",
)  # fmt: skip
"""What most people ask for; the rest comes out on a press."""


class OwnNeedForm(TimesMixin, PlaceMixin, Form):
    """What a citizen writes for themselves: short, in their own words."""

    kind = radios(_l("Hva trenger du noen til?"), Filled(_l("Velg det som ligner mest.")))
    goal = line(_l("Hva er viktig for deg?"), most=300)
    task = paragraph(_l("Fortell litt mer"), most=2_000, required=True)
    place = pick(_l("Sted"), Filled(_l("Sted må velges.")))
    postcode = line(_l("Postnummer"), most=4)
    how_often = line(_l("Hvor ofte"), most=120)
    wish_gender = radios(_l("Vil du helst møte en kvinne eller en mann?"))
    wish_reason = line(_l("Hvorfor"), most=300)
    agrees = BooleanField(
        _l("Jeg vil at kommunen leter etter noen for meg. Ingen får vite hvem jeg er før begge har sagt ja."),
        [Filled(_l("Kryss av for at kommunen kan lete etter noen for deg."))],
    )
    covers_publication = BooleanField(_l("Behovet kan vises åpent på nett, uten navn"))

    def fill(self) -> None:
        """Put in the choices of this municipality."""
        self.fill_places()
        self.kind.choices = [(kind.key, say(kind.label)) for kind in kinds_for_oneself()]
        self.wish_gender.choices = [
            ("", _("Det spiller ingen rolle")),
            ("f", _("Helst en kvinne")),
            ("m", _("Helst en mann")),
        ]

    def validate_wish_reason(self, field: StringField) -> None:
        """A wish has a reason."""
        if self.wish_gender.data and not field.data:
            raise ValidationError(_("Skriv hvorfor. Det kan være kort."))

    was: NeedWords | None = None
    """The need that is changed: what a coordinator or the kind of task has decided stays as it was."""

    def words(self) -> NeedWords:
        """The form as the service takes it; the defaults come with the kind of task."""
        kind = kinds.kind(self.kind.data)
        place, postcode = self.where()
        windows = self.windows(lasts=round(kind.hours * 60))
        same_kind = self.was is not None and self.was.kind == kind.key
        before = self.was if self.was is not None else NeedWords(kind=kind.key, title="")
        return replace(
            before,
            kind=kind.key,
            title=before.title if same_kind else say(kind.label),
            goal=self.goal.data or "",
            task=self.task.data or "",
            mode=before.mode if same_kind else kind.mode,
            preferred=before.preferred if same_kind else terms.ids_of(g.db, WordKind.RESOURCE, kind.skills),
            place=place,
            postcode=postcode,
            times=Times.ANY if windows else Times.NONE,
            windows=windows,
            how_often=self.how_often.data or "",
            wish_gender=self.wish_gender.data or None,
            wish_reason=self.wish_reason.data or "",
            consent=ConsentWords(
                given=ConsentGiven.SELF,
                given_on=today(g.now),
                covers_publication=self.covers_publication.data,
            ),
        )


def as_typed(words: NeedWords, consent: Consent | None) -> dict[str, Any]:
    """A need that is there, as the form's fields."""
    place = place_typed(words.place, words.postcode)
    return {
        "kind": words.kind,
        "goal": words.goal,
        "task": words.task,
        "place": place,
        "postcode": words.postcode if place == ELSEWHERE else "",
        "how_often": words.how_often,
        "wish_gender": words.wish_gender or "",
        "wish_reason": words.wish_reason,
        "agrees": consent is not None,
        "covers_publication": bool(consent and consent.covers_publication),
    }


def kinds_for_oneself() -> list[kinds.KindOfTask]:
    """Kinds of task that one person may ask for; what most people ask for comes first."""
    usual = [kinds.kind(key) for key in USUAL]
    return [*usual, *(kind for kind in kinds.kinds() if kind.audience is Audience.PERSON and kind not in usual)]
