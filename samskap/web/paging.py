"""Lists in pages: which page was asked for, what is on it, and where the others are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select

from samskap.models.session import TenantSession
from samskap.web.forms.base import printable

Item = TypeVar("Item")
SIZE = 25
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; numbers begin at 1."""

    items: Sequence[Item]
    number: int
    pages: int
    total: int

    @property
    def url(self) -> Callable[[int], str]:
        """The address of another page of the same list, filters kept."""
        return url_of_page


LONGEST_SEARCH = 80


def searched(name: str) -> str:
    """What was written in a search field of the address."""
    return printable(request.args.get(name, "")).strip()[:LONGEST_SEARCH]


def asked_page() -> int:
    """The page number in the address; anything that is no page is the first."""
    word = request.args.get("side", "1")
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= len(str(MOST_PAGES)) else 1
    return max(1, number)


def url_of_page(number: int) -> str:
    """This address with another page number."""
    kept = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in ("side", "lang")}
    return f"{request.path}?{urlencode({**kept, 'side': number}, doseq=True)}"


def page_of(items: Sequence[Item], *, size: int = SIZE) -> Page[Item]:
    """One page of a list that is already in hand."""
    number, pages = _within(len(items), size)
    return Page(items[(number - 1) * size : number * size], number, pages, len(items))


def page_of_rows(db: TenantSession, query: Select[*tuple[Any, ...]], *, size: int = SIZE) -> Page[Any]:
    """One page of an ordered query: two statements. Rows of one entity come as that entity."""
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number, pages = _within(total, size)
    result = db.execute(query.limit(size).offset((number - 1) * size))
    one_entity = len(query.column_descriptions) == 1
    return Page(result.scalars().all() if one_entity else result.all(), number, pages, total)


def _within(total: int, size: int) -> tuple[int, int]:
    pages = max(1, -(-total // size))
    return min(asked_page(), pages), pages
