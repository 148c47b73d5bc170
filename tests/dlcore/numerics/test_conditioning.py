"""Errors and their amplification against condition numbers of NumPy and scikit-learn's scaling."""

import numpy as np
import pytest
import sklearn.preprocessing
import torch

from dlcore.linalg import ConvergenceWarning
from dlcore.numerics import (
    error_amplification,
    iterative_refinement,
    jacobi_preconditioner,
    standardize,
    worst_perturbation,
)
from tests.parity import assert_close

NEARLY_SINGULAR = torch.tensor([[1.0, 0.99], [0.99, 1.0]], dtype=torch.float64)


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def hilbert(n):
    i = torch.arange(n, dtype=torch.float64)
    return 1 / (i[:, None] + i + 1)


@pytest.mark.reference("numpy.linalg.cond", of="dlcore.numerics.error_amplification")
@pytest.mark.reference("numpy.linalg.cond", of="dlcore.numerics.worst_perturbation")
@pytest.mark.parametrize("A", [NEARLY_SINGULAR, random(5, 5), hilbert(5)], ids=["2", "5", "H"])
def test_the_bound_is_reached_and_never_passed(A):
    kappa = np.linalg.cond(A.numpy())
    b, delta = worst_perturbation(A)
    assert error_amplification(A, b, 1e-3 * delta).item() == pytest.approx(kappa, rel=1e-6)
    factors = error_amplification(A, random(len(A), seed=1), random(997, len(A), seed=2))
    assert factors.shape == (997,)
    assert (factors <= kappa * (1 + 1e-9)).all()


def test_worked_example():
    ones, delta = torch.ones(2).double(), torch.tensor([1.0, -1]).double()
    assert error_amplification(NEARLY_SINGULAR, ones, delta).item() == pytest.approx(199)
    assert error_amplification(2 * torch.eye(2).double(), ones, delta).item() == pytest.approx(1)


@pytest.mark.reference(
    "numpy.linalg.cond before and after", of="dlcore.numerics.jacobi_preconditioner"
)
def test_jacobi():
    scales = torch.tensor([1.0, 10, 1000, 0.01, 5]).double()
    M = random(5, 5)
    B = M @ M.T + 5 * torch.eye(5).double()
    A = scales[:, None] * B * scales
    d = jacobi_preconditioner(A)
    scaled = d[:, None] * A * d
    assert_close(scaled.diagonal(), torch.ones(5))
    assert np.linalg.cond(scaled) < 5 * np.linalg.cond(B) < 1e-4 * np.linalg.cond(A)


@pytest.mark.reference("sklearn.preprocessing.StandardScaler", of="dlcore.numerics.standardize")
@pytest.mark.reference("sklearn.preprocessing.StandardScaler", of="dlcore.numerics.Standardized")
def test_standardize():
    X = random(7, 5) * torch.tensor([1.0, 1e3, 1e-3, 1, 1]).double() + 3
    X[:, 4] = 0.1
    scaler = sklearn.preprocessing.StandardScaler().fit(X.numpy())
    ours = standardize(X)
    assert_close(ours.mean, scaler.mean_)
    assert_close(ours.scale, scaler.scale_)
    assert_close(ours.X, scaler.transform(X.numpy()), atol=1e-9)
    assert standardize(X.float()).X.dtype == torch.float32


@pytest.mark.reference("numpy.linalg.solve", of="dlcore.numerics.iterative_refinement")
@pytest.mark.reference("numpy.linalg.solve", of="dlcore.numerics.Refinement")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_refinement(dtype):
    A, x = random(23, 23) + 5 * torch.eye(23).double(), random(23, seed=1)
    b = A @ x
    result = iterative_refinement(A, b, dtype=dtype)
    assert result.converged
    assert_close(result.x, np.linalg.solve(A.numpy(), b.numpy()), rtol=1e-10)
    assert result.residuals[-1] <= 23 * torch.finfo(torch.float64).eps
    if dtype == torch.float32:
        assert 1e-8 < result.residuals[0] < 1e-4
    assert not iterative_refinement(A, 0 * b).x.any()


def test_refinement_cannot_help_beyond_its_precision():
    A = hilbert(10)
    with pytest.warns(ConvergenceWarning, match="iterative_refinement: no convergence after 3"):
        iterative_refinement(A, A.sum(1), max_steps=2, rtol=0.0)


@pytest.mark.bad_input
def test_bad_input():
    A, b = torch.eye(3), torch.ones(3)
    with pytest.raises(ValueError, match="b and delta other than zero"):
        error_amplification(A, b, torch.zeros(3))
    for f in (
        lambda b: error_amplification(A, b, torch.ones(3)),
        lambda b: iterative_refinement(A, b),
    ):
        with pytest.raises(ValueError, match=r"got \(3, 3\)"):
            f(torch.ones(2))
    with pytest.raises(ValueError, match="its smallest entry is -1"):
        jacobi_preconditioner(-A)
    with pytest.raises(ValueError, match=r"examples \(n, d\), got shape \(0, 3\)"):
        standardize(torch.ones(0, 3))
    for f in (worst_perturbation, jacobi_preconditioner):
        with pytest.raises(ValueError, match=r"square matrix .* got shape \(2, 3\)"):
            f(torch.ones(2, 3))
