"""Environments whose chances are known, so that the best policy can be computed beside learning."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications._gymnasium import Discrete, Env
from dlcore.applications.markov_decision import MDP

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))


class MDPEnv(Env):
    """A Markov decision process to act in, state by state.

    Args:
        mdp: the process.
        start: the first state, or the chances of each, shape (s,).
        max_steps: an episode is cut off here.

    Attributes:
        mdp: as given; its discount is not applied to the rewards that `step` returns.
        state: where we are.

    Raises:
        ValueError: a first state that does not exist, chances that don't sum to one, or an action
            that does not exist.

    Equation: :eq:`eq-return`.
    Section: :ref:`sec-rl-environments`.

    Source: Puterman (1994), Markov Decision Processes, doi:10.1002/9780470316887.

    Example:
        >>> end_at_once = torch.tensor([[[0.0, 1.0]], [[0.0, 1.0]]])
        >>> env = MDPEnv(MDP(end_at_once, torch.tensor([[3.0], [0.0]]), 1.0))
        >>> env.reset(seed=0)
        (0, {})
        >>> env.step(0)
        (1, 3.0, True, False, {})

    In production: gymnasium.make("FrozenLake-v1") holds its chances in the attribute P.
    """

    def __init__(
        self, mdp: MDP, start: int | Float[Tensor, " s"] = 0, *, max_steps: int = 1000
    ) -> None:
        self.mdp = mdp
        chances = torch.zeros(mdp.n_states, dtype=torch.float64)
        if isinstance(start, int):
            if not 0 <= start < mdp.n_states:
                raise ValueError(f"start must lie in 0..{mdp.n_states - 1}, got {start}")
            chances[start] = 1
        else:
            if start.shape != (mdp.n_states,) or abs(float(start.sum()) - 1) > 1e-5:
                raise ValueError(
                    f"start needs {mdp.n_states} chances that sum to one, got shape "
                    f"{tuple(start.shape)} and sum {float(start.sum()):.6g}"
                )
            if (start < 0).any():
                raise ValueError("chances must be at least 0")
            chances += start
        self.max_steps = max_steps
        self.observation_space = Discrete(mdp.n_states)
        self.action_space = Discrete(mdp.n_actions)
        self._start = _cumulative(chances)
        self._next = _cumulative(mdp.transitions)
        self._rewards = mdp.rewards.tolist()
        self._terminal = mdp.terminal.tolist()

    def _draw(self, cumulative: np.ndarray) -> int:
        return int(cumulative.searchsorted(self.np_random.random(), side="right"))

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[int, dict]:
        """Begin an episode."""
        super().reset(seed=seed)
        self.state, self._steps = self._draw(self._start), 0
        return self.state, {}

    def step(self, action: Any) -> tuple[int, float, bool, bool, dict]:
        """Draw the next state; the reward is the expected one."""
        action = int(action)
        if not 0 <= action < self.mdp.n_actions:
            raise ValueError(f"actions must lie in 0..{self.mdp.n_actions - 1}, got {action}")
        reward = self._rewards[self.state][action]
        self.state = self._draw(self._next[self.state, action])
        self._steps += 1
        return self.state, reward, self._terminal[self.state], self._steps >= self.max_steps, {}


def _cumulative(chances: Tensor) -> np.ndarray:
    cumulative = chances.double().cumsum(-1)
    return (cumulative / cumulative[..., -1:]).numpy()


class GridWorld(MDPEnv):
    """A map to walk on: every step costs a little, the goal ends the episode with a reward.

    Args:
        rows: the map as words: S start, G goal, P pit, # wall, anything else floor. Leaving the
            map or walking into a wall leaves one where one is.
        discount: gamma.
        step_reward: for every step that enters a floor or bumps.
        goal_reward: for the step that enters the goal.
        pit_reward: for the step that enters a pit, which ends the episode as well.
        slip: the chance to move sideways instead, half of it to each side.
        max_steps: an episode is cut off here.

    Attributes:
        rows: the map.
        actions: the names of the actions: up, right, down, left.

    Raises:
        ValueError: rows of unequal length, not one start, no goal, or a slip outside [0, 1].

    Section: :ref:`sec-rl-environments`.

    Source: Russell, Norvig (2020), Artificial Intelligence, section 17.1.

    Example:
        >>> env = GridWorld(["S..", ".#.", "..G"])
        >>> env.reset(seed=0)[0], env.step(1)[:2], env.step(2)[:2]
        (0, (1, -0.04), (1, -0.04))

    In production: gymnasium.make("FrozenLake-v1"), minigrid.
    """

    actions = ("up", "right", "down", "left")

    def __init__(
        self,
        rows: Sequence[str] = ("S...", "....", "....", "...G"),
        *,
        discount: float = 0.9,
        step_reward: float = -0.04,
        goal_reward: float = 1.0,
        pit_reward: float = -1.0,
        slip: float = 0.0,
        max_steps: int = 1000,
    ) -> None:
        self.rows = tuple(rows)
        cells = "".join(self.rows)
        if len({len(row) for row in self.rows}) != 1 or cells.count("S") != 1 or "G" not in cells:
            raise ValueError(f"rows of one length with one S and a G are needed, got {self.rows}")
        if not 0 <= slip <= 1:
            raise ValueError(f"slip must lie in [0, 1], got {slip}")
        pays = {"G": goal_reward, "P": pit_reward}
        n = len(cells)
        P = torch.zeros(n, 4, n, dtype=torch.float64)
        R = torch.zeros(n, 4, dtype=torch.float64)
        for s, cell in enumerate(cells):
            for a in range(4):
                if cell in "GP#":
                    P[s, a, s] = 1
                    continue
                for turn, chance in ((0, 1 - slip), (1, slip / 2), (-1, slip / 2)):
                    to = self._neighbour(s, MOVES[(a + turn) % 4])
                    P[s, a, to] += chance
                    R[s, a] += chance * pays.get(cells[to], step_reward)
        super().__init__(MDP(P, R, discount), cells.index("S"), max_steps=max_steps)

    def _neighbour(self, state: int, move: tuple[int, int]) -> int:
        height, width = len(self.rows), len(self.rows[0])
        row, column = state // width + move[0], state % width + move[1]
        inside = 0 <= row < height and 0 <= column < width
        return row * width + column if inside and self.rows[row][column] != "#" else state

    def as_grid(self, values: Tensor) -> Tensor:
        """Something for each state, shape (s, ...), in the shape of the map."""
        return values.reshape(len(self.rows), len(self.rows[0]), *values.shape[1:])
