"""Local response normalization against torch."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


@pytest.mark.reference(
    "torch.nn.functional.local_response_norm", of="dlcore.nn.local_response_norm"
)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 11])
@pytest.mark.parametrize("positions", [(4,), (3, 4), (2, 3, 2)])
def test_as_in_torch(size, positions, generator):
    x = torch.randn(2, 7, *positions, generator=generator, dtype=torch.float64)
    for constants in ((), (2.0, 0.6, 0.5)):
        assert_parity(nn.local_response_norm, F.local_response_norm, x, size, *constants)


@pytest.mark.reference("torch.nn.LocalResponseNorm", of="dlcore.nn.LocalResponseNorm")
def test_layer_as_in_torch(generator):
    x = torch.randn(2, 7, 3, 4, generator=generator, dtype=torch.float64)
    ours, theirs = nn.LocalResponseNorm(5, 2.0, k=2.0), torch.nn.LocalResponseNorm(5, 2.0, k=2.0)
    assert_close(ours(x), theirs(x))
    assert repr(ours) == repr(theirs)


def test_the_paper_sums_where_torch_averages(generator):
    a = torch.randn(1, 7, 3, 4, generator=generator, dtype=torch.float64)
    n, k, alpha, beta = 5, 2.0, 1e-4, 0.75
    for i in range(7):
        neighbours = a[:, max(0, i - n // 2) : min(6, i + n // 2) + 1]
        expected = a[:, i] / (k + alpha * (neighbours**2).sum(dim=1)) ** beta
        assert_close(nn.local_response_norm(a, n, n * alpha, beta, k)[:, i], expected)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        nn.local_response_norm(torch.ones(2, 7, 3), 0)
    with pytest.raises(ValueError, match=r"shape \(n, c, \.\.\.\), got \(2, 7\)"):
        nn.local_response_norm(torch.ones(2, 7), 3)
