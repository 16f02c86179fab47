"""Ways to reach a neighbour's row through a session: each is refused, or finds and changes nothing.

Each probe is tried from Øyer on a need and a person of Gausdal that carry a canary. A probe leaks when it brings the
canary home, or when what stands in Gausdal is not as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, func, insert, literal_column, select, text, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import CacheStats
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased, defer, undefer

from samskap.models import Base, FormKey, Municipality, Need, Person
from samskap.models.session import ForeignRow, RawSqlRefused, TenantMissing, TenantSession, TenantSwitch, writing
from tests.town import Town

CANARY = "kanarifugl"
REFUSED = (RawSqlRefused, TenantMissing, TenantSwitch, ForeignRow, SQLAlchemyError)


@dataclass(frozen=True)
class Neighbour:
    """What the probes are after."""

    need_id: int
    person_id: int
    municipality_id: int
    detached: Need
    """A row that another session loaded and let go of."""


Probe = Callable[[Any, Neighbour], object]
PROBES: dict[str, Probe] = {}


def probe(work: Probe) -> Probe:
    """One way in."""
    PROBES[work.__name__] = work
    return work


def titles(rows: Any) -> list[object]:
    """What came home, as plain values."""
    return [row.title if isinstance(row, Need) else row for row in rows]


@probe
def get(db: Any, there: Neighbour) -> object:
    found = db.get(Need, there.need_id)
    return found and found.title


@probe
def get_after_another_session_let_go(db: Any, there: Neighbour) -> object:
    db.add(there.detached)
    found = db.get(Need, there.need_id)
    return found and found.title


@probe
def entities(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(Need)))


@probe
def columns(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(Need.title)))


@probe
def by_id(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(Need).where(Need.id == there.need_id)))


@probe
def count(db: Any, there: Neighbour) -> object:
    found = db.scalar(select(func.count()).select_from(Need).where(Need.title.contains(CANARY)))
    return CANARY if found else None


@probe
def joined(db: Any, there: Neighbour) -> object:
    return titles(
        db.scalars(select(Need.title).select_from(Municipality).join(Need, Need.municipality_id == Municipality.id))
    )


@probe
def outer_joined(db: Any, there: Neighbour) -> object:
    query = select(Municipality.name, Need.title).outerjoin(Need, Need.municipality_id == Municipality.id)
    return [row.title for row in db.execute(query)]


@probe
def subquery(db: Any, there: Neighbour) -> object:
    inner = select(Need.title.label("title")).subquery()
    return titles(db.scalars(select(inner.c.title).join_from(Municipality, inner, Municipality.id > 0)))


@probe
def scalar_subquery(db: Any, there: Neighbour) -> object:
    inner = select(Need.title).where(Need.id == there.need_id).scalar_subquery()
    return titles(db.scalars(select(inner).select_from(Municipality)))


@probe
def exists_there(db: Any, there: Neighbour) -> object:
    inner = select(Need.id).where(Need.id == there.need_id).exists()
    return [CANARY for _ in db.scalars(select(Municipality).where(inner))]


@probe
def alias(db: Any, there: Neighbour) -> object:
    other = aliased(Need)
    return titles(db.scalars(select(other)))


@probe
def cte(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(aliased(Need, select(Need).cte()))))


@probe
def cte_of_columns(db: Any, there: Neighbour) -> object:
    inner = select(Need.title.label("title")).cte()
    return titles(db.scalars(select(inner.c.title).join_from(Municipality, inner, Municipality.id > 0)))


@probe
def cte_that_deletes(db: Any, there: Neighbour) -> object:
    inner = delete(Person).returning(Person.id).cte()
    return db.execute(select(Municipality.id).add_cte(inner)).all() and None


@probe
def change_from_a_subquery(db: Any, there: Neighbour) -> object:
    inner = select(Need.title).where(Need.id == there.need_id).scalar_subquery()
    db.execute(
        update(Municipality).values(email=func.coalesce(inner, "")), execution_options={"synchronize_session": False}
    )
    return titles(db.scalars(select(Municipality.email)))


@probe
def core_table_in_an_orm_statement(db: Any, there: Neighbour) -> object:
    table = Base.metadata.tables["need"]
    rows = db.execute(select(Municipality.id, table.c.title).join(table, table.c.id > 0))
    return [row.title for row in rows]


@probe
def plain_sql_in_an_orm_statement(db: Any, there: Neighbour) -> object:
    plain: Any = literal_column("(SELECT max(title) FROM need)").label("title")
    return [row.title for row in db.execute(select(Municipality.id, plain))]


@probe
def union(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(Need).from_statement(union_all(select(Need), select(Need)))))


@probe
def union_of_columns(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(union_all(select(Need.title), select(Person.name))))


@probe
def legacy_query(db: Any, there: Neighbour) -> object:
    return titles(db.query(Need).all())


@probe
def deferred_column(db: Any, there: Neighbour) -> object:
    found = db.scalars(select(Need).options(defer(Need.title)).where(Need.id == there.need_id)).one_or_none()
    return found and found.title


@probe
def refresh_of_a_detached_row(db: Any, there: Neighbour) -> object:
    db.add(there.detached)
    db.expire(there.detached)
    return there.detached.title


@probe
def undeferred(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(Need).options(undefer(Need.title)).execution_options(populate_existing=True)))


@probe
def core_select(db: Any, there: Neighbour) -> object:
    return [row.title for row in db.execute(select(Need.__table__))]


@probe
def plain_sql(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(text("SELECT title FROM need")))


@probe
def plain_sql_with_entities(db: Any, there: Neighbour) -> object:
    return titles(db.scalars(select(Need).from_statement(text("SELECT * FROM need"))))


@probe
def raw_connection(db: Any, there: Neighbour) -> object:
    return titles(db.connection().exec_driver_sql("SELECT title FROM need"))


@probe
def change_in_bulk(db: Any, there: Neighbour) -> object:
    return db.execute(update(Need).values(title="endret")).rowcount and None


@probe
def change_by_primary_key(db: Any, there: Neighbour) -> object:
    return db.execute(update(Need), [{"id": there.need_id, "title": "endret", "version": 1}]) and None


@probe
def change_by_a_core_table(db: Any, there: Neighbour) -> object:
    return db.execute(update(Base.metadata.tables["need"]).values(title="endret")).rowcount and None


@probe
def change_of_a_detached_row(db: Any, there: Neighbour) -> object:
    db.add(there.detached)
    there.detached.title = "endret"
    db.flush()
    return None


@probe
def delete_in_bulk(db: Any, there: Neighbour) -> object:
    return db.execute(delete(Need)).rowcount and None


@probe
def delete_a_detached_row(db: Any, there: Neighbour) -> object:
    db.delete(there.detached)
    db.flush()
    return None


@probe
def take_a_row_home(db: Any, there: Neighbour) -> object:
    db.add(there.detached)
    there.detached.municipality_id = db.info.get("municipality_id")
    db.flush()
    return None


@probe
def send_rows_abroad(db: Any, there: Neighbour) -> object:
    db.execute(update(Person).values(municipality_id=there.municipality_id))
    return None


@probe
def add_abroad(db: Any, there: Neighbour) -> object:
    db.add(Person(municipality_id=there.municipality_id, name="Gjøkunge", created_at=there.detached.created_at))
    db.flush()
    return None


@probe
def add_in_bulk(db: Any, there: Neighbour) -> object:
    told = {"municipality_id": there.municipality_id, "name": "Gjøkunge", "created_at": there.detached.created_at}
    db.execute(insert(Person), [told | {"locale": "nb", "address_protected": False, "source": "self"}])
    return None


@probe
def add_by_values(db: Any, there: Neighbour) -> object:
    told = {"municipality_id": there.municipality_id, "name": "Gjøkunge", "created_at": there.detached.created_at}
    db.execute(insert(Person).values(**told, locale="nb", address_protected=False, source="self"))
    return None


@probe
def add_by_mappings(db: Any, there: Neighbour) -> object:
    told = {"municipality_id": there.municipality_id, "name": "Gjøkunge", "created_at": there.detached.created_at}
    db.bulk_insert_mappings(Person, [told])
    return None


@probe
def save_in_bulk(db: Any, there: Neighbour) -> object:
    db.bulk_save_objects(
        [Person(municipality_id=there.municipality_id, name="Gjøkunge", created_at=there.detached.created_at)]
    )
    return None


@probe
def upsert(db: Any, there: Neighbour) -> object:
    told = {"id": there.person_id, "municipality_id": there.municipality_id, "name": "Gjøkunge", "locale": "nb"}
    told |= {"created_at": there.detached.created_at, "address_protected": False, "source": "self"}
    words = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    db.execute(
        words.insert(Person).values(told).on_conflict_do_update(index_elements=["id"], set_={"name": "Gjøkunge"})
    )
    return None


@probe
def merge(db: Any, there: Neighbour) -> object:
    mine = db.info.get("municipality_id")
    db.merge(Person(id=there.person_id, municipality_id=mine, name="Gjøkunge", created_at=there.detached.created_at))
    db.flush()
    return None


@probe
def copy_into_a_table_of_all(db: Any, there: Neighbour) -> object:
    inner: Any = select(
        literal_column("'x'"), literal_column("'k'"), Need.title, literal_column("'b'"), Need.created_at
    )
    db.execute(insert(FormKey).from_select(["who", "key", "route", "body_hash", "at"], inner))
    return titles(db.scalars(select(FormKey.route)))


@probe
def child_of_a_neighbour(db: Any, there: Neighbour) -> object:
    found = db.scalars(select(Person)).first()
    db.add(Need(kind="walking_friend", title="x", posted_by_id=there.person_id, created_at=found.created_at))
    db.flush()
    return CANARY


@probe
def stand_elsewhere(db: Any, there: Neighbour) -> object:
    db.stand_in(there.municipality_id)
    return titles(db.scalars(select(Need)))


@pytest.fixture
def there(gausdal: Town, oyer: Town) -> Neighbour:
    """A need and a person of Gausdal, and somebody in Øyer."""
    oyer.builders.a_person("Hjemme Bakke")
    person = gausdal.builders.a_person(CANARY)
    need = gausdal.builders.a_need(title=CANARY, posted_by=person)
    with TenantSession(gausdal.db.get_bind()) as session:
        session.stand_in(gausdal.id)
        loaded = session.get_one(Need, need.id)
        session.expunge(loaded)
    return Neighbour(need.id, person.id, gausdal.id, loaded)


def stands_in_gausdal(town: Town) -> list[tuple[object, ...]]:
    """Every need and person there, as they stand in the database."""
    town.db.rollback()
    needs = town.db.execute(select(Need.id, Need.municipality_id, Need.title).order_by(Need.id))
    persons = town.db.execute(select(Person.id, Person.municipality_id, Person.name).order_by(Person.id))
    return [tuple(row) for row in (*needs, *persons)]


def leaks(name: str, session: Session, there: Neighbour, gausdal: Town) -> bool:
    """Whether a probe brings something home or leaves something behind."""
    before = stands_in_gausdal(gausdal)
    home: object = None
    with writing(), contextlib.suppress(*REFUSED):
        home = PROBES[name](session, there)
        session.commit()
    session.rollback()
    return CANARY in str(home) or stands_in_gausdal(gausdal) != before


class Unguarded(Session):
    """A session of SQLAlchemy's own, as if the guard had been taken away; PostgreSQL is still told where it stands."""

    def stand_in(self, municipality_id: int) -> None:
        """Nothing hinders it."""
        self.info["municipality_id"] = municipality_id


