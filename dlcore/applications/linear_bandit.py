"""A bandit with a context: what an arm pays depends on who asks, linearly."""

import torch
from jaxtyping import Float
from torch import Tensor


class LinUCB:
    r"""Optimism in a linear model per arm: $x^\top \hat\theta_a + \alpha \sqrt{x^\top A_a^{-1} x}$.

    $A_a = \lambda I + \sum x x^\top$ over the contexts in which arm a was chosen, and
    $\hat\theta_a = A_a^{-1} \sum r x$ is ridge regression on them.

    Args:
        arms: how many.
        features: numbers in a context, d.
        alpha: the weight of the uncertainty.
        regularization: lambda.
        dtype: of all numbers; by default torch's default.

    Attributes:
        A: shape (arms, d, d).
        b: sums of rewarded contexts, shape (arms, d).

    Raises:
        ValueError: no arm or feature, a negative alpha, a lambda that is not positive, or a
            context of the wrong shape.

    Equation: :eq:`eq-linucb`.
    Section: :ref:`sec-bandits`.

    Source: Li, Chu, Langford, Schapire (2010), A contextual-bandit approach to personalized news
    article recommendation, doi:10.1145/1772690.1772758.

    Example:
        >>> bandit = LinUCB(arms=2, features=1)
        >>> bandit.update(torch.tensor([1.0]), 0, 1.0)
        >>> bandit.coefficients.tolist(), bandit.choose(torch.tensor([1.0]))
        ([[0.5], [0.0]], 0)

    In production: vowpalwabbit, mabwiser.LearningPolicy.LinUCB.
    """

    def __init__(
        self,
        arms: int,
        features: int,
        *,
        alpha: float = 1.0,
        regularization: float = 1.0,
        dtype: torch.dtype | None = None,
    ) -> None:
        if arms < 1 or features < 1 or alpha < 0 or regularization <= 0:
            raise ValueError(
                "an arm, a feature, alpha >= 0 and a positive regularization are needed, got "
                f"{arms}, {features}, {alpha}, {regularization}"
            )
        self.alpha = alpha
        self.A = regularization * torch.eye(features, dtype=dtype).repeat(arms, 1, 1)
        self.b = torch.zeros(arms, features, dtype=dtype)

    @property
    def coefficients(self) -> Float[Tensor, "arms d"]:
        """The ridge estimate of each arm."""
        return torch.linalg.solve(self.A, self.b)

    def scores(self, x: Float[Tensor, " d"]) -> Float[Tensor, " arms"]:
        """The upper confidence bound of each arm in a context."""
        if x.shape != self.b.shape[1:]:
            raise ValueError(f"a context has shape ({self.b.shape[1]},), got {tuple(x.shape)}")
        contexts = x.expand(len(self.b), -1)
        variance = (contexts * torch.linalg.solve(self.A, contexts)).sum(-1)
        return self.coefficients @ x + self.alpha * variance.clamp(min=0).sqrt()

    def choose(self, x: Float[Tensor, " d"]) -> int:
        """The arm with the largest bound, of equal ones the first."""
        return int(self.scores(x).argmax())

    def update(self, x: Float[Tensor, " d"], action: int, reward: float) -> None:
        """Learn what an arm paid in a context."""
        self.A[action] += torch.outer(x, x)
        self.b[action] += reward * x
