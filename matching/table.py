"""Tables of NumPy columns: one row per id, and side tables with none, one or many rows per owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)
Rows = slice | NDArray[np.intp]


class Column(Generic[T]):
    """One array of a table, rows last; read as an attribute it is cut down to the rows that the table shows."""

    def __init__(self, means: str, *, terms: str = "") -> None:
        self.means = means
        self.terms = terms
        """The vocabulary that its sets are written in, for a column of sets."""
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, table: None, owner: type) -> Column[T]: ...
    @overload
    def __get__(self, table: Arrays, owner: type) -> NDArray[T]: ...
    def __get__(self, table: Arrays | None, owner: type) -> Column[T] | NDArray[T]:
        if table is None:
            return self
        found = table._arrays.get(self.name)
        return table.read(self.name) if found is None else found


class Arrays:
    """Arrays by name. `shown` is a view: the same arrays, fewer rows, each cut when first read."""

    key: str

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = dict(arrays)
        self._whole: Self | None = None
        self._rows: Rows = slice(None)

    def __len__(self) -> int:
        return int(self.read(self.key).shape[0])

    def read(self, name: str) -> NDArray[Any]:
        """The column `name`; AttributeError with a sentence when these facts were built without it."""
        found = self._arrays.get(name)
        if found is None:
            if self._whole is None:
                raise AttributeError(f"These facts have no column {name} of {type(self).__name__.lower()}")
            found = self._arrays[name] = self._whole.read(name)[..., self._rows]
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def changed(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The same table with some columns exchanged."""
        return type(self)(self._arrays | dict(arrays))

    def shown(self, rows: Rows) -> Self:
        """The same table with only `rows`, numbered from the rows of this one."""
        view = type(self)({})
        view._whole, view._rows = self, rows
        return view

    @classmethod
    def columns(cls) -> dict[str, Column[Any]]:
        """Every column that the class declares, by name."""
        return {
            name: column
            for base in reversed(cls.__mro__)
            for name, column in vars(base).items()
            if isinstance(column, Column)
        }

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays held."""
        return sum(array.nbytes for array in self._arrays.values())

    def _merged(self, stays: NDArray[np.bool_], fresh: Self) -> Self:
        """The rows that stay and the fresh ones, in the order of their keys."""
        kept = self._arrays[self.key][stays]
        order = np.argsort(np.concatenate((kept, fresh.read(self.key))), kind="stable")
        return type(self)(
            {
                name: np.ascontiguousarray(np.concatenate((column[..., stays], fresh.read(name)), axis=-1)[..., order])
                for name, column in self._arrays.items()
            }
        )


class Table(Arrays):
    """One row per `id`, which rises strictly."""

    key = "id"
    id = Column[np.int32]("the key of the row")

    def row(self, key: int) -> int:
        """Where `key` stands; KeyError when it is not here."""
        at = int(self.id.searchsorted(key))
        if at == len(self) or self.id[at] != key:
            raise KeyError(key)
        return at

    def has(self, keys: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of the `keys` are here."""
        if not len(self):
            return np.zeros(len(keys), dtype=np.bool_)
        return np.asarray(self.id[self.id[:-1].searchsorted(keys)] == keys)

    def where(self, keys: NDArray[np.int32]) -> NDArray[np.intp]:
        """The rows of those `keys` that are here."""
        return self.id.searchsorted(keys[self.has(keys)])

    def replaced(self, fresh: Self, removed: Iterable[int]) -> Self:
        """A new table where rows of `fresh` stand for those with the same id, and the `removed` ids are gone."""
        gone = np.array(sorted(set(removed)), dtype=np.int32)
        if not len(gone) and len(self.where(fresh.id)) == len(fresh):
            at = self.id.searchsorted(fresh.id)
            return type(self)({name: _with(held, at, fresh.read(name)) for name, held in self._arrays.items()})
        return self._merged(~np.isin(self.id, np.concatenate((gone, fresh.id))), fresh)


def _with(column: NDArray[Any], at: NDArray[np.intp], values: NDArray[Any]) -> NDArray[Any]:
    if np.array_equal(column[..., at], values):
        return column
    changed = column.astype(np.promote_types(column.dtype, values.dtype), copy=True)
    changed[..., at] = values
    return changed


class Side(Arrays):
    """Rows that belong to another table's: none, one or many per `owner`, sorted by owner."""

    key = "owner"
    owner = Column[np.int32]("the id of the row that it belongs to")

    def between(self, first: int, last: int) -> Self:
        """What belongs to the owners `first` to `last`, both included."""
        owner = self.owner
        return self.shown(slice(int(owner.searchsorted(first)), int(owner.searchsorted(last, side="right"))))

    def at(self, owners: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """For each owner where its row would stand, and whether it has one; for tables with one row per owner."""
        row = self.owner[:-1].searchsorted(owners)
        return row, self.owner[row] == owners

    def of_owners(self, owners: NDArray[np.int32]) -> Self:
        """What belongs to any of the `owners`, which rise."""
        if not len(owners) or not len(self):
            return self.shown(slice(0, 0))
        near = self.between(int(owners[0]), int(owners[-1]))
        if len(owners) == int(owners[-1]) - int(owners[0]) + 1:
            return near
        at = owners.searchsorted(near.owner)
        return near.shown(np.flatnonzero(owners[at] == near.owner))

    def replaced(self, fresh: Self, gone: NDArray[np.int32]) -> Self:
        """A new side table without what belonged to `gone`, and with `fresh`."""
        stays = ~np.isin(self.owner, gone)
        return self if stays.all() and not len(fresh) else self._merged(stays, fresh)
