"""Expectation propagation: each factor replaced by a Gaussian that does the same to the rest."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.inference.tilted_moments import Tilted
from dlcore.linalg import cholesky
from dlcore.probability import MultivariateNormal


class EPFit(NamedTuple):
    r"""A Gaussian made of the prior and one Gaussian site for each factor.

    Attributes:
        mean: shape (d,).
        covariance: shape (d, d).
        log_evidence: of the sites' product with their own constants.
        site_precision: $\tau_i$ of each site, which may be negative, shape (n,).
        site_shift: $\nu_i$, precision times mean, shape (n,).
        converged: whether the last sweep moved no site by more than the tolerance.
        sweeps: how many were made.
        skipped: how many updates were left out because a cavity had no positive variance.

    Equation: :eq:`eq-ep-sites`.
    Section: :ref:`sec-expectation-propagation`.

    Example:
        >>> EPFit(torch.zeros(1), torch.eye(1), -1.0, *torch.ones(2, 3), True, 4, 0).mean
        tensor([0.])

    In production: GPy.inference.latent_function_inference.EP.
    """

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]
    log_evidence: float
    site_precision: Float[Tensor, " n"]
    site_shift: Float[Tensor, " n"]
    converged: bool
    sweeps: int
    skipped: int

    @property
    def distribution(self) -> MultivariateNormal:
        """The Gaussian, to sample from and to evaluate."""
        return MultivariateNormal(self.mean, self.covariance)


class _Sites:
    """The prior, the sites, and the Gaussian that they make together."""

    def __init__(self, A: Tensor, mean: Tensor, covariance: Tensor) -> None:
        if A.ndim != 2 or mean.shape != A.shape[1:] or covariance.shape != (A.shape[1],) * 2:
            raise ValueError(
                "expected directions (n, d), a mean (d,) and a covariance (d, d), got "
                f"{tuple(A.shape)}, {tuple(mean.shape)}, {tuple(covariance.shape)}"
            )
        self.A, self.prior_mean, self.prior_covariance = A, mean, covariance
        self.prior_precision = torch.cholesky_inverse(cholesky(covariance))
        self.precision, self.shift = A.new_zeros(len(A)), A.new_zeros(len(A))
        self.mean, self.covariance = mean, covariance

    def refresh(self) -> None:
        """Mean and covariance from the sites, without the rounding of many small updates."""
        total = self.prior_precision + (self.A.mT * self.precision) @ self.A
        self.covariance = torch.cholesky_inverse(cholesky((total + total.mT) / 2))
        pull = self.prior_precision @ self.prior_mean + self.shift @ self.A
        self.mean = self.covariance @ pull

    def marginals(self, sites: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance of the directions of some sites."""
        a = self.A[sites]
        return a @ self.mean, (a @ self.covariance * a).sum(1)

    def cavity(self, sites: Tensor) -> tuple[Tensor, Tensor]:
        """Precision, and precision times mean, of the directions once their site is taken out."""
        mean, variance = self.marginals(sites)
        return 1 / variance - self.precision[sites], mean / variance - self.shift[sites]

    def replace(self, site: int, precision: Tensor, shift: Tensor) -> bool:
        """Put another site in, by a rank-one update; refused if the covariance would not last."""
        a = self.A[site]
        along = self.covariance @ a
        more = precision - self.precision[site]
        scale = 1 + more * (a @ along)
        if not bool(scale > 0):
            return False
        error = shift - self.shift[site] - more * (a @ self.mean)
        self.mean = self.mean + along * (error / scale)
        self.covariance = self.covariance - torch.outer(along, along) * (more / scale)
        self.precision[site], self.shift[site] = precision, shift
        return True

    def log_evidence(self, tilted: Tilted) -> float:
        sites = torch.arange(len(self.A), device=self.A.device)
        mean, variance = self.marginals(sites)
        precision, shift = self.cavity(sites)
        if not bool((precision > 0).all()):
            raise ArithmeticError("a cavity has no positive variance: there is no evidence")
        log_mass = tilted(shift / precision, 1 / precision, sites).log_mass
        gaussian = (mean.square() / variance - shift.square() / precision) / 2
        constants = log_mass - gaussian + (1 + self.precision / precision).log() / 2
        L, L0 = cholesky(self.covariance), cholesky(self.prior_covariance)
        ends = [
            torch.linalg.solve_triangular(low, m[:, None], upper=False).square().sum() / 2
            + low.diagonal().log().sum()
            for low, m in ((L, self.mean), (L0, self.prior_mean))
        ]
        return float(constants.sum() + ends[0] - ends[1])


