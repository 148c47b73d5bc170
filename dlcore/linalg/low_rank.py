"""Approximating a matrix by one of lower rank: exactly best, by random sketch, as a layer."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.linalg.orthogonalization import qr_householder
from dlcore.linalg.shapes import require_matrix
from dlcore.linalg.singular_values import SVD


def truncated_svd(A: Float[Tensor, "*batch m n"], k: int) -> SVD:
    r"""The k largest singular values with their vectors.

    Args:
        A: matrices, shape (..., m, n).
        k: how many, from 1 to min(m, n).

    Returns:
        U, S and Vh with k columns, values and rows.

    Raises:
        ValueError: A is no matrix, or k is out of range.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-eckart-young`
    Section: :ref:`sec-low-rank`

    Example:
        >>> U, S, Vh = truncated_svd(torch.diag(torch.tensor([1.0, 3.0, 2.0])), k=2)
        >>> S
        tensor([3., 2.])

    In production: torch.linalg.svd, or scipy.sparse.linalg.svds for a large sparse matrix.
    """
    require_matrix("truncated_svd", A)
    _require_rank("truncated_svd", A, k)
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return SVD(U[..., :k], S[..., :k], Vh[..., :k, :])


def _require_rank(name: str, A: Tensor, k: int) -> None:
    if not 1 <= k <= min(A.shape[-2:]):
        raise ValueError(f"{name}: k must be from 1 to {min(A.shape[-2:])}, got {k}")


def low_rank_approx(A: Float[Tensor, "*batch m n"], k: int) -> Float[Tensor, "*batch m n"]:
    r"""The nearest matrix of rank k, in the Frobenius and in the spectral norm.

    Its distance from A is $\sqrt{\sum_{i>k}\sigma_i^2}$ in the one and $\sigma_{k+1}$ in the other.

    Args:
        A: matrices, shape (..., m, n).
        k: the rank, from 1 to min(m, n).

    Returns:
        The approximations, of the same shape.

    Raises:
        ValueError: A is no matrix, or k is out of range.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-eckart-young`
    Section: :ref:`sec-low-rank`
    Source: Eckart, Young (1936), The approximation of one matrix by another of lower rank,
        doi:10.1007/BF02288367.

    Example:
        >>> low_rank_approx(torch.diag(torch.tensor([3.0, 2.0])), k=1)
        tensor([[3., 0.],
                [0., 0.]])

    In production: torch.svd_lowrank.
    """
    U, S, Vh = truncated_svd(A, k)
    return (U * S[..., None, :]) @ Vh


def randomized_svd(
    A: Float[Tensor, "*batch m n"],
    k: int,
    *,
    oversampling: int = 10,
    power_iterations: int = 4,
    generator: torch.Generator | None = None,
) -> SVD:
    r"""The k largest singular values by a sketch: A times a few random vectors spans what matters.

    Takes $O(mnk)$ instead of $O(mn\min(m, n))$. Powers of $AA^\top$ make the small singular values
    smaller still, where they fall off slowly.

    Args:
        A: matrices, shape (..., m, n).
        k: how many, from 1 to min(m, n).
        oversampling: random vectors beyond k.
        power_iterations: products with $AA^\top$; an orthonormal basis is taken after each factor.
        generator: for the random vectors.

    Returns:
        U, S and Vh with k columns, values and rows.

    Raises:
        ValueError: A is no matrix, k is out of range, or a count is negative.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-randomized-svd`
    Section: :ref:`sec-low-rank`
    Source: Halko, Martinsson, Tropp (2011), Finding structure with randomness: probabilistic
        algorithms for constructing approximate matrix decompositions, doi:10.1137/090771806.

    Example:
        >>> A = torch.diag(torch.tensor([5.0, 4.0, 3.0, 2.0, 1.0]))
        >>> randomized_svd(A, k=2).S.round(decimals=4)
        tensor([5., 4.])

    In production: torch.svd_lowrank, sklearn.utils.extmath.randomized_svd.
    """
    require_matrix("randomized_svd", A)
    _require_rank("randomized_svd", A, k)
    if oversampling < 0 or power_iterations < 0:
        got = f"{oversampling} and {power_iterations}"
        raise ValueError(f"counts must be at least 0, got {got}")
    size = min(k + oversampling, *A.shape[-2:])
    Omega = torch.randn(A.shape[-1], size, generator=generator, dtype=A.dtype, device=A.device)
    Q = qr_householder(A @ Omega).Q
    for _ in range(power_iterations):
        Q = qr_householder(A.mT @ Q).Q
        Q = qr_householder(A @ Q).Q
    U, S, Vh = truncated_svd(Q.mT @ A, k)
    return SVD(Q @ U, S, Vh)


class LowRankLinear(nn.Module):
    r"""The affine map of a dense layer whose weight matrix is a product of two thin ones.

    It holds $k(d_{in} + d_{out})$ weights instead of $d_{in}d_{out}$, fewer if and only if
    $k < d_{in}d_{out}/(d_{in} + d_{out})$.

    Args:
        in_features: number of inputs, d_in.
        out_features: number of outputs, d_out.
        rank: the inner size, k.
        bias: whether b is there.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        down: shape (k, d_in).
        up: shape (d_out, k).
        bias: b, shape (d_out,), or None.

    Raises:
        ValueError: a rank below 1 or above the smaller size, or an input without d_in features.

    Equation: :eq:`eq-low-rank-layer`
    Section: :ref:`sec-low-rank`
    Source: Denil, Shakibi, Dinh, Ranzato, de Freitas (2013), Predicting parameters in deep
        learning, arXiv:1306.0543.

    Example:
        >>> layer = LowRankLinear.from_linear(nn.Linear(784, 256), rank=32)
        >>> layer(torch.zeros(5, 784)).shape, sum(p.numel() for p in layer.parameters())
        (torch.Size([5, 256]), 33536)

    In production: torch.nn.Sequential of two torch.nn.Linear.
    """

    bias: nn.Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        rank: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if not 1 <= rank <= min(in_features, out_features):
            raise ValueError(
                f"rank must be from 1 to min({in_features}, {out_features}), got {rank}"
            )
        self.in_features, self.out_features, self.rank = in_features, out_features, rank
        self.down = nn.Parameter(torch.empty(rank, in_features, device=device, dtype=dtype))
        self.up = nn.Parameter(torch.empty(out_features, rank, device=device, dtype=dtype))
        self.register_parameter(
            "bias",
            nn.Parameter(torch.zeros(out_features, device=device, dtype=dtype)) if bias else None,
        )
        # both factors alike, so that the product has entries of variance 1 / (3 d_in), as nn.Linear
        nn.init.normal_(self.down, std=(3 * in_features * rank) ** -0.25)
        nn.init.normal_(self.up, std=(3 * in_features * rank) ** -0.25)

    @classmethod
    @torch.no_grad()
    def from_linear(cls, linear: nn.Linear, rank: int) -> "LowRankLinear":
        """The layer with the best approximation of the weights of a dense one, and its bias."""
        weight = linear.weight
        layer = cls(
            linear.in_features,
            linear.out_features,
            rank,
            linear.bias is not None,
            weight.device,
            weight.dtype,
        )
        U, S, Vh = truncated_svd(weight, rank)
        layer.up.copy_(U * S.sqrt())
        layer.down.copy_(S.sqrt()[:, None] * Vh)
        if layer.bias is not None:
            layer.bias.copy_(linear.bias)
        return layer

    def forward(self, X: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The outputs, shape (..., d_out), of inputs X, shape (..., d_in)."""
        if X.ndim == 0 or X.shape[-1] != self.in_features:
            raise ValueError(
                f"expected inputs of shape (..., {self.in_features}), got {tuple(X.shape)}"
            )
        Z = X @ self.down.T @ self.up.T
        return Z if self.bias is None else Z + self.bias

    def extra_repr(self) -> str:
        """The sizes, as printing the layer shows them."""
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, rank={self.rank}, bias={self.bias is not None}"
