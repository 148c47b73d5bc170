"""Layers of graph networks: GCN, GraphSAGE, GIN and graph attention."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.graphical.message_passing import aggregate, check_edges, segment_softmax


def _with_loops(edge_index: Tensor, num_nodes: int) -> Int[Tensor, "2 looped"]:
    """The edges, then one from each node to itself."""
    check_edges(edge_index, num_nodes)
    loops = torch.arange(num_nodes, device=edge_index.device)
    return torch.cat([edge_index, loops.expand(2, -1)], dim=1)


def gcn_normalize(
    edge_index: Int[Tensor, "2 e"],
    num_nodes: int,
    weights: Float[Tensor, " e"] | None = None,
) -> tuple[Int[Tensor, "2 looped"], Float[Tensor, " looped"]]:
    r"""Add self-loops, and divide each edge by the roots of both its ends' degrees.

    The weights are the entries of $\tilde D^{-1/2} \tilde A \tilde D^{-1/2}$, $\tilde A = A + I$.

    Args:
        edge_index: undirected edges, given in both directions, without loops, shape (2, e).
        num_nodes: n.
        weights: positive weights of the edges, shape (e,); by default 1.

    Returns:
        Edges (2, e + n), the loops last, and their weights (e + n,).

    Raises:
        ValueError: edges of another shape or with nodes that do not exist, weights of another
            number.

    Equation: :eq:`eq-gcn-layer`.
    Section: :ref:`sec-graph-convolution`.

    Source: Kipf, Welling (2017), Semi-supervised classification with graph convolutional networks,
        arXiv:1609.02907.

    Example:
        >>> edge_index, weights = gcn_normalize(torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), 3)
        >>> torch.sparse_coo_tensor(edge_index, weights, check_invariants=True).to_dense()
        tensor([[0.5000, 0.4082, 0.0000],
                [0.4082, 0.3333, 0.4082],
                [0.0000, 0.4082, 0.5000]])

    In production: torch_geometric.nn.conv.gcn_conv.gcn_norm.
    """
    looped = _with_loops(edge_index, num_nodes)
    if weights is None:
        weights = torch.ones(edge_index.shape[1], device=edge_index.device)
    if weights.shape != edge_index.shape[1:]:
        raise ValueError(f"{edge_index.shape[1]} edges, but weights {tuple(weights.shape)}")
    every = torch.cat([weights, weights.new_ones(num_nodes)])
    root = every.new_zeros(num_nodes).index_add(0, looped[1], every).rsqrt()
    return looped, root[looped[0]] * every * root[looped[1]]


class GCNConv(nn.Module):
    r"""A graph convolution: every node takes a weighted mean of itself and its neighbours.

    $H' = \tilde D^{-1/2} \tilde A \tilde D^{-1/2} H W^\top + b$; the nonlinearity follows outside.

    Args:
        in_features: features in.
        out_features: features out.
        bias: whether there is b.

    Attributes:
        linear: W and b, a torch.nn.Linear.

    Raises:
        ValueError: what `gcn_normalize` rejects.

    Equation: :eq:`eq-gcn-layer`.
    Section: :ref:`sec-graph-convolution`.

    Source: Kipf, Welling (2017), Semi-supervised classification with graph convolutional networks,
        arXiv:1609.02907.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> GCNConv(5, 7)(torch.randn(3, 5), path).shape
        torch.Size([3, 7])

    In production: torch_geometric.nn.GCNConv.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, out_features, bias=False)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(
        self,
        x: Float[Tensor, "n d"],
        edge_index: Int[Tensor, "2 e"],
        weights: Float[Tensor, " e"] | None = None,
    ) -> Float[Tensor, "n out"]:
        """New features (n, out) from features (n, d), edges (2, e) and their weights (e,)."""
        if weights is None:
            weights = x.new_ones(edge_index.shape[-1])
        (senders, receivers), norm = gcn_normalize(edge_index, len(x), weights)
        sent = self.linear(x)[senders] * norm[:, None]
        mixed = aggregate(sent, receivers, len(x))
        return mixed if self.bias is None else mixed + self.bias


