"""Where something happens: a settlement of the municipality, or a postcode elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g
from flask_babel import gettext as _
from wtforms import Field, SelectField, StringField
from wtforms.validators import ValidationError

from samskap.integrations.places import Settlement, municipality, place_of_name, place_of_postcode

ELSEWHERE = "other"


def settlements_here() -> tuple[Settlement, ...]:
    """The settlements of this municipality."""
    known = municipality(g.municipality.code)
    return known.settlements if known else ()


def must_be_postcode(field: Field) -> None:
    """ValidationError unless the four figures are a postcode that exists."""
    if place_of_postcode(field.data or "") is None:
        raise ValidationError(_("Postnummer må ha fire siffer og være et som finnes, for eksempel 2635."))


def place_typed(place: str, postcode: str | None) -> str:
    """The choice that stands for a place that is saved."""
    if place in {one.name for one in settlements_here()}:
        return place
    return ELSEWHERE if postcode else ""


class PlaceMixin:
    """Where: one of the settlements, or another place by its postcode."""

    place: SelectField
    postcode: StringField

    def fill_places(self) -> None:
        """The settlements as choices."""
        names: Iterable[str] = (one.name for one in settlements_here())
        self.place.choices = [
            ("", _("Velg sted")),
            *((name, name) for name in names),
            (ELSEWHERE, _("Et annet sted")),
        ]

    def where(self) -> tuple[str, str | None]:
        """The name of the place and its postcode."""
        if self.place.data == ELSEWHERE:
            town = place_of_postcode(self.postcode.data or "")
            return (town.town if town else "", town.code if town else None)
        found = place_of_name(self.place.data or "", near=g.municipality.code)
        return (self.place.data or "", found.postcode if found else None)

    def validate_postcode(self, field: StringField) -> None:
        """A postcode is asked for only where the place is another."""
        if self.place.data == ELSEWHERE:
            must_be_postcode(field)
        elif field.data:
            raise ValidationError(_("Postnummer: velg «Et annet sted» over, eller la feltet stå tomt."))
