"""Probabilities in tables: joint, marginal, conditional, and Bayes' rule."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def is_pmf(p: Float[Tensor, "..."]) -> bool:
    """Whether a table holds a distribution: no entry negative, and all of them sum to one.

    Args:
        p: a table of any shape.

    Returns:
        True or False; the sum may miss one by the square root of the dtype's rounding.

    Equation: :eq:`eq-pmf`
    Section: :ref:`sec-discrete-distributions`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 3.2.

    Example:
        >>> is_pmf(torch.tensor([0.3, 0.7])), is_pmf(torch.tensor([0.5, 0.6, -0.1]))
        (True, False)

    In production: torch.distributions.constraints.simplex.
    """
    slack = torch.finfo(p.dtype).eps ** 0.5
    return bool((p >= 0).all()) and abs(p.double().sum().item() - 1) <= slack


def require_pmf(name: str, p: Tensor) -> None:
    """Refuse a table that is no distribution, with the reason."""
    if not isinstance(p, Tensor) or not p.is_floating_point():
        raise TypeError(f"{name} needs a tensor of probabilities, got {getattr(p, 'dtype', p)!r}")
    if not is_pmf(p):
        least, total = (p.min().item() if p.numel() else math.nan), p.sum().item()
        raise ValueError(
            f"{name}: probabilities must be at least 0 and sum to 1, the smallest is {least:.6g} "
            f"and the sum {total:.6g}"
        )


def marginal(joint: Float[Tensor, "..."], keep: int | tuple[int, ...]) -> Float[Tensor, "..."]:
    r"""The distribution of some of the variables, $P(x) = \sum_y P(x, y)$.

    Args:
        joint: the joint distribution, one axis a variable.
        keep: the axis or axes of the variables that stay, in increasing order.

    Returns:
        A table with the axes `keep`.

    Raises:
        ValueError: joint is no distribution, or an axis does not exist.

    Equation: :eq:`eq-marginal`
    Section: :ref:`sec-joint-distributions`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 7.1.

    Example:
        >>> marginal(torch.tensor([[0.3, 0.2], [0.1, 0.4]]), keep=1)
        tensor([0.4000, 0.6000])

    In production: torch.sum.
    """
    require_pmf("marginal", joint)
    kept = _axes("marginal", joint, keep)
    gone = [axis for axis in range(joint.ndim) if axis not in kept]
    return joint.sum(gone) if gone else joint.clone()


def conditional(joint: Float[Tensor, "..."], given: int | tuple[int, ...]) -> Float[Tensor, "..."]:
    r"""The distribution of the other variables once some are known, $P(x \mid y) = P(x, y) / P(y)$.

    Args:
        joint: the joint distribution, one axis a variable.
        given: the axis or axes of the variables that are known.

    Returns:
        A table of the same shape; for each value of the known variables the others sum to one.

    Raises:
        ValueError: a value of the known variables has probability 0, so that nothing can be said
            given it; joint is no distribution, or an axis does not exist.

    Equation: :eq:`eq-conditional`
    Section: :ref:`sec-conditional-probability`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 2.2.

    Example:
        >>> conditional(torch.tensor([[0.3, 0.2], [0.1, 0.4]]), given=0)
        tensor([[0.6000, 0.4000],
                [0.2000, 0.8000]])

    In production: torch.nn.functional.normalize with p=1.
    """
    require_pmf("conditional", joint)
    known = _axes("conditional", joint, given)
    others = [axis for axis in range(joint.ndim) if axis not in known]
    if not others:
        raise ValueError(
            "conditional: every variable is given, none is left to have a distribution"
        )
    evidence = joint.sum(others, keepdim=True)
    impossible = (evidence == 0).nonzero()
    if len(impossible):
        value = tuple(impossible[0, list(known)].tolist())
        raise ValueError(f"conditional: axes {known} take the value {value} with probability 0")
    return joint / evidence


def is_independent(joint: Float[Tensor, "..."], *, tol: float | None = None) -> bool:
    r"""Whether a joint distribution is the product of its marginals, $P(x, y) = P(x)P(y)$.

    Args:
        joint: the joint distribution, one axis a variable; all of them together are judged.
        tol: the largest difference that counts as rounding; default the square root of the dtype's
            rounding, since 0.1 * 0.7 is not 0.07 to a computer.

    Returns:
        True or False.

    Raises:
        ValueError: joint is no distribution.

    Equation: :eq:`eq-independence`
    Section: :ref:`sec-independence`
    Source: Blitzstein, Hwang (2019), Introduction to Probability, 2nd ed., section 2.5.

    Example:
        >>> is_independent(torch.tensor([[0.25, 0.25], [0.25, 0.25]]))
        True

    In production: scipy.stats.contingency.expected_freq.
    """
    require_pmf("is_independent", joint)
    product = torch.ones((), dtype=joint.dtype, device=joint.device)
    for axis in range(joint.ndim):
        product = product[..., None] * marginal(joint, axis)
    tol = torch.finfo(joint.dtype).eps ** 0.5 if tol is None else tol
    return bool((joint - product).abs().max() <= tol)


class BayesUpdate(NamedTuple):
    r"""What is believed after the data.

    Attributes:
        posterior: $P(h \mid D)$ of each hypothesis, shape (k,).
        log_evidence: $\log P(D)$, how probable the data were under the prior; a scalar.
    """

    posterior: Tensor
    log_evidence: Tensor


def bayes_update(
    prior: Float[Tensor, " k"], likelihood: Float[Tensor, "... k"], *, log: bool = False
) -> BayesUpdate:
    r"""Bayes' theorem, $P(h \mid D) \propto P(h) \prod_n P(x_n \mid h)$, computed with logarithms.

    Args:
        prior: $P(h)$ of k hypotheses.
        likelihood: $P(x_n \mid h)$, shape (k,) for one observation or (n, k) for n that are
            independent given the hypothesis; densities may exceed 1.
        log: whether `likelihood` holds logarithms, as it must for many or tiny ones.

    Returns:
        The posterior, shape (k,), and the log evidence.

    Raises:
        ValueError: the prior is no distribution, a likelihood is negative or NaN, or the data are
            impossible under every hypothesis that the prior allows.

    Equation: :eq:`eq-bayes`
    Section: :ref:`sec-bayes`
    Source: MacKay (2003), Information Theory, Inference, and Learning Algorithms, section 2.2.

    Example:
        >>> ill = bayes_update(torch.tensor([0.05, 0.95]), torch.tensor([0.8, 0.1]))
        >>> ill.posterior, ill.log_evidence.exp()
        (tensor([0.2963, 0.7037]), tensor(0.1350))

    In production: the same two lines; for models, pymc.
    """
    require_pmf("bayes_update", prior)
    if prior.ndim != 1 or likelihood.ndim not in (1, 2) or likelihood.shape[-1] != len(prior):
        raise ValueError(
            f"bayes_update needs a prior (k,) and likelihoods (k,) or (n, k), got "
            f"{tuple(prior.shape)} and {tuple(likelihood.shape)}"
        )
    if likelihood.isnan().any() or (not log and (likelihood < 0).any()):
        raise ValueError("bayes_update: a likelihood is negative or NaN (log=True for logarithms)")
    log_likelihood = likelihood if log else likelihood.log()
    log_joint = prior.log() + log_likelihood.reshape(-1, len(prior)).sum(0)
    log_evidence = log_joint.logsumexp(0)
    if log_evidence == -math.inf:
        raise ValueError("bayes_update: the data are impossible under every hypothesis")
    return BayesUpdate((log_joint - log_evidence).exp(), log_evidence)


def posterior_odds(
    prior_odds: Float[Tensor, "..."], likelihood_ratio: Float[Tensor, "..."]
) -> Float[Tensor, "..."]:
    r"""Bayes' theorem for two hypotheses: odds after the data = odds before * likelihood ratio.

    Args:
        prior_odds: $P(h) / P(\text{not } h)$, any shape.
        likelihood_ratio: $P(x \mid h) / P(x \mid \text{not } h)$, of a shape that broadcasts.

    Returns:
        $P(h \mid x) / P(\text{not } h \mid x)$; the probability is odds / (1 + odds).

    Raises:
        ValueError: odds or a ratio is negative.

    Equation: :eq:`eq-posterior-odds`
    Section: :ref:`sec-bayes`
    Source: MacKay (2003), Information Theory, Inference, and Learning Algorithms, section 3.2.

    Example:
        >>> posterior_odds(torch.tensor(1 / 19), torch.tensor(0.8 / 0.1))
        tensor(0.4211)

    In production: the same line.
    """
    if (prior_odds < 0).any() or (likelihood_ratio < 0).any():
        raise ValueError("posterior_odds: odds and likelihood ratios are never negative")
    return prior_odds * likelihood_ratio


def integrate_pdf(
    pdf: Callable[[Tensor], Tensor],
    lower: float = -math.inf,
    upper: float = math.inf,
    *,
    tol: float = 1e-10,
) -> float:
    r"""The probability of an interval, $P(a \le X \le b) = \int_a^b p(x)\,dx$.

    Adaptive Simpson quadrature: intervals on which one parabola and two disagree are halved, all at
    once. An infinite end is reached by the substitution $x = t / (1 - t^2)$.

    Args:
        pdf: the density, from float64 points of shape (m,) to values of shape (m,).
        lower: a, may be -inf.
        upper: b, may be inf.
        tol: the error allowed in all.

    Returns:
        The integral. A peak much narrower than a 256th of the interval may be missed: split there.

    Raises:
        ValueError: a > b, a wrong shape, or a density that is negative, NaN or too rough to reach
            `tol` with intervals halved 40 times.

    Equation: :eq:`eq-interval-probability`
    Section: :ref:`sec-continuous-distributions`
    Source: Kuncir (1962), Algorithm 103: Simpson's rule integrator, doi:10.1145/367766.368179.

    Example:
        >>> round(integrate_pdf(lambda x: (-x).exp(), 0, 1), 9)
        0.632120559

    In production: scipy.integrate.quad.
    """
    if not lower <= upper:
        raise ValueError(f"integrate_pdf: the interval [{lower}, {upper}] has no points")
    finite = math.isfinite(lower) and math.isfinite(upper)

    def f(t: Tensor) -> Tensor:
        x = t if finite else t / (1 - t * t)
        y = pdf(x)
        if y.shape != x.shape:
            raise ValueError(
                f"integrate_pdf: pdf gave shape {tuple(y.shape)} for points of shape "
                f"{tuple(x.shape)}"
            )
        if not (y >= 0).all():
            raise ValueError("integrate_pdf: the density is negative or NaN somewhere")
        return y if finite else torch.where(t.abs() < 1, y * (1 + t * t) / (1 - t * t) ** 2, 0)

    a, b = (lower, upper) if finite else (_compress(lower), _compress(upper))
    edges = torch.linspace(a, b, 257, dtype=torch.float64)
    if not finite:
        edges = edges.clamp(-1 + 1e-15, 1 - 1e-15)
    left, right, share = edges[:-1], edges[1:], tol / 256
    total = 0.0
    for _ in range(40):
        width, quarters = right - left, [left + (right - left) * k / 4 for k in range(5)]
        y = [f(t) for t in quarters]
        one = width / 6 * (y[0] + 4 * y[2] + y[4])
        two = width / 12 * (y[0] + 4 * y[1] + 2 * y[2] + 4 * y[3] + y[4])
        good = (one - two).abs() <= 15 * share
        total += (two + (two - one) / 15)[good].sum().item()
        if good.all():
            return total
        middle = quarters[2][~good]
        left, right = torch.cat([left[~good], middle]), torch.cat([middle, right[~good]])
        share /= 2
    raise ValueError(
        f"integrate_pdf: no accuracy of {tol:g}, is the density infinite near {left[0]}?"
    )


def _compress(x: float) -> float:
    """The t in [-1, 1] with x = t / (1 - t^2)."""
    if math.isinf(x):
        return math.copysign(1, x)
    return 2 * x / (1 + math.sqrt(1 + 4 * x * x))


def _axes(name: str, joint: Tensor, axes: int | tuple[int, ...]) -> tuple[int, ...]:
    """Axes counted from the front, in increasing order."""
    chosen = (axes,) if isinstance(axes, int) else tuple(axes)
    if any(not -joint.ndim <= axis < joint.ndim for axis in chosen):
        raise ValueError(f"{name}: the table has axes 0..{joint.ndim - 1}, got {axes}")
    return tuple(sorted({axis % joint.ndim for axis in chosen}))
