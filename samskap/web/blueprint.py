"""How a page is declared: what it needs, whether it shows, asks or changes. One commit for each request that changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, g, make_response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from samskap.models import FormKey
from samskap.permissions import Can, holds, require

View = Callable[..., Any]


class Pages(Blueprint):
    """A blueprint whose every page says what it needs; `route` is closed, so that none can forget."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        self.needs: dict[str, Can] = {}

    def route(self, rule: str, **options: Any) -> NoReturn:  # type: ignore[override]
        """Closed: a page is declared with shows(), asks() or changes()."""
        raise TypeError(f"{rule}: declare the page with shows(), asks() or changes(), and say what it needs.")

    def shows(self, rule: str, *, needs: Can) -> Callable[[View], View]:
        """A page that is read (GET) and changes nothing."""
        return self._page(rule, needs, ["GET"])

    def asks(self, rule: str, *, needs: Can) -> Callable[[View], View]:
        """A form: GET shows it, POST sends it. Faults are shown again with status 422 and what was typed."""
        return self._page(rule, needs, ["GET", "POST"])

    def changes(self, rule: str, *, needs: Can) -> Callable[[View], View]:
        """A press of a button (POST), answered with a redirect (303)."""
        return self._page(rule, needs, ["POST"])

    def _page(self, rule: str, needs: Can, methods: list[str]) -> Callable[[View], View]:
        def declare(view: View) -> View:
            self.needs[view.__name__] = needs

            @wraps(view)
            def page(**values: Any) -> Response:
                if not g.actor.known and not holds(g.actor, needs):
                    return _to_log_in()
                require(g.actor, needs)
                if request.method != "POST":
                    return make_response(view(**values))
                return _change(view, values)

            self.add_url_rule(rule, endpoint=view.__name__, view_func=page, methods=methods)
            return view

        return declare


def _to_log_in() -> Response:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return make_response(redirect(url_for("accounts.log_in", next=here), 302))


def _change(view: View, values: dict[str, Any]) -> Response:
    """Run a view that changes, and commit once; a form sent twice has its first effect alone (see FormKey)."""
    row = _claim_form_key()
    if isinstance(row, Response):
        return row
    response = make_response(view(**values))
    if response.status_code >= 400:
        g.db.rollback()
        return response
    if row is not None:
        g.db.get_one(FormKey, row).location = response.location
    g.db.commit()
    return response


def _claim_form_key() -> int | Response | None:
    """Write down this form's key; or, if it was sent before, give the answer that it got."""
    key = request.form.get("form_key", "")
    if not key or len(key) > 64:
        return None
    mine = {"who": g.who, "key": key}
    told = {**mine, "route": request.path[:120], "body_hash": _body_hash(), "location": None, "at": g.now}
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[g.db.get_bind().dialect.name]
    claimed = g.db.execute(
        insert(FormKey).values(told).on_conflict_do_nothing(index_elements=["who", "key"]).returning(FormKey.id),
    ).scalar()
    if claimed is not None:
        return int(claimed)
    return _answered_before(g.db.scalars(select(FormKey).filter_by(**mine)).one())


def _answered_before(row: FormKey) -> Response:
    """422: the key was used for something else; 409: the first one is still at it."""
    if row.body_hash != _body_hash() or row.route != request.path[:120]:
        abort(422)
    if row.location is None:
        abort(409)
    return make_response(redirect(row.location, 303))


def _body_hash() -> str:
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "form_key"))
    return hashlib.sha256(repr(fields).encode()).hexdigest()
