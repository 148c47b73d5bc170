"""Four ways of resampling: how often each draw is taken, on average and at most."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dlcore.montecarlo import (
    multinomial_resample,
    residual_resample,
    stratified_resample,
    systematic_resample,
)

WAYS = [systematic_resample, stratified_resample, multinomial_resample, residual_resample]
WEIGHTS = torch.tensor([0.0, 3.0, 0.5, 1.25, 0.0, 2.25, 0.0], dtype=torch.float64)


def counts(way, weights, size, generator):
    return torch.bincount(way(weights, size, generator=generator), minlength=len(weights))


@pytest.mark.reference("closed form", of="dlcore.montecarlo.systematic_resample")
@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any),
    st.integers(1, 50),
    st.integers(0, 2**31),
)
def test_a_comb_takes_each_within_one_of_its_share(weights, size, seed):
    w = torch.tensor(weights, dtype=torch.float64)
    taken = counts(systematic_resample, w, size, torch.Generator().manual_seed(seed))
    share = size * w / w.sum()
    assert taken.sum() == size
    assert bool(((taken - share).abs() < 1 + 1e-9).all())
    assert not bool(taken[w == 0].any())


@pytest.mark.reference("closed form", of="dlcore.montecarlo.residual_resample")
@given(st.lists(st.integers(0, 99), min_size=1, max_size=9).filter(any), st.integers(1, 50))
def test_residuals_take_each_at_least_its_whole_share(weights, size):
    w = torch.tensor(weights, dtype=torch.float64)
    taken = counts(residual_resample, w, size, torch.Generator().manual_seed(0))
    whole = torch.tensor([size * k // sum(weights) for k in weights])
    assert taken.sum() == size
    assert bool((taken >= whole).all())
    assert not bool(taken[w == 0].any())


@pytest.mark.parametrize("way", WAYS)
def test_shares_are_right_on_average(generator, way):
    repeats, size = 4000, 5
    taken = torch.stack([counts(way, WEIGHTS, size, generator) for _ in range(repeats)]).double()
    share = size * WEIGHTS / WEIGHTS.sum()
    # no way varies more than the multinomial one; 4 standard errors for each of 4 draws
    error = 4 * (share * (1 - share / size) / repeats).sqrt()
    assert bool(((taken.mean(0) - share).abs() <= error).all())


@pytest.mark.reference("scipy.stats.multinomial", of="dlcore.montecarlo.multinomial_resample")
def test_independent_choices_against_scipy(generator):
    p = np.array([0.2, 0.5, 0.3])
    taken = [counts(multinomial_resample, torch.tensor(p), 2, generator) for _ in range(2000)]
    law = stats.multinomial(2, p)
    outcomes = [(a, b, 2 - a - b) for a in range(3) for b in range(3 - a)]
    seen = [sum(tuple(t.tolist()) == outcome for t in taken) for outcome in outcomes]
    expected = [2000 * law.pmf(outcome) for outcome in outcomes]
    assert stats.chisquare(seen, expected).pvalue > 1e-4


@pytest.mark.reference("closed form", of="dlcore.montecarlo.stratified_resample")
def test_variances_of_two_equal_draws(generator):
    """Of 2 draws of weights 1/4, 3/4 the first is taken once or never, never twice."""
    w = torch.tensor([0.25, 0.75], dtype=torch.float64)
    taken = torch.stack([counts(stratified_resample, w, 2, generator)[0] for _ in range(2000)])
    assert int(taken.max()) == 1
    assert float(taken.double().mean()) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(2000))


@pytest.mark.parametrize("way", WAYS)
def test_sizes_order_and_scale(way):
    seeds = [torch.Generator().manual_seed(5) for _ in range(2)]
    chosen = way(WEIGHTS, 100, generator=seeds[0])
    assert chosen.shape == (100,)
    assert torch.equal(chosen, chosen.sort().values)
    assert torch.equal(chosen, way((1e-300 * WEIGHTS), 100, generator=seeds[1]))
    assert way(WEIGHTS).shape == (7,)
    assert way(WEIGHTS.float()).dtype == torch.int64


@pytest.mark.bad_input
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("weights", "size"),
    [
        (torch.tensor([0.5, -0.5]), 3),
        (torch.zeros(3), 3),
        (torch.tensor([1.0, torch.nan]), 3),
        (torch.tensor([1.0, torch.inf]), 3),
        (torch.zeros(0), 3),
        (torch.ones(2, 2), 3),
        (torch.ones(2), 0),
    ],
)
def test_bad_input(way, weights, size):
    with pytest.raises(ValueError, match="expected weights"):
        way(weights, size)
