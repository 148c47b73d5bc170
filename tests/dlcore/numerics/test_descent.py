"""Gradient descent, line searches and Newton's method against closed forms, torch and SciPy."""

import math

import pytest
import scipy.optimize
import torch

from dlcore.linalg import ConvergenceWarning, cond
from dlcore.numerics import (
    backtracking_line_search,
    best_learning_rate,
    contraction_factor,
    exact_line_search,
    gradient_descent,
    natural_gradient_step,
    newton_minimize,
)
from tests.parity import assert_close


def bowl(x):
    return x[0] ** 2 + 2 * x[1] ** 2


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def vector(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def spd(n, seed=0):
    M = torch.randn(n, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return M @ M.T + 0.1 * torch.eye(n, dtype=torch.float64)


@pytest.mark.reference("closed form 3 · 0.8^t, 3 · 0.6^t", of="dlcore.numerics.gradient_descent")
@pytest.mark.reference("closed form 3 · 0.8^t, 3 · 0.6^t", of="dlcore.numerics.Descent")
def test_the_whole_path_on_a_quadratic():
    descent = gradient_descent(bowl, vector(3, 3), lr=0.1, max_steps=20, tol=0)
    t = torch.arange(21, dtype=torch.float64)
    path = torch.stack([3 * 0.8**t, 3 * 0.6**t], 1)
    assert_close(descent.path, path)
    assert_close(descent.values, path[:, 0] ** 2 + 2 * path[:, 1] ** 2)
    assert_close(descent.gradient_norms, (path * vector(2, 4)).norm(dim=1))
    assert descent.steps == 20
    assert not descent.converged


def test_the_steps_are_those_of_torch():
    w = vector(-1.2, 1).requires_grad_()
    sgd = torch.optim.SGD([w], lr=1e-3)
    for point in gradient_descent(rosenbrock, w.detach(), 1e-3, max_steps=23, tol=0).path:
        assert_close(point, w)
        sgd.zero_grad()
        rosenbrock(w).backward()
        sgd.step()


@pytest.mark.parametrize(("lr", "size"), [(0.49, 3 * 0.96**500), (0.5, 3), (0.51, 3 * 1.04**500)])
def test_where_it_stops_converging(lr, size):
    x = gradient_descent(bowl, vector(3, 3), lr, max_steps=500, tol=0).x
    assert x[1].item() == pytest.approx(size, rel=1e-9)


def test_it_stops_when_done_and_when_it_blows_up():
    descent = gradient_descent(bowl, vector(3, 3), 0.25, tol=1e-8)
    assert descent.converged
    assert descent.gradient_norms[-1] <= 1e-8 < descent.gradient_norms[-2]
    with pytest.warns(ConvergenceWarning, match="no convergence after"):
        blown = gradient_descent(lambda x: (x**4).sum(), vector(10.0), 1.0)
    assert blown.steps < 10
    assert not blown.converged
    start = vector(1, 2)
    gradient_descent(bowl, start, 0.1, max_steps=3, tol=0)
    assert start.tolist() == [1, 2]


@pytest.mark.reference("Armijo's inequality", of="dlcore.numerics.backtracking_line_search")
def test_backtracking():
    x = vector(-1.2, 1)
    g = torch.func.grad(rosenbrock)(x)
    step = backtracking_line_search(rosenbrock, x, -g)
    steps = 2.0 ** -torch.arange(60, dtype=torch.float64)
    falls = [rosenbrock(x - a * g) <= rosenbrock(x) - 1e-4 * a * g @ g for a in steps]
    assert step == steps[falls.index(True)].item()
    assert backtracking_line_search(lambda x: -x.sum(), vector(1), vector(1.0), step=8) == 8
    with pytest.raises(ValueError, match="f does not fall along the direction"):
        backtracking_line_search(rosenbrock, x, g)
    descent = gradient_descent(rosenbrock, x, backtracking_line_search, max_steps=30, tol=0)
    assert (descent.values.diff() < 0).all()


@pytest.mark.reference("scipy.optimize.minimize_scalar", of="dlcore.numerics.exact_line_search")
def test_exact_steps():
    x, d = vector(3, 3), vector(-6, -12)
    assert exact_line_search(bowl, x, d) == pytest.approx(5 / 18, rel=1e-12)
    found = scipy.optimize.minimize_scalar(lambda a: bowl(x + a * d).item()).x
    assert exact_line_search(bowl, x, d) == pytest.approx(found, rel=1e-6)
    with pytest.raises(ValueError, match=r"d\^T H d = -"):
        exact_line_search(lambda x: -bowl(x), x, d)


@pytest.mark.reference("numpy.linalg.norm(I - lr H, 2)", of="dlcore.numerics.contraction_factor")
@pytest.mark.reference("scipy.optimize.minimize_scalar", of="dlcore.numerics.best_learning_rate")
def test_rate_on_a_quadratic():
    H = spd(5)
    for lr in (0.01, 0.1, 1.0):
        M = torch.eye(5, dtype=torch.float64) - lr * H
        assert contraction_factor(H, lr) == pytest.approx(torch.linalg.norm(M, 2).item())
    best = best_learning_rate(H)
    found = scipy.optimize.minimize_scalar(
        lambda lr: contraction_factor(H, lr),
        bounds=(0, 2 * best),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert best == pytest.approx(found.x, rel=1e-6)
    kappa = cond(H).item()
    assert contraction_factor(H, best) == pytest.approx((kappa - 1) / (kappa + 1))


def test_the_worst_direction_shrinks_by_the_factor():
    H = torch.diag(vector(1, 100))
    lr = best_learning_rate(H)
    path = gradient_descent(lambda x: x @ H @ x / 2, vector(100, 1), lr, max_steps=50, tol=0).path
    sizes = path.norm(dim=1)
    assert_close(sizes[1:] / sizes[:-1], torch.full((50,), 99 / 101), rtol=1e-6)


@pytest.mark.reference("scipy.optimize.minimize(Newton-CG)", of="dlcore.numerics.newton_minimize")
def test_newton():
    descent = newton_minimize(rosenbrock, vector(-1.2, 1))
    theirs = scipy.optimize.minimize(
        lambda x: rosenbrock(torch.from_numpy(x)).item(),
        [-1.2, 1],
        method="Newton-CG",
        jac=lambda x: torch.func.grad(rosenbrock)(torch.from_numpy(x)).numpy(),
        hess=lambda x: torch.func.hessian(rosenbrock)(torch.from_numpy(x)).numpy(),
        options={"xtol": 1e-10},
    )
    assert descent.converged
    assert_close(descent.x, torch.from_numpy(theirs.x), rtol=1e-5)
    assert (descent.values.diff() <= 0).all()
    H = spd(5)
    quadratic = newton_minimize(
        lambda x: x @ H @ x / 2 - x.sum(), torch.zeros(5).double(), tol=1e-6
    )
    assert quadratic.steps == 1
    assert_close(quadratic.x, torch.linalg.solve(H, torch.ones(5).double()), rtol=1e-7)


def test_damping_saves_newton():
    def f(x):
        return (1 + x**2).sqrt().sum()

    with pytest.warns(ConvergenceWarning):
        pure = newton_minimize(f, vector(2), damped=False, max_steps=5)
    assert pure.values[-1] > pure.values[0]
    assert_close(newton_minimize(f, vector(2)).x, vector(0), atol=1e-7)

    def saddle(x):
        return x[0] ** 2 - x[1] ** 2 + x[1] ** 4 / 4

    assert_close(newton_minimize(saddle, vector(1, 0.1), damped=False).x, vector(0, 0), atol=1e-6)
    assert_close(
        newton_minimize(saddle, vector(1, 0.1)).x, vector(0, math.sqrt(2)), rtol=1e-6, atol=1e-7
    )


@pytest.mark.reference("the Fisher information 2/σ²", of="dlcore.numerics.natural_gradient_step")
def test_natural_gradient():
    sigma, s2 = vector(1.0), 2.0
    gradient = 1 / sigma - s2 / sigma**3
    fisher = 2 / sigma[None] ** 2
    assert natural_gradient_step(sigma, gradient, fisher, lr=1.0).item() == 1.5
    F, theta, g = spd(3), vector(1, 2, 3), vector(1, 0, -1)
    expected = theta - 0.3 * torch.linalg.solve(F + 0.7 * torch.eye(3).double(), g)
    assert_close(natural_gradient_step(theta, g, F, 0.3, damping=0.7), expected)


def test_natural_gradient_does_not_depend_on_the_parameters():
    """Mean and log σ or σ: a small step leads to the same distribution."""
    sigma, s2, lr = vector(0.7), 2.0, 1e-4
    step = natural_gradient_step(sigma, 1 / sigma - s2 / sigma**3, 2 / sigma[None] ** 2, lr)
    log_sigma = sigma.log()
    other = natural_gradient_step(log_sigma, 1 - s2 / sigma**2, vector(2)[None], lr)
    assert_close(other.exp() - sigma, step - sigma, rtol=1e-3)


@pytest.mark.bad_input
def test_bad_input():
    x = vector(3, 3)
    for lr in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="learning rate must be positive and finite"):
            gradient_descent(bowl, x, lr)
    with pytest.raises(ValueError, match="single number"):
        gradient_descent(torch.sin, x, 0.1)
    for f in (newton_minimize, lambda f, x: gradient_descent(f, x, 0.1)):
        with pytest.raises(TypeError, match="floating-point tensor"):
            f(bowl, torch.tensor([3, 3]))
        with pytest.raises(TypeError, match="got list"):
            f(bowl, [3.0, 3.0])
    with pytest.raises(ValueError, match="shrink and c between 0 and 1"):
        backtracking_line_search(bowl, x, -x, shrink=1.5)
    with pytest.raises(ValueError, match="smallest eigenvalue is -1"):
        best_learning_rate(torch.diag(vector(1, -1)))
    with pytest.raises(ValueError, match=r"got \(3,\), \(2,\) and \(3, 3\)"):
        natural_gradient_step(vector(1, 2, 3), x, spd(3), 0.1)
