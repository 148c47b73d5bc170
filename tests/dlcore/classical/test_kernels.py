"""Kernels against scikit-learn, and which functions are none."""

from functools import partial

import pytest
import torch
from sklearn.metrics import pairwise

from dlcore.classical import (
    check_kernel,
    gram_matrix,
    is_psd,
    linear_kernel,
    polynomial_kernel,
    rbf_kernel,
)
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X, Z = gaussian(11, 3), gaussian(7, 3, seed=1)
LINE = torch.tensor([[0.0], [1.0], [2.0], [3.0]], dtype=torch.float64)


@pytest.mark.reference(
    "sklearn.metrics.pairwise.linear_kernel", of="dlcore.classical.linear_kernel"
)
def test_linear_kernel():
    assert_close(linear_kernel(X, Z), pairwise.linear_kernel(X, Z))


@pytest.mark.reference(
    "sklearn.metrics.pairwise.polynomial_kernel", of="dlcore.classical.polynomial_kernel"
)
@pytest.mark.parametrize(("degree", "c", "gamma"), [(1, 0.0, 1.0), (3, 1.0, 0.5), (2, -1.0, 2.0)])
def test_polynomial_kernel(degree, c, gamma):
    theirs = pairwise.polynomial_kernel(X, Z, degree=degree, gamma=gamma, coef0=c)
    assert_close(polynomial_kernel(X, Z, degree=degree, c=c, gamma=gamma), theirs)


@pytest.mark.reference("sklearn.metrics.pairwise.rbf_kernel", of="dlcore.classical.rbf_kernel")
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_rbf_kernel(offset):
    theirs = pairwise.rbf_kernel(X, Z, gamma=0.7)
    assert_close(rbf_kernel(X + offset, Z + offset, gamma=0.7), theirs, rtol=1e-7)
    assert_close(rbf_kernel(X, X).diagonal(), torch.ones(11))


@pytest.mark.reference(
    "sklearn.metrics.pairwise.pairwise_kernels", of="dlcore.classical.gram_matrix"
)
def test_gram_matrix():
    theirs = pairwise.pairwise_kernels(X, metric="rbf", gamma=2.0)
    assert_close(gram_matrix(partial(rbf_kernel, gamma=2.0), X), theirs)


@pytest.mark.reference("torch.linalg.eigvalsh", of="dlcore.classical.is_psd")
def test_is_psd():
    for seed in range(10):
        A = gaussian(5, 5, seed=seed)
        assert is_psd(A + A.T) == bool(torch.linalg.eigvalsh(A + A.T)[0] >= 0)
        assert is_psd(A[:, :2] @ A[:, :2].T)
    assert is_psd(torch.zeros(0, 0))


@pytest.mark.reference("eigenvalues of the Gram matrix", of="dlcore.classical.check_kernel")
def test_check_kernel():
    for kernel in (linear_kernel, rbf_kernel, polynomial_kernel):
        assert check_kernel(kernel, X)
        assert check_kernel(kernel, LINE)
    for degree, c, points, least in ((2, -1.0, LINE[:3], -0.63), (1.5, 1.0, LINE, -0.002)):
        kernel = partial(polynomial_kernel, degree=degree, c=c)
        smallest = torch.linalg.eigvalsh(gram_matrix(kernel, points))[0]
        assert_close(smallest, least, rtol=0.02)
        assert not check_kernel(kernel, points)
    assert not check_kernel(lambda A, B: (A @ B.T - 1).tanh(), LINE)
    assert not check_kernel(lambda A, B: A.sum(1)[:, None] - B.sum(1), LINE)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="equally many features"):
        linear_kernel(X, Z[:, :2])
    with pytest.raises(ValueError, match="degree must be at least 1"):
        polynomial_kernel(X, Z, degree=0)
    with pytest.raises(ValueError, match="gamma must be positive"):
        rbf_kernel(X, Z, gamma=0.0)
    with pytest.raises(ValueError, match=r"kernel gave shape \(11,\)"):
        gram_matrix(lambda A, B: A[:, 0], X)
    with pytest.raises(ValueError, match="symmetric"):
        is_psd(torch.tensor([[1.0, 2.0], [0.0, 1.0]]))
