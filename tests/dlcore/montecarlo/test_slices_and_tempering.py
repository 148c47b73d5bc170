"""Slice sampling and tempering; invariance at a false-alarm rate of 1e-4."""

import math

import pytest
import torch
from scipy import stats

from dlcore.montecarlo import (
    TemperedChains,
    invariance_test,
    parallel_tempering,
    random_walk_metropolis,
    slice_sample,
)
from tests.dlcore.montecarlo.targets import banana, banana_draws
from tests.parity import assert_close

BETAS = torch.tensor([1.0, 0.3, 0.1, 0.03])


def two_modes(x):
    """0.3 N(-6, 1) + 0.7 N(6, 1)."""
    left, right = -((x[:, 0] + 6) ** 2) / 2, -((x[:, 0] - 6) ** 2) / 2
    return torch.logaddexp(left + math.log(0.3), right + math.log(0.7))


@pytest.mark.reference("closed form", of="dlcore.montecarlo.slice_sample")
@pytest.mark.parametrize(("width", "most"), [(0.3, 64), (3.0, 2), (20.0, 1)])
def test_slices_keep_a_banana_whatever_their_width(width, most, generator):
    found = invariance_test(
        banana_draws(6000, generator),
        lambda x: slice_sample(
            banana, x, 2, width=width, most=most, generator=generator
        ).samples[:, -1],
    )  # fmt: skip
    assert found.passed, found


def test_a_slice_that_does_not_step_out_around_the_point_is_noticed(generator):
    """The interval begins at the point instead of lying around it at random."""

    def one_sided(x):
        height = -x.abs() + torch.rand(x.shape, generator=generator, dtype=x.dtype).log()
        left, right = x.clone(), x + 1
        y = x.clone()
        waiting = torch.ones_like(x, dtype=torch.bool)
        while bool(waiting.any()):
            u = torch.rand(x.shape, generator=generator, dtype=x.dtype)
            tried = left + (right - left) * u
            inside = waiting & (-tried.abs() > height)
            y = torch.where(inside, tried, y)
            waiting &= ~inside
            right = torch.where(waiting, tried, right)
        return y

    u = torch.rand(6000, 1, generator=generator, dtype=torch.float64) - 0.5
    assert not invariance_test(-u.sign() * (1 - 2 * u.abs()).log(), one_sided).passed


def test_slices_find_a_target_from_afar(generator):
    chains = slice_sample(
        lambda x: -x[:, 0] + torch.where(x[:, 0] > 0, 0.0, -torch.inf),
        torch.full((2000, 1), 20.0, dtype=torch.float64),
        1,
        burn_in=30,
        generator=generator,
    )
    assert stats.kstest(chains.flat[:, 0].numpy(), "expon").pvalue > 1e-4
    assert_close(chains.log_prob, -chains.samples[..., 0])
    assert chains.samples.shape == (2000, 1, 1)
    assert bool((chains.evaluations > 3 * 31).all())


def test_a_density_without_slope_is_sampled_too(generator):
    flat = torch.rand(4000, 1, generator=generator)

    def box(x):
        return torch.where((x[:, 0] >= 0) & (x[:, 0] < 1), 0.0, -torch.inf)

    found = invariance_test(
        flat, lambda x: slice_sample(box, x, 1, generator=generator).samples[:, -1]
    )
    assert found.passed


@pytest.mark.reference("closed form", of="dlcore.montecarlo.parallel_tempering")
def test_tempering_weighs_modes_that_a_walk_never_leaves(generator):
    start = torch.full((200, 1), 6.0)
    run = parallel_tempering(
        two_modes, start, 1, betas=BETAS, step_size=1.5, burn_in=400, generator=generator
    )
    left = int((run.flat[:, 0] < 0).sum())
    assert stats.binomtest(left, 200, 0.3).pvalue > 1e-4
    walk = random_walk_metropolis(two_modes, start, 1, burn_in=400, generator=generator)
    assert bool((walk.flat > 0).all())
    assert run.evaluations.tolist() == [1 + 4 * 401] * 200


def test_tempering_keeps_the_target(generator):
    side = torch.where(torch.rand(8000, generator=generator) < 0.3, -6.0, 6.0)
    exact = (side + torch.randn(8000, generator=generator))[:, None]

    # all copies start alike, so it is after they have settled that the target must be kept
    def move(x):
        return parallel_tempering(
            two_modes, x, 1, betas=BETAS, step_size=1.5, burn_in=60, generator=generator
        ).samples[:, -1]

    assert invariance_test(exact, move).passed


@pytest.mark.reference("closed form", of="dlcore.montecarlo.TemperedChains")
def test_swaps_between_equal_neighbours_are_accepted_as_they_should(generator):
    """The ratio exceeds 1 where |hot| < |cold|; as for any exchange, twice that is the rate."""
    run = parallel_tempering(
        lambda x: -(x[:, 0] ** 2) / 2,
        torch.zeros(400, 1),
        200,
        betas=torch.tensor([1.0, 0.25]),
        step_size=2.0,
        burn_in=20,
        generator=generator,
    )
    expected = 4 / math.pi * math.atan(math.sqrt(0.25))
    assert isinstance(run, TemperedChains)
    assert run.swap_rate.tolist() == [pytest.approx(expected, abs=0.02)]
    assert run.acceptance_rate.shape == (400,)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("betas", "step_size", "says"),
    [
        (torch.tensor([1.0]), 1.0, "fall from 1"),
        (torch.tensor([0.9, 0.5]), 1.0, "fall from 1"),
        (torch.tensor([1.0, 0.5, 0.5]), 1.0, "fall from 1"),
        (torch.tensor([1.0, 0.0]), 1.0, "stay positive"),
        (BETAS, 0.0, "step_size"),
    ],
)
def test_bad_ladders(betas, step_size, says):
    with pytest.raises(ValueError, match=says):
        parallel_tempering(two_modes, torch.zeros(2, 1), 3, betas=betas, step_size=step_size)


@pytest.mark.bad_input
def test_bad_slices():
    for bad in ({"width": 0.0}, {"most": 0}):
        with pytest.raises(ValueError, match="width"):
            slice_sample(two_modes, torch.zeros(2, 1), 3, **bad)
    with pytest.raises(ValueError, match="target is 0"):
        slice_sample(lambda x: x[:, 0].log(), torch.zeros(2, 1), 3)
