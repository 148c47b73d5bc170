"""A Gaussian vector of which some coordinates are known."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import cholesky


class GaussianConditional(NamedTuple):
    """What is known of the other coordinates: means (..., r) and one covariance (r, r)."""

    mean: Tensor
    covariance: Tensor


def gaussian_conditional(
    mean: Float[Tensor, " d"],
    covariance: Float[Tensor, "d d"],
    given: Sequence[int],
    values: Float[Tensor, "*batch g"],
) -> GaussianConditional:
    r"""The Gaussian of the other coordinates once some of them are known.

    The mean moves in proportion to what is known; the covariance shrinks by an amount that does not
    depend on the values.

    Args:
        mean: $\mu$, shape (d,).
        covariance: $\Sigma$, symmetric positive definite, shape (d, d).
        given: the positions of the g known coordinates, from 0 or, negative, from the end.
        values: what they are, in the order of `given`, shape (..., g).

    Returns:
        Mean, shape (..., d - g), and covariance, shape (d - g, d - g), of the other coordinates in
        increasing order.

    Raises:
        ValueError: shapes that do not fit, a position out of range or twice.
        NotPositiveDefiniteError: the covariance of the known coordinates is singular.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-gaussian-conditional`
    Section: :ref:`sec-probabilistic-pca`
    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 2.3.1.

    Example:
        >>> mu, Sigma = torch.tensor([1.0, 2.0]), torch.tensor([[2.0, 1.0], [1.0, 3.0]])
        >>> m, S = gaussian_conditional(mu, Sigma, given=[1], values=torch.tensor([5.0]))
        >>> m, S
        (tensor([2.]), tensor([[1.6667]]))

    In production: this; torch.distributions has no conditional.
    """
    d = len(mean) if mean.ndim == 1 else -1
    if covariance.shape != (d, d):
        raise ValueError(
            "gaussian_conditional needs mean (d,) and covariance (d, d), got "
            f"{tuple(mean.shape)} and {tuple(covariance.shape)}"
        )
    known = [i + d if i < 0 else i for i in given]
    if len(set(known)) < len(known) or not all(0 <= i < d for i in known):
        raise ValueError(f"given must name different coordinates out of {d}, got {list(given)}")
    if values.ndim == 0 or values.shape[-1] != len(known):
        raise ValueError(f"values must have shape (..., {len(known)}), got {tuple(values.shape)}")
    other = [i for i in range(d) if i not in known]
    S12, S22 = covariance[other][:, known], covariance[known][:, known]
    gain = torch.cholesky_solve(S12.T, cholesky(S22)).T
    return GaussianConditional(
        mean[other] + (values - mean[known]) @ gain.T,
        covariance[other][:, other] - gain @ S12.T,
    )
