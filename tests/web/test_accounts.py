"""Logging in, out and up, as somebody at a browser meets it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config import Config
from samskap.models import LOCAL, Account, LoginSession, Membership, Person, Standing
from samskap.permissions import Role
from samskap.services import accounts, passwords
from samskap.web import tries
from samskap.web.forms.base import printable
from samskap.workflows.notice import Notice
from tests.at_once import at_once
from tests.cast import Someone, a_person
from tests.databases import Database, fresh
from tests.letters import letters_to, link_to
from tests.page import BASE, Page
from tests.town import Town, keep

PASSWORD = "hest lampe skog brev"
WRONG = "noe helt annet enn det"
KEPT = passwords.hashed(PASSWORD)
NO = "E-postadressen eller passordet stemmer ikke. Prøv igjen, eller velg «Glemt passord»."


@pytest.fixture
def eva(eva: Someone) -> Someone:
    """A citizen who has a password."""
    with keep(eva.town.db):
        eva.account.password_hash = KEPT  # type: ignore[union-attr]
    return eva


def at_a_new_browser(who: Someone) -> Page:
    """A browser in which nobody has been."""
    return Page(who.app.test_client(), who.town.db)


def logs_in(who: Someone, password: str = PASSWORD, *, browser: Page | None = None, where: str = "/logg-inn") -> Page:
    """Somebody types an address and a password."""
    page = (browser or at_a_new_browser(who)).opens(where)
    page.fill("E-postadresse", "eva@øyer.example").fill("Passord", password)
    return page.press("Logg inn", beside="Glemt passord")


def sends(who: Someone, path: str, **fields: str) -> TestResponse:
    """What a program sends that has opened the form: any bytes at all."""
    page = who.opens("/logg-inn" if who.account is None else "/konto")
    token = page.html.split('csrf_token" value="')[1].split('"')[0]
    body = "&".join(
        f"{name}={quote(value, errors='surrogatepass')}" for name, value in {**fields, "csrf_token": token}.items()
    )
    headers = {"Referer": BASE, "Content-Type": "application/x-www-form-urlencoded"}
    return who.browser.post(path, data=body, headers=headers)


def token_in(browser: FlaskClient) -> str:
    with browser.session_transaction(base_url=BASE) as cookie:
        return str(cookie.get("_user_id", ""))


# ---------------------------------------------------------------- logging in and out


def test_the_front_page_leads_to_the_log_in(stranger: Someone) -> None:
    page = stranger.opens("/").follow("Logg inn")
    assert page.heading == "Logg inn"
    assert page.buttons() == ["Logg inn"]


def test_the_right_password_leads_home(eva: Someone) -> None:
    page = logs_in(eva)
    assert page.statuses == [303, 303, 200]
    assert page.url.startswith("/min-side")


def test_an_address_may_be_written_in_capitals_and_with_blanks_around(eva: Someone) -> None:
    page = at_a_new_browser(eva).opens("/logg-inn")
    page.fill("E-postadresse", "  EVA@Øyer.example ").fill("Passord", PASSWORD)
    assert page.press("Logg inn", beside="Glemt passord").status == 200


def test_blanks_around_a_password_count(eva: Someone) -> None:
    assert logs_in(eva, f" {PASSWORD}").errors() == [NO]


def test_a_wrong_password_is_told_of_and_the_address_is_kept(eva: Someone) -> None:
    page = logs_in(eva, WRONG)
    assert (page.status, page.errors()) == (422, [NO])
    assert page.value("E-postadresse") == "eva@øyer.example"
    assert WRONG not in page.html


def test_nothing_typed_is_told_of_beside_each_field(stranger: Someone) -> None:
    page = stranger.opens("/logg-inn").press("Logg inn", beside="Glemt passord")
    assert (page.status, page.errors()) == (422, ["E-postadresse må fylles ut.", "Passord må fylles ut."])


@pytest.mark.parametrize(
    "typed", ["\x00", "eva@øyer.example\x00", "' OR 1=1--", "x" * 10_000, "\u202eeva", "{{7*7}}", "\ud800", "\u2028"]
)
def test_whatever_is_typed_is_answered_with_no_trace(stranger: Someone, typed: str) -> None:
    answer = sends(stranger, "/logg-inn", email=typed, password=typed)
    assert answer.status_code == 422
    answer = sends(stranger, "/logg-inn", email="eva@øyer.example", password=typed, next=typed)
    assert answer.status_code == 422


def test_logging_in_gives_another_session_and_the_one_before_is_dead(eva: Someone) -> None:
    eva.opens("/konto")
    first = token_in(eva.browser)
    assert sends(eva, "/logg-inn", email="eva@øyer.example", password=PASSWORD).status_code == 303
    assert token_in(eva.browser) not in ("", first)
    assert eva.town.db.scalar(select(func.count(LoginSession.id))) == 1


def test_what_a_stranger_put_in_a_cookie_is_not_taken_along(eva: Someone) -> None:
    browser = eva.app.test_client()
    browser.get("/logg-inn?lang=nn")
    with browser.session_transaction(base_url=BASE) as cookie:
        planted = cookie["csrf_token"]
        cookie["_user_id"] = "a token that somebody else knows"
    logs_in(eva, browser=Page(browser, eva.town.db), where="/logg-inn")
    with browser.session_transaction(base_url=BASE) as cookie:
        assert cookie["_user_id"] != "a token that somebody else knows"
        assert cookie.get("csrf_token") != planted
        assert cookie["locale"] == "nn"


def test_logging_out_ends_the_session_on_our_side(eva: Someone) -> None:
    browser = eva.app.test_client()
    logs_in(eva, browser=Page(browser, eva.town.db))
    kept = browser.get_cookie("__Host-samskap", domain="samskap.example")
    assert kept is not None
    page = Page(browser, eva.town.db).opens("/konto").press("Logg ut", beside="Du er")
    assert page.says("Du er logget ut.")
    replayed = eva.app.test_client()
    replayed.set_cookie("__Host-samskap", kept.value, domain="samskap.example", secure=True)
    answer = replayed.get("/konto")
    assert (answer.status_code, answer.location) == (302, "/logg-inn?next=/konto")


def test_logging_out_asks_the_browser_to_forget(eva: Someone) -> None:
    answer = sends(eva, "/logg-ut")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_somebody_who_was_away_too_long_is_told_and_led_back(eva: Someone) -> None:
    browser = eva.app.test_client()
    logs_in(eva, browser=Page(browser, eva.town.db))
    eva.town.clock.moves(minutes=61)
    page = Page(browser, eva.town.db).opens("/konto/passord")
    assert page.heading == "Logg inn"
    assert page.says("Du er logget ut, fordi det er en stund siden sist eller noe ved kontoen er endret.")
    assert logs_in(eva, browser=page, where=page.url).url == "/konto/passord"


def test_every_minute_of_use_is_worth_an_hour(eva: Someone) -> None:
    browser = eva.app.test_client()
    logs_in(eva, browser=Page(browser, eva.town.db))
    for _ in range(11):
        eva.town.clock.moves(minutes=60)
        assert Page(browser, eva.town.db).opens("/konto").heading == "Kontoen din"
    eva.town.clock.moves(minutes=60, seconds=1)
    assert Page(browser, eva.town.db).opens("/konto").heading == "Logg inn"


def test_cookies_are_locked_to_this_host_and_to_https(eva: Someone) -> None:
    browser = eva.app.test_client()
    logs_in(eva, browser=Page(browser, eva.town.db))
    for name in ("__Host-samskap", "__Host-samskap-kjent"):
        cookie = browser.get_cookie(name, domain="samskap.example")
        assert cookie is not None, name
        assert (cookie.secure, cookie.http_only, cookie.same_site, cookie.path) == (True, True, "Lax", "/")
        assert len(cookie.value) < 4_096


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.no", "/\\evil.no", "https:evil.no", "https://evil.no/konto", "/\t/evil.no", "javascript:alert(1)",
        "///evil.no", "/ok\r\nSet-Cookie:a=b", "\\\\evil.no", "evil.no", "/%09/evil.no", "/%5cevil.no",
        "//samskap.example@evil.no", "/" + "x" * 500,
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site_after_logging_in(eva: Someone, wanted: str) -> None:
    page = at_a_new_browser(eva).opens("/logg-inn", next=wanted)
    page.fill("E-postadresse", "eva@øyer.example").fill("Passord", PASSWORD).press("Logg inn", beside="Glemt passord")
    assert page.url.startswith("/min-side")


@pytest.mark.parametrize("wanted", ["/konto", "/konto?side=2", "/konto/passord?x=%C3%A6"])
def test_one_is_led_to_our_own_pages_after_logging_in(eva: Someone, wanted: str) -> None:
    page = at_a_new_browser(eva).opens("/logg-inn", next=wanted)
    page.fill("E-postadresse", "eva@øyer.example").fill("Passord", PASSWORD).press("Logg inn", beside="Glemt passord")
    assert page.url == wanted


def test_a_log_in_where_one_is_nobody_begins_where_one_is_somebody(oyer: Town, jon: Someone) -> None:
    with keep(jon.town.db):
        jon.account.password_hash = KEPT  # type: ignore[union-attr]
    page = Page(jon.app.test_client(), oyer.db).opens("/logg-inn")
    page.fill("E-postadresse", str(jon.account.email)).fill("Passord", PASSWORD)  # type: ignore[union-attr]
    assert "Gausdal kommune" in page.press("Logg inn", beside="Glemt passord").title


def test_an_account_that_is_nobody_here_is_asked_to_join(oyer: Town, eva: Someone) -> None:
    with keep(oyer.db):
        oyer.db.delete(oyer.db.get_one(Person, eva.id))
        oyer.db.delete(oyer.db.scalars(select(Standing)).one())
    page = logs_in(eva, where="/logg-inn?next=/konto")
    assert page.heading == "Bli med i Øyer kommune"
    page.fill("Navn", "Eva E.").press("Bli med")
    assert page.heading == "Kontoen din"
    assert oyer.db.scalars(select(Person.name)).all() == ["Eva E."]


# ---------------------------------------------------------------- throttled


def test_after_five_wrong_ones_one_waits_and_then_the_right_one_opens(eva: Someone) -> None:
    browser = at_a_new_browser(eva)
    for _ in range(5):
        assert logs_in(eva, WRONG, browser=browser).status == 422
    page = logs_in(eva, browser=browser)
    assert (page.status, page.response.headers["Retry-After"]) == (429, "1")
    assert page.errors() == ["Det er prøvd mange ganger. Vent 1 sekund og prøv igjen."]
    eva.town.clock.moves(seconds=1)
    assert logs_in(eva, browser=browser).status == 200


def test_strangers_wait_alike_for_an_address_that_nobody_has(eva: Someone) -> None:
    told = []
    for address in ("eva@øyer.example", "ingen@øyer.example"):
        for _ in range(7):
            page = at_a_new_browser(eva).opens("/logg-inn").fill("E-postadresse", address).fill("Passord", WRONG)
            told.append((page.press("Logg inn", beside="Glemt passord").status, tuple(page.errors())))
    assert told[:7] == told[7:]


def test_a_known_browser_is_not_kept_out_by_what_strangers_guess(eva: Someone) -> None:
    mine = at_a_new_browser(eva)
    logs_in(eva, browser=mine).press("Logg ut", beside="Du er")
    for _ in range(40):
        logs_in(eva, WRONG)
    assert logs_in(eva).status == 429
    assert logs_in(eva, browser=mine).status == 200


def test_a_known_browser_guesses_no_more_than_any_other(eva: Someone) -> None:
    mine = at_a_new_browser(eva)
    logs_in(eva, browser=mine).press("Logg ut", beside="Du er")
    assert [logs_in(eva, WRONG, browser=mine).status for _ in range(6)] == [422] * 5 + [429]


def test_a_forged_cookie_makes_no_browser_known(eva: Someone) -> None:
    for value in ("x", "", "WzFd.x.y", "x" * 4_000):
        browser = eva.app.test_client()
        browser.set_cookie("__Host-samskap-kjent", value, domain="samskap.example", secure=True)
        assert logs_in(eva, WRONG, browser=Page(browser, eva.town.db)).status in (422, 429)


def test_thirty_wrong_ones_from_one_network_are_enough(eva: Someone) -> None:
    for number in range(30):
        page = at_a_new_browser(eva).opens("/logg-inn").fill("E-postadresse", f"x{number}@y.example")
        assert page.fill("Passord", WRONG).press("Logg inn", beside="Glemt passord").status == 422
    assert logs_in(eva).status == 429
    eva.town.clock.moves(minutes=10)
    assert logs_in(eva).status == 200


# ---------------------------------------------------------------- signing up


def signs_up(page: Page, email: str = "siri@post.example", password: str = PASSWORD, name: str = "Siri Sæter") -> Page:
    page.opens("/ny-konto").fill("Navn", name).fill("E-postadresse", email).fill("Passord", password)
    return page.press("Lag konto")


def test_signing_up_takes_three_answers_and_one_is_in(stranger: Someone, oyer: Town) -> None:
    page = signs_up(stranger.opens("/"))
    assert page.status == 200
    assert page.says("Vi har sendt en e-post til siri@post.example. Åpne den og bekreft at adressen er din.")
    assert "Du er Siri Sæter" in page.html
    assert [letter.notice for letter in letters_to(oyer.db, "siri@post.example")] == [Notice.VERIFY_ADDRESS]


def test_who_wants_to_sign_up_as_a_volunteer_is_led_there_by_way_of_an_account(stranger: Someone) -> None:
    page = stranger.opens("/meld-deg")
    assert page.heading == "Lag en konto"
    page.fill("Navn", "Siri Sæter").fill("E-postadresse", "siri@post.example").fill("Passord", PASSWORD)
    assert page.press("Lag konto").url.startswith("/meld-deg")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "E-postadresse må fylles ut."),
        *[
            (typed, "E-postadressen ser ikke riktig ut. Skriv én adresse, for eksempel kari@epost.example.")
            for typed in (
                "siri", "siri@", "@post.example", "a@b.no, evil@x.no", "<a@b.no> <c@d.no>", "Siri <a@b.no>",
                "a@[127.0.0.1]", "æøå@b.no", "a b@c.no", "a@b..no", "a@" + "b" * 64 + ".no", "a" * 65 + "@b.no",
                "a@localhost",
            )
        ],
        ("a@b.no\r\nBcc: x@y.no", "E-postadresse hadde et tegn som ikke kan vises. Vi tok det bort."),
        ("a" * 255, "er for lang"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_told_of_and_kept(stranger: Someone, typed: str, said: str) -> None:
    page = signs_up(stranger.opens("/"), typed)
    assert page.status == 422
    assert any(said in error for error in page.errors()), page.errors()
    assert page.value("E-postadresse") == printable(typed)
    assert page.value("Navn") == "Siri Sæter"
    assert page.value("Passord") == PASSWORD


def test_an_address_in_letters_of_our_own_domain_names_is_taken(stranger: Someone, oyer: Town) -> None:
    assert signs_up(stranger.opens("/"), "a@blåbær.example").status == 200
    assert oyer.db.scalars(select(Account.email)).all() == ["a@blåbær.example"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{7*7}}", "Áŋŧž", 'O\'Neill "Bob"', "👨‍👩‍👧‍👦", "%s%n{0.__class__}"]
)
def test_a_name_is_kept_as_it_is_written(stranger: Someone, oyer: Town, name: str) -> None:
    answer = sends(stranger, "/ny-konto", name=name, email="siri@post.example", password=PASSWORD)
    assert answer.status_code == 303
    assert oyer.db.scalars(select(Person.name)).all() == [name]


def test_a_weak_password_is_told_of_in_words_that_name_it(stranger: Someone) -> None:
    assert signs_up(stranger.opens("/"), password="kort").errors() == [
        "Passordet må ha minst 15 tegn. Det du skrev, har 4."
    ]
    page = signs_up(stranger.opens("/"), password="SiriSæter-2026-2026")
    assert "navn og ord som andre kan gjette" in page.errors()[0]


def test_nothing_but_what_the_form_asks_for_is_taken(stranger: Someone, oyer: Town) -> None:
    more = {"role": "administrator", "municipality_id": "99", "verified_at": "2026-01-01", "demo": "1", "id": "77",
            "version": "9", "issuer": "x", "subject": "y", "account_id": "1", "confirmed_at": "2026-01-01"}  # fmt: skip
    asked = {"name": "Siri", "email": "siri@post.example", "password": PASSWORD}
    assert sends(stranger, "/ny-konto", **asked, **more).status_code == 303
    account, person = oyer.db.scalars(select(Account)).one(), oyer.db.scalars(select(Person)).one()
    assert (account.issuer, account.verified_at, account.demo, account.version) == (LOCAL, None, False, 1)
    assert (person.municipality_id, person.confirmed_at) == (oyer.id, None)
    assert oyer.db.scalar(select(func.count(Membership.id))) == 0


def test_of_eight_presses_at_once_one_account_is_made(app: Flask, stranger: Someone, oyer: Town) -> None:
    page = stranger.opens("/ny-konto")
    token = page.html.split('csrf_token" value="')[1].split('"')[0]
    cookie = stranger.browser.get_cookie("__Host-samskap", domain="samskap.example")
    assert cookie is not None

    def press() -> int:
        browser = app.test_client()
        browser.set_cookie("__Host-samskap", cookie.value, domain="samskap.example", secure=True)
        asked = {"name": "Siri", "email": "siri@post.example", "password": PASSWORD, "csrf_token": token}
        return browser.post("/ny-konto", data=asked, headers={"Referer": BASE}).status_code

    results = at_once([press] * 8)
    assert (results.count(303), results.count(429)) == (5, 3), "five e-mails an hour to one address"
    oyer.db.rollback()
    assert oyer.db.scalar(select(func.count(Account.id))) == oyer.db.scalar(select(func.count(Person.id))) == 1
    assert len(letters_to(oyer.db, "siri@post.example")) == 1


def test_no_address_is_written_to_again_and_again(stranger: Someone, oyer: Town) -> None:
    for _ in range(5):
        assert signs_up(at_a_new_browser(stranger)).status == 200
    page = signs_up(at_a_new_browser(stranger))
    assert page.status == 429
    assert page.value("Navn") == "Siri Sæter"
    assert len(letters_to(oyer.db, "siri@post.example")) == 5


# ---------------------------------------------------------------- what a stranger can learn


def test_signing_up_with_an_address_that_is_taken_looks_the_same(stranger: Someone, eva: Someone, oyer: Town) -> None:
    pages = [signs_up(at_a_new_browser(stranger), email) for email in ("eva@øyer.example", "ukjent@øyer.example")]
    told = [(page.statuses, page.url, page.heading, page.text.replace("ukjent@", "eva@")) for page in pages]
    assert told[0] == told[1]
    accounts_page = [page.opens("/konto").text.replace("ukjent@", "eva@") for page in pages]
    assert accounts_page[0] == accounts_page[1]
    assert [letter.notice for letter in letters_to(oyer.db, "eva@øyer.example")] == [Notice.ADDRESS_TAKEN]


def test_signing_up_and_logging_in_tells_nobody_whether_an_address_is_taken(stranger: Someone, eva: Someone) -> None:
    for email in ("eva@øyer.example", "ukjent@øyer.example"):
        signs_up(at_a_new_browser(stranger), email, password=WRONG)
        page = at_a_new_browser(stranger).opens("/logg-inn").fill("E-postadresse", email).fill("Passord", WRONG)
        assert page.press("Logg inn", beside="Glemt passord").errors() == [NO]


def test_who_signs_up_with_anothers_address_gets_nowhere_with_the_other_account(
    stranger: Someone, eva: Someone
) -> None:
    page = signs_up(at_a_new_browser(stranger), "eva@øyer.example", password=WRONG)
    assert "Eva Engen" not in page.opens("/konto").html
    assert logs_in(eva).status == 200


SAMPLES = 200
LARGEST_DIFFERENCE = 0.010
"""Seconds between the medians."""


class TestTime:
    """Answers for known and unknown addresses take the same time: 200 of each, in turn, on SQLite."""

    @pytest.fixture
    def database(self) -> Iterator[Database]:
        with fresh("sqlite") as found:
            yield found

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody is made to wait between tries."""
        monkeypatch.setattr(tries, "_count", lambda _counts: None)

    def difference(self, who: Someone, path: str, known: dict[str, str], unknown: dict[str, str]) -> float:
        """Seconds between the medians of the two, asked for in turn, each in a browser of its own."""
        page = at_a_new_browser(who).opens(path)
        token = page.html.split('csrf_token" value="')[1].split('"')[0]
        cookie = page.browser.get_cookie("__Host-samskap", domain="samskap.example")
        assert cookie is not None
        times: dict[str, list[float]] = {"known": [], "unknown": []}
        statuses = set()
        for number in range(SAMPLES):
            for name, data in (("known", known), ("unknown", unknown)):
                browser = who.app.test_client()
                browser.set_cookie("__Host-samskap", cookie.value, domain="samskap.example", secure=True)
                sent = {key: value.format(number) for key, value in data.items()}
                begun = time.perf_counter()
                answer = browser.post(path, data={**sent, "csrf_token": token}, headers={"Referer": BASE})
                times[name].append(time.perf_counter() - begun)
                statuses.add(answer.status_code)
        assert len(statuses) == 1, statuses
        return abs(statistics.median(times["known"]) - statistics.median(times["unknown"]))

    def test_of_logging_in(self, eva: Someone) -> None:
        known = {"email": "eva@øyer.example", "password": WRONG}
        assert self.difference(eva, "/logg-inn", known, {**known, "email": "ukjent@øyer.example"}) < LARGEST_DIFFERENCE

    def test_of_asking_for_a_new_password(self, eva: Someone) -> None:
        known = {"email": "eva@post.example"}
        with keep(eva.town.db):
            eva.account.email = "eva@post.example"  # type: ignore[union-attr]
        assert self.difference(eva, "/glemt-passord", known, {"email": "x{}@post.example"}) < LARGEST_DIFFERENCE

    def test_of_signing_up(self, eva: Someone) -> None:
        with keep(eva.town.db):
            for number in range(SAMPLES):
                eva.town.db.add(
                    Account(
                        issuer=LOCAL,
                        subject=f"{number}",
                        email=f"k{number}@post.example",
                        created_at=eva.town.clock(),
                        verified_at=eva.town.clock(),
                    )
                )
        known = {"name": "Siri", "email": "k{}@post.example", "password": PASSWORD}
        unknown = {**known, "email": "u{}@post.example"}
        assert self.difference(eva, "/ny-konto", known, unknown) < LARGEST_DIFFERENCE


