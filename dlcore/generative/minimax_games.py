"""Two players, one value: how gradient steps go round, and how looking ahead brings them home."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

METHODS = ("simultaneous", "alternating", "extragradient")


class MinimaxPath(NamedTuple):
    """Where two players went.

    Attributes:
        x: of the player who descends, shape (t + 1, d), the start first.
        y: of the player who climbs, shape (t + 1, e).

    Section: :ref:`sec-game-dynamics`

    Example:
        >>> path = simulate_minimax(torch.dot, torch.ones(1), torch.ones(1), 0.1, steps=1)
        >>> path.x[-1], path.y[-1], path.norms
        (tensor([0.9000]), tensor([1.1000]), tensor([1.4142, 1.4213]))

    In production: a logger.
    """

    x: Float[Tensor, "t d"]
    y: Float[Tensor, "t e"]

    @property
    def norms(self) -> Float[Tensor, " t"]:
        """The distance of both together from the origin."""
        return torch.cat([self.x, self.y], dim=1).norm(dim=1)


def simulate_minimax(
    value: Callable[[Tensor, Tensor], Tensor],
    x: Float[Tensor, " d"],
    y: Float[Tensor, " e"],
    eta: float,
    steps: int,
    *,
    method: str = "simultaneous",
) -> MinimaxPath:
    r"""Gradient steps of $\min_x\max_y V(x, y)$.

    In the game V = xy simultaneous steps multiply the distance from the equilibrium 0 by
    $\sqrt{1+\eta^2}$, alternating ones keep it bounded ($\eta < 2$), and the extragradient method,
    which takes the slopes at the point one step ahead, goes to 0.

    Args:
        value: V, of x and y to one number.
        x: where the descending player starts, shape (d,).
        y: where the climbing player starts, shape (e,).
        eta: step size, positive.
        steps: t.
        method: "simultaneous", "alternating" (y answers the new x) or "extragradient".

    Returns:
        The path with its start, without gradients.

    Raises:
        ValueError: an unknown method, or numbers out of range.

    Equation: :eq:`eq-bilinear-game`, :eq:`eq-extragradient`
    Section: :ref:`sec-game-dynamics`
    Source: Korpelevich (1976), The extragradient method for finding saddle points and other
        problems; Gidel et al. (2019), A variational inequality perspective on generative
        adversarial networks, arXiv:1802.10551.

    Example:
        >>> one = torch.ones(1)
        >>> for method in METHODS:
        ...     path = simulate_minimax(torch.dot, one, one, 0.1, 100, method=method)
        ...     print(round(path.norms[-1].item(), 2))
        2.33
        1.39
        0.86

    In production: the steps of two optimizers.
    """
    if method not in METHODS or not eta > 0 or steps < 1:
        raise ValueError(
            f"simulate_minimax needs a method of {METHODS}, eta > 0 and steps >= 1, got "
            f"{method!r}, {eta}, {steps}"
        )
    x, y = x.detach(), y.detach()
    path = [(x, y)]
    for _ in range(steps):
        dx, dy = _slopes(value, x, y)
        if method == "extragradient":
            dx, dy = _slopes(value, x - eta * dx, y + eta * dy)
        if method == "alternating":
            dy = _slopes(value, x - eta * dx, y)[1]
        x, y = x - eta * dx, y + eta * dy
        path.append((x, y))
    return MinimaxPath(*(torch.stack(p) for p in zip(*path, strict=True)))


def _slopes(
    value: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor
) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        x, y = x.detach().requires_grad_(), y.detach().requires_grad_()
        dx, dy = torch.autograd.grad(value(x, y), (x, y))
    return dx, dy
