"""Records that look alike: k-anonymity, and what it leaves open."""

import torch
from jaxtyping import Int
from torch import Tensor


def _classes(records: Tensor) -> tuple[Tensor, Tensor]:
    """Which class of equal records each is in, and the classes' sizes."""
    if records.ndim != 2 or not records.numel():
        raise ValueError(f"records must be a table (n, q) with entries, got {tuple(records.shape)}")
    _, member, counts = records.unique(dim=0, return_inverse=True, return_counts=True)
    return member, counts


def class_sizes(records: Int[Tensor, "n q"]) -> Int[Tensor, " n"]:
    """How many records share each record's quasi-identifiers, itself among them.

    Args:
        records: columns that others may know, such as age group, postcode, sex, as codes, shape
            (n, q).

    Returns:
        Sizes, shape (n,); who stands at 1 can be found by anyone who knows these columns.

    Raises:
        ValueError: a table without rows or columns.

    Equation: :eq:`eq-k-anonymity`.
    Section: :ref:`sec-privacy`.

    Source: Sweeney (2002), k-anonymity: a model for protecting privacy,
        doi:10.1142/S0218488502001648.

    Example:
        >>> class_sizes(torch.tensor([[30, 1], [30, 1], [40, 0]])).tolist()
        [2, 2, 1]

    In production: pandas.DataFrame.groupby(columns).transform("size").
    """
    member, counts = _classes(records)
    return counts[member]


def k_anonymity(records: Int[Tensor, "n q"]) -> int:
    """The size of the smallest class of records with equal quasi-identifiers.

    Args:
        records: columns that others may know, as codes, shape (n, q).

    Returns:
        k: everybody hides among at least k.

    Raises:
        ValueError: a table without rows or columns.

    Equation: :eq:`eq-k-anonymity`.
    Section: :ref:`sec-privacy`.

    Source: Sweeney (2002), k-anonymity: a model for protecting privacy,
        doi:10.1142/S0218488502001648.

    Example:
        >>> k_anonymity(torch.tensor([[30, 1], [30, 1], [40, 0]]))
        1

    In production: pandas.DataFrame.groupby(columns).size().min().
    """
    return int(_classes(records)[1].min())


def l_diversity(records: Int[Tensor, "n q"], sensitive: Int[Tensor, " n"]) -> int:
    """The least number of different sensitive values in any class of look-alikes.

    Where it is 1, a class gives its members' secret away though nobody is singled out.

    Args:
        records: columns that others may know, as codes, shape (n, q).
        sensitive: what they should not learn, as codes, shape (n,).

    Returns:
        l.

    Raises:
        ValueError: a table without rows or columns, or another number of sensitive values.

    Section: :ref:`sec-privacy`.

    Source: Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam (2007), l-diversity: privacy beyond
        k-anonymity, doi:10.1145/1217299.1217302.

    Example:
        >>> l_diversity(torch.tensor([[30], [30], [40], [40]]), torch.tensor([0, 1, 1, 1]))
        1

    In production: pandas.DataFrame.groupby(columns)[sensitive].nunique().min().
    """
    member, counts = _classes(records)
    if sensitive.shape != member.shape:
        raise ValueError(
            f"one sensitive value per record: {len(records)}, {tuple(sensitive.shape)}"
        )
    pairs = torch.stack([member, sensitive.to(member)], 1).unique(dim=0)
    return int(torch.bincount(pairs[:, 0], minlength=len(counts)).min())
