"""How a set of vectors lies in space: partners near, all spread out, no dimension lost."""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.representation.contrastive_losses import require_pairs


def alignment(
    z1: Float[Tensor, "n d"], z2: Float[Tensor, "n d"], alpha: float = 2.0
) -> Float[Tensor, ""]:
    r"""How far partners are apart on the sphere: the mean of $\lVert z - z^+ \rVert^\alpha$.

    Args:
        z1: vectors, shape (n, d); brought to length 1 first.
        z2: their partners, shape (n, d).
        alpha: the power, positive.

    Returns:
        From 0, all partners equal, to $2^\alpha$.

    Raises:
        ValueError: shapes that differ, no rows, a power that is not positive.

    Equation: :eq:`eq-alignment`.
    Section: :ref:`sec-alignment-uniformity`.

    Source: Wang, Isola (2020), Understanding contrastive representation learning through alignment
        and uniformity on the hypersphere, arXiv:2005.10242.

    Example:
        >>> alignment(torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 1.0]]))
        tensor(2.)

    In production: torch.nn.functional.cosine_similarity: with alpha 2 it is 2 - 2 cos.
    """
    require_pairs("alignment", z1, z2)
    if not alpha > 0:
        raise ValueError(f"alpha must be positive, got {alpha}")
    squared = (F.normalize(z1) - F.normalize(z2)).square().sum(dim=1)
    return squared.pow(alpha / 2).mean()


def uniformity(z: Float[Tensor, "n d"], t: float = 2.0) -> Float[Tensor, ""]:
    r"""How crowded the sphere is: $\log$ of the mean of $e^{-t \lVert z - z' \rVert^2}$.

    Args:
        z: vectors, shape (n, d), n at least 2; brought to length 1 first.
        t: how short the reach is, positive.

    Returns:
        The logarithm of the mean over all pairs of different rows: 0 if all are equal, and the
        smaller, the more evenly they are spread.

    Raises:
        ValueError: fewer than 2 rows, another number of axes, t that is not positive.

    Equation: :eq:`eq-uniformity`.
    Section: :ref:`sec-alignment-uniformity`.

    Source: Wang, Isola (2020), arXiv:2005.10242.

    Example:
        >>> z = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        >>> uniformity(z)
        tensor(-4.3963)

    In production: torch.pdist, as in the authors' program.
    """
    require_pairs("uniformity", z, z, least=2)
    if not t > 0:
        raise ValueError(f"t must be positive, got {t}")
    z = F.normalize(z)
    above = torch.triu_indices(len(z), len(z), offset=1, device=z.device)
    cosines = (z @ z.T)[above[0], above[1]]
    return (-2 * t * (1 - cosines)).logsumexp(dim=0) - math.log(above.shape[1])


def effective_rank(Z: Float[Tensor, "n d"], *, center: bool = True) -> Float[Tensor, ""]:
    r"""How many directions the vectors use: $e^H$ of the shares of their singular values.

    $H = -\sum_i p_i \log p_i$ with $p_i = \sigma_i / \sum_j \sigma_j$.

    Args:
        Z: vectors as rows, shape (n, d).
        center: subtract their mean first.

    Returns:
        From 1, all on a line, to min(n, d), all directions alike; 0 if nothing varies, up to
        rounding.

    Raises:
        ValueError: no rows, or another number of axes.

    Equation: :eq:`eq-effective-rank`.
    Section: :ref:`sec-collapse`.

    Source: Roy, Vetterli (2007), The effective rank: a measure of effective dimensionality,
        EUSIPCO.

    Example:
        >>> effective_rank(torch.eye(3), center=False), effective_rank(torch.ones(5, 3))
        (tensor(3.), tensor(0.))

    In production: torch.linalg.svdvals and scipy.stats.entropy.
    """
    require_pairs("effective_rank", Z, Z)
    rounding = max(Z.shape) * torch.finfo(Z.dtype).eps * torch.linalg.vector_norm(Z)
    sigma = torch.linalg.svdvals(Z - Z.mean(dim=0) if center else Z)
    sigma = sigma.where(sigma > rounding, torch.zeros_like(sigma))
    if not sigma.any():
        return sigma.new_zeros(())
    return torch.special.entr(sigma / sigma.sum()).sum().exp()
