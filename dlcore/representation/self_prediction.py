"""Losses without negatives: one view's vector predicts the other's."""

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.representation.contrastive_losses import require_pairs


def byol_loss(prediction: Float[Tensor, "n d"], target: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    r"""The squared distance of two directions, $2 - 2 \cos$, without a gradient into the target.

    Args:
        prediction: what the online network says of the other view, shape (n, d).
        target: what the slow network makes of that view, shape (n, d).

    Returns:
        The mean over the rows, in [0, 4]; 0 also if everything is mapped to one direction.

    Raises:
        ValueError: shapes that differ, or no rows.

    Equation: :eq:`eq-byol-loss`.
    Section: :ref:`sec-byol`.

    Source: Grill et al. (2020), Bootstrap your own latent, arXiv:2006.07733, equation 2.

    Example:
        >>> import torch
        >>> byol_loss(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 5.0]]))
        tensor(2.)

    In production: lightly.loss.NegativeCosineSimilarity, which is half of this, less 1.
    """
    require_pairs("byol_loss", prediction, target)
    return 2 - 2 * F.cosine_similarity(prediction, target.detach()).mean()


def simsiam_loss(
    p1: Float[Tensor, "n d"],
    p2: Float[Tensor, "n d"],
    z1: Float[Tensor, "n d"],
    z2: Float[Tensor, "n d"],
    *,
    stop_gradient: bool = True,
) -> Float[Tensor, ""]:
    r"""Minus the mean cosine between each view's prediction and the other view's vector.

    $-\tfrac12 \cos(p_1, \mathrm{sg}(z_2)) - \tfrac12 \cos(p_2, \mathrm{sg}(z_1))$, where sg lets no
    gradient through.

    Args:
        p1: predictions from the first views, shape (n, d).
        p2: predictions from the second views, shape (n, d).
        z1: vectors of the first views, shape (n, d).
        z2: vectors of the second views, shape (n, d).
        stop_gradient: False lets the gradient into z1 and z2 too: to see the collapse.

    Returns:
        The mean over the rows, in [-1, 1]; -1 also if everything is mapped to one direction.

    Raises:
        ValueError: shapes that differ, or no rows.

    Equation: :eq:`eq-simsiam-loss`.
    Section: :ref:`sec-collapse`.

    Source: Chen, He (2021), Exploring simple Siamese representation learning, arXiv:2011.10566.

    Example:
        >>> import torch
        >>> a, b = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.6, 0.8]])
        >>> simsiam_loss(a, a, a, b)
        tensor(-0.8000)

    In production: lightly.loss.NegativeCosineSimilarity, on both orders.
    """
    require_pairs("simsiam_loss", p1, z2)
    require_pairs("simsiam_loss", p2, z1)
    if stop_gradient:
        z1, z2 = z1.detach(), z2.detach()
    return -(F.cosine_similarity(p1, z2).mean() + F.cosine_similarity(p2, z1).mean()) / 2
