"""Means under a standard normal as weighted sums over a few nodes."""

import numpy as np
import torch
from torch import Tensor


def gauss_hermite(n: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Nodes and log-weights, exact for polynomials up to degree 2n - 1, in the dtype of `like`."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    log_weights = torch.as_tensor(weights / weights.sum()).log()
    return torch.as_tensor(nodes).to(like), log_weights.to(like)
