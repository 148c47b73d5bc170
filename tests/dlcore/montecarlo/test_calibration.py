"""The proofs themselves: right samplers pass at the stated rate, wrong ones do not."""

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.montecarlo import (
    Calibration,
    InvarianceTest,
    invariance_test,
    metropolis_hastings,
    parallel_tempering,
    random_walk_metropolis,
    rank_uniformity,
    sbc_ranks,
    simulation_based_calibration,
    slice_sample,
)
from tests.dlcore.montecarlo.targets import log_posterior, prior, simulate
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.montecarlo.invariance_test")
@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.montecarlo.InvarianceTest")
def test_p_values_are_those_of_the_two_sample_test(generator):
    x = torch.randn(1001, 2, generator=generator)
    found = invariance_test(x, lambda x: x + 0.1)
    assert list(found.p_values) == ["x0", "x1", "x0 x0", "x0 x1", "x1 x1"]
    moved, rest = x[:500].numpy() + np.float32(0.1), x[500:1000].numpy()
    expected = stats.ks_2samp(moved[:, 1], rest[:, 1], method="asymp").pvalue
    assert found.p_values["x1"] == pytest.approx(expected)
    expected = stats.ks_2samp(moved.prod(1), rest.prod(1), method="asymp").pvalue
    assert found.p_values["x0 x1"] == pytest.approx(expected)


def test_false_alarms_are_no_more_frequent_than_stated(generator):
    """At a rate of 1 in 10: 150 independent tests of a right kernel."""
    alarms = 0
    for _ in range(150):
        x = torch.randn(400, 1, generator=generator)
        alarms += not invariance_test(x, lambda x: -x, false_alarm=0.1).passed
    assert stats.binomtest(alarms, 150, 0.1, alternative="greater").pvalue > 1e-4


def test_a_small_error_of_the_correlation_is_found(generator):
    x = torch.randn(20_000, 2, generator=generator)
    mix = torch.tensor([[1.0, 0.0], [0.1, 0.995]])
    assert not invariance_test(x, lambda x: x @ mix.T).passed


def test_joint_distribution_of_parameters_and_data(generator):
    """Geweke's test: data join the state, and the parameters are moved given the data."""
    theta = prior(6000, generator)
    joint = torch.cat([theta, simulate(theta, generator)], 1)

    def move(draws_given):
        def moved(x):
            chains = random_walk_metropolis(
                log_posterior(draws_given(x)), x[:, :2], 10, step_size=0.7, generator=generator
            )
            return torch.cat([chains.samples[:, -1], x[:, 2:]], 1)

        return moved

    assert invariance_test(joint, move(lambda x: x[:, 2:])).passed
    assert not invariance_test(joint, move(lambda x: x[:, 2:] + 1)).passed


@pytest.mark.reference("numpy.searchsorted", of="dlcore.montecarlo.sbc_ranks")
def test_ranks_are_places_in_the_sorted_draws(generator):
    theta = torch.randn(13, 3, generator=generator)
    samples = torch.randn(13, 7, 3, generator=generator)
    ranks = sbc_ranks(theta, samples)
    for i in range(13):
        for k in range(3):
            ordered = np.sort(samples[i, :, k].numpy())
            assert ranks[i, k] == np.searchsorted(ordered, theta[i, k].item())
    tied = sbc_ranks(torch.zeros(4000, 1), torch.zeros(4000, 3, 1), generator=generator)
    assert stats.chisquare(torch.bincount(tied[:, 0], minlength=4)).pvalue > 1e-4


@pytest.mark.reference("scipy.stats.chisquare", of="dlcore.montecarlo.rank_uniformity")
def test_uniformity_is_a_chi_square(generator):
    ranks = torch.randint(10, (500, 2), generator=generator)
    expected = [stats.chisquare(torch.bincount(r, minlength=10)).pvalue for r in ranks.T]
    assert_close(rank_uniformity(ranks, 9, bins=10), expected)
    bins = np.arange(10) * 3 // 10  # of sizes 4, 3, 3
    counts = np.bincount(bins[ranks[:, 0]], minlength=3)
    expected = stats.chisquare(counts, 500 * np.bincount(bins) / 10).pvalue
    assert rank_uniformity(ranks, 9, bins=3)[0].item() == pytest.approx(expected)


