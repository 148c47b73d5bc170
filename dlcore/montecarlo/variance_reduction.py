"""The same expectation from the same number of draws, with less variance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.estimators import (
    Integrand,
    MonteCarloEstimate,
    Sampler,
    evaluate,
    finite,
    from_values,
    require_draws,
)


@dataclass(frozen=True)
class ControlVariateEstimate(MonteCarloEstimate):
    r"""An estimate by control variates.

    Attributes:
        coefficient: c, how much of each control was subtracted, shape (k,).

    Equation: :eq:`eq-control-coefficient`
    Section: :ref:`sec-variance-reduction`

    Example:
        >>> x = torch.tensor([1.0, 2.0, 4.0])
        >>> control_variate_estimate(3 * x, x, 2.0).coefficient.round(decimals=4)
        tensor([3.])

    In production: the coefficients of statsmodels.api.OLS.
    """

    coefficient: Float[Tensor, " k"] | None = None


def control_variate_estimate(
    values: Float[Tensor, " n"],
    controls: Float[Tensor, "n ..."],
    control_mean: float | Sequence[float] | Float[Tensor, "..."],
    *,
    coefficient: Float[Tensor, " k"] | None = None,
) -> ControlVariateEstimate:
    r"""Estimate $\mathbb E f$ by the mean of $f - c^\top (g - \mathbb E g)$.

    The expectation of g is known. The best c is that of the regression of f on g; what is left is
    the variance of the residuals, $(1 - \rho^2) \operatorname{Var} f$ for a single control.

    Args:
        values: of f, one each draw, shape (n,).
        controls: of g at the same draws, shape (n,) or (n, k).
        control_mean: the exact expectations of g, a number or shape (k,). The mean of the same
            draws would subtract nothing.
        coefficient: c, shape (k,); by default estimated from the draws, which leaves a bias of
            order 1/n, much smaller than the error.

    Returns:
        The estimate, its standard error and c.

    Raises:
        ValueError: shapes that do not fit, too few draws, or controls of which one is constant or
            a combination of the others.
        ArithmeticError: a value that is infinite or NaN.

    Equations: :eq:`eq-control-variate`, :eq:`eq-control-coefficient`, :eq:`eq-control-variance`
    Section: :ref:`sec-variance-reduction`
    Source: Lavenberg, Welch (1981), A perspective on the use of control variables,
        doi:10.1287/mnsc.27.3.322.

    Example:
        >>> u = torch.rand(10_000, generator=torch.Generator().manual_seed(0))
        >>> plain = u.exp().var()
        >>> bool(plain / control_variate_estimate(u.exp(), u, 0.5).variance > 50)
        True

    In production: the same regression.
    """
    n = len(values)
    finite(values.mean() + controls.mean())
    g = controls.reshape(n, -1) if controls.shape[:1] == (n,) else controls
    mean = torch.as_tensor(control_mean, dtype=values.dtype, device=values.device).reshape(-1)
    if values.ndim != 1 or g.shape != (n, len(mean)):
        raise ValueError(
            f"control_variate_estimate needs values (n,), controls (n, k) and k known means, got "
            f"{tuple(values.shape)}, {tuple(controls.shape)} and {len(mean)}"
        )
    fitted = 0 if coefficient is not None else len(mean)
    require_draws("control_variate_estimate", n, 2 + fitted)
    centred = g - g.mean(0)
    if coefficient is None:
        spread = centred.square().mean(0).sqrt()
        scaled = centred / spread
        if not bool((spread > 0).all()) or torch.linalg.matrix_rank(scaled) < len(mean):
            raise ValueError("a control is constant or a combination of the others")
        coefficient = torch.linalg.lstsq(scaled, (values - values.mean())[:, None]).solution
        coefficient = coefficient[:, 0] / spread
    elif coefficient.shape != mean.shape:
        raise ValueError(
            f"expected one coefficient for each of {len(mean)} controls, got "
            f"{tuple(coefficient.shape)}"
        )
    residual = values - values.mean() - centred @ coefficient
    dof = n - 1 - fitted
    error = (residual.square().sum() / dof / n).sqrt()
    estimate = values.mean() - (g.mean(0) - mean) @ coefficient
    return ControlVariateEstimate(estimate, error, n, dof, coefficient)


def one_minus(u: Tensor) -> Tensor:
    """The mirror image of a uniform number."""
    return 1 - u


@torch.no_grad()
def antithetic_estimate(
    f: Integrand,
    sample: Sampler,
    n: int,
    *,
    mirror: Callable[[Tensor], Tensor] = one_minus,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate $\mathbb E f(X)$ from pairs $\tfrac12 (f(x) + f(x'))$ of mirror images.

    The variance of a pair is $\tfrac12 (\operatorname{Var} f + \operatorname{Cov}(f(x), f(x')))$:
    less than that of two independent draws where f is monotone, twice as much where f is even.

    Args:
        f: from draws, shape (m, ...), to one value each, shape (m, ...).
        sample: draws of X, called as `sample((m,), generator=generator)`.
        n: how many values of f, an even number of at least 4.
        mirror: maps draws to others of the same distribution; 1 - u by default, for uniform ones;
            torch.neg for those that are symmetric about 0.
        generator: source of randomness.

    Returns:
        The estimate; its error comes from the n/2 averages of pairs.

    Raises:
        ValueError: n is odd or below 4, or f gives another number of values.
        ArithmeticError: a value of f that is infinite or NaN.

    Equations: :eq:`eq-antithetic`, :eq:`eq-antithetic-variance`
    Section: :ref:`sec-variance-reduction`
    Source: Hammersley, Morton (1956), A new Monte Carlo technique: antithetic variates,
        doi:10.1017/S0305004100031455.

    Example:
        >>> line = antithetic_estimate(lambda u: 3 * u, torch.rand, 10)
        >>> round(line.estimate.item(), 6), round(line.standard_error.item(), 6)
        (1.5, 0.0)

    In production: the same two lines.
    """
    if n % 2 or n < 4:
        raise ValueError(f"antithetic_estimate needs an even n of at least 4, got {n}")
    x = sample((n // 2,), generator=generator)
    both = evaluate("antithetic_estimate", f, torch.cat([x, mirror(x)]))
    first, second = both.chunk(2)
    return from_values((first + second) / 2, n)


@dataclass(frozen=True)
class RaoBlackwellEstimate(MonteCarloEstimate):
    r"""An estimate with part of the randomness integrated out.

    Attributes:
        plain: the estimate by f itself from the same draws.

    Equation: :eq:`eq-rao-blackwell`
    Section: :ref:`sec-variance-reduction`

    Example:
        >>> xy = torch.tensor([[0.0, 1.0], [2.0, 1.0]])
        >>> found = rao_blackwell_estimate(lambda xy: xy.sum(-1), lambda xy: xy[:, 0] + 1, xy)
        >>> found.estimate, found.plain.estimate
        (tensor(2.), tensor(2.))

    In production: the same pair of means.
    """

    plain: MonteCarloEstimate | None = None


@torch.no_grad()
def rao_blackwell_estimate(
    f: Integrand, conditional_mean: Integrand, samples: Float[Tensor, "n ..."]
) -> RaoBlackwellEstimate:
    r"""Estimate $\mathbb E f$ by the mean of $\mathbb E[f \mid y]$, where y is a part of each draw.

    By the law of total variance it varies less than f by the expected conditional variance.

    Args:
        f: from draws, shape (n, ...), to one value each, shape (n, ...); booleans count as 0 and 1.
        conditional_mean: what f is expected to be given the part of the draw that is kept, of the
            same shapes; worked out on paper.
        samples: independent draws, shape (n, ...).

    Returns:
        The estimate and its error, with the plain one beside it: if they differ by many standard
        errors, the conditional mean is not that of f.

    Raises:
        ValueError: fewer than two draws, or another number or shape of values.
        ArithmeticError: a value that is infinite or NaN.

    Equations: :eq:`eq-rao-blackwell`, :eq:`eq-rao-blackwell-variance`
    Section: :ref:`sec-variance-reduction`
    Source: Casella, Robert (1996), Rao-Blackwellisation of sampling schemes,
        doi:10.1093/biomet/83.1.81.

    Example:
        >>> from torch.special import ndtr
        >>> z = torch.randn(10_000, 2, generator=torch.Generator().manual_seed(0))
        >>> found = rao_blackwell_estimate(lambda z: z.sum(-1) > 3, lambda z: ndtr(z[:, 0] - 3), z)
        >>> bool(found.variance < found.plain.variance / 5)
        True

    In production: the same pair of means.
    """
    require_draws("rao_blackwell_estimate", len(samples))
    values = evaluate("rao_blackwell_estimate", f, samples)
    means = evaluate("rao_blackwell_estimate", conditional_mean, samples)
    if values.shape != means.shape:
        raise ValueError(
            f"f and its conditional mean must have one shape, got {tuple(values.shape)} and "
            f"{tuple(means.shape)}"
        )
    found = from_values(means)
    return RaoBlackwellEstimate(
        found.estimate, found.standard_error, found.n, found.dof, from_values(values)
    )
