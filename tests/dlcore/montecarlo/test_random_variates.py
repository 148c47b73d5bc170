"""Draws of a density against its distribution function, by Kolmogorov and Smirnov's test."""

import math

import pytest
import torch
from scipy import stats

from dlcore.montecarlo import Rejected, inverse_transform_sample, rejection_sample
from dlcore.probability import MultivariateNormal, Normal, Uniform

F64 = torch.float64
# each test rejects a right sampler with this probability; once for all, since seeded
FALSE_ALARM = 1e-4


def beta_log_prob(x):
    return (x * (1 - x).square()).log()


UNIT = Uniform(torch.zeros((), dtype=F64), 1.0)


@pytest.mark.reference("scipy.stats.kstest", of="dlcore.montecarlo.inverse_transform_sample")
@pytest.mark.parametrize("family", [stats.expon, stats.cauchy, stats.logistic, stats.norm])
def test_quantiles_of_uniform_numbers(generator, family):
    x = inverse_transform_sample(
        lambda u: torch.from_numpy(family.ppf(u.numpy())), (50, 100), generator=generator
    )
    assert x.shape == (50, 100)
    assert stats.kstest(x.flatten().numpy(), family.cdf).pvalue > FALSE_ALARM


def test_the_end_of_the_line_is_never_hit():
    zero = torch.zeros(3, dtype=torch.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "rand", lambda *args, **kwargs: zero)
        assert inverse_transform_sample(torch.log, (3,), dtype=torch.float32).isfinite().all()


@pytest.mark.reference("scipy.stats.beta", of="dlcore.montecarlo.rejection_sample")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.Rejected")
def test_beta_below_a_box(generator):
    found = rejection_sample(beta_log_prob, UNIT, math.log(4 / 27), 4000, generator=generator)
    assert found.samples.shape == (4000,)
    assert stats.kstest(found.samples.numpy(), stats.beta(2, 3).cdf).pvalue > FALSE_ALARM
    # the area 1/12 below the curve over that of the box; 4 standard errors of a binomial share
    rate = 27 / 4 / 12
    error = 4 * math.sqrt(rate * (1 - rate) / found.proposals)
    assert found.acceptance_rate == pytest.approx(rate, abs=error)


def test_a_looser_bound_costs_proposals_and_nothing_else(generator):
    tight = rejection_sample(beta_log_prob, UNIT, math.log(4 / 27), 2000, generator=generator)
    loose = rejection_sample(beta_log_prob, UNIT, math.log(1.0), 2000, generator=generator)
    assert loose.proposals / tight.proposals == pytest.approx(27 / 4, rel=0.15)
    assert stats.ks_2samp(loose.samples.numpy(), tight.samples.numpy()).pvalue > FALSE_ALARM


def test_vectors(generator):
    wide = MultivariateNormal(torch.zeros(2, dtype=F64), 4 * torch.eye(2, dtype=F64))
    ring = rejection_sample(
        lambda x: torch.where(x.square().sum(-1) < 1, 0.0, -torch.inf),
        wide,
        math.log(8 * math.pi) + 1 / 8,
        500,
        generator=generator,
    )
    assert ring.samples.shape == (500, 2)
    radius = ring.samples.square().sum(-1)
    assert stats.kstest(radius.numpy(), stats.uniform.cdf).pvalue > FALSE_ALARM


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: inverse_transform_sample(torch.sum, (3,)), r"shape \(3,\), it gave \(\)"),
        (lambda: rejection_sample(beta_log_prob, UNIT, 0.0, 0), "at least 1 draw, got 0"),
        (
            lambda: rejection_sample(beta_log_prob, UNIT, -10.0, 9),
            "the target exceeds its bound",
        ),
        (
            lambda: rejection_sample(lambda x: x[:, None], UNIT, 1.0, 9),
            r"must give \(25,\) for \(25,\), got \(25, 25\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
def test_giving_up():
    with pytest.raises(RuntimeError, match=r"only 0 of \d+ proposals were accepted"):
        rejection_sample(Normal(0.0, 1.0).log_prob, UNIT, 100.0, 9, most_proposals=1000)
    assert Rejected(torch.zeros(2), 8).acceptance_rate == 0.25
