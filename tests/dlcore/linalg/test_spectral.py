"""Spectral radius and normalization against torch, and what non-normal matrices do."""

import pytest
import torch

from dlcore.linalg import spectral_normalize, spectral_radius
from tests.dlcore.linalg.matrices import gaussian, symmetric
from tests.parity import assert_close


@pytest.mark.reference("torch.linalg.eigvals", of="dlcore.linalg.spectral_radius")
@pytest.mark.parametrize("A", [gaussian(7, 7), symmetric(7, 7), torch.zeros(3, 3).double()])
def test_spectral_radius(A):
    assert_close(spectral_radius(A), torch.linalg.eigvals(A).abs().max())
    powers = torch.linalg.matrix_norm(torch.linalg.matrix_power(A, 400), 2) ** (1 / 400)
    assert_close(powers, spectral_radius(A), rtol=0.02)


def test_examples():
    assert spectral_radius(torch.tensor([[0.0, 5.0], [0.0, 0.0]])) == 0
    assert spectral_radius(torch.tensor([[-1.1]])) > 1
    assert spectral_radius(torch.zeros(0, 0)) == 0


def test_powers_of_a_non_normal_matrix_grow_before_they_shrink():
    A = torch.tensor([[0.9, 10.0], [0.0, 0.9]], dtype=torch.float64)
    assert_close(spectral_radius(A), 0.9, rtol=1e-6)
    norms = [torch.linalg.matrix_norm(torch.linalg.matrix_power(A, k), 2) for k in range(300)]
    peak = max(range(300), key=lambda k: norms[k])
    assert peak in (9, 10)
    assert_close(norms[peak], 38.7, rtol=1e-2)
    assert norms[-1] < 1e-9


def torch_layer(W, steps):
    """Torch's parametrized layer, and the right vector from which its next steps start.

    Its steps begin with that vector, ours with the left one: ours is applied to the transpose.
    """
    layer = torch.nn.Linear(W.shape[1], W.shape[0], bias=False, dtype=W.dtype)
    layer.weight.data.copy_(W)
    layer = torch.nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=steps)
    return layer, layer.parametrizations.weight[0]._v.clone()


@pytest.mark.reference(
    "torch.nn.utils.parametrizations.spectral_norm", of="dlcore.linalg.spectral_normalize"
)
@pytest.mark.parametrize("shape", [(5, 7), (7, 3)])
def test_spectral_normalize(shape):
    torch.manual_seed(0)
    W = gaussian(*shape)
    layer, v = torch_layer(W, 1)
    assert_close(spectral_normalize(W.T, v, iterations=1).T, layer.weight)
    assert_close(spectral_normalize(W, iterations=2000), W / torch.linalg.matrix_norm(W, 2))


def test_gradient():
    torch.manual_seed(0)
    W, weights = gaussian(5, 7).requires_grad_(), gaussian(5, 7, seed=1)
    layer, v = torch_layer(W.detach(), 3)
    (layer.weight * weights).sum().backward()
    ours = spectral_normalize(W.T, v, iterations=3).T
    (gradient,) = torch.autograd.grad((ours * weights).sum(), W)
    assert_close(gradient, layer.parametrizations.weight.original.grad)


def test_the_zero_matrix_stays_zero():
    assert not spectral_normalize(torch.zeros(3, 5)).any()


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="iterations must be at least 1, got 0"):
        spectral_normalize(torch.ones(2, 3), iterations=0)
    with pytest.raises(ValueError, match="needs equal shapes"):
        spectral_normalize(torch.ones(2, 3), torch.ones(3))
    with pytest.raises(ValueError, match="needs a square matrix"):
        spectral_radius(torch.ones(2, 3))