# ---------------------------------------------------------------- one's account


def test_ones_account_tells_whether_the_address_is_verified(stranger: Someone, oyer: Town) -> None:
    page = signs_up(stranger.opens("/")).opens("/konto")
    assert page.says("Adressen er ikke bekreftet")
    page.press("Send på nytt")
    assert page.says("Vi har sendt en ny e-post til siri@post.example.")
    page.opens(link_to(oyer.db, "siri@post.example", Notice.VERIFY_ADDRESS)).press("Ja, adressen er min")
    assert page.opens("/konto").says("Bekreftet i dag") or page.says("Bekreftet 24. november")


def test_a_password_is_changed_by_one_who_knows_it_and_every_other_session_ends(eva: Someone) -> None:
    here, elsewhere = at_a_new_browser(eva), at_a_new_browser(eva)
    logs_in(eva, browser=here)
    logs_in(eva, browser=elsewhere)
    new = "fire helt andre ord her"
    here.opens("/konto/passord").fill("Passordet du har nå", WRONG).fill("Nytt passord", new).press("Bytt passord")
    assert here.errors() == ["Passordet du har nå, stemmer ikke."]
    here.fill("Passordet du har nå", PASSWORD).fill("Nytt passord", new).press("Bytt passord")
    assert here.says("Passordet er byttet. Du er logget ut alle andre steder.")
    assert elsewhere.opens("/konto").heading == "Logg inn"
    assert logs_in(eva).status == 422
    assert logs_in(eva, new).status == 200


