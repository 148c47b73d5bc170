"""Simulation-based calibration: where the truth ranks among draws of its own posterior."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from scipy.stats import chi2
from torch import Tensor

from dlcore.montecarlo.chains import uniform


class Calibration(NamedTuple):
    """What `simulation_based_calibration` found.

    Attributes:
        ranks: of the true parameters among their posterior draws, shape (n, d), 0 to `draws`.
        draws: how many draws each truth was compared with.
        p_values: of a test of uniformity for each parameter, shape (d,).
        false_alarm: how often a right sampler fails, at most.

    Section: :ref:`sec-simulation-based-calibration`.

    Example:
        >>> Calibration(torch.tensor([[0]]), 3, torch.tensor([1e-9]), 1e-4).passed
        False

    In production: the package simuk of ArviZ.
    """

    ranks: Int[Tensor, "n d"]
    draws: int
    p_values: Float[Tensor, " d"]
    false_alarm: float

    @property
    def passed(self) -> bool:
        """Whether no p-value is below the false-alarm rate, shared among the parameters."""
        return bool(self.p_values.min() > self.false_alarm / len(self.p_values))


def sbc_ranks(
    theta: Float[Tensor, "n d"],
    samples: Float[Tensor, "n draws d"],
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "n d"]:
    """Count the posterior draws that are smaller than the parameter that made the data.

    Args:
        theta: parameters drawn from the prior, one row for each set of data.
        samples: draws of the posterior given the data of each.
        generator: source of randomness for ties, each broken by a fair lot.

    Returns:
        Ranks from 0 to the number of draws; all equally likely if the draws are independent draws
        of the posterior.

    Raises:
        ValueError: shapes that do not fit.

    Equation: :eq:`eq-calibration-rank`.
    Section: :ref:`sec-simulation-based-calibration`.

    Source: Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based
        calibration, arXiv:1804.06788.

    Example:
        >>> sbc_ranks(torch.tensor([[0.5]]), torch.tensor([[[0.1], [0.4], [0.9]]]))
        tensor([[2]])

    In production: the package simuk of ArviZ.
    """
    if samples.ndim != 3 or theta.shape != (samples.shape[0], samples.shape[2]):
        raise ValueError(
            f"expected theta (n, d) and samples (n, draws, d), got {tuple(theta.shape)} and "
            f"{tuple(samples.shape)}"
        )
    below = (samples < theta[:, None]).sum(1)
    ties = (samples == theta[:, None]).sum(1)
    lot = uniform(theta.double(), generator)
    return below + (lot * (ties + 1)).long()


def rank_uniformity(
    ranks: Int[Tensor, "n d"], draws: int, *, bins: int = 20
) -> Float[Tensor, " d"]:
    """Test by chi-square that ranks are uniform on 0, …, `draws`.

    Args:
        ranks: one row for each simulation.
        draws: the largest possible rank.
        bins: groups of neighbouring ranks, at most draws + 1; each must expect 5 ranks or more.

    Returns:
        A p-value for each column, in float64.

    Raises:
        ValueError: ranks outside the range, fewer than 2 or too many bins for so few ranks.

    Equation: :eq:`eq-calibration-rank`.
    Section: :ref:`sec-simulation-based-calibration`.

    Source: Pearson (1900), doi:10.1080/14786440009463897.

    Example:
        >>> even = torch.arange(20).repeat(10)[:, None]
        >>> rank_uniformity(even, 19, bins=10)
        tensor([1.], dtype=torch.float64)

    In production: scipy.stats.chisquare.
    """
    if ranks.ndim != 2 or bool(((ranks < 0) | (ranks > draws)).any()):
        raise ValueError(f"expected ranks (n, d) from 0 to {draws}, got {tuple(ranks.shape)}")
    if not 2 <= bins <= draws + 1:
        raise ValueError(f"{draws + 1} ranks cannot make {bins} bins")
    sizes = torch.bincount(torch.arange(draws + 1) * bins // (draws + 1), minlength=bins)
    expected = sizes.double() / (draws + 1) * len(ranks)
    if expected.min() < 5:
        raise ValueError(f"{len(ranks)} simulations are too few for {bins} bins")
    which = ranks.cpu() * bins // (draws + 1)
    counts = torch.stack([torch.bincount(w, minlength=bins) for w in which.T])
    statistic = ((counts - expected) ** 2 / expected).sum(1)
    return torch.as_tensor(chi2.sf(statistic.numpy(), bins - 1))


def simulation_based_calibration(
    prior: Callable[[int, torch.Generator | None], Tensor],
    simulate: Callable[[Tensor, torch.Generator | None], Any],
    posterior: Callable[[Any, torch.Generator | None], Tensor],
    *,
    simulations: int,
    bins: int = 20,
    false_alarm: float = 1e-4,
    generator: torch.Generator | None = None,
) -> Calibration:
    r"""Check a posterior sampler: draw parameters, then data, then rank the truth in its posterior.

    If $\theta \sim p(\theta)$, $y \sim p(y \mid \theta)$ and $\theta_1, \dots, \theta_L \sim
    p(\theta \mid y)$ independently, the rank of $\theta$ among them is uniform. Too narrow a
    posterior gives a valley in the histogram, too wide a one a hill, a biased one a slope. Draws of
    a chain depend on each other: thin them first.

    Args:
        prior: (n, generator) to parameters (n, d).
        simulate: (parameters, generator) to data of all n at once.
        posterior: (data, generator) to draws (n, L, d), for example one chain for each simulation.
        simulations: n.
        bins: groups of ranks that are compared, see `rank_uniformity`.
        false_alarm: the largest admissible chance that a right sampler fails, in (0, 1).
        generator: source of randomness, handed on to all three.

    Returns:
        The ranks, and whether they look uniform.

    Raises:
        ValueError: shapes that do not fit, too few simulations for so many bins, or a rate outside
            (0, 1).

    Equation: :eq:`eq-calibration-rank`.
    Section: :ref:`sec-simulation-based-calibration`.

    Source: Talts et al. (2018), arXiv:1804.06788; Cook, Gelman, Rubin (2006),
        doi:10.1198/106186006X136976.

    Example:
        >>> def normal(loc, generator):
        ...     return loc + torch.randn(loc.shape, generator=generator)
        >>> found = simulation_based_calibration(
        ...     lambda n, g: normal(torch.zeros(n, 1), g),
        ...     normal,
        ...     lambda y, g: y[:, None] / 2 + torch.randn(len(y), 9, 1, generator=g) / 2**0.5,
        ...     simulations=400, bins=10, generator=torch.Generator().manual_seed(0))
        >>> found.passed
        True

    In production: the package simuk of ArviZ.
    """
    if not 0 < false_alarm < 1:
        raise ValueError(f"false_alarm must lie in (0, 1), got {false_alarm}")
    theta = prior(simulations, generator)
    samples = posterior(simulate(theta, generator), generator)
    ranks = sbc_ranks(theta, samples, generator=generator)
    draws = samples.shape[1]
    return Calibration(ranks, draws, rank_uniformity(ranks, draws, bins=bins), false_alarm)
