"""The Fisher information: how fast a distribution changes with its parameters."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics import jvp


def fisher_information(
    log_prob: Callable[[Tensor, Tensor], Tensor],
    theta: Float[Tensor, " p"],
    samples: Tensor,
    *,
    weights: Float[Tensor, " n"] | None = None,
) -> Float[Tensor, "p p"]:
    r"""The matrix $F = \mathbb E[ss^\top]$ of the scores $s = \nabla_\theta \log p(x \mid \theta)$.

    The expectation is under the model's own distribution: the samples must come from it, with the
    parameters `theta`. Of the data instead they give what is called the empirical Fisher, another
    matrix. Two backward passes a parameter.

    Args:
        log_prob: $\theta$ and samples to the log-probability of each, shape (n,), as torch
            operations.
        theta: parameters, shape (p,).
        samples: n draws of the model, or all its values.
        weights: their probabilities, shape (n,), summing to 1: the exact expectation by enumeration
            or quadrature; default 1/n each.

    Returns:
        F, symmetric positive semidefinite, shape (p, p).

    Raises:
        ValueError: not one log-probability a sample; weights that are negative, do not sum to 1 or
            are not as many; scores that are not finite.
        TypeError: theta is no floating-point tensor.

    Equation: :eq:`eq-fisher-information`
    Section: :ref:`sec-natural-gradient-training`
    Source: Amari (1998), Natural gradient works efficiently in learning,
        doi:10.1162/089976698300017746.

    Example:
        >>> p = torch.tensor([0.2])
        >>> def log_prob(p, x):
        ...     return x * p.log() + (1 - x) * (1 - p).log()
        >>> x, weights = torch.tensor([0.0, 1.0]), torch.tensor([0.8, 0.2])
        >>> fisher_information(log_prob, p, x, weights=weights)
        tensor([[6.2500]])

    In production: torch.func.vmap over torch.func.grad of the log-probability.
    """
    if theta.ndim != 1:
        raise ValueError(f"fisher_information needs theta (p,), got {tuple(theta.shape)}")
    n = len(samples)
    columns = [
        jvp(lambda t: log_prob(t, samples), theta, e)[1]
        for e in torch.eye(len(theta), dtype=theta.dtype, device=theta.device)
    ]
    if any(column.shape != (n,) for column in columns):
        raise ValueError(
            f"log_prob must return {n} numbers, one a sample, got {tuple(columns[0].shape)}"
        )
    scores = torch.stack(columns, 1)
    if not scores.isfinite().all():
        raise ValueError(
            "fisher_information: a score is not finite, log_prob cannot be differentiated"
        )
    if weights is None:
        return scores.T @ scores / n
    if weights.shape != (n,) or (weights < 0).any() or not abs(weights.sum().item() - 1) < 1e-3:
        raise ValueError(f"weights must be {n} numbers >= 0 with sum 1, got {weights}")
    return scores.T @ (weights[:, None] * scores)
