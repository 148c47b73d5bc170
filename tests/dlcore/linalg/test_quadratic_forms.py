"""Quadratic forms and their kinds against torch."""

import pytest
import torch

from dlcore.linalg import definiteness, quadratic_form
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity


def einsum(A, x):
    return torch.einsum("...i,...ij,...j->...", x, A, x)


@pytest.mark.reference("torch.einsum", of="dlcore.linalg.quadratic_form")
def test_quadratic_form():
    assert_parity(quadratic_form, einsum, gaussian(5, 5), gaussian(5, seed=1), factor=10)
    assert_parity(quadratic_form, einsum, gaussian(3, 5, 5), gaussian(3, 5, seed=1), factor=10)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0, 3.0], "positive definite"),
        ([0.0, 2.0, 3.0], "positive semidefinite"),
        ([-1.0, -2.0, -3.0], "negative definite"),
        ([-1.0, 0.0, -3.0], "negative semidefinite"),
        ([-1.0, 0.0, 3.0], "indefinite"),
        ([0.0, 0.0, 0.0], "zero"),
    ],
)
@pytest.mark.reference("torch.linalg.eigvalsh", of="dlcore.linalg.definiteness")
def test_definiteness(values, kind):
    values = torch.tensor(values, dtype=torch.float64)
    Q = torch.linalg.qr(gaussian(3, 3)).Q
    A = Q @ values.diag() @ Q.T
    assert_close(torch.linalg.eigvalsh(A), values.sort().values, atol=1e-14)
    assert definiteness(A) == kind
    skew = gaussian(3, 3, seed=1)
    assert definiteness(A + 10 * (skew - skew.T), rtol=1e-12) == kind
    assert definiteness((1e-20 * A).float(), rtol=1e-5) == kind


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"x must have shape \(..., 3\) .* got \(2,\)"):
        quadratic_form(torch.eye(3), torch.ones(2))
    with pytest.raises(ValueError, match="needs a square matrix"):
        definiteness(torch.ones(2, 3))
