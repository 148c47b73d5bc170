"""BFGS, L-BFGS and their line search against dense algebra, SciPy and torch."""

import copy
import math

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from dlcore.linalg import ConvergenceWarning, NotPositiveDefiniteError
from dlcore.optim import LBFGS, bfgs, bfgs_update, lbfgs, lbfgs_two_loop, strong_wolfe
from tests.parity import assert_close


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def vector(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def spd(n, seed=0):
    M = torch.randn(n, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return M @ M.T + 0.1 * torch.eye(n, dtype=torch.float64)


def pairs_of_a_quadratic(n, count, seed=0):
    """Steps and changes of the gradient, as some run on a quadratic would leave them."""
    steps = torch.randn(
        count, n, generator=torch.Generator().manual_seed(seed + 1), dtype=torch.float64
    )
    return list(steps), list(steps @ spd(n, seed))


def along(f, x, d):
    def evaluate(t):
        at = (x + t * d).requires_grad_()
        value = f(at)
        return value.detach(), torch.autograd.grad(value, at)[0]

    return evaluate


@pytest.mark.reference("the secant condition Hy = s", of="dlcore.optim.bfgs_update")
@given(n=st.integers(1, 6), seed=st.integers(0, 100))
def test_the_update_maps_the_change_to_the_step(n, seed):
    H = spd(n, seed)
    (s,), (y,) = pairs_of_a_quadratic(n, 1, seed + 1)
    new = bfgs_update(H, s, y)
    assert_close(new @ y, s, rtol=1e-6, atol=1e-8)
    assert_close(new, new.T)
    assert torch.linalg.eigvalsh(new).min() > 0


@pytest.mark.reference("scipy.optimize.BFGS", of="dlcore.optim.bfgs_update")
def test_the_update_is_scipys():
    theirs = scipy.optimize.BFGS(init_scale=1.0)
    theirs.initialize(4, "inv_hess")
    H = torch.eye(4, dtype=torch.float64)
    for s, y in zip(*pairs_of_a_quadratic(4, 6), strict=True):
        theirs.update(s.numpy(), y.numpy())
        H = bfgs_update(H, s, y)
    assert_close(H, theirs.get_matrix(), rtol=1e-8)


@pytest.mark.reference("dense products by numpy.linalg", of="dlcore.optim.lbfgs_two_loop")
def test_two_loops_are_the_dense_product():
    n, count = 7, 5
    steps, changes = pairs_of_a_quadratic(n, count)
    g = torch.linspace(-1, 2, n, dtype=torch.float64)
    H = 0.3 * np.eye(n)
    for s, y in zip(steps, changes, strict=True):
        rho, eye = 1 / (y @ s).item(), np.eye(n)
        V = eye - rho * np.outer(y, s)
        H = V.T @ H @ V + rho * np.outer(s, s)
    assert_close(lbfgs_two_loop(g, steps, changes, scale=0.3), H @ g.numpy(), rtol=1e-9)
    gamma = steps[-1] @ changes[-1] / (changes[-1] @ changes[-1])
    assert_close(
        lbfgs_two_loop(g, steps, changes), lbfgs_two_loop(g, steps, changes, scale=gamma.item())
    )


@pytest.mark.reference("scipy.optimize.LbfgsInvHessProduct", of="dlcore.optim.lbfgs_two_loop")
def test_two_loops_are_scipys_inverse_hessian():
    steps, changes = pairs_of_a_quadratic(5, 3)
    product = scipy.optimize.LbfgsInvHessProduct(
        torch.stack(steps).numpy(), torch.stack(changes).numpy()
    )
    g = vector(1, -2, 0, 3, 5)
    assert_close(lbfgs_two_loop(g, steps, changes, scale=1.0), product @ g.numpy())


def test_without_pairs_the_product_is_the_gradient():
    assert lbfgs_two_loop(vector(1, 2), [], []).tolist() == [1, 2]
    assert lbfgs_two_loop(vector(1, 2), [], [], scale=0.5).tolist() == [0.5, 1]


@pytest.mark.reference("Wolfe's two inequalities", of="dlcore.optim.strong_wolfe")
@pytest.mark.reference("Wolfe's two inequalities", of="dlcore.optim.WolfeStep")
@pytest.mark.parametrize("first", [1e-4, 0.1, 1.0, 100.0])
@pytest.mark.parametrize("c2", [0.9, 0.1])
def test_what_is_returned_meets_both_of_wolfes_rules(first, c2):
    x = vector(-1.2, 1)
    value, g = along(rosenbrock, x, torch.zeros(2))(0.0)
    found = strong_wolfe(along(rosenbrock, x, -g), -g, value, g, step=first, c2=c2)
    slope = -(g @ g).item()
    assert found.converged
    assert found.value <= value + 1e-4 * found.step * slope
    assert abs(found.slope) <= c2 * abs(slope)
    assert found.value == rosenbrock(x - found.step * g).item()
    assert_close(found.slope, -(found.gradient @ g))


@pytest.mark.reference("scipy.optimize.line_search", of="dlcore.optim.strong_wolfe")
def test_scipy_finds_the_same_interval_acceptable():
    x = vector(-1.2, 1)
    value, g = along(rosenbrock, x, torch.zeros(2))(0.0)
    found = strong_wolfe(along(rosenbrock, x, -g), -g, value, g, c2=1e-3)
    alpha = scipy.optimize.line_search(
        scipy.optimize.rosen, scipy.optimize.rosen_der, x.numpy(), -g.numpy(), c2=1e-3
    )[0]
    assert found.step == pytest.approx(alpha, rel=0.02)


def test_where_f_is_not_finite_the_step_is_shortened():
    def f(x):
        return -torch.log(1 - x).sum() - 3 * x.sum()

    value, g = along(f, vector(0), torch.zeros(1))(0.0)
    assert not f(vector(0) - 10 * g).isfinite()
    found = strong_wolfe(along(f, vector(0), -g), -g, value, g, step=10.0, c2=0.1)
    assert found.converged
    assert found.step == pytest.approx(1 / 3, abs=0.1)


def test_a_function_without_a_bottom_ends_the_search():
    x, d = vector(0), vector(1)
    found = strong_wolfe(along(lambda x: -x.sum(), x, d), d, 0.0, vector(-1), max_evaluations=6)
    assert not found.converged
    assert found.evaluations == 6
    assert found.value < 0


@pytest.mark.reference("scipy.optimize.minimize(method='BFGS')", of="dlcore.optim.bfgs")
@pytest.mark.reference("scipy.optimize.minimize(method='BFGS')", of="dlcore.optim.QuasiNewton")
@pytest.mark.parametrize("n", [2, 5])
def test_bfgs_on_rosenbrocks_valley(n):
    start = np.tile([-1.2, 1.0], 3)[:n]
    ours = bfgs(rosenbrock, torch.tensor(start))
    theirs = scipy.optimize.minimize(
        scipy.optimize.rosen, start, jac=scipy.optimize.rosen_der, method="BFGS", tol=1e-9
    )
    assert ours.converged
    assert_close(ours.x, theirs.x, atol=1e-6)
    assert ours.steps <= 2 * theirs.nit
    assert (ours.values.diff() <= 0).all()
    assert ours.path.shape == (ours.steps + 1, n)
    assert_close(ours.values[-1], scipy.optimize.rosen(ours.x.numpy()), atol=1e-15)


def test_bfgs_learns_the_inverse_hessian_of_a_quadratic():
    A, b = spd(4), vector(1, 2, 3, 4)
    found = bfgs(lambda x: x @ A @ x / 2 - b @ x, torch.zeros(4, dtype=torch.float64), tol=1e-7)
    assert_close(found.x, torch.linalg.solve(A, b), rtol=1e-6)
    assert_close(found.inverse_hessian, torch.linalg.inv(A), rtol=1e-2, atol=1e-2)


@pytest.mark.reference("scipy.optimize.minimize(method='L-BFGS-B')", of="dlcore.optim.lbfgs")
@pytest.mark.parametrize("history_size", [1, 3, 20])
def test_lbfgs_on_rosenbrocks_valley(history_size):
    start = torch.zeros(10, dtype=torch.float64)
    ours = lbfgs(rosenbrock, start, history_size=history_size, max_steps=500)
    theirs = scipy.optimize.minimize(
        scipy.optimize.rosen, start.numpy(), jac=scipy.optimize.rosen_der, method="L-BFGS-B",
        options={"ftol": 0, "gtol": 1e-9},
    )  # fmt: skip
    assert ours.converged
    assert_close(ours.x, theirs.x, atol=1e-5)


def test_any_shape_and_single_precision():
    target = torch.arange(6.0).reshape(2, 3)
    for minimize in (bfgs, lbfgs):
        found = minimize(lambda x: ((x - target) ** 2).sum(), torch.zeros(2, 3), tol=1e-4)
        assert (found.x.dtype, found.x.shape) == (torch.float32, (2, 3))
        assert_close(found.x, target, rtol=1e-4, atol=1e-4)


def minimize_by(optimizer_class, f, start, calls, **options):
    x = start.clone().requires_grad_()
    optimizer = optimizer_class([x], **options)
    seen, evaluations = [], 0

    def closure():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        loss = f(x)
        loss.backward()
        return loss

    for _ in range(calls):
        optimizer.step(closure)
        seen.append(x.detach().clone())
    return torch.stack(seen), evaluations


@pytest.mark.reference("torch.optim.LBFGS", of="dlcore.optim.LBFGS")
@pytest.mark.parametrize("history_size", [1, 3, 100])
@pytest.mark.parametrize("n", [2, 6])
def test_the_trajectory_is_torchs(history_size, n):
    options = {
        "lr": 1.0,
        "max_iter": 4,
        "max_eval": 100,
        "history_size": history_size,
        "line_search_fn": "strong_wolfe",
    }
    start = torch.tensor(np.tile([-1.2, 1.0], 3)[:n])
    ours = minimize_by(LBFGS, rosenbrock, start, 6, **options)
    theirs = minimize_by(torch.optim.LBFGS, rosenbrock, start, 6, **options)
    assert_close(ours[0], theirs[0], rtol=1e-7, atol=1e-9)
    assert ours[1] == theirs[1]


@pytest.mark.reference("torch.optim.LBFGS", of="dlcore.optim.LBFGS")
def test_the_trajectory_is_torchs_without_line_search():
    A = spd(5)
    start = torch.ones(5, dtype=torch.float64)
    for options in ({"lr": 0.5, "max_iter": 3}, {"lr": 1.0}, {"max_iter": 1}, {"max_eval": 2}):
        ours = minimize_by(LBFGS, lambda x: x @ A @ x, start, 4, **options)
        theirs = minimize_by(torch.optim.LBFGS, lambda x: x @ A @ x, start, 4, **options)
        assert_close(ours[0], theirs[0], rtol=1e-7, atol=1e-9)
        assert ours[1] == theirs[1]


def network_and_closure(optimizer_class, state=None, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)).double()
    X = torch.randn(20, 3, dtype=torch.float64)
    y = X[:, :2].sin()
    if state is not None:
        model.load_state_dict(state)
    optimizer = optimizer_class(model.parameters(), **options)

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        loss.backward()
        return loss

    return model, optimizer, closure


@pytest.mark.reference("torch.optim.LBFGS", of="dlcore.optim.LBFGS")
def test_a_network_is_trained_like_by_torch():
    losses = []
    for optimizer_class in (LBFGS, torch.optim.LBFGS):
        _, optimizer, closure = network_and_closure(
            optimizer_class, max_iter=5, line_search_fn="strong_wolfe"
        )
        losses.append([optimizer.step(closure).item() for _ in range(4)])
    assert_close(losses[0], losses[1], rtol=1e-6)
    assert losses[0][-1] < 0.1 * losses[0][0]


def test_training_goes_on_from_a_stored_state():
    options = {"max_iter": 3, "line_search_fn": "strong_wolfe"}
    model, optimizer, closure = network_and_closure(LBFGS, **options)
    optimizer.step(closure)
    weights, state = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict())
    _, other, again = network_and_closure(LBFGS, state=weights, **options)
    other.load_state_dict(state)
    for _ in range(3):
        assert other.step(again).item() == optimizer.step(closure).item()


