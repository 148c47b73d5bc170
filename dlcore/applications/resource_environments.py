"""Resources to manage: a crossing and a battery with known chances, cooling with a known load."""

import math
from itertools import product

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications._gymnasium import Box, Env
from dlcore.applications.markov_decision import MDP
from dlcore.applications.mdp_environments import MDPEnv


class TrafficLight(MDPEnv):
    """A crossing of two roads: one has green, and every waiting car costs 1 a step.

    In a step one car leaves the road with green, unless the light is switched, which takes the
    step; then a car arrives at each road with its own chance. A car that finds the road full goes
    elsewhere.

    Args:
        arrivals: the chances of a car a step on the two roads.
        capacity: cars that a road holds.
        discount: gamma.
        max_steps: an episode is cut off here.

    Attributes:
        actions: the names of the actions: keep, switch.

    Raises:
        ValueError: chances outside [0, 1], or no room for a car.

    Section: :ref:`sec-rl-environments`.

    Source: Abdulhai, Pringle, Karakoulas (2003), Reinforcement learning for true adaptive traffic
    signal control, doi:10.1061/(ASCE)0733-947X(2003)129:3(278).

    Example:
        >>> env = TrafficLight(arrivals=(1.0, 0.0))
        >>> env.reset(seed=0)
        (0, {})
        >>> [env.cars(env.step(1)[0]) for _ in range(3)]
        [(1, 0, 1), (2, 0, 0), (3, 0, 1)]

    In production: sumo-rl.
    """

    actions = ("keep", "switch")

    def __init__(
        self,
        *,
        arrivals: tuple[float, float] = (0.3, 0.2),
        capacity: int = 6,
        discount: float = 0.95,
        max_steps: int = 200,
    ) -> None:
        if not all(0 <= chance <= 1 for chance in arrivals) or capacity < 1:
            raise ValueError(
                "arrivals in [0, 1] and a capacity of at least 1 are needed, got "
                f"{arrivals} and {capacity}"
            )
        self.capacity = capacity
        n = 2 * (capacity + 1) ** 2
        P = torch.zeros(n, 2, n, dtype=torch.float64)
        R = torch.zeros(n, 2, dtype=torch.float64)
        for s, action, come in product(range(n), range(2), product(range(2), repeat=2)):
            *cars, green = self.cars(s)
            R[s, action] = -sum(cars)
            if action == 0:
                cars[green] = max(cars[green] - 1, 0)
            chances = (p if c else 1 - p for p, c in zip(arrivals, come, strict=True))
            cars = [min(q + c, capacity) for q, c in zip(cars, come, strict=True)]
            following = (cars[0] * (capacity + 1) + cars[1]) * 2 + (green ^ action)
            P[s, action, following] += math.prod(chances)
        super().__init__(MDP(P, R, discount), max_steps=max_steps)

    def cars(self, state: int) -> tuple[int, int, int]:
        """Cars on the two roads, and which of them has green."""
        queues, green = divmod(state, 2)
        return *divmod(queues, self.capacity + 1), green


class BatteryEnv(MDPEnv):
    """A battery and tomorrow's prices: buy, wait or sell one unit an hour.

    Args:
        prices: of one unit in each hour, shape (hours,).
        capacity: units that the battery holds; it begins empty, and what is left is lost.
        efficiency: the share of a unit that comes back when it is sold.

    Attributes:
        actions: the names of the actions: sell, wait, buy. What is impossible is waiting.
        prices: as given.

    Raises:
        ValueError: no hour, no room, or an efficiency outside [0, 1].

    Section: :ref:`sec-rl-environments`.

    Source: Powell (2011), Approximate Dynamic Programming, doi:10.1002/9781118029176, chapter 2.

    Example:
        >>> env = BatteryEnv(torch.tensor([1.0, 3.0]), capacity=1, efficiency=0.5)
        >>> env.reset(seed=0)
        (0, {})
        >>> env.step(2)[1], env.step(0)[1]
        (-1.0, 1.5)

    In production: scipy.optimize.linprog for known prices.
    """

    actions = ("sell", "wait", "buy")

    def __init__(
        self, prices: Float[Tensor, " hours"], *, capacity: int = 4, efficiency: float = 0.9
    ) -> None:
        hours = len(prices)
        if not hours or capacity < 1 or not 0 <= efficiency <= 1:
            raise ValueError(
                "an hour, a capacity of at least 1 and an efficiency in [0, 1] are needed, got "
                f"{hours}, {capacity}, {efficiency}"
            )
        self.prices, self.capacity = prices, capacity
        n = (hours + 1) * (capacity + 1)
        P = torch.zeros(n, 3, n, dtype=torch.float64)
        R = torch.zeros(n, 3, dtype=torch.float64)
        for s, action in product(range(n), range(3)):
            hour, charge = self.hour_and_charge(s)
            if hour == hours:
                P[s, action, s] = 1
                continue
            after = min(max(charge + action - 1, 0), capacity)
            P[s, action, (hour + 1) * (capacity + 1) + after] = 1
            sold = charge - after
            R[s, action] = float(prices[hour]) * (efficiency * sold if sold > 0 else sold)
        super().__init__(MDP(P, R, 1.0))

    def hour_and_charge(self, state: int) -> tuple[int, int]:
        """What a state's number means."""
        hour, charge = divmod(state, self.capacity + 1)
        return hour, charge


