"""Kalman filter against conditioning one large Gaussian on all measurements at once."""

import pytest
import scipy.stats
import torch

from dlcore import graphical
from tests.parity import assert_close

D, M, STEPS = 3, 2, 6


@pytest.fixture
def model(generator):
    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    Q, R, P = draw(D, D), draw(M, M), draw(D, D)
    kalman = graphical.KalmanFilter(draw(D, D) / 2, draw(M, D), Q @ Q.T, R @ R.T)
    return kalman, draw(STEPS, M), draw(D), P @ P.T


def joint(kalman, mean, covariance):
    """Means and covariance of all states and measurements together, states first."""
    n = STEPS * D
    A = torch.eye(n, dtype=torch.float64)
    for t in range(1, STEPS):
        A[t * D : (t + 1) * D, (t - 1) * D : t * D] = -kalman.F
    noise = torch.block_diag(
        kalman.F @ covariance @ kalman.F.T + kalman.Q, *[kalman.Q] * (STEPS - 1)
    )
    inverse = torch.linalg.inv(A)
    states = inverse @ noise @ inverse.T
    start = torch.zeros(n, dtype=torch.float64)
    start[:D] = kalman.F @ mean
    H = torch.block_diag(*[kalman.H] * STEPS)
    R = torch.block_diag(*[kalman.R] * STEPS)
    return inverse @ start, states, H, H @ states @ H.T + R


@pytest.mark.reference("conditioning a Gaussian", of="dlcore.graphical.KalmanFilter")
@pytest.mark.reference("conditioning a Gaussian", of="dlcore.graphical.KalmanRun")
@pytest.mark.reference("conditioning a Gaussian", of="dlcore.graphical.GaussianState")
@pytest.mark.parametrize("missing", [(), (0, 3)])
def test_against_one_large_gaussian(model, missing):
    kalman, Y, mean, covariance = model
    Y = Y.clone()
    Y[list(missing)] = torch.nan
    run = kalman.filter(Y, mean, covariance)
    mu, states, H, measured = joint(kalman, mean, covariance)
    for t in range(STEPS):
        seen = [i * M + j for i in range(t + 1) if i not in missing for j in range(M)]
        here = slice(t * D, (t + 1) * D)
        cross = (states @ H.T)[here][:, seen]
        S = measured[seen][:, seen]
        residual = Y.flatten()[seen] - (H @ mu)[seen]
        assert_close(run.means[t], mu[here] + cross @ torch.linalg.solve(S, residual))
        posterior = states[here, here] - cross @ torch.linalg.solve(S, cross.T)
        assert_close(run.covariances[t], posterior, rtol=1e-8, atol=1e-10)
    density = scipy.stats.multivariate_normal((H @ mu)[seen], S.numpy())
    assert run.log_likelihood == pytest.approx(density.logpdf(Y.flatten()[seen].numpy()))


def test_nothing_measured(model):
    kalman, _, mean, covariance = model
    run = kalman.filter(torch.zeros(0, M, dtype=torch.float64), mean, covariance)
    assert run.means.shape == (0, D)
    assert run.covariances.shape == (0, D, D)
    assert run.log_likelihood == 0


@pytest.mark.bad_input
def test_bad_input():
    one = torch.ones(1, 1)
    with pytest.raises(ValueError, match=r"\(1, 1\), \(1, 2\), \(1, 1\), \(1, 1\)"):
        graphical.KalmanFilter(one, torch.ones(1, 2), one, one)
    kalman = graphical.KalmanFilter(one, one, one, -10 * one)
    with pytest.raises(ValueError, match=r"\(t, 1\), got \(3, 2\)"):
        kalman.filter(torch.zeros(3, 2), torch.zeros(1), one)
    with pytest.raises(ValueError, match="not positive definite"):
        kalman.filter(torch.zeros(3, 1), torch.zeros(1), one)
