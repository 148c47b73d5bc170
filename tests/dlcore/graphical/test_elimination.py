"""Elimination orders against networkx, variable elimination against numpy.einsum."""

import itertools

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import approximation

from dlcore import graphical
from tests.dlcore.graphical.random_models import joint_table, random_factors
from tests.parity import assert_close


def some_graph(seed):
    return nx.gnp_random_graph(8, 0.35, seed=seed)


@pytest.mark.reference("enumeration of orders", of="dlcore.graphical.induced_width")
@pytest.mark.reference("enumeration of orders", of="dlcore.graphical.min_fill_order")
@pytest.mark.reference("enumeration of orders", of="dlcore.graphical.min_degree_order")
@settings(max_examples=5)
@given(st.integers(0, 10**6))
def test_widths_against_all_orders(seed):
    graph = nx.gnp_random_graph(6, 0.5, seed=seed)
    widths = [graphical.induced_width(graph, p) for p in itertools.permutations(graph)]
    for order in (graphical.min_fill_order(graph), graphical.min_degree_order(graph)):
        assert sorted(order) == list(graph)
        assert min(widths) <= graphical.induced_width(graph, order) <= min(widths) + 1
    assert min(widths) <= approximation.treewidth_min_fill_in(graph)[0]


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_grids_have_width_n(n):
    graph = nx.grid_2d_graph(n, n)
    order = graphical.min_fill_order(graph)
    assert (
        graphical.induced_width(graph, order) == n == approximation.treewidth_min_fill_in(graph)[0]
    )


@pytest.mark.reference("networkx.is_chordal", of="dlcore.graphical.triangulate")
@pytest.mark.reference("networkx.chordal_graph_cliques", of="dlcore.graphical.elimination_cliques")
@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_triangulation_against_networkx(seed):
    graph = some_graph(seed)
    order = graphical.min_fill_order(graph)
    chordal = graphical.triangulate(graph)
    assert nx.is_chordal(chordal)
    assert set(map(frozenset, graph.edges)) <= set(map(frozenset, chordal.edges))
    cliques = {frozenset(c) for c in graphical.elimination_cliques(graph, order)}
    maximal = {c for c in cliques if not any(c < d for d in cliques)}
    assert maximal == set(nx.chordal_graph_cliques(chordal))
    assert graphical.induced_width(graph, order) == nx.chordal_graph_treewidth(chordal)
    kept = nx.complete_to_chordal_graph(chordal)[0]
    assert kept.number_of_edges() == chordal.number_of_edges()


@pytest.mark.reference("hand", of="dlcore.graphical.elimination_cost")
def test_cost_of_a_star():
    star = nx.star_graph(4)
    assert graphical.elimination_cost(star, [1, 2, 3, 4, 0]) == [4, 4, 4, 4, 2]
    assert graphical.elimination_cost(star, [0, 1, 2, 3, 4]) == [32, 16, 8, 4, 2]
    sizes = {0: 2, 1: 3, 2: 5, 3: 7, 4: 11}
    assert graphical.elimination_cost(star, [1, 2, 3, 4, 0], sizes) == [6, 10, 14, 22, 2]


@pytest.mark.reference("numpy.einsum", of="dlcore.graphical.variable_elimination")
@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(0, 3), st.booleans())
def test_elimination_against_einsum(seed, asked, seen):
    factors = random_factors(seed, zeros=True)
    names = list(graphical.multiply_factors(factors).variables)
    query = names[::-1][:asked]
    evidence = {names[0]: 1, names[1]: 0} if seen else {}
    found = graphical.variable_elimination(factors, query, evidence=evidence)
    assert found.variables == tuple(query)
    assert_close(found.table, joint_table(factors, query, evidence))


@settings(max_examples=5)
@given(st.permutations([f"v{i}" for i in range(6)]))
def test_any_order_gives_the_same(order):
    factors = random_factors(3)
    assert_close(
        graphical.variable_elimination(factors, order=order).table, joint_table(factors, [])
    )


def test_a_long_chain_does_not_underflow():
    factor = torch.tensor([[1.0, 1e-3], [1e-3, 1.0]], dtype=torch.float64) * 1e-5
    chain = [graphical.Factor.from_table([i, i + 1], factor) for i in range(300)]
    log_Z = graphical.variable_elimination(chain, order=range(301)).log_table
    assert_close(log_Z, np.log(2) + 300 * np.log(1.001e-5))


@pytest.mark.bad_input
def test_bad_input():
    path = nx.path_graph(3)
    with pytest.raises(ValueError, match=r"each of \[0, 1, 2\] once, got \[0, 1\]"):
        graphical.induced_width(path, [0, 1])
    with pytest.raises(ValueError, match="once"):
        graphical.triangulate(path, [0, 1, 1, 2])
    with pytest.raises(ValueError, match="no width"):
        graphical.induced_width(nx.Graph(), [])
    factor = graphical.Factor("ab", torch.zeros(2, 2))
    with pytest.raises(ValueError, match="'z'"):
        graphical.variable_elimination([factor], "z")
    with pytest.raises(ValueError, match="cannot ask for"):
        graphical.variable_elimination([factor], "a", evidence={"a": 1})
    with pytest.raises(ValueError, match="evidence on unknown"):
        graphical.variable_elimination([factor], "a", evidence={"z": 1})
    with pytest.raises(ValueError, match=r"order of \['b'\], got \['a'\]"):
        graphical.variable_elimination([factor], "a", order=["a"])
