"""Monomials of the features, plain and weighted so that their inner product is a kernel."""

import math
from itertools import combinations_with_replacement

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix


def polynomial_features(
    X: Float[Tensor, "n d"], degree: int, *, bias: bool = True
) -> Float[Tensor, "n p"]:
    r"""All monomials up to a degree: $1, x_1, x_2, x_1^2, x_1x_2, x_2^2$ and so on.

    Args:
        X: examples as rows, shape (n, d).
        degree: the largest degree, at least 1.
        bias: whether to begin with a column of ones.

    Returns:
        Shape (n, p) with $p = \binom{d + \text{degree}}{d}$, one less without bias; by degree, and
        within a degree in the order of the features.

    Raises:
        ValueError: X is no matrix, or `degree` is below 1.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-polynomial-features`
    Section: :ref:`sec-bias-variance`

    Example:
        >>> polynomial_features(torch.tensor([[2.0, 3.0]]), 2)
        tensor([[1., 2., 3., 4., 6., 9.]])

    In production: sklearn.preprocessing.PolynomialFeatures.
    """
    require_one_matrix("polynomial_features", X)
    columns = [X[:, list(p)].prod(1) for p in _monomials(X.shape[1], degree) if bias or p]
    return torch.stack(columns, 1)


def polynomial_feature_map(
    X: Float[Tensor, "n d"], degree: int, c: float = 1.0
) -> Float[Tensor, "n p"]:
    r"""The features $\phi$ whose inner product is the polynomial kernel: $(x^\top z + c)^D$.

    By the multinomial theorem $x_1^{a_1} \cdots x_d^{a_d}$, a monomial of degree s, has the factor
    $\sqrt{\frac{D!}{a_1! \cdots a_d!\,(D - s)!}\,c^{D - s}}$.

    Args:
        X: points as rows, shape (n, d).
        degree: D, at least 1.
        c: at least 0; with a negative c there is no such map.

    Returns:
        Shape (n, p) with $p = \binom{d + D}{D}$.

    Raises:
        ValueError: X is no matrix, `degree` is below 1, or c is negative.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-polynomial-feature-map`
    Section: :ref:`sec-kernel-trick`
    Source: Schölkopf, Smola (2002), Learning with Kernels, section 2.1, ISBN 978-0-262-19475-4.

    Example:
        >>> polynomial_feature_map(torch.tensor([[2.0]]), degree=2)
        tensor([[1.0000, 2.8284, 4.0000]])

    In production: the kernel itself, which never forms these features.
    """
    require_one_matrix("polynomial_feature_map", X)
    if not c >= 0:
        raise ValueError(f"polynomial_feature_map: c must be at least 0, got {c}")
    columns = []
    for p in _monomials(X.shape[1], degree):
        powers = math.prod(math.factorial(p.count(i)) for i in set(p))
        rest = degree - len(p)
        weight = math.factorial(degree) / (powers * math.factorial(rest)) * c**rest
        columns.append(math.sqrt(weight) * X[:, list(p)].prod(1))
    return torch.stack(columns, 1)


def _monomials(d: int, degree: int) -> list[tuple[int, ...]]:
    """Each monomial as the features that it multiplies."""
    if degree < 1:
        raise ValueError(f"degree must be at least 1, got {degree}")
    return [p for s in range(degree + 1) for p in combinations_with_replacement(range(d), s)]
