"""Features in bins, and sums over the bins of many nodes at once."""

import math

import torch
from jaxtyping import Float, UInt8
from torch import Tensor


def bin_features(
    X: Float[Tensor, "n d"], max_bins: int = 255
) -> tuple[UInt8[Tensor, "d n"], list[Float[Tensor, " _"]]]:
    r"""Features as numbers of bins that hold about equally many examples.

    A feature with at most `max_bins` different values gets a bin for each; else the edges are
    quantiles. A tree then has to look at the bins' edges only, not at every gap between examples.

    Args:
        X: examples as rows, shape (n, d).
        max_bins: the most bins of a feature, from 2 to 256.

    Returns:
        The bin of each value, shape (d, n), uint8, and each feature's edges, rising: bin b holds
        the values above edge b - 1 up to edge b.

    Raises:
        ValueError: max_bins is out of range, or X is no matrix.

    Section: :ref:`sec-histogram-boosting`
    Source: Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree, NeurIPS.

    Example:
        >>> codes, edges = bin_features(torch.tensor([[1.0], [5.0], [1.0], [9.0]]))
        >>> codes, edges
        (tensor([[0, 1, 0, 2]], dtype=torch.uint8), [tensor([3., 7.])])

    In production: inside sklearn.ensemble.HistGradientBoostingRegressor.
    """
    if X.ndim != 2 or not 2 <= max_bins <= 256:
        raise ValueError(
            f"bin_features needs X of shape (n, d) and max_bins from 2 to 256, got shape "
            f"{tuple(X.shape)} and {max_bins}"
        )
    edges = [_edges(column, max_bins) for column in X.T]
    return encode(X, edges), edges


def _edges(column: Tensor, max_bins: int) -> Tensor:
    ordered = column.sort().values
    values = ordered.unique_consecutive()
    if len(values) <= max_bins:
        return values[:-1] + (values[1:] - values[:-1]) / 2
    last = len(ordered) - 1
    place = torch.arange(1, max_bins, dtype=torch.float64, device=column.device) * last / max_bins
    low = place.floor().long()
    part = (place - low).to(column)
    cuts = ordered[low] + part * (ordered[(low + 1).clamp(max=last)] - ordered[low])
    return cuts.unique_consecutive()


def encode(X: Tensor, edges: list[Tensor]) -> Tensor:
    """The bin of each value, shape (d, n)."""
    columns = X.T.contiguous()
    parts = [torch.searchsorted(e, column) for e, column in zip(edges, columns, strict=True)]
    return torch.stack(parts).to(torch.uint8)


class Bins:
    """Binned examples, which sum up gradients for all nodes of a level at once."""

    def __init__(self, codes: Tensor, edges: list[Tensor]) -> None:
        self.codes = codes
        self.number = max(len(e) for e in edges) + 1
        first = self.number * torch.arange(len(codes), device=codes.device)[:, None]
        self.cells = codes.long() + first
        self.thresholds = torch.full((len(codes), self.number), torch.inf, dtype=torch.float64)
        self.thresholds = self.thresholds.to(codes.device)
        for row, e in zip(self.thresholds, edges, strict=True):
            row[: len(e)] = e

    def histograms(self, node: Tensor, level: Tensor, parts: list[Tensor]) -> Tensor:
        """Sums of each part in the bins of each node of the level, shape (parts, k, d, b)."""
        shape = (len(level), *self.thresholds.shape)
        inside, cells = node >= level[0], self.cells
        if not inside.all():
            at = inside.nonzero()[:, 0]
            node, cells, parts = node[at], cells[:, at], [part[at] for part in parts]
        cells = (cells + (node - level[0]) * self.thresholds.numel()).flatten()
        size = math.prod(shape)
        sums = [
            cells.bincount(None if i == 1 else part.repeat(shape[1]), minlength=size)
            for i, part in enumerate(parts)
        ]
        return torch.stack([part.double().view(shape) for part in sums])

    def moved(
        self, node: Tensor, parents: Tensor, feature: Tensor, cut: Tensor, ids: Tensor
    ) -> Tensor:
        """The node of each example after the split of some nodes."""
        yes = len(parents)
        rank = torch.full((int(parents[-1]) + 1,), -1, device=node.device)
        rank[parents] = torch.arange(yes, device=node.device)
        at = torch.where(node < len(rank), rank[node.clamp(max=len(rank) - 1)], -1)
        inside = (at >= 0).nonzero()[:, 0]
        which = at[inside]
        no = self.codes[feature[which], inside] > cut[which]
        return node.index_put((inside,), ids[which + yes * no])
