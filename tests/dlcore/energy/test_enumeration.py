"""All states against itertools, sums over them against SciPy and the Ising chain."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from dlcore.energy import binary_states, streaming_log_partition
from dlcore.graphical import IsingModel
from tests.parity import assert_close


@pytest.mark.reference("itertools.product", of="dlcore.energy.binary_states")
def test_states_count_up():
    expected = list(itertools.product([0.0, 1.0], repeat=5))
    assert_close(binary_states(5, dtype=torch.float64), np.array(expected))
    assert_close(binary_states(5, 7, 19, dtype=torch.float64), np.array(expected[7:19]))
    assert binary_states(3, 2, 2).shape == (0, 3)


@pytest.mark.reference("scipy.special.logsumexp", of="dlcore.energy.streaming_log_partition")
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_blocks_add_up(generator, scale):
    table = scale * torch.randn(2**7, generator=generator, dtype=torch.float64)
    places = 2 ** torch.arange(6, -1, -1)
    sizes = []

    def log_score(x):
        sizes.append(len(x))
        return table[(x.long() * places).sum(1)]

    assert_close(streaming_log_partition(log_score, 7, chunk=50), logsumexp(table.numpy()))
    assert sizes == [50, 50, 28]


def test_chain_in_closed_form():
    model = IsingModel.chain(12, 0.7)
    log_Z = streaming_log_partition(lambda x: model.log_score(x.long()), 12, chunk=1000)
    assert log_Z.item() == pytest.approx(math.log(2) + 11 * math.log(2 * math.cosh(0.7)))


def test_gradient_is_the_mean():
    theta = torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    streaming_log_partition(lambda x: x @ theta, 3, chunk=3).backward()
    assert_close(theta.grad, theta.detach().sigmoid())


@pytest.mark.bad_input
def test_bad_input():
    for arguments in [(0,), (3, 5, 2), (3, 0, 9), (64,)]:
        with pytest.raises(ValueError, match="do not exist"):
            binary_states(*arguments)
    with pytest.raises(ValueError, match="1 to 26 units"):
        streaming_log_partition(lambda x: x.sum(1), 27)
    with pytest.raises(ValueError, match="blocks of 1 or more"):
        streaming_log_partition(lambda x: x.sum(1), 2, chunk=0)
