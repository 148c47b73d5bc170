"""Loopy propagation, mean field and Gibbs sampling against enumeration and closed forms."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import graphical
from tests.dlcore.graphical.random_models import joint_table, random_factors
from tests.parity import assert_close


@pytest.mark.reference("enumeration", of="dlcore.graphical.loopy_belief_propagation")
@pytest.mark.reference("enumeration", of="dlcore.graphical.LoopyBeliefs")
@settings(max_examples=6)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([0.0, 0.3]))
def test_exact_on_trees(seed, seen, damping):
    factors = random_factors(seed, tree=True)
    evidence = {"v1": 1} if seen else {}
    loopy = graphical.loopy_belief_propagation(
        factors, evidence=evidence, damping=damping, tol=1e-12
    )
    Z = joint_table(factors, [], evidence)
    assert loopy.converged
    assert len(loopy.changes) < 100
    assert_close(loopy.log_partition, np.log(Z), rtol=1e-8, atol=1e-8)
    for v, p in loopy.marginals.items():
        assert_close(p, joint_table(factors, [v], evidence) / Z, rtol=1e-8, atol=1e-8)
    for belief in loopy.factor_marginals:
        expected = joint_table(factors, belief.variables, evidence) / Z
        assert_close(belief.table, expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("J", "belief"), [(0.2, 0.6477), (0.5, 0.6740), (1.0, 0.8091)])
def test_too_sure_on_a_triangle(J, belief):
    couplings = J * (1 - torch.eye(3, dtype=torch.float64))
    model = graphical.IsingModel(couplings, torch.tensor([0.3, 0.0, 0.0], dtype=torch.float64))
    loopy = graphical.loopy_belief_propagation(model.factors, steps=400)
    assert loopy.converged
    assert loopy.marginals[0][1].item() == pytest.approx(belief, abs=1e-4)
    assert model.query(0).table[1].item() == pytest.approx(1 / (1 + np.exp(-0.6)))
    if J == 1:
        assert loopy.log_partition.item() == pytest.approx(3.483939, abs=1e-4)


def test_messages_that_never_settle():
    frustrated = torch.eye(4, dtype=torch.float64) - 1
    field = torch.tensor([0.3, 0.0, 0.0, 0.0], dtype=torch.float64)
    model = graphical.IsingModel(frustrated, field)
    assert not graphical.loopy_belief_propagation(model.factors, steps=60).converged
    damped = graphical.loopy_belief_propagation(model.factors, damping=0.5)
    assert damped.converged


@pytest.mark.reference("enumeration", of="dlcore.graphical.mean_field")
@pytest.mark.reference("enumeration", of="dlcore.graphical.MeanField")
@settings(max_examples=10)
@given(st.integers(0, 10**6), st.booleans())
def test_mean_field_is_a_bound_and_a_fixed_point(seed, seen):
    factors = random_factors(seed)
    evidence = {"v1": 1} if seen else {}
    draws = torch.Generator().manual_seed(seed)
    fit = graphical.mean_field(factors, evidence=evidence, steps=500, tol=1e-13, generator=draws)
    assert fit.converged
    log_Z = np.log(joint_table(factors, [], evidence))
    assert fit.bounds[-1] <= log_Z
    assert np.diff(fit.bounds).min() > -1e-10
    names = list(fit.marginals)
    q = [fit.marginals[v].numpy() for v in names]
    joint = joint_table(factors, names, evidence)
    product = np.ones(())
    for p in q:
        product = np.multiply.outer(product, p)
    bound = (product * (np.log(joint) - np.log(product))).sum()
    assert fit.bounds[-1] == pytest.approx(bound)
    for axis, p in enumerate(q):
        others = np.moveaxis(product, axis, 0)[0] / p[0]
        scores = (np.moveaxis(np.log(joint), axis, 0) * others).reshape(len(p), -1).sum(1)
        expected = np.exp(scores - scores.max())
        assert_close(p, expected / expected.sum(), rtol=1e-4, atol=1e-6)


def test_mean_field_of_two_strong_spins():
    """The symmetric start is a saddle: m = tanh(J m) has better solutions at both sides."""
    J = torch.tensor([[0.0, 1.5], [1.5, 0.0]], dtype=torch.float64)
    factors = graphical.IsingModel(J).factors
    saddle = graphical.mean_field(factors)
    assert saddle.bounds[-1] == pytest.approx(2 * np.log(2))
    draws = torch.Generator().manual_seed(0)
    fit = graphical.mean_field(factors, steps=300, tol=1e-12, generator=draws)
    m = 2 * fit.marginals[0][1].item() - 1
    assert abs(m) == pytest.approx(0.858560, abs=1e-5)
    assert fit.bounds[-1] == pytest.approx(1.616683, abs=1e-6)


@pytest.mark.reference("enumeration", of="dlcore.graphical.gibbs_sample")
@pytest.mark.reference("enumeration", of="dlcore.graphical.GibbsRun")
@pytest.mark.parametrize("evidence", [{}, {"v2": 1}])
def test_gibbs_against_enumeration(generator, evidence):
    """Chains are independent: a frequency strays 5 standard errors once in two million times."""
    factors = random_factors(4, variables=4)
    chains = 4000
    run = graphical.gibbs_sample(
        factors, 1, chains=chains, burn_in=40, evidence=evidence, generator=generator
    )
    assert run.states.shape == (1, chains, 4 - len(evidence))
    Z = joint_table(factors, [], evidence)
    for v, states in zip(run.variables, run.states[0].T, strict=True):
        p = joint_table(factors, [v], evidence) / Z
        seen = np.bincount(states.numpy(), minlength=len(p)) / chains
        assert (np.abs(seen - p) < 5 * np.sqrt(p * (1 - p) / chains)).all()


def test_gibbs_keeps_what_it_visits(generator):
    model = graphical.IsingModel.chain(4, 0.2)
    run = graphical.gibbs_sample(model.factors, 7, chains=3, generator=generator)
    assert run.variables == model.variables
    assert run.states.shape == (7, 3, 4)
    assert set(run.states.flatten().tolist()) == {0, 1}


@pytest.mark.bad_input
def test_bad_input():
    edge = [graphical.Factor.from_table("ab", torch.eye(2))]
    for infer in (graphical.mean_field, lambda f: graphical.gibbs_sample(f, 1)):
        with pytest.raises(ValueError, match="positive everywhere"):
            infer(edge)
    with pytest.raises(ValueError, match="steps >= 1"):
        graphical.mean_field(edge, steps=0)
    with pytest.raises(ValueError, match="chains >= 1"):
        graphical.gibbs_sample(edge, 1, chains=0)
    with pytest.raises(ValueError, match=r"damping in \[0, 1\)"):
        graphical.loopy_belief_propagation(edge, damping=1.0)
    apart = [graphical.Factor.from_table("a", torch.tensor(t)) for t in ([1.0, 0.0], [0.0, 1.0])]
    with pytest.raises(ValueError, match="contradict"):
        graphical.loopy_belief_propagation(apart)
