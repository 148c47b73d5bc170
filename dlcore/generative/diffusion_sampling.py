"""From noise back to data: in all the steps with fresh noise, or in a few without."""

from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.generative.noise_schedules import DiffusionSchedule

Noise = Callable[[Tensor, Tensor], Tensor]


def reverse_mean(eps: Noise, x: Tensor, t: int, schedule: DiffusionSchedule) -> Tensor:
    """The mean of the step back from t."""
    beta, left = schedule.betas[t].item(), schedule.alpha_bars[t].item()
    return (x - beta / (1 - left) ** 0.5 * _predicted(eps, x, t)) / (1 - beta) ** 0.5


def reverse_variance(schedule: DiffusionSchedule, t: int, kind: str) -> float:
    """The variance of the step back from t."""
    if kind == "beta":
        return schedule.betas[t].item()
    return schedule.posterior_variances[t].item() if kind == "posterior" else 0.0


def _predicted(eps: Noise, x: Tensor, t: int) -> Tensor:
    noise = eps(x, torch.full(x.shape[:1], t, device=x.device))
    if noise.shape != x.shape:
        raise ValueError(f"eps gave {tuple(noise.shape)} for {tuple(x.shape)}")
    return noise


@torch.no_grad()
def ddpm_sample(
    eps: Noise,
    x_T: Float[Tensor, "b ..."],
    schedule: DiffusionSchedule,
    *,
    variance: str = "beta",
    trajectory: bool = False,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    r"""Take the noise away in T steps, and add a little fresh noise after each but the last.

    Args:
        eps: $\epsilon_\theta$, from noisy data (b, ...) and steps (b,) to noise.
        x_T: standard normal noise to begin with, shape (b, ...).
        schedule: the variances.
        variance: of the noise of each step: "beta", best for data of unit variance, "posterior",
            best for a single point, or "zero", which collapses the samples (shown, not advised).
        trajectory: return all states, from $x_T$ to $x_0$, shape (T + 1, b, ...).
        generator: source of the noise; by default torch's global one.

    Returns:
        $x_0$, like x_T, or the trajectory.

    Raises:
        ValueError: an unknown variance, or predictions of another shape.

    Equation: :eq:`eq-ddpm-step`.
    Section: :ref:`sec-diffusion-sampling`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, algorithm 2.

    Example:
        >>> schedule = DiffusionSchedule(torch.tensor([0.75]))
        >>> ddpm_sample(lambda x, t: 0 * x, torch.ones(2, 1), schedule)
        tensor([[2.],
                [2.]])

    In production: diffusers.DDPMPipeline.
    """
    if variance not in ("beta", "posterior", "zero"):
        raise ValueError(f"variance must be beta, posterior or zero, got {variance!r}")
    x, states = x_T, [x_T]
    for step in range(schedule.T, 0, -1):
        x = reverse_mean(eps, x, step, schedule)
        if step > 1 and variance != "zero":
            spread = reverse_variance(schedule, step, variance) ** 0.5
            x = x + spread * standard_normal(x.shape, x, generator)
        if trajectory:
            states.append(x)
    return torch.stack(states) if trajectory else x


@torch.no_grad()
def ddim_sample(
    eps: Noise,
    x_T: Float[Tensor, "b ..."],
    schedule: DiffusionSchedule,
    *,
    steps: int | None = None,
    eta: float = 0.0,
    trajectory: bool = False,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    r"""Jump from step to step by way of the predicted data, without noise unless asked for.

    The network is the one that noise prediction trains; only the walk back is another, and it may
    leave out steps. Without noise it is a map: the same noise gives the same data.

    Args:
        eps: $\epsilon_\theta$, from noisy data (b, ...) and steps (b,) to noise.
        x_T: standard normal noise to begin with, shape (b, ...).
        schedule: the variances.
        steps: how many evaluations, at most T, evenly spread from T to 1; default T.
        eta: 0 for none; 1 with all steps makes `ddpm_sample` with the variance "posterior".
        trajectory: return all states, from $x_T$ to $x_0$, shape (steps + 1, b, ...).
        generator: source of the noise; by default torch's global one.

    Returns:
        $x_0$, like x_T, or the trajectory.

    Raises:
        ValueError: steps outside 1, ..., T, eta outside [0, 1], or predictions of another shape.

    Equation: :eq:`eq-ddim-step`.
    Section: :ref:`sec-diffusion-sampling`.

    Source: Song, Meng, Ermon (2021), Denoising diffusion implicit models, arXiv:2010.02502.

    Example:
        >>> schedule = DiffusionSchedule(torch.full((100,), 0.1, dtype=torch.float64))
        >>> def point(x, t):
        ...     a, s = schedule.split(t, x)
        ...     return (x - a * 3.0) / s
        >>> round(ddim_sample(point, torch.randn(1, 1), schedule, steps=5).item(), 4)
        3.0

    In production: diffusers.DDIMScheduler.
    """
    steps = schedule.T if steps is None else steps
    if not 1 <= steps <= schedule.T or not 0 <= eta <= 1:
        raise ValueError(
            f"expected steps from 1 to {schedule.T} and eta in [0, 1], got {steps}, {eta}"
        )
    stride = (schedule.T - 1) / max(steps - 1, 1)
    visited = [round(schedule.T - i * stride) for i in range(steps)] + [0]
    x, states = x_T, [x_T]
    for now, then in pairwise(visited):
        left, before = schedule.alpha_bars[now].item(), schedule.alpha_bars[then].item()
        noise = _predicted(eps, x, now)
        x_0 = (x - (1 - left) ** 0.5 * noise) / left**0.5
        spread = eta * ((1 - before) / (1 - left) * (1 - left / before)) ** 0.5
        x = before**0.5 * x_0 + max(1 - before - spread**2, 0.0) ** 0.5 * noise
        if eta > 0 and then > 0:
            x = x + spread * standard_normal(x.shape, x, generator)
        if trajectory:
            states.append(x)
    return torch.stack(states) if trajectory else x
