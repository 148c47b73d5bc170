"""Sparse codes against scikit-learn's lasso, pursuit and the conditions of a minimum."""

import itertools

import numpy as np
import pytest
import scipy.signal
import sklearn.linear_model
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.factor import (
    Shrinkage,
    conv_sparse_code,
    conv_synthesis,
    fista,
    orthogonal_matching_pursuit,
    sparse_coding_objective,
    sparse_encode,
)
from dlcore.linalg import ConvergenceWarning
from tests.parity import assert_close


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unit_columns(D):
    return D / D.norm(dim=0)


D, X = unit_columns(random(13, 29)), random(7, 13, seed=1)
HALF = 0.5**0.5
SMALL = torch.tensor([[1.0, 0.0, HALF], [0.0, 1.0, HALF]], dtype=torch.float64)
ONES = torch.ones(1, 2, dtype=torch.float64)


def lasso(X, D, lam):
    """scikit-learn's codes, one example at a time."""
    model = sklearn.linear_model.Lasso(
        alpha=lam / (2 * len(D)), fit_intercept=False, tol=1e-12, max_iter=100_000
    )
    return np.stack([model.fit(D.numpy(), x.numpy()).coef_ for x in X])


@pytest.mark.reference("by hand", of="dlcore.factor.sparse_coding_objective")
def test_the_objective_has_no_half():
    dense = torch.tensor([[0.5, 0.5, HALF]], dtype=torch.float64)
    assert_close(sparse_coding_objective(ONES, SMALL, dense, 0.5), [0.25 * 2 + HALF / 2])
    best = torch.tensor([[0.0, 0.0, 2**0.5 - 0.25]], dtype=torch.float64)
    assert_close(sparse_coding_objective(ONES, SMALL, best, 0.5), [1 / 16 + (2**0.5 - 0.25) / 2])


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.factor.sparse_encode")
@pytest.mark.parametrize("method", ["fista", "ista", "cd"])
def test_codes_are_those_of_the_lasso(method):
    codes = sparse_encode(X, D, 0.4, method=method, tol=1e-10, max_iter=100_000)
    theirs = lasso(X, D, 0.4)
    assert_close(codes, theirs, atol=1e-7, rtol=0)
    assert ((codes == 0) == (theirs == 0)).all()
    assert 30 < (codes == 0).sum() < codes.numel()


@pytest.mark.parametrize("method", ["fista", "cd"])
def test_where_the_slope_vanishes(method):
    Z = sparse_encode(X, D, 0.4, method=method, tol=1e-10)
    slope = 2 * (X - Z @ D.T) @ D  # of the fit, downhill
    used = Z != 0
    assert_close(slope[used], 0.4 * Z[used].sign(), atol=1e-7)
    assert (slope[~used].abs() <= 0.4 + 1e-7).all()


@pytest.mark.reference("closed form", of="dlcore.factor.fista")
@pytest.mark.parametrize("accelerate", [False, True])
def test_orthonormal_atoms_have_thresholds_of_half_lambda(accelerate):
    Q, _ = torch.linalg.qr(random(13, 13))
    expected = torch.nn.functional.softshrink(X @ Q, 0.2)
    assert_close(fista(X, Q, 0.4, accelerate=accelerate).codes, expected)
    largest = 2 * (X @ D).abs().max().item()
    assert not fista(X, D, largest * 1.001).codes.any()
    assert fista(X, D, largest * 0.999).codes.any()


def test_the_worked_example():
    found = fista(ONES, SMALL, 0.5, accelerate=False, tol=1e-12)
    assert_close(found.codes, [[0, 0, 2**0.5 - 0.25]], atol=1e-9)
    with pytest.warns(ConvergenceWarning, match="after 1 steps"):
        first = fista(ONES, SMALL, 0.5, accelerate=False, max_iter=1).codes
    assert_close(first, [[0.375, 0.375, HALF - 0.125]])


