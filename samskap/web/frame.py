"""What stands around every page: menu, languages, and who is logged in. templates/base.html draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A place to go, in the words of the page; `current` for the place where one stands."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language; `name` is the language's own word for itself."""

    code: str
    name: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class RoleChoice:
    """Another role that the person holds; `value` is posted as `rolle`."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who is logged in, as what, and what they may switch to in one press."""

    name: str
    role: str
    log_out_url: str
    switch_url: str
    account_url: str = ""
    others: tuple[RoleChoice, ...] = ()
