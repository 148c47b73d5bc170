"""Where figures are kept, and under which name."""

import csv
import platform
from collections.abc import Iterable
from pathlib import Path

import torch

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """The name that the figures are recorded under."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name().replace(" ", "_")
    return f"{platform.machine()}_cpu_{torch.get_num_threads()}_threads"


def append(rows: Iterable[dict], path: Path) -> None:
    """Add rows to a table of results, with a header if it is new."""
    rows = list(rows)
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)
