"""The ratio of two partition functions from draws of both."""

import math

import torch
from jaxtyping import Float
from scipy.special import ndtri
from torch import Tensor

from dlcore.energy.partition_estimates import LogPartition


def bridge_sampling(
    proposal_log_weights: Float[Tensor, " n"],
    target_log_weights: Float[Tensor, " m"],
    *,
    level: float = 0.95,
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> LogPartition:
    r"""$\log Z_p - \log Z_q$ with the bridge between the two that errs least.

    With $l = \tilde p/\tilde q$ and shares $s_q = n/(n+m)$, $s_p = m/(n+m)$, the fixed point of
    $r \leftarrow \frac{\langle l / (s_p l + s_q r)\rangle_q}{\langle 1 / (s_p l + s_q r)\rangle_p}$
    is that of a logistic regression which tells the draws of p from those of q by $\log l$.

    Args:
        proposal_log_weights: $\log\tilde p(x) - \log\tilde q(x)$ at draws of q, shape (n,).
        target_log_weights: the same at draws of p, shape (m,).
        level: of the interval.
        tolerance: change of the logarithm at which to stop.
        max_iterations: most steps.

    Returns:
        The logarithm of the ratio, which is $\log Z_p$ if q is normalized; standard error and
        interval hold for independent draws. The effective sample size is the number of draws that
        could not be told apart, a sum of products of both classifiers' probabilities, times 4.

    Raises:
        ValueError: fewer than two draws of either, a level outside (0, 1), weights that are not
            finite.
        ArithmeticError: no convergence, with the last change.

    Equation: :eq:`eq-bridge-sampling`.
    Section: :ref:`sec-bridge-sampling`.

    Source: Meng, Wong (1996), Simulating ratios of normalizing constants via a simple identity,
        Statistica Sinica 6; Bennett (1976), doi:10.1016/0021-9991(76)90078-4.

    Example:
        >>> round(bridge_sampling(torch.full((9,), 2.0), torch.full((5,), 2.0)).value, 6)
        2.0

    In production: the R package bridgesampling, pymbar.BAR.
    """
    l_q, l_p = proposal_log_weights.detach().double(), target_log_weights.detach().double()
    if l_q.ndim != 1 or l_p.ndim != 1 or min(len(l_q), len(l_p)) < 2:
        raise ValueError(
            f"expected two draws or more of both, got {tuple(l_q.shape)} and {tuple(l_p.shape)}"
        )
    if not 0 < level < 1 or not (l_q.isfinite().all() and l_p.isfinite().all()):
        raise ValueError("a level between 0 and 1 and finite weights are needed")
    n, m = len(l_q), len(l_p)
    log_odds = math.log(m / n)
    r = (l_q.median().item() + l_p.median().item()) / 2
    for _ in range(max_iterations):
        from_q = torch.nn.functional.logsigmoid(l_q - r + log_odds).logsumexp(0)
        from_p = torch.nn.functional.logsigmoid(r - l_p - log_odds).logsumexp(0)
        change = (from_q - from_p).item()
        r += change
        if abs(change) < tolerance:
            break
    else:
        raise ArithmeticError(f"no convergence: the last step changed log r by {change:.3g}")
    error = _standard_error(l_q - r + log_odds, l_p - r + log_odds)
    reach = float(ndtri((1 + level) / 2)) * error
    at = torch.cat([l_q, l_p]) - r + log_odds
    overlap = 4 * (at.sigmoid() * (-at).sigmoid()).sum().item()
    return LogPartition(r, error, r - reach, r + reach, overlap)


def _standard_error(logits_q: Tensor, logits_p: Tensor) -> float:
    """Delta method on the logarithms of the two averages, whose terms are independent."""
    parts = [logits_q.sigmoid(), (-logits_p).sigmoid()]
    return math.sqrt(sum((x.var() / x.mean().square() / len(x)).item() for x in parts))
