"""Where someone lives or something happens: a postcode, or the place that stands in for a broken one."""

from __future__ import annotations

import re
from typing import Final

from samskap.integrations.places import place_of_name, place_of_postcode
from samskap.integrations.spreadsheets import Sentence
from samskap.services.imports.columns import Field
from samskap.services.imports.row import Row
from samskap.services.vocabulary import fold
from samskap.text import Text

_CODE: Final = re.compile(r"(?<!\d)(?:N-|NO-)?(\d{4})(?!\d)")
_DIGITS: Final = re.compile(r"(?<!\d)(\d{1,6})(?!\d)")

PLACE_STOOD_IN: Final = Text(
    nb="«{written}» er ikke et postnummer; stedet {place} er brukt ({code}).",
    nn="«{written}» er ikkje eit postnummer; staden {place} er brukt ({code}).",
    en="“{written}” is not a postcode; the place {place} was used ({code}).",
)
NO_POSTCODE: Final = Text(
    nb="«{written}» er ikke et postnummer, og stedet er ikke kjent; feltet er tomt.",
    nn="«{written}» er ikkje eit postnummer, og staden er ikkje kjend; feltet er tomt.",
    en="“{written}” is not a postcode, and the place is not known; the field is left empty.",
)
UNKNOWN_PLACE: Final = Text(
    nb="Stedet «{place}» er ikke kjent; postnummeret er tomt.",
    nn="Staden «{place}» er ikkje kjend; postnummeret er tomt.",
    en="The place “{place}” is not known; the postcode is left empty.",
)
OTHER_PLACE: Final = Text(
    nb="{code} er {known}, ikke {place}; postnummeret er brukt.",
    nn="{code} er {known}, ikkje {place}; postnummeret er brukt.",
    en="{code} is {known}, not {place}; the postcode was used.",
)
ZERO_LOST: Final = Text(
    nb="Lest som {code}: regnearket har tatt bort nullen først.",
    nn="Lese som {code}: reknearket har teke bort nullen først.",
    en="Read as {code}: the spreadsheet has taken away the zero in front.",
)


def read_place(row: Row, *, near: str) -> str | None:
    """Give the postcode of a row: what is written, else that of the place; with a warning when it is not as written.

    `near` is the number of the municipality whose places are meant first.
    """
    place_heading, place = row.text(Field.PLACE)
    for heading, written in row.texts(Field.POSTCODE):
        code, why = _postcode(written, place, near)
        row.warn(heading, why)
        return code
    if not place:
        return None
    code = _in_text(place) or _stands_for(place, near)
    row.warn(place_heading, None if code else Sentence(UNKNOWN_PLACE, {"place": place}))
    return code


def _postcode(written: str, place: str, near: str) -> tuple[str | None, Sentence | None]:
    code = _in_text(written)
    if code:
        return code, _other_place(code, place, near)
    digits = _DIGITS.search(written)
    whole = digits[1].zfill(4) if digits and len(digits[1]) == 3 else ""
    if place and fold(_town(whole)) == fold(place):
        return whole, Sentence(ZERO_LOST, {"code": whole})
    name = place or _DIGITS.sub("", written).strip(" ,-")
    stands_in = _stands_for(name, near)
    if stands_in:
        values = {"written": written, "place": name, "code": stands_in}
        return stands_in, Sentence(PLACE_STOOD_IN, values)
    return None, Sentence(NO_POSTCODE, {"written": written})


def _in_text(text: str) -> str | None:
    """The last postcode in the text, as in an address."""
    codes = [code for code in _CODE.findall(text) if place_of_postcode(code)]
    return codes[-1] if codes else None


def _stands_for(name: str, near: str) -> str | None:
    found = place_of_name(name, near=near) if name else None
    return found.postcode if found else None


def _town(code: str) -> str:
    known = place_of_postcode(code)
    return known.town if known else ""


def _other_place(code: str, place: str, near: str) -> Sentence | None:
    """A place that is known by another postcode than the one that is written."""
    known = _town(code)
    meant = place_of_name(place, near=near) if place else None
    if (
        meant is None
        or meant.postcode == code
        or fold(place) == fold(known)
        or fold(_town(meant.postcode)) == fold(known)
    ):
        return None
    return Sentence(OTHER_PLACE, {"code": code, "known": known, "place": place})
