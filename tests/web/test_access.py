"""Who gets what answer at every address: tests/access_matrix.csv is reviewed by hand and holds for every page there is.

A row is an address and a method, a column is a person (tests/web/sweep.py says whose the things are), a cell is the
status they get. An address that is not in the file fails; so does one that answers otherwise than the file says.
Everything is asked once on each database, and what came of it is looked at from several sides.
"""

from __future__ import annotations

import ast
import csv
import io
import logging
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

import pytest
from sqlalchemy import select, true
from werkzeug.test import TestResponse

from samskap import permissions
from samskap.models import Account, Base, Membership, Term, Unit, Volunteer
from samskap.permissions import GRANTS, NO_TIE, STAFF, Can, Role
from samskap.services import steps
from samskap.web import PAGES, blueprint
from samskap.workflows.volunteer import VolunteerState
from tests.cast import Someone
from tests.databases import ENGINES, Database
from tests.faults.invariants import past_the_fences
from tests.page import BASE, Page
from tests.standard import faults_of
from tests.town import keep
from tests.web.sweep import ANSWERS, BIRDS, ROLES, VISITORS, Sweep, Visit, a_sweep, canaries

ROOT = Path(__file__).resolve().parents[2]
MATRIX = ROOT / "tests" / "access_matrix.csv"
DENIED = frozenset({400, 401, 403, 404, 405, 410})
UNDONE = frozenset({409, 422})
"""What was asked for could not be, or not yet; it leaves as little behind as a no."""
OF_THE_SESSION = frozenset({"login_session"})
"""Tables in which the mere coming by leaves a trace."""
OPEN_TO_ALL = frozenset({"accounts.home", "accounts.join", "accounts.log_out", "accounts.switch", "links.renew"})
"""Addresses that lead a stranger somewhere without asking them to log in."""
ENTRANCES = ("/logg-inn", "/ny-konto")

Row = dict[str, str]
Cell = tuple[Row, str]
only_sqlite = pytest.mark.parametrize("swept", ["sqlite"], indirect=True)


def rows() -> list[Row]:
    """The matrix as it was reviewed."""
    with MATRIX.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def is_led_to_log_in(row: Row, visitor: str) -> bool:
    """Whether a cell shows a stranger to the log-in page."""
    return visitor == "stranger" and int(row[visitor]) in (302, 303) and row["endpoint"] not in OPEN_TO_ALL


def is_refused(row: Row, visitor: str) -> bool:
    """Whether a cell is a no."""
    return int(row[visitor]) in DENIED or is_led_to_log_in(row, visitor)


def is_quiet(row: Row, visitor: str) -> bool:
    """Whether what is asked for is to leave nothing behind."""
    return row["method"] == "GET" or is_refused(row, visitor) or int(row[visitor]) in UNDONE


