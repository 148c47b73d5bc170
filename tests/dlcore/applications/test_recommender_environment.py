"""Clicks with the chances of a logistic curve."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from scipy.special import expit
from scipy.stats import binomtest

from dlcore.applications import RecommenderEnv


@pytest.mark.reference("scipy.special.expit", of="dlcore.applications.RecommenderEnv")
def test_chances_of_clicks_and_fatigue():
    env = RecommenderEnv(items=6, features=3, strength=2.0, satiation=0.7)
    observation, _ = env.reset(seed=4)
    assert np.linalg.norm(env.taste) == pytest.approx(1)
    np.testing.assert_allclose(observation[:3], env.taste, rtol=1e-6)
    for item in (2, 2, 5):
        observation, *_ = env.step(item)
    fatigue = np.array([0, 0, 0.25 + 0.5, 0, 0, 1.0])
    np.testing.assert_allclose(observation[3:], fatigue)
    expected = expit(2 * env.natures @ env.taste - 0.7 * fatigue)
    np.testing.assert_allclose(env.click_chances(), expected)


def test_clicks_come_with_their_chances():
    env = RecommenderEnv(satiation=0.0, session=10_000)
    env.reset(seed=5)
    chance = env.click_chances()[3]
    clicks = sum(env.step(3)[1] for _ in range(2000))
    assert binomtest(int(clicks), 2000, chance).pvalue > 1e-3


def test_items_stay_and_visitors_change():
    env = RecommenderEnv(session=2)
    natures = env.natures.copy()
    env.reset(seed=1)
    first = env.taste.copy()
    assert [env.step(0)[3] for _ in range(2)] == [False, True]
    env.reset()
    assert not np.allclose(first, env.taste)
    np.testing.assert_array_equal(natures, RecommenderEnv().natures)
    check_env(RecommenderEnv(), skip_render_check=True)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="an item"):
        RecommenderEnv(items=0)
    env = RecommenderEnv(items=2)
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"0..1, got 2"):
        env.step(2)
