"""Importance sampling against tail probabilities, second moments of weights and their ESS."""

import math

import pytest
import torch
from scipy import stats

from dlcore.montecarlo import (
    ImportanceEstimate,
    importance_sampling,
    self_normalized_importance_sampling,
)
from dlcore.probability import MultivariateNormal, Normal
from tests.parity import assert_close

F64 = torch.float64
ZERO = torch.zeros((), dtype=F64)
TARGET = Normal(ZERO, 1.0)
# a right estimate is off by more than four standard errors with probability 6e-5
SIGMAS = 4


def near(found, truth):
    error = SIGMAS * found.standard_error
    assert bool(((found.estimate - torch.as_tensor(truth)).abs() <= error).all())


@pytest.mark.reference("scipy.stats.norm.sf", of="dlcore.montecarlo.importance_sampling")
def test_rare_event(generator):
    found = importance_sampling(
        lambda x: x > 4, TARGET.log_prob, Normal(ZERO + 4, 1.0), 20_000, generator=generator
    )
    near(found, stats.norm.sf(4))
    assert float(found.variance) == pytest.approx(4.524947e-9, rel=0.1)
    assert (found.n, found.dof) == (20_000, 19_999)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.ImportanceEstimate")
@pytest.mark.parametrize(("sigma", "moment"), [(2.0, 1.511858), (1.5, 1.202676), (1.0, 1.0)])
def test_second_moment_of_the_weights(generator, sigma, moment):
    found = importance_sampling(
        torch.square, TARGET.log_prob, Normal(ZERO, sigma), 20_000, generator=generator
    )
    near(found, 1.0)
    assert float(found.ess) / 20_000 == pytest.approx(1 / moment, rel=0.03)
    assert float(found.log_normalizer) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_every_dimension_costs(generator, d):
    def normal(shift):
        mean = torch.full((d,), shift, dtype=F64)
        return MultivariateNormal(mean, torch.eye(d, dtype=F64))

    found = self_normalized_importance_sampling(
        lambda x: x, normal(0.5).log_prob, normal(0.0), 20_000, generator=generator
    )
    near(found, torch.full((d,), 0.5, dtype=F64))
    assert float(found.ess) / 20_000 == pytest.approx(math.exp(-d / 4), rel=0.1)


@pytest.mark.reference(
    "scipy.stats.norm", of="dlcore.montecarlo.self_normalized_importance_sampling"
)
@pytest.mark.parametrize("offset", [-1000.0, 0.0, 1000.0])
def test_constants_cancel(offset):
    found = self_normalized_importance_sampling(
        torch.square,
        lambda x: offset - 2 * (x - 1).square(),
        Normal(ZERO, 2.0),
        10_000,
        generator=torch.Generator().manual_seed(2),
    )
    near(found, 1.25)
    expected = offset + math.log(math.pi / 2) / 2
    assert float(found.log_normalizer) == pytest.approx(expected, abs=0.06)


def test_error_by_the_delta_method(generator):
    """The standard error says how much 400 estimates from 500 draws really spread."""
    found = [
        self_normalized_importance_sampling(
            torch.square, TARGET.log_prob, Normal(ZERO, 1.5), 500, generator=generator
        )
        for _ in range(400)
    ]
    spread = torch.stack([one.estimate for one in found]).std()
    claimed = torch.stack([one.standard_error for one in found]).square().mean().sqrt()
    # the standard deviation of 400 numbers is known to 3.5 %
    assert float(spread / claimed) == pytest.approx(1, abs=0.15)


def test_a_half_line_as_target(generator):
    found = importance_sampling(
        torch.log,
        lambda x: torch.where(x > 0, -x, -torch.inf),
        Normal(ZERO, 3.0),
        20_000,
        generator=generator,
    )
    near(found, -0.5772156649)
    assert bool((found.log_weights == -torch.inf).any())
    same = self_normalized_importance_sampling(
        torch.log,
        lambda x: torch.where(x > 0, -x, -torch.inf),
        Normal(ZERO, 3.0),
        20_000,
        generator=generator,
    )
    near(same, -0.5772156649)


def test_plain_monte_carlo_where_both_are_one():
    draws = TARGET.sample((50,), generator=torch.Generator().manual_seed(0))
    for method in (importance_sampling, self_normalized_importance_sampling):
        found = method(
            torch.exp, TARGET.log_prob, TARGET, 50, generator=torch.Generator().manual_seed(0)
        )
        assert_close(found.estimate, draws.exp().mean())
        assert_close(found.standard_error, draws.exp().std() / math.sqrt(50))


@pytest.mark.bad_input
@pytest.mark.parametrize("method", [importance_sampling, self_normalized_importance_sampling])
def test_bad_input(method):
    with pytest.raises(ValueError, match="at least 2 draws, got 1"):
        method(torch.exp, TARGET.log_prob, TARGET, 1)
    with pytest.raises(ValueError, match=r"must give \(9,\) for draws \(9,\), got \(9, 9\)"):
        method(torch.exp, lambda x: x[:, None], TARGET, 9)
    with pytest.raises(ValueError, match="largest log-weight must be finite"):
        method(torch.exp, lambda x: x * 0 - torch.inf, TARGET, 9)
    with pytest.raises(ValueError, match=r"one value a draw, \(9,\) gave \(\)"):
        method(torch.sum, TARGET.log_prob, TARGET, 9)
    with pytest.raises(ValueError, match="without its weights"):
        ImportanceEstimate(ZERO, ZERO, 2).ess  # noqa: B018


@pytest.mark.bad_input
def test_weights_that_overflow(generator):
    def huge(x):
        return TARGET.log_prob(x) + 1000

    with pytest.raises(ArithmeticError, match="the mean is not finite"):
        importance_sampling(torch.exp, huge, TARGET, 9, generator=generator)
    with pytest.raises(ArithmeticError, match="the mean is not finite"):
        self_normalized_importance_sampling(
            torch.log, TARGET.log_prob, TARGET, 50, generator=generator
        )
