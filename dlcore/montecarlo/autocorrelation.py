"""How much dependent draws are worth: autocorrelation, effective sample size, standard error."""

import math

import torch
from jaxtyping import Float
from scipy.stats import beta
from torch import Tensor

from dlcore.montecarlo.convergence import (
    Draws,
    as_draws,
    normal_scores,
    pooled_quantile,
    split_chains,
)

ONE_SIGMA = (0.1586553, 0.8413447)


def autocorrelation(
    x: Float[Tensor, "... draws"], *, max_lag: int | None = None
) -> Float[Tensor, "... lags"]:
    r"""The correlation of a chain with itself k steps later, for all lags k by one FFT.

    Args:
        x: draws along the last axis, at least 2; other axes are separate chains.
        max_lag: the largest lag; by default all, draws - 1.

    Returns:
        $\hat\rho_0 = 1, \hat\rho_1, \dots$; sums over few pairs at large lags are divided by the
        number of all draws, which keeps their noise small.

    Raises:
        ValueError: fewer draws, a chain that never moves, or a lag that no two draws have.
        TypeError: draws that are not floating point.

    Equation: :eq:`eq-autocorrelation`.
    Section: :ref:`sec-autocorrelation-time`.

    Source: Geyer (1992), Practical Markov chain Monte Carlo, doi:10.1214/ss/1177011137.

    Example:
        >>> autocorrelation(torch.tensor([1.0, -1.0, 1.0, -1.0]), max_lag=2)
        tensor([ 1.0000, -0.7500,  0.5000])

    In production: statsmodels.tsa.stattools.acf, arviz.autocorr.
    """
    if not x.is_floating_point():
        raise TypeError(f"autocorrelation needs floating-point draws, got {x.dtype}: x.double()")
    n = x.shape[-1] if x.ndim else 0
    most = n - 1 if max_lag is None else max_lag
    if n < 2 or not 0 <= most < n:
        raise ValueError(f"{n} draws have no lag {most}; at least 2 are needed")
    if bool((x == x[..., :1]).all(-1).any()):
        raise ValueError("a chain that never moves has no autocorrelation")
    covariance = _autocovariance(x)
    return covariance[..., : most + 1] / covariance[..., :1]


def _autocovariance(x: Tensor) -> Tensor:
    n = x.shape[-1]
    spectrum = torch.fft.rfft(x - x.mean(-1, keepdim=True), n=2 * n)
    return torch.fft.irfft(spectrum.abs().square(), n=2 * n)[..., :n] / n


def effective_sample_size(samples: Draws, *, kind: str = "bulk", prob: float = 0.05) -> Tensor:
    r"""How many independent draws would estimate as well, $mn / (1 + 2\sum_k \rho_k)$.

    The autocorrelations come from all m chains together, each split in halves, so that chains
    that disagree lower the number. The sum ends where the sum of two neighbours, which is positive
    for a reversible chain, is not, and never rises before (Geyer's initial monotone sequence).

    Args:
        samples: at least one chain of 4 draws, shape (m, n) or (m, n, d), or `Chains`.
        kind: "mean" for the mean of the values themselves; "bulk" for that of their normal scores,
            which exists for any target; "tail" for the worse of two quantiles; "quantile" for one.
        prob: which quantile; of the tails the lower one.

    Returns:
        Shape () or (d,). At least 400 from 4 chains is what is asked for.

    Raises:
        ValueError: another kind, prob outside (0, 1), fewer draws, draws that are not finite, or
            all the same.

    Equation: :eq:`eq-effective-sample-size`, :eq:`eq-geyer`, :eq:`eq-bulk-ess`, :eq:`eq-tail-ess`.
    Section: :ref:`sec-mcmc-diagnostics`.

    Source: Vehtari et al. (2021), doi:10.1214/20-BA1221; Geyer (1992), doi:10.1214/ss/1177011137.

    Example:
        >>> x = torch.randn(4, 1000, generator=torch.Generator().manual_seed(0))
        >>> 3000 < effective_sample_size(x) < 5000
        tensor(True)

    In production: arviz.ess.
    """
    if kind not in ("bulk", "tail", "mean", "quantile") or not 0 < prob < 1:
        raise ValueError(
            f"kind must be 'bulk', 'tail', 'mean' or 'quantile', prob in (0, 1), got {kind!r}, "
            f"{prob}"
        )
    x = as_draws(samples, chains=1, draws=4)
    if kind == "mean":
        return _effective(split_chains(x))
    if kind == "bulk":
        return _effective(normal_scores(split_chains(x)))
    if kind == "quantile":
        return _effective_quantile(x, prob)
    return torch.minimum(_effective_quantile(x, prob), _effective_quantile(x, 1 - prob))


