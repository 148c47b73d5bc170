"""What importance weights are worth: how many equal ones, and what they say of a constant."""

import math

from jaxtyping import Float
from torch import Tensor


def require_weights(name: str, log_weights: Tensor) -> None:
    """Refuse weights of which none counts, or one counts infinitely."""
    if log_weights.ndim == 0 or len(log_weights) == 0:
        raise ValueError(f"{name} needs draws along axis 0, got {tuple(log_weights.shape)}")
    top = log_weights.amax(0)
    if not bool(top.isfinite().all()):
        raise ValueError(f"{name}: the largest log-weight must be finite, got {top.min().item()}")


def importance_ess(log_weights: Float[Tensor, "n ..."]) -> Float[Tensor, "..."]:
    r"""How many equally weighted draws a weighted sample is worth, $(\sum w)^2 / \sum w^2$.

    Args:
        log_weights: $\log w_i$ up to a constant, n draws along the first axis, shape (n, ...);
            -inf for a draw that does not count.

    Returns:
        Between 1 and n, shape (...). It says nothing of regions that no draw has reached.

    Raises:
        ValueError: no draw, or none whose weight is finite and positive.

    Equation: :eq:`eq-weight-ess`
    Section: :ref:`sec-self-normalized-importance`
    Source: Kong, Liu, Wong (1994), Sequential imputations and Bayesian missing data problems,
        doi:10.1080/01621459.1994.10476469.

    Example:
        >>> import torch
        >>> importance_ess(torch.tensor([0.5, 0.25, 0.25]).log())
        tensor(2.6667)

    In production: arviz.psislw, whose shape k also judges the tail.
    """
    require_weights("importance_ess", log_weights)
    weights = (log_weights - log_weights.amax(0).detach()).exp()
    return weights.sum(0).square() / weights.square().sum(0)


def log_mean_weight(
    log_weights: Float[Tensor, " n"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """The log of the mean weight, and its standard error by the delta method."""
    n = len(log_weights)
    log_mean = log_weights.logsumexp(0) - math.log(n)
    relative = (log_weights - log_mean).exp()
    return log_mean, relative.std() / math.sqrt(n)
