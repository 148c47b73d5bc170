"""Black-box variational inference: the bound climbed by gradients estimated from draws."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Transform

from dlcore.montecarlo import reparameterized_gradient, score_function_gradient
from dlcore.montecarlo.chains import normal
from dlcore.montecarlo.estimators import MonteCarloEstimate, from_values
from dlcore.probability import Distribution, MultivariateNormal

LogJoint = Callable[[Tensor], Tensor]


class VariationalGaussian(NamedTuple):
    r"""A Gaussian fitted by climbing the bound.

    Attributes:
        mean: on the real line, before any transform, shape (d,).
        scale_tril: L of the covariance $LL^\top$, shape (d, d); diagonal for mean field.
        elbos: the estimated bound at each step, shape (steps,).
        transform: from the real line to where the parameters live, or None.

    Equation: :eq:`eq-advi`.
    Section: :ref:`sec-black-box-variational`.

    Example:
        >>> fit = VariationalGaussian(torch.zeros(1), 2 * torch.eye(1), torch.zeros(0), None)
        >>> fit.covariance
        tensor([[4.]])

    In production: numpyro.infer.autoguide.AutoMultivariateNormal.
    """

    mean: Float[Tensor, " d"]
    scale_tril: Float[Tensor, "d d"]
    elbos: Float[Tensor, " steps"]
    transform: Transform | None

    @property
    def covariance(self) -> Float[Tensor, "d d"]:
        """Shape (d, d)."""
        return self.scale_tril @ self.scale_tril.mT

    @property
    def distribution(self) -> MultivariateNormal:
        """The Gaussian on the real line, before any transform."""
        return MultivariateNormal(self.mean, self.covariance)

    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n d"]:
        """Draws of the parameters themselves."""
        z = self.distribution.sample((n,), generator=generator)
        return z if self.transform is None else self.transform(z)


def _unconstrained(log_joint: LogJoint, transform: Transform | None) -> LogJoint:
    """The log joint as a density on the real line, with the transform's volume counted."""
    if transform is None:
        return log_joint

    def moved(z: Tensor) -> Tensor:
        theta = transform(z)
        volume = transform.log_abs_det_jacobian(z, theta)
        return log_joint(theta) + (volume.sum(-1) if volume.ndim == z.ndim else volume)

    return moved


