"""The main job from end to end, as newcomers meet it: one story on a desk and on phones, in three languages.

A new citizen signs up; a need is written, published and matched; a coordinator approves; both say yes; the declaration
is signed, contact is opened, and a first meeting is agreed. Nobody learns who the recipient is before both say yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser

from samskap.models import WordKind
from samskap.services import kinds, legal_texts, vocabulary
from samskap.text import Locale
from tests.browser import DESK, PHONE, Visitor, serving
from tests.journeys.demo_town import demo_app
from tests.journeys.story import Visiting, visiting

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday at ten in the morning, when notices go out."""
PASSWORD = "fire ord som ikke hører sammen"
COORDINATOR, PROFESSIONAL, RECIPIENT = "Ingrid Moen", "Ane Solbakken", "Tor Bakken"
PHONE_IN_WORDS, MEETING_PLACE = "400 01 234", "Prøvevegen 7"


@dataclass(frozen=True)
class Town:
    """The demo municipality while it is served. `post` sends what waits in the outbox."""

    address: str
    post: Callable[[], None]
    letters: Callable[[], list[str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with demo_app(tmp_path_factory.mktemp("demo"), clock=lambda: NOW) as app, serving(app) as address:
        yield Town(address, app.extensions["worker"].run_once, lambda: letters(app))


def letters(app: Flask) -> list[str]:
    """Everything that has been sent to anybody."""
    return [file.read_text("utf-8") for file in app.extensions["config"].mail_folder.glob("*.eml")]


@dataclass(frozen=True)
class Telling:
    """One telling of the story: in which language, on what, and whose need it is."""

    locale: Locale
    visitor: Visitor
    own: bool
    """The recipient asks in person; else a professional asks for somebody who has no log-in."""
    name: str
    email: str


TELLINGS = (
    Telling("nb", DESK, False, "Berit Prøvestad", "berit@prove.example"),
    Telling("nn", PHONE, True, "Gudrun Prøvestad", "gudrun@prove.example"),
    Telling("en", PHONE, False, "Wendy Provestad", "wendy@prove.example"),
    Telling("nb", replace(PHONE, script=False), True, "Jorunn Prøvestad", "jorunn@prove.example"),
)


@pytest.mark.parametrize("telling", TELLINGS, ids=lambda one: f"{one.locale}-{one.visitor}")
def test_from_signing_up_to_a_first_meeting(chromium: Browser, town: Town, telling: Telling) -> None:
    def comes(called: str) -> Visiting:
        return visiting(chromium, town.address, called, telling.visitor, telling.locale)

    volunteer, other, desk = comes("volunteer"), comes("other"), comes("desk")
    sign_up(volunteer, town, telling)
    need = write_own_need(other) if telling.own else write_need(other)
    desk.is_demo_person(COORDINATOR)
    if telling.own:
        publish(desk, need)
    make_ready(desk, telling)
    approve(desk, need, telling)
    town.post()
    say_yes(volunteer)
    town.post()
    nobody_is_named(town, [volunteer], recipient_of(telling))
    nobody_is_named(town, [other], (telling.name, PHONE_IN_WORDS))
    say_yes_too(other, telling)
    town.post()
    nobody_is_named(town, [volunteer], recipient_of(telling))
    sign(volunteer)
    see_each_other(volunteer, other, telling)
    meet(volunteer, other)
    town.post()
    nobody_is_named(town, [], (*recipient_of(telling), telling.name, PHONE_IN_WORDS, kind_of(telling.locale)))


def recipient_of(telling: Telling) -> tuple[str, ...]:
    """Name, phone and meeting place of the one whom the volunteer will meet."""
    return (
        (RECIPIENT, MEETING_PLACE) if telling.own else ("Solveig Prøvebakken", "400 07 654", "40007654", MEETING_PLACE)
    )


def nobody_is_named(town: Town, who: Sequence[Visiting], secrets: Sequence[str]) -> None:
    """None of these words has been on a page that these people came to, nor in any letter."""
    for secret in secrets:
        assert [one.called for one in who if any(secret in page for page in one.saw)] == []
        assert not any(secret in letter for letter in town.letters())


def sign_up(volunteer: Visiting, town: Town, telling: Telling) -> None:
    """A new account, four short steps, sent in; and the address shown to be hers through the e-mail."""
    volunteer.follow("Jeg vil bidra")
    volunteer.writes("Navn", telling.name)
    volunteer.writes("E-post", telling.email)
    volunteer.writes("Passord", PASSWORD)
    volunteer.press("Lag konto")
    volunteer.writes("Postnummer", "2635")
    volunteer.ticks("Bil")
    volunteer.press("Neste steg")
    for key in ("driving", "errands"):
        volunteer.ticks(label_of(key, telling.locale))
    volunteer.press("Neste steg")
    volunteer.press("Dagtid")
    volunteer.press("Neste steg")
    volunteer.writes_date("born", "5", "3", "1961")
    volunteer.writes("Telefon", PHONE_IN_WORDS)
    volunteer.press("Neste steg")
    volunteer.sees("Se over før du sender")
    volunteer.press("Send inn")
    town.post()
    confirm_address(volunteer, telling)


def label_of(key: str, locale: Locale) -> str:
    return vocabulary.word(WordKind.RESOURCE, key).label.say(locale)


def kind_of(locale: Locale) -> str:
    return kinds.kind("errands").label.say(locale)


def confirm_address(volunteer: Visiting, telling: Telling) -> None:
    """Follow the link in the e-mail, which the demo shows on a page."""
    volunteer.opens("/demo/post")
    link = volunteer.page.locator("article", has_text=telling.email).locator("a").first
    there = urlsplit(str(link.get_attribute("href")))
    volunteer.opens(f"{there.path}?{there.query}")
    volunteer.press("Ja, adressen er min")


def write_own_need(recipient: Visiting) -> str:
    """A recipient asks for somebody; the path of the need."""
    recipient.is_demo_person(RECIPIENT)
    recipient.follow("Jeg trenger noen")
    recipient.ticks(kind_of(recipient.locale))
    recipient.writes("Fortell litt mer", "Jeg trenger noen som kan handle mat for meg en gang i uka.")
    recipient.chooses("Sted", "Tretten")
    recipient.unfolds("Når passer det?")
    recipient.press("Dagtid")
    recipient.ticks("Jeg vil at kommunen leter etter noen for meg. Ingen får vite hvem jeg er før begge har sagt ja.")
    recipient.press("Send inn")
    links = recipient.page.locator("main a[href^='/behov/']").all()
    return max((str(link.get_attribute("href")).partition("?")[0] for link in links), key=number_in)


def number_in(path: str) -> int:
    """The number at the end of an address; the newest thing has the highest."""
    return int(path.rpartition("/")[2])


def write_need(professional: Visiting) -> str:
    """A professional asks for somebody who has said yes to it; the path of the need."""
    professional.is_demo_person(PROFESSIONAL)
    professional.menu("Nytt behov")
    professional.follow(kind_of(professional.locale))
    professional.writes("Hva skal gjøres?", "Handle mat for en person en gang i uka, og slå av en prat.")
    professional.chooses("Sted", "Tretten")
    professional.ticks("Én av tidene under er nok")
    professional.press("Dagtid")
    professional.ticks("Muntlig")
    professional.writes("Når ble samtykket gitt?", NOW.date().isoformat())
    professional.press("Lagre og se")
    professional.sees("Slik ser innbyggerne det")
    professional.press("Publiser")
    return professional.path()


def publish(desk: Visiting, need: str) -> None:
    """The coordinator reads what has come in, and publishes it."""
    desk.follow("Behov til gjennomlesing")
    desk.go(need)
    desk.press("Publiser")


def make_ready(desk: Visiting, telling: Telling) -> None:
    """The coordinator has spoken with the new one."""
    desk.menu("Frivillige")
    desk.writes("Navn", telling.name)
    desk.press("Søk")
    desk.follow(telling.name)
    desk.press("Gjør klar")


def approve(desk: Visiting, need: str, telling: Telling) -> None:
    """The coordinator finds the new one first among those who can, without scrolling."""
    desk.menu("Behov")
    desk.go(need)
    desk.follow("Se hvem som kan")
    desk.sees(telling.name)
    assert desk.has_before_them("Godkjenn og spør")
    desk.unfolds("Mer om behovet")
    desk.press("Godkjenn og spør")
    desk.sees("%(name)s er spurt, og svarer selv ja eller nei.", name=telling.name)


def say_yes(volunteer: Visiting) -> None:
    """The volunteer is asked, must read about the insurance, and says yes."""
    volunteer.menu("Min side")
    volunteer.follow("Se og svar")
    volunteer.sees("Vil du være med på dette?")
    volunteer.press("Ja, jeg vil hjelpe")
    volunteer.sees("Kryss av for at du har lest om forsikring før du sier ja.")
    volunteer.ticks("Jeg har lest om forsikring")
    volunteer.press("Ja, jeg vil hjelpe")
    volunteer.sees("Du svarte ja")


def say_yes_too(other: Visiting, telling: Telling) -> None:
    """The recipient, or the professional on behalf of the recipient, says yes, and where to meet."""
    other.menu("Min side" if telling.own else "Mine behov")
    other.follow(kind_of(telling.locale))
    if not other.path().startswith("/avtaler/"):
        other.follow("Avtale fra %(day)s", day="")
    other.follow("Ja, det passer")
    if not telling.own:
        name, phone, *_rest = recipient_of(telling)
        other.writes("Navnet på den som skal møtes", name)
        other.writes("Telefon til den som skal møtes", phone)
    other.writes("Hvor kan dere møtes?", MEETING_PLACE)
    other.press("Ja, det passer")
    other.sees("Den frivillige skal signere taushetserklæringen. Så åpnes kontaktopplysningene.")


def sign(volunteer: Visiting) -> None:
    """The volunteer reads the declaration and signs it; contact is opened at once."""
    volunteer.menu("Min side")
    volunteer.follow(kind_of(volunteer.locale))
    volunteer.follow("Les og signer")
    volunteer.ticks(legal_texts.declaration().sign.say(volunteer.locale))
    volunteer.press("Signer")


def see_each_other(volunteer: Visiting, other: Visiting, telling: Telling) -> None:
    """Both have the other's name and number before them, and can see who has seen what."""
    other.again()
    for secret in recipient_of(telling)[:2]:
        volunteer.sees(secret)
    for secret in (telling.name, PHONE_IN_WORDS):
        other.sees(secret)
    for one in (volunteer, other):
        one.unfolds("Hvem har sett hva")
    volunteer.sees("Du fikk se kontaktopplysningene til mottakeren.")
    other.sees("Du fikk se kontaktopplysningene til den frivillige.")


def meet(volunteer: Visiting, other: Visiting) -> None:
    """The volunteer suggests a time, the other side agrees, and both have it before them."""
    volunteer.follow("Foreslå en tid")
    volunteer.writes("Dato", "2026-12-01")
    volunteer.writes("Fra kl.", "11")
    volunteer.writes("Til kl.", "12.30")
    volunteer.press("Foreslå tiden")
    volunteer.sees("Foreslått. Den andre siden har ikke svart ennå.")
    other.again()
    other.press("Tiden passer")
    volunteer.again()
    for one in (volunteer, other):
        one.sees("Avtalt.")