@pytest.mark.reference("the objective", of="dlcore.factor.Shrinkage")
def test_the_objective_falls_and_sooner_with_momentum():
    runs = [fista(X, D, 0.4, accelerate=accelerate, tol=1e-8) for accelerate in (False, True)]
    least = runs[1].objectives[-1]
    for run in runs:
        assert isinstance(run, Shrinkage)
        assert_close(run.objectives[0], X.square().sum(1).mean())
        end = sparse_coding_objective(X, D, run.codes, 0.4).mean()
        assert_close(run.objectives[-1], end)
        assert_close(end, least, rtol=1e-6)
    assert (runs[0].objectives.diff() <= 1e-12).all()
    steps = [(run.objectives > least * (1 + 1e-6)).sum() for run in runs]
    assert steps[1] < steps[0] / 2


def test_a_start_at_the_end_stays_there():
    Z = fista(X, D, 0.4, tol=1e-12).codes
    assert len(fista(X, D, 0.4, start=Z, tol=1e-9).objectives) == 2
    assert_close(sparse_encode(X, D, 0.4, method="cd", start=Z, max_iter=1), Z, atol=1e-8)


def test_the_code_is_the_most_probable_under_laplace_priors():
    sigma, b = 0.25, 0.75
    lam = 2 * sigma**2 / b
    normal, prior = (
        torch.distributions.Normal(*torch.tensor([0.0, sigma]).double()),
        torch.distributions.Laplace(*torch.tensor([0.0, b]).double()),
    )

    def log_density(Z):
        return normal.log_prob(X - Z @ D.T).sum(1) + prior.log_prob(Z).sum(1)

    first, second = random(7, 29, seed=2), random(7, 29, seed=3)
    fall = [sparse_coding_objective(X, D, Z, lam) / (2 * sigma**2) for Z in (first, second)]
    assert_close(fall[0] - fall[1], log_density(second) - log_density(first), rtol=1e-8)


@pytest.mark.reference(
    "sklearn.linear_model.orthogonal_mp", of="dlcore.factor.orthogonal_matching_pursuit"
)
@pytest.mark.parametrize("n_nonzero", [1, 3, 13])
def test_pursuit_is_that_of_scikit_learn(n_nonzero):
    theirs = sklearn.linear_model.orthogonal_mp(D.numpy(), X.T.numpy(), n_nonzero_coefs=n_nonzero)
    ours = orthogonal_matching_pursuit(X, D, n_nonzero)
    assert_close(ours, theirs.T, atol=1e-8, rtol=0)
    assert_close(sparse_encode(X, D, method="omp", n_nonzero=n_nonzero), ours)
    residual = X - ours @ D.T
    assert ((residual @ D)[ours != 0]).abs().max() < 1e-9


def test_pursuit_stops_when_the_rest_is_small():
    tol = 2.0
    theirs = sklearn.linear_model.orthogonal_mp(D.numpy(), X.T.numpy(), tol=tol).T
    assert_close(orthogonal_matching_pursuit(X, D, tol=tol), theirs, atol=1e-8, rtol=0)
    assert len(set((theirs != 0).sum(1))) > 1
    exact = D.T[[3, 8]] * 2
    found = orthogonal_matching_pursuit(torch.cat([exact, exact[:1] * 0]), D, 5)
    assert (found != 0).sum(1).tolist() == [1, 1, 0]


def test_long_atoms_are_no_more_likely_to_be_chosen():
    scale = torch.linspace(0.1, 10, 29, dtype=torch.float64)
    expected = orthogonal_matching_pursuit(X, D, 4) / scale
    assert_close(orthogonal_matching_pursuit(X, D * scale, 4), expected, rtol=1e-7)
    assert not orthogonal_matching_pursuit(X, torch.cat([D, 0 * D[:, :2]], 1), 13)[:, 29:].any()


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_pursuit_finds_what_it_must(seed):
    """With coherence below 1/(2s - 1) the support of s atoms is recovered (Tropp 2004)."""
    generator = torch.Generator().manual_seed(seed)
    Q, _ = torch.linalg.qr(torch.randn(16, 16, generator=generator, dtype=torch.float64))
    H = torch.ones(1, 1, dtype=torch.float64)
    for _ in range(4):
        H = torch.cat([torch.cat([H, H], 1), torch.cat([H, -H], 1)])
    atoms = torch.cat([Q, Q @ H / 4], 1)  # coherence 1/4
    code = torch.zeros(1, 32, dtype=torch.float64)
    code[0, torch.randperm(32, generator=generator)[:2]] = torch.tensor([1.0, -0.7]).double()
    assert_close(orthogonal_matching_pursuit(code @ atoms.T, atoms, 2), code, atol=1e-9)


