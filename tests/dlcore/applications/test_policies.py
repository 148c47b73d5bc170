"""Policies against torch's distributions."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare, kstest
from torch import nn

from dlcore.applications import CategoricalPolicy, GaussianPolicy, Policy
from tests.parity import assert_close


@pytest.mark.reference(
    "torch.distributions.Categorical", of="dlcore.applications.CategoricalPolicy"
)
@pytest.mark.reference("torch.distributions.Categorical", of="dlcore.applications.Policy")
def test_categorical(generator):
    torch.manual_seed(0)
    policy = CategoricalPolicy(nn.Linear(3, 4).double())
    assert isinstance(policy, Policy)
    x = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    expected = torch.distributions.Categorical(logits=policy.network(x))
    actions = torch.tensor([0, 1, 2, 3, 3, 0])
    log_probs, entropy = policy.evaluate(x, actions)
    assert_close(log_probs, expected.log_prob(actions))
    assert_close(entropy, expected.entropy())
    counts = torch.bincount(policy.sample(x[:1].expand(4000, -1), generator), minlength=4)
    assert chisquare(counts.numpy(), 4000 * expected.probs[0].detach().numpy()).pvalue > 1e-3
    assert policy.act(x[0].numpy()) == int(expected.probs[0].argmax())


@pytest.mark.reference("torch.distributions.Normal", of="dlcore.applications.GaussianPolicy")
def test_gaussian(generator):
    torch.manual_seed(0)
    policy = GaussianPolicy(nn.Linear(3, 2), 2, log_std=-0.5).double()
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    actions = torch.randn(5, 2, generator=generator, dtype=torch.float64)
    mean, std = policy.network(x), policy.log_std.exp()
    expected = torch.distributions.Normal(mean, std.expand_as(mean))
    log_probs, entropy = policy.evaluate(x, actions)
    assert_close(log_probs, expected.log_prob(actions).sum(-1))
    assert_close(entropy, expected.entropy().sum(-1))
    draws = policy.sample(x[:1].expand(2000, -1), generator)[:, 1]
    first, spread = float(mean[0, 1].detach()), float(np.exp(-0.5))
    assert kstest(draws.numpy(), "norm", args=(first, spread)).pvalue > 1e-3
    assert_close(policy.act(x[0].numpy()), mean[0].detach())


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="action_size"):
        GaussianPolicy(nn.Linear(1, 1), 0)
