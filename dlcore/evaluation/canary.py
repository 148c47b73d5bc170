"""Giving a new version more traffic stage by stage, and taking it back if it does harm."""

import hashlib
from collections.abc import Sequence
from typing import Literal

from scipy.stats import hypergeom

State = Literal["running", "rolled back", "complete"]


class CanaryRollout:
    """A new version gets a growing share of the users, as long as it does not fail more often.

    At the end of each stage, and only there, one test (Fisher's, exact however rare failures are)
    asks whether it fails more often than the old one does meanwhile. All stages together take back
    a version that is as good as the old one with a chance of at most alpha: each test has its part
    of alpha. After the last stage all users get the new version.

    Args:
        stages: shares of the users, rising, in (0, 1).
        requests_per_stage: how many requests the new version must have served in a stage.
        alpha: the chance of taking back a version without fault, in (0, 1).
        salt: makes another rollout choose other users first.

    Attributes:
        stage: how many stages are passed.
        p_values: those of the tests so far: how often a version as good as the old one fails so
            often.
        state: "running", "rolled back" or "complete".

    Raises:
        ValueError: stages that do not rise within (0, 1), fewer than 1 request a stage, alpha
            outside (0, 1); in `observe`, counts that are impossible or come after the end.

    Section: :ref:`sec-canary`.

    Source: Fisher (1935), The logic of inductive inference, doi:10.2307/2342435; Beyer, Jones,
        Petoff, Murphy (2016), Site Reliability Engineering, chapter 8.

    Example:
        >>> rollout = CanaryRollout((0.1, 0.5), requests_per_stage=100)
        >>> rollout.observe(9, 900, 1, 100), rollout.share
        ('running', 0.5)
        >>> rollout.observe(1, 100, 20, 100), rollout.share
        ('rolled back', 0.0)

    In production: Argo Rollouts, Flagger.
    """

    def __init__(
        self,
        stages: Sequence[float] = (0.01, 0.05, 0.25, 0.5),
        *,
        requests_per_stage: int = 1000,
        alpha: float = 0.05,
        salt: str = "",
    ) -> None:
        rising = all(a < b for a, b in zip([0.0, *stages], stages, strict=False))
        if not stages or not rising or stages[-1] >= 1:
            raise ValueError(f"stages must rise within (0, 1), got {tuple(stages)}")
        if requests_per_stage < 1:
            raise ValueError(f"a stage needs at least 1 request, got {requests_per_stage}")
        if not 0 < alpha < 1:
            raise ValueError(f"alpha must lie between 0 and 1, got {alpha}")
        self.stages = tuple(stages)
        self.requests_per_stage = requests_per_stage
        self.alpha = alpha
        self.salt = salt
        self.stage = 0
        self.state: State = "running"
        self.p_values: list[float] = []
        self._counts = [0, 0, 0, 0]

    @property
    def share(self) -> float:
        """The share of the users that gets the new version now."""
        if self.state == "running":
            return self.stages[self.stage]
        return 1.0 if self.state == "complete" else 0.0

    def routes(self, user_id: str | int) -> bool:
        """Whether this user gets the new version: who has it once keeps it as the share grows."""
        digest = hashlib.sha256(f"{self.salt}:{user_id}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64 < self.share

    def observe(
        self,
        control_failures: int,
        control_requests: int,
        candidate_failures: int,
        candidate_requests: int,
    ) -> State:
        """Count what happened since the last call; at the end of a stage go on or roll back.

        Args:
            control_failures: failed requests of the old version.
            control_requests: all its requests.
            candidate_failures: failed requests of the new version.
            candidate_requests: all its requests.

        Returns:
            The state from now on.
        """
        if self.state != "running":
            raise ValueError(f"the rollout is over: {self.state}")
        more = (control_failures, control_requests, candidate_failures, candidate_requests)
        if not (0 <= more[0] <= more[1] and 0 <= more[2] <= more[3]):
            raise ValueError(f"failures must lie in 0..requests, got {more}")
        self._counts = [a + b for a, b in zip(self._counts, more, strict=True)]
        if self._counts[1] == 0 or self._counts[3] < self.requests_per_stage:
            return self.state
        old_failed, old, new_failed, new = self._counts
        tail = hypergeom.sf(new_failed - 1, old + new, old_failed + new_failed, new)
        self.p_values.append(float(tail))
        self._counts = [0, 0, 0, 0]
        if tail <= self.alpha / len(self.stages):
            self.state = "rolled back"
            return self.state
        self.stage += 1
        if self.stage == len(self.stages):
            self.state = "complete"
        return self.state
