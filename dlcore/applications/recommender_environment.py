"""People who click or don't: whom one shows what, and who gets tired of it."""

import numpy as np

from dlcore.applications._gymnasium import Box, Discrete, Env


class RecommenderEnv(Env):
    r"""Show one item a step to a visitor, who clicks with chance $\sigma(s\, u^\top v_a - w f_a)$.

    u is the visitor's taste and v the item's nature, both of length 1; the fatigue f of an item
    rises by 1 when it is shown and halves each step. With w = 0 what is shown now does not change
    what works later: a contextual bandit.

    Args:
        items: how many there are.
        features: numbers in a taste.
        strength: s.
        satiation: w.
        session: steps with one visitor.
        seed: of the items' natures, which stay the same from visitor to visitor.

    Attributes:
        natures: v, shape (items, features).
        taste: u of the visitor, shape (features,).
        fatigue: f, shape (items,).

    Raises:
        ValueError: no item, feature or step, or an item that does not exist.

    Section: :ref:`sec-recommenders`.

    Source: Ie et al. (2019), RecSim: a configurable simulation platform for recommender systems,
    arXiv:1909.04847.

    Example:
        >>> env = RecommenderEnv(items=5)
        >>> observation, _ = env.reset(seed=0)
        >>> observation.shape, env.step(0)[1] in (0.0, 1.0)
        ((9,), True)

    In production: recsim-ng, open-bandit-pipeline for logged data.
    """

    def __init__(
        self,
        *,
        items: int = 10,
        features: int = 4,
        strength: float = 3.0,
        satiation: float = 1.0,
        session: int = 20,
        seed: int = 0,
    ) -> None:
        if min(items, features, session) < 1:
            raise ValueError(
                f"an item, a feature and a step are needed, got {items}, {features}, {session}"
            )
        self.strength, self.satiation, self.session = strength, satiation, session
        natures = np.random.default_rng(seed).normal(size=(items, features))
        self.natures = natures / np.linalg.norm(natures, axis=1, keepdims=True)
        self.taste, self.fatigue, self._steps = np.zeros(features), np.zeros(items), 0
        self.observation_space = Box(-1, 2, (features + items,), np.float32)
        self.action_space = Discrete(items)

    def _observe(self) -> np.ndarray:
        return np.concatenate([self.taste, self.fatigue]).astype(np.float32)

    def click_chances(self) -> np.ndarray:
        """The chance of a click on each item now, shape (items,)."""
        appeal = self.strength * self.natures @ self.taste - self.satiation * self.fatigue
        return 1 / (1 + np.exp(-appeal))

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        """A new visitor, not tired of anything."""
        super().reset(seed=seed)
        taste = self.np_random.normal(size=len(self.taste))
        self.taste = taste / np.linalg.norm(taste)
        self.fatigue, self._steps = np.zeros(len(self.fatigue)), 0
        return self._observe(), {}

    def step(self, action):
        """Show an item; the reward is the click."""
        if not 0 <= action < len(self.fatigue):
            raise ValueError(f"items are 0..{len(self.fatigue) - 1}, got {action}")
        click = float(self.np_random.random() < self.click_chances()[action])
        self.fatigue = self.fatigue / 2
        self.fatigue[action] += 1
        self._steps += 1
        return self._observe(), click, False, self._steps >= self.session, {}
