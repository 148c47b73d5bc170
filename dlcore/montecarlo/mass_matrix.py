"""The mass matrix of Hamiltonian dynamics: how momentum becomes velocity."""

import torch
from torch import Tensor

from dlcore.montecarlo.chains import normal


class Mass:
    """The mass matrix M of all chains.

    Args:
        mass: None for the identity, its diagonal (d,), or the whole matrix (d, d).
        like: positions (chains, d), for size, type and device.

    Raises:
        ValueError: another shape, or a matrix that is not symmetric and positive definite.
    """

    def __init__(self, mass: Tensor | None, like: Tensor) -> None:
        d = like.shape[1]
        self.matrix = like.new_ones(d) if mass is None else mass.to(like)
        if self.matrix.shape not in ((d,), (d, d)):
            raise ValueError(
                f"mass must have shape ({d},) or ({d}, {d}), got {tuple(self.matrix.shape)}"
            )
        self.is_dense = self.matrix.ndim == 2
        if self.is_dense:
            self.factor, info = torch.linalg.cholesky_ex(self.matrix)
            right = info == 0 and torch.allclose(self.matrix, self.matrix.mT)
        else:
            self.factor, right = self.matrix.sqrt(), (self.matrix > 0).all()
        if not bool(right):
            raise ValueError("mass must be symmetric and positive definite")

    def velocity(self, momentum: Tensor) -> Tensor:
        """M^{-1} p."""
        if self.is_dense:
            return torch.cholesky_solve(momentum.mT, self.factor).mT
        return momentum / self.matrix

    def kinetic(self, momentum: Tensor) -> Tensor:
        """p^T M^{-1} p / 2."""
        return 0.5 * (momentum * self.velocity(momentum)).sum(-1)

    def draw(self, like: Tensor, generator: torch.Generator | None) -> Tensor:
        """Momenta of N(0, M), one for each row."""
        z = normal(like, generator)
        return z @ self.factor.mT if self.is_dense else z * self.factor

    def unit(self) -> Tensor:
        """S with S S^T = M^{-1}: positions x = S q move for unit mass in q."""
        if not self.is_dense:
            return 1 / self.factor
        eye = torch.eye(len(self.factor), dtype=self.factor.dtype, device=self.factor.device)
        return torch.linalg.solve_triangular(self.factor.mT, eye, upper=True)

    def whiten(self, x: Tensor) -> Tensor:
        """The q with x = S q."""
        return x @ self.factor if self.is_dense else x * self.factor

    def unwhiten(self, q: Tensor) -> Tensor:
        """Back: x = S q, for points (..., d)."""
        scale = self.unit()
        return q @ scale.mT if self.is_dense else q * scale