def thinned(chains):
    return chains.thin(chains.samples.shape[1] // 19).samples


def by_walk(log_prob, x, g):
    return random_walk_metropolis(log_prob, x, 19 * 20, step_size=0.9, burn_in=60, generator=g)


def by_heavy_tails(log_prob, x, g):
    def propose(x, g):
        z, u = torch.randn(2, *x.shape, generator=g, dtype=x.dtype)
        return x + 0.4 * z / u.abs().clamp(min=0.05)

    return metropolis_hastings(log_prob, x, propose, 19 * 20, burn_in=60, generator=g)


def by_slices(log_prob, x, g):
    return slice_sample(log_prob, x, 19 * 3, width=2.0, burn_in=5, generator=g)


def by_tempering(log_prob, x, g):
    betas = torch.tensor([1.0, 0.4])
    return parallel_tempering(
        log_prob, x, 19 * 20, betas=betas, step_size=0.9, burn_in=60, generator=g
    )


def calibrate(sampler, generator):
    return simulation_based_calibration(
        prior,
        simulate,
        lambda y, g: thinned(sampler(log_posterior(y), torch.zeros(len(y), 2).double(), g)),
        simulations=1000,
        generator=generator,
    )


@pytest.mark.reference("closed form", of="dlcore.montecarlo.simulation_based_calibration")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.Calibration")
@pytest.mark.parametrize("sampler", [by_walk, by_heavy_tails, by_slices, by_tempering])
def test_every_sampler_is_calibrated(sampler, generator):
    found = calibrate(sampler, generator)
    assert isinstance(found, Calibration)
    assert found.ranks.shape == (1000, 2)
    assert found.draws == 19
    assert found.passed, found.p_values


def test_a_posterior_too_narrow_or_shifted_is_not(generator):
    def narrow(log_prob, x, g):
        return by_walk(lambda t: 1.7 * log_prob(t), x, g)

    assert not calibrate(narrow, generator).passed

    def shifted(log_prob, x, g):
        return by_walk(lambda t: log_prob(t) + 0.7 * t[:, 0], x, g)

    found = calibrate(shifted, generator)
    assert found.p_values[0] < 1e-4 < found.p_values[1]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: invariance_test(torch.zeros(199, 1), torch.clone), "200 draws"),
        (lambda: invariance_test(torch.zeros(400), torch.clone), "200 draws"),
        (lambda: invariance_test(torch.zeros(400, 1), lambda x: x[:3]), "finite states"),
        (lambda: invariance_test(torch.zeros(400, 1), lambda x: x / 0), "0 finite"),
        (lambda: invariance_test(torch.zeros(400, 1), torch.clone, statistics={}), "no statistic"),
        (lambda: invariance_test(torch.zeros(400, 1), torch.clone, false_alarm=0.0), "false_alarm"),
        (lambda: sbc_ranks(torch.zeros(3, 1), torch.zeros(3, 5, 2)), "expected theta"),
        (lambda: rank_uniformity(torch.tensor([[7]]), 6), "from 0 to 6"),
        (lambda: rank_uniformity(torch.zeros(99, 1).long(), 6, bins=8), "8 bins"),
        (lambda: rank_uniformity(torch.zeros(9, 1).long(), 6, bins=7), "too few"),
        (
            lambda: simulation_based_calibration(
                prior, simulate, lambda y, g: y, simulations=3, false_alarm=1.0
            ),
            "false_alarm",
        ),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_verdicts_are_shared_among_statistics():
    assert InvarianceTest({"a": 0.006}, 0.01).passed is False
    assert InvarianceTest({"a": 0.006, "b": 0.9}, 0.01).passed is True
