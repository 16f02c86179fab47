"""What the engine reads: rows made into facts, kept per municipality and process, reloaded only where they changed.

`touch` and `touch_need` say that something changes in this transaction; `current` gives the facts as they stand.
"""

from samskap.services.facts.needs import needs_as_facts
from samskap.services.facts.shelf import Held, current, forget, of_pair, words_of
from samskap.services.facts.touching import raise_versions, touch, touch_need
from samskap.services.facts.volunteers import volunteers_as_facts
from samskap.services.facts.windows import window_of

__all__ = [
    "Held",
    "current",
    "forget",
    "needs_as_facts",
    "of_pair",
    "raise_versions",
    "touch",
    "touch_need",
    "volunteers_as_facts",
    "window_of",
    "words_of",
]
