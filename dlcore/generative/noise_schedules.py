"""How much noise each step of diffusion adds, and all that follows from it."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor


def linear_beta_schedule(T: int, start: float = 1e-4, end: float = 0.02) -> Float[Tensor, " steps"]:
    r"""Variances $\beta_1, \dots, \beta_T$ of the noise of each step, evenly spaced.

    The defaults belong to T = 1000; fewer steps need larger ones, or noise does not win in the end.

    Args:
        T: the number of steps.
        start: $\beta_1$.
        end: $\beta_T$.

    Returns:
        Shape (T,), in float64.

    Raises:
        ValueError: no step, or variances outside (0, 1).

    Equation: :eq:`eq-diffusion-schedules`.
    Section: :ref:`sec-diffusion-forward`.

    Source: Ho, Jain, Abbeel (2020), Denoising diffusion probabilistic models, arXiv:2006.11239.

    Example:
        >>> linear_beta_schedule(3, 0.1, 0.3)
        tensor([0.1000, 0.2000, 0.3000], dtype=torch.float64)

    In production: diffusers.DDPMScheduler(beta_schedule="linear").
    """
    if T < 1 or not 0 < start < 1 or not 0 < end < 1:
        raise ValueError(f"expected T >= 1 and variances in (0, 1), got {T}, {start}, {end}")
    return torch.linspace(start, end, T, dtype=torch.float64)


def cosine_beta_schedule(
    T: int, s: float = 0.008, max_beta: float = 0.999
) -> Float[Tensor, " steps"]:
    r"""Variances such that what is left of the data, $\bar\alpha_t$, falls like a squared cosine.

    Args:
        T: the number of steps.
        s: a shift that keeps the first steps from being too small.
        max_beta: where variances are cut off; the last would be 1.

    Returns:
        Shape (T,), in float64.

    Raises:
        ValueError: no step, a negative shift, or max_beta outside (0, 1).

    Equation: :eq:`eq-diffusion-schedules`.
    Section: :ref:`sec-diffusion-forward`.

    Source: Nichol, Dhariwal (2021), Improved denoising diffusion probabilistic models,
        arXiv:2102.09672.

    Example:
        >>> cosine_beta_schedule(4)
        tensor([0.1530, 0.4170, 0.7079, 0.9990], dtype=torch.float64)

    In production: diffusers.DDPMScheduler(beta_schedule="squaredcos_cap_v2").
    """
    if T < 1 or s < 0 or not 0 < max_beta < 1:
        raise ValueError(f"expected T >= 1, s >= 0, max_beta in (0, 1), got {T}, {s}, {max_beta}")
    t = torch.arange(T + 1, dtype=torch.float64) / T
    left = ((t + s) / (1 + s) * math.pi / 2).cos().square()
    return (1 - left[1:] / left[:-1]).clamp(max=max_beta)


class DiffusionSchedule:
    r"""All that follows from the variances of the steps; entry t belongs to step t = 1, ..., T.

    Entry 0 is the data, with no noise on it.

    Args:
        betas: $\beta_1, \dots, \beta_T$, in (0, 1), shape (T,).

    Attributes:
        betas: $\beta_t$, and 0 before it, shape (T + 1,).
        alphas: $\alpha_t = 1 - \beta_t$, and 1 before it.
        alpha_bars: $\bar\alpha_t = \alpha_1\cdots\alpha_t$, the share of the data in the variance.
        posterior_variances: $\tilde\beta_t$ of $q(x_{t-1} \mid x_t, x_0)$; 0 at t = 1.

    Raises:
        ValueError: not a row of variances in (0, 1).

    Equation: :eq:`eq-diffusion-marginal`.
    Section: :ref:`sec-diffusion-forward`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, equations 4 and 7.

    Example:
        >>> schedule = DiffusionSchedule(linear_beta_schedule(1000))
        >>> schedule.T, round(schedule.alpha_bars[500].item(), 7)
        (1000, 0.0785872)

    In production: diffusers.DDPMScheduler.
    """

    def __init__(self, betas: Float[Tensor, " steps"]) -> None:
        if betas.ndim != 1 or len(betas) == 0 or not bool(((betas > 0) & (betas < 1)).all()):
            raise ValueError(f"betas must be a row of numbers in (0, 1), got {tuple(betas.shape)}")
        self.betas = torch.cat([betas.new_zeros(1), betas])
        self.alphas = 1 - self.betas
        self.alpha_bars = self.alphas.cumprod(0)
        before = torch.cat([betas.new_ones(1), self.alpha_bars[:-1]])
        noise = (1 - self.alpha_bars).clamp(min=torch.finfo(betas.dtype).tiny)
        self.posterior_variances = (1 - before) / noise * self.betas

    @property
    def T(self) -> int:
        """The number of steps."""
        return len(self.betas) - 1

    @property
    def snr(self) -> Float[Tensor, " t"]:
        r"""Signal over noise, $\bar\alpha_t / (1 - \bar\alpha_t)$; infinite at 0."""
        return self.alpha_bars / (1 - self.alpha_bars)

    @property
    def eps_weights(self) -> Float[Tensor, " t"]:
        r"""What the bound pays for a squared error of the noise, with $\sigma_t^2 = \beta_t$.

        It is $\beta_t / (2\alpha_t(1 - \bar\alpha_t))$; the loss on noise puts 1 in its place. 0 at
        entry 0.
        """
        return torch.where(
            self.betas > 0, self.betas / (2 * self.alphas * (1 - self.alpha_bars)), 0.0
        )

    def at(self, values: Float[Tensor, " t"], t: Int[Tensor, " b"], like: Tensor) -> Tensor:
        """The entries of steps t in the dtype of x (b, ...), shaped to be multiplied with it.

        Raises:
            ValueError: not one step for each example, or a step outside 0, ..., T.
        """
        if t.shape != like.shape[:1]:
            raise ValueError(f"expected a step for each of {len(like)}, got t {tuple(t.shape)}")
        if t.numel() and not (int(t.min()) >= 0 and int(t.max()) <= self.T):
            raise ValueError(f"steps go from 0 to {self.T}, got {int(t.min())} to {int(t.max())}")
        picked = values.to(t.device)[t].to(like)
        return picked.reshape(-1, *(1,) * (like.ndim - 1))

    def split(self, t: Int[Tensor, " b"], like: Tensor) -> tuple[Tensor, Tensor]:
        r"""$\sqrt{\bar\alpha_t}$ and $\sqrt{1 - \bar\alpha_t}$, shaped likewise."""
        return (
            self.at(self.alpha_bars.sqrt(), t, like),
            self.at((1 - self.alpha_bars).sqrt(), t, like),
        )
