"""BYOL and SimSiam: predict the other view's vector, with nothing to push away."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.representation.momentum_contrast import ema_update, slow_copy
from dlcore.representation.self_prediction import byol_loss, simsiam_loss


class BYOL(nn.Module):
    """The online network predicts what a slow copy of itself makes of the other view.

    Args:
        encoder: maps a batch of examples to features, (b, ...) to (b, h).
        head: maps features to vectors, (b, h) to (b, d).
        predictor: maps vectors to predictions, (b, d) to (b, d); only the online network has it.
        momentum: m of the slow copy; with 0 it is as new as the online network, as in `SimSiam`.

    Attributes:
        encoder: what is used afterwards.
        target: the slow copy of encoder and head.

    Raises:
        ValueError: a momentum outside [0, 1]; in use, views that do not fit.

    Equations: :eq:`eq-byol-loss`, :eq:`eq-momentum-encoder`.
    Section: :ref:`sec-byol`.

    Source: Grill et al. (2020), Bootstrap your own latent, arXiv:2006.07733.

    Example:
        >>> model = BYOL(nn.Linear(5, 4), nn.Linear(4, 3), nn.Linear(3, 3))
        >>> x = torch.randn(6, 5)
        >>> model(x, x + 0.1).shape
        torch.Size([])

    In production: lightly or solo-learn.
    """

    def __init__(
        self, encoder: nn.Module, head: nn.Module, predictor: nn.Module, momentum: float = 0.99
    ) -> None:
        super().__init__()
        if not 0 <= momentum <= 1:
            raise ValueError(f"the momentum must lie in [0, 1], got {momentum}")
        self.encoder, self.head, self.predictor = encoder, head, predictor
        self.target = slow_copy(encoder, head)
        self.momentum = momentum

    def forward(
        self, view1: Float[Tensor, "b ..."], view2: Float[Tensor, "b ..."]
    ) -> Float[Tensor, ""]:
        """The sum of the losses in both directions."""
        with torch.no_grad():
            t1, t2 = self.target(view1), self.target(view2)
        p1, p2 = (self.predictor(self.head(self.encoder(v))) for v in (view1, view2))
        return byol_loss(p1, t2) + byol_loss(p2, t1)

    def update_target(self) -> None:
        """Let the slow copy follow, after a step of the optimizer."""
        ema_update(self.target, nn.Sequential(self.encoder, self.head), self.momentum)


class SimSiam(nn.Module):
    """As `BYOL`, but the target is the network itself, with the gradient stopped.

    Args:
        encoder: maps a batch of examples to features, (b, ...) to (b, h).
        head: maps features to vectors, (b, h) to (b, d).
        predictor: maps vectors to predictions, (b, d) to (b, d).
        stop_gradient: False trains the targets as well: to see the collapse.

    Attributes:
        encoder: what is used afterwards.

    Raises:
        ValueError: in use, views that do not fit.

    Equation: :eq:`eq-simsiam-loss`.
    Section: :ref:`sec-collapse`.

    Source: Chen, He (2021), Exploring simple Siamese representation learning, arXiv:2011.10566.

    Example:
        >>> model = SimSiam(nn.Linear(5, 4), nn.Linear(4, 3), nn.Linear(3, 3))
        >>> x = torch.randn(6, 5)
        >>> model(x, x + 0.1).shape
        torch.Size([])

    In production: lightly or solo-learn.
    """

    def __init__(
        self,
        encoder: nn.Module,
        head: nn.Module,
        predictor: nn.Module,
        *,
        stop_gradient: bool = True,
    ) -> None:
        super().__init__()
        self.encoder, self.head, self.predictor = encoder, head, predictor
        self.stop_gradient = stop_gradient

    def forward(
        self, view1: Float[Tensor, "b ..."], view2: Float[Tensor, "b ..."]
    ) -> Float[Tensor, ""]:
        """The loss of a batch, each view by itself, as its normalization asks."""
        z1, z2 = (self.head(self.encoder(v)) for v in (view1, view2))
        p1, p2 = self.predictor(z1), self.predictor(z2)
        return simsiam_loss(p1, p2, z1, z2, stop_gradient=self.stop_gradient)
