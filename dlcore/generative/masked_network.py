"""A dense network in which output i sees the inputs before i, and no others."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import linear


class MaskedLinear(nn.Linear):
    """A dense layer with some of its weights held at 0."""

    mask: Tensor

    def __init__(self, mask: Bool[Tensor, "o i"]) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        """Wx + b with the masked W."""
        return linear(x, self.weight * self.mask, self.bias)


class MADE(nn.Module):
    r"""A masked network for autoregression: one pass gives all conditionals.

    Inputs have degrees 1, ..., d, hidden units degrees 1, ..., d - 1 in turn; a hidden unit sees
    what has at most its degree, output i what has less than i. So the Jacobian of outputs by inputs
    is strictly lower triangular, and output 1 is a constant.

    Args:
        dim: d.
        hidden: widths of the hidden layers.
        outputs: numbers for each coordinate.

    Raises:
        ValueError: counts below 1, or rows of another length.

    Equation: :eq:`eq-made-mask`
    Section: :ref:`sec-autoregressive-flows`
    Source: Germain, Gregor, Murray, Larochelle (2015), MADE: masked autoencoder for distribution
        estimation, arXiv:1502.03509.

    Example:
        >>> MADE(4, hidden=(16,), outputs=2)(torch.zeros(3, 4)).shape
        torch.Size([3, 4, 2])

    In production: zuko.nn.MaskedMLP.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), outputs: int = 1) -> None:
        super().__init__()
        if min(dim, outputs, *hidden) < 1:
            raise ValueError(f"counts must be at least 1, got {dim}, {list(hidden)}, {outputs}")
        self.dim, self.outputs = dim, outputs
        below = torch.arange(1, dim + 1)
        layers: list[nn.Module] = []
        for width in hidden:
            degrees = torch.arange(width) % max(dim - 1, 1) + 1
            layers += [MaskedLinear(degrees[:, None] >= below), nn.ReLU()]
            below = degrees
        wanted = torch.arange(1, dim + 1).repeat_interleave(outputs)
        self.network = nn.Sequential(*layers, MaskedLinear(wanted[:, None] > below))

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d outputs"]:
        """Of each coordinate its numbers, which depend on the coordinates before it."""
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(f"MADE needs rows (n, {self.dim}), got {tuple(x.shape)}")
        out: Tensor = self.network(x)
        return out.reshape(len(x), self.dim, self.outputs)
