"""Noise put on data step by step: the noisy data, and what came just before."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.generative.noise_schedules import DiffusionSchedule


def q_sample(
    x_0: Float[Tensor, "b ..."],
    t: Int[Tensor, " b"],
    schedule: DiffusionSchedule,
    noise: Float[Tensor, "b ..."] | None = None,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "b ..."]:
    r"""Data after t steps at once: $\sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon$.

    Args:
        x_0: data, shape (b, ...).
        t: the step of each example, 0 to T; 0 leaves the data as they are.
        schedule: the variances.
        noise: $\epsilon$, like x_0; by default drawn from the standard normal.
        generator: its source; by default torch's global one.

    Returns:
        Like x_0.

    Raises:
        ValueError: shapes that do not fit, or steps out of range.

    Equation: :eq:`eq-diffusion-marginal`.
    Section: :ref:`sec-diffusion-forward`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, equation 4.

    Example:
        >>> schedule = DiffusionSchedule(torch.tensor([0.19, 0.75]))
        >>> x, t = torch.ones(2, 1), torch.tensor([1, 2])
        >>> q_sample(x, t, schedule, noise=torch.zeros(2, 1))
        tensor([[0.9000],
                [0.4500]])

    In production: diffusers.DDPMScheduler.add_noise.
    """
    if noise is None:
        noise = standard_normal(x_0.shape, x_0, generator)
    if noise.shape != x_0.shape:
        raise ValueError(f"noise {tuple(noise.shape)} does not fit x_0 {tuple(x_0.shape)}")
    signal, spread = schedule.split(t, x_0)
    return signal * x_0 + spread * noise


def q_step(
    x: Float[Tensor, "b ..."],
    t: Int[Tensor, " b"],
    schedule: DiffusionSchedule,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "b ..."]:
    r"""One step of noise, $x_t = \sqrt{1 - \beta_t}\,x_{t-1} + \sqrt{\beta_t}\,\epsilon$.

    Args:
        x: $x_{t-1}$, shape (b, ...).
        t: the step that is made, 1 to T.
        schedule: the variances.
        generator: source of the noise; by default torch's global one.

    Returns:
        $x_t$, like x.

    Raises:
        ValueError: not one step for each example, or steps out of range.

    Equation: :eq:`eq-diffusion-step`.
    Section: :ref:`sec-diffusion-forward`.

    Source: Sohl-Dickstein, Weiss, Maheswaranathan, Ganguli (2015), Deep unsupervised learning using
        nonequilibrium thermodynamics, arXiv:1503.03585.

    Example:
        >>> schedule = DiffusionSchedule(torch.full((10,), 0.1))
        >>> q_step(torch.zeros(5, 2), torch.ones(5, dtype=torch.long), schedule).shape
        torch.Size([5, 2])

    In production: nobody walks; `q_sample` jumps.
    """
    require_steps(t)
    kept, beta = schedule.at(schedule.alphas, t, x), schedule.at(schedule.betas, t, x)
    return kept.sqrt() * x + beta.sqrt() * standard_normal(x.shape, x, generator)


class DiffusionPosterior(NamedTuple):
    """Where data came from, given where they are and where they began: a Gaussian.

    Attributes:
        mean: like x.
        variance: of every dimension, shaped to be multiplied with x.

    Equation: :eq:`eq-diffusion-posterior`.
    Section: :ref:`sec-diffusion-reverse`.

    Example:
        >>> DiffusionPosterior(torch.zeros(3, 2), torch.ones(3, 1)).mean.shape
        torch.Size([3, 2])

    In production: torch.distributions.Normal.
    """

    mean: Float[Tensor, "b ..."]
    variance: Float[Tensor, "b ..."]


def q_posterior(
    x_0: Float[Tensor, "b ..."],
    x_t: Float[Tensor, "b ..."],
    t: Int[Tensor, " b"],
    schedule: DiffusionSchedule,
) -> DiffusionPosterior:
    r"""$q(x_{t-1} \mid x_t, x_0)$: a step back, for whoever knows the data.

    The mean is $\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0 +
    \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t$, the variance $\tilde\beta_t$.

    Args:
        x_0: data, shape (b, ...).
        x_t: noisy data, like x_0.
        t: their step, 1 to T.
        schedule: the variances.

    Returns:
        Mean and variance of $x_{t-1}$; at t = 1 the data and 0.

    Raises:
        ValueError: shapes that do not fit, or steps out of range.

    Equation: :eq:`eq-diffusion-posterior`.
    Section: :ref:`sec-diffusion-reverse`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, equations 6 and 7.

    Example:
        >>> schedule = DiffusionSchedule(torch.tensor([0.5, 0.5], dtype=torch.float64))
        >>> x_0, x_t = torch.zeros(1, 1), torch.ones(1, 1)
        >>> mean, variance = q_posterior(x_0, x_t, torch.tensor([2]), schedule)
        >>> round(mean.item(), 4), round(variance.item(), 4)
        (0.4714, 0.3333)

    In production: diffusers.DDPMScheduler.step.
    """
    require_steps(t)
    if x_0.shape != x_t.shape:
        raise ValueError(f"x_0 {tuple(x_0.shape)} and x_t {tuple(x_t.shape)} differ in shape")
    alpha, beta = schedule.at(schedule.alphas, t, x_t), schedule.at(schedule.betas, t, x_t)
    before = schedule.at(schedule.alpha_bars, t - 1, x_t)
    noise = schedule.at(1 - schedule.alpha_bars, t, x_t)
    noise_before = schedule.at(1 - schedule.alpha_bars, t - 1, x_t)
    mean = (before.sqrt() * beta * x_0 + alpha.sqrt() * noise_before * x_t) / noise
    return DiffusionPosterior(mean, schedule.at(schedule.posterior_variances, t, x_t))


def convert_prediction(
    value: Float[Tensor, "b ..."],
    x_t: Float[Tensor, "b ..."],
    t: Int[Tensor, " b"],
    schedule: DiffusionSchedule,
    *,
    given: str = "eps",
    wanted: str = "x0",
) -> Float[Tensor, "b ..."]:
    r"""Noise, data or velocity: with $x_t$, each of the three tells the others.

    The velocity is $v = \sqrt{\bar\alpha_t}\,\epsilon - \sqrt{1 - \bar\alpha_t}\,x_0$.

    Args:
        value: what is known, shape (b, ...).
        x_t: noisy data, like value.
        t: their step, 1 to T.
        schedule: the variances.
        given: what value is: "eps", "x0" or "v".
        wanted: what is returned, one of the same.

    Returns:
        Like value.

    Raises:
        ValueError: an unknown kind, shapes that do not fit, or steps out of range.

    Equation: :eq:`eq-diffusion-targets`.
    Section: :ref:`sec-diffusion-training`.

    Source: Salimans, Ho (2022), Progressive distillation for fast sampling of diffusion models,
        arXiv:2202.00512.

    Example:
        >>> schedule = DiffusionSchedule(torch.tensor([0.36]))
        >>> eps, x_t, t = torch.tensor([[1.0]]), torch.tensor([[1.4]]), torch.tensor([1])
        >>> x_0 = convert_prediction(eps, x_t, t, schedule)
        >>> v = convert_prediction(eps, x_t, t, schedule, wanted="v")
        >>> round(x_0.item(), 4), round(v.item(), 4)
        (1.0, 0.2)

    In production: diffusers' prediction_type.
    """
    require_steps(t)
    kinds = ("eps", "x0", "v")
    if given not in kinds or wanted not in kinds:
        raise ValueError(f"given and wanted must be one of {kinds}, got {given!r}, {wanted!r}")
    if value.shape != x_t.shape:
        raise ValueError(f"value {tuple(value.shape)} and x_t {tuple(x_t.shape)} differ in shape")
    a, s = schedule.split(t, x_t)
    if given == "eps":
        x_0, eps = (x_t - s * value) / a, value
    elif given == "x0":
        x_0, eps = value, (x_t - a * value) / s
    else:
        x_0, eps = a * x_t - s * value, s * x_t + a * value
    return {"eps": eps, "x0": x_0, "v": a * eps - s * x_0}[wanted]


def eps_to_score(
    eps: Float[Tensor, "b ..."], t: Int[Tensor, " b"], schedule: DiffusionSchedule
) -> Float[Tensor, "b ..."]:
    r"""The slope of the log-density of the noisy data, $-\epsilon / \sqrt{1 - \bar\alpha_t}$.

    Exact if eps is the mean of the noise given $x_t$, which is what the loss asks for.

    Args:
        eps: predicted noise, shape (b, ...).
        t: its step, 1 to T.
        schedule: the variances.

    Returns:
        $\nabla\log q_t(x_t)$, like eps.

    Raises:
        ValueError: not one step for each example, or steps out of range.

    Equation: :eq:`eq-noise-score`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole (2021), Score-based generative
        modeling through stochastic differential equations, arXiv:2011.13456.

    Example:
        >>> schedule = DiffusionSchedule(torch.tensor([0.25]))
        >>> eps_to_score(torch.tensor([[1.0]]), torch.tensor([1]), schedule)
        tensor([[-2.]])

    In production: the same line.
    """
    require_steps(t)
    return -eps / schedule.split(t, eps)[1]


def require_steps(t: Tensor) -> None:
    """Steps with noise on them."""
    if t.numel() and int(t.min()) < 1:
        raise ValueError(f"steps begin at 1, got {int(t.min())}")
