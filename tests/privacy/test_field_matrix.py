"""Who sees what of whom, and when: between the first question and the last thank-you, on every page that one can open.

A phase is a state of what is between a volunteer and a recipient, each with people of its own who bear words of their
own. Everybody opens everything; which words they found is held against a table that was reviewed by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask

from samskap.models import Mode, Need
from samskap.permissions import Role
from samskap.text import phone
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from tests.cast import Someone, a_person, a_town
from tests.databases import fresh
from tests.service import running, settings
from tests.standard import elements, parse, words_of
from tests.town import MORNING, Clock, Town

PHASES = ("open", "sent", "declined", "asked", "agreed", "opened", "running", "ended", "refused", "withdrawn")
NOTHING: frozenset[str] = frozenset()
REACHES_RECIPIENT = frozenset({"task", "recipient.name", "recipient.phone", "recipient.address", "meeting_place"})
REACHES_VOLUNTEER = frozenset({"task", "volunteer.name", "volunteer.phone", "volunteer.email", "meeting_place"})
OF_VOLUNTEER = frozenset({"volunteer.name", "volunteer.phone", "volunteer.email", "volunteer.address"})
MET = ("opened", "running")

SEEN: Mapping[str, Mapping[str, frozenset[str]]] = {
    "volunteer": {
        **dict.fromkeys(PHASES, frozenset({"task"})),
        **dict.fromkeys(MET, REACHES_RECIPIENT),
    },
    "recipient": {
        **dict.fromkeys(PHASES, frozenset({"task"})),
        **dict.fromkeys(("agreed", "ended"), frozenset({"task", "meeting_place"})),
        **dict.fromkeys(MET, REACHES_VOLUNTEER),
    },
    "poster": {
        **dict.fromkeys(PHASES, frozenset({"task"})),
        **dict.fromkeys(MET, REACHES_VOLUNTEER),
    },
    "coordinator": {
        **dict.fromkeys(PHASES, OF_VOLUNTEER | {"task"}),
        "declined": OF_VOLUNTEER | {"task", "volunteer.reason"},
        **dict.fromkeys(MET, OF_VOLUNTEER | REACHES_RECIPIENT),
    },
    "clearance officer": dict.fromkeys(PHASES, frozenset({"volunteer.name"})),
    "another volunteer": {
        **dict.fromkeys(PHASES, NOTHING),
        **dict.fromkeys(("open", "declined"), frozenset({"task"})),
    },
    "another recipient": dict.fromkeys(PHASES, NOTHING),
    "a professional elsewhere": dict.fromkeys(PHASES, NOTHING),
    "leader": dict.fromkeys(PHASES, NOTHING),
    "administrator": dict.fromkeys(PHASES, NOTHING),
    "citizen": dict.fromkeys(PHASES, NOTHING),
    "stranger": dict.fromkeys(PHASES, NOTHING),
    "a neighbour's coordinator": dict.fromkeys(PHASES, NOTHING),
}  # fmt: skip
"""Beside what is one's own. The text of a need names nobody: volunteers who are ready read it while it is open."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One volunteer, one recipient and the need between them, with the words by which their fields are known."""

    name: str
    volunteer: Someone
    recipient: Someone
    need: Need
    urls: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    """Field to the ways in which it may be written."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The town with every phase in it, and who comes by."""

    others: Mapping[str, Someone]
    phases: tuple[Phase, ...]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Built once: everybody only looks."""
    with fresh("sqlite") as database:
        clock = Clock(MORNING)
        with running(settings(database, tmp_path_factory.mktemp("stage")), clock) as app:
            yield from _staged(app, clock)


def _staged(app: Flask, clock: Clock) -> Iterator[Stage]:
    for oyer in a_town(app, clock, "3440", "Øyer kommune"):
        for gausdal in a_town(app, clock, "3441", "Gausdal kommune"):
            home_care, school = oyer.builders.a_unit("Hjemmetjenesten"), oyer.builders.a_unit("Skolen")
            ane = a_person(oyer, app, "Ane Ås", Role.PROFESSIONAL, unit=home_care)
            others = {
                "poster": ane,
                "coordinator": a_person(oyer, app, "Mona Moen", Role.COORDINATOR),
                "clearance officer": a_person(oyer, app, "Ida Iversen", Role.CLEARANCE_OFFICER),
                "another volunteer": a_person(oyer, app, "Ola Odden", Role.VOLUNTEER),
                "another recipient": a_person(oyer, app, "Gro Gillund", Role.RECIPIENT),
                "a professional elsewhere": a_person(oyer, app, "Siri Sæter", Role.PROFESSIONAL, unit=school),
                "leader": a_person(oyer, app, "Liv Lund", Role.LEADER),
                "administrator": a_person(oyer, app, "Grete Gran", Role.ADMINISTRATOR),
                "citizen": a_person(oyer, app, "Eva Engen"),
                "stranger": Someone(oyer, app),
                "a neighbour's coordinator": a_person(gausdal, app, "Per Prestrud", Role.COORDINATOR),
            }
            phases = tuple(_phase(number, name, oyer, app, ane) for number, name in enumerate(PHASES))
            yield Stage(others=others, phases=phases)


def _phase(number: int, name: str, town: Town, app: Flask, ane: Someone) -> Phase:
    volunteer = _known_by(f"ringdrossel{number}", number, town, app, Role.VOLUNTEER)
    recipient = _known_by(f"fiskemaake{number}", number + 50, town, app, Role.RECIPIENT)
    build, state = town.builders, NeedState.OPEN if name in ("open", "sent", "declined") else NeedState.COVERED
    need = build.a_need(state=state, task=f"oppgave{number}", mode=Mode.HOME, posted_by=ane, recipient=recipient)
    urls = [f"/behov/{need.id}", f"/behov/{need.id}/endre", f"/behov/{need.id}/kandidater"]
    if name in ("sent", "declined"):
        offer = build.an_offer(volunteer=volunteer, need=need, state=OfferState(name), reason=f"grunn{number}")
        urls += [f"/foresporsel/{offer.id}"]
    elif name != "open":
        place = f"motested{number}" if name not in ("asked", "refused", "withdrawn") else ""
        row = build.an_assignment(volunteer=volunteer, need=need, state=AssignmentState(name), meeting_place=place)
        urls += [f"/foresporsel/{row.offer_id}"]
        urls += [f"/avtaler/{row.id}{page}" for page in ("", "/ja", "/nei", "/foresla", "/avslutt", "/trekk")]
    urls += [f"/frivillige/{volunteer.id}", f"/avklaringer/{volunteer.id}/vist"]
    urls += [f"{page}?for={volunteer.id}" for page in ("/meld-deg/hvor", "/meld-deg/om-deg", "/ressursene-mine")]
    urls += [f"/{page}?navn=ringdrossel{number}" for page in ("frivillige", "avklaringer")]
    words = {
        **{f"volunteer.{field}": ways for field, ways in _fields_of(volunteer).items()},
        **{f"recipient.{field}": ways for field, ways in _fields_of(recipient).items()},
        "volunteer.reason": (f"grunn{number}",), "task": (f"oppgave{number}",), "meeting_place": (f"motested{number}",),
    }  # fmt: skip
    return Phase(name=name, volunteer=volunteer, recipient=recipient, need=need, urls=tuple(urls), words=words)


def _known_by(word: str, number: int, town: Town, app: Flask, role: Role) -> Someone:
    """Somebody whose every field can be told from everybody else's."""
    told = f"+474000{number:04}", f"{word}vegen 7", f"{word}@innbygger.example"
    return a_person(town, app, f"{word} Namn", role, phone=told[0], address=told[1], email=told[2])


