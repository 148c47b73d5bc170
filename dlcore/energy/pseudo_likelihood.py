"""Learning binary models from ratios of neighbouring states, in which Z cancels."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional as F

from dlcore.energy.enumeration import LogScore


def flip_log_ratios(log_score: LogScore, x: Shaped[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    r"""$\log\tilde p(x) - \log\tilde p(x^{(i)})$, where unit i is flipped: d + 1 evaluations."""
    if x.ndim != 2 or not ((x == 0) | (x == 1)).all():
        raise ValueError(f"expected rows of zeros and ones, got shape {tuple(x.shape)}")
    n, d = x.shape
    flipped = (x[:, None] - torch.eye(d, dtype=x.dtype, device=x.device)).abs()
    return log_score(x)[:, None] - log_score(flipped.reshape(n * d, d)).reshape(n, d)


def pseudo_log_likelihood(log_score: LogScore, x: Shaped[Tensor, "n d"]) -> Float[Tensor, " n"]:
    r"""$\sum_i \log p(x_i \mid x_{-i})$: each unit guessed from all others.

    A conditional compares a state with the one where unit i is flipped, so Z is not needed:
    $p(x_i \mid x_{-i}) = \sigma(\log\tilde p(x) - \log\tilde p(x^{(i)}))$. The maximum is where the
    likelihood's is if the model is right and data are many.

    Args:
        log_score: $\log\tilde p$ of states as rows, (n, d) to (n,).
        x: zeros and ones of any dtype that `log_score` takes, shape (n, d).

    Returns:
        Nats for each row, shape (n,); differentiable with respect to the model.

    Raises:
        ValueError: other numbers, or no rows of units.

    Equation: :eq:`eq-pseudo-likelihood`.
    Section: :ref:`sec-pseudolikelihood`.

    Source: Besag (1975), Statistical analysis of non-lattice data, doi:10.2307/2987782.

    Example:
        >>> pseudo_log_likelihood(lambda x: 0 * x.sum(1), torch.ones(1, 3))
        tensor([-2.0794])

    In production: one unit of each row at random, times d, as BernoulliRBM.score_samples does.
    """
    return F.logsigmoid(flip_log_ratios(log_score, x)).sum(1)


def ratio_matching_loss(log_score: LogScore, x: Shaped[Tensor, "n d"]) -> Float[Tensor, ""]:
    r"""$\sum_i \sigma(\log\tilde p(x^{(i)}) - \log\tilde p(x))^2$, averaged over rows.

    The chance of the wrong value of each unit, squared: score matching's way for binary units.

    Args:
        log_score: $\log\tilde p$ of states as rows, (n, d) to (n,).
        x: zeros and ones, shape (n, d).

    Returns:
        The mean over rows, between 0 and d.

    Raises:
        ValueError: other numbers, or no rows of units.

    Equation: :eq:`eq-ratio-matching`.
    Section: :ref:`sec-ratio-matching`.

    Source: Hyvärinen (2007), Some extensions of score matching, doi:10.1016/j.csda.2006.09.003.

    Example:
        >>> ratio_matching_loss(lambda x: 0 * x.sum(1), torch.ones(1, 3))
        tensor(0.7500)

    In production: `pseudo_log_likelihood`, which costs the same.
    """
    return (-flip_log_ratios(log_score, x)).sigmoid().square().sum(1).mean()