# Asking, once


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody was answered, and what they should have been."""

    row: Row
    visitor: str
    response: TestResponse

    def __str__(self) -> str:
        return f"{self.row['method']} {self.row['endpoint']} as {self.visitor}: {self.response.status_code}"

    def faults(self) -> Iterator[str]:
        """Where it is not what was reviewed."""
        if self.response.status_code != int(self.row[self.visitor]):
            yield f"{self}, not {self.row[self.visitor]}"
        elif is_led_to_log_in(self.row, self.visitor) and not self.response.location.startswith(ENTRANCES):
            yield f"{self} leads to {self.response.location}"


@dataclass(frozen=True, kw_only=True)
class Swept:
    """Everything that everybody was answered, and what it left behind."""

    sweep: Sweep
    answers: Sequence[Answer]
    touched: Sequence[str]
    """Tables that reading, or being refused, has changed."""
    words: Mapping[int, Collection[str]]
    """The canaries of each town, by its id."""
    log: str


@pytest.fixture(scope="module", params=ENGINES)
def swept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    """The matrix, asked once: first what leaves nothing behind, then what changes something.

    All of it on SQLite; on PostgreSQL, where roles are told apart by the same lines, two of each answer.
    """
    heard, ours = Heard(), logging.getLogger("samskap")
    ours.addHandler(heard)
    ours.setLevel(logging.DEBUG)
    with a_sweep(request.param, tmp_path_factory.mktemp("sweep")) as sweep:
        words = {town.id: canaries(town) for town in (sweep.oyer, sweep.gausdal)}
        cells = everyone() if request.param == "sqlite" else first_and_last()
        quiet = [cell for cell in cells if is_quiet(*cell)]
        for row, _visitor in quiet:
            sweep.address(row["endpoint"])
        before = fingerprint(sweep.database)
        answers = [answered(sweep, cell, fresh=False) for cell in quiet]
        touched = changed_tables(before, fingerprint(sweep.database))
        answers += [answered(sweep, cell, fresh=True) for cell in cells if not is_quiet(*cell)]
        yield Swept(sweep=sweep, answers=answers, touched=touched, words=words, log="\n".join(heard.lines))
    ours.removeHandler(heard)
    ours.setLevel(logging.NOTSET)


def everyone() -> list[Cell]:
    """Every cell."""
    return [(row, visitor) for row in rows() for visitor in VISITORS]


def first_and_last() -> list[Cell]:
    """Of all who get an answer the first, who is of Øyer, and the last, who is a neighbour where any neighbour is."""
    by_answer: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for row, visitor in everyone():
        by_answer[row["endpoint"], row["method"], row[visitor]].append((row, visitor))
    return [cell for alike in by_answer.values() for cell in (alike if len(alike) < 2 else [alike[0], alike[-1]])]


class Heard(logging.Handler):
    """Every line that is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the line as it would be written."""
        self.lines.append(self.format(record))


def answered(sweep: Sweep, cell: Cell, *, fresh: bool) -> Answer:
    """One cell; whoever logged out or left by it is here again before the next one comes."""
    row, visitor = cell
    response = sweep.visit(Visit(row["endpoint"], row["method"], visitor), fresh=fresh)
    if fresh:
        as_they_were(sweep, row["endpoint"], visitor)
    return Answer(row=row, visitor=visitor, response=response)


def as_they_were(sweep: Sweep, endpoint: str, visitor: str) -> None:
    """Who logged out or left is here again before the next one comes."""
    who = sweep.visitors[visitor]
    if endpoint.startswith("accounts."):
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


def test_every_address_is_in_the_matrix(swept: Swept) -> None:
    there = {(rule.endpoint, method) for rule, method in swept.sweep.rules()}
    written = {(row["endpoint"], row["method"]) for row in rows()}
    assert there - written == set(), "add these to tests/access_matrix.csv, and think about each cell"
    assert written - there == set(), "these are gone; take them out of tests/access_matrix.csv"


def test_the_matrix_names_everybody() -> None:
    assert all(tuple(row) == ("endpoint", "method", *VISITORS) for row in rows())


def test_everybody_gets_the_answer_that_was_reviewed(swept: Swept) -> None:
    assert [fault for answer in swept.answers for fault in answer.faults()] == []
    assert len(swept.answers) > (2_500 if swept.sweep.database.engine == "sqlite" else 650)


def test_the_matrix_and_the_grants_tell_of_the_same_roles() -> None:
    """The file is written by hand; where it lets somebody in whom no grant names, or the other way, one is wrong."""
    needs = {f"{pages.name}.{view}": can for pages in PAGES for view, can in pages.needs.items()}
    told = {
        (row["endpoint"], visitor): row[visitor] in ("302", "303") if visitor == "stranger" else row[visitor] == "403"
        for row in rows()
        for visitor in VISITORS
        if row["endpoint"] not in OPEN_TO_ALL and not is_never_there(row)
    }
    granted = {cell: not set(GRANTS[needs[cell[0]]]) & ROLES[cell[1]] for cell in told}
    assert [cell for cell, shut in told.items() if shut != granted[cell]] == []


def is_never_there(row: Row) -> bool:
    """Whether nobody finds this address here: it belongs to the demo."""
    return {row[visitor] for visitor in VISITORS} == {"404"}


# A12: reading and being refused change nothing


@only_sqlite
def test_reading_and_being_refused_change_nothing(swept: Swept) -> None:
    assert swept.touched == []


# A3, and P6 of what is sent: no word of a neighbour, anywhere


def test_no_word_of_a_neighbour_is_heard(swept: Swept) -> None:
    for answer in swept.answers:
        here = swept.sweep.visitors[answer.visitor].town.id
        strange = [word for town, words in swept.words.items() if town != here for word in words]
        assert heard_in(body_of(answer.response), strange) == [], str(answer)


def test_neither_logs_nor_notices_carry_what_anybody_wrote(swept: Swept) -> None:
    every = [word for words in swept.words.values() for word in words]
    notices = " ".join(fingerprint(swept.sweep.database)["outbox"])
    assert len(notices) > 1_000
    assert heard_in(notices, every) == []
    assert heard_in(swept.log, every) == []


def heard_in(body: str, words: Collection[str]) -> list[str]:
    """Which of the words stand somewhere, in capitals or not."""
    body = body.casefold()
    return [word for word in words if word in body]


def body_of(response: TestResponse) -> str:
    """What a response says, headers included; packed files unpacked."""
    if response.mimetype and response.mimetype.endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(response.data)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return str(response.data, "utf-8", "replace") + str(response.headers)


@only_sqlite
def test_a_word_that_slips_out_would_be_heard(swept: Swept) -> None:
    """The canaries sing: in their own town they are on the pages that show what they sit on."""
    bodies = " ".join(body_of(answer.response) for answer in swept.answers)
    columns = set(re.findall(rf"{BIRDS['3440']}-([a-z_]+)-([a-z_]+)-[0-9]", bodies))
    assert len(columns) > 20


# B1, B2, B4, and the standard of pages: on everything that anybody was answered


@only_sqlite
def test_every_answer_is_headed(swept: Swept) -> None:
    for answer in swept.answers:
        assert faults_of_headers(answer.response, logged_in=answer.visitor != "stranger") == [], str(answer)


@only_sqlite
def test_every_page_keeps_to_the_standard(swept: Swept) -> None:
    """Each as everybody of another role sees it, and once where it is the same as one before."""
    seen, pages = set(), set()
    for answer in swept.answers:
        response, kind = answer.response, (str(answer).partition(" as ")[0], ROLES[answer.visitor])
        if response.mimetype != "text/html" or 300 <= response.status_code < 400 or kind in seen:
            continue
        seen.add(kind)
        if (page := plain(response)) not in pages:
            pages.add(page)
            assert faults_of(response.text, response.headers) == [], str(answer)
    assert len(pages) > 300


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


# A4: what is a neighbour's, or somebody else's, and what is not there are the same

NOBODYS = "999999"


def held_by_id(sweep: Sweep) -> list[Row]:
    """Addresses that name a thing."""
    named = [row for row in rows() if any(name.endswith("_id") for name in sweep.rule_of(row["endpoint"]).arguments)]
    assert len(named) > 60
    return named


@only_sqlite
def test_what_is_somebody_elses_is_as_if_it_were_not_there(swept: Swept) -> None:
    sweep, tried = swept.sweep, 0
    for row in held_by_id(sweep):
        theirs = sweep.address(row["endpoint"], town=sweep.gausdal)
        for visitor in [name for name in VISITORS if is_asked_by_id(sweep, row, name)]:
            urls = [theirs, re.sub(r"\d+", NOBODYS, theirs)]
            urls += [sweep.address(row["endpoint"])] if row[visitor] == "404" else []
            answers = [sweep.send(visitor, row["method"], url) for url in urls]
            told = {(one.status_code, plain(one, url)) for one, url in zip(answers, urls, strict=True)}
            assert [status for status, _body in told] == [404], (row["method"], urls, visitor)
            tried += len(urls)
    assert tried > 400


def is_asked_by_id(sweep: Sweep, row: Row, visitor: str) -> bool:
    """Whether somebody of Øyer has the role for an address, so that the thing decides."""
    return sweep.visitors[visitor].town is sweep.oyer and visitor != "stranger" and row[visitor] not in ("403", "303")


def plain(response: TestResponse, address: str = "") -> str:
    """A body without what is new in each: nonces, tokens, keys, padding and the address itself."""
    body = response.text.replace(address, "/her") if address else response.text
    body = re.sub(r'(nonce|value|name="csrf_token" value)="[^"]*"', r'\1=""', body)
    return re.sub(r"<!--.*?-->", "", body)


@only_sqlite
@pytest.mark.parametrize("number", ["0", str(2**63)])
def test_a_number_that_no_thing_can_have_is_no_things(number: str, swept: Swept) -> None:
    sweep = swept.sweep
    for row in held_by_id(sweep):
        visitor = next(name for name in VISITORS if name != "stranger" and row[name] not in ("403", "404"))
        url = re.sub(r"\d+", number, sweep.address(row["endpoint"]))
        assert sweep.send(visitor, row["method"], url).status_code == 404, (row["method"], url, visitor)


@only_sqlite
def test_a_neighbours_thing_takes_as_long_as_none(swept: Swept) -> None:
    theirs = swept.sweep.address("needs.show", town=swept.sweep.gausdal)
    browser = swept.sweep.visitors["mona"].browser
    times: dict[str, list[float]] = {theirs: [], f"/behov/{NOBODYS}": []}
    for _ in range(200):
        for url, spent in times.items():
            begun = thread_time()
            browser.get(url)
            spent.append(thread_time() - begun)
    one, other = (median(spent) for spent in times.values())
    assert abs(one - other) < 0.002


# A6: nothing is decided by what is sent along

SENTINEL = 987_654
CANARY = "kanarifugl"
SENT_ALONG: Mapping[str, str] = {
    **dict.fromkeys(
        ("id", "tenant_id", "owner_id", "posted_by_id", "recipient_id", "volunteer_id", "person_id", "account_id",
         "contact_id", "by_id", "registered_by_id", "taken", "facts_version", "version", "points", "rank"),
        str(SENTINEL),
    ),
    **dict.fromkeys(("source", "state", "imported_as", "subject", "issuer", "password_hash", "outcome"), CANARY),
    "role": "administrator", "roles": "administrator", "municipality_id": "2", "demo": "1", "verified_at": "1901-01-01",
    "created_at": "1901-01-01", "erased_at": "1901-01-01", "confirmed_at": "1901-01-01",
}  # fmt: skip
"""What no form of ours asks for, and what nobody may decide by sending it along."""


@only_sqlite
def test_what_is_sent_along_decides_nothing(swept: Swept) -> None:
    sweep, done = swept.sweep, 0
    before = privileges(sweep.database)
    for row in rows():
        for visitor in ("eva", "kari", "tor", "ane", "mona", "ida", "grete"):
            if row["method"] == "POST" and not is_refused(row, visitor):
                url = sweep.address(row["endpoint"], fresh=True)
                response = sweep.send(visitor, "POST", url, {**SENT_ALONG, **typed(sweep, row, visitor, url)})
                assert response.status_code < 500, (row["endpoint"], visitor)
                done += response.status_code == 303
                as_they_were(sweep, row["endpoint"], visitor)
    after = privileges(sweep.database)
    assert done > 150, "forms that were taken as they stood"
    assert before - after == set()
    assert {one for one in after - before if one[0] == "membership" and one[-1] in STAFF} == set()
    left = " ".join(line for lines in fingerprint(sweep.database).values() for line in lines)
    assert [word for word in (str(SENTINEL), CANARY, "1901") if word in left] == []


def typed(sweep: Sweep, row: Row, visitor: str, url: str) -> dict[str, Any]:
    """What the page's own form would send, with what must be filled in."""
    answers: dict[str, Any] = dict(ANSWERS.get(row["endpoint"], {}))
    if "GET" not in (sweep.rule_of(row["endpoint"]).methods or ()):
        return answers
    page = Page(sweep.visitors[visitor].browser).opens(url)
    return {**page.would_send(), **answers} if page.status == 200 else answers


