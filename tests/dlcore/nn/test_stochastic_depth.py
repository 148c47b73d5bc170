"""Branches dropped as a whole: expectation, rows, schedule."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close


def seeded(f, *args, **kwargs):
    torch.manual_seed(3)
    return f(*args, **kwargs)


@pytest.mark.reference("torch.nn.functional.dropout", of="dlcore.nn.drop_path")
@pytest.mark.parametrize(("mode", "draws"), [("row", 7), ("batch", 1)])
@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_one_draw_for_a_branch(mode, draws, p, generator):
    x = torch.randn(7, 5, 3, generator=generator)
    mask = seeded(F.dropout, torch.ones(draws, 1, 1), p)
    assert_close(seeded(nn.drop_path, x, p, mode=mode), x * mask)
    assert nn.drop_path(x, p, training=False) is x


@pytest.mark.reference("torch.nn.functional.dropout", of="dlcore.nn.StochasticDepth")
def test_the_layer_in_a_residual_block():
    branch = torch.nn.Linear(3, 3)
    block = nn.ResidualBlock(torch.nn.Sequential(branch, nn.StochasticDepth(0.25)))
    x = torch.ones(20_000, 3)
    y = seeded(block, x)
    mask = seeded(F.dropout, torch.ones(20_000, 1), 0.25)
    assert_close(y, x + branch(x) * mask, rtol=1e-5, atol=1e-6)
    error = 5 * branch(x[0]).abs() * math.sqrt(0.25 / 0.75 / 20_000)
    assert ((y.mean(dim=0) - (x + branch(x))[0]).abs() < error + 1e-4).all()
    assert_close(block.eval()(x), x + branch(x), rtol=1e-6)
    assert repr(nn.StochasticDepth(0.25)) == "StochasticDepth(p=0.25, mode=row)"


@pytest.mark.reference("numpy.linspace", of="dlcore.nn.linear_survival_schedule")
def test_survival_falls_evenly_to_the_last_block():
    expected = np.linspace(1, 0.8, 55)[1:]
    schedule = nn.linear_survival_schedule(54, last=0.8)
    assert_close(schedule, expected, rtol=1e-6)
    assert round(schedule.sum().item(), 3) == 48.5
    assert round(nn.linear_survival_schedule(54).sum().item(), 3) == 40.25


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_dtype_and_empty_batch(dtype):
    assert nn.drop_path(torch.ones(3, 2, dtype=dtype)).dtype == dtype
    assert nn.drop_path(torch.ones(0, 2, dtype=dtype)).shape == (0, 2)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="mode must be 'row' or 'batch', got 'column'"):
        nn.StochasticDepth(0.1, "column")
    with pytest.raises(ValueError, match="mode must be"):
        nn.drop_path(torch.ones(3), mode="column")
    with pytest.raises(ValueError, match=r"got 1\.1"):
        nn.StochasticDepth(1.1)
    with pytest.raises(ValueError, match="got a scalar"):
        nn.drop_path(torch.tensor(1.0))
    with pytest.raises(ValueError, match="n_blocks must be at least 1, got 0"):
        nn.linear_survival_schedule(0)
    with pytest.raises(ValueError, match="last must lie between 0 and 1, got 2"):
        nn.linear_survival_schedule(3, 2)
