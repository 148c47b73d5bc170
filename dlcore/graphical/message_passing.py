"""Nodes of a graph that send messages to their neighbours, along a list of edges."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

KINDS = ("sum", "mean", "max")


def check_edges(edge_index: Tensor, num_nodes: int) -> None:
    """Refuse what is no list of edges between so many nodes."""
    if edge_index.ndim != 2 or len(edge_index) != 2:
        raise ValueError(f"expected an edge_index of shape (2, e), got {tuple(edge_index.shape)}")
    check_nodes(edge_index, num_nodes)


def check_nodes(nodes: Tensor, num_nodes: int) -> None:
    """Refuse numbers of nodes that do not exist."""
    if nodes.numel() and not 0 <= int(nodes.min()) <= int(nodes.max()) < num_nodes:
        raise ValueError(
            f"nodes must lie in 0..{num_nodes - 1}, got {int(nodes.min())}..{int(nodes.max())}"
        )


def to_undirected(edge_index: Int[Tensor, "2 e"]) -> Int[Tensor, "2 both"]:
    """The edges in both directions, each once.

    Args:
        edge_index: senders in row 0, receivers in row 1, shape (2, e).

    Returns:
        Shape (2, e'), sorted by sender, then by receiver.

    Raises:
        ValueError: a list of another shape.

    Section: :ref:`sec-graph-networks`.

    Source: the convention of PyTorch Geometric: Fey, Lenssen (2019), arXiv:1903.02428.

    Example:
        >>> to_undirected(torch.tensor([[0, 1, 1], [1, 0, 2]]))
        tensor([[0, 1, 1, 2],
                [1, 0, 2, 1]])

    In production: torch_geometric.utils.to_undirected.
    """
    if edge_index.ndim != 2 or len(edge_index) != 2:
        raise ValueError(f"expected an edge_index of shape (2, e), got {tuple(edge_index.shape)}")
    return torch.cat([edge_index, edge_index.flip(0)], dim=1).unique(dim=1)


def aggregate(
    messages: Float[Tensor, "e d"],
    receivers: Int[Tensor, " e"],
    num_nodes: int,
    kind: str = "sum",
) -> Float[Tensor, "n d"]:
    """Sum, mean or largest of the messages that reach each node: their order does not matter.

    Args:
        messages: one for each edge, shape (e, d).
        receivers: the node that each one reaches, shape (e,).
        num_nodes: n.
        kind: "sum", "mean" or "max".

    Returns:
        Shape (n, d); zeros for a node that no message reaches.

    Raises:
        ValueError: an unknown kind, another number of receivers than of messages, nodes outside
            0..n - 1.

    Equation: :eq:`eq-graph-aggregate`.
    Section: :ref:`sec-graph-networks`.

    Source: Gilmer, Schoenholz, Riley, Vinyals, Dahl (2017), Neural message passing for quantum
        chemistry, arXiv:1704.01212.

    Example:
        >>> messages = torch.tensor([[1.0], [5.0], [2.0]])
        >>> aggregate(messages, torch.tensor([0, 0, 2]), 3, kind="mean")
        tensor([[3.],
                [0.],
                [2.]])

    In production: torch_geometric.utils.scatter.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {KINDS}, got {kind!r}")
    if receivers.shape != messages.shape[:1]:
        raise ValueError(f"{len(messages)} messages, but receivers {tuple(receivers.shape)}")
    check_nodes(receivers, num_nodes)
    nothing = messages.new_zeros(num_nodes, messages.shape[1])
    if kind == "max":
        to = receivers[:, None].expand_as(messages)
        return nothing.scatter_reduce(0, to, messages, "amax", include_self=False)
    total = nothing.index_add(0, receivers, messages)
    if kind == "sum":
        return total
    return total / receivers.bincount(minlength=num_nodes).clamp(min=1)[:, None]


def segment_softmax(
    scores: Float[Tensor, " edges *heads"], receivers: Int[Tensor, " edges"], num_nodes: int
) -> Float[Tensor, " edges *heads"]:
    """A softmax for each node, over the edges that reach it.

    Args:
        scores: shape (e,), or (e, h) for several at once.
        receivers: the node that each edge reaches, shape (e,).
        num_nodes: n.

    Returns:
        Shares of the shape of the scores, which sum to 1 over the edges of each node.

    Raises:
        ValueError: another number of receivers than of scores, nodes outside 0..n - 1.

    Equation: :eq:`eq-segment-softmax`.
    Section: :ref:`sec-graph-variants`.

    Source: Veličković et al. (2018), Graph attention networks, arXiv:1710.10903.

    Example:
        >>> segment_softmax(torch.zeros(3), torch.tensor([0, 0, 1]), 2)
        tensor([0.5000, 0.5000, 1.0000])

    In production: torch_geometric.utils.softmax.
    """
    flat = scores.reshape(len(scores), scores[:1].numel() or 1)
    largest = aggregate(flat.detach(), receivers, num_nodes, kind="max")
    weights = (flat - largest[receivers]).exp()
    return (weights / aggregate(weights, receivers, num_nodes)[receivers]).reshape(scores.shape)


class MessagePassing(nn.Module):
    r"""A layer of a graph network: each node gathers messages, then takes a new state.

    The message of u is its state; the new state of v is
    $\operatorname{ReLU}(W_{self} h_v + W_{neigh} m_v + b)$. Other layers replace `message` and
    `update`.

    Args:
        in_features: features in.
        out_features: features out.
        kind: how messages are put together: "sum", "mean" or "max".

    Attributes:
        self_linear: W_self and b, a torch.nn.Linear.
        neighbour_linear: W_neigh, without bias.

    Raises:
        ValueError: an unknown kind; in use, edges that are not (2, e) or name no node.

    Equations: :eq:`eq-graph-aggregate`, :eq:`eq-graph-update`.
    Section: :ref:`sec-graph-networks`.

    Source: Gilmer, Schoenholz, Riley, Vinyals, Dahl (2017), Neural message passing for quantum
        chemistry, arXiv:1704.01212.

    Example:
        >>> edge_index = to_undirected(torch.tensor([[0, 1], [1, 2]]))
        >>> MessagePassing(5, 7)(torch.randn(3, 5), edge_index).shape
        torch.Size([3, 7])

    In production: torch_geometric.nn.MessagePassing.
    """

    def __init__(self, in_features: int, out_features: int, kind: str = "sum") -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}, got {kind!r}")
        self.kind = kind
        self.self_linear = nn.Linear(in_features, out_features)
        self.neighbour_linear = nn.Linear(in_features, out_features, bias=False)

    def message(
        self, sender: Float[Tensor, "e d"], receiver: Float[Tensor, "e d"]
    ) -> Float[Tensor, "e m"]:
        """What is sent along each edge, from the states at its two ends."""
        return sender

    def update(
        self, h: Float[Tensor, "n d"], received: Float[Tensor, "n m"]
    ) -> Float[Tensor, "n out"]:
        """New states from the old ones and from what was received."""
        return torch.relu(self.self_linear(h) + self.neighbour_linear(received))

    def forward(
        self, h: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n out"]:
        """New states (n, out) from states (n, d) and edges (2, e)."""
        check_edges(edge_index, len(h))
        senders, receivers = edge_index
        messages = self.message(h[senders], h[receivers])
        return self.update(h, aggregate(messages, receivers, len(h), self.kind))