def privileges(database: Database) -> set[tuple[Any, ...]]:
    """Who is what at work, whose accounts are which, and in which municipality every row lies."""
    with past_the_fences(database) as session:
        found: set[tuple[Any, ...]] = {
            ("account", one.id, one.demo, one.issuer, one.subject) for one in session.scalars(select(Account))
        }
        found |= {("membership", one.person_id, one.role) for one in session.scalars(select(Membership))}
        for table in Base.metadata.tables.values():
            if {"id", "municipality_id"} <= set(table.columns.keys()) and table.name not in GOES:
                found |= {(table.name, *pair) for pair in session.execute(select(table.c.id, table.c.municipality_id))}
        return found


GOES = frozenset({
    "login_session", "membership", "link", "staged_file", "away", "volunteer_term", "own_word", "need_term",
    "need_window", "requirement", "outbox", "clearance",
})  # fmt: skip
"""Tables from which a form may rightly take rows away."""


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


# A2, in queries and bodies: an id that is not in the address is looked at as closely


@only_sqlite
@pytest.mark.parametrize("whose", ["ola", "jon", "nobody"])
def test_for_whom_a_page_is_cannot_be_said_in_the_address(whose: str, swept: Swept) -> None:
    """?for=7 is the coordinator's, for those of the municipality alone."""
    sweep, tried = swept.sweep, 0
    ident = NOBODYS if whose == "nobody" else str(sweep.visitors[whose].id)
    for row in rows():
        if row["endpoint"] not in FOR_SOMEBODY:
            continue
        for visitor in ("eva", "kari", "ane", "mona", "per"):
            url = f"{sweep.address(row['endpoint'])}?for={ident}"
            status = sweep.send(visitor, row["method"], url).status_code
            theirs = (visitor, whose) in {("mona", "ola"), ("per", "jon")}
            assert (status not in (403, 404)) == theirs, (row["method"], url, visitor, status)
            tried += 1
    assert tried > 80