def test_no_step_is_taken_at_the_minimum():
    x = vector(0, 0).requires_grad_()
    optimizer = LBFGS([x])

    def closure():
        optimizer.zero_grad()
        loss = x @ x
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 0
    assert x.tolist() == [0, 0]


def test_a_diverging_run_says_so():
    x = vector(1.0).requires_grad_()
    optimizer = LBFGS([x], lr=1e200, max_iter=10)

    def closure():
        optimizer.zero_grad()
        loss = (x**4).sum()
        loss.backward()
        return loss

    with pytest.raises(FloatingPointError, match=r"the loss is inf.*use line_search_fn"):
        optimizer.step(closure)


@pytest.mark.parametrize("minimize", [bfgs, lbfgs])
def test_an_unfinished_run_warns_with_the_gradient(minimize):
    with pytest.warns(ConvergenceWarning, match="no convergence after 3 steps, residual"):
        found = minimize(rosenbrock, vector(-1.2, 1), max_steps=3)
    assert not found.converged
    with pytest.warns(ConvergenceWarning, match="residual nan"):
        assert minimize(lambda x: x.sum() * math.nan, vector(1, 2)).steps == 0


def test_a_downward_bend_is_not_learnt():
    """From here the first direction of x^4 - 2 x^2 + y^2 is one of negative curvature."""
    found = bfgs(lambda x: x[0] ** 4 - 2 * x[0] ** 2 + x[1] ** 2, vector(1e-6, 1))
    assert_close(found.x.abs(), vector(1, 0), atol=1e-6)
    assert torch.linalg.eigvalsh(found.inverse_hessian).min() > 0


