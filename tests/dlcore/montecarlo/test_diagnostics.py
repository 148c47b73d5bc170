"""Autocorrelation, effective sample size, R-hat and errors against ArviZ and closed forms."""

import math

import numpy as np
import pytest
import torch
from arviz_stats.base import array_stats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from dlcore.montecarlo import (
    Chains,
    autocorrelation,
    effective_sample_size,
    gelman_rubin,
    mcse,
    rhat,
)
from tests.parity import assert_close

TINY = torch.tensor([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0]])


def ar1(phi, chains, draws, seed=0):
    """Stationary chains x' = phi x + N(0, 1), shape (chains, draws)."""
    z = np.random.default_rng(seed).normal(size=(chains, draws))
    z[:, 0] /= math.sqrt(1 - phi**2)
    return torch.as_tensor(lfilter([1], [1, -phi], z, axis=1))


def each(f, x, **options):
    """ArviZ's answer for every variable."""
    return [f(x[..., i].numpy(), **options) for i in range(x.shape[-1])]


@pytest.mark.reference(
    "arviz_stats.base.array_stats.ess", of="dlcore.montecarlo.effective_sample_size"
)
@pytest.mark.reference("arviz_stats.base.array_stats.rhat", of="dlcore.montecarlo.rhat")
@pytest.mark.reference("arviz_stats.base.array_stats.mcse", of="dlcore.montecarlo.mcse")
@settings(max_examples=25)
@given(
    st.integers(0, 10**6),
    st.sampled_from([-0.9, 0.0, 0.6, 0.95]),
    st.integers(1, 5),
    st.sampled_from([4, 5, 6, 7, 9, 100, 333]),
    st.booleans(),
)  # fmt: skip
def test_agrees_with_arviz(seed, phi, m, n, rounded):
    x = torch.stack([ar1(phi, m, n, seed + i) for i in range(2)], -1)
    if rounded and n > 9:
        x = x.round()  # ties
    for kind, options in [
        ("bulk", {}),
        ("mean", {}),
        ("tail", {"prob": 0.05}),
        ("quantile", {"prob": 0.3}),
    ]:
        ours = effective_sample_size(x, kind=kind, **options)
        assert_close(ours, each(array_stats.ess, x, method=kind, **options), rtol=1e-8)
    for kind, options in [("mean", {}), ("quantile", {"prob": 0.3})]:
        expected = each(array_stats.mcse, x, method=kind, **options)
        assert_close(mcse(x, kind=kind, **options), expected, rtol=1e-8)
    if m > 1:
        for kind in ("rank", "split"):
            assert_close(rhat(x, kind=kind), each(array_stats.rhat, x, method=kind), rtol=1e-8)
        assert_close(gelman_rubin(x), each(array_stats.rhat, x, method="identity"), rtol=1e-8)


@pytest.mark.reference("statsmodels.tsa.stattools.acf", of="dlcore.montecarlo.autocorrelation")
def test_autocorrelation_is_that_of_statsmodels():
    from statsmodels.tsa.stattools import acf

    x = ar1(0.8, 3, 101)
    ours = autocorrelation(x)
    assert_close(ours, np.stack([acf(row, nlags=100, fft=False) for row in x.numpy()]), atol=1e-10)
    assert_close(autocorrelation(x[1], max_lag=7), ours[1, :8])
    assert_close(ours[:, 0], np.ones(3))


@pytest.mark.parametrize("phi", [-0.5, 0.5, 0.9])
def test_value_of_an_autoregressive_chain(phi):
    x = ar1(phi, 40, 2500)
    share = effective_sample_size(x, kind="mean").item() / x.numel()
    assert share == pytest.approx((1 - phi) / (1 + phi), rel=0.1)
    assert_close(
        autocorrelation(x, max_lag=3).mean(0), phi ** torch.arange(4.0).double(), atol=0.02
    )


