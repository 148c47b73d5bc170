"""Do groups that were found without labels agree with the labels?"""

from jaxtyping import Int
from torch import Tensor

from dlcore.probability import entropy, marginal, mutual_information


def normalized_mutual_info(labels: Int[Tensor, " n"], clusters: Int[Tensor, " n"]) -> float:
    r"""What groups and labels tell of each other, as a share: $2 I / (H_1 + H_2)$.

    Args:
        labels: shape (n,).
        clusters: the number of each example's group, shape (n,); the numbers' order means nothing.

    Returns:
        1 if they divide the examples alike, near 0 if they are independent, but the more groups
        there are, the larger by chance. 1 also if both are a single group.

    Raises:
        ValueError: shapes that differ, or no examples.

    Equation: :eq:`eq-normalized-mutual-information`.
    Section: :ref:`sec-representation-evaluation`.

    Source: Vinh, Epps, Bailey (2010), Information theoretic measures for clusterings comparison,
        JMLR 11, with the arithmetic mean.

    Example:
        >>> import torch
        >>> labels = torch.tensor([0, 0, 1, 1])
        >>> round(normalized_mutual_info(labels, 7 - labels), 6)
        1.0

    In production: sklearn.metrics.normalized_mutual_info_score.
    """
    if labels.ndim != 1 or labels.shape != clusters.shape or len(labels) == 0:
        raise ValueError(
            f"expected two lists of one length, got {tuple(labels.shape)} and "
            f"{tuple(clusters.shape)}"
        )
    (a, k1), (b, k2) = (_numbered(x) for x in (labels, clusters))
    joint = (a * k2 + b).bincount(minlength=k1 * k2).reshape(k1, k2).double() / len(a)
    both = entropy(marginal(joint, 0)) + entropy(marginal(joint, 1))
    return (2 * mutual_information(joint) / both).item() if both > 0 else 1.0


def _numbered(x: Tensor) -> tuple[Tensor, int]:
    """Numbers 0..k - 1 instead of arbitrary ones, and k."""
    values, codes = x.unique(return_inverse=True)
    return codes, len(values)