def test_a_new_password_must_be_hard_to_guess_too(eva: Someone) -> None:
    page = logs_in(eva).opens("/konto/passord")
    page.fill("Passordet du har nå", PASSWORD).fill("Nytt passord", "EvaEngen-2026-2026").press("Bytt passord")
    assert "navn og ord som andre kan gjette" in page.errors()[0]


def test_one_can_log_out_everywhere_else(eva: Someone) -> None:
    here, elsewhere = at_a_new_browser(eva), at_a_new_browser(eva)
    logs_in(eva, browser=here)
    logs_in(eva, browser=elsewhere)
    assert here.opens("/konto").press("Logg ut andre steder").says("Du er logget ut alle andre steder.")
    assert elsewhere.opens("/konto").heading == "Logg inn"


# ---------------------------------------------------------------- proving who one is


@pytest.fixture
def grete(grete: Someone) -> Someone:
    """An administrator who has a password."""
    with keep(grete.town.db):
        grete.account.password_hash = KEPT  # type: ignore[union-attr]
    return grete


def test_what_must_not_be_done_on_a_borrowed_screen_asks_for_the_password_after_ten_minutes(grete: Someone) -> None:
    assert grete.opens("/administrasjon/inviter").heading == "Inviter noen til en rolle"
    grete.town.clock.moves(minutes=10)
    assert grete.opens("/administrasjon/inviter").heading == "Inviter noen til en rolle"
    grete.town.clock.moves(seconds=1)
    before = token_in(grete.browser)
    page = grete.opens("/administrasjon/inviter")
    assert page.heading == "Bekreft at det er deg"
    assert page.fill("Passord", WRONG).press("Det er meg").errors() == ["Passordet stemmer ikke."]
    assert page.fill("Passord", PASSWORD).press("Det er meg").heading == "Inviter noen til en rolle"
    assert token_in(grete.browser) != before
    stolen = grete.app.test_client()
    with stolen.session_transaction(base_url=BASE) as cookie:
        cookie["_user_id"] = before
    assert stolen.get("/konto").status_code == 302


