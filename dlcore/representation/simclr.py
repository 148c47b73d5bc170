"""SimCLR: encoder, projection head, and the other views of the batch as negatives."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.representation.contrastive_losses import nt_xent_loss


class ProjectionHead(nn.Sequential):
    """A small network between the features that are used and the vectors that are compared.

    What the loss makes the vectors forget may so still be in the features. The same network serves
    as the predictor of `BYOL` and `SimSiam`.

    Args:
        in_features: length of the features, h.
        hidden_features: length of the hidden layers.
        out_features: length of the vectors, d.
        layers: number of linear maps.
        batch_norm: normalize the hidden layers over the batch before the ReLU.

    Raises:
        ValueError: sizes below 1.

    Section: :ref:`sec-simclr`.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), arXiv:2002.05709, section 4.2.

    Example:
        >>> ProjectionHead(8, 16, 4)(torch.randn(5, 8)).shape
        torch.Size([5, 4])

    In production: lightly.models.modules.SimCLRProjectionHead.
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int,
        *,
        layers: int = 2,
        batch_norm: bool = True,
    ) -> None:
        if min(in_features, hidden_features, out_features, layers) < 1:
            raise ValueError(
                f"sizes must be at least 1, got {in_features}, {hidden_features}, {out_features} "
                f"and {layers} layers"
            )
        super().__init__()
        sizes = [in_features, *[hidden_features] * (layers - 1), out_features]
        for n_in, n_out in pairwise(sizes[:-1]):
            self.append(nn.Linear(n_in, n_out, bias=not batch_norm))
            if batch_norm:
                self.append(nn.BatchNorm1d(n_out))
            self.append(nn.ReLU())
        self.append(nn.Linear(sizes[-2], sizes[-1]))


class SimCLR(nn.Module):
    """Two views of an example go through one encoder and one head, and shall find each other.

    Args:
        encoder: maps a batch of examples to features, (b, ...) to (b, h).
        head: maps features to the vectors that are compared, (b, h) to (b, d).
        temperature: tau of `nt_xent_loss`.

    Attributes:
        encoder: what is used afterwards.
        head: what is thrown away.

    Raises:
        ValueError: in use, views that do not fit, a temperature that is not positive.

    Equation: :eq:`eq-nt-xent`.
    Section: :ref:`sec-simclr`.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), arXiv:2002.05709, algorithm 1.

    Example:
        >>> model = SimCLR(nn.Linear(5, 4), ProjectionHead(4, 8, 3))
        >>> x = torch.randn(6, 5)
        >>> model(x, x + 0.1).shape
        torch.Size([])

    In production: lightly or solo-learn.
    """

    def __init__(self, encoder: nn.Module, head: nn.Module, temperature: float = 0.5) -> None:
        super().__init__()
        self.encoder, self.head, self.temperature = encoder, head, temperature

    def forward(
        self, view1: Float[Tensor, "b ..."], view2: Float[Tensor, "b ..."]
    ) -> Float[Tensor, ""]:
        """The loss of a batch, both views in one pass."""
        z1, z2 = self.head(self.encoder(torch.cat([view1, view2]))).chunk(2)
        return nt_xent_loss(z1, z2, self.temperature)
