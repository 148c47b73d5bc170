"""A pole on a cart: mechanics, their linear form near the top, the regulator that keeps it up."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications._gymnasium import Box, Discrete, Env


class CartPole(Env):
    r"""Push a cart left or right so that the pole on it stays up; every step up pays 1.

    The state is position (m), velocity (m/s), angle (rad, 0 is up), angular velocity (rad/s). It
    moves by Euler steps of 20 ms under a force of +-10 N and ends when the cart is farther than
    2.4 m from the middle or the pole tilts by more than 12 degrees.

    Args:
        max_steps: an episode is cut off here.

    Attributes:
        state: the four numbers.

    Raises:
        ValueError: an action other than 0 (left) and 1 (right), or no step allowed.

    Equation: :eq:`eq-cart-pole`.
    Section: :ref:`sec-rl-environments`.

    Source: Barto, Sutton, Anderson (1983), Neuronlike adaptive elements that can solve difficult
    learning control problems, doi:10.1109/TSMC.1983.6313077.

    Example:
        >>> env = CartPole()
        >>> observation, _ = env.reset(seed=0)
        >>> env.step(1)[1:]
        (1.0, False, False, {})

    In production: gymnasium.make("CartPole-v1").
    """

    gravity, cart_mass, pole_mass, half_length = 9.8, 1.0, 0.1, 0.5
    force, time_step, max_position, max_angle = 10.0, 0.02, 2.4, math.radians(12)

    def __init__(self, *, max_steps: int = 500) -> None:
        if max_steps < 1:
            raise ValueError(f"max_steps must be at least 1, got {max_steps}")
        self.max_steps = max_steps
        bound = np.array([2 * self.max_position, np.inf, 2 * self.max_angle, np.inf], np.float32)
        self.observation_space = Box(-bound, bound, dtype=np.float32)
        self.action_space = Discrete(2)
        self.state = (0.0, 0.0, 0.0, 0.0)

    def reset(self, *, seed: int | None = None, options: dict | None = None):
        """Begin near the middle, nearly upright and nearly at rest."""
        super().reset(seed=seed)
        self.state, self._steps = tuple(self.np_random.uniform(-0.05, 0.05, 4).tolist()), 0
        return np.array(self.state, np.float32), {}

    def accelerations(self, force: float) -> tuple[float, float]:
        """Of the cart (m/s²) and of the pole's angle (rad/s²) under a force (N)."""
        _, _, angle, spin = self.state
        sin, cos = math.sin(angle), math.cos(angle)
        mass = self.cart_mass + self.pole_mass
        moment = self.pole_mass * self.half_length
        push = (force + moment * spin**2 * sin) / mass
        inertia = self.half_length * (4 / 3 - self.pole_mass * cos**2 / mass)
        turning = (self.gravity * sin - cos * push) / inertia
        return push - moment * turning * cos / mass, turning

    def step(self, action):
        """Push for 20 ms."""
        if action not in (0, 1):
            raise ValueError(f"the actions are 0 (left) and 1 (right), got {action}")
        position, velocity, angle, spin = self.state
        acceleration, turning = self.accelerations(self.force if action == 1 else -self.force)
        self.state = (
            position + self.time_step * velocity,
            velocity + self.time_step * acceleration,
            angle + self.time_step * spin,
            spin + self.time_step * turning,
        )
        self._steps += 1
        fallen = abs(self.state[0]) > self.max_position or abs(self.state[2]) > self.max_angle
        return np.array(self.state, np.float32), 1.0, fallen, self._steps >= self.max_steps, {}

    def linearized(self) -> tuple[Float[Tensor, "4 4"], Float[Tensor, "4 1"]]:
        r"""$A$ and $B$ of $x_{t+1} \approx A x_t + B f_t$ near the upright pole, force f in N."""
        mass = self.cart_mass + self.pole_mass
        inertia = self.half_length * (4 / 3 - self.pole_mass / mass)
        lever = self.pole_mass * self.half_length / mass
        turning = torch.tensor([self.gravity, -1 / mass], dtype=torch.float64) / inertia
        A, B = torch.eye(4, dtype=torch.float64), torch.zeros(4, 1, dtype=torch.float64)
        A[0, 1] = A[2, 3] = self.time_step
        A[1, 2], A[3, 2] = -self.time_step * lever * turning[0], self.time_step * turning[0]
        B[1, 0] = self.time_step * (1 / mass - lever * turning[1])
        B[3, 0] = self.time_step * turning[1]
        return A, B


def linear_quadratic_regulator(
    A: Float[Tensor, "n n"],
    B: Float[Tensor, "n m"],
    Q: Float[Tensor, "n n"],
    R: Float[Tensor, "m m"],
    *,
    tolerance: float = 1e-10,
    max_sweeps: int = 100_000,
) -> tuple[Float[Tensor, "m n"], Float[Tensor, "n n"]]:
    r"""The best controller of a linear system with quadratic costs: $u = -Kx$, by value iteration.

    The cost to go is $x^\top P x$, and Bellman's equation for it is Riccati's:
    $P \leftarrow Q + A^\top P (A - BK)$ with $K = (R + B^\top P B)^{-1} B^\top P A$.

    Args:
        A: how the state moves by itself, shape (n, n).
        B: how the control moves it, shape (n, m).
        Q: cost of the state, positive semidefinite, shape (n, n).
        R: cost of the control, positive definite, shape (m, m).
        tolerance: stop when no entry of P moves by more than this share of the largest.
        max_sweeps: give up after so many.

    Returns:
        The gain K, shape (m, n), and the matrix P of the cost, shape (n, n).

    Raises:
        ValueError: shapes that don't belong together, or costs that don't settle, as happens when
            the control cannot hold the state.

    Equation: :eq:`eq-riccati`.
    Section: :ref:`sec-rl-environments`.

    Source: Kalman (1960), Contributions to the theory of optimal control, Boletín de la Sociedad
    Matemática Mexicana 5.

    Example:
        >>> one = torch.ones(1, 1, dtype=torch.float64)
        >>> K, P = linear_quadratic_regulator(one, one, one, one)
        >>> f"{K.item():.6f} {P.item():.6f}"
        '0.618034 1.618034'

    In production: scipy.linalg.solve_discrete_are, control.dlqr.
    """
    n, m = B.shape
    if A.shape != (n, n) or Q.shape != (n, n) or R.shape != (m, m):
        raise ValueError(
            "A (n, n), B (n, m), Q (n, n), R (m, m) are needed, got "
            f"{tuple(A.shape)}, {tuple(B.shape)}, {tuple(Q.shape)}, {tuple(R.shape)}"
        )
    P = Q
    for _ in range(max_sweeps):
        K = torch.linalg.solve(R + B.T @ P @ B, B.T @ P @ A)
        before, P = P, Q + A.T @ P @ (A - B @ K)
        P = (P + P.T) / 2
        if not P.isfinite().all():
            break
        if (P - before).abs().max() <= tolerance * P.abs().max():
            return K, P
    raise ValueError("the costs don't settle: the control may not be able to hold the state")
