"""Tables for networks: categories as vectors, or as the mean target of those who share them."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def _shrunk_means(categories: Tensor, y: Tensor, size: int, smoothing: float) -> Tensor:
    counts = torch.bincount(categories, minlength=size).to(y)
    sums = torch.zeros(size, dtype=y.dtype, device=y.device).index_add(0, categories, y)
    return (sums + smoothing * y.mean()) / (counts + smoothing).clamp(min=1e-30)


def target_encode(
    categories: Int[Tensor, " n"],
    y: Float[Tensor, " n"],
    *,
    smoothing: float = 10.0,
    folds: int | None = 5,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " n"]:
    r"""A category as the mean target of its members: $(\sum_c y + s \bar y) / (n_c + s)$.

    Rare categories are drawn to the mean of all. A row's own target must not be in its own
    encoding, or it gives the answer away: with folds each part is encoded by means of the others.

    Args:
        categories: 0, 1, ..., shape (n,).
        y: targets, shape (n,).
        smoothing: s, how many rows of the overall mean are added to each category, at least 0.
        folds: parts that are encoded from the others; None uses all rows, which is right for new
            rows and leaks for those used to train.
        generator: source of the division into parts.

    Returns:
        A number for each row; in a part whose category the others lack, their mean.

    Raises:
        ValueError: shapes that differ, negative categories or smoothing, or folds outside 2..n.

    Equation: :eq:`eq-target-encoding`.
    Section: :ref:`sec-tabular-data`.

    Source: Micci-Barreca (2001), A preprocessing scheme for high-cardinality categorical attributes
        in classification and prediction problems, doi:10.1145/507533.507538.

    Example:
        >>> town, price = torch.tensor([0, 0, 1]), torch.tensor([2.0, 4.0, 9.0])
        >>> target_encode(town, price, smoothing=1.0, folds=None).round(decimals=4)
        tensor([3.6667, 3.6667, 7.0000])

    In production: sklearn.preprocessing.TargetEncoder, whose fit_transform makes the folds.
    """
    n = len(y)
    if categories.shape != y.shape or y.ndim != 1 or not n:
        raise ValueError(f"one category per target: {tuple(categories.shape)}, {tuple(y.shape)}")
    if int(categories.min()) < 0 or smoothing < 0:
        raise ValueError("categories and smoothing must be at least 0")
    size = int(categories.max()) + 1
    if folds is None:
        return _shrunk_means(categories, y, size, smoothing)[categories]
    if not 2 <= folds <= n:
        raise ValueError(f"folds must lie between 2 and {n}, got {folds}")
    encoded = torch.empty_like(y)
    source = generator.device if generator else y.device
    for part in torch.randperm(n, generator=generator, device=source).to(y.device).chunk(folds):
        rest = torch.ones(n, dtype=torch.bool, device=y.device)
        rest[part] = False
        means = _shrunk_means(categories[rest], y[rest], size, smoothing)
        known = torch.bincount(categories[rest], minlength=size) > 0
        encoded[part] = torch.where(known, means, y[rest].mean())[categories[part]]
    return encoded


class TabularNet(nn.Module):
    """A network for a table: each categorical column has vectors of its own, numbers are scaled.

    Args:
        num_numeric: columns of numbers.
        cardinalities: how many values each categorical column has.
        outputs: number of outputs, k.
        hidden: widths of the hidden layers.
        embedding_dim: length of the vectors; by default half the number of values, at most 16.
        dropout: share dropped after each hidden layer.

    Attributes:
        embeddings: a torch.nn.Embedding for each categorical column.
        norm: scales the numeric columns as batch normalization does.
        layers: the rest.

    Raises:
        ValueError: no column at all, or columns that do not fit.

    Section: :ref:`sec-tabular-data`.

    Source: Guo, Berkhahn (2016), Entity embeddings of categorical variables, arXiv:1604.06737.

    Example:
        >>> model = TabularNet(3, cardinalities=(5, 12))
        >>> model(torch.randn(7, 3), torch.zeros(7, 2, dtype=torch.int64)).shape
        torch.Size([7, 1])

    In production: pytorch_tabular; compare with gradient boosting first.
    """

    def __init__(
        self,
        num_numeric: int,
        cardinalities: Sequence[int] = (),
        outputs: int = 1,
        *,
        hidden: Sequence[int] = (64, 64),
        embedding_dim: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if num_numeric < 0 or num_numeric + len(cardinalities) == 0:
            raise ValueError(f"expected columns, got {num_numeric} and {tuple(cardinalities)}")
        self.num_numeric = num_numeric
        widths = [embedding_dim or min(16, (c + 1) // 2) for c in cardinalities]
        self.embeddings = nn.ModuleList(
            nn.Embedding(c, w) for c, w in zip(cardinalities, widths, strict=True)
        )
        self.norm = nn.BatchNorm1d(num_numeric) if num_numeric else nn.Identity()
        layers: list[nn.Module] = []
        width = num_numeric + sum(widths)
        for size in hidden:
            layers += [nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)]
            width = size
        self.layers = nn.Sequential(*layers, nn.Linear(width, outputs))

    def forward(
        self, numeric: Float[Tensor, "n d"], categories: Int[Tensor, "n c"] | None = None
    ) -> Float[Tensor, "n k"]:
        """Outputs (n, k) of numbers (n, d) and categories (n, c)."""
        columns = 0 if categories is None else categories.shape[1]
        if numeric.shape[1] != self.num_numeric or columns != len(self.embeddings):
            raise ValueError(
                f"expected {self.num_numeric} numeric and {len(self.embeddings)} categorical "
                f"columns, got {numeric.shape[1]} and {columns}"
            )
        parts = [self.norm(numeric)]
        if categories is not None:
            parts += [e(column) for e, column in zip(self.embeddings, categories.T, strict=True)]
        return self.layers(torch.cat(parts, 1))
