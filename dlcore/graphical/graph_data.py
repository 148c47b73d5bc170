"""Graphs to learn on: a club that split, communities drawn at random, molecules."""

from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from dlcore.data.molecules import ELEMENTS, Molecule
from dlcore.graphical.message_passing import to_undirected


class Graph(NamedTuple):
    """Nodes with features, edges between them, and what is to be told.

    Attributes:
        x: features of the nodes, shape (n, d).
        edge_index: senders and receivers, both directions of each edge, shape (2, e).
        y: a class for each node, shape (n,), or for the whole graph, shape (1,).

    Section: :ref:`sec-graph-networks`.

    Example:
        >>> karate_club().edge_index.shape
        torch.Size([2, 156])

    In production: torch_geometric.data.Data.
    """

    x: Float[Tensor, "n d"]
    edge_index: Int[Tensor, "2 e"]
    y: Int[Tensor, " targets"]


class GraphBatch(NamedTuple):
    """Several graphs as one, without edges between them.

    Attributes:
        x: features of all nodes, shape (n, d).
        edge_index: edges between the renumbered nodes, shape (2, e).
        y: all targets after each other.
        batch: the graph that each node belongs to, shape (n,).

    Section: :ref:`sec-graph-readout`.

    Example:
        >>> join_graphs([karate_club(), karate_club()]).batch.bincount()
        tensor([34, 34])

    In production: torch_geometric.data.Batch.
    """

    x: Float[Tensor, "n d"]
    edge_index: Int[Tensor, "2 e"]
    y: Int[Tensor, " targets"]
    batch: Int[Tensor, " n"]


def join_graphs(graphs: Sequence[Graph]) -> GraphBatch:
    """Put graphs side by side into one, which needs no padding.

    Args:
        graphs: with the same number of features.

    Returns:
        One graph, and the graph that each node comes from.

    Raises:
        ValueError: no graph, or different numbers of features.

    Section: :ref:`sec-graph-readout`.

    Source: Fey, Lenssen (2019), Fast graph representation learning with PyTorch Geometric,
        arXiv:1903.02428.

    Example:
        >>> pair = Graph(torch.eye(2), torch.tensor([[0, 1], [1, 0]]), torch.tensor([1]))
        >>> join_graphs([pair, pair]).edge_index
        tensor([[0, 1, 2, 3],
                [1, 0, 3, 2]])

    In production: torch_geometric.data.Batch.from_data_list.
    """
    features = {graph.x.shape[1] for graph in graphs}
    if len(features) != 1:
        raise ValueError(f"expected graphs with one number of features, got {sorted(features)}")
    sizes = torch.tensor([len(graph.x) for graph in graphs])
    starts = (sizes.cumsum(0) - sizes).tolist()
    device = graphs[0].x.device
    return GraphBatch(
        torch.cat([graph.x for graph in graphs]),
        torch.cat(
            [graph.edge_index + start for graph, start in zip(graphs, starts, strict=True)], dim=1
        ),
        torch.cat([graph.y for graph in graphs]),
        torch.arange(len(graphs)).repeat_interleave(sizes).to(device),
    )


def karate_club() -> Graph:
    """Zachary's karate club: 34 members, who met outside of it, and the two clubs it split into.

    Returns:
        A one-hot feature for each node, the 78 edges in both directions without their weights, and
        0 for who followed Mr. Hi, the instructor (node 0), 1 for who stayed with the officer
        (node 33).

    Section: :ref:`sec-communities`.

    Source: Zachary (1977), An information flow model for conflict and fission in small groups,
        doi:10.1086/jar.33.4.3629752; as networkx ships it.

    Example:
        >>> karate_club().y.sum()
        tensor(17)

    In production: networkx.karate_club_graph.
    """
    graph = nx.karate_club_graph()
    clubs = [graph.nodes[v]["club"] != "Mr. Hi" for v in range(len(graph))]
    edge_index = to_undirected(torch.tensor(list(graph.edges)).T)
    return Graph(torch.eye(len(graph)), edge_index, torch.tensor(clubs, dtype=torch.long))


def make_communities(
    n: int,
    k: int,
    *,
    p_in: float = 0.3,
    p_out: float = 0.02,
    generator: torch.Generator | None = None,
) -> Graph:
    """Draw a graph of communities: edges are frequent within, rare between them.

    Args:
        n: number of nodes.
        k: number of communities; their sizes differ by at most 1.
        p_in: the chance of an edge between two of the same community.
        p_out: of different ones.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        A one-hot feature for each node, edges in both directions, the communities.

    Raises:
        ValueError: not 1 <= k <= n, or chances outside [0, 1].

    Section: :ref:`sec-communities`.

    Source: Holland, Laskey, Leinhardt (1983), Stochastic blockmodels: first steps,
        doi:10.1016/0378-8733(83)90021-7.

    Example:
        >>> make_communities(6, 2, p_in=1.0, p_out=0.0).edge_index.shape
        torch.Size([2, 12])

    In production: networkx.stochastic_block_model.
    """
    if not 1 <= k <= n or not 0 <= p_in <= 1 or not 0 <= p_out <= 1:
        raise ValueError(f"expected 1 <= k <= n and chances in [0, 1]: {n, k, p_in, p_out}")
    generator = generator or torch.Generator().manual_seed(0)
    y = torch.arange(n) * k // n
    chance = torch.where(y[:, None] == y, p_in, p_out)
    linked = (torch.rand(n, n, generator=generator) < chance).triu(1)
    return Graph(torch.eye(n), to_undirected(linked.nonzero().T), y)


def molecule_graph(molecule: Molecule) -> Graph:
    """A molecule as a graph: a one-hot element for each atom, an edge for each bond.

    Args:
        molecule: atoms (n,) and bonds (n, n).

    Returns:
        The graph; its target is the number of hydrogen atoms, shape (1,).

    Section: :ref:`sec-graph-readout`.

    Source: Gilmer, Schoenholz, Riley, Vinyals, Dahl (2017), Neural message passing for quantum
        chemistry, arXiv:1704.01212.

    Example:
        >>> water = Molecule(torch.tensor([2]), torch.zeros(1, 1, dtype=torch.long))
        >>> graph = molecule_graph(water)
        >>> graph.x, graph.y
        (tensor([[0., 0., 1.]]), tensor([2]))

    In production: torch_geometric.utils.from_rdmol.
    """
    x = F.one_hot(molecule.atoms, len(ELEMENTS)).float()
    return Graph(x, (molecule.bonds > 0).nonzero().T, molecule.hydrogens.sum()[None])
