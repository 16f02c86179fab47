"""What anyone may read: the front page, where people are needed, rules, privacy, accessibility, and a sign of life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app import create_app
from config import Config
from matching import sentence
from matching.rule import HardRule, Said, SoftRule
from samskap.models import Audience, Base, Mode, Municipality, Need
from samskap.models.session import TenantSession
from samskap.privacy import how_long, register_of
from samskap.services import kinds, matching
from samskap.workflows.need import NeedState
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.page import Client, Page
from tests.standard import elements, words_of
from tests.town import Clock, Town, engine_of, keep

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def openly(builders: Builders, title: str, **columns: object) -> Need:
    """A need of a group, which anyone may see."""
    told = {"audience": Audience.GROUP, "mode": Mode.INSTITUTION, "kind": "language_cafe", "wanted": 4, **columns}
    return builders.a_need(consent=False, title=title, **told)  # type: ignore[arg-type]


def cards(page: Page) -> list[str]:
    """The headings of the needs on a page, in order."""
    found = []
    for node in elements(page.main, "li"):
        if "opening" in (node.get("class") or ""):
            found += [words_of(heading).strip() for heading in elements(node, "h2", "h3")]
    return found


# ---------------------------------------------------------------- the front page


@only_sqlite
def test_the_front_page_says_what_this_is_and_opens_three_doors(stranger: Someone) -> None:
    page = stranger.opens("/")
    assert page.heading == "Noen i nærheten har bruk for deg"
    for door in ("Jeg vil bidra", "Jeg trenger noen", "Vi er en forening"):
        assert stranger.opens("/").follow(door).url.startswith("/ny-konto"), door
    assert page.follow("Les reglene").heading == "Slik virker det"


@only_sqlite
def test_the_front_page_shows_the_most_pressing_needs_and_leads_to_all(stranger: Someone, builders: Builders) -> None:
    for number in range(5):
        openly(builders, f"Språkkafé {number}", published_at=builders.now - timedelta(days=number))
    openly(builders, "Flomvakt", urgency=5)
    page = stranger.opens("/")
    assert cards(page) == ["Flomvakt", "Språkkafé 4", "Språkkafé 3", "Språkkafé 2"]
    assert len(cards(page.follow("Se alle behovene"))) == 6


@only_sqlite
def test_when_all_is_covered_the_front_page_says_so(stranger: Someone) -> None:
    assert stranger.opens("/").says("Alle åpne behov er dekket akkurat nå")


@only_sqlite
def test_who_would_rather_talk_is_given_the_number(stranger: Someone, db: TenantSession) -> None:
    with keep(db):
        db.get_one(Municipality, stranger.town.id).phone = "400 00 090"
    for path in ("/", "/tilgjengelighet"):
        assert stranger.opens(path).says("Ring oss på 400 00 090")


# ---------------------------------------------------------------- Her trengs du


@only_sqlite
def test_needs_are_found_by_area_and_by_place_and_both_can_be_linked_to(stranger: Someone, builders: Builders) -> None:
    openly(builders, "Språkkafé", place="Tretten")
    openly(builders, "Rydde sti", kind="path_work", place="Øyer")
    openly(builders, "Grendehuset", kind="bathing_place", place="Tretten")
    page = stranger.opens("/her-trengs-du")
    assert len(cards(page)) == 3
    page.fill("Område", kinds.sector("local_community").label.nb).press("Vis")
    assert sorted(cards(page)) == ["Grendehuset", "Rydde sti"]
    page.fill("Sted", "Tretten").press("Vis")
    assert cards(page) == ["Grendehuset"]
    assert cards(stranger.opens(page.url)) == ["Grendehuset"]
    assert page.value("Sted") == "Tretten"


@only_sqlite
def test_many_needs_come_in_pages_that_keep_the_filter(stranger: Someone, builders: Builders) -> None:
    for number in range(14):
        openly(builders, f"Språkkafé {number:02}", place="Tretten")
    openly(builders, "Rydde sti", kind="path_work", place="Øyer")
    page = stranger.opens("/her-trengs-du", sted="Tretten")
    first = cards(page)
    second = cards(page.follow("Neste"))
    assert (len(first), len(second)) == (12, 2)
    assert sorted(first + second) == [f"Språkkafé {number:02}" for number in range(14)]


@only_sqlite
def test_nonsense_in_the_address_is_no_fault(stranger: Someone, builders: Builders) -> None:
    openly(builders, "Språkkafé", place="Tretten")
    for query in ("omrade=x", "sted=", "side=0", "side=99", "omrade=x&sted=y&side=abc", "sted=%FF"):
        assert stranger.opens(f"/her-trengs-du?{query}").status == 200, query


@only_sqlite
def test_a_place_where_nothing_is_needed_says_what_to_do(stranger: Someone, builders: Builders) -> None:
    page = stranger.opens("/her-trengs-du", sted="Musdal")
    assert page.says("Ingenting her akkurat nå")
    assert page.follow("Jeg vil bidra").url.startswith("/ny-konto")


@only_sqlite
def test_what_is_not_open_to_everyone_now_is_not_shown(stranger: Someone, builders: Builders) -> None:
    for state in set(NeedState) - {NeedState.OPEN}:
        openly(builders, f"Språkkafé {state}", state=state)
    openly(builders, "Full", wanted=2, taken=2)
    openly(builders, "For én person", audience=Audience.PERSON)
    openly(builders, "Rydde sti")
    for path in ("/her-trengs-du", "/"):
        assert cards(stranger.opens(path)) == ["Rydde sti"]


@only_sqlite
def test_the_neighbour_s_needs_are_the_neighbour_s(stranger: Someone, gausdal: Town) -> None:
    openly(gausdal.builders, "Språkkafé i Gausdal")
    assert not stranger.opens("/her-trengs-du").says("Gausdal")
    assert stranger.opens("/her-trengs-du?kommune=3441").says("Språkkafé i Gausdal")


# ---------------------------------------------------------------- Slik virker det


@only_sqlite
def test_every_rule_of_the_rule_book_stands_there_in_plain_words(stranger: Someone, db: TenantSession) -> None:
    page = stranger.opens("/slik-virker-det")
    book = matching.rule_book(db)
    must, counts = page.text.partition("Dette teller")[0], page.text.partition("Dette teller")[2]
    for entry in book.entries:
        said = sentence(Said(entry.rule.says, entry.rule.own_numbers()), "nb")
        assert said in (must if isinstance(entry.rule, HardRule) else counts), entry.rule
    assert page.says(f"(nummer {book.version})")
    assert page.says("Etnisitet og tro er aldri med.")
    assert len(list(elements(page.main, "h3"))) == len(book.soft)


@only_sqlite
def test_a_number_that_the_rule_book_sets_stands_in_the_sentence(stranger: Someone, db: TenantSession) -> None:
    page = stranger.opens("/slik-virker-det")
    rules = [entry.rule for entry in matching.rule_book(db).entries]
    numbers = [rule.weight for rule in rules if isinstance(rule, SoftRule)]
    assert [page.says(f"inntil {number} poeng") for number in numbers] == [True] * len(numbers)


@only_sqlite
def test_every_law_that_lets_anyone_ask_for_a_certificate_is_named_with_its_date(stranger: Someone) -> None:
    page = stranger.opens("/slik-virker-det")
    for basis in kinds.legal_bases():
        assert page.says(basis.citation), basis
        assert page.says(basis.role.nb), basis
    assert page.says("1. november")


# ---------------------------------------------------------------- Personvern, Tilgjengelighet


def kept_for(page: Page) -> Iterator[tuple[str, list[str]]]:
    """How long, and why what is kept so long is kept."""
    for part in elements(page.main, "li"):
        for heading in elements(part, "h3"):
            yield words_of(heading).strip(), [words_of(why).strip() for why in elements(part, "li") if why is not part]


@only_sqlite
@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_the_privacy_page_tells_of_every_personal_column(stranger: Someone, locale: str) -> None:
    page = stranger.opens("/personvern", lang=locale)
    told = dict(kept_for(page))
    wanted = [one for one in register_of(Base.metadata).personal() if not one.word.subject]
    assert set(told) == {how_long(one.word, locale=locale) for one in wanted}  # type: ignore[arg-type]
    pairs = {(one.word.why, how_long(one.word, locale="nb")) for one in wanted}
    assert sum(map(len, told.values())) == len(pairs)
    if locale == "nb":
        assert all(why in told[long] for why, long in pairs)
        assert "Telefonnummeret ditt, så koordinatoren kan ringe" in told["Så lenge du er med. Slettes når du slutter."]


@only_sqlite
def test_the_privacy_page_names_who_answers_for_it(stranger: Someone) -> None:
    page = stranger.opens("/personvern")
    assert page.says("Øyer kommune")
    assert page.says("Datatilsynet")


@only_sqlite
@pytest.mark.parametrize("locale", ["nn", "en"])
def test_the_pages_stand_in_every_language(stranger: Someone, builders: Builders, locale: str) -> None:
    openly(builders, "Språkkafé")
    for path in ("/", "/her-trengs-du", "/slik-virker-det", "/personvern", "/tilgjengelighet"):
        assert stranger.opens(path, lang=locale).language == locale


@only_sqlite
def test_the_accessibility_page_says_what_holds_and_whom_to_tell(stranger: Someone) -> None:
    page = stranger.opens("/tilgjengelighet")
    for words in ("WCAG 2.2 på nivå AA", "uustatus.no", "Er noe i veien for deg?"):
        assert page.says(words), words


# ---------------------------------------------------------------- a sign of life


def health(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/healthz")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, answer.text


def test_a_database_at_head_is_well(app: Flask) -> None:
    assert health(app) == (200, "ok\n")


@pytest.mark.parametrize("version", ["0000", "9999"])
def test_a_database_that_is_behind_or_ahead_is_not(app: Flask, database: Database, version: str) -> None:
    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    owner.dispose()
    assert health(app) == (503, "unavailable\n")


@only_sqlite
def test_an_empty_database_is_not(config: Config, clock: Clock, tmp_path: Path) -> None:
    app = create_app(replace(config, database_url=f"sqlite:///{tmp_path / 'new.db'}"), clock=clock)
    app.test_client_class = Client
    assert health(app) == (503, "unavailable\n")
    engine_of(app).dispose()


@only_sqlite
def test_a_database_that_is_away_is_not_well_and_comes_back_by_itself(app: Flask, database: Database) -> None:
    file = Path(database.url.removeprefix("sqlite:///"))
    hidden = file.with_suffix(".away")
    engine_of(app).dispose()
    file.rename(hidden)
    file.mkdir()
    assert health(app)[0] == 503
    file.rmdir()
    hidden.rename(file)
    assert health(app)[0] == 200
