"""What a contrastive loss says about shared information, and where it cannot say more."""

import math

from jaxtyping import Float
from torch import Tensor


def info_nce_bound(scores: Float[Tensor, "*batch k k"]) -> Float[Tensor, "*batch"]:
    r"""At least so much do two variables tell of each other: log K less the contrastive loss.

    $I(X; Y) \ge \log K - \mathcal L$ holds on average for scores of any kind, where $\mathcal L$ is
    the cross-entropy of picking the partner among K candidates. It is largest for
    $\log p(y \mid x) / p(y)$ as score, and never above log K: to see more, more candidates are
    needed.

    Args:
        scores: how well $x_i$ fits to $y_j$, for K pairs; the partners are on the diagonal, shape
            (..., k, k).

    Returns:
        The bound in nats, shape (...). A single batch may exceed the truth, its expectation cannot.

    Raises:
        ValueError: scores that are no square matrices.

    Equation: :eq:`eq-info-nce-bound`.
    Section: :ref:`sec-contrastive-bound`.

    Source: van den Oord, Li, Vinyals (2018), arXiv:1807.03748; Poole, Ozair, van den Oord, Alemi,
        Tucker (2019), On variational bounds of mutual information, arXiv:1905.06922.

    Example:
        >>> import torch
        >>> info_nce_bound(100 * torch.eye(8)).exp().round(decimals=3)
        tensor(8.)

    In production: torch.nn.functional.cross_entropy.
    """
    if scores.ndim < 2 or scores.shape[-1] != scores.shape[-2] or scores.shape[-1] == 0:
        raise ValueError(f"expected scores of shape (..., k, k), got {tuple(scores.shape)}")
    share = scores.log_softmax(dim=-1).diagonal(dim1=-2, dim2=-1)
    return share.mean(dim=-1) + math.log(scores.shape[-1])


def gaussian_critic(
    x: Float[Tensor, "*batch k"], y: Float[Tensor, "*batch k"], correlation: float
) -> Float[Tensor, "*batch k k"]:
    r"""The best score there is for a Gaussian pair: $\log p(y_j \mid x_i) / p(y_j)$.

    Both variables are standard normal. The mean of the partners' scores is the mutual information,
    $-\tfrac12 \log(1 - \rho^2)$.

    Args:
        x: shape (..., k).
        y: shape (..., k).
        correlation: rho, between -1 and 1.

    Returns:
        Scores of all pairs, shape (..., k, k): rows are x, columns y.

    Raises:
        ValueError: shapes that differ, a correlation outside (-1, 1).

    Equation: :eq:`eq-info-nce-bound`.
    Section: :ref:`sec-contrastive-bound`.

    Source: Poole, Ozair, van den Oord, Alemi, Tucker (2019), arXiv:1905.06922, section 4.

    Example:
        >>> import torch
        >>> gaussian_critic(torch.zeros(1), torch.zeros(1), 0.6)
        tensor([[0.2231]])

    In production: torch.distributions.Normal.
    """
    if x.shape != y.shape or x.ndim == 0:
        raise ValueError(
            f"expected x and y of one shape (..., k), got {tuple(x.shape)} and {tuple(y.shape)}"
        )
    if not -1 < correlation < 1:
        raise ValueError(f"the correlation must lie between -1 and 1, got {correlation}")
    left = 1 - correlation**2
    y = y[..., None, :]
    error = y - correlation * x[..., :, None]
    return y.square() / 2 - error.square() / (2 * left) - math.log(left) / 2
