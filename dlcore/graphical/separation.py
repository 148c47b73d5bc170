"""Which variables are independent given others, read off the graph alone."""

from collections.abc import Hashable, Iterable
from itertools import combinations

import networkx as nx


def _as_set(graph: nx.Graph, nodes: Iterable[Hashable] | Hashable) -> set:
    """A node, or several, as a set of nodes that the graph has."""
    one = isinstance(nodes, Hashable) and nodes in graph
    if isinstance(nodes, Iterable) and not isinstance(nodes, str) and not one:
        found: set = set(nodes)
    else:
        found = {nodes}
    if not found <= set(graph):
        raise ValueError(f"not in the graph: {sorted(map(str, found - set(graph)))}")
    return found


def _disjoint(graph: nx.Graph, *groups: Iterable[Hashable] | Hashable) -> list[set]:
    sets = [_as_set(graph, group) for group in groups]
    if any(a & b for a, b in combinations(sets, 2)):
        raise ValueError("x, y and given must not share a node")
    return sets


def active_path(
    graph: nx.DiGraph,
    x: Iterable[Hashable] | Hashable,
    y: Iterable[Hashable] | Hashable,
    given: Iterable[Hashable] | Hashable = (),
) -> list | None:
    """A path along which x can tell of y once some variables are seen, if there is one.

    The ball of Bayes: it leaves x and moves on from a node that it entered against an arrow in
    all directions, from one that it entered along an arrow only onwards, and is reflected to the
    parents at a node that is seen, or has a seen descendant, and was entered along an arrow.

    Args:
        graph: directed and acyclic.
        x: a node or several.
        y: a node or several.
        given: the nodes that are seen.

    Returns:
        The shortest such way as a list of nodes from x to y; None if given separates them. At a
        collider it turns when a descendant of it is seen, without walking there.

    Raises:
        ValueError: nodes that the graph lacks, groups that share one, or a cycle.

    Section: :ref:`sec-d-separation`.

    Source: Shachter (1998), Bayes-ball; Koller, Friedman (2009), algorithm 3.1.

    Example:
        >>> alarm = nx.DiGraph([("burglar", "alarm"), ("quake", "alarm"), ("alarm", "call")])
        >>> active_path(alarm, "burglar", "quake", "call")
        ['burglar', 'alarm', 'quake']

    In production: networkx.is_d_separator.
    """
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("expected a directed acyclic graph")
    xs, ys, seen = _disjoint(graph, x, y, given)
    opens = seen.union(*(nx.ancestors(graph, z) for z in seen))
    start = [(node, "up") for node in graph if node in xs]
    came_from: dict[tuple, tuple | None] = dict.fromkeys(start)
    queue = list(start)
    for state in queue:
        node, way = state
        if node in ys:
            path, back = [node], came_from[state]
            while back is not None:
                path.append(back[0])
                back = came_from[back]
            return path[::-1]
        reached = []
        if node not in seen:
            reached += [(child, "down") for child in graph.successors(node)]
        if (way == "up" and node not in seen) or (way == "down" and node in opens):
            reached += [(parent, "up") for parent in graph.predecessors(node)]
        for new in reached:
            if new not in came_from:
                came_from[new] = state
                queue.append(new)
    return None


def d_separated(
    graph: nx.DiGraph,
    x: Iterable[Hashable] | Hashable,
    y: Iterable[Hashable] | Hashable,
    given: Iterable[Hashable] | Hashable = (),
) -> bool:
    """Whether x and y are independent given the rest, in every distribution on this graph.

    Args:
        graph: directed and acyclic.
        x: a node or several.
        y: a node or several.
        given: the nodes that are seen.

    Returns:
        True if no `active_path` joins them. False does not force a dependence: tables may hide it.

    Raises:
        ValueError: nodes that the graph lacks, groups that share one, or a cycle.

    Section: :ref:`sec-d-separation`.

    Source: Geiger, Verma, Pearl (1990), Identifying independence in Bayesian networks,
        doi:10.1002/net.3230200504.

    Example:
        >>> alarm = nx.DiGraph([("burglar", "alarm"), ("quake", "alarm"), ("alarm", "call")])
        >>> d_separated(alarm, "burglar", "quake"), d_separated(alarm, "burglar", "quake", "call")
        (True, False)

    In production: networkx.is_d_separator.
    """
    return active_path(graph, x, y, given) is None


def separated(
    graph: nx.Graph,
    x: Iterable[Hashable] | Hashable,
    y: Iterable[Hashable] | Hashable,
    given: Iterable[Hashable] | Hashable = (),
) -> bool:
    """Whether every path between x and y in an undirected graph meets a node that is seen.

    Args:
        graph: undirected.
        x: a node or several.
        y: a node or several.
        given: the nodes that are seen.

    Returns:
        True if removing them cuts x from y.

    Raises:
        ValueError: a directed graph, nodes that it lacks, or groups that share one.

    Section: :ref:`sec-random-fields`.

    Source: Lauritzen (1996), Graphical Models, section 3.2.

    Example:
        >>> separated(nx.cycle_graph(4), 0, 2, [1]), separated(nx.cycle_graph(4), 0, 2, [1, 3])
        (False, True)

    In production: networkx.node_connected_component of the graph without the seen nodes.
    """
    if graph.is_directed():
        raise ValueError("expected an undirected graph; for a directed one see d_separated")
    xs, ys, seen = _disjoint(graph, x, y, given)
    left = nx.Graph(graph)
    left.remove_nodes_from(seen)
    return not any(ys & nx.node_connected_component(left, node) for node in xs)


def markov_blanket(graph: nx.Graph, node: Hashable) -> set:
    """The variables that make all others irrelevant to this one.

    Args:
        graph: directed and acyclic, or undirected.
        node: the variable.

    Returns:
        Parents, children and the children's other parents; in an undirected graph the neighbours.

    Raises:
        ValueError: a node that the graph lacks.

    Section: :ref:`sec-markov-blanket`.

    Source: Pearl (1988), Probabilistic Reasoning in Intelligent Systems, section 3.2.

    Example:
        >>> alarm = nx.DiGraph([("burglar", "alarm"), ("quake", "alarm"), ("alarm", "call")])
        >>> sorted(markov_blanket(alarm, "burglar"))
        ['alarm', 'quake']

    In production: the neighbours in networkx.moral_graph.
    """
    if node not in graph:
        raise ValueError(f"not in the graph: {node!r}")
    if not graph.is_directed():
        return set(graph[node])
    children = set(graph.successors(node))
    spouses = {p for child in children for p in graph.predecessors(child)}
    return (set(graph.predecessors(node)) | children | spouses) - {node}


def moralize(graph: nx.DiGraph) -> nx.Graph:
    """The undirected graph of the same factors: parents of one child married, arrows dropped.

    Args:
        graph: directed.

    Returns:
        The moral graph. It still shows no false independence, and may show fewer true ones.

    Raises:
        ValueError: an undirected graph.

    Section: :ref:`sec-moralization`.

    Source: Lauritzen, Spiegelhalter (1988), Local computations with probabilities on graphical
        structures, doi:10.1111/j.2517-6161.1988.tb01721.x.

    Example:
        >>> moralize(nx.DiGraph([("burglar", "alarm"), ("quake", "alarm")])).number_of_edges()
        3

    In production: networkx.moral_graph.
    """
    if not graph.is_directed():
        raise ValueError("expected a directed graph")
    moral = nx.Graph()
    moral.add_nodes_from(graph)
    for node in graph:
        moral.add_edges_from(combinations([*graph.predecessors(node), node], 2))
    return moral
