"""Who gets what answer at every address: tests/access_matrix.csv is reviewed by hand and holds for every page there is.

A row is an address and a method, a column is a person (tests/web/sweep.py says whose the things are), a cell is the
status they get. An address that is not in the file fails; so does one that answers otherwise than the file says.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, true
from werkzeug.test import TestResponse

from samskap import permissions
from samskap.models import Account, Base, Membership, Volunteer
from samskap.permissions import GRANTS, NO_TIE, Can, Role
from samskap.services import steps
from samskap.web import blueprint
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.volunteer import VolunteerState
from tests.cast import Someone
from tests.databases import Database
from tests.faults.invariants import past_the_fences
from tests.page import BASE
from tests.standard import faults_of
from tests.town import Clock, Town, keep
from tests.web.sweep import VISITORS, Sweep, Visit, canaries, everybody, furnish

ROOT = Path(__file__).resolve().parents[2]
MATRIX = ROOT / "tests" / "access_matrix.csv"
DENIED = frozenset({400, 401, 403, 404, 405, 410})
OF_THE_SESSION = frozenset({"login_session"})
"""Tables in which the mere coming by leaves a trace."""
FORBIDDEN_FIELDS = {
    "id": "1", "municipality_id": "2", "role": "coordinator", "roles": "coordinator", "state": "ready", "owner_id": "1",
    "tenant_id": "2", "version": "9", "posted_by_id": "1", "recipient_id": "1", "volunteer_id": "1", "person_id": "1",
    "account_id": "1", "taken": "0", "demo": "1", "verified_at": "2026-01-01", "source": "demo", "facts_version": "0",
}  # fmt: skip
"""What no form of ours asks for, and what nobody may decide by sending it along."""

Row = dict[str, str]


def rows() -> list[Row]:
    """The matrix as it was reviewed."""
    with MATRIX.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


BLUEPRINTS = sorted({row["endpoint"].partition(".")[0] for row in rows()}) if MATRIX.exists() else []
by_blueprint = pytest.mark.parametrize("area", BLUEPRINTS)
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def of(area: str) -> list[Row]:
    """The rows of one blueprint."""
    return [row for row in rows() if row["endpoint"].startswith(f"{area}.")]


@pytest.fixture
def sweep(app: Flask, clock: Clock, oyer: Town, gausdal: Town) -> Sweep:
    """Both towns, furnished, and everybody in them."""
    made = Sweep(app, clock, oyer, gausdal, everybody(app, clock, oyer, gausdal))
    furnish(made)
    return made


def is_refused(row: Row, visitor: str) -> bool:
    """Whether a cell is a no: also being shown to the log-in page is one."""
    status = int(row[visitor])
    return status in DENIED or (status in (302, 303) and visitor == "stranger" and row["endpoint"] not in OPEN_TO_ALL)


OPEN_TO_ALL = frozenset({
    "accounts.home", "accounts.join", "accounts.log_out", "accounts.switch", "links.renew",
})  # fmt: skip
"""Addresses that lead a stranger somewhere without asking them to log in."""


def deviations(sweep: Sweep, wanted: list[Row]) -> Iterator[str]:
    """Where the service answers otherwise than the matrix: first the refusals, then what is read, then what changes."""
    cells = [(row, visitor) for row in wanted for visitor in VISITORS]
    refused = [cell for cell in cells if is_refused(*cell)]
    read = [cell for cell in cells if not is_refused(*cell) and cell[0]["method"] == "GET"]
    changed = [cell for cell in cells if not is_refused(*cell) and cell[0]["method"] != "GET"]
    for row, visitor in [*refused, *read]:
        yield from answered(sweep, row, visitor, fresh=False)
    for row, visitor in changed:
        yield from answered(sweep, row, visitor, fresh=True)
        as_they_were(sweep, row, visitor)


def answered(sweep: Sweep, row: Row, visitor: str, *, fresh: bool) -> Iterator[str]:
    """One cell."""
    response = sweep.visit(Visit(row["endpoint"], row["method"], visitor), fresh=fresh)
    if response.status_code != int(row[visitor]):
        yield f"{row['method']} {row['endpoint']} as {visitor}: {response.status_code}, not {row[visitor]}"


def as_they_were(sweep: Sweep, row: Row, visitor: str) -> None:
    """Who logged out or left is here again before the next one comes."""
    who = sweep.visitors[visitor]
    if row["endpoint"].startswith("accounts."):
        who.logs_out()
    volunteer = who.town.db.get(Volunteer, who.id) if who.account is not None else None
    if volunteer is not None and volunteer.state is not VolunteerState.READY:
        with keep(who.town.db):
            volunteer.state, volunteer.paused_since = VolunteerState.READY, None


def fingerprint(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but those of sessions."""
    with past_the_fences(database) as session:
        return {
            name: sorted(map(str, session.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name not in OF_THE_SESSION
        }


def changed_tables(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """Tables that are not as they were."""
    return [name for name in before if before[name] != after[name]]


# A1, A2: the matrix


def test_every_address_is_in_the_matrix(app: Flask, sweep: Sweep) -> None:
    there = {(rule.endpoint, method) for rule, method in sweep.rules()}
    written = {(row["endpoint"], row["method"]) for row in rows()}
    assert there - written == set(), "add these to tests/access_matrix.csv, and think about each cell"
    assert written - there == set(), "these are gone; take them out of tests/access_matrix.csv"


@by_blueprint
def test_everybody_gets_the_answer_that_was_reviewed(area: str, sweep: Sweep) -> None:
    assert list(deviations(sweep, of(area))) == []


# A12: reading and being refused change nothing


@only_sqlite
@by_blueprint
def test_reading_and_being_refused_change_nothing(area: str, sweep: Sweep, database: Database) -> None:
    for row in of(area):
        for visitor in VISITORS:
            if row["method"] == "GET" or is_refused(row, visitor):
                sweep.address(row["endpoint"])
    before = fingerprint(database)
    for row in of(area):
        for visitor in VISITORS:
            if row["method"] == "GET" or is_refused(row, visitor):
                sweep.visit(Visit(row["endpoint"], row["method"], visitor))
    assert changed_tables(before, fingerprint(database)) == []


# A3: no word of a neighbour, anywhere


@by_blueprint
def test_no_word_of_a_neighbour_is_heard(
    area: str, sweep: Sweep, caplog: pytest.LogCaptureFixture, database: Database
) -> None:
    ours, theirs = canaries(sweep.oyer, "Øyerfugl"), canaries(sweep.gausdal, "Gausdalfugl")
    assert len(theirs) > 30
    list(deviations(sweep, [row for row in of(area) if row["method"] == "GET"]))
    for visit, response in sweep.heard:
        strangers = ours if sweep.visitors[visit.visitor].town is sweep.gausdal else theirs
        assert [word for word in strangers.values() if word in body_of(response)] == [], visit
    assert [word for word in (*ours.values(), *theirs.values()) if word in caplog.text] == []


def body_of(response: TestResponse) -> str:
    """What a response says, headers included; packed files unpacked."""
    if response.mimetype and response.mimetype.endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(response.data)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return str(response.data, "utf-8", "replace") + str(response.headers)


@only_sqlite
def test_a_word_that_slips_out_would_be_heard(sweep: Sweep) -> None:
    """The canaries sing: in their own town they are on the pages that show what they sit on."""
    ours = canaries(sweep.oyer, "Øyerfugl")
    heard = body_of(sweep.visit(Visit("needs.show", "GET", "mona")))
    assert ours["need.title"].rpartition("-")[0] in heard


# A4: what is a neighbour's and what is not there are the same


@only_sqlite
def test_what_is_a_neighbours_is_as_if_it_were_not_there(sweep: Sweep) -> None:
    tried = 0
    for rule, method in sweep.rules():
        if method != "GET" or not any(name.endswith("_id") for name in rule.arguments):
            continue
        theirs = sweep.address(rule.endpoint, town=sweep.gausdal)
        nobodys = re.sub(r"\d+", "999999", theirs)
        for visitor in ("mona", "ane", "kari", "tor", "ida", "grete"):
            browser = sweep.visitors[visitor].browser
            one, other = browser.get(theirs), browser.get(nobodys)
            answers = (one.status_code, plain(one, theirs)), (other.status_code, plain(other, nobodys))
            assert answers[0] == answers[1], (theirs, visitor)
            tried += 1
    assert tried > 100


def plain(response: TestResponse, address: str) -> str:
    """A body without what is new in each: nonces, tokens, keys, padding and the address itself."""
    body = response.text.replace(address, "/her")
    body = re.sub(r'(nonce|value|name="csrf_token" value)="[^"]*"', r'\1=""', body)
    return re.sub(r"<!--.*?-->", "", body)


@only_sqlite
def test_a_neighbours_thing_takes_as_long_as_none(sweep: Sweep) -> None:
    theirs = sweep.address("needs.show", town=sweep.gausdal)
    browser = sweep.visitors["mona"].browser
    times: dict[str, list[float]] = {theirs: [], "/behov/999999": []}
    for _ in range(200):
        for url, spent in times.items():
            begun = perf_counter()
            browser.get(url)
            spent.append(perf_counter() - begun)
    one, other = (median(spent) for spent in times.values())
    assert abs(one - other) < 0.002


# A5: who sees which field of whom

SEES_HOW_TO_REACH: dict[str, set[str]] = {
    "asked": {"mona"},
    "agreed": {"mona"},
    "opened": {"mona", "kari", "tor", "ane"},
    "running": {"mona", "kari", "tor", "ane"},
    "ended": {"mona"},
}
"""In which states of an assignment who sees anybody's name or phone on its page, other than their own."""


@only_sqlite
@pytest.mark.parametrize("state", SEES_HOW_TO_REACH)
def test_nobody_is_named_before_both_have_said_yes(state: str, sweep: Sweep) -> None:
    play = sweep.cast_of(sweep.oyer)
    assignment = play.assignment(AssignmentState(state))
    canaries(sweep.oyer, "Øyerfugl")
    named = {name: sweep.visitors[name] for name in ("kari", "tor", "ane")}
    secrets_of = {
        name: (who.person.name, who.person.phone or "-", who.person.address or "-") for name, who in named.items()
    }
    sweep.oyer.db.rollback()
    seen = set()
    for visitor in ("kari", "ola", "tor", "gro", "ane", "siri", "mona", "ida", "liv", "grete", "eva"):
        body = sweep.visitors[visitor].browser.get(f"/avtaler/{assignment.id}").text
        others = {word for name, words in secrets_of.items() if name != visitor for word in words}
        if any(word in main_of(body) for word in others):
            seen.add(visitor)
    assert seen - SEES_HOW_TO_REACH[state] == set()


def main_of(body: str) -> str:
    """A page without its frame, which greets one by one's own name."""
    return body.partition("<main")[2].partition("</main>")[0]


# A6: nothing is decided by what is sent along


@only_sqlite
@by_blueprint
def test_what_is_sent_along_decides_nothing(area: str, sweep: Sweep, database: Database) -> None:
    for row in of(area):
        for visitor in ("eva", "kari", "tor", "ane", "mona", "ida", "grete"):
            if row["method"] == "POST" and not is_refused(row, visitor):
                before = privileges(database)
                fresh_sent(sweep, row["endpoint"], visitor)
                assert privileges(database) >= before, (row["endpoint"], visitor)
                as_they_were(sweep, row, visitor)


def fresh_sent(sweep: Sweep, endpoint: str, visitor: str) -> None:
    """Sends a form with everything that it does not ask for."""
    sweep.visit(Visit(endpoint, "POST", visitor), fresh=True, data=FORBIDDEN_FIELDS)


def privileges(database: Database) -> set[tuple[Any, ...]]:
    """Who is what, whose accounts are which, and in which municipality every row lies."""
    with past_the_fences(database) as session:
        found: set[tuple[Any, ...]] = {
            ("account", one.id, one.demo, one.issuer, one.subject) for one in session.scalars(select(Account))
        }
        for table in Base.metadata.tables.values():
            if {"id", "municipality_id"} <= set(table.columns.keys()) and table.name not in {"form_key", *GOES}:
                pairs = session.execute(select(table.c.id, table.c.municipality_id))
                found |= {(table.name, *pair) for pair in pairs}
        return found


GOES = frozenset({
    "login_session", "membership", "link", "staged_file", "away", "volunteer_term", "own_word", "need_term",
    "need_window", "requirement", "outbox",
})  # fmt: skip
"""Tables from which a form may rightly take rows away."""


@only_sqlite
def test_nobody_becomes_somebody_by_sending_a_role(sweep: Sweep, database: Database) -> None:
    with past_the_fences(database) as session:
        before = {(one.person_id, one.role) for one in session.scalars(select(Membership))}
    for endpoint in ("accounts.change_password", "signup.about", "needs.ask_for_myself", "associations.register"):
        fresh_sent(sweep, endpoint, "eva")
    with past_the_fences(database) as session:
        assert {(one.person_id, one.role) for one in session.scalars(select(Membership))} == before


def whole_forms(root: Path) -> list[str]:
    """Places that hand a whole form on to a row, as "file:line"."""
    found = []
    for path in sorted((root / "samskap" / "web").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = ast.unparse(node) if isinstance(node, ast.Call) else ""
            if "populate_obj" in text or re.search(r"\*\*\s*(request\.form|form\.data)", text):
                found.append(f"{path.name}:{getattr(node, 'lineno', 0)}")
    return found


def test_no_form_is_poured_into_a_row(tmp_path: Path) -> None:
    assert whole_forms(ROOT) == []
    (tmp_path / "samskap" / "web").mkdir(parents=True)
    (tmp_path / "samskap" / "web" / "x.py").write_text("form.populate_obj(row)\nNeed(**form.data)\n", "utf-8")
    assert whole_forms(tmp_path) == ["x.py:1", "x.py:2"]


# A7: a role that is gone is gone at the next press


def test_a_role_that_was_taken_away_does_not_count_at_the_next_press(mona: Someone) -> None:
    assert mona.opens("/arbeidsliste").status == 200
    with keep(mona.town.db):
        for one in mona.town.db.scalars(select(Membership).where(Membership.person_id == mona.id)):
            mona.town.db.delete(one)
    assert mona.opens("/arbeidsliste").status == 403


def test_an_account_that_was_changed_must_log_in_again(mona: Someone) -> None:
    assert mona.opens("/arbeidsliste").status == 200
    assert mona.account is not None
    with keep(mona.town.db):
        mona.account.version += 1
    assert mona.opens("/arbeidsliste").url.startswith("/logg-inn")


# A11: a form that is not ours is not taken


@only_sqlite
def test_every_change_asks_for_a_token_of_ones_own(sweep: Sweep) -> None:
    tried = 0
    for rule, method in sweep.rules():
        if method == "GET":
            continue
        for visitor in ("stranger", "mona"):
            browser, url = sweep.visitors[visitor].browser, sweep.address(rule.endpoint)
            evil, ours = "https://ond.example", {"Origin": BASE, "Referer": f"{BASE}/"}
            own, foreign = {"csrf_token": sweep.token_of(visitor)}, {"csrf_token": sweep.token_of("kari")}
            attempts = [
                browser.post(url, headers=ours),
                browser.post(url, headers=ours, data=foreign),
                browser.post(url, headers={"Origin": evil, "Referer": f"{evil}/"}, data=own),
            ]
            assert [one.status_code for one in attempts] == [400] * 3, (rule.rule, visitor)
            tried += 3
    assert tried > 300


# B1, B2, B4, and the standard of pages: on everything that anybody was answered


@only_sqlite
@by_blueprint
def test_every_answer_is_headed_and_every_page_keeps_to_the_standard(area: str, sweep: Sweep) -> None:
    for row in of(area):
        for visitor in ("stranger", "kari", "tor", "ane", "mona", "ida", "grete"):
            response = sweep.visit(Visit(row["endpoint"], row["method"], visitor), fresh=row["method"] == "POST")
            where = f"{row['method']} {row['endpoint']} as {visitor} ({response.status_code})"
            assert faults_of_headers(response, logged_in=visitor != "stranger") == [], where
            if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
                assert faults_of(response.text, response.headers) == [], where
            as_they_were(sweep, row, visitor)


def faults_of_headers(response: TestResponse, *, logged_in: bool) -> list[str]:
    """What a response fails to tell the browser."""
    told = response.headers
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    found = [f"{name} is {told.get(name)!r}" for name, value in wanted.items() if told.get(name) != value]
    policy = told.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe-" in policy:
        found.append(f"policy is {policy!r}")
    if "max-age=31536000" not in told.get("Strict-Transport-Security", ""):
        found.append("no Strict-Transport-Security")
    if logged_in and told.get("Cache-Control") != "no-store":
        found.append(f"Cache-Control is {told.get('Cache-Control')!r}")
    return found


# What the matrix is worth: the scoping is taken away in one place after another, and it turns red each time


def loosen(monkeypatch: pytest.MonkeyPatch, can: Can, role: Role) -> None:
    """Takes the tie away from one grant."""
    monkeypatch.setitem(GRANTS, can, {**GRANTS[can], role: NO_TIE})


MUTATIONS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "offers of others": lambda patch: loosen(patch, Can.SEE_OFFER, Role.VOLUNTEER),
    "needs of other units": lambda patch: loosen(patch, Can.SEE_NEED, Role.PROFESSIONAL),
    "assignments of other recipients": lambda patch: loosen(patch, Can.SEE_ASSIGNMENT, Role.RECIPIENT),
    "the query that finds": lambda patch: patch.setattr(steps, "visible", lambda actor, can, model: true()),
    "the role that a page needs": lambda patch: patch.setattr(blueprint, "require", lambda actor, can: None),
    "a right of everybody": lambda patch: patch.setitem(GRANTS, Can.SEE_WORK_LIST, {Role.CITIZEN: NO_TIE}),
    "which rights anybody has": lambda patch: patch.setattr(
        permissions, "_ties", lambda actor, can: [NO_TIE] if can is Can.SEE_VOLUNTEERS else []
    ),
}
"""What is taken away; each is one line that somebody could forget."""


@only_sqlite
@pytest.mark.parametrize("name", MUTATIONS)
def test_scoping_that_is_taken_away_turns_the_matrix_red(
    name: str, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [
        row for row in rows()
        if row["endpoint"] in ("offers.show", "needs.show", "assignments.show", "work_list.show", "volunteers.show")
    ]  # fmt: skip
    assert list(deviations(sweep, seen)) == []
    MUTATIONS[name](monkeypatch)
    assert list(deviations(sweep, seen)) != []


def test_the_matrix_names_everybody() -> None:
    assert all(tuple(row) == ("endpoint", "method", *VISITORS) for row in rows())