def test_error_of_a_standard_deviation_uses_the_squares_own_correlation():
    """Of a Gaussian chain the squares have correlations phi², positive even if phi is not."""
    for phi in (-0.9, 0.9):
        x = ar1(phi, 40, 2500)
        sigma = 1 / math.sqrt(1 - phi**2)
        expected = sigma * math.sqrt((1 + phi**2) / (1 - phi**2) / (2 * x.numel()))
        assert mcse(x, kind="sd").item() == pytest.approx(expected, rel=0.15)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.gelman_rubin")
def test_two_tiny_chains():
    assert gelman_rubin(TINY).item() == pytest.approx(1.024695, abs=1e-6)
    assert rhat(TINY, kind="split").item() == pytest.approx(1.957890, abs=1e-6)
    x = torch.randn(4, 20_000, generator=torch.Generator().manual_seed(0))
    x[0] += 3
    assert gelman_rubin(x).item() == pytest.approx(math.sqrt(1 + 9 / 4), abs=0.02)


def test_what_each_kind_sees():
    x = torch.randn(4, 1000, generator=torch.Generator().manual_seed(0)).double()
    assert rhat(x).item() < 1.01
    drift = x + torch.linspace(-1, 1, 1000)
    assert gelman_rubin(drift).item() < 1.01 < rhat(drift, kind="split").item()
    wide = x * torch.tensor([[1.0], [1.0], [1.0], [5.0]])
    assert rhat(wide, kind="split").item() < 1.01 < rhat(wide).item()
    cauchy = torch.tan(math.pi * (torch.special.ndtr(x) - 0.5))
    assert rhat(cauchy).item() == pytest.approx(rhat(x).item(), abs=1e-6)


def test_shapes_and_samples_of_samplers():
    x = torch.stack([ar1(0.5, 3, 70, seed) for seed in range(5)], -1)
    chains = Chains(x, None, torch.ones(3))
    for f in (effective_sample_size, rhat, gelman_rubin, mcse):
        assert f(x).shape == (5,)
        assert f(x[..., 0]).shape == ()
        assert torch.equal(f(chains), f(x))
        assert_close(f(x)[2], f(x[..., 2]), rtol=1e-9)


def test_stuck_chains_are_infinitely_far_apart():
    x = torch.tensor([[1.0], [2.0]]).repeat(1, 10)
    assert gelman_rubin(x).item() == math.inf
    assert rhat(x).item() == math.inf
    coin = torch.tensor([[-1.0, 1.0, 1.0, -1.0, -1.0, 1.0]] * 2)
    assert math.isfinite(rhat(coin).item())


@pytest.mark.bad_input
@pytest.mark.parametrize("f", [effective_sample_size, rhat, gelman_rubin, mcse])
def test_bad_samples(f):
    with pytest.raises(ValueError, match="all draws are the same"):
        f(torch.ones(3, 10))
    with pytest.raises(ValueError, match="finite"):
        f(torch.full((3, 10), torch.nan))
    with pytest.raises(ValueError, match="expected"):
        f(torch.ones(10))
    with pytest.raises(ValueError, match="expected"):
        f(torch.rand(3, 1))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rhat(TINY, kind="old"), "'old'"),
        (lambda: mcse(TINY, kind="old"), "'old'"),
        (lambda: effective_sample_size(TINY, kind="old"), "'old'"),
        (lambda: effective_sample_size(TINY, kind="tail", prob=0.0), "prob"),
        (lambda: rhat(torch.tensor([[0.0, 0, 1, 0, 0]] * 2)), "all draws are the same"),
        (lambda: autocorrelation(torch.ones(2, 5)), "never moves"),
        (lambda: autocorrelation(torch.rand(1)), "lag"),
        (lambda: autocorrelation(torch.arange(9)), "floating-point draws, got torch.int64"),
        (lambda: autocorrelation(torch.rand(5), max_lag=5), "lag 5"),
    ],
)
def test_bad_options(call, says):
    with pytest.raises((TypeError, ValueError), match=says):
        call()
