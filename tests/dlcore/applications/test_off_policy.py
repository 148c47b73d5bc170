"""Judging a policy from another's log: exact expectations by going through all that may happen."""

from itertools import product

import numpy as np
import pytest
import torch

from dlcore.applications import (
    Estimate,
    doubly_robust_estimate,
    ips_estimate,
    off_policy_importance_sampling,
)

PI, LOGGING = np.array([0.8, 0.2]), np.array([0.5, 0.5])
REWARDS = np.array([1.0, 3.0])


def tensor(values) -> torch.Tensor:
    return torch.tensor(np.array(values), dtype=torch.float64)


def one_of_each() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Each action once: with equal logging chances the mean over them is the expectation."""
    return tensor(REWARDS), tensor(PI), tensor(LOGGING)


@pytest.mark.reference("numpy.dot", of="dlcore.applications.ips_estimate")
@pytest.mark.reference("numpy.dot", of="dlcore.applications.Estimate")
def test_inverse_propensities_have_the_right_expectation():
    found = ips_estimate(*one_of_each())
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(np.dot(PI, REWARDS))
    weighted = PI / LOGGING * REWARDS
    assert found.standard_error == pytest.approx(weighted.std(ddof=1) / np.sqrt(2))


def test_self_normalization_and_cutting():
    rewards, target, logging = one_of_each()
    constant = ips_estimate(rewards * 0 + 5, target / 2, logging, self_normalized=True)
    assert constant.value == pytest.approx(5)
    assert constant.standard_error == pytest.approx(0, abs=1e-12)
    cut = ips_estimate(rewards, target, logging, max_weight=1.0)
    assert cut.value == pytest.approx((1 * 1 + 0.4 * 3) / 2)


def test_the_standard_error_is_that_of_many_logs():
    rng = np.random.default_rng(0)
    actions = rng.choice(2, p=[0.3, 0.7], size=(800, 100))
    rewards = REWARDS[actions] + rng.normal(size=actions.shape)
    logging = np.where(actions == 0, 0.3, 0.7)
    for self_normalized in (False, True):
        found = [
            ips_estimate(*map(tensor, log), self_normalized=self_normalized)
            for log in zip(rewards, PI[actions], logging, strict=True)
        ]
        spread = np.std([estimate.value for estimate in found])
        stated = np.mean([estimate.standard_error for estimate in found])
        assert stated == pytest.approx(spread, rel=0.12)


@pytest.mark.reference("numpy.dot", of="dlcore.applications.doubly_robust_estimate")
@pytest.mark.parametrize("wrong", ["nothing", "model", "chances"])
def test_doubly_robust(wrong):
    model = tensor([REWARDS if wrong != "model" else [7.0, -2.0]] * 2)
    logging = tensor(LOGGING if wrong != "chances" else [0.9, 0.2])
    target, actions = tensor([PI, PI]), torch.tensor([0, 1])
    found = doubly_robust_estimate(tensor(REWARDS), actions, target, logging, model)
    assert found.value == pytest.approx(np.dot(PI, REWARDS))
    if wrong != "model":
        assert found.standard_error == pytest.approx(0, abs=1e-12)


@pytest.mark.reference("itertools.product", of="dlcore.applications.off_policy_importance_sampling")
@pytest.mark.parametrize("kind", ["ordinary", "per-decision"])
def test_all_episodes_together_give_the_exact_value(kind):
    """Three steps of a bandit: 8 episodes, equally likely under the logging policy."""
    episodes = np.array(list(product(range(2), repeat=3)))
    found = off_policy_importance_sampling(
        tensor(REWARDS[episodes]), tensor((PI / LOGGING)[episodes]), discount=0.9, kind=kind
    )
    assert found.value == pytest.approx(np.dot(PI, REWARDS) * (1 + 0.9 + 0.81))


def test_the_variance_of_the_product_grows_exponentially():
    for steps, expected in ((1, 0.36), (5, 1.36**5 - 1)):
        episodes = np.array(list(product(range(2), repeat=steps)))
        last_pays_one = np.zeros(episodes.shape)
        last_pays_one[:, -1] = 1
        ratios = tensor((PI / LOGGING)[episodes])
        found = off_policy_importance_sampling(tensor(last_pays_one), ratios)
        n = len(episodes)
        assert found.standard_error**2 * (n - 1) == pytest.approx(expected)


def test_weighted_is_self_normalized():
    rewards, ratios = tensor([[1.0, 2.0], [0.0, 4.0]]), tensor([[2.0, 0.5], [3.0, 1.0]])
    found = off_policy_importance_sampling(rewards, ratios, kind="weighted")
    assert found.value == pytest.approx((1 * 3 + 3 * 4) / (1 + 3))


@pytest.mark.bad_input
def test_bad_input():
    x, p = torch.ones(2), torch.full((2,), 0.5)
    with pytest.raises(ValueError, match="no logged step"):
        ips_estimate(x[:0], p[:0], p[:0])
    with pytest.raises(ValueError, match="as many target"):
        ips_estimate(x, p[:1], p)
    with pytest.raises(ValueError, match=r"\(0, 1\]"):
        ips_estimate(x, p, torch.zeros(2))
    with pytest.raises(ValueError, match="max_weight"):
        ips_estimate(x, p, p, max_weight=0.0)
    with pytest.raises(ValueError, match="ever taken"):
        ips_estimate(x, 0 * p, p, self_normalized=True)
    with pytest.raises(ValueError, match="shapes differ"):
        doubly_robust_estimate(x, torch.tensor([0, 0]), torch.ones(2, 2), p, torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"\(n, steps\)"):
        off_policy_importance_sampling(x, x)
    with pytest.raises(ValueError, match="'both'"):
        off_policy_importance_sampling(torch.ones(1, 2), torch.ones(1, 2), kind="both")
