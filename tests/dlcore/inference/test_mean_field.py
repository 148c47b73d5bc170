"""Mean field on Gaussians, tables and spins: closed forms, enumeration, eigenvalues."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.inference import (
    CoordinateAscent,
    FactorizedGaussian,
    IsingMeanField,
    block_mean_field,
    cavi,
    ising_elbo,
    mean_field_gaussian,
    mean_field_ising,
)
from dlcore.linalg.errors import ConvergenceWarning
from tests.parity import assert_close

F64 = torch.float64


def random_covariance(d, generator):
    A = torch.randn(d, d + 2, generator=generator, dtype=F64)
    return A @ A.mT / d


def numpy_gap(fit, mean, covariance):
    """KL between Gaussians as NumPy computes it."""
    S, C = fit.covariance.numpy(), covariance.numpy()
    away = (fit.mean - mean).numpy()
    inverse = np.linalg.inv(C)
    log_det = np.linalg.slogdet(C)[1] - np.linalg.slogdet(S)[1]
    return 0.5 * (np.trace(inverse @ S) - len(C) + away @ inverse @ away + log_det)


@pytest.mark.reference("closed form", of="dlcore.inference.mean_field_gaussian")
@pytest.mark.reference("numpy.linalg.slogdet", of="dlcore.inference.FactorizedGaussian")
@pytest.mark.parametrize(
    ("rho", "gap"), [(0.5, 0.143841), (0.9, 0.830366), (0.99, 1.958518), (-0.9, 0.830366)]
)
def test_two_correlated_variables(rho, gap):
    covariance = torch.tensor([[1.0, rho], [rho, 1.0]], dtype=F64)
    mean = torch.tensor([1.0, -2.0], dtype=F64)
    fit = mean_field_gaussian(mean, covariance, start=torch.zeros(2, dtype=F64))
    assert isinstance(fit, FactorizedGaussian)
    assert_close(fit.covariance, (1 - rho**2) * torch.eye(2, dtype=F64), atol=1e-9)
    assert_close(fit.mean, mean, rtol=1e-7)
    assert fit.gap.item() == pytest.approx(gap, abs=1e-6)
    assert (fit.gaps.diff() < 1e-9).all()
    # the error of a mean shrinks by rho^2 in each round
    away = (fit.path - mean)[1::2, 0]
    assert away[2] / away[1] == pytest.approx(rho**2)


@pytest.mark.reference("numpy.linalg.slogdet", of="dlcore.inference.block_mean_field")
@settings(max_examples=8)
@given(st.integers(0, 10**6), st.sampled_from([[[0, 1], [2, 3]], [[3, 0, 1], [2]], [[0, 1, 2, 3]]]))
def test_blocks(seed, blocks):
    draws = torch.Generator().manual_seed(seed)
    covariance = random_covariance(4, draws)
    mean, start = torch.randn(2, 4, generator=draws, dtype=F64)
    fit = block_mean_field(mean, covariance, blocks, start=start, sweeps=20_000)
    precision = np.linalg.inv(covariance.numpy())
    for block in blocks:
        inside = np.ix_(block, block)
        assert_close(fit.covariance[inside], np.linalg.inv(precision[inside]), rtol=1e-6)
    assert_close(fit.mean, mean, rtol=1e-5, atol=1e-5)
    assert fit.gap.item() == pytest.approx(numpy_gap(fit, mean, covariance), abs=1e-8)
    assert (fit.gaps.diff() < 1e-8).all()
    single = mean_field_gaussian(mean, covariance)
    assert fit.gap < single.gap + 1e-9
    if len(blocks) == 1:
        assert_close(fit.covariance, covariance, rtol=1e-7, atol=1e-8)
        assert fit.gap.item() == pytest.approx(0, abs=1e-8)


def test_too_few_rounds_are_said():
    tight = torch.tensor([[1.0, 0.99], [0.99, 1.0]], dtype=F64)
    with pytest.warns(ConvergenceWarning, match="no convergence after 3 steps"):
        mean_field_gaussian(
            torch.zeros(2, dtype=F64), tight, start=torch.ones(2, dtype=F64), sweeps=3
        )


@pytest.mark.reference("enumeration", of="dlcore.inference.cavi")
@pytest.mark.reference("enumeration", of="dlcore.inference.CoordinateAscent")
@settings(max_examples=12)
@given(st.integers(0, 10**6), st.sampled_from([None, [[0, 2], [1]], [[2, 1, 0]]]))
def test_cavi_on_tables(seed, blocks):
    draws = torch.Generator().manual_seed(seed)
    log_joint = 2 * torch.randn(2, 3, 4, generator=draws, dtype=F64)
    fit = cavi(log_joint, blocks=blocks, steps=2000, tol=1e-14, generator=draws)
    assert isinstance(fit, CoordinateAscent)
    assert fit.converged
    table, q = log_joint.numpy(), fit.joint.numpy()
    log_Z = np.log(np.exp(table).sum())
    assert q.shape == table.shape
    assert q.sum() == pytest.approx(1)
    assert fit.log_evidence == pytest.approx(log_Z)
    assert fit.elbos[-1] == pytest.approx((q * (table - np.log(q))).sum())
    assert np.diff(fit.elbos).min() > -1e-10
    assert fit.gap == pytest.approx(log_Z - fit.elbos[-1])
    if blocks is None:
        for axis, factor in enumerate(fit.factors):
            rest = np.moveaxis(q, axis, 0)[0] / factor[0].item()
            scores = (np.moveaxis(table, axis, 0) * rest).sum((1, 2))
            expected = np.exp(scores - scores.max())
            assert_close(factor, expected / expected.sum(), rtol=1e-4, atol=1e-5)
    elif len(blocks) == 1:
        assert fit.gap == pytest.approx(0, abs=1e-10)


def test_moving_a_factor_off_its_optimum_lowers_the_bound(generator):
    log_joint = torch.randn(3, 4, generator=generator, dtype=F64)
    fit = cavi(log_joint, tol=1e-15, steps=2000)
    a, b = fit.factors
    for scale in (0.01, 0.3):
        other = (a.log() + scale * torch.randn(3, generator=generator, dtype=F64)).softmax(0)
        q = torch.outer(other, b)
        assert (q * (log_joint - q.log())).sum() < fit.elbos[-1]


def test_impossible_states():
    """Under a uniform start each state of one meets one of the other that excludes it."""
    table = torch.tensor([[0.5, 0.0], [0.0, 0.5]], dtype=F64).log()
    with pytest.raises(ValueError, match="impossible"):
        cavi(table)
    assert cavi(table, blocks=[[0, 1]]).gap == pytest.approx(0, abs=1e-12)
    fit = cavi(table, start=[torch.tensor([0.5, 0.5]), torch.tensor([1.0, 0.0])])
    assert_close(fit.joint, torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=F64))
    assert fit.gap == pytest.approx(math.log(2))


PAIR = torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=F64)
NONE = torch.zeros(2, dtype=F64)


def enumerate_spins(J, h):
    spins = np.array(list(itertools.product([-1.0, 1.0], repeat=len(h))))
    scores = (spins @ J * spins).sum(1) / 2 + spins @ h
    Z = np.exp(scores).sum()
    return np.log(Z), np.exp(scores) @ spins / Z


@pytest.mark.reference("closed form", of="dlcore.inference.mean_field_ising")
@pytest.mark.reference("closed form", of="dlcore.inference.IsingMeanField")
def test_two_strong_spins():
    J = 1.5 * PAIR
    saddle = mean_field_ising(J, NONE)
    assert isinstance(saddle, IsingMeanField)
    assert_close(saddle.m, NONE)
    assert saddle.elbos[-1].item() == pytest.approx(1.386294, abs=1e-6)
    for side in (1, -1):
        fit = mean_field_ising(J, NONE, start=NONE + 0.01 * side)
        assert_close(fit.m, torch.full((2,), 0.858560 * side, dtype=F64), rtol=1e-5)
        assert fit.elbos[-1].item() == pytest.approx(1.616683, abs=1e-6)
        assert fit.converged
    log_Z, _ = enumerate_spins(J.numpy(), NONE.numpy())
    assert log_Z == pytest.approx(2.241735, abs=1e-6)


def test_all_at_once_swings():
    start = torch.tensor([0.5, -0.5], dtype=F64)
    swing = mean_field_ising(1.5 * PAIR, NONE, start=start, schedule="parallel")
    assert not swing.converged
    last = torch.tensor([0.858560, -0.858560], dtype=F64)
    assert_close(swing.path[-1].abs(), last.abs(), rtol=1e-5)
    assert_close(swing.path[-1], -swing.path[-2], rtol=1e-9)
    calm = mean_field_ising(1.5 * PAIR, NONE, start=start, schedule="parallel", damping=0.5)
    assert calm.converged


@pytest.mark.reference("enumeration", of="dlcore.inference.ising_elbo")
@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_bound_by_enumeration(seed):
    draws = torch.Generator().manual_seed(seed)
    J = torch.randn(5, 5, generator=draws, dtype=F64).triu(1)
    J = J + J.mT
    h = torch.randn(3, 5, generator=draws, dtype=F64)
    fit = mean_field_ising(J, h, steps=5000, tol=1e-12)
    assert fit.converged
    assert (fit.elbos.diff(dim=0) > -1e-10).all()
    assert_close(fit.m, (h + fit.m @ J).tanh(), rtol=1e-6, atol=1e-8)
    spins = np.array(list(itertools.product([-1.0, 1.0], repeat=5)))
    for field, m, bound in zip(h, fit.m, fit.elbos[-1], strict=True):
        log_Z, _ = enumerate_spins(J.numpy(), field.numpy())
        assert bound <= log_Z
        q = ((1 + spins * m.numpy()) / 2).prod(1)
        scores = (spins @ J.numpy() * spins).sum(1) / 2 + spins @ field.numpy()
        assert bound.item() == pytest.approx((q * (scores - np.log(q))).sum())
    # one by one is the same as in a batch
    alone = mean_field_ising(J, h[1], steps=5000, tol=1e-12)
    assert_close(alone.m, fit.m[1], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("J", "largest"), [(0.5, -0.5), (1.5, 0.5)])
def test_the_symmetric_point_is_a_maximum_or_a_saddle(J, largest):
    """The Hessian at 0 is J off and -1 on the diagonal: eigenvalues -1 +- J."""
    at_zero = torch.autograd.functional.hessian(lambda m: ising_elbo(J * PAIR, NONE, m), NONE)
    assert_close(torch.linalg.eigvalsh(at_zero), torch.tensor([-1 - J, largest], dtype=F64))


@pytest.mark.bad_input
def test_bad_input():
    eye = torch.eye(2)
    with pytest.raises(ValueError, match=r"mean \(d,\)"):
        mean_field_gaussian(torch.zeros(3), eye)
    for blocks in ([[0]], [[0, 1], [1]], [[0, 1], []]):
        with pytest.raises(ValueError, match="each once"):
            block_mean_field(torch.zeros(2), eye, blocks)
        with pytest.raises(ValueError, match="each once"):
            cavi(torch.zeros(2, 2), blocks=blocks)
    with pytest.raises(ValueError, match="sweeps >= 1"):
        mean_field_gaussian(torch.zeros(2), eye, sweeps=0)
    with pytest.raises(ValueError, match="without NaN"):
        cavi(torch.tensor([0.0, math.nan]))
    with pytest.raises(ValueError, match="start of shapes"):
        cavi(torch.zeros(2, 2), start=[torch.ones(2) / 2])
    for kwargs in ({"schedule": "random"}, {"damping": 1.0}, {"steps": 0}):
        with pytest.raises(ValueError, match="expected schedule"):
            mean_field_ising(PAIR, NONE, **kwargs)
    with pytest.raises(ValueError, match="symmetric with diagonal 0"):
        mean_field_ising(PAIR + eye, NONE)
    with pytest.raises(ValueError, match=r"J \(n, n\)"):
        ising_elbo(PAIR, torch.zeros(3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"in \[-1, 1\]"):
        ising_elbo(PAIR, NONE, NONE + 2)