def test_a_form_that_was_opened_in_time_may_be_sent_within_half_an_hour(grete: Someone) -> None:
    page = grete.opens("/administrasjon/inviter")
    grete.town.clock.moves(minutes=25)
    page.fill("E-postadresse", "ny@post.example").fill("Rolle", "leder").press("Send invitasjon")
    assert page.says("Invitasjonen er sendt til ny@post.example.")


# ---------------------------------------------------------------- hats and municipalities


def test_one_switches_hat_in_one_press_and_comes_to_that_hats_home(oyer: Town, app: Flask) -> None:
    both = a_person(oyer, app, "Siri Sæter", Role.LEADER, Role.ADMINISTRATOR)
    page = both.opens("/tall")
    assert "Du er Siri Sæter, leder" in page.html
    page.press("Bytt til administrator")
    assert (page.statuses, page.heading) == ([303, 200], "Folk og roller")
    assert "Du er Siri Sæter, administrator" in page.html
    assert both.opens("/tall").status == 200


@pytest.mark.parametrize(
    "wanted", ["administrator", "citizen", "anyone", "x", "", "kommune 3441", "kommune 0000", "kommune"]
)
def test_nobody_puts_on_a_hat_they_do_not_have(kari: Someone, gausdal: Town, wanted: str) -> None:
    assert sends(kari, "/bytt", rolle=wanted).status_code == 303
    assert kari.opens("/administrasjon").status == 403
    assert "Øyer kommune" in kari.opens("/konto").title


