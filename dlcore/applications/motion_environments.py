"""Things that move: a car that keeps its lane, an arm that reaches for a point."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications._gymnasium import Box, Env


class LaneKeeping(Env):
    r"""Steer along a winding road: the middle of the lane pays 1 a step, the edge nothing.

    With offset e (m), heading error $\psi$ (rad), speed v, wheel base L, steering angle $\delta$
    and the road's curvature $\kappa$: $\dot e = v \sin\psi$ and
    $\dot\psi = v (\tan\delta / L - \kappa)$, in Euler steps of 0.1 s. The reward is
    $1 - (e / e_{max})^2$; beyond $e_{max}$ the episode ends.

    Args:
        speed: m/s.
        curvature: largest curvature of the road, 1/m; it changes slowly and at random.
        max_steps: an episode is cut off here.

    Attributes:
        state: offset and heading error.

    Raises:
        ValueError: a speed that is not positive, or a negative curvature.

    Section: :ref:`sec-rl-environments`.

    Source: Rajamani (2012), Vehicle Dynamics and Control, doi:10.1007/978-1-4614-1433-9, chapter 2.

    Example:
        >>> env = LaneKeeping(curvature=0.0)
        >>> env.reset(seed=0)[0].shape, env.step([0.0])[1] > 0.5
        ((3,), True)

    In production: highway-env.
    """

    wheel_base, time_step, max_offset, max_steering = 2.5, 0.1, 2.0, 0.4

    def __init__(
        self, *, speed: float = 10.0, curvature: float = 0.02, max_steps: int = 200
    ) -> None:
        if speed <= 0 or curvature < 0:
            raise ValueError(
                f"speed must be positive and curvature at least 0, got {speed} and {curvature}"
            )
        self.speed, self.curvature, self.max_steps = speed, curvature, max_steps
        self.observation_space = Box(-np.inf, np.inf, (3,), np.float32)
        self.action_space = Box(-1, 1, (1,), np.float32)
        self.state, self._bend, self._steps = (0.0, 0.0), 0.0, 0

    def _observe(self) -> np.ndarray:
        return np.array([*self.state, 10 * self._bend], np.float32)

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        """Begin near the middle, nearly straight."""
        super().reset(seed=seed)
        offset, heading = self.np_random.uniform((-0.5, -0.1), (0.5, 0.1)).tolist()
        self.state, self._bend, self._steps = (offset, heading), 0.0, 0
        return self._observe(), {}

    def step(self, action):
        """Steer for 0.1 s; the action in [-1, 1] is the share of the largest steering angle."""
        steering = self.max_steering * float(np.clip(np.asarray(action).item(), -1, 1))
        offset, heading = self.state
        turning = self.speed * (math.tan(steering) / self.wheel_base - self._bend)
        self.state = (
            offset + self.time_step * self.speed * math.sin(heading),
            heading + self.time_step * turning,
        )
        drift = 0.9 * self._bend + 0.3 * self.curvature * self.np_random.normal()
        self._bend = float(np.clip(drift, -self.curvature, self.curvature))
        self._steps += 1
        left = abs(self.state[0]) > self.max_offset
        reward = 1 - min(abs(self.state[0]) / self.max_offset, 1) ** 2
        return self._observe(), reward, left, self._steps >= self.max_steps, {}

    def linearized(self) -> tuple[Float[Tensor, "2 2"], Float[Tensor, "2 1"]]:
        r"""$A$ and $B$ of $x_{t+1} \approx A x_t + B a_t$ near the middle of a straight road."""
        A = torch.tensor([[1.0, self.time_step * self.speed], [0.0, 1.0]], dtype=torch.float64)
        turn = self.time_step * self.speed * self.max_steering / self.wheel_base
        return A, torch.tensor([[0.0], [turn]], dtype=torch.float64)


class Reacher(Env):
    """An arm with two links of half a metre: turn the joints until the hand is at the target.

    An action turns each joint by up to 0.2 rad; a step costs the distance that remains (m).

    Args:
        max_steps: an episode is cut off here.

    Attributes:
        angles: of the first link to the x axis, of the second to the first.
        target: a point from 0.2 to 0.9 m away.

    Raises:
        ValueError: no step allowed.

    Section: :ref:`sec-rl-environments`.

    Source: Spong, Hutchinson, Vidyasagar (2020), Robot Modeling and Control, chapter 3.

    Example:
        >>> env = Reacher()
        >>> env.reset(seed=0)[0].shape, env.step([0.0, 0.0])[1] < 0
        ((6,), True)

    In production: gymnasium.make("Reacher-v5"), with MuJoCo.
    """

    length, turn = 0.5, 0.2

    def __init__(self, *, max_steps: int = 50) -> None:
        if max_steps < 1:
            raise ValueError(f"max_steps must be at least 1, got {max_steps}")
        self.max_steps = max_steps
        self.observation_space = Box(-2, 2, (6,), np.float32)
        self.action_space = Box(-1, 1, (2,), np.float32)
        self.angles, self.target, self._steps = np.zeros(2), np.array([0.5, 0.5]), 0

    @property
    def hand(self) -> np.ndarray:
        """Where the hand is."""
        first, second = self.angles[0], self.angles.sum()
        return self.length * np.array(
            [np.cos(first) + np.cos(second), np.sin(first) + np.sin(second)]
        )

    def _observe(self) -> np.ndarray:
        joints = [np.cos(self.angles), np.sin(self.angles)]
        return np.concatenate([*joints, self.target - self.hand]).astype(np.float32)

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        """Begin with any angles and any target within reach."""
        super().reset(seed=seed)
        self.angles = self.np_random.uniform(-np.pi, np.pi, 2)
        distance, direction = self.np_random.uniform((0.2, -np.pi), (0.9, np.pi))
        self.target = distance * np.array([np.cos(direction), np.sin(direction)])
        self._steps = 0
        return self._observe(), {}

    def step(self, action):
        """Turn the joints."""
        self.angles = self.angles + self.turn * np.clip(np.asarray(action, np.float64), -1, 1)
        self._steps += 1
        distance = float(np.linalg.norm(self.target - self.hand))
        return self._observe(), -distance, False, self._steps >= self.max_steps, {}
