"""How far a random number can stray: bounds that hold for every distribution of a kind."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

Number = Float[Tensor, "..."]


def markov_bound(mean: Number | float, a: Number | float) -> Number:
    r"""For X ≥ 0: $P(X \ge a) \le \mathbb E[X] / a$.

    Args:
        mean: $\mathbb E[X]$ of a variable that is never negative.
        a: the threshold, above 0.

    Returns:
        The bound, at most 1, of the broadcast shape.

    Raises:
        ValueError: a negative mean or a threshold that is not positive.

    Equation: :eq:`eq-markov`
    Section: :ref:`sec-concentration`
    Source: Markov (1884); Boucheron, Lugosi, Massart (2013), Concentration Inequalities, chapter 2.

    Example:
        >>> markov_bound(1.0, 2.0)
        tensor(0.5000)

    In production: the same line.
    """
    mean, a = torch.as_tensor(mean), torch.as_tensor(a)
    if (mean < 0).any() or not (a > 0).all():
        raise ValueError("markov_bound needs a variable that is never negative, and a > 0")
    return (mean / a).clamp(max=1)


def chebyshev_bound(
    variance: Number | float, t: Number | float, *, one_sided: bool = False
) -> Number:
    r"""For any X with a variance: $P(|X - \mu| \ge t) \le \sigma^2 / t^2$.

    Args:
        variance: $\sigma^2$.
        t: the distance from the mean, above 0.
        one_sided: Cantelli's bound instead, $P(X - \mu \ge t) \le \sigma^2 / (\sigma^2 + t^2)$.

    Returns:
        The bound, at most 1, of the broadcast shape.

    Raises:
        ValueError: a negative variance or a distance that is not positive.

    Equation: :eq:`eq-chebyshev`
    Section: :ref:`sec-concentration`
    Source: Chebyshev (1867), Des valeurs moyennes; Cantelli (1928).

    Example:
        >>> chebyshev_bound(1.0, 2.0), chebyshev_bound(1.0, 2.0, one_sided=True)
        (tensor(0.2500), tensor(0.2000))

    In production: the same line.
    """
    variance, t = torch.as_tensor(variance), torch.as_tensor(t)
    if (variance < 0).any() or not (t > 0).all():
        raise ValueError("chebyshev_bound needs a variance of at least 0, and t > 0")
    if one_sided:
        return variance / (variance + t**2)
    return (variance / t**2).clamp(max=1)


def hoeffding_bound(n: int, t: Number | float, *, low: float = 0.0, high: float = 1.0) -> Number:
    r"""For the mean of n numbers in an interval: $P(|\bar X - \mu| \ge t) \le 2 e^{-2nt^2/w^2}$.

    The numbers are independent and w is the length of the interval.

    Args:
        n: how many numbers.
        t: the distance of their mean from its expectation, above 0.
        low: no number is smaller.
        high: no number is larger.

    Returns:
        The two-sided bound, at most 1; it falls exponentially in n where Chebyshev's falls as 1/n.

    Raises:
        ValueError: no number, an interval without length, or a distance that is not positive.

    Equation: :eq:`eq-hoeffding`
    Section: :ref:`sec-concentration`
    Source: Hoeffding (1963), Probability inequalities for sums of bounded random variables,
        doi:10.1080/01621459.1963.10500830.

    Example:
        >>> hoeffding_bound(100, 0.1)
        tensor(0.2707)

    In production: the same line.
    """
    t = torch.as_tensor(t)
    if n < 1 or not high > low or not (t > 0).all():
        raise ValueError("hoeffding_bound needs n of at least 1, high > low, and t > 0")
    return (2 * torch.exp(-2 * n * (t / (high - low)) ** 2)).clamp(max=1)


def pac_bayes_bound(empirical_risk: float, kl: float, n: int, delta: float = 0.05) -> float:
    r"""A bound on the risk, $\hat R + \sqrt{(D_{KL}(Q \Vert P) + \ln(2\sqrt n / \delta)) / 2n}$.

    For a random classifier drawn from Q, learnt from n examples. It holds with probability
    $1 - \delta$ for all Q at once; the prior P must not depend on the data.

    Args:
        empirical_risk: $\hat R$, the share of the n examples that Q gets wrong on average.
        kl: $D_{KL}(Q \Vert P)$ in nats.
        n: the number of examples, at least 8.
        delta: the probability with which the statement may be false.

    Returns:
        The bound; above 1 it says nothing.

    Raises:
        ValueError: a risk outside [0, 1], a negative divergence, n below 8, or delta outside
            (0, 1).

    Equation: :eq:`eq-pac-bayes`
    Section: :ref:`sec-concentration`
    Source: Maurer (2004), A note on the PAC-Bayesian theorem, arXiv:cs/0411099.

    Example:
        >>> round(pac_bayes_bound(0.0, 5.0, 1000), 5)
        0.07792

    In production: the same line.
    """
    if not (0 <= empirical_risk <= 1 and kl >= 0 and n >= 8 and 0 < delta < 1):
        raise ValueError(
            f"pac_bayes_bound needs a risk in [0, 1], kl >= 0, n >= 8 and delta in (0, 1), got "
            f"{empirical_risk}, {kl}, {n}, {delta}"
        )
    return empirical_risk + math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))
