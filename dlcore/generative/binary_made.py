"""An exact distribution of binary vectors from one masked network."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from dlcore.generative.masked_network import MADE


class BinaryMADE(MADE):
    r"""$p(x) = \prod_i p(x_i\mid x_{<i})$ of zeros and ones, each conditional a logit of `MADE`.

    The likelihood takes one pass, a sample d passes.

    Args:
        dim: d.
        hidden: widths of the masked network.

    Raises:
        ValueError: counts below 1, or rows of another length or of other values.

    Equation: :eq:`eq-made-mask`
    Section: :ref:`sec-autoregressive-flows`
    Source: Germain, Gregor, Murray, Larochelle (2015), MADE: masked autoencoder for distribution
        estimation, arXiv:1502.03509.

    Example:
        >>> model = BinaryMADE(4, hidden=(16,))
        >>> model.sample(3).shape, model.log_prob(torch.ones(3, 4)).shape
        (torch.Size([3, 4]), torch.Size([3]))

    In production: larger autoregressive networks of the same kind.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64)) -> None:
        super().__init__(dim, hidden, outputs=1)

    def log_prob(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The exact log-probability of each row, in nats."""
        logits = self(x)[..., 0]
        if not ((x == 0) | (x == 1)).all():
            raise ValueError("BinaryMADE needs rows of zeros and ones")
        return -binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n d"]:
        """New rows, coordinate by coordinate."""
        like = next(self.parameters())
        where = generator.device if generator else like.device
        u = torch.rand(n, self.dim, generator=generator, dtype=like.dtype, device=where)
        u, x = u.to(like.device), torch.zeros(n, self.dim, dtype=like.dtype, device=like.device)
        for i in range(self.dim):
            x[:, i] = (u[:, i] < self(x)[:, i, 0].sigmoid()).to(like.dtype)
        return x
