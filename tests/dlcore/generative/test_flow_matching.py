"""Velocities between Gaussians in closed form, SciPy's pairs, and the order of the integrators."""

import pytest
import torch
from scipy.spatial.distance import cdist
from torch import nn

from dlcore.generative import (
    flow_matching_loss,
    flow_matching_sample,
    ot_coupling,
    train_flow_matching,
)
from dlcore.training import NonFiniteLossError
from tests.parity import assert_close


def exact_velocity(mean, sd):
    """The mean of x_1 - x_0 given x_t, for x_0 ~ N(0, 1) and x_1 ~ N(mean, sd^2)."""

    def v(x, t):
        t = t[:, None]
        variance = (1 - t) ** 2 + t**2 * sd**2
        return mean + (t * sd**2 - (1 - t)) / variance * (x - t * mean)

    return v


@pytest.mark.reference("Gaussian in closed form", of="dlcore.generative.flow_matching_sample")
def test_noise_becomes_the_gaussian():
    x_0 = torch.linspace(-2, 2, 9).double()[:, None]
    v, truth = exact_velocity(3.0, 0.5), 3 + 0.5 * x_0
    errors = {}
    for method in ("euler", "midpoint"):
        for steps in (20, 40):
            x = flow_matching_sample(v, x_0, steps=steps, method=method)
            errors[method, steps] = (x - truth).abs().max().item()
    assert errors["midpoint", 40] < 1e-3
    assert errors["euler", 20] / errors["euler", 40] == pytest.approx(2, rel=0.2)
    assert errors["midpoint", 20] / errors["midpoint", 40] > 3.5
    states = flow_matching_sample(v, x_0, steps=5, trajectory=True)
    assert states.shape == (6, 9, 1)
    assert torch.equal(states[0], x_0)


@pytest.mark.reference("closed form", of="dlcore.generative.flow_matching_loss")
def test_least_loss(generator):
    """At t the variance of x_1 - x_0 given x_t is sd^2 / ((1-t)^2 + t^2 sd^2)."""
    n, t = 40_000, torch.full((40_000,), 0.3).double()
    x_1 = 3 + 0.5 * torch.randn(n, 1, generator=generator).double()
    least = 0.25 / (0.49 + 0.09 * 0.25)
    loss = flow_matching_loss(exact_velocity(3.0, 0.5), x_1, t=t, generator=generator)
    assert loss.item() == pytest.approx(least, rel=4 * (2 / n) ** 0.5)
    worse = flow_matching_loss(exact_velocity(2.5, 0.5), x_1, t=t, generator=generator)
    assert worse > loss
    images = torch.rand(2, 1, 4, 4)
    assert flow_matching_loss(lambda x, t: 0 * x, images, x_0=images) == 0


@pytest.mark.reference("all orders", of="dlcore.generative.ot_coupling")
def test_pairs_are_the_shortest(generator):
    from itertools import permutations

    x_0, x_1 = torch.randn(2, 5, 3, generator=generator).double()
    cost = cdist(x_0.numpy(), x_1.numpy(), "sqeuclidean")
    best = min(
        permutations(range(5)), key=lambda order: sum(cost[i, j] for i, j in enumerate(order))
    )
    same, paired = ot_coupling(x_0, x_1)
    assert torch.equal(same, x_0)
    assert torch.equal(paired, x_1[list(best)])


class Shift(nn.Module):
    """A velocity that is the same everywhere."""

    def __init__(self):
        super().__init__()
        self.v = nn.Parameter(torch.zeros(2))

    def forward(self, x, t):
        return self.v.expand_as(x)


@pytest.mark.reference("mean in closed form", of="dlcore.generative.train_flow_matching")
@pytest.mark.reference("losses by hand", of="dlcore.generative.FlowMatchingHistory")
def test_a_constant_velocity_becomes_the_mean(generator):
    X = torch.tensor([2.0, -1.0]) + 0.1 * torch.randn(200, 2, generator=generator)
    for coupling in (None, ot_coupling):
        model = Shift()
        history = train_flow_matching(
            model, X, coupling=coupling, steps=60, batch_size=64, lr=0.1, generator=generator,
            progress=False,
        )  # fmt: skip
        assert_close(model.v, torch.tensor([2.0, -1.0]), rtol=0, atol=0.15)
        assert len(history.losses) == 60
        assert history.losses[0].item() == pytest.approx(1 + 0.01 + 2.5, rel=0.25)


@pytest.mark.bad_input
def test_bad_input():
    X = torch.zeros(4, 2)
    with pytest.raises(ValueError, match="no examples"):
        flow_matching_loss(Shift(), X[:0])
    with pytest.raises(ValueError, match="does not fit"):
        flow_matching_loss(Shift(), X, t=torch.zeros(3))
    with pytest.raises(ValueError, match="velocity of"):
        flow_matching_loss(lambda x, t: x[:1], X)
    with pytest.raises(ValueError, match=r"two sets \(b, d\)"):
        ot_coupling(X, X[:2])
    with pytest.raises(ValueError, match="counts of at least 1"):
        train_flow_matching(Shift(), X, steps=0)
    with pytest.raises(NonFiniteLossError):
        train_flow_matching(Shift(), X * float("nan"), steps=2, progress=False)
    with pytest.raises(ValueError, match="euler or midpoint"):
        flow_matching_sample(Shift(), X, method="rk4")
