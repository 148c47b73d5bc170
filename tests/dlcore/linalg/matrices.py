"""Matrices to test with."""

import torch
from torch import Tensor


def gaussian(*shape: int, seed: int = 0) -> Tensor:
    """Normal random numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def hilbert(n: int) -> Tensor:
    """The matrix with entries 1 / (i + j - 1), condition number about exp(3.5 n)."""
    i = torch.arange(1, n + 1, dtype=torch.float64)
    return 1 / (i[:, None] + i - 1)


def positive_definite(*shape: int, seed: int = 0) -> Tensor:
    """Symmetric, with eigenvalues of at least 1; shape (..., n, n)."""
    M = gaussian(*shape, seed=seed)
    return M @ M.mT + torch.eye(shape[-1], dtype=torch.float64)


def symmetric(*shape: int, seed: int = 0) -> Tensor:
    """Symmetric, with eigenvalues of both signs."""
    M = gaussian(*shape, seed=seed)
    return (M + M.mT) / 2
