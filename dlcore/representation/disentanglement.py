"""Does each factor have a code of its own?"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.classical import mutual_info
from dlcore.probability import entropy_from_counts


class MutualInformationGap(NamedTuple):
    """How much more the best code tells of each factor than the second best.

    Attributes:
        score: the mean gap, in [0, 1].
        gaps: of each factor, shape (m,).
        information: what each code tells of each factor, in nats, shape (d, m).

    Equation: :eq:`eq-mutual-information-gap`.
    Section: :ref:`sec-desirable-properties`.

    Example:
        >>> MutualInformationGap(1.0, torch.ones(1), torch.ones(2, 1)).score
        1.0

    In production: disentanglement_lib's compute_mig.
    """

    score: float
    gaps: Float[Tensor, " m"]
    information: Float[Tensor, "d m"]


def mutual_information_gap(
    codes: Float[Tensor, "n d"], factors: Int[Tensor, "n m"], *, bins: int = 20
) -> MutualInformationGap:
    r"""Is each factor told by one code, and by no other?

    For the factor $v_k$ it is $(I(z_{(1)}; v_k) - I(z_{(2)}; v_k)) / H(v_k)$ with the codes that
    tell most and second most. A rotation of the codes changes it.

    Args:
        codes: shape (n, d), d at least 2.
        factors: what made the examples, as whole numbers, shape (n, m).
        bins: cells of equal counts into which each code is cut. The fewer examples a cell has, the
            more information is seen that is not there.

    Returns:
        The mean gap, the gaps and the information.

    Raises:
        ValueError: shapes that do not fit, a single code, fewer than 2 bins, a factor that is the
            same for all examples.

    Equation: :eq:`eq-mutual-information-gap`.
    Section: :ref:`sec-desirable-properties`.

    Source: Chen, Li, Grosse, Duvenaud (2018), Isolating sources of disentanglement in variational
        autoencoders, arXiv:1802.04942.

    Example:
        >>> factors = torch.cartesian_prod(torch.arange(4), torch.arange(4))
        >>> mutual_information_gap(factors.float(), factors, bins=4).score
        1.0

    In production: disentanglement_lib's compute_mig.
    """
    if codes.ndim != 2 or factors.ndim != 2 or len(codes) != len(factors) or codes.shape[1] < 2:
        raise ValueError(
            "expected codes (n, d) with d at least 2 and factors (n, m), got "
            f"{tuple(codes.shape)} and {tuple(factors.shape)}"
        )
    columns = factors.T
    information = torch.stack([mutual_info(codes, v, bins=bins) for v in columns], dim=1)
    counts = [v.unique(return_counts=True)[1] for v in columns]
    if min(map(len, counts)) < 2:
        raise ValueError("a factor is the same for all examples: there is nothing to tell of it")
    entropies = torch.stack([entropy_from_counts(c) for c in counts]).to(information)
    first, second = information.topk(2, dim=0).values
    gaps = (first - second) / entropies
    return MutualInformationGap(gaps.mean().item(), gaps, information)