@pytest.fixture
def in_both(oyer: Town, gausdal: Town, eva: Someone) -> Someone:
    """Eva is a citizen in Øyer and a leader in Gausdal."""
    with keep(gausdal.db):
        person = Person(account_id=eva.account.id, name="Eva G.", created_at=gausdal.clock())  # type: ignore[union-attr]
        gausdal.db.add(person)
        gausdal.db.flush()
        gausdal.db.add(Membership(person_id=person.id, role=Role.LEADER, since=gausdal.clock()))
        gausdal.db.add(Standing(account_id=eva.account.id, municipality_id=gausdal.id))  # type: ignore[union-attr]
    return eva


def test_one_goes_on_in_another_municipality_in_one_press(in_both: Someone) -> None:
    page = in_both.opens("/konto")
    before = token_in(in_both.browser)
    page.press("Bytt til Gausdal kommune")
    assert "Gausdal kommune" in page.title
    assert "Du er Eva G., leder" in page.html
    assert token_in(in_both.browser) != before
    page.opens("/konto").press("Gå til Øyer kommune")
    assert "Du er Eva Engen" in page.html


def test_21_a_form_that_lies_open_from_another_municipality_is_refused(in_both: Someone) -> None:
    form = in_both.opens("/konto/passord")
    form.fill("Passordet du har nå", PASSWORD).fill("Nytt passord", "fire helt andre ord her")
    in_both.opens("/konto").press("Bytt til Gausdal kommune")
    form.press("Bytt passord")
    assert form.status == 409
    assert "Du har byttet kommune siden du åpnet denne siden, så ingenting er lagret." in form.errors()[0]
    assert accounts.known_as(in_both.town.db, in_both.account.id).kept == KEPT  # type: ignore[union-attr]


