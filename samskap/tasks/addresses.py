"""Addresses that people have written are looked up, outside any transaction, so that nobody waits for the search."""

from __future__ import annotations

from sqlalchemy import Engine

from samskap.integrations.places import Geocoding, NoAnswerError
from samskap.services import placing
from samskap.tasks.standing import municipalities, reading_in, writing_in


def look_up(engine: Engine, geocoding: Geocoding) -> int:
    """Place the homes whose addresses wait; how many. A search that does not answer is asked again another time."""
    placed = 0
    for municipality_id in municipalities(engine):
        with reading_in(engine, municipality_id) as db:
            waiting = placing.due(db)
        for one in waiting:
            try:
                home = placing.look_up(geocoding, one)
            except NoAnswerError:
                return placed
            with writing_in(engine, municipality_id) as db:
                placing.put(db, one, home)
            placed += 1
    return placed
