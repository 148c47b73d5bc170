"""The parts of the divergence by enumeration, and the loss against the ordinary bound."""

import math
from itertools import product

import numpy as np
import pytest
import torch

from dlcore.autoencoder import VAE
from dlcore.generative import beta_tcvae_loss, discrete_correlation_terms


def by_hand(factors, priors):
    n, sizes = len(factors[0]), [q.shape[1] for q in factors]
    cells = list(product(*map(range, sizes)))

    def joint(i, cell):
        return math.prod(q[i, s].item() for q, s in zip(factors, cell, strict=True))

    together = {cell: sum(joint(i, cell) for i in range(n)) / n for cell in cells}
    alone = [q.mean(0).tolist() for q in factors]
    prior = {c: math.prod(p[s].item() for p, s in zip(priors, c, strict=True)) for c in cells}
    kl = sum(joint(i, c) * math.log(joint(i, c) / prior[c]) for i in range(n) for c in cells)
    spread = sum(
        p * math.log(p / math.prod(a[s] for a, s in zip(alone, c, strict=True)))
        for c, p in together.items()
    )
    dimensions = sum(
        p * math.log(p / r.item())
        for a, q in zip(alone, priors, strict=True)
        for p, r in zip(a, q, strict=True)
    )
    return kl / n, spread, dimensions


@pytest.mark.reference("enumeration", of="dlcore.generative.discrete_correlation_terms")
@pytest.mark.reference("enumeration", of="dlcore.generative.CorrelationTerms")
def test_parts_by_enumeration():
    rng = np.random.default_rng(0)
    two = [torch.from_numpy(rng.dirichlet(np.ones(3), 5)) for _ in range(2)]
    three = [torch.from_numpy(rng.dirichlet(np.ones(k), 4)) for k in (2, 3, 4)]
    for factors in (two, three):
        priors = [torch.from_numpy(rng.dirichlet(np.ones(q.shape[1]))) for q in factors]
        terms = discrete_correlation_terms(factors, priors)
        kl, correlation, dimensions = by_hand(factors, priors)
        assert terms.kl.item() == pytest.approx(kl)
        assert terms.total_correlation.item() == pytest.approx(correlation)
        assert terms.dimension_kl.item() == pytest.approx(dimensions)
    terms = discrete_correlation_terms(two)
    found = [term.item() for term in terms]
    assert found == pytest.approx([0.542057, 0.030691, 0.121251], abs=1e-5)
    uneven = discrete_correlation_terms(two, [torch.tensor([0.5, 0.3, 0.2]).double()] * 2)
    found = [uneven.kl.item(), *(term.item() for term in uneven)]
    assert found == pytest.approx([0.754918, 0.542057, 0.030691, 0.182171], abs=1e-5)
    uniform = [torch.full((3,), 1 / 3).double()] * 2
    assert terms.kl.item() == pytest.approx(by_hand(two, uniform)[0])


@pytest.mark.reference("torch.distributions", of="dlcore.generative.beta_tcvae_loss")
def test_loss(generator):
    """At beta = 1 minus the bound of the drawn codes; beyond, beta - 1 times the correlation."""
    torch.manual_seed(0)
    model = VAE.mlp([3, 4, 2], likelihood="gaussian").double()
    x = torch.randn(6, 3, generator=generator).double()
    code = model.encode(x)
    z = code.sample(generator=torch.Generator().manual_seed(5))
    normal = torch.distributions.Normal(code.mu, (code.logvar / 2).exp())
    prior = torch.distributions.Normal(0.0, 1.0)
    bound = model.decoder.log_prob(x, z[None])[0] + (prior.log_prob(z) - normal.log_prob(z)).sum(1)
    losses = [
        beta_tcvae_loss(
            model, x, beta=beta, dataset_size=50, generator=torch.Generator().manual_seed(5)
        )
        for beta in (1.0, 2.0, 5.0)
    ]
    assert losses[0].item() == pytest.approx(-bound.mean().item())
    correlation = 0.0
    for i in range(6):
        each = normal.log_prob(z[i]).exp() / (6 * 50)
        correlation += (each * 300).prod(1).sum().div(300).log() - each.sum(0).log().sum()
    assert (losses[1] - losses[0]).item() == pytest.approx(correlation.item() / 6)
    assert (losses[2] - losses[0]).item() == pytest.approx(4 * correlation.item() / 6)
    losses[2].backward()
    assert all(p.grad is not None for p in model.encoder.parameters())


@pytest.mark.bad_input
def test_bad_input():
    q = torch.full((2, 3), 1 / 3)
    for factors in ([], [q, q[:1]], [2 * q]):
        with pytest.raises(ValueError, match=r"probabilities \(n, states\)"):
            discrete_correlation_terms(factors)
    with pytest.raises(ValueError, match="do not fit the factors"):
        discrete_correlation_terms([q], [q[0, :2]])
    model = VAE.mlp([3, 4, 2], likelihood="gaussian")
    with pytest.raises(ValueError, match="a dataset as large"):
        beta_tcvae_loss(model, torch.zeros(4, 3), beta=2.0, dataset_size=3)
