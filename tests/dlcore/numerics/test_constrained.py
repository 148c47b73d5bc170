"""Optima under constraints against SciPy's SLSQP, with KKT conditions and multipliers by hand."""

import math

import numpy as np
import pytest
import scipy.optimize
import torch

from dlcore.linalg import ConvergenceWarning, SingularMatrixError
from dlcore.numerics import (
    augmented_lagrangian,
    is_kkt_point,
    kkt_residuals,
    lagrangian,
    penalty_method,
    project_box,
    project_l2_ball,
    project_simplex,
    projected_gradient_descent,
    solve_equality_qp,
    solve_qp,
)
from tests.parity import assert_close


def vector(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def spd(n, seed=0):
    M = random(n, n, seed=seed)
    return M @ M.T + 0.1 * torch.eye(n, dtype=torch.float64)


def size(x):
    return x @ x


def corner(x):
    """x + y >= 1, x >= 0, y >= 0 as three values that must be at most 0."""
    return torch.stack([1 - x.sum(), -x[0], -x[1]])


def slsqp(f, x0, equality=None, inequality=None):
    constraints = []
    for kind, g, sign in (("eq", equality, 1), ("ineq", inequality, -1)):
        if g is not None:
            constraints.append(
                {
                    "type": kind,
                    "fun": lambda x, g=g, sign=sign: sign * g(torch.from_numpy(x)).numpy(),
                    "jac": lambda x, g=g, sign=sign: (
                        sign * torch.func.jacrev(g)(torch.from_numpy(x)).numpy()
                    ),
                }
            )
    return torch.from_numpy(
        scipy.optimize.minimize(
            lambda x: f(torch.from_numpy(x)).item(),
            x0.numpy(),
            jac=lambda x: torch.func.grad(f)(torch.from_numpy(x)).numpy(),
            constraints=constraints,
            method="SLSQP",
            options={"ftol": 1e-13, "maxiter": 500},
        ).x
    )


@pytest.mark.reference("f + λᵀh + μᵀg by hand", of="dlcore.numerics.lagrangian")
def test_lagrangian():
    L = lagrangian(size, equality=lambda x: x.sum()[None] - 1, inequality=corner)
    x, lam, mu = vector(2, 3), vector(5), vector(1, 10, 100)
    assert L(x, lam=lam, mu=mu).item() == 13 + 5 * 4 + (-4 - 20 - 300)
    assert lagrangian(size)(x).item() == 13
    gradient = torch.func.grad(lambda x: L(x, lam=lam, mu=mu))(x)
    assert gradient.tolist() == [4 + 5 - 1 - 10, 6 + 5 - 1 - 100]


@pytest.mark.reference("the worked problem: (½, ½), λ = (1, 0, 0)", of="dlcore.numerics.KKT")
@pytest.mark.reference(
    "the worked problem: (½, ½), λ = (1, 0, 0)", of="dlcore.numerics.is_kkt_point"
)
@pytest.mark.reference("the conditions by hand", of="dlcore.numerics.kkt_residuals")
def test_kkt_conditions():
    assert is_kkt_point(size, vector(0.5, 0.5), inequality=corner, mu=vector(1, 0, 0))
    for x, mu, expected in [
        ((0.5, 0.5), (0, 0, 0), (math.sqrt(2), 0, 0, 0)),
        ((0.25, 0.25), (0.5, 0, 0), (0, 0.5, 0, 0.25)),
        ((1, 0), (2, 0, -2), (0, 0, 2, 0)),
        ((1, 1), (2, 0, 0), (0, 0, 0, 2)),
    ]:
        residuals = kkt_residuals(size, vector(*x), inequality=corner, mu=vector(*mu))
        assert residuals == pytest.approx(expected)
        assert not is_kkt_point(size, vector(*x), inequality=corner, mu=vector(*mu))


def test_all_four_stationary_points_of_a_product_on_the_circle():
    def circle(x):
        return (size(x) - 1)[None]

    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        x = vector(*signs) / math.sqrt(2)
        lam = vector(-signs[0] * signs[1] / 2)
        assert is_kkt_point(lambda x: x[0] * x[1], x, equality=circle, lam=lam)
        assert not is_kkt_point(lambda x: x[0] * x[1], x, equality=circle, lam=-lam)


@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.solve_equality_qp")
def test_equality_qp():
    Q, c, A, b = spd(7), random(7, seed=1), random(3, 7, seed=2), random(3, seed=3)
    x, lam, mu, gaps = solve_equality_qp(Q, c, A, b)
    assert_close(
        x,
        slsqp(lambda x: x @ Q @ x / 2 + c @ x, torch.zeros(7).double(), lambda x: A @ x - b),
        rtol=1e-4,
        atol=1e-5,
    )
    assert is_kkt_point(
        lambda x: x @ Q @ x / 2 + c @ x, x, equality=lambda x: A @ x - b, lam=lam, tol=1e-10
    )
    assert (len(mu), gaps) == (0, [])


@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.solve_qp")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.QPSolution")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("p", [0, 2])
def test_interior_point(seed, p):
    n, m = 7, 11
    Q, c, G = spd(n, seed), random(n, seed=seed + 10), random(m, n, seed=seed + 20)
    A, inside = random(p, n, seed=seed + 30), random(n, seed=seed + 40)
    h, b = G @ inside + random(m, seed=seed + 50).abs(), A @ inside

    def f(x):
        return x @ Q @ x / 2 + c @ x

    solution = solve_qp(Q, c, G, h, A, b) if p else solve_qp(Q, c, G, h)
    theirs = slsqp(f, inside, (lambda x: A @ x - b) if p else None, lambda x: G @ x - h)
    assert_close(solution.x, theirs, rtol=1e-4, atol=1e-5)
    assert is_kkt_point(
        f,
        solution.x,
        inequality=lambda x: G @ x - h,
        mu=solution.mu,
        equality=(lambda x: A @ x - b) if p else None,
        lam=solution.lam if p else None,
        tol=1e-6,
    )
    assert len(solution.gaps) < 25


