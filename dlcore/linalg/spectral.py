"""The largest eigenvalue and the largest singular value, and weights scaled by the latter."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.eigenvalues import qr_algorithm
from dlcore.linalg.shapes import require_one_matrix, require_same_shape


def spectral_radius(A: Float[Tensor, "n n"]) -> Float[Tensor, ""]:
    r"""The largest magnitude of an eigenvalue: below 1, all $A^t x$ go to zero in the end.

    In the beginning they may grow all the same, if A is not normal.

    Args:
        A: square matrix, shape (n, n).

    Returns:
        One number, at most the spectral norm.

    Raises:
        ValueError: A is not one square matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-spectral-radius`
    Section: :ref:`sec-linear-dynamics`

    Example:
        >>> spectral_radius(torch.tensor([[0.9, 10.0], [0.0, 0.9]]))
        tensor(0.9000)

    In production: torch.linalg.eigvals(A).abs().max().
    """
    values = qr_algorithm(A).eigenvalues
    return values.abs().max() if len(values) else A.new_zeros(())


def spectral_normalize(
    W: Float[Tensor, "m n"],
    u: Float[Tensor, " m"] | None = None,
    *,
    iterations: int = 50,
    eps: float = 1e-12,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "m n"]:
    r"""The matrix divided by its largest singular value, found by power iteration.

    Alternating $v \leftarrow W^\top u$ and $u \leftarrow Wv$ is power iteration with $W^\top W$;
    the gradient flows through $\sigma = u^\top Wv$ with u and v held fixed.

    Args:
        W: weights, shape (m, n).
        u: the start, shape (m,); default normal random numbers.
        iterations: steps; in training one is enough if u is kept from step to step.
        eps: the smallest length that is divided by.
        generator: for the default start.

    Returns:
        The weights with spectral norm 1, shape (m, n); a zero matrix stays zero.

    Raises:
        ValueError: shapes that do not fit, or fewer than one step.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-spectral-normalization`
    Section: :ref:`sec-spectral-normalization`
    Source: Miyato, Kataoka, Koyama, Yoshida (2018), Spectral normalization for generative
        adversarial networks, arXiv:1802.05957.

    Example:
        >>> spectral_normalize(torch.tensor([[0.0, 5.0], [0.0, 0.0]]))
        tensor([[0., 1.],
                [0., 0.]])

    In production: torch.nn.utils.parametrizations.spectral_norm.
    """
    require_one_matrix("spectral_normalize", W)
    if iterations < 1:
        raise ValueError(f"iterations must be at least 1, got {iterations}")
    if u is None:
        u = torch.randn(len(W), generator=generator, dtype=W.dtype, device=W.device)
    require_same_shape("spectral_normalize", W[:, 0], u)
    weight = W.detach()
    for _ in range(iterations):
        v = weight.T @ u
        v = v / v.norm().clamp(min=eps)
        u = weight @ v
        u = u / u.norm().clamp(min=eps)
    sigma = u @ W @ v
    return W / torch.where(sigma.detach() > eps, sigma, math.inf)