def _fields_of(who: Someone) -> dict[str, tuple[str, ...]]:
    person = who.person
    number, email, address = person.phone or "", person.email or "", person.address or ""
    return {"name": (person.name,), "phone": (number, phone(number)), "email": (email,), "address": (address,)}


MY_LISTS = (
    "/", "/her-trengs-du", "/min-side", "/mine-avtaler", "/mine-foresporsler", "/mine-behov", "/her-trengs-du-for-meg",
    "/mine-data",
)  # fmt: skip
LISTS = (
    *MY_LISTS, "/arbeidsliste", "/avtaler", "/behov", "/behov?tilstand=covered", "/foreninger", "/varsler/ring",
    "/importer/invitasjoner", "/tall", "/administrasjon", "/administrasjon/endringer", "/avklaringer", "/egne-ord",
)  # fmt: skip


def what_is_on(who: Someone, urls: tuple[str, ...]) -> str:
    """Everything that stands on these pages' main parts, fields included."""
    found = []
    for url in urls:
        response = who.browser.get(url)
        assert response.status_code < 500, url
        if response.status_code == 200 and response.mimetype == "text/html":
            root = parse(response.text)[0]
            for main in elements(root, "main"):
                typed = [node.get("value") or node.get("href") or "" for node in elements(main, "input", "a")]
                found.append(" ".join((words_of(main), *typed)))
    return " ".join(found)


def fields_on(page: str, phase: Phase, *, but: str = "-") -> frozenset[str]:
    """Which fields of a phase stand there, other than one's own."""
    return frozenset(
        field
        for field, ways in phase.words.items()
        if not field.startswith(f"{but}.") and any(way in page for way in ways)
    )


@pytest.mark.parametrize("name", SEEN)
def test_nobody_sees_more_of_anybody_than_the_table_says(name: str, stage: Stage) -> None:
    found = dict(_found(name, stage))
    assert {phase: fields for phase, fields in found.items() if fields != SEEN[name][phase]} == {}


HAVE_TO_DO_WITH_IT = ("poster", "coordinator", "clearance officer")
"""Who may open pages of one thing; that the others are answered with a no stands in tests/access_matrix.csv."""


def _found(name: str, stage: Stage) -> Iterator[tuple[str, frozenset[str]]]:
    if name in stage.others:
        urls = [url for phase in stage.phases for url in phase.urls] if name in HAVE_TO_DO_WITH_IT else []
        page = what_is_on(stage.others[name], (*LISTS, *urls))
        yield from ((phase.name, fields_on(page, phase)) for phase in stage.phases)
        return
    for phase in stage.phases:
        who = getattr(phase, name)
        yield phase.name, fields_on(what_is_on(who, (*MY_LISTS, *phase.urls)), phase, but=name)
