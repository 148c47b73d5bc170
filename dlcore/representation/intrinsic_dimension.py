"""How many coordinates the data need where they lie, however many they are written in."""

from jaxtyping import Float
from torch import Tensor

from dlcore.classical import nearest_neighbors


def twonn_dimension(X: Float[Tensor, "n d"]) -> float:
    r"""The dimension by which the second neighbour is farther away than the first.

    Where points lie evenly in k dimensions, the ratio $\mu = r_2 / r_1$ of these distances has the
    density $k \mu^{-k-1}$, so the likeliest dimension is $n / \sum_i \log(r_2 / r_1)$. It looks at
    the smallest scale: noise that is as large as $r_1$ counts as dimensions.

    Args:
        X: examples as rows, shape (n, d), n at least 3, all different.

    Returns:
        The estimate; its standard error is about k divided by the root of n.

    Raises:
        ValueError: fewer than 3 examples, examples that are equal, or all of them equally far from
            their neighbours, as on a grid.

    Equation: :eq:`eq-two-nn`.
    Section: :ref:`sec-intrinsic-dimension`.

    Source: Facco, d'Errico, Rodriguez, Laio (2017), Estimating the intrinsic dimension of datasets
        by a minimal neighborhood information, doi:10.1038/s41598-017-11873-y, who fit a line to
        the smaller nine tenths of the ratios instead.

    Example:
        >>> import torch
        >>> plane = torch.rand(2000, 2, generator=torch.Generator().manual_seed(0))
        >>> round(twonn_dimension(plane @ torch.ones(2, 20).triu()))
        2

    In production: skdim.id.TwoNN.
    """
    if X.ndim != 2 or len(X) < 3:
        raise ValueError(f"expected at least 3 examples (n, d), got shape {tuple(X.shape)}")
    _, first, second = nearest_neighbors(X, X, 3).distances.T
    if not (first > 0).all():
        raise ValueError(
            f"{int((first == 0).sum())} examples have an equal one: pass X.unique(dim=0)"
        )
    total = (second / first).log().sum()
    if not total > 0:
        raise ValueError("the two nearest neighbours are equally far everywhere: no dimension")
    return len(X) / total.item()
