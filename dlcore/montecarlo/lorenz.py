"""A small weather whose forecasts part, however close together they start."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def lorenz63(
    state: Float[Tensor, "... 3"], *, sigma: float = 10.0, rho: float = 28.0, beta: float = 8 / 3
) -> Float[Tensor, "... 3"]:
    r"""Lorenz's model of convection: three numbers whose motion never repeats.

    $\dot x = \sigma (y - x)$, $\dot y = x (\rho - z) - y$, $\dot z = xy - \beta z$.

    Args:
        state: x, y, z, shape (..., 3).
        sigma: the Prandtl number.
        rho: the Rayleigh number over its critical value; chaos at 28.
        beta: a ratio of lengths.

    Returns:
        The change per unit of time, shape (..., 3).

    Raises:
        ValueError: the last axis is not of length 3.

    Equation: :eq:`eq-lorenz`
    Section: :ref:`sec-weather-ensembles`
    Source: Lorenz (1963), Deterministic nonperiodic flow,
        doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2.

    Example:
        >>> lorenz63(torch.tensor([1.0, 2.0, 3.0]))
        tensor([10., 23., -6.])

    In production: the same three lines.
    """
    if state.shape[-1:] != (3,):
        raise ValueError(f"expected states (..., 3), got {tuple(state.shape)}")
    x, y, z = state.unbind(-1)
    return torch.stack([sigma * (y - x), x * (rho - z) - y, x * y - beta * z], -1)


@torch.no_grad()
def ensemble_forecast(
    derivative: Callable[[Tensor], Tensor],
    start: Float[Tensor, " d"],
    *,
    members: int = 50,
    spread: float = 1e-3,
    steps: int = 1000,
    dt: float = 0.01,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "t members d"]:
    r"""Forecast from many starts that the measurements cannot tell apart.

    Args:
        derivative: the change of states per unit of time, (members, d) to (members, d), such as
            `lorenz63`.
        start: the best guess of the present state, shape (d,).
        members: how many forecasts; the first starts at the best guess itself.
        spread: the standard deviation of the other starts around it.
        steps: of Runge and Kutta's method of order 4.
        dt: the length of a step, in the model's unit of time.
        generator: source of randomness.

    Returns:
        All states, shape (steps + 1, members, d). Their mean over members is the forecast; their
        spread says how far it can be trusted.

    Raises:
        ValueError: no member, a negative spread, no step, or a length that is not positive.
        ArithmeticError: the states grew beyond all bounds.

    Equation: :eq:`eq-ensemble-forecast`
    Section: :ref:`sec-weather-ensembles`
    Source: Leith (1974), Theoretical skill of Monte Carlo forecasts,
        doi:10.1175/1520-0493(1974)102<0409:TSOMCF>2.0.CO;2.

    Example:
        >>> seeded = torch.Generator().manual_seed(0)
        >>> states = ensemble_forecast(lorenz63, torch.ones(3), steps=2000, generator=seeded)
        >>> bool(states[0, :, 0].std() < 0.002), bool(states[-1, :, 0].std() > 3)
        (True, True)

    In production: scipy.integrate.solve_ivp for one member, torchdiffeq for a batch.
    """
    if members < 1 or spread < 0 or steps < 1 or dt <= 0:
        raise ValueError(
            f"ensemble_forecast needs members, steps >= 1, spread >= 0 and dt > 0, got {members}, "
            f"{steps}, {spread}, {dt}"
        )
    device = generator.device if generator else start.device
    shape = (members, *start.shape)
    noise = torch.randn(shape, generator=generator, dtype=start.dtype, device=device)
    noise[0] = 0
    states = [start + spread * noise.to(start.device)]
    for _ in range(steps):
        x = states[-1]
        k1 = derivative(x)
        k2 = derivative(x + dt / 2 * k1)
        k3 = derivative(x + dt / 2 * k2)
        k4 = derivative(x + dt * k3)
        states.append(x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    if not bool(states[-1].isfinite().all()):
        raise ArithmeticError(f"the states are not finite after {steps} steps of {dt}")
    return torch.stack(states)
