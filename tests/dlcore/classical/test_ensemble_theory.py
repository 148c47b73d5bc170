"""Votes against SciPy's binomials; bias and variance against closed forms."""

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.classical import bias_variance, majority_vote_error
from dlcore.probability import hoeffding_bound


@pytest.mark.reference("scipy.stats.binom.sf", of="dlcore.classical.majority_vote_error")
@pytest.mark.parametrize("p", [0.0, 0.1, 0.4, 0.45, 0.6, 1.0])
@pytest.mark.parametrize("B", [1, 5, 25, 101, 1001])
def test_independent_errors(p, B):
    expected = scipy.stats.binom.sf(B // 2, B, p)
    assert majority_vote_error(p, B) == pytest.approx(expected, rel=1e-7)
    if p < 0.5:
        bound = float(hoeffding_bound(B, torch.tensor(0.5 - p, dtype=torch.float64))) / 2
        assert majority_vote_error(p, B) <= bound or bound == 0.5


def test_ties_need_a_rule():
    errors = [majority_vote_error(0.4, 2, ties=t) for t in (0, 0.5, 1)]
    assert errors == pytest.approx([0.16, 0.4, 0.64])


@given(st.floats(0.05, 0.95), st.integers(1, 40), st.floats(0.05, 0.9))
def test_correlated_errors(p, B, rho):
    total = 1 / rho - 1
    vote = scipy.stats.betabinom(B, p * total, (1 - p) * total)
    expected = vote.sf(B // 2) + (0.5 * vote.pmf(B // 2) if B % 2 == 0 else 0)
    assert majority_vote_error(p, B, correlation=rho) == pytest.approx(expected, rel=1e-6)


def test_correlation_leaves_an_error_that_no_number_of_models_removes():
    limit = scipy.stats.beta.sf(0.5, 0.4 * 4, 0.6 * 4)
    assert majority_vote_error(0.4, 20_001, correlation=0.2) == pytest.approx(limit, abs=1e-4)
    assert limit == pytest.approx(0.3276, abs=1e-4)


@pytest.mark.reference("closed form", of="dlcore.classical.bias_variance")
@pytest.mark.reference("closed form", of="dlcore.classical.BiasVariance")
def test_shrunken_mean():
    """c times the mean of n targets around m has bias (1 - c) m and variance c² σ²/n."""
    m, sigma, n, c, R = 2.0, 1.5, 9, 0.7, 4000

    def draw(generator):
        y = m + sigma * torch.randn(n, generator=generator, dtype=torch.float64)
        return torch.zeros(n, 1), y

    def shrunken(X, y, new):
        return (c * y.mean()).expand(len(new))

    truth = torch.full((3,), m, dtype=torch.float64)
    parts = bias_variance(shrunken, draw, torch.zeros(3, 1), truth, noise=sigma, repetitions=R)
    variance = c**2 * sigma**2 / n
    assert parts.variance == pytest.approx(variance, abs=4 * variance * (2 / R) ** 0.5)
    bias = (1 - c) * m
    assert parts.bias_squared == pytest.approx(bias**2, abs=4 * 2 * bias * (variance / R) ** 0.5)
    assert parts.noise == sigma**2
    assert parts.error == pytest.approx(parts.bias_squared + parts.variance + parts.noise)


def test_variance_of_nearest_neighbours_falls_as_one_over_k():
    x = torch.linspace(0, 1, 64)[:, None]

    def draw(generator):
        return x, torch.randn(64, generator=generator, dtype=torch.float64)

    for k in (1, 4, 16):

        def neighbours(X, y, new, k=k):
            return y[torch.cdist(new, X).topk(k, largest=False).indices].mean(1)

        parts = bias_variance(
            neighbours, draw, x, torch.zeros(64, dtype=torch.float64), repetitions=300
        )
        assert parts.variance == pytest.approx(1 / k, rel=0.25)
        assert abs(parts.bias_squared) < 0.02


@pytest.mark.bad_input
def test_bad_input():
    for wrong in (
        (1.5, 3, {}),
        (0.4, 0, {}),
        (0.4, 3, {"correlation": 1.0}),
        (0.4, 2, {"ties": 2}),
    ):
        with pytest.raises(ValueError, match="majority_vote_error"):
            majority_vote_error(*wrong[:2], **wrong[2])
    point, zero = torch.zeros(1, 1), torch.zeros(1)

    def draw(generator):
        return point, zero

    with pytest.raises(ValueError, match="2 repetitions"):
        bias_variance(lambda X, y, new: y, draw, point, zero, repetitions=1)
    with pytest.raises(ValueError, match=r"shape \(1,\), got \(2,\)"):
        bias_variance(lambda X, y, new: np.zeros(2), draw, point, zero)
