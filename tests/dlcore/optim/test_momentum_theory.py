"""Momentum's roots against numpy.roots and against what momentum does on a quadratic."""

import numpy as np
import pytest
import torch

from dlcore.optim import (
    best_momentum,
    momentum_contraction_factor,
    momentum_roots,
    momentum_step,
    nesterov_step,
)
from tests.parity import assert_close

CURVATURES = torch.tensor([[0.5, 2.0], [20.0, 200.0]], dtype=torch.float64)


@pytest.mark.reference("numpy.roots", of="dlcore.optim.momentum_roots")
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("lr", [0.001, 0.005, 0.02])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_roots_of_the_polynomial(nesterov, lr, beta):
    roots = momentum_roots(lr, CURVATURES, beta, nesterov=nesterov)
    assert roots.shape == (2, 2, 2)
    for h, pair in zip(CURVATURES.flatten().tolist(), roots.reshape(-1, 2), strict=True):
        kept = 1 - lr * h
        by_hand = [1, -(1 + beta) * kept, beta * kept] if nesterov else [1, -(beta + kept), beta]
        expected = np.sort_complex(np.roots(by_hand))
        assert_close(
            torch.from_numpy(np.sort_complex(pair.numpy())), expected, rtol=1e-6, atol=1e-6
        )


@pytest.mark.reference(
    "the spectral radius of the step's matrix, numpy.linalg.eigvals",
    of="dlcore.optim.momentum_contraction_factor",
)
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("lr", [0.003, 0.009, 0.0189, 0.0191])
def test_the_factor_is_the_spectral_radius_of_a_step(nesterov, lr):
    h = torch.tensor([2.0, 200.0], dtype=torch.float64)
    factors = momentum_contraction_factor(lr, h, 0.9, nesterov=nesterov)
    for curvature, factor in zip(h.tolist(), factors.tolist(), strict=True):
        columns = []
        for state in np.eye(2):
            theta, v = (torch.tensor([s], dtype=torch.float64) for s in state)
            if nesterov:
                theta, v = nesterov_step(
                    lambda x, c=curvature: c * x, theta, v, lr=lr, momentum=0.9
                )
            else:
                theta, v = momentum_step(theta, v, curvature * theta, lr=lr, momentum=0.9)
            columns.append([theta.item(), v.item()])
        radius = abs(np.linalg.eigvals(np.array(columns).T)).max()
        assert factor == pytest.approx(radius, rel=1e-6)


def test_where_it_stops_converging():
    at = lambda lr, **how: momentum_contraction_factor(lr, torch.tensor(200.0).double(), 0.9, **how)  # noqa: E731
    assert at(0.0189) < 1 < at(0.0191)
    assert at(0.00678, nesterov=True) < 1 < at(0.0068, nesterov=True)
    assert momentum_contraction_factor(0.0101, torch.tensor(200.0), 0.0) > 1


@pytest.mark.reference("a grid of rates and momenta", of="dlcore.optim.best_momentum")
@pytest.mark.reference("a grid of rates and momenta", of="dlcore.optim.BestMomentum")
def test_no_setting_of_a_grid_is_better():
    h = torch.tensor([2.0, 200.0], dtype=torch.float64)
    best = best_momentum(torch.diag(h))
    assert tuple(best) == pytest.approx((0.016529, 0.669421, 0.818182), rel=1e-5)
    assert momentum_contraction_factor(best.lr, h, best.momentum).max().item() == pytest.approx(
        best.factor, rel=1e-6
    )
    for lr in np.linspace(0.002, 0.02, 60):
        for beta in np.linspace(0.0, 0.95, 60):
            assert momentum_contraction_factor(lr, h, beta).max() > best.factor - 1e-7


@pytest.mark.bad_input
def test_what_momentum_cannot_take():
    with pytest.raises(ValueError, match="momentum must be finite and not negative"):
        momentum_roots(0.1, torch.ones(1), -0.1)
    with pytest.raises(
        ValueError, match="H must be positive definite, its smallest eigenvalue is -1"
    ):
        best_momentum(torch.diag(torch.tensor([-1.0, 1.0])))
    with pytest.raises(ValueError, match="square"):
        best_momentum(torch.ones(2, 3))
