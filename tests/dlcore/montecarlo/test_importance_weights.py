"""Effective sample sizes of weights against SciPy and closed forms."""

import pytest
import torch
from scipy import special

from dlcore.montecarlo import importance_ess
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("scipy.special.softmax", of="dlcore.montecarlo.importance_ess")
def test_against_scipy(generator):
    log_weights = 5 * torch.randn(101, 3, generator=generator, dtype=torch.float64)
    weights = special.softmax(log_weights.numpy(), axis=0)
    assert_close(importance_ess(log_weights), 1 / (weights**2).sum(0))
    assert_close(importance_ess(log_weights + 1000), importance_ess(log_weights), rtol=1e-8)
    assert_parity(
        importance_ess, lambda w: w.exp().sum(0) ** 2 / w.exp().square().sum(0), log_weights
    )


def test_extremes():
    assert_close(importance_ess(torch.full((7,), -1000.0, dtype=torch.float64)), 7.0)
    one = torch.tensor([3.0, -torch.inf, -torch.inf], dtype=torch.float64)
    assert_close(importance_ess(one), 1.0)


@pytest.mark.bad_input
@pytest.mark.parametrize("bad", [torch.zeros(0), torch.tensor(1.0)])
def test_no_draws(bad):
    with pytest.raises(ValueError, match="needs draws along axis 0"):
        importance_ess(bad)


@pytest.mark.bad_input
@pytest.mark.parametrize("worst", [-torch.inf, torch.inf, torch.nan])
def test_useless_weights(worst):
    with pytest.raises(ValueError, match="must be finite"):
        importance_ess(torch.full((3,), worst))
