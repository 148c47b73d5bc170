"""Determinants against torch, characteristic polynomials against NumPy."""

import itertools

import numpy as np
import pytest
import torch

from dlcore.linalg import characteristic_polynomial, det, det_cofactor
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("torch.linalg.det", of="dlcore.linalg.det")
@pytest.mark.reference("torch.linalg.det", of="dlcore.linalg.det_cofactor")
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (5, 5), (2, 3, 4, 4)])
@pytest.mark.parametrize("ours", [det, det_cofactor])
def test_parity(ours, shape):
    assert_parity(ours, torch.linalg.det, gaussian(*shape), factor=10)


@pytest.mark.parametrize("ours", [det, det_cofactor])
def test_every_permutation_has_its_sign(ours):
    for permutation in itertools.permutations(range(4)):
        P = torch.eye(4)[list(permutation)]
        assert ours(P) == round(np.linalg.det(P.numpy()))


@pytest.mark.parametrize("ours", [det, det_cofactor])
def test_examples(ours):
    exercise = torch.tensor([[2.0, 1.0, 0.0], [1.0, 3.0, 2.0], [0.0, 1.0, 1.0]])
    assert_close(ours(exercise), 1.0, rtol=1e-6)
    assert ours(torch.tensor([[1.0, 2.0], [2.0, 4.0]])) == 0
    assert ours(torch.zeros(0, 0)) == 1
    assert ours(torch.zeros(3, 0, 0)).tolist() == [1, 1, 1]


@pytest.mark.reference("numpy.poly", of="dlcore.linalg.characteristic_polynomial")
@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_characteristic_polynomial(n):
    A = gaussian(n, n)
    assert_close(characteristic_polynomial(A), np.poly(A.numpy()), rtol=1e-9, atol=1e-11)
    batch = characteristic_polynomial(torch.stack([A, 2 * A]))
    assert_close(batch[0], characteristic_polynomial(A))
    assert_close(batch[1, -1], (-1) ** n * torch.linalg.det(2 * A))


def test_a_matrix_satisfies_its_own_polynomial():
    A = gaussian(5, 5)
    value = torch.zeros_like(A)
    for c in characteristic_polynomial(A):
        value = value @ A + c * torch.eye(5, dtype=A.dtype)
    assert_close(value, torch.zeros(5, 5), atol=1e-11)


@pytest.mark.bad_input
def test_bad_input():
    for f in (det, det_cofactor, characteristic_polynomial):
        with pytest.raises(ValueError, match=r"got shape \(2, 3\)"):
            f(torch.ones(2, 3))
    with pytest.raises(ValueError, match="would add 10! products"):
        det_cofactor(torch.eye(10))
