"""Pages that e-mails lead to: looking uses nothing up, and pressing does what it says, once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from samskap.models import Account, Link, Membership, Person
from samskap.permissions import Role
from samskap.services import invitations, passwords
from samskap.workflows.notice import Notice
from tests.at_once import at_once
from tests.cast import Someone, a_person
from tests.hands import does
from tests.letters import SECRET, letters_to, link_to
from tests.page import BASE, Page
from tests.town import Town, keep

PASSWORD = "hest lampe skog brev"
NEW = "fire helt andre ord her"
SIRI = "siri@post.example"
GONE = "Lenken virker ikke lenger"


def a_new_browser(who: Someone) -> Page:
    return Page(who.app.test_client(), who.town.db)


@pytest.fixture
def siri(stranger: Someone) -> Page:
    """The browser of somebody who has just signed up."""
    page = a_new_browser(stranger).opens("/ny-konto")
    page.fill("Navn", "Siri Sæter").fill("E-postadresse", SIRI).fill("Passord", PASSWORD)
    return page.press("Lag konto")


def unused(town: Town) -> int:
    town.db.rollback()
    return int(town.db.scalar(select(func.count(Link.id)).where(Link.used_at.is_(None))) or 0)


def logs_in(page: Page, email: str, password: str) -> Page:
    page.opens("/logg-inn").fill("E-postadresse", email).fill("Passord", password)
    return page.press("Logg inn", beside="Glemt passord")


# ---------------------------------------------------------------- verifying


def test_a_mail_scanner_that_follows_the_link_uses_nothing_up(siri: Page, stranger: Someone, oyer: Town) -> None:
    link = link_to(oyer.db, SIRI, Notice.VERIFY_ADDRESS)
    for _ in range(3):
        answer = stranger.app.test_client().get(link)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert stranger.app.test_client().head(link).status_code == 200
    assert unused(oyer) == 1
    assert siri.opens(link).press("Ja, adressen er min").says("Takk. Adressen er bekreftet.")


def test_on_another_machine_the_password_is_asked_for(siri: Page, stranger: Someone, oyer: Town) -> None:
    page = a_new_browser(stranger).opens(link_to(oyer.db, SIRI, Notice.VERIFY_ADDRESS))
    assert page.fill("Passord", NEW).press("Ja, adressen er min").status == 422
    assert unused(oyer) == 1
    assert page.fill("Passord", PASSWORD).press("Ja, adressen er min").says("Takk. Adressen er bekreftet.")
    assert "Du er Siri Sæter" in page.html


def test_a_link_that_was_used_says_so_and_what_to_do(siri: Page, oyer: Town) -> None:
    link = link_to(oyer.db, SIRI, Notice.VERIFY_ADDRESS)
    siri.opens(link).press("Ja, adressen er min").opens(link)
    assert (siri.status, siri.heading) == (410, GONE)
    assert "Logg inn" in siri.links()


def test_the_owner_of_an_address_says_that_it_was_not_them(siri: Page, stranger: Someone, oyer: Town) -> None:
    page = a_new_browser(stranger).opens(link_to(oyer.db, SIRI, Notice.VERIFY_ADDRESS)).press("Det var ikke meg")
    assert page.says("Kontoen som noen laget med adressen din, kan ikke brukes.")
    assert siri.opens("/konto").heading == "Logg inn"


def test_guessing_the_password_by_a_link_is_throttled(siri: Page, stranger: Someone, oyer: Town) -> None:
    link = link_to(oyer.db, SIRI, Notice.VERIFY_ADDRESS)
    statuses = [
        a_new_browser(stranger).opens(link).fill("Passord", NEW).press("Ja, adressen er min").status for _ in range(7)
    ]
    assert statuses == [422] * 5 + [429] * 2


# ---------------------------------------------------------------- a new password


@pytest.fixture
def eva(eva: Someone) -> Someone:
    with keep(eva.town.db):
        eva.account.password_hash = passwords.hashed(PASSWORD)  # type: ignore[union-attr]
        eva.account.email = "eva@post.example"  # type: ignore[union-attr]
    return eva


def asks_for_a_link(page: Page, email: str) -> Page:
    return page.opens("/glemt-passord").fill("E-postadresse", email).press("Send lenke")


def test_a_known_and_an_unknown_address_are_answered_alike(eva: Someone) -> None:
    pages = [asks_for_a_link(a_new_browser(eva), email) for email in ("eva@post.example", "ukjent@post.example")]
    told = [(page.statuses, page.url, page.text) for page in pages]
    assert told[0] == told[1]
    assert letters_to(eva.town.db, "ukjent@post.example") == []


def test_a_new_password_is_chosen_by_a_link_and_every_other_session_ends(eva: Someone) -> None:
    assert eva.opens("/konto").status == 200
    page = asks_for_a_link(a_new_browser(eva), "eva@post.example")
    page.opens(link_to(eva.town.db, "eva@post.example", Notice.RESET_PASSWORD))
    assert page.fill("Nytt passord", "kort").press("Bytt passord").status == 422
    page.fill("Nytt passord", NEW).press("Bytt passord")
    assert page.says("Passordet er byttet. Du er logget ut alle andre steder.")
    assert "Du er Eva Engen" in page.html
    assert eva.opens("/konto").heading == "Logg inn"
    assert logs_in(a_new_browser(eva), "eva@post.example", PASSWORD).status == 422
    assert logs_in(a_new_browser(eva), "eva@post.example", NEW).status == 200


def test_a_new_password_lets_one_in_whatever_others_have_guessed(eva: Someone) -> None:
    for _ in range(8):
        logs_in(a_new_browser(eva), "eva@post.example", NEW + "x")
    page = asks_for_a_link(a_new_browser(eva), "eva@post.example")
    page.opens(link_to(eva.town.db, "eva@post.example", Notice.RESET_PASSWORD))
    page.fill("Nytt passord", NEW).press("Bytt passord")
    assert logs_in(a_new_browser(eva), "eva@post.example", NEW).status == 200


def test_of_two_links_the_other_is_dead_when_one_is_used(eva: Someone) -> None:
    links = []
    for _ in range(2):
        asks_for_a_link(a_new_browser(eva), "eva@post.example")
        links.append(link_to(eva.town.db, "eva@post.example", Notice.RESET_PASSWORD))
    page = a_new_browser(eva).opens(links[0]).fill("Nytt passord", NEW)
    page.press("Bytt passord")
    assert a_new_browser(eva).opens(links[1]).heading == GONE


def test_after_half_an_hour_a_new_link_is_offered(eva: Someone) -> None:
    asks_for_a_link(a_new_browser(eva), "eva@post.example")
    eva.town.clock.moves(minutes=30)
    page = a_new_browser(eva).opens(link_to(eva.town.db, "eva@post.example", Notice.RESET_PASSWORD))
    assert (page.status, page.heading) == (410, GONE)
    assert page.follow("Be om ny lenke").heading == "Glemt passord"


def test_who_forgot_the_password_before_verifying_does_both_by_one_link(
    siri: Page, stranger: Someone, oyer: Town
) -> None:
    page = asks_for_a_link(a_new_browser(stranger), SIRI)
    page.opens(link_to(oyer.db, SIRI, Notice.RESET_PASSWORD)).fill("Nytt passord", NEW).press("Bytt passord")
    assert oyer.db.scalars(select(Account.verified_at)).one() is not None
    assert oyer.db.scalars(select(Person.confirmed_at)).one() is not None
    assert siri.opens("/konto").heading == "Logg inn"


@pytest.mark.parametrize("path", ["/bekreft", "/nytt-passord", "/invitasjon"])
@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "æ", "..%2f..%2fetc", "<script>"])
def test_a_link_that_is_none_is_told_of(stranger: Someone, path: str, token: str) -> None:
    page = stranger.opens(f"{path}?lenke={token}&kommune=3440")
    assert (page.status, page.heading) == (410, GONE)


@pytest.mark.parametrize("town", ["9999", "x", "", "3440'", "x" * 900])
def test_a_municipality_that_is_none_makes_no_difference(stranger: Someone, town: str) -> None:
    assert stranger.opens(f"/logg-inn?kommune={town}").status == 200


def test_a_link_for_one_purpose_does_not_open_another(eva: Someone) -> None:
    asks_for_a_link(a_new_browser(eva), "eva@post.example")
    link = link_to(eva.town.db, "eva@post.example", Notice.RESET_PASSWORD)
    for other in ("/bekreft", "/invitasjon"):
        assert a_new_browser(eva).opens(link.replace("/nytt-passord", other)).heading == GONE


# ---------------------------------------------------------------- invitations


def invites(grete: Someone, email: str, role: Role = Role.LEADER) -> str:
    does(grete, invitations.invite_staff, email=email, role=role, unit_id=None, locale="nb", secret=SECRET)
    return link_to(grete.town.db, email, Notice.INVITE_STAFF)


def test_somebody_new_chooses_a_name_and_a_password_and_is_in(grete: Someone, stranger: Someone, oyer: Town) -> None:
    page = a_new_browser(stranger).opens(invites(grete, "nils@post.example"))
    assert page.says("Øyer kommune inviterer deg til å være leder i Samskap.")
    assert page.fill("Navn", "Nils Nymo").fill("Passord", "nils.nymo.nils.2026").press("Ta imot").status == 422
    assert page.value("Navn") == "Nils Nymo"
    page.fill("Passord", PASSWORD).press("Ta imot")
    assert page.says("Velkommen. Rollen er din.")
    assert "Du er Nils Nymo, leder" in page.html


def test_somebody_with_an_account_gives_their_password(grete: Someone, eva: Someone) -> None:
    page = a_new_browser(eva).opens(invites(grete, "eva@post.example"))
    assert page.fill("Passord", NEW).press("Ta imot").errors() == [
        "Passordet stemmer ikke med kontoen som har denne adressen."
    ]
    page.fill("Passord", PASSWORD).press("Ta imot")
    assert "Du er Eva Engen, leder" in page.html


def test_somebody_who_is_logged_in_presses_a_button_and_has_another_session(grete: Someone, eva: Someone) -> None:
    link = invites(grete, "eva@post.example")
    elsewhere = a_new_browser(eva)
    logs_in(elsewhere, "eva@post.example", PASSWORD)
    page = eva.opens(link)
    page.press("Ta imot")
    assert "Du er Eva Engen, leder" in page.html
    assert elsewhere.opens("/konto").heading == "Logg inn"


def test_somebody_else_who_is_logged_in_is_asked_to_log_out(grete: Someone, kari: Someone) -> None:
    page = kari.opens(invites(grete, "nils@post.example"))
    assert page.heading == "Logg ut først"
    assert page.press("Logg ut", beside="Invitasjonen er til").says("Du er logget ut.")


def test_a_stranger_who_comes_by_a_neighbours_link_stands_there(
    grete: Someone, gausdal: Town, app: Flask, stranger: Someone
) -> None:
    guri = a_person(gausdal, app, "Guri Grov", Role.ADMINISTRATOR)
    page = a_new_browser(stranger).opens(invites(guri, "nils@post.example"))
    assert page.says("Gausdal kommune inviterer deg")
    page.fill("Navn", "Nils Nymo").fill("Passord", PASSWORD).press("Ta imot")
    assert "Gausdal kommune" in page.title


def test_somebody_logged_in_elsewhere_is_told_where_the_link_belongs(gausdal: Town, app: Flask, eva: Someone) -> None:
    guri = a_person(gausdal, app, "Guri Grov", Role.ADMINISTRATOR)
    page = eva.opens(invites(guri, "eva@post.example"))
    assert page.says("Lenken gjelder Gausdal kommune, og du er logget inn i Øyer kommune.")


def test_a_volunteer_from_a_list_takes_over_and_can_ask_for_a_fresh_link(
    oyer: Town, app: Flask, mona: Someone, stranger: Someone
) -> None:
    berit = a_person(
        oyer, app, "Berit Bakke", Role.VOLUNTEER, account=False, email="berit@post.example", confirmed_at=None
    )
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    oyer.clock.moves(days=5)
    page = a_new_browser(stranger).opens(link_to(oyer.db, "berit@post.example", Notice.INVITE_VOLUNTEER))
    assert page.heading == GONE
    page.press("Send ny lenke")
    page.opens(link_to(oyer.db, "berit@post.example", Notice.INVITE_VOLUNTEER))
    assert page.says("Øyer kommune har registrert deg, Berit Bakke, blant dem som vil bidra.")
    page.fill("Nytt passord", PASSWORD).press("Ta imot")
    assert "Du er Berit Bakke, frivillig" in page.html


def test_12_eight_presses_at_once_are_one_account(grete: Someone, app: Flask, stranger: Someone, oyer: Town) -> None:
    page = a_new_browser(stranger).opens(invites(grete, "nils@post.example"))
    token = page.html.split('csrf_token" value="')[1].split('"')[0]
    cookie = page.browser.get_cookie("__Host-samskap", domain="samskap.example")
    assert cookie is not None

    def press() -> int:
        browser = app.test_client()
        browser.set_cookie("__Host-samskap", cookie.value, domain="samskap.example", secure=True)
        asked = {"name": "Nils", "password": PASSWORD, "csrf_token": token}
        return browser.post(page.url, data=asked, headers={"Referer": BASE}).status_code

    results = at_once([press] * 8)
    assert results.count(303) == 1
    assert set(results) <= {303, 409, 410}
    oyer.db.rollback()
    query = select(func.count(Account.id)).where(Account.email == "nils@post.example")
    assert oyer.db.scalar(query) == 1
    assert oyer.db.scalar(select(func.count(Membership.id)).where(Membership.role == Role.LEADER)) == 1
