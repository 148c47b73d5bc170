"""Bayesian networks against enumeration and against published numbers."""

import networkx as nx
import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import graphical
from tests.dlcore.graphical.random_models import joint_table, random_network
from tests.parity import assert_close


def all_states(network):
    return torch.cartesian_prod(*(torch.arange(k) for k in network.cardinality.values()))


@pytest.mark.reference("enumeration", of="dlcore.graphical.BayesianNetwork")
@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_joint_and_queries_against_enumeration(seed):
    network = random_network(seed, zeros=True)
    joint = joint_table(network.factors(), network.variables)
    assert_close(network.log_prob(all_states(network)).exp(), joint.flatten())
    assert joint.sum() == pytest.approx(1)
    a, b, c = network.variables[:3]
    table = joint_table(network.factors(), [c, a, b])[..., -1]
    assert_close(
        network.query(c, a, evidence={b: network.cardinality[b] - 1}).table, table / table.sum()
    )


def probability(network, variable, **evidence):
    return network.query(variable, evidence=evidence).table[1].item()


@pytest.mark.reference("Lauritzen and Spiegelhalter (1988)", of="dlcore.graphical.asia_network")
def test_asia():
    asia = graphical.asia_network()
    assert asia.num_parameters == 18
    known = {
        ("tub",): 0.0104,
        ("lung",): 0.055,
        ("bronc",): 0.45,
        ("either",): 0.064828,
        ("xray",): 0.110290,
        ("dysp",): 0.435971,
        ("lung", "dysp"): 0.102759,
        ("bronc", "dysp"): 0.833967,
        ("tub", "dysp"): 0.018845,
        ("lung", "dysp", "xray"): 0.621253,
        ("tub", "dysp", "asia"): 0.087751,
        ("lung", "xray"): 0.488711,
        ("lung", "xray", "tub"): 0.055,
    }
    for (variable, *seen), expected in known.items():
        evidence = dict.fromkeys(seen, 1)
        assert probability(asia, variable, **evidence) == pytest.approx(expected, abs=1e-6)
    assert probability(asia, "lung", dysp=1, xray=1, smoke=0) == pytest.approx(0.245793, abs=1e-6)


@pytest.mark.reference("enumeration by hand", of="dlcore.graphical.sprinkler_network")
def test_sprinkler():
    network = graphical.sprinkler_network()
    wet = 0.5 * (0.1 * 0.8 * 0.99 + 0.1 * 0.2 * 0.9 + 0.9 * 0.8 * 0.9)
    wet += 0.5 * (0.5 * 0.2 * 0.99 + 0.5 * 0.8 * 0.9 + 0.5 * 0.2 * 0.9)
    assert probability(network, "wet") == pytest.approx(wet)
    both = 0.5 * (0.1 * 0.8 + 0.5 * 0.2) * 0.99
    rain = both + 0.5 * (0.9 * 0.8 + 0.5 * 0.2) * 0.9
    assert probability(network, "sprinkler", wet=1, rain=1) == pytest.approx(both / rain)


def test_doing_is_not_seeing():
    network = graphical.sprinkler_network()
    done = network.intervene({"sprinkler": 1})
    assert probability(done, "rain") == pytest.approx(0.5)
    assert probability(network, "rain", sprinkler=1) == pytest.approx(
        0.1 / 0.6 * 0.8 + 0.5 / 0.6 * 0.2
    )
    assert probability(done, "wet") == pytest.approx(0.5 * 0.99 + 0.5 * 0.9)
    assert list(done.graph.predecessors("sprinkler")) == []


def test_sampling(generator):
    """The chi-square statistic of all cells; the bound is exceeded once in a million times."""
    network = random_network(0, variables=3)
    n = 5000
    X = network.sample(n, generator=generator)
    expected = n * joint_table(network.factors(), network.variables)
    seen = np.zeros(expected.shape)
    np.add.at(seen, tuple(X.T.numpy()), 1)
    statistic = ((seen - expected) ** 2 / expected).sum()
    assert statistic < scipy.stats.chi2.isf(1e-6, expected.size - 1)
    assert network.sample(0).shape == (0, 3)
    assert network.variables != tuple(nx.topological_sort(network.graph))


