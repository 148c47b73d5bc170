"""What a graph network can see, what it smooths away, and what it cannot tell apart."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.graphical.message_passing import check_edges, check_nodes


def dirichlet_energy(
    x: Float[Tensor, "n d"], edge_index: Int[Tensor, "2 e"], *, normalized: bool = True
) -> Float[Tensor, ""]:
    r"""How much features differ between neighbours: 0 once a graph is smooth.

    $\frac12 \sum_{(u, v)} \lVert h_u / \sqrt{1 + d_u} - h_v / \sqrt{1 + d_v} \rVert^2$ over the
    directed edges; each convolution of a GCN can only lower it, apart from its weights.

    Args:
        x: features of the nodes, shape (n, d).
        edge_index: undirected edges, given in both directions, shape (2, e).
        normalized: divide by the roots as above; otherwise the plain differences count.

    Returns:
        Shape (), at least 0; without normalization the trace of $X^\top L X$.

    Raises:
        ValueError: edges of another shape or with nodes that do not exist.

    Equation: :eq:`eq-dirichlet-energy`.
    Section: :ref:`sec-over-smoothing`.

    Source: Cai, Wang (2020), A note on over-smoothing for graph neural networks, arXiv:2006.13318.

    Example:
        >>> edge_index = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> dirichlet_energy(torch.tensor([[0.0], [1.0], [3.0]]), edge_index, normalized=False)
        tensor(5.)

    In production: this.
    """
    check_edges(edge_index, len(x))
    if normalized:
        x = x / (1 + edge_index[1].bincount(minlength=len(x))).to(x.dtype).sqrt()[:, None]
    return (x[edge_index[0]] - x[edge_index[1]]).square().sum() / 2


def graph_receptive_field(
    edge_index: Int[Tensor, "2 e"], node: int, layers: int, num_nodes: int
) -> Bool[Tensor, " n"]:
    """The nodes whose features can reach a node through so many layers: those so many hops away.

    Args:
        edge_index: messages go from row 0 to row 1, shape (2, e).
        node: the one that receives.
        layers: how many rounds of messages.
        num_nodes: n.

    Returns:
        Which nodes are heard, shape (n,), itself among them.

    Raises:
        ValueError: a negative number of layers, edges of another shape, nodes that do not exist.

    Section: :ref:`sec-over-smoothing`.

    Source: Hamilton, Ying, Leskovec (2017), Inductive representation learning on large graphs,
        arXiv:1706.02216.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> graph_receptive_field(path, node=0, layers=1, num_nodes=3)
        tensor([ True,  True, False])

    In production: torch_geometric.utils.k_hop_subgraph.
    """
    check_edges(edge_index, num_nodes)
    check_nodes(torch.tensor([node]), num_nodes)
    if layers < 0:
        raise ValueError(f"layers must not be negative, got {layers}")
    heard = torch.zeros(num_nodes, dtype=torch.bool, device=edge_index.device)
    heard[node] = True
    for _ in range(layers):
        senders = edge_index[0, heard[edge_index[1]]]
        heard[senders] = True
    return heard


def weisfeiler_lehman(
    edge_index: Int[Tensor, "2 e"],
    num_nodes: int,
    *,
    rounds: int | None = None,
    colors: Int[Tensor, " n"] | None = None,
) -> Int[Tensor, " n"]:
    """Colour nodes by what surrounds them: their own colour and the multiset of the neighbours'.

    Nodes that end with the same colour no graph network of this chapter can tell apart. To compare
    two graphs, colour both as one graph without edges between them.

    Args:
        edge_index: undirected edges, given in both directions, shape (2, e).
        num_nodes: n.
        rounds: how many; by default until nothing changes.
        colors: where to start, shape (n,); by default all alike.

    Returns:
        Colours 0, 1, ..., shape (n,).

    Raises:
        ValueError: a negative number of rounds, colours of another number, edges of another shape
            or with nodes that do not exist.

    Equation: :eq:`eq-weisfeiler-lehman`.
    Section: :ref:`sec-graph-power`.

    Source: Weisfeiler, Leman (1968), The reduction of a graph to canonical form and the algebra
        which appears therein; for networks: Xu, Hu, Leskovec, Jegelka (2019), arXiv:1810.00826.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> weisfeiler_lehman(path, 3)
        tensor([0, 1, 0])

    In production: networkx.weisfeiler_lehman_subgraph_hashes.
    """
    check_edges(edge_index, num_nodes)
    if rounds is not None and rounds < 0:
        raise ValueError(f"rounds must not be negative, got {rounds}")
    if colors is not None and colors.shape != (num_nodes,):
        raise ValueError(f"expected {num_nodes} colours, got {tuple(colors.shape)}")
    names = [0] * num_nodes if colors is None else _numbered(colors.tolist())
    neighbours: list[list[int]] = [[] for _ in range(num_nodes)]
    for sender, receiver in edge_index.T.tolist():
        neighbours[receiver].append(sender)
    for _ in range(num_nodes if rounds is None else rounds):
        finer = _numbered(
            [(names[v], *sorted(names[u] for u in neighbours[v])) for v in range(num_nodes)]
        )
        if len(set(finer)) == len(set(names)):
            break
        names = finer
    return torch.tensor(names, dtype=torch.long, device=edge_index.device)


def _numbered(names: list) -> list[int]:
    """Each name's place among the different ones, in their order."""
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return [places[name] for name in names]
