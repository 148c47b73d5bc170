"""What training recorded, one number an epoch."""

from collections.abc import Iterator


class History:
    """Losses and metrics, one number per finished epoch.

    `history["loss"]` is a list; the names are `loss`, each metric's name, and both again with
    the prefix `validation_`.

    Args:
        records: the lists to begin with; by default none.

    Example:
        >>> history = History()
        >>> history.append({"loss": 0.5})
        >>> history.append({"loss": 0.25})
        >>> history["loss"], len(history)
        ([0.5, 0.25], 2)
    """

    def __init__(self, records: dict[str, list[float]] | None = None):
        self._records = {name: list(values) for name, values in (records or {}).items()}

    def append(self, values: dict[str, float]) -> None:
        """Add the numbers of one epoch; every epoch has the same names.

        Raises:
            ValueError: the names differ from those of the epochs before.
        """
        if self._records and values.keys() != self._records.keys():
            raise ValueError(
                f"this epoch records {sorted(values)}, those before {sorted(self._records)}"
            )
        for name, value in values.items():
            self._records.setdefault(name, []).append(float(value))

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._records:
            raise KeyError(f"{name!r} was not recorded; there are {sorted(self._records)}")
        return self._records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        """The number of epochs."""
        return len(next(iter(self._records.values()), []))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self._records == other._records

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self._records.items())
        return f"History({len(self)} epochs{': ' + last if last else ''})"

    def as_dict(self) -> dict[str, list[float]]:
        """A copy of all records as plain lists."""
        return {name: list(values) for name, values in self._records.items()}