@pytest.mark.reference("counts by hand", of="dlcore.graphical.fit_cpts")
def test_fit(generator):
    graph = nx.DiGraph([("rain", "wet"), ("hose", "wet")])
    order = list(graph)
    seen = [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1)]
    rows = [dict(zip(("rain", "hose", "wet"), row, strict=True)) for row in seen]
    X = torch.tensor([[row[v] for v in order] for row in rows])
    network = graphical.fit_cpts(graph, X)
    assert network.parents["wet"] == ("rain", "hose")
    assert_close(network.tables["rain"], [0.75, 0.25])
    assert_close(network.tables["wet"], [[[0.5, 0.5], [0.0, 1.0]], [[0.0, 1.0], [0.5, 0.5]]])
    sizes = {"rain": 2, "hose": 2, "wet": 3}
    smooth = graphical.fit_cpts(graph, X, sizes, pseudo_count=1.0)
    assert_close(smooth.tables["rain"], [4 / 6, 2 / 6])
    assert_close(smooth.tables["wet"][0, 0], [2 / 5, 2 / 5, 1 / 5])
    likelihood = network.log_prob(X).sum()
    other = graphical.BayesianNetwork(
        network.parents, {**network.tables, "rain": torch.tensor([0.7, 0.3]).double()}
    )
    assert other.log_prob(X).sum() < likelihood


@pytest.mark.reference("the formula", of="dlcore.graphical.noisy_or")
def test_noisy_or():
    strengths = torch.tensor([0.8, 0.5, 0.3], dtype=torch.float64)
    table = graphical.noisy_or(strengths, 0.05)
    for x in np.ndindex(2, 2, 2):
        absent = 0.95 * np.prod((1 - strengths.numpy()) ** np.array(x))
        assert_close(table[x], [absent, 1 - absent])
    assert_close(graphical.noisy_or(strengths[:0], 0.25), [0.75, 0.25])


@pytest.mark.bad_input
def test_bad_input():
    half = torch.tensor([0.5, 0.5])
    with pytest.raises(ValueError, match="cycle"):
        graphical.BayesianNetwork(
            {"a": ["b"], "b": ["a"]}, {"a": half.expand(2, 2), "b": half.expand(2, 2)}
        )
    with pytest.raises(ValueError, match="needs an entry"):
        graphical.BayesianNetwork({"a": ["b"]}, {"a": half.expand(2, 2)})
    with pytest.raises(ValueError, match=r"'b' must be \(2, 2\), got \(3, 2\)"):
        graphical.BayesianNetwork({"a": [], "b": ["a"]}, {"a": half, "b": half.expand(3, 2)})
    with pytest.raises(ValueError, match="distributions"):
        graphical.BayesianNetwork({"a": []}, {"a": 2 * half})
    network = graphical.asia_network()
    with pytest.raises(ValueError, match="probability 0"):
        network.query("xray", evidence={"tub": 1, "either": 0})
    with pytest.raises(ValueError, match=r"\(n, 8\) states, got \(2, 3\)"):
        network.log_prob(torch.zeros(2, 3).long())
    with pytest.raises(ValueError, match="must lie in"):
        network.log_prob(torch.full((1, 8), 2))
    with pytest.raises(ValueError, match="cannot set 'tub' to 2"):
        network.intervene({"tub": 2})
    with pytest.raises(ValueError, match="negative"):
        graphical.fit_cpts(nx.DiGraph([(0, 1)]), torch.zeros(1, 2).long(), pseudo_count=-1)
    with pytest.raises(ValueError, match="without examples"):
        graphical.fit_cpts(nx.DiGraph([(0, 1)]), torch.zeros(0, 2).long())
    with pytest.raises(ValueError, match="probabilities"):
        graphical.noisy_or(torch.tensor([1.5]))