class CoolingEnv(Env):
    r"""Cool a server room: energy costs, and every degree above the limit costs more.

    $T' = T + h_t + c (T_{out,t} - T) - P a$ with the servers' heat h, leakage c, and the cooling
    power P times the action a in [0, 1]. An episode is a day of half hours; work and sun follow
    the hour. The reward is $-p\,a - w \max(0, T' - T_{max})$.

    Args:
        disturbance: standard deviation of noise on the heat, degrees a step.
        price: p, of a step at full power.
        penalty: w, of a degree above the limit for a step.
        limit: degrees.

    Attributes:
        heat: degrees a step, for each step of the day, shape (48,).
        outside: degrees, shape (48,).

    Raises:
        ValueError: a negative number.

    Section: :ref:`sec-rl-environments`.

    Source: Lazic et al. (2018), Data center cooling using model-predictive control, NeurIPS 31.

    Example:
        >>> env = CoolingEnv()
        >>> env.reset(seed=0)[0].shape, env.step([0.5])[1]
        ((4,), -0.5)

    In production: sinergym, scipy.optimize.linprog for a known load.
    """

    steps, leakage, power, start = 48, 0.1, 4.0, 22.0

    def __init__(
        self,
        *,
        disturbance: float = 0.0,
        price: float = 1.0,
        penalty: float = 2.0,
        limit: float = 27.0,
    ) -> None:
        if min(disturbance, price, penalty) < 0:
            raise ValueError(f"numbers must be at least 0, got {disturbance}, {price}, {penalty}")
        self.disturbance, self.price, self.penalty, self.limit = disturbance, price, penalty, limit
        hours = np.arange(self.steps) / 2
        self.heat = 1.5 + np.cos((hours - 14) * np.pi / 12)
        self.outside = 20 + 8 * np.cos((hours - 15) * np.pi / 12)
        self.observation_space = Box(-np.inf, np.inf, (4,), np.float32)
        self.action_space = Box(0, 1, (1,), np.float32)
        self._step, self.temperature = 0, self.start

    def _observe(self) -> np.ndarray:
        angle = 2 * np.pi * self._step / self.steps
        return np.array(
            [
                (self.temperature - self.limit) / 5,
                self.heat[self._step % self.steps] - 1.5,
                np.cos(angle),
                np.sin(angle),
            ],
            np.float32,
        )

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        """Begin at midnight with 22 degrees."""
        super().reset(seed=seed)
        self._step, self.temperature = 0, self.start
        return self._observe(), {}

    def step(self, action):
        """Cool for half an hour."""
        cooling = float(np.clip(np.asarray(action).item(), 0, 1))
        heat = self.heat[self._step] + self.disturbance * self.np_random.normal()
        leak = self.leakage * (self.outside[self._step] - self.temperature)
        self.temperature += float(heat + leak - self.power * cooling)
        self._step += 1
        excess = max(0.0, self.temperature - self.limit)
        reward = -self.price * cooling - self.penalty * excess
        return self._observe(), reward, self._step == self.steps, False, {"excess": excess}
