"""Nearest points against SciPy's SLSQP and the inequality that characterizes them."""

import math

import numpy as np
import pytest
import scipy.optimize
import torch

from dlcore.numerics import (
    max_norm_,
    project_affine,
    project_box,
    project_halfspace,
    project_l1_ball,
    project_l2_ball,
    project_linf_ball,
    project_simplex,
    project_sphere,
    renormalize_rows,
)
from tests.parity import assert_close, layouts

N = 5
CENTER = torch.linspace(-1, 1, N, dtype=torch.float64)
NORMAL = torch.tensor([1.0, -2, 0.5, 0, 3], dtype=torch.float64)
A = torch.tensor([[1.0, 1, 1, 1, 1], [0, 1, 0, -1, 2]], dtype=torch.float64)
B = torch.tensor([1.0, 0.3], dtype=torch.float64)


def at_least_zero(f):
    return {"type": "ineq", "fun": f}


def equals_zero(f):
    return {"type": "eq", "fun": f}


SETS = {
    "box": (
        lambda y: project_box(y, -0.5, CENTER + 1.1),
        [at_least_zero(lambda x: x + 0.5), at_least_zero(lambda x: CENTER.numpy() + 1.1 - x)],
    ),
    "orthant": (lambda y: project_box(y, lower=0.0), [at_least_zero(lambda x: x)]),
    "l2 ball": (
        lambda y: project_l2_ball(y, 0.7, CENTER),
        [at_least_zero(lambda x: 0.49 - ((x - CENTER.numpy()) ** 2).sum())],
    ),
    "linf ball": (
        lambda y: project_linf_ball(y, 0.7, CENTER),
        [at_least_zero(lambda x: 0.7 - np.abs(x - CENTER.numpy()))],
    ),
    "simplex": (
        lambda y: project_simplex(y, 1.5),
        [at_least_zero(lambda x: x), equals_zero(lambda x: x.sum() - 1.5)],
    ),
    "half-space": (
        lambda y: project_halfspace(y, NORMAL, 0.4),
        [at_least_zero(lambda x: 0.4 - NORMAL.numpy() @ x)],
    ),
    "affine": (
        lambda y: project_affine(y, A, B),
        [equals_zero(lambda x: A.numpy() @ x - B.numpy())],
    ),
    "l1 ball": (lambda y: project_l1_ball(y, 0.8), None),
}


def points(*shape, seed=0):
    return 2 * torch.randn(
        shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


def nearest_in_l1_ball(y):
    """The difference of two nonnegative vectors, whose sum is bounded."""
    signs = np.hstack([np.eye(N), -np.eye(N)])
    result = scipy.optimize.minimize(
        lambda z: ((signs @ z - y) ** 2).sum(),
        np.zeros(2 * N),
        jac=lambda z: 2 * signs.T @ (signs @ z - y),
        bounds=[(0, None)] * (2 * N),
        constraints=[at_least_zero(lambda z: 0.8 - z.sum())],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 300},
    )
    return signs @ result.x


