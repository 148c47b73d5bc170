"""Kernels: inner products in a space of features that is never entered."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix, require_symmetric

Kernel = Callable[[Tensor, Tensor], Tensor]


def linear_kernel(X: Float[Tensor, "n d"], Z: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    r"""The inner product itself, $k(x, z) = x^\top z$.

    Args:
        X: points as rows, shape (n, d).
        Z: points as rows, shape (m, d).

    Returns:
        The kernel of each pair, shape (n, m).

    Raises:
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-linear-kernel`
    Section: :ref:`sec-kernel-trick`

    Example:
        >>> linear_kernel(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]))
        tensor([[11.]])

    In production: sklearn.metrics.pairwise.linear_kernel.
    """
    _require_points("linear_kernel", X, Z)
    return X @ Z.T


def polynomial_kernel(
    X: Float[Tensor, "n d"],
    Z: Float[Tensor, "m d"],
    *,
    degree: float = 3,
    c: float = 1.0,
    gamma: float = 1.0,
) -> Float[Tensor, "n m"]:
    r"""All products of up to D features at once, $k(x, z) = (\gamma x^\top z + c)^D$.

    It is a kernel for $c \ge 0$, $\gamma > 0$ and whole D; other numbers are computed, not refused.

    Args:
        X: points as rows, shape (n, d).
        Z: points as rows, shape (m, d).
        degree: D, at least 1.
        c: the constant, scikit-learn's coef0.
        gamma: $\gamma$.

    Returns:
        The kernel of each pair, shape (n, m).

    Raises:
        ValueError: shapes that do not fit, or a degree below 1.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-polynomial-kernel`
    Section: :ref:`sec-kernel-trick`

    Example:
        >>> polynomial_kernel(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]), degree=2)
        tensor([[144.]])

    In production: sklearn.metrics.pairwise.polynomial_kernel.
    """
    _require_points("polynomial_kernel", X, Z)
    if not degree >= 1:
        raise ValueError(f"polynomial_kernel: degree must be at least 1, got {degree}")
    return (gamma * (X @ Z.T) + c) ** degree


def rbf_kernel(
    X: Float[Tensor, "n d"], Z: Float[Tensor, "m d"], *, gamma: float = 1.0
) -> Float[Tensor, "n m"]:
    r"""Nearness, $k(x, z) = \exp(-\gamma\|x - z\|^2)$.

    Args:
        X: points as rows, shape (n, d).
        Z: points as rows, shape (m, d).
        gamma: $\gamma$, positive.

    Returns:
        The kernel of each pair, shape (n, m), between 0 and 1.

    Raises:
        ValueError: shapes that do not fit, or `gamma` is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-rbf-kernel`
    Section: :ref:`sec-kernel-trick`

    Example:
        >>> rbf_kernel(torch.zeros(1, 2), torch.tensor([[0.0, 0.0], [1.0, 0.0]]))
        tensor([[1.0000, 0.3679]])

    In production: sklearn.metrics.pairwise.rbf_kernel.
    """
    _require_points("rbf_kernel", X, Z)
    if not gamma > 0:
        raise ValueError(f"rbf_kernel: gamma must be positive, got {gamma}")
    A, B = X - Z.mean(0), Z - Z.mean(0)
    squares = A.square().sum(1)[:, None] - 2 * (A @ B.T) + B.square().sum(1)
    return (-gamma * squares.clamp(min=0)).exp()


def gram_matrix(kernel: Kernel, X: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
    r"""The kernel of all pairs of points, $K_{ij} = k(x_i, x_j)$.

    Args:
        kernel: function of two sets of points, as those of this module; options by
            `functools.partial`.
        X: points as rows, shape (n, d).

    Returns:
        Shape (n, n).

    Raises:
        ValueError: X is no matrix, or the kernel gives another shape.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-gram-matrix`
    Section: :ref:`sec-kernel-properties`

    Example:
        >>> gram_matrix(linear_kernel, torch.tensor([[1.0], [2.0]]))
        tensor([[1., 2.],
                [2., 4.]])

    In production: sklearn.metrics.pairwise.pairwise_kernels.
    """
    require_one_matrix("gram_matrix", X)
    K = kernel(X, X)
    if K.shape != (len(X), len(X)):
        raise ValueError(f"kernel gave shape {tuple(K.shape)} for {len(X)} points")
    return K


def is_psd(K: Float[Tensor, "n n"], *, rtol: float | None = None) -> bool:
    r"""Whether no eigenvalue of a symmetric matrix is negative, but for rounding.

    Args:
        K: symmetric matrix, shape (n, n).
        rtol: eigenvalues above -rtol times the largest magnitude count as not negative; default
            $n\epsilon$.

    Returns:
        The verdict.

    Raises:
        ValueError: K is not square, or not symmetric.
        TypeError: K is no floating-point tensor.

    Equation: :eq:`eq-positive-semidefinite-kernel`
    Section: :ref:`sec-kernel-properties`

    Example:
        >>> is_psd(torch.tensor([[1.0, 1.0], [1.0, 1.0]])), is_psd(-torch.eye(2))
        (True, False)

    In production: numpy.linalg.eigvalsh(K).min() >= -tolerance.
    """
    require_symmetric("is_psd", K)
    if not len(K):
        return True
    values = torch.linalg.eigvalsh(K)
    share = len(K) * torch.finfo(K.dtype).eps if rtol is None else rtol
    return bool(values[0] >= -share * values.abs().max())


def check_kernel(kernel: Kernel, X: Float[Tensor, "n d"]) -> bool:
    r"""Whether a function behaves like a kernel on these points: symmetric, and K semidefinite.

    One negative eigenvalue proves that it is no kernel; points without one prove nothing.

    Args:
        kernel: function of two sets of points.
        X: points as rows, shape (n, d).

    Returns:
        The verdict on these points.

    Raises:
        ValueError: as in `gram_matrix`.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-positive-semidefinite-kernel`
    Section: :ref:`sec-kernel-properties`
    Source: Mercer (1909), Functions of positive and negative type, doi:10.1098/rsta.1909.0016.

    Example:
        >>> from functools import partial
        >>> X = torch.tensor([[0.0], [1.0], [2.0]])
        >>> [check_kernel(partial(polynomial_kernel, degree=2, c=c), X) for c in (1.0, -1.0)]
        [True, False]

    In production: numpy.linalg.eigvalsh on the Gram matrix.
    """
    K = gram_matrix(kernel, X)
    if not torch.allclose(K, K.T, rtol=1e-4, atol=1e-6 * K.abs().max().item()):
        return False
    return is_psd((K + K.T) / 2)


def _require_points(name: str, X: Tensor, Z: Tensor) -> None:
    require_one_matrix(name, X)
    require_one_matrix(name, Z)
    if X.shape[1] != Z.shape[1]:
        raise ValueError(
            f"{name} needs points with equally many features, got shapes {tuple(X.shape)} and "
            f"{tuple(Z.shape)}"
        )