def _effective_quantile(x: Tensor, prob: float) -> Tensor:
    below = (x <= pooled_quantile(x, prob)).to(x)
    return _effective(torch.cat([below[:, : x.shape[1] // 2], below[:, -(x.shape[1] // 2) :]]))


def _effective(x: Tensor) -> Tensor:
    m, n = x.shape[:2]
    covariance = _autocovariance(x.movedim(1, -1)).mean(0)
    within = covariance[..., 0] * n / (n - 1)
    total = covariance[..., 0] + (x.mean(1).var(0) if m > 1 else 0)
    rho = 1 - (within[..., None] - covariance) / total[..., None]
    rho[..., 0] = 1
    last = max((n - 3) // 2, 0)
    even, odd = rho[..., 0 : 2 * last + 1 : 2], rho[..., 1 : 2 * last + 2 : 2]
    pairs = even + odd
    kept = (pairs > 0).cumprod(-1).bool()
    kept[..., last] = False
    end = kept.sum(-1, keepdim=True)
    sums = torch.where(kept, pairs.cummin(-1).values, 0).sum(-1)
    tau = -1 + 2 * sums + even.gather(-1, end)[..., 0].clamp(min=0)
    size = m * n / tau.clamp(min=1 / math.log10(m * n))
    return torch.where(total > 0, size, m * n)  # an event that always occurs has no error


def mcse(samples: Draws, *, kind: str = "mean", prob: float = 0.5) -> Tensor:
    r"""The Monte Carlo standard error of what chains estimate, $s / \sqrt{\text{ESS}}$ for a mean.

    Args:
        samples: at least one chain of 4 draws, shape (m, n) or (m, n, d), or `Chains`.
        kind: of the "mean", of the standard deviation "sd", or of a "quantile".
        prob: which quantile, in (0, 1).

    Returns:
        In the units of the samples, shape () or (d,).

    Raises:
        ValueError: another kind, or as in `effective_sample_size`.

    Equation: :eq:`eq-monte-carlo-error`.
    Section: :ref:`sec-mcmc-diagnostics`.

    Source: Vehtari et al. (2021), doi:10.1214/20-BA1221, section 4.

    Example:
        >>> x = torch.randn(4, 2500, generator=torch.Generator().manual_seed(0))
        >>> round(mcse(x).item(), 3)
        0.01

    In production: arviz.mcse.
    """
    if kind not in ("mean", "sd", "quantile"):
        raise ValueError(f"kind must be 'mean', 'sd' or 'quantile', got {kind!r}")
    x = as_draws(samples, chains=1, draws=4)
    pooled = x.flatten(0, 1)
    if kind == "mean":
        return pooled.std(0) / effective_sample_size(x, kind="mean").sqrt()
    if kind == "sd":
        squares = (x - pooled.mean(0)).square()
        size = effective_sample_size(squares, kind="mean")
        mean = squares.flatten(0, 1).mean(0)
        spread = squares.square().flatten(0, 1).mean(0) - mean.square()
        return (spread / size / mean / 4).sqrt()
    hits = effective_sample_size(x, kind="quantile", prob=prob).cpu().numpy() * prob
    low, high = (beta.ppf(p, hits + 1, hits / prob - hits + 1) for p in ONE_SIGMA)
    n = len(pooled)
    first = torch.as_tensor(low * n - 1).to(x).floor().clamp(min=0).long()
    after = torch.as_tensor(high * n - 1).to(x).ceil().clamp(max=n - 1).long()
    ordered = pooled.sort(0).values
    ends = [ordered.gather(0, k[None].expand_as(ordered[:1]))[0] for k in (first, after)]
    return (ends[1] - ends[0]) / 2
