"""The dense layer: every output is a weighted sum of all inputs, plus a bias."""

import math
from numbers import Integral

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.init import kaiming_uniform_


def are_sizes(*values: object) -> bool:
    """Whether all are whole numbers of at least 1."""
    return all(isinstance(value, Integral) and int(value) >= 1 for value in values)


class Linear(nn.Module):
    """The affine map Z = X W^T + b of a batch of rows.

    Args:
        in_features: number of inputs, d_in.
        out_features: number of outputs, d_out.
        bias: whether b is there.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: W, shape (d_out, d_in), started from U(-a, a) with a = 1 / sqrt(d_in).
        bias: b, shape (d_out,), started likewise, or None.

    Raises:
        ValueError: a size that is no whole number of at least 1, or an input without d_in features.

    Equation: :eq:`eq-pre-activation`.
    Section: :ref:`sec-architecture`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.4.

    Example:
        >>> layer = Linear(3, 2)
        >>> layer(torch.zeros(5, 3)).shape, layer.weight.shape
        (torch.Size([5, 2]), torch.Size([2, 3]))

    In production: torch.nn.Linear.
    """

    bias: nn.Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if not are_sizes(in_features, out_features):
            raise ValueError(
                f"sizes must be whole numbers of at least 1, got {in_features!r} and "
                f"{out_features!r}"
            )
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(
            torch.empty(out_features, in_features, device=device, dtype=dtype)
        )
        self.register_parameter(
            "bias",
            nn.Parameter(torch.empty(out_features, device=device, dtype=dtype)) if bias else None,
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights and bias anew, from the distribution (and the numbers) of torch's layer."""
        kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            a = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -a, a)

    def forward(self, X: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The outputs Z, shape (..., d_out), of inputs X, shape (..., d_in)."""
        if X.ndim == 0 or X.shape[-1] != self.in_features:
            raise ValueError(
                f"expected inputs of shape (..., {self.in_features}), got {tuple(X.shape)}"
            )
        Z = X @ self.weight.T
        return Z if self.bias is None else Z + self.bias

    def extra_repr(self) -> str:
        """The sizes, as printing the layer shows them."""
        bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"
