"""Mine data: told and deleted by the register of personal columns, so that no column can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import JSON, String, cast, select

from samskap.models import (
    Account,
    Assignment,
    Base,
    Block,
    ClearanceKind,
    Link,
    Offer,
    Opening,
    Outbox,
    Person,
    Purpose,
    Volunteer,
)
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.privacy import register_of
from samskap.services import matching, needs, own_data
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.faults.invariants import breaches, past_the_fences
from tests.hands import does, history
from tests.town import keep

MARK = "kvitlerke"
"""Stands in everything that Kari has written or that was written about her."""
KEPT = {"proposal.reason", "step_taken.why"}
"""Where reasons stand that the archive law keeps."""


@pytest.fixture
def marked(kari: Someone, tor: Someone, mona: Someone, builders: Builders, db: TenantSession) -> Someone:
    """Kari, with a mark in every text of hers in every table, as a volunteer and as one who asks."""
    need = builders.a_need(
        recipient=kari, title=MARK, goal=MARK, task=MARK, how_often=MARK, wish_gender="f", wish_reason=MARK,
        state=NeedState.SUBMITTED,
    )  # fmt: skip
    builders.an_own_word(kari, MARK)
    builders.a_clearance(kari, "2026-1", ClearanceKind.DECLARATION)
    builders.a_proposal(volunteer=kari, state=ProposalState.SET_ASIDE, reason=MARK)
    builders.an_offer(volunteer=kari, state=OfferState.DECLINED, reason=MARK)
    met = builders.an_assignment(volunteer=kari, recipient=tor, state=AssignmentState.RUNNING, meeting_place=MARK)
    builders.a_meeting(assignment=met, state=MeetingState.PLANNED, place=MARK)
    builders.a_block(kari, tor)
    builders.a_block(tor, kari)
    address = f"{MARK}@øyer.example"
    with keep(db):
        person = db.get_one(Person, kari.id)
        person.name, person.email, person.phone, person.address = MARK, address, "+4740000001", MARK
        db.get_one(Volunteer, kari.id).wishes = MARK
        db.add(Opening(person_id=kari.id, seen_by_id=tor.id, assignment_id=met.id, what="contact", at=builders.now))
        for account_id in (None, person.account_id):
            db.add(
                Link(
                    token_hash=f"{account_id}".ljust(64, "x"), purpose=Purpose.INVITE_STAFF, email=address,
                    account_id=account_id, municipality_id=kari.town.id, expires_at=builders.now,
                )
            )  # fmt: skip
        db.add(
            Outbox(
                key="k", notice=Notice.VERIFY_ADDRESS, address=address, made_at=builders.now, not_before=builders.now,
                noun="",
            )
        )  # fmt: skip
        account = db.get_one(Account, person.account_id)
        account.email = account.subject = address
    does(mona, needs.send_back, need.id, why=MARK)
    return kari


def places_of(mark: str, database: Database) -> Iterator[str]:
    """Every column of the whole database in which a word stands, as "table.column"."""
    with past_the_fences(database) as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                holds = select(column).where(cast(column, String).contains(mark))
                if isinstance(column.type, String | JSON) and session.scalars(holds).first() is not None:
                    yield f"{table.name}.{column.name}"


def test_after_deletion_nothing_of_somebody_stands_anywhere_but_in_reasons_that_the_law_keeps(
    marked: Someone, database: Database
) -> None:
    before = set(places_of(MARK, database))
    assert before >= KEPT | {
        "person.name", "account.email", "need.task", "own_word.words", "offer.reason", "meeting.place", "link.email",
        "outbox.address", "volunteer.wishes", "assignment.meeting_place",
    }  # fmt: skip
    does(marked, own_data.erase)
    assert set(places_of(MARK, database)) == KEPT


def test_deletion_blanks_every_personal_column_that_is_not_archive_material(
    marked: Someone, database: Database
) -> None:
    number = marked.id
    does(marked, own_data.erase)
    register = register_of(Base.metadata)
    with past_the_fences(database) as session:
        person = session.get_one(Person, number)
        left = {name: getattr(person, name) for name in register.erased_of("person", "blank")}
        assert [session.scalars(select(model)).all() for model in (Link, Block)] == [[], []]
        offer = session.scalars(select(Offer).where(Offer.volunteer_id == number, Offer.state == "declined")).one()
    assert {name: value for name, value in left.items() if value not in (None, "", own_data.ERASED, False)} == {
        "locale": "nb", "created_at": own_data.LONG_AGO,
    }  # fmt: skip
    assert (offer.reason, offer.sent_at.year) == ("", 2026), (
        "that she was asked is archive material, why she said no is not"
    )


def test_deletion_breaks_nothing_that_others_stand_on(
    marked: Someone, tor: Someone, database: Database, db: TenantSession
) -> None:
    does(marked, own_data.erase)
    with past_the_fences(database) as session:
        found = [one for one in breaches(session) if not one.endswith("stands at None; its history ends at called_off")]
    assert found == [], "but for the meeting, which goes with whom one was to meet"
    assert "break_off" in history(db, of="assignment")
    assert db.scalars(select(Assignment.ending)).all() != [None]
    assert db.get_one(Person, tor.id).name == "Tor Tande"


def test_who_is_deleted_is_no_fact_to_match_with(kari: Someone, builders: Builders, db: TenantSession) -> None:
    need, number = builders.a_need(), kari.id
    assert number in matching.desk(db, need, now=builders.now).ranking.eligible
    does(kari, own_data.erase)
    assert number not in matching.desk(db, need, now=builders.now).ranking.eligible


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_table_with_personal_columns_says_whose_a_row_is(kari: Someone) -> None:
    who = own_data._Self(kari.person, kari.person.account_id)
    nobodys = [
        model.__tablename__
        for model in own_data._models()
        if str(own_data._about(model, who).compile(compile_kwargs={"literal_binds": True})) in ("false", "0 = 1")
    ]
    assert nobodys == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_file_holds_every_exported_column_of_every_row_about_one_and_no_other_row(
    marked: Someone, tor: Someone, ola: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.an_own_word(ola, "en annens ord")
    told = own_data.export(db, marked.actor)
    register = register_of(Base.metadata)
    for table, rows in told.items():
        assert all(set(row) <= set(register.exported_of(table)) for row in rows), table
    assert set(told) >= {
        "account", "assignment", "block", "clearance", "link", "login_session", "meeting", "membership", "need",
        "offer", "opening", "outbox", "own_word", "person", "proposal", "standing", "step_taken", "volunteer",
    } - {"login_session"}  # fmt: skip
    assert [row["words"] for row in told["own_word"]] == [MARK]
    assert [row["name"] for row in told["person"]] == [MARK]
    assert "Tor Tande" not in str(told)
    assert "password" not in str(told)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_stranger_has_no_data_to_see_or_delete(kari: Someone, stranger: Someone) -> None:
    for verb in (own_data.export, own_data.held_about):
        with pytest.raises(NotPermitted):
            verb(kari.town.db, stranger.actor)
    with pytest.raises(NotPermitted):
        does(stranger, own_data.erase)
