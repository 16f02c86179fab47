"""A list between the pages of an import: kept for an hour, for the one who uploaded it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from samskap.models import StagedFile
from samskap.models.session import HIGHEST_ID, TenantSession
from samskap.permissions import Actor, Can, require, visible
from samskap.services.imports.columns import Kind
from samskap.services.imports.lists import Choice, layout_of
from samskap.services.steps import Missing

LIVES: Final = timedelta(hours=1)
LONGEST_NAME: Final = 200


def keep(db: TenantSession, actor: Actor, *, kind: Kind, name: str, data: bytes, now: datetime) -> StagedFile:
    """Keep a list that can be read; SpreadsheetError when it cannot. What the same person had staged is dropped."""
    require(actor, Can.IMPORT_LISTS)
    sheet, _ = layout_of(data, kind, Choice())
    db.execute(delete(StagedFile).where(StagedFile.person_id == actor.id))
    staged = StagedFile(
        person_id=actor.id,
        kind=kind.value,
        name=name[-LONGEST_NAME:],
        content=data,
        match=Choice(sheet=sheet.name).kept(),
        made_at=now,
        expires_at=now + LIVES,
    )
    db.add(staged)
    db.flush()
    return staged


def find(db: TenantSession, actor: Actor, ident: int, *, now: datetime) -> StagedFile:
    """The actor's own staged list; Missing when there is none of that number, or its hour is over."""
    require(actor, Can.IMPORT_LISTS)
    if not 0 < ident <= HIGHEST_ID:
        raise Missing("staged_file")
    query = select(StagedFile).where(
        StagedFile.id == ident, StagedFile.expires_at > now, visible(actor, Can.IMPORT_LISTS, StagedFile)
    )
    staged = db.scalars(query).one_or_none()
    if staged is None:
        raise Missing("staged_file")
    return staged


def choose(staged: StagedFile, choice: Choice) -> None:
    """Keep how somebody wants the list read."""
    staged.match = choice.kept()


def forget_old(db: TenantSession, *, now: datetime) -> None:
    """Drop every list whose hour is over."""
    db.execute(delete(StagedFile).where(StagedFile.expires_at <= now))
