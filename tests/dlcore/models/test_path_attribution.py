"""Attributions of functions whose integrals are known."""

import pytest
import torch
from scipy.integrate import quad
from torch import nn

from dlcore.models import gradient_times_input, integrated_gradients
from tests.parity import assert_close


def cubic(z):
    """A function of which the integral along a straight line is a polynomial."""
    return z.pow(3).sum(1) + z[:, 0] * z[:, 1]


@pytest.mark.reference("closed form", of="dlcore.models.integrated_gradients")
def test_cubes_and_a_product_shared_by_two():
    x = torch.tensor([1.0, 2.0, -1.0], dtype=torch.float64)
    parts = integrated_gradients(cubic, x)
    # midpoints err on the integral of 3 t^2 by 1/(4 steps^2)
    error = 1 / (4 * 200**2)
    assert_close(parts, x.pow(3) * (1 - error) + torch.tensor([1.0, 1.0, 0.0]).double())
    assert_close(parts.sum(), 10.0, atol=1e-3)
    start = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    whole = integrated_gradients(cubic, x, start, steps=2000).sum()
    assert_close(whole, cubic(x[None])[0] - cubic(start[None])[0], rtol=1e-4, atol=1e-6)


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.models.integrated_gradients")
def test_a_network_on_the_way_from_a_baseline(generator):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    x = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    baseline = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    parts = integrated_gradients(lambda z: model(z)[:, 0], x, baseline, steps=400)
    W, b, v = model[1].weight.detach(), model[1].bias.detach(), model[3].weight[0].detach()

    def slope(t, i):
        point = (baseline + t * (x - baseline)).flatten()
        return float(v * (1 - torch.tanh(W @ point + b) ** 2) @ W[:, i])

    for i in (0, 4):
        expected = (x - baseline).flatten()[i] * quad(slope, 0, 1, args=(i,))[0]
        assert_close(parts.flatten()[i], expected, rtol=1e-4)


@pytest.mark.reference("closed form", of="dlcore.models.gradient_times_input")
def test_exact_for_what_is_linear(generator):
    w, x = torch.randn(2, 5, generator=generator).double()
    for parts in (
        gradient_times_input(lambda z: z @ w, x),
        integrated_gradients(lambda z: z @ w + 7.0, x, steps=1),
    ):
        assert_close(parts, w * x)
    far = torch.tensor([40.0], dtype=torch.float64)  # tanh is flat there
    assert_close(gradient_times_input(lambda z: z.tanh().sum(1), far), [0.0])
    assert_close(integrated_gradients(lambda z: z.tanh().sum(1), far, steps=4000), [1.0], rtol=1e-4)
    assert not far.requires_grad


@pytest.mark.bad_input
def test_scores_and_baselines_that_do_not_fit():
    x = torch.ones(3)
    with pytest.raises(ValueError, match="one number per example"):
        integrated_gradients(lambda z: z, x)
    with pytest.raises(ValueError, match="one number per example"):
        gradient_times_input(lambda z: z.sum(), x)
    with pytest.raises(ValueError, match="a baseline shaped"):
        integrated_gradients(cubic, x, torch.ones(2))
    with pytest.raises(ValueError, match="at least 1 step"):
        integrated_gradients(cubic, x, steps=0)
