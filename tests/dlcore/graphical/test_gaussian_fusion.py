"""Fused measurements against the product of densities; the smoother against one large Gaussian."""

import numpy as np
import pytest
import scipy.stats
import torch

from dlcore import graphical
from tests.parity import assert_close

D, M, STEPS = 2, 1, 5


def spd(generator, *shape):
    A = torch.randn(*shape, shape[-1], generator=generator, dtype=torch.float64)
    return A @ A.mT + torch.eye(shape[-1], dtype=torch.float64)


@pytest.mark.reference("scipy.stats.multivariate_normal", of="dlcore.graphical.fuse_gaussians")
def test_fusion_is_the_product_of_densities(generator):
    means = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    covariances = spd(generator, 4, 3)
    fused = graphical.fuse_gaussians(means, covariances)
    points = torch.randn(5, 3, generator=generator, dtype=torch.float64).numpy()
    product = sum(
        scipy.stats.multivariate_normal(m, C).logpdf(points)
        for m, C in zip(means.numpy(), covariances.numpy(), strict=True)
    )
    density = scipy.stats.multivariate_normal(fused.mean.numpy(), fused.covariance.numpy())
    ratio = density.logpdf(points) - product
    assert_close(ratio, np.full(5, ratio[0]), rtol=1e-7)


def test_fusion_of_numbers_and_of_one():
    fused = graphical.fuse_gaussians(torch.tensor([10.0, 12.0]), torch.tensor([4.0, 1.0]))
    assert fused.mean.tolist() == pytest.approx([11.6])
    assert fused.covariance.flatten().tolist() == pytest.approx([0.8])
    mean, covariance = torch.zeros(1, 2), torch.tensor([[[2.0, 1.0], [1.0, 3.0]]])
    assert_close(graphical.fuse_gaussians(mean, covariance).covariance, covariance[0], rtol=1e-5)


@pytest.mark.reference("conditioning a Gaussian", of="dlcore.graphical.kalman_smooth")
@pytest.mark.parametrize("missing", [(), (0, 3)])
def test_smoother_against_one_large_gaussian(generator, missing):
    F = torch.randn(D, D, generator=generator, dtype=torch.float64) / 2
    H = torch.randn(M, D, generator=generator, dtype=torch.float64)
    Q, R, P = spd(generator, D), spd(generator, M), spd(generator, D)
    mean = torch.randn(D, generator=generator, dtype=torch.float64)
    Y = torch.randn(STEPS, M, generator=generator, dtype=torch.float64)
    Y[list(missing)] = torch.nan
    kalman = graphical.KalmanFilter(F, H, Q, R)
    run = graphical.kalman_smooth(kalman, Y, mean, P)

    moves = torch.eye(STEPS * D, dtype=torch.float64)
    for t in range(1, STEPS):
        moves[t * D : (t + 1) * D, (t - 1) * D : t * D] = -F
    back = torch.linalg.inv(moves)
    start = torch.cat([F @ mean, torch.zeros((STEPS - 1) * D, dtype=torch.float64)])
    prior = back @ torch.block_diag(F @ P @ F.T + Q, *[Q] * (STEPS - 1)) @ back.T
    seen = [t for t in range(STEPS) if t not in missing]
    HH = torch.block_diag(*[H] * STEPS)[[t * M + i for t in seen for i in range(M)]]
    gain = prior @ HH.T @ torch.linalg.inv(HH @ prior @ HH.T + torch.block_diag(*[R] * len(seen)))
    means = back @ start + gain @ (Y[seen].flatten() - HH @ back @ start)
    posterior = prior - gain @ HH @ prior
    assert_close(run.means.flatten(), means, rtol=1e-8, atol=1e-10)
    for t in range(STEPS):
        block = posterior[t * D : (t + 1) * D, t * D : (t + 1) * D]
        assert_close(run.covariances[t], block, rtol=1e-8, atol=1e-10)
    assert run.log_likelihood == kalman.filter(Y, mean, P).log_likelihood
    assert graphical.kalman_smooth(kalman, Y[:0], mean, P).means.shape == (0, D)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"got \(2, 3\) and \(2, 2\)"):
        graphical.fuse_gaussians(torch.zeros(2, 3), torch.zeros(2, 2))
    with pytest.raises(ValueError, match="not positive definite"):
        graphical.fuse_gaussians(torch.zeros(2), torch.tensor([1.0, -1.0]))
    zero = torch.zeros(1, 1)
    fixed = graphical.KalmanFilter(F=zero, H=zero, Q=zero, R=zero + 1)
    with pytest.raises(ValueError, match="predicted state is not positive"):
        graphical.kalman_smooth(fixed, torch.zeros(2, 1), torch.zeros(1), zero)