FOR_SOMEBODY = frozenset({
    "signup.where", "signup.gives", "signup.week", "signup.about", "signup.look_over", "my_page.wishes",
    "my_page.pause", "my_page.resume", "my_page.leave", "my_page.come_back",
})  # fmt: skip


@only_sqlite
@pytest.mark.parametrize(
    ("endpoint", "visitor", "field"),
    [
        ("needs.write", "ane", "unit_id"),
        ("needs.write", "mona", "unit_id"),
        ("needs.write", "ane", "preferred"),
        ("needs.change", "ane", "required"),
        ("administration.invite", "grete", "unit"),
        ("own_words.turn", "mona", "term"),
        ("signup.gives", "kari", "kan"),
        ("my_page.wishes", "kari", "interests"),
    ],
)
def test_a_neighbours_id_in_a_form_is_no_choice(endpoint: str, visitor: str, field: str, swept: Swept) -> None:
    sweep = swept.sweep
    url = sweep.address(endpoint, fresh=True)
    model = Unit if field.startswith("unit") else Term
    theirs = sweep.gausdal.db.scalars(select(model.id)).first()
    fields = {**Page(sweep.visitors[visitor].browser).opens(url).would_send(), field: str(theirs)}
    assert sweep.send(visitor, "POST", url, fields).status_code == 422


