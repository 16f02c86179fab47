"""What a step and a workflow are: rows of a table, checked when they are written down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from samskap.permissions import Can
from samskap.text import Text, today
from samskap.workflows.notice import Tells


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a guard may ask besides the thing itself. What nobody looked up counts as not so: a guard fails closed."""

    now: datetime
    declaration_signed: bool = False
    """The volunteer has signed the confidentiality declaration in force."""
    insurance_acknowledged: bool = False
    """The volunteer has read the insurance line of this kind of task."""
    consent_recorded: bool = False
    """The recipient's consent is on file and not withdrawn, or the need is for nobody in particular."""
    need_is_open: bool = False
    """The need still wants this."""
    adult: bool = False
    """The person is known to be 18 or older."""
    about_oneself: bool = True
    """The one who decides is also the one it concerns."""

    @property
    def today(self) -> date:
        """The day in Norway."""
        return today(self.now)


Guard = Callable[[Any, Circumstances], Text | None]
"""None when the step may be taken, else the sentence that says why not and what to do."""


@dataclass(frozen=True)
class Step:
    """One row: from which states, to which, who may, who is told, and what forbids it."""

    name: str
    start: frozenset[StrEnum]
    to: StrEnum | None
    """None: the step leaves the state as it is."""
    needs: Can | None
    """None: only the service itself takes it, never a person."""
    tells: tuple[Tells, ...] = ()
    unless: Guard | None = None
    label: Text | None = None
    """What the button says; None: there is no plain button for it."""
    why: bool = False
    """A reason must be given, and is kept."""

    def end(self, state: StrEnum) -> StrEnum:
        """The state after the step."""
        return state if self.to is None else self.to


class WorkflowError(TypeError):
    """The table contradicts itself."""


@dataclass(frozen=True)
class Workflow:
    """One noun's states and steps; WorkflowError if a state cannot be reached or a name stands twice."""

    noun: str
    states: type[StrEnum]
    start: StrEnum
    steps: tuple[Step, ...]
    _by_name: Mapping[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {step.name: step for step in self.steps})
        if len(self._by_name) != len(self.steps):
            raise WorkflowError(f"{self.noun}: two steps have one name.")
        if lost := set(self.states) - self._reached():
            raise WorkflowError(f"{self.noun}: nothing leads to {sorted(lost)}.")

    def _reached(self) -> set[StrEnum]:
        reached: set[StrEnum] = {self.start}
        while more := {s.to for s in self.steps if s.to is not None and s.start & reached} - reached:
            reached |= more
        return reached

    def __getitem__(self, name: str) -> Step:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def open_from(self, state: StrEnum) -> Collection[Step]:
        """The steps that may be taken from a state, by whoever."""
        return [step for step in self.steps if state in step.start]
