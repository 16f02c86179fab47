"""Several people at the same moment: threads that all wait at one line and start together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Given = TypeVar("Given")


def at_once(acts: Sequence[Callable[[], Given]]) -> list[Given | BaseException]:
    """What each gave, or what it raised, in the order in which they were named."""
    line = threading.Barrier(len(acts))
    results: list[Given | BaseException] = [RuntimeError("did not end")] * len(acts)

    def run(place: int, act: Callable[[], Given]) -> None:
        line.wait()
        try:
            results[place] = act()
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test looks at it
            results[place] = error

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