def _order(order: Sequence[int] | None, n: int) -> list[int]:
    chosen = list(range(n)) if order is None else list(order)
    if sorted(chosen) != list(range(n)):
        raise ValueError(f"the order must name each of 0..{n - 1} once, got {chosen}")
    return chosen


@torch.no_grad()
def expectation_propagation(
    tilted: Tilted,
    A: Float[Tensor, "n d"],
    prior_mean: Float[Tensor, " d"],
    prior_covariance: Float[Tensor, "d d"],
    *,
    schedule: Literal["sequential", "parallel"] = "sequential",
    order: Sequence[int] | None = None,
    damping: float = 0.0,
    steps: int = 100,
    tol: float = 1e-8,
) -> EPFit:
    r"""Approximate $p(w) \propto \mathcal N(w; m_0, S_0) \prod_i t_i(a_i^\top w)$ by a Gaussian.

    Each factor has a Gaussian site. To improve it: take it out (the cavity), multiply the true
    factor in, match mean and variance of this tilted distribution, and keep what the new site must
    then be. Nothing guarantees that it settles; damping helps.

    Args:
        tilted: the factors' moments, such as `probit_moments` or `quadrature_moments(...)`.
        A: the direction $a_i$ that each factor reads, shape (n, d); labels of -1 turn its sign.
        prior_mean: $m_0$, shape (d,).
        prior_covariance: $S_0$, positive definite, shape (d, d).
        schedule: "sequential", one site after the other, or "parallel", all from one Gaussian.
        order: of the sites in a sequential sweep; it does not matter for where sweeps settle.
        damping: the share, in [0, 1), of its old precision and shift that a site keeps.
        steps: the most sweeps.
        tol: sweeps end when no site moves by more.

    Returns:
        The Gaussian, the estimate of the log evidence with the sites' own constants, the sites, and
        whether they settled. Updates whose cavity has no positive variance are skipped and counted.

    Raises:
        ValueError: shapes that do not fit, an unknown schedule, damping outside [0, 1), no step.
        NotPositiveDefiniteError: the prior is not one, or parallel sites ran away: damp them.
        ArithmeticError: a cavity at the end has no positive variance.

    Equations: :eq:`eq-ep-cavity`, :eq:`eq-ep-tilted`, :eq:`eq-ep-sites`, :eq:`eq-ep-evidence`.
    Section: :ref:`sec-expectation-propagation`.

    Source: Minka (2001), Expectation propagation for approximate Bayesian inference,
        arXiv:1301.2294; Rasmussen, Williams (2006), section 3.6.

    Example:
        >>> from dlcore.inference import probit_moments
        >>> A = torch.tensor([[1.2], [0.7], [2.0]]).double()
        >>> prior = torch.zeros(1).double(), torch.eye(1).double()
        >>> fit = expectation_propagation(probit_moments, A, *prior)
        >>> fit.converged, fit.mean.round(decimals=3)
        (True, tensor([1.0210], dtype=torch.float64))

    In production: GPy for Gaussian processes, Infer.NET for whole models.
    """
    if schedule not in ("sequential", "parallel") or not 0 <= damping < 1 or steps < 1:
        raise ValueError(
            "expected schedule 'sequential' or 'parallel', damping in [0, 1), steps >= 1, got "
            f"{schedule!r}, {damping}, {steps}"
        )
    sites = _Sites(A, prior_mean, prior_covariance)
    numbers = torch.tensor(_order(order, len(A)), dtype=torch.long, device=A.device)
    turns = numbers.split(1) if schedule == "sequential" else [numbers]
    skipped, sweeps, moved = 0, 0, torch.inf
    while sweeps < steps and moved > tol:
        sweeps += 1
        before = torch.stack([sites.precision, sites.shift])
        for turn in turns:
            precision, shift = sites.cavity(turn)
            good = precision > 0
            skipped += int((~good).sum())
            which, precision, shift = turn[good], precision[good], shift[good]
            if not len(which):
                continue
            match = tilted(shift / precision, 1 / precision, which)
            keep = damping
            to_precision = (1 - keep) * (1 / match.variance - precision)
            to_precision = to_precision + keep * sites.precision[which]
            to_shift = (1 - keep) * (match.mean / match.variance - shift)
            to_shift = to_shift + keep * sites.shift[which]
            if schedule == "sequential":
                skipped += not sites.replace(int(which), to_precision[0], to_shift[0])
            else:
                sites.precision[which], sites.shift[which] = to_precision, to_shift
        sites.refresh()
        now = torch.stack([sites.precision, sites.shift])
        moved = float((now - before).abs().max()) if len(A) else 0.0
    return EPFit(
        sites.mean,
        sites.covariance,
        sites.log_evidence(tilted),
        sites.precision,
        sites.shift,
        moved <= tol,
        sweeps,
        skipped,
    )


