"""Have the chains met? R-hat compares the spread between chains with the spread within."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import rankdata
from torch import Tensor

from dlcore.montecarlo.chains import Chains

Draws = Float[Tensor, "chains draws"] | Float[Tensor, "chains draws d"] | Chains


def gelman_rubin(samples: Draws) -> Tensor:
    r"""The classic potential scale reduction, $\sqrt{(\frac{n-1}n W + \frac1n B) / W}$.

    W is the mean variance within the m chains, B is n times the variance of their means.

    Args:
        samples: at least 2 chains of n >= 2 draws, shape (m, n) or (m, n, d), or `Chains`.

    Returns:
        Near 1 when the chains agree, shape () or (d,); infinite when each is stuck elsewhere.

    Raises:
        ValueError: fewer chains or draws, draws that are not finite, or all the same.

    Equation: :eq:`eq-rhat`.
    Section: :ref:`sec-mcmc-diagnostics`.

    Source: Gelman, Rubin (1992), doi:10.1214/ss/1177011136.

    Example:
        >>> gelman_rubin(torch.tensor([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0]]))
        tensor(1.0247, dtype=torch.float64)

    In production: `rhat`, which also sees chains that drift or differ in spread.
    """
    return _scale_reduction(as_draws(samples, chains=2, draws=2))


def rhat(samples: Draws, *, kind: str = "rank") -> Tensor:
    r"""$\hat R$ on split chains: each half counts as a chain, so that a drift shows too.

    Args:
        samples: at least 2 chains of at least 4 draws, shape (m, n) or (m, n, d), or `Chains`.
        kind: "split" is the classic formula on halves; "rank" takes normal scores of the ranks
            instead of the values, and of the distances from the median, and the larger of both: it
            needs no finite variance and sees chains with equal means but other spreads.

    Returns:
        Below 1.01 is what is asked for; shape () or (d,).

    Raises:
        ValueError: another kind, fewer chains or draws, draws that are not finite, or all the same.

    Equation: :eq:`eq-split-rhat`, :eq:`eq-rank-normalization`.
    Section: :ref:`sec-mcmc-diagnostics`.

    Source: Vehtari et al. (2021), doi:10.1214/20-BA1221.

    Example:
        >>> still = torch.randn(4, 500, generator=torch.Generator().manual_seed(0))
        >>> moved = still + torch.tensor([[3.0], [0.0], [0.0], [0.0]])
        >>> rhat(still).item() < 1.01, rhat(moved).item() > 1.4
        (True, True)

    In production: arviz.rhat.
    """
    if kind not in ("rank", "split"):
        raise ValueError(f"kind must be 'rank' or 'split', got {kind!r}")
    halves = split_chains(as_draws(samples, chains=2, draws=4))
    if kind == "split":
        return _scale_reduction(halves)
    centre = np.median(halves.flatten(0, 1).cpu().numpy(), axis=0)
    spread = (halves - torch.as_tensor(centre).to(halves)).abs()
    bulk, tails = (_scale_reduction(normal_scores(x)) for x in (halves, spread))
    return torch.fmax(bulk, tails)  # two values alone have one distance, and no ratio


def _scale_reduction(x: Tensor) -> Tensor:
    n = x.shape[1]
    W = x.var(1).mean(0)
    B = n * x.mean(1).var(0)
    return ((B / W + n - 1) / n).sqrt()


def as_draws(samples: Draws, *, chains: int, draws: int) -> Tensor:
    """The samples in float64, once they are known to be enough, finite, and not all the same."""
    x = (samples.samples if isinstance(samples, Chains) else samples).detach().double()
    if x.ndim not in (2, 3) or x.shape[0] < chains or x.shape[1] < draws:
        raise ValueError(
            f"expected (chains, draws) or (chains, draws, d), at least {chains} chains of {draws} "
            f"draws, got {tuple(x.shape)}"
        )
    if not bool(x.isfinite().all()):
        raise ValueError("samples must be finite")
    return _moving(x)


def _moving(x: Tensor) -> Tensor:
    if bool((x == x[:1, :1]).flatten(0, 1).all(0).any()):
        raise ValueError("all draws are the same: a chain that never moves tells nothing")
    return x


def split_chains(x: Tensor) -> Tensor:
    """Each chain's two halves as chains of their own; of an odd number the middle draw is lost."""
    half = x.shape[1] // 2
    return _moving(torch.cat([x[:, :half], x[:, -half:]]))


def pooled_quantile(x: Tensor, prob: float) -> Tensor:
    """A quantile of the draws of all chains together, shape () or (d,)."""
    return torch.as_tensor(np.quantile(x.flatten(0, 1).cpu().numpy(), prob, axis=0)).to(x)


def normal_scores(x: Tensor) -> Tensor:
    """Normal quantiles of the ranks among all chains, ties sharing their mean rank."""
    ranks = torch.as_tensor(rankdata(x.flatten(0, 1).cpu().numpy(), axis=0)).to(x)
    return torch.special.ndtri((ranks - 3 / 8) / (len(ranks) + 1 / 4)).view_as(x)
