"""The bound on mutual information, for Gaussian pairs whose information is known."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal
from torch.nn import functional as F

from dlcore.representation import gaussian_critic, info_nce_bound
from tests.parity import assert_close


def pairs(rho, batches, k, generator):
    x, noise = torch.randn(2, batches, k, dtype=torch.float64, generator=generator)
    return x, rho * x + math.sqrt(1 - rho**2) * noise


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.representation.info_nce_bound"
)
def test_log_k_less_the_cross_entropy(generator):
    scores = torch.randn(3, 5, 5, dtype=torch.float64, generator=generator)
    expected = [math.log(5) - F.cross_entropy(s, torch.arange(5)).item() for s in scores]
    assert_close(info_nce_bound(scores), expected)
    assert_close(info_nce_bound(scores[1]), expected[1])
    assert_close(info_nce_bound(torch.full((4, 4), 7.0)), 0.0, atol=1e-6)


def by_quadrature(rho, nodes=80):
    """The expected bound of two candidates: an integral over x, its partner and the other y."""
    at, weight = (torch.from_numpy(v) for v in np.polynomial.hermite_e.hermegauss(nodes))
    weight = weight / weight.sum()
    x, noise, other = torch.meshgrid(at, at, at, indexing="ij")
    y = rho * x + math.sqrt(1 - rho**2) * noise
    given = Normal(rho * x, math.sqrt(1 - rho**2))
    ratio = [given.log_prob(v) - Normal(0, 1).log_prob(v) for v in (y, other)]
    share = torch.nn.functional.softplus(ratio[1] - ratio[0])
    return math.log(2) - torch.einsum("ijk,i,j,k->", share, weight, weight, weight).item()


@pytest.mark.reference(
    "numpy.polynomial.hermite_e.hermegauss", of="dlcore.representation.info_nce_bound"
)
@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_two_candidates_by_quadrature(rho, generator):
    values = info_nce_bound(gaussian_critic(*pairs(rho, 20000, 2, generator), rho))
    assert abs(values.mean() - by_quadrature(rho)) < 4 * values.std() / len(values) ** 0.5


@pytest.mark.reference("-log(1 - rho^2) / 2", of="dlcore.representation.info_nce_bound")
@pytest.mark.parametrize(("rho", "k"), [(0.5, 64), (0.9, 8), (0.9, 64), (0.999, 8)])
def test_more_candidates_come_nearer_and_never_above_their_logarithm(rho, k, generator):
    values = info_nce_bound(gaussian_critic(*pairs(rho, 20000 // k, k, generator), rho))
    error = values.std() / len(values) ** 0.5
    truth = -0.5 * math.log(1 - rho**2)
    assert (values <= math.log(k) + 1e-12).all()
    assert values.mean() < truth + 4 * error
    assert values.mean() > min(truth, math.log(k)) * 0.8 - 4 * error


@pytest.mark.reference("torch.distributions.Normal", of="dlcore.representation.gaussian_critic")
def test_the_best_score_is_the_log_ratio(generator):
    rho = -0.7
    x, y = pairs(rho, 2, 5, generator)
    given = Normal(rho * x[..., None], math.sqrt(1 - rho**2)).log_prob(y[..., None, :])
    assert_close(gaussian_critic(x, y, rho), given - Normal(0, 1).log_prob(y)[..., None, :])
    x, y = pairs(rho, 1, 2000, generator)
    partners = gaussian_critic(x, y, rho).diagonal(dim1=1, dim2=2)
    assert abs(partners.mean() + 0.5 * math.log(1 - rho**2)) < 4 * partners.std() / 2000**0.5


@pytest.mark.bad_input
def test_scores_that_are_not_square():
    for bad in (torch.ones(3), torch.ones(2, 3), torch.ones(0, 0)):
        with pytest.raises(ValueError, match=r"expected scores of shape \(\.\.\., k, k\)"):
            info_nce_bound(bad)
    with pytest.raises(ValueError, match="between -1 and 1"):
        gaussian_critic(torch.zeros(2), torch.zeros(2), 1.0)
    with pytest.raises(ValueError, match="one shape"):
        gaussian_critic(torch.zeros(2), torch.zeros(3), 0.5)