@torch.no_grad()
def assumed_density_filter(
    tilted: Tilted,
    A: Float[Tensor, "n d"],
    prior_mean: Float[Tensor, " d"],
    prior_covariance: Float[Tensor, "d d"],
    *,
    order: Sequence[int] | None = None,
) -> EPFit:
    r"""Take the factors in once, one after the other, and forget each: EP's first sweep.

    After each factor the posterior is replaced by the Gaussian with its moments. No factor is ever
    looked at again, so that data may come as a stream, and the result depends on their order.

    Args:
        tilted: the factors' moments, such as `probit_moments`.
        A: the direction that each factor reads, shape (n, d).
        prior_mean: shape (d,).
        prior_covariance: positive definite, shape (d, d).
        order: of the factors; by default as they come.

    Returns:
        The Gaussian after the last factor, and as log evidence the sum of the log predictive
        probabilities of each factor given those before.

    Raises:
        ValueError: shapes that do not fit, or an order that does not name each factor once.
        NotPositiveDefiniteError: the prior covariance is not positive definite.

    Equation: :eq:`eq-ep-tilted`.
    Section: :ref:`sec-assumed-density`.

    Source: Maybeck (1982), Stochastic Models, Estimation and Control, chapter 12; Opper (1998), A
        Bayesian approach to online learning.

    Example:
        >>> from dlcore.inference import probit_moments
        >>> A = torch.tensor([[1.0], [1.0]])
        >>> fit = assumed_density_filter(probit_moments, A, torch.zeros(1), torch.eye(1))
        >>> round(fit.log_evidence, 2), round(torch.tensor(1 / 3).log().item(), 2)
        (-1.1, -1.1)

    In production: the TrueSkill rating of players.
    """
    sites = _Sites(A, prior_mean, prior_covariance)
    log_evidence, skipped = 0.0, 0
    for i in _order(order, len(A)):
        which = torch.tensor([i], device=A.device)
        mean, variance = sites.marginals(which)
        match = tilted(mean, variance, which)
        log_evidence += float(match.log_mass)
        precision = 1 / match.variance - 1 / variance
        shift = match.mean / match.variance - mean / variance
        skipped += not sites.replace(i, precision[0], shift[0])
    return EPFit(
        sites.mean,
        sites.covariance,
        log_evidence,
        sites.precision,
        sites.shift,
        True,
        1,
        skipped,
    )
