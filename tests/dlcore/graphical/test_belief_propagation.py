"""Messages on trees and junction trees against enumeration."""

import itertools

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import graphical
from tests.dlcore.graphical.random_models import joint_table, random_factors
from tests.parity import assert_close


def names_of(factors):
    return list(dict.fromkeys(v for f in factors for v in f.variables))


def check_most_probable(found, factors, evidence):
    names = names_of(factors)
    joint = joint_table(factors, names, evidence)
    assert set(found.states) == set(names)
    assert all(found.states[v] == state for v, state in evidence.items())
    assert joint[tuple(found.states[v] for v in names)] == pytest.approx(joint.max())
    assert np.exp(found.log_score) == pytest.approx(joint.max())


@pytest.mark.reference("enumeration", of="dlcore.graphical.sum_product")
@pytest.mark.reference("enumeration", of="dlcore.graphical.Beliefs")
@pytest.mark.reference("enumeration", of="dlcore.graphical.max_product")
@pytest.mark.reference("enumeration", of="dlcore.graphical.MostProbable")
@settings(max_examples=12)
@given(st.integers(0, 10**6), st.booleans(), st.integers(0, 5))
def test_trees_against_enumeration(seed, seen, root):
    factors = random_factors(seed, tree=True)
    evidence = {"v1": 1} if seen else {}
    root = None if seen else f"v{root}"
    beliefs = graphical.sum_product(factors, evidence=evidence, root=root)
    Z = joint_table(factors, [], evidence)
    assert_close(beliefs.log_partition.exp(), Z)
    assert set(beliefs.marginals) == set(names_of(factors)) - set(evidence)
    for v, p in beliefs.marginals.items():
        assert_close(p, joint_table(factors, [v], evidence) / Z)
    for belief in beliefs.factor_marginals:
        expected = joint_table(factors, belief.variables, evidence) / Z
        assert_close(belief.table, expected)
    free = [len(set(f.variables) - set(evidence)) for f in factors]
    assert len(beliefs.messages) == 2 * sum(free)
    check_most_probable(
        graphical.max_product(factors, evidence=evidence, root=root), factors, evidence
    )


@pytest.mark.reference("enumeration", of="dlcore.graphical.junction_tree")
@pytest.mark.reference("enumeration", of="dlcore.graphical.JunctionTree")
@settings(max_examples=12)
@given(st.integers(0, 10**6), st.booleans())
def test_junction_tree_against_enumeration(seed, seen):
    factors = random_factors(seed)
    evidence = {"v1": 1, "v3": 0} if seen else {}
    tree = graphical.junction_tree(factors, evidence=evidence)
    Z = joint_table(factors, [], evidence)
    assert_close(tree.log_partition.exp(), Z)
    assert nx.is_tree(tree.tree)
    for clique in tree.cliques:
        variables = sorted(clique)
        expected = joint_table(factors, variables, evidence) / Z
        assert_close(tree.marginal(*variables).table, expected)
    for v in set(names_of(factors)) - set(evidence):
        holders = [i for i, clique in enumerate(tree.cliques) if v in clique]
        assert nx.is_connected(tree.tree.subgraph(holders))
    for i, j, separator in tree.tree.edges(data="separator"):
        assert separator == tree.cliques[i] & tree.cliques[j]
    check_most_probable(tree.most_probable(), factors, evidence)


def ising_chain(h, J):
    sign = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    factors = [graphical.Factor([i], b * sign) for i, b in enumerate(h)]
    return factors + [
        graphical.Factor([i, i + 1], c * torch.outer(sign, sign)) for i, c in enumerate(J)
    ]


def test_chain_of_three():
    marginals = graphical.sum_product(ising_chain((0.3, -0.2, 0.5), (0.5, -0.7))).marginals
    found = [marginals[i][1].item() for i in range(3)]
    assert found == pytest.approx([0.543946, 0.331162, 0.746108], abs=1e-6)


def test_long_chain():
    n = 100
    beliefs = graphical.sum_product(ising_chain([0.0] * n, [-2.0] * (n - 1)))
    assert beliefs.log_partition.item() == pytest.approx(
        np.log(2) + (n - 1) * np.log(2 * np.cosh(2))
    )
    pair = beliefs.factor_marginals[-1].table
    assert_close(pair, np.exp([[-2, 2], [2, -2]]) / (4 * np.cosh(2)))
    alternating = graphical.max_product(ising_chain([0.0] * (n - 1) + [0.1], [-2.0] * (n - 1)))
    assert [alternating.states[i] for i in range(n)] == [i % 2 for i in range(n)]


def test_ties_give_one_consistent_state():
    same = graphical.Factor.from_table([0, 1], torch.eye(2))
    other = graphical.Factor.from_table([1, 2], 1 - torch.eye(2))
    for found in (
        graphical.max_product([same, other]),
        graphical.junction_tree([same, other]).most_probable(),
    ):
        a, b, c = (found.states[i] for i in range(3))
        assert (a == b, b == c) == (True, False)


def test_everything_seen():
    factors = [graphical.Factor("ab", torch.tensor([[1.0, 2.0], [3.0, 4.0]]))]
    evidence = {"a": 1, "b": 0}
    assert graphical.sum_product(factors, evidence=evidence).log_partition == 3
    assert graphical.max_product(factors, evidence=evidence) == (evidence, 3.0)
    tree = graphical.junction_tree(factors, evidence=evidence)
    assert tree.log_partition == 3
    assert tree.most_probable() == (evidence, 3.0)
    assert graphical.sum_product([]).log_partition == 0


def test_gradient_of_log_partition_is_the_belief():
    factors = random_factors(5, tree=True)
    tables = [f.log_table.clone().requires_grad_() for f in factors]
    models = [graphical.Factor(f.variables, t) for f, t in zip(factors, tables, strict=True)]
    graphical.sum_product(models).log_partition.backward()
    Z = joint_table(factors, [])
    for factor, table in zip(factors, tables, strict=True):
        assert_close(table.grad, joint_table(factors, factor.variables) / Z)


@pytest.mark.bad_input
def test_bad_input():
    triangle = [
        graphical.Factor(list(e), torch.zeros(2, 2)) for e in itertools.combinations("abc", 2)
    ]
    with pytest.raises(ValueError, match="has a cycle"):
        graphical.sum_product(triangle)
    assert graphical.sum_product(triangle, evidence={"a": 0}).log_partition > 0
    with pytest.raises(ValueError, match="root must be a variable"):
        graphical.sum_product(triangle[:2], root="z")
    never = [graphical.Factor.from_table("a", torch.tensor([0.0, 1.0]))]
    for infer in (graphical.sum_product, graphical.max_product, graphical.junction_tree):
        with pytest.raises(ValueError, match="probability 0"):
            infer(never, evidence={"a": 0})
    tree = graphical.junction_tree(triangle[:2])
    with pytest.raises(ValueError, match="no clique holds"):
        tree.marginal("b", "c")