def test_a_linear_program_and_one_without_solution():
    eye, zero = torch.eye(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    vertex = solve_qp(0 * eye, vector(1, 2, 3), -eye, zero, torch.ones(1, 3).double(), vector(1))
    assert_close(vertex.x, vector(1, 0, 0), atol=1e-6)
    theirs = scipy.optimize.linprog([1, 2, 3], A_eq=[[1, 1, 1]], b_eq=[1])
    assert_close(vertex.x @ vector(1, 2, 3), theirs.fun, rtol=1e-6)
    with pytest.warns(ConvergenceWarning, match="solve_qp: no convergence"):
        solve_qp(eye, zero, torch.cat([eye[:1], -eye[:1]]), vector(-1, -1))


@pytest.mark.reference(
    "scipy.optimize.minimize(L-BFGS-B)", of="dlcore.numerics.projected_gradient_descent"
)
def test_projected_gradient_in_a_box():
    Q, c = spd(5), random(5, seed=1)

    def f(x):
        return x @ Q @ x / 2 + c @ x

    lr = 1 / torch.linalg.eigvalsh(Q)[-1].item()
    descent = projected_gradient_descent(
        f, torch.zeros(5).double(), lambda x: project_box(x, -0.5, 0.5), lr, max_steps=20000
    )
    theirs = scipy.optimize.minimize(
        lambda x: f(torch.from_numpy(x)).item(),
        np.zeros(5),
        jac=lambda x: (Q @ torch.from_numpy(x) + c).numpy(),
        bounds=[(-0.5, 0.5)] * 5,
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    assert descent.converged
    assert_close(descent.x, torch.from_numpy(theirs.x), rtol=1e-5, atol=1e-5)
    assert (descent.values.diff() <= 1e-12).all()
    assert (descent.path.abs() <= 0.5).all()


def test_projected_gradient_in_other_sets():
    far = vector(3, -1, 0.5)
    for project in (project_simplex, project_l2_ball):
        descent = projected_gradient_descent(lambda x: size(x - far), far, project, 0.1, tol=1e-9)
        assert_close(descent.x, project(far), rtol=1e-7, atol=1e-8)
    with pytest.warns(ConvergenceWarning):
        projected_gradient_descent(size, far, project_l2_ball, 0.1, max_steps=1)


def test_a_long_step_goes_up_though_it_stays_inside():
    """x² + 100y² in the box [-1, 1]²: E4.16."""
    descent = projected_gradient_descent(
        lambda x: x[0] ** 2 + 100 * x[1] ** 2,
        vector(0.5, 0.5),
        lambda x: project_box(x, -1.0, 1.0),
        0.02,
        max_steps=1,
        tol=0,
    )
    assert descent.values[0].item() == 25.25
    assert descent.values[1].item() == pytest.approx(100.2304)


PROBLEMS = {
    "corner": (size, vector(2, 0), None, corner),
    "circle": (lambda x: x[0] + 2 * x[1], vector(1, 0.3), lambda x: (size(x) - 1)[None], None),
    "both": (
        lambda x: (x - vector(1, 2, 3)) @ (x - vector(1, 2, 3)),
        vector(0, 0, 0),
        lambda x: x.sum()[None] - 1,
        lambda x: -x,
    ),
    "curved": (
        lambda x: (x[0] - 2) ** 2 + (x[1] - 1) ** 2,
        vector(0, 0),
        None,
        lambda x: torch.stack([x[0] ** 2 - x[1], x.sum() - 2]),
    ),
}


@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.augmented_lagrangian")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.ConstrainedMinimum")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.penalty_method")
@pytest.mark.parametrize("name", PROBLEMS)
def test_nonlinear_constraints(name):
    f, x0, equality, inequality = PROBLEMS[name]
    theirs = slsqp(f, x0, equality, inequality)
    found = augmented_lagrangian(f, x0, equality=equality, inequality=inequality, tol=1e-8)
    assert found.converged
    assert_close(found.x, theirs, rtol=1e-6, atol=1e-6)
    assert is_kkt_point(
        f,
        found.x,
        inequality=inequality,
        mu=found.mu if inequality else None,
        equality=equality,
        lam=found.lam if equality else None,
        tol=1e-5,
    )
    penalized = penalty_method(f, x0, equality=equality, inequality=inequality, tol=1e-5)
    assert_close(penalized.x, theirs, rtol=1e-4, atol=1e-4)
    assert max(penalized.weights) > 100 * max(found.weights)


def test_the_penalty_is_violated_like_one_over_the_weight():
    with pytest.warns(ConvergenceWarning, match="penalty_method: no convergence after 4"):
        found = penalty_method(
            size, vector(0, 0), equality=lambda x: x.sum()[None] - 1, max_rounds=4
        )
    rho = np.array(found.weights)
    assert found.violations == pytest.approx(1 / (1 + rho))
    assert found.lam.item() == pytest.approx(-rho[-1] / (1 + rho[-1]))


def test_no_multiplier_exists_where_the_constraint_has_no_gradient():
    """Min x with x³ = y²: the optimum (0, 0) is no KKT point."""
    for lam in (-5.0, 0.0, 5.0):
        residuals = kkt_residuals(
            lambda x: x[0],
            vector(0, 0),
            equality=lambda x: (x[0] ** 3 - x[1] ** 2)[None],
            lam=vector(lam),
        )
        assert residuals.stationarity == 1
        assert residuals.primal == 0


@pytest.mark.bad_input
def test_bad_input():
    eye, zero = torch.eye(3), torch.zeros(3)
    with pytest.raises(SingularMatrixError, match="rows of A depend on each other"):
        solve_equality_qp(eye, zero, torch.ones(2, 3), torch.ones(2))
    with pytest.raises(ValueError, match=r"got \[\(3, 3\), \(3,\), \(1, 2\), \(1,\)\]"):
        solve_equality_qp(eye, zero, torch.ones(1, 2), torch.ones(1))
    with pytest.raises(ValueError, match="symmetric matrix"):
        solve_qp(torch.ones(3, 3).triu(), zero, eye, zero)
    with pytest.raises(ValueError, match="at least one inequality"):
        solve_qp(eye, zero, eye[:0], zero[:0])
    with pytest.raises(ValueError, match="mu must hold one multiplier for each of 3 constraints"):
        kkt_residuals(size, vector(1, 1), inequality=corner)
    with pytest.raises(ValueError, match=r"lam must .* 0 constraints, got \(1,\)"):
        lagrangian(size)(vector(1, 1), lam=vector(1))
    for lr in (0.0, math.inf):
        with pytest.raises(ValueError, match="learning rate must be positive and finite"):
            projected_gradient_descent(size, vector(1, 1), project_l2_ball, lr)
    for method in (penalty_method, augmented_lagrangian):
        with pytest.raises(ValueError, match="needs rho > 0, growth >= 1 and a round, got -1"):
            method(size, vector(1, 1), inequality=corner, rho=-1.0)
        with pytest.raises(TypeError, match="got list"):
            method(size, [1.0, 1.0], inequality=corner)
