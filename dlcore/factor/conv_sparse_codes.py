"""Sparse codes whose atoms may stand anywhere in a signal or image."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.classical.proximal import proximal_gradient
from dlcore.linalg import soft_threshold
from dlcore.linalg.shapes import require_floating

_CORRELATE = {1: F.conv1d, 2: F.conv2d}
_SPREAD = {1: F.conv_transpose1d, 2: F.conv_transpose2d}


def conv_sparse_code(
    X: Float[Tensor, "n ..."],
    kernels: Float[Tensor, "k ..."],
    lam: float,
    *,
    tol: float = 1e-6,
    max_iter: int = 10_000,
) -> Float[Tensor, "n k ..."]:
    r"""Where in a signal each kernel stands: codes for all positions at once.

    They minimize $\|x - \sum_k d_k * z_k\|^2 + \lambda\sum_k\|z_k\|_1$. It is sparse coding with a
    dictionary of all shifts of the kernels, which is never written down. The largest curvature,
    $2\max_\omega \sum_k \lvert\hat d_k(\omega)\rvert^2$, comes from their Fourier transforms; the
    steps are those of FISTA.

    Args:
        X: signals (n, t) or images (n, h, w).
        kernels: shape (k, m) or (k, p, q), not larger than a signal.
        lam: $\lambda$, at least 0.
        tol: stop when no code moves by more than this share of the largest.
        max_iter: the most steps.

    Returns:
        Codes for each position at which a kernel fits whole, shape (n, k, t - m + 1) or
        (n, k, h - p + 1, w - q + 1).

    Raises:
        ValueError: shapes that do not fit, a negative `lam`, or kernels of zeros.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equation: :eq:`eq-conv-sparse-coding`
    Section: :ref:`sec-sparse-coding`
    Source: Bristow, Eriksson, Lucey (2013), Fast convolutional sparse coding,
        doi:10.1109/CVPR.2013.57.

    Example:
        >>> x, kernels = torch.tensor([[0.0, 0.0, 3.0, -3.0, 0.0]]), torch.tensor([[1.0, -1.0]])
        >>> conv_sparse_code(x, kernels, lam=0.4).round(decimals=3) + 0.0
        tensor([[[0.0000, 0.0000, 2.9000, 0.0000]]])

    In production: sporco.admm.cbpdn.ConvBPDN.
    """
    dims = _dimensions("conv_sparse_code", X, kernels)
    if not lam >= 0:
        raise ValueError(f"conv_sparse_code: lam must be at least 0, got {lam}")
    size = X.shape[1:]
    spectrum = torch.fft.fftn(kernels, s=size, dim=tuple(range(1, dims + 1)))
    L = 2 * spectrum.abs().square().sum(0).max().item()
    if not L > 0:
        raise ValueError("conv_sparse_code: the kernels are all zero")
    filters = kernels[:, None]
    start = torch.zeros_like(_CORRELATE[dims](X[:, None], filters))
    codes, _ = proximal_gradient(
        lambda Z: 2 * _CORRELATE[dims](_SPREAD[dims](Z, filters) - X[:, None], filters),
        lambda V: soft_threshold(V, lam / L),
        start,
        1 / L,
        accelerate=True,
        tol=tol,
        max_iter=max_iter,
    )
    return codes


def conv_synthesis(
    Z: Float[Tensor, "n k ..."], kernels: Float[Tensor, "k ..."]
) -> Float[Tensor, "n ..."]:
    r"""The signals that have these codes, $x = \sum_k d_k * z_k$.

    Args:
        Z: codes, shape (n, k, t - m + 1) or (n, k, h - p + 1, w - q + 1).
        kernels: shape (k, m) or (k, p, q).

    Returns:
        Signals, shape (n, t) or (n, h, w).

    Raises:
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-conv-sparse-coding`
    Section: :ref:`sec-sparse-coding`

    Example:
        >>> conv_synthesis(torch.tensor([[[0.0, 2.0, 0.0]]]), torch.tensor([[1.0, -1.0]]))
        tensor([[ 0.,  2., -2.,  0.]])

    In production: torch.nn.functional.conv_transpose1d.
    """
    require_floating("conv_synthesis", Z, kernels)
    dims = kernels.ndim - 1
    if dims not in (1, 2) or Z.ndim != dims + 2 or Z.shape[1] != len(kernels):
        raise ValueError(
            f"conv_synthesis needs kernels (k, m) or (k, p, q) and codes (n, k, ...) with as many "
            f"dimensions more, got {tuple(kernels.shape)} and {tuple(Z.shape)}"
        )
    return _SPREAD[dims](Z, kernels[:, None])[:, 0]


def _dimensions(name: str, X: Tensor, kernels: Tensor) -> int:
    require_floating(name, X, kernels)
    dims = X.ndim - 1
    fits = kernels.ndim == X.ndim and all(
        m <= t for m, t in zip(kernels.shape[1:], X.shape[1:], strict=True)
    )
    if dims not in (1, 2) or not fits:
        raise ValueError(
            f"{name} needs signals (n, t) with kernels (k, m) or images (n, h, w) with kernels "
            f"(k, p, q), none larger than a signal, got {tuple(X.shape)} and "
            f"{tuple(kernels.shape)}"
        )
    return dims
