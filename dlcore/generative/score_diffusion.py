"""Diffusion in continuous time: noise as a stochastic equation, and two ways back by the score."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.probability.distribution import LOG_2PI

Score = Callable[[Tensor, Tensor], Tensor]


class DiffusionSDE(ABC):
    r"""Noise that grows from time 0 to 1: $dx = f(t)\,x\,dt + g(t)\,dw$.

    Equation: :eq:`eq-forward-sde`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole (2021), arXiv:2011.13456.

    Example:
        >>> isinstance(VariancePreservingSDE(), DiffusionSDE)
        True

    In production: yang-song/score_sde_pytorch.
    """

    @abstractmethod
    def drift(self, t: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        """f, the rate at which data are pulled to 0 (negative)."""

    @abstractmethod
    def diffusion(self, t: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        """g, the strength of the noise."""

    @abstractmethod
    def marginal(self, t: Float[Tensor, " b"]) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
        """What is left of data at t, and the noise on them: x_t = scale x_0 + std eps."""

    @property
    @abstractmethod
    def prior_std(self) -> float:
        """The standard deviation of the noise from which the way back begins."""


class VariancePreservingSDE(DiffusionSDE):
    r"""The limit of many steps of diffusion, $dx = -\frac12\beta(t)x\,dt + \sqrt{\beta(t)}\,dw$.

    Args:
        beta_min: $\beta(0)$; in between it is linear.
        beta_max: $\beta(1)$.

    Raises:
        ValueError: rates that are not positive and growing.

    Equation: :eq:`eq-forward-sde`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song et al. (2021), arXiv:2011.13456, equation 11 and appendix C.

    Example:
        >>> scale, std = VariancePreservingSDE().marginal(torch.tensor([0.0, 1.0]))
        >>> (scale**2 + std**2).round(decimals=5).tolist()
        [1.0, 1.0]

    In production: yang-song/score_sde_pytorch.
    """

    def __init__(self, beta_min: float = 0.1, beta_max: float = 20.0) -> None:
        if not 0 < beta_min <= beta_max:
            raise ValueError(f"expected 0 < beta_min <= beta_max, got {beta_min}, {beta_max}")
        self.beta_min, self.beta_max = beta_min, beta_max

    def _beta(self, t: Tensor) -> Tensor:
        return self.beta_min + t * (self.beta_max - self.beta_min)

    def drift(self, t: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        """Minus half of beta."""
        return -self._beta(t) / 2

    def diffusion(self, t: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        """The root of beta."""
        return self._beta(t).sqrt()

    def marginal(self, t: Float[Tensor, " b"]) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
        """Both squared sum to 1."""
        total = self.beta_min * t + t.square() * (self.beta_max - self.beta_min) / 2
        return (-total / 2).exp(), (-(-total).expm1()).sqrt()

    @property
    def prior_std(self) -> float:
        """Always 1."""
        return 1.0


class VarianceExplodingSDE(DiffusionSDE):
    r"""Noise only, $dx = \sqrt{d\sigma^2/dt}\,dw$; $\sigma$ grows by a constant factor.

    $\sigma(t) = \sigma_{min}(\sigma_{max}/\sigma_{min})^t$.

    Args:
        sigma_min: the noise at time 0, small beside the data's details.
        sigma_max: the noise at time 1, large beside all of the data.

    Raises:
        ValueError: noise that is not positive and growing.

    Equation: :eq:`eq-forward-sde`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song et al. (2021), arXiv:2011.13456, equation 9 and appendix C.

    Example:
        >>> scale, std = VarianceExplodingSDE(0.01, 50.0).marginal(torch.tensor([0.0, 1.0]))
        >>> scale.tolist(), std.round().tolist()
        ([1.0, 1.0], [0.0, 50.0])

    In production: yang-song/score_sde_pytorch.
    """

    def __init__(self, sigma_min: float = 0.01, sigma_max: float = 50.0) -> None:
        if not 0 < sigma_min < sigma_max:
            raise ValueError(f"expected 0 < sigma_min < sigma_max, got {sigma_min}, {sigma_max}")
        self.sigma_min, self.sigma_max = sigma_min, sigma_max

    def _sigma(self, t: Tensor) -> Tensor:
        return self.sigma_min * (self.sigma_max / self.sigma_min) ** t

    def drift(self, t: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        """None."""
        return torch.zeros_like(t)

    def diffusion(self, t: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        """The root of how fast the variance grows."""
        ratio = torch.tensor(self.sigma_max / self.sigma_min, dtype=t.dtype, device=t.device)
        return self._sigma(t) * (2 * ratio.log()).sqrt()

    def marginal(self, t: Float[Tensor, " b"]) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
        """1, and the noise added since time 0."""
        return torch.ones_like(t), (self._sigma(t).square() - self.sigma_min**2).sqrt()

    @property
    def prior_std(self) -> float:
        """The noise at time 1."""
        return self.sigma_max


@torch.no_grad()
def annealed_langevin(
    score: Callable[[Tensor, float], Tensor],
    sigmas: Float[Tensor, " levels"],
    x: Float[Tensor, "b ..."],
    *,
    steps: int = 100,
    step_size: float = 0.1,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "b ..."]:
    r"""Langevin walks on data with less and less noise: first modes are found, then details.

    At noise $\sigma_i$ the walk makes steps $x + \frac{\alpha_i}{2}s(x, \sigma_i) +
    \sqrt{\alpha_i}\,z$ with $\alpha_i = \epsilon\sigma_i^2$.

    Args:
        score: from places (b, ...) and sigma to the slope of the log-density of the noisy data.
        sigmas: the noise of each level, falling, shape (levels,).
        x: where the walks begin, shape (b, ...), such as noise of the first sigma.
        steps: at each level.
        step_size: $\epsilon$, beside the variance of the noise; below 4 for stability.
        generator: source of the noise; by default torch's global one.

    Returns:
        Where the walks end, like x; the last level's noise is still on it.

    Raises:
        ValueError: sigmas that are not positive and falling, no step, a step size that is not
            positive.

    Equation: :eq:`eq-annealed-langevin`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song, Ermon (2019), Generative modeling by estimating gradients of the data
        distribution, arXiv:1907.05600, algorithm 1.

    Example:
        >>> sigmas = torch.tensor([10.0, 1.0, 0.1])
        >>> x = annealed_langevin(lambda x, s: (5 - x) / s**2, sigmas, torch.zeros(2000, 1))
        >>> round(x.mean().item(), 1)
        5.0

    In production: predictor and corrector of yang-song/score_sde_pytorch.
    """
    falling = sigmas.ndim == 1 and len(sigmas) > 0 and bool((sigmas.diff() < 0).all())
    if not falling or not bool((sigmas > 0).all()) or steps < 1 or not step_size > 0:
        raise ValueError(
            f"expected positive, falling sigmas, steps >= 1 and step_size > 0, got "
            f"{sigmas.tolist()}, {steps}, {step_size}"
        )
    for sigma in sigmas.tolist():
        alpha = step_size * sigma**2
        for _ in range(steps):
            x = x + alpha / 2 * score(x, sigma)
            x = x + alpha**0.5 * standard_normal(x.shape, x, generator)
    return x


def _column(values: Tensor, like: Tensor) -> Tensor:
    return values.reshape(-1, *(1,) * (like.ndim - 1))


def _flow(score: Score, sde: DiffusionSDE, x: Tensor, t: Tensor, share: float) -> Tensor:
    """The drift minus a share of g squared times the score."""
    slope = score(x, t)
    if slope.shape != x.shape:
        raise ValueError(f"the score of {tuple(x.shape)} came as {tuple(slope.shape)}")
    g = _column(sde.diffusion(t), x)
    return _column(sde.drift(t), x) * x - share * g.square() * slope


@torch.no_grad()
def reverse_sde_sample(
    score: Score,
    sde: DiffusionSDE,
    x: Float[Tensor, "b ..."],
    *,
    steps: int = 500,
    end: float = 1e-3,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "b ..."]:
    r"""Back in time with noise, $dx = (f - g^2\nabla\log p_t)\,dt + g\,d\bar w$, by Euler's steps.

    Args:
        score: from places (b, ...) and times (b,) to the slope of $\log p_t$.
        sde: how the noise was put on.
        x: noise of standard deviation `sde.prior_std`, at time 1.
        steps: how many, of equal length.
        end: the time at which to stop, near 0, where scores may be huge.
        generator: source of the noise; by default torch's global one.

    Returns:
        Data, like x; no noise is added in the last step.

    Raises:
        ValueError: no step, an end outside (0, 1), or scores of another shape.

    Equation: :eq:`eq-reverse-sde`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Anderson (1982), Reverse-time diffusion equation models,
        doi:10.1016/0304-4149(82)90051-5; Song et al. (2021), arXiv:2011.13456.

    Example:
        >>> sde = VariancePreservingSDE()
        >>> x = reverse_sde_sample(lambda x, t: -x, sde, torch.randn(4000, 1))
        >>> bool((x.std() - 1).abs() < 0.06)
        True

    In production: yang-song/score_sde_pytorch.
    """
    times = _times(steps, end, 1.0)
    for i in range(steps):
        h, t = times[i] - times[i + 1], x.new_full((len(x),), times[i])
        x = x - h * _flow(score, sde, x, t, 1.0)
        if i + 1 < steps:
            g = _column(sde.diffusion(t), x)
            x = x + h**0.5 * g * standard_normal(x.shape, x, generator)
    return x


def _times(steps: int, start: float, end: float) -> list[float]:
    """From the later time to the earlier one."""
    if steps < 1 or not 0 < start < end <= 1:
        raise ValueError(f"expected steps >= 1 and times in (0, 1), got {steps}, {start}")
    return [end + (start - end) * i / steps for i in range(steps + 1)]


@torch.no_grad()
def probability_flow_sample(
    score: Score,
    sde: DiffusionSDE,
    x: Float[Tensor, "b ..."],
    *,
    steps: int = 100,
    end: float = 1e-3,
) -> Float[Tensor, "b ..."]:
    r"""Back in time without noise, $dx/dt = f - \frac12g^2\nabla\log p_t$, by Heun's steps.

    At each time the places are distributed as those of the noisy way back.

    Args:
        score: from places (b, ...) and times (b,) to the slope of $\log p_t$.
        sde: how the noise was put on.
        x: noise of standard deviation `sde.prior_std`, at time 1.
        steps: how many, each with two scores.
        end: the time at which to stop.

    Returns:
        Data, like x.

    Raises:
        ValueError: no step, an end outside (0, 1), or scores of another shape.

    Equation: :eq:`eq-probability-flow`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song et al. (2021), arXiv:2011.13456, equation 13.

    Example:
        >>> sde, x = VariancePreservingSDE(), torch.tensor([[1.5]])
        >>> round(probability_flow_sample(lambda x, t: -x, sde, x).item(), 4)
        1.5

    In production: torchdiffeq.odeint, or diffusers' EulerDiscreteScheduler.
    """
    times = _times(steps, end, 1.0)
    for i in range(steps):
        now, then = (x.new_full((len(x),), times[j]) for j in (i, i + 1))
        h = times[i] - times[i + 1]
        first = _flow(score, sde, x, now, 0.5)
        x = x - h / 2 * (first + _flow(score, sde, x - h * first, then, 0.5))
    return x


def probability_flow_log_prob(
    score: Score,
    sde: DiffusionSDE,
    x: Float[Tensor, "b d"],
    *,
    steps: int = 100,
    start: float = 1e-3,
) -> Float[Tensor, " b"]:
    r"""The log-density of the probability flow: that of the noise, plus what the way there spread.

    $\log p(x) = \log p_1(x_1) + \int\operatorname{div}\,(f - \frac12 g^2\nabla\log p_t)\,dt$, the
    divergence exact by d derivatives.

    Args:
        score: from places (b, d) and times (b,) to the slope of $\log p_t$, differentiable.
        sde: how the noise was put on.
        x: data, shape (b, d), taken as they are at time `start`.
        steps: of Heun, from `start` to 1.
        start: a time near 0.

    Returns:
        Nats of each example, shape (b,).

    Raises:
        ValueError: data of another shape, no step, a start outside (0, 1), or scores of another
            shape.

    Equation: :eq:`eq-probability-flow`.
    Section: :ref:`sec-diffusion-scores`.

    Source: Song et al. (2021), arXiv:2011.13456, appendix D.2.

    Example:
        >>> x = torch.zeros(1, 2, dtype=torch.float64)
        >>> found = probability_flow_log_prob(lambda x, t: -x, VariancePreservingSDE(), x)
        >>> round(found.item(), 4)
        -1.8379

    In production: yang-song/score_sde_pytorch, with Hutchinson's estimate in many dimensions.
    """
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"expected data (b, d), got {tuple(x.shape)}")

    def field(x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            at = x.detach().requires_grad_()
            v = _flow(score, sde, at, t, 0.5)
            rows = [
                torch.autograd.grad(v[:, i].sum(), at, retain_graph=True)[0][:, i]
                for i in range(x.shape[1])
            ]
        return v.detach(), torch.stack(rows).sum(0)

    times = _times(steps, start, 1.0)[::-1]
    total = x.new_zeros(len(x))
    for i in range(steps):
        now, then = (x.new_full((len(x),), times[j]) for j in (i, i + 1))
        h = times[i + 1] - times[i]
        v, spread = field(x, now)
        v_next, spread_next = field(x + h * v, then)
        x, total = x + h / 2 * (v + v_next), total + h / 2 * (spread + spread_next)
    std = sde.prior_std
    prior = -(x / std).square().sum(1) / 2 - x.shape[1] * (
        LOG_2PI / 2 + torch.tensor(std, dtype=x.dtype).log().item()
    )
    return prior + total