# A11: a form that is not ours is not taken


@only_sqlite
def test_every_change_asks_for_a_token_of_ones_own(swept: Swept) -> None:
    sweep, tried = swept.sweep, 0
    evil, ours = "https://ond.example", {"Origin": BASE, "Referer": f"{BASE}/"}
    for row in [row for row in rows() if row["method"] != "GET"]:
        for visitor in ("stranger", "mona"):
            browser, url = sweep.visitors[visitor].browser, sweep.address(row["endpoint"])
            own, foreign = {"csrf_token": sweep.token_of(visitor)}, {"csrf_token": sweep.token_of("kari")}
            attempts = [
                browser.post(url, headers=ours),
                browser.post(url, headers=ours, data=foreign),
                browser.post(url, headers={"Origin": evil, "Referer": f"{evil}/"}, data=own),
            ]
            assert [one.status_code for one in attempts] == [400] * 3, (url, visitor)
            tried += 3
    assert tried > 300


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
    name: str, swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [row for row in rows() if row["endpoint"] in WATCHED and row["method"] == "GET"]
    cells = [(row, visitor) for row in seen for visitor in VISITORS]
    MUTATIONS[name](monkeypatch)
    answers = [answered(swept.sweep, cell, fresh=False) for cell in cells]
    assert [fault for answer in answers for fault in answer.faults()] != []


WATCHED = frozenset({
    "offers.show", "needs.show", "needs.all_needs", "assignments.show", "work_list.show", "volunteers.show",
})  # fmt: skip
