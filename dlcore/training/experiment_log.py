"""What was tried and what came out, one line a run, in a file that outlives the process."""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from dlcore.training.reproducibility import config_hash, environment


class LoggedRun(NamedTuple):
    """One run.

    Attributes:
        name: `config_hash` of the settings: runs that differ only in the seed share it.
        config: the settings.
        seed: the seed.
        metrics: what came out, by name.
        environment: versions and machine.
    """

    name: str
    config: dict[str, Any]
    seed: int | None
    metrics: dict[str, float]
    environment: dict[str, str]


class ExperimentLog:
    """A log of runs in JSON lines; each is on the disk when `log` returns.

    Args:
        path: the file; made if it does not exist, else the log goes on.

    Attributes:
        runs: all runs, those of the file first.

    Raises:
        ValueError: a line of the file is no run; a last line that was cut off by a crash is left
            out instead.

    Section: :ref:`sec-reproducibility`
    Source: Pineau et al. (2021), Improving reproducibility in machine learning research,
        arXiv:2003.12206.

    Example:
        >>> import tempfile
        >>> log = ExperimentLog(Path(tempfile.mkdtemp()) / "runs.jsonl")
        >>> for lr in (0.1, 0.01):
        ...     run = log.log({"lr": lr}, {"validation_loss": lr + 1}, seed=0)
        >>> log.best("validation_loss").config
        {'lr': 0.01}

    In production: MLflow, Weights & Biases, TensorBoard.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        self.runs: list[LoggedRun] = []
        text = self.path.read_text("utf8") if self.path.exists() else ""
        *lines, rest = text.split("\n")
        for number, line in enumerate(lines, start=1):
            try:
                self.runs.append(LoggedRun(**json.loads(line)))
            except (ValueError, TypeError) as error:
                raise ValueError(f"{self.path}, line {number} is no run: {error}") from error
        if rest:
            self.path.write_text("".join(line + "\n" for line in lines), "utf8")

    def log(
        self, config: Mapping[str, Any], metrics: Mapping[str, float], *, seed: int | None = None
    ) -> LoggedRun:
        """Add a run; a metric that is NaN or infinite is kept as such.

        Raises:
            TypeError: settings that `config_hash` refuses.
            ValueError: settings that are NaN or infinite.
        """
        numbers = {name: float(value) for name, value in metrics.items()}
        run = LoggedRun(config_hash(config), dict(config), seed, numbers, environment())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf8") as file:
            file.write(json.dumps(run._asdict()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.runs.append(run)
        return run

    def best(self, metric: str, mode: Literal["min", "max"] = "min") -> LoggedRun:
        """The run with the smallest or largest value of a metric, the first of several.

        Raises:
            ValueError: an unknown mode, or no run that has a number for this metric.
        """
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        found = [run for run in self.runs if not math.isnan(run.metrics.get(metric, math.nan))]
        if not found:
            raise ValueError(f"no run has a number for {metric!r}")
        sign = 1 if mode == "min" else -1
        return min(found, key=lambda run: sign * run.metrics[metric])