class SAGEConv(nn.Module):
    r"""A GraphSAGE layer: $W_{self} h_v + b$ and $W_{neigh}$ times the neighbours' mean, added.

    It is one matrix times the concatenation of both, which keeps a node apart from its neighbours.

    Args:
        in_features: features in.
        out_features: features out.

    Attributes:
        self_linear: W_self and b, a torch.nn.Linear.
        neighbour_linear: W_neigh, without bias.

    Raises:
        ValueError: edges of another shape or with nodes that do not exist.

    Equation: :eq:`eq-graphsage`.
    Section: :ref:`sec-graph-variants`.

    Source: Hamilton, Ying, Leskovec (2017), Inductive representation learning on large graphs,
        arXiv:1706.02216.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> SAGEConv(5, 7)(torch.randn(3, 5), path).shape
        torch.Size([3, 7])

    In production: torch_geometric.nn.SAGEConv.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.self_linear = nn.Linear(in_features, out_features)
        self.neighbour_linear = nn.Linear(in_features, out_features, bias=False)

    def forward(
        self, x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n out"]:
        """New features (n, out) from features (n, d) and edges (2, e)."""
        check_edges(edge_index, len(x))
        mean = aggregate(x[edge_index[0]], edge_index[1], len(x), kind="mean")
        return self.self_linear(x) + self.neighbour_linear(mean)


class GINConv(nn.Module):
    r"""A graph isomorphism layer: $\operatorname{MLP}((1 + \epsilon) h_v + \sum_u h_u)$.

    The sum tells multisets of neighbours apart that a mean or a maximum confuses.

    Args:
        mlp: a network from features (n, d) to (n, out).
        eps: epsilon, or where it starts.
        train_eps: whether it is learned.

    Attributes:
        eps: epsilon, shape ().

    Raises:
        ValueError: edges of another shape or with nodes that do not exist.

    Equation: :eq:`eq-gin`.
    Section: :ref:`sec-graph-variants`.

    Source: Xu, Hu, Leskovec, Jegelka (2019), How powerful are graph neural networks?,
        arXiv:1810.00826.

    Example:
        >>> star = torch.tensor([[1, 2, 3], [0, 0, 0]])
        >>> GINConv(nn.Identity())(torch.ones(4, 1), star).T
        tensor([[4., 1., 1., 1.]])

    In production: torch_geometric.nn.GINConv.
    """

    eps: Tensor

    def __init__(self, mlp: nn.Module, eps: float = 0.0, train_eps: bool = False) -> None:
        super().__init__()
        self.mlp = mlp
        if train_eps:
            self.eps = nn.Parameter(torch.tensor(eps))
        else:
            self.register_buffer("eps", torch.tensor(eps))

    def forward(
        self, x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n out"]:
        """New features (n, out) from features (n, d) and edges (2, e)."""
        check_edges(edge_index, len(x))
        return self.mlp((1 + self.eps) * x + aggregate(x[edge_index[0]], edge_index[1], len(x)))


class GATConv(nn.Module):
    r"""Graph attention: a mean of itself and the neighbours, with weights that are learned.

    The score of an edge is $\operatorname{LeakyReLU}(a_{to}^\top W h_v + a_{from}^\top W h_u)$.

    Args:
        in_features: features in.
        out_features: features out of each head.
        heads: how many weighted means there are.
        concat: put the heads side by side; otherwise take their mean.
        negative_slope: of the leaky ReLU.

    Attributes:
        linear: W of all heads, without bias, a torch.nn.Linear.
        sender: a_from, shape (heads, out_features).
        receiver: a_to, shape (heads, out_features).
        bias: shape (heads * out_features,), or (out_features,) for a mean.

    Raises:
        ValueError: no head; in use, edges of another shape or with nodes that do not exist.

    Equation: :eq:`eq-graph-attention`.
    Section: :ref:`sec-graph-variants`.

    Source: Veličković et al. (2018), Graph attention networks, arXiv:1710.10903.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> GATConv(5, 7, heads=3)(torch.randn(3, 5), path).shape
        torch.Size([3, 21])

    In production: torch_geometric.nn.GATConv.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        heads: int = 1,
        concat: bool = True,
        negative_slope: float = 0.2,
    ) -> None:
        super().__init__()
        if heads < 1:
            raise ValueError(f"heads must be at least 1, got {heads}")
        self.heads, self.concat, self.negative_slope = heads, concat, negative_slope
        self.linear = nn.Linear(in_features, heads * out_features, bias=False)
        self.sender = nn.Parameter(torch.empty(heads, out_features))
        self.receiver = nn.Parameter(torch.empty(heads, out_features))
        self.bias = nn.Parameter(torch.zeros(heads * out_features if concat else out_features))
        for vectors in (self.linear.weight, self.sender, self.receiver):
            nn.init.xavier_uniform_(vectors)

    def _attend(self, x: Tensor, edge_index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (n, heads, out), edges with loops, and their shares (e + n, heads)."""
        looped = _with_loops(edge_index, len(x))
        h = self.linear(x).reshape(len(x), self.heads, -1)
        scores = (h * self.receiver).sum(2)[looped[1]] + (h * self.sender).sum(2)[looped[0]]
        scores = nn.functional.leaky_relu(scores, self.negative_slope)
        return h, looped, segment_softmax(scores, looped[1], len(x))

    def attention(
        self, x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> tuple[Int[Tensor, "2 looped"], Float[Tensor, "looped heads"]]:
        """Edges (2, e + n), the loops last, and their weights (e + n, heads)."""
        _, looped, shares = self._attend(x, edge_index)
        return looped, shares

    def forward(
        self, x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n out"]:
        """New features (n, out) from features (n, d) and edges (2, e)."""
        h, (senders, receivers), shares = self._attend(x, edge_index)
        sent = (shares[..., None] * h[senders]).flatten(1)
        mixed = aggregate(sent, receivers, len(x))
        if not self.concat:
            mixed = mixed.reshape(len(x), self.heads, -1).mean(1)
        return mixed + self.bias
