"""E-mail addresses and phone numbers as people write them in lists."""

from __future__ import annotations

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email

from samskap.integrations import phones
from samskap.integrations.spreadsheets import Sentence
from samskap.text import Text

_AT: Final = re.compile(r"\s*[\[({]\s*(?:at|a|krøllalfa|alfakrøll)\s*[\])}]\s*|\s+(?:at|krøllalfa)\s+", re.IGNORECASE)
_DOT: Final = re.compile(r"\s*[\[({]\s*(?:dot|punktum|prikk)\s*[\])}]\s*", re.IGNORECASE)
_AROUND: Final = re.compile(r"^mailto:|^[<(\"']+|[>)\"',;.]+$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s,;/<>]+")

NOT_AN_EMAIL: Final = Text(
    nb="Dette er ikke en e-postadresse; feltet er tomt.",
    nn="Dette er ikkje ei e-postadresse; feltet er tomt.",
    en="This is not an e-mail address; the field is left empty.",
)
EMAIL_MENDED: Final = Text(
    nb="Lest som {email}.",
    nn="Lese som {email}.",
    en="Read as {email}.",
)
FIRST_EMAIL: Final = Text(
    nb="Flere adresser; bare den første, {email}, er lest.",
    nn="Fleire adresser; berre den første, {email}, er lesen.",
    en="Several addresses; only the first one, {email}, was read.",
)
SHORT_PHONE: Final = Text(
    nb="Nummeret har {digits} siffer, ikke åtte; feltet er tomt.",
    nn="Nummeret har {digits} siffer, ikkje åtte; feltet er tomt.",
    en="The number has {digits} digits, not eight; the field is left empty.",
)
NOT_A_PHONE: Final = Text(
    nb="Dette er ikke et telefonnummer i bruk; feltet er tomt.",
    nn="Dette er ikkje eit telefonnummer i bruk; feltet er tomt.",
    en="This is not a phone number in use; the field is left empty.",
)
FIRST_PHONE: Final = Text(
    nb="Flere numre; bare det første er lest.",
    nn="Fleire nummer; berre det første er lese.",
    en="Several numbers; only the first one was read.",
)
PHONE_WORDS: Final = Text(
    nb="Bare nummeret er lest, ikke ordene ved siden av.",
    nn="Berre nummeret er lese, ikkje orda ved sida av.",
    en="Only the number was read, not the words beside it.",
)


def read_email(text: str) -> tuple[str | None, Sentence | None]:
    """Give an address in lower case, or None; and what was mended, or why there is none."""
    mended = _DOT.sub(".", _AT.sub("@", text))
    parts = [_AROUND.sub("", part) for part in _BETWEEN.split(mended) if "@" in part]
    found = [address for part in parts if (address := _address(part))]
    if not found:
        return None, Sentence(NOT_AN_EMAIL)
    if len(parts) > 1:
        return found[0], Sentence(FIRST_EMAIL, {"email": found[0]})
    return found[0], None if found[0] == text.strip().casefold() else Sentence(EMAIL_MENDED, {"email": found[0]})


def _address(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized.casefold()
    except EmailNotValidError:
        return None


_WORDS: Final = re.compile(r"\([^)\d]*\)|[^\W\d_]+\.?:?")
_BETWEEN_NUMBERS: Final = re.compile(r"[/;,\n]|\s(?:og|eller|or|and)\s")


def read_phone(text: str) -> tuple[str | None, Sentence | None]:
    """Give a number as E.164, or None; and what was left out, or why there is none."""
    pieces = [piece for piece in _BETWEEN_NUMBERS.split(text) if any(char.isdigit() for char in piece)]
    found = [number for piece in pieces if (number := _e164(_WORDS.sub(" ", piece)))]
    if not found:
        return None, _why_no_phone(pieces)
    if len(found) > 1:
        return found[0], Sentence(FIRST_PHONE)
    return found[0], Sentence(PHONE_WORDS) if _WORDS.search(text) or len(pieces) > 1 else None


def _e164(text: str) -> str | None:
    try:
        return phones.read_phone(text)
    except phones.PhoneRefusedError:
        return None


def _why_no_phone(pieces: list[str]) -> Sentence:
    digits = sum(char.isdigit() for char in pieces[0]) if pieces else 0
    foreign = bool(pieces) and pieces[0].strip().startswith(("+", "00"))
    return Sentence(SHORT_PHONE, {"digits": digits}) if 0 < digits < 8 and not foreign else Sentence(NOT_A_PHONE)
