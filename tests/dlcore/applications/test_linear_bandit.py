"""LinUCB against ridge regression of scikit-learn and the formula for its bound."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from dlcore.applications import LinUCB
from tests.parity import assert_close


@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.applications.LinUCB")
def test_each_arm_is_a_ridge_regression_with_a_bonus(generator):
    X = torch.randn(40, 3, generator=generator, dtype=torch.float64)
    rewards = torch.randn(40, generator=generator, dtype=torch.float64)
    bandit = LinUCB(2, 3, alpha=0.7, regularization=2.0, dtype=torch.float64)
    for i, (x, reward) in enumerate(zip(X, rewards, strict=True)):
        bandit.update(x, i % 2, float(reward))
    query = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    expected = []
    for arm in range(2):
        own = X[arm::2].numpy()
        ridge = Ridge(alpha=2.0, fit_intercept=False).fit(own, rewards[arm::2].numpy())
        assert_close(bandit.coefficients[arm], ridge.coef_)
        inverse = np.linalg.inv(2 * np.eye(3) + own.T @ own)
        bonus = np.sqrt(query.numpy() @ inverse @ query.numpy())
        expected.append(ridge.predict(query.numpy()[None])[0] + 0.7 * bonus)
    assert_close(bandit.scores(query), np.array(expected))
    assert bandit.choose(query) == int(np.argmax(expected))


def test_it_learns_who_likes_what(generator):
    theta = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    bandit, late = LinUCB(2, 2, alpha=0.5), []
    for t in range(200):
        x = torch.rand(2, generator=generator)
        arm = bandit.choose(x)
        bandit.update(x, arm, float(theta[arm] @ x))
        if t >= 100:
            late.append(arm == int((theta @ x).argmax()))
    assert sum(late) > 95


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="an arm, a feature"):
        LinUCB(0, 3)
    with pytest.raises(ValueError, match=r"shape \(3,\), got \(2,\)"):
        LinUCB(2, 3).scores(torch.zeros(2))