# ---------------------------------------------------------------- demo people


class TestInDemoMode:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, demo=True)

    @pytest.fixture
    def demo_kari(self, oyer: Town, app: Flask) -> Account:
        return a_demo_person(oyer, "Kari Prøve", Role.VOLUNTEER, Role.ADMINISTRATOR)

    def test_there_is_a_button_for_each_and_one_press_is_enough(self, stranger: Someone, demo_kari: Account) -> None:
        page = stranger.opens("/logg-inn", next="/konto")
        assert page.buttons() == ["Logg inn", "Kari Prøve, administrator, frivillig"]
        page.press("Kari Prøve")
        assert page.heading == "Kontoen din"
        assert "Du er Kari Prøve" in page.html

    def test_the_password_opens_too(self, stranger: Someone, demo_kari: Account) -> None:
        page = stranger.opens("/logg-inn").fill("E-postadresse", "prøve@demo.samskap.example").fill("Passord", PASSWORD)
        assert page.press("Logg inn", beside="Glemt passord").status == 200

    def test_a_demo_person_proves_who_they_are_by_a_button_alone(self, stranger: Someone, demo_kari: Account) -> None:
        page = stranger.opens("/logg-inn").press("Kari Prøve")
        stranger.town.clock.moves(minutes=11)
        assert page.opens("/administrasjon/inviter").heading == "Bekreft at det er deg"
        assert page.press("Det er meg").heading == "Inviter noen til en rolle"

    @pytest.mark.parametrize("chosen", ["", "0", "-1", "x", "99999999999999999999", "1.0", "١"])
    def test_nobody_else_is_entered(self, stranger: Someone, demo_kari: Account, chosen: str) -> None:
        assert enters(stranger, chosen) == 404

    def test_real_people_are_not_entered(self, stranger: Someone, eva: Someone, demo_kari: Account) -> None:
        assert enters(stranger, str(eva.account.id)) == 404  # type: ignore[union-attr]


