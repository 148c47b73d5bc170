"""An invertible code: the likelihood of the data is exact, no bound is needed."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.probability.distribution import LOG_2PI


class AffineFlow(nn.Module):
    r"""Data that an invertible affine map $z = W(x - b)$ turns into standard normal codes.

    By the change of variables $\log p(x) = \log p(z) + \log\lvert\det W\rvert$. W is lower
    triangular with a positive diagonal, so that the determinant is a product and the inverse a
    substitution; the model is a Gaussian with any covariance. At first it is the identity.

    Args:
        dim: d, at least 1.

    Attributes:
        shift: b, shape (d,).
        lower: what of W lies below the diagonal, shape (d, d).
        log_diagonal: logarithms of W's diagonal, shape (d,).

    Raises:
        ValueError: dim below 1, data of another dimension, or data without spread in a direction.

    Equation: :eq:`eq-affine-flow`
    Section: :ref:`sec-exact-likelihood`
    Source: Rezende, Mohamed (2015), Variational inference with normalizing flows, arXiv:1505.05770.

    Example:
        >>> flow = AffineFlow(2)
        >>> x = torch.tensor([[1.0, -1.0]])
        >>> z, log_det = flow(x)
        >>> torch.equal(flow.inverse(z), x), flow.log_prob(x).detach()
        (True, tensor([-2.8379]))

    In production: torch.distributions.MultivariateNormal; nflows or zuko for flows.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        if dim < 1:
            raise ValueError(f"dim must be at least 1, got {dim}")
        self.shift = nn.Parameter(torch.zeros(dim))
        self.lower = nn.Parameter(torch.zeros(dim, dim))
        self.log_diagonal = nn.Parameter(torch.zeros(dim))

    @property
    def weight(self) -> Float[Tensor, "d d"]:
        """W, lower triangular."""
        return self.lower.tril(-1) + self.log_diagonal.exp().diag()

    def forward(self, x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
        r"""The codes of x, and $\log\lvert\det\partial z/\partial x\rvert$ of each example."""
        self._require(x)
        return (x - self.shift) @ self.weight.mT, self.log_diagonal.sum().expand(len(x))

    def inverse(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """The data whose codes are z."""
        self._require(z)
        return torch.linalg.solve_triangular(self.weight, z.mT, upper=False).mT + self.shift

    def log_prob(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The exact log-likelihood of each example, in nats."""
        z, log_det = self(x)
        return -0.5 * (z.square() + LOG_2PI).sum(1) + log_det

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n d"]:
        """New examples: codes from the standard normal, mapped back."""
        return self.inverse(standard_normal((n, len(self.shift)), self.shift, generator))

    @torch.no_grad()
    def fit(self, X: Float[Tensor, "n d"]) -> "AffineFlow":
        """The parameters of the highest likelihood: W^T W is the inverse of the covariance.

        Args:
            X: more than d examples, shape (n, d).

        Returns:
            The flow itself, whose codes of X have mean 0 and covariance I.
        """
        self._require(X)
        centred = X - X.mean(0)
        factor, failed = torch.linalg.cholesky_ex(centred.mT @ centred / len(X))
        if failed:
            raise ValueError(f"X of shape {tuple(X.shape)} has no spread in some direction")
        identity = torch.eye(len(factor), dtype=X.dtype, device=X.device)
        weight = torch.linalg.solve_triangular(factor, identity, upper=False)
        self.shift.copy_(X.mean(0))
        self.lower.copy_(weight.tril(-1))
        self.log_diagonal.copy_(weight.diagonal().log())
        return self

    def _require(self, x: Tensor) -> None:
        if x.ndim != 2 or x.shape[1] != len(self.shift) or len(x) == 0:
            raise ValueError(
                f"the flow needs examples (n, {len(self.shift)}), got {tuple(x.shape)}"
            )
