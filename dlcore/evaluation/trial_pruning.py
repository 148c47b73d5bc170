"""Ending a run early because it will not win."""

import math
from statistics import median


class NoProgressPruner:
    """Stops a run that has not improved for a share of its whole length.

    Args:
        total: steps of a full run.
        share: the share of it without improvement that is allowed.
        min_delta: an improvement is more than this.

    Attributes:
        best: the smallest value so far.
        best_step: when it was seen.

    Raises:
        ValueError: total below 1, a share outside (0, 1], or a negative min_delta.

    Section: :ref:`sec-trial-pruning`
    Source: Prechelt (1998), Early stopping, but when?, doi:10.1007/3-540-49430-8_3: its patience,
        counted in shares of a run.

    Example:
        >>> pruner = NoProgressPruner(total=10)
        >>> [pruner.should_stop(t, loss) for t, loss in enumerate([1.0, 0.9, 0.95, 0.9])]
        [False, False, False, True]

    In production: optuna.pruners.PatientPruner.
    """

    def __init__(self, total: int, share: float = 0.2, *, min_delta: float = 0.0) -> None:
        if total < 1 or not 0 < share <= 1 or not min_delta >= 0:
            raise ValueError(
                "total must be at least 1, share in (0, 1] and min_delta not negative, got "
                f"{total}, {share} and {min_delta}"
            )
        self.total = total
        self.share = share
        self.min_delta = min_delta
        self.best = math.inf
        self.best_step = 0

    def should_stop(self, step: int, value: float) -> bool:
        """Whether the run may end after this step, counted from 0, with this value."""
        if value < self.best - self.min_delta:
            self.best, self.best_step = value, step
        return step - self.best_step >= self.share * self.total


class MedianPruner:
    """Stops a run that is worse than the median of the earlier ones at the same step.

    A run is judged by its best value up to then, so that one noisy step does not end it.

    Args:
        warmup: no run is stopped before this step.
        min_runs: nor before so many earlier ones have reached it.

    Attributes:
        runs: the values of all runs so far, a list each.

    Raises:
        ValueError: a negative warmup, or fewer than one run.

    Section: :ref:`sec-trial-pruning`
    Source: Golovin, Solnik, Moitra, Kochanski, Karro, Sculley (2017), Google Vizier,
        doi:10.1145/3097983.3098043, section 3.2: the median stopping rule, there against the
        earlier runs' averages up to the step.

    Example:
        >>> pruner = MedianPruner(min_runs=2)
        >>> for start in (1.0, 2.0, 9.0):
        ...     pruner.start()
        ...     stopped = [pruner.should_stop(t, start - t / 10) for t in range(2)]
        >>> stopped
        [True, True]

    In production: optuna.pruners.MedianPruner.
    """

    def __init__(self, warmup: int = 0, min_runs: int = 5) -> None:
        if warmup < 0 or min_runs < 1:
            raise ValueError(f"warmup >= 0 and min_runs >= 1 are needed, got {warmup}, {min_runs}")
        self.warmup = warmup
        self.min_runs = min_runs
        self.runs: list[list[float]] = []

    def start(self) -> None:
        """The next run begins."""
        self.runs.append([])

    def should_stop(self, step: int, value: float) -> bool:
        """Whether the run may end after this step, counted from 0, with this value.

        Raises:
            ValueError: no run has begun, or a step was left out.
        """
        if not self.runs or step != len(self.runs[-1]):
            raise ValueError(f"call start() before each run and report every step, got step {step}")
        *earlier, run = self.runs
        run.append(math.inf if math.isnan(value) else value)
        reached = [other[step] for other in earlier if len(other) > step]
        if step < self.warmup or len(reached) < self.min_runs:
            return False
        return min(run) > median(reached)
