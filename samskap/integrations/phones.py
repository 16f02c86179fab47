"""Phone numbers as people write them, kept in one form (E.164)."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from samskap.text import Text

_LONGEST: Final = 40
_ALLOWED: Final = re.compile(r"[0-9+()./\s–-]+")


class PhoneRefusedError(ValueError):
    """The text is not a phone number that can be rung; `sentence` says what is wrong and what to do."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


_NOT_DIGITS: Final = Text(
    nb="Skriv telefonnummeret bare med tall, for eksempel 400 00 000.",
    nn="Skriv telefonnummeret berre med tal, til dømes 400 00 000.",
    en="Write the phone number in digits only, for example 400 00 000.",
)
_WRONG_LENGTH: Final = Text(
    nb="Et norsk telefonnummer har åtte siffer. Det du skrev, har {count}.",
    nn="Eit norsk telefonnummer har åtte siffer. Det du skreiv, har {count}.",
    en="A Norwegian phone number has eight digits. What you wrote has {count}.",
)
_NOT_IN_USE: Final = Text(
    nb="Dette er ikke et telefonnummer som er i bruk. Se etter om noe er byttet om.",
    nn="Dette er ikkje eit telefonnummer som er i bruk. Sjå etter om noko er bytt om.",
    en="This is not a phone number in use. Check whether something has been swapped.",
)
_ABROAD: Final = Text(
    nb="Dette er ikke et telefonnummer i landet som landkoden sier. Skriv det med + og landkode først.",
    nn="Dette er ikkje eit telefonnummer i landet som landkoden seier. Skriv det med + og landkode først.",
    en="This is not a phone number in the country its code says. Write it with + and the country code first.",
)


def read_phone(text: str) -> str:
    """Give the number as E.164 ("+4740000000"); PhoneRefusedError, with a sentence for the field, when it is none.

    Accepts spaces, 0047 and +47; a number without a country code is Norwegian.
    """
    typed = text.strip()
    if not typed or len(typed) > _LONGEST or not _ALLOWED.fullmatch(typed):
        raise PhoneRefusedError(_NOT_DIGITS)
    digits = re.sub(r"[^0-9+]", "", typed)
    plain = "+" + digits[2:] if digits.startswith("00") else digits
    try:
        number = phonenumbers.parse(plain, "NO")
    except phonenumbers.NumberParseException:
        raise PhoneRefusedError(_refusal(plain)) from None
    if not phonenumbers.is_valid_number(number) or _short(number):
        raise PhoneRefusedError(_refusal(plain))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _short(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a Norwegian number has fewer than eight digits (five-digit numbers are not for people)."""
    return number.country_code == 47 and (number.national_number or 0) < 10_000_000


def _refusal(plain: str) -> Text:
    if plain.startswith("+") and not plain.startswith("+47"):
        return _ABROAD
    count = len(plain.removeprefix("+47").replace("+", ""))
    if count == 8:
        return _NOT_IN_USE
    return Text(*(_WRONG_LENGTH.say(locale, count=count) for locale in ("nb", "nn", "en")))
