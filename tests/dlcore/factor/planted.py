"""Data with known factors, and the four rows that are worked through by hand."""

import torch
from torch import Tensor

from tests.dlcore.linalg.matrices import gaussian

ROWS = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64)


def planted(n: int, W: Tensor, psi: Tensor, *, seed: int = 0) -> Tensor:
    """Rows Wz + noise of variance psi, with mean 1, 2, ..., d."""
    d, k = W.shape
    mean = torch.arange(1, d + 1, dtype=torch.float64)
    return mean + gaussian(n, k, seed=seed) @ W.T + gaussian(n, d, seed=seed + 1) * psi.sqrt()


def simple_structure(n: int = 300) -> Tensor:
    """Eight features, every second one mostly of the same of two factors: EM is quick."""
    W = torch.eye(2, dtype=torch.float64).repeat(4, 1) + 0.2
    return planted(n, W, torch.tensor([0.5, 1.0], dtype=torch.float64).repeat(4))


def loadings(d: int = 7, k: int = 3) -> Tensor:
    """Loadings whose columns differ in length."""
    return gaussian(d, k, seed=3) * torch.arange(k, 0, -1, dtype=torch.float64)
