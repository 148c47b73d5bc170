"""Networks on graphs: stacked convolutions, a vector for a whole graph, and edges foretold."""

import itertools

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.graphical.graph_convolutions import GCNConv
from dlcore.graphical.message_passing import aggregate, check_edges


class GCN(nn.Module):
    """Graph convolutions on top of each other, with ReLU between them.

    With so many layers a node hears of others at most so many edges away.

    Args:
        in_features: features in.
        hidden_features: features between two layers.
        out_features: features out, such as one for each class.
        layers: how many convolutions.
        dropout: share of each layer's inputs dropped while training.

    Attributes:
        convolutions: the layers.

    Raises:
        ValueError: no layer; in use, what `gcn_normalize` rejects.

    Equation: :eq:`eq-gcn-layer`.
    Section: :ref:`sec-graph-convolution`.

    Source: Kipf, Welling (2017), Semi-supervised classification with graph convolutional networks,
        arXiv:1609.02907.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> GCN(5, 16, 2)(torch.randn(3, 5), path).shape
        torch.Size([3, 2])

    In production: torch_geometric.nn.models.GCN.
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int,
        layers: int = 2,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if layers < 1:
            raise ValueError(f"layers must be at least 1, got {layers}")
        sizes = [in_features, *[hidden_features] * (layers - 1), out_features]
        self.convolutions = nn.ModuleList(GCNConv(a, b) for a, b in itertools.pairwise(sizes))
        self.dropout = nn.Dropout(dropout)

    def hidden_states(
        self, x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> list[Float[Tensor, "n _"]]:
        """The features that come in, and those after each layer, L + 1 tensors (n, ...)."""
        states = [x]
        for i, convolution in enumerate(self.convolutions):
            h = states[-1] if i == 0 else torch.relu(states[-1])
            states.append(convolution(self.dropout(h), edge_index))
        return states

    def forward(
        self, x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n out"]:
        """Features (n, out) of the last layer, from features (n, d) and edges (2, e)."""
        return self.hidden_states(x, edge_index)[-1]


def _pool(x: Tensor, batch: Tensor, num_graphs: int | None, kind: str) -> Float[Tensor, "g d"]:
    if num_graphs is None:
        num_graphs = int(batch.max()) + 1 if batch.numel() else 0
    return aggregate(x, batch, num_graphs, kind)


def global_add_pool(
    x: Float[Tensor, "n d"], batch: Int[Tensor, " n"], num_graphs: int | None = None
) -> Float[Tensor, "g d"]:
    """A vector for each graph: the sum over its nodes.

    Args:
        x: features of the nodes of all graphs, shape (n, d).
        batch: the graph that each node belongs to, shape (n,).
        num_graphs: g; by default up to the largest number in batch.

    Returns:
        Shape (g, d); zeros for a graph without nodes.

    Raises:
        ValueError: another number of entries in batch than nodes, graphs outside 0..g - 1.

    Equation: :eq:`eq-graph-readout`.
    Section: :ref:`sec-graph-readout`.

    Source: Xu, Hu, Leskovec, Jegelka (2019), How powerful are graph neural networks?,
        arXiv:1810.00826.

    Example:
        >>> global_add_pool(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([0, 0, 1]))
        tensor([[3.],
                [4.]])

    In production: torch_geometric.nn.global_add_pool.
    """
    return _pool(x, batch, num_graphs, "sum")


def global_mean_pool(
    x: Float[Tensor, "n d"], batch: Int[Tensor, " n"], num_graphs: int | None = None
) -> Float[Tensor, "g d"]:
    """A vector for each graph: the mean over its nodes, whatever their number.

    Args:
        x: features of the nodes of all graphs, shape (n, d).
        batch: the graph that each node belongs to, shape (n,).
        num_graphs: g; by default up to the largest number in batch.

    Returns:
        Shape (g, d); zeros for a graph without nodes.

    Raises:
        ValueError: another number of entries in batch than nodes, graphs outside 0..g - 1.

    Equation: :eq:`eq-graph-readout`.
    Section: :ref:`sec-graph-readout`.

    Source: Xu, Hu, Leskovec, Jegelka (2019), How powerful are graph neural networks?,
        arXiv:1810.00826.

    Example:
        >>> global_mean_pool(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([0, 0, 1]))
        tensor([[1.5000],
                [4.0000]])

    In production: torch_geometric.nn.global_mean_pool.
    """
    return _pool(x, batch, num_graphs, "mean")


def global_max_pool(
    x: Float[Tensor, "n d"], batch: Int[Tensor, " n"], num_graphs: int | None = None
) -> Float[Tensor, "g d"]:
    """A vector for each graph: the largest value of each feature over its nodes.

    Args:
        x: features of the nodes of all graphs, shape (n, d).
        batch: the graph that each node belongs to, shape (n,).
        num_graphs: g; by default up to the largest number in batch.

    Returns:
        Shape (g, d); zeros for a graph without nodes.

    Raises:
        ValueError: another number of entries in batch than nodes, graphs outside 0..g - 1.

    Equation: :eq:`eq-graph-readout`.
    Section: :ref:`sec-graph-readout`.

    Source: Xu, Hu, Leskovec, Jegelka (2019), How powerful are graph neural networks?,
        arXiv:1810.00826.

    Example:
        >>> global_max_pool(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([0, 0, 1]))
        tensor([[2.],
                [4.]])

    In production: torch_geometric.nn.global_max_pool.
    """
    return _pool(x, batch, num_graphs, "max")


class LinkPredictor(nn.Module):
    r"""The logit of an edge between two nodes: $p(u - v) = \sigma(h_u^\top h_v)$.

    Raises:
        ValueError: pairs of another shape, or of nodes that do not exist.

    Equation: :eq:`eq-link-predictor`.
    Section: :ref:`sec-social-graphs`.

    Source: Kipf, Welling (2016), Variational graph auto-encoders, arXiv:1611.07308.

    Example:
        >>> h = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, 1.0]])
        >>> LinkPredictor()(h, torch.tensor([[0, 0], [1, 2]]))
        tensor([2., 0.])

    In production: torch_geometric.nn.InnerProductDecoder.
    """

    def forward(self, h: Float[Tensor, "n d"], pairs: Int[Tensor, "2 p"]) -> Float[Tensor, " p"]:
        """Logits (p,) of pairs (2, p) of nodes with features (n, d)."""
        check_edges(pairs, len(h))
        return (h[pairs[0]] * h[pairs[1]]).sum(1)


def sample_non_edges(
    edge_index: Int[Tensor, "2 e"],
    num_nodes: int,
    count: int,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "2 count"]:
    """Draw pairs of different nodes without an edge between them, each at most once.

    Args:
        edge_index: edges, each in any direction, shape (2, e).
        num_nodes: n; the memory needed grows with its square.
        count: how many pairs.
        generator: source of the draws, on the device of the edges; by default torch's global one.

    Returns:
        Shape (2, count), the smaller node above.

    Raises:
        ValueError: more pairs than there are, edges of another shape or with nodes that do not
            exist.

    Section: :ref:`sec-social-graphs`.

    Source: Kipf, Welling (2016), Variational graph auto-encoders, arXiv:1611.07308.

    Example:
        >>> sample_non_edges(torch.tensor([[0, 1], [1, 2]]), 3, 1)
        tensor([[0],
                [2]])

    In production: torch_geometric.utils.negative_sampling.
    """
    check_edges(edge_index, num_nodes)
    free = torch.ones(num_nodes, num_nodes, dtype=torch.bool, device=edge_index.device).triu(1)
    low, high = edge_index.min(0).values, edge_index.max(0).values
    free[low, high] = False
    pairs = free.nonzero().T
    if not 0 <= count <= pairs.shape[1]:
        raise ValueError(f"{count} pairs wanted of {pairs.shape[1]} without an edge")
    order = torch.randperm(pairs.shape[1], generator=generator, device=edge_index.device)
    return pairs[:, order[:count]]
