"""How few features speak at once."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def hoyer_sparsity(v: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    r"""From 0, all entries of equal size, to 1, a single entry that is not zero.

    $\frac{\sqrt n - \lVert v \rVert_1 / \lVert v \rVert_2}{\sqrt n - 1}$, whatever the scale.

    Args:
        v: vectors, shape (..., n), n at least 2.

    Returns:
        A number for each vector, shape (...).

    Raises:
        ValueError: vectors of fewer than 2 entries, or a vector of zeros.

    Equation: :eq:`eq-hoyer-sparsity`.
    Section: :ref:`sec-desirable-properties`.

    Source: Hoyer (2004), Non-negative matrix factorization with sparseness constraints, JMLR 5.

    Example:
        >>> hoyer_sparsity(torch.tensor([3.0, 0.0, 0.0, 4.0]))
        tensor(0.6000)

    In production: torch.linalg.vector_norm, twice.
    """
    if v.ndim == 0 or v.shape[-1] < 2:
        raise ValueError(f"expected vectors of at least 2 entries, got shape {tuple(v.shape)}")
    largest = v.abs().amax(dim=-1, keepdim=True)
    if not (largest > 0).all():
        raise ValueError("a vector of zeros has no sparsity")
    v = v / largest
    root = math.sqrt(v.shape[-1])
    return (root - v.abs().sum(dim=-1) / torch.linalg.vector_norm(v, dim=-1)) / (root - 1)


def l0_fraction(v: Float[Tensor, "*batch n"], tolerance: float = 0.0) -> Float[Tensor, "*batch"]:
    """The share of the entries that are not zero.

    Args:
        v: vectors, shape (..., n).
        tolerance: sizes up to this count as zero.

    Returns:
        A number in [0, 1] for each vector, shape (...).

    Raises:
        ValueError: a negative tolerance, or vectors without entries.

    Section: :ref:`sec-desirable-properties`.

    Source: Hurley, Rickard (2009), Comparing measures of sparsity, doi:10.1109/TIT.2009.2027527.

    Example:
        >>> l0_fraction(torch.tensor([3.0, 0.0, 0.0, 4.0]))
        tensor(0.5000)

    In production: torch.count_nonzero.
    """
    if v.ndim == 0 or v.shape[-1] == 0 or not tolerance >= 0:
        raise ValueError(
            f"expected vectors with entries and a tolerance of at least 0, got shape "
            f"{tuple(v.shape)} and {tolerance}"
        )
    return (v.abs() > tolerance).to(v).mean(dim=-1)