def dense_shifts(kernels, size):
    """All shifts of the kernels as columns, in the order of the codes."""
    columns = []
    for kernel in kernels:
        spans = [range(t - m + 1) for t, m in zip(size, kernel.shape, strict=True)]
        for place in itertools.product(*spans):
            column = torch.zeros(size, dtype=torch.float64)
            column[tuple(slice(a, a + m) for a, m in zip(place, kernel.shape, strict=True))] = (
                kernel
            )
            columns.append(column.flatten())
    return torch.stack(columns, 1)


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.factor.conv_sparse_code")
@pytest.mark.parametrize(("size", "kernel"), [((19,), (5,)), ((7, 6), (3, 2))])
def test_convolution_is_a_dictionary_of_shifts(size, kernel):
    signals, kernels = random(2, *size), random(3, *kernel, seed=1)
    codes = conv_sparse_code(signals, kernels, 1.5, tol=1e-10, max_iter=100_000)
    dictionary = dense_shifts(kernels, size)
    assert_close(codes.flatten(1), lasso(signals.flatten(1), dictionary, 1.5), atol=1e-6, rtol=0)
    assert (codes == 0).sum() > 5
    assert codes.shape == (2, 3, *(t - m + 1 for t, m in zip(size, kernel, strict=True)))


@pytest.mark.reference("scipy.signal.convolve", of="dlcore.factor.conv_synthesis")
@pytest.mark.parametrize(("places", "kernel"), [((11,), (4,)), ((5, 6), (3, 2))])
def test_synthesis_is_a_sum_of_convolutions(places, kernel):
    Z, kernels = random(2, 3, *places), random(3, *kernel, seed=1)
    expected = [
        sum(scipy.signal.convolve(z, d) for z, d in zip(codes, kernels, strict=True))
        for codes in Z.numpy()
    ]
    assert_close(conv_synthesis(Z, kernels), np.stack(expected))


def test_too_few_rounds_are_said():
    with pytest.warns(ConvergenceWarning, match="sparse_encode: no convergence after 2 steps"):
        sparse_encode(X, D, 0.01, method="cd", max_iter=2)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sparse_encode(X, D, 0.1, method="lars"), "got 'lars'"),
        (lambda: sparse_encode(X, D, method="cd"), "method 'cd' needs lam"),
        (lambda: sparse_encode(X, D, method="omp"), "needs n_nonzero, tol, or both"),
        (lambda: sparse_encode(X, D, -1.0), "at least 0, got -1"),
        (lambda: fista(X, D.T, 0.1), r"got \(7, 13\), \(29, 13\)"),
        (lambda: fista(X, 0 * D, 0.1), "all zero"),
        (lambda: fista(X, D, 0.1, start=X), r"and codes \(7, 13\)"),
        (lambda: sparse_coding_objective(X, D, X, 0.1), r"and codes \(7, 13\)"),
        (lambda: orthogonal_matching_pursuit(X, D, 14), "from 1 to 13"),
        (lambda: orthogonal_matching_pursuit(X, D, tol=-1.0), "tol >= 0"),
        (lambda: orthogonal_matching_pursuit(X, D.T, 1), "atoms have 29 entries, examples 13"),
        (lambda: conv_sparse_code(X, random(2, 14), 0.1), r"got \(7, 13\) and \(2, 14\)"),
        (lambda: conv_sparse_code(X, random(2, 3), -1), "at least 0, got -1"),
        (lambda: conv_sparse_code(X, 0 * random(2, 3), 0.1), "all zero"),
        (lambda: conv_synthesis(random(2, 3, 4), random(2, 3)), r"got \(2, 3\) and \(2, 3, 4\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
