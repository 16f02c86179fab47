"""Lists taken in on both databases: the first time, the second time, and back out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from matching.week import Week
from samskap.models import (
    Base,
    Link,
    Membership,
    Need,
    NeedWindow,
    Outbox,
    OwnWord,
    Person,
    StagedFile,
    StepTaken,
    Term,
    Times,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession, writing
from samskap.permissions import NotPermitted, Role
from samskap.services import matching, needs
from samskap.services.imports import staging, unconfirmed
from samskap.services.imports.columns import Kind
from samskap.services.imports.exports import exported
from samskap.services.imports.lists import AnyPlan, Choice, carry_out, look
from samskap.services.imports.plan import Outcome
from samskap.services.steps import Conflict, Missing
from samskap.text import LOCALES
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.town import Clock, Town, keep

DATA = Path(__file__).parents[1] / "data"
FRIVILLIGLISTE = (DATA / "frivilligliste.xlsx").read_bytes()
BEHOV = (DATA / "behov.csv").read_bytes()
HEADINGS = "Navn;E-post;Mobil;Postnr;Født;Kan bidra med;Når;Språk;Merknad"
KARI = "Siri Sæter;siri@a.example;400 00 011;2636;14.02.1960;ski, slå med ljå;tirsdag 9-12;norsk, litt polsk;"


def volunteers(*rows: str) -> bytes:
    """A list of volunteers."""
    return "\n".join([HEADINGS, *rows]).encode()


def takes_in(someone: Someone, data: bytes, kind: Kind = Kind.VOLUNTEERS) -> AnyPlan:
    """Looks at the list and takes it in, as the page does."""
    db, now, actor = someone.town.db, someone.town.clock(), someone.actor
    db.commit()
    with writing():
        plan = look(db, actor, data, kind, Choice(), now=now)
        carry_out(db, actor, plan, now=now)
        db.commit()
    return plan


def counts(plan: AnyPlan) -> tuple[int, int, int, int]:
    """New, same, changed and unreadable."""
    return (
        plan.count(Outcome.NEW),
        plan.count(Outcome.SAME),
        plan.count(Outcome.CHANGED),
        plan.count(Outcome.UNREADABLE),
    )


def everything(db: TenantSession, *, besides: Iterable[type[Any]] = ()) -> dict[str, list[Any]]:
    """Every row of every table that belongs to the municipality."""
    db.expire_all()
    told = {}
    for mapper in Base.registry.mappers:
        if hasattr(mapper.class_, "municipality_id") and mapper.class_ not in {*besides}:
            rows = db.scalars(select(mapper.class_).order_by(mapper.class_.id)).all()
            told[mapper.class_.__name__] = [
                {column.key: getattr(row, column.key) for column in mapper.columns} for row in rows
            ]
    return told


def named(db: TenantSession, name: str) -> Person:
    """The one person of that name."""
    return db.scalars(select(Person).where(Person.name == name)).one()


# volunteers


def test_a_volunteer_comes_in_registered_without_an_account_and_with_everything_the_row_says(mona: Someone) -> None:
    db = mona.town.db
    takes_in(mona, volunteers(KARI))
    siri = named(db, "Siri Sæter")
    volunteer = db.get_one(Volunteer, siri.id)
    assert (siri.account_id, siri.confirmed_at, siri.invited_at, siri.source) == (None, None, None, "import")
    assert (siri.email, siri.phone, siri.postcode, str(siri.birth_date)) == (
        "siri@a.example",
        "+4740000011",
        "2636",
        "1960-02-14",
    )
    assert siri.registered_by_id == mona.id
    assert siri.lat is not None
    assert (volunteer.state, volunteer.free) == (VolunteerState.REGISTERED, Week.from_spans([(1440 + 540, 1440 + 720)]))
    words = db.execute(
        select(Term.kind, Term.key, VolunteerTerm.level)
        .join(VolunteerTerm, VolunteerTerm.term_id == Term.id)
        .order_by(Term.key),
    ).all()
    assert [tuple(word) for word in words] == [
        (WordKind.LANGUAGE, "nb", 3), (WordKind.LANGUAGE, "pl", 1), (WordKind.RESOURCE, "skiing", 0),
    ]  # fmt: skip
    assert db.scalars(select(OwnWord.words)).all() == ["slå med ljå"]
    assert db.scalars(select(Membership.role).where(Membership.person_id == siri.id)).all() == [Role.VOLUNTEER]


def test_nobody_hears_of_an_import(mona: Someone) -> None:
    takes_in(mona, FRIVILLIGLISTE)
    takes_in(mona, BEHOV, Kind.NEEDS)
    assert mona.town.db.scalar(select(func.count(Outbox.id))) == 0
    assert mona.town.db.scalar(select(func.count(Link.id))) == 0


def test_who_has_left_and_who_is_on_pause_come_in_so_by_their_steps(mona: Someone) -> None:
    db = mona.town.db
    takes_in(mona, volunteers("Siri Sæter;siri@a.example;;;;;;;sluttet", "Åse Ås;ase@a.example;;;;;;;pause til jul"))
    siri, ase = (db.get_one(Volunteer, named(db, name).id) for name in ("Siri Sæter", "Åse Ås"))
    assert (siri.state, siri.paused_since) == (VolunteerState.LEFT, None)
    assert (ase.state, ase.paused_since) == (VolunteerState.REGISTERED, mona.town.clock().date())
    steps = db.scalars(select(StepTaken).order_by(StepTaken.id)).all()
    assert [(step.step, step.thing_id, step.by_id) for step in steps] == [
        ("leave", siri.id, mona.id),
        ("pause", ase.id, mona.id),
    ]


def test_both_given_lists_are_taken_in_and_a_second_time_changes_nothing(mona: Someone) -> None:
    db = mona.town.db
    assert counts(takes_in(mona, FRIVILLIGLISTE)) == (109, 6, 0, 10)
    assert counts(takes_in(mona, BEHOV, Kind.NEEDS)) == (10, 0, 0, 0)
    states = Counter(db.scalars(select(Volunteer.state)))
    assert states == {VolunteerState.REGISTERED: 98, VolunteerState.LEFT: 11}
    assert Counter(db.scalars(select(Need.state))) == {NeedState.OPEN: 4, NeedState.DRAFT: 6}
    before = everything(db)
    assert counts(takes_in(mona, FRIVILLIGLISTE)) == (0, 115, 0, 10)
    assert counts(takes_in(mona, BEHOV, Kind.NEEDS)) == (0, 10, 0, 0)
    assert everything(db) == before


def test_imported_volunteers_are_candidates_for_imported_needs(mona: Someone) -> None:
    db = mona.town.db
    takes_in(mona, FRIVILLIGLISTE)
    takes_in(mona, BEHOV, Kind.NEEDS)
    found = {}
    for need in db.scalars(select(Need).where(Need.state == NeedState.OPEN).order_by(Need.id)):
        found[need.title] = matching.desk(db, need, now=mona.town.clock()).in_order()
    imported = set(db.scalars(select(Person.id).where(Person.source == "import")))
    assert len(found["Lese høyt på Sundgaarden tirsdager kl 11"]) >= 5
    assert len(found["Språkkafé, ukrainsk og norsk"]) >= 5
    assert all(set(candidates) <= imported for candidates in found.values())


def test_a_dry_run_changes_nothing(mona: Someone) -> None:
    before = everything(mona.town.db)
    look(mona.town.db, mona.actor, FRIVILLIGLISTE, Kind.VOLUNTEERS, Choice(), now=mona.town.clock())
    assert everything(mona.town.db) == before


def test_a_changed_row_changes_what_it_says_and_nothing_else(mona: Someone) -> None:
    db = mona.town.db
    takes_in(mona, volunteers(KARI))
    plan = takes_in(mona, volunteers("Siri Sæter;siri@a.example;400 00 012;;;baking;onsdag 9-12;engelsk;pause"))
    assert counts(plan) == (0, 0, 1, 0)
    siri = named(db, "Siri Sæter")
    volunteer = db.get_one(Volunteer, siri.id)
    assert (siri.phone, siri.postcode) == ("+4740000012", "2636")
    assert volunteer.free == Week.from_spans([(2 * 1440 + 540, 2 * 1440 + 720)])
    assert volunteer.paused_since is not None
    keys = (
        select(Term.key)
        .join(VolunteerTerm, VolunteerTerm.term_id == Term.id)
        .where(VolunteerTerm.volunteer_id == siri.id)
    )
    assert set(db.scalars(keys)) == {"skiing", "baking", "nb", "pl", "en"}
    assert db.scalars(select(OwnWord.words)).all() == ["slå med ljå"]


def test_the_old_list_does_not_undo_what_was_changed_here(mona: Someone) -> None:
    db = mona.town.db
    takes_in(mona, volunteers(KARI))
    with keep(db):
        named(db, "Siri Sæter").phone = "+4740000019"
    assert counts(takes_in(mona, volunteers(KARI))) == (0, 1, 0, 0)
    assert named(db, "Siri Sæter").phone == "+4740000019"


def test_what_someone_with_an_account_has_answered_stands(mona: Someone, kari: Someone) -> None:
    email = kari.person.email
    plan = takes_in(mona, volunteers(f"Kari Kvam;{email};400 00 099;2635;01.01.1950;baking;lørdag;;sluttet"))
    db = mona.town.db
    person = db.get_one(Person, kari.id)
    assert (person.phone, person.postcode, str(person.birth_date)) == ("+4740000001", "2636", "1950-01-01")
    assert kari.volunteer.state is VolunteerState.READY
    assert [change.what for save in plan.saves for change in save.changes] == ["born"]
    assert sum("selv svart" in warned.why.say("nb") for warned in plan.warnings) == 3


def test_a_colleague_in_the_list_becomes_a_volunteer_too(mona: Someone, ane: Someone) -> None:
    takes_in(mona, volunteers(f"Ane Ås;{ane.person.email};;;;baking;lørdag;norsk;"))
    db = mona.town.db
    assert db.get_one(Volunteer, ane.id).state is VolunteerState.REGISTERED
    roles = db.scalars(select(Membership.role).where(Membership.person_id == ane.id))
    assert set(roles) == {Role.PROFESSIONAL, Role.VOLUNTEER}


def test_a_protected_address_is_not_placed_by_a_list(mona: Someone) -> None:
    db = mona.town.db
    takes_in(mona, volunteers("Siri Sæter;siri@a.example;;;;;;;"))
    with keep(db):
        named(db, "Siri Sæter").address_protected = True
    takes_in(mona, volunteers("Siri Sæter;siri@a.example;;2635;;;;;"))
    siri = named(db, "Siri Sæter")
    assert (siri.postcode, siri.lat, siri.lon) == (None, None, None)


def test_the_neighbours_people_are_neither_found_nor_touched(mona: Someone, jon: Someone) -> None:
    before = everything(jon.town.db)
    plan = takes_in(mona, volunteers(f"Jon Jevne;{jon.person.email};;;;;;;"))
    assert counts(plan) == (1, 0, 0, 0)
    assert everything(jon.town.db) == before


def test_only_coordinators_import_and_export(
    kari: Someone, ane: Someone, liv: Someone, grete: Someone, ida: Someone
) -> None:
    for someone in (kari, ane, liv, grete, ida):
        db, actor, now = someone.town.db, someone.actor, someone.town.clock()
        with pytest.raises(NotPermitted):
            look(db, actor, volunteers(KARI), Kind.VOLUNTEERS, Choice(), now=now)
        with pytest.raises(NotPermitted):
            exported(db, actor, Kind.VOLUNTEERS, "nb")
        with pytest.raises(NotPermitted):
            staging.keep(db, actor, kind=Kind.VOLUNTEERS, name="", data=volunteers(KARI), now=now)


def test_of_two_who_take_in_one_list_at_once_one_is_told(mona: Someone, arne: Someone) -> None:
    db, now, actors = mona.town.db, mona.town.clock(), (mona.actor, arne.actor)
    plans = [look(db, actor, volunteers(KARI), Kind.VOLUNTEERS, Choice(), now=now) for actor in actors]
    db.commit()
    with writing():
        carry_out(db, actors[0], plans[0], now=now)
        db.commit()
    with writing(), pytest.raises(Conflict):
        carry_out(db, actors[1], plans[1], now=now)
    db.rollback()
    assert db.scalar(select(func.count(Person.id)).where(Person.source == "import")) == 1


# needs


def test_a_need_comes_in_with_its_windows_and_the_defaults_of_its_kind(mona: Someone, builders: Builders) -> None:
    db, unit = mona.town.db, builders.a_unit("Øyer frivilligsentral")
    takes_in(mona, BEHOV, Kind.NEEDS)
    reading = db.scalars(select(Need).where(Need.title.startswith("Lese høyt"))).one()
    assert (reading.state, reading.kind, reading.wanted, reading.times) == (
        NeedState.OPEN,
        "reading_aloud",
        2,
        Times.ANY,
    )
    assert (reading.unit_id, reading.posted_by_id, reading.place, reading.source) == (
        unit.id,
        mona.id,
        "Øyer",
        "import",
    )
    windows = db.scalars(select(NeedWindow).where(NeedWindow.need_id == reading.id)).all()
    assert [(window.start_minute, window.end_minute) for window in windows] == [(2100, 2160)]
    homework = db.scalars(select(Need).where(Need.title.startswith("Leksehjelp"))).one()
    assert homework.times is Times.ALL
    waffles = db.scalars(select(Need).where(Need.title.startswith("Vaffel"))).one()
    session = db.scalars(select(NeedWindow).where(NeedWindow.need_id == waffles.id)).one()
    assert (str(session.starts_at), str(waffles.ends_on)) == ("2026-03-14 16:00:00+00:00", "2026-03-14")
    walks = db.scalars(select(Need).where(Need.title.startswith("Gåturer"))).one()
    assert (walks.state, walks.how_often, walks.times) == (
        NeedState.DRAFT,
        "2 ganger i uka, helst formiddag",
        Times.NONE,
    )


def test_a_session_in_summer_is_two_hours_from_utc_and_one_in_winter_one(mona: Someone) -> None:
    rows = "Behov;Tid;Antall\nVaffelsteiking;1.7.2027 kl 12-14;2\nVaffelsteiking på kafé;1.12.2026 kl 12-14;2"
    takes_in(mona, rows.encode(), Kind.NEEDS)
    starts = mona.town.db.scalars(select(NeedWindow.starts_at).order_by(NeedWindow.starts_at)).all()
    assert [str(start) for start in starts] == ["2026-12-01 11:00:00+00:00", "2027-07-01 10:00:00+00:00"]


def test_a_new_time_in_the_list_changes_the_need_and_leaves_the_rest(mona: Someone) -> None:
    db, now, actor = mona.town.db, mona.town.clock(), mona.actor
    takes_in(mona, BEHOV, Kind.NEEDS)
    need = db.scalars(select(Need).where(Need.title.startswith("Lese høyt"))).one()
    with keep(db):
        words = replace(needs.words_of(db, need), goal="Høre en god historie")
        needs.change(db, actor, need.id, words, version=need.version, now=now)
    plan = takes_in(mona, BEHOV.replace(b"tirsdag 11-12;2", b"onsdag 11-13;3"), Kind.NEEDS)
    assert counts(plan) == (0, 9, 1, 0)
    db.refresh(need)
    window = db.scalars(select(NeedWindow).where(NeedWindow.need_id == need.id)).one()
    assert (window.start_minute, window.end_minute, need.wanted) == (2 * 1440 + 660, 2 * 1440 + 780, 3)
    assert (need.goal, need.state) == ("Høre en god historie", NeedState.OPEN)


# and back


def test_what_goes_out_comes_back_the_same_in_all_three_languages(
    mona: Someone, builders: Builders, kari: Someone
) -> None:
    builders.a_need(
        posted_by=mona.person, windows=[(540, 660), (1980, 2100)], wanted=3, minimum=2, how_often="to ganger i uka"
    )
    builders.an_own_word(kari)
    takes_in(mona, FRIVILLIGLISTE)
    takes_in(mona, BEHOV, Kind.NEEDS)
    for kind, rows in ((Kind.VOLUNTEERS, 110), (Kind.NEEDS, 11)):
        for locale in LOCALES:
            data = exported(mona.town.db, mona.actor, kind, locale)
            plan = look(mona.town.db, mona.actor, data, kind, Choice(), now=mona.town.clock())
            assert counts(plan) == (0, rows, 0, 0), (kind, locale)


def test_every_week_comes_back_to_the_half_hour(mona: Someone, kari: Someone) -> None:
    db = mona.town.db
    for free in (Week((1 << 336) - 1), Week(0b1011 << 100), Week(1), Week(1 << 335), Week(int("01" * 168, 2))):
        with keep(db):
            kari.volunteer.free = free
        data = exported(db, mona.actor, Kind.VOLUNTEERS, "nb")
        save = look(db, mona.actor, data, Kind.VOLUNTEERS, Choice(), now=mona.town.clock())
        assert counts(save) == (0, 1, 0, 0)
        text = load_workbook(BytesIO(data)).worksheets[0]["J2"].value
        again = volunteers(f"Ny Frivillig;ny@a.example;;;;;{text};;")
        entry: Any = look(db, mona.actor, again, Kind.VOLUNTEERS, Choice(), now=mona.town.clock()).saves[0].entry
        assert entry.free == free


def test_every_exported_cell_is_text_and_none_tells_where_a_protected_person_lives(mona: Someone) -> None:
    db = mona.town.db
    takes_in(
        mona,
        volunteers(
            "+Mia Hansen;siri@a.example;400 00 011;2636;14.02.1960;-2, =1+1;;;",
            KARI.replace("siri@", "ny@").replace("011", "012"),
        ),
    )
    with keep(db):
        hidden = named(db, "Siri Sæter")
        hidden.lat = hidden.lon = None
        hidden.address_protected = True
    sheet = load_workbook(BytesIO(exported(db, mona.actor, Kind.VOLUNTEERS, "nb"))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {"+Mia Hansen", "400 00 011"} <= {cell.value for cell in cells}
    rows = {row[1].value: [cell.value for cell in row] for row in sheet.iter_rows()}
    assert (rows["Siri Sæter"][4], rows["Siri Sæter"][5]) == (None, None)
    assert rows["+Mia Hansen"][4:6] == ["2636", "Øyer"]


def test_the_neighbours_are_not_in_the_export(mona: Someone, jon: Someone, gausdal: Town) -> None:
    gausdal.builders.a_need(posted_by=jon.person, title="Hemmelig behov i nabokommunen")
    for kind in Kind:
        sheet = load_workbook(BytesIO(exported(mona.town.db, mona.actor, kind, "nb"))).worksheets[0]
        text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        assert "Jevne" not in text
        assert "Hemmelig" not in text


# staged lists


def test_a_staged_list_is_there_for_an_hour_for_the_one_who_uploaded_it(
    mona: Someone, arne: Someone, clock: Clock
) -> None:
    db, actor = mona.town.db, mona.actor
    with keep(db):
        staged = staging.keep(db, actor, kind=Kind.VOLUNTEERS, name="liste.csv", data=volunteers(KARI), now=clock())
    assert staging.find(db, actor, staged.id, now=clock()).name == "liste.csv"
    with pytest.raises(Missing):
        staging.find(db, arne.actor, staged.id, now=clock())
    clock.moves(minutes=60)
    with pytest.raises(Missing):
        staging.find(db, actor, staged.id, now=clock())
    with keep(db):
        staging.forget_old(db, now=clock())
    assert db.scalar(select(func.count(StagedFile.id))) == 0


def test_a_new_list_takes_the_place_of_the_one_before(mona: Someone, arne: Someone, clock: Clock) -> None:
    db, hers, his = mona.town.db, mona.actor, arne.actor
    with keep(db):
        for actor in (his, hers, hers):
            staging.keep(db, actor, kind=Kind.VOLUNTEERS, name="l.csv", data=volunteers(KARI), now=clock())
    assert sorted(db.scalars(select(StagedFile.person_id))) == sorted([mona.id, arne.id])


# who does not answer


def invited(mona: Someone, now: datetime) -> int:
    """Invites everyone who can be; how many."""
    actor = mona.actor
    with keep(mona.town.db):
        return unconfirmed.invite_all(mona.town.db, actor, secret="a secret", now=now)


def test_who_is_invited_and_has_not_confirmed_after_thirty_days_is_to_be_deleted(mona: Someone, clock: Clock) -> None:
    db = mona.town.db
    takes_in(mona, volunteers(KARI, "Uten Post;;400 00 012;;;;;;", "Har Sluttet;s@a.example;;;;;;;sluttet"))
    assert unconfirmed.can_be_invited(db) == 1
    assert invited(mona, clock()) == 1
    assert invited(mona, clock()) == 0
    siri = named(db, "Siri Sæter")
    assert siri.invited_at == clock()
    assert db.scalar(select(func.count(Link.id))) == 1
    assert list(unconfirmed.to_be_deleted(db, now=clock() + timedelta(days=30, seconds=-1))) == []
    assert list(unconfirmed.to_be_deleted(db, now=clock() + timedelta(days=30))) == [siri.id]
    with keep(db):
        siri.confirmed_at = clock()
    assert list(unconfirmed.to_be_deleted(db, now=clock() + timedelta(days=31))) == []
