"""Local response normalization: channels at one pixel compete with their neighbours."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.im2col import geometry, windows
from dlcore.nn.padding import pad_last_axes, per_axis


def local_response_norm(
    x: Float[Tensor, "n c *positions"],
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Float[Tensor, "n c *positions"]:
    """Divide each value by a power of the energy of neighbouring channels at the same pixel.

    Args:
        x: activations, shape (n, c, ...), at least one position axis.
        size: how many neighbouring channels, the value's own among them, count.
        alpha: weight of their mean square; absent ones at the ends count as 0. The paper takes the
            sum, so its alpha is that of ours divided by size.
        beta: the power.
        k: what is added, which keeps a small energy from dividing.

    Returns:
        The same shape: x / (k + alpha / size * sum of squares)^beta.

    Raises:
        ValueError: a size below 1, or no channels with positions.

    Equation: :eq:`eq-local-response`.
    Section: :ref:`sec-alexnet`.

    Source: Krizhevsky, Sutskever, Hinton (2012), ImageNet classification with deep convolutional
    neural networks, doi:10.1145/3065386, section 3.3.

    Example:
        >>> x = torch.tensor([1.0, 2.0, 2.0]).reshape(1, 3, 1)
        >>> local_response_norm(x, size=3, alpha=3.0, beta=0.5, k=0.0).flatten()
        tensor([0.4472, 0.6667, 0.7071])

    In production: torch.nn.functional.local_response_norm.
    """
    if x.ndim < 3:
        raise ValueError(f"expected activations of shape (n, c, ...), got {tuple(x.shape)}")
    per_axis("size", size, 1)
    squares = pad_last_axes(x.square().movedim(1, -1), [(size // 2, (size - 1) // 2)])
    energy = windows(squares, geometry(1, size)).mean(dim=-1).movedim(-1, 1)
    return x / torch.pow(k + alpha * energy, beta)


class LocalResponseNorm(nn.Module):
    """The layer of `local_response_norm`, the same in training and in evaluation.

    Args:
        size: how many neighbouring channels count.
        alpha: weight of their mean square.
        beta: the power.
        k: what is added.

    Raises:
        ValueError: when called, with a size below 1 or without channels and positions.

    Equation: :eq:`eq-local-response`.
    Section: :ref:`sec-alexnet`.

    Source: Krizhevsky, Sutskever, Hinton (2012), ImageNet classification with deep convolutional
    neural networks, doi:10.1145/3065386, section 3.3.

    Example:
        >>> LocalResponseNorm(5)(torch.zeros(2, 96, 27, 27)).shape
        torch.Size([2, 96, 27, 27])

    In production: torch.nn.LocalResponseNorm.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *positions"]:
        """The activations, divided by their neighbours' energy."""
        return local_response_norm(x, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The options, as printing the layer shows them."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