@event.listens_for(Unguarded, "after_begin")
def tell_where_it_stands(session: Session, _: Any, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        here = str(session.info["municipality_id"])
        connection.execute(text("SELECT set_config('samskap.municipality', :here, true)"), {"here": here})


ONLY_BY_REVIEW = frozenset({"core_table_in_an_orm_statement", "plain_sql_in_an_orm_statement"})
"""What the session cannot see on SQLite; tests/house/test_sql.py refuses to have such code at all."""
BY_THE_SCHEMA = frozenset({"take_a_row_home", "merge", "child_of_a_neighbour", "cte_that_deletes"})
"""What SQLite itself refuses even without the guard: composite keys hold, and nothing is deleted in a CTE."""


@pytest.mark.parametrize("name", PROBES)
def test_no_way_leads_to_the_neighbour(name: str, engine: Engine, oyer: Town, gausdal: Town, there: Neighbour) -> None:
    with TenantSession(engine) as session:
        session.stand_in(oyer.id)
        found = leaks(name, session, there, gausdal)
    assert found == (name in ONLY_BY_REVIEW and engine.dialect.name == "sqlite")


@pytest.mark.parametrize("name", sorted(set(PROBES) - {"stand_elsewhere"}))
def test_a_session_that_stands_nowhere_finds_nothing(
    name: str, engine: Engine, gausdal: Town, there: Neighbour
) -> None:
    with TenantSession(engine) as session:
        found = leaks(name, session, there, gausdal)
    assert found == (name in ONLY_BY_REVIEW and engine.dialect.name == "sqlite")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", PROBES)
def test_without_the_guard_it_leads_there(
    name: str, engine: Engine, oyer: Town, gausdal: Town, there: Neighbour
) -> None:
    with Unguarded(engine) as session:
        session.stand_in(oyer.id)
        assert leaks(name, session, there, gausdal) == (name not in BY_THE_SCHEMA)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", PROBES)
def test_row_level_security_alone_holds(name: str, engine: Engine, oyer: Town, gausdal: Town, there: Neighbour) -> None:
    """All but what lies in memory already, and a session that is told to stand elsewhere: the guard sees to those."""
    with Unguarded(engine) as session:
        session.stand_in(oyer.id)
        in_memory = {"get_after_another_session_let_go", "stand_elsewhere"}
        assert leaks(name, session, there, gausdal) == (name in in_memory)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_forgets_where_it_stood(engine: Engine, gausdal: Town, there: Neighbour) -> None:
    with engine.connect() as connection:
        for _ in range(2):
            assert connection.execute(text("SELECT count(*) FROM need")).scalar() == 0
            connection.execute(
                text("SELECT set_config('samskap.municipality', :here, true)"), {"here": str(gausdal.id)}
            )
            assert connection.execute(text("SELECT count(*) FROM need")).scalar() == 1
            connection.rollback()


def test_a_session_stands_in_one_place(engine: Engine, oyer: Town, gausdal: Town) -> None:
    with TenantSession(engine) as session:
        session.stand_in(oyer.id)
        session.stand_in(oyer.id)
        with pytest.raises(TenantSwitch):
            session.stand_in(gausdal.id)


def test_a_prepared_statement_of_one_place_is_not_used_in_another(engine: Engine, oyer: Town, gausdal: Town) -> None:
    """The cache of statements keeps municipalities apart: here, there, and here again."""
    oyer.builders.a_person("Her")
    gausdal.builders.a_person("Der")
    found: list[str] = []
    for town in (oyer, gausdal, oyer):
        with TenantSession(engine) as session:
            session.stand_in(town.id)
            found += session.scalars(select(Person.name)).all()
    assert found == ["Her", "Der", "Her"]


def test_a_row_that_is_read_anew_is_asked_for_in_the_same_words(engine: Engine, oyer: Town) -> None:
    """However often: what narrows a statement does not pile up on the row, and is compiled once."""
    person = oyer.builders.a_person("Her")
    known: list[bool] = []

    @event.listens_for(engine, "before_cursor_execute")
    def heard(_: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT person"):
            known.append(context.cache_hit is CacheStats.CACHE_HIT)

    for _ in range(5):
        oyer.db.expire(person)
        assert person.name == "Her"
    assert known[2:] == [True, True, True]
