"""Learned graphs against scikit-learn, networkx and all graphs of three variables."""

import itertools

import networkx as nx
import numpy as np
import pytest
import sklearn.metrics
import torch

from dlcore import graphical
from tests.dlcore.graphical.random_models import random_network
from tests.parity import assert_close


@pytest.fixture
def data(generator):
    network = graphical.asia_network()
    return network, network.sample(400, generator=generator)


@pytest.mark.reference(
    "sklearn.metrics.mutual_info_score", of="dlcore.graphical.pairwise_mutual_information"
)
@pytest.mark.reference("networkx.maximum_spanning_tree", of="dlcore.graphical.chow_liu_tree")
def test_tree_against_scikit_learn_and_networkx(data):
    network, X = data
    found = graphical.pairwise_mutual_information(X)
    graph = nx.Graph()
    for i, j in itertools.combinations(range(8), 2):
        score = sklearn.metrics.mutual_info_score(X[:, i], X[:, j])
        assert_close(found[i, j], score, atol=1e-12, rtol=1e-7)
        graph.add_edge(network.variables[i], network.variables[j], weight=score)
    tree = graphical.chow_liu_tree(X, names=network.variables, root="lung")
    assert list(tree) == list(network.variables)
    expected = nx.maximum_spanning_tree(graph)
    assert set(map(frozenset, tree.edges)) == set(map(frozenset, expected.edges))
    assert dict(tree.in_degree) == {v: int(v != "lung") for v in network.variables}


def test_tree_is_the_most_likely_of_all(generator):
    X = random_network(2, variables=4).sample(200, generator=generator)
    sizes = dict(enumerate((X.max(0).values + 1).tolist()))

    def log_likelihood(graph):
        return graphical.fit_cpts(graph, X, sizes).log_prob(X).sum().item()

    scores = []
    for edges in itertools.combinations(itertools.combinations(range(4), 2), 3):
        tree = nx.Graph(edges)
        if len(tree) == 4 and nx.is_tree(tree):
            directed = nx.DiGraph()
            directed.add_nodes_from(range(4))
            directed.add_edges_from(nx.bfs_edges(tree, 0))
            scores.append(log_likelihood(directed))
    assert len(scores) == 16
    assert log_likelihood(graphical.chow_liu_tree(X)) == pytest.approx(max(scores))


@pytest.mark.reference("likelihood of fitted tables", of="dlcore.graphical.bic_score")
def test_bic_against_the_definition(data):
    network, X = data
    sizes = network.cardinality
    fitted = graphical.fit_cpts(network.graph, X, sizes)
    expected = fitted.log_prob(X).sum().item() - 0.5 * np.log(400) * fitted.num_parameters
    assert graphical.bic_score(network.graph, X, sizes) == pytest.approx(expected)


@pytest.mark.reference("all graphs of three variables", of="dlcore.graphical.hill_climb")
@pytest.mark.reference("all graphs of three variables", of="dlcore.graphical.StructureFit")
def test_search_finds_the_best_of_all(generator):
    X = graphical.sprinkler_network().sample(500, generator=generator)[:, 1:]
    names = ("sprinkler", "rain", "wet")
    fit = graphical.hill_climb(X, names=names)
    pairs = list(itertools.permutations(names, 2))
    scores = []
    for kept in itertools.product([False, True], repeat=6):
        graph = nx.DiGraph()
        graph.add_nodes_from(names)
        graph.add_edges_from(itertools.compress(pairs, kept))
        if nx.is_directed_acyclic_graph(graph):
            scores.append(graphical.bic_score(graph, X))
    assert len(scores) == 25
    assert fit.scores[-1] == pytest.approx(max(scores))
    assert fit.scores[-1] == pytest.approx(graphical.bic_score(fit.graph, X))
    assert min(np.diff(fit.scores)) > 0
    assert list(fit.graph) == list(names)


def test_search_obeys_its_limit(data):
    _, X = data
    fit = graphical.hill_climb(X[:, 4:], max_parents=1)
    assert max(dict(fit.graph.in_degree).values()) == 1


@pytest.mark.bad_input
def test_bad_input():
    X = torch.zeros(3, 2).long()
    with pytest.raises(ValueError, match=r"n >= 1, got \(0, 2\)"):
        graphical.hill_climb(X[:0])
    with pytest.raises(ValueError, match="2 different names"):
        graphical.chow_liu_tree(X, names="aa")
    with pytest.raises(ValueError, match="must be one of"):
        graphical.chow_liu_tree(X, root=7)
    with pytest.raises(ValueError, match="must lie in"):
        graphical.pairwise_mutual_information(X + 3, [2, 2])
    with pytest.raises(ValueError, match="acyclic"):
        graphical.bic_score(nx.DiGraph([(0, 1), (1, 0)]), X)