def a_demo_person(town: Town, name: str, *roles: Role) -> Account:
    with keep(town.db):
        account = accounts.make(
            town.db, email="prøve@demo.samskap.example", password_hash=KEPT, subject=f"demo:{name}", now=town.clock(),
            verified=True, demo=True,
        )  # fmt: skip
        person = accounts.settle(town.db, account, name=name, locale="nb", now=town.clock())
        for role in roles:
            town.db.add(Membership(person_id=person.id, role=role, since=town.clock()))
    return account


def enters(who: Someone, chosen: str) -> int:
    return sends(who, "/logg-inn/demo", konto=chosen).status_code


def test_outside_demo_mode_there_are_no_buttons_and_no_way_in(stranger: Someone, oyer: Town) -> None:
    account = a_demo_person(oyer, "Kari Prøve", Role.ADMINISTRATOR)
    page = stranger.opens("/logg-inn")
    assert page.buttons() == ["Logg inn"]
    assert enters(stranger, str(account.id)) == 404
    page.fill("E-postadresse", "prøve@demo.samskap.example").fill("Passord", PASSWORD)
    assert page.press("Logg inn", beside="Glemt passord").errors() == [NO]


def test_outside_demo_mode_a_demo_persons_session_opens_nothing(oyer: Town, app: Flask) -> None:
    account = a_demo_person(oyer, "Kari Prøve", Role.ADMINISTRATOR)
    someone = Someone(oyer, app, account=account, person=accounts.person_of(oyer.db, account.id))  # type: ignore[arg-type]
    assert someone.opens("/administrasjon").heading == "Logg inn"
