"""Learning to predict noise, and the bound on the likelihood that this is a part of."""

import copy
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from tqdm.auto import tqdm

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.generative.diffusion_process import q_posterior, q_sample
from dlcore.generative.diffusion_sampling import reverse_mean, reverse_variance
from dlcore.generative.noise_schedules import DiffusionSchedule
from dlcore.probability.distribution import LOG_2PI
from dlcore.representation import ema_update
from dlcore.training import NonFiniteLossError

Denoiser = Callable[..., Tensor]


def ddpm_loss(
    model: Denoiser,
    x_0: Float[Tensor, "b ..."],
    schedule: DiffusionSchedule,
    *,
    labels: Int[Tensor, " b"] | None = None,
    t: Int[Tensor, " b"] | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    r"""How far a network is from the noise that was put on data at a random step.

    The least possible value is not 0: noisy data could have come from several data, and the best
    prediction is the mean of the noise given $x_t$.

    Args:
        model: $\epsilon_\theta$, from noisy data, steps and, if given, labels to noise.
        x_0: data, shape (b, ...).
        schedule: the variances.
        labels: passed to the model, shape (b,).
        t: a step for each example, 1 to T; by default drawn evenly.
        generator: source of steps and noise; by default torch's global one.

    Returns:
        The squared error, its mean over examples and dimensions.

    Raises:
        ValueError: a model whose output has another shape than the data, or no examples.

    Equation: :eq:`eq-noise-prediction-loss`.
    Section: :ref:`sec-diffusion-training`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, equation 14.

    Example:
        >>> schedule = DiffusionSchedule(torch.full((10,), 0.2))
        >>> loss = ddpm_loss(lambda x, t: 0 * x, torch.zeros(20_000, 2), schedule)
        >>> round(loss.item(), 1)
        1.0

    In production: torch.nn.functional.mse_loss of noise and prediction.
    """
    if len(x_0) == 0:
        raise ValueError("there are no examples")
    if t is None:
        device = generator.device if generator else x_0.device
        t = torch.randint(1, schedule.T + 1, x_0.shape[:1], generator=generator, device=device)
        t = t.to(x_0.device)
    noise = standard_normal(x_0.shape, x_0, generator)
    x_t = q_sample(x_0, t, schedule, noise)
    eps = model(x_t, t) if labels is None else model(x_t, t, labels)
    if eps.shape != x_0.shape:
        raise ValueError(f"the model gave {tuple(eps.shape)} for data {tuple(x_0.shape)}")
    return (eps - noise).square().mean()


class DiffusionHistory(NamedTuple):
    """What training a diffusion model leaves behind.

    Attributes:
        losses: of each step's batch, shape (steps,).
        averaged: the moving average of the networks seen on the way; None if none was asked for.

    Section: :ref:`sec-diffusion-training`.

    Example:
        >>> DiffusionHistory(torch.ones(3), None).losses.mean()
        tensor(1.)

    In production: a logger.
    """

    losses: Float[Tensor, " steps"]
    averaged: nn.Module | None


def train_ddpm(
    model: nn.Module,
    X: Float[Tensor, "n ..."],
    schedule: DiffusionSchedule,
    *,
    labels: Int[Tensor, " n"] | None = None,
    label_dropout: float = 0.1,
    steps: int = 1000,
    batch_size: int = 128,
    lr: float = 1e-3,
    ema: float | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> DiffusionHistory:
    r"""Adam on the noise-prediction loss: data, a step, noise; predict it.

    Args:
        model: trained in place, such as a `DenoisingMLP` or a `TinyUNet`.
        X: data, shape (n, ...), best with about unit variance.
        schedule: the variances.
        labels: a class for each, if the model shall be told, shape (n,).
        label_dropout: the share of labels replaced by -1, so that one network learns the noise
            with and without class, which guidance needs.
        steps: of Adam.
        batch_size: examples for each step, drawn with replacement.
        lr: Adam's step size.
        ema: momentum of an average over the networks, such as 0.999; default none.
        generator: source of all draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The losses, and the averaged network.

    Raises:
        ValueError: numbers out of range, no examples, or labels that do not fit.
        dlcore.training.NonFiniteLossError: the loss became NaN or infinite.

    Equation: :eq:`eq-noise-prediction-loss`.
    Section: :ref:`sec-diffusion-training`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, algorithm 1.

    Example:
        >>> from dlcore.generative import DenoisingMLP, linear_beta_schedule
        >>> schedule = DiffusionSchedule(linear_beta_schedule(20, 0.01, 0.3))
        >>> model = DenoisingMLP(1, width=8)
        >>> train_ddpm(model, torch.randn(50, 1), schedule, steps=3, progress=False).losses.shape
        torch.Size([3])

    In production: diffusers' training scripts.
    """
    if len(X) == 0 or min(steps, batch_size) < 1 or not lr > 0 or not 0 <= label_dropout <= 1:
        raise ValueError(
            f"expected examples, counts of at least 1, lr > 0 and a share of labels, got X "
            f"{tuple(X.shape)}, {steps}, {batch_size}, {lr}, {label_dropout}"
        )
    if labels is not None and labels.shape != X.shape[:1]:
        raise ValueError(f"{len(X)} examples need as many labels, got {tuple(labels.shape)}")
    averaged = None if ema is None else copy.deepcopy(model).requires_grad_(False)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    device = generator.device if generator else X.device
    model.train()
    losses = []
    for step in tqdm(range(steps), desc="diffusion", disable=not progress):
        rows = torch.randint(len(X), (batch_size,), generator=generator, device=device).to(X.device)
        told = None
        if labels is not None:
            told = labels[rows]
            drop = torch.rand(batch_size, generator=generator, device=device).to(X.device)
            told = torch.where(drop < label_dropout, -1, told)
        loss = ddpm_loss(model, X[rows], schedule, labels=told, generator=generator)
        if not math.isfinite(loss.item()):
            raise NonFiniteLossError(loss.item(), 0, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if averaged is not None and ema is not None:
            ema_update(averaged, model, min(ema, (1 + step) / (10 + step)))
    return DiffusionHistory(torch.tensor(losses), averaged)


@torch.no_grad()
def diffusion_elbo(
    eps: Denoiser,
    x_0: Float[Tensor, "b ..."],
    schedule: DiffusionSchedule,
    *,
    variance: str = "beta",
    generator: torch.Generator | None = None,
) -> Float[Tensor, " b"]:
    r"""A lower bound on $\log p(x_0)$ of the model that `ddpm_sample` draws from.

    Minus the divergence of each step back from $q(x_{t-1} \mid x_t, x_0)$, that of $x_T$ from the
    standard normal, and plus the density of the last step; noise is drawn once for each step. The
    last step is a Gaussian of variance $\beta_1$ also where the sampler adds no noise.

    Args:
        eps: $\epsilon_\theta$, from noisy data and steps to noise.
        x_0: data, shape (b, ...).
        schedule: the variances.
        variance: of the steps back, "beta" or "posterior", as for `ddpm_sample`.
        generator: source of the noise; by default torch's global one.

    Returns:
        Nats of each example, shape (b,), an unbiased estimate of the bound.

    Raises:
        ValueError: an unknown variance.

    Equation: :eq:`eq-diffusion-elbo`.
    Section: :ref:`sec-diffusion-training`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, equation 5.

    Example:
        >>> schedule = DiffusionSchedule(torch.full((50,), 0.1, dtype=torch.float64))
        >>> x = torch.zeros(3, 2)
        >>> def exact(x, t):
        ...     return schedule.split(t, x)[1] * x
        >>> diffusion_elbo(exact, x, schedule).shape
        torch.Size([3])

    In production: improved-diffusion's calc_bpd_loop.
    """
    if variance not in ("beta", "posterior"):
        raise ValueError(f"variance must be beta or posterior, got {variance!r}")
    dims = x_0[0].numel()
    last = schedule.alpha_bars[-1].item()
    bound = -(last * x_0.square() + (1 - last) - 1 - math.log(1 - last)).flatten(1).sum(1) / 2
    for step in range(1, schedule.T + 1):
        t = torch.full(x_0.shape[:1], step, device=x_0.device)
        x_t = q_sample(x_0, t, schedule, generator=generator)
        mean = reverse_mean(eps, x_t, step, schedule)
        if step == 1:
            spread = schedule.betas[1].item()
            error = (x_0 - mean).square().flatten(1).sum(1)
            bound = bound - (error / spread + dims * (LOG_2PI + math.log(spread))) / 2
            continue
        spread = reverse_variance(schedule, step, variance)
        true = q_posterior(x_0, x_t, t, schedule)
        ratio = schedule.posterior_variances[step].item() / spread
        error = (true.mean - mean).square().flatten(1).sum(1) / spread
        bound = bound - (error + dims * (ratio - 1 - math.log(ratio))) / 2
    return bound
