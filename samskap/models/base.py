"""What every table has in common: the declarative base, the tenant's column, and types that both databases know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from matching.week import Week
from samskap.privacy import Erase, Until, not_personal, personal

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
LONGEST_TEXT = 4_000
"""Characters in a free text field."""

Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; give an aware datetime.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class HalfHours(TypeDecorator[Week]):
    """A week of free half hours as 84 hexadecimal digits."""

    impl = String(84)
    cache_ok = True

    def process_bind_param(self, value: Week | None, dialect: Any) -> str | None:
        return None if value is None else value.to_hex()

    def process_result_value(self, value: str | None, dialect: Any) -> Week | None:
        return None if value is None else Week.from_hex(value)


class Chosen(TypeDecorator[StrEnum]):
    """One word of a StrEnum, kept as text; one_of() adds the CHECK that lists the words."""

    impl = String(30)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Any) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Any) -> StrEnum | None:
        return None if value is None else self.words(value)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """The column holds one of the words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Tenanted:
    """A row of one municipality. Sessions never show it to another, and PostgreSQL does not either."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info=not_personal(), sort_order=-2)
    municipality_id: Mapped[int] = mapped_column(Integer, info=not_personal(), index=True, sort_order=-1)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            ForeignKeyConstraint(["municipality_id"], ["municipality.id"], ondelete="RESTRICT"),
            UniqueConstraint("municipality_id", "id"),
            *getattr(cls, "__rules__", ()),
        )


def about(*, erase: Erase = "keep") -> dict[str, Any]:
    """Mark a column as the one that says whom the row is about. The number alone names nobody."""
    until = Until.ARCHIVED if erase == "keep" else Until.LEAVES
    return personal("Hvem opplysningene gjelder", until=until, erase=erase, exported=False, subject=True)


def refers(column: str, table: str, *, ondelete: str = "RESTRICT", target: str = "id") -> ForeignKeyConstraint:
    """A reference that cannot leave the municipality: the pair (municipality_id, column)."""
    return ForeignKeyConstraint(
        ["municipality_id", column],
        [f"{table}.municipality_id", f"{table}.{target}"],
        ondelete=ondelete,
    )
