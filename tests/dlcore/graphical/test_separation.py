"""Separation against networkx and against the numbers of a random network."""

from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import graphical
from tests.dlcore.graphical.random_models import joint_table, random_network


def random_dag(seed, n=7):
    rng = np.random.default_rng(seed)
    names = rng.permutation(n).tolist()
    dag = nx.DiGraph()
    dag.add_nodes_from(range(n))
    dag.add_edges_from(
        (names[i], names[j]) for i, j in combinations(range(n), 2) if rng.random() < 0.3
    )
    return dag


def is_active(dag, path, given):
    """Whether each inner node of a path lets it through: the definition, node by node."""
    seen = set(given)
    for a, b, c in zip(path, path[1:], path[2:], strict=False):
        collider = dag.has_edge(a, b) and dag.has_edge(c, b)
        below = {b} | nx.descendants(dag, b)
        if (collider and not below & seen) or (not collider and b in seen):
            return False
    return all(dag.has_edge(a, b) or dag.has_edge(b, a) for a, b in pairwise(path))


@pytest.mark.reference("networkx.is_d_separator", of="dlcore.graphical.d_separated")
@pytest.mark.reference("the definition", of="dlcore.graphical.active_path")
@settings(max_examples=6)
@given(st.integers(0, 10**6))
def test_all_triples_against_networkx(seed):
    dag = random_dag(seed)
    for x, y in combinations(dag, 2):
        rest = [v for v in dag if v not in (x, y)]
        for given_nodes in [c for size in range(4) for c in combinations(rest, size)]:
            expected = nx.is_d_separator(dag, x, y, set(given_nodes))
            assert graphical.d_separated(dag, x, y, given_nodes) == expected
            path = graphical.active_path(dag, x, y, given_nodes)
            assert (path is None) == expected
            if path:
                assert (path[0], path[-1]) == (x, y)
                assert is_active(dag, path, given_nodes)


def test_sets_of_nodes():
    network = graphical.asia_network().graph
    assert graphical.d_separated(network, {"asia", "tub"}, ["smoke", "lung", "bronc"])
    assert not graphical.d_separated(network, {"asia", "tub"}, ["smoke", "lung", "bronc"], "xray")
    assert graphical.d_separated(network, "xray", "dysp", "either")
    assert not graphical.d_separated(network, "xray", "bronc", ["lung", "dysp"])


@settings(max_examples=5)
@given(st.integers(0, 10**6))
def test_separation_is_independence(seed):
    network = random_network(seed)
    factors = network.factors()
    for x, y in combinations(network.variables, 2):
        for z in network.variables:
            if z in (x, y):
                continue
            p = joint_table(factors, [x, y, z])
            p = p / p.sum((0, 1))
            apart = np.abs(p - p.sum(1, keepdims=True) * p.sum(0, keepdims=True)).max()
            assert (apart < 1e-12) == graphical.d_separated(network.graph, x, y, z)


@pytest.mark.reference("networkx.moral_graph", of="dlcore.graphical.moralize")
@pytest.mark.reference("networkx.moral_graph", of="dlcore.graphical.markov_blanket")
@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_moral_graph_against_networkx(seed):
    dag = random_dag(seed)
    moral, expected = graphical.moralize(dag), nx.moral_graph(dag)
    assert set(map(frozenset, moral.edges)) == set(map(frozenset, expected.edges))
    assert set(moral) == set(dag)
    for v in dag:
        blanket = graphical.markov_blanket(dag, v)
        assert blanket == set(expected[v]) == graphical.markov_blanket(moral, v)


@pytest.mark.reference("networkx.node_connectivity", of="dlcore.graphical.separated")
@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_cuts_against_networkx(seed):
    graph = nx.gnp_random_graph(7, 0.35, seed=seed)
    for x, y in combinations(graph, 2):
        for cut in combinations(set(graph) - {x, y}, 2):
            left = graph.subgraph(set(graph) - set(cut))
            assert graphical.separated(graph, x, y, cut) == (not nx.has_path(left, x, y))


@pytest.mark.bad_input
def test_bad_input():
    dag = nx.DiGraph([("a", "b"), ("b", "c")])
    with pytest.raises(ValueError, match="zz"):
        graphical.d_separated(dag, "a", "zz")
    with pytest.raises(ValueError, match="share"):
        graphical.d_separated(dag, "a", "c", ["a"])
    with pytest.raises(ValueError, match="acyclic"):
        graphical.d_separated(nx.DiGraph([("a", "b"), ("b", "a")]), "a", "b")
    with pytest.raises(ValueError, match="undirected"):
        graphical.separated(dag, "a", "c")
    with pytest.raises(ValueError, match="'zz'"):
        graphical.markov_blanket(dag, "zz")
    with pytest.raises(ValueError, match="directed"):
        graphical.moralize(nx.Graph())
