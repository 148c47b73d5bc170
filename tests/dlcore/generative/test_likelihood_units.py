"""Bits and cells by arithmetic."""

import math

import pytest
import torch

from dlcore.generative import bits_per_dim, uniform_dequantize


@pytest.mark.reference("arithmetic", of="dlcore.generative.bits_per_dim")
def test_bits():
    assert bits_per_dim(torch.tensor(3000.0), 3072).item() == pytest.approx(1.408882, abs=1e-6)
    uniform = torch.tensor(5 * math.log(256.0))
    assert bits_per_dim(uniform, 5).item() == pytest.approx(8)
    assert bits_per_dim(torch.tensor(0.0), 5, levels=256).item() == 8


@pytest.mark.reference("uniform moments", of="dlcore.generative.uniform_dequantize")
def test_cells(generator):
    x = torch.randint(0, 8, (20_000,), generator=generator)
    y = uniform_dequantize(x, 8, generator=generator)
    assert torch.equal((y * 8).floor().long(), x)
    u = y * 8 - x
    assert u.mean().item() == pytest.approx(0.5, abs=4 / (12 * 20_000) ** 0.5)
    assert u.var().item() == pytest.approx(1 / 12, rel=0.05)
    top = uniform_dequantize(torch.full((20_000,), 2**16 - 1), 2**16, generator=generator)
    assert top.max() < 1


def test_bound_by_jensen(generator):
    """A density that is uneven within a cell loses nats against the cell's probability."""
    x = torch.zeros(20_000, dtype=torch.long)
    y = uniform_dequantize(x, 2, dtype=torch.float64, generator=generator)
    density = torch.distributions.Beta(2.0, 2.0).log_prob(y)
    bound = density.mean().item() - math.log(2)
    exact = math.log(0.5)
    expected = math.log(6) + 2 * quad_log() - math.log(2)
    assert bound == pytest.approx(expected, abs=0.05)
    assert bound < exact


def quad_log():
    """Half the mean of log y + log(1 - y) over (0, 1/2)."""
    first = math.log(0.5) - 1
    second = 2 * (0.5 * math.log(2) - 0.5)
    return (first + second) / 2


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="dims >= 1"):
        bits_per_dim(torch.zeros(1), 0)
    for x in (torch.tensor([4]), torch.tensor([-1]), torch.tensor([0.5])):
        with pytest.raises(ValueError, match="whole numbers from 0 to 3"):
            uniform_dequantize(x, 4)
