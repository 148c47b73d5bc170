"""Answers that are kept for the next time they are asked for."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class LRUCache:
    """Keeps the answers that were used last; when it is full, the one used longest ago goes.

    Args:
        capacity: the most answers it keeps.

    Attributes:
        capacity: as given.
        hits: how often an answer was there.
        misses: how often not.

    Raises:
        ValueError: a capacity below 1.

    Section: :ref:`sec-serving`
    Source: Sleator, Tarjan (1985), Amortized efficiency of list update and paging rules,
        doi:10.1145/2786.2793.

    Example:
        >>> cache = LRUCache(2)
        >>> for key in "abac":
        ...     cache.put(key, key.upper())
        >>> cache.get("a"), cache.get("b"), len(cache)
        ('A', None, 2)

    In production: functools.lru_cache, Redis.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self.capacity = capacity
        self.hits = self.misses = 0
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, default: Any = None) -> Any:
        """The answer, which is now the one used last; the default if it is not there."""
        if key not in self._answers:
            self.misses += 1
            return default
        self.hits += 1
        self._answers.move_to_end(key)
        return self._answers[key]

    def put(self, key: Hashable, answer: Any) -> None:
        """Keep an answer."""
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > self.capacity:
            self._answers.popitem(last=False)

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._answers)

    def __contains__(self, key: Hashable) -> bool:
        """Whether an answer is kept; asking changes nothing."""
        return key in self._answers

    @property
    def hit_rate(self) -> float:
        """The fraction of the questions whose answer was there; 0 before the first."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0
