"""Energy models: closed forms of Gaussians, SciPy's integrals, a ring on a grid."""

import math

import pytest
import torch
from scipy import integrate
from torch import nn

from dlcore.energy import EBMHistory, EnergyModel, grid_log_partition, train_ebm
from tests.parity import assert_close


class Quadratic(nn.Module):
    """E = precision * (x - mean)^2 / 2, whose density is a normal."""

    def __init__(self):
        super().__init__()
        self.log_precision = nn.Parameter(torch.zeros(()))
        self.mean = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.log_precision.exp() * (x - self.mean).square().sum(1, keepdim=True) / 2


@pytest.mark.reference("closed form", of="dlcore.energy.EnergyModel")
def test_energy_and_score_in_closed_form(generator):
    model = EnergyModel(Quadratic())
    x = torch.randn(5, 3, generator=generator)
    assert_close(model.energy(x), x.square().sum(1) / 2, rtol=1e-6)
    assert_close(model.log_score(x), -x.square().sum(1) / 2, rtol=1e-6)
    assert_close(model.score(x), -x, rtol=1e-6)
    assert model.score(x, create_graph=True).requires_grad
    walked = model.langevin(torch.zeros(4000, 1), 40, 0.5, generator=generator)
    assert walked.var().item() == pytest.approx(1 / (1 - 0.5 / 4), rel=0.1)
    assert abs(walked.mean().item()) < 4 * (1.15 / 4000) ** 0.5


@pytest.mark.reference("maximum likelihood in closed form", of="dlcore.energy.train_ebm")
@pytest.mark.reference("maximum likelihood in closed form", of="dlcore.energy.EBMHistory")
def test_training_finds_the_normal(generator):
    X = 1.5 + 0.7 * torch.randn(500, 1, generator=generator)
    model = EnergyModel(Quadratic())
    history = train_ebm(
        model, X, steps=150, batch_size=250, chains=300, langevin_steps=3, step_size=0.2, lr=0.05,
        generator=generator, progress=False,
    )  # fmt: skip
    assert isinstance(history, EBMHistory)
    assert history.energy_gap.shape == (150,)
    assert history.chains.shape == (300, 1)
    assert model.network.mean.item() == pytest.approx(X.mean().item(), abs=0.12)
    precision = model.network.log_precision.exp().item()
    walked = 1 / (precision * (1 - 0.2 * precision / 4))
    assert walked == pytest.approx(X.var().item(), rel=0.2)
    assert abs(history.energy_gap[-50:].mean()) < 0.2
    assert history.chains.mean().item() == pytest.approx(1.5, abs=0.25)


def test_one_step_lowers_data_and_raises_the_rest(generator):
    X = 4 + torch.randn(100, 1, generator=generator)
    model = EnergyModel(nn.Linear(1, 1))
    model.network.weight.data.fill_(0.0)
    train_ebm(model, X, steps=1, langevin_steps=1, lr=0.1, generator=generator, progress=False)
    first = model.network.weight.item()
    assert abs(abs(first) - 0.1) < 1e-3
    assert model.network.bias.grad.abs().item() < 1e-6


def test_the_penalty_and_the_restarts(generator):
    X = 4 + 0.5 * torch.randn(2000, 1, generator=generator)
    model = EnergyModel(nn.Linear(1, 1))
    model.network.weight.data.fill_(0.0)
    model.network.bias.data.fill_(1.5)
    history = train_ebm(
        model, X, steps=2, chains=4000, langevin_steps=1, step_size=1e-8, restart=1.0, alpha=0.5,
        lr=0.0, generator=generator, progress=False,
    )  # fmt: skip
    assert model.network.bias.grad.item() == pytest.approx(2 * 0.5 * 2 * 1.5, rel=1e-5)
    assert history.chains.mean().item() == pytest.approx(4, abs=0.08)
    assert history.chains.std().item() == pytest.approx(1, abs=0.08)


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.energy.grid_log_partition")
def test_integrals():
    low, high = torch.tensor([-1.0]).double(), torch.tensor([3.0]).double()
    found = grid_log_partition(lambda x: x[:, 0].cos() * 2, low, high, points=2000)
    expected = integrate.quad(lambda x: math.exp(2 * math.cos(x)), -1, 3)[0]
    assert found.item() == pytest.approx(math.log(expected), abs=1e-6)
    for d, points in ((2, 90), (3, 70)):
        box = torch.full((d,), 6.0).double()
        found = grid_log_partition(lambda x: 700 - x.square().sum(1) / 2, -box, box, points)
        assert found.item() == pytest.approx(700 + d / 2 * math.log(2 * math.pi), abs=1e-6)


@pytest.mark.bad_input
def test_bad_input():
    model, X = EnergyModel(nn.Linear(2, 2)), torch.zeros(4, 2)
    with pytest.raises(ValueError, match="a number for each row"):
        model.energy(X)
    with pytest.raises(ValueError, match="two examples"):
        train_ebm(model, X[:1])
    with pytest.raises(ValueError, match="at least 1"):
        train_ebm(model, X, chains=0)
    with pytest.raises(ValueError, match="d from 1 to 3"):
        grid_log_partition(lambda x: x[:, 0], torch.zeros(4), torch.ones(4))
    with pytest.raises(ValueError, match="is empty"):
        grid_log_partition(lambda x: x[:, 0], torch.ones(2), torch.ones(2))
