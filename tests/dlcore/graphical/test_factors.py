"""Factor algebra against numpy.einsum."""

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import graphical
from dlcore.graphical import Factor
from tests.dlcore.graphical.random_models import joint_table, random_factors
from tests.parity import assert_close


@pytest.mark.reference("numpy.einsum", of="dlcore.graphical.Factor")
@pytest.mark.reference("numpy.einsum", of="dlcore.graphical.multiply_factors")
@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_algebra_against_einsum(seed):
    factors = random_factors(seed, zeros=True)
    product = graphical.multiply_factors(factors)
    assert_close(product.table, joint_table(factors))
    assert_close(product.log_partition().exp(), joint_table(factors, []))
    first, *rest = product.variables
    assert_close(product.marginalize(first).table, joint_table(factors, rest))
    maxima = product.maximize(*rest)
    assert maxima.variables == (first,)
    axes = tuple(range(1, len(product.variables)))
    assert_close(maxima.table, joint_table(factors).max(axes))
    seen = product.reduce({first: 1, "not there": 5})
    assert_close(seen.table, joint_table(factors)[1])
    turned = product.permute(*reversed(product.variables))
    assert_close(turned.table, joint_table(factors).T)
    pair = factors[0] * factors[1]
    assert_close(pair.table, joint_table(factors[:2]))


def test_normalize_and_scores():
    table = np.array([[1.0, 3.0, 0.0], [2.0, 2.0, 8.0]])
    factor = Factor.from_table(["a", "b"], torch.as_tensor(table))
    assert_close(factor.normalize().table, table / 16)
    states = {"a": torch.tensor([0, 1]), "b": torch.tensor([1, 2])}
    assert_close(factor.log_score(states), np.log([3.0, 8.0]))
    assert factor.cardinality == {"a": 2, "b": 3}


def test_no_underflow_and_nothing():
    one = Factor(["a"], torch.tensor([-1e4, -1e4], dtype=torch.float64))
    assert_close(one.log_partition(), -1e4 + np.log(2))
    assert_close(one.normalize().table, [0.5, 0.5])
    assert graphical.multiply_factors([]).log_table == 0
    assert one.marginalize().variables == ("a",)


def test_gradient_of_log_partition_is_the_distribution():
    table = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    Factor("ab", table).log_partition().backward()
    assert_close(table.grad, torch.softmax(table.detach().flatten(), 0).reshape(2, 3))


@pytest.mark.reference("networkx.is_bipartite", of="dlcore.graphical.factor_graph")
@pytest.mark.reference("networkx.moral_graph", of="dlcore.graphical.interaction_graph")
def test_graphs():
    dag = nx.DiGraph([("a", "c"), ("b", "c"), ("c", "d")])
    scopes = [[*dag.predecessors(v), v] for v in dag]
    factors = [Factor(s, torch.zeros([2] * len(s))) for s in scopes]
    bipartite = graphical.factor_graph(factors)
    assert nx.is_bipartite(bipartite)
    assert {v: k for v, k in bipartite.nodes(data="kind") if k == "variable"}.keys() == set(dag)
    assert [set(bipartite["factor", i]) for i in range(4)] == [set(s) for s in scopes]
    moral, ours = nx.moral_graph(dag), graphical.interaction_graph(factors)
    assert nx.utils.graphs_equal(ours, nx.Graph(moral))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"\['a'\].*\(2, 2\)"):
        Factor(["a"], torch.zeros(2, 2))
    with pytest.raises(ValueError, match="different variables"):
        Factor(["a", "a"], torch.zeros(2, 2))
    with pytest.raises(ValueError, match="NaN"):
        Factor(["a"], torch.tensor([0.0, torch.nan]))
    with pytest.raises(ValueError, match="no negative"):
        Factor.from_table(["a"], torch.tensor([-1.0, 1.0]))
    one = Factor(["a"], torch.zeros(2))
    with pytest.raises(ValueError, match="'z'"):
        one.marginalize("z")
    with pytest.raises(ValueError, match="order of"):
        one.permute()
    with pytest.raises(ValueError, match=r"0\.\.1, got 2"):
        one.reduce({"a": 2})
    with pytest.raises(ValueError, match="probability 0"):
        Factor.from_table(["a"], torch.zeros(2)).normalize()
    with pytest.raises(ValueError, match="2 states in one factor and 3"):
        one * Factor(["a"], torch.zeros(3))