def advi(
    log_joint: LogJoint,
    start: Float[Tensor, " d"],
    *,
    full_rank: bool = False,
    transform: Transform | None = None,
    steps: int = 1000,
    samples: int = 20,
    lr: float = 0.05,
    scale: float = 0.1,
    generator: torch.Generator | None = None,
) -> VariationalGaussian:
    r"""Automatic differentiation variational inference: a Gaussian by paths and Adam.

    Draws are $z = \mu + L\varepsilon$, the entropy $\sum_i\log L_{ii}$ is exact; step sizes fall to
    0 like half a cosine, and the last quarter of the steps is averaged.

    Args:
        log_joint: $\log p(x, \theta)$, from draws (n, d) to (n,), differentiable; it may be a new
            unbiased estimate at each call, see `minibatch_log_joint`.
        start: mean on the real line at first, shape (d,).
        full_rank: whether L is a full triangle instead of a diagonal.
        transform: from the real line to where $\theta$ lives, such as
            `torch.distributions.ExpTransform()`; its Jacobian is counted. Default none.
        steps: of Adam.
        samples: draws at each step, in pairs of $\pm\varepsilon$; even.
        lr: the first step size, in the units of the real line.
        scale: standard deviations at first.
        generator: source of randomness.

    Returns:
        The Gaussian on the real line, and the bound as estimated at each step.

    Raises:
        ValueError: shapes that do not fit, samples that are odd or below 2, no step, a scale that
            is not positive.
        ArithmeticError: a bound that is infinite or NaN.

    Equations: :eq:`eq-advi`, :eq:`eq-bbvi-gradient`.
    Section: :ref:`sec-black-box-variational`.

    Source: Kucukelbir et al. (2017), Automatic differentiation variational inference,
        arXiv:1603.00788.

    Example:
        >>> precision = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
        >>> fit = advi(
        ...     lambda x: -(x @ precision * x).sum(1) / 2,
        ...     torch.ones(2),
        ...     generator=torch.Generator().manual_seed(0),
        ... )
        >>> fit.covariance.diagonal().round(decimals=1)
        tensor([0.5000, 0.5000])

    In production: numpyro.infer.SVI with an autoguide, pymc.fit.
    """
    if samples < 2 or samples % 2 or steps < 1 or not scale > 0 or start.ndim != 1:
        raise ValueError(
            "expected an even number of samples, steps >= 1, scale > 0 and a start (d,), got "
            f"{samples}, {steps}, {scale}, {tuple(start.shape)}"
        )
    target = _unconstrained(log_joint, transform)
    d = len(start)
    mean = start.detach().clone().requires_grad_()
    log_scale = torch.full_like(start, math.log(scale)).requires_grad_()
    below = torch.zeros(d, d).to(start).requires_grad_(full_rank)
    parameters = [mean, log_scale, below] if full_rank else [mean, log_scale]
    optimizer = torch.optim.Adam(parameters, lr=lr)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: (1 + math.cos(math.pi * t / steps)) / 2
    )
    elbos = start.new_zeros(steps)
    kept: list[tuple[Tensor, Tensor]] = []
    half = start.new_zeros(samples // 2, d)
    for t in range(steps):
        L = log_scale.exp().diag() + below.tril(-1)
        noise = normal(half, generator)
        z = mean + torch.cat([noise, -noise]) @ L.mT
        values = target(z)
        if values.shape != (samples,):
            raise ValueError(f"log_joint must give ({samples},), got {tuple(values.shape)}")
        entropy = log_scale.sum() + d / 2 * math.log(2 * math.pi * math.e)
        bound = values.mean() + entropy
        if not bool(bound.isfinite()):
            raise ArithmeticError(f"advi: the bound is {bound.item()} at step {t}")
        elbos[t] = bound.detach()
        optimizer.zero_grad()
        (-bound).backward()
        optimizer.step()
        schedule.step()
        if t >= 3 * steps // 4:
            kept.append((mean.detach().clone(), (log_scale.exp().diag() + below.tril(-1)).detach()))
    means, scales = zip(*kept, strict=True)
    return VariationalGaussian(
        torch.stack(means).mean(0), torch.stack(scales).mean(0), elbos, transform
    )


class BBVI:
    r"""Climb the bound of any family that can be drawn from, by either gradient estimator.

    The gradient of the bound is that of $\mathbb E_q[\log p(x, z)]$, estimated from draws, plus
    that of the entropy of q, which the family knows.

    Args:
        log_joint: $\log p(x, z)$, from draws (n, ...) to (n,); differentiable for paths only.
        family: from parameters, one set a row, shape (n, p), to n distributions with `entropy`:
            for example `lambda t: Normal(t[:, 0], t[:, 1].exp())`.
        start: parameters at first, shape (p,).
        estimator: "reparameterized" (paths) or "score", which needs no derivative and takes
            discrete z too.
        baseline: of the score function, see `dlcore.montecarlo.score_function_gradient`.
        samples: draws at each step.
        lr: step size of Adam.
        generator: source of randomness.

    Attributes:
        theta: the parameters.
        gradient_: the last estimate of the gradient, with its standard error.

    Raises:
        ValueError: an unknown estimator, start not of shape (p,).
        TypeError: paths through a family that has none.

    Equation: :eq:`eq-bbvi-gradient`.
    Section: :ref:`sec-black-box-variational`.

    Source: Ranganath, Gerrish, Blei (2014), Black box variational inference, arXiv:1401.0118.

    Example:
        >>> from dlcore.probability import Categorical
        >>> target = torch.tensor([0.7, 0.2, 0.1])
        >>> fit = BBVI(
        ...     lambda z: target.log()[z],
        ...     lambda t: Categorical(logits=t),
        ...     torch.zeros(3),
        ...     estimator="score",
        ...     samples=50,
        ...     generator=torch.Generator().manual_seed(0),
        ... )
        >>> fit.fit(300).theta.softmax(0).round(decimals=1)
        tensor([0.7000, 0.2000, 0.1000])

    In production: pyro.infer.SVI with Trace_ELBO.
    """

    gradient_: MonteCarloEstimate

    def __init__(
        self,
        log_joint: LogJoint,
        family: Callable[[Tensor], Distribution],
        start: Float[Tensor, " p"],
        *,
        estimator: Literal["reparameterized", "score"] = "reparameterized",
        baseline: float | Literal["leave-one-out", "optimal"] | None = "leave-one-out",
        samples: int = 20,
        lr: float = 0.05,
        generator: torch.Generator | None = None,
    ) -> None:
        if estimator not in ("reparameterized", "score") or start.ndim != 1:
            raise ValueError(
                "expected estimator 'reparameterized' or 'score' and start (p,), got "
                f"{estimator!r}, {tuple(start.shape)}"
            )
        self.log_joint, self.family, self.estimator = log_joint, family, estimator
        self.baseline, self.samples, self.generator = baseline, samples, generator
        self.theta = start.detach().clone()
        self._optimizer = torch.optim.Adam([self.theta], lr=lr)

    def gradient(self) -> MonteCarloEstimate:
        """Estimate the gradient of the bound at the parameters, without a step."""
        if self.estimator == "score":
            found = score_function_gradient(
                self.log_joint,
                self.family,
                self.theta,
                self.samples,
                baseline=self.baseline,
                generator=self.generator,
            )
        else:
            found = reparameterized_gradient(
                self.log_joint, self.family, self.theta, self.samples, generator=self.generator
            )
        with torch.enable_grad():
            row = self.theta.detach()[None].requires_grad_()
            (slope,) = torch.autograd.grad(self._entropy(row).sum(), row)
        return replace(found, estimate=found.estimate + slope[0])

    def fit(self, steps: int) -> "BBVI":
        """Climb this many steps; calling again goes on."""
        for _ in range(steps):
            self.gradient_ = self.gradient()
            self.theta.grad = -self.gradient_.estimate
            self._optimizer.step()
        return self

    @torch.no_grad()
    def elbo(self, samples: int = 1000) -> MonteCarloEstimate:
        """Estimate the bound at the parameters from fresh draws."""
        rows = self.theta.expand(samples, -1)
        z = self.family(rows).sample((), generator=self.generator)
        return from_values(self.log_joint(z) + self._entropy(rows))

    def _entropy(self, rows: Tensor) -> Tensor:
        q: Any = self.family(rows)
        return q.entropy()


def minibatch_log_joint(
    log_prior: LogJoint,
    log_likelihood: Callable[[Tensor, Tensor], Tensor],
    data: Float[Tensor, "..."],
    batch_size: int,
    *,
    generator: torch.Generator | None = None,
) -> LogJoint:
    r"""A log joint that looks at a new mini-batch at each call, $\log p(\theta) + \frac NB\sum$.

    Args:
        log_prior: from parameters (n, d) to (n,).
        log_likelihood: from parameters (n, d) and examples (B, ...) to (n, B).
        data: all examples, along the first axis.
        batch_size: B, drawn without replacement.
        generator: source of randomness.

    Returns:
        A function from (n, d) to (n,), unbiased for the log joint of all data.

    Raises:
        ValueError: a batch size outside 1..N; in use, a likelihood of another shape.

    Equation: :eq:`eq-minibatch-bound`.
    Section: :ref:`sec-black-box-variational`.

    Source: Titsias, Lázaro-Gredilla (2014), Doubly stochastic variational Bayes, ICML.

    Example:
        >>> noisy = minibatch_log_joint(
        ...     lambda t: -t.square().sum(1) / 2,
        ...     lambda t, x: -(x - t).square() / 2,
        ...     torch.zeros(100),
        ...     10,
        ... )
        >>> noisy(torch.ones(1, 1))
        tensor([-50.5000])

    In production: numpyro.plate with subsample_size.
    """
    n = len(data)
    if not 1 <= batch_size <= n:
        raise ValueError(f"batch_size must lie in 1..{n}, got {batch_size}")

    def log_joint(theta: Tensor) -> Tensor:
        device = generator.device if generator else data.device
        which = torch.randperm(n, generator=generator, device=device)[:batch_size]
        values = log_likelihood(theta, data[which.to(data.device)])
        if values.shape != (len(theta), batch_size):
            raise ValueError(
                f"log_likelihood must give ({len(theta)}, {batch_size}), got {tuple(values.shape)}"
            )
        return log_prior(theta) + n / batch_size * values.sum(1)

    return log_joint
