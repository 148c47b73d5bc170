"""Decay and proximal steps against torch's optimizer, scikit-learn and the definition."""

import pytest
import scipy.optimize
import sklearn.linear_model
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.regularization import (
    elastic_net_penalty,
    elastic_net_prox,
    ista,
    l2_penalty,
    soft_threshold,
    weight_decay_step,
)
from tests.parity import assert_close


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


X, Y = random(101, 19), random(101, seed=1) + random(101, 19)[:, :3].sum(dim=1)


@pytest.mark.reference("torch.optim.SGD", of="dlcore.regularization.weight_decay_step")
def test_a_step_with_decay_is_that_of_torch():
    w, g = random(5, 3), random(5, 3, seed=1)
    parameter = torch.nn.Parameter(w.clone())
    parameter.grad = g.clone()
    torch.optim.SGD([parameter], lr=0.1, weight_decay=0.7).step()
    assert_close(weight_decay_step(w, g, 0.1, 0.7), parameter.data)


def test_a_step_with_decay_is_plain_descent_on_half_the_squares():
    w = random(7).requires_grad_()
    (slope,) = torch.autograd.grad(w.sin().sum() + l2_penalty(w, 0.7 / 2), w)
    assert_close(weight_decay_step(w, w.cos(), 0.1, 0.7), w - 0.1 * slope)


@pytest.mark.reference(
    "scipy.optimize.minimize_scalar", of="dlcore.regularization.elastic_net_prox"
)
@given(st.floats(-5, 5), st.floats(0, 3), st.floats(0, 3))
def test_the_proximal_map_is_a_minimizer(v, lam1, lam2):
    def cost(u):
        return 0.5 * (u - v) ** 2 + lam1 * abs(u) + lam2 * u**2

    best = scipy.optimize.minimize_scalar(cost, bounds=(-6, 6), method="bounded")
    u = elastic_net_prox(torch.tensor([v], dtype=torch.float64), lam1, lam2).item()
    assert cost(u) <= best.fun + 1e-12
    assert u == pytest.approx(best.x, abs=1e-4)


def test_the_proximal_map_without_squares_is_the_soft_threshold():
    assert torch.equal(elastic_net_prox(X, 0.3, 0.0), soft_threshold(X, 0.3))


def cost_gradient(w):
    return X.T @ (X @ w - Y) / len(X)


STEP = 1 / torch.linalg.eigvalsh(X.T @ X / len(X))[-1].item()


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.regularization.ista")
@pytest.mark.parametrize("accelerate", [False, True])
def test_ista_finds_the_lasso_with_its_zeros(accelerate):
    theirs = sklearn.linear_model.Lasso(alpha=0.3, fit_intercept=False, tol=1e-12).fit(X, Y)
    w, _ = ista(
        cost_gradient, torch.zeros(19).double(), STEP, 0.3, accelerate=accelerate, tol=1e-13
    )
    assert_close(w, theirs.coef_, rtol=1e-7, atol=1e-9)
    assert (w == 0).sum() == (theirs.coef_ == 0).sum() > 10


def test_ista_finds_the_elastic_net():
    lam1, lam2 = 0.2, 0.5
    share = lam1 / (lam1 + 2 * lam2)
    theirs = sklearn.linear_model.ElasticNet(
        alpha=lam1 + 2 * lam2, l1_ratio=share, fit_intercept=False, tol=1e-12
    ).fit(X, Y)
    w, _ = ista(cost_gradient, torch.zeros(19).double(), STEP, lam1, lam2, tol=1e-13)
    assert_close(w, theirs.coef_, rtol=1e-7, atol=1e-9)

    def cost(w):
        return (X @ w - Y).square().sum() / (2 * len(X)) + elastic_net_penalty(w, lam1, lam2)

    moved = [w + 1e-3 * random(19, seed=seed) for seed in range(2, 20)]
    assert min(cost(other) for other in moved) > cost(w)


def test_subgradient_steps_never_land_on_zero():
    w = torch.zeros(19).double()
    for _ in range(500):
        w = w - 0.1 * (cost_gradient(w) + 0.3 * w.sign())
    assert (w == 0).sum() == 0


def test_acceleration_needs_fewer_steps():
    start = torch.zeros(19).double()
    _, plain = ista(cost_gradient, start, STEP / 20, 0.01)
    _, fast = ista(cost_gradient, start, STEP / 20, 0.01, accelerate=True)
    assert fast < plain / 2


@pytest.mark.bad_input
def test_bad_input():
    w = torch.zeros(3)
    with pytest.raises(ValueError, match="positive learning rate and lam >= 0, got 0 and 1"):
        weight_decay_step(w, w, 0, 1)
    with pytest.raises(ValueError, match=r"shape of the weights \(3,\), got \(2,\)"):
        weight_decay_step(w, w[:2], 0.1, 1)
    with pytest.raises(ValueError, match="must be at least 0, got -1"):
        elastic_net_prox(w, 0.0, -1)
    with pytest.raises(ValueError, match="step must be positive, got 0"):
        ista(lambda w: w, w, 0, 1.0)
