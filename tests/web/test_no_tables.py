"""A database without tables: every page says so kindly, and none shows a trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import create_app
from config import Config
from tests.databases import Database
from tests.town import engine_of


@pytest.mark.parametrize("path", ["/", "/logg-inn", "/arbeidsliste"])
def test_a_page_that_meets_no_tables_asks_people_to_come_back(
    config: Config, empty_database: Database, path: str
) -> None:
    app = create_app(replace(config, database_url=empty_database.url, owner_database_url=empty_database.owner_url))
    answer = app.test_client().get(path, base_url=config.base_url)
    assert answer.status_code == 503
    assert "<h1" in answer.text
    assert "Traceback" not in answer.text
    engine_of(app).dispose()
