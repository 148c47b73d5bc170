"""Checks of what a caller asks an explorable to show, and how much of it is shown."""

from collections.abc import Collection

from torch import Tensor


def some(rows: Tensor, most: int) -> Tensor:
    """Rows at equal distances, as many as may be shown: data are often sorted by class."""
    return rows[:: -(-len(rows) // most) or 1]


def require_within(low: float, high: float, **numbers: float) -> None:
    """Refuse a number that lies outside of a range, by its name."""
    for name, number in numbers.items():
        if not low <= number <= high:
            raise ValueError(f"{name} must lie between {low:g} and {high:g}, got {number}")


def require_known(known: Collection[str], **choices: str) -> None:
    """Refuse a choice that does not exist, by its name."""
    for name, choice in choices.items():
        if choice not in known:
            raise ValueError(f"unknown {name} {choice!r}: choose from {', '.join(known)}")