@pytest.mark.bad_input
def test_a_step_without_a_closure_says_why_it_needs_one():
    with pytest.raises(TypeError, match="needs a closure that computes the loss"):
        LBFGS([torch.zeros(1, requires_grad=True)]).step()


@pytest.mark.bad_input
def test_bad_input():
    s, H = vector(1, 0), torch.eye(2, dtype=torch.float64)
    with pytest.raises(NotPositiveDefiniteError, match=r"y\^T s = -2, must be > 0"):
        bfgs_update(H, s, vector(-2, 1))
    with pytest.raises(ValueError, match=r"H \(n, n\), s and y \(n,\), got \(2, 2\), \(2,\)"):
        bfgs_update(H, s, vector(1, 2, 3))
    with pytest.raises(NotPositiveDefiniteError, match=r"a pair has y\^T s = 0"):
        lbfgs_two_loop(s, [s], [vector(0, 1)])
    with pytest.raises(ValueError, match="as many steps as changes"):
        lbfgs_two_loop(s, [s], [])
    with pytest.raises(ValueError, match="history_size must be at least 1, got 0"):
        lbfgs(rosenbrock, s, history_size=0)
    with pytest.raises(ValueError, match="must return a single number"):
        bfgs(lambda x: x, s)
    with pytest.raises(ValueError, match="does not fall along the direction: its slope is 1"):
        strong_wolfe(lambda t: (t, s), s, 0.0, s)
    with pytest.raises(ValueError, match="needs 0 < c1 < c2 < 1"):
        strong_wolfe(lambda t: (t, s), -s, 0.0, s, c1=0.9, c2=0.1)
    x = s.clone().requires_grad_()
    with pytest.raises(ValueError, match="LBFGS needs lr > 0, max_iter >= 1"):
        LBFGS([x], lr=0)
    with pytest.raises(ValueError, match="must be None or 'strong_wolfe', got 'armijo'"):
        LBFGS([x], line_search_fn="armijo")
    with pytest.raises(ValueError, match="one group of parameters, got 2"):
        LBFGS([{"params": [x]}, {"params": [H.requires_grad_()]}])
