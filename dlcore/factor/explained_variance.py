"""How much of the variance the principal components carry, and how many are enough."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import PCA as PCA
from dlcore.linalg import whiten as whiten
from dlcore.linalg.shapes import require_floating, require_one_matrix


def covariance_spectrum(X: Float[Tensor, "n d"]) -> Float[Tensor, " d"]:
    r"""The eigenvalues of the covariance with divisor N, which maximum likelihood uses.

    Args:
        X: data, rows are examples, shape (n, d).

    Returns:
        $\lambda_1 \ge \dots \ge \lambda_d \ge 0$; directions without any variance have 0.

    Raises:
        ValueError: X is no matrix, or has no rows.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-explained-variance-ratio`
    Section: :ref:`sec-pca-review`

    Example:
        >>> X = torch.tensor([[2.0, 1.0], [-2.0, 1.0], [2.0, -1.0], [-2.0, -1.0]])
        >>> covariance_spectrum(X).round(decimals=4)
        tensor([4., 1.])

    In production: torch.linalg.eigvalsh of numpy.cov(X.T, bias=True).
    """
    require_one_matrix("covariance_spectrum", X)
    n, d = X.shape
    if not n:
        raise ValueError("covariance_spectrum needs at least one example, got none")
    variance = torch.linalg.svdvals(X - X.mean(0)).square() / n
    return torch.cat([variance, variance.new_zeros(d - len(variance))])


def explained_variance_ratio(X: Float[Tensor, "n d"]) -> Float[Tensor, " d"]:
    r"""The share of the total variance along each principal direction.

    Args:
        X: data, rows are examples, shape (n, d).

    Returns:
        $\lambda_j / \sum_i \lambda_i$ in decreasing order; their sum is 1.

    Raises:
        ValueError: X is no matrix, or its rows are all the same.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-explained-variance-ratio`
    Section: :ref:`sec-pca-review`

    Example:
        >>> X = torch.tensor([[2.0, 1.0], [-2.0, 1.0], [2.0, -1.0], [-2.0, -1.0]])
        >>> explained_variance_ratio(X).round(decimals=4)
        tensor([0.8000, 0.2000])

    In production: the attribute of this name of sklearn.decomposition.PCA.
    """
    variance = covariance_spectrum(X)
    total = variance.sum()
    if not total > 0:
        raise ValueError("explained_variance_ratio: all rows are the same, nothing varies")
    return variance / total


def choose_n_components(ratio: Float[Tensor, " d"], level: float = 0.95) -> int:
    r"""The fewest components that together explain this share of the variance.

    Args:
        ratio: the share of each component in decreasing order, of `explained_variance_ratio`.
        level: the share wanted, in (0, 1].

    Returns:
        The least k with $\sum_{j \le k} \lambda_j / \sum_j \lambda_j \ge$ level.

    Raises:
        ValueError: no vector of decreasing shares with sum 1, or a level out of range.
        TypeError: no floating-point tensor.

    Equation: :eq:`eq-explained-variance-ratio`
    Section: :ref:`sec-pca-review`

    Example:
        >>> choose_n_components(torch.tensor([0.6, 0.3, 0.1]), level=0.7)
        2

    In production: sklearn.decomposition.PCA(n_components=0.95).
    """
    require_floating("choose_n_components", ratio)
    if not 0 < level <= 1:
        raise ValueError(f"choose_n_components: level must be in (0, 1], got {level}")
    rounding = 100 * torch.finfo(ratio.dtype).eps
    shares = ratio.double()
    if (
        ratio.ndim != 1
        or (shares.diff() > rounding).any()
        or not (shares >= -rounding).all()
        or not abs(float(shares.sum()) - 1) <= rounding * max(1, len(ratio))
    ):
        raise ValueError(
            f"choose_n_components needs decreasing shares that sum to 1, got {ratio.tolist()}"
        )
    return min(int((shares.cumsum(0) < level - rounding).sum()) + 1, len(ratio))
