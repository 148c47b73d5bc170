"""In which order to sum variables out: the largest table met on the way is what it costs."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any

import networkx as nx


def _missing_edges(graph: nx.Graph, node: Hashable) -> list[tuple]:
    """The edges that make the neighbours of a node know each other."""
    return [(a, b) for a, b in combinations(graph[node], 2) if not graph.has_edge(a, b)]


def _greedy_order(graph: nx.Graph, cost: Callable[[nx.Graph, Hashable], int]) -> list:
    graph, order = nx.Graph(graph), []
    while graph:
        cheapest = min(graph, key=lambda node: cost(graph, node))
        graph.add_edges_from(_missing_edges(graph, cheapest))
        graph.remove_node(cheapest)
        order.append(cheapest)
    return order


def min_fill_order(graph: nx.Graph) -> list:
    """Eliminate next the variable that adds the fewest edges between its neighbours.

    Args:
        graph: undirected; ties go to the node that comes first in it.

    Returns:
        All nodes, in the order in which to sum them out. Greedy: the best order is NP-hard to
        find, and on a chordal graph this one finds it.

    Equation: :eq:`eq-variable-elimination`.
    Section: :ref:`sec-elimination-order`.

    Source: Kjærulff (1990), Triangulation of graphs, technical report R 90-09, Aalborg.

    Example:
        >>> min_fill_order(nx.star_graph(3))
        [1, 2, 0, 3]

    In production: networkx.algorithms.approximation.treewidth_min_fill_in, opt_einsum.
    """
    return _greedy_order(graph, lambda graph, node: len(_missing_edges(graph, node)))


def min_degree_order(graph: nx.Graph) -> list:
    """Eliminate next the variable with the fewest neighbours.

    Args:
        graph: undirected; ties go to the node that comes first in it.

    Returns:
        All nodes, in the order in which to sum them out. Quicker to find than `min_fill_order`
        and as a rule a little worse.

    Equation: :eq:`eq-variable-elimination`.
    Section: :ref:`sec-elimination-order`.

    Source: Tinney, Walker (1967), Direct solutions of sparse network equations by optimally
        ordered triangular factorization, doi:10.1109/PROC.1967.6011.

    Example:
        >>> min_degree_order(nx.star_graph(3))
        [1, 2, 0, 3]

    In production: networkx.algorithms.approximation.treewidth_min_degree.
    """
    return _greedy_order(graph, lambda graph, node: graph.degree(node))


def elimination_cliques(graph: nx.Graph, order: Sequence[Hashable]) -> list[set]:
    """What is multiplied into one table at each step: the variable and its neighbours then.

    Args:
        graph: undirected.
        order: each of its nodes once.

    Returns:
        One set a step, the eliminated variable among it.

    Raises:
        ValueError: an order that is not one of the graph's nodes.

    Equation: :eq:`eq-variable-elimination`.
    Section: :ref:`sec-elimination-order`.

    Source: Rose, Tarjan, Lueker (1976), Algorithmic aspects of vertex elimination on graphs,
        doi:10.1137/0205021.

    Example:
        >>> [len(clique) for clique in elimination_cliques(nx.star_graph(3), [0, 1, 2, 3])]
        [4, 3, 2, 1]

    In production: pgmpy's elimination orders.
    """
    if set(order) != set(graph) or len(order) != len(graph):
        raise ValueError(f"expected each of {list(graph)} once, got {list(order)}")
    graph, cliques = nx.Graph(graph), []
    for node in order:
        cliques.append({node, *graph[node]})
        graph.add_edges_from(_missing_edges(graph, node))
        graph.remove_node(node)
    return cliques


def induced_width(graph: nx.Graph, order: Sequence[Hashable]) -> int:
    """The most variables that a table made on the way has after its variable is summed out.

    Args:
        graph: undirected.
        order: each of its nodes once.

    Returns:
        The width; its minimum over all orders is the graph's tree-width.

    Raises:
        ValueError: an order that is not one of the graph's nodes, or an empty graph.

    Equation: :eq:`eq-variable-elimination`.
    Section: :ref:`sec-elimination-order`.

    Source: Dechter (1999), Bucket elimination, doi:10.1016/S0004-3702(99)00059-4.

    Example:
        >>> star = nx.star_graph(5)
        >>> induced_width(star, [1, 2, 3, 4, 5, 0]), induced_width(star, [0, 1, 2, 3, 4, 5])
        (1, 5)

    In production: networkx.algorithms.approximation.treewidth_min_fill_in for a bound.
    """
    if not graph:
        raise ValueError("an empty graph has no width")
    return max(map(len, elimination_cliques(graph, order))) - 1


def elimination_cost(
    graph: nx.Graph, order: Sequence[Hashable], cardinality: Mapping[Any, int] | int = 2
) -> list[int]:
    """How many entries the table multiplied together at each step has.

    Args:
        graph: undirected.
        order: each of its nodes once.
        cardinality: states of each variable, or one number for all.

    Returns:
        One number a step.

    Raises:
        ValueError: an order that is not one of the graph's nodes.

    Equation: :eq:`eq-variable-elimination`.
    Section: :ref:`sec-elimination-order`.

    Source: Dechter (1999), Bucket elimination, doi:10.1016/S0004-3702(99)00059-4.

    Example:
        >>> elimination_cost(nx.path_graph(4), [0, 1, 2, 3], 3)
        [9, 9, 9, 3]

    In production: numpy.einsum_path.
    """
    costs = []
    for clique in elimination_cliques(graph, order):
        entries = 1
        for node in clique:
            entries *= cardinality if isinstance(cardinality, int) else cardinality[node]
        costs.append(entries)
    return costs


def triangulate(graph: nx.Graph, order: Sequence[Hashable] | None = None) -> nx.Graph:
    """Add the edges that elimination adds: no cycle of four or more is left without a chord.

    Args:
        graph: undirected; it stays as it is.
        order: each of its nodes once; by default `min_fill_order`.

    Returns:
        A chordal graph whose largest clique has one node more than the order's induced width.

    Raises:
        ValueError: an order that is not one of the graph's nodes.

    Section: :ref:`sec-junction-tree`.

    Source: Rose, Tarjan, Lueker (1976), Algorithmic aspects of vertex elimination on graphs,
        doi:10.1137/0205021.

    Example:
        >>> triangulate(nx.cycle_graph(5)).number_of_edges()
        7

    In production: networkx.complete_to_chordal_graph.
    """
    chordal = nx.Graph(graph)
    for clique in elimination_cliques(graph, min_fill_order(graph) if order is None else order):
        chordal.add_edges_from(combinations(clique, 2))
    return chordal