@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_box")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_l2_ball")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_linf_ball")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_simplex")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_l1_ball")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_halfspace")
@pytest.mark.reference("scipy.optimize.minimize(SLSQP)", of="dlcore.numerics.project_affine")
@pytest.mark.parametrize("name", SETS)
def test_nearest_point(name):
    project, constraints = SETS[name]
    for y in points(3, N):
        if constraints is None:
            nearest = nearest_in_l1_ball(y.numpy())
        else:
            nearest = scipy.optimize.minimize(
                lambda x, y=y: ((x - y.numpy()) ** 2).sum(),
                np.full(N, 0.1),
                jac=lambda x, y=y: 2 * (x - y.numpy()),
                constraints=constraints,
                method="SLSQP",
                options={"ftol": 1e-14, "maxiter": 300},
            ).x
        assert_close(project(y), nearest, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", SETS)
def test_what_characterizes_a_projection(name):
    project, _ = SETS[name]
    y, inside = points(97, N), project(points(97, N, seed=1))
    nearest = project(y)
    assert (((y - nearest)[:, None] * (inside - nearest[:, None])).sum(-1) <= 1e-9).all()
    assert_close(project(nearest), nearest, rtol=1e-9, atol=1e-9)
    distances = (nearest[:-1] - nearest[1:]).norm(dim=1)
    assert (distances <= (y[:-1] - y[1:]).norm(dim=1) + 1e-12).all()
    for layout in layouts(points(7, N)).values():
        assert_close(
            project(layout),
            torch.stack([project(row) for row in layout]) if len(layout) else layout,
            rtol=1e-9,
        )


@pytest.mark.reference("torch.nn.functional.normalize", of="dlcore.numerics.project_sphere")
def test_worked_examples():
    y = torch.tensor([0.5, 1.2, -0.3])
    assert_close(project_simplex(y), torch.tensor([0.15, 0.85, 0]), rtol=1e-6, atol=1e-7)
    assert project_l2_ball(torch.tensor([0.3, 0.4])).tolist() == pytest.approx([0.3, 0.4])
    assert_close(project_sphere(torch.tensor([3.0, 4.0]), 10), torch.tensor([6.0, 8.0]), rtol=1e-6)
    huge = torch.tensor([3e38, 3e38])
    assert_close(project_sphere(huge), torch.tensor([0.5, 0.5]).sqrt(), rtol=1e-6)
    assert project_simplex(torch.zeros(4)).tolist() == [0.25] * 4
    assert project_l1_ball(torch.zeros(3)).tolist() == [0, 0, 0]


def test_the_sphere_has_no_nearer_point():
    y, others = points(23, N), torch.nn.functional.normalize(points(997, N, seed=1), dim=1)
    nearest = project_sphere(y)
    assert_close(nearest.norm(dim=1), torch.ones(23))
    assert (torch.cdist(y, others).amin(1) >= (y - nearest).norm(dim=1) - 1e-12).all()


def test_the_gradient_of_a_projection():
    y = points(3, N).requires_grad_()
    for name in ("box", "l2 ball", "linf ball", "simplex", "half-space", "affine", "l1 ball"):
        assert torch.autograd.gradcheck(SETS[name][0], y)


@pytest.mark.reference("torch.nn.functional.normalize", of="dlcore.numerics.renormalize_rows")
@pytest.mark.reference("torch.renorm", of="dlcore.numerics.max_norm_")
def test_rows_of_weights():
    W = points(7, N)
    assert_close(renormalize_rows(W), torch.nn.functional.normalize(W, dim=1))
    expected = torch.renorm(W, 2, 0, 1.7)
    parameter = torch.nn.Parameter(W.clone())
    assert max_norm_(parameter, 1.7) is parameter
    assert_close(parameter, expected, rtol=1e-6)
    assert parameter.requires_grad


@pytest.mark.bad_input
def test_bad_input():
    y = torch.ones(3)
    for f in (project_l2_ball, project_linf_ball, project_sphere):
        with pytest.raises(ValueError, match="radius must be at least 0, got -1"):
            f(y, -1.0)
        with pytest.raises(ValueError, match="radius must be at least 0, got nan"):
            f(y, math.nan)
    with pytest.raises(ValueError, match=r"lower bound is above the upper one: 1\.0 and 0\.0"):
        project_box(y, 1.0, 0.0)
    for f in (project_simplex, project_l1_ball):
        with pytest.raises(ValueError, match=r"positive total, got \(3,\), 0"):
            f(y, 0.0)
    with pytest.raises(ValueError, match=r"nonzero vector of the length of the points, got \(2,\)"):
        project_halfspace(y, torch.ones(2), 1.0)
    with pytest.raises(ValueError, match="has no solution, the residual is"):
        project_affine(y, torch.ones(2, 3), torch.tensor([1.0, 2.0]))
    with pytest.raises(ValueError, match=r"got \(3,\), \(1, 2\) and \(1,\)"):
        project_affine(y, torch.ones(1, 2), torch.ones(1))
    for f in (project_box, project_simplex, project_sphere, project_l2_ball):
        with pytest.raises(TypeError, match=r"got torch\.int64"):
            f(torch.arange(3))
