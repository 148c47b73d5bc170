"""Distances of samples against SciPy, scikit-learn, torch's distributions and closed forms."""

import math

import numpy as np
import pytest
import torch
from scipy import linalg
from sklearn.metrics.pairwise import polynomial_kernel

from dlcore.generative import (
    frechet_distance,
    gaussian_frechet_distance,
    inception_score,
    kernel_inception_distance,
)
from tests.parity import assert_close


@pytest.mark.reference("scipy.linalg.sqrtm", of="dlcore.generative.gaussian_frechet_distance")
def test_distance_of_gaussians(generator):
    A, B = torch.randn(2, 4, 4, generator=generator).double()
    mean = torch.randn(2, 4, generator=generator).double()
    S, R = A @ A.T, B @ B.T
    root = np.real(linalg.sqrtm((S @ R).numpy()))
    expected = (mean[0] - mean[1]).square().sum() + S.trace() + R.trace() - 2 * np.trace(root)
    assert_close(gaussian_frechet_distance(mean[0], S, mean[1], R), expected, rtol=1e-7)
    eye = torch.eye(2).double()
    other = torch.tensor([[2.0, 0.5], [0.5, 1.0]]).double()
    found = gaussian_frechet_distance(eye[0] * 0, eye, eye[0], other)
    assert found.item() == pytest.approx(1.247842, abs=1e-6)


@pytest.mark.reference("numpy.cov", of="dlcore.generative.frechet_distance")
def test_distance_of_sets(generator):
    """Y is flat in one direction; the root's trace by the eigenvalues of the product."""
    X, Y = torch.randn(2, 30, 3, generator=generator).double()
    Y = Y * torch.tensor([1.0, 2.0, 0.0]) + 1
    S, R = (np.cov(Z.numpy().T) for Z in (X, Y))
    values = np.linalg.eigvals(S @ R)
    root = np.sqrt(np.clip(values.real, 0, None)).sum()
    gap = (X.mean(0) - Y.mean(0)).square().sum().item()
    expected = gap + np.trace(S) + np.trace(R) - 2 * root
    assert frechet_distance(X, Y).item() == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(Y, X).item() == pytest.approx(expected, rel=1e-6)
    assert abs(frechet_distance(Y, Y).item()) < 1e-6
    few = torch.randn(3, 40, generator=generator)
    assert abs(frechet_distance(few, few).item()) < 1e-3


def test_small_sets_look_worse(generator):
    """Both from the same Gaussian: the mean over repeats falls with the size."""
    means = []
    for n in (20, 200):
        X = torch.randn(30, 2, n, 5, generator=generator).double()
        means.append(np.mean([frechet_distance(*pair).item() for pair in X]))
    assert means[0] > 5 * means[1] > 0


@pytest.mark.reference(
    "sklearn.metrics.pairwise.polynomial_kernel", of="dlcore.generative.kernel_inception_distance"
)
def test_kernel_distance(generator):
    X, Y = (torch.randn(n, 4, generator=generator).double() for n in (7, 9))
    total = 0.0
    for Z in (X, Y):
        K = polynomial_kernel(Z.numpy(), degree=3)
        n = len(Z)
        total += sum(K[i, j] for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    total -= 2 * polynomial_kernel(X.numpy(), Y.numpy(), degree=3).mean()
    assert kernel_inception_distance(X, Y).item() == pytest.approx(total)
    repeats = torch.randn(300, 2, 6, 2, generator=generator).double()
    found = torch.stack([kernel_inception_distance(*pair) for pair in repeats])
    assert abs(found.mean().item()) < 4 * found.std().item() / 300**0.5
    assert found.min() < 0


@pytest.mark.reference("torch.distributions.kl_divergence", of="dlcore.generative.inception_score")
def test_inception_score(generator):
    probs = torch.randn(12, 5, generator=generator).double().softmax(1)
    kl = torch.distributions.kl_divergence(
        torch.distributions.Categorical(probs), torch.distributions.Categorical(probs.mean(0))
    )
    assert inception_score(probs).item() == pytest.approx(math.exp(kl.mean().item()))
    assert inception_score(torch.eye(10).repeat(3, 1)).item() == pytest.approx(10)
    assert inception_score(torch.eye(10)[[4, 4, 4]]).item() == pytest.approx(1)


@pytest.mark.bad_input
def test_bad_input():
    X, eye = torch.zeros(3, 2), torch.eye(2)
    with pytest.raises(ValueError, match="at least 2 examples"):
        frechet_distance(X, X[:1])
    with pytest.raises(ValueError, match="needs features"):
        kernel_inception_distance(X, torch.zeros(3, 4))
    with pytest.raises(ValueError, match=r"means \(d,\)"):
        gaussian_frechet_distance(X[0], eye, X[0], X)
    with pytest.raises(ValueError, match="sum to 1"):
        inception_score(torch.full((2, 3), 0.5))
    with pytest.raises(ValueError, match="probabilities"):
        inception_score(torch.ones(3))
